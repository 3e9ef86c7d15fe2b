"""Starting targets, taking cores, running the tool, and comparing what it says with what Python said."""
import collections
import contextlib
import ctypes
import functools
import glob
import json
import os
import re
import resource
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

import pytest

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROGRAMS = os.environ.get("CPT_PROGRAMS") or os.path.join(TESTS, "programs")
COREPTILE = os.environ.get("COREPTILE") or os.path.join(os.path.dirname(TESTS), "build", "coreptile")
QUICK = os.environ.get("CPT_TEST_QUICK", "") not in ("", "0")
ROOT = os.geteuid() == 0

sys.path.insert(0, os.path.join(TESTS, "interpreters"))
import interpreters                                                                     # noqa: E402

_libc = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG, PR_SET_PTRACER, PR_SET_PTRACER_ANY = 1, 0x59616d61, ctypes.c_ulong(-1)
KNOWN_STATUSES = {"holds-gil", "waiting-for-gil", "garbage-collecting", "finalizing", "idle", "crashed"}


# Running the tool

class Run(collections.namedtuple("Run", "arguments returncode stdout stderr")):
    """What one run of the tool left. Text is bytes."""

    def __str__(self):
        return "coreptile %s\nexit status %s\nstderr: %s\nstdout: %s" % (
            " ".join(map(str, self.arguments)), self.returncode, _shown(self.stderr), _shown(self.stdout))

    def json(self):
        """The document, which every strict JSON parser has to take: UTF-8, no lone surrogates, no NaN."""
        text = self.stdout.decode("utf-8")
        document = json.loads(text, parse_constant=lambda name: pytest.fail("%s in the JSON\n%s" % (name, self)))
        json.dumps(document, ensure_ascii=False).encode("utf-8")
        return document

    def error_line(self):
        """The one line that a run without a result leaves."""
        text = self.stderr.decode("utf-8", "surrogateescape")
        lines = text.splitlines()
        assert len(lines) == 1 and text.endswith("\n"), "not one line on standard error\n%s" % self
        assert lines[0].startswith("coreptile: error: "), str(self)
        assert not self.stdout, "a failed run wrote a result\n%s" % self
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", lines[0]), "control characters\n%s" % self
        return lines[0]


def _shown(text):
    text = text.decode("utf-8", "backslashreplace")
    return text if len(text) < 3000 else text[:2000] + "\n[…]\n" + text[-800:]


def tool_command(*arguments):
    return [COREPTILE] + [os.fspath(one) if isinstance(one, os.PathLike) else str(one) for one in arguments]


def tool_environment(**more):
    kept = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "PYTHONPATH")}
    return dict(kept, LC_ALL="C.UTF-8", **more)


def run_tool(*arguments, timeout=60, prefix=(), env=None, cwd=None):
    """Runs it to its end, and fails the test when a signal (a crash, a sanitizer) or the time limit ends it."""
    command = list(prefix) + tool_command(*arguments)
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=timeout, env=env or tool_environment(), cwd=cwd)
    except subprocess.TimeoutExpired as expired:
        pytest.fail("not done after %s s: %s\nstderr: %s" % (timeout, " ".join(command), expired.stderr))
    run = Run(arguments, done.returncode, done.stdout, done.stderr)
    assert run.returncode >= 0, "killed by a signal\n%s" % run
    assert run.returncode in (0, 1, 2, 10, 64), "exit status is none of the contract's\n%s" % run
    return run


def operands(command, target, address="0x10"):
    """TARGET and what COMMAND takes after it."""
    return [target] + {"object": [address], "path": [address], "refs": [address], "diff": [target]}.get(command, [])


def read_stack(*arguments, **options):
    """`stack --json` that has to succeed in full; (document, run)."""
    run = run_tool("stack", "--json", *arguments, **options)
    assert run.returncode == 0, str(run)
    document = run.json()
    check_stack(document, run)
    assert document["complete"] is True, str(run)
    return document


# The contract

HEX = re.compile(r"0x[0-9a-f]+\Z")


class Either:
    def __init__(self, *choices):
        self.choices = choices


def _hex(value):
    return isinstance(value, str) and bool(HEX.match(value))


def _number(value):
    return isinstance(value, int) and not isinstance(value, bool)


def _count(value):
    return _number(value) and value >= 0


def _one_of(*words):
    return lambda value: value in words


