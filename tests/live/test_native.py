"""stack --native: equal to gdb's own backtraces, and merged with the Python frames where the program says."""
import http.server
import json
import os
import re
import shutil
import struct
import subprocess
import threading

import pytest

from helpers import (COREPTILE, PROGRAMS, QUICK, assert_same_stacks, check_stack, each, interpreters, needs_gcore,
                     needs_kernel_cores, run_tool, situation, sysroot, tool_environment)

SUPPORTED = interpreters.supported()
WITH_DWARF = [one for one in SUPPORTED if one.has_dwarf and not one.root]
HELPERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gdb_backtraces.py")
LOOP = "_PyEval_EvalFrameDefault"
SIGNAL = "<signal handler called>"
ALL_PAGES = "0x3f"          # of /proc/PID/coredump_filter: file-backed ones too


# Reading

def native(*arguments, status=0, **options):
    run = run_tool("stack", "--native", "--json", *arguments, **options)
    assert run.returncode == status, str(run)
    document = run.json()
    check_stack(document, run)
    check_contract(document)
    return document


def check_contract(document):
    assert isinstance(document["result"]["native_threads"], list)
    unmerged = sum(warning["code"] == "unmerged" for warning in document["warnings"])
    for thread in document["result"]["threads"] + document["result"]["native_threads"]:
        for frame in thread["native_frames"]:
            assert set(frame) <= {"function", "file", "line", "module", "address", "python", "python_count", "inlined",
                                  "guessed"}, frame
            assert re.match(r"0x[0-9a-f]+\Z", frame["address"]) and ("python_count" in frame) == (
                frame["python"] is not None), frame
        if not unmerged and "frames" in thread:
            check_merged(thread, document)


def check_merged(thread, document):
    """Every Python frame is run by exactly one native frame, and they are in the same order."""
    run_by = []
    for frame in thread["native_frames"]:
        if frame["python"] is not None:
            assert frame["function"] in (None, LOOP) or frame["function"].startswith((LOOP + ".", "_TAIL_CALL_")), frame
            assert frame["python"] == len(run_by), frame
            run_by += range(frame["python"], frame["python"] + frame["python_count"])
    whole = not any(warning["code"] == "gap" for warning in document["warnings"])
    assert len(run_by) <= len(thread["frames"]) and (len(run_by) == len(thread["frames"]) or not whole), thread


def merged_names(thread):
    """The names of a thread, the outermost first: Python's in a pair with what is native."""
    names = []
    for frame in thread["native_frames"]:
        if frame["python"] is None:
            names.append(("native", frame["function"]))
        else:
            run = thread["frames"][frame["python"]:frame["python"] + frame["python_count"]]
            names += [("python", one["function"]) for one in run]
    return names[::-1]


def part_in_order(patterns, names):
    rest = iter(names)
    return all(any(re.fullmatch(pattern, name or "") for name in rest) for pattern in patterns)


def check_between(document, oracle, interpreter):
    for name, (outer, inner, wanted) in oracle["between"].items():
        names = merged_names(situation(document, oracle, name))
        between = names[names.index(("python", outer)) + 1:names.index(("python", inner))]
        assert between and all(kind == "native" for kind, _ in between if kind != "python"), (name, names)
        shown = [one for kind, one in between if kind == "native"]
        if not interpreter.has_dwarf:
            wanted = [one for one in wanted if one == "ffi_call"]
        assert shown and part_in_order(wanted, shown), "%s: %s in %s" % (name, wanted, shown)
        assert names[-1][0] == "native", "%s: nothing native in the call that blocks" % name


# Against gdb

def gdb_backtraces(directory, *target):
    if not shutil.which("gdb"):
        pytest.skip("gdb is not installed")
    path = os.path.join(directory, "backtraces.json")
    environment = {key: value for key, value in os.environ.items() if key != "DEBUGINFOD_URLS"}
    done = subprocess.run(["gdb", "-nx", "-batch", "-iex", "set auto-load off"] + list(target) + ["-x", HELPERS],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120,
                          env=dict(environment, CPT_BACKTRACES=path))
    assert done.returncode == 0 and os.path.exists(path), done.stdout.decode(errors="replace")
    with open(path) as source:
        return {int(tid): frames for tid, frames in json.load(source).items()}


