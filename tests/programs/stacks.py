"""Threads parked in awkward stacks, and what sys._current_frames() says of them.

    stacks.py ORACLE [--depth N] [--only NAME,…] [--no-frames]

Each situation is a function of its own in a thread of its own, named after it. `--no-frames` parks the same threads
without asking for frames, so that no frame objects are made for them: the reader must not depend on any.
"""
import _thread
import argparse
import contextlib
import functools
import json
import os
import re
import select
import sys
import threading
import time

from parked import Threads, announce, block, native_id, serve, tasks, wait_settled

threads = Threads()
situations = []
skipped = {}
never_readable, _keep_open = os.pipe()
directory = None                # for modules made on the way


def situation(function=None, since=(3, 7), until=(9, 9)):
    def add(function):
        if since <= sys.version_info[:2] <= until:
            situations.append(function)
        return function
    return add(function) if function else add


def run_source(source, filename="<string>", **names):
    """For syntax that not every version has, and for file names that no file system has."""
    names = dict({"block": block, "__name__": "odd"}, **names)
    exec(compile(source, filename, "exec"), names)
    return names


# Ways to block

@situation
def lock_acquire():
    block()


@situation
def read_from_pipe():
    os.read(never_readable, 1)


@situation
def select_for_good():
    select.select([never_readable], [], [])


@situation
def sleep_long():
    time.sleep(1e6)


@situation
def event_wait():
    threading.Event().wait()


@situation
def condition_wait_for():
    condition = threading.Condition()
    with condition:
        condition.wait_for(lambda: False)


@situation
def queue_get():
    import queue
    queue.Queue().get()


@situation
def join_another_thread():
    for thread in threading.enumerate():
        if thread.name == "lock_acquire":
            thread.join()


# Callbacks from C

@situation
def sorted_key():
    sorted([3, 1, 2], key=lambda item: block())


@situation
def reduce_function():
    def combine(left, right):
        block()
    functools.reduce(combine, [1, 2, 3])


@situation
def regex_replacement():
    def replacement(match):
        block()
    re.sub("b+", replacement, "abba")


@situation
def map_in_list():
    def double(item):
        block()
    list(map(double, [1, 2]))


@situation
def filter_in_tuple_in_max():
    max(tuple(filter(lambda item: block() or True, range(3))), key=lambda item: item)


@situation
def json_default():
    json.dumps({"key": [object()]}, default=lambda value: block())


@situation
def json_object_hook():
    json.loads('{"a": {"b": 1}}', object_hook=lambda value: block())


@situation
def partial_of_partial():
    def target(first, second, third=None):
        block()
    functools.partial(functools.partial(target, 1), third=3)(2)


@situation
def cached_function():
    @functools.lru_cache(maxsize=None)
    def cached(argument):
        block()
    cached(1)


@situation
def cached_recursion():
    @functools.lru_cache(maxsize=None)
    def cached(argument):
        return cached(argument - 1) if argument else block()
    cached(100)


@situation
def ctypes_qsort():
    import ctypes
    compare_type = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)

    def compare(left, right):
        block()
        return 0

    array = (ctypes.c_int * 4)(4, 3, 2, 1)
    ctypes.CDLL(None).qsort(array, ctypes.c_size_t(4), ctypes.c_size_t(4), compare_type(compare))


@situation
def sqlite_function():
    import sqlite3
    connection = sqlite3.connect(":memory:")
    connection.create_function("stop", 1, lambda value: block())
    connection.execute("select stop(1)").fetchall()


@situation
def c_and_python_in_turn():
    def descend(depth):
        if depth:
            return list(map(descend, [depth - 1]))
        return functools.reduce(lambda left, right: block(), [1, 2])
    descend(10)


@situation
def comparison_in_c():
    class Unequal:
        def __eq__(self, other):
            block()

        __hash__ = object.__hash__
    [Unequal()].index(Unequal())


