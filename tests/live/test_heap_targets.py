"""Census and memory of targets that are cut, lack pages, are none, may not be read, or change and vanish meanwhile: a
result that says what it lacks, or one clear line, and the target goes on."""
import os
import random
import re
import shutil
import signal
import struct
import subprocess
import time

import pytest

from helpers import (COREPTILE, QUICK, ROOT, Run, Target, in_child, interpreters, needs_kernel_cores, operands,
                     representatives, run_tool, tool_command)

COMMANDS = ["census", "memory"]
GRAPH_COMMANDS = ["refs", "path", "retained", "leaks", "diff"]
SEED = int(os.environ.get("CPT_SEED") or 20240229)
PYTHONS = representatives([one for one in interpreters.supported() if not one.root])
each_python = pytest.mark.parametrize("python", PYTHONS, ids=lambda one: one.label)
each_command = pytest.mark.parametrize("command", COMMANDS)
each_heap_command = pytest.mark.parametrize("command", COMMANDS + GRAPH_COMMANDS)


def result_of(run, command):
    if run.returncode == 2:
        run.error_line()
        return None
    document = run.json()
    assert document["command"] == command, str(run)
    assert document["complete"] == (run.returncode == 0) and (document["warnings"] or run.returncode == 0), str(run)
    if command == "memory":
        result = document["result"]
        assert sum(one["bytes"] for one in result["categories"]) == result["total_bytes"], str(run)
    return document


def refused(command, *arguments, **options):
    run = run_tool(command, *arguments, **options)
    assert run.returncode == 2, str(run)
    return run.error_line()


def counts_of(document):
    return {one["type"]: one["objects"] for one in document["result"]["types"]}


@pytest.fixture(scope="module")
def whole(scratch):
    """interpreter -> (core, its census, what the program counted)."""
    needs_kernel_cores()
    made = {}

    def whole_of(python):
        if python not in made:
            with Target(python, "damaged.py", scratch=scratch, core_limit=True, options=["-S", "-E"]) as target:
                path = os.path.join(str(scratch), "whole-" + python.label)
                shutil.move(target.kernel_core(), path)
                made[python] = path, result_of(run_tool("census", "--json", path), "census"), target.oracle
        return made[python]
    yield whole_of
    for path, _, _ in made.values():
        os.unlink(path)


def check_no_more_than(document, whole_document):
    """What is missing may be missing (names, too), but nothing is there that was not."""
    counts = {one["type_address"]: one["objects"] for one in whole_document["result"]["types"]}
    for one in document["result"]["types"]:
        # What merely looks like an object may be taken for one once its owner is gone.
        assert one["objects"] <= counts.get(one["type_address"], 0) * 1.02 + 20, one


