"""numpy's arrays and scalars of every kind, with what numpy says of each, for a reader outside.

Prints a JSON line [[type, address, repr], …], then blocks until its standard input ends.
"""
import json
import sys
import warnings

import numpy as np

warnings.simplefilter("ignore")
random = np.random.RandomState(5)

NUMBERS = ("bool_ int8 int16 int32 int64 intc longlong uint8 uint16 uint32 uint64 uintc ulonglong float16 float32 float64 "
           "longdouble complex64 complex128 clongdouble").split()
UNITS = "Y M W D h m s ms us ns ps fs as 25s 3D 2M".split()
FLOATS = ([1.5, 2, 3.25], [1e16, 1], [1e-5, 1], [0.1, 0.2, 0.30000000004], [1 / 3, 2 / 3], [np.nan, 1], [-np.inf],
          [np.inf, -np.inf, 1], [np.nan], [-1.5, 2], [1e8], [99999999.0], [1e300 * 1e10, -2], [0.0, -0.0], [1e-320, 1],
          [1000001, 998000], [999, 1001], [100, 1001], [123456.789012345], [1e-4, 0.09], [np.nan, -np.inf, 1e-9, 3e10])


class Array(np.ndarray):
    pass


class Float(np.float64):
    pass


def objects(*items):
    array = np.empty(len(items), dtype=object)
    for number, item in enumerate(items):
        array[number] = item
    return array


def scalars():
    for name in NUMBERS:
        for value in (0, 1, 100, -1, 3.5, 1e-5, 1e-4, 65504, 123456789, 1e6, 999999, 1e15, 1e16, float("nan"), -0.0, 0.1,
                      1 + 2j, complex(-0.0, 1), complex(1, float("nan"))):
            try:
                yield getattr(np, name)(value)
            except (TypeError, ValueError, OverflowError):
                pass
    for unit in UNITS:
        for value in (5, -1, "NaT"):
            yield np.datetime64(value, unit)
            yield np.timedelta64(value, unit)
    yield from (np.str_("a'b"), np.bytes_(b"a'"), Float(1.5), np.datetime64("NaT"), np.datetime64("-0001-01-01"))


def numbers():
    for name in NUMBERS:
        for values in ([], [1], [0, 1], range(5), range(40), range(1001), 5, np.arange(24).reshape(2, 3, 4),
                       np.arange(3000).reshape(3, 1000), np.arange(7)[::-2], np.arange(24).reshape(4, 6).T,
                       np.zeros((0, 3)), np.zeros((2, 0)), np.zeros((1, 1, 1, 1))):
            yield np.array(values).astype(getattr(np, name))
    for name in "b i1 i2 i4 i8 u1 u2 u4 u8 >i2 >i4 >i8 >u8".split():
        yield random.randint(0, 100, 20).astype(name)
        yield random.randint(0, 2, (3, 30)).astype(name)
        yield random.randint(0, 127, (12, 12, 12)).astype(name)


def floats():
    for name in ("f2", "f4", "f8", "g", "F", "D", "G", ">f4", ">f8", ">c16"):
        for values in FLOATS:
            yield np.array(values).astype(name)
        yield random.randn(10).astype(name)
        yield random.randn(2000).astype(name)
        yield (random.randn(5, 5) * 1e5).astype(name)
        yield (random.randn(10) * 10.0 ** random.randint(-20, 20, 10)).astype(name)
    yield np.array([1 + 2j, 0.5])
    yield np.array([complex(1, np.inf), complex(-np.inf, -1e-9)])
    yield random.randn(6) + 1j * random.randn(6)


def others():
    for text in (["a", "bcd"], [b"a", b"b'c"], ["\u00e9'x"] * 30, "x", [["a", "b"], ["c", "d\n"]], ["x" * 100, "y"], [b""],
                 ["a"] * 2000, ["x" * 2000] * 3):
        yield np.array(text)
    yield from (np.array([], dtype="U3"), np.zeros(3, "S5"))
    yield objects(None, 1, "a", [1], (1, 2), 2.5, {"k": None})
    yield objects(*["abc%d" % number for number in range(40)])
    yield np.empty((2, 2), dtype=object)
    for unit in UNITS:
        yield np.array([0, 1, -1, 100], dtype="M8[%s]" % unit)
        yield np.array([-5, 1, "NaT"], dtype="m8[%s]" % unit)
        yield np.array([-5, 1, "NaT"], dtype="M8[%s]" % unit)
        yield np.array([5], dtype=">M8[%s]" % unit)
    yield np.arange(-800000, 800000, 997).astype("M8[D]")
    yield from (np.matrix([[1, 2], [3, 4]]), np.arange(6).reshape(2, 3).view(Array), np.arange(10 ** 6))
    yield from (np.broadcast_to(np.arange(3), (1000, 3)), np.arange(2 ** 12).reshape((2,) * 12), np.zeros((7, 7, 7, 7)))


def type_name(type):
    return "%s.%s" % (type.__module__, type.__qualname__)


kept = [one for family in (scalars, numbers, floats, others) for one in family()]
print(json.dumps([[type_name(type(one)), hex(id(one)), repr(one)] for one in kept]), flush=True)
sys.stdin.read()
