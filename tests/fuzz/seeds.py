"""Writes the seeds of the corpus anew: seeds.py [DIRECTORY].  What fuzzers found lies beside them."""

import gzip
import json
import lzma
import pathlib
import struct
import sys

PAGE = 4096


def words(*values):
    return struct.pack("<%dQ" % len(values), *values)


# --- line tables


def linetable(kind, first_line, lasti, table):
    return bytes([kind]) + struct.pack("<ih", first_line, lasti) + bytes(table)


LINETABLES = {
    "lnotab": linetable(0, 1, 0, [0, 1, 6, 1, 44, 5, 255, 0, 45, 127, 0, 73, 11, 0x80]),
    "deltas": linetable(1, 10, 0, [6, 0, 4, 1, 4, 0x80, 254, 3, 0, 127, 2, 0x81]),
    "short": linetable(2, 10, 0, [0x80, 0x25, 0x8A, 0x70, 0xCF, 0x7F]),
    "one-line": linetable(2, 10, 0, [0xD0, 4, 9, 0xD8, 0, 127, 0xE0, 127, 0]),
    "long": linetable(2, 10, -1, [0xF0, 4, 3, 5, 0x48, 3, 0xE8, 0x41, 3, 0xF9, 0xF0, 5, 0, 0, 0]),
    "empty": linetable(2, -1, 0, []),
}


# --- debug offsets: the slots of real builds, in their order

SLOTS = {
    "3.13.0": (
        0x030D00F0, 0, 283320, 608, 632, 194968, 7272, 7264, 7344, 7400, 7656, 7640, 7648, 16,
        7752, 0, 7768, 7760, 304, 0, 8, 16, 72, 152, 160, 232, 32, 80, 8, 0, 56, 72, 70, 208, 112,
        120, 128, 136, 68, 52, 96, 104, 200, 16, 8, 416, 24, 88, 168, 32, 24, 16, 40, 24, 16, 48,
        32, 40, 24, 16, 32, 16, 24, 40, 16, 32, 64, 32, 16, 40, 240, 200,
    ),
    "3.14.10": (
        0x030E0AF0, 0, 316616, 784, 808, 225864, 7280, 7272, 7344, 7360, 7408, 7688, 7672, 7680,
        16, 7784, 0, 7800, 7792, 7992, 0, 832, 0, 8, 16, 72, 152, 160, 232, 32, 88, 8, 0, 56, 80,
        74, 64, 0, 216, 112, 120, 128, 136, 68, 52, 96, 104, 208, 0, 16, 8, 416, 24, 88, 168, 40,
        32, 16, 40, 24, 16, 200, 24, 40, 32, 48, 32, 40, 24, 16, 32, 16, 24, 40, 16, 32, 64, 32,
        16, 40, 264, 192, 160, 24, 72, 67, 0, 8, 24, 304, 8076, 0, 4, 512,
    ),
    "3.15.2": (
        0x030F02F0, 0, 346568, 912, 936, 226240, 7272, 7264, 7336, 7352, 7400, 7592, 7576, 7584,
        16, 7736, 0, 7752, 7744, 7944, 0, 888, 0, 8, 16, 72, 80, 88, 96, 176, 184, 256, 32, 36, 40,
        136, 288, 0, 88, 8, 0, 56, 80, 74, 64, 0, 216, 112, 120, 128, 136, 68, 52, 96, 104, 208, 0,
        16, 8, 424, 24, 88, 168, 32, 288, 944, 888, 40, 32, 16, 40, 24, 16, 200, 24, 40, 32, 48, 32,
        40, 24, 16, 32, 16, 24, 40, 16, 32, 64, 32, 16, 40, 56, 176, 112, 120, 1120, 104, 160, 24,
        72, 67, 0, 8, 24, 344, 8028, 0, 4, 512,
    ),
}  # fmt: skip


def debug_offsets(slots):
    return b"xdebugpy" + words(*slots)


# --- ELF


def elf_header(kind, phnum, phoff=64):
    ident = b"\x7fELF\x02\x01\x01" + bytes(9)
    return ident + struct.pack("<HHIQQQIHHHHHH", kind, 62, 1, 0, phoff, 0, 0, 64, 56, phnum, 64, 0, 0)


def segment(kind, offset, address, file_size, memory_size, flags=6):
    return struct.pack("<IIQQQQQQ", kind, flags, offset, address, address, file_size, memory_size, PAGE)


def gnu_hash(name):
    value = 5381
    for c in name.encode():
        value = (value * 33 + c) & 0xFFFFFFFF
    return value


