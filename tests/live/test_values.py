"""Variables and values equal to what Python says of itself: each interpreter, alive and from cores of both makers."""
import json
import os
import re
import subprocess

import pytest

from helpers import (QUICK, TESTS, Either, each, escaped, interpreters, mismatches, needs_gcore, needs_kernel_cores,
                     read_stack, refusal_allowed, run_tool, sysroot, Target, tool_environment, VALUE)

DUMPVALUES = (os.environ.get("DUMPVALUES") or
              os.path.join(os.path.dirname(TESTS), "build", "tests", "live", "dumpvalues"))
USABLE = interpreters.usable()
LIMIT = 80
WHOLE = 10 ** 6               # longer than any
RANDOM = 1000 if QUICK else 10000

LOCALS = {"name": str, "kind": re.compile("argument|local|cell|free"), "value": Either(VALUE, None)}


# Comparing

def cut(text, limit):
    return text if len(text) <= limit else text[:limit] + "\u2026"


def shortened(text, around=None):
    if len(text) < 300:
        return text
    start = max(0, (around or 0) - 60)
    return "[%d characters, from %d] %s" % (len(text), start, text[start:start + 200])


def text_difference(actual, expected):
    at = next((number for number, pair in enumerate(zip(actual, expected)) if pair[0] != pair[1]),
              min(len(actual), len(expected)))
    return "%s\n      not %s" % (shortened(actual, at), shortened(expected, at))


def value_differences(where, value, expected, limit):
    """`expected`: [type, address, repr], and perhaps what will do in its place."""
    type_name, address, *texts = expected
    found = []
    if value["address"] != address:
        found.append("%s: address %s, not %s" % (where, value["address"], address))
    if value["type"] != escaped(type_name):
        found.append("%s: type %s, not %s" % (where, value["type"], escaped(type_name)))
    texts = [escaped(cut(text, limit)) for text in texts]
    if value["repr"] not in texts:
        found.append("%s: %s" % (where, text_difference(value["repr"], texts[0])))
    return found


def frame_differences(where, expected, actual, limit):
    """`expected`: [name, kind, type, address, repr …] of each variable."""
    found, left = [], {}
    for one in actual:
        found += mismatches(one, LOCALS, where)
        if one["name"] in left:
            found.append("%s: %s listed twice" % (where, one["name"]))
        left[one["name"]] = one
    if found:
        return found
    for name, kind, *value in expected:
        one = left.pop(escaped(name), None)
        label = "%s %s" % (where, name)
        if one is None:
            found.append("%s: missing" % label)
        elif one["value"] is None:
            found.append("%s: no value" % label)
        else:
            if one["kind"] != kind:
                found.append("%s: kind %s, not %s" % (label, one["kind"], kind))
            found += value_differences(label, one["value"], value, limit)
    return found + ["%s %s: is not bound, or not there: %s" % (where, name, one) for name, one in left.items()]


def locals_differences(oracle, document, limit):
    actual = {int(thread["ident"], 16): thread for thread in document["result"]["threads"]}
    found = []
    for thread in oracle["threads"]:
        frames = actual[thread["ident"]]["frames"]
        known = thread["locals"]
        if len(frames) < len(known):
            found.append("%s: %d frames, not %d" % (thread["situation"], len(frames), len(known)))
            continue
        for frame, wanted in zip(frames, known):
            where = "%s: %s" % (thread["situation"], frame["function"])
            found += frame_differences(where, wanted, frame["locals"], limit)
    return found


def assert_same_locals(oracle, document, limit=LIMIT):
    found = locals_differences(oracle, document, limit)
    assert not found, "%d differences\n%s" % (len(found), "\n".join(found[:60]))
    assert sum(len(frame) for thread in oracle["threads"] for frame in thread["locals"]) > 5


def read_locals(*arguments):
    document = read_stack("--locals", *arguments, timeout=100)
    assert document["warnings"] == []
    return document


# Variables of frames

@pytest.fixture(scope="module", params=each(USABLE))
def values(request, scratch):
    with Target(request.param, "values.py", scratch=scratch) as target:
        with refusal_allowed(request.param, target.pid):
            assert not target.oracle["skipped"], "situations that did not come about: %s" % target.oracle["skipped"]
            yield target


@pytest.fixture(scope="module", params=each(USABLE))
def kernel_core(request, scratch):
    """(target that died, path of its core)"""
    needs_kernel_cores()
    with Target(request.param, "values.py", scratch=scratch, core_limit=True) as target:
        with refusal_allowed(request.param, target.pid):
            yield target, target.kernel_core()


@pytest.mark.parametrize("how", ["held", "unheld"])
def test_live(values, how):
    assert_same_locals(values.oracle, read_locals(*([] if how == "held" else ["--no-pause"]), values.pid))
    values.check_unharmed()


@pytest.mark.parametrize("limit", [2, WHOLE] if QUICK else [1, 2, 79, 81, 1000, WHOLE])
def test_repr_limit(values, limit):
    """The first LIMIT characters of what repr() gives, then an ellipsis; nothing is added where it is no longer."""
    assert_same_locals(values.oracle, read_locals("--repr-limit", limit, values.pid), limit)


def test_one_thread(values):
    thread = next(one for one in values.oracle["threads"] if one["situation"] == "containers")
    document = read_locals("--thread", thread["native_id"], values.pid)
    assert len(document["result"]["threads"]) == 1
    assert_same_locals(dict(values.oracle, threads=[thread]), document)


