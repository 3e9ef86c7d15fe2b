"""A process that is ending and stays so.

    finalizing.py ORACLE atexit|shutdown|module

`module`: blocks in the finalizer of a module's global, while the interpreter is torn down ("finalizing" is set).
`atexit`: blocks in a function registered with atexit, just before. `shutdown`: blocks earlier still, in the main
thread's wait for a thread that never ends.
"""
import atexit
import os
import sys
import threading

import parked

oracle, mode = sys.argv[1:3]
threads = parked.Threads()


def record_and_block(where, record=parked.write_json, entries=parked.frame_entries, get_frame=sys._getframe,
                     write=os.write, read=os.read, ident=threading.get_ident(), tid=parked.native_id(),
                     version=sys.version_info[:3], path=oracle, pid=os.getpid(), name="MainThread"):
    """Arguments hold all that it needs: the module's own names may be gone by now."""
    frame = get_frame()
    line = frame.f_lineno + 6
    record(path, {"version": version, "pid": pid, "recorder": None, "threads": [
        {"situation": "main", "ident": ident, "native_id": tid, "kernel_name": None, "threading_name": name,
         "main": True, "interpreter": 0, "frames": entries(frame, line)}]})
    frame = None
    write(1, b"ready\n")
    while read(0, 1):                           # the line that the oracle names
        write(1, b"pong\n")


class Last:
    def __del__(self, block=record_and_block):
        block("module")


if mode == "module":
    kept_by_module = Last()
elif mode == "atexit":
    atexit.register(record_and_block, "atexit")
else:
    def never_end():
        threads.enter("never ends")
        parked.block()

    threading.Thread(target=never_end, name="never ends").start()

    def announce():
        parked.wait_settled(but=(parked.native_id(),))
        parked.write_json(oracle, {"version": sys.version_info[:3], "pid": os.getpid(),
                                   "recorder": parked.native_id(), "threads": threads.oracle()})
        os.write(1, b"ready\n")

    threading.Thread(target=announce, daemon=True, name="recorder").start()