def image(gnu, text=b""):
    """An executable at a fixed address with two symbols and one kind of hash table."""
    base, names = 0x400000, ["_PyRuntime", "Py_Version"]
    dynamic, symtab, strtab, table, data = 0x100, 0x180, 0x1E0, 0x200, 0x260
    strings = b"\0" + b"".join(n.encode() + b"\0" for n in names)
    symbols = bytes(24)
    for i, name in enumerate(names):
        at = strings.index(name.encode())
        symbols += struct.pack("<IBBHQQ", at, 0x11, 0, 20, base + data + 8 * i, 8)
    if gnu:
        hashes = [gnu_hash(n) for n in names]
        filter_ = 0
        for h in hashes:
            filter_ |= 1 << h % 64 | 1 << (h >> 6) % 64
        body = struct.pack("<IIIIQI", 1, 1, 1, 6, filter_, 1)
        body += struct.pack("<II", hashes[0] & ~1, hashes[1] | 1)
    else:
        body = struct.pack("<IIIIII", 1, 3, 1, 0, 2, 0)
    entries = [(5, base + strtab), (6, base + symtab), (10, len(strings)),
               (0x6FFFFEF5 if gnu else 4, base + table), (0, 0)]  # fmt: skip
    parts = {
        0: elf_header(2, 2) + segment(1, 0, base, 0x300, 0x300) + segment(2, dynamic, base + dynamic, 80, 80),
        dynamic: b"".join(words(*e) for e in entries),
        symtab: symbols,
        strtab: strings,
        table: body,
        data: words(0, 0x030B07F0 if not text else 0) + b"\0" + text + b"\0",
    }
    result = bytearray(0x300)
    for at, part in parts.items():
        result[at : at + len(part)] = part
    return bytes(result)


IMAGES = {
    "gnu": image(True),
    "sysv": image(False),
    "text": image(True, b"3.9.18 (main, Mar  1 2024, 12:00:00) [GCC 12.2.0]"),
    "header": elf_header(3, 1),
}


def note(kind, description):
    return struct.pack("<III", 5, len(description), kind) + b"CORE\0\0\0\0" + description + bytes(
        -len(description) % 4
    )


def prstatus(tid, signal):
    description = bytearray(336)
    struct.pack_into("<i", description, 0, signal)
    struct.pack_into("<h", description, 12, signal)
    struct.pack_into("<i", description, 32, tid)
    description[112 : 112 + 216] = words(*range(0x7000, 0x7000 + 27))
    return note(1, bytes(description))


def core(notes, loads):
    """LOADS: (address, memory size, bytes)."""
    count = len(loads) + 1
    offset = 64 + 56 * count
    headers = elf_header(4, count) + segment(4, offset, 0, len(notes), 0)
    offset += len(notes)
    dumped = b""
    for address, size, content in loads:
        headers += segment(1, offset + len(dumped), address, len(content), size)
        dumped += content
    return headers + notes + dumped


def files_note():
    files = [(0x400000, 0x402000, 0), (0x402000, 0x403000, 2)]
    return note(
        0x46494C45,
        words(len(files), PAGE) + b"".join(words(*f) for f in files) + b"/usr/bin/prog\0" * len(files),
    )


def auxv_note():
    return note(6, words(3, 0x400040, 9, 0x401000, 31, 0x7000100, 6, PAGE, 0, 0))


def psinfo_note():
    description = bytearray(136)
    struct.pack_into("<i", description, 24, 100)
    description[40:44] = b"prog"
    description[56:66] = b"prog a b c"
    return note(3, bytes(description))


STACK = words(2, 0x7000100, 0x7000108, 0, 0, 3, 0x400040, 0, 0).ljust(0x100, b"\0") + b"/p/prog\0arg\0"
ALL_NOTES = (
    prstatus(100, 11)
    + psinfo_note()
    + note(0x53494749, struct.pack("<iiiiQ", 11, 0, 1, 0, 0x1234).ljust(128, b"\0"))
    + auxv_note()
    + files_note()
    + prstatus(101, 0)
)
LOADS = [(0x400000, 0x1000, b""), (0x402000, 0x1000, bytes(64)), (0x7000000, 0x1000, STACK)]

CORES = {
    "whole": core(ALL_NOTES, LOADS),
    "cut": core(ALL_NOTES, LOADS)[:-200],
    "no-notes": core(b"", LOADS),
    "overlap": core(ALL_NOTES, LOADS + [(0x402800, 0x1000, b"x" * 32), (2**64 - 4096, 4096, b"y")]),
    "empty": b"",
    "text": b"#!/bin/sh\n",
}


