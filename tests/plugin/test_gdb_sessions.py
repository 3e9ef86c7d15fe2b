"""What happens around the commands in gdb: when and how the plugin is loaded, where output goes, inferiors in any state,
and those that are not Python."""
import contextlib
import os
import re
import shutil
import signal
import subprocess
import time

import pytest

import gdbsession
from gdbsession import COMMANDS, Mi, Terminal, batch, compiled, document, server, system_gdb
from helpers import in_child, needs_gcore, run_tool, Target, wait_for

gdbsession.needed()

REFUSAL = "coreptile: error: "
NOTHING = r"there is no process"
# One of each kind: small answer, heap, graph, selected thread.
SOME = "py-info", "py-census", "py-leaks", "py-bt"


@pytest.fixture
def gdb():
    return system_gdb()


@pytest.fixture(scope="module")
def target(some_python, scratch):
    with Target(some_python, "paths.py", scratch=scratch) as one:
        yield one


@pytest.fixture(scope="module")
def core(target):
    needs_gcore()
    yield target.gcore()


def assert_refused(text, about):
    """One line that says why."""
    line = gdbsession.the_line(text)
    assert re.search(about, line), line
    assert "Traceback" not in line and not re.search(r"\b909\b|\b910\b|/proc/self/fd|libthread|/dev/null", line), line


# Loading

@pytest.mark.parametrize("when", ["before", "after", "before and after", "between", "core before", "core after"])
def test_script_at_any_time(gdb, target, core, when):
    """`source coreptile.gdb` before and after there is a process or core; once more changes nothing."""
    script, attach = "source " + gdb.script, "attach %d" % target.pid
    order = {"before": [script, attach], "after": [attach, script], "before and after": [script, attach, script],
             "between": [attach, "detach", script, attach], "core before": [script, "core-file " + core],
             "core after": ["core-file " + core, script]}[when]
    commands = order + ["py-census --json --top 3", "py-bt", "info threads"]
    said = batch(gdb, commands, plugin=False)
    for command, text in zip(commands, said):
        if command == script:
            assert not text.strip(), "loading it is not silent: " + text
    of_tool = run_tool("census", "--json", "--top", 3, core if "core" in when else target.pid)
    assert document(said[-3])[0]["result"] == of_tool.json()["result"]
    assert "File" in said[-2], said[-2]
    assert len(re.findall(r"(?m)^[* ] \d+ ", said[-1])) == len(target.tasks())


def test_loaded_twice_keeps_threads(gdb, target):
    said = batch(gdb, ["source " + gdb.script, "py-info", "thread apply all -q bt 1", "py-info"], ["-p", target.pid])
    assert said[1] == said[3] and "warning" not in said[0]


def test_core_file_command_goes_on(gdb, core):
    """gdb's own `core` and its other abbreviations are not made ambiguous."""
    said = batch(gdb, ["core " + core, "py-info", "core", "p 1", "bt 1", "i threads"])
    assert "Ambiguous" not in said.whole and "Python" in said[1]


def test_core_of_any_name(gdb, core, tmp_path):
    """What gdb says of a core names its file in a sentence."""
    path = str(tmp_path / "it's a core', file type odd")
    os.link(core, path)
    said = batch(gdb, ["py-census --json"], ["-c", path])
    assert document(said[0])[1] == document(run_tool("census", "--json", core).stdout.decode())[1]


def test_server_and_process_in_turn(gdb, some_python, start):
    """A session that goes from the one to the other: what is mapped where is asked of servers alone, and each time anew."""
    one, two = start(some_python, "paths.py"), start(some_python, "heaps.py")
    wanted = {each.pid: run_tool("census", "--json", each.pid).stdout.decode() for each in (one, two)}
    with Mi(gdb) as session:
        session.console("set sysroot /")
        for each, served in (one, False), (two, True), (one, True), (two, False):
            with server(each.pid) if served else contextlib.nullcontext() as address:
                assert session.console("target remote " + address if served else "attach %d" % each.pid).done
                for _ in range(2):
                    answer = session.console("py-census --json")
                    assert answer.done and document(answer.console)[1] == document(wanted[each.pid])[1], answer
                    assert "File" in session.console("py-bt").console
                assert session.console("detach").done
        assert "coreptile" not in session.console("macro list").console
        assert not session.odd


