"""`coreptile gdb` and `coreptile lldb`: which program is started, with which arguments, and which plugin."""
import os
import re
import shutil
import signal
import subprocess

import pytest

from helpers import COREPTILE, tool_environment

BUILD = os.path.dirname(os.path.abspath(COREPTILE))
FAKE = """#!/bin/sh
[ -z "$FAKE_IGNORED" ] || exec grep SigIgn: /proc/self/status
printf '%s\\n' "$0" "$@"
[ -z "$FAKE_COPY" ] || cat "$2" >"$FAKE_COPY"
[ -z "$FAKE_SIGNAL" ] || kill -s "$FAKE_SIGNAL" $$
exit "${FAKE_STATUS:-0}"
"""
ARGUMENTS = ["-p", "12", "--args", "a b", "", "--help", "--", "*", "it's", '"', "--version"]


class Launched:
    """What one start left. `program` is what was started, `option` and `value` what the launcher added."""

    def __init__(self, command, **options):
        self.done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   timeout=30, **options)
        self.status, self.errors = self.done.returncode, self.done.stderr.decode()
        self.output = self.done.stdout.decode()
        if self.output.startswith("/"):
            self.program, self.option, self.value, *self.arguments = self.output.split("\n")[:-1]
            if self.option == "-ix":
                assert self.arguments[:2] == ["-x", self.value]
                del self.arguments[:2]

    def error_line(self):
        """The one line of a debugger that did not start."""
        assert self.status == 2 and not self.output, self.done
        assert re.fullmatch(r"coreptile: error: [^\n]+; [^\n]+\n", self.errors), self.done
        return self.errors


class Place:
    """A directory that is all of PATH, with fake debuggers."""

    def __init__(self, path):
        self.path = path
        path.mkdir()
        for tool in "sh", "grep", "cat":
            (path / tool).symlink_to(shutil.which(tool))

    def add(self, *names):
        for name in names:
            (self.path / name).write_text(FAKE)
            (self.path / name).chmod(0o755)

    def launch(self, *arguments, tool=COREPTILE, cwd=None, **environment):
        kept = {key: value for key, value in tool_environment().items() if not key.startswith("COREPTILE_")}
        return Launched([str(tool), *arguments], cwd=cwd, env=dict(kept, PATH=str(self.path), **environment))


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path / "bin of mine")


def has_plugin(debugger):
    return "no plugin" not in subprocess.run(
        [COREPTILE, debugger], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30,
        env=tool_environment(COREPTILE_GDB="true", COREPTILE_LLDB="true")).stderr.decode()


@pytest.fixture(params=["gdb", "lldb"])
def debugger(request):
    if not has_plugin(request.param):
        pytest.skip("built without the plugin for " + request.param)
    return request.param


def plugin_of(launched, debugger):
    """The path of the plugin that the debugger was told to load before all else."""
    if debugger == "gdb":
        assert launched.option == "-ix", launched.done
        return launched.value
    assert launched.option == "-O", launched.done
    quoted = re.fullmatch(r'plugin load "((?:[^"\\`]|\\.)*)"', launched.value)
    assert quoted, launched.done
    return re.sub(r"\\(.)", r"\1", quoted.group(1))


def test_arguments_are_passed_on(place, debugger):
    place.add(debugger)
    launched = place.launch(debugger, *ARGUMENTS)
    assert launched.program == str(place.path / debugger) and launched.arguments == ARGUMENTS, launched.done
    assert launched.status == 0 and not launched.errors
    plugin = plugin_of(launched, debugger)
    assert os.path.isabs(plugin) and os.path.isfile(plugin) and plugin.startswith(BUILD + "/")


def test_end_is_the_debuggers(place, debugger):
    place.add(debugger)
    assert place.launch(debugger, FAKE_STATUS="37").status == 37
    assert place.launch(debugger, FAKE_SIGNAL="TERM").status == -signal.SIGTERM


def test_signals_are_as_they_were(place, debugger):
    """What the tool ignores for itself would else be ignored by all that runs in the debugger."""
    place.add(debugger)
    launched = place.launch(debugger, FAKE_IGNORED="1")
    ignored = int(launched.output.split()[1], 16)
    assert not ignored & 1 << signal.SIGXFSZ - 1, launched.done


def test_variable_names_the_program(place, debugger):
    place.add(debugger, "another")
    variable = "COREPTILE_" + debugger.upper()
    assert place.launch(debugger, **{variable: "another"}).program == str(place.path / "another")
    path = str(place.path / "another")
    assert place.launch(debugger, **{variable: path}).program == path
    assert place.launch(debugger, **{variable: ""}).program == str(place.path / debugger)
    line = place.launch(debugger, **{variable: "nothing"}).error_line()
    assert "nothing" in line and variable in line