# --- stacks: a layout, then changes

LAYOUTS = 16
STACKS = {"layout-%02d" % i: bytes([i]) for i in range(LAYOUTS)}
STACKS.update(
    {
        "value": bytes([4, 10, 0, 0]) + words(0x550000000000),
        "object": bytes([7, 20, 0, 1, 3, 0, 21, 0, 1, 9, 0]),
        "near": bytes([12, 30, 0, 2, 8, 31, 0, 2, 0xF8]),
        "bytes": bytes([1, 5, 0, 4, 16]) + bytes(range(16)),
        "collecting": bytes([0x81, 5, 0, 3, 1]),
        "ones": bytes([14, 60, 0, 5, 61, 0, 5, 62, 0, 3, 0]),
    }
)

# --- compressed data: of zstd and lz4 the simplest frames, made by hand


def zstd_frame(*blocks):
    """Blocks are (kind, size, bytes): 0 raw, 1 one byte repeated."""
    frame = b"\x28\xb5\x2f\xfd\xa0" + struct.pack("<I", sum(size for _, size, _ in blocks))
    for number, (kind, size, content) in enumerate(blocks):
        frame += struct.pack("<I", (number == len(blocks) - 1) | kind << 1 | size << 3)[:3] + content
    return frame


def lz4_frame(content):
    return b"\x04\x22\x4d\x18\x60\x40\x82" + struct.pack("<I", len(content) | 1 << 31) + content + bytes(4)


TEXT = b"some text " * 40
SKIPPED = struct.pack("<II", 0x184D2A50, 4) + b"skip"
STREAMS = {
    "gzip": gzip.compress(TEXT, mtime=0) + bytes(8) + gzip.compress(b"", mtime=0),
    "lz4": lz4_frame(TEXT) + SKIPPED + lz4_frame(b"more"),
    "lzma": lzma.compress(TEXT, format=lzma.FORMAT_ALONE),
    "plain": TEXT,
    "xz": lzma.compress(TEXT) + bytes(4) + lzma.compress(b"more"),
    "zstd": SKIPPED + zstd_frame((0, 400, TEXT), (1, 100000, b"\0")) + zstd_frame((1, 300, b"x")),
}

# --- saved censuses


def census(rows, total=None, envelope="", **changes):
    result = {"objects": sum(one["objects"] for one in rows), "bytes": sum(one["bytes"] for one in rows), "sizeof": 7,
              "by": "type", "used_blocks": 4, "unexplained_blocks": 1, "types_total": total or len(rows), "types": rows}
    document = {"schema": 1, "command": "census",
                "target": {"kind": "process", "pid": 4711, "path": None, "executable": "/usr/bin/python3.11",
                           "signal": None},
                "python": {"version": "3.11.2", "debug_build": False, "free_threaded": False, "layout": "table"},
                "complete": True, "warnings": [], "result": result}
    return (envelope + json.dumps(dict(document, **changes))).encode()


def row(name, objects, size, address="0x7f1230000030"):
    return {"type": name, "type_address": address, "objects": objects, "bytes": size, "sizeof": size,
            "sizeof_exact": True}


SOME_ROWS = [row("str", 300, 40000), row("__main__.A", 2, 96), row("__main__.A", 1, 48, "0x1"),
             row("é\u2028\U0001f40d\"", 1, 1, None)]
CENSUSES = {
    "whole": census(SOME_ROWS),
    "top": census(SOME_ROWS[:1], total=4),
    "none": census([]),
    "holes": census(SOME_ROWS, complete=False, warnings=[{"code": "unreadable", "message": "?", "address": "0x10"}]),
    "huge": census([row("int", (1 << 64) - 1, (1 << 64) - 1)] * 2),
    "other-schema": census([], schema=2),
    "core": census(SOME_ROWS, target={"kind": "core", "pid": 1, "path": "core", "executable": None,
                                      "signal": {"number": 11, "name": "SIGSEGV", "address": None, "thread": 1}}),
    "blanks": census([], envelope=" \n\t\r"),
    "cut": census(SOME_ROWS)[:-30],
    "deep": b"[" * 100,
}

# --- heaps: a layout, how they are walked, then changes

