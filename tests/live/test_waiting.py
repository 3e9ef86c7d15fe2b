"""What threads wait for, and deadlocks."""
import pytest

from helpers import (each, interpreters, needs_gcore, needs_kernel_cores, read_stack, representatives, run_tool, sysroot)

SUPPORTED = interpreters.supported()


def read(target, mode):
    if mode == "live":
        return read_stack(target.pid)
    if mode == "gcore":
        needs_gcore()
        return read_stack(*sysroot(target.interpreter), target.gcore())
    return read_stack(*sysroot(target.interpreter), target.kernel_core())


def check(oracle, document):
    tids = {thread["situation"]: thread["native_id"] for thread in oracle["threads"]}
    found = {thread["native_id"]: thread for thread in document["result"]["threads"]}
    wrong = []
    for label, waiting in oracle["waiting"].items():
        actual = found[tids[label]]["waiting_for"]
        if actual:
            actual = [actual["kind"], actual["address"], actual["owner"]]
        expected = waiting and [waiting[0], hex(waiting[1]), tids[waiting[2]] if waiting[2] else None]
        if actual != expected:
            wrong.append("%s: %s instead of %s" % (label, actual, expected))
    assert not wrong, "\n".join(wrong)
    circles = {frozenset(circle) for circle in document["result"]["deadlocks"]}
    assert circles == {frozenset(tids[label] for label in circle) for circle in oracle["deadlocks"]}
    # Each circle goes from waiter to owner.
    for circle in document["result"]["deadlocks"]:
        for tid, following in zip(circle, circle[1:] + circle[:1]):
            assert found[tid]["waiting_for"]["owner"] == following
    assert all(thread["waiting_for"] is None for tid, thread in found.items() if tid not in
               {tids[label] for label in oracle["waiting"]})


@pytest.mark.parametrize("mode", ["live", "gcore"])
@pytest.mark.parametrize("interpreter", each(SUPPORTED))
def test_waiting(interpreter, start, mode):
    target = start(interpreter, "waiting.py")
    check(target.oracle, read(target, mode))
    target.check_unharmed()


@pytest.mark.parametrize("interpreter", representatives(SUPPORTED))
def test_waiting_in_a_kernel_core(interpreter, start):
    needs_kernel_cores()
    target = start(interpreter, "waiting.py", core_limit=True)
    oracle = target.oracle
    check(oracle, read(target, "kernel"))


@pytest.mark.parametrize("interpreter", representatives(SUPPORTED))
def test_text(interpreter, start):
    target = start(interpreter, "waiting.py")
    text = run_tool("stack", target.pid).stdout.decode()
    tids = {thread["situation"]: thread["native_id"] for thread in target.oracle["threads"]}
    circle = "Deadlock: thread %d waits for thread %d waits for thread %d"
    assert (circle % (tids["rlock-a"], tids["rlock-b"], tids["rlock-a"]) in text
            or circle % (tids["rlock-b"], tids["rlock-a"], tids["rlock-b"]) in text)
    held = target.oracle["waiting"]["rlock-waiter"]
    assert "waits for an RLock (%#x) that thread %d has" % (held[1], tids["rlock-owner"]) in text


@pytest.mark.parametrize("interpreter", representatives(SUPPORTED))
def test_the_gil(interpreter, start):
    target = start(interpreter, "gil.py", "held")
    tids = {thread["situation"]: thread["native_id"] for thread in target.oracle["threads"]}
    target.wait_until_asleep(tids["holder"])
    document = read(target, "live")
    for thread in document["result"]["threads"]:
        if "waiting-for-gil" in thread["status"]:
            assert thread["waiting_for"] == {"kind": "gil", "address": None, "owner": tids["holder"]}
    assert not document["result"]["deadlocks"]


@pytest.mark.parametrize("interpreter", representatives(SUPPORTED))
def test_nothing_without_registers(interpreter, start):
    """--no-pause cannot know where a thread sleeps."""
    target = start(interpreter, "waiting.py")
    document = read_stack("--no-pause", target.pid)
    assert all(thread["waiting_for"] is None for thread in document["result"]["threads"])
    assert document["result"]["deadlocks"] == []
