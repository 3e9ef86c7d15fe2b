"""The command line, and `info`."""
import os
import pty
import re
import shutil
import subprocess
import time

import pytest

from helpers import (QUICK, Target, assert_same_stacks, check_info, each, interpreters, needs_gcore, needs_kernel_cores,
                     operands, read_stack, representatives, run_tool, sysroot, tool_command, tool_environment)

SUPPORTED = interpreters.supported()
COMMANDS = ["stack", "census", "memory", "refs", "path", "retained", "leaks", "diff", "info"]
OWN_OPTIONS = {"stack": {"--thread", "--locals", "--native"}, "census": {"--by", "--top"}, "refs": {"--to", "--limit"},
               "path": {"--repr-limit"}, "retained": {"--top"}, "leaks": {"--top", "--fail"}, "diff": {"--interval", "--top"}}


@pytest.fixture(scope="module")
def target(some_python, scratch):
    with Target(some_python, "many_threads.py", 4, 10, scratch=scratch) as target:
        yield target
        target.check_unharmed()


@pytest.fixture(scope="module")
def an_object(target):
    """The address of one that is there as long as the target is."""
    types = run_tool("census", "--json", target.pid).json()["result"]["types"]
    return next(one["type_address"] for one in types if one["type"] == "threading.Thread")


def usage_error(*arguments):
    run = run_tool(*arguments, timeout=20)
    assert run.returncode == 64, str(run)
    return run.error_line()


# The command line

def test_help():
    run = run_tool("--help")
    assert run.returncode == 0 and not run.stderr, str(run)
    text = run.stdout.decode()
    for command in COMMANDS:
        assert command in text
    assert re.search(r"(?i)usage", text)
    # Exit codes are part of the help, as of every tool that scripts use.
    assert "64" in text


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_command(command):
    run = run_tool(command, "--help")
    assert run.returncode == 0 and not run.stderr, str(run)
    text = run.stdout.decode()
    for option in ("--json", "--output", "--exe", "--sysroot", "--pause", "--no-pause", "--layout", "--color",
                   "--pid", "--core"):
        assert option in text, "%s is not in the help" % option
    assert "--find" not in text, "an option for tests only"
    own = set().union(*OWN_OPTIONS.values())
    assert {one for one in own if one in text} >= OWN_OPTIONS.get(command, set())
    assert ("ADDRESS" in text) == (command in ("refs", "path")) and ("[AFTER]" in text) == (command == "diff")
    assert max(map(len, text.splitlines())) <= 100


def test_version():
    run = run_tool("--version")
    assert run.returncode == 0 and not run.stderr, str(run)
    assert re.fullmatch(r"coreptile \d+\.\d+\S*(\n.*)*", run.stdout.decode().rstrip("\n")), str(run)


def test_help_on_closed_output():
    """What cannot be written is no success."""
    with open("/dev/full", "w") as full:
        done = subprocess.run(tool_command("--help"), stdout=full, stderr=subprocess.PIPE, env=tool_environment())
    assert done.returncode != 0 and done.stderr.startswith(b"coreptile: error: ")


def test_nothing_at_all():
    line = usage_error()
    assert "--help" in line


@pytest.mark.parametrize("arguments", [
    ["frobnicate"], ["frobnicate", "1"], ["--frobnicate"], ["stack"], ["stack", "--frobnicate", "1"],
    ["stack", "1", "2"], ["stack", "--pid"], ["stack", "--pid", "one"], ["stack", "--pid", "1", "2"],
    ["stack", "--pid", "1", "--core", "x"], ["stack", "--thread", "one", "1"], ["stack", "--thread", "1"],
    ["info", "--thread", "1", "1"], ["stack", "--layout", "x", "1"], ["stack", "--color", "x", "1"],
    ["refs", "1"], ["refs", "1", "here"], ["refs", "--fail", "1", "2"], ["path", "1"], ["path", "1", "2", "3"],
    ["retained"], ["retained", "1", "2"], ["leaks", "--top", "0", "1"], ["leaks", "--to", "1"], ["diff", "1"],
    ["diff", "--interval", "0", "1"], ["diff", "--interval", "1", "1", "2"],
    ["stack", "--json=yes", "1"], ["stack", "--output"], ["", "1"],
    ["stack", "--pid", "-5"], ["stack", "--pid", "0x10"], ["stack", "-Z", "1"]], ids=" ".join)
def test_wrong_usage(arguments):
    line = usage_error(*arguments)
    assert len(line) < 300


@pytest.mark.parametrize("arguments", [["stack", ""], ["stack", "--core", ""], ["stack", "-o", "", "/dev/null"]])
def test_empty_names(arguments):
    run = run_tool(*arguments)
    assert run.returncode in (2, 64), str(run)
    assert "error: :" not in run.error_line()


