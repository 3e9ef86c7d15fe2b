#!/usr/bin/env python3
"""For maintainers: makes symbols/tables/references.h out of running interpreters.

    mkreferences.py probe DIRECTORY NAME PYTHON [ARGUMENT...]
        asks one interpreter (some minutes), and its debug information how fields are called
    mkreferences.py table DIRECTORY > symbols/tables/references.h

The second takes all that the first left in DIRECTORY, joins it with what mkreferences_rules.py says by hand, and writes
to standard error what is left open: no table is to be committed with such a line.
"""
import glob
import json
import os
import subprocess
import sys

import mkreferences_rules as rules

HERE = os.path.dirname(os.path.abspath(__file__))
VISITED, OWNED = 1, 2


def probe(directory, name, argv):
    results = os.path.join(directory, name + ".json")
    with open(results, "wb") as out, open(os.path.join(HERE, "mkreferences_probe.py"), "rb") as program:
        subprocess.run(argv + ["-"], stdin=program, stdout=out, check=True)
    environment = dict(os.environ, MKREFERENCES_IN=results, MKREFERENCES_OUT=os.path.join(directory, name + ".names"))
    subprocess.run(["gdb", "-nx", "-batch", "-x", os.path.join(HERE, "mkreferences_names.py")], env=environment,
                   check=True, stdout=subprocess.DEVNULL)


# One type of one interpreter

def found(trials):
    """(words of which one trial says so, words of which no trial that survived says anything)"""
    if not trials:
        return set(), set()
    yes, open_words = set(), set()
    for offset, seen in trials["each"].items():
        number = int(offset) // 8
        survived = [one for one in (seen, trials["more"].get(offset)) if one is not None]
        if any(number in one for one in survived):
            yes.add(number * 8)
        elif not survived:
            open_words.add(number * 8)
    for way in ("all", "base"):
        yes |= {number * 8 for number in trials[way] or () if number >= 0}
    return yes, open_words - yes


class Kind:
    """What is known of one type of one interpreter: `fields` {offset: [flags, name]} and more."""

    def __init__(self, raw, named, version, type_size):
        self.type_size = type_size               # of PyHeapTypeObject
        self.raw, self.minor, self.micro, self.name = raw, version >> 16 & 0xff, version >> 8 & 0xff, raw["name"]
        self.key = (raw["name"], raw["basicsize"], raw["itemsize"])
        self.struct = {offset: (name, is_object) for offset, name, is_object in (named or {"fields": ()})["fields"]
                       if offset >= 16}
        self.visits_type = any(-1 in (raw["visited"].get(way) or ()) for way in ("none", "base", "all")) or any(
            -1 in (one or ()) for one in raw["visited"].get("each", {}).values())
        self.items, self.incomplete, self.open = None, self.name in rules.INCOMPLETE, []
        self.fields = {}
        self._join()
        if raw["base"] == "tuple":               # a sequence with names
            self.fields, self.open, self.items = {}, [], (24, 8, 16, 8)
        self._take_rules()

    def _join(self):
        raw = self.raw
        visited, open_visited = found(raw["visited"])
        owned, open_owned = found(raw["owned"])
        objects = {offset for offset, (_, is_object) in self.struct.items() if is_object}
        for offset in sorted(visited | owned | objects):
            if 0 <= offset < raw["basicsize"] and offset != raw["weaklistoffset"]:
                self.fields[offset] = [VISITED * (offset in visited) | OWNED * (offset in owned), self._name(offset)]
        for offset in (open_visited | open_owned):
            if offset != raw["weaklistoffset"] and (offset in self.fields or not self.struct):
                self.open.append(offset)
        last = raw["basicsize"] // 8
        if raw["itemsize"] == 8 and {last, last + 1} <= set(raw["visited"].get("items") or ()):
            self.items = (raw["basicsize"], 8, 16, 8)

    def _name(self, offset):
        raw = self.raw
        for name, where in sorted(raw["members"].items()):
            if where == offset:
                return "." + name
        if offset == raw["dictoffset"]:
            return ".__dict__"
        for name in raw["names"].get(str(offset), ()):
            return "." + name
        if offset in self.struct:
            return "<%s>" % rules.short(self.struct[offset][0])
        return None

    def _take_rules(self):
        for first, last, names, change in rules.RULES:
            if first <= self.minor <= last and self.name in names:
                change(self)
        for offset in list(self.fields):
            if self.fields[offset] is None:
                del self.fields[offset]

    # What rules say

    def settle(self, offset, flags, name=None):
        old = self.fields.get(offset)
        self.fields[offset] = [flags, name or old and old[1] or self._name(offset)]
        self.open = [one for one in self.open if one != offset]

    def settle_named(self, flags, *names):
        """Fields by the names that the structure has them by."""
        for offset, (name, _) in self.struct.items():
            if rules.short(name) in names:
                self.settle(offset, flags)

    def drop(self, first, last=1 << 16):
        self.fields = {offset: field for offset, field in self.fields.items() if not first <= offset < last}
        self.open = [offset for offset in self.open if not first <= offset < last]

    def content(self):
        fields = sorted(self.fields.items())
        return (tuple((offset, flags, name or "<+%d>" % offset) for offset, (flags, name) in fields),
                self.visits_type, self.items, self.incomplete)


