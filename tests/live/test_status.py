"""Who holds the GIL, who collects, what ends, what crashed; sub-interpreters."""
import pytest

from helpers import (assert_same_stacks, each, interpreters, needs_gcore, needs_kernel_cores, read_stack,
                     representatives, situation, sysroot)

SUPPORTED = interpreters.supported()
MODES = ["live", "gcore"]


def read(target, mode):
    if mode == "live":
        return read_stack(target.pid)
    needs_gcore()
    return read_stack(*sysroot(target.interpreter), target.gcore())


def with_status(document, status):
    return {thread["native_id"] for thread in document["result"]["threads"] if status in thread["status"]}


def tids(target, *prefixes):
    return {thread["native_id"] for thread in target.oracle["threads"] if thread["situation"].startswith(prefixes)}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("interpreter", each(SUPPORTED))
def test_gil_held(interpreter, start, mode):
    target = start(interpreter, "gil.py", "held")
    holder, = tids(target, "holder")
    target.wait_until_asleep(holder)
    for _ in range(20 if mode == "live" else 1):        # waiters wake up every 5 ms
        document = read(target, mode)
        assert with_status(document, "holds-gil") == {holder}
        assert with_status(document, "waiting-for-gil") == tids(target, "waiter")
        assert not with_status(document, "idle") & tids(target, "waiter")
    target.check_unharmed(answers=False)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("interpreter", each(SUPPORTED))
def test_gil_free(interpreter, start, mode):
    target = start(interpreter, "gil.py", "free")
    document = read(target, mode)
    assert_same_stacks(target.oracle, document, names="live" if mode == "live" else "core")
    assert with_status(document, "holds-gil") == set()
    assert with_status(document, "waiting-for-gil") == set()
    assert with_status(document, "idle") == tids(target, "main", "idle")
    target.check_unharmed()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("interpreter", each(SUPPORTED))
def test_garbage_collection(interpreter, start, mode):
    target = start(interpreter, "gc_finalizer.py", "collecting")
    document = read(target, mode)
    assert_same_stacks(target.oracle, document, names="live" if mode == "live" else "core")
    assert with_status(document, "garbage-collecting") == tids(target, "collector")
    target.check_unharmed()


@pytest.mark.parametrize("interpreter", each(SUPPORTED))
def test_no_garbage_collection(interpreter, start):
    target = start(interpreter, "gc_finalizer.py", "idle")
    document = read_stack(target.pid)
    assert_same_stacks(target.oracle, document)
    assert with_status(document, "garbage-collecting") == set()
    target.check_unharmed()


@pytest.mark.parametrize("mode", ["module", "atexit", "shutdown"])
@pytest.mark.parametrize("interpreter", each(SUPPORTED))
def test_finalizing(interpreter, start, mode):
    target = start(interpreter, "finalizing.py", mode)
    target.wait_until_asleep(target.pid)
    document = read_stack(target.pid)
    # The threading module is gone in the end, and the names with it.
    assert_same_stacks(target.oracle, document, names=None if mode == "module" else "live")
    if mode == "module":
        assert with_status(document, "finalizing") == {target.pid}
    target.check_unharmed(answers=mode != "shutdown")
    needs_gcore()
    document = read(target, "gcore")
    assert_same_stacks(target.oracle, document, names=None if mode == "module" else "core")


@pytest.mark.parametrize("how", ["abort", "fault", "fault_main", "killed"])
@pytest.mark.parametrize("interpreter", each(SUPPORTED))
def test_crash(interpreter, start, how):
    needs_kernel_cores()
    target = start(interpreter, "crash.py", how, core_limit=True)
    core = target.kernel_core(by=lambda target: target.tell())
    document = read_stack(*sysroot(interpreter), core)
    oracle = target.oracle
    assert_same_stacks(oracle, document, names="core", unlisted=oracle["unlisted"])
    taken = document["target"]["signal"]
    number, name = (6, "SIGABRT") if how == "abort" else (11, "SIGSEGV")
    assert (taken["number"], taken["name"]) == (number, name)
    assert with_status(document, "crashed") == {taken["thread"]}
    if oracle["thread"]:
        assert taken["thread"] == oracle["thread"]
    if how == "killed":
        assert taken["sender_pid"] == oracle["sender_pid"]
    elif how == "abort":        # raise() is a signal from oneself
        assert taken["sender_pid"] in (None, target.pid)
    else:
        assert taken["sender_pid"] is None
    assert taken["address"] == (None if oracle["address"] is None else "%#x" % oracle["address"])


@pytest.mark.parametrize("interpreter", each(representatives(SUPPORTED)))
def test_gcore_has_no_crash(interpreter, start):
    """What gdb writes of a process that nothing ails."""
    needs_gcore()
    target = start(interpreter, "many_threads.py", 4, 10)
    document = read(target, "gcore")
    assert with_status(document, "crashed") == set()
    signal = document["target"]["signal"]
    assert signal is None or signal["name"] in ("SIGTRAP", "SIGSTOP", "SIGINT"), signal


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", ["legacy", "isolated"])
@pytest.mark.parametrize("interpreter", each(SUPPORTED))
def test_subinterpreters(interpreter, start, kind, mode):
    target = start(interpreter, "subinterp.py", kind)
    document = read(target, mode)
    assert_same_stacks(target.oracle, document, names="live" if mode == "live" else "core")
    assert with_status(document, "holds-gil") == set()
    target.check_unharmed(answers=False)


@pytest.mark.parametrize("interpreter", each(representatives(SUPPORTED)))
def test_many_threads(interpreter, start):
    target = start(interpreter, "many_threads.py", 300, 30)
    document = read_stack(target.pid)
    assert_same_stacks(target.oracle, document)
    assert [thread["native_id"] for thread in document["result"]["threads"] if thread["main"]] == [target.pid]
    assert situation(document, target.oracle, "main")["status"]
    target.check_unharmed()
