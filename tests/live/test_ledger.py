"""Where all of a process's memory is: adds up to what the kernel says, and moves by what a program takes."""
import glob
import json
import os
import random
import re
import signal
import struct
import subprocess
import time

import pytest

from helpers import TESTS, each, interpreters, needs_gcore, needs_kernel_cores, few, run_tool, sysroot
from test_pools import statistics

DUMP = os.environ.get("DUMPREGIONS") or os.path.join(os.path.dirname(TESTS), "build", "tests", "live", "dumpregions")
SUPPORTED = interpreters.supported()
CATEGORIES = ["objects", "object-buffers", "pymalloc-free", "pymalloc-other", "native-heap", "stacks", "files",
              "anonymous"]
VARIANTS = int(os.environ.get("CPT_TEST_VARIANTS", "20"))
KB = 1024
THREADS = 20
# What beside the amount taken may come and go between two looks: pages of files that were read, the C library's and
# Python's own books of what was done.
SLACK = 300 * KB

# Which categories a step moves, by what share of the bytes taken.
MOVES = {
    "large_objects": {"objects": 1},
    "small_objects": {"objects": 1, "object-buffers": 8 / 480},     # in a list
    "native_large": {"native-heap": 1},
    "native_small": {"native-heap": 1},
    "native_thread": {"native-heap": 1},
    "stacks": {"stacks": 1},
    "anonymous": {"anonymous": 1},
    "private_file": {"files": 1},
    "untouched": {},
    "sparse": {"pymalloc-free": 1},
}


def memory(*arguments, **options):
    run = run_tool("memory", "--json", *arguments, timeout=120, **options)
    assert run.returncode == 0, str(run)
    result = run.json()["result"]
    names = [one["name"] for one in result["categories"]]
    assert names == CATEGORIES
    sizes = {one["name"]: one["bytes"] for one in result["categories"]}
    assert all(size >= 0 for size in sizes.values()), sizes
    assert sum(sizes.values()) == result["total_bytes"], str(run)
    return sizes, result


def facts(target):
    with open(os.path.join(target.directory, "oracle.json")) as source:
        return json.load(source)


def step(target):
    """What it has taken next. It says so before it waits again, and its threads before they block."""
    target.tell()
    name = target.line()
    target.wait_until_parked()
    return name


def private_resident(pid):
    """Bytes of private mappings that are in memory, as /proc/PID/smaps says."""
    total, private = 0, False
    with open("/proc/%d/smaps" % pid, errors="surrogateescape") as source:
        for line in source:
            head = re.match(r"[0-9a-f]+-[0-9a-f]+ ...(.) ", line)
            if head:
                private = head.group(1) == "p"
            elif private and line.startswith("Rss:"):
                total += int(line.split()[1]) * KB
    return total


def segments(path):
    """(offset, address, size) of all memory that a core holds."""
    with open(path, "rb") as core:
        head = core.read(64)
        offset, = struct.unpack_from("<Q", head, 32)
        size, count = struct.unpack_from("<HH", head, 54)
        core.seek(offset)
        table = core.read(size * count)
    loads = [struct.unpack_from("<IIQQQQQQ", table, i * size) for i in range(count)]
    return [(load[2], load[3], load[5]) for load in loads if load[0] == 1]


def dumped(path):
    return sum(size for _, _, size in segments(path))


def unusable(interpreter):
    """Of a pool with blocks of 480 bytes: what its head takes, and what is left at the end, for each byte in blocks."""
    pool = 4096 if interpreter.version < (3, 10) else 16384
    blocks = (pool - 48) // 480 * 480
    return (pool - blocks) / blocks


# The amounts

@pytest.mark.parametrize("interpreter", each(SUPPORTED))
def test_categories_move_by_what_is_taken(interpreter, start):
    target = start(interpreter, "allocate.py", 20)
    target.wait_until_parked()
    memory(target.pid)          # looking brings pages of files into memory
    before, _ = memory(target.pid)
    for name, shares in MOVES.items():
        assert step(target) == name
        taken = facts(target)["taken"][name]
        memory(target.pid)
        after, _ = memory(target.pid)
        moved = {category: after[category] - before[category] for category in CATEGORIES}
        for category, by in moved.items():
            # The list of small objects has room for an eighth more; each new thread has other things on its stack too.
            slack = SLACK + taken // 480 + (THREADS * 64 * KB if name == "stacks" else 0)
            expected = taken * shares.get(category, 0)
            if name == "small_objects" and category == "pymalloc-other":
                expected = taken * unusable(interpreter)
            assert abs(by - expected) <= slack, (name, taken, moved)
        before = after


