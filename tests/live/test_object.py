"""`object`: one object in full, compared with what Python says of it."""
import os
import re
import struct
import subprocess

import pytest

from helpers import (VALUE, Either, Target, check_envelope, each, interpreters, needs_gcore, needs_kernel_cores,
                     refusal_allowed, representatives, run_tool, sysroot, wait_for)

READ = [one for one in interpreters.usable() if one.version[:2] >= (3, 7)]
SUPPORTED = interpreters.supported()

PART = {"label": str, "value": VALUE, "parts": list, "more_parts": bool}
OBJECT = {
    "object": VALUE,
    "type": {"name": str, "address": re.compile(r"0x[0-9a-f]+\Z"), "bases": [str], "mro": [str]},
    "size": Either(int, None), "reference_count": int, "immortal": bool, "tracked": Either(bool, None),
    "parts": [PART], "more_parts": bool}

# Classes with a __sizeof__ of their own.
SIZE_UNKNOWN = {"sized", "child of sized"}


def read_object(where, address, *arguments):
    run = run_tool("object", "--json", *where, address, *arguments)
    assert run.returncode == 0, str(run)
    document = run.json()
    check_envelope(document, "object", OBJECT, run)
    return document["result"]


def no_object(where, address):
    run = run_tool("object", "--json", *where, address)
    assert run.returncode == 2, "taken for an object\n%s" % str(run)
    return run.error_line()


def differences(oracle, where):
    found = []
    for name, said in oracle["objects"].items():
        result = read_object(where, "%#x" % said["address"], "--depth", 0)
        assert result["object"]["address"] == "%#x" % said["address"]
        expected = {"type": said["type"], "name": said["type"], "type address": "%#x" % said["type_address"],
                    "bases": said["bases"], "mro": said["mro"], "immortal": said["immortal"], "tracked": said["tracked"],
                    "size": None if name in SIZE_UNKNOWN else said["size"]}
        actual = {"type": result["object"]["type"], "name": result["type"]["name"],
                  "type address": result["type"]["address"], "bases": result["type"]["bases"],
                  "mro": result["type"]["mro"], "immortal": result["immortal"], "tracked": result["tracked"],
                  "size": result["size"]}
        if not said["shared"]:
            expected["references"], actual["references"] = said["references"], result["reference_count"]
        found += ["%s: %s %r, not %r" % (name, key, actual[key], expected[key])
                  for key in expected if actual[key] != expected[key]]
    return found


def assert_same_objects(oracle, where):
    assert len(oracle["objects"]) > 150
    found = differences(oracle, where)
    assert not found, "%d differences\n%s" % (len(found), "\n".join(found[:60]))


@pytest.mark.parametrize("python", each(READ))
def test_live(python, start):
    target = start(python, "objects.py")
    with refusal_allowed(python, target.pid):
        assert_same_objects(target.oracle, [target.pid])
    target.check_unharmed()


@pytest.mark.parametrize("python", each(representatives(SUPPORTED)))
def test_gcore(python, start):
    needs_gcore()
    target = start(python, "objects.py")
    assert_same_objects(target.oracle, [target.gcore()] + sysroot(python))


@pytest.mark.parametrize("python", each(representatives(SUPPORTED)))
def test_kernel_core(python, start):
    needs_kernel_cores()
    target = start(python, "objects.py", core_limit=True)
    assert_same_objects(target.oracle, [target.kernel_core()] + sysroot(python))


# Attributes and items

@pytest.mark.parametrize("python", each(representatives(SUPPORTED)))
def test_parts(python, start):
    target = start(python, "objects.py")
    checked = 0
    for name, said in target.oracle["objects"].items():
        if said["parts"] is None:
            continue
        result = read_object([target.pid], said["address"], "--limit", 150, "--repr-limit", 1000)
        found = [(one["label"], int(one["value"]["address"], 16), one["value"]["repr"]) for one in result["parts"]]
        assert found == [tuple(one) for one in said["parts"][:150]], name
        assert result["more_parts"] == (len(said["parts"]) > 150), name
        assert not any(one["parts"] for one in result["parts"]), "deeper than asked for: " + name
        checked += 1
    assert checked > 25


# Addresses

@pytest.fixture(scope="module")
def parked(some_python, scratch):
    with Target(some_python, "objects.py", scratch=scratch) as target:
        yield target
        target.check_unharmed()