@situation
def hash_in_dict():
    class Hashed:
        def __hash__(self):
            block()
    return {Hashed(): 1}


@situation
def bool_in_any():
    class Truth:
        def __bool__(self):
            block()
    any(Truth() for number in range(3))


# Generators, coroutines, comprehensions

@situation
def yield_from_chain():
    def innermost():
        yield 1
        block()
        yield 2

    def middle():
        yield from innermost()

    def outermost():
        got = yield from middle()
        return got
    for number in outermost():
        pass


@situation
def yield_from_deep():
    def nested(depth):
        if depth:
            yield from nested(depth - 1)
        else:
            block()
            yield
    next(nested(200))


@situation
def generator_expression():
    return sum(block() for number in range(3))


@situation
def generator_expression_over_several_lines():
    return sum(
        number
        for number in
        range(3)
        if block()
    )


@situation
def list_comprehension():
    return [
        block()
        for number
        in range(3)
    ]


@situation
def nested_comprehensions():
    return [[{inner: block()
              for inner in range(outer)}
             for outer in range(3)]
            for number in range(2)]


@situation
def dict_comprehension():
    return {
        number:
        block()
        for number in range(3)
        if number
    }


@situation
def set_comprehension():
    return {
        block(
        ) for number in range(3)
    }


@situation
def comprehension_with_condition_above():
    return [number
            for number in range(3)
            if number and
            block()]


@situation
def generator_close():
    def closing():
        try:
            yield
        finally:
            block()
    generator = closing()
    next(generator)
    generator.close()


@situation
def generator_throw():
    def catching():
        try:
            yield
        except ValueError:
            block()

    def delegating():
        yield from catching()
    generator = delegating()
    next(generator)
    generator.throw(ValueError("thrown"))


@situation
def generator_context_manager():
    @contextlib.contextmanager
    def manager():
        yield
        block()
    with manager():
        pass


@situation
def coroutine_by_hand():
    async def innermost():
        block()

    async def middle():
        return await innermost()

    async def outermost():
        await middle()
    outermost().send(None)


@situation
def coroutine_awaiting_object():
    class Awaitable:
        def __await__(self):
            block()
            yield

    async def waits():
        await Awaitable()
    waits().send(None)


@situation
def async_generator():
    async def numbers():
        yield 1
        block()
        yield 2

    async def consume():
        async for number in numbers():
            pass
    consume().send(None)


@situation
def async_comprehension():
    async def numbers():
        yield 1

    async def consume():
        return [
            (number, block())
            async for number in numbers()
        ]
    consume().send(None)


@situation
def async_with():
    class Manager:
        async def __aenter__(self):
            block()

        async def __aexit__(self, *details):
            pass

    async def use():
        async with Manager():
            pass
    use().send(None)


@situation
def asyncio_callback():
    import asyncio
    loop = asyncio.new_event_loop()
    loop.call_soon(block)
    loop.call_soon(lambda: None)
    loop.run_forever()


@situation
def asyncio_python_callback():
    import asyncio

    def callback():
        block()
    loop = asyncio.new_event_loop()
    loop.call_soon(callback)
    loop.run_forever()


@situation
def asyncio_task():
    import asyncio

    async def innermost():
        await asyncio.sleep(0)
        block()

    async def middle():
        await innermost()

    async def main():
        await asyncio.gather(middle())
    asyncio.run(main())


@situation
def asyncio_idle_loop():
    import asyncio
    asyncio.new_event_loop().run_forever()


# exec, eval and odd file names

@situation
def exec_string():
    exec("block()")


@situation
def exec_with_functions():
    run_source("def inner():\n    block()\n\n\ndef outer():\n    inner()\nouter()\n")


@situation
def eval_expression():
    eval("(1,\n block())")


@situation
def eval_lambda():
    eval("lambda: [block() for number in range(3)]")()


