"""The exception that each thread is raising or handling, compared with what Python says and prints of it."""
import re
import shutil
import subprocess

import pytest

from helpers import (HEX, check_stack, each, escaped, interpreters, needs_gcore, needs_kernel_cores, read_stack,
                     representatives, run_tool, sysroot, tool_environment)

SUPPORTED = interpreters.supported()
REPR_LIMIT = 80
FRAME_KEYS = ("function", "qualname", "file", "line", "end_line", "column", "end_column")
POSITION_KEYS = ("end_line", "column", "end_column")


def cut(text, limit):
    return text if len(text) <= limit else text[:limit] + "…"


def plain(said):
    return "<%s object at %s>" % (said["type"], said["address"])


def differences(said, shown, where, state=None):
    """What the tool says otherwise of one exception than Python."""
    if said is None or shown is None:
        return [] if said is shown else ["%s: %s, not %s" % (where, shown and shown["type"], said and said["type"])]
    found = []

    def expect(key, value, actual):
        if value != actual:
            found.append("%s.%s: %r, not %r" % (where, key, actual, value))
    expect("type", said["type"], shown["type"])
    expect("value.type", said["type"], shown["value"]["type"])
    expect("value.address", said["address"], shown["value"]["address"])
    expect("value.repr", cut(plain(said) if said["repr"] is None else said["repr"], REPR_LIMIT), shown["value"]["repr"])
    expect("state", state, shown.get("state"))
    expect("repeated", said.get("repeated"), shown.get("repeated"))
    if said.get("repeated"):
        return found
    for key in ("message", "suppress_context", "notes"):
        expect(key, said[key], shown[key])
    expect("traceback", len(said["traceback"]), len(shown["traceback"]))
    for number, (one, other) in enumerate(zip(said["traceback"], shown["traceback"])):
        for key in FRAME_KEYS:
            expect("traceback[%d].%s" % (number, key), escaped(one[key]) if isinstance(one[key], str) else one[key],
                   other[key])
    for key in ("cause", "context"):
        found += differences(said[key], shown[key], "%s.%s" % (where, key))
    expect("exceptions", said["exceptions"] and len(said["exceptions"]), shown["exceptions"] and len(shown["exceptions"]))
    for number, (one, other) in enumerate(zip(said["exceptions"] or [], shown["exceptions"] or [])):
        found += differences(one, other, "%s.exceptions[%d]" % (where, number))
    return found


def by_situation(target, document):
    """Thread of each situation; those of `park` are known by their names, others by their idents."""
    oracle = target.oracle
    idents = oracle.get("idents") or {one["situation"]: one["ident"] for one in oracle["threads"]}
    threads = {int(thread["ident"], 16): thread for thread in document["result"]["threads"]}
    return {name: threads[ident] for name, ident in idents.items()}


def assert_same_exceptions(target, document, state="handling"):
    threads = by_situation(target, document)
    found = []
    for name, said in target.oracle["exceptions"].items():
        if name != "argument_of_itself":
            found += differences(said, threads[name]["exception"], name, said and state)
    assert not found, "%d differences\n%s" % (len(found), "\n".join(found[:40]))
    return threads


# A line of a source file, or the marks below one, in a traceback: with the margin of a group or without.
SOURCE_LINE = re.compile(r" *(\| )?    +[^|+ ]")


def traceback_lines(text):
    """Without source lines, and with the plain names that Python prints."""
    lines = [re.sub(r"(, line \d+, in )\S*\.", r"\1", line.rstrip()) for line in text.splitlines()]
    return [line for line in lines if line.lstrip(" |").startswith("File ") or not SOURCE_LINE.match(line)]


def printed(output, tid):
    """The traceback below the stack of thread TID, without its indentation."""
    lines = output.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("Thread %d " % tid))
    end = next((number for number in range(start, len(lines)) if not lines[number]), len(lines))
    while end < len(lines) and (not lines[end] or lines[end].startswith("    ")):     # blank lines within a traceback
        end += 1
    head = next((number for number in range(start, end) if re.match(r"  (Handling|Raising|Last exception):$",
                                                                    lines[number])), None)
    return None if head is None else "\n".join(line[4:] for line in lines[head + 1:end]).rstrip()


def assert_same_texts(target, output):
    threads = {one["situation"]: one["native_id"] for one in target.oracle["threads"]}
    found = []
    for name, said in target.oracle["texts"].items():
        if said is None or name in ("huge", "argument_of_itself"):
            continue
        expected = traceback_lines(said.replace("\t", "\\t"))
        actual = traceback_lines(printed(output, threads[name]) or "nothing")
        if expected != actual:
            found.append("%s:\n%s\n--- not\n%s" % (name, "\n".join(actual), "\n".join(expected)))
    assert not found, "%d differences\n%s" % (len(found), "\n".join(found[:6]))


