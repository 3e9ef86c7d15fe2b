"""Leaks references in native code, a known number of each kind, beside native code that keeps them rightly.

    leaky.py ORACLE [EXTENSION]

EXTENSION: leaky.c, compiled for this interpreter; without it ctypes does what it can of the same. The oracle has by
type "surplus": [objects, references] that are more than anything holds, "lost": objects that nothing leads to, "kept":
the objects of which neither is true, "single": of which types one object has leaked that much else refers to, and
"addresses": of all that have leaked.
"""
import ctypes
import gc
import importlib.machinery
import importlib.util
import os
import sys
import types

import parked

SINGLE = 10                     # references that leak of each
surplus, lost, kept, addresses = {}, {}, {}, {}
alive = {}                      # what the program keeps, by name
libc = ctypes.CDLL(None)
libc.calloc.restype = ctypes.c_void_p
libc.calloc.argtypes = [ctypes.c_size_t, ctypes.c_size_t]


class Base:
    def __init__(self, number=0):
        self.number = number
        self.text = "number %d" % number


class Item(Base):
    """Reachable; some have one to three references too many."""


class LostItem(Base):
    pass


class Slotted:
    __slots__ = "number",


class Value(Base):
    pass


class Holder(Base):
    def __init__(self, number):
        Base.__init__(self, number)
        self.value = Value(number)

    @property
    def computed(self):
        return Computed()


class Computed(Base):
    pass


class Returned(Base):
    def __init__(self):
        Base.__init__(self, 1)
        self.payload = [Payload() for _ in range(3)]


class Payload:
    """Lost with the object that keeps it, which is what has leaked."""


class Recorded(Base):
    pass


class Global(Base):
    pass


class Listed(Base):
    pass


class Held(Base):
    pass


class Innocent(Base):
    """Whose instances refer to one another, in every way."""

    def __init__(self, number):
        Base.__init__(self, number)
        self.me, self.method, self.closure, self.items = self, self.look, lambda: self, {self: [self, (self,)]}

    def look(self):
        return self


def name_of(kind):
    return kind.__qualname__ if kind.__module__ == "builtins" else "%s.%s" % (kind.__module__, kind.__qualname__)


def note(table, one, references=1):
    name = name_of(type(one))
    addresses.setdefault(name, []).append(id(one))
    if table is surplus:
        objects, sum_of = table.get(name, (0, 0))
        table[name] = objects + 1, sum_of + references
    else:
        table[name] = table.get(name, 0) + 1


class Extension:
    """By leaky.c."""

    def __init__(self, path):
        loader = importlib.machinery.ExtensionFileLoader("leaky", path)
        self.module = importlib.util.module_from_spec(importlib.util.spec_from_loader("leaky", loader))
        loader.exec_module(self.module)
        sys.modules["leaky"] = self.module
        self.item, self.attribute, self.result = (self.module.leak_item, self.module.leak_attribute,
                                                  self.module.leak_result)
        self.record, self.keep = self.module.leak_record, self.module.keep
        self.keep_in_record = self.module.keep_in_record

    def plant_owners(self):
        for _ in range(30):
            owner = self.module.Owner()
            owner.hold(owner)
            note(lost, owner)
        for number in range(10):
            owner = self.module.Owner()
            owner.hold(Held(number))
            alive.setdefault("owners", []).append(owner)
        kept["__main__.Held"] = 10
        del owner


class WithoutExtension:
    """By calls of Python's own C functions."""

    def __init__(self):
        self.increase = ctypes.pythonapi.Py_IncRef
        self.increase.argtypes, self.increase.restype = [ctypes.py_object], None
        self.chain = ctypes.c_void_p()

    def item(self, items, index):
        self.increase(items[index])

    def attribute(self, one, name):
        self.increase(getattr(one, name))

    def result(self, callable):
        self.increase(callable())

    def make_record(self, *references):
        address = libc.calloc(1, 32)
        for number, one in enumerate(references):
            ctypes.c_size_t.from_address(address + 16 + 8 * number).value = id(one)
            self.increase(one)
        return address

    def record(self, one):
        self.make_record(one)

    def keep(self, one):
        self.pair = (ctypes.c_size_t * 2)(0, id(one))
        self.increase(one)

    def keep_in_record(self, *references):
        address = self.make_record(*references)
        ctypes.c_size_t.from_address(address).value = self.chain.value or 0
        self.chain.value = address

    def plant_owners(self):
        pass


def plant_items(by):
    alive["items"] = [Item(number) for number in range(40)]
    for number in range(25):
        for _ in range(number % 3 + 1):
            by.item(alive["items"], number)
        note(surplus, alive["items"][number], number % 3 + 1)
    for kind, count in (LostItem, 50), (Slotted, 45), (complex, 20), (bytearray, 15), (frozenset, 10):
        items = [kind((number, 1)) if kind is frozenset else kind(number) if kind is not Slotted else kind()
                 for number in range(count)]
        for number in range(count):
            by.item(items, number)
            note(lost, items[number])
    # Those that the interpreter has caches of, and stacks addresses: some references may look as if they had a holder.
    alive["singles"] = [Item.__init__, Item, types.ModuleType("single"), sys.stderr, alive, tuple(["a", "tuple"]),
                        Holder.__dict__["computed"], range(3)]
    for number, one in enumerate(alive["singles"]):
        for _ in range(SINGLE):
            by.item(alive["singles"], number)
        note(surplus, one, SINGLE)


def plant_attributes(by):
    alive["holders"] = [Holder(number) for number in range(20)]
    for number, one in enumerate(alive["holders"]):
        by.attribute(one, "value")
        note(surplus, one.value)
    for one in alive["holders"][:12]:
        by.attribute(one, "computed")
    lost["__main__.Computed"] = 12
    kept["__main__.Holder"] = 20


def plant_results(by):
    for _ in range(70):
        by.result(Returned)
    lost["__main__.Returned"] = 70
    kept["__main__.Payload"] = 210


def plant_records(by):
    for number in range(60):
        one = Recorded(number)
        by.record(one)
        note(lost, one)


def keep_rightly(by):
    by.keep(Global())
    kept["__main__.Global"] = 1
    for number in range(80):
        by.keep_in_record(Listed(number), Listed(number))
    kept["__main__.Listed"] = 160
    alive["innocent"] = [Innocent(number) for number in range(100)]
    kept["__main__.Innocent"] = 100


def scrub(depth=400):
    """Writes over what calls and what was freed have left behind."""
    memory = [[bytes(size) for _ in range(20)] for size in range(1, 1100, 16)]
    del memory
    if depth:
        sorted([depth], key=lambda left: scrub_more(left - 1))


def scrub_more(depth):
    nothing = one = other = items = number = [None] * 3             # noqa: F841
    if depth > 0:
        max([depth], key=lambda left: scrub_more(left - 1))


def main():
    by = Extension(sys.argv[2]) if len(sys.argv) > 2 else WithoutExtension()
    alive["by"] = by
    for plant in plant_items, plant_attributes, plant_results, plant_records, keep_rightly:
        plant(by)
    by.plant_owners()


main()
gc.collect()
sys.setrecursionlimit(3000)
scrub()
parked.write_json(sys.argv[1], {"version": sys.version_info[:3], "pid": os.getpid(), "recorder": 0, "surplus": surplus,
                                "lost": lost, "kept": kept, "addresses": addresses,
                                "single": [name_of(type(one)) for one in alive["singles"]]})
scrub()
os.write(1, b"ready\n")
parked.serve()
