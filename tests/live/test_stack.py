"""Stacks equal to what Python says of itself: each interpreter, alive and from cores of both makers."""
import os
import re
import shutil

import pytest

from helpers import (QUICK, assert_same_stacks, check_stack, each, escaped, expected_frames, interpreters,
                     needs_gcore, needs_kernel_cores, read_stack, refusal_allowed, representatives, run_tool,
                     sysroot, Target)

USABLE = interpreters.usable()
DEPTH = ["--depth", "2000" if QUICK else "50000"]


@pytest.fixture(scope="module", params=each(USABLE))
def stacks(request, scratch):
    """A process with threads parked in every awkward stack."""
    with Target(request.param, "stacks.py", *DEPTH, scratch=scratch) as target:
        with refusal_allowed(request.param, target.pid):
            assert not target.oracle["skipped"], "situations that did not come about: %s" % target.oracle["skipped"]
            yield target


@pytest.fixture(scope="module")
def gcore(stacks):
    needs_gcore()
    path = stacks.gcore()
    yield path
    os.unlink(path)


@pytest.fixture(scope="module", params=each(USABLE))
def kernel_core(request, scratch):
    """(target that died, path of its core)"""
    needs_kernel_cores()
    with Target(request.param, "stacks.py", *DEPTH, scratch=scratch, core_limit=True) as target:
        with refusal_allowed(request.param, target.pid):
            yield target, target.kernel_core()


def assert_clean(document):
    assert document["warnings"] == []


@pytest.mark.parametrize("how", ["held", "unheld"])
def test_live(stacks, how):
    document = read_stack(*([] if how == "held" else ["--no-pause"]), stacks.pid)
    assert_same_stacks(stacks.oracle, document)
    assert_clean(document)
    assert document["target"]["kind"] == "process" and document["target"]["pid"] == stacks.pid
    stacks.check_unharmed()


def test_live_one_thread(stacks):
    """--thread shows that thread alone, as it is among all."""
    wanted = stacks.oracle["threads"][-5:]
    for thread in wanted:
        document = read_stack("--thread", thread["native_id"], stacks.pid)
        assert_same_stacks(dict(stacks.oracle, threads=[thread]), document)
    stacks.check_unharmed()


def test_live_no_such_thread(stacks):
    """A thread that is not there gives no result, and not an empty one."""
    run = run_tool("stack", "--thread", 4194303, stacks.pid)
    assert run.returncode == 2, str(run)
    assert "4194303" in run.error_line()
    stacks.check_unharmed()


def test_gcore(stacks, gcore):
    document = read_stack(*sysroot(stacks.interpreter), gcore)
    assert_same_stacks(stacks.oracle, document, names="core")
    assert_clean(document)
    assert document["target"]["kind"] == "core" and document["target"]["pid"] == stacks.pid
    assert document["target"]["path"] == gcore


@pytest.mark.parametrize("interpreter", each(interpreters.supported()))
def test_gcore_that_lacks_stacks(interpreter, start):
    """gdb's core as it is, with zeros for the C stacks of threads. Python's frames hang together by way of them: holes
    there are, and named, but no frame is a wrong one, and none of the main thread's is missing."""
    needs_gcore()
    target = start(interpreter, "stacks.py", "--depth", "300")
    core = target.gcore(mend=False)
    if not target.lost_pages:
        pytest.skip("this gdb loses nothing of this target")
    run = run_tool("stack", "--json", *sysroot(interpreter), core)
    assert run.returncode == 1, str(run)
    document = run.json()
    check_stack(document, run)
    actual = {int(thread["ident"], 16): thread for thread in document["result"]["threads"]}
    assert set(actual) == {thread["ident"] for thread in target.oracle["threads"]}
    for thread in target.oracle["threads"]:
        mine = actual[thread["ident"]]
        shown = [(frame["function"], frame["line"]) for frame in mine["frames"]]
        known = [(escaped(frame["function"]), frame["line"]) for frame in expected_frames(thread)]
        if thread["situation"] == "finalizer_on_return":
            # Its frame that is being torn down is still on Python's stack; only what is lost could tell it apart.
            shown.remove(("leave", shown[1][1])) if shown[1:] and shown[1][0] == "leave" else None
        assert is_part_in_order(shown, known), "%s: %s is no part of %s" % (thread["situation"], shown, known)
        if thread["main"]:
            assert shown == known


