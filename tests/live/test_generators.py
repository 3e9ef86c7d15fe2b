"""Where generators and coroutines are, compared with what inspect says."""
import re

import pytest

from helpers import each, interpreters, run_tool


@pytest.mark.parametrize("interpreter", each(interpreters.supported()))
def test_states(interpreter, start):
    target = start(interpreter, "generators.py")
    run = run_tool("stack", "--locals", target.pid)
    assert run.returncode == 0, str(run)
    shown = dict(re.findall(r"^      (\w+) = <(?:generator|coroutine|async_generator) object \S+ at 0x[0-9a-f]+>, (.*)$",
                            run.stdout.decode(), re.M))
    said = target.oracle["variables"]
    assert set(said) <= set(shown), str(run)
    for name, one in said.items():
        if one["state"] == "running":
            assert re.match(r"running at .*generators\.py:\d+\Z", shown[name])
        else:
            assert shown[name] == one["state"] + (" at " + one["at"] if one["at"] else ""), name
