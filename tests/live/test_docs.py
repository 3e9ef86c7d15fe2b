"""The documentation says what the tool says: its options, its commands, its version."""
import os
import re
import subprocess

import pytest

from helpers import TESTS, run_tool

SOURCE = os.path.dirname(TESTS)
MANUAL = os.path.join("coreanalyze", "tool", "coreptile.1")
LONG_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
# Paths of the source tree, as the texts name them in backticks or link to them.
FOLDERS = "autotools|bench|coreanalyze|docs|symbols|tests"


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


def every_help():
    return {(): help_of(), **{(command,): help_of(command) for command in commands()}}


def options_of_any_help():
    return {option for text in every_help().values() for option in LONG_OPTION.findall(text)}


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
    assert sorted(sections) == sorted(commands())


def test_manual_has_every_exit_status_of_the_help():
    statuses = re.search(r"^Exit status: (.*(?:\n.+)*)", help_of(), re.M).group(1)
    section = read(MANUAL).split(".SH EXIT STATUS\n")[1].split("\n.SH ")[0]
    assert re.findall(r"\b\d+\b", statuses) == re.findall(r"^\.B (\d+)$", section, re.M)


def test_manual_has_no_dashes_for_minus():
    """An unescaped '-' in an option becomes a hyphen that cannot be pasted into a shell."""
    for line in read(MANUAL).splitlines():
        assert line.startswith(".\\\"") or not re.search(r"(?<![\w\\-])-{1,2}[a-z]", line), line


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
    known, options = set(commands()) | {"COMMAND"}, options_of_any_help()
    for code in code_of(read(path)):
        # A shell's own redirections and pipes end a command line.
        for line in re.findall(r"^(?:\$ )?(?:[\w./-]*/)?coreptile ([a-zA-Z-][^|#>\n]*)", code, re.M):
            first = line.split()[0]
            assert first in options if first.startswith("-") else first in known, line
            assert set(LONG_OPTION.findall(line)) <= options, line


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
