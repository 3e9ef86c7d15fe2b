"""What is inside of objects, and the reprs of the standard library's classes, compared with what Python says."""
import pytest

from helpers import (each, escaped, interpreters, needs_kernel_cores, refusal_allowed, representatives,
                     run_tool, sysroot)

READ = [one for one in interpreters.usable() if one.version[:2] >= (3, 7)]
SUPPORTED = interpreters.supported()
LIMIT = 2000


def read_object(where, address, *arguments):
    run = run_tool("object", "--json", *where, "%#x" % address, "--repr-limit", LIMIT, *arguments)
    assert run.returncode == 0, str(run)
    return run.json()["result"]


def cut(text):
    text = escaped(text)
    return text if len(text) <= LIMIT else text[:LIMIT] + "\u2026"


def same_parts(actual, expected):
    if isinstance(expected, dict):
        found = dict(actual)
        return all(found.get(label) == cut(text) for label, text in expected.items())
    return actual == [(label, cut(text)) for label, text in expected]


def assert_same_parts(oracle, where):
    found = []
    assert len(oracle["parts"]) > 30
    for name, (address, expected) in oracle["parts"].items():
        result = read_object(where, address)
        actual = [(one["label"], one["value"]["repr"]) for one in result["parts"]]
        if not same_parts(actual, expected):
            found.append("%s: %r, not %r" % (name, actual, expected))
    assert not found, "\n".join(found)


def assert_same_reprs(oracle, where):
    found = []
    assert len(oracle["objects"]) > 150
    for name, address, text in oracle["objects"]:
        actual = read_object(where, address, "--depth", 0)["object"]["repr"]
        if actual != cut(text):
            found.append("%s: %s\n   not %s" % (name, actual[:300], text[:300]))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("program, compare", [("parts.py", assert_same_parts), ("library.py", assert_same_reprs)],
                         ids=["parts", "library"])
@pytest.mark.parametrize("python", each(READ))
def test_live(python, program, compare, start):
    target = start(python, program)
    with refusal_allowed(python, target.pid):
        compare(target.oracle, [target.pid])
    target.check_unharmed()


@pytest.mark.parametrize("program, compare", [("parts.py", assert_same_parts), ("library.py", assert_same_reprs)],
                         ids=["parts", "library"])
@pytest.mark.parametrize("python", each(representatives(SUPPORTED)))
def test_kernel_core(python, program, compare, start):
    needs_kernel_cores()
    target = start(python, program, core_limit=True)
    compare(target.oracle, [target.kernel_core()] + sysroot(python))


def test_depth_and_limit(some_python, start):
    """A list within itself is not gone into again; of a long one as many items as --limit says are shown."""
    target = start(some_python, "parts.py")
    parts = target.oracle["parts"]
    inner = read_object([target.pid], parts["cyc"][0], "--depth", 50)["parts"]
    assert [one["label"] for one in inner] == ["[0]"] and inner[0]["parts"] == []
    for limit in (1, 7, 999, 1000, 1001):
        long = read_object([target.pid], parts["big"][0], "--limit", limit)
        assert len(long["parts"]) == min(limit, 1000) and long["more_parts"] == (limit < 1000)
    target.check_unharmed()
