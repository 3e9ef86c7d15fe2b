"""Growth between two moments equal to what the process itself says: by type, and object by object where it is one process."""
import json
import os
import re
import signal
import subprocess

import pytest

from helpers import (Either, check_envelope, each, few, interpreters, needs_gcore, needs_kernel_cores, run_tool, sysroot,
                     tool_command, tool_environment)

SUPPORTED = interpreters.supported()


def count(value):
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


END = {"kind": re.compile("process|core|census"), "path": Either(str, None), "pid": count, "objects": count, "bytes": count}
DIFF = {"objects": int, "bytes": int, "same_process": bool, "before": END, "after": END, "types_total": count,
        "types": [{"type": str, "objects_before": count, "objects_after": count, "bytes_before": count,
                   "bytes_after": count}]}


def step(target, name):
    target.tell()
    assert target.line() == name
    target._oracle = None       # it was written anew


def read_diff(*arguments, statuses=(0,)):
    run = run_tool("diff", "--json", *arguments, timeout=100)
    assert run.returncode in statuses, str(run)
    document = run.json()
    check(document, run)
    return document


def check(document, run):
    """The form, and what holds of every answer."""
    check_envelope(document, "diff", DIFF, run)
    result, rows = document["result"], document["result"]["types"]
    for key in "objects", "bytes":
        assert result[key] == result["after"][key] - result["before"][key], str(run)
    growth = [one["bytes_after"] - one["bytes_before"] for one in rows]
    assert growth == sorted(growth, reverse=True), str(run)
    assert len({one["type"] for one in rows}) == len(rows) <= result["types_total"], str(run)
    if len(rows) == result["types_total"] and document["complete"]:
        for key in "objects", "bytes":
            for side in "before", "after":
                assert sum(one["%s_%s" % (key, side)] for one in rows) == result[side][key], str(run)
    if result["same_process"]:
        for key in "survived", "new":
            assert sum(one[key] for one in rows) == result[key], str(run)
        for one in rows:
            assert one["survived"] + one["new"] == one["objects_after"] and one["survived"] <= one["objects_before"], one
    else:
        assert "survived" not in result and not any("survived" in one or "examples" in one for one in rows), str(run)


def assert_same(document, before, after, survivors=True):
    """As the process lists the ids of its objects at both moments."""
    rows = {one["type"]: one for one in document["result"]["types"]}
    assert document["result"]["same_process"] is survivors
    for kind in set(before) | set(after):
        then, now = set(before.get(kind, ())), set(after.get(kind, ()))
        row = rows.get(kind, {"objects_before": 0, "objects_after": 0, "survived": 0, "new": 0})
        expected = {"objects_before": len(then), "objects_after": len(now)}
        if survivors:
            expected.update(survived=len(then & now), new=len(now - then))
        assert {key: row[key] for key in expected} == expected, kind
        for example in row.get("examples", ()):
            assert int(example["address"], 16) in now - then, kind


@pytest.mark.parametrize("interpreter", each(SUPPORTED))
def test_core_and_process(interpreter, start):
    """A core from before against the process as it is now, and the core of now."""
    needs_gcore()
    target = start(interpreter, "growing.py")
    core = os.path.join(target.directory, "before")
    os.rename(target.gcore(), core)
    step(target, "grow")
    moments = target.oracle["moments"]
    document = read_diff(core, target.pid, *sysroot(interpreter))
    assert_same(document, *moments)
    assert document["target"]["kind"] == "process" and document["result"]["before"]["kind"] == "core"
    backwards = read_diff(target.pid, core, *sysroot(interpreter))
    assert_same(backwards, *reversed(moments))
    assert backwards["result"]["objects"] == -document["result"]["objects"]
    step(target, "exchange")
    now = target.gcore()
    assert_same(read_diff(core, now, *sysroot(interpreter)), moments[0], target.oracle["moments"][2])
    target.check_unharmed()


@pytest.mark.parametrize("interpreter", each(few(SUPPORTED)))
def test_saved_and_kernel_core(interpreter, start):
    needs_kernel_cores()
    target = start(interpreter, "growing.py", core_limit=True)
    saved = os.path.join(target.directory, "before.json")
    assert run_tool("census", "--json", "-o", saved, target.pid).returncode == 0
    step(target, "grow")
    moments = target.oracle["moments"]
    document = read_diff(saved, target.pid)
    assert_same(document, *moments, survivors=False)
    assert document["result"]["before"] == dict(document["result"]["before"], kind="census", path=saved, pid=target.pid)
    core = target.kernel_core()
    assert_same(read_diff(saved, core, *sysroot(interpreter)), *moments, survivors=False)
    backwards = read_diff("--core", core, saved, *sysroot(interpreter))
    assert_same(backwards, *reversed(moments), survivors=False)
    assert backwards["target"]["kind"] == "process" and backwards["python"]["version"] == document["python"]["version"]
    assert read_diff(saved, saved)["result"]["types"] and not read_diff(saved, saved)["result"]["bytes"]


