"""Objects of every kind in known numbers, for heaps.py.

`kept` holds them. `expected` says how many objects there are of each class made here: the counts that heaps.py finds
by walking have to agree with them before they are compared with anything.
"""
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
import re
import string
import struct
import sys
import threading
import types
import weakref
import xml.etree.ElementTree as ElementTree

N = 100
kept = collections.defaultdict(list)
expected = {}


def keep(made):
    """Enters MADE objects of one class, which are counted."""
    made = list(made)
    kept[type(made[0]).__name__].extend(made)
    name = "%s.%s" % (__name__, type(made[0]).__qualname__)
    expected[name] = expected.get(name, 0) + len(made)


# Classes of the user

class Empty:
    pass


class Five:
    def __init__(self, number):
        self.one, self.two, self.three, self.four, self.five = number, str(number), [number], (number,), None


class Forty:
    """More attributes than fit into inline values or shared keys."""

    def __init__(self, number):
        for one in range(40):
            setattr(self, "attribute_%d" % one, number + one)


class Materialised:
    def __init__(self, number):
        self.number, self.text = number, "text %d" % number


class Growing:
    """Attributes set in another order each time, from outside."""


class Shrunk:
    def __init__(self, number):
        self.first, self.second, self.third = number, number, [number]


class Replaced:
    """Its __dict__ is another object's too."""


class Slotted:
    __slots__ = ("left", "right", "unset")

    def __init__(self, left):
        self.left, self.right = left, str(left)


class SlottedMore(Slotted):
    __slots__ = ("more",)


class SlottedWithDict(Slotted):
    pass


class WeakSlots:
    __slots__ = ("__weakref__", "value")


class DictSlots:
    __slots__ = ("__dict__", "value")


class NoSlots:
    __slots__ = ()


class Referred:
    pass


class Meta(type):
    pass


class WithMeta(metaclass=Meta):
    pass


class Generic:
    def __getattr__(self, name):
        return name


class Churned:
    """Of heaps.py's threads."""

    def __init__(self, number):
        self.number, self.items = number, [number, str(number)]


def make_instances():
    keep(Empty() for _ in range(N))
    keep(Five(number * 1000) for number in range(N))
    keep(Forty(number * 1000) for number in range(N))
    keep(Materialised(number) for number in range(N))
    kept["dicts of instances"] += [vars(one) for one in kept["Materialised"]]
    keep(Growing() for _ in range(N))
    for number, one in enumerate(kept["Growing"]):
        for attribute in range(number):
            setattr(one, "g%d" % ((attribute * 37 + number) % 101), attribute * 1000)
    keep(Shrunk(number) for number in range(N))
    for number, one in enumerate(kept["Shrunk"]):
        if number % 3:
            del one.second
        if number % 3 > 1:
            del one.first, one.third
    keep(Replaced() for _ in range(N))
    for number, one in enumerate(kept["Replaced"]):
        one.__dict__ = {"number": number, "more": [number]} if number % 2 else kept["Replaced"][number - 1].__dict__
    keep(Slotted(number) for number in range(N))
    keep(SlottedMore(number) for number in range(N))
    keep(SlottedWithDict(number) for number in range(N))
    for one in kept["SlottedWithDict"][:50]:
        one.extra = [1]
    keep(WeakSlots() for _ in range(N))
    kept["weak references"] += [weakref.ref(one) for one in kept["WeakSlots"][:50]]
    keep(DictSlots() for _ in range(N))
    for number, one in enumerate(kept["DictSlots"][:30]):
        one.value, one.other = number, str(number)
    keep(NoSlots() for _ in range(N))
    keep(Referred() for _ in range(N))
    kept["weak references"] += [weakref.ref(one, lambda reference: None) for one in kept["Referred"]]
    kept["weak references"] += [weakref.proxy(one) for one in kept["Referred"]]
    keep(WithMeta() for _ in range(N))
    keep(Generic() for _ in range(N))
    kept["weak dictionaries"] += [weakref.WeakValueDictionary(enumerate(kept["Referred"])),
                                  weakref.WeakKeyDictionary((one, 1) for one in kept["Referred"]),
                                  weakref.WeakSet(kept["Referred"])]


# Subclasses of built-in types

class Int(int):
    pass


class Float(float):
    pass


class Str(str):
    pass


