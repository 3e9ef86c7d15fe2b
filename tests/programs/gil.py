"""Who holds the GIL and who waits for it.

    gil.py ORACLE held|free

`held`: the thread "holder" sleeps in C and keeps the GIL, "waiter-N" want it, "idle-N" sleep without it; so does the
main thread, which cannot answer then. `free`: all sleep. The oracle is written before the holder takes the GIL for
good, so its lines are those of calls still to come; a reader waits until the holder sleeps ("ready" comes before).
"""
import os
import sys
import threading
import time

from parked import Threads, announce, block, native_id, serve, wait_settled, write_json

oracle, mode = sys.argv[1:3]
threads = Threads()
go = threading.Event()


def waiter():
    go.wait()
    while True:
        pass


def holder():
    import ctypes
    sleep = ctypes.PyDLL(None).sleep        # a function of PyDLL is called with the GIL held
    go.wait()
    recorder.join()
    time.sleep(0.05)                        # the waiters run and want the GIL from now on
    os.write(1, b"ready\n")
    sleep(100000)


for number in range(3):
    threads.start("idle-%d" % number, block)
if mode == "free":
    announce(oracle, threads)
else:
    for number in range(3):
        threads.start("waiter-%d" % number, waiter)
    def begin():
        wait_settled(but=(native_id(),))
        write_json(oracle, {"version": sys.version_info[:3], "pid": os.getpid(), "recorder": native_id(),
                            "threads": threads.oracle(frames=False)})
        go.set()

    recorder = threading.Thread(target=begin, daemon=True)
    threads.start("holder", holder)
    recorder.start()
serve()
