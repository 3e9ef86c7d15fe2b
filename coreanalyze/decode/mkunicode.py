#!/usr/bin/env python3
"""Makes unicode_table.h, which characters each CPython prints as they are.

usage: mkunicode.py COMMAND… > unicode_table.h

Each COMMAND starts one interpreter ("python3.9", "chroot /srv/sid python3.15"), one for each minor version that is
supported. For maintainers: the header is kept in the repository, and made anew when a version joins.
"""
import ast
import shlex
import subprocess
import sys
import textwrap

PROBE = """
import sys, unicodedata
flags = [chr(c).isprintable() for c in range(0x110000)] + [False]
starts = [c for c in range(0x110000) if flags[c] and not (c and flags[c - 1])]
ends = [c for c in range(0x110000) if flags[c] and not flags[c + 1]]
print((sys.version_info[1], unicodedata.unidata_version, list(zip(starts, ends))))
"""

HEAD = """/* Which code points str.isprintable() is true of. Made by mkunicode.py; not to be changed by hand.
 *
 * Ranges in order, and the minor version of Python 3 from which on they are printable (0: from the oldest on). The
 * Unicode version of each:
%s
 */
"""


def probe(command):
    return ast.literal_eval(subprocess.run(shlex.split(command) + ["-c", PROBE], stdout=subprocess.PIPE, check=True,
                                           encoding="ascii").stdout)


def first_versions(answers):
    """The minor version from which on each code point is printable, or None."""
    since = [None] * 0x110000
    for minor, _, ranges in reversed(answers):
        now = [False] * 0x110000
        for start, end in ranges:
            now[start:end + 1] = [True] * (end + 1 - start)
        for c, printable in enumerate(now):
            if printable:
                since[c] = minor
    lost = [(a, b) for (a, _, x), (b, _, y) in zip(answers, answers[1:]) if _lost(x, y)]
    if lost:
        sys.exit("code points stopped being printable between %r: the table cannot say so" % lost)
    return since


def _lost(before, after):
    covered = set()
    for start, end in after:
        covered.update(range(start, end + 1))
    return any(c not in covered for start, end in before for c in range(start, end + 1))


def ranges_of(since):
    start = 0
    for c in range(1, len(since) + 1):
        if c == len(since) or since[c] != since[start]:
            if since[start] is not None:
                yield start, c - 1, since[start]
            start = c


def main(commands):
    answers = sorted(probe(command) for command in commands)
    oldest = answers[0][0]
    versions = ", ".join("3.%d: %s" % answer[:2] for answer in answers) + "."
    print(HEAD % textwrap.fill(versions, 117, initial_indent=" * ", subsequent_indent=" * "), end="")
    line = ""
    for start, end, minor in ranges_of(first_versions(answers)):
        entry = "{0x%x, 0x%x, %d}, " % (start, end, 0 if minor == oldest else minor)
        if len(line) + len(entry) > 121:
            print(line.rstrip())
            line = ""
        line += entry
    print(line.rstrip())


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1:])