def odd_file(name):
    def park():
        run_source("\n\ndef inner():\n    block()\n\ninner()\n", name)
    return park


ODD_FILES = {
    "with_spaces": "a file name.py",
    "latin1": "caf\xe9/gar\xe7on.py",
    "ucs2": "\u043a\u0438\u0440\u0438\u043b\u043b\u0438\u0446\u0430/\u6f22\u5b57.py",
    "ucs4": "\U0001f40d/\U0002000b.py",
    "surrogateescape": "bad\udcff\udc80name.py",
    "lone_surrogate": "\ud83d and \udc0d.py",
    "empty": "",
    "one_char": "x",
    "controls": "new\nline\ttab\x1b[31mred\x7f\"quoted\"\\back\u2028.py",
    "long": "/".join(["directory"] * 400) + "/file.py",
    "long_ucs4": "\U0001f40d" * 1500,
    "percent": "%s%n%d{}.py",
    "frozen_like": "<frozen nothing>",
    "relative": "../../etc/passwd",
}
for key in ODD_FILES:
    park = odd_file(ODD_FILES[key])
    park.__name__ = "file_name_" + key
    situation(park)


@situation(since=(3, 8))
def file_name_with_nul():
    code = compile("block()", "x", "exec")
    exec(code.replace(co_filename="before\0after"), {"block": block})


# Names

@situation
def name_latin1():
    def déjà_vu():
        block()
    déjà_vu()


@situation
def name_cyrillic():
    def кириллица():
        block()
    кириллица()


@situation
def name_cjk():
    class 漢字:
        def 方法(self):
            block()
    漢字().方法()


@situation
def name_astral():
    def 𠀋𠀌():
        block()
    𠀋𠀌()


@situation
def name_very_long():
    run_source("def {0}():\n    block()\n{0}()\n".format("long_name_" * 300))


@situation(since=(3, 8))
def name_that_is_no_identifier():
    code = compile("block()", "<odd name>", "exec").replace(co_name="\U0001f40d has \udcff\n\"quotes\"\0")
    exec(code, {"block": block})


@situation(since=(3, 11))
def qualname_that_is_no_identifier():
    code = compile("block()", "<odd name>", "exec").replace(co_name="", co_qualname="\U0001f40d.\udcff.<\t>")
    exec(code, {"block": block})


@situation
def qualified_names():
    class Outer:
        class Inner:
            def method(self):
                def local():
                    return (lambda: block())()
                local()

            @classmethod
            def of_class(cls):
                cls().method()

            @staticmethod
            def static():
                Outer.Inner.of_class()
    Outer.Inner.static()


@situation
def name_mangled():
    class Mangling:
        def __private(self):
            block()

        def public(self):
            self.__private()
    Mangling().public()


@situation
def renamed_function():
    def original():
        block()
    original.__name__ = "renamed"
    original.__qualname__ = "Somewhere.renamed"
    original()


# Calls and lines

@situation
def call_over_several_lines():
    def take(*arguments, **named):
        pass
    take(
        1,
        take(
            2,
            key=block(
            ),
        ),
        3,
    )


@situation
def call_chain_over_several_lines():
    class Chain:
        def step(self):
            return self

        def stop(self):
            block()
    (Chain()
     .step()
     .step()
     .stop()
     .step())


@situation
def star_arguments():
    def star(*arguments, **named):
        block(*[], **{})
    star(*[1, 2], *(3,), key=1, **{"other": 2})


@situation
def star_arguments_evaluated():
    def produce():
        yield 1
        block()

    def star(*arguments):
        pass
    star(0, *produce())


@situation
def default_argument():
    def default(value=1, *, other=block()):
        pass
    default()


@situation
def formatted_string():
    class Formatted:
        def __format__(self, spec):
            block()
    return f"before {Formatted():>{10}} after"


@situation
def formatted_string_inside():
    return f"""before {
        block()
    } after"""


