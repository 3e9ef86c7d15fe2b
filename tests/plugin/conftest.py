"""The fixtures of the live tests, and what goes with debuggers."""
import importlib.util
import os

import pytest

import gdbsession

LIVE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "live", "conftest.py")
spec = importlib.util.spec_from_file_location("live_conftest", LIVE)
live = importlib.util.module_from_spec(spec)
spec.loader.exec_module(live)

pytest_sessionstart, scratch, start, some_python = live.pytest_sessionstart, live.scratch, live.start, live.some_python


@pytest.fixture(scope="session", autouse=True)
def copies_in_chroots():
    yield
    gdbsession.remove_copies()
