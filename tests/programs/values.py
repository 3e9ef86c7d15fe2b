"""Threads parked with locals of every kind, and what repr() says of each.

    values.py ORACLE [--only NAME,…] [--told] [--random COUNT [--seed NUMBER]]

Each situation is a function of its own in a thread of its own, as in stacks.py. `--told` parks only one whose frames
are not asked for anything: no frame objects and no dicts of locals are made for them. `--random` parks no threads, but
makes so many nested values, whose addresses and reprs go to a file `values.json` beside the oracle.

Where repr() would run code of this program, the reader has to show the plain form. Every __repr__ that is written here
gives just that, so that it is also right wherever such an object is inside of another.
"""
import _thread
import abc
import argparse
import array
import collections
import contextlib
import dataclasses
import datetime
import decimal
import enum
import functools
import io
import itertools
import json
import operator
import os
import pathlib
import queue
import random
import re
import struct
import sys
import threading
import time
import types
import typing
import weakref

from parked import Threads, announce, block, serve

situations = []
told = []                       # of frames that must not be asked, innermost first: [(name, kind, value)]
kept = []                       # what has to outlive a situation's own frames
VERSION = sys.version_info[:2]


def situation(function=None, since=(3, 7), until=(9, 9)):
    def add(function):
        if since <= VERSION <= until:
            situations.append(function)
        return function
    return add(function) if function else add


# Classes of this program

class Plain:
    pass


class WithRepr:
    """Its repr() is code of this program, which gives what is to be shown in its place."""
    def __init__(self, *values):
        self.values = values

    def __repr__(self):
        return object.__repr__(self)


class ReprInMetaclass(type):
    def __repr__(cls):
        return object.__repr__(cls)


class OfMetaclass(metaclass=ReprInMetaclass):
    pass


class Outer:
    class Inner:
        class Innermost:
            pass


class Slots:
    __slots__ = ("a", "b", "never_set")

    def __init__(self):
        self.a, self.b = 1, [2]


class ListOfMine(list):
    pass


class TupleOfMine(tuple):
    pass


class DictOfMine(dict):
    pass


class IntOfMine(int):
    pass


class FloatOfMine(float):
    pass


class StrOfMine(str):
    pass


class BytesOfMine(bytes):
    pass


class SetOfMine(set):
    pass


class FrozensetOfMine(frozenset):
    pass


class DequeOfMine(collections.deque):
    pass


class BytearrayOfMine(bytearray):
    pass


class DefaultdictOfMine(collections.defaultdict):
    pass


class OrderedOfMine(collections.OrderedDict):
    pass


class ListWithRepr(list):
    __repr__ = WithRepr.__repr__


class IntWithRepr(int):
    __repr__ = WithRepr.__repr__


class OwnError(Exception):
    pass


class OwnErrorWithRepr(Exception):
    __repr__ = WithRepr.__repr__


class Color(enum.Enum):
    RED = 1
    GREEN = "green \u2603"
    BLUE = (1, [2])
    CRIMSON = 1


class Number(enum.IntEnum):
    ONE = 1
    TWO = 2


class EnumWithRepr(enum.Enum):
    A = 1
    __repr__ = WithRepr.__repr__


class Permission(enum.Flag):
    READ = 4
    WRITE = 2
    EXECUTE = 1
    ALL = 7


class IntPermission(enum.IntFlag):
    READ = 4
    WRITE = 2


Point = collections.namedtuple("Point", "x y")
Empty = collections.namedtuple("Empty", "")


class PointOfMine(Point):
    def length(self):
        return 0


class TypedPoint(typing.NamedTuple):
    name: str
    value: object = None


@dataclasses.dataclass
class Data:
    name: str
    items: list = dataclasses.field(default_factory=list)
    hidden: int = dataclasses.field(default=3, repr=False)
    late: int = dataclasses.field(init=False, default=7)
    other: object = None


@dataclasses.dataclass(frozen=True)
class FrozenData:
    value: int


@dataclasses.dataclass
class EmptyData:
    pass


@dataclasses.dataclass
class DerivedData(Data):
    more: float = 0.5


@dataclasses.dataclass(repr=False)
class DataWithoutRepr:
    a: int = 1


@dataclasses.dataclass
class DataWithSlots:
    __slots__ = ("a", "b")
    a: int
    b: str


class Abstract(abc.ABC):
    @abc.abstractmethod
    def method(self):
        pass


class Methods:
    def method(self):
        pass

    @classmethod
    def of_class(cls):
        pass

    @staticmethod
    def static():
        pass

    @property
    def property(self):
        return 1

    def __call__(self):
        pass


class Generic(typing.Generic[typing.TypeVar("T")]):
    pass


def plain_function(a, b=1, *arguments, c, **named):
    pass


def make_generator():
    received = yield 1
    yield received


async def make_coroutine():
    pass


async def make_async_generator():
    yield 1


# Values, by kind: each function is parked with some dozens of locals. What a version has not stays unset.

