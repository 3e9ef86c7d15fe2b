"""Fixtures that several files of live tests share."""
import os

import pytest

import helpers
from helpers import Target, interpreters


def pytest_sessionstart(session):
    if not os.path.exists(helpers.COREPTILE):
        pytest.exit("no tool at %s (set COREPTILE)" % helpers.COREPTILE, returncode=3)


@pytest.fixture(scope="session")
def scratch(tmp_path_factory):
    """Inside pytest's --basetemp, which tests/live/run puts under $CPT_SCRATCH."""
    return tmp_path_factory.mktemp("targets")


@pytest.fixture
def start(scratch):
    """Starts targets and stops them at the end of the test, whatever happens."""
    running = []

    def start_one(interpreter, program, *arguments, **options):
        target = Target(interpreter, program, *arguments, scratch=scratch, **options)
        running.append(target)
        if getattr(target, "said", None) == "unavailable":
            pytest.skip("this Python has no sub-interpreters")
        return target
    yield start_one
    for target in running:
        target.stop()


@pytest.fixture(scope="session")
def some_python():
    """For tests to which the version does not matter: the newest that runs without a chroot."""
    usable = [one for one in interpreters.supported() if not one.root]
    if not usable:
        pytest.skip("no supported CPython outside of a chroot")
    return usable[-1]