class StrSlots(str):
    __slots__ = ()


class Bytes(bytes):
    pass


class Tuple(tuple):
    pass


class TupleSlots(tuple):
    __slots__ = ()


class List(list):
    pass


class ListSlots(list):
    __slots__ = ("more",)


class Dict(dict):
    pass


class DictSubSlots(dict):
    __slots__ = ("more",)


class Set(set):
    pass


class SetSlots(set):
    __slots__ = ()


class FrozenSet(frozenset):
    pass


class Deque(collections.deque):
    pass


class ByteArray(bytearray):
    pass


class Array(array.array):
    pass


class Ordered(collections.OrderedDict):
    pass


class Default(collections.defaultdict):
    pass


class Counting(collections.Counter):
    pass


class Failure(Exception):
    pass


class OsFailure(OSError):
    pass


class Date(datetime.datetime):
    pass


class Fraction(fractions.Fraction):
    pass


class Decimal(decimal.Decimal):
    pass


class Thread(threading.Thread):
    pass


def sizes():
    return list(range(0, 40)) + [63, 64, 65, 100, 127, 128, 129, 500, 1000]


def make_subclasses():
    keep(Int(256 ** number) for number in range(N))
    keep(Int(-number) for number in range(N))
    keep(Float(number) for number in range(N))
    keep(Str("x" * number) for number in sizes())
    keep(Str("\u20ac" * number) for number in sizes())
    keep(StrSlots("\xe9" * number) for number in sizes())
    keep(Bytes(number) for number in sizes())
    for kind in (Tuple, TupleSlots, List, ListSlots, Set, SetSlots, FrozenSet, Deque):
        keep(kind(range(1000, 1000 + number)) for number in sizes())
    for kind in (Dict, DictSubSlots, Ordered):
        keep(kind((one, str(one)) for one in range(number)) for number in sizes())
        keep(kind((str(one), one) for one in range(number)) for number in sizes())
    for kind in (List, Dict, Set, Deque, Str, Int, Tuple):
        for number, one in enumerate(kept[kind.__name__][:30]):
            one.attribute = [number]
            if number % 2:
                one.another = str(number)
    keep(ByteArray(number) for number in sizes())
    keep(Array("H", range(number)) for number in sizes())
    keep(Default(list, enumerate(range(number))) for number in sizes())
    keep(Counting(string.ascii_letters[:number % 50]) for number in sizes())
    keep(Failure("failure", number) for number in range(N))
    keep(OsFailure(number, "failure", "file %d" % number) for number in range(N))
    keep(Date(2000 + number, 1, 1) for number in range(N))
    keep(Fraction(number, 7) for number in range(N))
    keep(Decimal("1" * number) for number in range(1, N))
    keep(Thread() for _ in range(5))


# What the library makes of classes

@dataclasses.dataclass
class Data:
    number: int
    text: str
    items: list = dataclasses.field(default_factory=list)


Point = collections.namedtuple("Point", "x y z")


class Colour(enum.Enum):
    RED, GREEN, BLUE = "red", "green", "blue"


class Level(enum.IntEnum):
    LOW, HIGH = 1000, 2000


class Option(enum.Flag):
    A, B, C = 1, 2, 4


class Structure(ctypes.Structure):
    _fields_ = [("number", ctypes.c_long), ("text", ctypes.c_char_p), ("items", ctypes.c_int * 20)]


def make_library_classes():
    keep(Data(number, str(number)) for number in range(N))
    keep(Point(number, number, str(number)) for number in range(N))
    keep([Colour.RED, Colour.GREEN, Colour.BLUE])
    keep([Level.LOW, Level.HIGH])
    keep(Structure(number, b"text", (ctypes.c_int * 20)(*range(20))) for number in range(N))
    kept["ctypes"] += [ctypes.c_int(number) for number in range(N)]
    kept["ctypes"] += [ctypes.create_string_buffer(number) for number in range(1, 2000, 100)]
    kept["ctypes"] += [ctypes.pointer(one) for one in kept["Structure"][:10]]
    kept["ctypes"] += [ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(abs) for _ in range(10)]
    kept["ctypes"] += [ctypes.cast(one, ctypes.c_void_p) for one in kept["ctypes"][-30:-10]]
    kept["simple namespaces"] += [types.SimpleNamespace(number=number, text="t") for number in range(N)]
    kept["enums"] += [Option.A | Option.B, Option.B | Option.C]