def base_name(path):
    return os.path.basename(path or "")


def differences_to_gdb(ours, theirs):
    if len(ours) != len(theirs):
        return ["%d frames, not %d:\n%s\n%s" % (len(ours), len(theirs), [one["function"] for one in ours],
                                                [one["function"] for one in theirs])]
    found, lines = [], 0
    for number, (mine, other) in enumerate(zip(ours, theirs)):
        where = "frame %d: %s, not %s" % (number, mine, other)
        if int(mine["address"], 16) != other["address"] or mine.get("inlined", False) != (other["kind"] == "inlined"):
            found.append(where)
        if other["kind"] == "signal":
            found += [] if mine["function"] == SIGNAL else [where]
        elif other["known"] and mine["function"].split("(")[0].split("<")[0] != other["function"].split("(")[0].split(
                "<")[0]:
            found.append(where)
        # A line of another file: gdb and libdw take different ones of several for one address.
        if other["known"] and base_name(mine["file"]) == base_name(other["file"]):
            lines += 1
            found += [] if mine["line"] == other["line"] else [where]
    known = sum(one["known"] for one in theirs)
    if lines < 0.75 * known:
        found.append("only %d lines of %d are comparable" % (lines, known))
    return found


def assert_like_gdb(document, backtraces):
    threads = {one["native_id"]: one["native_frames"]
               for one in document["result"]["threads"] + document["result"]["native_threads"]}
    assert set(threads) == set(backtraces)
    found = ["thread %d: %s" % (tid, one) for tid, frames in backtraces.items()
             for one in differences_to_gdb(threads[tid], frames)]
    assert not found, "%d differences\n%s" % (len(found), "\n".join(found[:20]))
    assert sum(one["known"] for frames in backtraces.values() for one in frames) > 100


@pytest.mark.parametrize("interpreter", each(WITH_DWARF))
def test_like_gdb(interpreter, start, helper_c):
    target = start(interpreter, "native.py", "--library", helper_c, "helper_outer", "--lonely", helper_c, "--signal",
                   helper_c)
    backtraces = gdb_backtraces(target.directory, "-p", str(target.pid))
    document = native(target.pid)
    assert_like_gdb(document, backtraces)
    assert_same_stacks(target.oracle, document)
    target.check_unharmed()


@pytest.mark.parametrize("interpreter", each(WITH_DWARF))
def test_core_like_gdb(interpreter, start, helper_c):
    needs_gcore()
    target = start(interpreter, "native.py", "--library", helper_c, "helper_outer", "--lonely", helper_c, "--signal",
                   helper_c)
    core = target.gcore()
    document = native(core)
    assert_like_gdb(document, gdb_backtraces(target.directory, os.path.realpath(interpreter.executable), core))
    assert_same_stacks(target.oracle, document, names="core")


# The merge

@pytest.mark.parametrize("interpreter", each(SUPPORTED))
def test_merge(interpreter, start):
    """Also without any symbol of the evaluation loop, as in stripped interpreters whose loop is in two parts."""
    target = start(interpreter, "native.py", "--depth", 100 if QUICK else 3000)
    document = native(target.pid)
    assert document["warnings"] == []
    assert_same_stacks(target.oracle, document)
    check_between(document, target.oracle, interpreter)
    target.check_unharmed()


@pytest.mark.parametrize("interpreter", each(SUPPORTED))
def test_merge_in_core(interpreter, start):
    needs_kernel_cores()
    target = start(interpreter, "native.py", core_limit=True)
    document = native(*sysroot(interpreter), target.kernel_core())
    assert document["warnings"] == []
    assert_same_stacks(target.oracle, document, names="core")
    check_between(document, target.oracle, interpreter)