# Help and usage

def test_help(gdb):
    said = batch(gdb, ["help " + one for one in COMMANDS] + ["help user-defined"])
    for name, text in zip(COMMANDS, said):
        lines = text.strip().splitlines()
        assert len(lines) > 2 and "not documented" not in text and "Undefined" not in text, (name, text)
        assert all(len(line) <= 120 for line in lines), text
        assert name in text, (name, text)
        assert not re.search(r"TARGET|--core|--pid|--pause", text), "it names what is the debugger's\n" + text
        assert re.search(r"(?m)^%s -- \S" % name, said[-1]), "no summary of %s:\n%s" % (name, said[-1])


def test_completion(gdb):
    said = batch(gdb, ["complete py-", "complete py-cen", "complete core", "complete info thr"])
    assert set(COMMANDS) <= set(said[0].split())
    assert said[1].split() == ["py-census"]
    plain = batch(gdb, ["complete core", "complete info thr"], plugin=False)
    assert said[2:] == plain[:]


def test_no_leftover_names(gdb):
    """Nothing but the commands is added that a user would meet by completion."""
    names = "abcdefghijklmnopqrstuvwxyz_"
    commands = ["complete " + one for one in names]
    added = [sorted(set(one.split("\n")) - set(other.split("\n"))) for one, other in zip(
        batch(gdb, commands), batch(gdb, commands, plugin=False))]
    added = [one for row in added for one in row]
    assert [one for one in added if one not in COMMANDS and not one.startswith(("py-", "coreptile", "_coreptile",
                                                                             "_cpt"))] == []


def test_wrong_usage(gdb, target):
    wrong = ["py-census --nonsense", "py-census 1 2", "py-object", "py-object notanumber", "py-refs", "py-census --by mood",
             "py-census --top", "py-stack --thread x", "py-census --pid 1", "py-census --core x", "py-census --pause",
             "py-print", "py-print a b", "py-up x", "py-list x", "py-retained --top -1", "py-census --top 'unended"]
    said = batch(gdb, wrong, ["-p", target.pid])
    for command, text in zip(wrong, said):
        lines = text.strip().splitlines()
        assert lines and len(lines) <= 2, (command, text)
        assert "error" in lines[0].lower() or "py-" in text, (command, text)
    assert [one.strip() for one in batch(gdb, ["py-nonsense"], ["-p", target.pid])][0].startswith("Undefined command")


HOSTILE = ["py-census --top 3 ; touch %s", "py-census $(touch %s)", "py-census `touch %s`", "py-print '; touch %s'",
           "py-print a' > %s #", 'py-print a" > %s #', "py-print \\\\\" > %s", "py-object 0x10 > %s", "py-print %%s%%n$_exitcode",
           "py-census | tee %s", "py-print a\\n echo b > %s"]


def test_arguments_are_no_shell(gdb, target, tmp_path):
    """What follows a command reaches the engine and no shell."""
    trap = str(tmp_path / "trap")
    batch(gdb, [one % trap if "%s" in one.replace("%%s", "") else one % () for one in HOSTILE], ["-p", target.pid])
    assert not os.path.exists(trap)


def test_arguments_arrive(gdb, target):
    """With blanks, quotes, and what gdb, printf and echo know as special."""
    odd = ["'a b'", '"a b"', "a%sb%n", "$HOME", "a\\\\tb", "ключ", "a'b\"c", "--", "*"]
    said = batch(gdb, ["py-print " + one for one in odd], ["-p", target.pid])
    for one, text in zip(odd, said):
        assert text.strip(), one
    assert "ключ" in said[5] and "a%sb%n" in said[2] and "HOME" in said[3], said


# Output

def test_output_is_gdbs_own(gdb, core, tmp_path):
    log, logged, out = str(tmp_path / "log"), str(tmp_path / "logged"), str(tmp_path / "out")
    commands = ["py-census", "set logging file " + log, "set logging redirect on", "set logging enabled on", "py-census",
                "set logging enabled off", "pipe py-census | head -n 3 > " + logged, "py-census", "pipe -d @ py-census @ cat",
                "py-census --output " + out, "py-census -o %s --json" % out]
    said = batch(gdb, commands, ["-c", core])
    whole = said[0]
    assert whole.count("\n") > 10
    with open(log) as source:
        assert re.sub(r"\n?%s\d+\n" % gdbsession.MARK, "", source.read()).strip() == whole.strip()
    with open(logged) as source:
        assert source.read().splitlines() == whole.splitlines()[:3]
    assert said[7] == whole and said[8] == whole
    text = run_tool("census", core).stdout.decode()
    assert whole.strip() == text.strip()
    with open(out) as source:
        assert source.read() == run_tool("census", "--json", core).stdout.decode()


