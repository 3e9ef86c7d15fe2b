"""The same stacks by each way of finding CPython and by each origin of layouts, one at a time."""
import pytest

from helpers import (Target, assert_same_stacks, check_stack, each, escaped, interpreters, needs_gcore, read_stack,
                     representatives, run_tool, stack_differences, sysroot)


@pytest.fixture(scope="module", params=each(interpreters.supported()))
def target(request, scratch):
    with Target(request.param, "stacks.py", "--depth", "300", scratch=scratch) as target:
        yield target


@pytest.fixture(scope="module")
def core(target):
    needs_gcore()
    return target.gcore()


def _by(interpreter, mode):
    target_arguments = {"live": [], "core": sysroot(interpreter)}
    return target_arguments[mode]


def can_find(interpreter, way):
    return {"dynsym": interpreter.has_dynamic_symbol, "symtab": interpreter.has_symbol,
            "section": interpreter.has_runtime_section, "cookie": interpreter.version >= (3, 13),
            "scan": interpreter.version < (3, 13)}[way]


def can_lay_out(interpreter, origin):
    return {"self": interpreter.version >= (3, 13), "table": True, "dwarf": interpreter.has_dwarf}[origin]


@pytest.mark.parametrize("mode", ["live", "core"])
@pytest.mark.parametrize("way", ["dynsym", "symtab", "section", "cookie", "scan"])
def test_find(target, core, way, mode):
    arguments = ["--find", way] + _by(target.interpreter, mode) + [target.pid if mode == "live" else core]
    if can_find(target.interpreter, way):
        assert_same_stacks(target.oracle, read_stack(*arguments), names=mode)
    elif way == "scan" or way == "symtab" and target.interpreter.has_dwarf:
        # From 3.13 on nobody needs to scan; symbols may be in a separate debug file.
        check_either_all_or_refusal(target, arguments, mode)
    else:
        check_refusal(arguments)
    if mode == "live":
        target.check_unharmed()


@pytest.mark.parametrize("mode", ["live", "core"])
@pytest.mark.parametrize("origin", ["self", "table", "dwarf"])
def test_layout(target, core, origin, mode):
    arguments = ["--layout", origin] + _by(target.interpreter, mode) + [target.pid if mode == "live" else core]
    if not can_lay_out(target.interpreter, origin):
        check_refusal(arguments)
    elif origin == "self":
        check_self_alone(target, arguments, mode)
    else:
        document = read_stack(*arguments)
        assert_same_stacks(target.oracle, document, names=mode)
        assert document["python"]["layout"] == origin
    if mode == "live":
        target.check_unharmed()


def check_refusal(arguments):
    """A way that cannot work says so."""
    run = run_tool("stack", "--json", *arguments)
    assert run.returncode == 2, str(run)
    run.error_line()


def check_either_all_or_refusal(target, arguments, mode):
    run = run_tool("stack", "--json", *arguments)
    if run.returncode == 2:
        run.error_line()
    else:
        assert run.returncode == 0, str(run)
        assert_same_stacks(target.oracle, run.json(), names=mode)


def check_self_alone(target, arguments, mode):
    """The target's own offsets cover what stacks are made of, and not what the threading module's names need: those
    may be missing or the kernel's."""
    run = run_tool("stack", "--json", *arguments)
    assert run.returncode in (0, 1), str(run)
    document = run.json()
    check_stack(document, run)
    assert document["python"]["layout"] == "self"
    found = stack_differences(target.oracle, document, names=None)
    assert not found, "\n".join(found[:40])
    # The kernel cuts names at 15 bytes, be it in the middle of a character.
    known = {one["ident"]: (None, escaped(one["threading_name"]), escaped(one["kernel_name"]),
                            one["kernel_name"].encode("utf-8", "surrogateescape").decode("utf-8", "ignore"))
             for one in target.oracle["threads"]}
    for thread in document["result"]["threads"]:
        assert thread["name"] in known[int(thread["ident"], 16)]


@pytest.mark.parametrize("interpreter", each([one for one in representatives(interpreters.supported())
                                              if one.self_describing and one.root]))
def test_find_in_kernel_core_without_files(interpreter, start):
    """Only the cookie is left to be found by."""
    target = start(interpreter, "stacks.py", "--depth", "300", core_limit=True)
    core = target.kernel_core()
    assert_same_stacks(target.oracle, read_stack("--find", "cookie", core), names="core")
    for way in ("symtab", "section"):
        check_refusal(["--find", way, core])


def test_unknown_words(some_python, start):
    target = start(some_python, "many_threads.py", 2, 6)
    for option, word in (("--layout", "guess"), ("--find", "luck"), ("--layout", ""), ("--color", "pink")):
        run = run_tool("stack", option, word, target.pid)
        assert run.returncode == 64, str(run)
        run.error_line()
    target.check_unharmed()