@pytest.mark.parametrize("interpreter", each(SUPPORTED))
def test_awkward_stacks(interpreter, start):
    target = start(interpreter, "stacks.py", "--depth", "1000")
    # Up to 3.10 a generator that throw() passes through on its way is a frame without an evaluation (or the other way
    # around), and nothing tells it from others.
    apart = [one["native_id"] for one in target.oracle["threads"]
             if one["situation"] == "generator_throw" and interpreter.version[:2] in ((3, 9), (3, 10))]
    document = native(target.pid, status=1 if apart else 0)
    assert [warning["code"] for warning in document["warnings"]] == ["unmerged"] * len(apart)
    assert_same_stacks(target.oracle, document)
    for thread in document["result"]["threads"]:
        if thread["native_id"] in apart:
            assert "thread %d " % thread["native_id"] in document["warnings"][0]["message"]
            assert len(thread["native_frames"]) > 20
            assert all(frame["python"] is None for frame in thread["native_frames"])
        else:
            check_merged(thread, document)
    target.check_unharmed()


@pytest.mark.parametrize("kind", ["legacy", "isolated"])
@pytest.mark.parametrize("interpreter", each(SUPPORTED))
def test_subinterpreters(interpreter, start, kind):
    """Some of them nested on one thread: two thread states share a native stack."""
    target = start(interpreter, "subinterp.py", kind)
    run = run_tool("stack", "--native", "--json", target.pid)
    document = run.json()
    check_contract(document)
    assert_same_stacks(target.oracle, document, columns=False)
    if interpreter.version >= (3, 10):
        assert run.returncode == 0 and document["warnings"] == [], str(run)
    else:       # nothing tells there whose evaluation is whose: said for those threads, and nothing is made up
        assert {warning["code"] for warning in document["warnings"]} <= {"unmerged"}, str(run)


@pytest.mark.parametrize("interpreter", each(SUPPORTED))
def test_busy(interpreter, start):
    """Whenever a thread is caught, its stacks go together."""
    target = start(interpreter, "busy.py")
    for _ in range(5 if QUICK else 40):
        native(target.pid)


# What the tool prints

def test_text(some_python, start, helper_c):
    target = start(some_python, "native.py", "--library", helper_c, "helper_outer", "--lonely", helper_c)
    text = run_tool("stack", "--native", target.pid).stdout.decode()
    assert re.search(r'line \d+, in helper_outer \(%s\)\n.*, in helper_middle \(%s\)\n'
                     r'.*, in helper_inlined \(%s, inlined\)\n' % ((re.escape(base_name(helper_c)),) * 3), text), text
    assert LOOP not in text and "(no Python state)" in text and "in lonely_thread" in text
    assert "[Previous" in text      # the recursion
    more = run_tool("stack", "--native", "-v", target.pid).stdout.decode()
    assert LOOP in more


def test_one_thread(some_python, start, helper_c):
    target = start(some_python, "native.py", "--lonely", helper_c)
    thread = target.oracle["threads"][3]
    document = native("--thread", thread["native_id"], target.pid)
    assert [one["native_id"] for one in document["result"]["threads"]] == [thread["native_id"]]
    assert not document["result"]["native_threads"]
    document = native("--thread", target.oracle["lonely"], target.pid)
    assert not document["result"]["threads"]
    assert [one["native_id"] for one in document["result"]["native_threads"]] == [target.oracle["lonely"]]
    assert "lonely_thread" in [one["function"] for one in document["result"]["native_threads"][0]["native_frames"]]
    run = run_tool("stack", "--native", "--thread", 4194303, target.pid)
    assert run.returncode == 2 and "4194303" in run.error_line()


@pytest.mark.parametrize("arguments", [["info", "--native"], ["info", "--debuginfod"], ["stack", "--debuginfod"],
                                       ["stack", "--native", "--no-pause"]])
def test_wrong_usage(arguments):
    run = run_tool(*arguments, os.getpid())
    assert run.returncode == 64
    run.error_line()


