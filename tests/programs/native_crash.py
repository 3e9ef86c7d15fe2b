"""Dies in a function of C (by default one that calls a null pointer), when a byte arrives on standard input.

    native_crash.py ORACLE LIBRARY [FUNCTION]
"""
import ctypes
import os
import sys


def crash(library):
    getattr(library, (sys.argv[3:] or ["helper_call_null"])[0])(3)


helper = ctypes.CDLL(sys.argv[2])
os.write(1, b"ready\n")
os.read(0, 1)
crash(helper)
