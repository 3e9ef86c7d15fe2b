"""The table of references against each interpreter itself: what tp_traverse of its types visits when tried, and what
gc.get_referents() says of live instances. A release that moves a field, or has a type of another size, is noticed here;
then symbols/mkreferences.py makes the table anew."""
import json
import os
import subprocess

import pytest

import helpers

TOP = os.path.dirname(helpers.TESTS)
DUMP = os.environ.get("DUMPREFERENCES") or os.path.join(TOP, "build", "tests", "live", "dumpreferences")
PROGRAM = os.path.join(os.environ.get("CPT_SOURCE", TOP), "symbols", "mkreferences_probe.py")


def rows(version):
    hexversion = "%#x" % (version[0] << 24 | version[1] << 16 | version[2] << 8 | 0xf0)
    return json.loads(subprocess.run([DUMP, hexversion], stdout=subprocess.PIPE, check=True, timeout=30).stdout)


@pytest.mark.parametrize("interpreter", helpers.interpreters.supported(), ids=repr)
def test_table_is_as_the_interpreter_says(interpreter):
    with open(PROGRAM) as file:
        program = "TABLE = %r\n%s" % (rows(interpreter.version), file.read())
    done = subprocess.run(interpreter.argv() + ["-"], input=program.encode(), timeout=120,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=helpers.tool_environment())
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    result = json.loads(done.stdout)
    print(interpreter, result["found"])
    assert not result["wrong"], "\n".join(result["wrong"])
    assert result["found"]["types"] > 250 and result["found"]["tried"] > 150 and result["found"]["instances"] > 5000
