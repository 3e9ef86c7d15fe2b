"""Ordinary programs, which leak nothing: all that counts an object is somewhere, and a leak report has to find it.

    ordinary.py ORACLE library | multiprocessing | suite MODULE…

`library` has a bit of everything that the standard library offers at work, in threads that wait; `suite` runs modules
of CPython's own test package and waits in the middle of the last one's tests.
"""
import gc
import os
import sys
import threading
import unittest
import warnings

import parked

kept = {}
made = []


class Thing:
    """What a program would make many of."""

    def __init__(self, number):
        self.number, self.name, self.links = number, "thing %d" % number, []

    def look(self, *arguments):
        return self

    def __eq__(self, other):
        return isinstance(other, Thing) and self.number == other.number

    def __hash__(self):
        return self.number

    def __lt__(self, other):
        return self.number < other.number

    def generate(self):
        for one in self.links + [self]:
            yield one


class Slotted:
    __slots__ = "first", "second", "__weakref__"

    def __init__(self, first, second):
        self.first, self.second = first, second


def things(count=20):
    found = [Thing(number) for number in range(count)]
    for one, other in zip(found, found[1:]):
        one.links.append(other)
    made.extend(found)
    return found


def containers():
    import array, collections, heapq, queue                                         # noqa: E401
    some = things()
    kept["containers"] = [
        collections.deque(some, 30), collections.OrderedDict((one, one) for one in some), collections.Counter(some),
        collections.defaultdict(Thing, {1: some[0]}), collections.ChainMap({1: some[1]}, {2: some[2]}),
        frozenset(some), collections.namedtuple("Pair", "left right")(some[3], some[4]), array.array("d", range(9)),
        set(some), collections.UserList(some), memoryview(bytearray(9)), {one.name: one for one in some},
        dict.fromkeys(some), queue.Queue(), queue.SimpleQueue(), queue.PriorityQueue(), tuple(some),
        slice(some[5], some[6]), {1: some}.items(), iter(some), iter(set(some)), iter(collections.deque(some)),
        reversed(some), zip(some, some), map(Thing.look, some), filter(None, some), enumerate(some),
        iter({1: some[7]}.values()), iter(some[8].look, None), [Slotted(some[9], some)]]
    for one in kept["containers"]:
        if hasattr(one, "put"):
            for thing in some:
                one.put(thing)
    heapq.heapify(some)


def functions():
    import contextlib, functools, itertools, operator, types, weakref               # noqa: E401
    some = things()

    @functools.lru_cache(maxsize=10)
    def cached(one):
        return [one]

    @functools.lru_cache(maxsize=None)
    def cached_for_good(one):
        return [one]

    @functools.singledispatch
    def dispatch(one, default=some[0], *, key=some[1]):
        return default, key

    @contextlib.contextmanager
    def manager(one):
        yield one
    dispatch.register(Thing, lambda one: one)
    dispatch.note = some[2]
    for one in some:
        cached(one), cached_for_good(one), dispatch(one)
    entered = manager(some[3])
    entered.__enter__()
    stack = contextlib.ExitStack()
    stack.enter_context(manager(some[4]))
    stack.callback(some[5].look, some[6], key=some[7])
    generators = [one.generate() for one in some]
    for one in generators[:10]:
        next(one)

    async def coroutine(one):
        return one
    waiting = coroutine(some[8])
    warnings.simplefilter("ignore")     # of its end
    tees = itertools.tee(iter(some), 3)
    next(tees[0])
    kept["functions"] = [
        cached, cached_for_good, dispatch, entered, stack, generators, waiting, tees,
        functools.partial(Thing.look, some[9], key=1), functools.partialmethod(Thing.look, some[10]),
        itertools.chain(some, some), itertools.cycle(some), itertools.groupby(some), itertools.product(some, some),
        itertools.islice(some, 3), itertools.count(1, 2), itertools.repeat(some[11]), itertools.permutations(some[:3]),
        itertools.accumulate(some), itertools.starmap(Thing.look, [(one,) for one in some]),
        operator.attrgetter("name"), operator.itemgetter(some[12]), operator.methodcaller("look", some[13]),
        weakref.ref(some[14], some[15].look), weakref.WeakValueDictionary(zip(range(9), some)),
        weakref.WeakKeyDictionary( zip(some, range(9))), weakref.proxy(some[16]),
        weakref.finalize(some[17], str, some[18]), weakref.WeakSet(some), types.MethodType(lambda one: one, some[19]),
        types.SimpleNamespace(one=some[0]), types.MappingProxyType({1: some[1]}), property(some[2].look),
        classmethod(some[3].look), staticmethod(some[4].look), some[5].look, [].append, functools.reduce,
        weakref.WeakMethod(some[6].look)]
    next(kept["functions"][11])
    try:
        raise ValueError(some[0]) from KeyError(some[1])
    except ValueError as error:
        kept["error"] = error


