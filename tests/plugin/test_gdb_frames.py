"""The frames of the selected thread in gdb, as Python itself names them, and the selection that follows gdb's own."""
import re

import pytest

import gdbsession
from gdbsession import Mi, batch, beside, pairs, system_gdb
from helpers import escaped, expected_frames, few, interpreters, needs_kernel_cores

gdbsession.needed()

SUPPORTED = interpreters.supported()
HERE = [one for one in SUPPORTED if not one.root]
WITH_SYMBOLS = few([one for one in HERE if one.has_symbol])
FRAME = re.compile(r"(?m)^(=>|  ) #(\d+) +File \"(.*)\", line (\S+), in (.*)$")
EVERYTHING = ["--limit", "100000"]
# One of each kind; all of them are the business of tests/live, since gdb takes its time over hundreds of threads.
SITUATIONS = ("lock_acquire,event_wait,queue_get,sorted_key,reduce_function,regex_replacement,json_default,cached_recursion,"
              "ctypes_qsort,c_and_python_in_turn,yield_from_deep,generator_expression,list_comprehension,"
              "nested_comprehensions,generator_close,coroutine_awaiting_object,async_generator,asyncio_task,exec_string,"
              "eval_lambda,name_cyrillic,name_cjk,call_over_several_lines")
STACKS = ["--depth", 100, "--only", SITUATIONS]


def shown(text):
    """[(function, line)] of what py-bt printed, innermost first; its numbers have to be in order."""
    found = FRAME.findall(text)
    assert [int(one[1]) for one in found] == list(range(len(found))), text[:3000]
    assert sum(one[0] == "=>" for one in found) == 1, text[:3000]
    return [(one[4], one[3]) for one in found]


def selected(text):
    return next(int(one[1]) for one in FRAME.findall(text) if one[0] == "=>")


def known(thread):
    """The same as Python said it."""
    return [(escaped(one["qualname"] or one["function"]), str(one["line"] or "?")) for one in expected_frames(thread)]


def printable(names):
    """Names whose every character is shown as it is."""
    return all(re.fullmatch(r"[\w.<>]+", name) for name, _ in names)


def threads_of(session):
    """{tid: gdb's number}"""
    found = session.command("-thread-info").record.results
    return {int(tid): int(number) for number, tid in re.findall(
        r'\{id="(\d+)",target-id="[^"]*?(?:LWP |process |Thread \d+\.)(\d+)', found)}


def check_threads(session, target):
    """py-bt of every thread against what Python said of it."""
    numbers = threads_of(session)
    threads = [one for one in target.oracle["threads"] if one["frames"]]
    found, checked = [], 0
    for thread in threads:
        assert session.console("thread %d" % numbers[thread["native_id"]]).done
        answer = session.console("py-bt " + " ".join(EVERYTHING))
        assert answer.done, answer
        wanted = known(thread)
        if not printable(wanted):
            continue
        checked += 1
        if shown(answer.console) != wanted:
            found.append("%s:\n  %s\n  not %s" % (thread["situation"], shown(answer.console)[:8], wanted[:8]))
        if selected(answer.console):
            found.append("%s: frame %d is selected" % (thread["situation"], selected(answer.console)))
    assert checked > len(threads) / 2
    assert not found, "%d of %d threads\n%s" % (len(found), len(threads), "\n".join(found[:10]))


@pytest.mark.parametrize("gdb, interpreter", pairs(few(SUPPORTED)))
def test_live(gdb, interpreter, start):
    target = start(beside(gdb, interpreter), "stacks.py", *STACKS)
    with Mi(gdb, ["-p", target.pid], target=target.pid) as session:
        check_threads(session, target)
        session.console("detach")
    target.check_unharmed(answers=False)


@pytest.mark.parametrize("gdb, interpreter", pairs(few(SUPPORTED)))
def test_kernel_core(gdb, interpreter, start):
    needs_kernel_cores()
    target = start(interpreter, "stacks.py", *STACKS, core_limit=True)
    core = target.kernel_core()
    with Mi(gdb, ["-c", core[len(gdb.root):]]) as session:
        check_threads(session, target)