@situation
def singletons_and_numbers():
    none = None
    true, false = True, False
    ellipsis, not_implemented = Ellipsis, NotImplemented
    zero, one, minus_one, minus_five, small_most = 0, 1, -1, -5, 256
    above_small, digit_less_one, digit, digit_and_one = 257, 2 ** 30 - 1, 2 ** 30, 2 ** 30 + 1
    minus_digit, two_digits, three_digits = -2 ** 30, 2 ** 60 - 1, 2 ** 60
    word, minus_word, past_word = 2 ** 63 - 1, -2 ** 63, 2 ** 64
    ten_to_18, ten_to_19, ten_to_200, minus_ten_to_200 = 10 ** 18, 10 ** 19, 10 ** 200, -10 ** 200
    all_nines, random_bits = 10 ** 90 - 1, int("8437" * 60)
    ten_to_4000, three_to_8000 = 10 ** 4000, 3 ** 8000
    int_subclass, int_with_repr, bool_in_int = IntOfMine(42), IntWithRepr(43), IntOfMine(True)
    float_zero, float_minus_zero, float_one, float_third = 0.0, -0.0, 1.0, 1 / 3
    float_tenth, float_sum, float_whole, float_large = 0.1, 0.1 + 0.2, 123456789012345680.0, 1e16
    float_below_e, float_e, float_small, float_smaller = 9999999999999998.0, 1e17, 0.0001, 0.00001
    float_largest, float_least, float_least_normal = sys.float_info.max, 5e-324, sys.float_info.min
    float_nan, float_infinity, float_minus_infinity = float("nan"), float("inf"), float("-inf")
    float_17_digits, float_half_way, float_e100 = 0.30000000000000004, 2.0 ** 53 + 2, 1e100
    float_subclass = FloatOfMine(2.5)
    complex_zero, complex_one, complex_minus_zero = 0j, 1j, complex(-0.0, -0.0)
    complex_both, complex_negative, complex_real = 1.5 + 2.25j, complex(1, -2), complex(3, 0.0)
    complex_nan, complex_large = complex(float("nan"), float("-inf")), complex(1e16, 1e-7)
    block()


@situation
def texts():
    empty, letter, word = "", "a", "word"
    single_quote, double_quote, both_quotes = "it's", 'say "so"', "it's \"so\""
    backslash, newline, controls = "a\\b", "a\nb\r\tc", "\0\x01\x07\x1b\x7f"
    latin1, latin1_controls, soft_hyphen = "caf\xe9 \xff", "\x80\x9f\xa0", "a\xadb"
    greek, cyrillic, cjk = "\u03b1\u03b2", "\u043f\u0440\u0438", "\u7dda\u7a0b"
    emoji, flags, private = "\U0001f40d", "\U0001f1e9\U0001f1ea", "\ue000\U000f0000"
    surrogate, two_surrogates, zero_width = "\udcff", "\ud83d\udc0d", "a\u200bb\u200d\ufeff"
    separators, nonspacing, unassigned = "\u2028\u2029\u3000", "e\u0301", "\u0378\U000e0fff\U0010ffff"
    mixed_widths, kinds_quote, long_ascii = "a\xe9\u20ac\U0001f40d'", "\u20ac'\"", "x" * 1000
    long_wide, very_long = "\u20ac" * 500, "0123456789" * 30000
    str_subclass, str_subclass_wide = StrOfMine("mine"), StrOfMine("\u20ac mine")
    interned, made = sys.intern("interned"), "".join(["ma", "de"])
    exactly_78, exactly_79, exactly_80 = "e" * 78, "e" * 79, "e" * 80
    bytes_empty, bytes_ascii, bytes_all = b"", b"bytes", bytes(range(256))
    bytes_quote, bytes_both, bytes_long = b"it's", b"it's \"so\"", b"\xff" * 3000
    bytes_subclass = BytesOfMine(b"mine")
    bytearray_empty, bytearray_some = bytearray(), bytearray(b"some \x00 'bytes'")
    bytearray_moved, bytearray_subclass = bytearray(b"0123456789"), BytearrayOfMine(b"a'b")
    del bytearray_moved[:3]
    bytearray_moved.append(0x41)
    view, view_readonly, view_released = memoryview(bytearray_some), memoryview(b"abc"), memoryview(b"abc")
    view_released.release()
    block()