def is_part_in_order(part, whole):
    rest = iter(whole)
    return all(one in rest for one in part)


def test_kernel_core(kernel_core):
    target, path = kernel_core
    document = read_stack(*sysroot(target.interpreter), path)
    assert_same_stacks(target.oracle, document, names="core")
    assert_clean(document)
    assert document["target"]["kind"] == "core" and document["target"]["pid"] == target.pid
    assert document["target"]["signal"]["name"] == "SIGABRT"


def test_kernel_core_of_chroot_without_its_files(kernel_core):
    """None of the files at hand. From 3.13 on the core has all that is needed."""
    target, path = kernel_core
    if not target.interpreter.root:
        pytest.skip("its files are at their recorded paths")
    assert target.interpreter.self_describing
    assert_same_stacks(target.oracle, read_stack(path), names="core")


@pytest.mark.parametrize("interpreter", each([one for one in interpreters.supported()
                                              if not one.root and not one.shared]))
def test_core_without_its_file(interpreter, start, tmp_path):
    """A relocated interpreter, gone when its core is read: all, or a message that names it."""
    needs_kernel_cores()
    copy = tmp_path / "relocated-python"
    shutil.copy(interpreter.executable, copy)
    target = start(interpreter, "stacks.py", "--depth", "100", core_limit=True, executable=[str(copy)],
                   env={"PYTHONHOME": "/usr"})
    core = target.kernel_core()
    copy.unlink()
    run = run_tool("stack", "--json", core)
    if run.returncode == 2 and not interpreter.self_describing:
        assert str(copy) in run.error_line()
    else:
        assert run.returncode == 0, str(run)
        check_stack(run.json(), run)
        assert_same_stacks(target.oracle, run.json(), names="core")
    # The same file elsewhere: named outright, and below another root.
    moved = tmp_path / "moved"
    shutil.copy(interpreter.executable, moved)
    assert_same_stacks(target.oracle, read_stack("--exe", moved, core), names="core")
    moved.unlink()
    below = tmp_path / "root" / str(copy).lstrip("/")
    below.parent.mkdir(parents=True)
    shutil.copy(interpreter.executable, below)
    assert_same_stacks(target.oracle, read_stack("--sysroot", tmp_path / "root", core), names="core")


def frames_by_situation(oracle):
    return {thread["situation"]: thread["frames"] for thread in oracle["threads"]}


@pytest.mark.parametrize("interpreter", each(interpreters.supported()))
def test_without_frame_objects(interpreter, start):
    """Nobody asked this process for its frames, so from 3.11 on it has no frame objects. The oracle is a twin's."""
    twin = start(interpreter, "stacks.py", "--depth", "1000")
    target = start(interpreter, "stacks.py", "--depth", "1000", "--no-frames")
    known = frames_by_situation(twin.oracle)
    oracle = dict(target.oracle, threads=[dict(thread, frames=known[thread["situation"]])
                                          for thread in target.oracle["threads"]])
    for thread in oracle["threads"]:
        for frame in thread["frames"]:
            frame["file"] = frame["file"].replace(twin.inside, target.inside)
    assert_same_stacks(oracle, read_stack(target.pid))
    target.check_unharmed()


@pytest.mark.slow
@pytest.mark.parametrize("interpreter", each([one for one in interpreters.supported() if one.version >= (3, 11)]))
def test_without_columns(interpreter, start):
    target = start(interpreter, "stacks.py", "--depth", "1000", options=["-X", "no_debug_ranges"])
    assert_same_stacks(target.oracle, read_stack(target.pid))
    target.check_unharmed()


@pytest.mark.parametrize("options", [["-O"], ["-s", "-S", "-E"], ["-X", "importtime"], ["-X", "frozen_modules=off"],
                                     ["-X", "perf"], ["-X", "tracemalloc"]],
                         ids=lambda options: "".join(options).replace("-", " ").strip().replace(" ", "-"))
