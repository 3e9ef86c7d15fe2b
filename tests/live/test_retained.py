"""What keeps memory alive equal to what a program counts of itself: how much each of some objects keeps alone, what they are called,
and that neither what leads to them nor what they consist of is shown beside them."""
import re

import pytest

from helpers import (Either, Target, check_envelope, each, few, interpreters, needs_gcore, needs_kernel_cores, run_tool,
                     sysroot)

SUPPORTED = interpreters.supported()


def count(value):
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


RETAINED = {"reachable_objects": count, "reachable_bytes": count,
            "retainers": [{"object": {"type": str, "address": re.compile("0x[0-9a-f]+"), "repr": str},
                           "path": Either(str, None), "exact": bool, "link": bool,
                           "retained_objects": count, "retained_bytes": count}]}
MOST_ROUNDING = 15 + 8  # to 16 bytes, and malloc's own word
DEBUG_HOOKS = 2 * 32    # around an object, and around what it has beside it
VALUES = 8 * 8          # of the few attributes of these
PAGE = 4096             # of large tables, once
SHOWN = 20              # what text has, of what is no link


def read_retained(*arguments, top=1500):
    run = run_tool("retained", "--json", "--top", str(top), *arguments, timeout=100)
    assert run.returncode == 0, str(run)
    document = run.json()
    check_envelope(document, "retained", RETAINED, run)
    check_rows(document["result"], top)
    return document["result"]


def check_rows(result, top):
    """What holds of every answer."""
    rows = result["retainers"]
    sizes = [one["retained_bytes"] for one in rows]
    assert len(rows) <= top and sizes == sorted(sizes, reverse=True)
    addresses = [one["object"]["address"] for one in rows]
    assert len(set(addresses)) == len(addresses)
    for one in rows:
        assert 1 <= one["retained_objects"] <= result["reachable_objects"], one
        assert 0 < one["retained_bytes"] <= result["reachable_bytes"], one


def check_kept(result, oracle, debug):
    rows = {int(one["object"]["address"], 16): one for one in result["retainers"]}
    shown = [address for address, one in rows.items() if not one["link"]][:SHOWN]
    wrong = []
    for path, wanted in list(oracle["kept"].items()) + list(oracle["links"].items()):
        row = rows.get(wanted["address"])
        if row:
            wrong += ["%s: %s" % (path, one) for one in differences(path, row, wanted, debug)]
        else:
            wrong.append("%s is not listed" % path)
    wrong += ["%s is no link" % path for path, one in oracle["links"].items() if one["address"] in shown]
    wrong += ["%s is a link" % path for path, one in oracle["kept"].items() if one["address"] not in shown]
    wrong += ["%s is shown" % rows[one]["path"] for one in oracle["hidden"] if one in shown]
    assert not wrong, "\n".join(wrong)


def differences(path, row, wanted, debug):
    if row["retained_objects"] != wanted["objects"]:
        yield "keeps %d, not %d" % (row["retained_objects"], wanted["objects"])
    if not is_named(path, row["path"]):
        yield "is called %s" % row["path"]
    least, most = bounds(wanted, debug)
    if not least <= row["retained_bytes"] <= most:
        yield "keeps %d bytes, not %d to %d" % (row["retained_bytes"], least, most)


def is_named(expected, path):
    if expected == "__main__.first.shared":         # two objects have it
        return path in (expected, "__main__.second.shared")
    if expected.startswith("__main__.suspended."):  # a generator's local has no expression
        return path and path.startswith("__main__.suspended") and "rows" in path
    return path == expected


def bounds(wanted, debug):
    """Each object is rounded up by its allocator, and so is what a list or dict has beside it; debug hooks are around each.
    Of instances sys.getsizeof() leaves out where the values of their attributes are."""
    total = sum(wanted["sizes"])
    more = MOST_ROUNDING + (DEBUG_HOOKS if debug else 0) + (VALUES if wanted["instances"] else 0)
    return total, total + more * wanted["objects"] + PAGE


@pytest.fixture(scope="module", params=each(SUPPORTED))
def target(request, scratch):
    with Target(request.param, "retaining.py", scratch=scratch, core_limit=True) as one:
        one.interpreter = request.param
        yield one


def test_live(target):
    check_kept(read_retained(target.pid), target.oracle, target.interpreter.debug)
    target.check_unharmed()


def test_top(target):
    """As many as are asked for, and the same ones; text has what is no link, in the same order."""
    many, one = read_retained(target.pid, top=3000)["retainers"], read_retained(target.pid, top=1)["retainers"]
    assert len(many) == 3000 and len(one) == 1
    assert one[0]["object"]["address"] == many[0]["object"]["address"]
    shown = re.findall(rb"(?m)^ +.* at (0x[0-9a-f]+)$", run_tool("retained", target.pid).stdout)
    assert [one.decode() for one in shown] == [one["object"]["address"] for one in many if not one["link"]][:SHOWN]


def test_gcore(target):
    needs_gcore()
    if target.interpreter not in few(SUPPORTED):
        pytest.skip("cores of this kind do not depend on the version")
    check_kept(read_retained(*sysroot(target.interpreter), target.gcore()), target.oracle, target.interpreter.debug)


def test_kernel_core(target):
    """The last one: the target is gone then."""
    needs_kernel_cores()
    if target.interpreter not in few(SUPPORTED):
        pytest.skip("cores of this kind do not depend on the version")
    oracle = target.oracle
    check_kept(read_retained(*sysroot(target.interpreter), target.kernel_core()), oracle, target.interpreter.debug)