VALUE = {"type": str, "address": _hex, "repr": str}
ENVELOPE = {
    "schema": _one_of(1), "command": str,
    "target": {"kind": _one_of("process", "core"), "pid": _count, "path": Either(str, None),
               "executable": Either(str, None),
               "signal": Either(None, {"number": _count, "name": str, "address": Either(_hex, None),
                                       "thread": Either(_count, None), "sender_pid": Either(_count, None)})},
    "python": {"version": re.compile(r"\d+\.\d+\.\d+"), "debug_build": bool, "free_threaded": bool,
               "layout": _one_of("self", "table", "dwarf")},
    "complete": bool,
    "warnings": [{"code": str, "message": str, "address": Either(_hex, None)}],
    "result": dict}
STACK = {
    "threads": [{
        "interpreter": _count, "native_id": Either(_count, None), "ident": _hex, "name": Either(str, None),
        "main": bool, "status": [_one_of(*sorted(KNOWN_STATUSES))],
        "exception": Either(None, {"type": str, "value": object}),
        "frames": [{"function": Either(str, None), "qualname": Either(str, None), "file": Either(str, None),
                    "line": Either(_number, None), "column": Either(_count, None),
                    "end_line": Either(_number, None), "end_column": Either(_count, None)}],
        "waiting_for": Either(None, {"kind": str, "address": Either(_hex, None), "owner": Either(_count, None)})}],
    "deadlocks": [[_count]]}
INFO = {"argv": [str], "interpreters": _count, "threads": _count,
        "allocator": _one_of("pymalloc", "mimalloc", "malloc"),
        "modules": [{"path": str, "build_id": Either(re.compile(r"[0-9a-f]+\Z"), None),
                     "match": _one_of(True, False, None)}],
        "core": Either(None, {"truncated": bool, "missing_bytes": _count})}
CENSUS = {"objects": _count, "bytes": _count, "sizeof": _count, "by": _one_of("type", "module", "size"),
          "used_blocks": _count, "unexplained_blocks": _count, "types_total": _count,
          "types": [{"type": str, "type_address": Either(_hex, None), "objects": _count, "bytes": _count,
                     "sizeof": _count, "sizeof_exact": bool}]}
CATEGORIES = ["objects", "object-buffers", "pymalloc-free", "pymalloc-other", "native-heap", "stacks", "files",
              "anonymous"]
MEMORY = {"total_bytes": _count, "categories": [{"name": _one_of(*CATEGORIES), "bytes": _count}],
          "pymalloc": Either(None, {
              "arenas": _count, "arena_bytes": _count, "pools": _count, "free_pools": _count, "used_blocks": _count,
              "free_blocks": _count, "used_bytes": _count, "object_blocks": _count, "buffer_blocks": _count,
              "unexplained_blocks": _count, "dead_blocks": _count, "found_by": _one_of("state", "table", "pools"),
              "size_classes": [{"size": _count, "pools": _count, "used_blocks": _count, "free_blocks": _count}],
              "sparse_arenas_total": _count,
              "sparse_arenas": [{"address": _hex, "used_bytes": _count, "objects": _count, "pinned_by": [VALUE]}]})}


def mismatches(value, form, where="$"):
    """What in `value` is not as `form` says; keys beyond it are allowed."""
    if isinstance(form, Either):
        return [] if any(not mismatches(value, one, where) for one in form.choices) else [
            "%s: %r is none of the forms allowed" % (where, value)]
    if isinstance(form, dict):
        if not isinstance(value, dict):
            return ["%s: no object but %r" % (where, value)]
        found = ["%s: no %r" % (where, key) for key in form if key not in value]
        for key in form:
            if key in value:
                found += mismatches(value[key], form[key], "%s.%s" % (where, key))
        return found
    if isinstance(form, list):
        if not isinstance(value, list):
            return ["%s: no array but %r" % (where, value)]
        return [one for number, item in enumerate(value)
                for one in mismatches(item, form[0], "%s[%d]" % (where, number))]
    if form is None:
        good = value is None
    elif isinstance(form, type):
        good = isinstance(value, form)
    elif isinstance(form, re.Pattern):
        good = isinstance(value, str) and bool(form.match(value))
    else:
        good = form(value)
    return [] if good else ["%s: %r" % (where, value)]


