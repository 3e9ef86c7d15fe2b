"""Instances of all kinds of built-in types, and of classes that inherit from them or from those of the library."""
import array
import asyncio
import collections
import contextvars
import ctypes
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import io
import itertools
import operator
import os
import pickle
import queue
import random
import re
import struct
import sys
import threading
import types
import typing
import uuid
import weakref
import xml.etree.ElementTree


# Classes

BASES = {
    object: [()], dict: [(), ({number: number for number in range(50)},)], list: [(), (range(100),)],
    int: [(0,), (1,), (-5,), (10 ** 40,), (-10 ** 5000,)], float: [(1.5,)], complex: [(1j,)],
    str: [("",), ("text",), ("h\xe9",), ("\u20ac" * 100,), ("\U0001f600",), ("a" * 100000,)],
    bytes: [(b"",), (b"bytes",), (b"b" * 100000,)], bytearray: [(), (b"x" * 1000,)],
    tuple: [(), ((1, 2, 3),), (range(2000),)],
    set: [(), (range(4),), (range(5000),)], frozenset: [(), (range(4),), (range(5000),)],
    collections.deque: [(), (range(1000),), (range(10), 3)],
    collections.OrderedDict: [(), ([(number, 0) for number in range(30)],)],
    collections.defaultdict: [(), (list, {1: []})], collections.Counter: [("abracadabra",)],
    array.array: [("i",), ("d", range(1000)), ("b", b"bytes")], Exception: [(), ("text", 1)], OSError: [(2, "gone")],
    StopIteration: [(1,)], KeyError: [("key",)], UnicodeDecodeError: [("utf-8", b"\xff", 0, 1, "why")],
    SyntaxError: [("wrong",)], ImportError: [("no",)], datetime.date: [(2020, 1, 2)],
    datetime.datetime: [(2020, 1, 2, 3), (2020, 1, 2, 3, 4, 5, 6, datetime.timezone.utc)],
    datetime.timedelta: [(1, 2)], datetime.time: [(1, 2), (1, 2, 3, 4, datetime.timezone.utc)],
    decimal.Decimal: [("0",), ("1.5",), ("7" * 500,), ("NaN",)], decimal.Context: [()],
    fractions.Fraction: [(1, 3)], io.BytesIO: [(), (b"x" * 300,)], io.StringIO: [(), ("text" * 100,)],
    struct.Struct: [("",), ("<iiq",), ("i" * 200,), ("10s3x2h",)], types.SimpleNamespace: [()],
    weakref.ref: [(len,)], functools.partial: [(int, "1"), (print,)], itertools.count: [(), (10 ** 30,)],
    itertools.combinations: [("abcdef", 3)], itertools.permutations: [("abcdef", 2)],
    itertools.product: [("ab", "cd", "e")],
    itertools.combinations_with_replacement: [("abcd", 2)], itertools.chain: [("ab", "cd")], threading.local: [()],
    xml.etree.ElementTree.Element: [("tag",), ("tag", {"key": "value"})], queue.SimpleQueue: [()],
    random.Random: [(1,)], types.ModuleType: [("made",)], pickle.Unpickler: [(io.BytesIO(pickle.dumps([1])),)],
    pickle.Pickler: [(io.BytesIO(),)], property: [(len,)], classmethod: [(len,)], staticmethod: [(len,)],
    ctypes.c_int: [(), (5,)], ctypes.c_char_p: [(b"text",)], ctypes.py_object: [(object(),)],
    ctypes.c_double * 100: [()], uuid.UUID: [(None, b"0123456789abcdef")],
    type: [("Made", (), {}), ("Other", (dict,), {"a": 1})],
}


def subclasses(base):
    """Of one type: plain, with slots alone, with slots and all else, without weak references, and one of a mixin."""
    class Mixin:
        shared = 1

    class Slotted:
        __slots__ = ()

    wanted = [("Plain", (base,), {}), ("Slots", (base,), {"__slots__": ("left", "right")}),
              ("NoSlots", (base,), {"__slots__": ()}), ("Dict", (base,), {"__slots__": ("left", "__dict__")}),
              ("Weak", (base,), {"__slots__": ("left", "__weakref__")}), ("Mixed", (Mixin, base), {}),
              ("SlottedMixed", (Slotted, base), {"__slots__": ("one",)})]
    for name, bases, members in wanted:
        try:
            derived = type(base)(name, bases, dict(members)) if base is not type else type(name, bases, dict(members))
        except TypeError:       # those of variable size take no slots, others are no base at all
            continue
        yield derived
        yield type(base)("Child" + name, (derived,), {}) if base is not type else type("Child" + name, (derived,), {})