# Two moments of one process

def begin_interval(target, seconds, *arguments):
    """Until the first moment has been copied. Whoever runs tests in the background ignores SIGINT, and so would the tool."""
    process = subprocess.Popen(tool_command("diff", "-v", "--interval", seconds, *arguments, target.pid),
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env=tool_environment(),
                               preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    said = b""
    for line in process.stderr:
        said += line
        if b"objects:" in line:
            return process
    process.kill()
    process.wait()
    pytest.fail("it ended: %s" % said)
    return None


def end(process, timeout=60):
    out, errors = process.communicate(timeout=timeout)
    return process.returncode, out, errors


@pytest.mark.parametrize("interpreter", each(few(SUPPORTED)))
def test_interval(interpreter, start):
    target = start(interpreter, "growing.py")
    process = begin_interval(target, "2.5", "--json")
    assert target.tasks() and target.status()["State"][0] == "S", "it is not held meanwhile"
    step(target, "grow")
    status, out, errors = end(process)
    assert status == 0, errors
    assert_same(json.loads(out), *target.oracle["moments"])
    target.check_unharmed(answers=False)


def test_process_that_ends_meanwhile(some_python, start):
    target = start(some_python, "growing.py")
    process = begin_interval(target, "60")
    target.stop()
    status, out, errors = end(process, timeout=20)
    assert status == 2 and not out
    assert re.search(rb"^coreptile: error: process %d ended between its two moments$" % target.pid, errors, re.M), errors


def test_interrupt(some_python, start):
    """A signal ends it like any program, and the target does not notice."""
    target = start(some_python, "growing.py")
    process = begin_interval(target, "60")
    process.send_signal(signal.SIGINT)
    assert end(process, timeout=20)[:2] == (-signal.SIGINT, b"")
    target.check_unharmed(answers=False)


# Which targets are one process

def test_two_processes(some_python, start):
    one, other = (start(some_python, "growing.py") for _ in range(2))
    step(other, "grow")
    document = read_diff(one.pid, other.pid)
    assert_same(document, one.oracle["moments"][0], other.oracle["moments"][1], survivors=False)


def test_fork(some_python, start):
    """The child has its parent's memory, and is another process."""
    target = start(some_python, "growing.py", "fork")
    assert read_diff(target.oracle["child"], target.pid)["result"]["same_process"] is False
    assert read_diff(target.pid, target.pid)["result"]["same_process"] is True


# What is saved may be anything

@pytest.fixture
def saved(some_python, start, tmp_path):
    path = tmp_path / "before.json"
    target = start(some_python, "growing.py")
    assert run_tool("census", "--json", "-o", path, target.pid).returncode == 0
    return path


def test_cut_census(saved, start, some_python, tmp_path):
    """--top leaves types out, which is a hole of the comparison."""
    target, short = start(some_python, "growing.py"), tmp_path / "short.json"
    assert run_tool("census", "--json", "--top", 5, "-o", short, target.pid).returncode == 0
    document = read_diff(short, saved, statuses=(1,))
    assert [one["code"] for one in document["warnings"]] == ["incomplete"]
    assert "before: " in document["warnings"][0]["message"] and "--top" in document["warnings"][0]["message"]


@pytest.mark.parametrize("change, message", [
    (lambda text: text[:-10], "damaged"), (lambda text: text.replace('"schema": 1', '"schema": 7'), "no census"),
    (lambda text: text.replace('"by": "type"', '"by": "module"'), "--by"), (lambda text: "{}", "no census"),
    (lambda text: text.replace('"objects": ', '"objects": -'), "damaged"), (lambda text: "{" * 100000, "damaged"),
    (lambda text: text + "\0", "damaged"), (lambda text: " " * 300 + text, None)])
def test_damaged_census(saved, tmp_path, change, message):
    other = tmp_path / "other.json"
    other.write_text(change(saved.read_text()))
    run = run_tool("diff", saved, other)
    assert run.returncode == 2, str(run)
    assert str(other) in run.error_line() and (not message or message in run.error_line()), str(run)


def test_wrong_usage(saved):
    for arguments in ([], [saved], ["1", "2", "3"], ["--interval", "1", saved], ["--interval", "1", "5", saved],
                      ["--interval", "0", "5"], ["--interval", "1e3", "5"], ["--interval", "-1", "5"], ["--interval", "1.", "5"],
                      ["--interval", "1.2345", "5"], ["--core", saved, "--pid", "5", "--core", saved],
                      ["--locals", saved, saved], [saved, saved, "--exe=x", "--interval=1"]):
        run = run_tool("diff", *arguments)
        assert run.returncode == 64, str(run)
        run.error_line()


def test_missing_targets(saved, tmp_path):
    for arguments in ([saved, tmp_path / "none"], [tmp_path / "none", saved], [saved, "4194304"], [saved, tmp_path]):
        run = run_tool("diff", *arguments)
        assert run.returncode == 2, str(run)
        run.error_line()