HEAPS = {"layout-%02d" % i: bytes([i, i % 4]) for i in range(LAYOUTS)}
HEAPS.update(
    {
        "pools": bytes([9, 8 << 1, 0, 12, 3, 1]),
        "value": bytes([12, 1, 10, 6, 0]) + words(0x7F1230000030),
        "object": bytes([14, 0, 20, 7, 1, 9, 0, 40, 8, 1, 9, 0]),
        "near": bytes([15, 0, 30, 5, 2, 8, 31, 6, 2, 0xF8]),
        "bytes": bytes([1, 1, 5, 9, 4, 16]) + bytes(range(16)),
        "ones": bytes([13, 1, 60, 6, 5, 61, 7, 5, 62, 8, 5]),
    }
)
# Each question of some layouts: which one, and of which object.
HEAPS.update(
    {"asked-%02d" % i: bytes([i, 0xE0 | i % 2, i % 5, 20 + 3 * i, 0]) for i in range(LAYOUTS)}
)

# --- values: a layout, a quarter of the characters asked for, one value, then changes

VALUES = {"layout-%02d" % i: bytes([i, 255, i]) for i in range(LAYOUTS)}
VALUES.update(
    {
        "short": bytes([3, 1, 5]),
        "value": bytes([4, 255, 20, 200, 1, 0]) + words(0x550000000000),
        "object": bytes([7, 255, 21, 244, 1, 1, 30, 0, 88, 2, 1, 99, 0]),
        "near": bytes([12, 255, 22, 188, 2, 2, 8, 32, 3, 2, 0xF8]),
        "small": bytes([14, 60, 23, 44, 1, 3, 1, 144, 1, 3, 0]),
        "bytes": bytes([1, 255, 24, 88, 1, 4, 16]) + bytes(range(16)),
        "ones": bytes([11, 255, 25, 244, 1, 5, 88, 2, 5]),
    }
)


# --- files with sections and symbols


def elf_file():
    """One segment of notes with a build-id, a symbol table, and a section as CPython has it."""
    names = b"\0.symtab\0.strtab\0.shstrtab\0.PyRuntime\0.note.gnu.build-id\0"
    strings = b"\0_PyRuntime\0_PyRuntime.lto_priv.0\0"
    build_id = struct.pack("<III", 4, 20, 3) + b"GNU\0" + bytes(range(20))
    symbols = bytes(24) + struct.pack("<IBBHQQ", 1, 0x11, 0, 4, 0x2000, 64) + struct.pack(
        "<IBBHQQ", 12, 0x01, 0, 4, 0x2000, 64
    )
    parts, offset, places = [build_id, symbols, strings, names, bytes(64)], 64 + 56, []
    for part in parts:
        places.append(offset)
        offset += len(part)

    def section(name, kind, place, flags=0, address=0, link=0, entry=0):
        size = len(parts[places.index(place)])
        return struct.pack("<IIQQQQIIQQ", names.index(name), kind, flags, address, place, size, link, 1, 8, entry)

    table = bytes(64)
    table += section(b".note.gnu", 7, places[0], 2, 0x1000)
    table += section(b".symtab", 2, places[1], link=3, entry=24)
    table += section(b".strtab", 3, places[2])
    table += section(b".PyRuntime", 1, places[4], 3, 0x2000)
    table += section(b".shstrtab", 3, places[3])
    header = bytearray(elf_header(3, 1))
    struct.pack_into("<Q", header, 40, offset)
    struct.pack_into("<HH", header, 60, 6, 5)
    return bytes(header) + segment(4, places[0], 0x1000, len(build_id), len(build_id)) + b"".join(parts) + table


ELF_FILE = elf_file()
ELF_HEADERS = dict(IMAGES, file=ELF_FILE, cut=ELF_FILE[:-100], core=core(ALL_NOTES, LOADS))

CORE_NOTES = {
    "all": ALL_NOTES,
    "cut": ALL_NOTES[:-40],
    "thread": prstatus(7, 0),
    "files": files_note(),
    "auxv": auxv_note(),
    "empty-file-note": note(0x46494C45, words(0, PAGE)),
    "huge-count": note(0x46494C45, words(1 << 60, PAGE, 1, 2, 3)),
}

CORPUS = {
    "census": CENSUSES,
    "core": CORES,
    "core_notes": CORE_NOTES,
    "debug_offsets": {name: debug_offsets(slots) for name, slots in SLOTS.items()},
    "elf_header": ELF_HEADERS,
    "elf_image": IMAGES,
    "linetable": LINETABLES,
    "heap": HEAPS,
    "stack": STACKS,
    "unpack": STREAMS,
    "values": VALUES,
}


def main():
    here = pathlib.Path(__file__).resolve().parent
    directory = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here / "corpus"
    for target, seeds in CORPUS.items():
        (directory / target).mkdir(parents=True, exist_ok=True)
        for name, content in seeds.items():
            (directory / target / ("seed-" + name)).write_bytes(content)


main()
