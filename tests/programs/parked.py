"""What every test program shares: blocking for good, knowing that all threads do, and writing down what Python says.

A program starts its threads, calls `announce()` and blocks in `serve()`. A helper thread waits until every thread of
the process sleeps and has not been scheduled for a while, writes the oracle and ends; it names itself in the file
("recorder"), so that a reader waits for its end and then finds exactly the threads that are listed.

Runs on every CPython from 3.7. `/proc` need not be visible: CPT_PROC_FD may name an open directory descriptor of it,
which is how a program in a chroot without /proc gets it.
"""
import itertools
import json
import os
import sys
import threading
import time

sys.dont_write_bytecode = True

_lock = threading.Lock()
_lock.acquire()
block = _lock.acquire           # a builtin method: parks the caller for good without a frame of its own

_proc = int(os.environ.get("CPT_PROC_FD", "-1"))
if _proc < 0:
    _proc = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)


def proc_read(path):
    fd = os.open(path, os.O_RDONLY, dir_fd=_proc)
    try:
        return os.read(fd, 65536).decode("utf-8", "surrogateescape")
    finally:
        os.close(fd)


def proc_list(path):
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY, dir_fd=_proc)
    try:
        return os.listdir(fd)
    finally:
        os.close(fd)


def native_id():
    return int(os.readlink("thread-self", dir_fd=_proc).rsplit("/", 1)[1])


def tasks():
    return sorted(int(name) for name in proc_list("self/task"))


def comm(tid):
    return proc_read("self/task/%d/comm" % tid)[:-1]


def schedule(tid, process="self"):
    """(state, switches): equal in two samples with "S" means that the thread slept all the time between."""
    state, switches = "?", []
    for line in proc_read("%s/task/%d/status" % (process, tid)).splitlines():
        if line.startswith("State:"):
            state = line.split()[1]
        elif "ctxt_switches:" in line:
            switches.append(int(line.split()[1]))
    return state, tuple(switches)


def wait_settled(but=(), samples=4, interval=0.03):
    """Until all threads but those given have slept through some samples. The GIL is free between them, so a thread
    that only waits for it would run."""
    before, same = None, 0
    while same < samples:
        time.sleep(interval)
        try:
            now = {tid: schedule(tid) for tid in tasks() if tid not in but}
        except OSError:         # a thread ended meanwhile
            before, same = None, 0
            continue
        asleep = all(state == "S" for state, _ in now.values())
        same = same + 1 if asleep and now == before else 0
        before = now


def frame_entry(frame, line=None, columns=True):
    """One frame as the oracle has it. With `line`, that of a call still to come (no columns are known then)."""
    code = frame.f_code
    entry = {"function": code.co_name, "file": code.co_filename, "line": frame.f_lineno if line is None else line,
             "qualname": getattr(code, "co_qualname", None), "end_line": None, "column": None, "end_column": None}
    if hasattr(code, "co_positions") and line is None and columns:
        positions = itertools.islice(code.co_positions(), frame.f_lasti // 2, None)
        _, end_line, column, end_column = next(positions, (None,) * 4)
        entry.update(end_line=end_line, column=column, end_column=end_column)
    if line is not None or not columns:
        entry["columns_unknown"] = True
    return entry


def frame_entries(frame, line=None):
    """Innermost first; equal neighbours as one entry with "times". `line`: of the innermost frame, if not its own."""
    entries = []
    while frame is not None:
        entry = frame_entry(frame, line)
        line = None
        if entries and all(entries[-1].get(key) == value for key, value in entry.items()):
            entries[-1]["times"] = entries[-1].get("times", 1) + 1
        else:
            entries.append(entry)
        frame = frame.f_back
    return entries


def write_json(path, document):
    text = json.dumps(document).encode()
    fd = os.open(path + ".part", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)     # open() is gone in the end
    while text:
        text = text[os.write(fd, text):]
    os.close(fd)
    os.replace(path + ".part", path)


class Threads:
    """The threads a program wants listed: their ids as they themselves say."""

    def __init__(self):
        self.known = {}         # ident -> native id
        self.labels = {}        # ident -> situation
        self.enter("main")

    def enter(self, label, ident=None, tid=None):
        ident = threading.get_ident() if ident is None else ident
        self.labels[ident] = label
        self.known[ident] = native_id() if tid is None else tid

    def start(self, label, function, *args, **options):
        stack_size = options.pop("stack_size", None)
        name = options.pop("name", label)

        def enter_and_run():
            self.enter(label)
            function(*args)

        # Small stacks keep gdb's cores small: it writes out what was never touched, too.
        threading.stack_size(stack_size or 1 << 20)
        thread = threading.Thread(target=enter_and_run, name=name, daemon=True)
        thread.start()
        threading.stack_size(0)
        return thread

    def oracle(self, frames=True):
        main = threading.main_thread().ident
        current = sys._current_frames() if frames else {}
        listed = []
        for ident, tid in self.known.items():
            thread = threading._active.get(ident)
            listed.append({"situation": self.labels[ident], "ident": ident, "native_id": tid,
                           "kernel_name": comm(tid), "threading_name": thread.name if thread else None,
                           "main": ident == main, "interpreter": 0,
                           "frames": frame_entries(current.get(ident)) if frames else None})
        return listed


def announce(path, threads, frames=True, settle=True, **more):
    """Start the thread that records all others once they are parked, says "ready" and ends."""

    def record():
        recorder = native_id()
        if settle:
            wait_settled(but=(recorder,))
        document = {"version": sys.version_info[:3], "pid": os.getpid(), "recorder": recorder,
                    "threads": threads.oracle(frames), "prefix": sys.prefix, "argv": sys.argv}
        document.update(more)
        write_json(path, document)
        os.write(1, b"ready\n")

    threading.Thread(target=record, name="recorder", daemon=True).start()


def serve():
    """Block until standard input ends; each byte is answered, which shows that the program still runs."""
    while True:
        if not os.read(0, 1):
            os._exit(0)
        os.write(1, b"pong\n")
