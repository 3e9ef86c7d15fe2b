"""pytest's own process: a session with these tests, the last of which counts the heap and waits.

    real_pytest.py ORACLE
"""
import collections
import os
import sys
import types

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import parked               # noqa: E402  writes no bytecode
import selfcensus           # noqa: E402

PATH = "CPT_REAL_PYTEST_ORACLE"
made = collections.Counter()
kept = []


class Resource:
    def __init__(self, number):
        self.number, self.used = number, set()
        made["real_pytest.Resource"] += 1
        kept.append(self)


class Result:
    __slots__ = "resource", "value"

    def __init__(self, resource, value):
        self.resource, self.value = resource, value
        made["real_pytest.Result"] += 1
        kept.append(self)


@pytest.fixture(scope="module", params=range(3))
def resource(request):
    yield Resource(request.param)


@pytest.fixture
def results(resource, tmp_path, monkeypatch):
    monkeypatch.setenv("REAL_PYTEST", str(tmp_path))
    yield [Result(resource, number) for number in range(10)]


@pytest.mark.parametrize("factor", range(50))
def test_many(resource, results, factor, capsys):
    resource.used.add(factor)
    print("factor", factor)
    assert [one.value * factor for one in results] == [number * factor for number in range(10)]
    assert capsys.readouterr().out == "factor %d\n" % factor


@pytest.mark.parametrize("number", range(10))
def test_that_fails(number, results):
    assert {one.value for one in results} == set(range(number)), "on purpose"


@pytest.mark.skip(reason="on purpose")
def test_that_is_skipped():
    pass


def test_that_counts(resource):
    if resource.number == 2:
        selfcensus.holders.append((types.FrameType, selfcensus.of_frame))
        selfcensus.stop(os.environ[PATH], more={"program": dict(made)})


if __name__ == "__main__":
    os.environ[PATH] = sys.argv[1]
    directory = os.path.dirname(sys.argv[1])
    sys.stdout = sys.stderr         # the report; descriptor 1 stays that of the counting
    sys.exit(pytest.main(["-q", "--capture=sys", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", directory,
                          "--basetemp", os.path.join(directory, "base"), os.path.abspath(__file__)]))
