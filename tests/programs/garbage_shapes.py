"""Functions that make cycles, each of another shape, and return an object of it; nothing else refers to it then.

Runs on every CPython from 3.8.
"""
import abc
import collections
import contextvars
import copy
import csv
import ctypes
import dataclasses
import datetime
import decimal
import enum
import functools
import io
import itertools
import json
import operator
import pickle
import random
import re
import sys
import threading
import types
import typing
import weakref
try:
    import asyncio
except ImportError:
    asyncio = None
try:
    import sqlite3
except ImportError:
    sqlite3 = None
try:
    import xml.etree.ElementTree as ElementTree
    import xml.parsers.expat as expat
except ImportError:
    ElementTree = expat = None

shapes = []
more_shapes = []        # through tables in C that no layout tells


def shape(function):
    shapes.append(function)
    return function


def more_shape(function):
    more_shapes.append(function)
    return function


class Node:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)

    def method(self, *arguments):
        return self


class Plain:
    """Without a dict of its own as long as nobody asks for it."""

    def method(self):
        return self


class Slotted:
    __slots__ = "first", "second"


class SlottedMore(Slotted):
    __slots__ = "third", "__weakref__"


class SlottedDict(Slotted):
    __slots__ = "__dict__",


class Finalized:
    finalized = 0

    def __del__(self):
        Finalized.finalized += 1


class Zone(datetime.tzinfo):
    def utcoffset(self, moment):
        return datetime.timedelta(0)


class AList(list):
    pass


class ADict(dict):
    pass


class ATuple(tuple):
    pass


class ASet(set):
    pass


class AnInt(int):
    pass


class AStr(str):
    pass


class Bytes(bytearray):
    pass


class APickler(pickle.Pickler):
    pass


class Error(Exception):
    pass


Pair = collections.namedtuple("Pair", "first second")
variable = contextvars.ContextVar("variable", default=None)
live = Node(name="live")
pattern = re.compile("(a)(b)?")


def looped(made, *through):
    """MADE, with an attribute that leads back to it."""
    made.me = list(through) + [made]
    return made


# Containers

@shape
def list_in_itself():
    one = ["text", 1.5]
    one.append(one)
    return one


@shape
def list_in_itself_often():
    one = []
    one.extend([one] * 20)
    return one


@shape
def dict_in_itself():
    one = {"number": 10 ** 30}
    one["me"] = one
    return one


@shape
def dict_keyed_by_objects():
    one = {}
    for number in range(20):
        one[Node(number=number, of=one)] = number
    return one


@shape
def emptied_dict():
    one = {number: [] for number in range(50)}
    one[None] = one
    for number in range(45):
        del one[number]
    return one


@shape
def tuple_through_list():
    one = ([], "a", (1, 2))
    one[0].append(one)
    return one


@shape
def sets():
    one = Node()
    one.set, one.frozen = {one, 1, 2, 3}, frozenset([one, None])
    return one


@shape
def large_set():
    one = Node(of=set())
    one.of.update([one] + list(range(100)) + [Node(of=one) for _ in range(30)])
    return one


@shape
def deque_in_itself():
    one = collections.deque(range(100))
    one.append(one)
    one.rotate(70)
    return one


@shape
def ordered_dict():
    one = collections.OrderedDict(a=1)
    one["me"] = one
    one["list"] = [one.keys(), iter(one)]
    return one


@shape
def default_dict():
    one = collections.defaultdict(lambda: one)
    one["a"]
    return one


@shape
def python_collections():
    one = collections.UserDict()
    one["me"] = [one, collections.ChainMap({"a": one}), collections.Counter({one.get: 1}), collections.UserList([one])]
    return one


@shape
def subclasses():
    one = AList()
    one.extend([one, ADict(me=one), ATuple((one, 1)), ASet([1]), AnInt(7), AStr("a")])
    for other in one:
        other.attribute = one
    return one


@shape
def named_tuple():
    one = Pair([], "b")
    one.first.append(one)
    return one


@shape
def name_space():
    one = types.SimpleNamespace(a=1)
    one.me = one
    return one


@shape
def proxy_of_dict():
    one = {}
    one["proxy"] = types.MappingProxyType(one)
    one["views"] = one.keys(), one.values(), one.items()
    return one


@shape
def iterators():
    one = [1, 2, 3]
    mapping, group, more = {"a": one}, {1, 2}, collections.deque([1, 2])
    one += [iter(one), reversed(one), iter((1, one)), iter(mapping), iter(mapping.values()), iter(mapping.items()),
            reversed(mapping), iter(group), iter(more), reversed(more), enumerate(one), zip(one, one),
            map(one.index, one), filter(one.index, one), iter(one.pop, one), iter(range(3)),
            iter("text"), iter(b"text")]
    return one


