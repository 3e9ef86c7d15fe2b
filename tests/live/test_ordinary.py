"""Programs that leak nothing: `leaks` has to find where every reference comes from, and says nothing of them."""
import pytest

from helpers import each, few, interpreters
from test_leaks import CPYTHON, read_leaks, reported

SUPPORTED = interpreters.supported()
SUITE = ["test_dict", "test_json", "test_generators", "test_contextlib", "test_descr"]
LIBRARY = dict(CPYTHON)         # what modules of the standard library leak when they are imported
LIBRARY[3, 9] = {"surplus_references": {"type": 1}}                             # select.poll
LIBRARY[3, 11, 7] = {"surplus_references": {"decimal.Context": 1}}              # decimal.ExtendedContext


def falsely_found(version, result):
    surplus, lost = (reported(version, result, kind, LIBRARY) for kind in ("surplus_references", "lost"))
    rows = ["%s: %d objects with %d references too many (%s)" % (
        one["type"], one["objects"], one["references"], ", ".join(one["examples"])) for one in surplus]
    rows += ["%s: %d objects lost (%s)" % (one["type"], one["objects"], ", ".join(one["examples"])) for one in lost]
    if result["garbage"]["objects"]:
        rows.append("garbage: %s" % result["garbage"]["groups"][:5])
    return rows


def check_innocent(target):
    found = falsely_found(target.interpreter.version, read_leaks(target.pid))
    assert not found, "%s: %d false findings\n%s" % (target.interpreter, len(found), "\n".join(found[:60]))


@pytest.mark.parametrize("interpreter", each(SUPPORTED))
def test_library(interpreter, start):
    target = start(interpreter, "ordinary.py", "library")
    check_innocent(target)
    target.check_unharmed()


@pytest.mark.parametrize("interpreter", each(few(SUPPORTED)[1:]))
def test_multiprocessing(interpreter, start):
    check_innocent(start(interpreter, "ordinary.py", "multiprocessing"))


@pytest.mark.parametrize("interpreter", each(few([one for one in SUPPORTED if one.family == "pyenv"])))
def test_suite(interpreter, start):
    """CPython's own tests use _testcapi, which forgets two of its types and their documentation."""
    target = start(interpreter, "ordinary.py", "suite", *SUITE)
    result = read_leaks(target.pid)
    found = {one["type"]: one["objects"] for kind in ("surplus_references", "lost")
             for one in reported(interpreter.version, result, kind, LIBRARY)}
    assert set(found) <= {"type", "str"} and all(count <= 2 for count in found.values()), found
