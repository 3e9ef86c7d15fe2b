"""Generators, coroutines and asynchronous generators in every state, as variables of the main thread.

    generators.py ORACLE

The oracle has for each variable what inspect says of it, and the line it is at ("file:line", or null when finished).
"""
import inspect
import os
import sys

from parked import Threads, native_id, serve, wait_settled, write_json

threads = Threads()


def generator():
    yield 1
    yield 2


async def coroutine():
    pass


async def async_generator():
    yield 1


def delegating():
    yield from generator()


def state_of(one):
    for kind, frame in ("gi", "gi_frame"), ("cr", "cr_frame"), ("ag", "ag_frame"):
        if hasattr(one, frame):
            at = getattr(one, frame)
            if at is None:
                return {"state": "finished", "at": None}
            if getattr(one, kind + "_running"):
                return {"state": "running", "at": None}
            return {"state": "created" if at.f_lasti < 0 or started(one) is False else "suspended",
                    "at": "%s:%d" % (at.f_code.co_filename, at.f_lineno)}


def started(one):
    """From 3.11 the instruction does not tell."""
    if inspect.isgenerator(one):
        return inspect.getgeneratorstate(one) != "GEN_CREATED"
    if inspect.iscoroutine(one):
        return inspect.getcoroutinestate(one) != "CORO_CREATED"
    return False            # the asynchronous one of this program


def main():
    created, suspended, finished, inside = generator(), generator(), generator(), delegating()
    next(suspended)
    list(finished)
    next(inside)
    waiting, asynchronous = coroutine(), async_generator()
    variables = {name: one for name, one in locals().items()}

    def body():
        yield 1
        variables["running"] = running
        write_json(sys.argv[1], {"version": sys.version_info[:3], "pid": os.getpid(), "recorder": None,
                                 "variables": {name: state_of(one) for name, one in variables.items()}})
        wait_settled(but=(native_id(),))
        os.write(1, b"ready\n")
        serve()

    running = body()
    next(running)
    next(running)


main()
