"""The commands inside lldb: answers equal to the tool's, live and in cores, threads, errors, help, Ctrl-C, endurance."""
import re
import subprocess
import time

import pytest

import lldbsession
from gdbsession import COMMANDS
from helpers import few, in_child, interpreters, needs_gcore, needs_kernel_cores, run_tool, Target, wait_for
from lldbsession import batch, everything, Terminal
from test_gdb_answers import differences, lines, tool_says
from test_gdb_endurance import Large

lldbsession.needed()

EVERY = pytest.mark.parametrize("lldb", sorted({everything()[0], everything()[-1]}, key=repr), ids=repr)
NEWEST = everything()[0]
CHOSEN = [one for one in few(interpreters.supported()) if not one.root]


def check_core(lldb, target, core):
    asked = lines(target)
    said = batch(lldb, ["py-" + " ".join(one) for _, one in asked], ["-c", core])
    assert len(said) == len(asked), said.whole[-3000:]
    found = [difference for (name, one), mine in zip(asked, said)
             for difference in differences(name, mine, tool_says(target.interpreter, one, core))]
    assert not found, "\n".join(found)


@EVERY
def test_core_of_gdb(lldb, gcore):
    check_core(lldb, *gcore)


@pytest.fixture(scope="module")
def gcore(some_python, scratch):
    needs_gcore()
    with Target(some_python, "paths.py", scratch=scratch) as target:
        yield target, target.gcore()


@pytest.mark.parametrize("interpreter", CHOSEN, ids=lambda one: one.label)
def test_live_and_core_of_the_kernel(interpreter, start):
    """A parked process as the tool finds it, then as lldb does that has attached to it; then its core."""
    needs_kernel_cores()
    target = start(interpreter, "paths.py", core_limit=True)
    # A process that is traced is not seen to sleep, and its mappings are counted as of another moment.
    asked = [(name, one) for name, one in lines(target) if name.split()[0] not in ("stack", "memory")]
    outside = [tool_says(interpreter, one, target.pid) for _, one in asked]
    said = batch(NEWEST, ["py-" + " ".join(one) for _, one in asked] + ["detach"], ["-p", target.pid])
    assert len(said) == len(asked) + 1, said.whole[-3000:]
    found = [difference for (name, _), mine, tools in zip(asked, said, outside)
             for difference in differences(name, mine, tools)]
    assert not found, "\n".join(found)
    target.check_unharmed(answers=False)
    check_core(NEWEST, target, target.kernel_core())


@EVERY
def test_selected_thread(lldb, some_python, start):
    target = start(some_python, "stacks.py")
    target.wait_until_parked()
    threads = len(target.tasks())
    chosen = range(1, min(threads, 5) + 1)
    commands = [line for number in chosen for line in ("thread select %d" % number, "py-bt")]
    said = batch(lldb, ["thread list"] + commands + ["detach"], ["-p", target.pid])
    tids = dict(re.findall(r"thread #(\d+): tid = (\d+)", said[0]))
    assert len(tids) == threads
    known = {str(one["native_id"]) for one in target.oracle["threads"]}
    for number, text in zip(chosen, said[2::2]):
        tid = tids[str(number)]
        if tid in known:
            assert re.findall(r"^Thread (\d+)", text, re.M) == [tid], text


NESTED = '''import time
def innermost(x): time.sleep(1000)
def key(x): innermost(x); return x
def outer(): return sorted([1, 2], key=key)
outer()
'''


@pytest.mark.parametrize("interpreter", [one for one in CHOSEN if one.has_symbol], ids=lambda one: one.label)
def test_selected_native_frame(interpreter, tmp_path):
    """The Python frame that is selected is the one that runs in lldb's frame: beyond the C code of sorted() its caller,
    beyond all of Python none."""
    path = tmp_path / "nested.py"
    path.write_text(NESTED)
    process = subprocess.Popen(interpreter.argv() + [str(path)], stdin=subprocess.DEVNULL, preexec_fn=in_child(False))
    try:
        wait_for(lambda: b"outer" in run_tool("stack", process.pid).stdout, "it to sleep")
        frames = re.findall(r"^ +\* frame #(\d+): \S+ \S+`(\w+)|^ +frame #(\d+): \S+ \S+`(\w+)",
                            batch(NEWEST, ["bt", "detach"], ["-p", process.pid])[0], re.M)
        names = [one[1] or one[3] for one in frames]
        if not any("sort" in name for name in names):
            pytest.skip("lldb does not see the C code: %s" % names)
        beyond = max(number for number, name in enumerate(names) if "sort" in name) + 1
        said = batch(NEWEST, ["py-bt", "frame select %d" % beyond, "py-bt", "frame select %d" % (len(names) - 1), "py-bt",
                              "py-up 2", "detach"], ["-p", process.pid])
        arrows = [re.findall(r"^=> .*, in (\w+)$", said[number], re.M) for number in (0, 2, 4)]
        assert arrows == [["innermost"], ["outer"], []], said.whole
        assert "neither the selected native frame nor an older one runs Python" in said.errors
    finally:
        process.kill()
        process.wait()


