"""A Flask application that serves requests from a thread for each connection, and counts its own heap when told.

    real_web.py ORACLE

Prints its port. The first byte on standard input has it wait until HOLDERS requests to /hold are blocked in reading
bodies that their clients do not send to the end, and count; from then on it answers bytes, and goes on serving.
"""
import collections
import functools
import logging
import os
import sys
import threading
import time
import types

import parked
import selfcensus
from flask import Flask, jsonify, render_template_string, request, session
from werkzeug.serving import WSGIRequestHandler, make_server

HOLDERS = 4
PAGE = "<ul>{% for one in orders %}<li>{{ one.number }}: {{ one.items|join(', ') }}</li>{% endfor %}</ul>"


class Customer:
    def __init__(self, name):
        self.name, self.orders = name, collections.deque(maxlen=50)


class Order:
    __slots__ = "number", "items", "customer"

    def __init__(self, number, items, customer):
        self.number, self.items, self.customer = number, items, customer


class Basket(dict):
    pass


application = Flask(__name__)
application.secret_key = "not secret"
customers, baskets, seen, holding, lock = {}, [], set(), [], threading.Lock()


@functools.lru_cache(maxsize=100)
def price(item):
    return len(item) * 1.25


@application.before_request
def visit():
    with lock:
        seen.add(request.headers.get("User-Agent"))


@application.route("/order/<name>", methods=["POST"])
def order(name):
    items = request.get_json()["items"]
    with lock:
        customer = customers.setdefault(name, Customer(name))
        one = Order(len(customer.orders), items, customer)
        customer.orders.append(one)
        baskets.append(Basket((item, price(item)) for item in items))
    session["last"] = one.number
    return jsonify(number=one.number, total=sum(map(price, items)))


@application.route("/page/<name>")
def page(name):
    return render_template_string(PAGE, orders=customers[name].orders)


@application.route("/hold", methods=["POST"])
def hold():
    holding.append(request.path)
    return "%d\n" % len(request.get_data())


@application.route("/fail")
def fail():
    raise ValueError("on purpose")


class Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"       # connections stay, and their threads


def program():
    """What has to be there, by what the application itself knows."""
    return {"__main__.Customer": len(customers), "__main__.Basket": len(baskets),
            "__main__.Order": sum(len(one.orders) for one in customers.values())}


logging.basicConfig(stream=open(os.devnull, "w"))
server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Handler)
server.daemon_threads = True
# Threads that look around from time to time would want the GIL while the process is copied.
threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 3600}, daemon=True).start()
os.write(1, b"%d\n" % server.server_port)
os.read(0, 1)
while len(holding) < HOLDERS:
    time.sleep(0.01)
parked.wait_settled(but=(parked.native_id(),))
selfcensus.holders.append((types.FrameType, selfcensus.of_frame))
selfcensus.stop(sys.argv[1], more={"program": program()})
