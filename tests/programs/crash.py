"""Dies with a core, when a byte arrives on standard input.

    crash.py ORACLE abort|fault|killed|fault_main

`abort`: os.abort() in the thread "victim"; `fault`: reads address 8 there; `fault_main`: the same in the main thread;
`killed`: a child process sends SIGSEGV. The oracle says which thread takes the signal (null where the kernel may
choose) and who sent it. All other threads are at rest when that happens: a core may not meet one half way.
"""
import os
import sys
import threading
import time
import warnings

from parked import Threads, block, frame_entries, native_id, schedule, wait_settled, write_json

oracle, mode = sys.argv[1:3]
threads = Threads()
extra = {"sender_pid": None, "address": None, "thread": None}
go = threading.Event()
warnings.simplefilter("ignore")     # of fork() beside threads


def crash(kind):
    if kind == "abort":
        write(sys._getframe(), sys._getframe().f_lineno + 1)
        os.abort()
    import ctypes
    write(sys._getframe(), sys._getframe().f_lineno + 1)
    ctypes.c_long.from_address(8).value


def write(frame, line):
    """The crashing thread's own stack, that of the others as they are."""
    listed = threads.oracle()
    for thread in listed:
        if thread["native_id"] == native_id():
            thread["frames"] = frame_entries(frame, line)
    document = {"version": sys.version_info[:3], "pid": os.getpid(), "recorder": None, "threads": listed,
                "unlisted": ["trigger"]}
    document.update(extra)
    write_json(oracle, document)


def victim():
    extra["thread"] = native_id()
    go.wait()
    wait_settled(but=(native_id(),))
    crash("abort" if mode == "abort" else "fault")


def wait_for_sleep(process, tid):
    """Until thread TID of PROCESS has slept through some looks."""
    before, same = None, 0
    while same < 4:
        time.sleep(0.01)
        now = schedule(tid, process)
        same = same + 1 if now[0] == "S" and now == before else 0
        before = now


for number in range(2):
    threads.start("idle-%d" % number, block)
if mode in ("abort", "fault"):
    extra["address"] = 8 if mode == "fault" else None
    threads.start("victim", victim)
    wait_settled(but=(native_id(),))

    def trigger():
        os.read(0, 1)
        go.set()
        block()
    threading.Thread(target=trigger, daemon=True, name="trigger").start()
    os.write(1, b"ready\n")
    block()
elif mode == "fault_main":
    extra["address"] = 8
    extra["thread"] = native_id()
    wait_settled(but=(native_id(),))
    os.write(1, b"ready\n")
    os.read(0, 1)
    crash("fault")
else:
    def kill():
        os.read(0, 1)
        wait_settled(but=(native_id(),))
        victim, waiting = os.getpid(), native_id()
        extra["sender_pid"] = sender = os.fork()
        if not sender:
            os.read(channel[0], 1)
            wait_for_sleep(victim, waiting)
            os.kill(victim, 11)
            os._exit(0)
        write(None, None)
        os.write(channel[1], b"x")
        os.waitpid(sender, 0)
    channel = os.pipe()
    threading.Thread(target=kill, daemon=True, name="trigger").start()
    os.write(1, b"ready\n")
    block()