def check_envelope(document, command, form, run):
    found = mismatches(document, ENVELOPE) + mismatches(document.get("result"), form, "$.result")
    if run.returncode == 1 and command == "info" and document["result"].get("allocator", 0) is None:
        found = [one for one in found if not one.startswith("$.result.allocator")]      # it may be among the holes
    assert not found, "against the contract:\n%s\n%s" % ("\n".join(found[:20]), run)
    assert document["command"] == command, str(run)
    # 0 says complete, 1 says holes, each of them named.
    assert document["complete"] == (run.returncode == 0), str(run)
    if run.returncode == 1:
        assert document["warnings"], "holes, and none named\n%s" % run


def check_stack(document, run):
    check_envelope(document, "stack", STACK, run)


def check_info(document, run):
    check_envelope(document, "info", INFO, run)


def check_census(document, run):
    """The form, and what holds of every census: rows add up, largest first."""
    check_envelope(document, "census", CENSUS, run)
    result, rows = document["result"], document["result"]["types"]
    assert [one["bytes"] for one in rows] == sorted((one["bytes"] for one in rows), reverse=True), str(run)
    assert len(rows) <= result["types_total"] and all(one["objects"] for one in rows), str(run)
    assert result["unexplained_blocks"] <= result["used_blocks"], str(run)
    if len(rows) == result["types_total"]:
        for key in ("objects", "bytes", "sizeof"):
            assert sum(one[key] for one in rows) == result[key], "%s do not add up\n%s" % (key, run)


def check_memory(document, run):
    """The form, and what holds of every ledger: its parts are the whole."""
    check_envelope(document, "memory", MEMORY, run)
    result = document["result"]
    assert [one["name"] for one in result["categories"]] == CATEGORIES, str(run)
    assert sum(one["bytes"] for one in result["categories"]) == result["total_bytes"], str(run)
    pymalloc = result["pymalloc"]
    if pymalloc:
        for key in ("pools", "used_blocks", "free_blocks"):
            assert sum(one[key] for one in pymalloc["size_classes"]) == pymalloc[key], "%s do not add up\n%s" % (key, run)
        kinds = ("object_blocks", "buffer_blocks", "dead_blocks", "unexplained_blocks")
        assert sum(pymalloc[key] for key in kinds) == pymalloc["used_blocks"], str(run)


def check_outcome(run, command="stack"):
    """That a run on a target of any kind ended in one of the ways allowed."""
    if run.returncode == 2:
        run.error_line()
        return None
    assert run.returncode in (0, 1), str(run)
    document = run.json()
    check_envelope(document, command, STACK if command == "stack" else INFO, run)
    return document


# Comparing with the oracle

def escaped(text):
    """The way text with lone surrogates stands in a document: `\\udcff` in six characters."""
    return None if text is None else text.encode("utf-8", "backslashreplace").decode("utf-8")


def expected_frames(thread):
    for frame in thread["frames"]:
        for _ in range(frame.get("times", 1)):
            yield frame


def _frame_differences(expected, actual, columns):
    found = []
    for key in ("function", "file", "qualname"):
        if actual[key] != escaped(expected[key]):
            found.append("%s %r, not %r" % (key, actual[key], escaped(expected[key])))
    keys = ["line"]
    if columns and not expected.get("columns_unknown"):
        keys += ["end_line", "column", "end_column"]
    for key in keys:
        if actual[key] != expected[key]:
            found.append("%s %r, not %r" % (key, actual[key], expected[key]))
    return found


def _described(frames):
    shown = ["%s:%s in %s" % (os.path.basename(one["file"] or "?"), one["line"], one["function"]) for one in frames[:6]]
    return " < ".join(shown) + (" …" if len(frames) > 6 else "")


def thread_differences(expected, actual, names="live", columns=True):
    """What the tool says otherwise of one thread than Python. `names`: "live", or "core", where nothing holds the
    kernel's names, or None."""
    found = []
    if actual["ident"] != "%#x" % expected["ident"]:
        found.append("ident %s, not %#x" % (actual["ident"], expected["ident"]))
    if actual["native_id"] != expected["native_id"]:
        found.append("native_id %s, not %s" % (actual["native_id"], expected["native_id"]))
    if expected["main"] is not None and actual["main"] != expected["main"]:
        found.append("main is %s" % actual["main"])
    if actual["interpreter"] != expected["interpreter"]:
        found.append("interpreter %s, not %s" % (actual["interpreter"], expected["interpreter"]))
    name = expected["threading_name"]
    if name is None and names == "live":
        name = expected["kernel_name"]
    if names and actual["name"] != escaped(name):
        found.append("name %r, not %r" % (actual["name"], escaped(name)))
    if expected["frames"] is None:
        return found
    wanted = list(expected_frames(expected))
    if len(wanted) != len(actual["frames"]):
        found.append("%d frames, not %d:\n      %s\n  not %s" % (
            len(actual["frames"]), len(wanted), _described(actual["frames"]), _described(wanted)))
        return found
    for number, (one, other) in enumerate(zip(wanted, actual["frames"])):
        for difference in _frame_differences(one, other, columns):
            found.append("frame %d: %s" % (number, difference))
            if len(found) > 5:
                return found + ["…"]
    return found


