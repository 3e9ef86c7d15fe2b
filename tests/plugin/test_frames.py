"""The commands about the selected thread's frames, in a debugger of our own: against what Python says of itself."""
import json
import os
import re
import subprocess

import pytest

from helpers import (COREPTILE, PROGRAMS, Run, Target, escaped, expected_frames, few, interpreters, read_stack,
                     representatives, run_tool, tool_environment)

FAKEHOST = os.environ.get("FAKEHOST") or os.path.join(os.path.dirname(COREPTILE), "tests", "plugin", "fakehost")
SUPPORTED = interpreters.supported()
CHOSEN = [pytest.param(one, id=one.label) for one in representatives(SUPPORTED)]
FEW = [pytest.param(one, id=one.label) for one in few(SUPPORTED)]
FRAME = re.compile(r"^(=>|  ) #(\d+) +File \"(.*)\", line (\d+|\?), in (.*)$", re.M)
SITUATIONS = ("lock_acquire,sorted_key,c_and_python_in_turn,yield_from_chain,coroutine_by_hand,async_comprehension,"
              "asyncio_task,exec_string,qualified_names,nested_comprehensions,generator_throw")

pytestmark = pytest.mark.skipif(not os.path.exists(FAKEHOST), reason="no fakehost: make check makes it")


def host(target, *commands, thread=None, options=(), status=0):
    """What the commands, each one line, print in one session; the last one's exit status is STATUS."""
    words = []
    for command in commands:
        words += command.split() + [";"]
    arguments = ["--pid", str(target.pid)] + (["--thread", str(thread)] if thread else []) + list(options)
    done = subprocess.run([FAKEHOST] + arguments + ["--"] + words[:-1], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=60, env=tool_environment())
    run = Run(arguments + words, done.returncode, done.stdout, done.stderr)
    assert run.returncode == status, str(run)
    return run


def text(run):
    assert not run.stderr, str(run)
    return run.stdout.decode()


def documents(run):
    """The JSON documents that one session printed one after the other."""
    assert not run.stderr, str(run)
    decoder, rest, found = json.JSONDecoder(), run.stdout.decode(), []
    while rest.strip():
        document, end = decoder.raw_decode(rest.lstrip())
        found.append(document)
        rest = rest.lstrip()[end:]
    return found


def shown(printed):
    return [(name, int(line) if line != "?" else None) for _, _, _, line, name in FRAME.findall(printed)]


def known(thread):
    return [(escaped(one["qualname"] or one["function"]), one["line"]) for one in expected_frames(thread)]


@pytest.mark.parametrize("interpreter", CHOSEN)
def test_frames(start, interpreter):
    """py-bt is what Python says of each thread, and its JSON what `stack` says."""
    target = start(interpreter, "stacks.py", "--depth", 50, "--only", SITUATIONS)
    document = {one["native_id"]: one for one in read_stack(target.pid)["result"]["threads"]}
    for thread in target.oracle["threads"]:
        tid = thread["native_id"]
        printed = text(host(target, "py-bt", thread=tid))
        assert shown(printed) == known(thread), printed
        assert [one[0] for one in FRAME.findall(printed)] == ["=>"] + ["  "] * (len(known(thread)) - 1), printed
        assert [int(one[1]) for one in FRAME.findall(printed)] == list(range(len(known(thread)))), printed
        bt, full = documents(host(target, "py-bt --json", "py-bt-full --json", thread=tid))
        assert bt["command"] == "bt" and bt["result"] == {"threads": [document[tid]], "deadlocks": []}
        assert full["command"] == "bt-full"
        assert full["result"] == read_stack("--locals", "--thread", tid, target.pid)["result"]
    target.check_unharmed()


@pytest.mark.parametrize("interpreter", FEW)
def test_walking(start, interpreter):
    """Up to the oldest frame, step by step and at once, and down again."""
    target = start(interpreter, "stacks.py", "--depth", 10, "--only", "c_and_python_in_turn")
    thread = next(one for one in target.oracle["threads"] if one["situation"] == "c_and_python_in_turn")
    frames = known(thread)
    last = len(frames) - 1

    def walked(*commands, status=0):
        run = host(target, *commands, thread=thread["native_id"], status=status)
        lines = re.findall(r"(?m)^#(\d+) +File \".*\", line (\d+), in (.*)$", run.stdout.decode())
        for number, line, name in lines:
            assert (name, int(line)) == frames[int(number)], str(run)
        return [int(one[0]) for one in lines], run

    assert walked(*["py-up"] * last)[0] == list(range(1, last + 1))
    assert walked("py-up 3", "py-up 0", "py-down 2", "py-up 1000", "py-down 1000")[0] == [3, 3, 1, last, 0]
    numbers, run = walked("py-up 1000", "py-up", status=2)
    assert numbers == [last] and "no older Python frame" in run.stderr.decode()
    numbers, run = walked("py-up", "py-down", "py-down", status=2)
    assert numbers == [1, 0] and "no newer Python frame" in run.stderr.decode()
    printed = text(host(target, "py-up 2", "py-bt --limit 1", thread=thread["native_id"]))
    assert re.search(r"(?m)^=> #2 ", printed) and "more frames" in printed
    for option in ("--pc", "--sp"):     # one of them alone tells nothing: the innermost frame
        assert walked("py-up 1", "py-down 1")[0] == [1, 0]
        printed = text(host(target, "py-bt", thread=thread["native_id"], options=[option, "1"]))
        assert re.search(r"(?m)^=> #0 ", printed)


