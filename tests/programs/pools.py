"""A heap with pools of all sizes: full ones, some with few blocks in use, free ones. It stops itself right after the
allocator has said what it holds.

    pools.py ORACLE [interpreters]

sys._debugmallocstats() writes to standard error, twice, since the first call itself may change something; with
"interpreters" two others, with allocators of their own where the version has that, say it before the main one does.
"""
import os
import signal
import sys
import threading

import parked

WRITE_STATISTICS = """
sys._debugmallocstats()
write(2, END)
sys._debugmallocstats()
write(2, END)
"""
END = b"\nTHE END\n"

# What is read into is too large for a pool.
INNER = """
import os, sys
write, read = os.write, os.read
END = %r
kept = [bytes(bytearray(size)) for size in range(400) for _ in range(60)]
kept = kept[::3]
more = [object() for _ in range(4000)]
""" + WRITE_STATISTICS + """
write(%d, b"x")
read(%d, 4096)
"""


def make():
    kept = []
    for size in range(0, 480, 8):
        blocks = [bytes(bytearray(size)) for _ in range(700)]
        kept.append(blocks[::7] if size % 3 else blocks)
        if size % 5 == 0:
            kept.append(blocks[100:200])
    trash = [[bytes(300)] for _ in range(40000)]
    kept.append(trash[::900])       # pins a pool in each of many arenas
    del trash
    kept.append({number: str(number) for number in range(20000)})
    kept.append([object() for _ in range(5000)])
    return kept


def run_interpreter(source):
    try:
        import _interpreters as module
        inner = module.create("isolated")
    except ImportError:
        import _xxsubinterpreters as module
        inner = module.create(isolated=True)
    module.run_string(inner, source)


def start_interpreters():
    said, say = os.pipe()
    never, _ = os.pipe()
    for _ in range(2):
        threading.Thread(target=run_interpreter, args=(INNER % (END, say, never),), daemon=True).start()
        os.read(said, 1)
    parked.wait_settled(but=(os.getpid(),))


def main():
    kept = make()
    if len(sys.argv) > 2:
        start_interpreters()
    parked.write_json(sys.argv[1], {"version": sys.version_info[:3], "recorder": 0,
                                    "ids": [id(one) for one in kept[-1] + list(kept[-2].values())]})
    os.write(1, b"ready\n")
    pid, number, kill = os.getpid(), signal.SIGSTOP, os.kill
    exec(compile(WRITE_STATISTICS + "kill(pid, number)", "statistics", "exec"),
         {"sys": sys, "write": os.write, "END": END, "kill": kill, "pid": pid, "number": int(number)})


main()
