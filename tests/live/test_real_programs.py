"""Census and memory of real programs: a web application and an asyncio server under load, pandas, pytest itself.

Each is counted while it stands still, when every number has to be right, and the servers while they serve, too. What is
not in the standard library comes from PyPI (tests/interpreters/venv); tests are skipped where it cannot be had.
"""
import array
import contextlib
import functools
import http.client
import json
import os
import shutil
import socket
import subprocess
import threading

import pytest

import heapcount
from helpers import TESTS, Target, check_memory, each, interpreters, representatives, run_tool
from test_census import HIDDEN, Heap, assert_same, block, read_census

VENV = os.path.join(TESTS, "interpreters", "venv")
PACKAGES = ["flask", "pandas", "pytest"]
PAGE = 4096


# Where the programs run

def chosen():
    """The oldest and the newest for which there are wheels, and the distribution's, which is stripped."""
    at_hand = [one for one in interpreters.supported() if not one.root and one.version >= (3, 10)]
    return [one for number, one in enumerate(at_hand) if one.stripped or number in (0, len(at_hand) - 1)]


@functools.lru_cache(maxsize=None)
def python_with_packages(interpreter):
    """(path of a Python that has PACKAGES, None), or (None, why there is none)."""
    done = subprocess.run([VENV] + interpreter.argv()[:1] + PACKAGES, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, encoding="utf-8", errors="replace")
    if done.returncode:
        return None, (done.stderr.strip().splitlines() or ["exit status %d" % done.returncode])[-1]
    return done.stdout.strip(), None


@contextlib.contextmanager
def program(interpreter, name, scratch, packages=True, **options):
    executable = None
    if packages:
        python, why = python_with_packages(interpreter)
        if not python:
            pytest.skip("%s: %s" % (interpreter, why))
        executable = [python]
    with Target(interpreter, name, scratch=scratch, executable=executable, **options) as target:
        yield target


# Comparing

class RealHeap(Heap):
    """`made`: how many objects of its own classes the program knows of."""

    def __init__(self, interpreter, target):
        self.interpreter, self.target, self._memory = interpreter, target, None
        self.pid = target.oracle["pid"]
        self.static = heapcount.images(self.pid)
        self.oracle = heapcount.Oracle(os.path.join(target.directory, "oracle.json"), self.static)
        self.made = self.oracle.document["program"]
        self.check_made(self.oracle.types.values(), lambda one: (one.name, one.objects))
        self.check_walk()

    def check_made(self, counted, pair):
        found = dict(map(pair, counted))
        assert self.made and all(self.made.values())
        assert {name: found.get(name) for name in self.made} == self.made


MORE_HIDDEN = {"_contextvars.ContextVar": "the decimal module's for its context",
               "range_iterator": "a loop's, on the stack of a frame that runs"}


CYTHON = {          # and of numpy
    "float": "constants of Cython's modules",
    "PyCapsule": "numpy's loops and casts",
    "numpy.ndarray": "a buffer that a C module keeps",
    "numpy._ArrayMethod": "in numpy's tables of loops and casts",
    "numpy._BoundArrayMethod": "in C structures of numpy (2.5)",
    "numpy.dtypes.StringDType": "in numpy's tables of casts",
}


def check_same(heap, hidden=(), core=None):
    document = read_census(core or heap.pid)
    assert core or document["warnings"] == []
    assert_same(heap, document, hidden_types=dict(HIDDEN, **MORE_HIDDEN, **dict(hidden)))
    heap.check_made(document["result"]["types"], lambda one: (one["type"], one["objects"]))
    return document


def check_ledger(heap, census):
    """Parts are the whole, and the same blocks as in the census."""
    run = run_tool("memory", "--json", heap.pid, timeout=100)
    assert run.returncode == 0, str(run)
    document = run.json()
    check_memory(document, run)
    pymalloc, counted = document["result"]["pymalloc"], census["result"]
    assert pymalloc["used_blocks"] == counted["used_blocks"]
    assert pymalloc["unexplained_blocks"] == counted["unexplained_blocks"]
    check_no_leak(heap)
    assert pymalloc["used_blocks"] <= heap.oracle.document["allocatedblocks"]      # which has larger ones, too