@pytest.mark.parametrize("interpreter", CHOSEN)
def test_values(start, interpreter):
    """py-locals and py-print of the innermost frame against repr()."""
    target = start(interpreter, "values.py", "--only",
                   "containers,cells_and_free_variables,arguments_of_every_kind,class_body,exec_with_locals")
    checked = 0
    for thread in target.oracle["threads"]:
        names = [one for one in thread["locals"][0] if re.fullmatch(r"\w+", one[0])]
        if not names:
            continue
        found = documents(host(target, "py-locals --json", *["py-print --json " + one[0] for one in names],
                               thread=thread["native_id"]))
        listed = {one["name"]: one for one in found[0]["result"]["frame"]["locals"]}
        assert found[0]["result"]["index"] == 0 and found[0]["result"]["native_id"] == thread["native_id"]
        for document, (name, kind, *_) in zip(found[1:], names):
            result = document["result"]
            assert document["command"] == "print" and result["name"] == name and result["scope"] == kind
            assert result["value"] == listed[name]["value"]
            checked += 1
        whole = read_stack("--locals", "--thread", thread["native_id"], target.pid)["result"]["threads"][0]["frames"][0]
        assert found[0]["result"]["frame"] == whole
    assert checked > 5


NAMES = '''import sys
sys.path.insert(0, sys.argv[2])
from parked import Threads, announce, serve
module_level, shadowed, len = "of the module", "of the module", "no builtin"
def outer(argument, *rest, key="given"):
    cell, shadowed, ключ = "of outer", "of outer", "имя"
    def inner(value):
        unset_later = 1
        del unset_later
        kept = cell, argument
        class Body:
            attribute = "in the body"
            module_level = "in the body, too"
            serve()
    inner(5)
announce(sys.argv[1], Threads())
outer(1, 2, 3)
'''


@pytest.fixture(scope="module", params=FEW)
def names(request, scratch):
    path = scratch / ("names-%s.py" % request.param.label)
    if request.param.root:
        pytest.skip("its source is not in the chroot")
    path.write_text(NAMES, encoding="utf-8")
    with Target(request.param, str(path), PROGRAMS, scratch=scratch) as target:
        yield target, path


def test_names(names):
    """Each name as Python finds it: the frame's own, the module's, a builtin."""
    target, path = names

    def means(up, *asked):
        steps = ["py-up %d" % (up + 1)]         # frame 0 is serve's own
        run = host(target, *steps, *["py-print " + name for name in asked])
        return [one for one in text(run).splitlines() if "' = " in one]

    assert means(0, "attribute", "module_level", "shadowed", "print") == [
        "local 'attribute' = 'in the body'", "local 'module_level' = 'in the body, too'",
        "global 'shadowed' = 'of the module'", "builtin 'print' = <built-in function print>"]
    assert means(1, "value", "cell", "argument", "kept", "module_level", "shadowed", "len") == [
        "argument 'value' = 5", "free 'cell' = 'of outer'", "free 'argument' = 1", "local 'kept' = ('of outer', 1)",
        "global 'module_level' = 'of the module'", "global 'shadowed' = 'of the module'", "global 'len' = 'no builtin'"]
    assert means(2, "argument", "rest", "key", "cell", "shadowed", "ключ") == [
        "argument 'argument' = 1", "argument 'rest' = (2, 3)", "argument 'key' = 'given'", "cell 'cell' = 'of outer'",
        "local 'shadowed' = 'of outer'", "local 'ключ' = 'имя'"]
    assert means(3, "shadowed", "print")[:1] == ["global 'shadowed' = 'of the module'"]
    for name, said in (("absent", "'absent' not found"), ("unset_later", "not set"), ("value.real", "not found"),
                       ("clé", "'clé' not found")):
        run = host(target, "py-up 2", "py-print " + name, status=2)
        assert said in run.stderr.decode(), str(run)
    assert "no variables of its own" in text(host(target, "py-up 100", "py-locals"))


NESTED = '''import sys
sys.path.insert(0, sys.argv[2])
from parked import Threads, announce, serve
class Box:
    def __init__(self, inside): self.inside = inside
def keep(box):
    serve()
announce(sys.argv[1], Threads())
keep(Box(Box(Box(None))))
'''