@pytest.mark.parametrize("command", COMMANDS)
def test_ways_to_name_the_target(target, an_object, command):
    pid, *rest = operands(command, target.pid, an_object)
    documents = []
    for arguments in ([pid], ["--pid", pid], ["--pid=%d" % pid], ["-q", pid], ["--", pid]):
        run = run_tool(command, "--json", *arguments, *rest)
        assert run.returncode == 0 and not run.stderr, str(run)
        documents.append(run.json()["result"])
    run = run_tool(command, pid, *rest, "--json")
    assert run.returncode == 0, "options after the target\n%s" % run
    documents.append(run.json()["result"])
    assert all(one == documents[0] for one in documents)


def test_core_with_the_name_of_a_number(target, tmp_path):
    needs_gcore()
    os.link(target.gcore(), target.directory + "/12345")
    run = run_tool("info", "--json", "--core", "12345", cwd=target.directory)
    assert run.returncode == 0 and run.json()["target"]["kind"] == "core", str(run)
    run = run_tool("info", "--json", "./12345", cwd=target.directory)
    assert run.returncode == 0 and run.json()["target"]["kind"] == "core", str(run)


@pytest.mark.parametrize("command", COMMANDS)
def test_output_file(target, an_object, tmp_path, command):
    named = operands(command, target.pid, an_object)
    path = tmp_path / "result"
    path.write_text("older")
    run = run_tool(command, "--json", "-o", path, *named)
    assert run.returncode == 0 and not run.stdout and not run.stderr, str(run)
    again = run_tool(command, "--json", "--output=%s" % path, *named)
    assert again.returncode == 0
    assert path.read_bytes() == run_tool(command, "--json", *named).stdout
    assert os.listdir(tmp_path) == ["result"], "files left behind"


@pytest.mark.parametrize("command", COMMANDS)
def test_output_file_of_failed_run(tmp_path, command):
    path, named = tmp_path / "result", operands(command, "/dev/null")
    run = run_tool(command, "--json", "-o", path, *named)
    assert run.returncode == 2 and os.listdir(tmp_path) == [], str(run)
    path.write_text("older")
    run = run_tool(command, "--json", "-o", path, *named)
    assert run.returncode == 2 and path.read_text() == "older" and os.listdir(tmp_path) == ["result"], str(run)


def test_output_file_that_cannot_be(target, tmp_path):
    for path in (tmp_path / "no" / "such" / "directory", tmp_path):
        run = run_tool("stack", "-o", path, target.pid)
        assert run.returncode == 2, str(run)
        assert str(path) in run.error_line()


def test_output_that_fails(target):
    with open("/dev/full", "w") as full:
        done = subprocess.run(tool_command("stack", target.pid), stdout=full, stderr=subprocess.PIPE,
                              env=tool_environment())
    assert done.returncode == 2 and done.stderr.startswith(b"coreptile: error: "), done


def test_output_to_a_pipe_that_closes(scratch, some_python):
    """`coreptile stack … | head -1`: no message, and no harm."""
    with Target(some_python, "stacks.py", "--depth", "20000", scratch=scratch) as deep:
        deep.oracle
        tool = subprocess.Popen(tool_command("stack", "--json", deep.pid), stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)
        tool.stdout.read(10)
        tool.stdout.close()
        error = tool.stderr.read()
        tool.wait(timeout=30)
        tool.stderr.close()
        assert error.count(b"\n") <= 1, error
        deep.check_unharmed()


def test_verbose_tells_how_long_it_held(target):
    run = run_tool("stack", "-v", target.pid)
    assert run.returncode == 0, str(run)
    assert re.search(r"(?i)held.*\d+(\.\d+)? ?(ms|µs|us|s)\b", run.stderr.decode()), str(run)
    run = run_tool("stack", "-v", "--no-pause", target.pid)
    assert run.returncode == 0 and not re.search(r"(?i)held.*\d ?(ms|µs|us)", run.stderr.decode()), str(run)


def test_quiet_keeps_the_error():
    run = run_tool("stack", "-q", "/dev/null")
    assert run.returncode == 2
    run.error_line()


ESCAPE = b"\x1b["


def on_terminal(*arguments, **environment):
    """What the tool writes to a terminal."""
    try:
        controller, terminal = pty.openpty()
    except OSError as error:
        pytest.skip("no pseudo-terminals here: %s" % error)
    environment = dict(tool_environment(**environment), TERM="xterm-256color")
    tool = subprocess.Popen(tool_command(*arguments), stdout=terminal, stderr=subprocess.DEVNULL, env=environment)
    os.close(terminal)
    text = b""
    while True:
        try:
            piece = os.read(controller, 65536)
        except OSError:
            break
        if not piece:
            break
        text += piece
    os.close(controller)
    assert tool.wait(timeout=30) == 0
    return text