def stack_differences(oracle, document, unlisted=(), **options):
    actual = {}
    found = []
    for thread in document["result"]["threads"]:
        key = thread["interpreter"], int(thread["ident"], 16)
        if key in actual:
            found.append("listed twice: interpreter %d, ident %#x" % key)
        actual[key] = thread
    for thread in oracle["threads"]:
        mine = actual.pop((thread["interpreter"], thread["ident"]), None)
        if mine is None:
            found.append("%s: not listed (native id %s)" % (thread["situation"], thread["native_id"]))
            continue
        found += ["%s: %s" % (thread["situation"], one) for one in thread_differences(thread, mine, **options)]
    for thread in actual.values():
        if thread["name"] not in unlisted:
            found.append("listed, and unknown to Python: %s" % {key: value for key, value in thread.items()
                                                                if key != "frames"})
    return found


def assert_same_stacks(oracle, document, **options):
    """Every thread equal to the oracle, and nothing beyond it."""
    found = stack_differences(oracle, document, **options)
    assert not found, "%d differences\n%s" % (len(found), "\n".join(found[:40]))
    wanted = ".".join(map(str, oracle["version"]))
    assert document["python"]["version"].startswith(wanted)


def situation(document, oracle, name):
    """The thread that the oracle calls so, as the tool shows it."""
    for thread in oracle["threads"]:
        if thread["situation"] == name:
            for mine in document["result"]["threads"]:
                if int(mine["ident"], 16) == thread["ident"] and mine["interpreter"] == thread["interpreter"]:
                    return mine
    raise AssertionError("no thread %s" % name)


# Targets

def wait_for(condition, what, timeout=150, interval=0.005):
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, "waited in vain: " + what
        time.sleep(interval)


def in_child(core_limit):
    def prepare():
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        # Yama's restricted ptrace would keep the tool off, since it is no ancestor of the target.
        _libc.prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY)
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        if core_limit:
            hard = resource.RLIM_INFINITY if ROOT else hard
            resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
        else:
            resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    return prepare