def test_answer_that_does_not_fit(gdb, some_python, start):
    """Files may not become as large as the answer: none of it, an error, and the next command is as ever."""
    one = start(some_python, "stacks.py", "--depth", 5000, "--only", "deep_recursion")
    commands = ["py-stack --json", "print $coreptile_status", "py-census --top 1"]
    line = ["sh", "-c", 'ulimit -f 800 && exec "$@"', "sh", "gdb", "-batch", *gdbsession.QUIET, "-ix", gdb.script]
    line += [word for command in commands for word in ("-ex", command)] + ["-p", str(one.pid)]
    done = subprocess.run(line, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          encoding="utf-8", timeout=60, env=gdbsession.environment())
    assert done.returncode == 0, done
    assert "coreptile: error: there is no room for the answer" in done.stdout and '"schema"' not in done.stdout, done
    assert "$1 = 2\n" in done.stdout and "objects" in done.stdout, done


def test_text_equals_the_tools(gdb, core, target):
    """Text, too, is the same, long lines and characters of all kinds among it."""
    address = "%#x" % target.oracle["addresses"]["attribute"]
    asked = ["info", "stack --locals", "census --top 5", "memory", "object ADDRESS --depth 3", "refs ADDRESS",
             "path ADDRESS", "retained --top 5", "leaks --top 3"]
    said = batch(gdb, ["set width 0"] + ["py-" + one.replace("ADDRESS", address) for one in asked], ["-c", core])[1:]
    for one, text in zip(asked, said):
        words = one.split()
        operand = [address] if "ADDRESS" in words else []
        run = run_tool(*[word for word in words if word != "ADDRESS"], core, *operand)
        assert text.strip() == run.stdout.decode().strip(), one


def test_pager(gdb, core):
    with Terminal(gdb, ["-c", core], rows=12) as session:
        session.send("py-census\n")
        first = session.until("to quit, c to continue without paging--")
        assert 3 < first.count("\n") <= 14
        session.send("q\n")
        session.until()
        session.send("py-census\n")
        session.until("without paging--")
        session.send("c\n")
        rest = session.until()
        assert rest.count("\n") > 12
        session.command("set pagination off")
        assert "without paging" not in session.command("py-census")
        assert session.command("p 6*7").strip() == "$1 = 42"


def test_machine_interface(gdb, core, target):
    """Answers are console records and errors are error records; nothing else gets onto the wire."""
    with Mi(gdb, ["-c", core]) as session:
        wanted = run_tool("census", core).stdout.decode().strip()
        for command in session.console, session.command:
            answer = command("py-census")
            assert answer.done and answer.console.strip() == wanted
        answer = session.console("py-object 0x10")
        assert "error" in (answer.record.name + answer.console + answer.log)
        assert session.console("py-census --json").console == run_tool("census", "--json", core).stdout.decode()
        assert session.command("-data-evaluate-expression 6*7").record.get("value") == "42"
        answer = session.command("-thread-info")
        assert answer.done and "target-id" in answer.record.results
        assert not session.odd


def test_errors_stop_scripts(gdb, target, tmp_path):
    """A command that gives nothing is an error to gdb: a script ends there, as with gdb's own commands."""
    script = str(tmp_path / "script")
    with open(script, "w") as out:
        out.write("py-object 0x10\necho still here\\n\n")
    said = batch(gdb, ["source " + script], ["-p", target.pid])
    assert REFUSAL in said[0] or "Error" in said[0], said[0]
    assert "still here" not in said[0]


# States

def test_nothing_there(gdb):
    commands = [one + {"py-print": " name"}.get(one, " 0x10" * (one in ("py-object", "py-refs", "py-path")))
                for one in COMMANDS]
    for text in batch(gdb, commands):
        assert_refused(text, NOTHING)


