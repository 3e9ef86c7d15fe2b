"""A pytest plugin that prints one TAP line per test, with the failure's text as comments.

With CPT_TEST_QUICK=1 it leaves out the tests marked slow, and no test takes longer than
CPT_TEST_TIMEOUT seconds (default 120): a test that hangs fails, and the others go on.
"""

import os
import signal

import pytest

# It led here; the interpreters under test must not get it.
os.environ.pop("PYTHONPATH", None)

# pytest captures file descriptor 1 while a test runs; this copy is taken before it does.
_tap = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="backslashreplace")


class _Tap:
    def __init__(self):
        self.count = 0
        self.left_out = 0
        self.broken_files = 0
        self.reports = {}

    def comment(self, text):
        for line in str(text).splitlines():
            print("#", line, file=_tap)

    def result(self, ok, name, directive=""):
        self.count += 1
        line = f"{'ok' if ok else 'not ok'} {self.count} - {name.replace('#', '_')}"
        print(line + directive, file=_tap, flush=True)

    def plan(self):
        if self.left_out:
            self.comment(f"{self.left_out} slow tests left out")
        reason = " # SKIP nothing here runs in a quick run" if self.left_out else " # SKIP no tests"
        print(f"1..{self.count}{'' if self.count else reason}", file=_tap, flush=True)


_state = _Tap()


def _skip_reason(report):
    """The reason given to pytest.skip(): the last of (file, line, "Skipped: reason")."""
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return " # SKIP " + " ".join(text.replace("Skipped: ", "", 1).split())


def _failure(name, report):
    _state.result(False, name)
    _state.comment(report.longreprtext)
    for title, content in report.sections:
        _state.comment(f"--- {title}\n{content}")


def _print_test(name, reports):
    """One line for setup, call and teardown together: the first that says more than "passed"."""
    failed = next((r for r in reports if r.failed), None)
    skipped = next((r for r in reports if r.skipped), None)
    if failed:
        _failure(name, failed)
    elif skipped and hasattr(skipped, "wasxfail"):
        _state.result(False, name, " # TODO " + skipped.wasxfail)
    elif skipped:
        _state.result(True, name, _skip_reason(skipped))
    else:
        _state.result(True, name)


@pytest.hookimpl(trylast=True)
def pytest_configure(config):
    # Its option definitions are needed elsewhere, its output would not be TAP.
    config.pluginmanager.unregister(name="terminalreporter")


def pytest_collection_modifyitems(config, items):
    if os.environ.get("CPT_TEST_QUICK", "") in ("", "0"):
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    _state.left_out = len(slow)
    items[:] = [item for item in items if item not in slow]
    config.hook.pytest_deselected(items=slow)


def pytest_collectreport(report):
    """A file that cannot be imported, or that skips itself as a whole."""
    if report.failed:
        _state.broken_files += 1
        _failure(report.nodeid, report)
    elif report.skipped:
        _state.result(True, report.nodeid, _skip_reason(report))


def pytest_runtest_logreport(report):
    _state.reports.setdefault(report.nodeid, []).append(report)


def pytest_runtest_logfinish(nodeid):
    _print_test(nodeid.split("::", 1)[-1], _state.reports.pop(nodeid, []))


def pytest_internalerror(excrepr):
    _state.comment(excrepr)


def pytest_sessionfinish(session, exitstatus):
    _state.plan()
    # What the lines above have told must not be told again by the status: the driver would count
    # it as one more failure.
    told = (pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)
    if exitstatus in told or _state.broken_files:
        session.exitstatus = pytest.ExitCode.OK


def _expired(_signal, _frame):
    pytest.fail("timed out (CPT_TEST_TIMEOUT)")


def _with_deadline(factor=1):
    signal.signal(signal.SIGALRM, _expired)
    signal.alarm(factor * int(os.environ.get("CPT_TEST_TIMEOUT", "120")))
    yield
    signal.alarm(0)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_setup():
    # It may make what all tests share, like a chroot.
    yield from _with_deadline(10)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call():
    yield from _with_deadline()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_teardown():
    yield from _with_deadline()
