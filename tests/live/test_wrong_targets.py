"""Targets that are none, are broken, may not be read, or vanish: one line, the right exit status, no harm."""
import gzip
import mmap
import os
import random
import re
import shutil
import signal
import struct
import subprocess
import sys
import time

import pytest

from helpers import (COREPTILE, QUICK, ROOT, Target, assert_same_stacks, check_outcome, each, interpreters, is_core,
                     needs_kernel_cores, read_stack, representatives, run_tool, tool_command, wait_for,
                     in_child)

CUTS = 40
DAMAGES = 60 if QUICK else 1000
SEED = int(os.environ.get("CPT_SEED") or 20240229)
COMMANDS = ["stack", "info"]
INHABITED = representatives([one for one in interpreters.supported() if not one.root])


def refused(*arguments, **options):
    run = run_tool(*arguments, **options)
    assert run.returncode == 2, str(run)
    return run.error_line()


# Files that are no cores

@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("kind", ["text", "empty", "null", "directory", "missing", "executable", "library", "short elf",
                                  "odd name", "gzip of text", "broken gzip", "broken zstd", "broken xz"])
def test_no_core(tmp_path, kind, command):
    path = tmp_path / "target"
    if kind == "text":
        path.write_text("no core\n" * 1000)
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "null":
        path = "/dev/null"
    elif kind == "directory":
        path.mkdir()
    elif kind == "executable":
        path = os.path.realpath(sys.executable)
    elif kind == "library":
        path.write_bytes(b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HH", 3, 62) + bytes(100))
    elif kind == "short elf":
        path.write_bytes(b"\x7fELF\x02\x01\x01")
    elif kind == "odd name":
        path = os.fsdecode(b"/nowhere/\xff\xfe\n\x1b[31m")
    elif kind == "gzip of text":
        path.write_bytes(gzip.compress(b"no core\n" * 1000))
    elif kind == "broken gzip":
        path.write_bytes(gzip.compress(os.urandom(10000))[:5000])
    elif kind == "broken zstd":
        path.write_bytes(b"\x28\xb5\x2f\xfd" + bytes(range(256)))
    elif kind == "broken xz":
        path.write_bytes(b"\xfd7zXZ\0" + bytes(range(256)))
    line = refused(command, path, timeout=20)
    if kind == "missing":
        assert "No such file" in line or "not exist" in line or "cannot open" in line.lower(), line
    assert refused(command, "--json", "--core", path, timeout=20)


# Processes that are not Python, or not the right one

@pytest.fixture
def shell():
    process = subprocess.Popen(["sh", "-c", "read line; echo pong"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               preexec_fn=in_child(True))
    yield process
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


@pytest.mark.parametrize("command", COMMANDS)
def test_shell(shell, command):
    line = refused(command, shell.pid)
    assert "Python" in line, line
    with open("/proc/%d/status" % shell.pid) as source:
        status = source.read()
    assert re.search(r"State:\t[SR]", status) and "TracerPid:\t0" in status
    shell.stdin.write(b"go on\n")
    shell.stdin.flush()
    assert shell.stdout.readline() == b"pong\n"


def test_core_of_shell(tmp_path):
    needs_kernel_cores()
    process = subprocess.Popen(["sh", "-c", "kill -ABRT $$"], cwd=tmp_path, preexec_fn=in_child(True))
    process.wait()
    core, = [path for path in tmp_path.iterdir() if is_core(path)]
    for command in COMMANDS:
        assert "Python" in refused(command, core)


@pytest.mark.parametrize("pid", ["0", "00", "4194305", "99999999999999999999", "18446744073709551617", "-1"])
def test_no_such_process(pid):
    for arguments in (["--pid", pid], [pid]):
        run = run_tool("stack", *arguments)
        # No number of a process at all, or of none that there is.
        assert run.returncode in ((2,) if pid == "4194305" else (2, 64)), str(run)
        run.error_line()


def test_process_that_ended():
    process = subprocess.Popen(["true"])
    process.wait()
    refused("stack", process.pid)


def test_zombie():
    process = subprocess.Popen(["true"])
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    refused("stack", process.pid)
    process.wait()


def test_init():
    """Readable to root, and no Python (or it is one, in a container)."""
    run = run_tool("stack", "--json", 1)
    check_outcome(run)


def test_kernel_thread():
    try:
        with open("/proc/2/status") as source:
            if "Kthread:\t1" not in source.read():
                pytest.skip("process 2 is no kernel thread here")
    except OSError:
        pytest.skip("no kernel threads to be seen")
    refused("stack", 2)


@pytest.mark.parametrize("interpreter", each(interpreters.unsupported()))
def test_unsupported_version(interpreter):
    process = subprocess.Popen(interpreter.argv() + ["-u", "-c", "import sys; print('ready'); sys.stdin.read()"],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=in_child(False))
    try:
        assert process.stdout.readline() == b"ready\n"
        for command in COMMANDS:
            run = run_tool(command, "--json", process.pid)
            if run.returncode == 0 and interpreter.version >= (3, 6):
                pytest.skip("read, though it need not be")
            assert run.returncode == 2, str(run)
            line = run.error_line()
            assert re.search(r"supported", line), line
            assert "%d.%d" % interpreter.version[:2] in line or "Python 2" in line, line
        assert process.poll() is None
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


# Permission and other tracers

def _as_nobody():
    if not ROOT:
        pytest.skip("needs root to become somebody else")
    prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all"]
    if not shutil.which("setpriv") or subprocess.run(prefix + ["test", "-x", COREPTILE]).returncode:
        pytest.skip("nobody cannot reach the tool")
    return prefix


@pytest.mark.parametrize("hold", ["--pause", "--no-pause"])
def test_process_of_another_user(some_python, start, hold):
    prefix = _as_nobody()
    target = start(some_python, "many_threads.py", 3, 8)
    for command in COMMANDS:
        line = refused(command, hold, target.pid, prefix=prefix)
        assert re.search(r"(?i)permi|not allowed", line), line
        assert re.search(r"CAP_SYS_PTRACE|ptrace_scope|root|sudo", line), "no hint: " + line
    target.check_unharmed()


def test_core_of_another_user(tmp_path):
    prefix = _as_nobody()
    path = tmp_path / "core"
    path.write_bytes(b"secret")
    path.chmod(0o600)
    line = refused("stack", path, prefix=prefix)
    assert re.search(r"(?i)permission|denied", line), line


TRACER = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
for tid in os.listdir("/proc/%s/task" % sys.argv[1]):
    if libc.ptrace(0x4206, int(tid), None, None):       # PTRACE_SEIZE
        sys.exit("seize: %d" % ctypes.get_errno())
print("seized", flush=True)
sys.stdin.read()
"""


def test_already_traced(some_python, start):
    target = start(some_python, "many_threads.py", 3, 8)
    oracle = target.oracle
    tracer = subprocess.Popen([sys.executable, "-c", TRACER, str(target.pid)], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE)
    try:
        assert tracer.stdout.readline() == b"seized\n"
        line = refused("stack", target.pid)
        assert "trac" in line, line
        assert str(tracer.pid) in line, "who traces it is not said: " + line
        for tid in target.tasks():
            assert target.status(tid)["State"][0] == "S" and target.status(tid)["TracerPid"] == str(tracer.pid)
        target.tell()
        assert target.line() == "pong"
        target.wait_until_asleep(target.pid)
        assert_same_stacks(oracle, read_stack("--no-pause", target.pid))
    finally:
        tracer.stdin.close()
        tracer.wait()
        tracer.stdout.close()
    target.check_unharmed()
    assert_same_stacks(oracle, read_stack(target.pid))


def test_stopped_process(some_python, start):
    """Stopped by SIGSTOP before: read, and still stopped afterwards, until somebody continues it."""
    target = start(some_python, "many_threads.py", 3, 8)
    oracle = target.oracle
    os.kill(target.pid, signal.SIGSTOP)
    wait_for(lambda: all(target.status(tid)["State"][0] == "T" for tid in target.tasks()), "the stop")
    assert_same_stacks(oracle, read_stack(target.pid))
    # The kernel puts a thread that it lets go back into its stop; on the way there it runs for a moment.
    wait_for(lambda: all(target.status(tid)["State"][0] == "T" and target.status(tid)["TracerPid"] == "0"
                         for tid in target.tasks()), "the stop to be in force again")
    os.kill(target.pid, signal.SIGCONT)
    wait_for(lambda: all(target.status(tid)["State"][0] != "T" for tid in target.tasks()), "it to go on")
    target.check_unharmed()


def test_signal_while_held(some_python, start):
    """Signals that arrive while it is held are not lost: it still ends of the one that ends it."""
    for number in range(5 if QUICK else 30):
        target = start(some_python, "many_threads.py", 20, 8)
        tool = subprocess.Popen(tool_command("stack", target.pid), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(random.Random(SEED + number).random() * 0.004)
        os.kill(target.pid, signal.SIGTERM)
        assert tool.wait(timeout=30) in (0, 1, 2)
        assert target.process.wait(timeout=30) == -signal.SIGTERM
        target.stop()


# The tool is interrupted

@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE, signal.SIGKILL,
                                    signal.SIGSEGV, signal.SIGABRT], ids=lambda number: number.name)
def test_tool_killed_while_holding(some_python, start, number):
    target = start(some_python, "stacks.py", "--depth", "20000")
    target.oracle
    began = time.monotonic()
    run_tool("stack", "--json", target.pid)
    span = time.monotonic() - began
    chance = random.Random(SEED)
    ended_early = 0
    # A sanitizer's own handler for SIGSEGV can wait for ever for a lock that the tool had: it is to die as it does.
    plain_signals = os.environ.get("ASAN_OPTIONS", "") + ":handle_segv=0:handle_abort=0"

    def react():
        """Also where the tests run in the background of a shell, or under nohup, which make signals be ignored."""
        if number != signal.SIGKILL:
            signal.signal(number, signal.SIG_DFL)

    for _ in range(10 if QUICK else 60):
        tool = subprocess.Popen(tool_command("stack", "--json", target.pid), stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL, env=dict(os.environ, ASAN_OPTIONS=plain_signals),
                                preexec_fn=react)
        time.sleep(chance.random() * span)
        tool.send_signal(number)
        status = tool.wait(timeout=30)
        ended_early += status != 0
        target.check_unharmed()
    assert ended_early, "the signal always came too late"


# It vanishes

def test_process_that_ends_while_read(some_python):
    chance = random.Random(SEED)
    outcomes = set()
    for number in range(20 if QUICK else 120):
        process = subprocess.Popen(some_python.argv() + ["-c", "import threading, time\nfor n in range(30):\n "
                                                         "threading.Thread(target=time.sleep, args=(0.001,)).start()"],
                                   preexec_fn=in_child(False))
        time.sleep(chance.random() * 0.04)
        outcomes.add(run_tool_checked(process.pid))
        assert process.wait(timeout=30) == 0
    assert outcomes <= {0, 1, 2}


def run_tool_checked(*arguments):
    run = run_tool("stack", "--json", *arguments, timeout=20)
    check_outcome(run)
    return run.returncode


def test_process_that_is_killed_while_read(some_python, start):
    chance = random.Random(SEED)
    for number in range(5 if QUICK else 30):
        target = start(some_python, "many_threads.py", 20, 24)
        tool = subprocess.Popen(tool_command("stack", "--json", target.pid), stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)
        time.sleep(chance.random() * 0.005)
        target.process.kill()
        out, err = tool.communicate(timeout=30)
        assert tool.returncode in (0, 1, 2), (tool.returncode, err)
        if tool.returncode == 2:
            assert err.startswith(b"coreptile: error: ") and err.count(b"\n") == 1 and not out
        target.stop()


def test_process_that_execs_while_read(some_python, tmp_path):
    """The memory that was there is another's now."""
    chance = random.Random(SEED)
    program = tmp_path / "again.py"
    program.write_text("import os, sys\nleft = int(sys.argv[1])\n"
                       "left and os.execv(sys.executable, [sys.executable, '-S', '-E', __file__, str(left - 1)])\n")
    process = subprocess.Popen(some_python.argv() + ["-S", "-E", str(program), "30" if QUICK else "100"],
                               preexec_fn=in_child(False))
    while process.poll() is None:
        time.sleep(chance.random() * 0.01)
        run_tool_checked(process.pid)
    assert process.returncode == 0


# Cores cut and damaged

@pytest.fixture(scope="module")
def small_cores(scratch):
    """interpreter label -> (path, oracle): kernel cores, which are the smallest."""
    needs_kernel_cores()
    cores = {}
    for interpreter in INHABITED:
        # Addresses that are not drawn anew each time, so that a variant is the same one when it is run again.
        fixed = ["setarch", "-R"]
        if subprocess.run(fixed + ["true"], stderr=subprocess.DEVNULL).returncode:
            fixed = []
        with Target(interpreter, "many_threads.py", 4, 12, scratch=scratch, core_limit=True, options=["-S", "-E"],
                    executable=fixed + interpreter.argv()) as target:
            path = os.path.join(str(scratch), "core-" + interpreter.label)
            shutil.move(target.kernel_core(), path)
            cores[interpreter.label] = path, target.oracle
    yield cores
    for path, _ in cores.values():
        os.unlink(path)


@pytest.mark.parametrize("interpreter", each(INHABITED))
def test_cut_core(small_cores, tmp_path, interpreter):
    path, oracle = small_cores[interpreter.label]
    size = os.path.getsize(path)
    copy = tmp_path / "cut"
    shutil.copy(path, copy)
    assert_same_stacks(oracle, read_stack(copy), names="core")
    assert run_tool("info", "--json", copy).json()["result"]["core"]["truncated"] is False
    lengths = [size - 1, size - 4096] + [size * number // (CUTS - 12) for number in range(CUTS - 13, 0, -1)] + [
        65536, 8192, 4096, 4095, 1000, 120, 64, 63, 20, 16, 4, 0]
    for length in lengths:
        os.truncate(copy, length)
        for command in COMMANDS:
            run = run_tool(command, "--json", copy, timeout=20)
            document = check_outcome(run, command)
            if document and length < size - 4096:
                assert any(one["code"] == "truncated" for one in document["warnings"]), "%d bytes\n%s" % (length, run)
            if document and command == "info":
                assert document["result"]["core"]["truncated"] is True, "%d bytes\n%s" % (length, run)
                assert document["result"]["core"]["missing_bytes"] >= size - length - 4096
    assert len(lengths) >= CUTS - 2


class Damaged:
    """Changes to a copy of a core, made in place and taken back."""

    def __init__(self, path):
        self.file = open(path, "r+b")
        self.size = os.fstat(self.file.fileno()).st_size
        with mmap.mmap(self.file.fileno(), 0, prot=mmap.PROT_READ) as mapped:
            self.original = mapped[:]
        self.segments, self.notes = self._segments()
        self.pointers = self._pointers()
        self.changed = []

    def _segments(self):
        offset, = struct.unpack_from("<Q", self.original, 32)
        size, count = struct.unpack_from("<HH", self.original, 54)
        loads, notes = [], (0, 0)
        for number in range(count):
            kind, flags, start, address, _, file_size, memory_size, _ = struct.unpack_from(
                "<IIQQQQQQ", self.original, offset + number * size)
            if kind == 1 and file_size:
                loads.append((start, address, file_size))
            elif kind == 4:
                notes = start, file_size
        self.headers = offset, size * count
        return loads, notes

    def _pointers(self):
        """Offsets of words that look like addresses in this core: what structures hang together by."""
        found = []
        low = min(address for _, address, _ in self.segments)
        high = max(address + size for _, address, size in self.segments)
        for start, _, size in self.segments:
            words = memoryview(self.original)[start:start + size // 8 * 8].cast("Q")
            found += [start + 8 * number for number, word in enumerate(words) if low <= word < high]
        return found

    def put(self, offset, data):
        data = data[:max(0, self.size - offset)]
        self.changed.append((offset, len(data)))
        os.pwrite(self.file.fileno(), data, offset)

    def undo(self):
        for offset, length in self.changed:
            os.pwrite(self.file.fileno(), self.original[offset:offset + length], offset)
        self.changed = []

    def word(self, offset):
        return self.original[offset:offset + 8]

    def address_of(self, offset):
        for start, address, size in self.segments:
            if start <= offset < start + size:
                return address + offset - start
        return 0

    # Kinds of damage

    def header(self, chance):
        for _ in range(chance.choice([1, 1, 3])):
            self.put(chance.randrange(4, 64), bytes([chance.randrange(256)]))

    def program_headers(self, chance):
        start, size = self.headers
        for _ in range(chance.choice([1, 2, 8, 64])):
            self.put(start + chance.randrange(size // 8) * 8, odd_word(chance))

    def program_header_bytes(self, chance):
        start, size = self.headers
        for _ in range(chance.choice([1, 4])):
            self.put(start + chance.randrange(size), bytes([chance.randrange(256)]))

    def segment_sizes(self, chance):
        """Segments that claim terabytes: nothing may take time in proportion to the claim."""
        start, size = self.headers
        for number in range(0, size, 56):
            if chance.random() < 0.3:
                self.put(start + number + chance.choice([32, 40, 40]), struct.pack("<Q", 1 << chance.randrange(30, 64)))

    def note_bytes(self, chance):
        start, size = self.notes
        for _ in range(chance.choice([1, 3, 30, 300])):
            self.put(start + chance.randrange(size), bytes([chance.randrange(256)]))

    def note_words(self, chance):
        start, size = self.notes
        for _ in range(chance.choice([1, 10])):
            self.put(start + chance.randrange(size // 4) * 4, odd_word(chance)[:4])

    def data_bytes(self, chance):
        for _ in range(chance.choice([100, 1000, 5000])):
            self.put(chance.randrange(self.size), bytes([chance.randrange(256)]))

    def wrong_pointers(self, chance):
        """Each to another valid place: cycles, wrong types, structures in the middle of others."""
        for _ in range(chance.choice([30, 300, 3000])):
            self.put(chance.choice(self.pointers), self.word(chance.choice(self.pointers)))

    def pointers_to_themselves(self, chance):
        for _ in range(chance.choice([100, 1000, 3000])):
            offset = chance.choice(self.pointers)
            self.put(offset, struct.pack("<Q", self.address_of(offset)))

    def odd_pointers(self, chance):
        for _ in range(chance.choice([30, 300, 3000])):
            self.put(chance.choice(self.pointers), odd_word(chance))

    def neighbours_of_pointers(self, chance):
        """Lengths and counts stand beside pointers."""
        for _ in range(chance.choice([100, 1000, 3000])):
            offset = chance.choice(self.pointers) + chance.choice([-16, -8, 8, 16])
            self.put(max(offset, 4096), odd_word(chance))

    def pages_of_zeros(self, chance):
        for _ in range(chance.choice([1, 30, 200])):
            self.put(chance.randrange(1, self.size // 4096) * 4096, bytes(4096))

    def pages_exchanged(self, chance):
        for _ in range(chance.choice([1, 30, 200])):
            source = chance.randrange(1, self.size // 4096) * 4096
            self.put(chance.randrange(1, self.size // 4096) * 4096, self.original[source:source + 4096])

    KINDS = [header, program_headers, program_header_bytes, segment_sizes, note_bytes, note_words, data_bytes,
             wrong_pointers, pointers_to_themselves, odd_pointers, neighbours_of_pointers, pages_of_zeros, pages_exchanged]


def odd_word(chance):
    return struct.pack("<Q", chance.choice([
        0, 1, 7, 0xff, 0x7fffffff, 0xffffffff, 0x7fffffffffffffff, 0xffffffffffffffff, 0x8000000000000000,
        0xfffffffffffff000, 0x7ffffffff000, 1 << 40, chance.randrange(1 << 64), chance.randrange(1 << 20)]))


@pytest.mark.parametrize("interpreter", each(INHABITED))
def test_damaged_core(small_cores, tmp_path, interpreter):
    path, _ = small_cores[interpreter.label]
    copy = tmp_path / "damaged"
    shutil.copy(path, copy)
    core = Damaged(copy)
    statuses = {}
    for number in range(max(DAMAGES // len(INHABITED), 1)):
        chance = random.Random(SEED * 1000003 + number)
        kind = Damaged.KINDS[number % len(Damaged.KINDS)]
        kind(core, chance)
        try:
            run = run_tool("stack", "--json", copy, timeout=20)
            check_outcome(run)
        except BaseException:
            kept = os.environ.get("CPT_KEEP_DAMAGED")
            if kept:
                shutil.copy(copy, os.path.join(kept, "%s-%s-%d" % (interpreter.label, kind.__name__, number)))
            print("variant %d (%s), seed %d" % (number, kind.__name__, SEED))
            raise
        finally:
            core.undo()
        statuses[run.returncode] = statuses.get(run.returncode, 0) + 1
    assert copy.read_bytes() == core.original
    core.file.close()
    assert len(statuses) > 1, "the damage changed nothing: %s" % statuses


@pytest.mark.parametrize("way", ["dynsym", "symtab", "section", "cookie", "scan"])
@pytest.mark.parametrize("interpreter", each(INHABITED))
def test_core_that_claims_terabytes(small_cores, tmp_path, interpreter, way):
    """Every segment, or every second, is said to go on for terabytes. Searches go over what is there."""
    path, _ = small_cores[interpreter.label]
    copy = tmp_path / "claims"
    shutil.copy(path, copy)
    core = Damaged(copy)
    start, size = core.headers
    for step in (1, 2, 3):
        for number in range(step - 1, size // 56, step):
            core.put(start + number * 56 + 40, struct.pack("<Q", 1 << 46))
        run = run_tool("stack", "--json", "--find", way, copy, timeout=20)
        check_outcome(run)
        core.undo()
    core.file.close()
