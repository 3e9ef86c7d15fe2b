"""What the benchmarks share: finding tools, making cores, running commands and judging what came out."""
import argparse
import contextlib
import ctypes
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time

HELD_LINE = re.compile(r"longest ([0-9.]+) ms")
MB = 1e6

# Holds the command back until a line arrives, so that neither a fork nor the shell's start is timed. The command is
# forked from a shell and not from this process because the peak RSS the kernel reports includes what was there
# before exec: it would never be less than Python's own.
LAUNCHER = """
exec 3<&0; out=$1; err=$2; shift 2
{ read -r go <&3 && exec "$@" 3<&-; } </dev/null >"$out" 2>"$err" &
echo $!
"""


class BenchError(Exception):
    """The run cannot go on; the text is for the user."""


def note(text):
    print(text, file=sys.stderr, flush=True)


# ---------------------------------------------------------------------------------------------- tools


class Tool:
    """A program to compare, or the reason why it is missing."""

    def __init__(self, name, program=None, version=None, missing=None):
        self.name, self.program, self.version, self.missing = name, program, version, missing

    def describe(self):
        return f"{self.name}: missing, {self.missing}" if self.missing else f"{self.name}: {self.version}"


def version_of(program):
    """The first line of `PROGRAM --version`, or None when it does not run."""
    try:
        done = subprocess.run([str(program), "--version"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = done.stdout.decode(errors="replace").strip().splitlines()
    return lines[0] if done.returncode == 0 and lines else None


def find_coreptile(path):
    version = version_of(path)
    return Tool("coreptile", path, version) if version else Tool("coreptile", missing=f"{path} does not run")


def last_line(process):
    lines = process.stdout.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else f"exit status {process.returncode}"


def make_environment(directory, python=sys.executable):
    """Create the virtual environment unless it works already; the reason as text when that fails."""
    if version_of(directory / "bin" / "python"):
        return None
    done = subprocess.run([python, "-m", "venv", "--clear", str(directory)], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    return None if done.returncode == 0 else f"no virtual environment: {last_line(done)}"


def install_from_pypi(directory, *requirements):
    """Install into the virtual environment, no compiler needed; the reason as text when that fails."""
    done = subprocess.run([str(directory / "bin" / "python"), "-m", "pip", "install", "--quiet", "--retries", "1",
                           "--disable-pip-version-check", "--only-binary", ":all:"] + list(requirements),
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return None if done.returncode == 0 else f"not installed: {last_line(done)}"


def default_cache():
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return pathlib.Path(base) / "coreptile-bench"


# ---------------------------------------------------------------------------------------------- cores


def flush(path):
    """To disk, so that no write-back runs while the commands are timed."""
    with open(path, "rb") as file:
        os.fsync(file.fileno())


def add_core_filter(pid, bit):
    path = pathlib.Path(f"/proc/{pid}/coredump_filter")
    path.write_text(hex(int(path.read_text(), 16) | bit))


def dump_with_gcore(pid, prefix):
    """(path of a core of the running process, None), or (None, why there is none)."""
    if not shutil.which("gcore"):
        return None, "gcore is not on PATH (Debian: gdb)"
    done = subprocess.run(["gcore", "-o", prefix, str(pid)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, env=tool_environment())
    core = f"{prefix}.{pid}"
    if done.returncode != 0 or not os.path.exists(core):
        return None, f"gcore failed: {last_line(done)}"
    flush(core)
    return core, None


# ---------------------------------------------------------------------------------------------- running


class Run:
    """What one run of one command gave."""

    def __init__(self, milliseconds, usage, status, output, errors):
        self.milliseconds, self.output, self.errors = milliseconds, output, errors
        self.peak_mb = usage.ru_maxrss * 1024 / MB
        self.cpu_ms = (usage.ru_utime + usage.ru_stime) * 1e3
        self.status = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status)
        self.seen = None  # what WAIT of run_command() saw besides


def adopt_orphans():
    """Make this process the one that waits for the commands once the launching shell is gone."""
    pr_set_child_subreaper = 36
    if ctypes.CDLL(None, use_errno=True).prctl(pr_set_child_subreaper, 1, 0, 0, 0) != 0:
        raise BenchError(f"PR_SET_CHILD_SUBREAPER: {os.strerror(ctypes.get_errno())}")


def tool_environment():
    """The caller's environment without what would make a tool ask the network or draw colours."""
    unwanted = ("DEBUGINFOD_URLS", "FORCE_COLOR", "CLICOLOR_FORCE")
    return {key: value for key, value in os.environ.items() if key not in unwanted}


def read_text(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def kill_quietly(pid):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def just_wait(pid):
    _, status, usage = os.wait4(pid, 0)
    return status, usage, None


def run_command(command, directory, limit_seconds, wait=just_wait):
    """Run a command; wait(pid) returns (status, rusage, what it saw besides)."""
    out, err = os.path.join(directory, "stdout"), os.path.join(directory, "stderr")
    with subprocess.Popen(["/bin/sh", "-c", LAUNCHER, "sh", out, err] + command, bufsize=0, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, env=tool_environment()) as shell:
        pid = int(shell.stdout.readline())
        shell.wait()
        timer = threading.Timer(limit_seconds, kill_quietly, [pid])
        timer.start()
        start = time.perf_counter_ns()
        shell.stdin.write(b"\n")
        status, usage, seen = wait(pid)
        elapsed = (time.perf_counter_ns() - start) / 1e6
        timer.cancel()
    run = Run(elapsed, usage, status, read_text(out), read_text(err))
    run.seen = seen
    return run


class Watcher:
    """Waits for a command and meanwhile polls the state of the target's main thread, from outside both.

    A hold is counted from the last look that saw the thread free to the first one that saw it free again: it errs on
    the long side, by at most the time of two looks. The longest one is what was seen, in milliseconds.
    """

    LOOKS_PER_POLL = 32

    def __init__(self, pid):
        self.stat = f"/proc/{pid}/task/{pid}/stat"

    def stopped(self, descriptor):
        text = os.pread(descriptor, 128, 0)
        return text[text.rindex(b")") + 2] in b"tT"

    def __call__(self, pid):
        descriptor = os.open(self.stat, os.O_RDONLY)
        try:
            return self.watch(pid, descriptor)
        finally:
            os.close(descriptor)

    def watch(self, pid, descriptor):
        longest, held = 0, False
        free_at = time.perf_counter_ns()
        while True:
            for _ in range(self.LOOKS_PER_POLL):
                now = time.perf_counter_ns()
                if self.stopped(descriptor):
                    held = True
                    continue
                if held:
                    # `now` was taken before the look, so the hold may have ended a little later.
                    longest = max(longest, time.perf_counter_ns() - free_at)
                    held = False
                free_at = now
            done, status, usage = os.wait4(pid, os.WNOHANG)
            if done:
                last = time.perf_counter_ns() - free_at if held else 0
                return status, usage, max(longest, last) / 1e6


# ---------------------------------------------------------------------------------------------- report


def summary(values):
    return {"min": min(values), "median": statistics.median(values), "max": max(values)}


def telling_line(text):
    """The line of an error output that says what went wrong."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return next((line for line in lines if "error" in line.lower()), lines[-1] if lines else None)


class Verdict:
    """Collects what `--check` found: each line is ok, missed or not judged."""

    def __init__(self):
        self.lines, self.missed, self.unjudged = [], False, False

    def judge(self, good, text):
        self.missed |= not good
        self.lines.append(f"{'ok' if good else 'MISSED'}: {text}")

    def skip(self, text):
        self.unjudged = True
        self.lines.append(f"not judged: {text}")

    @property
    def status(self):
        return 1 if self.missed else 2 if self.unjudged else 0


# ---------------------------------------------------------------------------------------------- command line


def at_least(minimum):
    def number(text):
        value = int(text)
        if value < minimum:
            raise argparse.ArgumentTypeError(f"{value} is less than {minimum}")
        return value
    return number