def read(directory):
    """Kinds by key and minor version."""
    kinds = {}
    for path in sorted(glob.glob(os.path.join(directory, "*.json"))):
        with open(path) as file:
            document = json.load(file)
        named = {}
        if os.path.exists(path[:-5] + ".names"):
            with open(path[:-5] + ".names") as file:
                named = json.load(file)
        minor = document["version"] >> 16 & 0xff
        type_size = next(raw["basicsize"] for raw in document["types"] if raw["name"] == "type")
        for raw in document["types"]:
            key = "%s %d %d" % (raw["name"], raw["basicsize"], raw["itemsize"])
            one = Kind(raw, named.get(key), document["version"], type_size)
            kinds.setdefault(one.key, {}).setdefault(minor, []).append((os.path.basename(path), one))
    return kinds


def carry_structures(kinds):
    """A build without debug information has what the structure of that size of its minor version, or else of the
    nearest one, has: which words are no references, and which are borrowed ones."""
    for versions in kinds.values():
        with_structure = [(minor, one) for minor, several in versions.items() for _, one in several if one.struct]
        for minor, several in versions.items():
            for _, one in several:
                near = sorted(with_structure, key=lambda two: abs(two[0] - minor))
                if one.struct or not near:
                    continue
                other = near[0][1]
                theirs, ours = ({at for at, field in each.fields.items() if field[0]} for each in (other, one))
                if theirs >= ours:
                    one.open = [at for at in one.open if at in other.fields and at not in one.fields]
                    for at, field in other.fields.items():
                        if at not in one.fields and (not field[0] or at in one.open):
                            one.settle(at, *field)


def carry_names(kinds):
    """Builds without debug information have their names from the nearest version where the type is alike, or from its
    base."""
    by_name = {}
    for versions in kinds.values():
        for several in versions.values():
            for _, one in several:
                by_name.setdefault(one.name, []).append(one)
    for name in sorted(by_name):
        for one in by_name[name]:
            near = sorted((other for other in by_name[name] if other.struct),
                          key=lambda other: abs(other.minor - one.minor))
            below = [other for other in by_name.get(one.raw["base"], ()) if other.minor == one.minor]
            for offset, field in sorted(one.fields.items()):
                if not field[1]:
                    field[1] = carried_name(near, one, offset) or next(
                        (other.fields[offset][1] or carried_name([low for low in by_name[other.name] if low.struct],
                                                                 other, offset)
                         for other in below if offset in other.fields), None)
            for first, last, names in () if one.struct else rules.HAND_NAMES.get(name, ()):
                for offset in names.keys() & one.fields.keys() if first <= one.minor <= last else ():
                    one.fields[offset][1] = names[offset]
            seen = set()
            for offset, field in sorted(one.fields.items()):
                if field[1] in seen:
                    field[1] = None                             # not two of one name
                seen.add(field[1])


