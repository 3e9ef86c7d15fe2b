"""What mkreferences.py cannot find out by trying, by hand, from CPython's sources."""

V, O, VO = 1, 2, 3
ANY = (7, 15)

HEAD = """/* Written by symbols/mkreferences.py, which asks running interpreters; not to be edited: what is said by hand
 * is in symbols/mkreferences_rules.py.
 */
"""

# Types whose instances go through references in buffers too, beyond those that edges.c knows by itself.
INCOMPLETE = {
    "_pickle.Pickler", "_pickle.Unpickler", "_pickle.Pdata",             # memo, data
    "module",                                                            # md_state
    "pyexpat.xmlparser",                                                 # handlers
    "_elementtree._element_iterator",                                    # parent_stack
    "_lsprof.Profiler",                                                  # profilerEntries
    "_queue.SimpleQueue",                                                # 3.13: buf
    "_ctypes.PyCPointerType",                                            # to 3.12: proto of the StgDict
    "sqlite3.Connection",                                                # callback contexts
    "PyCapsule",                                                         # what PyCapsule_SetTraverse says
    "zoneinfo.ZoneInfo",                                                 # trans_ttinfos
    "_remote_debugging.RemoteUnwinder",
}

# Of fields of builds without debug information: {type: [(first, last, {offset: name})]}, from CPython's sources.
HAND_NAMES = {
    "_ctypes.CType_Type": [
        (13, 13, {984: "<proto>", 1016: "<argtypes>", 1024: "<converters>", 1032: "<restype>", 1040: "<checker>",
                  1048: "<module>"}),
        (14, 15, {1000: "<proto>", 1032: "<argtypes>", 1040: "<converters>", 1048: "<restype>", 1056: "<checker>",
                  1064: "<module>", 1072: "<pointer_type>"})],
    "_ctypes.StructParam_Type": [(14, 15, {24: "<keep>"})],
    "_curses.window": [(13, 15, {32: "<orig>"})],
    "_curses_panel.panel": [(13, 15, {24: "<wo>"})],
    "_hmac.HMAC": [(14, 15, {24: "<name>"})],
    "_lsprof.Profiler": [(15, 15, {72: "<missing>"})],
    "_pickle.Unpickler": [
        (13, 14, {56: "<persistent_load_attr>", 200: "<read>", 208: "<readinto>", 216: "<readline>", 224: "<peek>",
                  232: "<buffers>"}),
        (15, 15, {56: "<persistent_load_attr>"})],
    "_ssl._SSLContext": [(13, 15, {96: "<psk_client_callback>", 104: "<psk_server_callback>"})],
    "_ssl._SSLSocket": [(14, 14, {72: "<exc>"})],
    "bytearray": [(15, 15, {56: "<ob_bytes_object>"})],
    "compression.zstd.ZstdCompressor": [(14, 15, {24: "<dict>"})],
    "compression.zstd.ZstdDecompressor": [(14, 15, {24: "<dict>", 64: "<unused_data>"})],
    "compression.zstd.ZstdDict": [(14, 15, {24: "<c_dicts>"})],
    "string.templatelib.TemplateIter": [(14, 15, {16: "<stringsiter>", 24: "<interpolationsiter>"})],
    "zlib.Compress": [(13, 15, {152: "<zdict>"})],
    "zlib.Decompress": [(13, 15, {152: "<zdict>"})],
    "zlib._ZlibDecompressor": [(13, 15, {128: "<zdict>"})],
}


def short(name):
    for prefix in ("d_common.", "ob_base.", "func.", "cm_"):
        if name.startswith(prefix) and prefix != "cm_":
            name = name[len(prefix):]
    return name


RULES = []


def rule(first, last, *names):
    def keep(change):
        RULES.append((first, last, names, change))
        return change
    return keep


def after(kind, name):
    """Where the field called NAME is."""
    return next((offset for offset, (field, _) in sorted(kind.struct.items()) if field == name), None)


@rule(7, 10, "generator", "coroutine", "async_generator")
def _(kind):
    """Objects/genobject.c: gen_traverse, gen_dealloc. The latter does not survive trials."""
    for offset, field in kind.fields.items():
        if field[0] & V:
            kind.settle(offset, VO)
    for offset in list(kind.open):
        kind.settle(offset, O if kind.name == "coroutine" else 0)          # cr_origin


FRAME_IN_GENERATOR = {11: 80, 12: 72, 13: 72, 14: 72, 15: 72}


