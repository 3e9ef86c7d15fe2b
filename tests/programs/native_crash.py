"""Calls a null pointer from C, when a byte arrives on standard input.

    native_crash.py ORACLE LIBRARY
"""
import ctypes
import os
import sys


def crash(library):
    library.helper_call_null(3)


helper = ctypes.CDLL(sys.argv[2])
os.write(1, b"ready\n")
os.read(0, 1)
crash(helper)