def classes():
    import abc, dataclasses, enum, typing                                           # noqa: E401

    class Meta(type):
        def __call__(cls, *arguments):
            return super().__call__(*arguments)

    class Described:
        def __set_name__(self, owner, name):
            self.owner, self.name = owner, name

        def __get__(self, one, kind=None):
            return self

    class Made(metaclass=Meta):
        described, things = Described(), things(3)

        def __init__(self, number):
            self.number = number

    class Abstract(abc.ABC):
        @abc.abstractmethod
        def do(self): pass

    class Concrete(Abstract):
        def do(self): return super().do()

    @dataclasses.dataclass
    class Data:
        one: Thing
        many: typing.List[Thing] = dataclasses.field(default_factory=list)

    class Colour(enum.Enum):
        RED, GREEN = 1, things(1)

    class Flags(enum.IntFlag):
        A, B = 1, 2

    class Named(typing.NamedTuple):
        one: Thing
        other: typing.Optional[int] = None

    class Generic(typing.Generic[typing.TypeVar("T")]):
        pass
    Abstract.register(int)
    kept["classes"] = [Made(1), Concrete(), Data(Thing(1), things(3)), Colour.RED, Flags.A | Flags.B, Named(Thing(2)),
                       Generic[int](), isinstance(3, Abstract), isinstance(Made(2), Abstract)]
    kept["dynamic"] = [type("Made%d" % number, (Thing,), {"number": number}) for number in range(20)]
    kept["instances"] = [kind(5) for kind in kept["dynamic"]]
    for one in kept["instances"]:
        one.extra, one.__dict__["more"] = one, kept["instances"]


def values():
    import datetime, decimal, fractions, ipaddress, pathlib, random, re, struct, uuid    # noqa: E401
    context = decimal.Context(prec=50)
    kept["values"] = [
        decimal.Decimal("1.5") / 7, context, context.sqrt(decimal.Decimal(2)), fractions.Fraction(1, 3),
        datetime.datetime.now( datetime.timezone(datetime.timedelta(hours=3), "there")), datetime.timedelta(3),
        datetime.date.today(), uuid.uuid4(), pathlib.Path("a/b").resolve(), re.compile("(?P<name>[a-z]+) x"),
        re.match("(a)(b)?", "ab"), re.finditer("a", "aaa"), random.Random(3), struct.Struct("<QQd"), 10 ** 50, 1.5, 2j,
        b"bytes" * 99, "text" * 99, range(10 ** 20), bytearray(99), ipaddress.ip_network("10.0.0.0/24"),
        re.sub("(a)", r"\1\1", "banana"), datetime.datetime.strptime("2024", "%Y")]
    with decimal.localcontext() as local:
        local.prec = 9
        kept["values"].append(+decimal.Decimal("1.123456789123"))