@rule(11, 15, "generator", "coroutine", "async_generator")
def _(kind):
    """The same. The frame within is not for this table."""
    kind.drop(FRAME_IN_GENERATOR[kind.minor])
    at = 16 if kind.minor >= 12 else 24
    if kind.minor == 11:
        kind.settle(16, VO if kind.fields.get(16, [0])[0] & V else O)
    prefix = {"generator": "gi", "coroutine": "cr", "async_generator": "ag"}[kind.name]
    kind.settle(at + 8, VO, ".__name__")
    kind.settle(at + 16, VO, ".__qualname__")
    kind.settle(at + 24, VO, "<%s_exc_state.exc_value>" % prefix)
    kind.open = []
    origin = at + 40
    if kind.name == "async_generator":
        kind.settle(origin, VO, "<ag_origin_or_finalizer>")
    elif kind.name == "coroutine":
        kind.settle(origin, O, ".cr_origin")


@rule(7, 10, "frame")
def _(kind):
    """Objects/frameobject.c: frame_traverse, frame_dealloc. Variables and evaluation stack are not for this table."""
    kind.settle_named(VO, "f_back", "f_code", "f_builtins", "f_globals", "f_locals", "f_trace")
    kind.settle_named(0, "f_gen")


@rule(11, 15, "frame")
def _(kind):
    kind.drop(24, 32)
    kind.settle(16, VO, ".f_back")      # of a frame that runs it is not set
    kind.open = []


@rule(7, 15, "str")
def _(kind):
    kind.drop(0)


@rule(9, 15, "list", "tuple", "dict", "set", "frozenset", "frozendict", "collections.deque", "collections.OrderedDict")
def _(kind):
    kind.open = []


@rule(7, 15, "weakref", "weakproxy", "weakcallableproxy", "weakref.ReferenceType", "weakref.ProxyType",
      "weakref.CallableProxyType")
def _(kind):
    """Objects/weakrefobject.c. Weak is what they are for."""
    kind.settle(16, 0, "<wr_object>")
    kind.settle(24, VO, ".__callback__")
    kind.settle(40, 0, "<wr_prev>")
    kind.settle(48, 0, "<wr_next>")
    kind.open = []


@rule(7, 8, "list", "tuple", "dict", "set", "frozenset", "collections.deque", "collections.OrderedDict")
def _(kind):
    kind.open = []


@rule(7, 15, "StgDict")
def _(kind):
    """Modules/_ctypes/stgdict.c: PyCStgDict_dealloc; the collector sees what it sees of a dict."""
    kind.settle_named(O, "proto", "argtypes", "converters", "restype", "checker")


@rule(7, 15, "_curses_panel.panel", "_curses_panel.curses panel")
def _(kind):
    kind.settle(24, VO if kind.raw["gc"] else O)


@rule(7, 15, "sqlite3Node", "sqlite3.Node")
def _(kind):
    """Modules/_sqlite/cache.c: the list of a cache keeps its nodes, each the next one."""
    kind.settle_named(0, "prev")
    kind.settle_named(O, "next")


@rule(7, 15, "pyexpat.xmlparser")
def _(kind):
    kind.settle_named(O, "intern")
    if kind.raw["basicsize"] >= 88:            
        kind.settle(24, VO, "<parent>")
        kind.settle(72, O, ".intern")
        kind.open = []


@rule(13, 15, "_tkinter.tkapp")
def _(kind):
    kind.settle_named(O, "trace")


@rule(13, 15, "_tokenize.TokenizerIter")
def _(kind):
    kind.settle_named(O, "last_line")


@rule(7, 15, "re.Pattern", "_pickle.Unpickler", "_sre.SRE_Scanner")
def _(kind):
    """A Py_buffer keeps what it is of; given back by PyBuffer_Release()."""
    kind.settle_named(O, "buffer.obj", "state.buffer.obj")


@rule(7, 15, "datetime.time", "datetime.datetime")
def _(kind):
    """Beyond the end of the instance when there is none: Modules/_datetimemodule.c, datetime_alloc."""
    kind.settle_named(O, "tzinfo")


@rule(12, 15, "_lsprof.Profiler")
def _(kind):
    kind.settle_named(O, "missing")


@rule(7, 15, "functools._lru_list_elem")
def _(kind):
    """Modules/_functoolsmodule.c: a wrapper's list keeps its elements, each the next one; the last leads back to the
    wrapper."""
    kind.settle(16, 0, "<prev>")
    kind.settle(24, O, "<next>")


@rule(7, 15, "functools._lru_cache_wrapper")
def _(kind):
    """Its root has the head of the wrapper itself for its own."""
    kind.settle(16, 0, "<root.prev>")
    kind.settle(24, O, "<root.next>")
    kind.drop(40, 56)
    kind.open = [offset for offset in kind.open if offset >= 56]


@rule(10, 15, "functools._lru_cache_wrapper")
def _(kind):
    kind.settle(120, VO, "<lru_list_elem_type>")