def stop(pid):
    """The signal alone does not wait for the threads to stand still."""
    os.kill(pid, signal.SIGSTOP)
    deadline = time.monotonic() + 20
    while any(open(one).read().rsplit(")", 1)[1].split()[0] not in "tT" for one in glob.glob("/proc/%d/task/*/stat" % pid)):
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("interpreter", each(SUPPORTED))
def test_total_is_what_the_kernel_counts(interpreter, start):
    target = start(interpreter, "allocate.py", 5)
    while step(target) != "sparse":
        pass
    memory(target.pid)
    stop(target.pid)
    try:
        for _ in range(5):          # the kernel may drop pages of files meanwhile, which are read again then
            before = private_resident(target.pid)
            _, result = memory(target.pid)
            if private_resident(target.pid) == before:
                break
        assert private_resident(target.pid) == before
        assert result["total_bytes"] == before
    finally:
        os.kill(target.pid, signal.SIGCONT)


@pytest.mark.parametrize("interpreter", each(few(SUPPORTED)))
def test_running_process(interpreter, start):
    """Without a hold there are no registers to tell stacks by: the same for a process that waits anyway."""
    target = start(interpreter, "allocate.py", 10)
    while step(target) != "sparse":
        pass
    memory(target.pid)
    held, _ = memory(target.pid)
    running, _ = memory("--no-pause", target.pid)
    moved = {name: running[name] - held[name] for name in CATEGORIES}
    assert all(abs(by) <= 4 * KB for by in moved.values()), moved


# Cores

def check_core(target, path, live):
    sizes, result = memory("--core", path, *sysroot(target.interpreter))
    assert result["total_bytes"] == dumped(path)
    # A core has address space that was never touched too: nothing else can be less than in the process.
    assert abs(sizes["objects"] - live["objects"]) <= 4 * KB, (sizes, live)
    # Three streams with buffers of io.DEFAULT_BUFFER_SIZE, of which a page or two were touched.
    streams = 3 * (128 if target.interpreter.version >= (3, 14) else 8) * KB
    assert -4 * KB <= sizes["object-buffers"] - live["object-buffers"] <= streams + 4 * KB, (sizes, live)
    for category in ("native-heap", "stacks", "anonymous"):
        assert sizes[category] >= live[category] - 64 * KB, (category, sizes, live)


@pytest.mark.parametrize("interpreter", each(SUPPORTED))
def test_core(interpreter, start):
    needs_kernel_cores()
    target = start(interpreter, "allocate.py", 5, core_limit=True)
    while step(target) != "sparse":
        pass
    live, _ = memory(target.pid)
    check_core(target, target.kernel_core(), live)


@pytest.mark.parametrize("interpreter", each(few(SUPPORTED)))
def test_gcore(interpreter, start):
    needs_gcore()
    target = start(interpreter, "allocate.py", 5)
    while step(target) != "sparse":
        pass
    live, _ = memory(target.pid)
    check_core(target, target.gcore(), live)


# Kinds of regions

