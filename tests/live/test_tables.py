"""What `census` and `memory` make of their figures: rows that are cut, grouped and written in two forms. That the figures
are right is for other tests."""
import collections
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

import pytest

from helpers import (Target, check_census, check_memory, needs_gcore, needs_kernel_cores, run_tool, tool_command,
                     tool_environment)

UNITS = {"B": 0, "KiB": 1, "MiB": 2, "GiB": 3}
ROW = re.compile(r" *([<>]?[\d.]+) +([\d.]+ [KMG]?i?B) +([\d,]+) +([\d.]+ [KMG]?i?B)  (.*)")
REST = re.compile(r"\(([\d,]+) more (type|module|range)s?\)")


@pytest.fixture(scope="module")
def target(some_python, scratch):
    with Target(some_python, "readme/shop.py", scratch=scratch) as target:
        yield target


@pytest.fixture(scope="module")
def core(target):
    needs_gcore()
    return target.gcore()


def census(*arguments):
    run = run_tool("census", "--json", *arguments)
    assert run.returncode == 0, str(run)
    document = run.json()
    check_census(document, run)
    return document["result"]


def memory(*arguments):
    run = run_tool("memory", "--json", *arguments)
    assert run.returncode == 0, str(run)
    document = run.json()
    check_memory(document, run)
    return document["result"]


def text(*arguments):
    run = run_tool(*arguments)
    assert run.returncode == 0 and not run.stderr, str(run)
    return run.stdout.decode()


def table(shown):
    """The rows of a census as text: (share, bytes, objects, average, name)."""
    return [match.groups() for match in map(ROW.fullmatch, shown.split("\n")) if match]


def number(shown):
    return int(shown.replace(",", ""))


def same_size(shown, size):
    """Whether SHOWN, such as "1.5 KiB", is what SIZE is rounded to."""
    digits, unit = shown.split()
    return abs(float(digits) - size / 1024 ** UNITS[unit]) <= (0.0501 if unit != "B" else 0)


# Rows