def test_interpreter_options(some_python, start, options):
    target = start(some_python, "many_threads.py", 5, 12, options=options)
    assert_same_stacks(target.oracle, read_stack(target.pid))
    target.check_unharmed()


@pytest.mark.slow
@pytest.mark.parametrize("malloc", ["malloc", "pymalloc_debug", "malloc_debug"])
@pytest.mark.parametrize("interpreter", each(representatives(interpreters.supported())))
def test_allocators(interpreter, start, malloc):
    target = start(interpreter, "stacks.py", "--depth", "200", env={"PYTHONMALLOC": malloc})
    assert_same_stacks(target.oracle, read_stack(target.pid))
    target.check_unharmed()


@pytest.mark.parametrize("mode", ["ctypes", "file", "dlopen"])
@pytest.mark.parametrize("interpreter", each(interpreters.supported()))
def test_second_mapping(interpreter, start, tmp_path, mode):
    """The interpreter mapped twice: the one that lives is read."""
    more = []
    if mode == "dlopen":
        if not interpreter.shared:
            pytest.skip("no libpython to load again")
        more = [shutil.copy(interpreter.binary, tmp_path / "libpython-again.so")]
    elif interpreter.shared:
        more = [interpreter.binary]
    target = start(interpreter, "second_mapping.py", mode, *more)
    assert_same_stacks(target.oracle, read_stack(target.pid))
    target.check_unharmed()
    needs_gcore()
    core = target.gcore()
    assert_same_stacks(target.oracle, read_stack(*sysroot(interpreter), core), names="core")


@pytest.mark.parametrize("interpreter", each(representatives(interpreters.supported())))
def test_executable_deleted(interpreter, start, tmp_path):
    """Replaced while it runs, as an upgrade does. Its bytes are still in memory and under /proc/PID."""
    if interpreter.root or interpreter.shared:
        pytest.skip("for an executable that holds the interpreter itself")
    copy = tmp_path / "upgraded python"
    shutil.copy(interpreter.executable, copy)
    target = start(interpreter, "many_threads.py", 4, 10, executable=[str(copy)], env={"PYTHONHOME": "/usr"})
    copy.unlink()
    assert_same_stacks(target.oracle, read_stack(target.pid))
    copy.write_bytes(b"no program at all")
    assert_same_stacks(target.oracle, read_stack(target.pid))
    target.check_unharmed()


def _prefix(interpreter):
    """Where it is installed, which it does not find when it is called by an odd name."""
    return os.path.dirname(os.path.dirname(interpreter.executable))


@pytest.mark.slow
@pytest.mark.parametrize("interpreter", each(representatives(interpreters.supported())))
def test_program_names(interpreter, start):
    """What a process calls itself has no say in what it is."""
    if interpreter.root:
        pytest.skip("started by way of chroot")
    for name in ("", "-c", "a name with spaces\n", "gunicorn: worker [app]"):
        target = start(interpreter, "many_threads.py", 3, 8, env={"PYTHONHOME": _prefix(interpreter)},
                       executable=["bash", "-c", 'exec -a "$0" "$@"', name, interpreter.executable])
        assert_same_stacks(target.oracle, read_stack(target.pid))
        target.check_unharmed()


@pytest.mark.parametrize("interpreter", each(representatives(interpreters.supported())))
def test_text(interpreter, start):
    """Text reads like a traceback: outermost first, with source lines."""
    target = start(interpreter, "stacks.py", "--only", "call_over_several_lines,c_and_python_in_turn,name_cyrillic")
    run = run_tool("stack", target.pid)
    assert run.returncode == 0 and not run.stderr, str(run)
    text = run.stdout.decode("utf-8")
    for thread in target.oracle["threads"]:
        wanted = []
        for frame in reversed(thread["frames"]):
            wanted.append(r"File \"%s\", line %s, in \S*%s" % (re.escape(frame["file"]), frame["line"],
                                                              re.escape(frame["function"])))
        assert re.search("(?s)" + ".*?".join(wanted), text), "%s\n%s" % (thread["situation"], text)
        assert thread["threading_name"] in text and str(thread["native_id"]) in text
    assert "key=block(" in text, "no source line"
    target.check_unharmed()