def test_not_asked_for(some_python, start):
    target = start(some_python, "native.py")
    document = run_tool("stack", "--json", target.pid).json()
    assert "native_threads" not in document["result"]
    assert all("native_frames" not in thread for thread in document["result"]["threads"])


# Other languages

def compile_helper(scratch, compiler, source, name, *options):
    if not shutil.which(compiler):
        pytest.skip(compiler + " is not installed")
    path = str(scratch / name)
    done = subprocess.run([compiler, *options, "-o", path, os.path.join(PROGRAMS, source)], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, encoding="utf-8", errors="replace")
    if done.returncode:
        pytest.skip("%s does not make %s: %s" % (compiler, name, done.stdout[:300]))
    return path


C_OPTIONS = ["-O2", "-shared", "-fPIC", "-pthread"]
NO_TABLES = ["-fno-asynchronous-unwind-tables", "-fno-unwind-tables", "-fno-exceptions"]


@pytest.fixture(scope="module")
def helper_c(scratch):
    return compile_helper(scratch, "gcc", "native_helper.c", "libhelperc.so", "-g", *C_OPTIONS)


def needs_demangler():
    config = os.path.join(os.path.dirname(COREPTILE), "config.h")
    if os.path.exists(config) and "#define HAVE_LIBIBERTY" not in open(config).read():
        pytest.skip("built without libiberty")


@pytest.mark.parametrize("debug", [["-g"], []], ids=["dwarf", "symbols"])
@pytest.mark.parametrize("language", ["c++", "rust", "rust-v0"])
def test_demangled_names(some_python, start, tmp_path, language, debug):
    needs_demangler()
    if language == "c++":
        library = compile_helper(tmp_path, "g++", "native_helper.cc", "libhelper.so", *C_OPTIONS, *debug)
        function, wanted = "helper_cpp", "int shop::Basket::add<int (*)(int)>(int (*)(int), shop::Price) const"
    else:
        mangling = ["-C", "symbol-mangling-version=v0"] if language == "rust-v0" else []
        library = compile_helper(tmp_path, "rustc", "native_helper.rs", "libhelper.so", "--crate-type", "cdylib", "-O",
                                 "-C", "strip=none", *mangling, *debug)
        function, wanted = ("helper_rust", "<native_helper::orders::Order as native_helper::orders::Process>::process")
    target = start(some_python, "native.py", "--library", library, function)
    document = native(target.pid)
    frames = situation(document, target.oracle, library + " " + function)["native_frames"]
    names = [frame["function"] for frame in frames if frame["module"] == library]
    assert names == [wanted, function]
    if debug:
        assert all(frame["line"] and base_name(frame["file"]).startswith("native_helper.") for frame in frames
                   if frame["module"] == library)


# Missing and damaged parts

def test_no_unwind_information(some_python, start, tmp_path):
    """It is said, the Python frames stay, and what is known of the merge is kept."""
    library = compile_helper(tmp_path, "gcc", "native_helper.c", "libhelper.so", *C_OPTIONS, *NO_TABLES,
                             "-fomit-frame-pointer")
    target = start(some_python, "native.py", "--library", library, "helper_outer")
    document = native(target.pid, status=1)
    assert [warning["code"] for warning in document["warnings"]] == ["gap"]
    assert library in document["warnings"][0]["message"]
    assert_same_stacks(target.oracle, document)
    thread = situation(document, target.oracle, library + " helper_outer")
    assert thread["native_frames"] and thread["native_frames"][-1]["module"] == library
    assert [frame["python"] for frame in thread["native_frames"] if frame["python"] is not None] == [0]
    text = run_tool("stack", "--native", target.pid).stdout.decode()
    assert "the native stack is cut here" in text and "in call_library" in text