def test_text_has_the_rows_of_json(core):
    result = census(core)
    rows = table(text("census", core))
    assert len(rows) == 31 and len(result["types"]) > 31
    for (share, size, objects, average, name), row in zip(rows[:30], result["types"]):
        assert name == row["type"] and number(objects) == row["objects"] and same_size(size, row["bytes"]), name
        assert same_size(average, (row["bytes"] + row["objects"] // 2) // row["objects"]), name
        assert share == "<0.1" or abs(float(share) - 100 * row["bytes"] / result["bytes"]) < 0.06, name


def test_rows_that_are_left_out_are_summed_up(core):
    result = census(core)
    for top in (1, 7, len(result["types"]) - 1):
        rows = table(text("census", "--top", top, core))
        assert len(rows) == top + 1
        left = result["types"][top:]
        count, noun = REST.fullmatch(rows[-1][4]).groups()
        assert (number(count), noun) == (len(left), "type")
        assert number(rows[-1][2]) == sum(one["objects"] for one in left)
        assert same_size(rows[-1][1], sum(one["bytes"] for one in left))
    for top in (len(result["types"]), 10 ** 9):
        rows = table(text("census", "--top", top, core))
        assert len(rows) == len(result["types"]) and not REST.fullmatch(rows[-1][4])


@pytest.mark.parametrize("by", ["type", "module", "size"])
def test_top(core, by):
    whole, few = census("--by", by, core), census("--by", by, "--top", 3, core)
    assert whole["by"] == few["by"] == by
    assert few["types"] == whole["types"][:3] and len(whole["types"]) > 3
    assert {key: whole[key] for key in whole if key != "types"} == {key: few[key] for key in few if key != "types"}
    head = "{:,} objects, ".format(whole["objects"])
    assert head in text("census", "--by", by, "--top", 3, core), "the text's totals are those of all"


def test_by_module(core):
    sums = collections.Counter()
    for row in census(core)["types"]:
        sums[row["type"] if "." not in row["type"] else None] += row["bytes"]
    modules = {row["type"]: row for row in census("--by", "module", core)["types"]}
    assert len(modules) > 5 and all(row["type_address"] is None for row in modules.values())
    assert modules["__main__"]["objects"] == 100000        # Visit
    # A type of the interpreter's own is called without its module, and so are none of other modules.
    assert modules["builtins"]["bytes"] == sum(size for name, size in sums.items() if name)


def test_by_size(core):
    rows = census("--by", "size", core)["types"]
    assert all(row["type_address"] is None for row in rows)
    for row in rows:
        assert row["above"] * row["objects"] < row["bytes"] <= row["to"] * row["objects"], row
    bounds = sorted((row["above"], row["to"]) for row in rows)
    assert all(one[1] <= other[0] for one, other in zip(bounds, bounds[1:])), bounds
    names = [row[4] for row in table(text("census", "--by", "size", "--top", 1000, core))]
    assert names == [row["type"] for row in sorted(rows, key=lambda row: row["above"])], "text has them by size"


def test_the_same_heap_whichever_way(core):
    totals = [[result[key] for key in ("objects", "bytes", "sizeof", "used_blocks", "unexplained_blocks")]
              for result in (census(core), census("--by", "module", core), census("--by", "size", core))]
    assert totals[0] == totals[1] == totals[2]


# memory

def test_ledger_as_text(core):
    result = memory(core)
    shown = text("memory", core)
    for category in result["categories"]:
        match = re.search(r"^  %s +([\d.]+ [KMG]?i?B) +([<>]?[\d.]+) " % category["name"], shown, re.M)
        assert match and same_size(match.group(1), category["bytes"]), category
    largest = max(result["categories"], key=lambda one: one["bytes"])
    assert re.search(r"(most of it|the largest part) %s: [\d.]+ %%$" % largest["name"], shown, re.M)
    pymalloc = result["pymalloc"]
    assert "  blocks  {:,} in use (".format(pymalloc["used_blocks"]) in shown
    assert len(re.findall(r"^ +\d+ +[\d,]+ +[\d,]+ +[\d,]+ +[<>\d.]+ +[\d.]+ [KM]?i?B$", shown, re.M)) == len(
        pymalloc["size_classes"])


def test_survivors_are_named(core):
    """The rows that the program kept of many lie one to an arena."""
    pymalloc = memory("--repr-limit", 15, core)["pymalloc"]
    assert pymalloc["sparse_arenas_total"] >= len(pymalloc["sparse_arenas"]) > 3
    used = [arena["used_bytes"] for arena in pymalloc["sparse_arenas"]]
    assert used == sorted(used)
    for arena in pymalloc["sparse_arenas"][:3]:
        assert arena["objects"] == len(arena["pinned_by"]) == 1
        value = arena["pinned_by"][0]
        assert value["type"] == "str" and value["repr"].startswith("'customer ") and len(value["repr"]) == 16, value
    shown = text("memory", "--repr-limit", 15, core)
    assert "    str at %s: %s\n" % (value["address"], value["repr"]) in shown


def test_live(target):
    """A parked process gives the same each time, and what its core gives but for what a core has more of."""
    result = census(target.pid)
    assert result == census(target.pid)
    assert sum(one["bytes"] for one in result["types"] if one["type"] == "__main__.Visit") >= 100000 * 48
    assert memory(target.pid)["pymalloc"]["used_blocks"] == result["used_blocks"]


def test_no_pause_says_so(target):
    for command in ("census", "memory"):
        document = run_tool(command, "--json", "--no-pause", target.pid).json()
        assert any(one["code"] == "moving" for one in document["warnings"]), document["warnings"]
        assert not any(one["code"] == "moving" for one in run_tool(command, "--json", target.pid).json()["warnings"])


@pytest.mark.parametrize("command", ["census", "memory"])
def test_kernel_core(start, some_python, command):
    needs_kernel_cores()
    path = start(some_python, "readme/shop.py", core_limit=True).kernel_core()
    {"census": census, "memory": memory}[command](path)


# The command line

@pytest.mark.parametrize("arguments", [
    ["census", "--top", "0", "1"], ["census", "--top", "-1", "1"], ["census", "--top", "ten", "1"],
    ["census", "--by", "name", "1"], ["census", "--by", "", "1"], ["census", "--repr-limit", "9", "1"],
    ["census"], ["census", "1", "2"], ["memory", "--top", "3", "1"], ["memory", "--by", "type", "1"],
    ["memory", "--repr-limit", "0", "1"], ["memory"], ["stack", "--top", "3", "1"]], ids=" ".join)
def test_wrong_usage(arguments):
    run = run_tool(*arguments, timeout=20)
    assert run.returncode == 64, str(run)
    run.error_line()


@pytest.mark.parametrize("command", ["census", "memory"])
def test_no_python(command):
    run = run_tool(command, "/dev/null")
    assert run.returncode == 2, str(run)
    run.error_line()
    sleeper = subprocess.Popen(["sleep", "60"])
    try:
        run = run_tool(command, sleeper.pid)
        assert run.returncode == 2, str(run)
        run.error_line()
    finally:
        sleeper.kill()
        sleeper.wait()


# The terminal

def on_terminal(columns, *arguments, **environment):
    """What the tool writes to a terminal of so many columns."""
    try:
        controller, end = pty.openpty()
    except OSError as error:
        pytest.skip("no pseudo-terminals here: %s" % error)
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    tool = subprocess.Popen(tool_command(*arguments), stdout=end, stderr=subprocess.DEVNULL,
                            env=dict(tool_environment(**environment), TERM="xterm"))
    os.close(end)
    shown = b""
    while True:
        try:
            piece = os.read(controller, 65536)
        except OSError:
            break
        shown += piece
    os.close(controller)
    assert tool.wait(timeout=60) == 0
    return shown.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("columns", [200, 80, 60])
def test_width(core, columns):
    shown = on_terminal(columns, "census", core, NO_COLOR="1")
    rows = [line for line in shown.split("\n") if ROW.fullmatch(line)]
    assert len(rows) == 31 and max(map(len, rows)) <= columns, shown
    shown = on_terminal(columns, "memory", core, NO_COLOR="1")
    ledger = re.findall(r"^  [a-z-]+ +[\d.]+ [KMG]?i?B .*$", shown, re.M)
    assert len(ledger) == 8 and max(map(len, ledger)) <= columns, shown
    assert ("#" in shown) == (columns > 80)


def test_color(core):
    for command in ("census", "memory"):
        assert "\x1b[" in on_terminal(80, command, core)
        assert "\x1b[" not in on_terminal(80, command, "--json", core)
        assert "\x1b[" not in text(command, core)


# Progress

def stopped_meanwhile(core, delay, *options, terminal=True):
    """What the tool says on standard error where it is stopped for longer than a second, DELAY after its start."""
    try:
        controller, end = pty.openpty() if terminal else os.pipe()
    except OSError as error:
        pytest.skip("no pseudo-terminals here: %s" % error)
    tool = subprocess.Popen(tool_command("census", *options, core), stdout=subprocess.DEVNULL, stderr=end,
                            env=dict(tool_environment(), TERM="xterm"))
    os.close(end)
    time.sleep(delay)
    tool.send_signal(signal.SIGSTOP)
    time.sleep(1.1)
    tool.send_signal(signal.SIGCONT)
    assert tool.wait(timeout=60) == 0
    said = b""
    while select.select([controller], [], [], 0)[0]:
        try:
            piece = os.read(controller, 65536)
        except OSError:
            break
        if not piece:
            break
        said += piece
    os.close(controller)
    return said


def delays(core):
    """Moments spread over one run, several times."""
    began = time.monotonic()
    run_tool("census", core)
    took = time.monotonic() - began
    return [took * (number * 7 % 20 + 1) / 20 for number in range(60)]


def test_progress(core):
    said = b""
    for delay in delays(core):
        said = stopped_meanwhile(core, delay)
        if said:
            break
    assert re.search(rb"coreptile: \d+% walking the heap", said), said
    assert said.endswith(b"\x1b[K\r") and b"\n" not in said, said


@pytest.mark.parametrize("way", ["quiet", "no terminal"])
def test_no_progress(core, way):
    for delay in delays(core)[:5]:
        assert not stopped_meanwhile(core, delay, *["-q"] if way == "quiet" else [], terminal=way != "no terminal")