def carried_name(others, one, offset):
    shape = [(at, field[0]) for at, field in sorted(one.fields.items()) if field[0]]
    for other in others:
        theirs = [(at, field[0]) for at, field in sorted(other.fields.items()) if field[0]]
        upto = [two for two in shape if two[0] <= offset]
        if offset in other.fields and upto == theirs[:len(upto)]:
            return other.fields[offset][1]                      # all alike as far as it
        behind = [flags for at, flags in shape if at >= offset]
        if [flags for _, flags in theirs] == [flags for _, flags in shape]:
            return other.fields[theirs[len(upto) - 1][0]][1]    # the same references in the same order, moved
        tail = theirs[-len(behind):]
        if len(tail) == len(behind) and len(theirs) != len(shape) and [flags for _, flags in tail] == behind and (
                offset - shape[-1][0] == tail[0][0] - tail[-1][0]):
            return other.fields[tail[0][0]][1]                  # the same from here to the end
    return None


def flags_of(content):
    return {offset: flags for offset, flags, _ in content[0] if flags}


def agrees(content, other, thorough):
    """Whether another build of the version says the same. What it owns it may not have told, unless THOROUGH."""
    ours, theirs = flags_of(content), flags_of(other)
    if not thorough:
        ours, theirs = ({at: flags & VISITED for at, flags in one.items() if flags & VISITED} for one in (ours, theirs))
    return ours == theirs and content[1:] == other[1:]


def complain(*words):
    print(*words, file=sys.stderr)


def rows_of(kinds):
    """(name, basicsize, itemsize, first, last, content); versions as minor << 8 | micro"""
    rows = []
    for key, versions in sorted(kinds.items()):
        runs = []
        for minor, several in sorted(versions.items()):
            for micro, content in by_micro(minor, several, key):
                if runs and runs[-1][2] == content and runs[-1][1] >= (minor << 8) - 1:
                    runs[-1][1] = minor << 8 | 0xff
                    continue
                if runs and runs[-1][1] >= minor << 8:
                    runs[-1][1] = (minor << 8 | micro) - 1
                first = minor << 8 | micro if runs and runs[-1][1] >= minor << 8 else minor << 8
                runs.append([first, minor << 8 | 0xff, content])
        rows += [key + tuple(run) for run in runs]
    return rows


def by_micro(minor, several, key):
    """(micro, content) of the builds that are different."""
    found = []
    for micro in sorted({one.micro for _, one in several}):
        builds = [(source, one) for source, one in several if one.micro == micro]
        best = max(builds, key=lambda two: bool(two[1].struct))[1]
        for source, one in builds:
            if not agrees(best.content(), one.content(), one.struct):
                complain("conflict:", minor, source, key, best.content(), one.content())
        if best.open and not any(one.struct for _, one in several):
            complain("open:", minor, builds[0][0], key, best.open)
        if found and agrees(found[-1][1], best.content(), False):
            if best.struct and len(best.content()[0]) >= len(found[-1][1][0]):
                found[-1][1] = best.content()
        else:
            found.append([micro, best.content()])
    return found


def write(rows, out):
    arrays = {}
    for row in rows:
        if row[5][0]:
            arrays.setdefault(row[5][0], len(arrays))
    out.write(rules.HEAD)
    letters = {0: "0", 1: "V", 2: "O", 3: "VO"}
    for fields, number in arrays.items():
        out.write("static const struct cpt_reference_field fields_%d[] = {\n" % number)
        wrap(out, ['{%d, %s, "%s"}' % (offset, letters[flags], name) for offset, flags, name in fields])
        out.write("};\n")
    out.write("\nstatic const struct cpt_reference_row rows[] = {\n")
    for name, basicsize, itemsize, first, last, (fields, visits_type, items, incomplete) in rows:
        out.write('    {0x%03x, 0x%03x, {"%s", %d, %d, %s, %d, %s, %s, %s}},\n' % (
            first, last, name, basicsize, itemsize, "fields_%d" % arrays[fields] if fields else "NULL", len(fields),
            str(visits_type).lower(), str(bool(items)).lower(), str(incomplete).lower()))
    out.write("};\n")


def wrap(out, pieces):
    line = "   "
    for piece in pieces:
        if len(line) + len(piece) + 2 > 118:
            out.write(line + "\n")
            line = "   "
        line += " " + piece + ","
    out.write(line + "\n")


def main():
    if len(sys.argv) >= 5 and sys.argv[1] == "probe":
        probe(sys.argv[2], sys.argv[3], sys.argv[4:])
    elif len(sys.argv) == 3 and sys.argv[1] == "table":
        kinds = read(sys.argv[2])
        carry_structures(kinds)
        carry_names(kinds)
        write(rows_of(kinds), sys.stdout)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
