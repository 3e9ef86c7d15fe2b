"""Long sessions, long commands, and ends in the middle of them."""
import os
import re
import signal
import subprocess
import time

import pytest

import gdbsession
from gdbsession import Mi, Terminal, batch, document, system_gdb
from helpers import in_child, needs_gcore, run_tool, Target

gdbsession.needed()

# Some seconds of work for the commands that build the graph, also on fast machines.
LARGE = """
import os, sys
class Node:
    def __init__(self, before): self.before, self.items = before, [before, str(id(self))]
def grow(count):
    last, kept = None, []
    for number in range(count):
        last = Node(last if number %% 100 else None)
        kept.append(last)
    return kept
kept = grow(%d)
os.write(1, b"ready\\n")
os.read(0, 1)
"""


class Large:
    """A process of many objects."""

    def __init__(self, interpreter, nodes):
        self.process = subprocess.Popen(interpreter.argv() + ["-c", LARGE % nodes], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, preexec_fn=in_child(False))
        assert self.process.stdout.readline() == b"ready\n"
        self.pid = self.process.pid

    def __enter__(self):
        return self

    def __exit__(self, *details):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


@pytest.fixture(scope="module")
def large(some_python):
    with Large(some_python, 120000) as one:
        yield one


@pytest.fixture(scope="module")
def target(some_python, scratch):
    with Target(some_python, "paths.py", scratch=scratch) as one:
        yield one


# Ctrl-C

def test_interrupted_at_a_terminal(large):
    """Ctrl-C in a long command: the prompt is back at once, the process still held, and the session goes on; several
    times, at several moments."""
    with Terminal(system_gdb(), ["-p", large.pid]) as session:
        start = time.monotonic()
        whole = session.command("py-leaks --json", timeout=100)
        takes = time.monotonic() - start
        assert document(whole)[0]["command"] == "leaks"
        for part in 0.05, 0.3, 0.6:
            session.send("py-leaks --json\n")
            time.sleep(takes * part)
            session.send("\x03")
            start = time.monotonic()
            said = session.until(timeout=60)
            assert time.monotonic() - start < 1 + takes / 4, "the prompt came late"
            assert '"schema"' not in said, "it was not stopped: " + said[:300]
            assert re.search("Quit|interrupted|cancelled|stopped", said), said
            assert session.command("p 6*7").strip().endswith("= 42")
            assert "in grow" in session.command("py-bt") or "in <module>" in session.command("py-bt")
        assert document(session.command("py-leaks --json", timeout=100))[1] == document(whole)[1]
        assert re.search(r"process|Thread", session.command("info threads"))
        session.command("detach")
    assert large.process.poll() is None


def test_interrupted_through_mi(large):
    """What a development environment does: -exec-interrupt cannot be served meanwhile, a SIGINT is sent."""
    with Mi(system_gdb(), ["-p", large.pid]) as session:
        start = time.monotonic()
        assert session.console("py-leaks --json", timeout=100).done
        takes = time.monotonic() - start
        waiting = session.send('-interpreter-exec console "py-leaks --json"')
        time.sleep(takes * 0.3)
        os.kill(session.pid, signal.SIGINT)
        start = time.monotonic()
        answer = session.wait(waiting, timeout=60)
        assert time.monotonic() - start < 1 + takes / 4, "it came late"
        assert '"schema"' not in answer.console
        assert session.command("-data-evaluate-expression 6*7").record.get("value") == "42"
        assert session.console("py-bt").done
        assert not session.odd
    assert large.process.poll() is None


def test_interrupt_while_idle(target):
    """Ctrl-C at the prompt stops no later command."""
    with Terminal(system_gdb(), ["-p", target.pid]) as session:
        session.send("\x03")
        session.until()
        assert document(session.command("py-census --json"))[0]["complete"]


# A thousand commands

def usage(pid):
    """(descriptors, tasks, children, resident kilobytes) of a process."""
    with open("/proc/%d/status" % pid) as source:
        resident = int(re.search(r"VmRSS:\s+(\d+)", source.read()).group(1))
    children = ""
    for task in os.listdir("/proc/%d/task" % pid):
        with open("/proc/%d/task/%s/children" % (pid, task)) as source:
            children += source.read()
    descriptors = sorted(os.readlink("/proc/%d/fd/%s" % (pid, one)).split(":[")[0]
                         for one in os.listdir("/proc/%d/fd" % pid))
    return descriptors, len(os.listdir("/proc/%d/task" % pid)), children, resident