@situation(since=(3, 8))
def walrus():
    run_source("if (value := block()) and (other := 1):\n    pass\n", "<walrus>")


@situation
def conditional_expression_over_lines():
    return (1
            if block()
            else
            2)


@situation
def binary_operation():
    class Operand:
        def __radd__(self, other):
            block()
    return (1 +
            2 *
            3 + Operand())


@situation
def augmented_assignment():
    class Operand:
        def __iadd__(self, other):
            block()
    operand = Operand()
    operand += (
        1
    )


@situation
def comparison_chain():
    class Compared:
        def __lt__(self, other):
            block()
    return 1 == 1 != 2 and Compared() < 3 < 4


@situation
def subscript_and_slice():
    class Indexed:
        def __getitem__(self, key):
            block()
    return Indexed()[1:2, ...]


@situation
def contains_and_len():
    class Container:
        def __len__(self):
            block()

        def __contains__(self, item):
            return len(self)
    return 1 in Container()


@situation
def unpacking_iteration():
    class Iterated:
        def __iter__(self):
            return self

        def __next__(self):
            block()
    first, *rest = Iterated()


@situation
def assert_message():
    assert not True, block()


@situation
def loop_else():
    for number in range(2):
        while number > 5:
            pass
        else:
            continue
    else:
        block()


@situation
def semicolons_on_a_line():
    first = 1; second = 2; block(); third = 3


@situation
def line_with_multi_byte_text():
    text = "日本語𠀋é", block(), "é"
    return text


@situation
def wide_line():
    run_source("x = 1; " * 200 + "block()\n", "<wide>")


@situation
def very_wide_line():
    run_source("x = 1; " * 5000 + "block()\n", "<very wide>")


@situation
def line_beyond_65535():
    run_source("\n" * 70000 + "def inner():\n" + "\n" * 70000 + "    block()\n\ninner()\n", "<many lines>")


@situation
def huge_line_deltas():
    run_source("x = 1" + "\n" * 300 + "x = 2" + "\n" * 40000 + "(x,\n" + "\n" * 200 + "block(\n" + "\n" * 90 + "))\n",
               "<far apart>")


@situation
def many_bytes_between_lines():
    run_source("a = 1\nx = (" + " + ".join(["a"] * 400) + ")\nblock()\n", "<many bytes>")


@situation
def extended_arguments():
    lines = ["name_{0} = {1}".format(number, number + 1000) for number in range(600)]
    run_source("\n".join(lines) + "\nblock(*(name_599 and ()))\n", "<many names>")


@situation
def jump_over_much_code():
    body = "\n".join("    value_{0} = {0}".format(number) for number in range(3000))
    run_source("for number in range(2):\n" + body + "\nelse:\n    block()\n", "<far jump>")


@situation
def many_locals_and_constants():
    lines = ["    local_{0} = {0}.5".format(number) for number in range(2000)]
    run_source("def wide():\n" + "\n".join(lines) + "\n    block()\nwide()\n", "<many locals>")


@situation(since=(3, 8))
def no_line_table():
    table = "co_linetable" if sys.version_info >= (3, 10) else "co_lnotab"
    code = compile("\n\nblock()\n", "<no lines>", "exec").replace(**{table: b""})
    exec(code, {"block": block})