def test_color(target):
    assert ESCAPE not in run_tool("stack", target.pid).stdout
    assert ESCAPE in run_tool("stack", "--color", "always", target.pid).stdout
    assert ESCAPE in run_tool("stack", "--color=always", target.pid, env=tool_environment(NO_COLOR="1")).stdout
    assert ESCAPE in on_terminal("stack", target.pid)
    assert ESCAPE not in on_terminal("stack", "--color", "never", target.pid)
    assert ESCAPE not in on_terminal("stack", target.pid, NO_COLOR="1")
    assert ESCAPE in on_terminal("stack", target.pid, NO_COLOR="")
    assert ESCAPE not in on_terminal("stack", "--json", target.pid)
    assert ESCAPE not in run_tool("stack", "--json", "--color", "always", target.pid).stdout


@pytest.mark.parametrize("interpreter", each(representatives(SUPPORTED)))
def test_text_cannot_steer_the_terminal(interpreter, start):
    """Names out of the target are data: no escape sequence of theirs reaches the terminal, and lines stay lines."""
    target = start(interpreter, "stacks.py", "--only", "file_name_controls,file_name_surrogateescape")
    for arguments in (["--color", "never"], ["--color", "always"]):
        run = run_tool("stack", *arguments, target.pid)
        assert run.returncode == 0
        run.stdout.decode("utf-8")
        assert b"\x1b[31mred" not in run.stdout and b"\x7f" not in run.stdout, str(run)
        assert b"new\nline" not in run.stdout, str(run)


# info

def info(*arguments):
    run = run_tool("info", "--json", *arguments)
    assert run.returncode in (0, 1), str(run)
    document = run.json()
    check_info(document, run)
    return document, run