# What modules of C, Cython's and numpy's above all, keep where nobody sees it, or forget: never an instance of a class in Python.
OF_C_MODULES = {"_common_types_metatype", "float", "int", "module", "numpy.ufunc", "object", "str", "tuple", "type",
                "wrapper_descriptor"}


def check_no_leak(heap):
    """No reference to an instance of a class is missed, neither of the program's nor of the packages'."""
    run = run_tool("leaks", "--json", heap.pid, timeout=100)
    assert run.returncode == 0, str(run)
    result = run.json()["result"]
    assert {one["type"] for key in ("surplus_references", "lost") for one in result[key]} <= OF_C_MODULES


def check_under_load(heap, load):
    """What the program keeps is counted to the object while everything around it comes and goes."""
    for _ in range(3):
        before = load.done
        # A thread that is held while it allocates leaves a pool between two states, which is then said to be damaged.
        document = read_census(heap.pid, statuses=(0, 1))
        heap.check_made(document["result"]["types"], lambda one: (one["type"], one["objects"]))
        load.wait_for(before + 20)


class Load:
    """CLIENTS threads that call `ask(number)` until the end."""

    def __init__(self, ask, clients):
        self.ask, self.done, self.failed, self.ended = ask, 0, [], False
        self.changed = threading.Condition()
        self.threads = [threading.Thread(target=self.run, args=(number,), daemon=True) for number in range(clients)]

    def __enter__(self):
        for one in self.threads:
            one.start()
        return self

    def run(self, number):
        try:
            while not self.ended:
                self.ask(number)
                with self.changed:
                    self.done += 1
                    self.changed.notify_all()
        except Exception as error:
            with self.changed:
                self.failed.append(error)
                self.changed.notify_all()

    def wait_for(self, count):
        with self.changed:
            assert self.changed.wait_for(lambda: self.failed or self.done >= count, 60), "no answers"
        assert not self.failed, self.failed

    def __exit__(self, *details):
        self.ended = True
        for one in self.threads:
            one.join(30)
            assert not one.is_alive()


# A web application

