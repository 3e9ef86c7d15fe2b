"""Cores as they come: compressed, through pipes, cut, damaged, without the memory or the files that belong to them."""
import gzip
import lzma
import os
import pty
import random
import re
import resource
import select
import shutil
import signal
import struct
import subprocess
import tempfile
import time

import pytest

from helpers import (QUICK, ROOT, Run, Target, assert_same_stacks, check_outcome, each, interpreters, needs_form,
                     needs_gcore, needs_kernel_cores, read_stack, representatives, run_tool, tool_command, tool_environment)

COMMANDS = ["stack", "info"]
SUPPORTED = interpreters.supported()
HERE = [one for one in SUPPORTED if not one.root]
SEED = int(os.environ.get("CPT_TEST_SEED", "4711"))
# Form: the tool that packs, which has to be there, or a module of Python.
FORMS = {
    "zstd": ["zstd", "-q", "-3", "-c"],
    "zstd-long": ["zstd", "-q", "-9", "--long=27", "--no-check", "-c"],
    "lz4": ["lz4", "-q", "-c"],
    "lz4-fast-blocks": ["lz4", "-q", "-B4", "-BD", "-BX", "--content-size", "-c"],
    "xz": ["xz", "-q", "-0", "-c"],
    "xz-blocks": ["xz", "-q", "-0", "-T2", "--block-size=1000000", "-C", "sha256", "-c"],
    "lzma": ["xz", "-q", "-0", "--format=lzma", "-c"],
    "gzip": ["gzip", "-1", "-c"],
}


def gzipped(data, level=1):
    needs_form("gzip")
    return gzip.compress(data, level)


def pack(form, data):
    needs_form(FORMS[form][0])
    command = FORMS[form]
    if not shutil.which(command[0]):
        pytest.skip(command[0] + " is not installed")
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


@pytest.fixture(scope="module")
def core(some_python, scratch):
    """(path, oracle) of a kernel core."""
    needs_kernel_cores()
    with Target(some_python, "many_threads.py", 5, 12, scratch=scratch, core_limit=True) as target:
        path = os.path.join(str(scratch), "some-core")
        shutil.move(target.kernel_core(), path)
        yield path, target.oracle
    os.unlink(path)


@pytest.fixture(scope="module")
def data(core):
    with open(core[0], "rb") as source:
        return source.read()


def without_path(document):
    path = document["target"].pop("path")
    return path, document


def plain(core, command):
    run = run_tool(command, "--json", core[0])
    assert run.returncode == 0, str(run)
    return without_path(run.json())[1]


def run_fed(feed, *arguments, **environment):
    """The tool with `feed` (bytes, through a pipe) as its standard input."""
    done = subprocess.run(tool_command(*arguments), input=feed, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=60, env=tool_environment(**environment))
    run = Run(arguments, done.returncode, done.stdout, done.stderr)
    assert run.returncode in (0, 1, 2, 64), str(run)
    return run


def assert_same(core, run, command, path):
    assert run.returncode == 0 and not run.stderr, str(run)
    found, document = without_path(run.json())
    assert found == str(path)
    assert document == plain(core, command)


# Compressed, and through pipes: the same answer, byte for byte but for the path

@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("form", FORMS)
def test_compressed(core, data, tmp_path, form, command):
    packed = tmp_path / "a name that says nothing"
    packed.write_bytes(pack(form, data))
    assert_same_stacks(core[1], read_stack(packed), names="core")
    assert_same(core, run_tool(command, "--json", packed), command, packed)
    assert_same(core, run_fed(packed.read_bytes(), command, "--json", "-"), command, "-")
    with open(packed, "rb") as source:
        assert_same(core, run_fed_by_file(source, command, "--json", "--core", "-"), command, "-")
    text, other = run_tool(command, packed).stdout, run_tool(command, core[0]).stdout
    assert text.replace(os.fsencode(packed), b"X") == other.replace(os.fsencode(core[0]), b"X")