def test_frame_pointers(some_python, start, tmp_path):
    library = compile_helper(tmp_path, "gcc", "native_helper.c", "libhelper.so", *C_OPTIONS, *NO_TABLES,
                             "-fno-omit-frame-pointer")
    target = start(some_python, "native.py", "--library", library, "helper_outer")
    document = native(target.pid, status=1)
    assert [warning["code"] for warning in document["warnings"]] == ["gap"]
    assert "guessed" in document["warnings"][0]["message"]
    thread = situation(document, target.oracle, library + " helper_outer")
    assert part_in_order(["helper_middle", "helper_outer", "ffi_call"],
                         [frame["function"] for frame in thread["native_frames"]])
    assert "guessed" not in thread["native_frames"][0] and thread["native_frames"][-1]["guessed"] is True
    assert [sum(frame.get("python_count", 0) for frame in thread["native_frames"])] == [len(thread["frames"])]


def test_call_of_null(some_python, start, helper_c):
    needs_kernel_cores()
    target = start(some_python, "native_crash.py", helper_c, core_limit=True)
    core = target.kernel_core(by=lambda dying: dying.tell())
    document = native(core, status=1)
    thread = document["result"]["threads"][0]
    assert "crashed" in thread["status"]
    assert thread["native_frames"][0]["address"] == "0x0" and thread["native_frames"][0]["function"] is None
    assert thread["native_frames"][1]["function"] == "helper_call_null"
    assert sum(frame.get("python_count", 0) for frame in thread["native_frames"]) == len(thread["frames"]) == 2


def test_vfork(some_python, start, helper_c):
    """Its caller has the same stack pointer, and is no circle."""
    needs_kernel_cores()
    target = start(some_python, "native_crash.py", helper_c, "helper_vfork", core_limit=True)
    thread = native(target.kernel_core(by=lambda dying: dying.tell()))["result"]["threads"][0]
    assert "vfork" in thread["native_frames"][0]["function"]
    assert thread["native_frames"][1]["function"] == "helper_vfork"
    assert sum(frame.get("python_count", 0) for frame in thread["native_frames"]) == len(thread["frames"]) == 2


def segments(content):
    """{type: (place of the header, offset, address, size)}, the last of each type."""
    first, = struct.unpack_from("<Q", content, 32)
    count, = struct.unpack_from("<H", content, 56)
    found = {}
    for at in range(first, first + 56 * count, 56):
        kind, _, offset, address, _, size = struct.unpack_from("<IIQQQQ", content, at)
        found[kind] = at, offset, address, size
    return found


def cut_sections(path):
    """As sstrip does it."""
    with open(path, "r+b") as library:
        table, = struct.unpack_from("<Q", library.read(), 40)
        library.seek(40)
        library.write(struct.pack("<Q", 0))
        library.seek(60)
        library.write(struct.pack("<HH", 0, 0))
        library.truncate(table)


def make_endless(path, size=256 << 20):
    """The dynamic segment names a hash table whose only chain goes on in zeros to the end of the file."""
    with open(path, "r+b") as library:
        content = library.read()
        at, offset, address, _ = segments(content)[1]
        _, dynamic, _, dynamic_size = segments(content)[2]
        entry, = (one for one in range(dynamic, dynamic + dynamic_size, 16)
                  if struct.unpack_from("<Q", content, one)[0] == 0x6ffffef5)
        library.write(struct.pack("<IIIIQI", 1, 1, 1, 1, 0, 1))
        library.seek(entry + 8)
        library.write(struct.pack("<Q", address + len(content) - offset))
        library.seek(at + 32)
        library.write(struct.pack("<QQ", size - offset, size - offset))
        library.truncate(size)


def test_no_sections(some_python, start, tmp_path):
    """The dynamic segment has the names; what the file says of their number is not believed."""
    library = compile_helper(tmp_path, "gcc", "native_helper.c", "libhelper.so", "-Wl,--hash-style=gnu", *C_OPTIONS)
    cut_sections(library)
    target = start(some_python, "native.py", "--library", library, "helper_outer")
    names = [("helper_middle", False), ("helper_outer", False)]
    assert helper_names(target, library) == names
    make_endless(library)
    assert helper_names(target, library) == names


