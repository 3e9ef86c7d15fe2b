"""The documentation says what the tool says: its options, its commands, its version, and what it prints."""
import glob
import json
import os
import re
import signal
import subprocess

import pytest

from helpers import (COREPTILE, PROGRAMS, TESTS, interpreters, needs_gcore, needs_kernel_cores, run_tool, tool_command,
                     tool_environment, wait_for)

SOURCE = os.path.dirname(TESTS)
MANUAL = os.path.join("coreanalyze", "tool", "coreptile.1")
FAKEHOST = os.environ.get("FAKEHOST") or os.path.join(os.path.dirname(COREPTILE), "tests", "plugin", "fakehost")
LONG_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
# Paths of the source tree, as the texts name them in backticks or link to them.
FOLDERS = "autotools|bench|coreanalyze|docs|plugin|symbols|tests"


def read(path):
    with open(os.path.join(SOURCE, path), encoding="utf-8") as source:
        return source.read()


def manual():
    """The manual's text as it is shown: without comments, requests, font changes and escapes."""
    lines = [line for line in read(MANUAL).splitlines() if not line.startswith('.\\"')]
    text = "\n".join(re.sub(r"^\.(?:BI|BR|IR|RB|RI|[BI]|SH|SS|TH)\b ?", "", line) for line in lines)
    text = re.sub(r'\\f[BIPR]|"', "", text)
    return text.replace("\\-", "-").replace("\\(dq", '"').replace("\\(aq", "'")


def help_of(*command):
    run = run_tool(*command, "--help", timeout=20)
    assert run.returncode == 0, str(run)
    return run.stdout.decode()


def commands():
    """Those that `coreptile --help` lists."""
    listed = re.search(r"^Commands:\n((?: +\S.*\n)+)", help_of(), re.M)
    assert listed, help_of()
    return re.findall(r"^ +(\S+)", listed.group(1), re.M)


def launchers():
    """The commands that start a debugger, whose options all others are."""
    listed = re.search(r"^In a debugger:\n((?: +\S.*\n)+)", help_of(), re.M)
    assert listed, help_of()
    return re.findall(r"^ +(\S+)", listed.group(1), re.M)


def every_help():
    return {(): help_of(), **{(command,): help_of(command) for command in commands()}}


def options_of_any_help():
    return {option for text in every_help().values() for option in LONG_OPTION.findall(text)}


def own_options(command):
    """Those that `coreptile COMMAND --help` has beyond those of all commands."""
    return set(LONG_OPTION.findall(help_of(command))) - set(LONG_OPTION.findall(help_of()))


def version():
    return run_tool("--version").stdout.decode().split()[1]


# The manual

def test_manual_has_every_option_of_the_help():
    entries = re.findall(r"^\.TP\n(.*)$", read(MANUAL), re.M)
    described = {option for entry in entries for option in LONG_OPTION.findall(entry.replace("\\-", "-"))}
    for command, text in every_help().items():
        missing = set(LONG_OPTION.findall(text)) - described
        assert not missing, "of coreptile %s: %s" % (" ".join(command), sorted(missing))


def test_manual_has_every_short_option_of_the_help():
    text = manual()
    for letter, option in set(re.findall(r"^ +(-\w), (--[a-z-]+)", "".join(every_help().values()), re.M)):
        assert re.search(r"^%s *, *%s\b" % (letter, option), text, re.M), "%s, %s" % (letter, option)


def test_manual_has_no_other_options():
    assert set(LONG_OPTION.findall(manual())) <= options_of_any_help()


def test_manual_describes_every_command():
    sections = re.findall(r"^\.SS (\S+)$", read(MANUAL), re.M)
    assert sorted(sections) == sorted(commands() + launchers())


def test_manual_has_every_exit_status_of_the_help():
    statuses = re.search(r"^Exit status: (.*(?:\n.+)*)", help_of(), re.M).group(1)
    section = read(MANUAL).split(".SH EXIT STATUS\n")[1].split("\n.SH ")[0]
    assert re.findall(r"\b\d+\b", statuses) == re.findall(r"^\.B (\d+)$", section, re.M)


def test_manual_has_no_dashes_for_minus():
    """An unescaped '-' in an option becomes a hyphen that cannot be pasted into a shell."""
    for line in read(MANUAL).splitlines():
        assert line.startswith(".\\\"") or not re.search(r"(?<![\w\\-])-{1,2}[a-z]", line), line