@situation
def containers():
    tuple_empty, tuple_one, tuple_two = (), (1,), (1, "two")
    tuple_nested, tuple_long = ((), ((),), (1, (2, (3,)))), tuple(range(5000))
    tuple_subclass, tuple_subclass_one = TupleOfMine((1, 2)), TupleOfMine((1,))
    list_empty, list_some, list_nested = [], [1, "a", None, 2.5], [[], [[]], [1, [2, [3]]]]
    list_shrunk, list_long, list_subclass = list(range(100)), list(range(5000)), ListOfMine([1, [2]])
    del list_shrunk[3:]
    list_with_repr = ListWithRepr([1])
    dict_empty, dict_str, dict_int = {}, {"a": 1, "b": [2]}, {1: "a", 2: "b"}
    dict_mixed, dict_long = {"a": 1, 2: "b", (3,): None, None: ...}, {number: str(number) for number in range(3000)}
    dict_deleted = {letter: letter * 2 for letter in "abcdefghij"}
    for name in "bdj":
        del dict_deleted[name]
    dict_reinserted = {"a": 1, "b": 2, "c": 3}
    dict_reinserted["a"] = dict_reinserted.pop("a")
    dict_emptied = {"a": 1}
    del dict_emptied["a"]
    dict_cleared = {"a": 1}
    dict_cleared.clear()
    dict_str_then_int = {"a": 1, "b": 2}
    dict_str_then_int[3] = 4
    dict_large = {number: None for number in range(50000)}
    dict_subclass, dict_of_dicts = DictOfMine(a=1), {"a": {"b": {"c": {}}}}
    instance = Plain()
    instance.first, instance.second = 1, [2]
    dict_split, dict_of_class, dict_wide_key = vars(instance), Plain.__dict__, {"\u20ac'": b"x"}
    set_empty, set_ints, set_strs = set(), {1, 2, 3}, {"a", "b", "c"}
    set_large, set_removed, set_subclass = set(range(1000)), set(range(20)), SetOfMine([1])
    set_removed -= {3, 5, 7}
    set_subclass_empty, set_emptied = SetOfMine(), {1}
    set_emptied.clear()
    frozenset_empty, frozenset_some, frozenset_nested = frozenset(), frozenset([1, 2]), {frozenset([frozenset()])}
    frozenset_subclass = FrozensetOfMine([1])
    range_one, range_two, range_three = range(10), range(2, 10), range(10, -10, -3)
    range_large, range_step_one = range(10 ** 30, 10 ** 40), range(0, 5, 1)
    slice_one, slice_three, slice_odd = slice(3), slice(1, None, -2), slice("a", [1], None)
    cycle_list, cycle_dict, cycle_tuple = [1], {}, ([],)
    cycle_list.append(cycle_list)
    cycle_dict["self"] = cycle_dict
    cycle_tuple[0].append(cycle_tuple)
    cycle_mixed = [{"a": [None]}]
    cycle_mixed[0]["a"][0] = cycle_mixed
    shared = [[1]] * 3
    deep, deeper = [], ()
    for _ in range(150):
        deep, deeper = [deep], (deeper,)
    keys, values, items = dict_str.keys(), dict_str.values(), dict_str.items()
    keys_empty, proxy, proxy_of_class = {}.keys(), types.MappingProxyType(dict_str), vars(Slots)
    block()


@situation
def collections_and_others():
    deque_empty, deque_some, deque_bounded = (collections.deque(), collections.deque([1, [2], "3"]),
                                              collections.deque(range(10), 4))
    deque_long, deque_rotated, deque_subclass = (collections.deque(range(1000)), collections.deque(range(70)),
                                                 DequeOfMine([1]))
    deque_rotated.rotate(31)
    deque_rotated.popleft()
    deque_subclass_bounded, deque_zero = DequeOfMine([1, 2], 1), collections.deque(maxlen=0)
    deque_cycle = collections.deque([1])
    deque_cycle.append(deque_cycle)
    default_list, default_int, default_none = (collections.defaultdict(list, a=[1]), collections.defaultdict(int),
                                               collections.defaultdict(None, {1: 2}))
    default_lambda, default_subclass = collections.defaultdict(plain_function), DefaultdictOfMine(str, x="y")
    default_cycle = collections.defaultdict(list)
    default_cycle["self"].append(default_cycle)
    ordered_empty, ordered_some = collections.OrderedDict(), collections.OrderedDict([("b", 1), ("a", [2])])
    ordered_moved, ordered_subclass = collections.OrderedDict.fromkeys("abcd"), OrderedOfMine(a=1)
    ordered_moved.move_to_end("a")
    ordered_moved.move_to_end("d", last=False)
    del ordered_moved["b"]
    ordered_cycle = collections.OrderedDict()
    ordered_cycle["self"] = ordered_cycle
    ordered_nested = collections.OrderedDict(a=collections.OrderedDict(b=()))
    counter_empty, counter_some, counter_ties = (collections.Counter(), collections.Counter("abracadabra"),
                                                 collections.Counter("zyx"))
    counter_negative = collections.Counter(a=-1, b=10 ** 30, c=0)
    point, point_empty, point_subclass, typed_point = Point(1, [2]), Empty(), PointOfMine(3, "4"), TypedPoint("n")
    point_cycle = Point([], None)
    point_cycle.x.append(point_cycle)
    struct_time, stat_result, version_info = time.gmtime(0), os.stat("/"), sys.version_info
    float_info, flags = sys.float_info, sys.flags
    color, color_text, color_nested, color_alias = Color.RED, Color.GREEN, Color.BLUE, Color.CRIMSON
    number, number_two, enum_with_repr = Number.ONE, Number.TWO, EnumWithRepr.A
    flag, flag_two, flag_none, flag_all = (Permission.READ, Permission.READ | Permission.EXECUTE, Permission(0),
                                           Permission.ALL)
    int_flag, int_flag_two = IntPermission.READ, IntPermission.READ | IntPermission.WRITE
    enum_class, enum_of_library, signal_enum = Color, re.RegexFlag.IGNORECASE, __import__("signal").SIGINT
    data, data_frozen, data_empty = Data("name", [1]), FrozenData(5), EmptyData()
    data_derived, data_without_repr, data_slots = DerivedData("n", more=1.5), DataWithoutRepr(), DataWithSlots(1, "b")
    data_cycle = Data("cycle")
    data_cycle.other = [data_cycle]
    namespace, namespace_empty = types.SimpleNamespace(b=1, a="x"), types.SimpleNamespace()
    namespace_odd = types.SimpleNamespace(**{"not an identifier": 1, "a": 2})
    namespace_cycle = types.SimpleNamespace()
    namespace_cycle.me = namespace_cycle
    array_empty, array_ints = array.array("i"), array.array("i", [1, -2, 3])
    array_doubles = array.array("d", [.5, 1e300])
    array_bytes, array_unsigned, array_floats = (array.array("b", [-1, 127]), array.array("Q", [2 ** 64 - 1]),
                                                 array.array("f", [0.1, -2.5]))
    array_text, array_text_empty = array.array("u", "\u20ac'"), array.array("u")
    array_shorts, array_longs, array_long = (array.array("H", [65535]), array.array("l", [-2 ** 63]),
                                             array.array("I", range(2000)))
    chain, user_dict, user_list = (collections.ChainMap({"a": 1}, {}), collections.UserDict(a=1),
                                   collections.UserList([1, [2]]))
    user_string = collections.UserString("it's")
    block()


