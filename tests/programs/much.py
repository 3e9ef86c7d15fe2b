"""Some 150,000 objects, garbage among them, and threads: whatever is asked of it takes a while.

    much.py ORACLE

The oracle: "one", the address of an object that is far from the modules.
"""
import gc
import sys

from parked import Threads, announce, block, serve

COUNT = 12000
THREADS = 8


class Link:
    def __init__(self, number, above):
        self.number, self.above, self.items = number, above, {"of": [number, str(number)], number: (number * 0.5,)}


class Knot:
    pass


def sink(depth):
    return sink(depth - 1) if depth else block()


gc.disable()
chain = None
for number in range(COUNT):
    chain = Link(number, chain)
    knot, other = Knot(), Knot()
    knot.other, other.other, knot.number = other, knot, number * 1.5
one = chain
while one.above:
    one = one.above
del knot, other
threads = Threads()
for _ in range(THREADS):
    threads.start("deep", sink, 100)
announce(sys.argv[1], threads, frames=False, one=id(one))
serve()