def test_not_started(gdb, some_python):
    for text in batch(gdb, SOME, [some_python.binary]):
        assert_refused(text, NOTHING)


def test_before_python_is_there(gdb, some_python):
    """At the first instruction, in `main`, and once it runs, in one session."""
    run = ["--args"] + some_python.argv() + ["-c", "import os; os.abort()"]
    said = batch(gdb, ["starti", *SOME, "info threads", "break main", "continue", *SOME, "continue", *SOME], run)
    for text in said[1:5]:
        assert_refused(text, r"not (yet )?(loaded|started|initiali[sz]ed)|no CPython|before")
    for text in said[8:12]:
        assert_refused(text, r"not (yet )?(started|initiali[sz]ed)|before")
    assert "os.abort()" in said[-1] or "in <module>" in said[-1], said[-1]
    assert "dict" in said[-3]


def test_after_python_is_gone(gdb, some_python):
    """After Py_Finalize: in the last functions that the C library calls."""
    source = "import ctypes; ctypes.CDLL(None)"
    run = ["--args"] + some_python.argv() + ["-c", source]
    said = batch(gdb, ["break exit", "run", *SOME], run)
    if "Breakpoint 1, " not in said[1]:
        pytest.skip("it does not call exit: " + said[1])
    for text in said[2:]:
        assert_refused(text, r"finali[sz]ed|has ended|after|no longer")


@pytest.mark.parametrize("mode", ["shutdown", "atexit", "module"])
def test_finalizing(gdb, some_python, start, mode):
    one = start(some_python, "finalizing.py", mode)
    said = batch(gdb, ["py-bt", "py-stack", "py-census --top 1"], ["-p", one.pid])
    assert "record_and_block" in said[0] or mode == "shutdown", said[0]
    assert "dict" in said[2] or "str" in said[2], said[2]


def test_in_a_collection(gdb, some_python, start):
    one = start(some_python, "heaps.py", "collecting")
    said = batch(gdb, ["py-stack", "py-census --json", "py-leaks --json"], ["-p", one.pid])
    assert "garbage-collecting" in said[0] or "collect" in said[0]
    assert document(said[1])[1] == document(run_tool("census", "--json", one.pid).stdout.decode())[1]
    assert document(said[2])[0]["command"] == "leaks"


def test_running(gdb, target):
    """Refused while it runs, at once, and answered once it is stopped."""
    with Mi(gdb) as session:
        session.command("-gdb-set mi-async on")
        session.command("-target-attach %d" % target.pid)
        assert session.console("py-bt").done
        session.send("-exec-continue")
        session.until("*", "running")
        for command in SOME:
            start = time.monotonic()
            answer = session.console(command)
            assert time.monotonic() - start < 5
            assert re.search(r"running|stop", answer.text), (command, answer)
        session.command("-exec-interrupt")
        session.until("*", "stopped")
        answer = session.console("py-bt")
        assert answer.done and "File" in answer.console
        session.command("-target-detach")
    target.check_unharmed(answers=False)


def test_non_stop(gdb, target):
    """Some threads run: refused, or the stopped thread alone, but no answer that is made up."""
    with Mi(gdb) as session:
        session.command("-gdb-set mi-async on")
        session.command("-gdb-set non-stop on")
        session.command("-target-attach %d" % target.pid)
        session.until("*", "stopped")
        time.sleep(0.3)
        answer = session.console("py-census --top 1")
        assert answer.done and "objects" in answer.console, answer
        session.command("-exec-continue --thread 1")
        time.sleep(0.3)
        answer = session.console("py-census --top 1")
        assert re.search(r"running|stop", answer.text) and "objects" not in answer.console, answer
        assert session.command("-data-evaluate-expression 6*7").record.get("value") == "42"
    target.check_unharmed(answers=False)


def test_dies_between_commands(gdb, some_python, start):
    one = start(some_python, "paths.py")
    with Mi(gdb, ["-p", one.pid]) as session:
        assert session.console("py-bt").done
        os.kill(one.pid, signal.SIGKILL)
        wait_for(lambda: one.status()["State"][0] in "ZX", "its end")
        for command in SOME:
            answer = session.console(command)
            assert not answer.console or REFUSAL in answer.console or answer.record.name == "error", answer
            assert not re.search(r"dict +[\d,]+", answer.console), answer
        session.command("-exec-continue")
        session.until("*", "stopped")
        for command in SOME:
            answer = session.console(command)
            assert re.search(NOTHING, answer.text)
        assert session.command("-data-evaluate-expression 6*7").record.get("value") == "42"
        assert not session.odd


