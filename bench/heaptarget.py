"""What `bench/census` and `bench/leaks` share: heaps of a known number of objects, in a process and its core, what
reads them, and how it is judged.
"""
import argparse
import contextlib
import json
import os
import pathlib
import random
import re
import shutil
import statistics
import subprocess
import time

from measure import (MB, BenchError, Tool, dump_with_gcore, flush, install_from_pypi, just_wait, make_environment, note,
                     run_command, summary, version_of)

HERE = pathlib.Path(__file__).resolve().parent
GB = 1e9
MILLION = 1000000
CORE_PATTERN = pathlib.Path("/proc/sys/kernel/core_pattern")

# What a heap needs for each object in memory, and as much again in its core: generously.
BYTES_PER_OBJECT = 90
CHAP_BYTES_PER_OBJECT = 300
LAST_PYTHON_OF_CHAP = (3, 11)

MAX_GROWTH_PER_OBJECT = 1.25


def in_millions(objects):
    return f"{objects / MILLION:.3g} million"


def millions(text):
    sizes = [round(float(part) * MILLION) for part in text.split(",")]
    if not all(size >= 1000 for size in sizes):
        raise argparse.ArgumentTypeError("at least 0.001 million objects each")
    return sorted(set(sizes))


# ---------------------------------------------------------------------------------------------- tools


def find_chap():
    program = os.environ.get("CHAP") or shutil.which("chap")
    if not program:
        return Tool("chap", missing="not on PATH and no CHAP in the environment (github.com/vmware/chap)")
    if not os.access(program, os.X_OK):
        return Tool("chap", missing=f"{program} is no program")
    return Tool("chap", program, f"{program}, which tells no version")


def python_version(python):
    try:
        code = "import platform; print(platform.python_version())"
        return subprocess.check_output([python, "-c", code], universal_newlines=True).strip()
    except (OSError, subprocess.CalledProcessError) as error:
        raise BenchError(f"cannot run {python}: {error}")


def site_packages(directory):
    return next(iter(directory.glob("lib/python*/site-packages")), None)


def is_installed(directory, name, wanted):
    packages = site_packages(directory)
    return bool(packages and list(packages.glob(f"{name}-{wanted}.dist-info")))


def find_inside_peer(name, wanted, options):
    """A package to be imported by the target, from a virtual environment made with the target's interpreter."""
    version = ".".join(python_version(options.python).split(".")[:2])
    directory = options.cache / f"inside-python{version}"
    if not is_installed(directory, name, wanted):
        note(f"installing {name} {wanted} into {directory}")
        failure = make_environment(directory, options.python) or install_from_pypi(directory, f"{name}=={wanted}")
        if failure:
            return Tool(name, missing=failure)
    return Tool(name, str(site_packages(directory)), wanted)


# ---------------------------------------------------------------------------------------------- targets


def status_bytes(pid, field):
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
        for line in file:
            if line.startswith(field + ":"):
                return int(line.split()[1]) * 1024
    return 0