@EVERY
def test_help_and_errors(lldb):
    said = batch(lldb, ["help " + one for one in COMMANDS])
    for name, text in zip(COMMANDS, said):
        tool = run_tool(name[3:], "--help")
        summary = text.splitlines()[0]
        assert summary and re.search(r"^Syntax: %s( |$)" % name, text, re.M), text
        if tool.returncode == 0:
            for option in re.findall(r"^ +(--[a-z-]+)", text, re.M):
                assert option in tool.stdout.decode(), option
            assert "--json" in text
    assert len(said) == len(COMMANDS), said.whole
    for command, wanted in (("py-census", "no process and no core"), ("py-census --unknown", "--unknown"),
                            ("py-census 4711", "4711"), ("py-stack --pause", "holds the target")):
        said = batch(lldb, [command])
        assert len(said.errors.splitlines()) == 1 and wanted in said.errors, said.whole
        assert not said[0].strip()


@EVERY
def test_file_too_large(lldb, gcore, tmp_path):
    """It is an error, and not the signal that would end lldb."""
    said = batch(lldb, ["py-census --json -o %s" % (tmp_path / "answer")], ["-c", gcore[1]],
                 prefix=("sh", "-c", 'ulimit -f 1 && exec "$@"', "sh"))
    assert "File too large" in said.errors and len(said.errors.splitlines()) == 1, said.whole


@EVERY
def test_before_python_is_there(lldb, some_python):
    """Where the process has not come to its main function: one line, and lldb goes on."""
    said = batch(lldb, ["process launch --stop-at-entry", "py-stack"], some_python.argv()[:1])
    assert len(said.errors.splitlines()) == 1, said.whole


@pytest.fixture(scope="module")
def large(some_python):
    with Large(some_python, 120000) as one:
        yield one


@EVERY
def test_interrupt(lldb, large):
    """Ctrl-C takes the prompt back long before the command would have been done."""
    with Terminal(lldb, ["-p", large.pid]) as session:
        session.command("py-info")
        begin = time.monotonic()
        whole = session.command("py-retained")
        needed = time.monotonic() - begin
        assert "%" in whole
        for _ in range(2):
            session.send("py-retained\n")
            session.until("py-retained")
            time.sleep(needed / 4)
            session.send("\x03")
            begin = time.monotonic()
            said = session.settle()
            assert time.monotonic() - begin < needed / 2 + 0.5
            # lldb 14 tells so itself, and then keeps the command's own words to itself.
            assert re.search(r"^(error: interrupted|\.\.\. Interrupted\.)$", said, re.M) and "%  " not in said, said
        assert session.command("py-retained").count("%") == whole.count("%")


@EVERY
def test_running(lldb, large):
    with Terminal(lldb, ["-p", large.pid]) as session:
        session.command("py-info")
        said = session.command("continue") + session.command("py-census")
        assert "error: the process is running" in said, said
        session.command("process interrupt")
        session.settle()
        assert "types)" in session.command("py-census --top 3")


@EVERY
def test_many_commands(lldb, gcore):
    """Neither memory nor descriptors grow."""
    _, core = gcore
    block = ["py-bt", "py-info --json", "py-census --json", "py-stack --locals", "py-up", "py-retained --top 3"] * 5
    with Terminal(lldb, ["-c", core]) as session:
        for command in block:
            session.command(command)
        before = session.resources()
        for command in block * 4:
            session.command(command)
        after = session.resources()
    assert after[1] == before[1]
    assert after[0] - before[0] < 4096, "%d KiB, then %d KiB" % (before[0], after[0])
