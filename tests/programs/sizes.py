"""Every object that can be reached, with what sys.getsizeof() says of it: after many modules were imported, and with
instances of all kinds of types, their subclasses among them.

Usage: sizes.py ORACLE [numpy]
"""
import gc
import importlib
import os
import sys
import types
import warnings

import kinds
import kinds_library
import parked

MODULES = """
_bisect _blake2 _codecs_jp _csv _elementtree _heapq _hashlib _json _lsprof _lzma _md5 _opcode _posixshmem _sqlite3
_ssl _statistics _tracemalloc _zoneinfo argparse ast base64 bz2 calendar cmath code codecs compileall
concurrent.futures configparser contextlib copy csv ctypes.util curses difflib dis doctest email.message
encodings.idna fcntl fileinput filecmp ftplib getopt gettext glob grp gzip hashlib hmac html.parser http.client
http.cookies http.server imaplib inspect ipaddress keyword linecache locale logging.handlers lzma mailbox math
mimetypes multiprocessing.pool netrc numbers optparse pathlib pdb pickletools platform plistlib poplib pprint profile
pstats pwd pyclbr pydoc readline resource runpy sched secrets select selectors shelve shlex shutil signal smtplib
socket socketserver sqlite3 ssl stat statistics stringprep subprocess symtable tarfile textwrap timeit tokenize
tomllib trace tracemalloc traceback unicodedata unittest.mock urllib.request venv wave xml.dom.minidom xml.sax
xmlrpc.client zipfile zoneinfo zlib string.templatelib concurrent.interpreters compression.zstd annotationlib parser
""".split()


def import_all():
    for name in MODULES:
        try:
            importlib.import_module(name)
        except ImportError:
            pass


# What is compared

def has_own(kind):
    return "__sizeof__" in type.__dict__["__dict__"].__get__(kind)


def name_of(kind):
    return kind.__module__ + "." + kind.__qualname__ if isinstance(kind.__module__, str) else kind.__qualname__


def definer(kind):
    """The type whose __sizeof__ instances have; None where that is code of the program's own, or was put into a class
    by it."""
    for one in type.__dict__["__mro__"].__get__(kind):
        if has_own(one):
            method = type.__dict__["__dict__"].__get__(one)["__sizeof__"]
            known = isinstance(method, types.MethodDescriptorType) and method.__objclass__ is one
            return name_of(one) if known else None
    return None


def size_of(one):
    try:
        return sys.getsizeof(one)
    except (TypeError, RuntimeError):       # "not initialized"
        return None


def walk(known):
    """All that the collector knows, and all that this leads to, but for what `known` names."""
    seen = {id(one) for one in known}
    found, todo = [], []
    seen.update([id(seen), id(found), id(todo), id(known)])
    todo.extend(gc.get_objects())
    seen.update([id(sys._getframe())])
    while todo:
        batch, todo = todo, []
        seen.update([id(batch), id(todo)])
        for one in batch:
            if id(one) not in seen:
                seen.add(id(one))
                found.append(one)
                todo.extend(gc.get_referents(one))
    return found


def record(path, made):
    """The sizes are taken at once, and nothing is made or changed afterwards that was counted."""
    found = walk([made])
    for one in found:           # code that ran often gets larger (co_opcache)
        size_of(one)
        definer(type(one))
    types_of, numbers_of, entries = [], {}, []
    sizes = [size_of(one) for one in found]
    for one, size in zip(found, sizes):
        kind = type(one)
        if id(kind) not in numbers_of:
            numbers_of[id(kind)] = len(types_of)
            types_of.append([name_of(kind), definer(kind)])
        entries.append([id(one), size, numbers_of[id(kind)]])
    document = {"version": sys.version_info[:3], "pid": os.getpid(), "recorder": 0, "kinds": types_of,
                "entries": entries,
                "own": sorted({name_of(one) for one in found if issubclass(type(one), type) and has_own(one)})}
    parked.write_json(path, document)
    return found


def main():
    warnings.simplefilter("ignore")
    import_all()
    made = kinds.all_kinds(), kinds_library.all_kinds("numpy" in sys.argv[2:])
    for _ in range(3):
        gc.collect()
    gc.disable()
    kept = record(sys.argv[1], made)
    os.write(1, b"ready\n")
    parked.serve()
    del kept


if __name__ == "__main__":
    main()