@situation
def times_and_numbers_of_libraries():
    date, date_first, date_last = datetime.date(2024, 2, 29), datetime.date.min, datetime.date.max
    moment, moment_seconds = datetime.datetime(2024, 2, 29, 1, 2), datetime.datetime(2024, 2, 29, 1, 2, 3)
    moment_micro, moment_first = datetime.datetime(1, 1, 1, 0, 0, 0, 1), datetime.datetime.min
    moment_utc = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
    moment_zone = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=-5, minutes=-30)))
    moment_fold = datetime.datetime(2024, 1, 1, fold=1)
    time_zero, time_minute, time_micro = datetime.time(), datetime.time(1, 2), datetime.time(23, 59, 59, 999999)
    time_second, time_zone = datetime.time(0, 0, 1), datetime.time(1, tzinfo=datetime.timezone.utc)
    time_fold, time_fold_zone = datetime.time(1, fold=1), datetime.time(1, 2, 3, 4, datetime.timezone.utc, fold=1)
    delta_zero, delta_days, delta_all = (datetime.timedelta(), datetime.timedelta(5),
                                         datetime.timedelta(1, 2, 3))
    delta_negative, delta_most = datetime.timedelta(microseconds=-1), datetime.timedelta.max
    zone_utc, zone_named = datetime.timezone.utc, datetime.timezone(datetime.timedelta(hours=1), "CET'")
    zone_offset = datetime.timezone(datetime.timedelta(seconds=-3661, microseconds=5))

    class DateOfMine(datetime.date):
        pass

    class MomentOfMine(datetime.datetime):
        pass

    class DeltaOfMine(datetime.timedelta):
        pass
    date_subclass, moment_subclass, delta_subclass = DateOfMine(1, 2, 3), MomentOfMine(4, 5, 6), DeltaOfMine(7)
    decimal_zero, decimal_one, decimal_tenth = decimal.Decimal(0), decimal.Decimal(1), decimal.Decimal("0.1")
    decimal_negative, decimal_exponent = decimal.Decimal("-12.340"), decimal.Decimal("1E+20")
    decimal_small, decimal_smaller = decimal.Decimal("0.000001"), decimal.Decimal("0.0000001")
    decimal_long = decimal.Decimal("3.14159265358979323846264338327950288419716939937510")
    decimal_huge = decimal.Decimal("9" * 1000 + "." + "1" * 50)
    decimal_words, decimal_inner_zeros = decimal.Decimal(10 ** 19), decimal.Decimal("1000000000000000000000000.0001")
    decimal_infinity, decimal_minus_infinity = decimal.Decimal("Infinity"), decimal.Decimal("-Infinity")
    decimal_nan, decimal_snan, decimal_nan_payload = (decimal.Decimal("NaN"), decimal.Decimal("sNaN"),
                                                      decimal.Decimal("-NaN123"))
    decimal_minus_zero, decimal_zero_exponent = decimal.Decimal("-0"), decimal.Decimal("0E-20")
    decimal_zero_places = decimal.Decimal("0.000")

    class DecimalOfMine(decimal.Decimal):
        pass
    decimal_subclass = DecimalOfMine("1.5")
    path, path_relative, path_empty = pathlib.Path("/a/b c"), pathlib.Path("x/../y"), pathlib.Path("")
    path_pure, path_windows = pathlib.PurePosixPath("it's"), pathlib.PureWindowsPath("c:\\d\\e")
    path_root, path_joined = pathlib.Path("/"), pathlib.Path("/a") / "b" / "c.txt"
    block()