@shape
def started_iterators():
    one = [[number] for number in range(30)]
    started = [iter(one), enumerate(one), zip(one, one), iter(dict.fromkeys(map(str, one))), iter({1, 2, 3})]
    for other in started:
        next(other)
    one.append(started)
    return one


@shape
def iterator_tools():
    one = [1, 2, 3]
    one += [itertools.chain(one, one), itertools.chain.from_iterable([one]), itertools.cycle(one),
            itertools.islice(one, 2), itertools.repeat(one), itertools.accumulate(one),
            itertools.accumulate(one, one.count),
            itertools.starmap(one.index, one),
            itertools.takewhile(one.index, one), itertools.dropwhile(one.index, one), itertools.compress(one, one),
            itertools.filterfalse(one.index, one), itertools.zip_longest(one, one, fillvalue=one),
            itertools.groupby(one),
            itertools.product(one, [one]), itertools.combinations([one, one], 2), itertools.permutations([one, 2]),
            itertools.combinations_with_replacement([one], 1), itertools.count(10 ** 30), itertools.tee(one)]
    return one


@shape
def started_iterator_tools():
    one = [[1], [2], [3]]
    started = [itertools.chain(one, one), itertools.cycle(one), itertools.groupby(one), itertools.product(one, one),
               itertools.combinations(one, 2), itertools.permutations(one), itertools.zip_longest(one, one),
               itertools.combinations_with_replacement(one, 2), itertools.accumulate(one), itertools.tee(one)[1],
               itertools.islice(one, 2)]
    for other in started:
        next(other)
    one.append(started)
    return one


# Instances

@shape
def pair():
    one, other = Node(name="one"), Node(name="other")
    one.other, other.other = other, one
    return one


@shape
def plain_pair():
    one, other = Plain(), Plain()
    one.other, other.other = other, one
    return one


@shape
def plain_with_dict():
    one = Plain()
    one.me = one
    one.dict = one.__dict__
    return one


@shape
def many_attributes():
    one = Plain()
    for number in range(60):
        setattr(one, "attribute%d" % number, [number])
    one.me = one
    return one


@shape
def ring_with_chain():
    nodes = [Node(number=number) for number in range(5)]
    for before, after in zip(nodes, nodes[1:] + nodes[:1]):
        before.next = after
    nodes[2].chain = [Node(texts=["text %d" % number, {"number": number, "deeper": [[]]}]) for number in range(4)]
    return nodes[0]


@shape
def cycles_in_a_row():
    first, second, third = ([] for _ in range(3))
    first += [first, second]
    second += [second, [third]]
    third += [third, live]
    return first


@shape
def slots():
    one = Slotted()
    one.first, one.second = one, "text"
    return one


@shape
def more_slots():
    one, other = SlottedMore(), SlottedDict()
    one.first, one.third, other.second, other.attribute = other, [one], one, {one: other}
    return one


@shape
def finalized():
    one = Finalized()
    one.me = one
    return one


@shape
def finalized_in_chain():
    one = Node()
    one.me, one.chain = one, [Finalized(), Finalized()]
    return one


@shape
def copied():
    return copy.deepcopy(ring_with_chain())


# Functions

@shape
def closure():
    value = ["text"]

    def function():
        return function, value
    return function


@shape
def defaults():
    def function(argument=[], *, keyword=None):
        pass
    function.__defaults__[0].append(function)
    return function


@shape
def function_attributes():
    def function():
        pass
    function.__kwdefaults__ = {"keyword": function}
    function.attribute = [function]
    function.__annotations__["return"] = function
    function.__doc__ = [function]
    return function


@shape
def wrapped():
    @functools.lru_cache(maxsize=None)
    def function(argument):
        return argument, function

    @functools.lru_cache(maxsize=2)
    def bounded(argument):
        return argument, bounded
    for number in range(5):
        function(number)
        bounded((number, function))
    function.other = bounded
    return function


@shape
def dispatched():
    @functools.singledispatch
    def function(argument):
        return function

    @function.register(int)
    def _(argument):
        return function
    function.me = function
    return function


@shape
def partials():
    one = [1, 2, 3]
    one.append(functools.partial(one.append, one))
    one.append(functools.partial(live.method, key=one))
    one.append(looped(functools.partial(one.append)))
    one.append(functools.partialmethod(one.append, one))
    return one