class Target:
    """A test program under some interpreter. `directory` is its own, as seen from here; `inside` as it sees it."""

    def __init__(self, interpreter, program, *arguments, scratch, options=(), core_limit=False, wait="ready", env=None,
                 executable=None):
        self.interpreter, self.process, self._oracle = interpreter, None, None
        self._outer_directory(interpreter, scratch)
        programs = PROGRAMS
        if interpreter.root:
            shutil.copytree(PROGRAMS, os.path.join(self.directory, "programs"),
                            ignore=shutil.ignore_patterns("__pycache__"))
            programs = os.path.join(self.inside, "programs")
        self.program = os.path.join(programs, program)
        start = list(executable) if executable else interpreter.argv(self.inside)
        command = start + list(options) + [self.program, os.path.join(self.inside, "oracle.json")] + [
            str(one) for one in arguments]
        proc = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
        environment.update(PYTHONDONTWRITEBYTECODE="1", CPT_PROC_FD=str(proc), LC_ALL="C.UTF-8",
                           MALLOC_ARENA_MAX="2", **(env or {}))
        try:
            with open(os.path.join(self.directory, "stderr"), "wb") as errors:
                self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
                                                bufsize=0, cwd=self.directory, env=environment, pass_fds=[proc],
                                                preexec_fn=in_child(core_limit))
        finally:
            os.close(proc)
        self.pid = self.process.pid
        try:
            if wait:
                self.said = self.line()
                assert self.said in (wait, "unavailable"), self.said
                if os.path.exists(os.path.join(self.directory, "oracle.json")):
                    self.oracle         # waits for the recorder to be gone
        except BaseException:
            self.stop()
            raise

    def _outer_directory(self, interpreter, scratch):
        if interpreter.root:
            self.directory = tempfile.mkdtemp(prefix="coreptile-", dir=os.path.join(interpreter.root, "tmp"))
            self.inside = self.directory[len(interpreter.root):]
        else:
            self.directory = self.inside = tempfile.mkdtemp(prefix="target-", dir=scratch)

    def line(self, timeout=60):
        """The next line that it prints."""
        text = b""
        end = time.monotonic() + timeout
        while not text.endswith(b"\n"):
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))
            assert ready, "the target says nothing\n" + self.errors()
            byte = os.read(self.process.stdout.fileno(), 1)
            assert byte, "the target ended: %s\n%s" % (self.process.wait(), self.errors())
            text += byte
        return text.decode().strip()

    def errors(self):
        with open(os.path.join(self.directory, "stderr"), errors="replace") as errors:
            return errors.read()

    def tell(self, text=b"x"):
        os.write(self.process.stdin.fileno(), text)

    def tasks(self):
        return [int(name) for name in os.listdir("/proc/%d/task" % self.pid)]

    @property
    def oracle(self):
        """What Python said, once the thread that wrote it is gone."""
        if self._oracle is None:
            with open(os.path.join(self.directory, "oracle.json")) as source:
                oracle = json.load(source)
            if oracle["recorder"]:
                wait_for(lambda: oracle["recorder"] not in self.tasks(), "the end of the recorder")
            self._oracle = oracle
        return self._oracle

    def status(self, tid=None):
        with open("/proc/%d/task/%d/status" % (self.pid, tid or self.pid), errors="surrogateescape") as source:
            return dict(line.rstrip("\n").split(":\t", 1) for line in source if ":\t" in line)

    def wait_until_asleep(self, tid):
        """Until a thread has slept through some time without being scheduled."""
        def sample():
            status = self.status(tid)
            return status["State"][0], status["voluntary_ctxt_switches"], status["nonvoluntary_ctxt_switches"]

        def asleep():
            before = sample()
            time.sleep(0.01)
            return before[0] == "S" and sample() == before
        wait_for(asleep, "thread %d to sleep" % tid)

    def wait_until_parked(self):
        """Until all threads have slept through some time: what it said to be done is, and it waits for more."""
        def sample():
            found = {}
            for tid in self.tasks():
                status = self.status(tid)
                found[tid] = status["State"][0], status["voluntary_ctxt_switches"], status["nonvoluntary_ctxt_switches"]
            return found

        def parked():
            before = sample()
            time.sleep(0.01)
            return all(one[0] == "S" for one in before.values()) and sample() == before
        wait_for(parked, "all threads to sleep")

    def check_unharmed(self, answers=True):
        """Nobody holds or traces any thread of it, and it still answers."""
        assert self.process.poll() is None, "the target ended: %s\n%s" % (self.process.returncode, self.errors())
        for tid in self.tasks():
            try:
                status = self.status(tid)
            except (FileNotFoundError, ProcessLookupError):
                continue
            assert status["State"][0] not in "TtXZ", "thread %d is left in state %s" % (tid, status["State"])
            assert status["TracerPid"] == "0", "thread %d is left traced" % tid
        if answers:
            self.tell(b"x")
            assert self.line(timeout=20) == "pong"
            self.wait_until_asleep(self.pid)    # back in the line that the oracle names

    def gcore(self, mend=True):
        """A core made by gdb; the target goes on. It is `lost_pages` short where it meets guard pages inside a mapping
        (glibc 2.42 makes those of thread stacks so): gdb 13 writes zeros for that whole piece. With `mend` they are put
        in afterwards, from the target, which is parked and has them unchanged."""
        prefix = os.path.join(self.directory, "gcore")
        environment = {key: value for key, value in os.environ.items() if key != "DEBUGINFOD_URLS"}
        done = subprocess.run(["gcore", "-o", prefix, str(self.pid)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=120, env=environment)
        path = "%s.%d" % (prefix, self.pid)
        assert done.returncode == 0 and os.path.exists(path), done.stdout.decode(errors="replace")
        self.lost_pages = _mend_core(self.pid, path, mend)
        return path

    def kernel_core(self, by=lambda target: os.kill(target.pid, signal.SIGABRT)):
        """The core that the kernel writes when `by` makes it die."""
        by(self)
        status = self.process.wait(timeout=60)
        assert status < 0, "the target ended by itself: %s\n%s" % (status, self.errors())
        cores = [path for path in glob.glob(os.path.join(self.directory, "*"))
                 if is_core(path) and not os.path.basename(path).startswith("gcore.")]
        assert len(cores) == 1, "no core in %s: %s" % (self.directory, os.listdir(self.directory))
        return cores[0]

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process.stdin.close()
            self.process.stdout.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *details):
        self.stop()


