"""Objects whose reference count is too high, and objects that nobody has any more although they live.

    surplus.py ORACLE

Held: kept, each with one reference too many. Lost: dropped, each with three too many, and with a list of two dicts, which
nobody else has, and with a Shared, which somebody has. Twice: kept by one another without the collector's help, through a
datetime. Sound: the same without anything wrong.

Runs on every CPython from 3.8.
"""
import ctypes
import datetime
import sys

from parked import Threads, announce, serve

leak = ctypes.pythonapi.Py_IncRef
leak.argtypes, leak.restype = [ctypes.py_object], None
COUNT = 50


class Held:
    pass


class Lost:
    pass


class Shared:
    pass


class Sound:
    __slots__ = "one", "other"


class Twice(datetime.tzinfo):
    def utcoffset(self, moment):
        return datetime.timedelta(0)


def plant(depth):
    """Deep down, so that no stack has traces of it afterwards."""
    if depth:
        return plant(depth - 1)
    for number in range(COUNT):
        one = Held()
        held.append(one)
        leak(one)
        one = Lost()
        one.items, one.shared = [{number: []}, {-number: number}], shared
        for _ in range(3):
            leak(one)
        zone = Twice()
        zone.moment = datetime.datetime(2000, 1, 1, tzinfo=zone)
        one = Sound()
        one.one, one.other = held[-1], one
        sound.append(one)


held, sound, shared = [], [], Shared()
plant(20)
announce(sys.argv[1], Threads())
serve()