@situation
def callables_and_types():
    type_int, type_type, type_own, type_inner = int, type, Plain, Outer.Inner.Innermost
    type_static, type_heap, type_generated = collections.deque, functools.partial, Point
    type_of_metaclass, type_abstract, type_exception = OfMetaclass, Abstract, OwnError
    type_enum, type_generic, metaclass = Color, Generic, ReprInMetaclass

    class Local:
        def method(self):
            pass
    type_local, type_none = Local, type(None)
    function, function_lambda = plain_function, lambda: None
    function_nested = make_closure(1)
    function_wrapped = functools.wraps(plain_function)(lambda *arguments: None)
    builtin, builtin_method, builtin_of_module = len, [].append, os.getpid
    builtin_class_method, builtin_static = dict.fromkeys, str.maketrans
    method, method_of_local, method_of_class = Methods().method, Local().method, Methods.of_class
    method_static, method_of_repr = Methods.static, types.MethodType(len, [1])
    method_of_partial = types.MethodType(functools.partial(plain_function), 1)
    method_descriptor, class_method_descriptor = list.append, vars(dict)["fromkeys"]
    wrapper_descriptor, method_wrapper = int.__add__, (1).__add__
    getset, member = type(plain_function).__code__, Slots.a
    static_object, class_object = vars(Methods)["static"], vars(Methods)["of_class"]
    property_object, callable_object = vars(Methods)["property"], Methods()
    code, code_lambda, code_module = plain_function.__code__, function_lambda.__code__, compile("1", "a'b", "exec")
    cell, cell_int, cell_empty = (function_nested.__closure__[0], make_closure(2).__closure__[0],
                                  make_empty_cell())
    module, module_builtin, module_made = os, sys, types.ModuleType("made")
    module_package, module_main = collections, sys.modules["__main__"]
    partial, partial_named = functools.partial(plain_function, 1), functools.partial(int, "7", base=8)
    partial_empty = functools.partial(len)
    super_bound = make_super()
    frame, traceback_object = make_frame(), make_traceback()
    getter, item_getter, method_caller = (operator.attrgetter("a", "b.c"), operator.itemgetter(1),
                                          operator.methodcaller("m", 1, a=2))
    lru = functools.lru_cache(maxsize=2)(plain_function)
    alias, alias_nested, union = None, None, None
    if VERSION >= (3, 9):
        alias, alias_nested = list[int], dict[str, list[Plain]]
    if VERSION >= (3, 10):
        union = int | None
    block()


def make_closure(value):
    def inner():
        return value
    return inner


def make_empty_cell():
    if False:
        late = 1

    def inner():
        return late
    return inner.__closure__[0]


def make_super():
    class Base:
        pass

    class Derived(Base):
        def get(self):
            return super()
    return Derived().get()


def make_frame():
    return sys._getframe()


def make_traceback():
    try:
        raise OwnError
    except OwnError as error:
        return error.__traceback__


@situation
def exceptions():
    value_error, value_error_two, value_error_none = ValueError("bad"), ValueError("bad", 2), ValueError()
    key_error, own, own_with_repr = KeyError("k"), OwnError("m", [1]), OwnErrorWithRepr("x")
    os_error, os_error_file, os_error_text = OSError(2, "No such file", "f"), FileNotFoundError(2, "x"), OSError("text")
    system_exit, stop, unicode_error = SystemExit(3), StopIteration([1]), UnicodeDecodeError("u", b"x", 0, 1, "why")
    syntax_error, keyboard = SyntaxError("m", ("f", 1, 2, "t")), KeyboardInterrupt()
    nested, cycle_error = RuntimeError(ValueError("inner")), RuntimeError([])
    cycle_error.args[0].append(cycle_error)
    import_error, recursion, memory = ImportError("m", name="n"), RecursionError("deep"), MemoryError()
    group = ExceptionGroup("several", [ValueError(1), OwnError()]) if VERSION >= (3, 11) else None
    raised = with_cause()
    block()


def with_cause():
    try:
        try:
            raise KeyError("first")
        except KeyError as first:
            raise OwnError("second") from first
    except OwnError as error:
        return error


@situation
def instances():
    plain, with_repr, slots, inner = Plain(), WithRepr(1), Slots(), Outer.Inner.Innermost()
    of_metaclass, plain_object, local = OfMetaclass(), object(), local_instance()
    in_list, in_dict, in_tuple = [Plain(), WithRepr()], {"a": Slots(), 1: WithRepr()}, (Plain(),)
    in_deque, in_counter = collections.deque([WithRepr()]), collections.OrderedDict(a=WithRepr())
    in_partial, in_set = functools.partial(len, Plain()), {Plain()}
    in_data, in_point, in_error = Data("n", [WithRepr()]), Point(WithRepr(), Plain()), ValueError(WithRepr())
    in_enum_value, in_namespace = Color.BLUE, types.SimpleNamespace(a=WithRepr())
    module_less = type("NoModule", (), {"__module__": "odd.module"})()
    odd_name = type("odd \u20ac name", (), {})()
    nested_name = type("Given", (), {"__qualname__": "X.<locals>.Given"})()
    builtins_name = type("Disguised", (), {"__module__": "builtins"})()
    iterator, list_iterator, dict_iterator = iter(()), iter([1]), iter({})
    reversed_object, enumerate_object, zip_object = reversed([1]), enumerate([1]), zip([1], [2])
    map_object, filter_object = map(str, [1]), filter(None, [1])
    pattern, match, pattern_flags = re.compile("a+'"), re.match("a", "abc"), re.compile(b"\\d", re.I | re.S)
    event, semaphore = threading.Event(), threading.Semaphore(2)
    lock, held_lock, recursive_lock = threading.Lock(), _thread.allocate_lock(), threading.RLock()
    held_lock.acquire()
    held_recursive_lock = threading.RLock()
    held_recursive_lock.acquire()
    held_recursive_lock.acquire()
    condition, a_queue = threading.Condition(threading.Lock()), queue.Queue()
    referred = Plain()
    reference, dead_reference = weakref.ref(referred), weakref.ref(Plain())
    named_referred = plain_function
    named_reference, method_reference = weakref.ref(named_referred), weakref.WeakMethod(Methods().method)
    reference_of_class, proxy = weakref.ref(Plain), None
    main_thread, this_thread = threading.main_thread(), threading.current_thread()
    unstarted_thread = threading.Thread(target=len, name="not started")
    ended_thread = threading.Thread(target=int, name="ended '")
    ended_thread.start()
    ended_thread.join()
    buffer, text_buffer = io.BytesIO(b"x"), io.StringIO("x")
    counter, repeat, chained = itertools.count(5), itertools.repeat("x", 3), itertools.chain([1])
    lock_in_list = [lock, held_lock]
    loop_future = concurrent_future()
    string_format, structure = struct.Struct("<i"), struct.Struct
    type_variable, annotation = typing.TypeVar("A"), typing.List[int]
    block()