def test_no_program(place, debugger):
    line = place.launch(debugger).error_line()
    assert "no program %s;" % debugger in line and "install" in line


def test_program_that_cannot_run(place, debugger):
    (place.path / debugger).write_text("no program\n")
    assert "Permission denied" in place.launch(debugger).error_line()


def test_newest_lldb(place):
    if not has_plugin("lldb"):
        pytest.skip("built without the plugin for lldb")
    place.add("lldb-9", "lldb-19", "lldb-14", "lldb-server-21", "lldb-dap-22", "lldb-")
    (place.path / "lldb-23").write_text("not executable")
    assert place.launch("lldb").program == str(place.path / "lldb-19")
    place.add("lldb")
    assert place.launch("lldb").program == str(place.path / "lldb")


def test_called_from_anywhere(place, debugger, tmp_path):
    place.add(debugger)
    (tmp_path / "link").symlink_to(COREPTILE)
    (tmp_path / "second").symlink_to("link")
    direct = place.launch(debugger)
    for launched in place.launch(debugger, tool="./link", cwd=tmp_path), \
            place.launch(debugger, tool=tmp_path / "second", cwd="/"):
        assert launched.value == direct.value


def test_help(place):
    for debugger in "gdb", "lldb":
        for option in "--help", "-h":
            launched = place.launch(debugger, option)
            assert launched.status == 0 and launched.output.startswith("Usage: coreptile %s " % debugger)
    assert re.search(r"^  gdb +\S.*\n  lldb +\S", place.launch("--help").output, re.M)


# Installed

def make(*arguments):
    # Not as a part of the make that runs the tests.
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(["make", "-C", BUILD, "--no-print-directory", *arguments], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=110, env=environment)
    assert done.returncode == 0, done.stdout.decode()


def files_below(directory):
    return [os.path.join(folder, name) for folder, _, names in os.walk(directory) for name in names]


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Where `make install` puts a tree for packagers, and the tool in there."""
    if not os.path.exists(os.path.join(BUILD, "Makefile")) or not shutil.which("make"):
        pytest.skip("the tool under test is not in its build tree")
    tree = tmp_path_factory.mktemp("installed") / "tree"
    make("install", "DESTDIR=%s" % tree)
    tool, = [one for one in files_below(tree) if os.path.basename(one) == "coreptile" and "/bin/" in one]
    return str(tree), tool


def library_in(tree, place, debugger, tool):
    """The shared object that the debugger would load from an installed tree, itself or by gdb's script."""
    if debugger == "lldb":
        return plugin_of(place.launch(debugger, "x", tool=tool), debugger)
    copy = place.path / "script"
    launched = place.launch(debugger, "x", tool=tool, FAKE_COPY=str(copy))
    assert launched.option == "-ix" and not launched.status, launched.done
    found = set(re.findall(r"^ *jit-reader-load (.*)$", copy.read_text(), re.M))
    assert len(found) == 1, found
    directory, = re.findall(r"^ *add-auto-load-safe-path (.*)$", copy.read_text(), re.M)
    assert re.search(r'libthread-db-search-path %s:' % re.escape(directory), copy.read_text())
    library = found.pop()
    assert os.path.dirname(library) == directory
    return library


def test_installed_tree(place, debugger, installed):
    tree, tool = installed
    place.add(debugger)
    library = library_in(tree, place, debugger, tool)
    assert os.path.isfile(library) and library.startswith(tree + "/")


def test_tree_that_was_moved(place, debugger, installed, tmp_path):
    tree, tool = installed
    place.add(debugger)
    moved = str(tmp_path / ("moved" if debugger == "gdb" else 'a "new" `place\\'))
    shutil.copytree(tree, moved, symlinks=True)
    library = library_in(moved, place, debugger, moved + tool[len(tree):])
    assert os.path.isfile(library) and library.startswith(moved + "/")


def test_tree_without_plugin(place, debugger, installed, tmp_path):
    tree, tool = installed
    place.add(debugger)
    alone = str(tmp_path / "alone")
    shutil.copytree(tree, alone, symlinks=True)
    plugin, = [one for one in files_below(alone) if one.endswith({"gdb": "/coreptile.gdb", "lldb": "-lldb.so"}[debugger])]
    os.remove(plugin)
    launched = place.launch(debugger, tool=alone + tool[len(tree):])
    if launched.status == 0:        # there is one where it would be installed to
        assert not launched.value.count(str(tmp_path))
    else:
        assert "no plugin for " + debugger in launched.error_line()


def test_uninstall(installed, tmp_path):
    tree, _ = installed
    copy = str(tmp_path / "copy")
    shutil.copytree(tree, copy, symlinks=True)
    assert any(one.endswith("/bin/coreptile") for one in files_below(copy))
    make("uninstall", "DESTDIR=" + copy)
    assert not files_below(copy)
