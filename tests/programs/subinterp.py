"""Sub-interpreters, with threads in them and one inside another on the same thread.

    subinterp.py ORACLE legacy|isolated

Says "unavailable" instead of "ready" where this Python has none. Each interpreter writes down its own stacks, just
before it blocks: the innermost line is that of the call still to come.
"""
import json
import os
import sys
import threading
import time

import parked

try:
    import _interpreters
except ImportError:
    _interpreters = None
    try:
        import _xxsubinterpreters
    except ImportError:
        os.write(1, b"unavailable\n")
        sys.exit(0)

# What runs in each of them. Formatted with the variables below.
COMMON = '''
import json, os, sys, threading
sys.path.insert(0, {programs!r})
sys.dont_write_bytecode = True
try:
    import _interpreters
except ImportError:
    _interpreters = None
    import _xxsubinterpreters

def here():
    if _interpreters:
        current = _interpreters.get_current()
        return int(current[0] if isinstance(current, tuple) else current)
    return int(_xxsubinterpreters.get_current())

def create(isolated):
    if _interpreters:
        return _interpreters.create('isolated' if isolated else 'legacy')
    if sys.version_info < (3, 9):
        return _xxsubinterpreters.create()
    return _xxsubinterpreters.create(isolated=isolated)

run_string = (_interpreters or _xxsubinterpreters).run_string

def note(frame, line, path):
    entries = []
    while frame is not None:
        code = frame.f_code
        entries.append(dict(function=code.co_name, file=code.co_filename, line=line or frame.f_lineno,
                            qualname=getattr(code, 'co_qualname', None), columns_unknown=True))
        line = None
        frame = frame.f_back
    tid = int(os.readlink('thread-self', dir_fd={proc}).rsplit('/', 1)[1])
    entry = dict(situation=os.path.basename(path), ident=threading.get_ident(), native_id=tid, kernel_name=None,
                 threading_name=threading.current_thread().name, interpreter=here(), main=None, frames=entries)
    with open(path + '.part', 'w') as out:
        json.dump(entry, out)
    os.replace(path + '.part', path)
'''

LEAF = COMMON + '''
def in_thread(path):
    frame = sys._getframe()
    note(frame, frame.f_lineno + 1, path)
    os.read({pipe}, 1)

def main_of_interpreter():
    if {with_threads}:
        for number in range(2):
            threading.Thread(target=in_thread, args=({path!r} + '-thread-%d' % number,),
                             name='sub thread %d' % number).start()
    frame = sys._getframe()
    note(frame, frame.f_lineno + 1, {path!r})
    os.read({pipe}, 1)

main_of_interpreter()
'''

OUTER = COMMON + '''
def outer_interpreter():
    inner = create({isolated})
    source = {inner!r}
    frame = sys._getframe()
    note(frame, frame.f_lineno + 1, {path!r})
    run_string(inner, source)

outer_interpreter()
'''

oracle, mode = sys.argv[1:3]
isolated = mode == "isolated"
with_threads = not isolated or sys.version_info >= (3, 12)
pipe, keep_open = os.pipe()
parts = oracle + ".parts"
os.mkdir(parts)
variables = {"programs": os.path.dirname(os.path.abspath(__file__)), "proc": parked._proc, "pipe": pipe,
             "isolated": isolated, "with_threads": with_threads}
exec(COMMON.format(**variables))
threads = parked.Threads()
expected = set()


def leaf(name, threaded=with_threads):
    expected.add(name)
    if threaded:
        expected.update(name + "-thread-%d" % number for number in range(2))
    return LEAF.format(path=os.path.join(parts, name), **dict(variables, with_threads=threaded))


def nest(names):
    """Interpreters inside each other, all on the calling thread."""
    source = leaf(names[-1])
    for name in reversed(names[:-1]):
        expected.add(name)
        source = OUTER.format(path=os.path.join(parts, name), inner=source, **variables)
    return source


def record():
    mine = parked.native_id()
    while not expected <= set(os.listdir(parts)):
        time.sleep(0.01)
    parked.wait_settled(but=(mine,))
    listed = []
    for name in sorted(os.listdir(parts)):
        with open(os.path.join(parts, name)) as part:
            listed.append(json.load(part))
    # sys._current_frames() knows one stack for each thread only: that of some interpreter.
    for thread in threads.oracle():
        thread["frames"] = stacks[thread["ident"]]
        listed.append(thread)
    parked.write_json(oracle, {"version": sys.version_info[:3], "pid": os.getpid(), "recorder": mine,
                               "interpreters": 1 + len([name for name in expected if "-thread-" not in name]),
                               "threads": listed})
    os.write(1, b"ready\n")


stacks = {}


def call_noted(source):
    interpreter = create(isolated)
    frame = sys._getframe()
    stacks[threading.get_ident()] = parked.frame_entries(frame, frame.f_lineno + 1)
    run_string(interpreter, source)


# The main thread's chain must not block standard input: it ends when the reader kills it.
sources = [nest(["main-outer", "main-middle", "main-inner"]), leaf("worker-leaf"), nest(["worker-outer",
                                                                                        "worker-inner"])]
for number, source in enumerate(sources[1:]):
    threads.start("runs-interpreter-%d" % number, call_noted, source)
threading.Thread(target=record, name="recorder", daemon=True).start()
call_noted(sources[0])
