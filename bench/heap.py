"""A Python process with a heap of a known number of objects, for `bench/census` and `bench/leaks`.

Usage: heap.py OBJECTS [KNOTS]

KNOTS: as many pairs of objects that only refer to one another; then the collector stays off.
Once the heap is built, prints one line of JSON that says what is in it, and answers commands on standard input, one line
of JSON for each:

    guppy3 DIRECTORY     hpy().heap() and its table, with guppy3 imported from DIRECTORY
    objgraph DIRECTORY   most_common_types(), likewise
    abort DIRECTORY      a fork of it ends with abort(), so that the kernel writes a core there

It ends when its standard input is closed, so it never outlives whoever started it.
"""
import collections
import gc
import json
import os
import resource
import sys
import time


class Point:
    __slots__ = ("x", "y", "serial")

    def __init__(self, serial):
        self.x, self.y, self.serial = serial * 0.5, serial * 0.25, None


class Record:
    def __init__(self, serial):
        self.name = "record %d" % serial
        self.items = [serial + 1000, "item %d" % serial, serial * 1.5]
        self.point = Point(serial)
        self.pair = (serial + 2000, "pair %d" % serial)


class Knot:
    """Garbage, with its tail: two objects that the collector would find."""

    __slots__ = ("itself", "tail")

    def __init__(self):
        self.itself, self.tail = self, [self]


def make_row(serial):
    return {"number": serial + 3000, "weight": serial * 2.5}


# What one record and its row are made of.
CONTENT = {"__main__.Record": 1, "__main__.Point": 1, "list": 1, "tuple": 1, "dict": 1, "str": 3, "int": 3, "float": 4}
OBJECTS_PER_RECORD = sum(CONTENT.values())
EXACT = ("__main__.Record", "__main__.Point")  # nobody else makes such objects
RECORDS_PER_SPARE = 15  # objects that are freed again, so that the pools have gaps as those of a real process


class Heap:
    def __init__(self, objects):
        self.records, self.rows, spare = [], collections.deque(), []
        for serial in range(objects // OBJECTS_PER_RECORD):
            self.records.append(Record(serial))
            self.rows.append(make_row(serial))
            if serial % RECORDS_PER_SPARE == 0:
                spare.append(Record(serial))
        spare.clear()

    def describe(self):
        count = len(self.records)
        return {"objects": count * OBJECTS_PER_RECORD, "blocks": sys.getallocatedblocks(),
                "tracked": len(gc.get_objects()), "exact": {name: count * CONTENT[name] for name in EXACT},
                "least": {name: count * each for name, each in CONTENT.items() if name not in EXACT},
                "example": hex(id(self.records[count // 2].pair))}


# ---------------------------------------------------------------------------------------------- peers from inside


def own_memory():
    """Resident memory of this process in bytes: now, its peak, and the anonymous part of it."""
    with open("/proc/self/status", encoding="ascii", errors="replace") as file:
        fields = dict(line.split(":", 1) for line in file)
    return [int(fields[name].split()[0]) * 1024 for name in ("VmRSS", "VmHWM", "RssAnon")]


def forget_peak():
    with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
        file.write("5")


def measure(look):
    """The figures of LOOK(), which returns how many objects it saw once its census is made."""
    forget_peak()
    resident, _, anonymous = own_memory()
    start = time.perf_counter()
    count = look()
    milliseconds = (time.perf_counter() - start) * 1e3
    _, peak, still_anonymous = own_memory()
    return {"ms": milliseconds, "objects": count() if callable(count) else count,
            "added_peak_bytes": peak - resident, "kept_bytes": still_anonymous - anonymous}


def look_with_guppy3():
    import guppy

    session = guppy.hpy()

    def look():
        heap = session.heap()
        str(heap)  # only now is it partitioned by type
        return heap.count

    return look


def look_with_objgraph():
    import objgraph

    def look():
        objgraph.most_common_types(limit=30, shortnames=False)
        return lambda: sum(objgraph.typestats(shortnames=False).values())

    return look


LOOKS = {"guppy3": look_with_guppy3, "objgraph": look_with_objgraph}


def look_from(directory, name):
    sys.path.insert(0, directory)
    try:
        return measure(LOOKS[name]())
    except Exception as error:  # whatever a foreign package does: the benchmark goes on without it
        return {"error": "%s: %s" % (type(error).__name__, error)}
    finally:
        sys.path.remove(directory)


def abort_in(directory):
    child = os.fork()
    if child == 0:
        os.chdir(directory)
        limit = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (limit, limit))
        os.abort()
    return {"pid": child, "dumped": os.WCOREDUMP(os.waitpid(child, 0)[1])}


def answer(line):
    name, directory = line.rstrip("\n").split(" ", 1)
    return abort_in(directory) if name == "abort" else look_from(directory, name)


def allow_any_tracer():
    """Let processes that are not our ancestors attach (Yama's ptrace_scope 1 would refuse them)."""
    try:
        import ctypes

        pr_set_ptracer, anyone = 0x59616D61, ctypes.c_ulong(-1)
        ctypes.CDLL(None).prctl(pr_set_ptracer, anyone, 0, 0, 0)
    except (ImportError, OSError, AttributeError):
        pass


def main():
    allow_any_tracer()
    gc.disable()
    heap = Heap(int(sys.argv[1]))
    gc.collect()  # tuples and dictionaries of atoms are untracked by a collection
    knots = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    if not knots:
        gc.enable()
    facts = dict(heap.describe(), knots=knots)
    for _ in range(knots):
        Knot()
    print(json.dumps(facts), flush=True)
    while True:
        line = sys.stdin.readline()
        if not line:
            break
        print(json.dumps(answer(line)), flush=True)


main()
