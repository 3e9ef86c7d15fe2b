"""The census of programs as they are, with libraries from PyPI, against what they count of themselves under load."""
import os
import subprocess

import pytest

import heapcount
from helpers import TESTS, Target, interpreters, needs_gcore
from test_census import Heap, check_same_kinds, read_census

PACKAGES = ["flask", "pandas", "pytest"]
VENV = os.path.join(TESTS, "interpreters", "venv")


def plain():
    """The oldest and the newest for which there are wheels, outside of chroots."""
    found = [one for one in interpreters.supported() if not one.root and one.family == "pyenv" and one.version >= (3, 10)]
    return [pytest.param(one, id=one.label) for one in (found[:1] + found[-1:] if len(found) > 1 else found)]


@pytest.fixture(scope="module", params=plain())
def python(request):
    """(interpreter, its virtual environment's executable)"""
    done = subprocess.run([VENV, request.param.executable] + PACKAGES, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          encoding="utf-8")
    if done.returncode:
        pytest.skip((done.stderr.strip().splitlines() or ["no virtual environment"])[-1])
    return request.param, done.stdout.strip()


@pytest.mark.parametrize("mode", ["flask", "asyncio", "pandas", "pytest"])
def test_program(python, start, mode):
    interpreter, executable = python
    heap = Heap(interpreter, start(interpreter, "real_programs.py", mode, executable=[executable]), made_here=False)
    document = read_census(heap.pid)
    assert len(heap.oracle.objects) > 30000
    check_same_kinds(heap, document)
    heap.target.check_unharmed(answers=False)


def test_gcore_of_a_program(python, start):
    needs_gcore()
    interpreter, executable = python
    heap = Heap(interpreter, start(interpreter, "real_programs.py", "flask", executable=[executable]), made_here=False)
    heap.remember()
    core = heap.target.gcore()
    check_same_kinds(heap, read_census(core))