@shape
def bound_methods():
    one = Node()
    one.bound, one.made = one.method, types.MethodType(len, one)
    one.items = []
    one.items += [one.items.append, one.items.__len__, one.__dict__.get, one.__str__]
    return one


@shape
def getters():
    one = []
    one += [operator.itemgetter(0, one), operator.methodcaller("name", one, key=one),
            functools.cmp_to_key(one.count)(one), operator.attrgetter("a.b")]
    return one


@shape
def descriptors():
    one = Node()
    one.all = [property(one.method), staticmethod(one.method), classmethod(one.method),
               functools.cached_property(one.method) if hasattr(functools, "cached_property") else None,
               super(Node, one), property().getter(one.method)]
    return one


# Frames, generators, exceptions

def _generator(argument):
    for one in [argument, argument]:
        me = yield one
        other = [me, (yield me)]
        yield other


@shape
def generator():
    one = _generator([1])
    next(one)
    one.send(one)
    return one


@shape
def generator_on_its_stack():
    def generate(box):
        yield [box, box, (yield len([1, *(yield box)]))]
    box = []
    one = generate(box)
    next(one)
    box.append(one)
    return box


@shape
def generator_not_started():
    box = []
    box.append(_generator(box))
    return box


@shape
def generators_in_one_another():
    def inner(box):
        value = [box]
        yield value

    def outer(box):
        yield from inner(box)
    box = []
    box.append(outer(box))
    next(box[0])
    return box


@shape
def generator_expression():
    box = [1, 2]
    box.append(one for one in box if one)
    next(box[2])
    box.append(box[2].gi_frame)
    return box


@shape
def finished_generator():
    box = []
    one = _generator(box)
    box += [one, one.send]
    one.close()
    return box


class _Awaited:
    def __await__(self):
        return (yield self)


@shape
def coroutine():
    async def wait(box):
        value = [box]
        await _Awaited()
        return value
    box = []
    box.append(wait(box))
    box[0].send(None)
    return box


@shape
def coroutines_in_one_another():
    async def inner(box):
        await _Awaited()
        return box

    async def outer(box):
        async with Manager(box):
            return [await inner(box)]

    class Manager:
        def __init__(self, box):
            self.box = box

        async def __aenter__(self):
            return self

        async def __aexit__(self, *exception):
            pass
    box = []
    box.append(outer(box))
    box[0].send(None)
    return box


@shape
def asynchronous_generator():
    async def generate(box):
        yield [box]
        await _Awaited()
    box = []
    one = generate(box)
    box.append(one)
    try:
        one.asend(None).send(None)
    except StopIteration as stop:
        box.append(stop.value)
    box += [one.asend(None), one.athrow(ValueError), one.aclose()]
    box[2].send(None)
    return box


@shape
def traceback_of_exception():
    def fail(box):
        local = {"box": box}
        try:
            raise Error("text", local)
        except Error as error:
            box.append(error)
    box = []
    fail(box)
    return box


@shape
def deep_traceback():
    def fail(box, depth):
        if depth:
            fail(box, depth - 1)
        raise KeyError(depth)
    box = []
    try:
        fail(box, 10)
    except KeyError as error:
        box.append(error)
    return box


@shape
def frame_in_itself():
    def function():
        frame = sys._getframe()
        return [frame][1:]
    function()
    return None


@shape
def frame_of_cell():
    def function():
        frame = sys._getframe()
        return lambda: frame
    return function()


@shape
def exceptions():
    one = Error("a")
    one.args = one,
    for kind in (ValueError, KeyError, StopIteration, SystemExit, OSError, ImportError, NameError, AttributeError,
                 SyntaxError, StopAsyncIteration):
        other = kind(one)
        other.attribute = other
        one.__context__, one.__cause__ = other, other
        other.__context__ = one
        one = other
    return one


@shape
def exceptions_with_fields():
    box = []
    box += [OSError(1, "text", looped(AStr("file"), box), None, looped(AStr("file2"))), StopIteration(box),
            SystemExit(box), SyntaxError("text", ("file", 1, 2, AStr("line")))]
    box.append(UnicodeDecodeError("utf-8", b"\xff", 0, 1, looped(AStr("reason"), box)))
    if sys.version_info >= (3, 10):
        box += [AttributeError("text", name="a", obj=box), NameError("text", name=looped(AStr("a"), box))]
    box.append(ImportError("text", name=looped(AStr("a"), box), path=looped(AStr("b"), box)))
    try:
        raise ValueError(box) from KeyError(box)
    except ValueError as error:
        box.append(error)
    return box


