"""Objects of many kinds, with what Python says of each: repr, size, references, tracked or not, type, bases.

    objects.py ORACLE

The oracle also names addresses where there is no object any more.
"""
import array
import asyncio
import collections
import datetime
import decimal
import enum
import functools
import gc
import io
import itertools
import os
import sys
import threading
import types
import weakref

import parked


class Plain:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)

    def method(self):
        return self


class Attributes:
    def __init__(self):
        self.number, self.text, self.items = 1, "one", [1, [2, [3]]]


class Slotted:
    __slots__ = ("left", "right", "unset")

    def __init__(self):
        self.left, self.right = 1, "two"


class SlottedAndMore(Slotted):
    __slots__ = ("more",)


class SlottedWithDict(Slotted):
    pass


class WeakSlots:
    __slots__ = ("__weakref__", "a")


class Meta(type):
    pass


class WithMeta(Plain, metaclass=Meta):
    pass


class Empty:
    __slots__ = ()


class Int(int):
    pass


class Text(str):
    pass


class Bytes(bytes):
    pass


class Floating(float):
    pass


class Tuple(tuple):
    pass


class BareTuple(tuple):
    __slots__ = ()


class List(list):
    pass


class SlottedList(list):
    __slots__ = ("name",)


class Dict(dict):
    pass


class Set(set):
    pass


class Failure(Exception):
    pass


class Sized:
    def __sizeof__(self):
        return 4711


class SizedChild(Sized):
    pass


class Color(enum.Enum):
    RED = 1


class Both(Attributes, List):
    pass


Point = collections.namedtuple("Point", "x y")


class Large:
    __slots__ = tuple("slot%d" % number for number in range(58))


def function(a, b=2, *rest, **more):
    return a


def closure(captured):
    def inner(x):
        return captured, x
    return inner


def with_cell_argument(captured, *rest):
    other = 1
    return lambda: (captured, other)


def generate(limit):
    for number in range(limit):
        yield number


async def coroutine_function():
    await asyncio.sleep(0)


async def generate_async():
    yield 1


def failed():
    try:
        raise Failure("reason", 5)
    except Failure as error:
        return error


def weird_texts():
    latin, wide, astral = "caf\xe9" * 3, "\u4e2d\u6587" * 5, "\U0001f40d" * 4
    with_utf8 = "".join(["gr", "\xfc", "n"] * 4)
    compile("pass", with_utf8, "exec")
    hash(with_utf8)
    try:
        os.stat(with_utf8 + "/nowhere")
    except OSError:
        pass
    return {"latin": latin, "wide": wide, "astral": astral, "ascii": "".join(["plain"] * 7), "with utf8": with_utf8,
            "empty": "", "letter": "a", "text subclass": Text("sub"), "wide text subclass": Text("\u4e2d")}


def dicts():
    shared = [Plain(a=1, b=2), Attributes()]
    shrunk = {number: str(number) for number in range(100)}
    for number in range(90):
        del shrunk[number]
    ordered = collections.OrderedDict((str(number), number) for number in range(20))
    ordered.move_to_end("3")
    return {"empty dict": {}, "one entry": {"a": 1}, "text keys": {str(number): number for number in range(40)},
            "number keys": {number: number for number in range(300)}, "huge dict": dict.fromkeys(range(70000)),
            "deleted entries": shrunk, "attributes of an instance": vars(shared[1]), "their instance": shared[1],
            "dict with containers": {"a": []}, "dict subclass": Dict(x=1), "ordered": ordered,
            "empty ordered": collections.OrderedDict(), "default": collections.defaultdict(list, {1: [2]}),
            "counter": collections.Counter("abracadabra"), "namespace of a module": vars(parked),
            "types": {int: str, str: bytes, bytes: dict, dict: int}}


