"""Ctrl-C, at many moments of every command: it ends at once with one line, and leaves no descriptor and no thread behind;
or it was through already, and is complete.
"""
import json
import os
import re
import subprocess

import pytest

from helpers import COREPTILE, Target, needs_gcore, tool_environment

FAKEHOST = os.environ.get("FAKEHOST", os.path.join(os.path.dirname(COREPTILE), "tests/plugin/fakehost"))
INTERRUPTED = "coreptile: error: interrupted"
TOLD = re.compile(r"fakehost: asked (\d+) times, over after ([0-9.]+) ms, (\d+) descriptors, (\d+) threads")
MOMENTS = (0.003, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97)
AT_ONCE = 200       # milliseconds of processor time, which other programs take none of


def run(target, command, *moments):
    """[(messages, asked, milliseconds, (descriptors, threads))], [results], and the exit status of the last: of COMMAND,
    cancelled at each of MOMENTS."""
    words = [FAKEHOST, "--cancel-calls", ",".join(str(one) for one in moments)] + target + ["--"]
    for _ in moments:
        words += command + ["--json", ";"]
    done = subprocess.run(words[:-1], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=300, env=tool_environment(), universal_newlines=True)
    runs, messages = [], []
    for line in done.stderr.splitlines():
        told = TOLD.match(line)
        if not told:
            messages.append(line)
            continue
        runs.append((messages, int(told.group(1)), float(told.group(2)), told.groups()[2:]))
        messages = []
    assert not messages, messages
    assert len(runs) == len(moments), done.stderr
    return runs, list(documents(done.stdout)), done.returncode


def documents(text):
    decoder, at = json.JSONDecoder(), 0
    while at < len(text):
        document, at = decoder.raw_decode(text, at)
        yield document
        while text[at:at + 1].isspace():
            at += 1


def check(target, command, spans=MOMENTS):
    [(messages, calls, _, left)], [whole], status = run(target, command, 0)
    assert status in (0, 1) and not messages and calls > 20, (status, messages, calls)
    first = run(target, command, 1)
    assert first[0][0][0] == [INTERRUPTED] and first[1:] == ([], 2)
    moments = [max(1, int(calls * span)) for span in spans]
    runs, results, _ = run(target, command, *moments)
    cancelled = 0
    for (messages, asked, milliseconds, left_then), moment in zip(runs, moments):
        if asked < moment:      # threads do not share their work out alike each time
            assert not messages
            continue
        assert messages == [INTERRUPTED]
        assert milliseconds < AT_ONCE, "at %d of %d" % (moment, calls)
        assert left_then == left
        cancelled += 1
    assert cancelled >= len(moments) - 2
    assert len(results) == len(moments) - cancelled
    for result in results:
        assert result["result"] == whole["result"]


@pytest.fixture(scope="module")
def much(request, some_python, scratch):
    target = Target(some_python, "much.py", scratch=scratch)
    request.addfinalizer(target.stop)
    return target


@pytest.fixture(scope="module")
def core(much):
    needs_gcore()
    return ["--core", much.gcore()]


@pytest.mark.parametrize("command", ["stack --locals --native", "census", "memory", "refs ONE", "path ONE", "retained",
                                     "leaks", "object ONE", "info", "bt-full", "locals", "print len"])
def test_core(core, much, command):
    check(core, command.replace("ONE", hex(much.oracle["one"])).split())


def test_process(much):
    check(["--pid", str(much.pid)], ["census"])


def test_process_that_the_debugger_reads(much):
    check(["--remote", "--pid", str(much.pid)], ["census"])
