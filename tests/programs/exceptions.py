"""Threads that raise and handle exceptions in many ways, and processes that die of one.

    exceptions.py ORACLE park|hook|thread_hook|interactive|abort|segv|native

The oracle has for each situation what Python says of the exception ("exceptions": null where there is none) and how
traceback.format_exception prints it ("texts"). `park`: one thread for each situation, all blocked. The others put the
main thread into one: `hook` inside sys.excepthook, `thread_hook` a thread inside threading.excepthook (3.8+),
`interactive` after code.InteractiveInterpreter showed a traceback, `abort` and `segv` inside an except block; they die
when a byte arrives. `native`: the main thread sleeps in C with the GIL, for a debugger to set an exception.
"""
import code
import itertools
import json
import os
import subprocess
import sys
import threading
import traceback
import types

from parked import Threads, announce, block, frame_entries, native_id, serve, wait_settled, write_json

oracle, mode = sys.argv[1:3]
threads = Threads()
found, texts = {}, {}
GROUPS = sys.version_info >= (3, 11)


# What Python says

def type_name(cls):
    return cls.__qualname__ if cls.__module__ == "builtins" else "%s.%s" % (cls.__module__, cls.__qualname__)


def entries(tb):
    """Innermost first, as the frames of stacks."""
    listed = []
    while tb is not None:
        its_code = tb.tb_frame.f_code
        entry = {"function": its_code.co_name, "file": its_code.co_filename, "line": tb.tb_lineno,
                 "qualname": getattr(its_code, "co_qualname", None), "end_line": None, "column": None,
                 "end_column": None}
        if hasattr(its_code, "co_positions"):
            _, end_line, column, end_column = next(itertools.islice(its_code.co_positions(), tb.tb_lasti // 2, None))
            entry.update(end_line=end_line, column=column, end_column=end_column)
        listed.append(entry)
        tb = tb.tb_next
    return listed[::-1]


def is_python(exc, name):
    """Whether only running code tells: of the exception itself, or of the one argument that is its whole text."""
    return isinstance(getattr(type(exc), name), types.FunctionType) or (
        name == "__str__" and len(exc.args) == 1 and isinstance(exc.args[0], BaseException) and
        is_python(exc.args[0], name))


def text_of(value):
    return value.encode("utf-8", "backslashreplace").decode()


def describe(exc, seen=None):
    if exc is None:
        return None
    seen = set() if seen is None else seen
    said = {"type": type_name(type(exc)), "address": "%#x" % id(exc),
            "repr": None if is_python(exc, "__repr__") else text_of(repr(exc))}
    if id(exc) in seen:
        return dict(said, repeated=True)
    seen.add(id(exc))
    members = getattr(exc, "exceptions", None) if GROUPS and isinstance(exc, BaseExceptionGroup) else None
    said.update(message=None if is_python(exc, "__str__") else text_of(str(exc)), traceback=entries(exc.__traceback__),
                cause=describe(exc.__cause__, seen), suppress_context=exc.__suppress_context__,
                notes=[text_of(note) for note in getattr(exc, "__notes__", [])])
    if not exc.__suppress_context__:
        said.update(context=describe(exc.__context__, seen))
    said.update(exceptions=members if members is None else [describe(one, seen) for one in members])
    if exc.__suppress_context__:        # each is told where it is shown
        said.update(context=describe(exc.__context__, seen))
    return said


def record(situation, exc):
    found[situation] = describe(exc)
    if exc is not None:
        printed = "".join(traceback.format_exception(type(exc), exc, exc.__traceback__))
        texts[situation] = text_of(printed) if "own_str" not in situation else None


def handle():
    """To be called where an exception is being handled."""
    record(threads.labels[threading.get_ident()], sys.exc_info()[1])
    block()


# Situations

class Error(Exception):
    pass


class OwnStr(Exception):
    def __str__(self):
        return "made by code"


class OwnRepr(Exception):
    def __repr__(self):
        return "made by code"


class Context:
    def __enter__(self):
        return self

    def __exit__(self, *details):
        record(threads.labels[threading.get_ident()], details[1])
        block()


def thrower(exc):
    def inner():
        raise exc
    inner()


def raising(make):
    """A situation that raises what `make` gives (or what it raises itself), two calls down."""
    def situation():
        try:
            thrower(make())
        except BaseException:
            handle()
    return situation


def chained():
    try:
        try:
            thrower(ValueError("first"))
        except ValueError as first:
            raise Error("second", 2) from first
    except Error:
        try:
            thrower(TypeError("third"))
        except TypeError:
            handle()


def from_none():
    try:
        try:
            thrower(ValueError("hidden"))
        except ValueError:
            raise Error("shown") from None
    except Error:
        handle()


def long_chain():
    def link(left):
        try:
            if left:
                link(left - 1)
            raise ValueError("link %d" % left)
        except (ValueError, Error):
            if left == 20:
                handle()
            raise Error(left)
    link(20)


def outer_again():
    try:
        thrower(ValueError("outer"))
    except ValueError:
        try:
            thrower(KeyError("inner"))
        except KeyError:
            pass
        handle()


def over():
    try:
        thrower(ValueError("over"))
    except ValueError:
        pass
    record("over", None)
    block()


def kept_by_generator():
    """Its own handler sleeps with it."""
    def generator():
        try:
            thrower(ValueError("asleep"))
        except ValueError:
            yield 1
    sleeping = generator()
    next(sleeping)
    record("kept_by_generator", sys.exc_info()[1])
    block()


def inside_generator():
    def generator():
        try:
            thrower(ValueError("awake"))
        except ValueError:
            handle()
        yield 1
    try:
        thrower(TypeError("caller's"))
    except TypeError:
        next(generator())


def caller_of_generator():
    def generator():
        handle()
        yield 1
    try:
        thrower(TypeError("caller's"))
    except TypeError:
        for _ in generator():
            pass


def inside_coroutine():
    async def coroutine():
        try:
            thrower(Error("in a coroutine"))
        except Error:
            handle()
    coroutine().send(None)


def in_finally():
    try:
        thrower(Error("on its way"))
    finally:
        handle()


def in_exit():
    with Context():
        thrower(Error("in a with statement"))


def cycle():
    a, b = ValueError("a"), ValueError("b")
    try:
        thrower(a)
    except ValueError:
        a.__context__, b.__context__ = b, a
        handle()


def own_cause():
    a = ValueError("its own cause")
    try:
        thrower(a)
    except ValueError:
        a.__cause__ = a
        handle()


def argument_of_itself():
    a = ValueError("x")
    a.args = (a, 1)
    try:
        thrower(a)
    except ValueError:
        record("argument_of_itself", None)      # repr() is a RecursionError in Python
        block()


def recursive():
    def down(left):
        if left:
            down(left - 1)
        raise Error("deep")
    try:
        down(300)
    except Error:
        handle()


def never_raised():
    try:
        raise Error("from what was never raised") from ValueError("no traceback")
    except Error:
        handle()


def made_up_file():
    try:
        exec(compile("def f():\n    raise ValueError('é€😀')\nf()\n", "<made up>", "exec"), {})
    except ValueError:
        handle()


SITUATIONS = {function.__name__: function for function in (
    chained, from_none, long_chain, outer_again, over, kept_by_generator, inside_generator, caller_of_generator,
    inside_coroutine, in_finally, in_exit, cycle, own_cause, recursive, never_raised, made_up_file)}
SITUATIONS.update((name, raising(make)) for name, make in {
    "empty": lambda: ValueError(),
    "empty_text": lambda: ValueError(""),
    "two": lambda: Error("a", 2),
    "number": lambda: Error(7),
    "nested": lambda: Error(ValueError("inside")),
    "tuple": lambda: Error((1, "x")),
    "lines": lambda: Error("one\ntwo\n\nthree"),
    "surrogate": lambda: Error("\udcff"),
    "huge": lambda: Error("x" * 10000),
    "key": lambda: KeyError("it's"),
    "keys": lambda: KeyError("a", "b"),
    "key_missing": lambda: {}["missing"],
    "file": lambda: open("/nonexistent/é'"),
    "rename": lambda: os.rename("/nonexistent/a", "/nonexistent/b"),
    "os_short": lambda: OSError("only text"),
    "os_two": lambda: OSError(2, "No such thing"),
    "encode": lambda: "abc€d".encode("latin-1"),
    "encode_more": lambda: "abc€€".encode("ascii"),
    "encode_surrogate": lambda: "\udcff".encode(),
    "encode_wide": lambda: "\U0001f600".encode("latin-1"),
    "encode_latin": lambda: "é".encode("ascii"),
    "decode": lambda: b"ab\xff".decode(),
    "decode_more": lambda: b"a\xe2\x82".decode(),
    "translate": lambda: UnicodeTranslateError("abc", 1, 2, "no reason"),
    "imported": lambda: __import__("no_such_module_here"),
    "import_error": lambda: ImportError("no", name="n", path="p"),
    "json": lambda: json.loads("{"),
    "division": lambda: 1 / 0,
    "attribute": lambda: None.nothing,
    "stop": lambda: StopIteration(3),
    "exit": lambda: SystemExit(3),
    "interrupt": lambda: KeyboardInterrupt(),
    "own_str": lambda: OwnStr("args", 1),
    "own_str_inside": lambda: ValueError(OwnStr("args")),
    "own_str_called": lambda: subprocess.CalledProcessError(2, ["x"]),
    "own_repr": lambda: OwnRepr("args"),
}.items())


def noted():
    exc = Error("with notes")
    exc.add_note("first note")
    exc.add_note("second\nnote")
    thrower(exc)


def group():
    def made(kind, text):
        try:
            thrower(kind(text))
        except kind as exc:
            return exc
    inner = ExceptionGroup("inner", [made(KeyError, "k"), ExceptionGroup("innermost", [TypeError(1)])])
    thrower(ExceptionGroup("outer", [made(ValueError, "a\nb"), inner, made(Error, ""), OSError(2, "text")]))


def group_wide():
    thrower(ExceptionGroup("wide", [ValueError(number) for number in range(20)]))


def group_chained():
    try:
        thrower(ExceptionGroup("first", [ValueError("in the first")]))
    except ExceptionGroup as exc:
        raise BaseExceptionGroup("second", [KeyboardInterrupt(), exc]) from ValueError("cause")


def group_star():
    space = {"thrower": thrower, "handle": handle}
    exec(compile("try:\n    thrower(ExceptionGroup('g', [ValueError(1), TypeError(2)]))\n"
                 "except* ValueError:\n    handle()\n", "<star>", "exec"), space)


if sys.version_info < (3, 9):
    del SITUATIONS["cycle"]         # CPython 3.8 itself goes round it for good at the next exception
if GROUPS:
    SITUATIONS.update((function.__name__, raising(function)) for function in (noted, group, group_wide, group_chained))
    SITUATIONS["group_star"] = group_star


# Processes that die

def write(situation):
    write_json(oracle, {"version": sys.version_info[:3], "pid": os.getpid(), "recorder": None, "situation": situation,
                        "exceptions": found, "texts": texts, "idents": {name: ident for ident, name in
                                                                       threads.labels.items()}})
    os.write(1, b"ready\n")


def wait_and_die(situation, die=os.abort):
    write(situation)
    if not os.read(0, 1):
        os._exit(0)
    die()


def fail():
    try:
        thrower(ValueError("first"))
    except ValueError:
        raise Error("of this it died")


def hook(kind, exc, tb):
    record("main", exc)
    wait_and_die("main")


if mode == "park":
    argument_of_itself.__name__         # its value is compared by test_exceptions.py itself
    for name, situation in SITUATIONS.items():
        threads.start(name, situation)
    threads.start("argument_of_itself", argument_of_itself)
    threads.start("idle", block)
    record("idle", None)
    wait_settled(but=(native_id(),))
    found["main"] = None
    announce(oracle, threads, exceptions=found, texts=texts)
    serve()
elif mode == "hook":
    sys.excepthook = hook
    fail()
elif mode == "thread_hook":
    if not hasattr(threading, "excepthook"):
        os.write(1, b"unavailable\n")
        serve()

    def thread_hook(details):
        record("victim", details.exc_value)
        wait_and_die("victim")

    threading.excepthook = thread_hook
    threads.start("victim", fail)
    block()
elif mode == "interactive":
    sys.stderr = open(os.devnull, "w")
    code.InteractiveInterpreter({"fail": fail}).runsource("fail()")
    exc = sys.last_value
    record("main", exc)
    del exc
    wait_and_die("main")
elif mode in ("abort", "segv"):
    import signal
    try:
        fail()
    except Error as error:
        record("main", error)
        wait_and_die("main", os.abort if mode == "abort" else lambda: os.kill(os.getpid(), signal.SIGSEGV))
elif mode == "native":
    import ctypes
    sleep = ctypes.PyDLL(None).sleep
    try:
        thrower(ValueError("handled meanwhile"))
    except ValueError as error:
        record("main", error)
        text = "not made yet"
        try:
            raise KeyError("made") from None
        except KeyError as made:
            raised = made
        record("raised", raised)
        found.update(text=id(text), type=id(KeyError), value=id(raised), traceback=id(raised.__traceback__))
        write("main")
        sleep(100000)