def local_instance():
    class Local:
        pass
    return Local()


def concurrent_future():
    import concurrent.futures
    return concurrent.futures.Future()


@situation
def generators():
    fresh, suspended, finished = make_generator(), make_generator(), make_generator()
    next(suspended)
    list(finished)
    expression = (number for number in [1])
    coroutine = make_coroutine()
    kept.append(coroutine)
    async_generator = make_async_generator()
    awaitable = async_generator.__anext__()
    kept.append(awaitable)
    half = half_way()
    half.send(None)

    def running():
        inside = "local of a generator"
        yield
        block()
    generator = running()
    kept.append(generator)
    next(generator)
    next(generator)


def half_way():
    async def awaiting():
        here = [1]
        await suspend()
    return awaiting()


@types.coroutine
def suspend():
    yield 1


@situation
def async_frames():
    async def awaited(argument):
        local = {"a": argument}
        block()

    async def outer():
        before = 1
        await awaited([before])
        after = 2
    coroutine = outer()
    coroutine.send(None)


# Names: arguments, cells, free variables, unset ones

@situation
def arguments_of_every_kind():
    def function(first, second=2, *rest, key_only, key_default=5, **named):
        local = first
        block()
    function("1", *["x", "y"][:1], "extra", key_only=[4], other={})


@situation
def no_optional_arguments():
    def function(first, second=2, *rest, key_only=None, **named):
        block()
    function(1)


@situation(since=(3, 8))
def positional_only_arguments():
    names = {"block": block, "__builtins__": {}}
    exec("def function(a, b=2, /, c=3, *, d=4):\n    e = 5\n    block()", names)
    names["function"](1)


@situation
def cells_and_free_variables():
    captured, captured_too, not_captured = [1], "two", 3
    late = None

    def middle(argument, plain_argument):
        nonlocal late
        own_cell = argument
        own_local = captured

        def inner(parameter):
            used = captured, captured_too, own_cell, argument, late
            block()
        inner(7)
    late = "late"
    middle({"an": "argument"}, 5)


@situation
def unset_names():
    set_name = 1
    deleted = 2
    del deleted
    if not set_name:
        never = 3
        never_cell = 4

    def inner():
        return never_cell, deleted_cell
    deleted_cell = 5
    del deleted_cell
    for loop in ():
        pass
    try:
        raise ValueError
    except ValueError as unbound_after:
        pass
    block()
    after = 6


@situation
def unset_arguments():
    def function(kept_argument, deleted_argument, captured_argument):
        del deleted_argument

        def inner():
            return captured_argument
        del captured_argument
        block()
    function(1, 2, 3)


@situation
def unset_free_variable():
    def function():
        block()
        return unset
    function()
    unset = 1


@situation
def empty_function():
    block()


@situation
def comprehension_list():
    outer = "outer"
    return [[block() for inner in (outer, 1)] for middle in (5,)]


@situation
def comprehension_shadows():
    name = "of the function"
    return [block() for name in ("of the comprehension",)]


@situation
def comprehension_dict_with_cell():
    outside = [1]
    return {key: (lambda: (key, outside), block()) for key in "ab"}


@situation
def comprehension_after():
    """What a comprehension inlined (3.12+) is unset behind it."""
    values = [gone for gone in (1, 2)]
    more = [gone_too for gone_too in (1,) if (lambda: gone_too)]
    block()


@situation
def generator_expression():
    outside = "o"
    return list((block(), outside) for item in (1,))


@situation
def with_and_except():
    with contextlib.suppress(KeyError) as nothing:
        with open(os.devnull) as opened:
            opened = None
            try:
                raise OwnError("being handled")
            except OwnError as error:
                saved = error.args
                block()


@situation
def loop_targets():
    for index, (left, *right) in enumerate([("a", "b", "c")]):
        while index is not None:
            block()


@situation
def class_body():
    enclosing = [1]

    class Body:
        """Blocks while it is made."""
        attribute = 1
        uses = enclosing
        __slots__ = ()

        def method(self):
            return __class__
        block()


@situation
def module_level():
    names = {"__name__": "some_module", "block": block, "__builtins__": {}}
    exec(compile("a = 1\nb = [a]\ndef f():\n    pass\nblock()", "<module>", "exec"), names)


@situation
def exec_with_locals():
    names, local = {"__name__": "m", "block": block, "__builtins__": {}}, {"given": 1}
    exec(compile("a = given\nblock()", "<exec>", "exec"), names, local)


@situation
def lambda_frames():
    return (lambda argument, *more: (lambda inner=argument: block())())("x", "y")


@situation
def odd_names():
    naïve, переменная, 変数 = 1, 2, 3
    𠀀 = 4
    _, __, __dunder__ = 5, 6, 7
    block()


@situation
def private_names():
    class Class:
        def method(self, __mangled):
            __local = __mangled
            block()
    Class().method(1)


