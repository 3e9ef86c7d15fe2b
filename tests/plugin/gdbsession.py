"""Real gdb sessions with the plugin: in batch mode, at a terminal of their own, and through the machine interface (MI)
as development environments speak it."""
import collections
import contextlib
import fcntl
import functools
import json
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import tempfile
import termios
import time

import pytest

from helpers import interpreters

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SCRIPT = os.environ.get("GDBSCRIPT") or os.path.join(os.path.dirname(TESTS), "build", "plugin", "gdb", "coreptile.gdb")
ENGINE_COMMANDS = "info stack object census memory refs path retained leaks".split()
FRAME_COMMANDS = "bt bt-full list up down locals print".split()
COMMANDS = ["py-" + one for one in ENGINE_COMMANDS + FRAME_COMMANDS]
QUIET = ["-nx", "-q", "-iex", "set confirm off", "-iex", "set debuginfod enabled off", "-iex",
         "set print thread-events off"]


# The debuggers at hand

class Gdb:
    """One gdb. In a chroot it runs with that as its root and a /proc of its own, which are gone when it ends."""

    def __init__(self, label, root=""):
        self.label, self.root = label, root
        done = subprocess.run(self.jail("/") + ["gdb", "-nx", "--version"], stdout=subprocess.PIPE, check=True,
                              encoding="utf-8", timeout=60)
        self.version = tuple(map(int, re.search(r"(\d+)\.(\d+)", done.stdout.splitlines()[0]).groups()))

    def jail(self, directory, target=None):
        """What starts a program in its root. With the pid of TARGET, beside that, which a jail of its own is for."""
        if not self.root:
            return []
        if target:
            return ["nsenter", "--target", str(target), "--mount", "--root", "/usr/bin/env", "--chdir=" + directory]
        return ["unshare", "--mount", "sh", "-c", 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"', self.root,
                "/usr/bin/env", "--chdir=" + directory]

    @property
    @functools.lru_cache(maxsize=None)
    def script(self):
        """The plugin's script as this gdb sees it; in a chroot a copy, with what it names."""
        return _copy_into(self.root) if self.root else SCRIPT

    def interpreters(self, found):
        """Those of FOUND that run where it does."""
        return [one for one in found if one.root == self.root]

    def __repr__(self):
        return self.label


def _copy_into(root):
    directory = os.path.dirname(SCRIPT)
    place = tempfile.mkdtemp(prefix="coreptile-plugin-", dir=os.path.join(root, "tmp"))
    _copies.append(place)
    inside = place[len(root):]
    for folder, _, names in os.walk(directory):
        for name in names:
            path = os.path.join(folder, name)
            if ".so" not in name and path != SCRIPT:
                continue
            there = os.path.join(place, os.path.relpath(path, directory))
            os.makedirs(os.path.dirname(there), exist_ok=True)
            shutil.copy(path, there)
    script = os.path.join(place, os.path.basename(SCRIPT))
    with open(script) as source:
        text = source.read().replace(directory, inside)
    with open(script, "w") as out:
        out.write(text)
    return script[len(root):]


_copies = []


def remove_copies():
    while _copies:
        shutil.rmtree(_copies.pop(), ignore_errors=True)


class Jailed:
    """An interpreter that runs in its chroot as before, with a /proc there for the debugger that comes after it."""

    def __init__(self, gdb, interpreter):
        self._gdb, self._interpreter = gdb, interpreter

    def __getattr__(self, name):
        return getattr(self._interpreter, name)

    def argv(self, directory="/"):
        return self._gdb.jail(directory) + [self._interpreter.executable]


def beside(gdb, interpreter):
    return Jailed(gdb, interpreter) if gdb.root else interpreter


@functools.lru_cache(maxsize=None)
def everything():
    found = []
    if shutil.which("gdb"):
        found.append(Gdb("gdb"))
    root = interpreters.chroot()[0]
    if root and os.path.exists(root + "/usr/bin/gdb"):
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            found.append(Gdb("sid-gdb", root))
    return [one for one in found if one.version >= (12, 0)]


def needed():
    """Skips a whole file where there is nothing to test."""
    if not everything():
        pytest.skip("no gdb 12 or newer", allow_module_level=True)
    if not os.path.exists(SCRIPT):
        pytest.skip("the plugin for gdb was not built: no %s" % SCRIPT, allow_module_level=True)


def system_gdb():
    for one in everything():
        if not one.root:
            return one
    pytest.skip("gdb is not installed")


def pairs(found):
    """Every interpreter of FOUND with the gdb that runs beside it."""
    return [pytest.param(gdb, one, id="%s-%s" % (gdb, one.label)) for gdb in everything()
            for one in gdb.interpreters(found)]


def environment(**more):
    kept = {key: value for key, value in os.environ.items()
            if key not in ("DEBUGINFOD_URLS", "PYTHONPATH", "PYTHONHOME", "NO_COLOR")}
    return dict(kept, LC_ALL="C.UTF-8", HOME="/nonexistent", TERM="dumb", **more)


# Batch mode

class Batch(list):
    """What each command printed, errors among it; `whole` is everything."""