def test_manual_describes_own_options_with_their_command():
    sections = dict(re.findall(r"^\.SS (\S+)\n((?:(?!\.S[SH] ).*\n)*)", read(MANUAL), re.M))
    for command in commands():
        entries = re.findall(r"^\.TP\n(.*)$", sections[command], re.M)
        described = {option for entry in entries for option in LONG_OPTION.findall(entry.replace("\\-", "-"))}
        assert described == own_options(command), command


def test_manual_synopsis_has_own_options():
    synopsis = manual().split("\nSYNOPSIS\n")[1].split("\nDESCRIPTION\n")[0]
    for command in commands():
        part = re.search(r"^coreptile %s\n((?:.*\n)*?)(?:\.br|\Z)" % command, synopsis, re.M).group(1)
        assert set(LONG_OPTION.findall(part)) == own_options(command), command


def keys_of(value):
    if isinstance(value, dict):
        return set(value).union(*map(keys_of, value.values()))
    return set().union(*map(keys_of, value)) if isinstance(value, list) else set()


def test_manual_has_every_field(start, some_python):
    section = manual().split("\nJSON OUTPUT\n")[1].split("\nENVIRONMENT\n")[0]
    words = set(re.findall(r"[a-z_]+", section))
    target = start(some_python, "demo_service.py")
    stack = run_tool("stack", "--json", "--locals", "--native", target.pid).json()
    assert any(thread["exception"] for thread in stack["result"]["threads"]) and stack["result"]["deadlocks"]
    address = next(local["value"]["address"] for thread in stack["result"]["threads"] for frame in thread["frames"]
                   for local in frame["locals"])
    by_size = run_tool("census", "--json", "--by", "size", target.pid).json()
    memory = run_tool("memory", "--json", target.pid).json()
    assert by_size["result"]["types"] and memory["result"]["pymalloc"]["size_classes"]
    for document in stack, run_tool("object", "--json", target.pid, address).json(), by_size, memory, \
            run_tool("info", "--json", target.pid).json():
        assert keys_of(document) >= {"schema", "result"}
        assert keys_of(document) <= words


def keys_beside_types(document):
    """In groups of garbage the names of types are keys."""
    for group in document["result"].get("garbage", {}).get("groups", []):
        assert group["types"] and all(isinstance(one, int) for one in group["types"].values())
        group["types"] = {}
    return keys_of(document)


def test_manual_has_every_field_of_references(start, some_python):
    section = manual().split("\nJSON OUTPUT\n")[1].split("\nENVIRONMENT\n")[0]
    words = set(re.findall(r"[a-z_]+", section))
    target = start(some_python, "readme/mail.py")
    leaks = run_tool("leaks", "--json", target.pid).json()
    address = leaks["result"]["garbage"]["groups"][0]["example"]
    assert leaks["result"]["lost"] and leaks["result"]["surplus_references"] and leaks["result"]["retainers"]
    needs_gcore()
    before = target.gcore()
    os.kill(target.pid, signal.SIGUSR1)
    assert target.line() == "more"
    diff = run_tool("diff", "--json", before, target.pid).json()
    assert diff["result"]["same_process"] and any("examples" in one for one in diff["result"]["types"])
    for document in leaks, diff, run_tool("refs", "--json", target.pid, address).json(), \
            run_tool("refs", "--json", "--to", target.pid, address).json(), \
            run_tool("path", "--json", target.pid, diff["result"]["types"][0]["examples"][0]["address"]).json(), \
            run_tool("retained", "--json", target.pid).json():
        assert keys_of(document) >= {"schema", "result"}
        assert keys_beside_types(document) <= words