def regions(target):
    done = subprocess.run([DUMP, str(target)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="ascii",
                          timeout=60)
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    return [(int(start, 16), int(end, 16), kind) for start, end, kind in lines]


def kinds_at(listed, address):
    return [kind for start, end, kind in listed if start <= address < end]


def named_mappings(pid):
    """(start, end, kind) of what the kernel has a name for."""
    with open("/proc/%d/maps" % pid, errors="surrogateescape") as source:
        for line in source:
            fields = line.split(None, 5)
            name = {"[heap]\n": "brk", "[stack]\n": "stack"}.get(fields[5] if len(fields) > 5 else "")
            if name and fields[1].startswith("rw"):
                start, end = (int(text, 16) for text in fields[0].split("-"))
                yield start, end, name


def check_kinds(listed, target):
    said = facts(target)
    for start, end, kind in named_mappings(target.pid):
        for address in (start, (start + end) // 2 & ~15, end - 16):
            assert kinds_at(listed, address) == [kind], hex(address)
    assert len(said["threads"]) == THREADS + 1
    for thread in said["threads"]:
        low, high = thread["stack"]
        assert kinds_at(listed, low + 65536) == ["stack"] and kinds_at(listed, high - 16) == ["stack"], thread
        above = [other["stack"] for other in said["threads"] if other["stack"][0] - 8192 <= high < other["stack"][1]]
        assert above or kinds_at(listed, high) != ["stack"], thread
    assert sum(end - start for start, end, kind in listed if kind == "stack") < (THREADS + 3) * (8 << 20)
    for address, size in said["malloc"]:
        expected = [["anonymous", "chunk"]] if size > 1 << 20 else [["brk"], ["anonymous", "heap"]]
        assert kinds_at(listed, address) in expected, (hex(address), size)
    assert ["heap"] in [kinds_at(listed, address)[1:] for address, _ in said["malloc"]]
    assert [kinds_at(listed, address) for address in said["mapped"]] == [["anonymous"], ["file"]]
    for address, _ in said["kept"]:
        assert kinds_at(listed, address) == ["anonymous"]       # pymalloc's arenas


def same_kinds(one, other):
    """Where both have memory; cores are cut in other places than copies of processes."""
    for start, end, _ in one:
        for address in (start, (start + end) // 2 & ~15, end - 16):
            there = kinds_at(other, address)
            assert not there or there == kinds_at(one, address), (hex(address), there, kinds_at(one, address))


@pytest.mark.parametrize("interpreter", each(SUPPORTED))
def test_kinds(interpreter, start):
    needs_kernel_cores()
    target = start(interpreter, "allocate.py", 5, core_limit=True)
    while step(target) != "sparse":
        pass
    live = regions(target.pid)
    check_kinds(live, target)
    named = list(named_mappings(target.pid))
    core = regions(target.kernel_core())
    same_kinds(live, core)
    same_kinds(core, live)
    for begin, end, kind in named:
        assert (begin, end, kind) in core


@pytest.mark.parametrize("interpreter", each(few(SUPPORTED)))
def test_kinds_of_gcore(interpreter, start):
    needs_gcore()
    target = start(interpreter, "allocate.py", 5)
    while step(target) != "sparse":
        pass
    live, core = regions(target.pid), regions(target.gcore())
    check_kinds(core, target)
    same_kinds(live, core)
    same_kinds(core, live)


@pytest.mark.parametrize("prefix", [["setarch", "-R"], ["setarch", "-L"], ["LINKER"], ["setarch", "-R", "LINKER"]],
                         ids=" ".join)
def test_kinds_of_odd_layouts(prefix, some_python, start):
    """The break right behind .bss, mappings from the bottom up, and a program that the dynamic linker was told to run."""
    needs_kernel_cores()
    linker = glob.glob("/lib64/ld-linux-x86-64.so.*")
    if "LINKER" in prefix and not linker:
        pytest.skip("no dynamic linker at its usual place")
    executable = [linker[0] if word == "LINKER" else word for word in prefix] + [some_python.executable]
    target = start(some_python, "allocate.py", 5, core_limit=True, executable=executable)
    while step(target) != "sparse":
        pass
    live, named = regions(target.pid), list(named_mappings(target.pid))
    core = regions(target.kernel_core())
    same_kinds(live, core)
    same_kinds(core, live)
    assert len(named) == 2
    for begin, end, kind in named:
        assert (begin, end, kind) in core or "-R" in prefix and kinds_at(core, end - 16) == [kind]


# Sparse arenas

@pytest.mark.parametrize("interpreter", each(SUPPORTED))
def test_sparse_arenas(interpreter, start):
    target = start(interpreter, "allocate.py", 100)
    _, result = memory(target.pid)
    arenas = result["pymalloc"]["sparse_arenas"]
    sparse = result["pymalloc"]["sparse_arenas_total"]
    assert sparse <= 3 and len(arenas) == sparse      # what importing left
    while step(target) != "sparse":
        pass
    said = facts(target)
    _, result = memory(target.pid)
    pymalloc = result["pymalloc"]
    size = pymalloc["arena_bytes"] // pymalloc["arenas"]
    kept, pins = {int(address): text for address, text in said["kept"]}, set(said["pins"])
    arenas = pymalloc["sparse_arenas"]
    assert 16 == len(arenas) <= pymalloc["sparse_arenas_total"]
    # 64 MB of floats are gone, and nearly all of their arenas stay.
    assert pymalloc["sparse_arenas_total"] * size > 56 << 20
    assert [one["used_bytes"] for one in arenas] == sorted(one["used_bytes"] for one in arenas)
    for arena in arenas:
        begin = int(arena["address"], 16)
        within = {address: text for address, text in kept.items() if begin <= address < begin + size}
        own = sorted(address for address in pins if begin <= address < begin + size)
        shown = {int(one["address"], 16): one for one in arena["pinned_by"]}
        assert 0 < arena["used_bytes"] <= size // 4
        assert all(begin <= address < begin + size for address in shown)
        assert list(shown)[:len(own)] == own[:8], "instances of the program's own classes come first"
        assert all(shown[address]["type"] == "__main__.Pin" for address in own[:8])
        floats = {address: one["repr"] for address, one in shown.items() if one["type"] == "float"}
        assert floats.items() <= within.items()
        # Nothing but these objects was left over: all are shown, as far as there is room.
        assert len(shown) >= min(8, len(within) + len(own)) and len(within) >= 1


# pymalloc's own numbers

@pytest.mark.parametrize("interpreter", each(SUPPORTED))
def test_pymalloc_is_what_it_says_of_itself(interpreter, start):
    target = start(interpreter, "pools.py")
    classes, arenas, unused = statistics(target)
    _, result = memory(target.pid)
    pymalloc = result["pymalloc"]
    told = {one["size"]: (one["pools"], one["used_blocks"], one["free_blocks"]) for one in pymalloc["size_classes"]}
    assert told == classes
    assert (pymalloc["arenas"], pymalloc["free_pools"]) == (arenas, unused)
    assert pymalloc["pools"] == sum(one[0] for one in classes.values())
    assert pymalloc["used_blocks"] == sum(one[1] for one in classes.values())
    assert pymalloc["free_blocks"] == sum(one[2] for one in classes.values())
    assert pymalloc["used_bytes"] == sum(size * one[1] for size, one in classes.items())
    assert pymalloc["arena_bytes"] == arenas * ((1 << 20) if interpreter.version >= (3, 10) else 256 * KB)
    assert pymalloc["used_blocks"] == (pymalloc["object_blocks"] + pymalloc["buffer_blocks"] + pymalloc["dead_blocks"] +
                                       pymalloc["unexplained_blocks"])
    assert pymalloc["unexplained_blocks"] < 0.03 * pymalloc["used_blocks"]


# Other allocators

@pytest.mark.parametrize("allocator", ["malloc", "debug", "malloc_debug"])
def test_other_allocators(allocator, some_python, start):
    """Without pymalloc objects and their buffers are part of malloc's memory, and not counted as that."""
    target = start(some_python, "allocate.py", 20, env={"PYTHONMALLOC": allocator})
    memory(target.pid)
    before, result = memory(target.pid)
    assert (result["pymalloc"] is None) == ("malloc" in allocator)
    assert step(target) == "large_objects" and step(target) == "small_objects"
    after, _ = memory(target.pid)
    taken = sum(facts(target)["taken"].values())
    hooks = facts(target)["taken"]["small_objects"] // 480 * 48
    assert taken - SLACK < after["objects"] - before["objects"] < taken + hooks + SLACK
    assert abs(after["native-heap"] - before["native-heap"]) < taken // 20 + SLACK


# Damage

def test_damaged_core(some_python, start, scratch):
    """Whatever is changed in the structures that are looked at: it adds up, and to the same."""
    needs_kernel_cores()
    target = start(some_python, "allocate.py", 2, core_limit=True)
    while step(target) != "sparse":
        pass
    said = facts(target)
    path = target.kernel_core()
    total = dumped(path)
    listed = regions(path)
    places = [start for start, _, kind in listed if kind in ("anonymous", "brk", "heap", "chunk", "stack")]
    places += [end - 4096 for _, end, kind in listed if kind == "stack"]
    places += [address & -4096 for address, _ in said["kept"]]
    chance = random.Random(4711)
    with open(path, "rb") as core:
        whole = core.read()
    offsets = [offset + (place - address) for offset, address, size in segments(path) for place in places
               if address <= place and place + 4104 <= address + size]
    assert len(offsets) > 50
    answered = 0
    for number in range(VARIANTS):
        damaged = bytearray(whole)
        for _ in range(chance.randrange(1, 400)):
            at = chance.choice(offsets) + chance.randrange(4096) // chance.choice((1, 8, 64))
            damaged[at:at + 8] = struct.pack("<Q", chance.choice(
                (0, 2, chance.getrandbits(64), chance.getrandbits(16) << 12 | 2, chance.choice(places))))
        variant = os.path.join(str(scratch), "damaged-%d" % number)
        with open(variant, "wb") as core:
            core.write(damaged)
        run = run_tool("memory", "--json", "--core", variant)
        assert run.returncode in (0, 1, 2), str(run)
        if run.returncode != 2:
            answered += 1
            result = run.json()["result"]
            assert sum(one["bytes"] for one in result["categories"]) == result["total_bytes"] == total, str(run)
            assert all(0 <= one["bytes"] <= total for one in result["categories"]), str(run)
        os.unlink(variant)
    assert answered > VARIANTS // 2