MARK = "=-=-= "


def batch(gdb, commands, arguments=(), plugin=True, target=None, directory=None, timeout=100, quiet=QUIET, env=None):
    """Runs COMMANDS one by one in `gdb -batch`. Commands that end the session end what is gathered."""
    line = gdb.jail(directory or "/", target) + ["gdb", "-batch"] + list(quiet)
    if plugin:
        line += ["-ix", gdb.script]
    for number, command in enumerate(commands):
        line += ["-ex", "echo \\n%s%d\\n" % (MARK, number), "-ex", command]
    line += ["-ex", "echo \\n%s%d\\n" % (MARK, len(commands))]
    line += [str(one) for one in arguments]         # --args takes all that follows
    process = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               cwd=None if gdb.root else directory, env=env or environment(),
                               preexec_fn=os.setsid)
    try:
        output, _ = process.communicate(timeout=timeout)
    except BaseException as problem:
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
        if isinstance(problem, subprocess.TimeoutExpired):
            pytest.fail("not done after %s s\n%s" % (timeout, output.decode("utf-8", "backslashreplace")[-4000:]))
        raise
    text = output.decode("utf-8", "backslashreplace")
    assert process.returncode >= 0, "gdb was killed by signal %d\n%s" % (-process.returncode, text[-4000:])
    parts = re.split(r"\n?%s(\d+)\n" % re.escape(MARK), text)
    by_number = dict(zip(map(int, parts[1::2]), parts[2::2]))
    # Where output goes to a file, the marks do so, too.
    gathered = Batch(by_number.get(number, "") for number in range(min(len(commands), max(by_number, default=0) + 1)))
    gathered.whole = text
    return gathered


def the_line(text):
    """The only line of an answer."""
    lines = text.strip().splitlines()
    assert len(lines) == 1, "not one line:\n" + text
    return lines[0]


def document(text):
    """(the JSON document in a command's output, its `result` as it is written)"""
    start = text.find('{"schema":')
    assert start == 0 or text[start - 1:start] == "\n", "no document:\n" + text[-3000:]
    whole, end = json.JSONDecoder().raw_decode(text, start)
    assert '{"schema":' not in text[end:], "more than one document:\n" + text[-3000:]
    return whole, text[text.index('\n "result": ', start):end]


# A terminal

class OwnTerminal:
    """A debugger, started by LINE, at a terminal of its own; the subclass tells when it has said all."""

    def __init__(self, line, rows=0, columns=0):
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            try:
                if columns:
                    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
                os.execvpe(line[0], line, environment())
            finally:
                os._exit(127)

    def send(self, text):
        os.write(self.master, text.encode())

    def gather(self, ends, what, timeout):
        """What it prints until that ENDS, without what only terminals understand; WHAT: what is waited for."""
        text, end = b"", time.monotonic() + timeout
        while not ends(_plain(text)):
            ready, _, _ = select.select([self.master], [], [], max(0, end - time.monotonic()))
            assert ready, "waited in vain for %r; it said: %s" % (what, _plain(text)[-3000:])
            try:
                some = os.read(self.master, 65536)
            except OSError:
                some = b""
            assert some, "the debugger ended; it said: %s" % _plain(text)[-3000:]
            text += some
        return _plain(text)

    def close(self):
        with contextlib.suppress(OSError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.master)

    def __enter__(self):
        return self

    def __exit__(self, *details):
        self.close()


class Terminal(OwnTerminal):
    """gdb at a terminal of its own, ROWS high."""
    PROMPT = "(gdb) "

    def __init__(self, gdb, arguments=(), plugin=True, rows=0, columns=200, target=None, directory="/", quiet=QUIET):
        line = gdb.jail(directory, target) + ["gdb"] + list(quiet) + ["-iex", "set width 0"]
        line += [] if rows else ["-iex", "set height 0"]
        line += ["-iex", "set style enabled off"]
        line += (["-ix", gdb.script] if plugin else []) + [str(one) for one in arguments]
        super().__init__(line, rows or 50, columns)
        self.until()

    def until(self, what=PROMPT, timeout=60):
        return self.gather(lambda text: text.endswith(what), what, timeout)[:-len(what)]

    def command(self, text, timeout=60):
        self.send(text + "\n")
        said = self.until(timeout=timeout)
        return said.split("\n", 1)[1] if "\n" in said else said


def _plain(text):
    text = text.decode("utf-8", "backslashreplace").replace("\r", "")
    return re.sub(r"\x1b\[[?0-9;]*[a-zA-Z]", "", text)


# The machine interface

class Record(collections.namedtuple("Record", "token kind name results")):
    """`12^done,value="5"`: token 12, kind ^, name done, and the results as they are written."""

    def get(self, name):
        found = re.search(r'(?:^|[,{])%s="((?:[^"\\]|\\.)*)"' % re.escape(name), self.results)
        return unescaped(found.group(1)) if found else None


class Answer(collections.namedtuple("Answer", "record console log others")):
    """What came of a command: its result record, the texts of the console and of the log, and all other records."""

    @property
    def text(self):
        """All that it says, to whomever."""
        return self.console + (self.record.get("msg") or "") + self.log

    @property
    def done(self):
        return self.record.name in ("done", "running", "connected")