@rule(9, 15, "builtin_function_or_method", "builtin_method")
def _(kind):
    """Objects/methodobject.c: meth_dealloc; which are visited depends on m_ml, of which trials have none."""
    kind.settle(24, VO)
    kind.settle(32, VO)
    if kind.name == "builtin_method":
        kind.settle(56, VO, "<mm_class>")


# Pointers to memory that is no object, in builds without debug information.
NO_OBJECTS = {
    "_hashlib.HMAC": (24,), "_lzma.LZMACompressor": (96,), "_remote_debugging.BinaryReader": (16,),
    "_remote_debugging.BinaryWriter": (16,), "_struct.Struct": (32,), "sqlite3.Connection": (16, 104, 112, 120, 128),
    "module": (24, 32, 56, 64, 72, 80), "_remote_debugging.RemoteUnwinder": (33704, 33832, 33920, 35104),
    "InstructionSequence": (16, 40), "_asyncio.Task": (152, 160), "_blake2.blake2b": (16, 24),
    "_blake2.blake2s": (16, 24),
    "_curses.window": (24,), "_curses_panel.panel": (16,), "_dbm.dbm": (24,), "_hmac.HMAC": (64,),
    "_io.StringIO": (16, 56),
    "_pickle.Pickler": (16,), "_pickle.Unpickler": (24, 152, 160, 240, 248, 256, 264),
    "_sha3.sha3_224": (16, 24, 32, 40),
    "_sha3.sha3_256": (16, 24, 32, 40), "_sha3.sha3_384": (16, 24, 32, 40), "_sha3.sha3_512": (16, 24, 32, 40), 
    "_sha3.shake_128": (16, 24, 32, 40), "_sha3.shake_256": (16, 24, 32, 40),
    "_sre.SRE_Scanner": (192, 200, 232, 240), "_ssl._SSLSocket": (24,),
    "code": (152, 160, 176, 200), "compression.zstd.ZstdCompressor": (16,),
    "compression.zstd.ZstdDecompressor": (16, 32),
    "compression.zstd.ZstdDict": (16, 32), "posix.ScandirIterator": (56, 112), "uop_executor": (32, 72, 96, 104, 112),
}


@rule(7, 15, *NO_OBJECTS)
def _(kind):
    kind.open = [offset for offset in kind.open if offset not in NO_OBJECTS[kind.name]]


@rule(13, 15, "_ssl._SSLContext")
def _(kind):
    """Modules/_ssl.c: context_dealloc gives back what context_traverse visits, and keylog_filename and the callbacks
    for keys where that does not visit them; trials of it do not survive OpenSSL."""
    for offset, field in kind.fields.items():
        kind.settle(offset, field[0] | O)
    for offset in (72, 96, 104):
        kind.settle(offset, kind.fields.get(offset, [0])[0] | O)
    kind.open = []


@rule(7, 15, "moduledef")
def _(kind):
    """Include/moduleobject.h: PyModuleDef_Base."""
    kind.drop(0)
    kind.settle(32, O, "<m_copy>")


# Objects/hamt.c
@rule(7, 15, "hamt_array_node")
def _(kind):
    for number in range(32):
        kind.settle(16 + 8 * number, VO, "<a_array[%d]>" % number)
    kind.settle(16 + 8 * 32, 0)
    kind.drop(16 + 8 * 32)


@rule(7, 15, "tuple")
def _(kind):
    kind.items, kind.open = (kind.raw["basicsize"], 8, 16, 8), []


METATYPES = ("_ctypes.PyCArrayType", "_ctypes.PyCFuncPtrType", "_ctypes.PyCPointerType", "_ctypes.PyCSimpleType",
             "_ctypes.PyCStructType", "_ctypes.UnionType", "_ctypes.CType_Type")


@rule(7, 15, "type", *METATYPES)
def _(kind):
    """What is in a PyHeapTypeObject edges.c knows. From 3.13 on StgInfo follows it (Modules/_ctypes/_ctypes.c:
    CType_Type_traverse, CType_Type_clear)."""
    base = kind.type_size or kind.raw["basicsize"]
    kind.drop(0, base)
    kind.open = []
    for offset in list(kind.fields):
        kind.settle(offset, VO)


@rule(7, 10, "sqlite3.Cache")
def _(kind):
    """Modules/_sqlite/cache.c: the factory is the connection, which keeps the cache; decref_factory is not set then."""
    kind.settle_named(0, "factory")


@rule(7, 15, "dict", "frozendict", "collections.defaultdict", "collections.OrderedDict", "StgDict")
def _(kind):
    """ma_keys is no object, but begins with a count of references, too."""
    kind.drop(16, 48)


@rule(7, 15, "_tkinter.Tcl_Obj")
def _(kind):
    """So does a Tcl_Obj."""
    kind.drop(16, 24)