def instances():
    made = []
    for base, calls in BASES.items():
        for kind in [base] + list(subclasses(base)):
            for arguments in calls:
                try:
                    made.append(kind(*arguments))
                except AttributeError:          # a property without room for its __doc__
                    continue
                if hasattr(made[-1], "__dict__") and not isinstance(made[-1], type):
                    try:
                        made[-1].attribute = made[-1].another = 1
                    except (AttributeError, TypeError):
                        pass
    return made


class Plain:
    pass


class Busy:
    def __init__(self, count):
        for number in range(count):
            setattr(self, "attribute%d" % number, number)


class Sized(list):
    def __sizeof__(self):
        return 1234


class SizedByC(dict):
    __sizeof__ = list.__sizeof__


class Meta(type):
    field = 1

    def __prepare__(name, bases):
        return {"extra": 1}


class WithMeta(dict, metaclass=Meta):
    __slots__ = ("one", "two")


class Colour(enum.Enum):
    RED = 1
    GREEN = "green"


class Bits(enum.IntFlag):
    A = 1
    B = 2


@dataclasses.dataclass
class Data:
    left: int = 1
    right: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True)
class Frozen:
    left: int


Named = collections.namedtuple("Named", "a b c")


class Typed(typing.NamedTuple):
    a: int = 0


class Structure(ctypes.Structure):
    _fields_ = [("a", ctypes.c_int), ("b", ctypes.c_double * 7), ("c", ctypes.c_char * 100)]


class Nested(ctypes.Structure):
    _fields_ = [("first", Structure), ("many", Structure * 3), ("bits", ctypes.c_int, 3)]


class Either(ctypes.Union):
    _fields_ = [("a", ctypes.c_int), ("b", ctypes.c_double)]


def classes():
    made = [Plain(), Sized(), SizedByC(), WithMeta(), Data(), Frozen(1), Named(1, 2, 3), Typed(), Bits.A | Bits.B,
            list(Colour)]
    made += [Busy(count) for count in (1, 5, 29, 31, 64, 200)]
    for number in range(20):    # that share their keys, and those that do not any more
        made.append(Busy(3))
        if number % 3 == 0:
            vars(made[-1])["extra%d" % number] = 1
        if number % 4 == 0:
            del made[-1].attribute1
    made += [Structure(), Nested(), Either(), (Structure * 10)(), ctypes.pointer(Structure()),
             ctypes.byref(Structure()),
             ctypes.POINTER(Nested), ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(abs), ctypes.c_char * 77,
             (ctypes.c_int * 3) * 4, ((ctypes.c_int * 3) * 4)(), ctypes.create_string_buffer(1000),
             ctypes.CDLL(None).abs,
             ctypes.cast(0, ctypes.c_void_p), Structure.a, ctypes.BigEndianStructure]
    return made


# Built-in types

def function(one, *more, two=2, **rest):
    cell = one

    def inner():
        return cell, one, more, two

    yield inner
    yield rest


async def coroutine():
    await asyncio.sleep(1000)


async def agen():
    yield 1


def frames():
    try:
        raise ValueError
    except ValueError as error:
        return [error.__traceback__, error.__traceback__.tb_frame, sys._getframe()]


def sequences():
    made = [[], [1], list(range(1000)), [0] * 77, (), (1,), tuple(range(999)), set(), {1}, set(range(40)), frozenset(),
            frozenset(range(100)), range(5), range(10 ** 30), slice(1, 2), memoryview(b"bytes"), bytearray(),
            memoryview(array.array("i", range(24))).cast("B").cast("i", [2, 3, 4]), memoryview(bytearray(10))[2:5]]
    numbers = list(range(70000))
    words = [str(number) for number in numbers]
    for size in (1, 3, 4, 5, 7, 8, 15, 16, 17, 100, 300, 1000, 70000):
        some = numbers[:size]
        made += [some, set(some), dict.fromkeys(some), "x" * size, b"x" * size, 1 << size, dict.fromkeys(words[:size]),
                 bytearray(size), collections.deque(some), array.array("i", some),
                 collections.OrderedDict.fromkeys(some), tuple(some)]
    grown, shrunk = [], bytearray(100000)
    for number in range(1001):
        grown.append(number)
    del shrunk[50:]
    sparse = dict.fromkeys(range(1000))
    for number in range(990):
        del sparse[number]
    ends = collections.deque(range(500))
    for _ in range(130):
        ends.popleft()
        ends.append(1)
    front = bytearray(b"x" * 1000)
    del front[:600]
    return made + [grown, shrunk, sparse, dict(sparse), ends, front]


