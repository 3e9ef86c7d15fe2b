"""What the engine says of a debugger's target equals what the tool says of a core of the same moment, whichever way the
target is read: the process itself, through the debugger alone, and the core. The debugger is tests/plugin/fakehost."""
import collections
import contextlib
import ctypes
import os
import re
import signal
import subprocess
import time

import pytest

from helpers import (QUICK, Run, Target, each, few, interpreters, needs_gcore, run_tool, sysroot, tool_environment,
                     wait_for)

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FAKEHOST = os.environ.get("FAKEHOST") or os.path.join(TOP, "build", "tests", "plugin", "fakehost")
SUPPORTED = few(interpreters.supported())
COMMANDS = ["info", "stack --locals", "stack --native", "object", "census", "memory", "refs", "path", "retained",
            "leaks"]
WAYS = ["direct", "remote", "core"]
MOMENTS = 1 if QUICK else 3
Situation = collections.namedtuple("Situation", "target core address")


def host(*arguments, options, timeout=60):
    """Runs one command, or several that are separated by ";"."""
    command = [FAKEHOST] + [str(one) for one in options] + ["--"] + [str(one) for one in arguments]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=timeout, env=tool_environment())
    run = Run(command[1:], done.returncode, done.stdout, done.stderr)
    assert run.returncode in (0, 1, 2, 10, 64), str(run)
    return run


@pytest.fixture(scope="module", params=each(SUPPORTED))
def situation(request, scratch):
    needs_gcore()
    with Target(request.param, "paths.py", scratch=scratch) as target:
        yield Situation(target, target.gcore(), hex(target.oracle["addresses"]["attribute"]))


def words_of(command, address):
    words = command.split() + ["--json"]
    return words + [address] if words[0] in ("object", "refs", "path") else words


def differences(one, other, where="result"):
    if type(one) is not type(other) or not isinstance(one, (dict, list)):
        return [] if one == other else ["%s: %.100r, not %.100r" % (where, one, other)]
    if isinstance(one, dict):
        return [text for key in sorted(set(one) | set(other))
                for text in differences(one.get(key), other.get(key), "%s.%s" % (where, key))]
    if len(one) != len(other):
        return ["%s has %d, not %d" % (where, len(one), len(other))]
    return [text for i, (mine, its) in enumerate(zip(one, other))
            for text in differences(mine, its, "%s[%d]" % (where, i))]


def without_nature(command, result, is_core):
    """What a process and a core of it do not have in common: facts about the file, and how much of the memory that is
    no Python's there is (gcore writes whole what malloc has reserved and what the process never touched of its files,
    and the guard pages of stacks)."""
    if is_core:
        return result
    if command == "info":
        return dict(result, core=None)
    if command == "memory":
        return [result["pymalloc"]] + [one for one in result["categories"]
                                       if one["name"] not in ("native-heap", "files", "stacks", "anonymous")]
    return result


def options_of(way, target, core):
    if way == "core":
        return ["--core", core] + sysroot(target.interpreter)
    if way == "remote":
        return ["--remote", "--pid", target.pid] + sysroot(target.interpreter)
    return ["--pid", target.pid]


def wrong_answers(commands, way, target, core, address="0"):
    wrong = []
    for command in commands:
        words = words_of(command, address)
        mine = host(*words, options=options_of(way, target, core))
        # The pages that are there can be told of a process itself, as the tool does: not of its core.
        live = way == "direct" and command == "memory"
        read = [target.pid] if live else sysroot(target.interpreter) + [core]
        tools = run_tool(words[0], *read, *words[1:])
        if mine.returncode != tools.returncode or not tools.stdout:
            wrong.append("%s\n%s" % (mine, tools))
            continue
        one, other = (without_nature(words[0], run.json()["result"], live or way == "core") for run in (mine, tools))
        wrong += ["%s: %s" % (command, text) for text in differences(one, other)[:10]]
    return wrong


@pytest.mark.parametrize("way", WAYS)
def test_answers(situation, way):
    target, core, address = situation
    wrong = wrong_answers(COMMANDS, way, target, core, address)
    assert not wrong, "\n".join(wrong)
    target.check_unharmed(answers=False)


def test_any_moment(some_python, start):
    """Wherever it was stopped: computing, allocating, collecting."""
    needs_gcore()
    target = start(some_python, "busy.py")
    for number in range(MOMENTS):
        time.sleep(0.05 + 0.037 * number)
        os.kill(target.pid, signal.SIGSTOP)
        wait_for(lambda: all(target.status(tid)["State"][0] == "T" for tid in target.tasks()), "it to stop")
        core = target.gcore(mend=False)
        assert target.status()["State"][0] == "T", "it ran on behind gcore"
        wrong = [text for way in WAYS
                 for text in wrong_answers(["stack --locals --native", "census"], way, target, core)]
        assert not wrong, "\n".join(wrong)
        os.remove(core)
        os.kill(target.pid, signal.SIGCONT)


