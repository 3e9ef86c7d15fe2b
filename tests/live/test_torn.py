"""A target that never stands still, read many times. While it is held, no stack can be an impossible one."""
import os

import pytest

from helpers import QUICK, Target, check_outcome, check_stack, each, interpreters, run_tool, wait_for

READS = int(os.environ.get("CPT_TORN_READS") or (300 if QUICK else 10000))
SUPPORTED = interpreters.supported()


@pytest.fixture
def busy(request, scratch):
    with Target(request.param, "busy.py", scratch=scratch) as target:
        yield target


def possible_stacks(oracle):
    """native id -> the stacks that the thread can have, as tuples of names from the innermost on."""
    stacks = {}
    for name, chains in oracle["possible"].items():
        below = [name] + oracle["base"]
        stacks[oracle["tids"][name]] = {tuple(chain + below) for chain in chains}
    return stacks


def impossible(document, oracle, stacks):
    found = []
    seen = {thread["native_id"]: thread for thread in document["result"]["threads"]}
    if set(seen) != set(oracle["tids"].values()):
        found.append("threads %s, not %s" % (sorted(seen), sorted(oracle["tids"].values())))
    for tid, allowed in stacks.items():
        frames = seen[tid]["frames"] if tid in seen else []
        if tuple(frame["function"] for frame in frames) not in allowed:
            found.append("thread %d: %s" % (tid, [frame["function"] for frame in frames]))
        for frame in frames:
            lines = oracle["lines"].get(frame["function"])
            if lines and frame["line"] not in lines:
                found.append("%s at line %s" % (frame["function"], frame["line"]))
    return found


def check_progress(target):
    def ticks():
        total = 0
        for tid in target.tasks():
            with open("/proc/%d/task/%d/stat" % (target.pid, tid)) as source:
                fields = source.read().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
        return total
    before = ticks()
    wait_for(lambda: ticks() > before, "the target to go on")


@pytest.mark.parametrize("busy", each(SUPPORTED), indirect=True)
def test_held(busy):
    stacks = possible_stacks(busy.oracle)
    distinct, bad = set(), []
    reads = max(READS // len(SUPPORTED), 1)
    for number in range(reads):
        run = run_tool("stack", "--json", busy.pid)
        document = check_outcome(run)
        assert document, str(run)
        found = impossible(document, busy.oracle, stacks) + [one["message"] for one in document["warnings"]]
        if found:
            bad.append("read %d, exit status %d: %s" % (number, run.returncode, found))
        holders = [one["native_id"] for one in document["result"]["threads"] if "holds-gil" in one["status"]]
        assert len(holders) <= 1, document
        distinct.update(tuple(frame["function"] for frame in thread["frames"])
                        for thread in document["result"]["threads"])
    assert not bad, "%d of %d reads\n%s" % (len(bad), reads, "\n".join(bad[:10]))
    assert len(distinct) > 8, "the target did not move: %s" % distinct
    busy.check_unharmed()
    check_progress(busy)


@pytest.mark.parametrize("busy", each(SUPPORTED), indirect=True)
def test_unheld(busy):
    """Unheld the stacks may be torn, and the run may say so; it must not fail otherwise, nor invent functions."""
    known = set(busy.oracle["base"]) | {"serve", "main", "<module>", "wait", "start", "__init__"}
    for chains in busy.oracle["possible"].values():
        known.update(name for chain in chains for name in chain)
    known.update(busy.oracle["possible"])
    for _ in range(10 if QUICK else 60):
        run = run_tool("stack", "--json", "--no-pause", busy.pid)
        assert run.returncode in (0, 1), str(run)
        document = run.json()
        check_stack(document, run)
        if run.returncode == 0:
            for thread in document["result"]["threads"]:
                strange = {frame["function"] for frame in thread["frames"]} - known
                assert not strange, strange
    busy.check_unharmed()
    check_progress(busy)