class Target:
    """A heap of about OBJECTS objects and KNOTS pairs of garbage: a process, until it is stopped, and a core of it."""

    def __init__(self, objects, options, knots=0):
        self.core = self.core_missing = None
        self.process = subprocess.Popen([options.python, str(HERE / "heap.py"), str(objects), str(knots)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.pid = self.process.pid
        self.facts = self.read_answer()
        self.objects = self.facts["objects"]
        self.anonymous_bytes = status_bytes(self.pid, "RssAnon")

    def read_answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise BenchError(f"the target ended, exit status {self.process.wait()}")
        return json.loads(line)

    def ask(self, name, directory):
        self.process.stdin.write(f"{name} {directory}\n".encode())
        self.process.stdin.flush()
        return self.read_answer()

    def dump(self, directory, how):
        if how == "gcore":
            self.core, self.core_missing = dump_with_gcore(self.pid, os.path.join(directory, "core"))
        else:
            self.core, self.core_missing = self.dump_by_kernel(directory)
        self.core_bytes = os.path.getsize(self.core) if self.core else None

    def dump_by_kernel(self, directory):
        pattern = CORE_PATTERN.read_text().strip()
        if pattern.startswith("|") or "/" in pattern:
            return None, f"the kernel puts cores elsewhere ({CORE_PATTERN}: {pattern})"
        place = os.path.join(directory, f"abort-{self.pid}")
        os.mkdir(place)
        self.ask("abort", place)
        cores = os.listdir(place)
        if not cores:
            return None, "the kernel wrote no core (ulimit -H -c?)"
        flush(os.path.join(place, cores[0]))
        return os.path.join(place, cores[0]), None

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


def available_memory():
    text = pathlib.Path("/proc/meminfo").read_text()
    return int(re.search(r"MemAvailable: +(\d+)", text).group(1)) * 1024


def check_room(sizes, options, directory):
    """The heap and a copy of it have to fit into memory, the cores onto the disk."""
    memory, disk = available_memory(), shutil.disk_usage(directory).free
    memory_wanted, disk_wanted = 2 * BYTES_PER_OBJECT * max(sizes), BYTES_PER_OBJECT * sum(sizes)
    if memory < memory_wanted:
        raise BenchError(f"{memory_wanted / GB:.1f} GB of memory are needed, {memory / GB:.1f} GB are there; "
                         "leave sizes out with --sizes")
    if "core" in options.kinds and disk < disk_wanted:
        raise BenchError(f"{disk_wanted / GB:.1f} GB are needed in {directory}, {disk / GB:.1f} GB are there; "
                         "set TMPDIR or leave sizes out with --sizes")


# ---------------------------------------------------------------------------------------------- jobs


class AnonymousWatcher:
    """Waits for a command and meanwhile polls its anonymous memory: what was seen is the most of it, in bytes."""

    SECONDS_PER_LOOK = 0.001

    def __call__(self, pid):
        most = 0
        while True:
            with contextlib.suppress(OSError):
                most = max(most, status_bytes(pid, "RssAnon"))
            done, status, usage = os.wait4(pid, os.WNOHANG)
            if done:
                return status, usage, most
            time.sleep(self.SECONDS_PER_LOOK)


class Job:
    """One command on one target: how to run it, and what its runs gave. A slow one is run less often."""

    def __init__(self, tool, target, kind, command, watcher=None):
        self.tool, self.target, self.kind, self.command, self.watcher = tool, target, kind, command, watcher
        self.slow = tool.name == "chap"
        self.forget()

    def forget(self):
        self.runs, self.faults = [], []

    def run(self, directory, limit_seconds):
        run = run_command(self.command, directory, limit_seconds, self.watcher or just_wait)
        self.runs.append(run)
        self.faults += self.faults_of(run)
        run.output = ""

    def faults_of(self, run):
        """What is wrong with what a run gave, as text: then its time counts for nothing."""
        return [f"exit status {run.status}"] if run.status else []

    @property
    def good(self):
        return not self.faults

    def median_ms(self):
        return statistics.median(run.milliseconds for run in self.runs)

    def logged(self, pattern):
        matches = (pattern.search(run.errors) for run in self.runs)
        return [float(match.group(1)) for match in matches if match]


def reading(core):
    """The command that reads a core and no more."""
    return ["/bin/sh", "-c", 'cat "$1" | cat >/dev/null', "sh", core]


def asking_chap(chap, question, core):
    return ["/bin/sh", "-c", 'echo "$1" | "$2" "$3"', "sh", question, chap.program, core]


def why_no_chap(tools, target, options):
    """Why chap is not run on a target, or None."""
    if tools["chap"].missing:
        return tools["chap"].missing
    if tuple(map(int, options.version.split(".")[:2])) > LAST_PYTHON_OF_CHAP:
        return "it knows no Python after {}.{}".format(*LAST_PYTHON_OF_CHAP)
    if target.objects > options.chap_limit * MILLION:
        return f"above --chap-limit {options.chap_limit:g}"
    if available_memory() < CHAP_BYTES_PER_OBJECT * target.objects:
        return f"it would need {CHAP_BYTES_PER_OBJECT * target.objects / GB:.1f} GB of memory"
    return None


def run_rounds(jobs, options, directory, before_each=None):
    """Every command once per round, in an order drawn anew each time but the same in every benchmark run. The slow
    ones sit the warm-up and the later rounds out."""
    order = list(jobs)
    for number in range(-options.warmup, options.runs):
        if number == 0:
            for job in jobs:
                job.forget()
        if before_each:
            before_each()
        note(f"round {number + 1}/{options.runs}" if number >= 0 else "warm-up")
        random.Random(number).shuffle(order)
        for job in order:
            if not job.slow or 0 <= number < options.slow_runs:
                job.run(directory, options.limit)


class Inside:
    """A package that makes its census inside the target."""

    def __init__(self, tool, target, options):
        self.tool, self.target = tool, target
        answers = [] if tool.missing else [target.ask(tool.name, tool.program) for _ in range(options.slow_runs)]
        self.error = tool.missing or next((answer["error"] for answer in answers if "error" in answer), None)
        self.answers = [] if self.error else answers

    def report(self, ours):
        if self.error:
            return {"tool": self.tool.name, "error": self.error}
        ms = summary([answer["ms"] for answer in self.answers])
        return {"tool": self.tool.name, "error": None, "ms": ms, "objects": self.answers[0]["objects"],
                "added_peak_mb": max(answer["added_peak_bytes"] for answer in self.answers) / MB,
                "kept_mb": max(answer["kept_bytes"] for answer in self.answers) / MB,
                "ratio": ms["median"] / ours.median_ms() if ours and ours.good else None}


def find_job(jobs, target, name, watched=False):
    for job in jobs:
        if (job.target, job.tool.name, job.watcher is not None) == (target, name, watched):
            return job if job.runs else None
    return None


def ratio_of(job, other):
    """How many times OTHER's median JOB takes; None unless both gave what they should."""
    return job.median_ms() / other.median_ms() if job and other and job.good and other.good else None


def check_growth(verdict, what, costs):
    """Time for each object must not grow with the heap, from the smallest one on or from any other. COSTS: pairs of
    objects and nanoseconds for each."""
    growths = [(larger / smaller, few, many) for few, smaller in costs for many, larger in costs if few < many]
    if not growths:
        verdict.skip(f"{what}: no two sizes to compare")
        return
    growth, few, many = max(growths)
    verdict.judge(growth <= MAX_GROWTH_PER_OBJECT,
                  f"{what}: time for each object grows {growth:.2f}-fold from {in_millions(few)} to "
                  f"{in_millions(many)} objects, and nowhere more (up to {MAX_GROWTH_PER_OBJECT:g} wanted)")