def sequences():
    grown = []
    for number in range(1000):
        grown.append(number)
    drained = bytearray(b"x" * 100)
    del drained[:40]
    return {"empty list": [], "list": [1, 2, 3], "grown list": grown, "nested": [[1], [2, [3]]], "empty tuple": (),
            "tuple of atoms": tuple([1, "a"]), "tuple of lists": ([], []),
            "tuple of types": (int, str, dict, list, float),
            "list of types": [int, str, dict, list, float, set, bytes, tuple],
            "list subclass": List([1, 2]), "slotted list": SlottedList([1]),
            "tuple subclass": Tuple((1, 2)), "bare tuple subclass": BareTuple((1, 2)), "named tuple": Point(1, 2),
            "struct sequence": os.stat("/"), "range": range(5, 50, 5), "slice": slice(1, None, 2),
            "bytes": bytes(range(40)), "no bytes": b"", "bytes subclass": Bytes(b"abc"), "bytearray": bytearray(b"abc"),
            "empty bytearray": bytearray(), "drained bytearray": drained, "memoryview": memoryview(b"abcdef"),
            "array": array.array("d", [1.5] * 9), "empty array": array.array("b"),
            "deque": collections.deque(range(200)),
            "empty deque": collections.deque(), "bounded deque": collections.deque([1, 2], 5),
            "set": {1, 2, 3}, "large set": set(range(1000)), "empty set": set(), "frozenset": frozenset("abc"),
            "set of types": {int, str, dict, list, float, bytes}, "set subclass": Set([1])}


def numbers():
    return {"none": None, "true": True, "small": 5, "zero": 0, "negative": -10 ** 12, "large": 10 ** 200,
            "int subclass": Int(7), "int subclass of 0": Int(0), "large int subclass": Int(10 ** 50),
            "float": 1.25 * len(sys.argv),
            "float subclass": Floating(2.5), "complex": complex(len(sys.argv), 2), "decimal": decimal.Decimal("1.5"),
            "long decimal": decimal.Decimal("1." + "123456789" * 30), "ellipsis": ..., "not implemented": NotImplemented}


def callables():
    def local():
        pass

    numbers = generate(5)
    next(numbers)
    ended = generate(0)
    list(ended)
    waiting = coroutine_function()
    return {"function": function, "local function": local, "closure": closure([1]), "lambda": lambda x: x,
            "cell": closure([2]).__closure__[0], "code": function.__code__,
            "code with cell arguments": with_cell_argument.__code__, "code with cells": closure.__code__,
            "inner code": closure(1).__code__,
            "method": Plain().method, "built-in": len, "built-in method": [].append, "slot wrapper": int.__add__,
            "method descriptor": str.join, "member": types.FunctionType.__globals__,
            "getset": types.FunctionType.__code__,
            "static": staticmethod(len), "class method": classmethod(len), "property": property(len),
            "partial": functools.partial(int, base=2), "cached": functools.lru_cache(maxsize=None)(function),
            "super": super(Attributes, Attributes()), "generator": numbers, "ended generator": ended,
            "coroutine": waiting,
            "async generator": generate_async(), "iterator": iter([1, 2]), "product": itertools.product([1], [2]),
            "count": itertools.count(10 ** 20), "enumerate": enumerate("abc"), "frame": sys._getframe().f_back,
            "generator's frame": numbers.gi_frame}


def instances():
    error = failed()
    target = Plain(target=1)
    slotted = SlottedAndMore()
    with_dict = SlottedWithDict()
    with_dict.extra = 5
    many = Plain(**{"attribute%d" % number: number for number in range(60)})
    read = Attributes()
    read.__dict__
    return {"object": object(), "plain": Plain(a=1), "without attributes": Plain(), "many attributes": many,
            "attributes": Attributes(), "attributes that were read": read, "slotted": Slotted(), "more slots": slotted,
            "slots and dict": with_dict, "weak slots": WeakSlots(), "empty slots": Empty(),
            "with metaclass": WithMeta(b=1),
            "sized": Sized(), "child of sized": SizedChild(), "error": error, "traceback": error.__traceback__,
            "its frame": error.__traceback__.tb_frame, "value error": ValueError("no"),
            "os error": OSError(2, "none", "x"),
            "exit": SystemExit(3), "color": Color.RED, "instance and list": Both(), "weak reference": weakref.ref(target),
            "its target": target, "proxy": types.MappingProxyType({1: 2}), "simple namespace": types.SimpleNamespace(a=1),
            "keys view": {1: 2}.keys(), "lock": threading.Lock(), "recursive lock": threading.RLock(),
            "event": threading.Event(), "bytes buffer": io.BytesIO(b"abc"), "text buffer": io.StringIO("abc"),
            "date": datetime.date(2024, 2, 29), "naive": datetime.datetime(2024, 2, 29, 1, 2, 3),
            "aware": datetime.datetime(2024, 2, 29, tzinfo=datetime.timezone.utc), "delta": datetime.timedelta(5, 6, 7)}