def texts():
    encodable = ["%s%d" % (letter, number) for letter in ("\xe9", "\u20ac", "\U0001f600", "a") for number in range(20)]
    utf8 = ctypes.pythonapi.PyUnicode_AsUTF8
    utf8.argtypes, utf8.restype = [ctypes.py_object], ctypes.c_char_p
    for text in encodable[:60]:     # C asks for UTF-8, which stays
        utf8(text)
    wide = ["wide %d" % number for number in range(5)] + ["w\xefde", "\U0001f600 wide"]
    if sys.version_info < (3, 12):
        as_wide = ctypes.pythonapi.PyUnicode_AsUnicode
        as_wide.argtypes, as_wide.restype = [ctypes.py_object], ctypes.c_void_p
        for text in wide:
            as_wide(text)
    return encodable + wide + ["h\xe9 \u20ac and more of it", "\xe9" * 50, "\u20ac" * 50, "\U0001f600" * 50,
                               "a" * 1000000, "\ud800"]


def numbers():
    return [0, 1, -1, 2 ** 30 - 1, 2 ** 30, 2 ** 60, -2 ** 60, 10 ** 100, 1 << 100000, True, None, 1.5, 1j, Ellipsis,
            NotImplemented] + [1 << bit for bit in range(0, 200, 7)] + [
        decimal.Decimal("1" * size) for size in range(1, 200, 13)]


def iterators():
    source, mapping = list(range(10)), {1: 2}
    tee = itertools.tee(iter(range(300)), 2)
    for _ in range(100):
        next(tee[0])
    made = [iter(source), iter(()), iter(mapping), iter(mapping.items()), iter(mapping.values()), iter("text"),
            iter(b"b"), iter({1}), iter(range(3)), iter(range(10 ** 30)), reversed(source),
            reversed(mapping) if sys.version_info >= (3, 8) else 0, mapping.keys(), mapping.values(), mapping.items(),
            enumerate(source), zip(source, source), map(len, source), filter(None, source), iter(int, 1),
            itertools.cycle("abc"), itertools.repeat(1, 5), itertools.accumulate(source), itertools.groupby(source),
            itertools.islice(source, 3), itertools.starmap(len, source), itertools.takewhile(len, source),
            itertools.dropwhile(len, source), itertools.compress(source, source), itertools.zip_longest(source, source),
            itertools.filterfalse(None, source), tee, iter(bytearray(3)), iter(collections.deque([1])),
            iter(collections.OrderedDict(a=1)), re.finditer("a", "aaa"), iter(array.array("i", [1])),
            iter(memoryview(b"b")), struct.iter_unpack("i", b"1234"), os.scandir("/"), csv_reader(),
            iter(struct.Struct("i").iter_unpack(b"1234"))]
    for name in ("combinations", "permutations", "combinations_with_replacement"):
        made += [getattr(itertools, name)(range(9), count) for count in (0, 1, 5, 9)]
        next(made[-2])
    for name in ("pairwise", "batched"):
        if hasattr(itertools, name):
            made.append(getattr(itertools, name)(*[source, 2][:1 + (name == "batched")]))
    return made


def csv_reader():
    import csv
    return [csv.reader(["a,b"]), csv.writer(io.StringIO())]


def callables():
    started, pending, waiting = function(1), coroutine(), agen()
    inner = next(started)
    cached = functools.lru_cache(maxsize=10)(abs)
    for number in range(20):
        cached(number)
    context = contextvars.copy_context()
    variable = contextvars.ContextVar("variable", default=1)
    token = variable.set(2)
    awaited = agen()
    made = [started, pending, waiting, inner, function(2), awaited.asend(None), awaited.athrow(ValueError),
            coroutine().__await__(), cached, context, variable, token, len, [].append, str.upper, function.__code__,
            inner.__code__, inner.__closure__, Plain.__dict__, type.__dict__["__dict__"], property(len),
            super(Meta, WithMeta), Meta.__call__, object().__repr__, functools.partial(int, base=2),
            functools.cmp_to_key(len), functools.cmp_to_key(len)(1), operator.itemgetter(1, 2),
            operator.attrgetter("a.b", "c"), operator.methodcaller("a", 1, b=2), types.MethodType(len, 1),
            functools.singledispatch(len), weakref.ref(inner), weakref.proxy(inner), weakref.WeakSet([inner]),
            weakref.WeakKeyDictionary({inner: 1}), weakref.finalize(inner, print), types.MappingProxyType({1: 2}),
            types.SimpleNamespace(a=1), frames(), typing.List[int], typing.Optional[int], typing.TypeVar("T")]
    code = "def f(%s):\n return %s" % (", ".join("a%d" % number for number in range(100)), "(lambda: a1, a2)")
    space = {}
    exec(code, space)
    exec("def g(a, b, *c, d, **e):\n x = 1\n def h(): return a, c, x, e\n return h, [i for i in a]", space)
    made.append(space)
    if hasattr(types, "GenericAlias"):
        made.append(list[int])
    for number in range(100):   # until it is specialised
        list(function(number))
        space["f"](*range(100))
    return made


def all_kinds():
    return [make() for make in (instances, classes, sequences, texts, numbers, iterators, callables)]