def unescaped(text):
    """A C string of MI, where bytes beyond ASCII may be octal."""
    simple = {"n": b"\n", "t": b"\t", "r": b"\r", "e": b"\x1b", "a": b"\a", "b": b"\b", "f": b"\f", "v": b"\v"}
    out = b""
    for piece in re.findall(r"\\[0-7]{3}|\\.|[^\\]+", text, re.S):
        if not piece.startswith("\\"):
            out += piece.encode()
        elif piece[1] in "01234567" and len(piece) == 4:
            out += bytes([int(piece[1:], 8)])
        else:
            out += simple.get(piece[1], piece[1].encode())
    return out.decode("utf-8", "backslashreplace")


class Mi:
    """A development environment's side of a session."""
    RECORD = re.compile(r"(\d*)([\^*=+])([a-z-]+)(?:,(.*))?\Z", re.S)

    def __init__(self, gdb, arguments=(), plugin=True, target=None, directory=None, quiet=QUIET):
        line = gdb.jail(directory or "/", target) + ["gdb", "-i=mi3"] + list(quiet)
        # Twice, as `coreptile gdb` does it: python-gdb.py may come with the target and define some of the same names.
        line += (["-ix", gdb.script, "-x", gdb.script] if plugin else []) + [str(one) for one in arguments]
        self.process = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        env=environment(), bufsize=0, preexec_fn=os.setsid,
                                        cwd=None if gdb.root else directory)
        self.pid, self.token, self.buffer, self.odd = self.process.pid, 0, b"", []
        self._gather(lambda line: line == "(gdb)", 60)

    def line(self, timeout):
        end = time.monotonic() + timeout
        while b"\n" not in self.buffer:
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))
            assert ready, "no answer through MI; so far: %r" % self.buffer[-2000:]
            some = os.read(self.process.stdout.fileno(), 65536)
            assert some, "gdb ended: %s %r" % (self.process.wait(), self.buffer)
            self.buffer += some
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line.decode("utf-8", "backslashreplace").rstrip("\r").rstrip(" ")

    def _gather(self, ends, timeout):
        """(the line that ENDS, Answer without record)"""
        console, log, others, end = "", "", [], time.monotonic() + timeout
        while True:
            line = self.line(max(0.1, end - time.monotonic()))
            if ends(line):
                return line, Answer(None, console, log, others)
            found = self.RECORD.match(line)
            if line[:2] == '~"' and line[-1] == '"':
                console += unescaped(line[2:-1])
            elif line[:2] in ('&"', '@"') and line[-1] == '"':
                log += unescaped(line[2:-1])
            elif found:
                others.append(Record(*(one or "" for one in found.groups())))
            elif line != "(gdb)":
                self.odd.append(line)           # no MI at all

    def send(self, command):
        self.token += 1
        os.write(self.process.stdin.fileno(), ("%d%s\n" % (self.token, command)).encode())
        return "%d^" % self.token

    def wait(self, start, timeout=60):
        line, answer = self._gather(lambda line: line.startswith(start), timeout)
        found = self.RECORD.match(line)
        return answer._replace(record=Record(*(one or "" for one in found.groups())))

    def command(self, command, timeout=60):
        """One MI command, or one of the console's, to its result."""
        return self.wait(self.send(command), timeout)

    def console(self, command, timeout=60):
        """A console command as development environments send it."""
        return self.command('-interpreter-exec console "%s"' % command.replace("\\", "\\\\").replace('"', '\\"'),
                            timeout)

    def until(self, kind, name, timeout=60):
        """Until that record comes by itself: `*stopped`."""
        start = kind + name
        return self.wait(start, timeout)

    def close(self):
        with contextlib.suppress(OSError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *details):
        self.close()


# What else sessions need

@contextlib.contextmanager
def server(target, *arguments):
    """gdbserver on TARGET; (address, process). It ends when the session leaves it."""
    if not shutil.which("gdbserver"):
        pytest.skip("gdbserver is not installed")
    process = subprocess.Popen(["gdbserver", "--once", "--attach", "127.0.0.1:0", str(target)] + list(arguments),
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        port, said = None, b""
        while not port:
            some = process.stdout.readline()
            assert some, "gdbserver ended: %r" % said
            said += some
            found = re.search(rb"Listening on port (\d+)", said)
            port = found and int(found.group(1))
        yield "127.0.0.1:%d" % port
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def compiled(directory, source, *options):
    """A C program made of SOURCE."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if not compiler:
        pytest.skip("no C compiler")
    name = os.path.join(str(directory), "program-%d" % len(os.listdir(str(directory))))
    with open(name + ".c", "w") as out:
        out.write(source)
    done = subprocess.run([compiler, "-g", "-O0", "-pthread", name + ".c", "-o", name] + list(options),
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace")
    if done.returncode and options:
        pytest.skip("the compiler cannot do %s" % " ".join(options))
    assert not done.returncode, done.stdout
    return name