@situation(since=(3, 10))
def code_without_location():
    code = compile("\n\nblock()\n", "<no location>", "exec")
    if sys.version_info >= (3, 11):
        units = len(code.co_code) // 2
        table = b"\xff" * (units // 8) + (bytes([0xf8 | units % 8 - 1]) if units % 8 else b"")
    else:
        table = bytes([len(code.co_code), 0x80])
    exec(code.replace(co_linetable=table), {"block": block})


@situation(since=(3, 11))
def no_columns_but_lines():
    code = compile("\n\nblock()\n", "<no columns>", "exec")
    units = len(code.co_code) // 2
    table = bytearray()
    while units:
        table += bytes([0x80 | 13 << 3 | min(units, 8) - 1, 2 if not table else 0])
        units -= min(units, 8)
    exec(code.replace(co_linetable=bytes(table)), {"block": block})


@situation(since=(3, 8))
def first_line_moved():
    code = compile("\n\nblock()\n", "<moved>", "exec").replace(co_firstlineno=1000000)
    exec(code, {"block": block})


# Statements

@situation
def with_statement():
    class Manager:
        def __enter__(self):
            block()

        def __exit__(self, *details):
            pass
    with Manager() as manager:
        pass


@situation
def with_over_several_lines():
    with contextlib.ExitStack() as stack, \
            contextlib.suppress(
                ValueError), \
            open(os.devnull) as null:
        block()


@situation
def with_exit():
    class Manager:
        def __enter__(self):
            pass

        def __exit__(self, *details):
            block()
    with Manager(), \
            contextlib.suppress(ValueError):
        x = 1
        y = 2


@situation
def with_exit_of_exception():
    class Manager:
        def __enter__(self):
            pass

        def __exit__(self, *details):
            block()
    with Manager():
        raise ValueError("on the way out")


@situation(since=(3, 9))
def with_in_parentheses():
    run_source("with (open('/dev/null') as a,\n      open('/dev/null') as b,\n):\n    block()\n", "<with>")


@situation
def except_handler():
    try:
        raise ValueError("first")
    except ValueError as error:
        block()


@situation
def except_handlers_nested():
    try:
        try:
            {}["missing"]
        except KeyError:
            int("no number")
        finally:
            None
    except ValueError:
        try:
            1 / 0
        except (
                TypeError,
                ZeroDivisionError):
            block()


@situation
def except_expression():
    def matching():
        block()
        return ValueError
    try:
        raise ValueError
    except matching():
        pass


@situation
def finally_block():
    def returns():
        try:
            return 1
        finally:
            block()
    returns()


@situation
def finally_while_raising():
    try:
        raise ValueError
    finally:
        block()


@situation
def exception_constructor():
    class Custom(Exception):
        def __init__(self, *arguments):
            block()
    raise Custom("never made")


@situation
def return_in_loop_with_finally():
    while True:
        for number in range(3):
            try:
                break
            finally:
                block()


@situation(since=(3, 11))
def except_star():
    run_source("try:\n    raise ExceptionGroup('g', [ValueError(1), TypeError(2)])\n"
               "except* ValueError:\n    pass\nexcept* TypeError as group:\n    block()\n", "<except star>")


@situation(since=(3, 10))
def match_statement():
    run_source("match {'kind': [1, (2, 3)]}:\n    case {'other': _}:\n        pass\n"
               "    case {'kind': [1, (a, b)]} if a and block():\n        pass\n", "<match>")


@situation(since=(3, 10))
def match_class_attribute():
    run_source("class Shape:\n    __match_args__ = ('side',)\n    @property\n    def side(self):\n        block()\n"
               "match Shape():\n    case Shape(1):\n        pass\n", "<match>")


@situation(since=(3, 12))
def generic_class():
    run_source("def base():\n    block()\n    return object\nclass Generic[T](base()):\n    pass\n", "<generic>")


@situation(since=(3, 12))
def type_alias():
    run_source("type Alias = (\n    block()\n)\nAlias.__value__\n", "<alias>")


@situation(since=(3, 12))
def type_variable_bound():
    run_source("def generic[T: block()](value: T):\n    pass\ngeneric.__type_params__[0].__bound__\n", "<bound>")


@situation(since=(3, 12))
def formatted_string_nested():
    run_source("x = f'{f'{[\n  block()\n  for n in (1,)\n]}'}'\n", "<nested f-string>")


@situation(since=(3, 14))
def template_string():
    run_source("x = t'a {1} b {\n  block()\n}'\n", "<t-string>")


@situation(since=(3, 14))
def lazy_annotations():
    run_source("def annotated(value:\n              block()):\n    pass\nannotated.__annotations__\n", "<annotations>")


# Classes and special methods

@situation
def class_body():
    class Body:
        attribute = 1

        class Nested:
            value = block()


@situation
def constructor():
    class Constructed:
        def __init__(self, value, *, other=None):
            block()
    Constructed(1, other=2)


@situation
def constructor_of_base():
    class Base:
        def __init__(self):
            block()

    class Derived(Base):
        def __init__(self):
            super().__init__()
    Derived()


@situation
def constructor_often_called():
    """Warm, so that specialising interpreters (3.13) inline the call of __init__."""
    class Warm:
        def __init__(self, stop):
            if stop:
                block()

    def make(stop):
        return Warm(stop)
    for number in range(5000):
        make(False)
    make(True)


@situation
def calls_often_made():
    """Warm functions of several kinds: specialised calls, properties, subscripts, for loops over generators."""
    class Warm:
        def __getitem__(self, key):
            return self.attribute

        @property
        def attribute(self):
            return self.method(1)

        def method(self, value):
            for item in generate(value):
                pass
            return item

    def generate(value):
        if stop:
            block()
        yield value
    stop = False
    warm = Warm()

    def use():
        return warm[1]
    for number in range(5000):
        use()
    stop = True
    use()


@situation
def loop_often_run():
    """Warm loop in one frame: back edges, on-stack replacement by tier-two code where a build has it."""
    def leaf(number):
        if number == 20000:
            block()
        return number
    total = 0
    for number in range(30000):
        total += leaf(
            number
        )


@situation
def new_method():
    class Made:
        def __new__(cls):
            block()
    Made()


@situation
def metaclass_call():
    class Meta(type):
        def __call__(cls, *arguments):
            block()

    class Made(metaclass=Meta):
        pass
    Made(1)


@situation
def metaclass_new():
    class Meta(type):
        def __new__(meta, name, bases, names):
            block()

    class Made(metaclass=Meta):
        pass


@situation
def metaclass_prepare():
    class Meta(type):
        @classmethod
        def __prepare__(meta, name, bases):
            block()

    class Made(metaclass=Meta):
        pass


@situation
def init_subclass():
    class Base:
        def __init_subclass__(cls, **options):
            block()

    class Derived(Base, option=1):
        pass


@situation
def descriptor_set_name():
    class Descriptor:
        def __set_name__(self, owner, name):
            block()

    class Owner:
        attribute = Descriptor()


@situation
def descriptor_get():
    class Descriptor:
        def __get__(self, instance, owner):
            block()

    class Owner:
        attribute = Descriptor()
    return Owner().attribute


@situation
def descriptor_set_and_delete():
    class Descriptor:
        def __set__(self, instance, value):
            del instance.attribute

        def __delete__(self, instance):
            block()

    class Owner:
        attribute = Descriptor()
    Owner().attribute = 1


@situation
def property_getter():
    class Owner:
        @property
        def value(self):
            block()
    return Owner().value


@situation
def getattr_hook():
    class Owner:
        def __getattr__(self, name):
            block()
    return Owner().anything


@situation
def getattribute_hook():
    class Owner:
        def __getattribute__(self, name):
            block()
    return Owner().anything


@situation
def setattr_hook():
    class Owner:
        def __setattr__(self, name, value):
            block()
    Owner().anything = 1


@situation
def missing_key():
    class Filled(dict):
        def __missing__(self, key):
            block()
    return Filled()["absent"]


@situation
def call_method():
    class Callable:
        def __call__(self, *arguments):
            block()
    Callable()(1)


@situation
def finalizer_by_refcount():
    class Finalized:
        def __del__(self):
            block()
    finalized = Finalized()
    del finalized


@situation
def finalizer_on_return():
    class Finalized:
        def __del__(self):
            block()

    def leave():
        finalized = Finalized()
        return 1
    leave()


@situation
def weak_reference_callback():
    import weakref

    class Referred:
        pass
    referred = Referred()
    reference = weakref.ref(referred, lambda dead: block())
    del referred


@situation
def iter_sentinel():
    return list(iter(lambda: block(), None))


@situation
def decorated():
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*arguments, **named):
            return function(*arguments, **named)
        return wrapper

    @decorate
    @decorate
    def function():
        block()
    function()