def test_two_inferiors(gdb, some_python, start, core):
    """Two processes and a core in one session: each answer is the selected one's."""
    one, two = start(some_python, "paths.py"), start(some_python, "heaps.py")
    commands = ["attach %d" % one.pid, "add-inferior", "inferior 2", "attach %d" % two.pid, "add-inferior", "inferior 3",
                "core-file " + core]
    order = [1, 2, 3, 2, 1]
    for number in order:
        commands += ["inferior %d" % number, "py-info --json", "py-census --json", "py-bt"]
    commands += ["inferior 1", "detach", "py-info", "inferior 2", "py-census --json"]
    said = batch(gdb, commands)
    targets = {1: one.pid, 2: two.pid, 3: core}
    wanted = {key: run_tool("census", "--json", value).stdout.decode() for key, value in targets.items()}
    pids = {1: one.pid, 2: two.pid, 3: document(wanted[3])[0]["target"]["pid"]}
    for turn, number in enumerate(order):
        info, census = said[7 + 4 * turn + 1], said[7 + 4 * turn + 2]
        assert document(info)[0]["target"]["pid"] == pids[number]
        assert document(info)[0]["target"]["kind"] == ("core" if number == 3 else "process")
        assert document(census)[1] == document(wanted[number])[1]
        assert "File" in said[7 + 4 * turn + 3]
    assert_refused(said[-3], NOTHING)
    assert document(said[-1])[1] == document(wanted[2])[1]
    one.check_unharmed(answers=False)
    two.check_unharmed(answers=False)


FORKS = """
import os
kept = {number: [number] for number in range(500)}
def in_child(): os.abort()
def in_parent(child): os.waitpid(child, 0); os.abort()
child = os.fork()
in_parent(child) if child else in_child()
"""


@pytest.mark.parametrize("mode", ["child", "parent"])
def test_fork_is_followed(gdb, some_python, mode):
    run = ["--args"] + some_python.argv() + ["-c", FORKS]
    said = batch(gdb, ["set follow-fork-mode " + mode, "run", "py-bt", "py-info --json", "py-census --json", "info inferiors",
                       "kill"], run)
    assert "in in_" + mode in said[2] and "in_" + ("parent" if mode == "child" else "child") not in said[2], said[2]
    pid = document(said[3])[0]["target"]["pid"]
    assert re.search(r"(?m)^\* \d+ +process %d " % pid, said[5]), said[5]
    assert document(said[4])[0]["complete"]


def test_detached_goes_on(gdb, some_python, start):
    one = start(some_python, "heaps.py")
    batch(gdb, ["py-census", "py-leaks", "detach", "py-census"], ["-p", one.pid])
    one.check_unharmed(answers=False)
    batch(gdb, ["py-census"], ["-p", one.pid])          # gdb detaches at its end
    one.check_unharmed(answers=False)


def test_run_again(gdb, some_python):
    """The same inferior run twice, with other addresses and another state."""
    source = "kept = %s; import os; os.abort()"
    run = ["--args"] + some_python.argv() + ["-c", source % "[1]"]
    said = batch(gdb, ["set disable-randomization off", "run", "py-bt", "py-info --json", "kill", "run", "py-bt",
                       "py-info --json", "kill", "py-bt"], run)
    assert "in <module>" in said[2] and "in <module>" in said[6]
    assert document(said[3])[0]["target"]["pid"] != document(said[7])[0]["target"]["pid"]
    assert_refused(said[9], NOTHING)


def test_stopped_anywhere(gdb, some_python):
    """In C code deep in the interpreter, with the interpreter lock held: wherever breakpoints and steps lead."""
    places = ["malloc", "free"] + ([] if some_python.stripped else ["PyDict_SetItem", "PyObject_GC_Del"])
    source = "def f(n):\n    return f(n - 1) if n else [dict(a=str(n)) for n in range(99)]\nwhile True: f(30)"
    commands = ["set breakpoint pending on", "break getpid", "run", "delete"]
    for place in places:
        commands += ["break " + place, "continue", "continue 300", "py-bt", "py-census --top 2", "finish", "stepi 7", "py-bt",
                     "delete"]
    said = batch(gdb, commands + ["kill"], ["--args"] + some_python.argv() + ["-c", "import os; os.getpid()\n" + source])
    for command, text in zip(commands, said):
        if command == "py-bt":
            assert re.search(r"#0 +File", text), text
        elif command.startswith("py-census"):
            assert "objects" in text, text