# Containers

def make_sets():
    for number in list(range(0, 70)) + [100, 500, 1000, 3000]:
        kept["sets"].append(set(range(number)))
        kept["sets"].append(frozenset(str(one) for one in range(number)))
    for number in (1, 4, 5, 8, 100, 2000):
        emptied = set(range(number))
        emptied.clear()
        kept["sets"].append(emptied)
        popped = set(range(number))
        while popped:
            popped.pop()
        kept["sets"].append(popped)
        copied = set(range(number)) | {"x"}
        copied.discard(0)
        kept["sets"].append(copied.copy())
        kept["sets"].append(copied)


def make_deques():
    for number in list(range(0, 70)) + [127, 128, 129, 600]:
        kept["deques"].append(collections.deque(range(number)))
        rotated = collections.deque(range(number))
        rotated.rotate(number // 3)
        kept["deques"].append(rotated)
        kept["deques"].append(collections.deque(range(number * 2), maxlen=number))
        emptied = collections.deque(range(number))
        while emptied:
            emptied.popleft()
        kept["deques"].append(emptied)
        cleared = collections.deque([None] * number)
        cleared.clear()
        kept["deques"].append(cleared)
        walking = collections.deque()
        for one in range(number):
            walking.append(one)
            if one % 3:
                walking.popleft()
        kept["deques"].append(walking)


def make_dicts():
    for number in list(range(0, 70)) + [85, 86, 170, 171, 1000]:
        kept["dicts"].append({one: None for one in range(number)})
        kept["dicts"].append({"key %d" % one: one for one in range(number)})
        kept["dicts"].append({(one, one): {} for one in range(number)})
        kept["dicts"].append(dict.fromkeys(map(str, range(number))))
    for number in (1, 5, 6, 11, 1000):
        emptied = {one: one for one in range(number)}
        for one in range(number):
            del emptied[one]
        kept["dicts"].append(emptied)
        cleared = {str(one): one for one in range(number)}
        cleared.clear()
        kept["dicts"].append(cleared)
        half = {str(one): one for one in range(number)}
        for one in range(0, number, 2):
            del half[str(one)]
        kept["dicts"] += [half, half.copy(), dict(half), {**half}]
    kept["dicts"].append({one: one for one in range(20000)})
    for number in sizes():
        kept["ordered"].append(collections.OrderedDict((str(one), one) for one in range(number)))
        kept["ordered"].append(collections.defaultdict(list, {one: [] for one in range(number)}))
        kept["ordered"].append(collections.Counter(range(number)))
    kept["chains"] += [collections.ChainMap({}, {1: 2}) for _ in range(20)]
    kept["views"] += [view for one in kept["dicts"][:10] for view in (one.keys(), one.values(), one.items(),
                                                                    types.MappingProxyType(one))]


def make_lists():
    for number in list(range(0, 70)) + [500, 1000]:
        kept["lists"].append(list(range(number)))
        kept["lists"].append([None] * number)
        kept["tuples"].append(tuple(range(number)))
        kept["tuples"].append(tuple([one] for one in range(number)))
        appended = []
        for one in range(number):
            appended.append(one)
        kept["lists"].append(appended)
        kept["lists"].append([one for one in range(number)])
        cut = list(range(number))
        del cut[number // 2:]
        kept["lists"].append(cut)
        popped = list(range(number))
        while popped:
            popped.pop()
        kept["lists"].append(popped)
        cleared = list(range(number))
        cleared.clear()
        kept["lists"].append(cleared)
    kept["lists"].append([0] * 200000)
    kept["tuples"].append((0,) * 200000)
    nested = []
    for _ in range(2000):
        nested = [nested]
    kept["lists"].append(nested)


# Memory in a row

def make_bytes():
    for number in list(range(0, 70)) + [455, 456, 479, 480, 481, 500, 511, 512, 513, 1000, 100000, 400000]:
        kept["bytearrays"].append(bytearray(number))
        sliced = bytearray(b"x" * number)
        del sliced[:number // 3]
        kept["bytearrays"].append(sliced)
        grown = bytearray()
        for _ in range(min(number, 5000)):
            grown.append(1)
        kept["bytearrays"].append(grown)
        emptied = bytearray(b"x" * number)
        emptied.clear()
        kept["bytearrays"].append(emptied)
        kept["bytes"].append(b"b" * number)
        kept["arrays"].append(array.array("b", bytes(number)))
        kept["arrays"].append(array.array("d", [1.5] * min(number, 2000)))
        appended = array.array("q")
        for one in range(min(number, 1000)):
            appended.append(one)
        kept["arrays"].append(appended)
        written = io.BytesIO()
        written.write(b"w" * number)
        kept["streams"] += [io.BytesIO(b"r" * number), written, io.StringIO("r" * number)]
        text = io.StringIO()
        for _ in range(min(number, 100)):
            text.write("some text\u20ac")
        kept["streams"].append(text)
    kept["views"] += [memoryview(one) for one in kept["bytes"][:20]]
    kept["views"] += [memoryview(one)[::2] for one in kept["arrays"][30:60]]
    kept["views"].append(memoryview(bytes(24)).cast("B", (2, 3, 4)))


def make_texts():
    for number in list(range(0, 70)) + [200, 455, 460, 463, 464, 500, 1000, 100000, 300000]:
        for character in "a", "\xe9", "\u20ac", "\U0001f600":
            kept["texts"].append(character * number)
    for character in "\xe9", "\u20ac", "\U0001f600":
        for number in (1, 3, 10, 200, 1000):
            text = character * number + str(number)
            ctypes.pythonapi.PyUnicode_AsUTF8(ctypes.py_object(text))      # which keeps it
            kept["texts"].append(text)
    kept["texts"] += [sys.intern("interned text %d" % number) for number in range(N)]
    grown = ""
    for number in range(300):
        grown += "grown in place "
    kept["texts"].append(grown)


def make_numbers():
    for bits in list(range(0, 400)) + [1000, 10000, 1000000]:
        kept["ints"] += [1 << bits, -(1 << bits), (1 << bits) - 1]
    kept["floats"] += [number / 7 for number in range(1000)]
    kept["complexes"] += [complex(number, -number) for number in range(N)]
    kept["decimals"] += [decimal.Decimal(number) / 7 for number in range(N)]
    kept["decimals"] += [decimal.Decimal(10) ** number + 1 for number in range(0, 500, 20)]
    kept["decimals"] += [decimal.Decimal("1" * number) for number in range(1, 200, 7)]
    kept["decimals"] += [decimal.Context(prec=number) for number in range(1, 20)]
    kept["fractions"] += [fractions.Fraction(number, 13) for number in range(N)]


# Code that runs, or could

def closure(number):
    def inner(argument, default=number, *more, key=[number], **others):
        return number, argument
    return inner


def generate(number):
    local = [number]
    yield local
    yield number


async def wait(number):
    await Awaited()
    return number


async def generate_async(number):
    yield number
    await Awaited()


class Awaited:
    def __await__(self):
        yield self


class Callable:
    def __call__(self):
        pass

    def method(self):
        pass

    @staticmethod
    def static():
        pass

    @classmethod
    def of_class(cls):
        pass

    @property
    def value(self):
        return 1

    @functools.lru_cache(maxsize=None)
    def cached(self, number):
        return [number]


def fail(depth):
    local = [depth]
    if depth:
        fail(depth - 1)
    raise Failure(local)


def make_functions():
    kept["functions"] += [closure(number) for number in range(N)]
    kept["functions"] += [lambda number=number: number for number in range(N)]
    started = [generate(number) for number in range(N)]
    for one in started[:60]:
        next(one)
    for one in started[:20]:
        list(one)
    kept["generators"] += started
    coroutines = [wait(number) for number in range(N)]
    for one in coroutines:      # started, or Python would complain of them
        one.send(None)
    kept["generators"] += coroutines
    kept["generators"] += [generate_async(number) for number in range(N)]
    begun = [generate_async(number) for number in range(20)]
    for one in begun:
        step = one.asend(None)
        try:
            step.send(None)
        except StopIteration:
            pass
    kept["generators"] += begun
    keep(Callable() for _ in range(N))
    for one in kept["Callable"]:
        kept["methods"] += [one.method, one.of_class, one.static, one.__call__, one.__eq__]
        one.cached(1)
    kept["methods"] += [one.append for one in kept["lists"][:N]]
    kept["partials"] += [functools.partial(closure, number, key=number) for number in range(N)]
    for number in range(50):
        try:
            fail(number % 7)
        except Failure as failure:
            kept["failures"].append(failure)
    expected["%s.Failure" % __name__] = expected.get("%s.Failure" % __name__, 0) + 50
    kept["codes"] += [compile("def f(a, b=%d):\n    c = [a for a in b]\n    return lambda: (c, %r)\n" % (
        number, "constant %d" % number), "<made %d>" % number, "exec") for number in range(50)]
    for number in range(50):
        module = types.ModuleType("made_module_%d" % number)
        exec(kept["codes"][number], module.__dict__)
        kept["modules"].append(module)


def make_iterators():
    numbers, text, pairs = list(range(50)), "some text", {one: one for one in range(20)}
    for number in range(30):
        made = [iter(numbers), iter(text), iter(pairs), iter(tuple(numbers)), iter(range(number)), iter(set(numbers)),
                iter(pairs.values()), iter(pairs.items()), iter(b"bytes"), iter(bytearray(3)), iter(list, 1),
                reversed(numbers), enumerate(numbers), zip(numbers, text), map(str, numbers), filter(None, numbers),
                itertools.chain(numbers, text), itertools.count(number * 1000), itertools.cycle(text),
                itertools.repeat(number), itertools.islice(numbers, 3), itertools.product(numbers, text),
                itertools.permutations(numbers, 3), itertools.combinations(numbers, 2), itertools.groupby(numbers),
                *itertools.tee(numbers, 3)]
        for one in made[:20]:
            if number % 2:
                next(one, None)
        kept["iterators"] += made
    kept["ranges"] += [range(number, number * 1000, 3) for number in range(N)]
    kept["slices"] += [slice(number, number * 1000, None) for number in range(N)]


def make_others():
    zone = datetime.timezone(datetime.timedelta(hours=5, minutes=30), "zone")
    for number in range(N):
        day = datetime.datetime(2001, 2, 3, 4, 5, number % 60)
        kept["times"] += [day, day.replace(tzinfo=zone), day.replace(tzinfo=datetime.timezone.utc), day.date(),
                          day.time(), day.timetz(), day.replace(tzinfo=zone).timetz(),
                          datetime.timedelta(number, number)]
    kept["patterns"] += [re.compile("(?P<name>a%d)|(b)" % number) for number in range(50)]
    kept["matches"] += [re.match("(.)(.)", "match %d" % number) for number in range(N)]
    kept["structs"] += [struct.Struct("<%dqH" % number) for number in range(1, 50)]
    variables = [contextvars.ContextVar("variable %d" % number) for number in range(50)]
    for number, variable in enumerate(variables):
        kept["contexts"].append(variable.set([number]))
        if number % 10 == 0:
            kept["contexts"].append(contextvars.copy_context())
    kept["contexts"] += variables
    root = ElementTree.fromstring("<root a='1'>%s</root>" % "".join(
        "<item key='%d'>text %d<empty/><b>bold</b> tail</item>" % (number, number) for number in range(200)))
    kept["elements"].append(root)
    kept["locks"] += [threading.Lock() for _ in range(20)] + [threading.RLock() for _ in range(20)]
    kept["locks"] += [threading.Condition() for _ in range(20)] + [threading.Event() for _ in range(20)]
    kept["objects"] += [object() for _ in range(N)]


async def sleep_long(number):
    await asyncio.sleep(1000 + number)


def make_tasks():
    """Suspended tasks of an event loop that does not run any more."""
    loop = asyncio.new_event_loop()

    async def begin():
        tasks = [loop.create_task(sleep_long(number)) for number in range(N)]
        kept["tasks"] += tasks
        kept["tasks"] += [loop.create_future() for _ in range(N)]
        kept["tasks"] += [asyncio.Queue(), asyncio.Lock(), asyncio.Event()]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    loop.run_until_complete(begin())
    kept["tasks"].append(loop)


def make():
    make_instances()
    make_subclasses()
    make_library_classes()
    make_sets()
    make_deques()
    make_dicts()
    make_lists()
    make_bytes()
    make_texts()
    make_numbers()
    make_functions()
    make_iterators()
    make_others()
    make_tasks()
