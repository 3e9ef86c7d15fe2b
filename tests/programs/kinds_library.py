"""Instances of all kinds of types of the standard library, of those that newer versions have, and of numpy's."""
import asyncio
import datetime
import importlib
import io
import json
import mmap
import operator
import os
import pickle
import queue
import random
import re
import string
import sys
import tempfile
import threading
import types
import uuid
import xml.etree.ElementTree

import kinds


def optional(*parts):
    """module.attribute, where this version has it."""
    try:
        return operator.attrgetter(parts[1])(importlib.import_module(parts[0]))
    except (ImportError, AttributeError):
        return None


# What is called with what.
CALLS = [
    ("hashlib", "md5", ()), ("hashlib", "sha256", (b"x",)), ("hashlib", "blake2b", ()), ("hashlib", "sha3_256", ()),
    ("_md5", "md5", ()), ("_blake2", "blake2s", ()), ("zlib", "compressobj", ()), ("zlib", "decompressobj", ()),
    ("bz2", "BZ2Compressor", ()), ("lzma", "LZMACompressor", ()), ("lzma", "LZMADecompressor", ()),
    ("sqlite3", "connect", (":memory:",)), ("ssl", "create_default_context", ()), ("ssl", "MemoryBIO", ()),
    ("zoneinfo", "ZoneInfo", ("UTC",)), ("xml.parsers.expat", "ParserCreate", ()), ("select", "epoll", ()),
    ("select", "poll", ()), ("socket", "socket", ()), ("hmac", "new", (b"key", b"", "sha256")),
    ("_lsprof", "Profiler", ()), ("_heapq", "heapify", ([],)), ("symtable", "symtable", ("x = 1", "f", "exec")),
    ("ast", "parse", ("x = [1]",)), ("_random", "Random", ()), ("_json", "make_scanner", (json.JSONDecoder(),)),
    ("threading", "Event", ()), ("codecs", "getincrementalencoder", ("shift_jis",)), ("codecs", "lookup", ("utf-8",)),
    ("builtins", "frozendict", ()), ("builtins", "frozendict", ({number: 1 for number in range(20)},)),
    ("builtins", "sentinel", ("S",)), ("unicodedata", "ucd_3_2_0.normalize", ("NFC", "a")),
    ("weakref", "WeakValueDictionary", ()), ("compression.zstd", "ZstdCompressor", ()),
    ("compression.zstd", "ZstdDecompressor", ()), ("pickle", "PickleBuffer", (b"x",)),
    ("concurrent.interpreters", "create", ()), ("concurrent.interpreters", "create_queue", ()),
    ("xml.etree.ElementTree", "TreeBuilder", ()), ("xml.etree.ElementTree", "XMLParser", ()),
    ("collections", "ChainMap", ({1: 2},)), ("ipaddress", "ip_address", ("::1",)), ("pathlib", "Path", ("/",)),
    ("io", "IncrementalNewlineDecoder", (None, True)),
]


def library():
    loop = asyncio.new_event_loop()
    future = loop.create_future()
    task = loop.create_task(kinds.coroutine())
    loop.call_soon(loop.stop)
    loop.run_forever()
    simple = queue.SimpleQueue()
    for number in range(100):
        simple.put(number)
    made = [loop, future, task, simple, queue.Queue(5), threading.Lock(), threading.RLock(), threading.Condition(),
            threading.current_thread(), re.compile("a(b)*c|[d-f]{3}" * 5), re.match("(a)(b)?(c)", "abc"),
            random.Random(3), mmap.mmap(-1, 8192), datetime.timezone.utc,
            datetime.timezone(datetime.timedelta(1, 0) / 3, "name"), string.Formatter(), os.stat("/"), os.times(),
            sys.version_info, sys.flags, sys.implementation, types.FunctionType(kinds.function.__code__, {}),
            uuid.uuid4(), importlib.machinery.SourceFileLoader("a", "b")]
    for module, name, arguments in CALLS:
        call = optional(module, name)
        try:
            made.append(call(*arguments) if call else None)
        except Exception as error:
            made.append(error)
    if "sqlite3" in sys.modules:
        database = sys.modules["sqlite3"].connect(":memory:")
        cursor = database.execute("select 1, 'two'")
        made += [database, cursor, cursor.fetchone()]
    return made


def files():
    empty, small, read = io.BytesIO(), io.BytesIO(b"small"), io.BytesIO(b"x" * 5000)
    small.write(b"and more")
    kept = read.getvalue()
    named = tempfile.NamedTemporaryFile(buffering=100)
    made = [empty, small, read, kept, io.BytesIO(kept), io.StringIO("a" * 100), named, open("/dev/null"),
            open("/dev/null", "rb"),
            open("/dev/null", "wb", 0), open("/dev/null", "wb", 300),
            io.BufferedRandom(io.BytesIO()), io.BufferedRWPair(io.BytesIO(), io.BytesIO()),
            io.BufferedReader(io.BytesIO(), 17),
            io.BufferedWriter(io.BytesIO(), 5000), io.TextIOWrapper(io.BytesIO()), sys.stdin, sys.stdout]
    for index in range(3):
        made.append(io.BytesIO())
        for _ in range(10 ** index):
            made[-1].write(b"some of it")
    closed = open("/dev/null", "rb")
    closed.close()
    detached = io.BufferedReader(io.BytesIO())
    detached.detach()
    exported = io.BytesIO(b"exported")
    return made + [closed, detached, exported, exported.getbuffer()]


