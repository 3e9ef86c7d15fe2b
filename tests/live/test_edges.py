"""The references that the collector sees, of instances of all kinds of types, equal to what gc.get_referents() says."""
import collections
import os
import subprocess

import pytest

from helpers import TESTS, each, few, interpreters, needs_kernel_cores, refusal_allowed, sysroot, tool_environment

DUMPEDGES = (os.environ.get("DUMPEDGES") or
             os.path.join(os.path.dirname(TESTS), "build", "tests", "live", "dumpedges"))
READ = interpreters.supported()

# What is different, and why.
VARYING = {
}


def read_edges(where, addresses):
    """For each: None, or (whether all of its type's references are known, what it refers to)."""
    done = subprocess.run([DUMPEDGES, *map(str, where)], input=" ".join(addresses).encode(), timeout=300,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=tool_environment())
    assert done.returncode == 0, done.stderr.decode(errors="replace")[:3000]
    found = []
    for line in done.stdout.decode("utf-8", "replace").splitlines():
        first, *edges = line.split(" ")
        found.append(None if first == "-" else (first == "1", edges))
    assert len(found) == len(addresses)
    return found


def read_oracle(directory):
    with open(os.path.join(directory, "edges.txt")) as source:
        return [line.split() for line in source]


def assert_same_edges(oracle, directory, where):
    entries, kinds = read_oracle(directory), oracle["kinds"]
    wrong, examples, compared, static, inexact = (collections.Counter(), {}, collections.Counter(), collections.Counter(),
                                                  collections.Counter())
    for (address, kind, *referents), found in zip(entries, read_edges(where, [entry[0] for entry in entries])):
        name = kinds[int(kind, 16)]
        if found is None:
            static[name] += 1
            continue
        exact, edges = found
        if not exact:
            inexact[name] += 1
            continue
        ours = collections.Counter(edge.split(":", 1)[0] for edge in edges)
        theirs = collections.Counter(referents)
        compared[name] += 1
        if ours != theirs and name not in VARYING:
            wrong[name] += 1
            examples[name] = "%s: only here %s, only there %s; %s" % (address, list(ours - theirs), list(theirs - ours), edges)
    print("%d objects of %d types compared, %d static, inexact: %s" % (
        sum(compared.values()), len(compared), sum(static.values()), dict(inexact)))
    assert not wrong, "%d of %d\n%s" % (sum(wrong.values()), len(entries), "\n".join(
        "%5d %s: %.700s" % (count, name, examples[name]) for name, count in wrong.most_common(60)))
    assert sum(compared.values()) > 20000 and len(compared) > 500


@pytest.mark.parametrize("python", each(READ))
def test_live(python, start):
    target = start(python, "edges.py")
    with refusal_allowed(python, target.pid):
        assert_same_edges(target.oracle, target.directory, [target.pid])
    target.check_unharmed()


@pytest.mark.parametrize("python", each(few(READ)))
def test_kernel_core(python, start):
    needs_kernel_cores()
    target = start(python, "edges.py", core_limit=True)
    oracle = target.oracle
    assert_same_edges(oracle, target.directory, sysroot(python) + [target.kernel_core()])
