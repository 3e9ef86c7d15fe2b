"""Real lldb sessions with the plugin: in batch mode, and at a terminal of their own."""
import contextlib
import functools
import glob
import os
import re
import shlex
import shutil
import subprocess

import pytest

import gdbsession

PLUGIN = os.environ.get("LLDBPLUGIN") or os.path.join(
    os.path.dirname(gdbsession.TESTS), "build", "plugin", "lldb", ".libs", "libcoreptile-lldb.so")
CACHE = os.environ.get("CPT_TEST_CACHE", "/var/cache/coreptile-tests")
QUIET = ["--no-lldbinit", "--no-use-colors"]


class Lldb:
    def __init__(self, path):
        self.path = path
        done = subprocess.run([path, "--version"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True,
                              encoding="utf-8", timeout=60, env=gdbsession.environment())
        self.version = int(re.search(r"lldb version (\d+)\.", done.stdout).group(1))

    def __repr__(self):
        return "lldb-%d" % self.version


@functools.lru_cache(maxsize=None)
def everything():
    """One of each version that is installed, or unpacked by tests/interpreters/packaged-lldb; the newest first."""
    places = [shutil.which("lldb")] + glob.glob("/usr/bin/lldb-[0-9]*") + glob.glob(CACHE + "/lldb-[0-9]*/lldb")
    found = {}
    for path in places:
        with contextlib.suppress(OSError, subprocess.SubprocessError, AttributeError):
            one = Lldb(path) if path else None
            if one and one.version >= 14:
                found.setdefault(one.version, one)
    return [found[version] for version in sorted(found, reverse=True)]


def needed():
    """Skips a whole file where there is nothing to test."""
    if not os.path.exists(PLUGIN):
        pytest.skip("the plugin for lldb was not built: no %s" % PLUGIN, allow_module_level=True)
    with open(PLUGIN, "rb") as plugin:
        sanitized = b"__asan_init" in plugin.read()
    if sanitized:
        pytest.skip("lldb does not load a plugin with sanitizers", allow_module_level=True)
    if not everything():
        pytest.skip("no lldb 14 or newer", allow_module_level=True)


class Batch(list):
    """What each command printed; `errors`: what lldb wrote to standard error, where errors of commands are."""


def batch(lldb, commands, arguments=(), before=(), prefix=(), timeout=100):
    """Runs COMMANDS one by one in `lldb -b`, which ends at the first that fails, and those of BEFORE ahead of ARGUMENTS'
    target. PREFIX: what starts lldb."""
    line = list(prefix) + [lldb.path, "-b"] + QUIET
    for command in ["plugin load " + shlex.quote(PLUGIN)] + list(before):
        line += ["-O", command]
    for command in commands:
        line += ["-o", command]
    done = subprocess.run(line + [str(one) for one in arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, encoding="utf-8", errors="backslashreplace", timeout=timeout,
                          env=gdbsession.environment())
    assert done.returncode >= 0, "lldb was killed by signal %d\n%s" % (-done.returncode, done.stdout[-4000:])
    gathered, rest = Batch(), done.stdout
    for command in commands:
        _, found, rest = rest.partition("(lldb) " + command + "\n")
        if not found:
            break
        gathered.append(rest.partition("\n(lldb) ")[0])
    gathered.errors = "\n".join(one for one in done.stderr.splitlines() if one.startswith(("error:", "warning:")))
    gathered.whole = done.stdout + done.stderr
    return gathered


class Terminal(gdbsession.OwnTerminal):
    """lldb at a terminal of its own."""

    def __init__(self, lldb, arguments=()):
        super().__init__([lldb.path] + QUIET + ["-O", "plugin load " + shlex.quote(PLUGIN)] +
                         [str(one) for one in arguments])
        self.count = 0

    def until(self, what, timeout=60):
        return self.gather(lambda text: what in text, what, timeout)

    def settle(self, timeout=60):
        """What it prints until all that was sent is done. The echo of the line does not look like what it prints."""
        self.count += 1
        self.send("platform shell printf 'done-%%s-\\n' %d\n" % self.count)
        return self.until("done-%d-" % self.count, timeout)

    def command(self, text, timeout=60):
        self.send(text + "\n")
        return self.settle(timeout)

    def resources(self):
        """(resident KiB, descriptors)"""
        with open("/proc/%d/status" % self.pid) as status:
            resident = next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))
        return resident, len(os.listdir("/proc/%d/fd" % self.pid))