def run_fed_by_file(source, *arguments):
    done = subprocess.run(tool_command(*arguments), stdin=source, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=60, env=tool_environment())
    return Run(arguments, done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("name", ["core.zst", "core.gz", "core.xz.lz4", "1234", "-"])
def test_names_mean_nothing(core, tmp_path, name):
    os.link(core[0], tmp_path / name) if os.stat(core[0]).st_dev == os.stat(tmp_path).st_dev else shutil.copy(
        core[0], tmp_path / name)
    run = run_tool("stack", "--json", "./" + name, cwd=tmp_path)
    assert_same(core, run, "stack", "./" + name)


@pytest.mark.parametrize("form", ["zstd", "lz4", "xz", "gzip"])
def test_streams_in_a_row(core, data, tmp_path, form):
    """`cat a.zst b.zst` is what parallel packers write."""
    packed = tmp_path / "core"
    size = len(data) // 3
    packed.write_bytes(b"".join(pack(form, data[at:at + size]) for at in range(0, len(data), size)))
    assert_same(core, run_tool("stack", "--json", packed), "stack", packed)


def test_python_packers(core, data, tmp_path):
    needs_form("gzip")
    needs_form("xz")
    for number, packed_data in enumerate([gzipped(data, 1), lzma.compress(data, preset=0),
                                          lzma.compress(data, format=lzma.FORMAT_ALONE, preset=0)]):
        packed = tmp_path / str(number)
        packed.write_bytes(packed_data)
        assert_same(core, run_tool("stack", "--json", packed), "stack", packed)


@pytest.mark.parametrize("command", COMMANDS)
def test_plain_from_standard_input(core, data, command):
    assert_same(core, run_fed(data, command, "--json", "-"), command, "-")
    with open(core[0], "rb") as source:
        assert_same(core, run_fed_by_file(source, command, "--json", "-"), command, "-")


def test_shell_pipeline(core, data, tmp_path):
    packed = tmp_path / "core.gz"
    packed.write_bytes(gzipped(data, 1))
    command = " ".join(tool_command("stack", "--json"))
    for line in ('zcat core.gz | %s -' % command, '%s <(zcat core.gz)' % command, '%s - < core.gz' % command,
                 'cat core.gz | %s /dev/fd/0' % command, '%s /dev/stdin < core.gz' % command,
                 'exec 7< <(cat core.gz); %s /dev/fd/7' % command,
                 'mkfifo fifo; (sleep 0.2; zcat core.gz > fifo) & %s fifo' % command):
        done = subprocess.run(["bash", "-c", line], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              stdin=subprocess.DEVNULL, env=tool_environment(), timeout=60)
        run = Run([line], done.returncode, done.stdout, done.stderr)
        assert run.returncode == 0, str(run)
        assert without_path(run.json())[1] == plain(core, "stack"), line


def test_fifo_with_nobody_at_it_can_be_interrupted(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    tool = subprocess.Popen(tool_command("stack", tmp_path / "fifo"), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    time.sleep(0.3)
    assert tool.poll() is None
    tool.send_signal(signal.SIGINT)
    out, err = tool.communicate(timeout=10)
    assert tool.returncode == -signal.SIGINT and not out and not err


# Standard input that is none

def test_terminal_is_no_core():
    try:
        controller, terminal = pty.openpty()
    except OSError as error:
        pytest.skip("no pseudo-terminals here: %s" % error)
    for arguments in (["stack", "-"], ["info", "--json", "--core", "-"], ["stack", "--", "-"]):
        run = run_fed_by_file(terminal, *arguments)
        assert run.returncode == 64 and "terminal" in run.error_line(), str(run)
    os.close(terminal)
    os.close(controller)


@pytest.mark.parametrize("feed, said", [
    (b"", "empty"), (b"x", "not an ELF"), (b"no core\n" * 10000, "not an ELF"), (gzip.compress(b""), "empty"),
    (gzip.compress(b"no core\n" * 10000), "not an ELF"), (gzip.compress(gzip.compress(b"x" * 100)), "gzip"),
    (gzip.compress(bytes(range(256)) * 40)[:12], "gzip"), (b"BZh91AY&SY" + bytes(100), "bzip2"),
    (b"\x28\xb5\x2f\xfd" + bytes(range(256)), "zstd"), (b"\x04\x22\x4d\x18" + bytes(range(256)), "lz4"),
    (b"\xfd7zXZ\0" + bytes(range(256)), "xz")])
def test_what_is_no_core(feed, said):
    if feed.startswith(b"\x1f\x8b"):
        needs_form("gzip")
    run = run_fed(feed, "stack", "-")
    assert run.returncode == 2, str(run)
    line = run.error_line()
    assert said in line and "standard input" in line, line


def test_closed_standard_input():
    done = subprocess.run(["sh", "-c", '"$0" stack - <&-'] + tool_command(), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=20)
    run = Run(["stack", "-"], done.returncode, done.stdout, done.stderr)
    assert run.returncode == 2 and "standard input" in run.error_line(), str(run)
    done = run_tool("stack", "-")           # from /dev/null
    assert done.returncode == 2 and "standard input" in done.error_line()


def test_two_targets():
    assert run_tool("stack", "-", "-").returncode == 64
    assert run_tool("stack", "-", "1").returncode == 64


# Cut and damaged

@pytest.mark.parametrize("form", FORMS)
def test_cut(core, data, tmp_path, form):
    packed = pack(form, data)
    outcomes = set()
    parts = [len(packed) * number // 12 for number in range(1, 12)] + [len(packed) - 1, 3, 40]
    for length in parts:
        path = tmp_path / "cut"
        path.write_bytes(packed[:length])
        run = run_tool("stack", "--json", path)
        document = check_outcome(run)
        outcomes.add(run.returncode)
        assert run.returncode in (1, 2), str(run)
        if document:
            assert any(one["code"] == "truncated" and form.split("-")[0] in one["message"]
                       for one in document["warnings"]), str(run)
            info = run_tool("info", "--json", path).json()["result"]["core"]
            assert info["truncated"] is True
    assert 1 in outcomes and 2 in outcomes
    # What is missing is the very end of the stream: all of the core is there.
    path.write_bytes(packed[:-1])
    run = run_tool("stack", "--json", path)
    assert run.returncode == 1, str(run)
    if form != "zstd-long":     # which has no checksum behind its last block
        assert [one["code"] for one in run.json()["warnings"]] == ["truncated"]
        assert_same_stacks(core[1], run.json(), names="core")


@pytest.mark.parametrize("form", ["zstd", "lz4", "xz", "gzip"])
def test_damaged(data, tmp_path, form):
    packed = bytearray(pack(form, data))
    chance = random.Random(SEED)
    path = tmp_path / "damaged"
    outcomes = set()
    for _ in range(5 if QUICK else 25):
        at = chance.randrange(len(packed))
        before = packed[at]
        packed[at] ^= chance.randrange(1, 256)
        path.write_bytes(packed)
        packed[at] = before
        run = run_tool("stack", "--json", path)
        document = check_outcome(run)
        outcomes.add(run.returncode)
        if document and run.returncode == 1:
            assert any(one["code"] == "truncated" for one in document["warnings"]), "byte %d\n%s" % (at, run)
    assert outcomes & {1, 2}


def test_bomb_of_zeros(tmp_path):
    """No core: seen at its first bytes. It would be 4 GiB."""
    if not shutil.which("zstd"):
        pytest.skip("zstd is not installed")
    needs_form("zstd")
    path = tmp_path / "bomb"
    with open(path, "wb") as out:
        zeros = subprocess.Popen(["head", "-c", "4G", "/dev/zero"], stdout=subprocess.PIPE)
        subprocess.run(["zstd", "-q", "-1", "-c"], stdin=zeros.stdout, stdout=out, check=True)
        zeros.stdout.close()
        zeros.wait()
    began = time.monotonic()
    run = run_tool("stack", path)
    assert run.returncode == 2 and "not an ELF" in run.error_line()
    assert time.monotonic() - began < 2


def test_core_and_then_zeros(core, data, tmp_path):
    """What stands behind a core does not matter, and costs no disk."""
    packed = tmp_path / "core"
    packed.write_bytes(pack("zstd", data) + pack("zstd", bytes(1 << 20)) * 2000)
    run = run_tool("stack", "-v", "--json", packed)
    assert run.returncode == 0, str(run)
    assert without_path(run.json())[1] == plain(core, "stack")
    unpacked, kept = map(int, re.search(r"to (\d+), of which (\d+) are not zero", run.stderr.decode()).groups())
    assert unpacked > 2000 << 20 and kept < 64 << 20


# Where it is unpacked

def places(run):
    return re.findall(r"what is unpacked goes into (.*)", run.stderr.decode())


def test_place(core, data, tmp_path):
    packed = tmp_path / "core.gz"
    packed.write_bytes(gzipped(data, 1))
    there = tmp_path / "there"
    there.mkdir()
    for directory, wanted in ((str(there), str(there)), ("/nowhere", "/var/tmp"), ("", "/var/tmp")):
        run = run_tool("stack", "-v", packed, env=tool_environment(TMPDIR=directory))
        assert run.returncode == 0, str(run)
        assert places(run) == ["a file without a name in " + wanted], str(run)
    assert not os.listdir(there)


def test_no_room(core, data, tmp_path):
    """A full file system is left for the next place, in the end for memory; and nothing is left of it."""
    if not ROOT or subprocess.run(["unshare", "-m", "true"], stderr=subprocess.DEVNULL).returncode:
        pytest.skip("no mount namespaces for us")
    packed = tmp_path / "core.gz"
    packed.write_bytes(gzipped(data + random.Random(SEED).randbytes(50 << 20), 0))
    small = tmp_path / "small"
    small.mkdir()
    script = ('mount -t tmpfs -o size=%s none "$TMPDIR" && mount -t tmpfs -o size=%s none /var/tmp && "$@"; status=$?; '
              'find "$TMPDIR" /var/tmp -type f; exit $status')
    for sizes, wanted in ((("4m", "1m"), [str(small), "memory"]),
                          (("4m", "1000m"), [str(small), "/var/tmp"]),
                          (("30m", "40m"), [str(small), "/var/tmp", "memory"])):
        done = subprocess.run(["unshare", "-m", "sh", "-c", script % sizes, "sh"] +
                              tool_command("stack", "-v", "--json", packed), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=tool_environment(TMPDIR=str(small)), timeout=60)
        run = Run([sizes], done.returncode, done.stdout, done.stderr)
        assert run.returncode == 0, str(run)
        assert without_path(run.json())[1] == plain(core, "stack")
        assert [one.replace("a file without a name in ", "") for one in places(run)] == wanted, str(run)


def test_files_may_not_be_that_large(tmp_path, data):
    packed = tmp_path / "core.gz"
    packed.write_bytes(gzipped(data, 1))
    done = subprocess.run(tool_command("stack", packed), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=tool_environment(), timeout=60,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20)))
    run = Run(["stack"], done.returncode, done.stdout, done.stderr)
    assert run.returncode == 2 and "ulimit -f" in run.error_line(), str(run)


# Progress

def fed_slowly(data, seconds, *options, terminal=True, interrupt=False, directory=None):
    """What the tool says on standard error, a terminal or not, while its core comes in slowly."""
    try:
        controller, end = pty.openpty() if terminal else os.pipe()
    except OSError as error:
        pytest.skip("no pseudo-terminals here: %s" % error)
    environment = dict(tool_environment(), TERM="xterm", **({"TMPDIR": str(directory)} if directory else {}))
    tool = subprocess.Popen(tool_command("stack", *options, "-"), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                            stderr=end, env=environment,
                            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    os.close(end)
    piece = len(data) // 20 + 1
    for at in range(0, len(data), piece):
        if interrupt and at > len(data) // 2:
            break
        tool.stdin.write(data[at:at + piece])
        tool.stdin.flush()
        time.sleep(seconds / 20)
    if interrupt:
        left = os.listdir(directory)
        tool.send_signal(signal.SIGINT)
    else:
        left = None
        tool.stdin.close()
    out = tool.stdout.read()
    status = tool.wait(timeout=30)
    if interrupt:
        tool.stdin.close()
    tool.stdout.close()
    text = b""
    while select.select([controller], [], [], 0)[0]:
        try:
            more = os.read(controller, 65536)
        except OSError:
            break
        if not more:
            break
        text += more
    os.close(controller)
    return status, out, text, left


def test_progress(data):
    packed = gzipped(data, 1)
    status, out, text, _ = fed_slowly(packed, 1.8)
    assert status == 0 and out
    assert re.search(rb"coreptile: \d+\.\d MB reading standard input", text), text
    # The last thing it does is take the line away.
    assert text.endswith(b"\x1b[K\r"), text
    assert b"\n" not in text


@pytest.mark.parametrize("way", ["quiet", "no terminal", "fast"])
def test_no_progress(data, way):
    packed = gzipped(data, 1)
    options = ["-q"] if way == "quiet" else []
    status, out, text, _ = fed_slowly(packed, 0.2 if way == "fast" else 1.8, *options, terminal=way != "no terminal")
    assert status == 0 and out and not text, text


def test_interrupt_leaves_nothing(data, tmp_path):
    status, out, text, left = fed_slowly(gzipped(data, 1), 1.0, interrupt=True, directory=tmp_path)
    assert status == -signal.SIGINT and not out
    assert left == [] and os.listdir(tmp_path) == []


# Cut in the middle of its headers

def program_headers(data):
    offset, = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    return [struct.unpack_from("<IIQQQQQQ", data, offset + number * size) for number in range(count)]


def many_segments(data, count=70000):
    """The same core with more segments than e_phnum can count (PN_XNUM), most of them empty. As the kernel does it, the
    notes follow the headers, and the number is in a section header at the end."""
    headers = program_headers(data)
    note, = [one for one in headers if one[0] == 4]
    loads = [one for one in headers if one[0] == 1]
    first = min(one[2] for one in loads if one[5])
    moved = max(0, (64 + 56 * count + note[5] - first + 4095) // 4096 * 4096)
    table = struct.pack("<IIQQQQQQ", note[0], note[1], 64 + 56 * count, *note[3:])
    table += bytes(56 * (count - 1 - len(loads)))
    for one in loads:
        table += struct.pack("<IIQQQQQQ", one[0], one[1], one[2] + moved, *one[3:])
    made = bytearray(data[:64] + table + data[note[2]:note[2] + note[5]])
    made += bytes(first + moved - len(made)) + data[first:]
    struct.pack_into("<Q", made, 32, 64)                # e_phoff
    struct.pack_into("<Q", made, 40, len(made))         # e_shoff
    struct.pack_into("<HHH", made, 56, 0xffff, 64, 1)   # e_phnum, e_shentsize, e_shnum
    return bytes(made) + struct.pack("<IIQQQQIIQQ", 0, 0, 0, 0, 0, 0, 0, count, 0, 0)


def truncated_answer(path, size, whole):
    """What stack and info say of a core of which SIZE bytes of WHOLE are left."""
    for command in COMMANDS:
        run = run_tool(command, "--json", path)
        document = check_outcome(run, command)
        assert run.returncode in (1, 2), str(run)
        if document:
            assert any(one["code"] == "truncated" for one in document["warnings"]), str(run)
        elif "ELF header" not in run.error_line():
            assert "cut short" in run.error_line(), "%d of %d bytes\n%s" % (size, whole, run)
    return document


@pytest.mark.parametrize("maker", ["kernel", "gdb", "many"])
def test_cut_in_the_headers(some_python, start, data, tmp_path, maker):
    """In the program headers, at each of their ends; in each note; and (many) without the section header that counts."""
    if maker == "gdb":
        needs_gcore()
        with open(start(some_python, "many_threads.py", 5, 12).gcore(), "rb") as source:
            data = source.read()
    elif maker == "many":
        data = many_segments(data)
    path = tmp_path / "core"
    path.write_bytes(data)
    run = run_tool("stack", "--json", path)
    assert run.returncode == 0, str(run)
    table, = struct.unpack_from("<Q", data, 32)
    if maker == "many":
        cuts = [table + 56 * 65535, table + 56 * 69990 + 30, table + 56, table + 20]
        note = struct.unpack_from("<IIQQQQQQ", data, table)
    else:
        headers = program_headers(data)
        cuts = [table + 56 * number + part for number in range(0, len(headers), max(1, len(headers) // 8))
                for part in (0, 1, 55)]
        note, = [one for one in headers if one[0] == 4]
    cuts += [note[2] + note[5] * number // 13 for number in range(13)] + [note[2] + 12, note[2] + 200]
    for cut in sorted(set(cuts), reverse=True):
        os.truncate(path, cut)
        truncated_answer(path, cut, len(data))


def test_cut_behind_everything(data, core, tmp_path):
    """Without its last bytes, the count of its segments: all frames are still there, and that it is cut is said."""
    many = many_segments(data)
    path = tmp_path / "core"
    path.write_bytes(many[:-1])
    run = run_tool("stack", "--json", path)
    assert run.returncode == 1, str(run)
    assert_same_stacks(core[1], run.json(), names="core")
    path.write_bytes(pack("gzip", many))
    assert run_tool("stack", "--json", path).returncode == 0


# What the kernel's filter leaves out

def filtered_core(interpreter, scratch, mask):
    needs_kernel_cores()
    target = Target(interpreter, "many_threads.py", 3, 8, scratch=scratch, core_limit=True)
    with open("/proc/%d/coredump_filter" % target.pid, "w") as out:
        out.write(hex(mask))
    return target, target.kernel_core()


@pytest.mark.parametrize("mask", [0x7f, 0x33, 0x13, 0x11], ids=hex)
@pytest.mark.parametrize("interpreter", each(representatives(SUPPORTED)))
def test_filter_that_leaves_enough(interpreter, scratch, mask):
    target, path = filtered_core(interpreter, scratch, mask)
    with target:
        sysroot = ["--sysroot", interpreter.root] if interpreter.root else []
        assert_same_stacks(target.oracle, read_stack(*sysroot, path), names="core")
        run = run_tool("info", "--json", *sysroot, path)
        assert run.returncode == 0, str(run)
        left_out = run.json()["result"]["core"]["left_out_bytes"]
        assert (left_out < 1 << 20) == (mask == 0x7f), str(run)


@pytest.mark.parametrize("mask", [0, 0x2, 0x10, 0x6c], ids=hex)
@pytest.mark.parametrize("command", COMMANDS)
def test_filter_that_leaves_nothing(some_python, scratch, mask, command):
    """Without anonymous memory nothing can be told; with what to do about it."""
    target, path = filtered_core(some_python, scratch, mask)
    with target:
        run = run_tool(command, path)
        assert run.returncode == 2, str(run)
        assert re.search(r"coredump_filter left out.*0x33", run.error_line()), str(run)


@pytest.mark.parametrize("interpreter", each(representatives(HERE)))
def test_filter_that_leaves_no_headers(interpreter, scratch):
    """Then nothing tells which files belong to it: a full answer all the same, or a refusal that says why."""
    target, path = filtered_core(interpreter, scratch, 0x1)
    with target:
        run = run_tool("stack", "--json", path)
        if run.returncode == 2:
            assert "coredump_filter" in run.error_line(), str(run)
        else:
            assert_same_stacks(target.oracle, run.json(), names="core")


# Files that are missing, or another build

class Private(Target):
    """Runs on copies of its interpreter's files, which can be taken away."""

    def __init__(self, interpreter, scratch):
        self.private = tempfile.mkdtemp(prefix="private-", dir=scratch)
        binary = os.path.join(self.private, "python")
        shutil.copy(os.path.realpath(interpreter.argv()[0]), binary)
        self.file, environment = binary, {}
        if "libpython" in interpreter.binary:
            self.file = os.path.join(self.private, os.path.basename(interpreter.binary))
            shutil.copy(interpreter.binary, self.file)
            environment = {"LD_LIBRARY_PATH": self.private}
        prefix = os.path.dirname(os.path.dirname(os.path.realpath(interpreter.argv()[0])))
        super().__init__(interpreter, "many_threads.py", 4, 9, scratch=scratch, core_limit=True,
                         env=dict(environment, PYTHONHOME=prefix), executable=[binary])


def assert_noted(run, code, path):
    assert run.returncode in (0, 1), str(run)
    named = [one["message"] for one in run.json()["warnings"] if one["code"] == code]
    assert len(named) == 1 and path in named[0], str(run)


@pytest.mark.parametrize("interpreter", each(representatives(HERE)))
def test_files_missing_or_replaced(interpreter, scratch, tmp_path):
    needs_kernel_cores()
    with Private(interpreter, scratch) as target:
        path = target.kernel_core()
        whole = read_stack(path)
        assert_same_stacks(target.oracle, whole, names="core")
        assert not whole["warnings"]
        kept = tmp_path / "kept"
        shutil.move(target.file, kept)
        for command in COMMANDS:
            run = run_tool(command, "--json", path)
            assert_noted(run, "file-missing", target.file)
            if command == "stack":      # frames are not in it; the names of static types, say, are
                assert_same_stacks(target.oracle, run.json(), names="core")
        # Another build in its place: noticed by its build-id, and not a byte of it is used.
        other = [one for one in HERE if one.version[:2] != interpreter.version[:2]
                 and ("libpython" in one.binary) == ("libpython" in interpreter.binary)]
        shutil.copy(other[0].binary if other else "/bin/true", target.file)
        for command in COMMANDS:
            run = run_tool(command, "--json", path)
            assert_noted(run, "file-differs", target.file)
            if command == "stack":      # frames are not in it; the names of static types, say, are
                assert_same_stacks(target.oracle, run.json(), names="core")
        # The right one elsewhere.
        root = tmp_path / "root"
        os.makedirs(str(root) + os.path.dirname(target.file))
        shutil.copy(kept, str(root) + target.file)
        assert read_stack("--sysroot", root, path)["warnings"] == []
        # A file of the same build-id that is cut short is used as far as it goes.
        shutil.copy(kept, target.file)
        os.truncate(target.file, 100000)
        check_outcome(run_tool("stack", "--json", path))


# A core that changes while it is read

def test_core_that_is_cut_meanwhile(core, data, tmp_path):
    """The kernel raises SIGBUS where a mapped file ends early: that must not end the tool."""
    chance = random.Random(SEED)
    path = tmp_path / "core"
    began = time.monotonic()
    run_tool("stack", "--json", core[0])
    span = time.monotonic() - began
    outcomes = {}
    for _ in range(10 if QUICK else 60):
        path.write_bytes(data)
        tool = subprocess.Popen(tool_command("stack", "--json", path), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                env=tool_environment())
        time.sleep(chance.random() * span)
        os.truncate(path, chance.choice([0, 4096, len(data) // 2]))
        out, err = tool.communicate(timeout=30)
        run = Run(["stack", path], tool.returncode, out, err)
        assert run.returncode in (0, 1, 2), str(run)
        check_outcome(run)
        outcomes[run.returncode] = outcomes.get(run.returncode, 0) + 1
    assert len(outcomes) > 1, outcomes


def test_core_that_is_being_written(data, tmp_path):
    """It grows while it is read: an answer, and a warning, or a refusal."""
    path = tmp_path / "core"
    for part in range(1, 8):
        path.write_bytes(data[:len(data) * part // 8])
        document = truncated_answer(path, len(data) * part // 8, len(data))
        if document:
            assert document["complete"] is False
