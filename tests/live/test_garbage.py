"""Garbage: what `leaks` finds unreachable is what gc.collect() finds so right then, alive and from cores;
and references that nobody has."""
import collections
import re
import subprocess

import pytest

from helpers import (Either, Target, check_envelope, each, few, interpreters, needs_gcore, needs_kernel_cores,
                     representatives, run_tool, sysroot)

SUPPORTED = interpreters.supported()


def is_count(value):
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


ROW = {"type": str, "objects": is_count, "bytes": is_count, "examples": [str]}
LEAKS = {"garbage": {"objects": is_count, "bytes": is_count,
                     "groups": [{"types": dict, "components": is_count, "objects": is_count, "bytes": is_count,
                                 "example": Either(str, None)}]},
         "uncollectable": {"objects": is_count, "bytes": is_count, "types": [{"type": str, "objects": is_count}]},
         "surplus_references": [ROW], "lost": [ROW], "retainers": list}


def read_leaks(*arguments, statuses=(0,)):
    run = run_tool("leaks", "--json", *arguments, timeout=100)
    assert run.returncode in statuses, str(run)
    document = run.json()
    check_envelope(document, "leaks", LEAKS, run)
    return document


def clusters(unreachable, references):
    """The strongly connected components, as sets of addresses, each with what hangs from it; what hangs from several,
    from the first of them by address."""
    onward = {one: set() for one in unreachable}
    for one, other in references:
        onward[one].add(other)
    component = _components(onward)
    members = collections.defaultdict(set)
    for one in unreachable:
        members[component[one]].add(one)
    cyclic = {number for number, those in members.items()
              if len(those) > 1 or any(one in onward[one] for one in those)}
    hanging = set()
    for one in sorted(unreachable):
        pending = [one] if component[one] in cyclic else []
        while pending:
            for other in onward[pending.pop()]:
                if component[other] not in cyclic and other not in hanging:
                    hanging.add(other)
                    members[component[one]].add(other)
                    pending.append(other)
    assert hanging == {one for one in unreachable if component[one] not in cyclic}
    return [members[number] for number in cyclic]


def _components(onward):
    """A number for each: Kosaraju's algorithm."""
    order, seen, backward = [], set(), {one: [] for one in onward}
    for start in onward:
        stack = [(start, iter(onward[start]))] if start not in seen else []
        seen.add(start)
        while stack:
            one, others = stack[-1]
            for other in others:
                if other not in seen:
                    seen.add(other)
                    stack.append((other, iter(onward[other])))
                    break
            else:
                order.append(one)
                stack.pop()
    for one, others in onward.items():
        for other in others:
            backward[other].append(one)
    component = {}
    for number, start in enumerate(reversed(order)):
        pending = [start] if start not in component else []
        while pending:
            one = pending.pop()
            if one not in component:
                component[one] = number
                pending += backward[one]
    return component


def shape(names, addresses):
    return tuple(sorted(collections.Counter(names[one] for one in addresses).items()))


def check_garbage(document, oracle):
    """The same objects by type, and grouped in the same way."""
    garbage = document["result"]["garbage"]
    names = {one: name for one, name, uncollectable in oracle["unreachable"] if not uncollectable}
    counted = collections.Counter()
    for group in garbage["groups"]:
        for name, number in group["types"].items():
            counted[name] += number * group["components"]
        assert group["objects"] == sum(group["types"].values()) * group["components"]
    wanted = collections.Counter(names.values())
    assert (wanted - counted, counted - wanted) == ({}, {}), "missing, and found beyond them"
    assert garbage["objects"] == len(names)
    assert garbage["bytes"] == sum(group["bytes"] for group in garbage["groups"])

    groups = clusters(names, [pair for pair in oracle["references"] if pair[0] in names and pair[1] in names])
    ours = {tuple(sorted(group["types"].items())): group["components"] for group in garbage["groups"]}
    assert len(ours) == len(garbage["groups"]), "two groups are alike"
    assert ours == collections.Counter(shape(names, group) for group in groups)
    of_example = {int(group["example"], 16): tuple(sorted(group["types"].items())) for group in garbage["groups"]}
    for group in groups:
        for one in group & of_example.keys():
            assert of_example.pop(one) == shape(names, group)
    assert not of_example, "examples that are none"


def check_heavy(document):
    """What is freed counts, and what somebody else has does not."""
    group, = [one for one in document["result"]["garbage"]["groups"] if "__main__.Heavy" in one["types"]]
    least = group["components"] * ((1 << 20) + 1000 * 1000)
    assert group["components"] == 3 and least <= group["bytes"] <= least * 1.2, group


