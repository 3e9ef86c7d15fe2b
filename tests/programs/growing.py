"""Grows by known numbers of objects, and says which are there.

    growing.py ORACLE [fork]

Each byte on standard input makes it take the next of STEPS and print its name when that is done. The oracle, written anew
after each step, has the addresses of all objects of some classes after each ("moments": [{TYPE: [IDS]}, ...]), the first
before any step. With "fork" a child of it waits until it is gone ("child": its id).
"""
import os
import sys

import parked


class Node:
    def __init__(self, number):
        self.number = number


class Slotted:
    __slots__ = ("next",)


class Items(list):
    pass


class Large(bytes):
    """Most of them outside of pymalloc's arenas."""


class Later:
    pass


class Shrinking:
    pass


kept = {kind: [] for kind in (Node, Slotted, Items, Large, Later, Shrinking)}
facts = {"pid": os.getpid(), "recorder": 0, "moments": [], "child": None}


def add(kind, count, *arguments):
    kept[kind].extend([kind(*arguments) for _ in range(count)])


def begin():
    add(Node, 1000, 5)
    add(Slotted, 50)
    add(Items, 100, range(20))
    add(Large, 20, bytes(5000))
    add(Shrinking, 300)


def grow():
    add(Node, 700, 6)
    add(Slotted, 2000)
    add(Items, 10)
    add(Large, 30, bytes(100000))
    add(Later, 12)
    del kept[Shrinking][::3]


def exchange():
    """Some go and others come, partly where those were."""
    del kept[Node][::2]
    add(Node, 300, 7)
    del kept[Large][5:15]
    add(Large, 10, bytes(5000))
    kept[Items][0].extend(range(1000000))       # no object more, and ints that are shared
    add(Shrinking, 5)


def note():
    facts["moments"].append({"__main__." + kind.__name__: [id(one) for one in kept[kind]] for kind in kept})
    parked.write_json(sys.argv[1], facts)


def fork():
    read, write = os.pipe()
    facts["child"] = os.fork()
    if not facts["child"]:
        os.close(write)
        os.read(read, 1)
        os._exit(0)


if "fork" in sys.argv:
    fork()
begin()
note()
os.write(1, b"ready\n")
for step in (grow, exchange):
    if not os.read(0, 1):
        break
    step()
    note()
    os.write(1, step.__name__.encode() + b"\n")
parked.serve()
