"""The blocks of malloc, told by a process of its own memory: which are used, which are free, how large they are."""
import bisect
import glob
import os
import shutil
import signal
import subprocess
import tempfile

import pytest

from helpers import PROGRAMS, TESTS, Target, each, few, in_child, interpreters, needs_kernel_cores

DUMP = os.environ.get("DUMPCHUNKS") or os.path.join(os.path.dirname(TESTS), "build", "tests", "live", "dumpchunks")
NO_CACHE = "glibc.malloc.tcache_count=0"
LARGE_CACHE = "glibc.malloc.tcache_max=300000"      # since 2.42 more than 1032 bytes may be asked for
WAYS = [((), ""), ((), NO_CACHE), ((), LARGE_CACHE), (("foreign",), ""), (("blocked",), ""),
        (("foreign", "blocked"), NO_CACHE)]
HEAD = 16


class Blocks:
    """What dumpchunks says of TARGET."""

    def __init__(self, target):
        done = subprocess.run([DUMP, str(target)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
                              timeout=120)
        assert done.returncode == 0 and not done.stderr, done.stderr
        self.runs, self.sizes, self.used = [], {}, set()
        for line in done.stdout.splitlines():
            words = line.split()
            assert words != ["damaged"], self.runs[-1]
            if words[0] == "RUN":
                self.runs.append((int(words[1], 16), int(words[2], 16)))
                continue
            block = int(words[0], 16)
            self.sizes[block] = int(words[1], 16)
            if words[2] == "used":
                self.used.add(block)
        self.starts = sorted(self.sizes)

    def around(self, address):
        """The block that has ADDRESS, or None."""
        at = bisect.bisect_right(self.starts, address) - 1
        return self.starts[at] if at >= 0 and address < self.starts[at] + self.sizes[self.starts[at]] else None


def check_used(used, blocks):
    """Every used block is one, and as large as malloc says: of the next chunk's head 8 bytes are its."""
    for address, usable in used.items():
        assert address in blocks.used, hex(address)
        assert blocks.sizes[address] - usable in (0, 8), (hex(address), usable, blocks.sizes[address])


def check_freed(freed, used, blocks):
    """What was freed, and is no part of a used block again, is free or gone. How many are blocks still."""
    starts, kept = sorted(used), 0
    for address in freed:
        at = bisect.bisect_right(starts, address) - 1
        if at >= 0 and address < starts[at] + used[starts[at]]:
            continue
        block = blocks.around(address)
        assert block not in blocks.used, (hex(address), hex(block))
        kept += block == address
    return kept


# A program in C

@pytest.fixture(scope="module")
def program(scratch):
    """Where it is, linked to the C library of this system."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if not compiler:
        pytest.skip("no C compiler is installed")
    path = str(scratch / "chunks")
    done = subprocess.run([compiler, "-O1", "-pthread", "-o", path, os.path.join(PROGRAMS, "chunks.c")],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace")
    if done.returncode:
        pytest.skip("%s does not make it: %s" % (compiler, done.stdout[:300]))
    return path


@pytest.fixture(scope="module", params=["system", "sid"])
def command(request, program):
    """How to start it with one C library or the other, and the directory it then works in, as seen from here."""
    if request.param == "system":
        yield [program], os.path.dirname(program)
        return
    root, why = interpreters.chroot()
    if not root:
        pytest.skip(why)
    directory = tempfile.mkdtemp(prefix="coreptile-", dir=os.path.join(root, "tmp"))
    shutil.copy(program, directory)
    inside = directory[len(root):]
    yield ["chroot", root, "/usr/bin/env", "--chdir=" + inside, "./chunks"], directory
    shutil.rmtree(directory)


class Running:
    """The program, once it waits; what it said."""

    def __init__(self, command, options=(), tunables="", core_limit=False):
        start, self.directory = command
        self.used, self.freed, self.info = {}, set(), None
        self.process = subprocess.Popen(start + list(options), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        env=dict(os.environ, GLIBC_TUNABLES=tunables), encoding="utf-8",
                                        cwd=self.directory, preexec_fn=in_child(core_limit))
        for line in self.process.stdout:
            words = line.split()
            if words[0] == "used":
                self.used[int(words[1], 16)] = int(words[2], 16)
            elif words[0] == "freed":
                self.freed.add(int(words[1], 16))
            elif words[0] == "info":
                self.info = [int(one, 16) for one in words[1:]]
            else:
                break
        assert len(self.used) > 10000 and len(self.freed) > 10000

    def __enter__(self):
        return self

    def __exit__(self, *details):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


def way_id(one):
    return "-".join(one) if isinstance(one, tuple) else one.rpartition(".")[2]


@pytest.mark.parametrize("options,tunables", WAYS, ids=way_id)
def test_program(command, options, tunables):
    with Running(command, options, tunables) as running:
        blocks = Blocks(running.process.pid)
        check_used(running.used, blocks)
        assert check_freed(running.freed, running.used, blocks) > 1000
        # Threads' caches and what threads are made of.
        assert len(blocks.used) - len(running.used) < 40
        if running.info:
            check_totals(running, blocks, tunables == NO_CACHE)


def check_totals(running, blocks, exact):
    """Against mallinfo2(), which takes what is in caches for used. Topmost chunks are shown without their heads."""
    arena, mapped, mapped_bytes, free = running.info
    told = sum(size for block, size in blocks.sizes.items() if block not in blocks.used)
    arenas = sum(1 for _, end in blocks.runs if is_top(blocks, end))
    taken = sum(end - start for start, end in blocks.runs)
    assert 0 <= arena + mapped_bytes - taken < 100000 + 4096 * mapped
    if exact:
        assert told + HEAD * arenas == free
    else:
        assert told + HEAD * arenas >= free


def is_top(blocks, end):
    last = blocks.around(end - 1)
    return last not in blocks.used and last + blocks.sizes[last] == end


def test_core(command):
    needs_kernel_cores()
    with Running(command, core_limit=True) as running:
        running.process.send_signal(signal.SIGABRT)
        running.process.wait()
        core, = glob.glob(os.path.join(running.directory, "core*"))
        try:
            blocks = Blocks(core)
        finally:
            os.unlink(core)
        check_used(running.used, blocks)
        assert check_freed(running.freed, running.used, blocks) > 1000


# Python

@pytest.mark.parametrize("interpreter", each(few(interpreters.supported())))
def test_python(interpreter, scratch):
    with Target(interpreter, "chunks.py", scratch=scratch) as target:
        blocks = Blocks(target.pid)
        used = dict(target.oracle["used"])
        check_used(used, blocks)
        assert check_freed(target.oracle["freed"], used, blocks) > 100