def in_debugger(*words, target=()):
    """What a command of debuggers prints."""
    if not os.path.exists(FAKEHOST):
        pytest.skip("no fakehost: make check makes it")
    done = subprocess.run([FAKEHOST, *target, "--", *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=60, env=tool_environment(), encoding="utf-8")
    assert done.returncode == 0, done
    return done.stdout


def test_manual_has_every_field_in_debuggers(start, some_python):
    """What the commands of debuggers alone put into their results stands with each of them, or with `stack`."""
    section = manual().split("\nJSON OUTPUT\n")[1].split("\nENVIRONMENT\n")[0]
    entries = dict(re.findall(r"^ *result of ([\w-]+)\b.*\n((?:(?! *result of ).*\n?)*)", section, re.M))
    of_stack = set(re.findall(r"[a-z_]+", section.split("result of object")[0]))
    target = start(some_python, "readme/bank.py")
    documents = [json.loads(in_debugger(*words.split(), "--json", target=["--pid", str(target.pid)]))
                 for words in ("py-bt", "py-bt-full", "py-locals", "py-print len")]
    assert [one["command"] for one in documents] == ["bt", "bt-full", "locals", "print"]
    for document in documents[2:]:
        own = set(re.findall(r"[a-z_]+", entries[document["command"]]))
        assert set(document["result"]) <= own, (document["result"], own)
    for document in documents:
        assert keys_of(document) <= of_stack | {"index", "scope"}, document


def test_commands_of_debuggers_exist():
    """Each that the texts name."""
    for path in MANUAL, "README.md", "NEWS.md":
        text = read(path).replace("\\-", "-")
        names = set(re.findall(r"\bpy-[a-z]+(?:-full)?(?![\w-])", text)) - {"py-spy"}
        assert len(names) >= 10, path
        for name in names:
            assert in_debugger(name, "--help").startswith("Usage: %s " % name), (path, name)


def test_manual_has_the_codes_of_warnings():
    """Those that the sources name themselves; the others are those of statuses."""
    sources = [one for folder in ("coreanalyze", "symbols")
               for one in glob.glob(os.path.join(SOURCE, folder, "**", "*.c"), recursive=True)]
    calls = [re.findall(r'cpt_holes_(?:add|note)\([^";]*?"([a-z-]+)",', read(one)) for one in sources]
    codes = {code for found in calls for code in found}
    assert {"truncated", "unmerged", "file-missing"} <= codes
    section = manual().split("\nJSON OUTPUT\n")[1].split("\nENVIRONMENT\n")[0]
    assert codes <= set(re.findall(r"[a-z-]+", section))


# README's table of options

def option_table():
    """Which commands README says that each option is of, and the short forms."""
    rows = re.findall(r"^\| (`-.*?) \| ([a-z, ]+) \| .* \|$", read("README.md"), re.M)
    assert rows
    return {option: set(commands()) if of == "all" else set(of.split(", "))
            for cell, of in rows for option in re.findall(r"`(--?[a-z-]+)", cell)}


def test_readme_has_every_option_and_no_other():
    table = option_table()
    texts = {command: help_of(command) for command in commands()}
    texts["stack"] += " --version"
    for option in sorted(options_of_any_help() | set(table)):
        if len(option) == 2:
            assert re.search(r"^ +%s, --" % option, help_of(), re.M), option
        elif option != "--version":
            assert {one for one in texts if option in LONG_OPTION.findall(texts[one])} == table.get(option), option
    assert "--version" in table
    for letter in re.findall(r"^ +(-\w), --", "".join(every_help().values()), re.M):
        assert letter in table


# README's sessions: what they show, the tool prints, but for numbers and addresses

ANY_FORM = [re.compile(form) for form in (
    r"(Core of p|P)rocess \d+: \S+", r"Executable: \S+", r"Python \d+\.\d+\.\d+",
    r'  File "[^"]+", line \d+, in [\w.<>]+( \(\S+(, inlined)?\))?', r"  in \w+ \(\S+\)", r"    \S.*", r" {4,}\^+")]


def sessions():
    """Each command of README with the lines that it is shown to print; for those of a crash, gaps are "[...]"."""
    found = []
    for block in re.findall(r"^```\n(.*?)^```", read("README.md"), re.M | re.S):
        for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, [line for line in output.split("\n") if line.strip()]))
    return found


def plain(line):
    """Without what differs from run to run."""
    line = re.sub(r"0x[0-9a-f]+", "0x", line.rstrip())
    line = re.sub(r"(\b[Tt]hread |\b[Pp]rocess |\(0x\): )\d+", r"\1N", line)       # ids may be small
    return re.sub(r'"python[\d.]*"', '"python"', re.sub(r"\d{3,}", "N", line))


def own_lines(lines):
    """Without what belongs to the interpreter and libraries at hand, and marks, which move while a line runs: these must
    have a form that the tool prints."""
    own, foreign = [], False
    for line in lines:
        if line.startswith("  File ") or not line.startswith("   "):
            foreign = re.match(r"  File |  in \S+ \(", line) and "/srv/app/" not in line
        if line.strip() == "[...]":
            foreign = False
        elif foreign or re.match(r"(Core of p|P)rocess |Executable: |Python \d| +\^+$", line):
            assert any(form.fullmatch(line) for form in ANY_FORM), line
        else:
            own.append(plain(line.replace("/srv/app/", os.path.join(PROGRAMS, "readme", ""))))
    return own