def pickles():
    made = []
    for count in (0, 1, 5, 10, 100, 3000):
        target = io.BytesIO()
        pickler = pickle.Pickler(target)
        pickler.dump([[number] for number in range(count)])
        target.seek(0)
        unpickler = pickle.Unpickler(target, encoding="latin-1", errors="surrogateescape")
        unpickler.load()
        lines = pickle.Unpickler(io.BytesIO(pickle.dumps([("text%d" % number, [1]) for number in range(count)], 0)))
        lines.load()
        made += [pickler, unpickler, lines, pickler.memo, unpickler.memo]
    return made


def elements():
    tree = xml.etree.ElementTree.fromstring("<a><b c='d'>text</b>%s</a>" % ("<e/>" * 50))
    several = [xml.etree.ElementTree.Element("x") for _ in range(8)]
    for number, element in enumerate(several):
        for _ in range(number):
            xml.etree.ElementTree.SubElement(element, "y", {} if number % 2 else {"a": "b"})
    return [tree, several, tree.iter(), iter(tree)]


def syntax_tree():
    parse = optional("parser", "expr")
    return [parse("1 + 1")] if parse else []


NEWER = [
    (3, 8), "def positional(a, /, b): return (c := a)",
    (3, 9), "made = [list[int], dict[str, int]]\nclass G(list[int]): pass\nmade.append(G())",
    (3, 10), "made = int | str\nmatch [1, 2]:\n case [a, *b]: pass",
    (3, 11), "made = ExceptionGroup('several', [ValueError(1), TypeError()])\ndef f(*a: *tuple[int]): pass",
    (3, 12), "type Alias[T] = list[T]\nclass C[T, *U, **P]: pass\ndef g[T](x: T) -> T: return x\n"
    "made = [C[int, str, [int]], C.__type_params__]",
    (3, 14), "name = 1\nmade = [t'{name!r:>5} text {name}', t'']",
]


def newer():
    made = []
    for version, text in zip(NEWER[::2], NEWER[1::2]):
        if sys.version_info >= version:
            space = {}
            exec(text, space)
            made.append(space)
    return made


def of_numpy():
    import numpy
    shapes = [(), (0,), (1,), (7,), (1000,), (3, 4), (2, 3, 4, 5), (0, 5), (100, 100)]
    codes = "?bhilqBHILQefdgFDGSUVOMm"
    made = [numpy.zeros(shape, code) for shape in shapes for code in codes]
    kinds_of = ("S10", "U7", "V3", "M8[s]", "m8[D]", ">i4", "i4,f8,(3,)S2")
    made += [numpy.zeros(10, numpy.dtype(text)) for text in kinds_of]
    made += [one[1:] for one in made if one.ndim and len(one) > 1] + [one.T for one in made if one.ndim == 2]
    made += [numpy.frombuffer(b"12345678", "i4"), numpy.matrix([[1, 2]]), numpy.ma.array([1, 2], mask=[0, 1]),
             numpy.rec.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]),
             numpy.arange(5).view(type("Sub", (numpy.ndarray,), {})), numpy.random.default_rng(1),
             numpy.random.RandomState(1), numpy.nditer([1, 2]), numpy.broadcast([1], [2]), numpy.arange(3).flat,
             numpy.poly1d([1, 2]), numpy.vectorize(abs), numpy.array([None, "a", [1]], dtype=object)]
    if hasattr(numpy, "dtypes") and hasattr(numpy.dtypes, "StringDType"):
        made.append(numpy.array(["a", "b" * 100], dtype=numpy.dtypes.StringDType()))
    scalars = [numpy.dtype(code).type(1) for code in "?bhilqBHILQefdgFDG"] + [
        numpy.str_("text"), numpy.str_("\u20ac"), numpy.bytes_(b"bytes"), numpy.bytes_(), numpy.void(b"1234567"),
        numpy.datetime64("2020-01-01"), numpy.timedelta64(5, "s"), numpy.zeros(1, "i4,f8")[0],
        numpy.rec.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")])[0], numpy.datetime64("NaT"), numpy.longdouble(2),
        numpy.clongdouble(2), numpy.intc(1), numpy.longlong(1), numpy.uintc(1), numpy.ulonglong(1)]
    for base, value in ((numpy.float64, 1), (numpy.int64, 1), (numpy.int8, 1), (numpy.str_, "text"),
                        (numpy.bytes_, b"text"), (numpy.complex64, 1)):
        for derived in kinds.subclasses(base):
            scalars.append(derived(value))
    return [made, scalars]


def all_kinds(numpy):
    made = [make() for make in (library, files, pickles, elements, syntax_tree, newer)]
    return made + [of_numpy()] if numpy else made