if sys.version_info >= (3, 11):
    @shape
    def exception_group():
        one = Error("a")
        one.group = ExceptionGroup("text", [one, ExceptionGroup("inner", [ValueError(one)])])
        one.add_note("note")
        return one

    @shape
    def exception_group_with_traceback():
        names = {"box": []}
        exec("try:\n"
             "    try:\n"
             "        raise ExceptionGroup('text', [ValueError(box), TypeError(box)])\n"
             "    except* ValueError as group:\n"
             "        box.append(group)\n"
             "except ExceptionGroup as group:\n"
             "    box.append(group)\n", names)
        return names


# Weak references

@shape
def weak_reference_with_callback():
    one = Node()
    one.reference = weakref.ref(one, one.method)
    one.others = [weakref.ref(live, one.method), weakref.proxy(live, one.method), weakref.proxy(one), weakref.ref(one)]
    return one


@shape
def weak_collections():
    one = Node()
    one.weak = [weakref.WeakValueDictionary(a=one, b=live), weakref.WeakKeyDictionary({one: one}),
                weakref.WeakSet([one, live]), weakref.WeakMethod(one.method)]
    return one


# Classes and modules

@shape
def class_alone():
    class Made:
        attribute = []

        def method(self):
            return super().method()
    return Made


@shape
def class_of_meta():
    class Meta(type):
        def method(cls):
            return cls

    class Made(Meta("Base", (), {"__slots__": ()}), metaclass=Meta):
        __slots__ = "a", "b"
    return Made


@shape
def class_and_instances():
    class Made(Node):
        pass
    Made.all = [Made(), Made(number=1)]
    return Made()


@shape
def classes_of_the_library():
    Made = collections.namedtuple("Made", "a b")
    Colour = enum.Enum("Colour", "red green")

    @dataclasses.dataclass
    class Data:
        field: list = dataclasses.field(default_factory=list)

    class Abstract(abc.ABC):
        @abc.abstractmethod
        def method(self):
            pass

    class Concrete(Abstract):
        def method(self):
            pass
    isinstance(1, Abstract)
    issubclass(Concrete, Abstract)
    return [Made(1, 2), Colour.red, Data(), Concrete()]


@shape
def typed():
    Made = type("Made", (), {"__annotations__": {"a": list}})
    T = typing.TypeVar("T", bound=Made)
    Made.variable, Made.alias = T, [T]
    if sys.version_info >= (3, 9):
        Made.alias += [types.GenericAlias(list, (Made, T)), iter(types.GenericAlias(list, (Made,)))
                       if sys.version_info >= (3, 11) else None]
    if sys.version_info >= (3, 10):
        Made.alias += [Made | None, typing.ParamSpec("P")]
    return Made


@shape
def new_syntax_of_types():
    if sys.version_info < (3, 12):
        return None
    names = {}
    exec("type Alias[T: (int, list)] = list[Alias, T]\n"
         "def function[T: Alias, **P, *Ts](a: T) -> Alias: return function\n"
         "class Made[T]: a: T; b: 'Made[T]'\n", names)
    names["Alias"].__value__
    names["Alias"].__type_params__
    del names["__builtins__"]
    return names


@shape
def module():
    one = types.ModuleType("made", "text")
    one.me, one.function = one, lambda: one
    return one


@shape
def code_that_ran():
    names = {"__name__": "made"}
    exec("class A:\n    def method(self): return A\ndef f(a=A()): return g\ndef g(): return f\n", names)
    return names


# Of other modules

@shape
def files():
    one = looped(io.StringIO("text"))
    one.others = [looped(io.BytesIO(b"text"), one), looped(io.TextIOWrapper(io.BytesIO(b"text")), one),
                  looped(io.BufferedReader(io.BytesIO(b"text")), one), io.BufferedRWPair(io.BytesIO(), io.BytesIO())]
    return one


@shape
def memory_views():
    one = looped(Bytes(b"text"))
    one.view = memoryview(one)
    one.part = one.view[1:]
    one.slice = slice(one, None, [one])
    return one


@shape
def contexts():
    one = contextvars.Context()
    one.run(variable.set, one)
    other = one.copy()
    one.run(variable.set, [other, one])
    box = [one, iter(one), one.keys()]
    box.append(one.run(variable.set, box))
    return one


@shape
def own_variable():
    one = contextvars.ContextVar("one", default=[])
    one.get().append(one)
    return one


