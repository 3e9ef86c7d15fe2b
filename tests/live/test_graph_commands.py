"""What the options of refs, path, retained and leaks do, and addresses of no object. What these commands find is tested
elsewhere."""
import os
import shutil
import struct

import pytest

from helpers import Target, each, few, interpreters, needs_kernel_cores, run_tool, sysroot
from test_paths import ask

SUPPORTED = few(interpreters.supported())


@pytest.fixture(scope="module", params=each(SUPPORTED))
def target(request, scratch):
    with Target(request.param, "paths.py", scratch=scratch) as one:
        yield one


def result_of(*arguments):
    run = run_tool(*arguments)
    assert run.returncode == 0 and not run.stderr, str(run)
    return run.json()["result"]


def addresses_of(result, key):
    return [int(one[key]["address"], 16) for one in result["references"] if one["exact"] and one[key]]


def test_to_and_limit(target):
    """--limit cuts what is listed, not what is counted; --to turns the question round."""
    address = int(ask(target, eval="sys.modules"), 16)
    referents = ask(target, referents=address)
    whole = result_of("refs", "--json", "--to", "--limit", 100000, target.pid, hex(address))
    assert len(whole["references"]) == whole["references_total"]
    assert set(referents) <= set(addresses_of(whole, "to")) and len(referents) > 50
    usual = result_of("refs", "--json", "--to", target.pid, hex(address))
    assert usual == dict(whole, references=whole["references"][:100])
    three = result_of("refs", "--json", "--to", "--limit", 3, target.pid, hex(address))
    assert three == dict(whole, references=whole["references"][:3])
    text = run_tool("refs", "--to", "--limit", 3, target.pid, hex(address)).stdout.decode()
    assert "{:,} more".format(whole["references_total"] - 3) in text, text
    back = result_of("refs", "--json", target.pid, hex(referents[0]))
    assert all("to" not in one for one in back["references"]) and all("to" in one for one in three["references"])


def test_repr_limit(target):
    address = ask(target, eval="sys.modules")
    for command in "refs", "path":
        short = result_of(command, "--json", "--repr-limit", 5, target.pid, address)["object"]["repr"]
        usual = result_of(command, "--json", target.pid, address)["object"]["repr"]
        assert len(short) <= 6 and 70 <= len(usual) <= 81 and usual.startswith(short.rstrip("…")), (short, usual)


@pytest.mark.parametrize("command", ["refs", "path"])
def test_no_object(target, command):
    """Nothing there, the middle of an object, the null pointer, and beyond all memory."""
    middle = target.oracle["addresses"]["attribute"] + 8
    for address in ("0", "0x10", hex(middle), hex(middle - 4), "0x7fffffffffff", "0xffffffffffffffff"):
        run = run_tool(command, "--json", target.pid, address)
        assert run.returncode == 2 and not run.stdout, str(run)
        assert "object" in run.error_line(), str(run)


def size_of_block(pid, address):
    """What malloc has written in front of it."""
    with open("/proc/%d/mem" % pid, "rb") as memory:
        memory.seek(address - 8)
        return struct.unpack("<Q", memory.read(8))[0] & ~7


def check_syntax_tree(one):
    """It is in memory and has the names of all variables, borrowed; its blocks are of 8192 bytes and more."""
    references = result_of("refs", "--json", one.pid, hex(one.oracle["address"]))["references"]
    blocks = [reference for reference in references if reference["kind"] == "block"]
    assert references and not [block for block in blocks if size_of_block(one.pid, int(block["address"], 16)) > 8192], blocks


@pytest.mark.parametrize("interpreter", each(interpreters.supported()))
def test_syntax_tree_of_the_script(interpreter, start):
    check_syntax_tree(start(interpreter, "script.py"))


@pytest.mark.parametrize("interpreter", each(SUPPORTED))
def test_syntax_tree_with_debug_hooks(interpreter, start):
    check_syntax_tree(start(interpreter, "script.py", env={"PYTHONMALLOC": "debug"}))


def has_found(parts):
    return bool(parts["garbage"]["objects"] or parts["uncollectable"]["objects"] or parts["surplus_references"] or
                parts["lost"])


@pytest.mark.parametrize("command", ["retained", "leaks"])
def test_top(target, command):
    largest = result_of(command, "--json", "--top", 8, target.pid)["retainers"]
    assert len(largest) == 8
    assert result_of(command, "--json", "--top", 3, target.pid)["retainers"] == largest[:3]
    kept = [one["retained_bytes"] for one in largest]
    assert kept == sorted(kept, reverse=True)


def test_fail(target, start, tmp_path):
    """Status 10 where there are leaks and that was asked for, with holes and without; the result is the same."""
    run = run_tool("leaks", "--fail", "--json", target.pid)
    parts = run.json()["result"]
    assert run.returncode == (10 if has_found(parts) else 0), str(run)
    leaking = start(target.interpreter, "surplus.py", core_limit=True)
    asked, other = (run_tool("leaks", "--json", *more, leaking.pid) for more in (["--fail"], []))
    assert (asked.returncode, other.returncode) == (10, 0) and asked.stdout == other.stdout and not asked.stderr, str(asked)
    assert asked.json()["complete"] is True
    path = tmp_path / "report"
    assert run_tool("leaks", "--fail", "--json", "-o", path, leaking.pid).returncode == 10
    assert path.read_bytes() == asked.stdout, "the report has to be there all the same"
    needs_kernel_cores()
    core = shutil.move(leaking.kernel_core(), str(tmp_path / "core"))
    os.truncate(core, os.path.getsize(core) - 4096)
    cut = [run_tool("leaks", "--json", *more, *sysroot(target.interpreter), core) for more in (["--fail"], [])]
    assert [one.returncode for one in cut] == [10, 1] and cut[0].json()["complete"] is False, str(cut[0])