def missing_lines(own, output):
    """Those of OWN that OUTPUT lacks, where it should have all in their order."""
    rest = iter([plain(line) for line in output.decode().split("\n")])
    return [line for line in own if line not in rest]


def session(words):
    found = [lines for command, lines in sessions() if re.match(words, command)]
    assert len(found) == 1, words
    return own_lines(found[0])


@pytest.fixture
def the_python():
    """One that names, marks and calls things as the one in README does."""
    usable = [one for one in interpreters.supported() if one.version[:2] == (3, 11) and not one.root]
    if not usable:
        pytest.skip("no CPython 3.11")
    return usable[0]


def check_session(words, *arguments):
    """Until the target has come to where it was; the tool's last output."""
    own, runs = session(words), []
    assert len(own) > 5

    def is_there():
        runs.append(run_tool(*arguments))
        return not missing_lines(own, runs[-1].stdout)
    try:
        wait_for(is_there, words, timeout=30)
    except AssertionError:
        pytest.fail("not printed: %s\n%s" % (missing_lines(own, runs[-1].stdout), runs[-1]))
    return runs[-1]


def test_readme_session_of_a_deadlock(the_python, start):
    target = start(the_python, "readme/bank.py")
    check_session(r"coreptile stack \d", "stack", target.pid)


def test_readme_session_of_a_crash(the_python, start):
    needs_kernel_cores()
    target = start(the_python, "readme/orders.py", wait=None, core_limit=True)
    core = target.kernel_core(by=lambda _: None)
    stack = check_session("coreptile stack --locals", "stack", "--locals", core)
    address = re.search(r"<__main__.Importer object at (0x\w+)>", stack.stdout.decode()).group(1)
    check_session("coreptile object", "object", core, address)
    shown = dict(sessions())["coreptile stack --json core.zst | jq -c "
                             "'.result.threads[0].exception | [.state, .type, .message, .cause.type]'"]
    exception = run_tool("stack", "--json", core).json()["result"]["threads"][0]["exception"]
    assert json.loads(shown[0]) == [exception["state"], exception["type"], exception["message"],
                                    exception["cause"]["type"]]


def test_readme_session_of_native_frames(the_python, start):
    target = start(the_python, "readme/index.py")
    check_session("coreptile stack --native", "stack", "--native", target.pid)


def check_debugger_session(words, debugger, quiet, option, *target):
    """A session in a debugger: what each of our commands is shown to print there, it prints, in this order."""
    commands, own = [], []
    shown, = [lines for command, lines in sessions() if re.match(words, command)]
    prompt = "(%s) " % debugger
    for line in shown:
        if line.startswith(prompt):
            commands.append(line[len(prompt):])
        elif commands and commands[-1].startswith("py-"):
            own.append(line)
    own = own_lines(own)
    assert len(own) > 5 and len(commands) > 2
    words = [word for command in commands for word in (option, command)]
    run = subprocess.run(tool_command(debugger, *quiet, *words, *target), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, timeout=100, env=tool_environment(HOME="/nonexistent"))
    if re.match(rb"coreptile: error: there is no (plugin|program) ", run.stderr):
        pytest.skip(run.stderr.decode())
    missing = missing_lines(own, run.stdout)
    assert not missing, "not printed: %s\n%s\n%s" % (missing, run.stdout.decode(), run.stderr.decode())


def test_readme_session_in_gdb(the_python, start):
    needs_kernel_cores()
    target = start(the_python, "readme/orders.py", wait=None, core_limit=True)
    core = target.kernel_core(by=lambda _: None)
    check_debugger_session("coreptile gdb /", "gdb", ["-nx", "-q", "-batch", "-iex", "set debuginfod enabled off"], "-ex",
                           the_python.executable, core)


def test_readme_session_in_lldb(the_python, start):
    target = start(the_python, "readme/bank.py")
    check_session(r"coreptile stack \d", "stack", target.pid)      # until it hangs
    check_debugger_session("coreptile lldb -p", "lldb", ["-x", "-b"], "-o", "-p", target.pid)


def shape(line):
    """Of a table's line: without its figures, their widths and bars."""
    line = re.sub(r"[<>]?\d[\d,.]*( ([KMG]i)?B\b)?", "N", line)
    return re.sub(r"[\s#]+", " ", line).strip()


