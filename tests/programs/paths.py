"""Objects that are kept in all kinds of ways, each in just one; and evaluates what it is told on standard input.

    paths.py ORACLE

The oracle has the address of each object by what keeps it, and addresses of some that the collector knows. A line of standard
input is JSON: {"eval": PATH} is answered with the address of what that gives, or with why it gives nothing;
{"referrers": ADDRESS} and {"referents": ADDRESS} with what gc.get_referrers() and gc.get_referents() find, {"refers": [FROM, TO]}
with how often FROM refers to TO.

Runs on every CPython from 3.8.
"""
import collections
import contextvars
import ctypes
import enum
import functools
import gc
import itertools
import json
import os
import re
import sys
import threading
import types
import weakref

import parked

addresses = {}      # of objects that a path can be evaluated of
hidden = {}         # of objects that no expression leads to


class Thing:
    pass


def plant(name, one=None):
    """One more object, whose address is noted."""
    one = Thing() if one is None else one
    addresses[name] = id(one)
    return one


def hide(name, one=None):
    one = Thing() if one is None else one
    hidden[name] = id(one)
    return one


class Plain:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)


class Inline:
    def __init__(self, name):
        self.first, self.second = plant(name), [plant(name + " list")]


class Slots:
    __slots__ = "one", "_Slots__private"


class MoreSlots(Slots):
    __slots__ = "two", "__dict__"


class Shadowed:
    shadow = property(lambda self: 1)


class Secretive:
    def __getattribute__(self, name):
        return object.__getattribute__(self, name) if name == "__dict__" else None


class Descriptor:
    def __get__(self, instance, owner):
        return None


class Meta(type):
    veiled = property(lambda cls: None)


class Attributes(metaclass=Meta):
    value = plant("class attribute", Thing())
    asked = plant("descriptor", Descriptor())
    veiled = plant("shadowed by the metaclass", Thing())
    items = {"key": [0, plant("list in a dict of a class", Thing())]}

    def method(self):
        pass

    @staticmethod
    def static():
        pass

    @classmethod
    def of_class(cls):
        pass

    @property
    def asked_for(self):
        pass


def plant_functions():
    for name, one in (("method", Attributes.method), ("static", Attributes.__dict__["static"].__func__),
                      ("of_class", Attributes.__dict__["of_class"].__func__), ("property", Attributes.asked_for.fget)):
        plant(name, one)


class OddDict(dict):
    def __getitem__(self, key):
        return None


class OddList(list):
    def __getitem__(self, index):
        return None


class Colour(enum.Enum):
    RED = hide("value of an enumeration", Thing())     # the key of a dict, too


Pair = collections.namedtuple("Pair", "left right")


def make_dicts():
    names = {"str": "key", "quotes": "it's \"so\"\n", "long": "long " * 60, "unicode": "ključ €\U0001f511", "int": 3, "large": 10 ** 30,
             "negative": -1, "bytes": b"\x00'", "none": None, "true": True, "float": 1.5, "infinite": float("inf"), "tuple": (1, ("two", None)),
             "empty": (), "frozenset": frozenset([7]), "complex": 2j, "type": int, "class": Plain, "ellipsis name": "..."}
    return {key: plant("key: " + name) for name, key in names.items()}


def make_closure():
    kept, shared = plant("closure"), plant("closure of a closure")

    def middle():
        def inner():
            return shared
        return inner, kept
    return middle


def make_function():
    def function(one=plant("default"), *, two=plant("keyword default")):
        pass
    function.attribute = plant("attribute of a function")
    function.__annotations__["one"] = plant("annotation")
    return function


def generator(first):
    local, cell = plant("local of a generator"), plant("cell of a generator")
    yield lambda: cell
    yield local, first


def waiting_in_a_loop():
    for one in [hide("item of a loop"), 2, 3]:
        yield
    del one


@types.coroutine
def wait():
    yield


async def coroutine():
    local = plant("local of a coroutine")
    await wait()
    del local


async def async_generator():
    local = plant("local of an asynchronous generator")
    await wait()
    yield local


def start(one, send=None):
    next(one)
    return one


def begin(one):
    one.send(None)
    return one


def begin_async(one):
    step = one.asend(None)
    step.send(None)
    return one, step


def make_exception():
    def fail():
        raise KeyError(plant("argument of an exception"))

    try:
        try:
            fail()
        except KeyError as error:
            error.noted = plant("attribute of an exception")
            raise ValueError(plant("argument of a cause")) from error
    except ValueError as error:
        error.__traceback__ = error.__cause__.__traceback__ = None
        return error


def make_class():
    class Nameless:
        pass
    return plant("class of an instance", Nameless)()


def make_modules():
    odd, package, sub, orphan = [types.ModuleType(name) for name in ("odd-name", "package", "package.sub", "gone.sub")]
    odd.one, sub.one, orphan.one, package.sub = plant("in a module of odd name"), plant("in a submodule"), plant("in an orphan"), sub
    setattr(odd, "no name", plant("odd attribute of a module"))
    setattr(odd, "class", plant("keyword as an attribute"))
    for one in odd, package, sub, orphan:
        sys.modules[one.__name__] = one


