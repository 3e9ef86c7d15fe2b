"""What a program counted of itself (tests/programs/selfcensus.py), and how a census compares with it."""
import array
import bisect
import collections
import json
import os
import struct

Counted = collections.namedtuple("Counted", "name objects sizeof entry")


class Ranges:
    """Of addresses, by address."""

    def __init__(self, pairs):
        self.pairs = sorted(pairs)
        self.starts = [start for start, _ in self.pairs]

    def start(self, address):
        """Of the range that holds ADDRESS, or None."""
        at = bisect.bisect_right(self.starts, address) - 1
        return self.starts[at] if at >= 0 and address < self.pairs[at][1] else None

    def __contains__(self, address):
        return self.start(address) is not None


def mappings(pid):
    with open("/proc/%d/maps" % pid, errors="surrogateescape") as source:
        for line in source:
            bounds, flags, offset, _, _, *path = line.rstrip("\n").split(None, 5)
            start, end = (int(one, 16) for one in bounds.split("-"))
            yield start, end, flags, int(offset, 16), path[0] if path else ""


def _size_in_memory(path):
    """Up to where the last segment of an ELF file reaches from its first, what is set to zero included."""
    with open(path, "rb") as source:
        head = source.read(64)
        if head[:4] != b"\x7fELF":
            return None
        offset, = struct.unpack_from("<Q", head, 32)
        size, count = struct.unpack_from("<HH", head, 54)
        source.seek(offset)
        table = source.read(size * count)
    loads = []
    for number in range(count):
        kind, _, _, address, _, _, memory, _ = struct.unpack_from("<IIQQQQQQ", table, number * size)
        if kind == 1:
            loads.append((address, address + memory))
    return (loads[-1][1] - loads[0][0] // 4096 * 4096 + 4095) // 4096 * 4096 if loads else None


def images(pid):
    """What executables and libraries take up: everything static lies in there."""
    found, known = [], {}
    for start, end, _, offset, path in mappings(pid):
        if not path.startswith("/"):
            continue
        found.append((start, end))
        if offset == 0 and path not in known:
            known[path] = size = _size_in_memory(path) if os.path.exists(path) else None
            if size:
                found.append((start, start + size))
    return Ranges(_merged(found))


def _merged(pairs):
    merged = []
    for start, end in sorted(pairs):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return [tuple(one) for one in merged]


class Oracle:
    """Of one or several interpreters of a process, without what is static. `types`: by address."""

    def __init__(self, path, static, others=()):
        self.objects = {}               # address: (type's address, size)
        self.entries = {}
        for one in [path] + list(others):
            with open(one) as source:
                document = json.load(source)
            # An interpreter can reach into others through static types, where sizes are not for it to ask.
            failed = [why for address, why in document["failed"] if address not in self.objects]
            assert not failed, failed[:5]
            if one == path:
                self.document = document
            self.entries.update((int(address, 16), entry) for address, entry in document["types"].items())
            self._load(one + ".objects", static)
        self.types = self._count()

    def _load(self, path, static):
        numbers = array.array("Q")
        with open(path, "rb") as source:
            numbers.frombytes(source.read())
        for address, kind, size in zip(numbers[0::3], numbers[1::3], numbers[2::3]):
            if address not in static:
                self.objects.setdefault(address, (kind, size))

    def _count(self):
        counts = collections.Counter(kind for kind, _ in self.objects.values())
        sizes = collections.Counter()
        for kind, size in self.objects.values():
            sizes[kind] += size
        return {kind: Counted(self.entries[kind]["name"], counts[kind], sizes[kind], self.entries[kind])
                for kind in counts}

    def check_program(self):
        """What the program knows that it made is what walking found."""
        by_name = collections.Counter()
        for one in self.types.values():
            by_name[one.name] += one.objects
        wrong = {name: (count, by_name[name]) for name, count in self.document["program"].items()
                 if by_name[name] != count}
        assert not wrong, "the walk counted otherwise than the program: %s" % wrong
        assert len(self.document["program"]) > 40

    def dead(self, memory):
        """Objects that are not in MEMORY as objects of their types."""
        found, pieces = [], {start: data for start, data in memory}
        ranges = Ranges((start, start + len(data)) for start, data in pieces.items())
        for address, (kind, _) in self.objects.items():
            start = ranges.start(address)
            count, actual = struct.unpack_from("<QQ", pieces[start], address - start) if start else (0, 0)
            if actual != kind or not count & 0xffffffff:
                found.append((hex(address), self.entries[kind]["name"]))
        return found

    def lookalikes(self, memory, kinds):
        """Addresses of what could be objects of types KINDS in MEMORY (pairs of address and bytes) and are not among the
        objects: a reference count and a type where an object has them. No object that lives is left out, and hardly a
        dead one is in: to free one puts a pointer over its count or leaves it zero."""
        kinds = set(kinds)
        found = collections.defaultdict(set)
        for start, data in memory:
            words = array.array("Q")
            words.frombytes(data[:len(data) // 16 * 16])
            for number, kind in enumerate(words[1::2]):
                if kind in kinds:
                    count = words[2 * number] & 0xffffffff
                    if 0 < count and words[2 * number] >> 32 < 1 << 16 and start + 16 * number not in self.objects:
                        found[kind].add(start + 16 * number)
        return found


def heap_memory(pid, static):
    """(address, bytes) of what is private and writable, and no image's."""
    with open("/proc/%d/mem" % pid, "rb", buffering=0) as source:
        for start, end, flags, _, path in mappings(pid):
            if not flags.startswith("rw-p") or path.startswith("[v"):
                continue
            if start in static and end - 1 in static:
                continue
            try:
                source.seek(start)
                yield start, source.read(end - start)
            except OSError:
                continue


def by_address(document):
    return {int(one["type_address"], 16): one for one in document["result"]["types"]}