def texts():
    import csv, email.message, hashlib, io, json, logging, logging.handlers, pickle, string, zlib     # noqa: E401
    import configparser, copy, html.parser, random, tempfile, urllib.parse, xml.dom.minidom           # noqa: E401
    import xml.etree.ElementTree as tree
    out = io.StringIO()
    csv.DictWriter(out, ["a", "b"]).writerow({"a": 1, "b": 2})
    logger = logging.getLogger("ordinary.part")
    logger.addHandler(logging.StreamHandler(out))
    logger.addHandler(logging.handlers.MemoryHandler(100))
    for one in things():
        logger.warning("thing %s of %r", one.number, one)
    pickled = pickle.dumps(things())
    message = email.message.EmailMessage()
    message["Subject"] = "things"
    message.set_content("many")
    config = configparser.ConfigParser()
    config.read_string("[a]\nb = 1\n")
    kept["texts"] = [
        out, logger, json.loads(json.dumps([{"a": [1.5, None, "x"]}] * 30)), json.JSONEncoder(indent=1),
        json.JSONDecoder(), pickle.loads(pickled), copy.deepcopy(things()), message, config,
        tree.fromstring("<a><b c='d'>e</b><f/>g</a>"), tree.XMLPullParser(),
        xml.dom.minidom.parseString("<a><b/></a>"), hashlib.sha256(b"x"), zlib.compressobj(), string.Template("$a"),
        urllib.parse.urlparse("http://a/b?c#d"), html.parser.HTMLParser(), tempfile.TemporaryFile(),
        io.BytesIO(b"x" * 999), io.BufferedReader(io.FileIO(os.devnull)), io.TextIOWrapper(io.BytesIO()),
        csv.reader(["a,b"]), open(os.devnull), io.BufferedRandom(io.BytesIO()), random.sample(range(99), 9),
        io.BytesIO(b"y").getbuffer()]


def databases():
    try:
        import sqlite3
    except ImportError:
        return
    connection = sqlite3.connect(":memory:", detect_types=sqlite3.PARSE_DECLTYPES)
    connection.row_factory = sqlite3.Row
    connection.create_function("twice", 1, lambda one: one * 2)
    connection.create_collation("backwards", lambda a, b: (a < b) - (a > b))
    connection.execute("create table t (a integer, b text)")
    connection.executemany("insert into t values (?, ?)", [(one.number, one.name) for one in things()])
    cursor = connection.execute("select twice(a) as a, b from t order by b collate backwards")
    kept["database"] = [connection, cursor, cursor.fetchone(), cursor.fetchmany(3)]


def foreign():
    import ctypes, select, socket, struct                                           # noqa: E401
    some = things()
    callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)

    class Point(ctypes.Structure):
        _fields_ = [("x", ctypes.c_int), ("name", ctypes.c_char_p), ("one", ctypes.py_object)]
    numbers = (ctypes.c_int * 9)(*range(9))
    compare = callback(lambda a, b: some[0].number)
    ctypes.CDLL(None).qsort(numbers, 9, 4, compare)
    poll = select.poll()
    pair = socket.socketpair()
    poll.register(pair[0])
    kept["foreign"] = [
        callback(some[1].look), compare, Point(1, b"name", some[2]), ctypes.py_object(some[3]), numbers, poll, pair,
        ctypes.pointer(Point(2, b"other", some[4])), (Point * 3)(), ctypes.create_string_buffer(99),
        ctypes.cast(numbers, ctypes.c_void_p), struct.iter_unpack("<I", bytes(16)), select.epoll()]
    try:
        import ssl
    except ImportError:
        return
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.sni_callback = some[5].look
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    connection = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
    try:
        connection.do_handshake()
    except ssl.SSLWantReadError:
        pass
    kept["ssl"] = [context, server, incoming, outgoing, connection, ssl.create_default_context()]


def threads():
    import concurrent.futures, contextvars, queue, sched, select                    # noqa: E401
    some, local = things(), threading.local()
    variable = contextvars.ContextVar("variable", default=some[0])
    jobs, condition = queue.Queue(), threading.Condition()

    def wait(one):
        local.one = one
        variable.set(one)
        with condition:
            condition.wait()

    def recurse(one, depth):
        if depth:
            return recurse(one, depth - 1)
        if one.number % 2:
            return sorted([one, one], key=lambda it: parked.block())
        for _ in one.generate():
            parked.block()

    def handle(one):
        try:
            raise ValueError(one)
        except ValueError:
            with threading.RLock():
                parked.block()
    running = []
    for number, (function, arguments) in enumerate(
            [(wait, (some[1],)), (wait, (some[2],)), (recurse, (some[3], 30)), (recurse, (some[4], 5)),
             (handle, (some[5],)), (jobs.get, ()), (select.select, ([], [], []))]):
        running.append(threading.Thread(target=function, args=arguments, daemon=True, name="worker %d" % number))
        running[-1].start()
    pool = concurrent.futures.ThreadPoolExecutor(2)
    timer = threading.Timer(10000, some[6].look, [some[7]])
    timer.daemon = True
    timer.start()
    context = contextvars.copy_context()
    context.run(variable.set, some[8])
    kept["threads"] = [
        running, pool, [pool.submit(one.look, one) for one in some], timer, context, local, jobs, condition,
        sched.scheduler(), variable.set(some[9]), threading.Barrier(3), threading.Semaphore(), threading.Event()]