@situation
def decoration():
    def blocking(function):
        block()

    def decorate(value):
        return lambda function: function

    @blocking
    @decorate(
        1
    )
    def function(
            argument=1):
        pass


@situation
def decoration_of_class():
    def blocking(cls):
        block()

    @blocking
    class Decorated:
        pass


@situation
def import_of_module():
    path = os.path.join(directory, "coreptile_blocking_module.py")
    with open(path, "w", encoding="utf-8") as out:
        out.write('"""Blocks while it is imported."""\n\nfrom parked import block\n\n\ndef inner():\n    block()\n\n\n'
                  'inner()\n')
    sys.path.append(directory)
    import coreptile_blocking_module


@situation
def import_hook():
    class Finder:
        @staticmethod
        def find_spec(name, path=None, target=None):
            if name == "coreptile_never_found":
                block()
    sys.meta_path.insert(0, Finder)
    import coreptile_never_found


@situation
def super_and_zero_arguments():
    class Base:
        def method(self):
            block()

    class Derived(Base):
        def method(self):
            return (super()
                    .method())
    Derived().method()


@situation
def closure_cells():
    outer = 1

    def middle():
        nonlocal outer

        def inner():
            nonlocal outer
            outer = block()
        inner()
    middle()


# Recursion, tracing

@situation
def recursion():
    def mutual(depth):
        return other(depth - 1) if depth else block()

    def other(depth):
        return (
            mutual(depth)
        )
    mutual(150)