def build_id(path):
    notes = subprocess.run(["readelf", "-n", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8",
                           errors="replace").stdout
    found = re.search(r"Build ID: ([0-9a-f]+)", notes)
    return found and found.group(1)


def module_of(document, path):
    return next((one for one in document["result"]["modules"] if one["path"] == path), None)


def check_modules(document, interpreter):
    # Of a process in a mere chroot the kernel tells the path from outside.
    mine = module_of(document, interpreter.binary[len(interpreter.root):]) or module_of(document, interpreter.binary)
    assert mine, "%s is not among %s" % (interpreter.binary, document["result"]["modules"])
    assert mine["build_id"] == build_id(interpreter.binary)
    assert mine["match"] is True
    paths = [one["path"] for one in document["result"]["modules"]]
    assert len(paths) == len(set(paths))
    assert any("libc.so" in path for path in paths), paths


@pytest.mark.parametrize("interpreter", each(SUPPORTED))
def test_info(interpreter, start):
    target = start(interpreter, "many_threads.py", 4, 10, options=["-O"])
    live, run = info(target.pid)
    assert run.returncode == 0 and live["warnings"] == [], str(run)
    check_info_of(target, live)
    assert live["result"]["core"] is None
    assert os.path.basename(live["target"]["executable"]) == os.path.basename(
        os.readlink("/proc/%d/exe" % target.pid))
    target.check_unharmed()
    needs_gcore()
    check_info_of_core(target, target.gcore())


@pytest.mark.parametrize("interpreter", each(SUPPORTED))
def test_info_of_kernel_core(interpreter, start):
    needs_kernel_cores()
    target = start(interpreter, "many_threads.py", 4, 10, options=["-O"], core_limit=True)
    check_info_of_core(target, target.kernel_core())


def check_info_of(target, document):
    interpreter, result = target.interpreter, document["result"]
    start = [interpreter.executable, "-O", target.program, os.path.join(target.inside, "oracle.json"), "4", "10"]
    assert result["argv"] == start
    assert (result["interpreters"], result["threads"]) == (1, 4)
    assert result["allocator"] == "pymalloc"
    python = document["python"]
    assert python["version"].startswith(".".join(map(str, interpreter.version)))
    assert (python["debug_build"], python["free_threaded"]) == (False, False)
    assert document["target"]["pid"] == target.pid
    check_modules(document, interpreter)


def check_info_of_core(target, core):
    document, run = info(*sysroot(target.interpreter), core)
    assert run.returncode == 0, str(run)
    check_info_of(target, document)
    assert document["result"]["core"]["truncated"] is False
    assert document["target"]["path"] == core


@pytest.mark.parametrize("malloc", ["malloc", "pymalloc"])
@pytest.mark.parametrize("interpreter", each(representatives(SUPPORTED)))
def test_info_allocator(interpreter, start, malloc):
    target = start(interpreter, "many_threads.py", 2, 6, env={"PYTHONMALLOC": malloc})
    assert info(target.pid)[0]["result"]["allocator"] == malloc


@pytest.mark.parametrize("interpreter", each(representatives(SUPPORTED)))
def test_info_subinterpreters(interpreter, start):
    target = start(interpreter, "subinterp.py", "legacy")
    document, _ = info(target.pid)
    assert document["result"]["interpreters"] == target.oracle["interpreters"]
    assert document["result"]["threads"] == len(target.oracle["threads"])


@pytest.mark.parametrize("interpreter", each(representatives(SUPPORTED)))
def test_info_text(interpreter, start):
    target = start(interpreter, "many_threads.py", 2, 6)
    run = run_tool("info", target.pid)
    assert run.returncode == 0 and not run.stderr, str(run)
    text = run.stdout.decode()
    assert ".".join(map(str, interpreter.version)) in text and str(target.pid) in text
    assert "pymalloc" in text and target.program in text


def other_build(interpreter):
    """A different build of an interpreter of the same kind, whose bytes would mislead."""
    for other in interpreters.everything():
        if other.shared == interpreter.shared and other is not interpreter and other.version != interpreter.version \
                and not other.root:
            return other
    pytest.skip("no other build at hand")


@pytest.mark.parametrize("interpreter", each([one for one in SUPPORTED if not one.root]))
def test_replaced_file(interpreter, start, tmp_path):
    """The file on disk is another build by now: `match` says so, and its bytes are not used."""
    needs_kernel_cores()
    other = other_build(interpreter)
    target, path = start_copy(interpreter, start, tmp_path)
    core = target.kernel_core()
    document, run = info(core)
    assert run.returncode == 0 and module_of(document, path)["match"] is True, str(run)
    assert_same_stacks(target.oracle, read_stack(core), names="core")

    shutil.copy(other.binary, path)
    run = run_tool("info", "--json", core)
    if run.returncode == 2:
        assert path in run.error_line(), "what is missing is not named\n%s" % run
    else:
        document = run.json()
        assert module_of(document, path)["match"] is False, str(run)
        assert module_of(document, path)["build_id"] == build_id(interpreter.binary)
        assert any(path in one["message"] for one in document["warnings"]), str(run)
    # Wrong bytes would make wrong stacks: all or a refusal.
    run = run_tool("stack", "--json", core)
    if run.returncode == 2:
        assert not interpreter.self_describing, str(run)
        assert path in run.error_line(), str(run)
    else:
        assert_same_stacks(target.oracle, run.json(), names="core")
        assert any(path in one["message"] for one in run.json()["warnings"]), str(run)


def start_copy(interpreter, start, tmp_path):
    """A target under a copy of the interpreter, and the path of the copied file that holds its runtime."""
    copy = tmp_path / "python-copy"
    shutil.copy(interpreter.executable, copy)
    prefix = os.path.dirname(os.path.dirname(interpreter.executable))
    environment = {"PYTHONHOME": prefix}
    path = str(copy)
    if interpreter.shared:
        path = str(tmp_path / os.path.basename(interpreter.binary))
        shutil.copy(interpreter.binary, path)
        environment["LD_LIBRARY_PATH"] = str(tmp_path)
    target = start(interpreter, "many_threads.py", 4, 10, executable=[str(copy)], env=environment, core_limit=True)
    if interpreter.shared:
        with open("/proc/%d/maps" % target.pid) as maps:
            if path not in maps.read():
                pytest.skip("its own library path goes before LD_LIBRARY_PATH")
    return target, path


@pytest.mark.parametrize("interpreter", each([one for one in SUPPORTED if not one.root]))
def test_wrong_exe(interpreter, start, tmp_path):
    """--exe with another program is not believed."""
    if interpreter.shared:
        pytest.skip("for an executable that holds the interpreter itself")
    needs_kernel_cores()
    target = start(interpreter, "many_threads.py", 4, 10, core_limit=True)
    core = target.kernel_core()
    run = run_tool("stack", "--json", "--exe", "/bin/ls", core)
    if run.returncode == 2:
        assert "/bin/ls" in run.error_line()
    else:
        assert_same_stacks(target.oracle, run.json(), names="core")
        assert any("/bin/ls" in one["message"] for one in run.json()["warnings"]), str(run)


def test_speed(target):
    """No bound on a clock (see bench/), but a run on a small process is not to take the better part of a second."""
    fastest = min(_timed(target.pid) for _ in range(3 if QUICK else 10))
    assert fastest < 0.5, fastest


def _timed(pid):
    began = time.monotonic()
    run_tool("stack", "--json", pid)
    return time.monotonic() - began
