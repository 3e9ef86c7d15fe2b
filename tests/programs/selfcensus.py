"""What a process counts of its own heap, taken at one moment, without what counting itself makes.

`stop(path)` makes a copy of the process with libc's fork(), which runs no hook and changes no object; the copy counts
at leisure, writes PATH and PATH.objects and says "ready", while the process itself waits and allocates nothing. All
that the interpreter would make lazily (cached characters, frame objects …) is made before.

PATH.objects: three 64-bit numbers for each object that was reached, static ones among them: address, address of its
type, sys.getsizeof(). Reached is what gc.get_objects() lists, what gc.get_referents() leads to from there, types, and
what objects without a collector's header hold as far as Python can tell (code objects, descriptors, patterns …).

Runs on every CPython from 3.7.
"""
import gc
import os
import re
import struct
import sys
import traceback
import types

import parked
try:
    import ctypes
    import select
except ImportError:         # a sub-interpreter that takes no modules of old ways: write() alone works there
    ctypes = None

is_main = True                      # of this interpreter
holders = []                        # a program's own: pairs of a class and what _holder() returns for it
HEAPTYPE, READY = 1 << 9, 1 << 12

if ctypes:
    _libc = ctypes.PyDLL(None)          # keeps the GIL
    _fork, _getppid, _getchar = _libc.fork, _libc.getppid, _libc.getchar
    _poller = select.poll()
    _poller.register(0, select.POLLIN)
    _poller.poll(0)
_of_type = {name: type.__dict__["__%s__" % name].__get__ for name in (
    "name", "qualname", "module", "dict", "bases", "mro", "flags", "basicsize", "itemsize", "dictoffset", "weakrefoffset")}
_code_parts = [getattr(types.CodeType, name).__get__ for name in (
    "co_consts co_names co_filename co_name co_qualname co_exceptiontable co_linetable".split() +
    ("co_code co_varnames co_freevars co_cellvars".split() if sys.version_info < (3, 11) else []) +
    (["co_lnotab"] if sys.version_info < (3, 10) else [])) if hasattr(types.CodeType, name)]
_named = (types.MethodDescriptorType, types.WrapperDescriptorType, types.GetSetDescriptorType,
          types.MemberDescriptorType, types.ClassMethodDescriptorType)
_pattern = type(re.compile(""))
_datetime = sys.modules.get("datetime")


def _cached():
    """What the interpreter keeps one of each, made when first wanted."""
    return ([chr(number) for number in range(256)] + [bytes([number]) for number in range(256)] +
            list(range(-5, 257)) + ["", b"", ()])


def _frames(but=()):
    """Of all threads. Only the main interpreter may ask for those, since the answer makes objects for all interpreters."""
    found = []
    for frame in sys._current_frames().values() if is_main else [sys._getframe()]:
        while frame is not None:
            if frame.f_code not in but:
                found.append(frame)
            frame = frame.f_back
    return found


def _of_code(one):
    parts = [part(one) for part in _code_parts]
    if sys.version_info >= (3, 11):     # the tuples are made by asking; what is in them is not
        parts += one.co_varnames + one.co_cellvars + one.co_freevars
    return parts


def _of_class(one):
    if not _of_type["flags"](one) & READY:      # some static types never are, and have no bases
        return []
    parts = [_of_type["bases"](one), _of_type["mro"](one)] + gc.get_referents(_of_type["dict"](one))
    if _of_type["flags"](one) & HEAPTYPE:
        parts += [_of_type["name"](one), _of_type["qualname"](one)]
    return parts


def _of_named(one):
    return [one.__name__]


def _of_slice(one):
    return [one.start, one.stop, one.step]


def _of_pattern(one):
    return [one.pattern] + gc.get_referents(one.groupindex)


def _of_datetime(one):
    return [_datetime.datetime.tzinfo.__get__(one)]


def _of_time(one):
    return [_datetime.time.tzinfo.__get__(one)]


def _holder(kind):
    """The function that tells what an object of KIND holds beyond what the collector is told, or None. They make nothing
    that stays."""
    for base, function in holders:
        if issubclass(kind, base):
            return function
    if kind is types.CodeType:
        return _of_code
    if issubclass(kind, type):
        return _of_class
    if issubclass(kind, dict):          # whose keys are not shown to the collector when all are of str
        return dict.keys
    if kind in _named:
        return _of_named
    if kind is slice or kind is range:
        return _of_slice
    if kind is _pattern:
        return _of_pattern
    if _datetime and issubclass(kind, _datetime.datetime):
        return _of_datetime
    if _datetime and issubclass(kind, _datetime.time):
        return _of_time
    return None


def _warm_up():
    """3.8 to 3.10 give code a cache when it has run 1,024 times, and sys.getsizeof() counts it."""
    pattern, moment = re.compile("a"), _datetime and _datetime.datetime(2000, 1, 1)
    for _ in range(1100):
        _of_code(_of_code.__code__)
        _of_class(int)
        _of_named(str.join)
        _of_slice(slice(1))
        _of_pattern(pattern)
        _holder(str)
        if moment:
            _of_datetime(moment)
            _of_time(moment.time())


