"""A heap of known counts, with the places of its parts: what a test needs that damages it afterwards.

    damaged.py ORACLE

Every object that is larger than pools take is referred to from two places, one of which is as large itself.
"""
import array
import collections
import gc
import os
import sys

import parked


class Plain:
    def __init__(self, number):
        self.number = number
        self.text = str(number)


class Slotted:
    __slots__ = "next", "left", "right", "count"

    def __init__(self, following, number):
        self.next = self.left = self.right = following
        self.count = number


class Items(list):
    pass


class Table(dict):
    pass


class Names(set):
    pass


class Queue(collections.deque):
    pass


class Ordered(collections.OrderedDict):
    pass


class Bytes(bytearray):
    pass


class Text(str):
    pass


class Number(int):
    pass


class Derived(Plain):
    pass


def chain(count):
    """Linked as the nodes of an OrderedDict are: a walk that loses its way can follow it."""
    last = None
    for number in range(count):
        last = Slotted(last, number)
    while last:
        yield last
        last = last.next


def make():
    kept = {
        "Plain": [Plain(number) for number in range(4000)],
        "Derived": [Derived(number) for number in range(1000)],
        "Slotted": list(chain(4000)),
        "Items": [Items(range(number % 70)) for number in range(1500)],
        "Table": [Table((other, other) for other in range(number % 40)) for number in range(1000)],
        "Names": [Names(range(number % 40)) for number in range(1000)],
        "Queue": [Queue(range(number % 150)) for number in range(1000)],
        "Ordered": [Ordered((other, None) for other in range(number % 25)) for number in range(500)],
        "Bytes": [Bytes(number % 600) for number in range(1500)],
        "Text": [Text("text %d" % number) for number in range(1500)],
        "Number": [Number(number << 40) for number in range(1500)],
        "list": [[number, None, number] for number in range(3000)],
        "dict": [{"a": number, number: None} for number in range(2000)],
        "set": [{number, number + 1, number * 7 % 31} for number in range(1000)],
        "collections.deque": [collections.deque([number]) for number in range(500)],
        "collections.OrderedDict": [collections.OrderedDict.fromkeys(range(number % 9)) for number in range(300)],
        "array.array": [array.array("l", range(number % 100)) for number in range(1000)],
        "bytearray": [bytearray(number % 300) for number in range(1000)],
        "tuple": [(number, [number]) for number in range(2000)],
        "float": [number / 3 for number in range(4000)],
        "bytes": [b"%d bytes" % number for number in range(1000)],
        "complex": [complex(number, 1) for number in range(1000)],
    }
    large = [tuple(range(number % 300 + 80)) for number in range(300)] + ["%d" % number * 200 for number in range(300)] + [
        bytes(600 + number) for number in range(300)] + [Items(range(1000)) for _ in range(50)]
    return kept, large, tuple(reversed(large))


def main():
    gc.disable()
    kept, large, again = make()
    # Some pools with free blocks, in a row and between others.
    trash = [[Plain(number), float(number), "%d." % number] for number in range(6000)]
    some = trash[::5]
    del trash
    user = [name for name in kept if name in globals()]
    counts = {name: len(kept[name]) for name in user}
    counts["Plain"] += len(some)
    counts["Items"] += 50
    types = {name: type(kept[name][0]) for name in kept}
    parked.write_json(sys.argv[1], {
        "version": sys.version_info[:3], "recorder": 0, "counts": counts,
        "types": {name: id(one) for name, one in types.items()},
        "collected": {name: gc.is_tracked(kept[name][-1]) for name in kept},
        "ids": {name: [id(one) for one in kept[name][::len(kept[name]) // 100]] for name in kept},
        "large": [id(one) for one in large],
    })
    os.write(1, b"ready\n")
    sys.stdin.read()
    return kept, large, again, some, types


main()
