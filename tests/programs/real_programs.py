"""Programs as they are, with libraries of others, that count themselves under load.

    real_programs.py ORACLE flask|asyncio|pandas|pytest

flask: a server with sessions and templates that has answered hundreds of requests, with twenty in the middle. asyncio: a
server with two hundred connections. pandas: frames that are grouped, merged and taken apart. pytest: its own process, in the
middle of a test.
"""
import os
import sys
import threading
import time

import parked
import selfcensus

path, mode = sys.argv[1:3]
kept = []


def serve_flask():
    import flask
    import werkzeug.serving
    application = flask.Flask("shop")
    application.secret_key = "secret"
    orders, waiting = {}, threading.Lock()
    waiting.acquire()

    @application.route("/order/<int:number>")
    def order(number):
        orders[number] = {"number": number, "lines": [{"item": "item %d" % one, "price": one * 1.5}
                                                      for one in range(number % 20)]}
        flask.session["last"] = number
        return flask.render_template_string(
            "<h1>{{ order.number }}</h1>{% for line in order.lines %}<p>{{ line.item }}: {{ line.price }}</p>{% endfor %}",
            order=orders[number])

    @application.route("/api")
    def api():
        return flask.jsonify(list(orders.values())[-20:])

    @application.route("/slow")
    def slow():
        waiting.acquire()
        return "done"

    server = werkzeug.serving.make_server("127.0.0.1", 0, application, threaded=True,
                                          request_handler=quiet(werkzeug.serving.WSGIRequestHandler))
    threading.Thread(target=server.serve_forever, args=(1000,), daemon=True).start()     # seconds between looks
    kept.extend([application, server, orders])
    return server.server_port


def quiet(handler):
    return type("Quiet", (handler,), {"log": lambda *arguments: None})


def ask(port, page):
    import http.client
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", page)
    return connection.getresponse().read()


def run_flask():
    port = serve_flask()
    for number in range(300):
        ask(port, "/order/%d" % number)
        ask(port, "/api")
    for _ in range(20):
        threading.Thread(target=ask, args=(port, "/slow"), daemon=True).start()
    count = 0
    while count < 20:
        time.sleep(0.05)
        count = sum(frame.f_code.co_name == "slow" for frame in sys._current_frames().values())
    parked.wait_settled(but=(parked.native_id(),))
    selfcensus.stop(path)


async def talk(reader, writer):
    while True:
        line = await reader.readline()
        if not line:
            break
        kept.append(line.decode())
        writer.write(line.upper())
        await writer.drain()


async def run_asyncio():
    import asyncio
    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    async def client(number):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for one in range(20):
            writer.write(b"client %d line %d\n" % (number, one))
            await writer.drain()
            await reader.readline()
        await asyncio.sleep(1000)
    kept.extend(asyncio.ensure_future(client(number)) for number in range(200))
    while len(kept) < 200 + 200 * 20:
        await asyncio.sleep(0.01)
    selfcensus.stop(path)


def run_pandas():
    import numpy
    import pandas
    random = numpy.random.default_rng(4711)
    frame = pandas.DataFrame({"number": numpy.arange(20000), "price": random.random(20000),
                              "name": ["name %d" % (one % 500) for one in range(20000)],
                              "day": pandas.date_range("2001-01-01", periods=20000, freq="h")})
    groups = frame.groupby("name").agg({"price": ["mean", "sum"], "number": "count"})
    merged = frame.merge(groups.droplevel(0, axis=1), left_on="name", right_index=True)
    kept.extend([frame, groups, merged, merged.pivot_table(index="name", values="price", aggfunc="max"),
                 [row for row in frame.head(300).itertuples()], frame.name.str.upper(), frame.set_index("day").price.resample(
                     "D").mean(), frame.to_dict("records")[:1000], [numpy.arange(one) for one in range(300)]])
    parked.wait_settled(but=(parked.native_id(),))
    selfcensus.stop(path)


def run_pytest():
    import pytest
    directory = os.path.join(os.path.dirname(path), "suite")
    os.mkdir(directory)
    with open(os.path.join(directory, "test_many.py"), "w") as out:
        out.write("import pytest\n@pytest.fixture\ndef one():\n    return [1]\n"
                  "@pytest.mark.parametrize('number', range(300))\ndef test_number(one, number):\n    assert one[0] == 1\n"
                  "def test_stop(one):\n    import selfcensus, sys\n    selfcensus.stop(sys.argv[1])\n")
    pytest.main(["-p", "no:terminal", "-p", "no:cacheprovider", "-s", directory])


if mode == "asyncio":
    import asyncio
    asyncio.run(run_asyncio())
else:
    {"flask": run_flask, "pandas": run_pandas, "pytest": run_pytest}[mode]()
