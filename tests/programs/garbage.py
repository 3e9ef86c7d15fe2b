"""Cycles of many shapes, dropped with the collector off, beside kept ones of the same shapes; and what the collector
says.

    garbage.py ORACLE [frozen] [uncollectable] [more]

frozen          other cycles were dropped, and then everything was put aside with gc.freeze()
more            also shapes of which not all references are known
uncollectable   also objects with legacy finalizers, one in gc.garbage after a collection, two dropped after that

A copy of the process, made with libc's fork(), writes what gc.collect() with gc.DEBUG_COLLECTABLE names there, which is
before it clears weak references and calls finalizers: "unreachable": address, name of type, whether it is
uncollectable; "references" among them, pairs of addresses; and what gc.collect() "returned".
The process itself waits, and answers bytes.

Runs on every CPython from 3.8.
"""
import ctypes
import gc
import os
import re
import select
import sys

import garbage_shapes
import parked

FOUND = re.compile(r"gc: (un)?collectable <.* (0x[0-9a-f]+)>$")
TIMES, KEPT_TIMES = 3, 2

_libc = ctypes.PyDLL(None)          # keeps the GIL
_fork = _libc.fork
_poller = select.poll()
_poller.register(0, select.POLLIN)
_poller.poll(0)
kept = []


class Heavy:
    """Keeps bytes alone, and shares others with what stays."""


def plant_heavy():
    kept.append(bytes(8 << 20))
    for number in range(TIMES):
        one = Heavy()
        one.me, one.own, one.shared = one, bytearray(1 << 20), kept[-1]
        one.more = ["%d %d" % (number, other) + "-" * 1000 for other in range(1000)]


def plant(times, keep=None, shapes=garbage_shapes.shapes):
    for shape in shapes:
        for _ in range(times):
            made = shape()
            if keep is not None:
                keep.append(made)
            del made


def uncollectable():
    """A function that drops such objects, and has done so once, before a collection."""
    import _testcapi

    @_testcapi.with_tp_del
    class Legacy:
        def __tp_del__(self):
            pass

    class Behind:
        pass

    def drop():
        one = Legacy()
        one.me, one.behind = one, [Behind()]

    drop()
    gc.collect()
    assert len(gc.garbage) == 1, gc.garbage
    return drop


def _name(kind):
    module, qualname = type.__dict__["__module__"].__get__(kind), type.__dict__["__qualname__"].__get__(kind)
    return qualname if module == "builtins" or not isinstance(module, str) else "%s.%s" % (module, qualname)


def _named_and_linked():
    """By address, of all that the collector may collect."""
    names, links = {}, {}
    for one in gc.get_objects():
        names[id(one)] = _name(type(one))
        links[id(one)] = [id(other) for other in gc.get_referents(one)]
    return names, links


def _collect(path):
    """What it finds, from what it writes."""
    errors = os.open(path + ".collected", os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o666)
    os.dup2(errors, 2)
    gc.set_debug(gc.DEBUG_COLLECTABLE | gc.DEBUG_UNCOLLECTABLE)
    returned = gc.collect()
    gc.set_debug(0)
    sys.stderr.flush()
    with open(path + ".collected", errors="replace") as source:
        found = [FOUND.match(line.rstrip("\n")) for line in source]
    return returned, {int(one.group(2), 16): bool(one.group(1)) for one in found if one}


def describe(path):
    errors = os.dup(2)
    try:
        names, links = _named_and_linked()
        listed = [id(one) for one in gc.garbage]
        returned, found = _collect(path)
        parked.write_json(path, {
            "recorder": 0, "pid": os.getppid(), "version": sys.version_info[:3], "returned": returned,
            "garbage": listed,
            "unreachable": [[one, names[one], found[one]] for one in found],
            "references": [[one, other] for one in found for other in links[one] if other in found]})
        os.write(1, b"ready\n")
    except BaseException:
        import traceback
        os.write(errors, traceback.format_exc().encode())
        os.write(1, b"failed\n")
    os._exit(0)


def stop(path):
    if not _fork():
        describe(path)
    while True:
        _poller.poll()
        if not os.read(0, 1):
            os._exit(0)
        os.write(1, b"pong\n")


def main(path, *modes):
    plant(1)
    drop = uncollectable() if "uncollectable" in modes else None
    for _ in range(3):
        gc.collect()
    gc.disable()
    plant(KEPT_TIMES, kept)
    if "frozen" in modes:
        plant(1)
        gc.freeze()
        plant(KEPT_TIMES, kept)
    plant(TIMES)
    if "more" in modes:
        plant(TIMES, None, garbage_shapes.more_shapes)
    plant_heavy()
    if drop:
        drop()
        drop()
    stop(path)


main(*sys.argv[1:])