def levels_of(value):
    return 1 + max(map(levels_of, (one["value"] for one in value["attributes"]))) if "attributes" in value else 0


def test_depth(start, some_python, tmp_path):
    """As many levels of attributes as asked for, of every command that shows variables, as text and as JSON."""
    path = tmp_path / "nested.py"
    path.write_text(NESTED)
    target = start(some_python, str(path), PROGRAMS)
    for depth in range(4):
        asked = ["py-%s --depth %d" % (command, depth) for command in ("bt-full", "locals", "print box")]
        for command in asked:
            printed = text(host(target, "py-up", command))
            assert len(re.findall(r"(?m)^ *\.inside = ", printed)) == depth, printed
        full, = documents(host(target, asked[0] + " --json"))
        frames = [frame for frame in full["result"]["threads"][0]["frames"] if frame["function"] == "keep"]
        own, named = documents(host(target, "py-up --quiet -o /dev/null", *[one + " --json" for one in asked[1:]]))
        for value in (frames[0]["locals"][0]["value"], own["result"]["frame"]["locals"][0]["value"],
                      named["result"]["value"]):
            assert levels_of(value) == depth, value


def test_source(names):
    """The lines around the one that runs, as they stand in the file."""
    target, path = names
    lines = [""] + NAMES.splitlines()
    here = lines.index("            serve()")

    def listed(*arguments):
        printed = text(host(target, "py-up", "py-list " + " ".join(arguments)))
        found = re.findall(r"(?m)^([> ])( *\d+)(?:    (.*))?$", printed)
        for mark, number, line in found:
            assert line == lines[int(number)] and (mark == ">") == (int(number) == here), (mark, number, line)
        return [int(number) for _, number, _ in found]

    assert listed() == list(range(here - 5, min(here + 5, len(lines) - 1) + 1))
    assert listed("2") == list(range(2, 13))
    for arguments in (["3,5"], ["3,", "5"], ["3", ",", "5"]):
        assert listed(*arguments) == [3, 4, 5]
    for arguments, status in (("1000", 2), ("5, 3", 2), ("x", 64), ("3 5 7", 64), ("0", 64), ("--json", 64)):
        run = host(target, "py-list " + arguments, status=status)
        assert re.fullmatch(r"coreptile: error: .*\n", run.stderr.decode()) and not run.stdout, str(run)


def test_deep(start, some_python):
    """Thousands of frames: a bounded part is shown, and the rest is counted."""
    target = start(some_python, "stacks.py", "--depth", 5000, "--only", "deep_recursion")
    thread = max(target.oracle["threads"], key=lambda one: len(list(expected_frames(one))))
    frames, tid = known(thread), thread["native_id"]
    assert len(frames) > 5000
    printed = text(host(target, "py-bt", thread=tid))
    assert shown(printed) == frames[:100] and "(%d more frames" % (len(frames) - 100) in printed
    assert shown(text(host(target, "py-bt --limit 1000000", thread=tid))) == frames
    printed = text(host(target, "py-up 1000000", "py-bt --limit 5", thread=tid))
    assert "\n=> #%d " % (len(frames) - 1) in printed
    assert shown(text(host(target, "py-bt-full --limit 7", thread=tid))) == frames[:7]


C_THREAD = '''import ctypes, sys
sys.path.insert(0, sys.argv[2])
from parked import Threads, announce, serve
library = ctypes.CDLL(None)
library.pthread_create(ctypes.byref(ctypes.c_ulong()), None, library.pause, None)
announce(sys.argv[1], Threads())
serve()
'''


def test_no_python(start, some_python, tmp_path):
    """A thread that runs none is named in one line, with what to do instead; without threads there is none selected."""
    path = tmp_path / "c_thread.py"
    path.write_text(C_THREAD)
    target = start(some_python, str(path), PROGRAMS)
    tid, = set(target.tasks()) - {target.pid}
    for command in ("py-bt", "py-bt --json", "py-bt-full", "py-up", "py-down", "py-list", "py-locals", "py-print x"):
        run = host(target, command, thread=tid, status=2)
        said = run.stderr.decode()
        assert re.fullmatch(r"coreptile: error: thread %d runs no Python; py-stack .*\n" % tid, said), str(run)
        run = host(target, command, thread=4194303, status=2)
        assert run.stderr == b"coreptile: error: no thread is selected\n", str(run)


def test_in_debuggers_alone():
    """The tool does not have these commands."""
    usage = run_tool("--help").stdout.decode()
    for name in ("bt", "bt-full", "list", "up", "down", "locals", "print"):
        assert not re.search(r"(?m)^  %s " % name, usage)
        assert "unknown command" in run_tool(name, "1").error_line()
