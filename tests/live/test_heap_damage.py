"""Heaps damaged in a thousand ways: no crash, no hang, and counts off by no more than the damage.

One core for each generation of structures is changed in place, looked at, and changed back.
"""
import collections
import mmap
import os
import random
import shutil
import struct
import subprocess
import tempfile
import threading

import pytest

from helpers import (QUICK, Run, Target, interpreters, needs_kernel_cores, representatives, sysroot, tool_command,
                     tool_environment)

VARIANTS = 140 if QUICK else 1000
SEED = int(os.environ.get("CPT_SEED") or 20240229)
PYTHONS = representatives([one for one in interpreters.supported()])
MASK = (1 << 64) - 1
POOL_HEAD = 48


class Core:
    """A core that can be changed by address. The page cache has all of it: nothing is copied."""

    def __init__(self, path, interpreter, oracle):
        self.path, self.interpreter, self.oracle = path, interpreter, oracle
        self.file = open(path, "r+b")
        self.bytes = mmap.mmap(self.file.fileno(), 0)
        self.changed = []
        self.segments = []          # (address, offset in the file, size) of writable memory
        start, = struct.unpack_from("<Q", self.bytes, 32)
        size, count = struct.unpack_from("<HH", self.bytes, 54)
        for number in range(count):
            kind, flags, offset, address, _, held, _, _ = struct.unpack_from("<IIQQQQQQ", self.bytes, start + number * size)
            if kind == 1 and flags & 2 and held:
                self.segments.append((address, offset, held))
        self.pool_size = 16384 if interpreter.version >= (3, 10) else 4096
        self.collapsed = interpreter.version >= (3, 11)         # keys of dicts tell their sizes as logarithms
        self.objects = [one for ids in oracle["ids"].values() for one in ids]
        self.types = oracle["types"]

    def offset(self, address):
        for start, offset, size in self.segments:
            if start <= address < start + size:
                return offset + address - start
        return None

    def word(self, address):
        return struct.unpack_from("<Q", self.bytes, self.offset(address))[0]

    def put(self, address, data):
        offset = self.offset(address)
        if offset is None or offset + len(data) > len(self.bytes):
            return False
        self.changed.append((offset, self.bytes[offset:offset + len(data)]))
        self.bytes[offset:offset + len(data)] = data
        return True

    def put_word(self, address, value):
        return self.put(address, struct.pack("<Q", value & MASK))

    def undo(self):
        for offset, data in reversed(self.changed):
            self.bytes[offset:offset + len(data)] = data
        self.changed = []

    def pool(self, address):
        return address & -self.pool_size

    def close(self):
        self.bytes.close()
        self.file.close()

    def regions(self):
        """Writable memory that may hold the allocator's structures."""
        return self.segments

    # What is known of the allocator

    def pool_sizes(self, pool):
        """(size of its blocks, how many it has room for)."""
        size_index, = struct.unpack_from("<I", self.bytes, self.offset(pool) + 36)
        size = (size_index + 1) * 16
        return size, (self.pool_size - POOL_HEAD) // size

    def pools(self):
        return sorted(one for one in {self.pool(one) for one in self.objects} if self.offset(one) is not None)

    def free_blocks(self, pool):
        """The places of the links of its free list; an object of another allocator has no pool."""
        found, at = [], self.word(pool + 8)
        while pool < at < pool + self.pool_size and len(found) < 1000:
            found.append(at)
            at = self.word(at)
        return found

    def arena_entries(self):
        """The places of the entries of the table of arenas that are in use."""
        first = {self.pool(one) for one in self.objects}
        found = []
        for address, offset, size in self.segments:
            words = struct.unpack_from("<%dQ" % (size // 8), self.bytes, offset)
            for number in range(len(words) - 6):
                base, current = words[number], words[number + 1]
                counts = words[number + 2]
                free, total = counts & 0xffffffff, counts >> 32
                if (total in (63, 64, 127, 128) and free <= total and base and not base & 4095 and
                        base < current <= base + (4 << 20) and not current & 4095 and
                        any(base <= pool < current for pool in first)):
                    found.append(address + number * 8)
        return found


# What is put in place of what was there

def odd_word(core, chance, old):
    """Counts and pointers that cannot be, and such that could."""
    return chance.choice([
        0, 1, 2, 7, 15, 0xff, 0x7fffffff, 0x80000000, 0xffffffff, 1 << 33, 1 << 40, 1 << 47, 1 << 62, (1 << 63) - 1, 1 << 63,
        -1, -2, -8, -64, -(1 << 32), chance.getrandbits(64), chance.getrandbits(47), chance.getrandbits(20),
        old + 1, old - 1, old + 8, old - 16, old ^ 1 << chance.randrange(64), old << 8, old >> 8,
        chance.choice(core.objects), chance.choice(core.objects), chance.choice(core.objects) + 16,
        core.pool(chance.choice(core.objects)), chance.choice(core.oracle["large"]),
        chance.choice(list(core.types.values())),
        chance.choice(core.segments)[0], chance.choice(core.segments)[0] + chance.choice(core.segments)[2] - 8,
    ]) & MASK


class Allowed:
    """By how much the census may differ."""

    def __init__(self, objects=0, types=(), blocks=0, any_status=False):
        self.objects, self.types, self.blocks, self.any_status = objects, set(types), blocks, any_status


def change_words(core, chance, addresses):
    return sum(core.put_word(address, odd_word(core, chance, core.word(address))) for address in addresses)


def how_many(chance):
    return chance.choice([1, 1, 2, 5, 20, 60])


# Each kind of damage returns what it allows.

def object_counts(core, chance):
    return Allowed(change_words(core, chance, chance.sample(core.objects, how_many(chance))))


def object_types(core, chance):
    return Allowed(change_words(core, chance, [one + 8 for one in chance.sample(core.objects, how_many(chance))]))


def object_types_exchanged(core, chance):
    types = list(core.types.values())
    return Allowed(sum(core.put_word(one + 8, chance.choice(types)) for one in chance.sample(core.objects, how_many(chance))))


def object_sizes(core, chance):
    return Allowed(change_words(core, chance, [one + 16 for one in chance.sample(core.objects, how_many(chance))]))


def in_front_of_objects(core, chance):
    """The collector's links, managed dicts."""
    return Allowed(change_words(core, chance, [one - chance.choice([8, 16, 24, 32])
                                               for one in chance.sample(core.objects, how_many(chance))]))


def fields(core, chance):
    return Allowed(change_words(core, chance, [one + chance.randrange(2, 12) * 8
                                               for one in chance.sample(core.objects, how_many(chance))]))


def containers(core, chance):
    names = ["Items", "list", "Table", "dict", "Names", "set", "Queue", "Ordered", "Bytes", "bytearray", "array.array"]
    ids = [one for name in names for one in core.oracle["ids"][name]]
    return Allowed(change_words(core, chance, [one + chance.randrange(2, 11) * 8 for one in chance.sample(ids, 40)]))


def keys_of_dicts(core, chance):
    ids = [one for name in ("Table", "dict", "Ordered", "collections.OrderedDict") for one in core.oracle["ids"][name]]
    changed = 0
    for one in chance.sample(ids, how_many(chance)):
        keys = core.word(one + 32)
        if core.offset(keys) is None:
            continue
        if core.collapsed and chance.random() < .5:
            changed += core.put(keys + chance.choice([8, 9, 10]), bytes([chance.choice([0, 1, 30, 39, 40, 41, 63, 64, 255])]))
        else:
            changed += change_words(core, chance, [keys + chance.randrange(6) * 8])
    return Allowed(changed)


def nodes_of_ordered_dicts(core, chance):
    """od_first leads to a node: key, hash, next, prev. Lists become cyclic, or lead into other objects."""
    ids = core.oracle["ids"]["Ordered"] + core.oracle["ids"]["collections.OrderedDict"]
    changed = 0
    for one in chance.sample(ids, how_many(chance)):
        node = core.word(one + 80)
        if core.offset(node) is None or core.offset(node + 16) is None:
            continue
        following = core.word(node + 16)
        where = chance.choice([one + 80, node + 16, following + 16 if core.offset(following) else node + 16])
        what = chance.choice([node, following, chance.choice(core.oracle["ids"]["Slotted"]), odd_word(core, chance, node),
                              core.word(chance.choice(ids) + 80)])
        changed += core.put_word(where, what)
        if chance.random() < .5:
            changed += core.put_word(one + 16, chance.choice([1 << 40, 1 << 62, MASK, 1 << 30]))       # ma_used
    return Allowed(changed)


def blocks_of_deques(core, chance):
    ids = core.oracle["ids"]["Queue"] + core.oracle["ids"]["collections.deque"]
    changed = 0
    for one in chance.sample(ids, how_many(chance)):
        block = core.word(one + 24)
        if core.offset(block) is None:
            continue
        where = chance.choice([one + 24, one + 40, one + 48, block, block + 520])
        changed += core.put_word(where, chance.choice([block, chance.choice(core.oracle["ids"]["Slotted"]),
                                                       odd_word(core, chance, block), core.word(chance.choice(ids) + 24)]))
        if chance.random() < .5:
            changed += core.put_word(one + 16, chance.choice([1 << 40, 1 << 62, MASK, 1 << 30]))       # ob_size
    return Allowed(changed)


def values_of_instances(core, chance):
    """What stands in front of and behind them: sizes of values, dicts."""
    ids = core.oracle["ids"]["Plain"] + core.oracle["ids"]["Derived"]
    return Allowed(change_words(core, chance, [one + chance.choice([-32, -24, 16, 24, 32, 40])
                                               for one in chance.sample(ids, how_many(chance))]))


def pool_heads(core, chance):
    blocks = 0
    for pool in chance.sample(core.pools(), chance.choice([1, 1, 3])):
        blocks += core.pool_sizes(pool)[1]
        for _ in range(chance.choice([1, 1, 2, 6])):
            if chance.random() < .5:
                core.put(pool + chance.randrange(POOL_HEAD), bytes([chance.getrandbits(8)]))
            else:
                change_words(core, chance, [pool + chance.randrange(6) * 8])
    return Allowed(blocks=blocks)


def free_lists(core, chance):
    pools = [pool for pool in core.pools() if len(core.free_blocks(pool)) > 2]
    blocks = 0
    for pool in chance.sample(pools, min(len(pools), chance.choice([1, 3, 10]))):
        links = core.free_blocks(pool)
        blocks += core.pool_sizes(pool)[1]
        for _ in range(chance.choice([1, 1, 4])):
            where = chance.choice(links + [pool + 8])
            core.put_word(where, chance.choice([links[0], where, links[-1], 0, pool, pool + core.pool_size,
                                                odd_word(core, chance, core.word(where))]))
    return Allowed(blocks=blocks)


def arena_table(core, chance):
    if not hasattr(core, "entries"):
        core.entries = core.arena_entries()
        assert core.entries, "no table of arenas was found"
    blocks = 0
    for entry in chance.sample(core.entries, min(len(core.entries), chance.choice([1, 1, 2]))):
        base, total = core.word(entry), core.word(entry + 16) >> 32
        for pool in range(base, base + total * core.pool_size, core.pool_size):
            blocks += core.pool_sizes(pool)[1] if core.offset(pool) is not None else 0
        change_words(core, chance, [entry + chance.randrange(6) * 8 for _ in range(chance.choice([1, 1, 3]))])
    return Allowed(blocks=blocks)


def collector_links(core, chance):
    ids = [one for name, ids in core.oracle["ids"].items() if core.oracle["collected"][name] for one in ids]
    ids += [one for one in core.oracle["large"][:300]]
    return Allowed(change_words(core, chance, [one - chance.choice([8, 16]) for one in chance.sample(ids, how_many(chance))]))


def malloc_chunks(core, chance):
    """The words in front of what malloc returned, which is at different distances from an object."""
    changed = 0
    for one in chance.sample(core.oracle["large"], how_many(chance)):
        changed += change_words(core, chance, [one - chance.choice([8, 16, 24, 32, 40, 48])])
    return Allowed(changed)


def bytes_of_arenas(core, chance):
    changed = how_many(chance)
    for _ in range(changed):
        core.put(core.pool(chance.choice(core.objects)) + POOL_HEAD + chance.randrange(core.pool_size - POOL_HEAD),
                 bytes([chance.getrandbits(8)]))
    return Allowed(changed)


def words_of_arenas(core, chance):
    changed = how_many(chance)
    return Allowed(change_words(core, chance, [
        core.pool(chance.choice(core.objects)) + POOL_HEAD + chance.randrange((core.pool_size - POOL_HEAD) // 8) * 8
        for _ in range(changed)]))


def copied_pages(core, chance):
    """A page of the heap twice."""
    pools = core.pools()
    one, other = chance.sample(pools, 2)
    blocks = core.pool_sizes(one)[1] + core.pool_sizes(other)[1]
    offset = core.offset(other)
    core.put(one, bytes(core.bytes[offset:offset + core.pool_size]))
    return Allowed(blocks=2 * blocks)


DERIVED = {"Plain": ["Derived"]}
HEAP_TYPES = ["Plain", "Derived", "Slotted", "Items", "Table", "Names", "Queue", "Ordered", "Bytes", "Text", "Number"]
STATIC_TYPES = ["set", "collections.deque", "collections.OrderedDict", "array.array", "float", "complex", "bytearray"]
TYPE_WORDS = {"ob_refcnt": 0, "ob_type": 8, "ob_size": 16, "tp_name": 24, "tp_basicsize": 32, "tp_itemsize": 40, "tp_flags": 168}
BASES = {"set": ["Names"], "collections.deque": ["Queue"], "collections.OrderedDict": ["Ordered"], "bytearray": ["Bytes"]}


def damage_type(core, chance, names):
    name = chance.choice(names)
    address = core.types[name]
    words = list(TYPE_WORDS.values()) + [chance.randrange(6, 50) * 8 for _ in range(4)]
    for where in chance.sample(words, chance.choice([1, 1, 1, 2, 5])):
        change_words(core, chance, [address + where])
    spoiled = [name] + DERIVED.get(name, []) + BASES.get(name, [])
    return Allowed(2, [core.types[one] for one in spoiled])


def heap_types(core, chance):
    return damage_type(core, chance, HEAP_TYPES)


def static_types(core, chance):
    return damage_type(core, chance, STATIC_TYPES)


def sizes_of_types(core, chance):
    """Plausible ones: the layout of the instances seems to be another one."""
    name = chance.choice(HEAP_TYPES + STATIC_TYPES)
    address = core.types[name]
    if chance.random() < .5:
        core.put_word(address + 32, chance.choice([8, 16, 24, 32, 40, 56, 64, 200, 512, 4096, 1 << 23]))
    else:
        core.put_word(address + 168, core.word(address + 168) ^ 1 << chance.choice([2, 3, 4, 9, 12, 14, 24, 25, 26, 27, 28, 29, 30, 31]))
    return Allowed(2, [core.types[one] for one in [name] + DERIVED.get(name, []) + BASES.get(name, [])])


def anywhere(core, chance):
    """The runtime itself may be hit."""
    for _ in range(chance.choice([100, 3000])):
        address, _, size = chance.choice(core.segments)
        core.put(address + chance.randrange(size), bytes([chance.getrandbits(8)]))
    return Allowed(any_status=True)


def words_anywhere(core, chance):
    for _ in range(chance.choice([100, 3000])):
        address, _, size = chance.choice(core.segments)
        address += chance.randrange(size // 8) * 8
        change_words(core, chance, [address])
    return Allowed(any_status=True)


KINDS = [object_counts, object_types, object_types_exchanged, object_sizes, in_front_of_objects, fields, containers,
         keys_of_dicts, nodes_of_ordered_dicts, blocks_of_deques, values_of_instances, pool_heads, free_lists, arena_table,
         collector_links, malloc_chunks, bytes_of_arenas, words_of_arenas, copied_pages, heap_types, static_types,
         sizes_of_types, anywhere, words_anywhere]


# Looking at it

Look = collections.namedtuple("Look", "run seconds kilobytes")


def look(core, command, *rest, limit=60):
    """One run of the tool, with the processor time and the memory that it took."""
    arguments = (command, "--json", *sysroot(core.interpreter), core.path, *rest)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(tool_command(*arguments), stdin=subprocess.DEVNULL, stdout=out, stderr=errors,
                                   env=tool_environment())
        timer = threading.Timer(limit, process.kill)
        timer.start()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        timer.cancel()
        out.seek(0)
        errors.seek(0)
        run = Run(arguments, process.returncode, out.read(), errors.read())
    assert run.returncode != -9, "not done after %s s\n%s" % (limit, str(run))
    assert run.returncode in (0, 1, 2), "a crash\n%s" % str(run)
    return Look(run, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)


def is_fast(one, bound, again):
    """The same work takes the same time again, but for what else the machine does at the moment."""
    return one.seconds < bound or again().seconds < bound


def result_of(run, command):
    """What an exit status of 0 or 1 leaves; None for 2."""
    if run.returncode == 2:
        run.error_line()
        return None
    document = run.json()
    assert document["command"] == command and document["complete"] == (run.returncode == 0), str(run)
    assert (run.returncode == 1) == bool(document["warnings"]), str(run)
    result = document["result"]
    if command == "memory":
        assert sum(one["bytes"] for one in result["categories"]) == result["total_bytes"], str(run)
        assert all(one["bytes"] >= 0 for one in result["categories"])
    elif command == "census":
        for key in ("objects", "bytes", "sizeof"):
            assert sum(one[key] for one in result["types"]) == result[key], key
            assert result[key] < 1 << 40, "%s: %d" % (key, result[key])
    return document


def objects_by_type(result):
    return {int(one["type_address"], 16): one["objects"] for one in result["types"]}


class Sound:
    """What is said of a core as it is, against which what is said of the damaged one is held."""

    def __init__(self, core):
        self.core = core
        looks = {command: look(core, command) for command in ("census", "memory")}
        assert [one.run.returncode for one in looks.values()] == [0, 0], "\n".join(str(one.run) for one in looks.values())
        results = {command: result_of(one.run, command)["result"] for command, one in looks.items()}
        self.objects = objects_by_type(results["census"])
        self.bytes = results["census"]["bytes"]
        self.used = results["memory"]["pymalloc"]["used_blocks"]
        self.seconds = {command: one.seconds for command, one in looks.items()}
        self.kilobytes = {command: one.kilobytes for command, one in looks.items()}
        for name, count in core.oracle["counts"].items():
            assert self.objects[core.types[name]] == count, name

    def check_cost(self, command, one):
        assert is_fast(one, self.seconds[command] * 4 + 0.5, lambda: look(self.core, command, limit=20)), (
            "%.2f s, not %.2f" % (one.seconds, self.seconds[command]))
        assert one.kilobytes < self.kilobytes[command] * 2 + 65536, "%d KB, not %d" % (one.kilobytes,
                                                                                      self.kilobytes[command])

    def check_census(self, document, allowed):
        now = objects_by_type(document["result"])
        off = {one: now.get(one, 0) - self.objects.get(one, 0) for one in set(now) | set(self.objects)}
        off = {one: count for one, count in off.items() if count and one not in allowed.types}
        # What changes its type is one less here and one more there.
        assert sum(map(abs, off.values())) <= 2 * allowed.objects + allowed.blocks, (
            "off by more than %d objects and %d blocks: %s" % (allowed.objects, allowed.blocks, {
                "%#x" % one: count for one, count in off.items()}))
        lost = {one for one in allowed.types if now.get(one, 0) < self.objects[one] - allowed.objects}
        assert not lost or document["warnings"], "types are gone, and nothing is said: %s" % sorted(map(hex, lost))

    def check_memory(self, document, allowed):
        pymalloc = document["result"]["pymalloc"]
        assert pymalloc and abs(pymalloc["used_blocks"] - self.used) <= allowed.blocks + 2 * allowed.objects, (
            pymalloc and pymalloc["used_blocks"], self.used)


# Questions that go through the references

GRAPH_EVERY = 7                 # of so many variants, one question each; no divisor of the number of kinds
ALL_HEAP = ("leaks", "retained")
QUESTIONS = ("leaks", "path", "retained", "refs", "refs --to")


def sums_of(result):
    """What has to be the sum of its parts, and what can be no more than all there is."""
    for garbage in [result["garbage"]] if "garbage" in result else []:
        for key in ("objects", "bytes"):
            assert sum(one[key] for one in garbage["groups"]) == garbage[key], garbage
    retainers = result["retainers"]
    kept = [one["retained_bytes"] for one in retainers]
    assert kept == sorted(kept, reverse=True), retainers
    if "reachable_bytes" in result:
        assert sum(one["retained_objects"] == 0 for one in retainers) == 0, retainers
        assert all(one["retained_objects"] <= result["reachable_objects"] for one in retainers), retainers


class SoundGraph:
    """What the questions cost that are asked of a core as it is."""

    def __init__(self, core):
        self.core = core
        self.costs = {}

    def cost(self, question, address):
        if question not in self.costs:
            one = self.ask(question, address, 60)
            assert one.run.returncode == 0, str(one.run)
            self.costs[question] = one
        return self.costs[question]

    def ask(self, question, address, limit):
        command, *options = question.split()
        return look(self.core, command, *([] if command in ALL_HEAP else ["%#x" % address]), *options, limit=limit)


def examine_graph(core, sound, kind, number):
    """One question about a damaged core: an object, which may be damaged itself, may not be one any more."""
    chance = random.Random("%d %s %d graph" % (SEED, kind.__name__, number))
    question = QUESTIONS[number // GRAPH_EVERY % len(QUESTIONS)]
    address = chance.choice(core.objects)
    cost = sound.cost(question, address)
    allowed = kind(core, random.Random("%d %s %d" % (SEED, kind.__name__, number)))
    one = sound.ask(question, address, 20)
    document = result_of(one.run, question.split()[0])
    if document and question in ALL_HEAP:
        sums_of(document["result"])
    if allowed.any_status:
        assert one.seconds < 15
        return
    assert document or question not in ALL_HEAP, "no result\n%s" % str(one.run)
    assert is_fast(one, cost.seconds * 4 + 1, lambda: sound.ask(question, address, 20)), (
        "%s: %.2f s, not %.2f" % (question, one.seconds, cost.seconds))
    assert one.kilobytes < cost.kilobytes * 2 + 65536, "%s: %d KB, not %d" % (question, one.kilobytes, cost.kilobytes)


@pytest.fixture(scope="module")
def cores(scratch):
    """Starts a program for each interpreter, and lets it die, when it is asked for."""
    needs_kernel_cores()
    made = {}

    def core_of(interpreter):
        if interpreter.label not in made:
            with Target(interpreter, "damaged.py", scratch=scratch, core_limit=True, options=["-S", "-E"]) as target:
                path = os.path.join(str(scratch), "damaged-" + interpreter.label)
                shutil.move(target.kernel_core(), path)
                made[interpreter.label] = Core(path, interpreter, target.oracle)
        return made[interpreter.label]
    yield core_of
    for core in made.values():
        core.close()
        os.unlink(core.path)


def examine(core, sound, kind, number):
    chance = random.Random("%d %s %d" % (SEED, kind.__name__, number))
    allowed = kind(core, chance)
    command = ("census", "memory")[number // len(KINDS) % 3 == 2]
    one = look(core, command, limit=20)
    document = result_of(one.run, command)
    if not allowed.any_status:
        assert document, "no result\n%s" % str(one.run)
        sound.check_cost(command, one)
        (sound.check_census if command == "census" else sound.check_memory)(document, allowed)
    else:
        assert one.seconds < 15
    return one.run.returncode


@pytest.mark.parametrize("interpreter", PYTHONS, ids=lambda one: one.label)
def test_variants(cores, interpreter):
    core = cores(interpreter)
    sound, sound_graph = Sound(core), SoundGraph(core)
    statuses, bad = collections.Counter(), []
    for number in range(max(VARIANTS // len(PYTHONS), len(KINDS))):
        kind = KINDS[number % len(KINDS)]
        try:
            statuses[examine(core, sound, kind, number)] += 1
            if number % GRAPH_EVERY == 0:
                core.undo()
                examine_graph(core, sound_graph, kind, number)
        except AssertionError as problem:
            bad.append("%s, number %d: %s" % (kind.__name__, number, str(problem)[:3000]))
            kept = os.environ.get("CPT_KEEP_DAMAGED")
            if kept:
                shutil.copy(core.path, os.path.join(kept, "%s-%s-%d" % (interpreter.label, kind.__name__, number)))
        finally:
            core.undo()
    assert not bad, "%d of %s\n%s" % (len(bad), statuses, "\n".join(bad))
    assert statuses[0] and statuses[1], "the damage changed nothing: %s" % statuses
    Sound(core)         # all of it was undone