@situation
def recursion():
    def recurse(depth, label):
        local = label * depth
        if depth:
            return recurse(depth - 1, label)
        block()
    recurse(5, "ab")


@situation
def called_from_c():
    def key(value):
        seen = [value]
        block()
    return sorted([3, 1], key=key)


@situation
def method_frames():
    class Receiver:
        def __init__(self, value):
            self.value = value
            block()
    Receiver([1])


@situation
def property_and_super():
    class Base:
        def method(self, argument):
            block()

    class Derived(Base):
        def method(self, argument):
            super().method([argument])
    Derived().method(1)


@situation
def walrus():
    names = {"block": block, "__builtins__": {"any": any}}
    source = ("def function():\n    if (seen := [1]) and any((last := item) for item in seen):\n"
              "        block()\n")
    if VERSION < (3, 8):
        source = "def function():\n    seen, last = [1], 1\n    block()\n"
    exec(source, names)
    names["function"]()


@situation
def hundreds_of_locals():
    names = {"block": block, "__builtins__": {}}
    lines = ["    local_%d = (%d, 'x')" % (number, number) for number in range(400)]
    exec("def function():\n%s\n    block()\n" % "\n".join(lines), names)
    names["function"]()


def tell(entries):
    """For a frame that must not be asked: a frame object or a dict of its locals would be made for it."""
    told.insert(0, entries)


@situation
def never_asked():
    number, text, items = 12345678901234567890, "text", [1, 2]
    empty = {}
    captured = (1, 2)

    def inner(argument):
        own = [argument]
        tell([("argument", "argument", argument), ("own", "local", own), ("captured", "free", captured)])
        block()
    tell([("number", "local", number), ("text", "local", text), ("items", "local", items), ("empty", "local", empty),
          ("captured", "cell", captured), ("inner", "local", inner)])
    inner(("an", "argument"))


# Random values

class RandomValues:
    """Nested values of the kinds that need no help of any library."""

    CHARACTERS = ["abcdefghijklmnopqrstuvwxyz 0123456789", "'\"\\\n\r\t\0\x01\x1f\x7f", "\x80\x85\x9f\xa0\xad\xe9\xff",
                  "\u0100\u0378\u03b1\u0600\u200b\u2028\u20ac\u3000\u7dda\ud800\udcff\ue000\ufeff\ufffe",
                  "\U0001f40d\U00020000\U000e0001\U000f0000\U0010ffff\U0001fbff"]
    DEEPEST = 6

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.shared = [[]]
        self.open = []          # lists and dicts that are being filled

    def integer(self):
        kind = self.random.randrange(4)
        size = [8, 31, 70, 700][kind]
        value = self.random.getrandbits(self.random.randrange(1, size)) + self.random.choice([-1, 0, 0, 1])
        if kind == 3 and self.random.random() < 0.3:
            value = 10 ** self.random.randrange(200) - self.random.randrange(2)
        return value if self.random.random() < 0.5 else -value

    def real(self):
        kind = self.random.randrange(6)
        if kind == 0:
            return struct.unpack("<d", struct.pack("<Q", self.random.getrandbits(64)))[0]
        if kind == 1:
            return float(self.integer())
        if kind == 2:
            return self.random.choice([0.0, -0.0, 1e16, 1e17, 1e-4, 1e-5, float("inf"), float("nan"), 5e-324])
        if kind == 3:
            return round(self.random.uniform(-1000, 1000), self.random.randrange(8))
        return self.random.uniform(-1, 1) * 10.0 ** self.random.randrange(-300, 300)

    def complex(self):
        return complex(self.real(), self.real())

    def text(self):
        if self.random.random() < 0.2:
            return "".join(chr(self.random.choice([self.random.randrange(0x110000), self.random.randrange(0x3000)]))
                           for _ in range(self.random.randrange(12)))
        widest = self.random.randrange(1, len(self.CHARACTERS) + 1)
        return "".join(self.random.choice(self.random.choice(self.CHARACTERS[:widest]))
                       for _ in range(self.random.randrange(self.random.choice([4, 12, 60]))))

    def octets(self):
        count = self.random.randrange(self.random.choice([3, 20]))
        return bytes(self.random.choice([self.random.randrange(256), self.random.choice(b"ab'\"\\\n")])
                     for _ in range(count))

    def byte_array(self):
        value = bytearray(self.octets())
        del value[:self.random.randrange(3)]
        return value

    def number_range(self):
        step = self.random.choice([1, 1, 2, -3, self.integer() or 1])
        return range(self.integer(), self.integer(), step)

    def constant(self):
        return self.random.choice([None, True, False, Ellipsis, NotImplemented])

    def count(self, depth):
        return self.random.randrange(self.random.choice([2, 4, 9] if depth < 3 else [1, 3]))

    def hashable(self, depth):
        kinds = [self.integer, self.text, self.octets, self.real, self.constant, self.complex, self.number_range]
        if depth < self.DEEPEST and self.random.random() < 0.25:
            inner = [self.hashable(depth + 1) for _ in range(self.count(depth))]
            return self.random.choice([tuple, frozenset])(inner)
        return self.random.choice(kinds)()

    def part(self, depth):
        chance = self.random.random()
        if chance < 0.06:
            return self.random.choice(self.shared)
        if chance < 0.1 and self.open:
            return self.random.choice(self.open)
        return self.value(depth + 1)

    def items(self, depth):
        value = []
        self.open.append(value)
        value.extend([None] * self.random.choice([0, 0, 5]))
        del value[:]
        for _ in range(self.count(depth)):
            value.append(self.part(depth))
        return self.close(value)

    def close(self, value):
        self.open.pop()
        if len(self.shared) < 500:
            self.shared.append(value)
        else:
            self.shared[self.random.randrange(500)] = value
        return value

    def table(self, depth):
        value = {}
        self.open.append(value)
        only_text = self.random.random() < 0.5
        for _ in range(self.count(depth)):
            value[self.text() if only_text else self.hashable(depth + 1)] = self.part(depth)
            if value and self.random.random() < 0.15:
                del value[self.random.choice(list(value))]
        return self.close(value)

    def value(self, depth=0):
        simple = [self.constant, self.integer, self.real, self.complex, self.text, self.text, self.octets,
                  self.byte_array, self.number_range]
        if depth >= self.DEEPEST or self.random.random() < (0.25 if depth else 0.35):
            return self.random.choice(simple)()
        kind = self.random.randrange(6)
        if kind == 0:
            return self.items(depth)
        if kind == 1:
            return tuple(self.part(depth) for _ in range(self.count(depth)))
        if kind == 2:
            return self.table(depth)
        if kind == 3:
            return {self.hashable(depth + 1) for _ in range(self.count(depth))}
        if kind == 4:
            return frozenset(self.hashable(depth + 1) for _ in range(self.count(depth)))
        return slice(self.part(depth), self.part(depth), self.random.choice([None, 1, self.integer()]))

    def bounded(self, most=20000):
        """Sharing makes some of them huge."""
        while True:
            value = self.value()
            if len(repr(value)) <= most:
                return value


