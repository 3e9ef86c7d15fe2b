"""`leaks` finds each reference that native code forgot, and nothing else: in numbers that the program knows."""
import functools
import os
import shutil
import subprocess

import pytest

from helpers import (PROGRAMS, each, few, interpreters, needs_gcore, needs_kernel_cores, representatives, run_tool,
                     sysroot)

SUPPORTED = interpreters.supported()


# Running

def read_leaks(*arguments, options=(), statuses=(0,), timeout=100):
    run = run_tool("leaks", "--json", *options, *arguments, timeout=timeout)
    assert run.returncode in statuses, str(run)
    document = run.json()
    assert document["command"] == "leaks"
    return document["result"]


@functools.lru_cache(maxsize=None)
def headers(interpreter):
    """The directory of Python.h that belongs to the interpreter, or None."""
    done = subprocess.run(interpreter.argv() + ["-c", "import sysconfig; print(sysconfig.get_path('include'))"],
                          stdout=subprocess.PIPE, encoding="utf-8", check=True, timeout=30)
    path = interpreter.root + done.stdout.strip()
    return path if os.path.exists(os.path.join(path, "Python.h")) else None


@functools.lru_cache(maxsize=None)
def extension(interpreter, scratch):
    if not headers(interpreter):
        pytest.skip("%s has no headers" % interpreter)
    if not shutil.which("gcc"):
        pytest.skip("gcc is not installed")
    path = os.path.join(str(scratch), "leaky-%s.so" % interpreter.label)
    done = subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-I", headers(interpreter), "-o", path,
                           os.path.join(PROGRAMS, "leaky.c")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          encoding="utf-8", errors="replace", timeout=100)
    assert done.returncode == 0, done.stdout
    return path


# Comparing

MOST_STRAYS = 2     # words in memory that nobody uses which look like references to planted objects of a type


def by_type(rows):
    found = {one["type"]: one for one in rows}
    assert len(found) == len(rows), rows
    return found


# References that CPython itself forgets, by version, type and number of objects: gc.get_referrers() does not know who has
# them either.
CPYTHON = {
    (3, 8): {"surplus_references": {"module": 2}, "lost": {"module": 1}},   # sys and _warnings, at the start
}


def reported(version, result, kind, own_leaks=CPYTHON, planted=None):
    """The rows of the report without what CPython itself has leaked, which a stray word may hide.
    `planted`: {type: objects} of the program."""
    own, rest = {}, []
    for length in 2, 3:
        own.update(own_leaks.get(tuple(version[:length]), {}).get(kind, {}))
    for one in result[kind]:
        less = min(own.get(one["type"], 0), max(0, one["objects"] - (planted or {}).get(one["type"], 0)))
        if one["objects"] > less:
            rest.append(dict(one, objects=one["objects"] - less, references=one.get("references", 0) - less))
    return rest


def is_led_to(where, address):
    """Something that may be no reference, a word in memory that nobody uses, leads to the object."""
    run = run_tool("path", "--json", *where, hex(address))
    assert run.returncode == 0, str(run)
    return run.json()["result"]["exact"] is False


def strays(where, address):
    run = run_tool("refs", "--json", *where, hex(address))
    assert run.returncode == 0, str(run)
    return sum(not one["exact"] for one in run.json()["result"]["references"])


def compare(oracle, result, where):
    """What the report has otherwise than the program planted."""
    version, found = oracle["version"], []
    planted = {name: tuple(pair) for name, pair in oracle["surplus"].items()}
    surplus = by_type(reported(version, result, "surplus_references", planted={name: planted[name][0] for name in planted}))
    lost = by_type(reported(version, result, "lost", planted=oracle["lost"]))
    for name in sorted(set(planted) | set(surplus) | set(lost) | set(oracle["lost"])):
        known = oracle["addresses"].get(name, [])
        gone = lost[name]["objects"] if name in lost else 0
        hidden = oracle["lost"].get(name, 0) - gone
        if hidden and not (hidden <= MOST_STRAYS and hidden == sum(is_led_to(where, address) for address in known)):
            found.append("%s: %d lost, not %d" % (name, gone, oracle["lost"].get(name, 0)))
        one = surplus.get(name, {"objects": 0, "references": 0})
        pair = one["objects"], one["references"]
        if name in oracle["single"] and one["objects"] == 1 and 0 < one["references"] <= planted[name][1]:
            continue
        if name not in oracle["lost"] and pair != planted.get(name, (0, 0)):
            hidden = planted.get(name, (0, 0))[1] - pair[1]
            if not (0 < hidden <= MOST_STRAYS and hidden == sum(strays(where, address) for address in known)):
                found.append("%s: %d objects with %d references too many, not %d with %d" % (
                    (name,) + pair + planted.get(name, (0, 0))))
        for row in (surplus.get(name), lost.get(name)):
            if row and known and not {int(one, 16) for one in row["examples"]} <= set(known):
                found.append("%s: %s is none that leaked" % (name, row["examples"]))
    return found


def check(target, result):
    found = compare(target.oracle, result, [target.pid])
    assert not found, "%s: %d differences\n%s" % (target.interpreter, len(found), "\n".join(found))
    assert not result["garbage"]["objects"], result["garbage"]
    assert not set(by_type(result["lost"])) & set(target.oracle["kept"])


# Planted leaks

@pytest.mark.parametrize("interpreter", each([one for one in SUPPORTED if headers(one)]))
def test_extension(interpreter, start, scratch):
    target = start(interpreter, "leaky.py", extension(interpreter, scratch))
    target.wait_until_parked()
    check(target, read_leaks(target.pid))
    target.check_unharmed()


@pytest.mark.parametrize("interpreter", each(representatives(SUPPORTED) + [
    one for one in SUPPORTED if not headers(one) and one not in representatives(SUPPORTED)]))
def test_ctypes(interpreter, start):
    target = start(interpreter, "leaky.py")
    target.wait_until_parked()
    check(target, read_leaks(target.pid))
    target.check_unharmed()


@pytest.mark.parametrize("maker", ["gcore", "kernel"])
@pytest.mark.parametrize("interpreter", each(few(SUPPORTED)))
def test_core(interpreter, start, scratch, maker):
    needs_gcore() if maker == "gcore" else needs_kernel_cores()
    arguments = [extension(interpreter, scratch)] if headers(interpreter) else []
    target = start(interpreter, "leaky.py", *arguments, core_limit=True)
    oracle = target.oracle
    core = target.gcore() if maker == "gcore" else target.kernel_core()
    where = sysroot(interpreter) + [core]
    found = compare(oracle, read_leaks(*where), where)
    assert not found, "%s: %d differences\n%s" % (interpreter, len(found), "\n".join(found))