def classes():
    return {"int type": int, "type type": type, "object type": object, "plain class": Plain, "slotted class": Slotted,
            "metaclass": Meta, "class with metaclass": WithMeta, "exception class": Failure, "enum class": Color,
            "class with two bases": Both, "ordered dict type": collections.OrderedDict, "deque type": collections.deque,
            "abstract class": io.IOBase, "module": sys, "written module": parked, "hidden type": type(iter([]))}


def name_of(cls):
    return cls.__qualname__ if cls.__module__ == "builtins" else "%s.%s" % (cls.__module__, cls.__qualname__)


# Objects that all code uses: their references change as the program goes on, unless they are immortal.
SHARED = ("none", "true", "small", "zero", "empty tuple", "empty", "letter", "no bytes", "ellipsis", "not implemented",
          "int type", "type type", "object type", "frame", "namespace of a module", "module", "written module")
IMMORTALS = sys.version_info >= (3, 12)


def collect():
    made = {}
    for make in (numbers, weird_texts, sequences, dicts, callables, instances, classes):
        made.update(make())
    return made


# What objects consist of, with the labels that are expected.
ATTRIBUTES = ("plain", "without attributes", "many attributes", "attributes", "attributes that were read", "its target")
SLOTS = {"slotted": ("left", "right"), "more slots": ("left", "right"), "slots and dict": ("left", "right", "extra")}
ITEMS = ("list", "nested", "empty list", "tuple of atoms", "empty tuple", "named tuple", "deque", "empty deque",
         "bounded deque", "list subclass", "grown list")
ENTRIES = ("one entry", "text keys", "number keys", "empty dict", "attributes of an instance", "deleted entries",
           "dict with containers", "ordered", "empty ordered", "default", "counter", "dict subclass")


def parts_of(name, entry):
    if name in ATTRIBUTES:
        return [("." + key, value) for key, value in vars(entry).items()]
    if name in SLOTS:
        return [("." + key, getattr(entry, key)) for key in SLOTS[name]]
    if name in ITEMS:
        return [("[%d]" % number, item) for number, item in enumerate(entry)]
    if name in ENTRIES:
        more = [(".default_factory", entry.default_factory)] if name == "default" else []
        return [("[%r]" % (key,), value) for key, value in entry.items()] + more
    return None


def size_of(entry):
    try:
        return sys.getsizeof(entry)
    except TypeError:
        return None


def describe(names, objects):
    """Each entry is reached in the same way as the fresh object at the end, to which only the list refers."""
    described = {}
    own = sys.getrefcount(objects[-1]) - 1
    for number, name in enumerate(names):
        references = sys.getrefcount(objects[number])
        immortal = IMMORTALS and references >= 0x80000000
        described[name] = {"references": references if immortal else references - own, "immortal": immortal,
                           "shared": name in SHARED and not immortal, "size": size_of(objects[number]),
                           "tracked": gc.is_tracked(objects[number]), "address": id(objects[number]),
                           "type": name_of(type(objects[number])), "type_address": id(type(objects[number])),
                           "basic_size": type(objects[number]).__basicsize__,
                           "bases": [name_of(base) for base in type(objects[number]).__bases__],
                           "mro": [name_of(base) for base in type(objects[number]).__mro__]}
    for number, name in enumerate(names):
        described[name]["repr"] = repr(objects[number])
        parts = parts_of(name, objects[number])
        described[name]["parts"] = parts if parts is None else [(label, id(part), repr(part)) for label, part in parts]
    return described


def main():
    made = collect()
    names = list(made)
    objects = list(made.values()) + [object()]
    made = None
    doomed = [Large() for _ in range(40)] + [number * 0.5 for number in range(60)]
    for _ in range(3):
        gc.collect()
    gc.disable()
    document = {"version": sys.version_info[:3], "pid": os.getpid(), "recorder": 0,
                "objects": describe(names, objects), "freed": [id(one) for one in doomed]}
    parked.write_json(sys.argv[1], document)
    document = None
    # Nothing may take their places: no float is made from here on, and nothing as large as the others.
    doomed = None
    os.write(1, b"ready\n")
    parked.serve()


main()
