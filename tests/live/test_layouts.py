"""The built-in tables and what a CPython says of itself, against the DWARF of every interpreter at hand."""
import os
import shutil
import struct
import subprocess

import pytest

from helpers import TESTS, interpreters

MKLAYOUT = os.environ.get("MKLAYOUT") or os.path.join(os.path.dirname(TESTS), "build", "mklayout")
NO_DWARF = "no debug information"

pytestmark = pytest.mark.skipif(not os.path.exists(MKLAYOUT), reason="no mklayout at " + MKLAYOUT)


def mklayout(*arguments):
    done = subprocess.run([MKLAYOUT, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
                          timeout=60)
    assert done.returncode in (0, 1, 2), done
    return done


def binaries():
    """Each with the label of its interpreter: also those that the tool only may read."""
    return [pytest.param(one, id=one.label) for one in interpreters.usable() if not one.free_threaded]


@pytest.mark.parametrize("interpreter", binaries())
def test_table_is_what_dwarf_and_debug_offsets_say(interpreter):
    root = ["--sysroot", interpreter.root] if interpreter.root else []
    done = mklayout("--compare", *root, interpreter.binary)
    if NO_DWARF in done.stderr and not interpreter.has_dwarf and not interpreter.self_describing:
        pytest.skip("no DWARF")
    version = "CPython %d.%d.%d%s, " % (*interpreter.version, " debug" if interpreter.debug else "")
    if interpreter.debug and "no layout is built in for a debug build" in done.stderr:
        pytest.skip("no table for this debug build")
    assert done.returncode == 0, done.stdout + done.stderr
    assert version in done.stdout and ": 0 differences" in done.stdout


def test_difference_is_told(tmp_path):
    """A copy whose debug offsets lie about sys.modules."""
    found = [one for one in interpreters.usable() if one.self_describing and not one.free_threaded]
    if not found:
        pytest.skip("no interpreter with debug offsets")
    with open(found[0].binary, "rb") as stream:
        data = bytearray(stream.read())
    start = data.find(b"xdebugpy" + bytes([0xf0, found[0].version[2], found[0].version[1], 3]))
    assert start % 8 == 0
    slot = start + (88 if found[0].version < (3, 14) else 96)
    data[slot:slot + 8] = struct.pack("<Q", 100000)
    copy = tmp_path / "copy"
    copy.write_bytes(data)
    done = mklayout("--compare", str(copy))
    assert done.returncode == 1, done
    assert "interp.modules: debug offsets AT(interp.modules, 100000)" in done.stdout and "1 differences" in done.stdout


def test_other_version_is_refused(with_dwarf):
    done = mklayout("--compare", "--name", "3.10.4", with_dwarf)
    assert done.returncode == 2 and "no built-in layout fits this CPython 3.10.4" in done.stderr


@pytest.fixture(scope="module")
def with_dwarf():
    found = [one for one in interpreters.usable() if one.has_dwarf and not (one.stripped or one.debug or one.root)]
    if not found or not shutil.which("objcopy"):
        pytest.skip("no interpreter with DWARF, or no objcopy")
    return found[0].binary


@pytest.fixture(scope="module")
def expected(with_dwarf):
    done = mklayout(with_dwarf)
    assert done.returncode == 0 and "AT(tstate.interp, 16)" in done.stdout, done
    return fields(done.stdout)


def fields(table):
    """Without the comment, which names the file."""
    return table[table.index("{"):]


def objcopy(*arguments):
    subprocess.run(["objcopy", *map(str, arguments)], check=True)


def make_linked(tmp_path, binary, debug_directory, build_id=False):
    """A stripped copy of BINARY with a link to its debug file in DEBUG_DIRECTORY; both paths."""
    name = os.path.basename(binary)
    stripped, debug = tmp_path / "lib" / name, debug_directory / (name + ".debug")
    stripped.parent.mkdir(exist_ok=True)
    debug.parent.mkdir(exist_ok=True, parents=True)
    drop = [] if build_id else ["--remove-section", ".note.gnu.build-id"]
    objcopy("--only-keep-debug", *drop, binary, debug)
    objcopy("--strip-debug", *drop, "--add-gnu-debuglink", debug, binary, stripped)
    return stripped, debug


@pytest.mark.parametrize("place", ["lib", "lib/.debug", "root/usr/lib/debug"])
def test_debug_link(tmp_path, with_dwarf, expected, place):
    directory = tmp_path / place
    arguments = []
    if place.startswith("root"):
        directory = tmp_path / (place + str(tmp_path / "lib"))
        arguments = ["--sysroot", str(tmp_path / "root")]
    stripped, _ = make_linked(tmp_path, with_dwarf, directory)
    done = mklayout(*arguments, "--name", "3.8.1", str(stripped))
    assert done.returncode == 0, done.stderr
    assert fields(done.stdout).split("VALUES")[1] == expected.split("VALUES")[1]


def test_debug_link_to_another_build(tmp_path, with_dwarf):
    stripped, debug = make_linked(tmp_path, with_dwarf, tmp_path / "lib")
    with open(debug, "ab") as stream:
        stream.write(b"x")
    done = mklayout("--name", "3.8.1", str(stripped))
    assert done.returncode == 2 and NO_DWARF in done.stderr


def test_damaged_dwarf(tmp_path, with_dwarf):
    """Any answer but a crash."""
    with open(with_dwarf, "rb") as stream:
        whole = stream.read()
    for cut in range(1, 16):
        damaged = tmp_path / "damaged"
        damaged.write_bytes(whole[:len(whole) * cut // 16])
        mklayout("--name", "3.8.1", str(damaged))
    step = len(whole) // 4099
    for start in range(16):
        data = bytearray(whole)
        for at in range(64 + start * 7, len(data), step):
            data[at] ^= 1 << start % 8
        damaged.write_bytes(data)
        mklayout("--name", "3.8.1", str(damaged))


@pytest.mark.parametrize("arguments, status, text", [
    (["--help"], 0, "Usage: mklayout"),
    ([], 2, "--help"),
    (["--no-such-option"], 2, "--help"),
    (["/nonexistent"], 2, "/nonexistent: No such file"),
    (["/dev/null"], 2, "not an ELF file"),
    (["--compare", "/bin/sh"], 2, "version of /bin/sh is not known"),
    (["--compare", "--column", "3.13.7", "x.tsv"], 2, "--help"),
    (["--version-hex", "zebra", "/bin/sh"], 2, "zebra"),
])
def test_command_line(arguments, status, text):
    done = mklayout(*arguments)
    assert done.returncode == status and text in done.stdout + done.stderr, done


def test_tab_separated(tmp_path):
    table = tmp_path / "offsets.tsv"
    table.write_text("struct\tfield\t3.13.0\t3.13.1\n"
                     "PyThreadState\tSIZEOF\t304\t312\n"
                     "PyThreadState\tinterp\t16/8\t-\n"
                     "PyASCIIObject\tstate.kind\t32.2:3/4\t49.0:3/4\n"
                     "Other\tinterp\t1/8\t1/8\n")
    first, second = (mklayout("--column", column, str(table)).stdout for column in ("3.13.0", "3.13.1"))
    assert "AT(tstate.size, 304), AT(tstate.interp, 16)" in first and "BITS(ascii.kind, 32, 2, 3)" in first
    assert "AT(tstate.size, 312),\n" in second and "interp" not in second and "BITS(ascii.kind, 49, 0, 3)" in second
    assert mklayout("--column", "3.13.2", str(table)).returncode == 2