@pytest.mark.parametrize("interpreter", few(HERE), ids=str)
def test_gdbserver(interpreter, start):
    target = start(interpreter, "stacks.py", *STACKS)
    with gdbsession.server(target.pid) as address, Mi(system_gdb()) as session:
        session.console("set sysroot /")
        assert session.console("target remote " + address).done
        # Once more behind python-gdb.py, where that comes with the target.
        assert session.console("source " + system_gdb().script).done
        check_threads(session, target)
        session.console("detach")


# One stack of a known shape: C and Python in turn

SHAPE = '''import functools, os, sys
module_level = {"kept": [1, 2, 3]}
class Shape:
    def __init__(self, side): self.side = side
def innermost(value, *rest, key=None):
    local = [value, key]
    text = "ключ €"
    os.abort()
def second(value):
    innermost(value, 8, 9, key=None)
def third(values):
    cell = "of third"
    def inner(one):
        second(one)
        return cell
    return sorted(values, key=inner)
def outer(count, shape=Shape(4)):
    return functools.reduce(lambda a, b: third([b]), range(count))
outer(2)
'''
NAMES = ["innermost", "second", "inner", "third", "<lambda>", "outer", "<module>"]


@pytest.fixture(scope="module", params=WITH_SYMBOLS, ids=str)
def shape(request, tmp_path_factory):
    """What a batch session says of the program at its abort."""
    path = tmp_path_factory.mktemp("shape") / "shape.py"
    path.write_text(SHAPE)

    def ask(*commands):
        said = batch(system_gdb(), ["run", *commands, "kill"], ["--args"] + request.param.argv() + [str(path)])
        assert "SIGABRT" in said[0], said.whole[-2000:]
        return said[1:-1]
    ask.interpreter = request.param
    return ask


def name_of(text):
    """Python's name for the frame that a line is of, without the functions around it."""
    return text.rsplit(".", 1)[-1]


def test_walking(shape):
    """py-up to the top, and down again; at either end it says so and stays. py-locals and py-list follow."""
    commands = ["py-bt"] + ["py-up"] * 6 + ["py-up", "py-bt"] + ["py-down"] * 6 + ["py-down", "py-bt", "py-up 3", "py-bt",
                                                                                  "py-down 2", "py-bt"]
    said = shape(*commands)
    assert [name_of(name) for name, _ in shown(said[0])] == NAMES
    for number in range(6):
        assert re.search(r"^#%d +File \".*shape.py\", line \d+, in .*%s$" % (number + 1, re.escape(NAMES[number + 1])),
                         said[1 + number], re.M), said[1 + number]
    gdbsession.the_line(said[7])
    assert selected(said[8]) == 6
    for number in range(6):
        assert re.search(r"^#%d +File .*%s$" % (5 - number, re.escape(NAMES[5 - number])), said[9 + number], re.M)
    gdbsession.the_line(said[15])
    assert [selected(said[number]) for number in (16, 18, 20)] == [0, 3, 1]


def test_names_and_source(shape):
    """Variables of the selected frame as Python would print them, and its source around the line that runs."""
    said = shape("py-locals", "py-print local", "py-print text", "py-print module_level", "py-print len", "py-print absent",
                 "py-list", "py-up 2", "py-locals", "py-print cell", "py-up 3", "py-print shape", "py-list", "py-print local",
                 "py-bt-full")
    for line in ("value = 1", "rest = (8, 9)", "key = None", "local = [1, None]", "text = 'ключ €'"):
        assert re.search(r"(?m)^ *%s$" % re.escape(line), said[0]), (line, said[0])
    assert "[1, None]" in said[1] and "'ключ €'" in said[2] and "{'kept': [1, 2, 3]}" in said[3]
    assert "<built-in function len>" in said[4]
    assert "absent" in gdbsession.the_line(said[5])
    assert re.search(r"(?m)^> +8 +os\.abort\(\)", said[6]), said[6]
    assert re.search(r"one = 1", said[8]) and re.search(r"cell = 'of third'", said[8]), said[8]
    assert "'of third'" in said[9]
    assert re.search(r"<__main__\.Shape object at 0x[0-9a-f]+>", said[11]), said[11]
    assert re.search(r"(?m)^> +18 ", said[12]), said[12]
    assert "local" in gdbsession.the_line(said[13])
    for line in ("rest = (8, 9)", "cell = 'of third'", "count = 2", "local = [1, None]"):
        assert line in said[14], (line, said[14])


