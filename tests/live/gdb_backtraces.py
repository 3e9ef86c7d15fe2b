"""Runs inside gdb: every native frame of every thread, innermost first, as one line of JSON into $CPT_BACKTRACES."""
import json
import os

import gdb

KINDS = {gdb.NORMAL_FRAME: "normal", gdb.INLINE_FRAME: "inlined", gdb.SIGTRAMP_FRAME: "signal"}


def describe(frame):
    symbol, place = frame.function(), frame.find_sal()
    return {"function": frame.name(), "kind": KINDS[frame.type()], "known": symbol is not None, "address": frame.pc(),
            "line": place.line, "file": place.symtab.filename if place.symtab else None}


def backtrace():
    frame, frames = gdb.newest_frame(), []
    while frame is not None and frame.is_valid():
        # What gdb makes up for calls that were the last thing in a function left nothing on the stack.
        if frame.type() != gdb.TAILCALL_FRAME:
            frames.append(describe(frame))
        frame = frame.older()
    return frames


gdb.execute("set backtrace past-main on")
gdb.execute("set backtrace past-entry on")
threads = {}
for thread in gdb.selected_inferior().threads():
    thread.switch()
    threads[thread.ptid[1] or thread.ptid[0]] = backtrace()
with open(os.environ["CPT_BACKTRACES"], "w") as out:
    json.dump(threads, out)
