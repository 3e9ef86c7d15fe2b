"""Threads that wait for locks and for what is built on them; some in a circle.

    waiting.py ORACLE

Every thread of the oracle has "waiting": [kind, id of the object, label of the thread that has it or None], or None for
one that waits for nothing of Python's. "deadlocks": the circles, by labels.
"""
import concurrent.futures
import os
import queue
import socket
import sys
import threading
import time

from parked import Threads, announce, serve

oracle = sys.argv[1]
threads = Threads()
expected = {}
circles = []


def wait_for(label, kind, thing, owner, function, *args, **kwargs):
    """A thread that waits in function(*args)."""
    expected[label] = [kind, id(thing) if thing is not None else 0, owner] if kind else None
    threads.start(label, lambda: function(*args, **kwargs))


def inside(context, function, *args):
    with context:
        function(*args)


# Locks.
taken = threading.Lock()
taken.acquire()
wait_for("lock-acquire", "lock", taken, None, taken.acquire)
wait_for("lock-with", "lock", taken, None, inside, taken, int)
wait_for("lock-timeout", "lock", taken, None, taken.acquire, True, 100000)

held = threading.RLock()
wait_for("rlock-owner", None, None, None, inside, held, time.sleep, 100000)
time.sleep(0.1)
wait_for("rlock-waiter", "rlock", held, "rlock-owner", inside, held, int)
wait_for("rlock-timeout", "rlock", held, "rlock-owner", held.acquire, True, 100000)


# A Lock does not know who has it; the with statement does.
def between(first, second, function):
    with first:
        local = [first, second]
        with second:
            function(100000)
        return local


one, other = threading.Lock(), threading.Lock()
wait_for("with-owner", None, None, None, between, one, other, time.sleep)
time.sleep(0.1)
wait_for("with-waiter", "lock", other, "with-owner", inside, other, int)


def used_before(lock):
    """Was inside the with statement, and is no more: leftovers on its stack must not make it an owner."""
    with lock:
        pass
    time.sleep(100000)


free = threading.Lock()
wait_for("not-owner", None, None, None, used_before, free)
time.sleep(0.1)
free.acquire()
wait_for("lost-owner", "lock", free, None, inside, free, int)

# What is built on locks.
condition = threading.Condition()
wait_for("condition", "condition", condition, None, inside, condition, condition.wait)
timed = threading.Condition()
wait_for("condition-timeout", "condition", timed, None, inside, timed, timed.wait, 100000)
predicate = threading.Condition()
wait_for("condition-predicate", "condition", predicate, None, inside, predicate, predicate.wait_for, lambda: False)
event = threading.Event()
wait_for("event", "event", event, None, event.wait)
semaphore = threading.Semaphore(0)
wait_for("semaphore", "semaphore", semaphore, None, semaphore.acquire)
barrier = threading.Barrier(2)
wait_for("barrier", "barrier", barrier, None, barrier.wait)
empty, full, busy = queue.Queue(), queue.Queue(1), queue.LifoQueue()
full.put(1)
busy.put(1)
wait_for("queue-get", "queue", empty, None, empty.get)
wait_for("queue-timeout", "queue", empty, None, empty.get, True, 100000)
wait_for("queue-put", "queue", full, None, full.put, 2)
wait_for("queue-join", "queue", busy, None, busy.join)
simple = queue.SimpleQueue()
wait_for("simple-queue", "queue", simple, None, simple.get)
future = concurrent.futures.Future()
wait_for("future", "future", future, None, future.result)
joined = threads.start("joined", time.sleep, 100000)
expected["joined"] = None
wait_for("join", "thread", joined, "joined", joined.join)

# Nothing of Python's.
wait_for("sleep", None, None, None, time.sleep, 100000)
left, right = socket.socketpair()
wait_for("socket", None, None, None, left.recv, 1)
reader, writer = os.pipe()
wait_for("pipe", None, None, None, os.read, reader, 1)


# Circles.
def take_two(first, second, ready, go):
    with first:
        ready.set()
        go.wait()
        with second:
            pass


def circle(labels, kind, make):
    locks = [make() for _ in labels]
    ready = [threading.Event() for _ in labels]
    go = threading.Event()
    for i, label in enumerate(labels):
        following = (i + 1) % len(labels)
        wait_for(label, kind, locks[following], labels[following], take_two, locks[i], locks[following], ready[i], go)
    for one in ready:
        one.wait()
    go.set()
    circles.append(labels)
    return locks


kept = [circle(["rlock-a", "rlock-b"], "rlock", threading.RLock),
        circle(["lock-a", "lock-b", "lock-c"], "lock", threading.Lock)]


def inside_twice(lock, by_name):
    with lock:
        if by_name:
            lock.acquire()
        with lock:
            pass


# One thread alone.
for label, by_name in ("twice-with", False), ("twice-acquire", True):
    twice = threading.Lock()
    wait_for(label, "lock", twice, label, inside_twice, twice, by_name)
    circles.append([label])


def join_each_other(label, mine, theirs):
    mine.wait()
    theirs[0].join()


pair, started = [[], []], threading.Event()
first = threads.start("join-a", join_each_other, "join-a", started, pair[0])
second = threads.start("join-b", join_each_other, "join-b", started, pair[1])
pair[0].append(second)
pair[1].append(first)
expected["join-a"] = ["thread", id(second), "join-b"]
expected["join-b"] = ["thread", id(first), "join-a"]
circles.append(["join-a", "join-b"])
started.set()

# Behind a circle, not in it.
wait_for("behind", "rlock", kept[0][0], "rlock-a", inside, kept[0][0], int)

announce(oracle, threads, waiting=expected, deadlocks=circles)
serve()
