"""Paths, evaluated in the target, give the object that they were asked for; references are those that the collector knows."""
import json
import os
import re
import subprocess

import pytest

from helpers import VALUE, Either, Target, check_envelope, each, interpreters, run_tool

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DUMPPATHS = os.environ.get("DUMPPATHS") or os.path.join(TOP, "build", "tests", "live", "dumppaths")
SUPPORTED = interpreters.supported()
PATH = {"object": VALUE, "path": Either(str, None), "steps": [{"object": Either(VALUE, None), "edge": str, "exact": bool}]}
REFS = {"object": VALUE, "references": [{"from": Either(VALUE, None), "edge": str, "exact": bool}]}


def read_paths(target, addresses):
    """(exact, path) of each: as `path` finds them, but all at once."""
    done = subprocess.run([DUMPPATHS, str(target)], input=" ".join("%x" % one for one in addresses).encode(), timeout=100,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.returncode == 0, done.stderr.decode()
    text, at, found = done.stdout, 0, []
    while at < len(text):
        end = text.index(b"\n", at)
        exact, size = map(int, text[at:end].split())
        found.append((bool(exact), text[end + 1:end + 1 + size].decode() if size else None))
        at = end + 2 + size
    assert len(found) == len(addresses)
    return dict(zip(addresses, found))


def ask(target, **question):
    target.tell(json.dumps(question).encode() + b"\n")
    return json.loads(target.line())


def is_expression(path):
    try:
        compile(re.sub(r"^[\w.<>]+:local \.?\w+", "_", path), "path", "eval")
    except (SyntaxError, ValueError):
        return False
    return True


@pytest.fixture(scope="module", params=each(SUPPORTED))
def target(request, scratch):
    with Target(request.param, "paths.py", scratch=scratch) as one:
        yield one


def test_planted(target):
    """Each is kept in a way of its own, and the path tells which."""
    addresses = target.oracle["addresses"]
    paths = read_paths(target.pid, addresses.values())
    wrong = []
    for name, address in addresses.items():
        exact, path = paths[address]
        answer = ask(target, eval=path) if path else None
        if answer != hex(address) or not exact:
            wrong.append("%s: %s%s gives %s" % (name, path, "" if exact else " (found by scanning)", answer))
    assert not wrong, "\n".join(wrong)


def test_hidden(target):
    """No expression leads there, and none is pretended to."""
    hidden = target.oracle["hidden"]
    paths = read_paths(target.pid, hidden.values())
    wrong = ["%s: %s" % (name, paths[address][1]) for name, address in hidden.items()
             if not paths[address][1] or (is_expression(paths[address][1]) and
                                          ask(target, eval=paths[address][1]) != hex(address))]
    assert not wrong, "\n".join(wrong)


def test_others(target):
    """Objects of all kinds that the program did not make itself: what can be evaluated is right, and most can be. (Not
    so what classes have as such, and built-in types that nobody has imported.)"""
    addresses = target.oracle["others"]
    paths = read_paths(target.pid, addresses)
    lost = [address for address, (_, path) in paths.items() if path is None]
    assert not lost, ["%#x" % one for one in lost]
    evaluated = {address: ask(target, eval=path) for address, (_, path) in paths.items() if is_expression(path)}
    wrong = ["%#x: %s gives %s" % (address, paths[address][1], answer) for address, answer in evaluated.items()
             if answer != hex(address)]
    assert not wrong, "\n".join(wrong)
    assert len(evaluated) > len(addresses) / 2


def test_command(target):
    """One object: the same path, and steps that lead there."""
    address = target.oracle["addresses"]["nested"]
    run = run_tool("path", "--json", target.pid, hex(address))
    assert run.returncode == 0, str(run)
    document = run.json()
    check_envelope(document, "path", PATH, run)
    result = document["result"]
    assert result["object"]["address"] == hex(address) and result["object"]["type"] == "__main__.Thing"
    assert result["path"] == read_paths(target.pid, [address])[address][1]
    assert result["steps"][0]["edge"] == "__main__" and result["steps"][0]["object"]["type"] == "module"
    assert result["steps"][-1]["object"] == result["object"]
    for one, other in zip(result["steps"], result["steps"][1:]):
        pair = [int(each["object"]["address"], 16) for each in (one, other)]
        assert ask(target, refers=pair) > 0, (one, other)


@pytest.mark.parametrize("name", ["attribute", "cell", "class of an instance", "local of a coroutine", "named tuple"])
def test_referrers(target, name):
    """All whom the collector knows, and nobody else who could be asked."""
    address = target.oracle["addresses"][name]
    run = run_tool("refs", "--json", target.pid, hex(address))
    assert run.returncode == 0, str(run)
    document = run.json()
    check_envelope(document, "refs", REFS, run)
    ours = [int(one["from"]["address"], 16) for one in document["result"]["references"] if one["exact"] and one["from"]]
    missing = set(ask(target, referrers=address)) - set(ours)
    assert not missing, ["%#x" % one for one in missing]
    assert all(ask(target, refers=[one, address]) for one in ours), document["result"]["references"]


@pytest.mark.parametrize("name", ["attribute", "bound", "wrapped", "class of an instance", "list with a method"])
def test_referents(target, name):
    address = target.oracle["addresses"][name]
    run = run_tool("refs", "--to", "--json", target.pid, hex(address))
    assert run.returncode == 0, str(run)
    document = run.json()
    ours = [int(one["to"]["address"], 16) for one in document["result"]["references"] if one["exact"]]
    missing = set(ask(target, referents=address)) - set(ours)
    assert not missing, ["%#x" % one for one in missing]


def test_static(target):
    """Nothing has to keep what is part of the interpreter."""
    for name in ("int", "None"):
        address = int(ask(target, eval=name), 16)
        result = run_tool("path", "--json", target.pid, hex(address)).json()["result"]
        assert result["path"] == name and not result["steps"]