def test_not_asked_for(values):
    """No variables without --locals."""
    frames = [frame for thread in read_stack(values.pid)["result"]["threads"] for frame in thread["frames"]]
    assert frames and not any("locals" in frame for frame in frames)


def test_text(values):
    """Each variable of a thread in the text, too, with a repr that fits a line."""
    thread = next(one for one in values.oracle["threads"] if one["situation"] == "containers")
    run = run_tool("stack", "--locals", "--thread", thread["native_id"], values.pid)
    assert run.returncode == 0, str(run)
    text = run.stdout.decode("utf-8")
    for name, _, _, _, shown, *_ in thread["locals"][0]:
        line = r"\b%s\b.*%s" % (name, re.escape(cut(shown, LIMIT)))
        assert re.search(line, text), "%s = %s\n%s" % (name, shown, text)


def test_gcore(values):
    needs_gcore()
    core = values.gcore()
    try:
        assert_same_locals(values.oracle, read_locals(*sysroot(values.interpreter), core))
    finally:
        os.unlink(core)


def test_kernel_core(kernel_core):
    target, core = kernel_core
    assert_same_locals(target.oracle, read_locals(*sysroot(target.interpreter), core))


@pytest.mark.slow
def test_kernel_core_whole(kernel_core):
    target, core = kernel_core
    assert_same_locals(target.oracle, read_locals("--repr-limit", WHOLE, *sysroot(target.interpreter), core), WHOLE)


def test_kernel_core_of_chroot_without_its_files(kernel_core):
    """Names of built-in types are in files that a core leaves out: they are found in the interpreter's own memory, or
    such a value is shown without, never as a wrong one."""
    target, core = kernel_core
    if not target.interpreter.root:
        pytest.skip("its files are at their recorded paths")
    run = run_tool("stack", "--json", "--locals", core, timeout=100)
    assert run.returncode in (0, 1), str(run)
    document = run.json()
    actual = {int(thread["ident"], 16): thread for thread in document["result"]["threads"]}
    total, other = 0, []
    for thread in target.oracle["threads"]:
        for frame, wanted in zip(actual[thread["ident"]]["frames"], thread["locals"]):
            shown = {one["name"]: one["value"] for one in frame["locals"]}
            for name, _, *known in wanted:
                total += 1
                value = shown[escaped(name)]
                assert value["address"] == known[1], name
                other += value_differences(name, value, known, LIMIT)[:1]
    assert len(other) < total * 0.03, "%d of %d values\n%s" % (len(other), total, "\n".join(other))


@pytest.mark.parametrize("interpreter", each(interpreters.supported()))
def test_without_frame_objects(interpreter, start):
    """Nobody asked this process for its frames: no frame objects, and no dicts of locals, were made."""
    target = start(interpreter, "values.py", "--told")
    assert not target.oracle["skipped"]
    assert_same_locals(target.oracle, read_locals(target.pid))


# Random values

def dump_values(target, addresses, *options):
    """(type, repr, broken) of each."""
    done = subprocess.run([DUMPVALUES, *options, str(target)], input=" ".join(addresses).encode(), timeout=100,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=tool_environment())
    assert done.returncode == 0 and not done.stderr, done.stderr.decode(errors="replace")[:3000]
    found, rest = [], memoryview(done.stdout)
    at = 0
    while at < len(rest):
        end = done.stdout.index(b"\n", at)
        type_size, repr_size, broken = map(int, done.stdout[at:end].split())
        at = end + 1
        found.append((str(rest[at:at + type_size], "utf-8"),
                      str(rest[at + type_size:at + type_size + repr_size], "utf-8"), bool(broken)))
        at += type_size + repr_size + 1
    assert len(found) == len(addresses)
    return found


def assert_same_values(expected, actual, limit):
    found = []
    for (type_name, address, text), (shown_type, shown, broken) in zip(expected, actual):
        if shown_type != type_name or broken:
            found.append("%s: type %s%s, not %s" % (address, shown_type, ", broken" if broken else "", type_name))
        if shown != cut(text, limit):
            found.append("%s: %s" % (address, text_difference(shown, cut(text, limit))))
    assert not found, "%d of %d\n%s" % (len(found), len(expected), "\n".join(found[:30]))


@pytest.mark.parametrize("interpreter", each(USABLE))
def test_random_values(interpreter, start):
    """Nested to depth 6, with shared and cyclic references."""
    target = start(interpreter, "values.py", "--random", RANDOM, "--seed", sum(interpreter.version), core_limit=True)
    with refusal_allowed(interpreter, target.pid):
        with open(os.path.join(target.directory, "values.json")) as source:
            expected = json.load(source)
        assert len(expected) == RANDOM and sum(len(one[2]) for one in expected) > 30 * RANDOM
        addresses = [one[1] for one in expected]
        for limit in (WHOLE, LIMIT, 17):
            actual = dump_values(target.pid, addresses, "--limit=%d" % limit)
            assert_same_values(expected, actual, limit)
        needs_kernel_cores()
        core = target.kernel_core()
        actual = dump_values(core, addresses, "--limit=%d" % WHOLE, *sysroot(interpreter))
        assert_same_values(expected, actual, WHOLE)