def is_printed(own, line):
    """A repr is cut at a number of characters, and the paths in it are longer or shorter here."""
    return line == own or line.endswith("\u2026") and own.startswith(line[:-1])


def check_tables(words, *arguments, **options):
    """A session that has figures: all else of each line has to be printed, in the same order."""
    own = [shape(line) for line in session(words)]
    run = run_tool(*arguments, **options)
    assert run.returncode == 0 and not run.stderr, str(run)
    rest = iter([shape(plain(line)) for line in run.stdout.decode().split("\n")])
    missing = [line for line in own if not any(is_printed(line, one) for one in rest)]
    assert len(own) >= 5 and not missing, "not printed: %s\n%s" % (missing, run)


def test_readme_sessions_of_memory(the_python, start):
    target = start(the_python, "readme/shop.py")
    check_tables("coreptile census --top 4", "census", "--top", 4, target.pid)
    check_tables("coreptile memory", "memory", target.pid)


def test_readme_sessions_of_leaks(the_python, start):
    needs_gcore()
    target = start(the_python, "readme/mail.py")
    check_tables("coreptile leaks", "leaks", target.pid)
    before = os.path.join(target.directory, "monday.core")
    os.rename(target.gcore(), before)
    os.kill(target.pid, signal.SIGUSR1)
    assert target.line() == "more"
    check_tables("coreptile diff", "diff", "--top", 4, "monday.core", target.pid, cwd=target.directory)
    rows = run_tool("diff", "--json", before, target.pid).json()["result"]["types"]
    sent, = [one for one in rows if one["type"] == "str"]
    address = next(one["address"] for one in sent["examples"] if one["path"])
    check_tables("coreptile path", "path", target.pid, address)


# Versions

def test_version_in_news():
    newest = re.search(r"^#+ (?:\w+ )?(\d+\.\d+\S*)", read("NEWS.md"), re.M)
    assert newest and newest.group(1) == version()


def test_version_in_manual():
    title = re.match(r'(?:\.\\".*\n)*\.TH COREPTILE 1 \d{4}-\d\d-\d\d "coreptile (\S+)"', read(MANUAL))
    assert title and title.group(1) == version()


# Commands and files that the texts name

def code_of(text):
    """What stands in code blocks and in backticks."""
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```", text, re.M | re.S)
    return blocks + re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S))


@pytest.mark.parametrize("path", ["README.md", "docs/HACKING.md", "NEWS.md"])
def test_commands_exist(path):
    known, options = set(commands() + launchers()) | {"COMMAND"}, options_of_any_help()
    for code in code_of(read(path)):
        # A shell's own redirections and pipes end a command line.
        for line in re.findall(r"^(?:\$ )?(?:[\w./-]*/)?coreptile ([a-zA-Z-][^|#>\n]*)", code, re.M):
            first = line.split()[0]
            assert first in options if first.startswith("-") else first in known, line
            assert first in launchers() or set(LONG_OPTION.findall(line)) <= options, line


@pytest.mark.parametrize("path", ["README.md", "docs/HACKING.md", "NEWS.md"])
def test_bootstrap_commands_exist(path):
    usage = subprocess.run([os.path.join(SOURCE, "autotools", "bootstrap"), "--help"], stdout=subprocess.PIPE,
                           check=True, encoding="utf-8").stdout
    known = set(re.search(r"\[([a-z|]+)\]", usage).group(1).split("|"))
    used = re.findall(r"autotools/bootstrap ([a-z]\w*)", "\n".join(code_of(read(path))))
    assert set(used) <= known
    if path == "README.md":
        assert {"demo", "check"} <= set(used)


@pytest.mark.parametrize("path", ["README.md", "docs/HACKING.md", "NEWS.md"])
def test_files_exist(path):
    text, folder = read(path), os.path.dirname(path)
    named = re.findall(r"`((?:%s)/[\w./-]*)`" % FOLDERS, text)
    linked = [os.path.normpath(os.path.join(folder, one)) for one in re.findall(r"\]\(([^):#]+)\)", text)]
    missing = [one for one in named + linked if not os.path.exists(os.path.join(SOURCE, one))]
    assert not missing


@pytest.mark.parametrize("path", ["README.md", "docs/HACKING.md", "NEWS.md", MANUAL])
def test_nothing_local(path):
    """Output was pasted from a neutral place."""
    assert not re.search(r"/(?:work|root|home|tmp)/", read(path))
