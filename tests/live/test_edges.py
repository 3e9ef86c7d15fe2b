"""The references that the collector sees, of instances of all kinds of types, equal to what gc.get_referents() says."""
import collections
import os
import subprocess

import pytest

from helpers import TESTS, each, few, interpreters, needs_kernel_cores, refusal_allowed, sysroot, tool_environment

DUMPEDGES = (os.environ.get("DUMPEDGES") or
             os.path.join(os.path.dirname(TESTS), "build", "tests", "live", "dumpedges"))
READ = interpreters.supported()
VALUE = "5"         # enum cpt_edge_kind

# Types of which tp_traverse goes through more than instances and buffers that are known. What is known has to be there.
INEXACT = {
    "builtins.module",                  # the module's state, by a function of its own
    "builtins.PyCapsule",               # what PyCapsule_SetTraverse says
    "_pickle.Pickler", "_pickle.Unpickler", "_pickle.Pdata",        # memo, stack
    "pyexpat.xmlparser",                # handlers
    "xml.etree.ElementTree._element_iterator", "_elementtree._element_iterator",    # parents yet to be gone through
    "_lsprof.Profiler", "_queue.SimpleQueue", "zoneinfo.ZoneInfo", "sqlite3.Connection",    # their tables
    "_ctypes.PyCPointerType",           # to 3.12 it visits what its StgDict owns, but does not visit
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


def is_interned(edges):
    """The dict of all interned strings, to 3.11: the oracle's own lines are newer ones."""
    pairs = [edge.split(":") for edge in edges]
    values = [one for one in pairs if one[1] == VALUE]
    return len(values) > 1000 and all(target == key for target, _, key, _ in values)


def difference(name, exact, edges, referents):
    ours, theirs = collections.Counter(edge.split(":", 1)[0] for edge in edges), collections.Counter(referents)
    if ours == theirs or name == "builtins.dict" and is_interned(edges) and not theirs - ours:
        return None
    if not exact and not ours - theirs:
        return None
    return "only here %s, only there %s; %s" % (list(ours - theirs), list(theirs - ours), edges)


def assert_same_edges(oracle, directory, where):
    entries, kinds = read_oracle(directory), oracle["kinds"]
    wrong, compared, inexact = collections.Counter(), collections.Counter(), collections.Counter()
    examples, static = {}, 0
    for (address, kind, *referents), found in zip(entries, read_edges(where, [entry[0] for entry in entries])):
        name = kinds[int(kind, 16)]
        if found is None:
            static += 1
            continue
        (compared if found[0] else inexact)[name] += 1
        unlike = difference(name, *found, referents)
        if unlike:
            wrong[name] += 1
            examples[name] = "%s: %s" % (address, unlike)
    print("%d objects of %d types compared, %d static, inexact: %s" % (
        sum(compared.values()), len(compared), static, dict(inexact)))
    assert not wrong, "%d of %d\n%s" % (sum(wrong.values()), len(entries), "\n".join(
        "%5d %s: %.700s" % (count, name, examples[name]) for name, count in wrong.most_common(60)))
    assert sum(compared.values()) > 10000 and len(compared) > 400 and static < 500
    unknown = {name for name in inexact if name not in INEXACT and not name.startswith("kinds.")}
    assert not unknown and sum(inexact.values()) < 0.05 * len(entries), inexact


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
