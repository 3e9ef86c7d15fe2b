"""One thread collects garbage and is inside a finalizer that blocks; others are idle.

    gc_finalizer.py ORACLE [collecting|idle]

`collecting`: its situation is "collector". `idle`: the same threads, and nobody collects.
"""
import gc
import sys

from parked import Threads, announce, block, serve

threads = Threads()
gc.disable()


class Finalized:
    def __del__(self):
        block()


def collect():
    cycle = Finalized()
    cycle.itself = cycle
    del cycle
    gc.collect()


def collect_then_idle():
    gc.collect()
    block()


mode = sys.argv[2] if len(sys.argv) > 2 else "collecting"
for number in range(2):
    threads.start("before-%d" % number, block)
threads.start("collector", collect if mode == "collecting" else collect_then_idle)
for number in range(2):
    threads.start("after-%d" % number, block)
announce(sys.argv[1], threads)
serve()
