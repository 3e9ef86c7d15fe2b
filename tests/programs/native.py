"""C code that calls Python that calls C code, each thread in another way, all blocked in the end.

    native.py ORACLE [--library PATH FUNCTION]… [--lonely PATH] [--signal PATH] [--depth N]

The oracle's "between" names for a situation two Python functions and native ones that have to stand between them, in
their order from the outer to the inner one; "inside" what the innermost Python function has called. --library adds a
situation "PATH FUNCTION": that function of a shared library calls back into Python. --lonely starts a thread that Python
does not know (its id is in "lonely"), --signal two threads that are blocked in a signal handler.
"""
import ctypes
import functools
import sys

from parked import Threads, announce, block, serve

CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)
COMPARE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int))
libc = ctypes.CDLL(None)
threads = Threads()
between, kept = {}, []


def situation(*expected):
    def add(function):
        between[function.__name__] = list(expected)
        threads.start(function.__name__, function)
        return function
    return add


def blocked(*_):
    block()
    return 0


@situation("callback", "blocked", ["PyCFuncPtr_call", "ffi_call", "closure_fcn"])
def callback():
    numbers = (ctypes.c_int * 4)(3, 2, 1, 0)
    libc.qsort(numbers, 4, ctypes.sizeof(ctypes.c_int), COMPARE(blocked))


@situation("sort_key", "blocked", ["builtin_sorted", "list_sort_impl"])
def sort_key():
    sorted([2, 1], key=blocked)


def blocked_generator():
    yield 1
    block()
    yield 2


@situation("exhaust", "blocked_generator", ["gen_iternext"])
def exhaust():
    sum(blocked_generator())


def delegate():
    yield from blocked_generator()


@situation("throw_away", "delegate", ["_?list_extend.*", "gen_iternext"])
def throw_away():
    list(delegate())


@situation("send_to_coroutine", "coroutine", ["gen_send.*"])
def send_to_coroutine():
    async def coroutine():
        await inner()

    async def inner():
        block()
    coroutine().send(None)


class Dying:
    def __del__(self):
        block()


@situation("let_die", "__del__", ["slot_tp_finalize"])
def let_die():
    dying = Dying()
    del dying
    return 1


def die_on_return():
    dying = Dying()     # noqa: F841


@situation("let_die_on_return", "__del__", ["slot_tp_finalize"])
def let_die_on_return():
    die_on_return()


@situation("reduce_list", "blocked", ["functools_reduce"])
def reduce_list():
    functools.reduce(blocked, [1, 2])


class Listing:
    def __getattr__(self, name):
        block()

    def __len__(self):
        return self.missing


@situation("ask_length", "__len__", ["builtin_len", "slot_sq_length"])
def ask_length():
    len(Listing())


@situation("run_text", "blocked", ["builtin_exec"])
def run_text():
    exec("blocked()", {"blocked": blocked})


def descend(depth, by):
    if not depth:
        block()
    elif by == "python":
        descend(depth - 1, by)
    else:
        max([depth - 1], key=lambda left: descend(left, by))


def deep(depth, by):
    descend(depth, by)


def call_library(path, function):
    library = ctypes.CDLL(path)
    kept.append(library)
    getattr(library, function)(CALLBACK(blocked), 3)


def wait_in_signal(library, own_stack):
    library.helper_signal(own_stack)


arguments = sys.argv[2:]
depth, lonely = 100, None
while arguments:
    option = arguments.pop(0)
    if option == "--depth":
        depth = int(arguments.pop(0))
    elif option == "--library":
        path, name = arguments.pop(0), arguments.pop(0)
        threads.start(path + " " + name, call_library, path, name)
    elif option == "--lonely":
        lonely = ctypes.CDLL(arguments.pop(0)).helper_start_lonely()
    elif option == "--signal":
        helper = ctypes.CDLL(arguments.pop(0))
        threads.start("signal", wait_in_signal, helper, 0)
        threads.start("signal on its own stack", wait_in_signal, helper, 1)
sys.setrecursionlimit(3 * depth + 1000)
threads.start("deep_python", deep, depth, "python", stack_size=64 << 20)
threads.start("deep_turns", deep, min(depth, 300), "c", stack_size=64 << 20)

announce(sys.argv[1], threads, between=between, lonely=lonely)
serve()