@pytest.fixture(scope="module", params=each(SUPPORTED))
def target(request, scratch):
    with Target(request.param, "garbage.py", scratch=scratch, core_limit=True) as one:
        one.interpreter = request.param
        yield one


def test_live(target):
    document = read_leaks(target.pid)
    check_garbage(document, target.oracle)
    check_heavy(document)
    target.check_unharmed()


def test_gcore(target):
    needs_gcore()
    if target.interpreter not in few(SUPPORTED):
        pytest.skip("cores of this kind do not depend on the version")
    check_garbage(read_leaks(*sysroot(target.interpreter), target.gcore()), target.oracle)


def test_kernel_core(target):
    """The last one: the target is gone then."""
    needs_kernel_cores()
    if target.interpreter not in representatives(SUPPORTED):
        pytest.skip("others have the same structures")
    oracle = target.oracle
    check_garbage(read_leaks(*sysroot(target.interpreter), target.kernel_core()), oracle)


@pytest.mark.parametrize("interpreter", each(few(SUPPORTED)))
def test_frozen(start, interpreter):
    target = start(interpreter, "garbage.py", "frozen")
    check_garbage(read_leaks(target.pid), target.oracle)


@pytest.mark.parametrize("interpreter", each(few(SUPPORTED)))
def test_unknown_references(start, interpreter):
    """Nothing is taken for garbage that is none, and that there may be more is said, with the types that keep it
    from being told."""
    target = start(interpreter, "garbage.py", "more")
    document, oracle = read_leaks(target.pid), target.oracle
    counted = collections.Counter()
    for group in document["result"]["garbage"]["groups"]:
        counted.update({name: number * group["components"] for name, number in group["types"].items()})
    wanted = collections.Counter(name for _, name, _ in oracle["unreachable"])
    assert not counted - wanted
    missing = sum((wanted - counted).values())
    notes = [one["message"] for one in document["warnings"] if one["code"] == "inexact"]
    assert missing and len(notes) == 1, (missing, document["warnings"])
    assert int(re.match("up to ([0-9]+) more", notes[0]).group(1)) >= missing and "pyexpat.xmlparser" in notes[0]


def has_module(interpreter, name):
    return not subprocess.run(interpreter.argv() + ["-c", "import " + name], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, timeout=60).returncode


@pytest.mark.parametrize("interpreter", each(few([one for one in SUPPORTED if not one.root] or SUPPORTED)))
def test_uncollectable(start, interpreter):
    """Legacy finalizers: what is in gc.garbage already, and what the next collection will put there."""
    if not has_module(interpreter, "_testcapi"):
        pytest.skip("it makes such classes")
    target = start(interpreter, "garbage.py", "uncollectable")
    document, oracle = read_leaks(target.pid), target.oracle
    check_garbage(document, oracle)
    uncollectable = document["result"]["uncollectable"]
    wanted = collections.Counter(name for _, name, kept in oracle["unreachable"] if kept)
    assert sum(wanted.values()) >= 6 and len(oracle["garbage"]) == 1
    wanted["__main__.uncollectable.<locals>.Legacy"] += 1
    assert {one["type"]: one["objects"] for one in uncollectable["types"]} == wanted
    assert uncollectable["objects"] == sum(wanted.values()) and uncollectable["bytes"] > 0


@pytest.mark.parametrize("interpreter", each(few(SUPPORTED)))
def test_while_collecting(start, interpreter):
    """What is being taken apart cannot be told, and that is said."""
    target = start(interpreter, "heaps.py", "collecting")
    document = read_leaks(target.pid, statuses=(1,))
    assert "collecting" in [one["code"] for one in document["warnings"]]


@pytest.mark.parametrize("interpreter", each(SUPPORTED))
def test_surplus(start, interpreter):
    result = read_leaks(start(interpreter, "surplus.py").pid)["result"]
    surplus = {one["type"]: one for one in result["surplus_references"] if one["type"].startswith("__main__.")}
    lost = {one["type"]: one for one in result["lost"] if one["type"].startswith("__main__.")}
    assert {name: (one["objects"], one["references"]) for name, one in surplus.items()} == {
        "__main__.Held": (50, 50), "__main__.Lost": (50, 150)}
    assert {name: one["objects"] for name, one in lost.items()} == {"__main__.Lost": 50, "__main__.Twice": 50}
    assert len(surplus["__main__.Held"]["examples"]) == 3
