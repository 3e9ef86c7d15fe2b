"""What the fields of CPython's structures are called, out of the debug information of the functions that are in the
types' slots: run by mkreferences.py inside gdb. Input and output: $MKREFERENCES_IN, $MKREFERENCES_OUT."""
import json
import os
import struct

import gdb

# Where no function in the slots has a pointer to it, or its size says nothing.
BY_HAND = {"generator": "PyGenObject", "coroutine": "PyCoroObject", "async_generator": "PyAsyncGenObject",
           "builtin_method": "PyCMethodObject", "frame": "struct _frame", "str": "PyUnicodeObject",
           "_tkinter.tkapp": "TkappObject", "moduledef": "PyModuleDef", "bool": "struct _longobject"}
POINTER = (gdb.TYPE_CODE_PTR,)


def segments(path):
    """(file offset, size, address) of what is loaded."""
    with open(path, "rb") as file:
        head = file.read(64)
        offset, size, count = struct.unpack_from("<Q", head, 32)[0], *struct.unpack_from("<HH", head, 54)
        found = []
        for number in range(count):
            file.seek(offset + number * size)
            kind, _, start, address, _, length = struct.unpack_from("<IIQQQQ", file.read(size))
            if kind == 1:
                found.append((start, length, address))
    return found


def address_of(loaded, offset):
    for start, length, address in loaded:
        if start <= offset < start + length:
            return offset - start + address
    return None


def structures(address):
    """The structures that the function's parameters and variables point to."""
    try:
        block = gdb.block_for_pc(address)
    except RuntimeError:
        return []
    if not block:
        return []
    while block.function is None and block.superblock:
        block = block.superblock
    found, end = [], block.end
    for symbol in block:
        add(found, symbol)
    inner, at = set(), address
    for _ in range(400):                       # variables of blocks within it
        one = gdb.block_for_pc(at)
        if one and one.start not in inner:
            inner.add(one.start)
            while one and one.start >= block.start and one.end <= block.end and one.function is None:
                for symbol in one:
                    add(found, symbol)
                one = one.superblock
        at += 16
        if at >= end:
            break
    return found


def add(found, symbol):
    if not (symbol.is_argument or symbol.is_variable):
        return
    kind = symbol.type.strip_typedefs()
    if kind.code in POINTER:
        target = kind.target().strip_typedefs()
        if target.code == gdb.TYPE_CODE_STRUCT:
            found.append((kind.target().unqualified().name or target.tag, target))


def flat(kind, base=0, prefix=""):
    """(offset, name, points to an object) of each member, those of structures within it too."""
    found = []
    for field in kind.fields():
        if not hasattr(field, "bitpos") or field.bitsize:
            continue
        offset, inner = base + field.bitpos // 8, field.type.strip_typedefs()
        name = prefix + (field.name or "")
        if inner.code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
            found += flat(inner, offset, name + "." if field.name else prefix)
        else:
            found.append((offset, name, is_object(inner)))
    return found


def is_object(kind):
    """Whether it is a pointer to a structure that begins as every object does."""
    for level in range(6):
        if kind.code in POINTER and not level:
            kind = kind.target().strip_typedefs()
        elif kind.code == gdb.TYPE_CODE_STRUCT and kind.fields():
            if kind.tag == "_object":
                return True
            kind = kind.fields()[0].type.strip_typedefs()
        else:
            return False
    return False


def structure_of(kind, by_function):
    """The structure that is an instance of KIND: of its size, beginning with an object's head, met most often."""
    votes = {}
    if kind["name"] in BY_HAND:
        try:
            target = gdb.lookup_type(BY_HAND[kind["name"]]).strip_typedefs()
            return {"struct": BY_HAND[kind["name"]], "fields": flat(target)}
        except gdb.error:
            return None
    for name, target in by_function:
        extra = target.sizeof - kind["basicsize"]
        if extra == 0 or kind["itemsize"] and 0 < extra <= max(kind["itemsize"], 8):
            members = flat(target)
            if len(members) > 2 and any(one[1].endswith("ob_type") for one in members[:8]):
                votes.setdefault(name, [0, members])[0] += 1
    if not votes:
        return None
    name = max(sorted(votes), key=lambda one: votes[one][0])
    return {"struct": name, "fields": votes[name][1]}


def main():
    with open(os.environ["MKREFERENCES_IN"]) as file:
        kinds = json.load(file)["types"]
    paths = {}
    for kind in kinds:
        for where in kind["functions"].values():
            if where:
                paths.setdefault(where[0], set()).add(where[1])
    known = {}
    for path, offsets in sorted(paths.items()):
        gdb.execute("file " + path, to_string=True)
        loaded, local = segments(path), {}
        for offset in offsets:
            address = address_of(loaded, offset)
            local[offset] = structures(address) if address else []
        for kind in kinds:
            functions = [one[1] for one in kind["functions"].values() if one and one[0] == path]
            found = structure_of(kind, [one for offset in functions for one in local[offset]])
            if found:
                known.setdefault("%s %d %d" % (kind["name"], kind["basicsize"], kind["itemsize"]), found)
    with open(os.environ["MKREFERENCES_OUT"], "w") as file:
        json.dump(known, file, indent=1, sort_keys=True)


main()