@shape
def local_of_thread():
    one = threading.local()
    one.me = one
    return one


@shape
def locks():
    one = looped(threading.Condition())
    one.event, one.semaphore = threading.Event(), threading.Semaphore()
    one.barrier = threading.Barrier(2, one.notify)
    one.thread = threading.Thread(target=one.notify)
    return one


@shape
def readers_and_writers():
    one = Node()
    one.write = one.method
    one.all = [csv.writer(one), csv.reader(iter([one, []])), json.JSONEncoder(default=one.method),
               json.JSONDecoder(object_hook=one.method), looped(random.Random(1)), decimal.Context()]
    return one


@more_shape
def pickler():
    one = APickler(io.BytesIO())
    one.persistent_id = lambda other: one
    return one


@more_shape
def pickler_with_memo():
    one = []
    pickler = pickle.Pickler(io.BytesIO())
    pickler.dump([one, (one, "text")])
    one.append(pickler)
    return one


@shape
def matches():
    one = []
    one += [pattern.match(looped(AStr("abc"), one)), pattern.finditer(looped(AStr("abab"), one)), pattern.scanner("ab")]
    return one


if ElementTree:
    @shape
    def elements():
        one, other = ElementTree.Element("one", {"a": "b"}), ElementTree.Element("other")
        one.append(other)
        other.append(one)
        other.text = "text"
        for _ in range(10):
            one.append(ElementTree.Element("more"))
        return one

    @shape
    def builder():
        box = [ElementTree.TreeBuilder()]
        box[0].start("a", {})
        box[0].data(looped(AStr("text"), box))
        return box

    @more_shape
    def parser():
        one = expat.ParserCreate()
        one.StartElementHandler = lambda *arguments: one
        return one


if sqlite3:
    @shape
    def database():
        box = [sqlite3.connect(":memory:", check_same_thread=False)]
        box[0].row_factory = lambda *arguments: box
        box[0].create_function("f", 1, lambda *arguments: box)
        box.append(box[0].cursor())
        return box


# ctypes

class Record(ctypes.Structure):
    _fields_ = [("number", ctypes.c_int), ("object", ctypes.py_object), ("next", ctypes.c_void_p)]


class Linked(ctypes.Structure):
    pass


Linked._fields_ = [("next", ctypes.POINTER(Linked))]
Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)


@shape
def structures():
    one = Record(7)
    one.object = [one]
    return one


@shape
def pointers():
    one, other = Linked(), Linked()
    one.next, other.next = ctypes.pointer(other), ctypes.pointer(one)
    return one


@shape
def arrays():
    one = (ctypes.py_object * 5)()
    for number in range(4):
        one[number] = [one, number]
    return one


@shape
def callbacks():
    one = Node()
    one.callback = Callback(lambda number: len(one.list))
    one.cast = ctypes.cast(one.callback, ctypes.c_void_p)
    one.buffer = looped(ctypes.create_string_buffer(600))
    return one


@shape
def classes_of_ctypes():
    class Made(ctypes.Structure):
        _fields_ = [("a", ctypes.c_int), ("b", ctypes.c_char * 3)]
    return Made


# asyncio

if asyncio:
    loop = asyncio.new_event_loop()

    @shape
    def future():
        one = loop.create_future()
        one.add_done_callback(lambda _: one)
        one.attribute = [one]
        return one

    @shape
    def finished_future():
        one = loop.create_future()
        box = [one]
        one.set_result(box)
        one.add_done_callback(box.append)
        del loop._ready
        loop._ready = collections.deque()
        return box

    @shape
    def pending_task():
        async def wait():
            mine = [loop.create_future()]
            mine.append(asyncio.current_task(loop))
            await mine[0]
            return mine
        one = loop.create_task(wait())
        loop.call_soon(loop.stop)
        loop.run_forever()
        return one

    @shape
    def gathered():
        async def wait():
            mine = [loop.create_future(), loop.create_future()]
            mine.append(asyncio.gather(*mine))
            await mine[2]
        one = loop.create_task(wait())
        loop.call_soon(loop.stop)
        loop.run_forever()
        return one


# What not every version has

def _made_by(source):
    names = {}
    try:
        exec(source, {"__builtins__": __builtins__}, names)
    except (SyntaxError, NameError):
        return None
    return names.popitem()[1]


@shape
def template():
    return _made_by("box = []\nbox.append(t'text {box} {box!r:>{len(box)}}')")


@shape
def frozen_dict():
    return _made_by("box = []\nbox.append(frozendict(a=box, b={1: box}))")
