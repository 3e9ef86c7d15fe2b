"""Takes memory of every kind, a known amount at a time.

    allocate.py ORACLE [PERCENT]

Each byte on standard input makes it take the next of STEPS and print its name when that is done; PERCENT scales all
amounts.
Nothing moves by itself between two steps: there is no garbage and no collection.
The oracle, written anew after each step, has the bytes taken ("taken": {STEP: BYTES}) and where things are: "threads"
(idents and where stacks are), "malloc", "mapped", "kept" (floats that pin an arena), "pins" (objects of class Pin).
"""
import ctypes
import gc
import mmap
import os
import sys
import threading

import parked

MB = 1 << 20
PERCENT = int(sys.argv[2]) if len(sys.argv) > 2 else 100
libc = ctypes.CDLL(None)
libc.malloc.restype = libc.calloc.restype = ctypes.c_void_p
libc.malloc.argtypes = [ctypes.c_size_t]
libc.calloc.argtypes = [ctypes.c_size_t, ctypes.c_size_t]
libc.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]
libc.pthread_self.restype = ctypes.c_void_p
libc.pthread_getattr_np.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
libc.pthread_attr_getstack.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
facts = {"pid": os.getpid(), "recorder": 0, "taken": {}, "threads": [], "malloc": [], "mapped": [], "kept": [],
         "pins": []}
alive = []


class Pin:
    __slots__ = ("number",)

    def __init__(self, number):
        self.number = number

    def __repr__(self):
        return "<Pin>"


def scaled(size):
    return size * PERCENT // 100


def large_objects():
    alive.append([bytes([65 + i]) * scaled(10 * MB) for i in range(10)])
    return sum(map(len, alive[-1]))


def small_objects():
    """Of 447 bytes, with the object's head and a final NUL 480: as large as its block."""
    count = scaled(100 * MB) // 480
    alive.append([bytes(440) + b"%07d" % i for i in range(count)])
    return count * 480


def touched(size, record=True):
    address = libc.malloc(size)
    libc.memset(address, 0x5a, size)
    if record:
        facts["malloc"].append([address, size])
    return size


def native_large():
    return touched(scaled(25 * MB))


class MallInfo(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int) for name in ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks",
                                                  "uordblks", "fordblks", "keepcost")]


libc.mallinfo.restype = MallInfo


def native_small():
    """What malloc took from the system for it, beyond what it had free."""
    free = libc.mallinfo().fordblks
    size = sum(touched(1008, i % 1000 == 0) for i in range(scaled(25 * MB) // 1008)) // 1008 * 1024
    return size - free + libc.mallinfo().fordblks


def note_stack():
    attributes, low, length = ctypes.create_string_buffer(64), ctypes.c_uint64(), ctypes.c_uint64()
    libc.pthread_getattr_np(libc.pthread_self(), attributes)
    libc.pthread_attr_getstack(attributes, ctypes.byref(low), ctypes.byref(length))
    facts["threads"].append({"ident": threading.get_ident(), "stack": [low.value, low.value + length.value]})


def in_thread(function):
    started, done = threading.Event(), []

    def work():
        note_stack()
        done.append(function())
        started.set()
        parked.block()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    started.wait()
    return done[0]


def native_thread():
    """From another arena of malloc's than the main thread's."""
    return in_thread(native_small)


def touch_stack(size):
    """The lowest part of it, which nothing else uses."""
    libc.memset(facts["threads"][-1]["stack"][0] + 65536, 0x53, size)
    return size


def stacks():
    threading.stack_size(4 * MB)
    size = sum(in_thread(lambda: touch_stack(scaled(2 * MB) & -4096)) for _ in range(20))
    threading.stack_size(0)
    return size


def map_pages(size, *arguments, **options):
    area = mmap.mmap(*arguments, **options)
    address = ctypes.addressof(ctypes.c_char.from_buffer(area))
    libc.memset(address, 0x6d, size)
    alive.append(area)
    facts["mapped"].append(address)
    return size


def anonymous():
    size = scaled(30 * MB) & -4096
    return map_pages(size, -1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)


def private_file():
    size = scaled(10 * MB) & -4096
    with open(sys.argv[1] + ".file", "w+b") as file:
        file.truncate(size)
        return map_pages(size, file.fileno(), size, flags=mmap.MAP_PRIVATE)


def untouched():
    """Address space, but no memory: for malloc and for Python."""
    facts["malloc"].append([libc.calloc(1, scaled(64 * MB)), scaled(64 * MB)])
    alive.append(mmap.mmap(-1, scaled(64 * MB) & -4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
    return 0


def sparse():
    """Two million floats, of which every 5,000th stays, and some other objects among them."""
    values, pins, count = [], [], scaled(2000000)
    for number in range(count):
        values.append(float(number))
        if number % 2000 == 0:
            pins.append(Pin(0))
    kept = values[::5000]
    alive.extend([kept, pins])
    facts["kept"] = [[id(one), repr(one)] for one in kept]
    facts["pins"] = [id(one) for one in pins]
    return (count - len(kept)) * 32


STEPS = [large_objects, small_objects, native_large, native_small, native_thread, stacks, anonymous, private_file,
         untouched, sparse]

gc.collect()
gc.disable()
parked.write_json(sys.argv[1], facts)
os.write(1, b"ready\n")
for step in STEPS:
    if not os.read(0, 1):
        break
    facts["taken"][step.__name__] = step()
    parked.write_json(sys.argv[1], facts)
    os.write(1, step.__name__.encode() + b"\n")
parked.serve()