@pytest.mark.parametrize("form", ["%#x", "%d", "%x", "0X%X", "0x%016x"])
def test_forms_of_addresses(parked, form):
    for name, said in parked.oracle["objects"].items():
        text = form % said["address"]
        if form == "%x" and text.isdigit():
            continue            # without a letter it is decimal
        result = read_object([parked.pid], text, "--depth", 0)
        assert result["object"]["address"] == "%#x" % said["address"]
        if name == "float":
            break


@pytest.mark.parametrize("arguments", [
    ["object"], ["object", "1"], ["object", "--pid", "1"], ["object", "1", "0x10", "0x20"], ["object", "1", ""],
    ["object", "1", "0x"], ["object", "1", "here"], ["object", "1", "0x12g"], ["object", "1", "-5"],
    ["object", "1", "0x1ffffffffffffffff"], ["object", "1", "18446744073709551616"], ["object", "1", " 0x10"],
    ["object", "--pid", "1", "2", "0x10"], ["object", "1", "0x10", "--depth", "-1"],
    ["object", "1", "0x10", "--depth", "101"], ["object", "1", "0x10", "--depth", "two"],
    ["object", "1", "0x10", "--limit", "0"], ["object", "1", "0x10", "--repr-limit", "0"],
    ["object", "1", "0x10", "--repr-limit", "1000001"], ["object", "1", "0x10", "--repr-limit", "99999999999999999999"],
    ["object", "1", "0x10", "--repr-limit", "8x"], ["object", "1", "0x10", "--thread", "5"],
    ["stack", "1", "--depth", "2"], ["info", "1", "--repr-limit", "5"], ["stack", "1", "--repr-limit", "0"]],
    ids=" ".join)
def test_wrong_usage(arguments):
    run = run_tool(*arguments)
    assert run.returncode == 64, str(run)
    assert len(run.error_line()) < 300


def test_position_of_the_target(parked):
    said = parked.oracle["objects"]["list"]
    address = "%#x" % said["address"]
    documents = [run_tool("object", "--json", *arguments) for arguments in (
        [parked.pid, address], ["--pid", parked.pid, address], [address, "--pid", parked.pid],
        [parked.pid, "--", address], ["--", parked.pid, address], [parked.pid, "--depth", 1, address])]
    for one in documents:
        assert one.returncode == 0 and one.stdout == documents[0].stdout, str(one)


@pytest.mark.parametrize("address", [0, 1, 8, 0x1000, 0x7ffffffff000, 0xffffffff81000000, (1 << 64) - 8, 1 << 56])
def test_nothing_there(parked, address):
    line = no_object([parked.pid], "%#x" % address)
    assert "%#x" % address in line and "; " in line, line


def test_not_python(scratch):
    process = subprocess.Popen(["sleep", "100"])
    try:
        wait_for(lambda: os.readlink("/proc/%d/exe" % process.pid).endswith(("sleep", "coreutils", "busybox")), "exec")
        no_object([process.pid], "0x1000")
    finally:
        process.kill()
        process.wait()


def words(pid, address, count):
    with open("/proc/%d/mem" % pid, "rb", buffering=0) as memory:
        memory.seek(address)
        return struct.unpack("<%dQ" % count, memory.read(8 * count))


def wrongly_taken(target, places):
    """Those (addresses, and what they are) that the tool takes for an object, though they lie within one or a table."""
    taken = []
    for address, place in places:
        run = run_tool("object", "--json", "--no-pause", target.pid, "%#x" % address)
        assert run.returncode in (0, 1, 2), str(run)
        if run.returncode != 2:
            taken.append("%#x, %s: %s" % (address, place, run.json()["result"]["object"]["repr"]))
    return taken


# One that is loaded anywhere, and ones whose own data lie at low addresses, which can be taken for counts.
LOADED = [one for one in representatives(SUPPORTED) if one.version[:2] in ((3, 11), (3, 14))] + [
    one for one in SUPPORTED if one.family == "pyenv" and one.version[:2] in ((3, 9), (3, 13))]


@pytest.mark.parametrize("python", each(LOADED))
def test_within_objects(python, start):
    target = start(python, "objects.py")
    places = []
    for name, said in target.oracle["objects"].items():
        # A count and a type, both of them inside: what comes after may be another object, or what is left of one.
        inside = min(said["size"] or 16, said["basic_size"], 200) - 8
        places += [(said["address"] + step, "%s + %d" % (name, step)) for step in [4] + list(range(8, inside, 8))]
    assert len(places) > 300
    taken = wrongly_taken(target, places)
    assert not taken, "\n".join(taken)