def kernel_core_of(target, pages=None):
    if pages:
        with open("/proc/%d/coredump_filter" % target.pid, "w") as out:
            out.write(pages)
    return target.kernel_core()


def addresses(document):
    return {thread["native_id"]: [frame["address"] for frame in thread["native_frames"]]
            for thread in document["result"]["threads"]}


@pytest.mark.parametrize("interpreter", each([one for one in SUPPORTED if one.root]))
def test_without_files(interpreter, start):
    """Of another machine: where the core has the files' pages they serve as well; else the stacks are cut, and it is
    said."""
    needs_kernel_cores()
    target = start(interpreter, "native.py", core_limit=True)
    core = kernel_core_of(target, ALL_PAGES)
    whole, alone = native(*sysroot(interpreter), core), native(core)
    assert addresses(whole) == addresses(alone)
    assert {warning["code"] for warning in alone["warnings"]} in ({"file-missing"}, {"file-missing", "file-differs"})
    assert_same_stacks(target.oracle, alone, names="core")

    target = start(interpreter, "native.py", core_limit=True)
    document = native(target.kernel_core(), status=1)
    codes = {warning["code"] for warning in document["warnings"]}
    assert "gap" in codes and codes & {"file-missing", "file-differs"}
    assert_same_stacks(target.oracle, document, names="core")
    assert all(thread["native_frames"] for thread in document["result"]["threads"])


def replace(path, by):
    shutil.copy(by, path + ".new")
    os.replace(path + ".new", path)


def test_replaced_library(some_python, start, scratch, tmp_path):
    """Another build at the same path gives neither names nor unwind information to a core; a live process still has its
    own file."""
    needs_kernel_cores()
    library = compile_helper(tmp_path, "gcc", "native_helper.c", "libhelper.so", "-g", *C_OPTIONS)
    another = compile_helper(tmp_path, "gcc", "native_helper.c", "libanother.so", "-g", *C_OPTIONS, "-O0")
    target = start(some_python, "native.py", "--library", library, "helper_outer", core_limit=True)
    before = situation(native(target.pid), target.oracle, library + " helper_outer")["native_frames"]
    replace(library, another)
    after = situation(native(target.pid), target.oracle, library + " helper_outer")["native_frames"]
    assert [frame["address"] for frame in before] == [frame["address"] for frame in after]
    core = target.kernel_core()
    document = native(core, status=1)
    assert {"file-differs", "gap"} == {warning["code"] for warning in document["warnings"]}
    frames = situation(document, target.oracle, library + " helper_outer")["native_frames"]
    assert all(frame["file"] is None for frame in frames if frame["module"] == library)
    assert_same_stacks(target.oracle, document, names="core")


# Debug information elsewhere

def objcopy(*arguments):
    if not shutil.which("objcopy"):
        pytest.skip("objcopy is not installed")
    subprocess.run(["objcopy"] + [str(one) for one in arguments], check=True, timeout=60)


def build_id(path):
    notes = subprocess.run(["readelf", "-n", path], stdout=subprocess.PIPE, encoding="utf-8", check=True).stdout
    found = re.search(r"Build ID: ([0-9a-f]+)", notes)
    if not found:
        pytest.skip("this compiler gives no build-ids")
    return found.group(1)


@pytest.fixture
def stripped(tmp_path):
    """(stripped library, its debug information)"""
    library = compile_helper(tmp_path, "gcc", "native_helper.c", "libhelper.so", "-g", "-Wl,--build-id", *C_OPTIONS)
    debug = tmp_path / "libhelper.debug"
    objcopy("--only-keep-debug", library, debug)
    objcopy("--strip-all", library)
    return library, debug


def helper_names(target, library, *arguments, **options):
    run = run_tool("stack", "--native", "--json", *arguments, target.pid, **options)
    assert run.returncode == 0, str(run)
    frames = situation(run.json(), target.oracle, library + " helper_outer")["native_frames"]
    return [(frame["function"], bool(frame["line"])) for frame in frames if frame["module"] == library]


