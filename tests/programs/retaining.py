"""Keeps much alive in known ways, and counts what each of them keeps alone.

    retaining.py ORACLE

A child of it, which is no more when it is ready, finds what can be reached from each of some objects and from nowhere else by
gc.get_referents(). No str, small number or other thing that somebody beside Python's objects may refer to is among that. The
oracle: "kept": {PATH: {"address", "objects", "sizes": what sys.getsizeof() says of each, "instances": whether there are some of
classes written in Python}} of what is to be shown; "links": the same of what is but a link to that; "hidden": [addresses] of
more that is not to be shown, links to them or parts of them.
"""
import gc
import os
import sys
import threading

import parked

numbers = iter(range(100000, 10000000))


def fresh(size=20):
    return b"%*d" % (size, next(numbers))


class Item:
    def __init__(self):
        self.number = next(numbers)
        self.text = fresh()


class Service:
    def __init__(self):
        self.items = [[fresh(), fresh()] for _ in range(2500)]
        self.index = {next(numbers): fresh() for _ in range(1200)}


class Node:
    def __init__(self, onward):
        self.onward = onward
        self.payload = fresh(2000)


class Slotted:
    __slots__ = ("shared", "more")


class Settings:
    table = {next(numbers): (fresh(), fresh(60)) for _ in range(2000)}


def produce():
    rows = [fresh(90) for _ in range(3000)]
    yield
    rows.clear()


def linked(count):
    node = None
    for _ in range(count):
        node = Node(node)
    return node


def work(found, ready):
    buffer = [fresh(700) for _ in range(600)]
    found.append(id(buffer))
    ready.set()
    parked.block()
    buffer.clear()


def start_worker():
    found, ready = [], threading.Event()
    threading.Thread(target=work, args=(found, ready), daemon=True).start()
    ready.wait()
    return found[0]


def closure(starts, but=None):
    """All that is reached from STARTS, by address; BUT is not gone through."""
    found, pending = {}, list(starts)
    while pending:
        one = pending.pop()
        if id(one) not in found and one is not but:
            found[id(one)] = one
            pending.extend(gc.get_referents(one))
    return found


def kept_by(one, everything):
    """What is reached from it, and from nothing that it does not keep."""
    below = closure([one])
    entries = [other for outer in everything if id(outer) not in below
               for other in gc.get_referents(outer) if id(other) in below and other is not one]
    elsewhere = closure(entries, one)
    return [other for address, other in below.items() if address not in elsewhere]


def facts_of(one, everything):
    kept = kept_by(one, everything)
    return {"address": id(one), "objects": len(kept), "sizes": [sys.getsizeof(other) for other in kept],
            "instances": any(type(other).__module__ == "__main__" for other in kept)}


def describe(path, kept, links, hidden):
    everything = list(closure(gc.get_objects()).values())
    own = {id(everything), id(sys._getframe())}
    by_address = {id(one): one for one in everything}
    own.add(id(by_address))
    everything = [one for one in everything if id(one) not in own]
    own.add(id(everything))
    facts = {"pid": os.getppid(), "recorder": 0, "version": sys.version_info[:3], "hidden": hidden,
             "kept": {place: facts_of(by_address[address], everything) for place, address in kept.items()},
             "links": {place: facts_of(by_address[address], everything) for place, address in links.items()}}
    parked.write_json(path, facts)


def plant():
    global cache, service, head, first, second, nested, suspended
    cache = {next(numbers): Item() for _ in range(6000)}
    service = Service()
    head = linked(200)
    first, second = Slotted(), Slotted()
    first.shared = second.shared = [fresh(100) for _ in range(2500)]
    nested = {"outer": {"inner": [{"table": [fresh(40) for _ in range(3000)]}]}}
    suspended = produce()
    next(suspended)


def main():
    local = start_worker()
    plant()
    kept = {"__main__.cache": id(cache), "__main__.service.items": id(service.items),
            "__main__.service.index": id(service.index), "__main__.head": id(head),
            "__main__.first.shared": id(first.shared), "__main__.Settings.table": id(Settings.table),
            "__main__.nested['outer']['inner'][0]['table']": id(nested["outer"]["inner"][0]["table"]),
            "__main__.suspended.gi_frame.f_locals['rows']": id(suspended.gi_frame.f_locals["rows"]),
            "__main__.work:local buffer": local}
    links = {"__main__.service": id(service), "__main__.nested": id(nested), "__main__.nested['outer']": id(nested["outer"]),
             "__main__.head.onward": id(head.onward)}
    hidden = [id(first), id(second), id(Settings), id(suspended), id(next(iter(cache.values())))]
    gc.collect()
    child = os.fork()
    if not child:
        try:
            describe(sys.argv[1], kept, links, hidden)
            os._exit(0)
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0


main()
os.write(1, b"ready\n")
parked.serve()
