"""Allocates and frees blocks of malloc in several threads of a Python process.

    chunks.py ORACLE

The oracle has "used" (addresses, with malloc_usable_size() of each) and "freed" (addresses). They are written down
before the last ones are freed, so that nothing but Python itself could take those again.
"""
import ctypes
import json
import os
import random
import sys
import threading
import time

import parked

THREADS, BLOCKS = 4, 1500
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.malloc.argtypes = [ctypes.c_size_t]
libc.malloc_usable_size.restype = ctypes.c_size_t
libc.malloc_usable_size.argtypes = libc.free.argtypes = [ctypes.c_void_p]
used, to_free = [], []
written, done = threading.Event(), [False] * THREADS


def allocate(chance):
    """Blocks, of which a part is to be freed at the end; others are freed at once."""
    blocks = []
    for _ in range(BLOCKS):
        size = chance.choice([chance.randrange(100), chance.randrange(1100), chance.randrange(20000)])
        if chance.randrange(200) == 0:
            size = chance.randrange(100000, 600000)
        blocks.append(libc.malloc(size))
        if chance.randrange(3) == 0:
            libc.free(blocks.pop(chance.randrange(len(blocks))))
    chance.shuffle(blocks)
    return blocks[:len(blocks) // 2], blocks[len(blocks) // 2:]


def work(seed, ready):
    mine, others = allocate(random.Random(seed))
    used.extend(mine)
    to_free.extend(others)
    ready.wait()
    written.wait()
    for address in others:
        libc.free(address)
    done[seed] = True       # what waits for one another allocates locks
    parked.block()


def main(path):
    ready = threading.Barrier(THREADS + 1)
    for seed in range(THREADS):
        threading.Thread(target=work, args=(seed, ready), daemon=True).start()
    ready.wait()
    facts = {"recorder": 0, "pid": os.getpid(), "freed": to_free,
             "used": [[address, libc.malloc_usable_size(address)] for address in used]}
    with open(path, "w") as target:
        json.dump(facts, target)
    written.set()
    while not all(done):
        time.sleep(0.01)
    os.write(1, b"ready\n")
    os.read(0, 1)


main(sys.argv[1])
