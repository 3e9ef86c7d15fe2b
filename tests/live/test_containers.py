"""Targets whose files are not ours: in another root, read from outside, alive and from their cores."""
import gzip
import os
import shutil
import subprocess

import pytest

from helpers import (Target, assert_same_stacks, each, interpreters, needs_form, needs_gcore, needs_kernel_cores,
                     read_stack, run_tool, tool_command)

IN_CHROOT = [one for one in interpreters.supported() if one.root]
OURS, THEIRS = "this line is the analysing host's", "this line is the target's"
PROGRAM = """import sys
sys.path.insert(0, {programs!r})
from parked import Threads, announce, block, serve
threads = Threads()


def park():
    block()         # {line}


threads.start("worker", park)
announce(sys.argv[1], threads)
serve()
"""

if not IN_CHROOT:
    pytest.skip(interpreters.chroot()[1] or "no interpreters in the chroot", allow_module_level=True)


@pytest.fixture(params=each(IN_CHROOT))
def contained(request, scratch):
    """A target in the chroot whose program is `THEIRS` there, and `OURS` at the same path here."""
    target = Contained(request.param, scratch)
    yield target
    target.stop()


class Contained(Target):
    def __init__(self, interpreter, scratch):
        self.host_directory = None
        super().__init__(interpreter, "../container_program.py", scratch=scratch, core_limit=True)

    def _outer_directory(self, interpreter, scratch):
        super()._outer_directory(interpreter, scratch)
        # "programs/.." may not exist yet, and the host needs one at that path too.
        self.host_directory = self.inside
        os.makedirs(os.path.join(self.host_directory, "programs"))
        for where, line in ((self.directory, THEIRS), (self.host_directory, OURS)):
            with open(os.path.join(where, "container_program.py"), "w") as out:
                out.write(PROGRAM.format(programs=os.path.join(self.inside, "programs"), line=line))

    def stop(self):
        super().stop()
        if self.host_directory:
            shutil.rmtree(self.host_directory, ignore_errors=True)


def text_of(*arguments):
    run = run_tool("stack", *arguments)
    assert run.returncode == 0, str(run)
    text = run.stdout.decode()
    assert "in park" in text
    return text


def test_live(contained):
    assert_same_stacks(contained.oracle, read_stack(contained.pid))
    text = text_of(contained.pid)
    assert THEIRS in text and OURS not in text, text
    contained.check_unharmed()


def test_live_files_are_the_targets(contained):
    """`info` compares with the files in the target's root."""
    run = run_tool("info", "--json", contained.pid)
    assert run.returncode == 0, str(run)
    modules = run.json()["result"]["modules"]
    assert modules and all(one["match"] is True for one in modules if one["path"].startswith("/")), modules


@pytest.mark.parametrize("maker", ["gdb", "kernel"])
def test_core(contained, maker):
    if maker == "gdb":
        needs_gcore()
        core = contained.gcore()
    else:
        needs_kernel_cores()
        core = contained.kernel_core()
    root = contained.interpreter.root
    assert_same_stacks(contained.oracle, read_stack("--sysroot", root, core), names="core")
    text = text_of("--sysroot", root, core)
    assert THEIRS in text and OURS not in text, text
    if maker == "gdb":
        return          # gdb, too, sees it from outside: it recorded paths that lead to the target's files from here
    # Without its root, nothing here can be its source. It says that the lines are left out, and why.
    run = run_tool("stack", core)
    assert run.returncode == 0, str(run)
    text = (run.stdout + run.stderr).decode()
    assert OURS not in text and THEIRS not in text, text
    assert "source" in text.lower(), text


def test_core_with_and_without_its_root(contained, tmp_path):
    """The same stacks either way; what is not here is named, and only the root adds lines. Packed and piped too."""
    needs_kernel_cores()
    core = contained.kernel_core()
    root = contained.interpreter.root
    inside = read_stack("--sysroot", root, core)
    assert inside["warnings"] == []
    outside = read_stack(core)
    assert outside["result"] == inside["result"]
    noted = [one["message"] for one in outside["warnings"] if one["code"] in ("file-missing", "file-differs")]
    own = inside["target"]["executable"]
    assert [one for one in noted if own in one], outside["warnings"]
    # A root that lacks its files is no better than none; nor is one with other files at their places.
    empty = tmp_path / "empty"
    empty.mkdir()
    other = tmp_path / "other"
    os.makedirs(str(other) + os.path.dirname(own))
    shutil.copy("/bin/true", str(other) + own)
    for wrong, code in ((empty, "file-missing"), (other, "file-differs")):
        document = read_stack("--sysroot", wrong, core)
        assert document["result"] == inside["result"]
        assert any(one["code"] in (code, "file-differs") for one in document["warnings"]), document["warnings"]
        text = text_of("--sysroot", wrong, core)
        assert OURS not in text and THEIRS not in text, text
    # As it comes from elsewhere.
    needs_form("gzip")
    packed = tmp_path / "core.gz"
    with open(core, "rb") as source, gzip.open(packed, "wb", compresslevel=1) as out:
        shutil.copyfileobj(source, out)
    text = text_of("--sysroot", root, packed)
    assert THEIRS in text and OURS not in text, text
    for stdin, path in ((packed, "-"), (core, "-")):
        with open(stdin, "rb") as source:
            done = subprocess.run(tool_command("stack", "--sysroot", root, path), stdin=source, stdout=subprocess.PIPE)
        assert done.returncode == 0 and done.stdout.decode().split("\n", 1)[1] == text.split("\n", 1)[1]
    relative = os.path.relpath(root, str(tmp_path))
    run = run_tool("stack", "--sysroot", relative, core, cwd=str(tmp_path))
    assert run.returncode == 0 and THEIRS in run.stdout.decode(), str(run)


@pytest.mark.parametrize("maker", ["kernel"])
def test_core_elsewhere_by_exe(contained, maker, tmp_path):
    """--exe alone makes the interpreter known, and still not the host's sources the target's."""
    needs_kernel_cores()
    core = contained.kernel_core()
    run = run_tool("stack", "--exe", contained.interpreter.binary, core)
    assert run.returncode == 0, str(run)
    assert OURS not in run.stdout.decode()


def test_tool_in_a_mount_namespace(contained):
    """From a namespace in which the target's root is not to be seen: by way of /proc/PID/root all the same."""
    if subprocess.run(["unshare", "-m", "true"], stderr=subprocess.DEVNULL).returncode:
        pytest.skip("no mount namespaces for us")
    root = contained.interpreter.root
    script = 'mount -t tmpfs none "$0" && exec "$@"'
    run = subprocess.run(["unshare", "-m", "sh", "-c", script, root] + tool_command("stack", contained.pid),
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert run.returncode == 0, run
    assert THEIRS in run.stdout.decode() and OURS not in run.stdout.decode()
    contained.check_unharmed()