@situation
def deep_recursion():
    def recurse(depth):
        if depth:
            return recurse(depth - 1)
        block()
    recurse(depth_wanted)


@situation
def traced():
    def trace(frame, event, argument):
        return trace

    def function(value):
        value += 1
        block()
    sys.settrace(trace)
    function(1)


@situation
def inside_trace_function():
    def trace(frame, event, argument):
        if event == "line":
            block()
        return trace

    def function():
        x = 1
        y = 2
    sys.settrace(trace)
    function()


@situation
def profiled():
    def profile(frame, event, argument):
        pass

    def function():
        (
            block()
        )
    sys.setprofile(profile)
    function()


@situation(since=(3, 12))
def monitored():
    """Instrumented code: the original instructions are kept elsewhere."""
    def on_line(code, line):
        pass

    def function():
        x = 1
        block()
    tool = 3
    sys.monitoring.use_tool_id(tool, "coreptile")
    sys.monitoring.register_callback(tool, sys.monitoring.events.LINE, on_line)
    sys.monitoring.set_local_events(tool, function.__code__, sys.monitoring.events.LINE
                                    | sys.monitoring.events.CALL | sys.monitoring.events.INSTRUCTION)
    function()


# Threads

@situation
def thread_renamed():
    threading.current_thread().name = "renamed afterwards"
    block()


@situation
def thread_name_latin1():
    threading.current_thread().name = "na\xefve caf\xe9"
    block()


@situation
def thread_name_ucs2():
    threading.current_thread().name = "\u043d\u0438\u0442\u044c \u7dda\u7a0b"
    block()


@situation
def thread_name_ucs4():
    threading.current_thread().name = "thread \U0001f9f5 \U0002000b"
    block()


@situation
def thread_name_long():
    threading.current_thread().name = "a long name " * 100
    block()


@situation
def thread_name_empty():
    threading.current_thread().name = ""
    block()