ALL_NAMES = [("helper_inlined", True), ("helper_middle", True), ("helper_outer", True)]


def test_separate_debug_file(some_python, start, stripped, tmp_path):
    library, debug = stripped
    target = start(some_python, "native.py", "--library", library, "helper_outer")
    assert helper_names(target, library) == [("helper_middle", False), ("helper_outer", False)]
    identity = build_id(library)
    place = tmp_path / "root" / "usr/lib/debug/.build-id" / identity[:2] / (identity[2:] + ".debug")
    place.parent.mkdir(parents=True)
    shutil.copy(debug, place)
    assert helper_names(target, library, "--sysroot", tmp_path / "root") == ALL_NAMES
    # One of another build that lies there does not count.
    other = compile_helper(tmp_path, "gcc", "native_helper.c", "other.so", "-g", "-Os", "-Wl,--build-id", *C_OPTIONS)
    objcopy("--only-keep-debug", other, place)
    assert helper_names(target, library, "--sysroot", tmp_path / "root")[0][1] is False


def test_debug_link(some_python, start, stripped):
    library, debug = stripped
    objcopy("--add-gnu-debuglink=%s" % debug, library)
    target = start(some_python, "native.py", "--library", library, "helper_outer")
    assert helper_names(target, library) == ALL_NAMES
    os.unlink(debug)
    assert helper_names(target, library)[0][1] is False


def test_mini_debug_information(some_python, start, tmp_path):
    """A compressed symbol table in .gnu_debugdata, as some distributions have it, knows static functions."""
    if not shutil.which("xz"):
        pytest.skip("xz is not installed")
    library = compile_helper(tmp_path, "gcc", "native_helper.c", "libhelper.so", *C_OPTIONS)
    mini = tmp_path / "mini"
    objcopy("--only-keep-debug", library, mini)
    subprocess.run(["xz", str(mini)], check=True)
    objcopy("--strip-all", "--add-section", ".gnu_debugdata=%s.xz" % mini, library)
    target = start(some_python, "native.py", "--lonely", library)
    frames = native(target.pid)["result"]["native_threads"][0]["native_frames"]
    assert "lonely_thread" in [frame["function"] for frame in frames if frame["module"] == library]


class DebugServer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        content = self.server.files.get(self.path)
        self.send_response(200 if content else 404)
        self.send_header("Content-Length", str(len(content or b"")))
        self.end_headers()
        self.wfile.write(content or b"")

    def log_message(self, *_):
        pass


@pytest.fixture
def debug_server():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), DebugServer)
    server.asked, server.files = [], {}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_debuginfod(some_python, start, stripped, debug_server, tmp_path):
    """From a server only when one is named."""
    library, debug = stripped
    target = start(some_python, "native.py", "--library", library, "helper_outer")
    debug_server.files["/buildid/%s/debuginfo" % build_id(library)] = debug.read_bytes()
    quiet = {key: value for key, value in tool_environment().items() if key != "DEBUGINFOD_URLS"}
    named = dict(quiet, DEBUGINFOD_URLS="http://127.0.0.1:%d" % debug_server.server_address[1],
                 DEBUGINFOD_CACHE_PATH=str(tmp_path / "cache"), DEBUGINFOD_TIMEOUT="10")
    assert helper_names(target, library, env=quiet) != ALL_NAMES
    assert not debug_server.asked
    names = helper_names(target, library, env=named)
    if not debug_server.asked:
        pytest.skip("libdebuginfod is not installed")
    assert names == ALL_NAMES
    assert helper_names(target, library, "--debuginfod", env=named) == ALL_NAMES
    if os.path.isdir("/etc/debuginfod") and any(name.endswith(".urls") for name in os.listdir("/etc/debuginfod")):
        pytest.skip("the distribution names servers")
    run = run_tool("stack", "--native", "--debuginfod", target.pid, env=quiet)
    assert run.returncode == 2
    assert "DEBUGINFOD_URLS" in run.error_line()
