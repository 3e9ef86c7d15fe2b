"""A Python process to look into: many threads, each blocked at a known depth, and a known amount of touched memory.

Usage: target.py THREADS DEPTH BALLAST_BYTES

Prints "ready" once every thread, the main one included, has exactly DEPTH Python frames and is about to block.
It ends when its standard input is closed, so it never outlives whoever started it.
"""
import functools
import os
import queue
import sys
import threading


def allow_any_tracer():
    """Let processes that are not our ancestors attach (Yama's ptrace_scope 1 would refuse them)."""
    try:
        import ctypes

        pr_set_ptracer, anyone = 0x59616D61, ctypes.c_ulong(-1)
        ctypes.CDLL(None).prctl(pr_set_ptracer, anyone, 0, 0, 0)
    except (ImportError, OSError, AttributeError):
        pass


def frames_here():
    """How many Python frames the caller's stack has."""
    frame, count = sys._getframe(1), 0
    while frame is not None:
        frame, count = frame.f_back, count + 1
    return count


def descend(levels, announce, wait):
    if levels > 1:
        descend(levels - 1, announce, wait)
    else:
        # Both are C callables: neither adds a Python frame to the stack that is measured.
        announce()
        wait()


def worker(depth, announce, wait):
    descend(depth - frames_here(), announce, wait)


def main():
    threads, depth, ballast_bytes = (int(argument) for argument in sys.argv[1:4])
    allow_any_tracer()
    ballast = b"\x5a" * ballast_bytes
    arrived, gate = queue.SimpleQueue(), threading.Lock()
    gate.acquire()
    for _ in range(threads - 1):
        arguments = (depth, functools.partial(arrived.put, None), gate.acquire)
        threading.Thread(target=worker, args=arguments, daemon=True).start()
    for _ in range(threads - 1):
        arrived.get()
    ready = functools.partial(print, "ready", flush=True)
    descend(depth - frames_here(), ready, functools.partial(os.read, 0, 1))
    os._exit(0 if len(ballast) == ballast_bytes else 1)


main()
