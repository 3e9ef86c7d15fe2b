"""Arenas, pools and blocks of pymalloc equal to what sys._debugmallocstats() says in the target itself."""
import bisect
import os
import re
import signal
import subprocess

import pytest

from helpers import (TESTS, each, interpreters, needs_gcore, needs_kernel_cores, representatives, few, sysroot,
                     tool_environment, wait_for)

DUMPPOOLS = os.environ.get("DUMPPOOLS") or os.path.join(os.path.dirname(TESTS), "build", "tests", "live", "dumppools")
READ = [one for one in interpreters.usable() if not one.free_threaded]
BY_STATE, BY_TABLE, BY_POOLS = ["--ways=2"], ["--ways=4"], ["--ways=8"]


def parse_statistics(text):
    """(classes, arenas, unused pools): classes maps a size to (pools, used blocks, free blocks)."""
    classes = {int(size): (int(pools), int(used), int(free)) for size, pools, used, free in
               re.findall(r"^ +\d+ +(\d+) +(\d+) +(\d+) +(\d+)$", text, re.M)}
    arenas = re.search(r"# arenas allocated current += +([\d,]+)$", text, re.M)
    unused = re.search(r"^([\d,]+) unused pools \*", text, re.M)
    if not arenas:          # another allocator is in use
        assert "small block threshold" not in text.lower()
        return {}, 0, 0
    return classes, int(arenas.group(1).replace(",", "")), int(unused.group(1).replace(",", ""))


def added(several):
    classes, arenas, unused = {}, 0, 0
    for one in several:
        for size, counts in one[0].items():
            classes[size] = tuple(map(sum, zip(counts, classes.get(size, (0, 0, 0)))))
        arenas, unused = arenas + one[1], unused + one[2]
    return classes, arenas, unused


def statistics(target):
    """What all its interpreters say, once it has stopped."""
    wait_for(lambda: target.status()["State"][0] == "T", "the target to stop")
    *texts, rest = target.errors().split("\nTHE END\n")
    assert not rest.strip() and texts and len(texts) % 2 == 0, target.errors()[-1000:]
    several = [parse_statistics(text) for text in texts]
    assert several[0::2] == several[1::2], "saying it changes it"
    return added(several[1::2])


class Pools:
    def __init__(self, core, *arguments):
        done = subprocess.run([DUMPPOOLS, *arguments, core], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, encoding="utf-8", timeout=60, env=tool_environment())
        assert done.returncode == 0, done
        head, *lines = done.stdout.splitlines()
        self.way, *numbers = head.split()
        self.pool_size, self.arena_size, self.arenas, self.pools, self.free_pools, self.hooks, self.damaged = map(
            int, numbers)
        rows = [line.split() for line in lines]
        self.blocks = [(int(address, 16), int(size)) for address, size in (row for row in rows if len(row) == 2)]
        self.classes = {int(size): tuple(map(int, counts)) for size, *counts in rows if len(counts) == 3}
        self.errors = done.stderr

    def check(self, expected):
        assert (self.classes, self.arenas, self.free_pools) == expected, self.errors
        assert self.pools == sum(counts[0] for counts in expected[0].values())
        assert not self.damaged and not self.errors

    def check_holds(self, ids):
        """Every one of these objects is in a block in use."""
        starts = [address for address, _ in self.blocks]
        assert starts == sorted(starts)
        for one in ids:
            address, size = self.blocks[bisect.bisect_right(starts, one) - 1]
            assert address <= one < address + size, hex(one)


def die(target):
    """Aborts a stopped process before it can do anything else."""
    os.kill(target.pid, signal.SIGABRT)
    os.kill(target.pid, signal.SIGCONT)


def ways(python):
    return ["state", BY_STATE] if python.version >= (3, 12) else ["table", BY_TABLE]


def check_all_ways(python, core, expected, ids=(), hooks=0):
    way, by_way = ways(python)
    for name, arguments in ((way, []), (way, by_way), ("pools", BY_POOLS)):
        pools = Pools(core, *arguments, *sysroot(python))
        pools.check(expected)
        assert pools.way == name
        assert pools.hooks == hooks
        assert pools.pool_size == (16384 if python.version >= (3, 10) else 4096)
    Pools(core, "--blocks", *sysroot(python)).check_holds(ids)


@pytest.mark.parametrize("python", each(READ))
def test_kernel_core(python, start):
    needs_kernel_cores()
    target = start(python, "pools.py", core_limit=True)
    expected, ids = statistics(target), target.oracle["ids"]
    assert expected[1] > 20 and expected[2] > 100 and len(ids) > 20000
    check_all_ways(python, target.kernel_core(die), expected, ids, hooks=16 if python.debug else 0)


@pytest.mark.parametrize("python", each(few(READ)))
def test_gcore(python, start):
    needs_gcore()
    target = start(python, "pools.py")
    expected = statistics(target)
    check_all_ways(python, target.gcore(), expected, target.oracle["ids"])


@pytest.mark.parametrize("mode", ["debug", "pymalloc_debug", "dev"])
@pytest.mark.parametrize("python", each(few(READ)))
def test_debug_hooks(python, mode, start):
    needs_kernel_cores()
    options, env = (["-X", "dev"], None) if mode == "dev" else ([], {"PYTHONMALLOC": mode})
    target = start(python, "pools.py", core_limit=True, options=options, env=env)
    expected, ids = statistics(target), target.oracle["ids"]
    check_all_ways(python, target.kernel_core(die), expected, ids, hooks=16)


@pytest.mark.parametrize("mode", ["malloc", "malloc_debug"])
@pytest.mark.parametrize("python", each(few(READ)))
def test_no_pymalloc(python, mode, start):
    needs_kernel_cores()
    target = start(python, "pools.py", core_limit=True, env={"PYTHONMALLOC": mode})
    assert statistics(target) == ({}, 0, 0)
    core = target.kernel_core(die)
    for arguments in ([], BY_POOLS):
        pools = Pools(core, *arguments, *sysroot(python))
        assert pools.way == "none" and not pools.arenas and not pools.errors


@pytest.mark.parametrize("python", each([one for one in representatives(READ) if one.version >= (3, 12)]))
def test_interpreters(python, start):
    """Interpreters with an allocator of their own each."""
    needs_kernel_cores()
    target = start(python, "pools.py", "interpreters", core_limit=True)
    expected = statistics(target)
    check_all_ways(python, target.kernel_core(die), expected, target.oracle["ids"])