def reads_of(run):
    """How often and how much the engine asked the debugger: of each command."""
    return [tuple(map(int, one)) for one in re.findall(rb"fakehost: (\d+) reads, (\d+) bytes", run.stderr)]


def test_reads(situation):
    """Directly only what has to be compared; else in large pieces, and what was read once not again in one command."""
    target, core, _ = situation
    for way in "direct", "core":
        for reads, size in reads_of(host("stack", ";", "census", options=["--count"] + options_of(way, target, core))):
            assert 2 <= reads < 100 and size < 100000, (way, reads, size)
    local = host("census", options=["--count", "--gdbserver"] + options_of("direct", target, core))
    assert reads_of(local)[0][1] < 100000, str(local)
    (reads, size), = reads_of(host("census", options=["--count"] + options_of("remote", target, core)))
    assert size > 1000000 and reads < 2000 + size / 500000, (reads, size)


def test_breakpoints(situation):
    """They are in the debugger's view of the code, or in the code: the process is the same."""
    target, core, _ = situation
    for way in "direct", "core":
        run = host("stack", "--json", options=["--count", "--breakpoints"] + options_of(way, target, core))
        assert run.returncode == 0 and reads_of(run)[0][1] < 100000, str(run)


def refused(*arguments, options):
    """The one line that says why there is no answer."""
    run = host(*arguments, options=options)
    assert run.returncode == 2, str(run)
    return run.error_line()


def test_refusals(situation):
    target, core, _ = situation
    direct, remote = (options_of(way, target, core) for way in ("direct", "remote"))
    assert "is not the core that fakehost has open" in refused("stack", options=["--lie", "--core", core])
    assert "does not tell what is mapped where" in refused("stack", options=["--no-maps"] + remote)
    assert "is running: interrupt it" in refused("stack", options=["--running"] + direct)
    assert "there is no process and no core" in refused("stack", options=[])
    assert host("stack", options=["--no-maps"] + direct).returncode == 0
    with subprocess.Popen(["sleep", "100"]) as other:
        try:
            wait_for(lambda: os.path.exists("/proc/%d/exe" % other.pid) and
                     os.readlink("/proc/%d/exe" % other.pid).endswith(("sleep", "coreutils")), "sleep to begin")
            for way in [], ["--remote"]:
                line = refused("census", options=way + ["--pid", other.pid])
                assert re.search("no CPython in this target.*let it run", line), line
        finally:
            other.kill()
    # What another program says of the same id is not believed: it is read as that program reads it.
    assert "no CPython" in refused("stack", options=["--lie"] + direct)


def stop_at_start():
    """In the child: at its first instruction, nothing of it has run."""
    ctypes.CDLL(None).ptrace(0, 0, 0, 0)


@contextlib.contextmanager
def begun(interpreter):
    """The interpreter before its first instruction: neither its libraries are there nor has anything been written."""
    started = subprocess.Popen(interpreter.argv("/") + ["-c", "pass"], preexec_fn=stop_at_start,
                               stdin=subprocess.DEVNULL)
    try:
        os.waitid(os.P_PID, started.pid, os.WSTOPPED | os.WNOWAIT)
        ctypes.CDLL(None).ptrace(17, started.pid, 0, ctypes.c_long(signal.SIGSTOP))         # PTRACE_DETACH
        yield started.pid
    finally:
        started.kill()
        started.wait()


@contextlib.contextmanager
def ended(interpreter):
    """The interpreter after Py_Finalize, in exit(): it waits there in a function that the C library calls."""
    code = "import ctypes; c = ctypes.CDLL(None); c.on_exit(ctypes.cast(c.pause, ctypes.c_void_p), None)"
    started = subprocess.Popen(interpreter.argv("/") + ["-c", code], stdin=subprocess.DEVNULL)

    def is_waiting():
        with open("/proc/%d/syscall" % started.pid) as source:
            return source.read().startswith("34 ")
    try:
        wait_for(is_waiting, "the end of Python")
        yield started.pid
    finally:
        started.kill()
        started.wait()


@pytest.mark.parametrize("interpreter", each(SUPPORTED))
def test_before_and_after(interpreter):
    with begun(interpreter) as pid:
        if not interpreter.root:            # else it is chroot(1) that has begun
            for way in [], ["--remote"]:
                line = refused("stack", options=way + ["--pid", pid])
                assert "not initialized yet" in line or "let it run until it has loaded it" in line, line
    with ended(interpreter) as pid:
        for way in [], ["--remote"] + sysroot(interpreter):
            for command in "stack", "census", "info":
                assert "has been finalized" in refused(command, options=way + ["--pid", pid])