# Not Python

NOT_PYTHON = "#include <unistd.h>\nint main(void) { return getpid() == 1 ? 0 : pause(); }"
THREADS = """
#include <pthread.h>
#include <unistd.h>
static void *wait_for_good(void *nothing) { pause(); return nothing; }
int main(void)
{
    pthread_t one;
    for (int i = 0; i < 3; i++)
        pthread_create(&one, 0, wait_for_good, 0);
    pause();
}
"""
# No C library at all: the cheapest program of another kind.
FOREIGN = "void _start(void) { for (;;) __asm__ volatile (\"int $0x80\" : : \"a\"(29)); }"


@pytest.mark.parametrize("source, options", [(NOT_PYTHON, []), (THREADS, []), (NOT_PYTHON, ["-static"]), (
    FOREIGN, ["-m32", "-nostdlib", "-static", "-ffreestanding", "-fno-pie", "-no-pie", "-fno-stack-protector"])],
    ids=["c", "threads", "static", "32-bit"])
def test_not_python(gdb, tmp_path, source, options):
    """A process and a core of it: one line each, and gdb's own commands work."""
    program = compiled(tmp_path, source, *options)
    process = subprocess.Popen([program], preexec_fn=in_child(False))
    try:
        time.sleep(0.1)
        core = str(tmp_path / "core-of-it")
        said = batch(gdb, [*SOME, "info threads", "bt", "gcore " + core], ["-p", process.pid])
        plain = batch(gdb, ["info threads", "bt"], ["-p", process.pid], plugin=False)
        for text in said[:4]:
            assert_refused(text, r"no CPython|32.bit|not supported|x86.64")
        assert said[4:6] == plain[:]
        if os.path.exists(core):
            for text in batch(gdb, SOME, [program, core])[:]:
                assert_refused(text, r"no CPython|32.bit|not supported|x86.64")
    finally:
        process.kill()
        process.wait()


def test_damaged_cores(gdb, core, tmp_path):
    """Cut short, and no core at all: what the tool says, and gdb stays."""
    size = os.path.getsize(core)
    for number, cut in enumerate([size // 2, size * 9 // 10, 10000]):
        path = str(tmp_path / ("cut-%d" % number))
        shutil.copy(core, path)
        os.truncate(path, cut)
        said = batch(gdb, ["core-file " + path, "py-info --json", "py-census --json", "py-bt", "p 6*7"])
        assert said[-1].strip() == "$1 = 42"
        for command, text in (("info", said[1]), ("census", said[2])):
            run = run_tool(command, "--json", path)
            if run.returncode == 2 or "is not a core dump" in said[0]:
                assert REFUSAL in gdbsession.the_line(text), (command, cut)
            else:
                assert document(text)[1] == document(run.stdout.decode())[1], (command, cut)


def test_killed_gdb_leaves_the_target(gdb, some_python, start):
    """gdb killed in the middle of a command: the kernel lets the target go on, and nothing of ours is left."""
    one = start(some_python, "heaps.py")
    with Mi(gdb, ["-p", one.pid]) as session:
        session.send('-interpreter-exec console "py-leaks"')
        time.sleep(0.05)
    wait_for(lambda: one.status()["State"][0] == "S", "it to go on")
    one.check_unharmed(answers=False)


def test_distributions_own_commands(gdb, target, tmp_path):
    """Commands of the same names that were there before, like python-gdb.py's: what comes last is what counts."""
    fake = str(tmp_path / "own.gdb")
    with open(fake, "w") as out:
        out.write("define py-bt\necho of the other kind\\n\nend\n")
    said = batch(gdb, ["source " + fake, "py-bt", "source " + gdb.script, "py-bt"], ["-p", target.pid])
    assert "other kind" in said[1] and "other kind" not in said[3] and "File" in said[3]
