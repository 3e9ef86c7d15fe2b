"""A heap of known shape, and what the process counts of it.

    heaps.py ORACLE [types=N] [collecting] [frozen] [allocating] [forked] [interpreters=legacy|isolated] [large]

types=N        also N classes
collecting     stops in a finalizer, in the middle of a collection
callback       stops in the callback that announces a collection; a byte lets it go on
frozen         with gc.freeze()
allocating     threads allocate and free while it waits
forked         stops in a child made by os.fork()
interpreters=  also sub-interpreters
"""
import functools
import gc
import os
import sys
import threading
import time

import heap_shapes
import parked
import selfcensus

kept = heap_shapes.kept
options = dict(one.partition("=")[::2] for one in sys.argv[2:])
path = sys.argv[1]


class Collected:
    """Garbage whose finalizer stops the collection."""

    def __del__(self):
        selfcensus.stop(path, roots=[self], more=more)


def make_garbage():
    first = Collected()
    ring = [first]
    for number in range(1000):
        ring.append({"number": number, "ring": ring, "items": [number, str(number)]})
    first.ring = ring


def make_types(count):
    for number in range(count):
        name = "Made%05d" % number
        made = type(name, (), {"method": lambda self: None, "number": number, "__module__": "made.module%d" % (
            number % 100)})
        kept["types"].append(made)
        kept["types"].append([made(), made()])


def allocate(gate, parked_ones):
    parked_ones.append(threading.get_ident())
    gate.acquire()
    gate.release()
    while True:
        some = [heap_shapes.Churned(number) for number in range(300)]
        more = {one: [one] for one in some}
        del some, more


def start_allocating(count=3):
    """Threads that wait at a gate, which the function returned opens."""
    gate, parked_ones = threading.Lock(), []
    gate.acquire()
    for _ in range(count):
        threading.Thread(target=allocate, args=(gate, parked_ones), daemon=True).start()
    while len(parked_ones) < count:
        time.sleep(0.01)
    parked.wait_settled(but=(parked.native_id(),))
    return gate.release


def sources():
    """Of the calls that prepare and count a sub-interpreter."""
    programs = os.path.dirname(os.path.abspath(__file__))
    return ("import sys; sys.path.insert(0, %r); sys.dont_write_bytecode = True; import gc, selfcensus, heap_light\n"
            "selfcensus.is_main = False; gc.disable(); selfcensus.prepare()" % programs)


def make_interpreters(kind, count=2):
    """Functions that have each count itself."""
    try:
        import _interpreters as module
        create = lambda: module.create(kind)
    except ImportError:
        import _xxsubinterpreters as module
        create = module.create if sys.version_info < (3, 9) else lambda: module.create(isolated=kind == "isolated")
    counters = []
    for number in range(count):
        interpreter = create()
        kept["interpreters"].append(interpreter)
        run(module, interpreter, sources())
        source = "selfcensus.write(%r)" % ("%s.%d" % (path, number))
        counters.append(functools.partial(run, module, interpreter, source))
    return counters


def run(module, interpreter, source):
    """run_string() raises, or from 3.13 on returns, what the source raises."""
    error = module.run_string(interpreter, source)
    if error is not None:
        raise RuntimeError(str(error))


more = {"program": heap_shapes.expected}
heap_shapes.make()
if "types" in options:
    make_types(int(options["types"]))
counters = make_interpreters(options["interpreters"]) if "interpreters" in options else []
if "frozen" in options:
    gc.collect()
    gc.freeze()
    kept["after freeze"] = [[number] for number in range(1000)]
then = start_allocating() if "allocating" in options else None
if "forked" in options and os.fork():
    os.wait()
    os._exit(0)
if "collecting" in options:
    gc.collect()        # what importing left is not what the collection under way finds
    make_garbage()
    gc.collect()
if "callback" in options:
    def began(phase, info):
        if phase == "start":
            gc.callbacks.remove(began)
            selfcensus.stop(path, more=more, hold=True)
    make_garbage()
    gc.callbacks.append(began)
    gc.collect()
selfcensus.stop(path, more=more, others=counters, then=then)
