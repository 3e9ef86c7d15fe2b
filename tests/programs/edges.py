"""What gc.get_referents() says of every object that can be reached, up to MOST of each type: with instances of all kinds.

Usage: edges.py ORACLE [numpy]

Beside ORACLE it writes edges.txt: a line "OBJECT TYPE-NUMBER REFERENT…" for each, in hexadecimal.
"""
import gc
import os
import sys
import warnings

import kinds
import kinds_library
import parked
import sizes

MOST = 400


def chosen(found):
    """The first and the last ones of each type: the last ones were made here. Not the frames that run on."""
    of_type, running, frame = {}, set(), sys._getframe()
    while frame:
        running.add(id(frame))
        frame = frame.f_back
    for one in found:
        if id(one) not in running:
            of_type.setdefault(type(one), []).append(one)
    return [one for several in of_type.values()
            for one in (several if len(several) <= MOST else several[:MOST // 4] + several[-3 * MOST // 4:])]


def record(path, made):
    """Nothing that is written down is made or changed afterwards."""
    kept = chosen(sizes.walk([made]))
    numbers, names = {}, []
    for one in kept:
        sizes.name_of(type(one))                # this makes some types ready: their base has one more subclass then
    with open(os.path.join(os.path.dirname(path), "edges.txt"), "w") as out:
        for one in kept:
            kind = type(one)
            if kind not in numbers:
                numbers[kind] = len(names)
                names.append(sizes.name_of(kind))
            referents = ["%x" % id(other) for other in gc.get_referents(one)]
            out.write("%x %x %s\n" % (id(one), numbers[kind], " ".join(referents)))
    parked.write_json(path, {"version": sys.version_info[:3], "pid": os.getpid(), "recorder": 0, "kinds": names})
    return kept


def main():
    warnings.simplefilter("ignore")
    sizes.import_all()
    made = kinds.all_kinds(), kinds_library.all_kinds("numpy" in sys.argv[2:])
    parked.write_json(sys.argv[1], {})          # what that makes is there before
    for _ in range(3):
        gc.collect()
    gc.disable()
    kept = record(sys.argv[1], made)
    os.write(1, b"ready\n")
    parked.serve()
    del kept


main()