@pytest.mark.parametrize("python", each(LOADED))
def test_within_tables(python, start):
    """Tables of types are the hardest: each word with one before it looks much like an object."""
    target = start(python, "objects.py")
    objects = target.oracle["objects"]
    items = words(target.pid, objects["list of types"]["address"], 4)[3]
    table = words(target.pid, objects["set of types"]["address"], 6)[5]
    keys = words(target.pid, objects["types"]["address"], 5)[4]
    places = [(items + 8 * step, "list, %d" % step) for step in range(8)]
    places += [(keys + 8 * step, "dict, %d" % step) for step in range(20)]
    if table != objects["set of types"]["address"] + 64:
        places += [(table + 8 * step, "set, %d" % step) for step in range(60)]
    taken = wrongly_taken(target, places)
    assert not taken, "\n".join(taken)


@pytest.mark.parametrize("python", each(representatives(SUPPORTED)))
def test_freed(python, start):
    """Their memory is on lists of free objects and blocks, where it looks much as it did before."""
    target = start(python, "objects.py")
    addresses = target.oracle["freed"]
    assert len(addresses) == 100
    for address in addresses:
        line = no_object([target.pid], "%#x" % address)
        assert "%#x" % address in line
    said = target.oracle["objects"]["float"]
    assert read_object([target.pid], said["address"])["type"]["name"] == "float"


# Options

@pytest.mark.parametrize("limit", [1, 5, 79, 80, 81, 1000, 1000000])
def test_repr_limit(parked, limit):
    for name in ("grown list", "large", "wide", "nested", "huge dict", "ascii"):
        said = parked.oracle["objects"][name]
        result = read_object([parked.pid], said["address"], "--depth", 0, "--repr-limit", limit)
        cut = len(said["repr"]) > limit
        assert result["object"]["repr"] == (said["repr"][:limit] + "\u2026" if cut else said["repr"]), name


def test_repr_limit_unless_told(parked):
    said = parked.oracle["objects"]["grown list"]
    assert read_object([parked.pid], said["address"])["object"]["repr"] == said["repr"][:80] + "\u2026"


def labels(result):
    return [(one["label"], labels(one)) for one in result["parts"]]


def test_depth(parked):
    said = parked.oracle["objects"]["nested"]
    expected = {0: [], 1: [("[0]", []), ("[1]", [])],
                2: [("[0]", [("[0]", [])]), ("[1]", [("[0]", []), ("[1]", [])])],
                3: [("[0]", [("[0]", [])]), ("[1]", [("[0]", []), ("[1]", [("[0]", [])])])]}
    for depth in (0, 1, 2, 3, 100):
        result = read_object([parked.pid], said["address"], "--depth", depth)
        assert labels(result) == expected[min(depth, 3)], depth
    assert labels(read_object([parked.pid], said["address"])) == expected[1], "without --depth"


def test_limit(parked):
    said = parked.oracle["objects"]["number keys"]
    for limit, shown in ((1, 1), (99, 99), (299, 299), (300, 300), (1000000, 300)):
        result = read_object([parked.pid], said["address"], "--limit", limit)
        assert (len(result["parts"]), result["more_parts"]) == (shown, limit < 300)
    result = read_object([parked.pid], said["address"])
    assert (len(result["parts"]), result["more_parts"]) == (100, True)
    run = run_tool("object", parked.pid, said["address"])
    assert run.returncode == 0 and "more than 100" in run.stdout.decode() and "--limit" in run.stdout.decode(), str(run)


def test_without_pause(parked):
    said = parked.oracle["objects"]["slotted"]
    paused = read_object([parked.pid], said["address"])
    assert read_object([parked.pid], said["address"], "--no-pause") == paused


def test_text(parked):
    said = parked.oracle["objects"]["class with metaclass"]
    run = run_tool("object", parked.pid, said["address"])
    assert run.returncode == 0 and not run.stderr, str(run)
    text = run.stdout.decode()
    assert re.search(r"^type +__main__\.Meta at %#x$" % said["type_address"], text, re.M), text
    assert re.search(r"^bases +type$", text, re.M), text
    assert re.search(r"^references +%d$" % said["references"], text, re.M), text
    assert re.search(r"^size +%s bytes$" % format(said["size"], ","), text, re.M), text
    assert re.search(r"^collector +tracks it$", text, re.M), text
