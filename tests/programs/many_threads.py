"""N threads of M frames each, and as much memory as wanted.

    many_threads.py ORACLE [THREADS [FRAMES [BALLAST_BYTES]]]

Counts include the main thread and the frames of the threading module. The ballast is touched, so a core holds it.
"""
import sys

from parked import Threads, announce, block, serve

numbers = [int(text) for text in sys.argv[2:]] + [51, 24, 0][len(sys.argv) - 2:]
count, frames, ballast = numbers
threads = Threads()


def descend(depth):
    if depth > 1:
        descend(depth - 1)
    else:
        block()


kept = bytearray(b"\xa5") * ballast
for number in range(count - 1):
    threads.start("worker-%d" % number, descend, frames - 4)    # the four that threading and parked put below
announce(sys.argv[1], threads)
serve()