@each_python
def test_cut_core(whole, python, tmp_path):
    path, census, _ = whole(python)
    copy = tmp_path / "cut"
    shutil.copy(path, copy)
    size, statuses = os.path.getsize(path), set()
    steps = 8 if QUICK else 24
    for length in [size - 4096] + [size * number // steps for number in range(steps - 1, 0, -1)] + [65536, 4096, 100, 0]:
        os.truncate(copy, length)
        for command in COMMANDS:
            run = run_tool(command, "--json", copy, timeout=30)
            document = result_of(run, command)
            statuses.add(run.returncode)
            assert run.returncode != 0 or length > size - 65536, str(run)
            if document and command == "census":
                check_no_more_than(document, census)
    assert statuses >= {1, 2}, statuses


@pytest.mark.parametrize("python", PYTHONS[-2:], ids=lambda one: one.label)
def test_references_of_cut_core(whole, python, tmp_path):
    """What is found by less than all is said to be so."""
    path, census, _ = whole(python)
    copy = tmp_path / "cut"
    shutil.copy(path, copy)
    address = next(one["type_address"] for one in census["result"]["types"] if one["type"].startswith("__main__."))
    size, statuses = os.path.getsize(path), set()
    for length in (size, size - 4096, size * 99 // 100, size // 2, 4096, 0):
        os.truncate(copy, length)
        for command in GRAPH_COMMANDS:
            run = run_tool(command, "--json", *operands(command, copy, address), timeout=30)
            result_of(run, command)
            statuses.add(run.returncode)
            assert run.returncode != 0 or length > size - 65536, str(run)
        if length == size:
            assert statuses == {0}, statuses
    assert statuses >= {1, 2}, statuses


@each_python
def test_core_with_holes(whole, python, tmp_path):
    """Segments that end early, one or several."""
    path, census, _ = whole(python)
    copy = tmp_path / "holes"
    shutil.copy(path, copy)
    chance = random.Random(SEED)
    with open(copy, "r+b") as core:
        head = core.read(1 << 16)
        start, = struct.unpack_from("<Q", head, 32)
        size, number = struct.unpack_from("<HH", head, 54)
        large = [at for at in range(start, start + size * number, size)
                 if struct.unpack_from("<II", head, at)[0] == 1 and struct.unpack_from("<Q", head, at + 32)[0] > 8192]
        for _ in range(10 if QUICK else 40):
            chosen = chance.sample(large, chance.choice([1, 1, 1, 2, 5, len(large)]))
            for at in chosen:
                held, = struct.unpack_from("<Q", head, at + 32)
                os.pwrite(core.fileno(), struct.pack("<Q", chance.choice([0, 4096, held // 2 // 4096 * 4096, held - 4096])),
                          at + 32)
            for command in COMMANDS:
                document = result_of(run_tool(command, "--json", copy, timeout=30), command)
                if document and command == "census":
                    check_no_more_than(document, census)
            os.pwrite(core.fileno(), head, 0)


@pytest.mark.parametrize("bits", [0x01, 0x05, 0x11, 0x10, 0x00])
@each_python
def test_pages_that_the_kernel_left_out(whole, start, python, bits):
    """/proc/PID/coredump_filter: without pages of files names come from the files; without anonymous ones there is
    nothing to tell."""
    _, census, _ = whole(python)
    target = start(python, "damaged.py", core_limit=True, options=["-S", "-E"])
    with open("/proc/%d/coredump_filter" % target.pid, "w") as filter_file:
        filter_file.write("%#x" % bits)
    core = target.kernel_core()
    run = run_tool("census", "--json", core)
    document = result_of(run, "census")
    result_of(run_tool("memory", "--json", core), "memory")
    if not bits & 1:
        assert run.returncode != 0, str(run)
        return
    if bits == 1 and not document:
        assert "coredump_filter" in run.error_line()    # not even the first pages of files, by which they are known
        return
    assert document, str(run)
    counts, expected = counts_of(document), counts_of(census)
    for name, count in target.oracle["counts"].items():
        assert counts["__main__." + name] == count, name
    # Names that are in files may be missing then, which is said; what few objects have differs between two processes.
    common = {name for name, count in expected.items() if count >= 20}
    assert document["warnings"] or common <= set(counts), str(run)
    # That process had also imported what its site has.
    assert abs(document["result"]["objects"] - census["result"]["objects"]) < 0.03 * census["result"]["objects"], str(run)


@each_command
def test_wrong_executable(whole, command):
    path, _, oracle = whole(PYTHONS[-1])
    run = run_tool(command, "--json", "--exe", shutil.which("true"), path)
    document = result_of(run, command)
    assert run.returncode in (0, 1, 2), str(run)
    if document and command == "census":
        for name, count in oracle["counts"].items():
            assert counts_of(document)["__main__." + name] == count, name


@each_command
def test_missing_executable(whole, command):
    """The core has all that is needed; that the file is not there is said."""
    path, _, _ = whole(PYTHONS[-1])
    document = result_of(run_tool(command, "--json", "--exe", "/nowhere/python", path), command)
    assert any("/nowhere/python" in one["message"] for one in document["warnings"]), document["warnings"]


@each_heap_command
def test_no_python(command):
    process = subprocess.Popen(["sh", "-c", "read line; echo pong"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               preexec_fn=in_child(False))
    try:
        for hold in ("--pause", "--no-pause"):
            assert "Python" in refused(command, hold, *operands(command, process.pid))
        process.stdin.write(b"go on\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"pong\n"
    finally:
        process.kill()
        process.communicate()


@each_heap_command
def test_gone(command):
    process = subprocess.Popen(["true"])
    process.wait()
    refused(command, *operands(command, process.pid))
    refused(command, *operands(command, "/nowhere/core"))


@each_heap_command
@pytest.mark.parametrize("hold", ["--pause", "--no-pause"])
def test_process_of_another_user(some_python, start, command, hold):
    if not ROOT:
        pytest.skip("needs root to become somebody else")
    prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all"]
    if not shutil.which("setpriv") or subprocess.run(prefix + ["test", "-x", COREPTILE]).returncode:
        pytest.skip("nobody cannot reach the tool")
    target = start(some_python, "many_threads.py", 3, 8)
    line = refused(command, hold, *operands(command, target.pid), prefix=prefix)
    assert re.search(r"(?i)permi|not allowed", line) and re.search(r"CAP_SYS_PTRACE|ptrace_scope|root|sudo", line), line
    target.check_unharmed()


@each_command
def test_killed_while_copied(some_python, start, command):
    chance = random.Random(SEED)
    for _ in range(4 if QUICK else 15):
        target = start(some_python, "damaged.py")
        tool = subprocess.Popen(tool_command(command, "--json", target.pid), stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)
        time.sleep(chance.random() * 0.1)
        target.process.kill()
        out, errors = tool.communicate(timeout=30)
        run = Run((command, target.pid), tool.returncode, out, errors)
        assert run.returncode in (0, 1, 2), str(run)
        result_of(run, command)
        target.stop()


@each_command
def test_tool_killed_while_copying(some_python, start, command):
    """The target goes on, whatever happens to the tool."""
    target = start(some_python, "many_threads.py", 10, 8)
    chance = random.Random(SEED)
    for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT) * (1 if QUICK else 4):
        tool = subprocess.Popen(tool_command(command, "--json", target.pid), stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        time.sleep(chance.random() * 0.06)
        tool.send_signal(number)
        tool.wait(timeout=30)
        target.check_unharmed()


BUSY = """
import random
class Node:
    def __init__(self, other): self.other = other; self.items = [str(number) for number in range(random.randrange(20))]
kept = [None] * 20000
print("ready", flush=True)
while True:
    for _ in range(2000):
        place = random.randrange(len(kept))
        kept[place] = random.choice([Node(kept[place - 1] and None), {1: "x" * random.randrange(2000)}, set(range(random.randrange(90))),
                                     [bytes(random.randrange(700))] * random.randrange(100), None])
"""


@each_python
def test_unheld_while_it_allocates(python):
    """Torn, but told; with the hold nothing is torn at all."""
    process = subprocess.Popen(python.argv() + ["-c", BUSY], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               preexec_fn=in_child(False))
    try:
        assert process.stdout.readline() == b"ready\n"

        def ticks():
            with open("/proc/%d/stat" % process.pid) as source:
                fields = source.read().rsplit(") ", 1)[1].split()
            assert fields[0] in "RS", fields[0]
            return int(fields[11])

        for number in range(4 if QUICK else 12):
            command = COMMANDS[number % 2]
            hold = "--no-pause" if number % 3 else "--pause"
            run = run_tool(command, "--json", hold, process.pid, timeout=30)
            assert run.returncode in (0, 1), str(run)
            document = result_of(run, command)
            if command == "census":
                assert 0 < counts_of(document).get("__main__.Node", 0) <= 20100
        before = ticks()
        deadline = time.monotonic() + 20
        while ticks() == before:
            assert time.monotonic() < deadline, "it does not go on"
            time.sleep(0.05)
        with open("/proc/%d/status" % process.pid) as source:
            assert "TracerPid:\t0" in source.read()
    finally:
        process.kill()
        process.communicate()