def test_selected_native_frame(shape):
    """`frame N` and `up` in gdb select the Python frame that runs there. gdb's own names of native frames are the oracle:
    each call of the evaluation function runs one Python frame before 3.11, and one or more from then on."""
    evaluation = r"(?m)^#(\d+) .*\b_PyEval_EvalFrameDefault \("
    native = shape("bt")[0]
    numbers = [int(one) for one in re.findall(evaluation, native)]
    outermost = int(re.findall(r"(?m)^#(\d+) ", native)[-1])
    assert numbers and outermost > numbers[-1]
    said = shape(*[command for number in numbers for command in ("frame %d" % number, "py-bt")])
    found = [selected(text) for text in said[1::2]]
    if shape.interpreter.version < (3, 11):
        assert found == list(range(len(NAMES))), found
    else:
        # sorted() and reduce() call from C: what is inside of them is run by calls of their own.
        assert found == [0, NAMES.index("third"), NAMES.index("outer")], found
    # What comes before the first evaluation is called by the innermost frame; between, by the next.
    said = shape("frame 0", "py-bt", "up %d" % (numbers[1] - 1), "py-locals", "py-bt", "frame %d" % outermost, "py-locals",
                 "py-bt", "frame 0", "py-bt")
    assert selected(said[1]) == 0 and selected(said[4]) == found[1]
    assert "error" in said[6], said[6]
    assert "=>" not in said[7] and len(FRAME.findall(said[7])) == len(NAMES), said[7]
    assert selected(said[9]) == 0


def test_up_in_python_then_in_gdb(shape):
    """The Python selection holds until gdb's own changes or the process goes on."""
    said = shape("py-up 2", "info registers rip", "py-bt", "py-locals", "thread 1", "py-bt", "up", "down", "py-bt")
    assert selected(said[2]) == 2 and "one = 1" in said[3]
    assert selected(said[5]) == 2
    assert selected(said[8]) in (0, 2)


def test_every_thread(start, some_python):
    """`thread apply all py-bt`, as people type it."""
    target = start(some_python, "stacks.py", "--depth", 20, "--only", "lock_acquire,event_wait,queue_get,sorted_key")
    said = batch(system_gdb(), ["thread apply all py-bt"], ["-p", target.pid])[0]
    parts = re.split(r"(?m)^Thread \d+ .*\(LWP (\d+)\).*$", said)
    by_tid = dict(zip(map(int, parts[1::2]), parts[2::2]))
    for thread in target.oracle["threads"]:
        if thread["frames"]:
            assert shown(by_tid[thread["native_id"]]) == known(thread), thread["situation"]


def test_selection_is_given_up(start, some_python):
    """After the process has run, the innermost frame is selected again."""
    source = ("import os\ndef inner(n):\n    os.kill(os.getpid(), 10)\n    return n\n"
              "def outer():\n    for n in range(3): inner(n)\nouter()\n")
    said = batch(system_gdb(), ["run", "py-up", "py-bt", "py-print n", "signal 0", "py-bt", "py-print n", "kill"],
                 ["--args"] + some_python.argv() + ["-c", source])
    assert "SIGUSR1" in said[0], said.whole
    assert selected(said[2]) == 1 and selected(said[5]) == 0
    assert "1" in said[6]


def test_threads_without_python(start, some_python):
    """A thread that runs none is named so, and the next one answers."""
    source = ("import ctypes, os, threading\n"
              "ctypes.CDLL(None).pthread_create(ctypes.byref(ctypes.c_ulong()), None, ctypes.CDLL(None).pause, None)\n"
              "os.kill(os.getpid(), 10)\n")
    said = batch(system_gdb(), ["run", "thread 2", "py-bt", "py-locals", "thread 1", "py-bt", "kill"],
                 ["--args"] + some_python.argv() + ["-c", source])
    assert "LWP" in said[1], said.whole
    for text in said[2:4]:
        assert "no Python" in gdbsession.the_line(text)
    assert "in <module>" in said[5]