def _segments(core):
    """(offset, address, size) of what a core holds of writable memory."""
    core.seek(0)
    head = core.read(64)
    offset, = struct.unpack_from("<Q", head, 32)
    size, count = struct.unpack_from("<HH", head, 54)
    core.seek(offset)
    table = core.read(size * count)
    for number in range(count):
        kind, flags, start, address, _, held, _, _ = struct.unpack_from("<IIQQQQQQ", table, number * size)
        if kind == 1 and flags & 2 and held:
            yield start, address, held


def _mend_core(pid, path, write):
    """How many pages of a core are zero and not so in the process; put right if wanted."""
    lost, page, zeros = 0, 4096, bytes(4096)
    with open(path, "r+b") as core, open("/proc/%d/mem" % pid, "rb", buffering=0) as memory:
        for start, address, held in list(_segments(core)):
            core.seek(start)
            data = core.read(held)
            if data.count(0) == held and held > 64 << 20:       # reserved address space
                continue
            for offset in range(0, held, page):
                if data[offset:offset + page] != zeros:
                    continue
                try:
                    memory.seek(address + offset)
                    real = memory.read(page)
                except OSError:                                 # the guard page itself
                    continue
                if real and real != zeros:
                    lost += 1
                    if write:
                        core.seek(start + offset)
                        core.write(real)
    return lost


def is_core(path):
    if not os.path.isfile(path):
        return False
    with open(path, "rb") as source:
        head = source.read(18)
    return head[:4] == b"\x7fELF" and head[16] == 4


def kernel_core_hindrance():
    """Why the kernel writes no core into the working directory, or None."""
    with open("/proc/sys/kernel/core_pattern") as source:
        pattern = source.read().strip()
    if pattern.startswith(("|", "/")) or "/" in pattern or not pattern:
        return "core_pattern is %r and no plain name" % pattern
    if not ROOT and resource.getrlimit(resource.RLIMIT_CORE)[1] != resource.RLIM_INFINITY:
        return "the hard limit of core sizes is not unlimited"
    return None


def needs_kernel_cores():
    hindrance = kernel_core_hindrance()
    if hindrance:
        pytest.skip(hindrance)


@functools.lru_cache(maxsize=None)
def _reads(form):
    magic = {"zstd": b"\x28\xb5\x2f\xfd", "lz4": b"\x04\x22\x4d\x18", "xz": b"\xfd7zXZ\0", "gzip": b"\x1f\x8b\x08"}
    done = subprocess.run(tool_command("stack", "-"), input=magic[form] + bytes(100), stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, timeout=60, env=tool_environment())
    return b"built without" not in done.stderr


def needs_form(form):
    """Skips where the tool was built without the library for that form of compressed cores."""
    if not _reads(form):
        pytest.skip("the tool was built without " + form)


def needs_gcore():
    if not shutil.which("gcore"):
        pytest.skip("gcore is not installed")


def sysroot(interpreter):
    return ["--sysroot", interpreter.root] if interpreter.root else []


def each(found):
    """Parameters of a test, one for each interpreter; in quick runs one for each generation, and all odd ones."""
    if QUICK:
        chosen = representatives(found)
        usual = interpreters.supported()
        found = [one for one in found if one in chosen or one.debug or one not in usual]
    return [pytest.param(one, id=one.label) for one in found]


def representatives(found):
    """One interpreter for each generation of structures, for tests that vary something else; the stripped first."""
    generations = [(3, 8), (3, 9)], [(3, 10)], [(3, 11)], [(3, 12)], [(3, 13)], [(3, 14)], [(3, 15)]
    chosen = []
    for generation in generations:
        those = [one for one in found if one.version[:2] in generation]
        if those:
            chosen.append(min(those, key=lambda one: (bool(one.root), not one.stripped)))
    return chosen


def few(found):
    """Three of these: the oldest, the newest and one between, for what hardly depends on the version."""
    chosen = representatives(found)
    return [one for number, one in enumerate(chosen) if number in (0, len(chosen) // 2, len(chosen) - 1)]


@contextlib.contextmanager
def refusal_allowed(interpreter, *arguments):
    """For interpreters that the tool may read or refuse: a refusal has to be a clear one, and skips the rest."""
    if not interpreter.supported:
        run = run_tool("stack", "--json", *arguments)
        if run.returncode == 2:
            line = run.error_line()
            assert re.search(r"not supported|unsupported", line), line
            pytest.skip("refused, and clearly so: " + line)
    yield