def _reach(found):
    """Completes the list FOUND."""
    seen = set(map(id, found))
    holders = {}
    position = 0
    while position < len(found):
        batch = found[position:position + 1000]
        position += len(batch)
        reached = gc.get_referents(*batch)
        for kind in set(map(type, batch)) - holders.keys():
            holders[kind] = _holder(kind)
            reached.append(kind)
        for one in batch:
            holder = holders[type(one)]
            if holder:
                reached += holder(one)
        reached = {id(one): one for one in reached}
        for address in reached.keys() - seen:
            found.append(reached[address])
        seen.update(reached)


def of_frame(one):
    """For `holders`: 3.11 and later show the collector nothing of frames that run."""
    return list(one.f_locals.values())


def _sizes(found, known):
    """The numbers for PATH.objects, and objects whose __sizeof__ fails. KNOWN: sizes by address."""
    numbers, failed = [], []
    # Some classes answer in Python (pandas'), which may have lists grow: they come last.
    kinds = {kind: isinstance(getattr(kind, "__sizeof__", None), types.FunctionType) for kind in set(map(type, found))}
    late = [one for one in found if kinds[type(one)]]
    for one in [one for one in found if not kinds[type(one)]] + late:
        size = known.get(id(one))
        if size is None:
            try:
                size = sys.getsizeof(one)
            except Exception as error:
                failed.append([id(one), str(error)])
                size = 0
        numbers.extend((id(one), id(type(one)), size))
    return numbers, failed


def _describe(kind):
    module, qualname = _of_type["module"](kind), _of_type["qualname"](kind)
    name = qualname if module == "builtins" or not isinstance(module, str) else "%s.%s" % (module, qualname)
    entry = {"name": name}
    for key in ("flags", "basicsize", "itemsize", "dictoffset", "weakrefoffset"):
        entry[key] = _of_type[key](kind)
    return entry


def write(path, roots=(), more=None, blocks=None):
    """Counts, in the copy or in an interpreter of it. Objects made since the fork are reachable from the frames of this
    file alone, which are left out."""
    found = gc.get_objects()
    # These count what nobody else refers to, and soon a list of ours will.
    known = {id(one): sys.getsizeof(one) for one in found if type(one).__name__ == "BytesIO"}
    mine = {write.__code__, _count.__code__, _frames.__code__}
    found = list({id(one): one for one in found + _frames(mine) + _cached() + list(roots)}.values())
    _reach(found)
    numbers, failed = _sizes(found, known)
    with open(path + ".objects", "wb") as out:
        for position in range(0, len(numbers), 3000):
            some = numbers[position:position + 3000]
            out.write(struct.pack("<%dQ" % len(some), *some))
    document = {"version": sys.version_info[:3], "recorder": 0, "allocatedblocks": blocks, "threads": [], "failed": failed,
                "types": {"%#x" % id(kind): _describe(kind) for kind in set(map(type, found))}}
    document.update(more or {})
    parked.write_json(path, document)


def _count(path, roots, more, others, statistics):
    errors = os.dup(2)
    try:
        os.dup2(statistics, 2)
        sys._debugmallocstats()
        os.dup2(errors, 2)
        blocks = sys.getallocatedblocks()
        if more["frozen"]:
            gc.unfreeze()
        for one in others:
            one()
        write(path, roots, more, blocks)
        os.write(1, b"ready\n")
    except BaseException:
        os.write(errors, traceback.format_exc().encode())
        os.write(1, b"failed\n")
    os._exit(0)


def prepare():
    """Makes what would be made later, and has the heap settle."""
    _warm_up()
    for _ in range(3):
        _cached()
        _frames()
        gc.collect()
    if ctypes:
        _getppid()
        _poller.poll(0)


def stop(path, roots=(), hold=False, more=None, others=(), then=None):
    """Counts, says "ready", and answers bytes from standard input from then on, or, with HOLD, returns at the first of
    them; until then it holds the GIL. OTHERS are called in the copy, for counts of their own, and THEN in the process
    itself. No other thread may wait for the GIL: the copy has none that would take it."""
    more = dict(more or {}, pid=os.getpid(), frozen=gc.get_freeze_count())
    statistics = os.open(path + ".mallocstats", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    collecting = gc.isenabled()
    gc.disable()
    prepare()
    if not _fork():
        _count(path, roots, more, others, statistics)
    if then:
        then()
    if hold:
        _getchar()
        os.close(statistics)
        if collecting:
            gc.enable()
        os.write(1, b"pong\n")
        return
    while True:
        _poller.poll()
        if not os.read(0, 1):
            os._exit(0)
        os.write(1, b"pong\n")