class Visitor:
    """A connection to real_web.py that stays."""

    def __init__(self, port, number):
        self.number, self.connection = number, http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, method, path, body=None, status=200):
        headers = {"User-Agent": "visitor %d" % self.number, "Content-Type": "application/json"}
        self.connection.request(method, path, json.dumps(body) if body else None, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        assert answer.status == status, text
        return text

    def order(self, number):
        name = "customer%d" % (number % 40)
        self.ask("POST", "/order/" + name, {"items": ["item %d" % one for one in range(number % 9)]})
        self.look(number)

    def look(self, number):
        self.ask("GET", "/page/customer%d" % (number % 40))
        if number % 10 == 0:
            self.ask("GET", "/fail", status=500)

    def hold(self):
        self.connection.putrequest("POST", "/hold")
        self.connection.putheader("Content-Length", "100")
        self.connection.endheaders(b"x" * 50)

    def let_go(self):
        self.connection.send(b"x" * 50)
        assert self.connection.getresponse().read() == b"100\n"


@pytest.mark.parametrize("interpreter", each(chosen()))
def test_flask(interpreter, scratch):
    with program(interpreter, "real_web.py", scratch, wait=None) as target:
        port = int(target.line())
        visitors = [Visitor(port, number) for number in range(4)]
        counts = iter(range(10 ** 9))
        with Load(lambda number: visitors[number].order(next(counts)), len(visitors)) as load:
            load.wait_for(400)
        for one in visitors:
            one.hold()
        target.tell()
        assert target.line() == "ready"
        heap = RealHeap(interpreter, target)
        check_ledger(heap, check_same(heap))
        if interpreter is chosen()[-1] and shutil.which("gcore"):
            heap.remember()
            check_same(heap, core=target.gcore())
        for one in visitors:
            one.let_go()
        with Load(lambda number: visitors[number].look(next(counts)), len(visitors)) as load:
            check_under_load(heap, load)
        target.check_unharmed()


# pandas

@pytest.mark.parametrize("interpreter", each(chosen()))
def test_pandas(interpreter, scratch):
    with program(interpreter, "real_pandas.py", scratch) as target:
        heap = RealHeap(interpreter, target)
        document = check_same(heap, CYTHON)
        check_ledger(heap, document)
        check_arrays(heap, document)
        target.check_unharmed()


def check_arrays(heap, document):
    """Their bytes are at least what they own, and no more than that in blocks, with objects, lengths and strides."""
    numbers = array.array("Q")
    with open(os.path.join(heap.target.directory, "oracle.json.arrays"), "rb") as source:
        numbers.frombytes(source.read())
    arrays = dict(zip(numbers[0::3], zip(numbers[1::3], numbers[2::3])))
    kinds = {kind for kind, one in heap.oracle.types.items() if one.name == "numpy.ndarray"}
    here = {address: heap.oracle.entries[kind] for address, (kind, _) in heap.oracle.objects.items() if kind in kinds}
    assert set(here) <= set(arrays) and len(here) > 1000
    owned = sum(arrays[address][0] for address in here)
    most = sum(block(entry["basicsize"]) + data(arrays[address][0]) + block(16 * arrays[address][1] + 16)
               for address, entry in here.items())
    ours = [one for one in document["result"]["types"] if one["type"] == "numpy.ndarray"]
    hidden = sum(one["objects"] for one in ours) - len(here)
    assert 0 <= hidden <= 2
    assert owned > 10 ** 6
    assert owned <= sum(one["bytes"] for one in ours) <= most + hidden * 4096, (owned, ours, most)


def data(size):
    """The C library's block of it, a mapping of its own when large."""
    return block(size) + 32 + (PAGE if size >= 128 << 10 else 0)


# asyncio

class Peer:
    """A client of real_asyncio.py."""

    def __init__(self, port, number):
        self.connection = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.file, self.number, self.sent = self.connection.makefile("rb"), number, 0
        self.send({"name": "peer %d" % number})

    def send(self, message):
        self.connection.sendall(json.dumps(message).encode() + b"\n")

    def ask(self, keep):
        self.sent += 1
        subject = "subject %d" % (self.sent % 7)
        self.send({"subject": subject, "body": "text " * (self.sent % 300), "keep": keep})
        assert json.loads(self.file.readline())["subject"] == subject

    def close(self):
        self.file.close()
        self.connection.close()


@pytest.mark.parametrize("interpreter", each(representatives(interpreters.supported())))
def test_asyncio(interpreter, scratch):
    with program(interpreter, "real_asyncio.py", scratch, packages=False, wait=None) as target, contextlib.ExitStack() as closing:
        port = int(target.line())
        peers = [Peer(port, number) for number in range(20)]
        for one in peers:
            closing.callback(one.close)
        with Load(lambda number: peers[number].ask(True), len(peers)) as load:
            load.wait_for(500)
        target.tell()
        assert target.line() == "ready"
        heap = RealHeap(interpreter, target)
        check_ledger(heap, check_same(heap))
        target.check_unharmed()         # it serves again
        with Load(lambda number: peers[number].ask(False), 4) as load:
            check_under_load(heap, load)
        target.check_unharmed()


# pytest

@pytest.mark.parametrize("interpreter", each(chosen()))
def test_pytest(interpreter, scratch):
    with program(interpreter, "real_pytest.py", scratch) as target:
        heap = RealHeap(interpreter, target)
        check_ledger(heap, check_same(heap))
        target.check_unharmed()