@pytest.mark.parametrize("mode", ["live", "gcore", "core"])
@pytest.mark.parametrize("interpreter", each(SUPPORTED))
def test_handled(interpreter, start, mode):
    target = start(interpreter, "exceptions.py", "park", core_limit=mode == "core")
    if mode == "live":
        where = [target.pid]
    elif mode == "gcore":
        needs_gcore()
        where = sysroot(interpreter) + [target.gcore()]
    else:
        needs_kernel_cores()
        target.oracle
        where = sysroot(interpreter) + [target.kernel_core()]
    threads = assert_same_exceptions(target, read_stack(*where))
    itself = threads["argument_of_itself"]["exception"]
    assert itself["value"]["repr"].startswith("ValueError(ValueError(ValueError(")
    if mode == "live":
        output = run_tool("stack", *where)
        assert output.returncode == 0, str(output)
        assert_same_texts(target, output.stdout.decode())
        target.check_unharmed()


@pytest.mark.parametrize("interpreter", each(SUPPORTED))
def test_without_pause(interpreter, start):
    """Everything stands still here: nothing may differ, nor be doubted."""
    target = start(interpreter, "exceptions.py", "park")
    assert_same_exceptions(target, read_stack("--no-pause", target.pid))


@pytest.mark.parametrize("how", ["live", "core"])
@pytest.mark.parametrize("mode, state", [("hook", "last"), ("thread_hook", "handling"), ("interactive", "last"),
                                         ("abort", "handling"), ("segv", "handling")])
@pytest.mark.parametrize("interpreter", each(SUPPORTED))
def test_died_of_it(interpreter, start, mode, state, how):
    if mode == "thread_hook" and interpreter.version < (3, 8):
        pytest.skip("no threading.excepthook")
    if how == "core":
        needs_kernel_cores()
    target = start(interpreter, "exceptions.py", mode, core_limit=how == "core")
    target.oracle
    if how == "live":
        assert_same_exceptions(target, read_stack(target.pid), state)
        return
    core = target.kernel_core(by=lambda one: one.tell())
    document = read_stack(*sysroot(interpreter), core)
    assert_same_exceptions(target, document, state)
    assert document["target"]["signal"]["name"] == ("SIGSEGV" if mode == "segv" else "SIGABRT")


# What PyErr_SetRaisedException, PyErr_SetString and PyErr_SetNone leave: fields of the thread state. To 3.11 there are three,
# and the value can be what the exception is yet to be made of.
RAISED = {"made": ("type", "value", "traceback"), "text": ("type", "text", None), "nothing": ("type", None, None)}


@pytest.mark.parametrize("how", sorted(RAISED))
@pytest.mark.parametrize("interpreter", each(SUPPORTED))
def test_raising(interpreter, start, how):
    """An exception that is set while C code runs, as in a crash there. gdb, which knows the fields from the interpreter's
    debug information, puts it into the only thread."""
    if not shutil.which("gdb"):
        pytest.skip("gdb is not installed")
    if interpreter.root or interpreter.stripped or not interpreter.has_dwarf:
        pytest.skip("gdb has no debug information of it")
    made = interpreter.version >= (3, 12)
    if made and how != "made":
        pytest.skip("only what was made is ever set")
    target = start(interpreter, "exceptions.py", "native")
    target.wait_until_asleep(target.pid)
    said = target.oracle["exceptions"]
    tstate = "_PyRuntime.interpreters.main->%s" % ("threads.head" if interpreter.version >= (3, 11) else "tstate_head")
    fields = ["current_exception"] if made else ["curexc_type", "curexc_value", "curexc_traceback"]
    values = ["value"] if made else RAISED[how]
    command = ["gdb", "-nx", "-batch", "-p", str(target.pid)]
    for field, value in zip(fields, values):
        command += ["-ex", "set var %s->%s = (void *)%d" % (tstate, field, said[value] if value else 0)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=120, env=tool_environment(DEBUGINFOD_URLS=""))
    assert done.returncode == 0, done.stdout
    document = read_stack(target.pid)
    shown = by_situation(target, document)["main"]["exception"]
    if how == "made":
        assert not differences(said["raised"], shown, "raised", "raising")
        return
    assert (shown["state"], shown["type"], shown["traceback"], shown["cause"]) == ("raising", "KeyError", [], None)
    value = ("str", "'not made yet'") if how == "text" else ("type", "<class 'KeyError'>")
    assert (shown["value"]["type"], shown["value"]["repr"]) == value
    assert shown["message"] == ("not made yet" if how == "text" else "")
