"""A process in which the interpreter is mapped twice; only one of them lives.

    second_mapping.py ORACLE ctypes|file|dlopen [LIBPYTHON]

`ctypes`: libffi's own way. `file`: the file that holds the interpreter, mapped again, readable and writable and
touched, so that even a core holds it. `dlopen`: a copy of libpython, loaded and never initialised.
"""
import mmap
import os
import sys

from parked import Threads, announce, block, serve

oracle, mode = sys.argv[1:3]
library = sys.argv[3] if len(sys.argv) > 3 else os.path.realpath(sys.executable)
threads = Threads()
kept = []

if mode == "ctypes":
    import ctypes
    callback_type = ctypes.CFUNCTYPE(None)
    kept.append(callback_type(block))
    kept.append(ctypes.pythonapi)
elif mode == "file":
    with open(library, "rb") as source:
        size = os.fstat(source.fileno()).st_size
        for count in range(2):
            again = mmap.mmap(source.fileno(), size, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ | mmap.PROT_WRITE)
            for offset in range(0, size, 4096):
                again[offset] = again[offset]
            kept.append(again)
        # And as no file at all, at an odd place: bytes that merely look like it.
        source.seek(0)
        loose = mmap.mmap(-1, size + 4096)
        loose[8:8 + size] = source.read(size)
        kept.append(loose)
else:
    import ctypes
    kept.append(ctypes.CDLL(library, mode=getattr(os, "RTLD_LOCAL", 0) | os.RTLD_NOW))

threads.start("worker", block)
announce(oracle, threads)
serve()
