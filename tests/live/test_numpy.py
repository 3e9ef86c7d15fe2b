"""numpy's arrays and scalars equal to what numpy says of them: for each Python at hand that has it.

CPT_NUMPY names more of them, executables separated by colons: one for each numpy worth a look.
"""
import functools
import json
import os
import subprocess

import pytest

from helpers import PROGRAMS, interpreters
from test_values import WHOLE, LIMIT, assert_same_values, dump_values


@functools.lru_cache(maxsize=None)
def pythons():
    candidates = [one.argv()[0] for one in interpreters.usable() if not one.root]
    candidates += [path for path in os.environ.get("CPT_NUMPY", "").split(":") if path]
    return [path for path in candidates
            if not subprocess.run([path, "-c", "import numpy"], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL).returncode]


def test_arrays_and_scalars():
    if not pythons():
        pytest.skip("no Python at hand has numpy")
    for python in pythons():
        with subprocess.Popen([python, os.path.join(PROGRAMS, "numpy_values.py")], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE) as target:
            expected = json.loads(target.stdout.readline())
            assert len(expected) > 500
            addresses = [address for _, address, _ in expected]
            try:
                assert_same_values(expected, dump_values(target.pid, addresses, "--limit=%d" % WHOLE), WHOLE)
                assert_same_values(expected, dump_values(target.pid, addresses), LIMIT)
            finally:
                target.kill()