def looping():
    """An event loop that has run, with tasks and futures left."""
    import asyncio
    some = things()

    async def sleep(one):
        await asyncio.sleep(10000)
        return one

    async def wait(event, one):
        async with asyncio.Lock():
            await event.wait()

    async def produce(one):
        for number in range(100):
            yield one, number
            await asyncio.sleep(0)

    async def run():
        event = asyncio.Event()
        tasks = [asyncio.ensure_future(sleep(one)) for one in some]
        tasks += [asyncio.ensure_future(wait(event, one)) for one in some]
        tasks.append(asyncio.ensure_future(asyncio.gather(*tasks[:3])))
        generator = produce(some[0])
        await generator.__anext__()
        reader, writer = os.pipe()
        loop = asyncio.get_event_loop()
        loop.add_reader(reader, some[1].look, some[2])
        future = loop.create_future()
        future.add_done_callback(some[3].look)
        await asyncio.sleep(0.01)
        tasks[0].cancel()
        await asyncio.sleep(0)
        return tasks, generator, future, event, loop.call_later(1000, some[4].look)
    loop = asyncio.new_event_loop()
    kept["loop"] = [loop, loop.run_until_complete(run())]


def library():
    for step in (containers, functions, classes, values, texts, databases, foreign, threads, looping):
        step()


def work(one):
    return Thing(one.number + 1)


def multiprocessing():
    import ctypes, multiprocessing, signal                                          # noqa: E401
    libc = ctypes.CDLL(None)
    os.register_at_fork(after_in_child=lambda: libc.prctl(1, signal.SIGKILL))       # PR_SET_PDEATHSIG
    context = multiprocessing.get_context("fork")
    pool = context.Pool(2)
    results = pool.map(work, things())
    queue, value = context.Queue(), context.Value("i", 3)
    manager = context.Manager()
    shared = manager.dict({"one": 1})
    queue.put(results)
    kept["multiprocessing"] = [
        pool, results, queue, value, manager, shared, queue.get(), pool.apply_async(work, [results[0]]).get()]


class Waits(unittest.TestResult):
    """That blocks before test number AT."""

    def __init__(self, at):
        unittest.TestResult.__init__(self)
        self.at = at

    def startTest(self, test):
        unittest.TestResult.startTest(self, test)
        if self.testsRun == self.at:
            ready()


def suite(names):
    loader = unittest.TestLoader()
    loaded = [loader.loadTestsFromName("test." + name) for name in names]
    count = sum(one.countTestCases() for one in loaded)
    result = Waits(count - loaded[-1].countTestCases() // 2)
    unittest.TestSuite(loaded).run(result)
    raise SystemExit("only %d tests of %d were run: %s" % (result.testsRun, count, result.errors))


def ready():
    gc.collect()
    gc.disable()
    parked.wait_settled(but=(parked.native_id(),))
    parked.write_json(sys.argv[1], {"version": sys.version_info[:3], "pid": os.getpid(), "recorder": 0,
                                    "things": len(made), "suite": sys.argv[3:]})
    os.write(out, b"ready\n")
    while os.read(0, 1):
        os.write(out, b"pong\n")
    os._exit(0)


if __name__ == "__main__":
    out = os.dup(1)
    os.dup2(2, 1)
    mode = sys.argv[2]
    if mode == "suite":
        try:
            import test.support                                                     # noqa: F401
        except ImportError:
            os.write(out, b"unavailable\n")
            os._exit(0)
        sys.argv[1] = os.path.abspath(sys.argv[1])
        suite(sys.argv[3:])
    else:
        {"library": library, "multiprocessing": multiprocessing}[mode]()
        ready()
