"""A target that is never parked: threads running flat functions as fast as they can.

    busy.py ORACLE

The oracle lists for each thread every stack that it can have at all (function names, innermost first, down to its
first own function) and the lines of each function. A leaf under the wrong caller is impossible and shows a torn read.
"""
import os
import sys

from parked import Threads, serve, write_json

threads = Threads()


def leaf_a():
    return 1


def leaf_b():
    return 2


def caller_a():
    leaf_a()
    leaf_a()


def caller_b():
    leaf_b()
    leaf_b()


def ping_pong():
    while True:
        caller_a()
        caller_b()


def deep_leaf():
    return 1


def deep_4():
    deep_leaf()


def deep_3():
    deep_4()


def deep_2():
    deep_3()


def deep_1():
    deep_2()


def shallow_leaf():
    return 2


def up_and_down():
    while True:
        deep_1()
        shallow_leaf()


def generate():
    yield 1
    leaf_in_generator()
    yield 2


def leaf_in_generator():
    return 3


def exhaust():
    for number in generate():
        outside_generator()


def outside_generator():
    return 4


def generators():
    while True:
        exhaust()


def from_c(item):
    leaf_from_c()
    return item


def leaf_from_c():
    return 5


def callbacks():
    items = [1, 2, 3]
    while True:
        list(map(from_c, items))


POSSIBLE = {
    ping_pong: [[], ["caller_a"], ["leaf_a", "caller_a"], ["caller_b"], ["leaf_b", "caller_b"]],
    up_and_down: [[], ["deep_1"], ["deep_2", "deep_1"], ["deep_3", "deep_2", "deep_1"],
                  ["deep_4", "deep_3", "deep_2", "deep_1"], ["deep_leaf", "deep_4", "deep_3", "deep_2", "deep_1"],
                  ["shallow_leaf"]],
    generators: [[], ["exhaust"], ["generate", "exhaust"], ["leaf_in_generator", "generate", "exhaust"],
                 ["outside_generator", "exhaust"]],
    callbacks: [[], ["from_c"], ["leaf_from_c", "from_c"]],
}


def lines_of(function):
    """The lines that it can be at. Some instructions have none (3.10 GEN_START, 3.12 behind RETURN_GENERATOR): null."""
    code = function.__code__
    if hasattr(code, "co_lines"):
        lines = [line for _, _, line in code.co_lines()]
    else:
        import dis
        lines = [line for _, line in dis.findlinestarts(code)]
    return sorted(set(lines) - {None}) + [code.co_firstlineno] + [None] * (None in lines)


def main():
    for function in POSSIBLE:
        threads.start(function.__name__, function)
    while len(threads.known) <= len(POSSIBLE):
        pass
    document = {"version": sys.version_info[:3], "pid": os.getpid(), "recorder": None, "file": __file__,
                "lines": {name: lines_of(value) for name, value in globals().items()
                          if callable(value) and getattr(value, "__module__", None) == "__main__"
                          and hasattr(value, "__code__")},
                "possible": {function.__name__: stacks for function, stacks in POSSIBLE.items()},
                "tids": {threads.labels[ident]: tid for ident, tid in threads.known.items()},
                "base": ["enter_and_run", "run", "_bootstrap_inner", "_bootstrap"]}
    write_json(sys.argv[1], document)
    os.write(1, b"ready\n")
    serve()


if __name__ == "__main__":
    main()