@situation
def thread_name_surrogate():
    threading.current_thread()._name = "bad \udcff name"
    block()


@situation
def thread_name_of_str_subclass():
    class Name(str):
        pass
    threading.current_thread()._name = Name("from a subclass")
    block()


def unknown_to_threading():
    """A thread that the threading module has never heard of."""
    def park():
        threads.enter("unknown_to_threading")
        block()
    _thread.start_new_thread(park, ())


def dummy_thread():
    """One it has heard of only by being asked."""
    def park():
        threads.enter("dummy_thread")
        threading.current_thread()
        block()
    _thread.start_new_thread(park, ())


def without_frames():
    """A thread with no Python frame: its function is a C function. Nothing runs in it that could tell its id."""
    before = set(tasks())
    ident = _thread.start_new_thread(block, ())
    while len(set(tasks()) - before) != 1:
        time.sleep(0.01)
    threads.enter("without_frames", ident, (set(tasks()) - before).pop())


keep_alive = []


def made_by_c():
    """A thread made by pthread_create that calls back into Python, and one that never does."""
    import ctypes
    libc = ctypes.CDLL(None)
    callback_type = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)

    def callback(argument):
        threads.enter("made_by_c")
        block()

    handles = ctypes.c_ulong(), ctypes.c_ulong()
    keep_alive.extend([callback_type(callback), handles])
    libc.pthread_create.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
    if libc.pthread_create(ctypes.byref(handles[0]), None, ctypes.cast(keep_alive[0], ctypes.c_void_p), None):
        raise OSError("pthread_create")
    libc.pthread_create(ctypes.byref(handles[1]), None, ctypes.cast(libc.pause, ctypes.c_void_p), None)


def start_odd_threads():
    for start in (unknown_to_threading, dummy_thread, without_frames, made_by_c):
        count = len(threads.known)
        try:
            start()
        except (ImportError, OSError, AttributeError) as error:
            skipped[start.__name__] = repr(error)
            continue
        while len(threads.known) == count:
            time.sleep(0.001)


def import_beforehand():
    """What situations need, so that none of them waits for the import of another."""
    for name in ("asyncio", "ctypes", "queue", "sqlite3", "traceback", "typing", "weakref", "annotationlib",
                 "string.templatelib"):
        try:
            __import__(name)
        except ImportError:
            pass


def run(function):
    try:
        function()
        reason = "ended"
    except ImportError as error:
        reason = repr(error)
    except BaseException as error:
        import traceback
        traceback.print_exc()
        reason = "failed: %r" % error
    skipped[function.__name__] = reason
    ident = threading.get_ident()
    threads.known.pop(ident)
    threads.labels.pop(ident)


def main():
    global directory, depth_wanted
    parser = argparse.ArgumentParser()
    parser.add_argument("oracle")
    parser.add_argument("--depth", type=int, default=50000)
    parser.add_argument("--only", default="")
    parser.add_argument("--no-frames", action="store_true")
    options = parser.parse_args()
    directory = os.path.dirname(os.path.abspath(options.oracle))
    depth_wanted = options.depth
    sys.setrecursionlimit(options.depth + 10000)
    wanted = [name for name in options.only.split(",") if name]
    import_beforehand()
    for function in sorted(situations, key=lambda function: function is import_hook):
        if wanted and function.__name__ not in wanted:
            continue
        if function is import_hook:     # it keeps the import lock
            wait_settled(but=(native_id(),))
        # To 3.10 each Python call is a call in C.
        deep = function is deep_recursion and sys.version_info < (3, 11)
        threads.start(function.__name__, run, function, stack_size=(options.depth * 1100 + (1 << 20)) & ~0xfff if deep
                      else None)
    if not wanted:
        start_odd_threads()
    announce(options.oracle, threads, frames=not options.no_frames, skipped=skipped, depth=depth_wanted)
    serve()


if __name__ == "__main__":
    main()
