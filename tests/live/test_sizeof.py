"""Sizes of every object that can be reached in a program with all kinds of them, equal to what sys.getsizeof() says."""
import collections
import json
import os
import subprocess

import pytest

from helpers import (PROGRAMS, each, interpreters, needs_kernel_cores, refusal_allowed, few, sysroot,
                     tool_environment)
from test_numpy import pythons
from test_values import DUMPVALUES

READ = [one for one in interpreters.usable() if one.version[:2] >= (3, 7)]
SUPPORTED = interpreters.supported()

# With a __sizeof__ of C that is not known: it counts a whole syntax tree (to 3.9).
UNKNOWN = {"parser.st"}


def read_sizes(where, addresses):
    """(size or None, whose __sizeof__, why not) of each."""
    text = " ".join("%x" % one for one in addresses).encode()
    done = subprocess.run([DUMPVALUES, "--sizeof", *map(str, where)], input=text, timeout=300,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=tool_environment())
    assert done.returncode == 0 and not done.stderr, done.stderr.decode(errors="replace")[:3000]
    found = []
    for line in done.stdout.decode().splitlines():
        size, sizer, *why = line.split(" ", 2)
        found.append((None if size == "-" else int(size), sizer, why[0] if why else ""))
    assert len(found) == len(addresses)
    return found


def assert_same_sizes(oracle, where):
    kinds, entries = oracle["kinds"], oracle["entries"]
    wrong, examples, compared, without = collections.Counter(), {}, collections.Counter(), 0
    found = read_sizes(where, [address for address, _, _ in entries])
    for (address, size, kind), (actual, sizer, why) in zip(entries, found):
        name, definer = kinds[kind]
        if definer is None or definer in UNKNOWN:
            without += 1
            if (actual, sizer) == (None, "-"):
                continue
        elif actual == size:
            compared[definer] += 1
            continue
        wrong[name] += 1
        examples[name] = "%#x is %s, not %s (%s) %s" % (address, actual, size, sizer, why)
    print("%d objects of %d types compared, %d without" % (sum(compared.values()), len(kinds), without))
    assert not wrong, "%d of %d\n%s" % (sum(wrong.values()), len(entries), "\n".join(
        "%5d %s: %s" % (count, name, examples[name]) for name, count in wrong.most_common(60)))
    assert sum(compared.values()) > 100000 and len(kinds) > 600 and without >= 2
    # Of every type that has one of its own there was an instance.
    never = set(oracle["own"]) - set(compared) - UNKNOWN - {"kinds.Sized", "kinds.SizedByC"}
    assert len(oracle["own"]) > 20 and not never, never


@pytest.mark.parametrize("python", each(READ))
def test_live(python, start):
    target = start(python, "sizes.py")
    with refusal_allowed(python, target.pid):
        assert_same_sizes(target.oracle, [target.pid])
    target.check_unharmed()


def test_numpy(scratch):
    """numpy's arrays and scalars too, for each Python at hand that has it (see test_numpy.py)."""
    if not pythons():
        pytest.skip("no Python at hand has numpy")
    for python in pythons():
        path = os.path.join(scratch, "sizes.json")
        with subprocess.Popen([python, os.path.join(PROGRAMS, "sizes.py"), path, "numpy"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as target:
            try:
                assert target.stdout.readline() == b"ready\n"
                with open(path) as source:
                    oracle = json.load(source)
                assert {"numpy.ndarray", "numpy.generic"} <= set(oracle["own"])
                assert_same_sizes(oracle, [target.pid])
            finally:
                target.kill()


@pytest.mark.parametrize("python", each(few(SUPPORTED)))
def test_kernel_core(python, start):
    needs_kernel_cores()
    target = start(python, "sizes.py", core_limit=True)
    oracle = target.oracle
    assert_same_sizes(oracle, sysroot(python) + [target.kernel_core()])