def random_values(count, seed, path):
    """Held by a list of `kept`; the file has [type, address, repr] of each."""
    made = RandomValues(seed)
    kept.append([made.bounded() for _ in range(count)])
    # Only now: a value that others share may have grown since it was made.
    with open(path, "w") as out:
        json.dump([value_entry(value) for value in kept[-1]], out)


# The oracle

def type_name(of):
    return of.__qualname__ if of.__module__ == "builtins" else "%s.%s" % (of.__module__, of.__qualname__)


# Kinds beyond those that have to be shown as Python does: the plain form will do.
OPTIONAL = re.compile(r"argparse\.|typing\.|collections\.(ChainMap|User)|concurrent\.|itertools\.|operator\.|"
                      r"time\.struct_time|os\.stat_result|sys\.|re\.|threading\.(Event|Semaphore|Condition|Barrier)|"
                      r"io\.|_io\.|signal\.|_struct\.|frame$")


def value_entry(value):
    """[type, address, repr], and the plain form where that will do, too."""
    entry = [type_name(type(value)), hex(id(value)), repr(value)]
    return entry + [object.__repr__(value)] if OPTIONAL.match(entry[0]) else entry


def kind_of(code, name):
    count = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & 4) + bool(code.co_flags & 8)
    if name in code.co_varnames[:count]:
        return "argument"
    if name in code.co_freevars:
        return "free"
    return "cell" if name in code.co_cellvars else "local"


def frame_locals(frame):
    """[name, kind, type, address, repr] of each name that is bound."""
    code, names = frame.f_code, dict(frame.f_locals)
    if not code.co_flags & 1:
        if frame.f_locals is frame.f_globals:
            return []           # the variables of a module are its globals
        names.update((name, frame.f_back.f_locals[name]) for name in code.co_freevars)
        if "__classdict__" in code.co_cellvars:
            names["__classdict__"] = frame.f_locals
    return [[name, kind_of(code, name)] + value_entry(value) for name, value in names.items()]


def frames_of(frame):
    """Innermost first."""
    while frame is not None:
        yield frame_locals(frame)
        frame = frame.f_back


class ThreadsWithLocals(Threads):
    def oracle(self, frames=True):
        """Each thread has, beside its frames, "locals": for each frame what is bound in it. Numbers have no limit."""
        getattr(sys, "set_int_max_str_digits", int)(0)
        listed = super().oracle(frames)
        current = sys._current_frames() if frames else {}
        for thread in listed:
            if frames:
                thread["locals"] = list(frames_of(current[thread["ident"]]))
            else:
                thread["locals"] = [[[name, kind] + value_entry(value) for name, kind, value in entries]
                                    for entries in told if thread["situation"] == "never_asked"]
        return listed


def run(function):
    try:
        function()
        reason = "ended"
    except BaseException as error:
        import traceback
        traceback.print_exc()
        reason = "failed: %r" % error
    skipped[function.__name__] = reason
    ident = threading.get_ident()
    threads.known.pop(ident)
    threads.labels.pop(ident)


threads = ThreadsWithLocals()
skipped = {}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("oracle")
    parser.add_argument("--only", default="")
    parser.add_argument("--told", action="store_true")
    parser.add_argument("--random", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.random:
        random_values(options.random, options.seed, os.path.join(os.path.dirname(options.oracle), "values.json"))
        announce(options.oracle, threads, frames=False)
        serve()
    wanted = [name for name in options.only.split(",") if name] or (["never_asked"] if options.told else [])
    for function in situations:
        if not wanted or function.__name__ in wanted:
            threads.start(function.__name__, run, function)
    announce(options.oracle, threads, frames=not options.told, skipped=skipped)
    serve()


if __name__ == "__main__":
    main()
