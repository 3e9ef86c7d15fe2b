"""A small service with something to see on every thread: what the demonstration looks at.

Runs on Python 3.8 and later with the standard library alone.  Prints "ready" once all of its
threads are at work, and ends when its standard input closes or it is killed.
"""

import errno
import hashlib
import json
import os
import queue
import socket
import sys
import threading
import time

orders = queue.Queue(maxsize=64)
cache = {}
cache_lock = threading.Lock()
at_work = threading.Semaphore(0)


class Warehouse:
    """What the consumer of orders takes its goods from."""

    def __init__(self, stock):
        self.stock = stock
        self.shipped = 0
        self.last_order = None

    def ship(self, order):
        time.sleep(0.01)
        self.shipped += 1
        self.last_order = order
        return "order %(id)d, %(total).2f" % order


def allow_any_tracer():
    """Yama lets only a parent trace a process, unless the process says otherwise."""
    try:
        import ctypes

        PR_SET_PTRACER = 0x59616D61
        ctypes.CDLL(None).prctl(PR_SET_PTRACER, ctypes.c_ulong(-1), 0, 0, 0)
    except (ImportError, AttributeError, OSError):
        pass


# --- requests


def parse_request(line):
    method, _, path = line.partition(" ")
    return {"method": method, "path": path.strip()}


def handle_request(request):
    with cache_lock:
        known = cache.get(request["path"])
    return json.dumps({"path": request["path"], "answer": known or "not found"})


def serve_requests(connection):
    """Answers one request line after the other, and waits for the next most of the time."""
    at_work.release()
    with connection, connection.makefile("rw", encoding="utf-8") as lines:
        for line in lines:
            lines.write(handle_request(parse_request(line)) + "\n")
            lines.flush()


def send_requests(connection):
    at_work.release()
    with connection, connection.makefile("rw", encoding="utf-8") as lines:
        for number in range(sys.maxsize):
            lines.write("GET /item/%d\n" % (number % 10))
            lines.flush()
            lines.readline()
            time.sleep(0.05)


# --- orders


def produce_orders():
    at_work.release()
    for number in range(sys.maxsize):
        orders.put({"id": number, "items": ["apple", "pear"], "total": number * 0.25})
        time.sleep(0.02)


def consume_orders(warehouse):
    at_work.release()
    while True:
        warehouse.ship(orders.get())


# --- payments: the bank cannot be reached, and is tried again


class PaymentFailed(Exception):
    pass


def connect_to_bank(host):
    raise ConnectionRefusedError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED), host)


def charge(customer, amount):
    try:
        connect_to_bank("bank.example")
    except OSError as error:
        raise PaymentFailed("customer %d was not charged %.2f" % (customer, amount)) from error


def try_again_later(seconds):
    at_work.release()
    time.sleep(seconds)


def take_payments():
    try:
        charge(customer=17, amount=0.75)
    except PaymentFailed:
        try_again_later(seconds=3600)


# --- two threads that take the same two locks, each in its own order

catalog = threading.RLock()
archive = threading.Lock()
both_have_one = threading.Barrier(2)


def take_second(lock):
    both_have_one.wait()
    at_work.release()
    with lock:
        pass


def back_up_catalog():
    with catalog:
        take_second(archive)


def restore_catalog():
    with archive:
        take_second(catalog)


# --- work that keeps the interpreter busy


def render_page(number):
    digest = hashlib.sha256(str(number).encode())
    return [digest.hexdigest()[i : i + 4] for i in range(0, 64, 4)]


def compute_report(first, last):
    return sum(len(page) for page in map(render_page, range(first, last)))


def report_forever():
    at_work.release()
    while True:
        compute_report(0, 500)


def refresh_cache():
    at_work.release()
    while True:
        with cache_lock:
            for number in range(10):
                cache["/item/%d" % number] = "item %d" % number
        time.sleep(0.2)


def start_workers():
    server_end, client_end = socket.socketpair()
    workers = [
        ("request-handler", serve_requests, (server_end,)),
        ("request-client", send_requests, (client_end,)),
        ("order-producer", produce_orders, ()),
        ("order-consumer", consume_orders, (Warehouse({"apple": 500, "pear": 120}),)),
        ("payments", take_payments, ()),
        ("backup", back_up_catalog, ()),
        ("restore", restore_catalog, ()),
        ("report", report_forever, ()),
        ("cache-refresher", refresh_cache, ()),
    ]
    for name, function, arguments in workers:
        threading.Thread(target=function, name=name, args=arguments, daemon=True).start()
    for _ in workers:
        at_work.acquire()


def wait_for_the_end():
    sys.stdin.read()


def main():
    allow_any_tracer()
    start_workers()
    print("ready", flush=True)
    wait_for_the_end()


if __name__ == "__main__":
    main()