def temporary():
    """Files of ours that others would find."""
    return sorted(name for name in os.listdir("/tmp") if "coreptile" in name and "coreptile-" not in name)


MIXED = ["py-info", "py-bt", "py-stack --json", "py-census --top 5", "py-locals", "py-object ADDRESS", "py-up", "py-down",
         "py-bt-full", "py-list", "py-object 0x10", "py-nonsense", "py-print kept", "py-memory --json", "info threads",
         "py-census --nonsense", "py-refs ADDRESS", "py-path ADDRESS", "help py-bt", "py-info --json"]


@pytest.mark.parametrize("way", ["live", "core", "gdbserver"])
def test_thousand_commands(way, target, some_python, tmp_path):
    """After 200 of them and after 1,000 gdb is the same in size, descriptors, threads and children."""
    address = "%#x" % target.oracle["addresses"]["attribute"]
    asked = [one.replace("ADDRESS", address) for one in MIXED]
    before = temporary()
    commands, arguments = [], ["-p", target.pid]
    if way == "core":
        needs_gcore()
        arguments = ["-c", target.gcore()]
    elif way == "gdbserver":
        asked = [one for one in asked if one.split()[0] not in ("py-memory", "py-refs", "py-path")]
        arguments, commands = [], []
    context = gdbsession.server(target.pid) if way == "gdbserver" else None
    address = context.__enter__() if context else None
    try:
        with Mi(system_gdb(), arguments) as session:
            if address:
                assert session.console("set sysroot /").done and session.console("target remote " + address).done
            for number in range(1000):
                answer = session.console(asked[number % len(asked)])
                # Errors are those that were asked for.
                good = answer.done and REFUSED not in answer.console
                assert good or re.search("0x10|nonsense|print kept|up|down", asked[number % len(asked)]), (
                    asked[number % len(asked)], answer)
                if number + 1 in (200, 1000):
                    commands.append(usage(session.pid))
            assert not session.odd
    finally:
        if context:
            context.__exit__(None, None, None)
    early, late = commands
    assert early[:3] == late[:3], "descriptors, threads or children are not the same:\n%s\n%s" % (early, late)
    assert late[3] - early[3] < early[3] * 0.03 + 1024, "it grew from %d to %d kB" % (early[3], late[3])
    assert temporary() == before


REFUSED = "coreptile: error"


def test_targets_one_after_the_other(target, some_python, start):
    """A dozen targets in one session leave nothing behind in it."""
    others = [target, start(some_python, "heaps.py")]
    with Mi(system_gdb()) as session:
        seen = []
        for number in range(12):
            one = others[number % len(others)]
            assert session.console("attach %d" % one.pid).done
            assert session.console("py-census --top 1").done and session.console("py-bt").done
            assert session.console("detach").done
            if number in (3, 11):
                seen.append(usage(session.pid))
    assert seen[0][:3] == seen[1][:3], seen
    assert seen[1][3] - seen[0][3] < seen[0][3] * 0.1 + 1024, seen


# Speed

def test_census_is_as_fast_as_the_tools(large, tmp_path):
    """No benchmark (bench/plugin is), but what reads field by field, or through a pipe, would take many times that."""
    needs_gcore()
    core = str(tmp_path / "core")
    gdb = system_gdb()
    batch(gdb, ["gcore " + core], ["-p", large.pid], plugin=False)
    for arguments, kind in ((["-p", large.pid], [large.pid, "--no-pause"]), (["-c", core], [core])):
        outside, inside = [], []
        with Mi(gdb, arguments) as session:
            for _ in range(4):
                start = time.monotonic()
                run = run_tool("census", *kind)
                outside.append(time.monotonic() - start)
                start = time.monotonic()
                answer = session.console("py-census")
                inside.append(time.monotonic() - start)
                # Without holding it itself the tool also warns, at the end.
                assert answer.done and run.stdout.decode().startswith(answer.console.strip())
        assert min(inside) < 3 * min(outside) + 0.15, "%s, and the tool %s" % (inside, outside)
    os.unlink(core)