def make_instances():
    one, two, three = Plain(attribute=plant("attribute")), Slots(), MoreSlots()
    setattr(one, "no name", plant("odd attribute"))
    setattr(one, "été", plant("attribute in French"))
    two.one, two._Slots__private = plant("slot"), plant("private slot")
    three.one, three.two, three.three = plant("inherited slot"), plant("own slot"), plant("attribute beside slots")
    shadowed, secretive = Shadowed(), Secretive()
    shadowed.__dict__["shadow"] = plant("shadowed attribute")
    secretive.__dict__["secret"] = plant("attribute of a secretive one")
    return [one, two, three, shadowed, secretive, Inline("inline"), Inline("inline again"), types.SimpleNamespace(name=plant("namespace"))]


def make_containers():
    odd_dict, odd_list = OddDict(), OddList([0, plant("in an odd list")])
    dict.__setitem__(odd_dict, "key", plant("in an odd dict"))
    ordered = collections.OrderedDict(key=plant("ordered"))
    default = collections.defaultdict(list, key=plant("in a defaultdict"))
    nested = collections.deque([0, ([1, {"deep": (2, plant("nested"))}],)])
    return [odd_dict, odd_list, ordered, default, nested, Pair(0, plant("named tuple")), collections.ChainMap({}, {"key": plant("chain")}),
            [[[[[[plant("deep in lists")]]]]]]]


class Bound:
    def method(self):
        pass


def make_callables():
    return [plant("bound", Bound()).method, functools.partial(print, plant("argument of a partial"), key=plant("keyword of a partial")),
            make_closure(), make_closure()()[0], make_function(), [].append, plant("list with a method", [Thing()]).append,
            functools.wraps(plant("wrapped", lambda: None))(lambda: None), weakref.ref(Thing, plant("callback", lambda reference: None))]


def make_hidden():
    cached = functools.lru_cache()(lambda one: hide("cached"))
    cached(1)
    variable = contextvars.ContextVar("variable")
    variable.set(hide("in a context"))
    return [{hide("element")}, iter([hide("of an iterator")]), types.MappingProxyType({"key": hide("behind a proxy")}), cached,
            itertools.chain([hide("chained")], []), enumerate([hide("enumerated")]), variable, {hide("key"): 1}]


def run(ready):
    buffer, cell, items = plant("local"), plant("cell"), [0, {"key": plant("within a local")}]
    local.value = hide("local of a thread")
    inner = lambda: cell                                                                # noqa: E731
    for one in [hide("on a stack")]:
        del one
        ready.set()
        parked.block()
    return buffer, items, inner


def evaluate(path):
    names = dict(vars(__import__("builtins")), **{name: one for name, one in sys.modules.items() if name.isidentifier()})
    match = re.match(r"([\w.<>]+):local (\.?\w+)", path)
    if match:
        frame, = [one for one in sys._current_frames().values() for one in frames(one)
                  if match.group(1) in (function_name(one), "%s.%s" % (one.f_globals["__name__"], one.f_code.co_name))]
        names["_value"] = frame.f_locals[match.group(2)]
        del frame
        path = "_value" + path[match.end():]
    return eval(compile(path, "path", "eval"), names)


def frames(frame):
    while frame:
        yield frame
        frame = frame.f_back


def function_name(frame):
    return "%s.%s" % (frame.f_globals["__name__"], getattr(frame.f_code, "co_qualname", frame.f_code.co_name))


def at(address):
    return ctypes.cast(address, ctypes.py_object).value


def answer(question):
    if "eval" in question:
        try:
            return hex(id(evaluate(question["eval"])))
        except Exception as error:
            return "%s: %s" % (type(error).__name__, error)
    if "referrers" in question:
        found = gc.get_referrers(at(question["referrers"]))
        return [id(one) for one in found if not isinstance(one, types.FrameType)]
    if "refers" in question:
        one, other = question["refers"]
        return sum(id(each) == other for each in gc.get_referents(at(one)))
    return [id(one) for one in gc.get_referents(at(question["referents"]))]


def serve():
    for line in iter(sys.stdin.readline, ""):
        os.write(1, json.dumps(answer(json.loads(line))).encode() + b"\n")


local = threading.local()
plant_functions()
make_modules()
kept = dict(dicts=make_dicts(), instances=make_instances(), containers=make_containers(), callables=make_callables(), exception=make_exception(),
            instance=make_class(), generator=start(generator(plant("argument of a generator"))), loop=start(waiting_in_a_loop()),
            coroutine=begin(coroutine()), asynchronous=begin_async(async_generator()))
kept_hidden = make_hidden()
started = threading.Event()
threading.Thread(target=run, args=(started,), daemon=True).start()
started.wait()


def sample():
    """Without what is only there for the moment: a comprehension's function is an object."""
    gc.collect()
    found = []
    for one in gc.get_objects():
        if not isinstance(one, types.FrameType) and one is not found:
            found.append(id(one))
    return found[::max(1, len(found) // 700)]


parked.write_json(sys.argv[1], {"recorder": None, "version": sys.version_info[:3], "addresses": addresses, "hidden": hidden, "others": sample()})
os.write(1, b"ready\n")
serve()
