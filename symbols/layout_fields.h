/* Every structure field that the decoders read, by CPython's own names.
 *
 * CPT_LAYOUT_STRUCTS lists the structures: STRUCT(ours, "DWARF names, alternatives separated by
 * |").
 *
 * CPT_LAYOUT_<ours> lists the fields of each: FIELD(ours, name, "member paths, alternatives by
 * |") for a byte offset, BITS(…) for a bit-field. `size`, the structure's own size, is a field of
 * each structure without being listed.
 *
 * A field that a CPython has not is absent there, and decoders
 * ask for presence, never for versions.
 */
#ifndef CPT_SYMBOLS_LAYOUT_FIELDS_H
#define CPT_SYMBOLS_LAYOUT_FIELDS_H

#define CPT_LAYOUT_STRUCTS(STRUCT)                                                                 \
    STRUCT(runtime, "_PyRuntimeState|pyruntimestate")                                              \
    STRUCT(interp, "PyInterpreterState|_is")                                                       \
    STRUCT(tstate, "PyThreadState|_ts")                                                            \
    STRUCT(cframe, "_PyCFrame|_cframe")                                                            \
    STRUCT(gil, "_gil_runtime_state")                                                              \
    STRUCT(gc, "_gc_runtime_state")                                                                \
    STRUCT(frame, "PyFrameObject|_frame")                                                          \
    STRUCT(iframe, "_PyInterpreterFrame")                                                          \
    STRUCT(chunk, "_PyStackChunk|_stack_chunk")                                                    \
    STRUCT(code, "PyCodeObject")                                                                   \
    STRUCT(object, "PyObject|_object")                                                             \
    STRUCT(var, "PyVarObject")                                                                     \
    STRUCT(type, "PyTypeObject|_typeobject")                                                       \
    STRUCT(heaptype, "PyHeapTypeObject|_heaptypeobject")                                           \
    STRUCT(module, "PyModuleObject")                                                               \
    STRUCT(ascii, "PyASCIIObject")                                                                 \
    STRUCT(compact, "PyCompactUnicodeObject")                                                      \
    STRUCT(unicode, "PyUnicodeObject")                                                             \
    STRUCT(bytes, "PyBytesObject")                                                                 \
    STRUCT(tuple, "PyTupleObject")                                                                 \
    STRUCT(integer, "PyLongObject|_longobject")                                                    \
    STRUCT(dict, "PyDictObject")                                                                   \
    STRUCT(keys, "PyDictKeysObject|_dictkeysobject")                                               \
    STRUCT(values, "PyDictValues|_dictvalues")                                                     \
    STRUCT(errstack, "_PyErr_StackItem|_err_stackitem")                                            \
    STRUCT(gchead, "PyGC_Head")                                                                    \
    STRUCT(memberdef, "PyMemberDef")                                                               \
    STRUCT(list, "PyListObject")                                                                   \
    STRUCT(floating, "PyFloatObject")                                                                \
    STRUCT(complexnum, "PyComplexObject")                                                            \
    STRUCT(bytearray, "PyByteArrayObject")                                                         \
    STRUCT(set, "PySetObject")                                                                     \
    STRUCT(setentry, "setentry")                                                                   \
    STRUCT(range, "rangeobject")                                                                   \
    STRUCT(slice, "PySliceObject")                                                                 \
    STRUCT(function, "PyFunctionObject")                                                           \
    STRUCT(method, "PyMethodObject")                                                               \
    STRUCT(cfunction, "PyCFunctionObject")                                                         \
    STRUCT(methoddef, "PyMethodDef")                                                               \
    STRUCT(descr, "PyDescrObject")                                                                 \
    STRUCT(wrapper, "wrapperobject")                                                               \
    STRUCT(staticmethod, "staticmethod")                                                           \
    STRUCT(classmethod, "classmethod")                                                             \
    STRUCT(super, "superobject")                                                                   \
    STRUCT(cell, "PyCellObject")                                                                   \
    STRUCT(exception, "PyBaseExceptionObject")                                                     \
    STRUCT(oserror, "PyOSErrorObject")                                                             \
    STRUCT(systemexit, "PySystemExitObject")                                                       \
    STRUCT(excgroup, "PyBaseExceptionGroupObject")                                                 \
    STRUCT(traceback, "PyTracebackObject")                                                         \
    STRUCT(gen, "PyGenObject")                                                                     \
    STRUCT(weakref, "PyWeakReference|_PyWeakReference")                                            \
    STRUCT(proxy, "mappingproxyobject")                                                            \
    STRUCT(dictview, "_PyDictViewObject")                                                          \
    STRUCT(namespace, "_PyNamespaceObject")                                                        \
    STRUCT(alias, "gaobject")                                                                      \
    STRUCT(uniontype, "unionobject")                                                                  \
    STRUCT(memview, "PyMemoryViewObject")                                                          \
    STRUCT(odict, "PyODictObject|_odictobject")                                                    \
    STRUCT(odictnode, "_odictnode")                                                                \
    STRUCT(defdict, "defdictobject")                                                               \
    STRUCT(deque, "dequeobject")                                                                   \
    STRUCT(block, "BLOCK")                                                                         \
    STRUCT(partial, "partialobject")                                                               \
    STRUCT(date, "PyDateTime_Date")                                                                \
    STRUCT(datetime, "PyDateTime_DateTime")                                                        \
    STRUCT(time, "PyDateTime_Time")                                                                \
    STRUCT(delta, "PyDateTime_Delta")                                                              \
    STRUCT(timezone, "PyDateTime_TimeZone")                                                        \
    STRUCT(decimal, "PyDecObject")                                                                 \
    STRUCT(capsule, "PyCapsule")                                                                   \
    STRUCT(pattern, "PatternObject")                                                               \
    STRUCT(match, "MatchObject")                                                                   \
    STRUCT(attrgetter, "attrgetterobject")                                                         \
    STRUCT(itemgetter, "itemgetterobject")                                                         \
    STRUCT(counter, "countobject")                                                                 \
    STRUCT(repeat, "repeatobject")                                                                 \
    STRUCT(contextvar, "PyContextVar|_pycontextvarobject")                                         \
    STRUCT(contexttoken, "PyContextToken|_pycontexttokenobject")                                   \
    STRUCT(fileio, "fileio")                                                                       \
    STRUCT(buffered, "buffered")                                                                   \
    STRUCT(textio, "textio")                                                                       \
    STRUCT(array, "arrayobject")                                                                   \
    STRUCT(arraydescr, "arraydescr")                                                               \
    STRUCT(lock, "lockobject")                                                                     \
    STRUCT(rlock, "rlockobject")                                                                   \
    STRUCT(threadhandle, "PyThreadHandleObject")                                                   \
    STRUCT(oshandle, "ThreadHandle")                                                               \
    STRUCT(obmalloc, "_obmalloc_state")                                                            \
    STRUCT(arena, "arena_object")                                                                  \
    STRUCT(pool, "pool_header")                                                                    \
    STRUCT(generation, "gc_generation")                                                            \
    STRUCT(stringio, "stringio")                                                                   \
    STRUCT(packer, "PyStructObject")                                                               \
    STRUCT(cdata, "CDataObject")                                                                   \
    STRUCT(element, "ElementObject")                                                               \
    STRUCT(elementextra, "ElementObjectExtra")                                                     \
    STRUCT(bytesio, "bytesio")                                                                     \
    STRUCT(combinations, "combinationsobject")                                                     \
    STRUCT(permutations, "permutationsobject")                                                     \
    STRUCT(product, "productobject")                                                               \
    STRUCT(pickler, "PicklerObject")                                                               \
    STRUCT(memotable, "PyMemoTable")                                                               \
    STRUCT(unpickler, "UnpicklerObject")                                                           \
    STRUCT(simplequeue, "simplequeueobject")                                                       \
    STRUCT(stgdict, "StgDictObject")                                                               \
    STRUCT(stginfo, "StgInfo")                                                                     \
    STRUCT(statictype, "managed_static_type_state|static_builtin_state")

/* _PyRuntimeState. ceval_gil: to 3.11; gc_collecting: to 3.8. */
#define CPT_LAYOUT_runtime(FIELD, BITS)                                                            \
    FIELD(runtime, interpreters_head, "interpreters.head")                                         \
    FIELD(runtime, interpreters_main, "interpreters.main")                                         \
    FIELD(runtime, main_thread, "main_thread")                                                     \
    FIELD(runtime, finalizing, "_finalizing|finalizing")                                           \
    FIELD(runtime, ceval_gil, "ceval.gil")                                                         \
    FIELD(runtime, gc_collecting, "gc.collecting")                                                 \
    FIELD(runtime, preconfig_allocator, "preconfig.allocator")                                     \
    FIELD(runtime, gc_generations, "gc.generations")                                               \
    FIELD(runtime, gc_permanent, "gc.permanent_generation")                                        \
    FIELD(runtime, gc_garbage, "gc.garbage")                                                       \
    FIELD(runtime, gc_callbacks, "gc.callbacks")

/* ceval_gil: a pointer, from 3.12. obmalloc: to 3.12 none; in 3.12 the state itself, of which obmalloc_arenas and
   obmalloc_maxarenas are fields; from 3.13 a pointer to it. */
#define CPT_LAYOUT_interp(FIELD, BITS)                                                             \
    FIELD(interp, next, "next")                                                                    \
    FIELD(interp, id, "id")                                                                        \
    FIELD(interp, threads_head, "threads.head|tstate_head")                                        \
    FIELD(interp, finalizing, "_finalizing")                                                       \
    FIELD(interp, gc, "gc")                                                                        \
    FIELD(interp, modules, "imports.modules|modules")                                              \
    FIELD(interp, sysdict, "sysdict")                                                              \
    FIELD(interp, builtins, "builtins")                                                            \
    FIELD(interp, ceval_gil, "ceval.gil")                                                          \
    FIELD(interp, obmalloc, "obmalloc")                                                            \
    FIELD(interp, obmalloc_arenas, "obmalloc.mgmt.arenas")                                         \
    FIELD(interp, obmalloc_maxarenas, "obmalloc.mgmt.maxarenas")                                   \
    FIELD(interp, modules_by_index, "imports.modules_by_index|modules_by_index")                   \
    FIELD(interp, importlib, "imports.importlib|importlib")                                        \
    FIELD(interp, import_func, "imports.import_func|import_func")                                  \
    FIELD(interp, codec_search_path, "codecs.search_path|codec_search_path")                       \
    FIELD(interp, codec_search_cache, "codecs.search_cache|codec_search_cache")                    \
    FIELD(interp, codec_error_registry, "codecs.error_registry|codec_error_registry")              \
    FIELD(interp, dict, "dict")                                                                    \
    FIELD(interp, sysdict_copy, "sysdict_copy")                                                    \
    FIELD(interp, builtins_copy, "builtins_copy")                                                  \
    FIELD(interp, before_forkers, "before_forkers")                                                \
    FIELD(interp, after_forkers_parent, "after_forkers_parent")                                    \
    FIELD(interp, after_forkers_child, "after_forkers_child")                                      \
    FIELD(interp, audit_hooks, "audit_hooks")                                                      \
    FIELD(interp, interned_strings, "cached_objects.interned_strings")

/* frame: a PyFrameObject, to 3.10; cframe: 3.11 and 3.12; current_frame: from 3.13. (3.10 has a
   cframe too, without a frame in it: the field cframe.current_frame tells them apart. It marks where
   on the C stack each evaluation is.) */
#define CPT_LAYOUT_tstate(FIELD, BITS)                                                             \
    FIELD(tstate, next, "next")                                                                    \
    FIELD(tstate, interp, "interp")                                                                \
    FIELD(tstate, frame, "frame")                                                                  \
    FIELD(tstate, cframe, "cframe")                                                                \
    FIELD(tstate, current_frame, "current_frame")                                                  \
    FIELD(tstate, thread_id, "thread_id")                                                          \
    FIELD(tstate, native_thread_id, "native_thread_id")                                            \
    FIELD(tstate, datastack_chunk, "datastack_chunk")                                              \
    FIELD(tstate, datastack_top, "datastack_top")                                                  \
    FIELD(tstate, curexc_value, "curexc_value")                                                    \
    FIELD(tstate, current_exception, "current_exception")                                          \
    FIELD(tstate, exc_info, "exc_info")                                                            \
    FIELD(tstate, c_profileobj, "c_profileobj")                                                    \
    FIELD(tstate, c_traceobj, "c_traceobj")                                                        \
    FIELD(tstate, curexc_type, "curexc_type")                                                      \
    FIELD(tstate, curexc_traceback, "curexc_traceback")                                            \
    FIELD(tstate, exc_type, "exc_state.exc_type")                                                  \
    FIELD(tstate, exc_value, "exc_state.exc_value")                                                \
    FIELD(tstate, exc_traceback, "exc_state.exc_traceback")                                        \
    FIELD(tstate, dict, "dict")                                                                    \
    FIELD(tstate, async_exc, "async_exc")                                                          \
    FIELD(tstate, context, "context")                                                              \
    FIELD(tstate, async_gen_firstiter, "async_gen_firstiter")                                      \
    FIELD(tstate, async_gen_finalizer, "async_gen_finalizer")                                      \
    FIELD(tstate, threading_local_key, "threading_local_key")                                      \
    FIELD(tstate, threading_local_sentinel, "threading_local_sentinel")

#define CPT_LAYOUT_cframe(FIELD, BITS)                                                             \
    FIELD(cframe, current_frame, "current_frame")                                                  \
    FIELD(cframe, previous, "previous")

#define CPT_LAYOUT_gil(FIELD, BITS)                                                                \
    FIELD(gil, last_holder, "last_holder")                                                         \
    FIELD(gil, locked, "locked")

/* Relative to interp.gc. frame: the frame that set the collection off, from 3.15. */
#define CPT_LAYOUT_gc(FIELD, BITS)                                                                 \
    FIELD(gc, collecting, "collecting")                                                            \
    FIELD(gc, frame, "frame")                                                                      \
    FIELD(gc, generations, "generations|young")                                                    \
    FIELD(gc, generation0, "generation0")                                                          \
    FIELD(gc, permanent, "permanent_generation")                                                   \
    FIELD(gc, garbage, "garbage")                                                                  \
    FIELD(gc, callbacks, "callbacks")

/* PyFrameObject: f_code, f_lasti to 3.10. f_state only in 3.10, where f_lasti counts code units,
   not bytes. */
#define CPT_LAYOUT_frame(FIELD, BITS)                                                              \
    FIELD(frame, f_back, "f_back")                                                                 \
    FIELD(frame, f_code, "f_code")                                                                 \
    FIELD(frame, f_lasti, "f_lasti")                                                               \
    FIELD(frame, f_state, "f_state")                                                               \
    FIELD(frame, f_localsplus, "f_localsplus")                                                     \
    FIELD(frame, f_valuestack, "f_valuestack")                                                     \
    FIELD(frame, f_stacktop, "f_stacktop")                                                         \
    FIELD(frame, f_stackdepth, "f_stackdepth")                                                     \
    FIELD(frame, f_frame, "f_frame")                                                               \
    FIELD(frame, f_locals, "f_locals")                                                             \
    FIELD(frame, f_globals, "f_globals")                                                           \
    FIELD(frame, f_lineno, "f_lineno")                                                             \
    FIELD(frame, f_iblock, "f_iblock")                                                             \
    FIELD(frame, f_blockstack, "f_blockstack")

/* _PyInterpreterFrame. stackpointer, from 3.14, comes with tagged references in f_executable. */
#define CPT_LAYOUT_iframe(FIELD, BITS)                                                             \
    FIELD(iframe, f_executable, "f_executable|f_code")                                             \
    FIELD(iframe, previous, "previous")                                                            \
    FIELD(iframe, prev_instr, "prev_instr")                                                        \
    FIELD(iframe, instr_ptr, "instr_ptr")                                                          \
    FIELD(iframe, is_entry, "is_entry")                                                            \
    FIELD(iframe, owner, "owner")                                                                  \
    FIELD(iframe, stackpointer, "stackpointer")                                                    \
    FIELD(iframe, stacktop, "stacktop")                                                            \
    FIELD(iframe, localsplus, "localsplus")                                                        \
    FIELD(iframe, f_globals, "f_globals")                                                          \
    FIELD(iframe, f_locals, "f_locals")                                                            \
    FIELD(iframe, frame_obj, "frame_obj")                                                          \
    FIELD(iframe, f_funcobj, "f_funcobj|f_func")

#define CPT_LAYOUT_chunk(FIELD, BITS)                                                              \
    FIELD(chunk, previous, "previous")                                                             \
    FIELD(chunk, byte_size, "size")                                                                \
    FIELD(chunk, top, "top")                                                                       \
    FIELD(chunk, data, "data")

/* co_lnotab to 3.9; co_linetable from 3.10; from 3.11 it has location entries. */
#define CPT_LAYOUT_code(FIELD, BITS)                                                               \
    FIELD(code, co_filename, "co_filename")                                                        \
    FIELD(code, co_name, "co_name")                                                                \
    FIELD(code, co_qualname, "co_qualname")                                                        \
    FIELD(code, co_firstlineno, "co_firstlineno")                                                  \
    FIELD(code, co_lnotab, "co_lnotab")                                                            \
    FIELD(code, co_linetable, "co_linetable")                                                      \
    FIELD(code, co_code_adaptive, "co_code_adaptive")                                              \
    FIELD(code, co_firsttraceable, "_co_firsttraceable")                                           \
    FIELD(code, co_framesize, "co_framesize")                                                      \
    FIELD(code, co_argcount, "co_argcount")                                                        \
    FIELD(code, co_kwonlyargcount, "co_kwonlyargcount")                                            \
    FIELD(code, co_nlocals, "co_nlocals")                                                          \
    FIELD(code, co_nlocalsplus, "co_nlocalsplus")                                                  \
    FIELD(code, co_ncellvars, "co_ncellvars")                                                      \
    FIELD(code, co_nfreevars, "co_nfreevars")                                                      \
    FIELD(code, co_stacksize, "co_stacksize")                                                      \
    FIELD(code, co_flags, "co_flags")                                                              \
    FIELD(code, co_varnames, "co_varnames")                                                        \
    FIELD(code, co_cellvars, "co_cellvars")                                                        \
    FIELD(code, co_freevars, "co_freevars")                                                        \
    FIELD(code, co_localsplusnames, "co_localsplusnames")                                          \
    FIELD(code, co_localspluskinds, "co_localspluskinds")                                          \
    FIELD(code, co_exceptiontable, "co_exceptiontable")                                            \
    FIELD(code, co_extra, "co_extra")                                                              \
    FIELD(code, co_cached, "_co_cached")                                                           \
    FIELD(code, co_linearray, "_co_linearray")                                                     \
    FIELD(code, co_monitoring, "_co_monitoring")                                                   \
    FIELD(code, co_executors, "co_executors")                                                      \
    FIELD(code, co_opcache, "co_opcache")                                                          \
    FIELD(code, co_opcache_map, "co_opcache_map")                                                  \
    FIELD(code, co_opcache_size, "co_opcache_size")                                                \
    FIELD(code, co_code, "co_code")                                                                \
    FIELD(code, co_cell2arg, "co_cell2arg")

#define CPT_LAYOUT_object(FIELD, BITS)                                                             \
    FIELD(object, ob_type, "ob_type")                                                              \
    FIELD(object, ob_refcnt, "ob_refcnt")                                                          \
    FIELD(object, ob_flags, "ob_flags")

#define CPT_LAYOUT_var(FIELD, BITS) FIELD(var, ob_size, "ob_size")

#define CPT_LAYOUT_type(FIELD, BITS)                                                               \
    FIELD(type, tp_name, "tp_name")                                                                \
    FIELD(type, tp_basicsize, "tp_basicsize")                                                      \
    FIELD(type, tp_flags, "tp_flags")                                                              \
    FIELD(type, tp_dictoffset, "tp_dictoffset")                                                    \
    FIELD(type, tp_itemsize, "tp_itemsize")                                                        \
    FIELD(type, tp_repr, "tp_repr")                                                                \
    FIELD(type, tp_members, "tp_members")                                                          \
    FIELD(type, tp_base, "tp_base")                                                                \
    FIELD(type, tp_dict, "tp_dict")                                                                \
    FIELD(type, tp_bases, "tp_bases")                                                              \
    FIELD(type, tp_mro, "tp_mro")                                                                  \
    FIELD(type, tp_cache, "tp_cache")                                                              \
    FIELD(type, tp_subclasses, "tp_subclasses")                                                    \
    FIELD(type, tp_traverse, "tp_traverse")                                                        \
    FIELD(type, tp_del, "tp_del")                                                                  \
    FIELD(type, tp_weaklistoffset, "tp_weaklistoffset")                                            \
    FIELD(type, tp_doc, "tp_doc")

#define CPT_LAYOUT_heaptype(FIELD, BITS)                                                           \
    FIELD(heaptype, ht_cached_keys, "ht_cached_keys")                                              \
    FIELD(heaptype, ht_qualname, "ht_qualname")                                                    \
    FIELD(heaptype, ht_name, "ht_name")                                                            \
    FIELD(heaptype, ht_slots, "ht_slots")                                                          \
    FIELD(heaptype, ht_module, "ht_module")                                                        \
    FIELD(heaptype, ht_tpname, "_ht_tpname")

#define CPT_LAYOUT_module(FIELD, BITS)                                                             \
    FIELD(module, md_dict, "md_dict")                                                              \
    FIELD(module, md_name, "md_name")                                                              \
    FIELD(module, md_state, "md_state")

/* ready, wstr: to 3.11. */
#define CPT_LAYOUT_ascii(FIELD, BITS)                                                              \
    FIELD(ascii, length, "length")                                                                 \
    FIELD(ascii, state, "state")                                                                   \
    BITS(ascii, kind, "state.kind")                                                                \
    BITS(ascii, compact, "state.compact")                                                          \
    BITS(ascii, ascii, "state.ascii")                                                              \
    BITS(ascii, ready, "state.ready")                                                              \
    FIELD(ascii, wstr, "wstr")

#define CPT_LAYOUT_compact(FIELD, BITS)                                                            \
    FIELD(compact, wstr_length, "wstr_length")                                                     \
    FIELD(compact, utf8_length, "utf8_length")                                                     \
    FIELD(compact, utf8, "utf8")

#define CPT_LAYOUT_unicode(FIELD, BITS) FIELD(unicode, data, "data")

#define CPT_LAYOUT_bytes(FIELD, BITS) FIELD(bytes, ob_sval, "ob_sval")

#define CPT_LAYOUT_tuple(FIELD, BITS) FIELD(tuple, ob_item, "ob_item")

/* lv_tag from 3.12; before, ob_size holds sign and number of digits. */
#define CPT_LAYOUT_integer(FIELD, BITS)                                                            \
    FIELD(integer, lv_tag, "long_value.lv_tag")                                                    \
    FIELD(integer, ob_digit, "long_value.ob_digit|ob_digit")

#define CPT_LAYOUT_dict(FIELD, BITS)                                                               \
    FIELD(dict, ma_used, "ma_used")                                                                \
    FIELD(dict, ma_keys, "ma_keys")                                                                \
    FIELD(dict, ma_values, "ma_values")

/* dk_size to 3.10; the log2 fields and dk_kind from 3.11. */
#define CPT_LAYOUT_keys(FIELD, BITS)                                                               \
    FIELD(keys, dk_size, "dk_size")                                                                \
    FIELD(keys, dk_log2_size, "dk_log2_size")                                                      \
    FIELD(keys, dk_log2_index_bytes, "dk_log2_index_bytes")                                        \
    FIELD(keys, dk_kind, "dk_kind")                                                                \
    FIELD(keys, dk_nentries, "dk_nentries")                                                        \
    FIELD(keys, dk_indices, "dk_indices")                                                          \
    FIELD(keys, dk_refcnt, "dk_refcnt")                                                            \
    FIELD(keys, dk_usable, "dk_usable")

/* 3.11 and later; capacity and valid from 3.13, where the values can lie inside the object. */
#define CPT_LAYOUT_values(FIELD, BITS)                                                             \
    FIELD(values, capacity, "capacity")                                                            \
    FIELD(values, valid, "valid")                                                                  \
    FIELD(values, values, "values")                                                                \
    FIELD(values, count, "size")                                                                   \
    FIELD(values, embedded, "embedded")

/* An entry of the stack of exceptions being handled. */
#define CPT_LAYOUT_errstack(FIELD, BITS)                                                           \
    FIELD(errstack, exc_value, "exc_value")                                                        \
    FIELD(errstack, previous_item, "previous_item")

/* In front of objects that the collector can track. gc_refs: to 3.7. */
#define CPT_LAYOUT_gchead(FIELD, BITS)                                                             \
    FIELD(gchead, gc_next, "_gc_next|gc.gc_next")                                                  \
    FIELD(gchead, gc_refs, "gc.gc_refs")                                                           \
    FIELD(gchead, gc_prev, "_gc_prev|gc.gc_prev")

/* A slot of a class with __slots__, or a member of a built-in type. */
#define CPT_LAYOUT_memberdef(FIELD, BITS)                                                          \
    FIELD(memberdef, name, "name")                                                                 \
    FIELD(memberdef, type, "type")                                                                 \
    FIELD(memberdef, offset, "offset")

#define CPT_LAYOUT_list(FIELD, BITS)                                                               \
    FIELD(list, ob_item, "ob_item")                                                                \
    FIELD(list, allocated, "allocated")

#define CPT_LAYOUT_floating(FIELD, BITS)                                                             \
    FIELD(floating, ob_fval, "ob_fval")

#define CPT_LAYOUT_complexnum(FIELD, BITS)                                                           \
    FIELD(complexnum, real, "cval.real")                                                             \
    FIELD(complexnum, imag, "cval.imag")

/* ob_bytes_object: from 3.15. */
#define CPT_LAYOUT_bytearray(FIELD, BITS)                                                          \
    FIELD(bytearray, ob_alloc, "ob_alloc")                                                         \
    FIELD(bytearray, ob_start, "ob_start")                                                         \
    FIELD(bytearray, ob_bytes_object, "ob_bytes_object")

#define CPT_LAYOUT_set(FIELD, BITS)                                                                \
    FIELD(set, fill, "fill")                                                                       \
    FIELD(set, used, "used")                                                                       \
    FIELD(set, mask, "mask")                                                                       \
    FIELD(set, table, "table")                                                                     \
    FIELD(set, smalltable, "smalltable")

#define CPT_LAYOUT_setentry(FIELD, BITS)                                                           \
    FIELD(setentry, key, "key")                                                                    \
    FIELD(setentry, hash, "hash")

#define CPT_LAYOUT_range(FIELD, BITS)                                                              \
    FIELD(range, start, "start")                                                                   \
    FIELD(range, stop, "stop")                                                                     \
    FIELD(range, step, "step")

#define CPT_LAYOUT_slice(FIELD, BITS)                                                              \
    FIELD(slice, start, "start")                                                                   \
    FIELD(slice, stop, "stop")                                                                     \
    FIELD(slice, step, "step")

#define CPT_LAYOUT_function(FIELD, BITS)                                                           \
    FIELD(function, func_code, "func_code")                                                        \
    FIELD(function, func_globals, "func_globals")                                                  \
    FIELD(function, func_name, "func_name")                                                        \
    FIELD(function, func_qualname, "func_qualname")                                                \
    FIELD(function, func_dict, "func_dict")                                                        \
    FIELD(function, func_defaults, "func_defaults")                                                \
    FIELD(function, func_kwdefaults, "func_kwdefaults")                                            \
    FIELD(function, func_module, "func_module")

#define CPT_LAYOUT_method(FIELD, BITS)                                                             \
    FIELD(method, im_func, "im_func")                                                              \
    FIELD(method, im_self, "im_self")

#define CPT_LAYOUT_cfunction(FIELD, BITS)                                                          \
    FIELD(cfunction, m_ml, "m_ml")                                                                 \
    FIELD(cfunction, m_self, "m_self")                                                             \
    FIELD(cfunction, m_module, "m_module")

#define CPT_LAYOUT_methoddef(FIELD, BITS)                                                          \
    FIELD(methoddef, ml_name, "ml_name")

/* Method, member, getset and wrapper descriptors begin with it. */
#define CPT_LAYOUT_descr(FIELD, BITS)                                                              \
    FIELD(descr, d_type, "d_type")                                                                 \
    FIELD(descr, d_name, "d_name")

#define CPT_LAYOUT_wrapper(FIELD, BITS)                                                            \
    FIELD(wrapper, descr, "descr")                                                                 \
    FIELD(wrapper, self, "self")

#define CPT_LAYOUT_staticmethod(FIELD, BITS)                                                       \
    FIELD(staticmethod, sm_callable, "sm_callable")

#define CPT_LAYOUT_classmethod(FIELD, BITS)                                                        \
    FIELD(classmethod, cm_callable, "cm_callable")

#define CPT_LAYOUT_super(FIELD, BITS)                                                              \
    FIELD(super, type, "type")                                                                     \
    FIELD(super, obj, "obj")                                                                       \
    FIELD(super, obj_type, "obj_type")

#define CPT_LAYOUT_cell(FIELD, BITS)                                                               \
    FIELD(cell, ob_ref, "ob_ref")

/* notes: from 3.11. */
#define CPT_LAYOUT_exception(FIELD, BITS)                                                          \
    FIELD(exception, dict, "dict")                                                                 \
    FIELD(exception, args, "args")                                                                 \
    FIELD(exception, notes, "notes")                                                               \
    FIELD(exception, traceback, "traceback")                                                       \
    FIELD(exception, context, "context")                                                           \
    FIELD(exception, cause, "cause")                                                               \
    FIELD(exception, suppress_context, "suppress_context")

#define CPT_LAYOUT_oserror(FIELD, BITS)                                                            \
    FIELD(oserror, myerrno, "myerrno")                                                             \
    FIELD(oserror, strerror, "strerror")                                                           \
    FIELD(oserror, filename, "filename")                                                           \
    FIELD(oserror, filename2, "filename2")

#define CPT_LAYOUT_systemexit(FIELD, BITS)                                                         \
    FIELD(systemexit, code, "code")

/* From 3.11. */
#define CPT_LAYOUT_excgroup(FIELD, BITS)                                                           \
    FIELD(excgroup, msg, "msg")                                                                    \
    FIELD(excgroup, excs, "excs")

#define CPT_LAYOUT_traceback(FIELD, BITS)                                                          \
    FIELD(traceback, tb_next, "tb_next")                                                           \
    FIELD(traceback, tb_frame, "tb_frame")                                                         \
    FIELD(traceback, tb_lasti, "tb_lasti")                                                         \
    FIELD(traceback, tb_lineno, "tb_lineno")

/* Generators, coroutines and asynchronous generators alike. gi_frame: to 3.10; gi_iframe: from 3.11. */
#define CPT_LAYOUT_gen(FIELD, BITS)                                                                \
    FIELD(gen, gi_frame, "gi_frame")                                                               \
    FIELD(gen, gi_running, "gi_running")                                                           \
    FIELD(gen, gi_code, "gi_code")                                                                 \
    FIELD(gen, gi_name, "gi_name")                                                                 \
    FIELD(gen, gi_qualname, "gi_qualname")                                                         \
    FIELD(gen, gi_frame_state, "gi_frame_state")                                                   \
    FIELD(gen, gi_iframe, "gi_iframe")

#define CPT_LAYOUT_weakref(FIELD, BITS)                                                            \
    FIELD(weakref, wr_object, "wr_object")

#define CPT_LAYOUT_proxy(FIELD, BITS)                                                              \
    FIELD(proxy, mapping, "mapping")

#define CPT_LAYOUT_dictview(FIELD, BITS)                                                           \
    FIELD(dictview, dv_dict, "dv_dict")

#define CPT_LAYOUT_namespace(FIELD, BITS)                                                          \
    FIELD(namespace, ns_dict, "ns_dict")

/* types.GenericAlias, from 3.9; starred: from 3.11. */
#define CPT_LAYOUT_alias(FIELD, BITS)                                                              \
    FIELD(alias, origin, "origin")                                                                 \
    FIELD(alias, args, "args")                                                                     \
    FIELD(alias, starred, "starred")

/* types.UnionType, from 3.10. */
#define CPT_LAYOUT_uniontype(FIELD, BITS)                                                             \
    FIELD(uniontype, args, "args")

#define CPT_LAYOUT_memview(FIELD, BITS)                                                            \
    FIELD(memview, flags, "flags")                                                                 \
    FIELD(memview, ndim, "view.ndim")

#define CPT_LAYOUT_odict(FIELD, BITS)                                                              \
    FIELD(odict, od_first, "od_first")                                                             \
    FIELD(odict, od_fast_nodes_size, "od_fast_nodes_size")                                         \
    FIELD(odict, od_fast_nodes, "od_fast_nodes")

#define CPT_LAYOUT_odictnode(FIELD, BITS)                                                          \
    FIELD(odictnode, key, "key")                                                                   \
    FIELD(odictnode, hash, "hash")                                                                 \
    FIELD(odictnode, next, "next")

#define CPT_LAYOUT_defdict(FIELD, BITS)                                                            \
    FIELD(defdict, default_factory, "default_factory")

#define CPT_LAYOUT_deque(FIELD, BITS)                                                              \
    FIELD(deque, leftblock, "leftblock")                                                           \
    FIELD(deque, leftindex, "leftindex")                                                           \
    FIELD(deque, maxlen, "maxlen")                                                                 \
    FIELD(deque, numfreeblocks, "numfreeblocks")                                                   \
    FIELD(deque, freeblocks, "freeblocks")

/* A block of a deque. */
#define CPT_LAYOUT_block(FIELD, BITS)                                                              \
    FIELD(block, data, "data")                                                                     \
    FIELD(block, rightlink, "rightlink")

#define CPT_LAYOUT_partial(FIELD, BITS)                                                            \
    FIELD(partial, fn, "fn")                                                                       \
    FIELD(partial, args, "args")                                                                   \
    FIELD(partial, kw, "kw")

#define CPT_LAYOUT_date(FIELD, BITS)                                                               \
    FIELD(date, data, "data")

#define CPT_LAYOUT_datetime(FIELD, BITS)                                                           \
    FIELD(datetime, hastzinfo, "hastzinfo")                                                        \
    FIELD(datetime, data, "data")                                                                  \
    FIELD(datetime, fold, "fold")                                                                  \
    FIELD(datetime, tzinfo, "tzinfo")

#define CPT_LAYOUT_time(FIELD, BITS)                                                               \
    FIELD(time, hastzinfo, "hastzinfo")                                                            \
    FIELD(time, data, "data")                                                                      \
    FIELD(time, fold, "fold")                                                                      \
    FIELD(time, tzinfo, "tzinfo")

#define CPT_LAYOUT_delta(FIELD, BITS)                                                              \
    FIELD(delta, days, "days")                                                                     \
    FIELD(delta, seconds, "seconds")                                                               \
    FIELD(delta, microseconds, "microseconds")

#define CPT_LAYOUT_timezone(FIELD, BITS)                                                           \
    FIELD(timezone, offset, "offset")                                                              \
    FIELD(timezone, name, "name")

#define CPT_LAYOUT_decimal(FIELD, BITS)                                                            \
    FIELD(decimal, flags, "dec.flags")                                                             \
    FIELD(decimal, exp, "dec.exp")                                                                 \
    FIELD(decimal, digits, "dec.digits")                                                           \
    FIELD(decimal, len, "dec.len")                                                                 \
    FIELD(decimal, alloc, "dec.alloc")                                                             \
    FIELD(decimal, data, "dec.data")

/* These of the standard extension modules, too, never changed (layout_steady.c). */
#define CPT_LAYOUT_capsule(FIELD, BITS)                                                            \
    FIELD(capsule, name, "name")

#define CPT_LAYOUT_pattern(FIELD, BITS)                                                            \
    FIELD(pattern, pattern, "pattern")                                                             \
    FIELD(pattern, flags, "flags")

/* mark: begin and end of the whole match come first. */
#define CPT_LAYOUT_match(FIELD, BITS)                                                              \
    FIELD(match, string, "string")                                                                 \
    FIELD(match, mark, "mark")

#define CPT_LAYOUT_attrgetter(FIELD, BITS)                                                         \
    FIELD(attrgetter, nattrs, "nattrs")                                                            \
    FIELD(attrgetter, attr, "attr")

#define CPT_LAYOUT_itemgetter(FIELD, BITS)                                                         \
    FIELD(itemgetter, nitems, "nitems")                                                            \
    FIELD(itemgetter, item, "item")

#define CPT_LAYOUT_counter(FIELD, BITS)                                                            \
    FIELD(counter, cnt, "cnt")                                                                     \
    FIELD(counter, long_cnt, "long_cnt")                                                           \
    FIELD(counter, long_step, "long_step")

#define CPT_LAYOUT_repeat(FIELD, BITS)                                                             \
    FIELD(repeat, element, "element")                                                              \
    FIELD(repeat, cnt, "cnt")

#define CPT_LAYOUT_contextvar(FIELD, BITS)                                                         \
    FIELD(contextvar, var_name, "var_name")                                                        \
    FIELD(contextvar, var_default, "var_default")

#define CPT_LAYOUT_contexttoken(FIELD, BITS)                                                       \
    FIELD(contexttoken, tok_var, "tok_var")                                                        \
    FIELD(contexttoken, tok_used, "tok_used")

#define CPT_LAYOUT_fileio(FIELD, BITS)                                                             \
    FIELD(fileio, fd, "fd")                                                                        \
    FIELD(fileio, dict, "dict")                                                                    \
    BITS(fileio, created, "created")                                                               \
    BITS(fileio, readable, "readable")                                                             \
    BITS(fileio, writable, "writable")                                                             \
    BITS(fileio, appending, "appending")

#define CPT_LAYOUT_buffered(FIELD, BITS)                                                           \
    FIELD(buffered, raw, "raw")                                                                    \
    FIELD(buffered, buffer, "buffer")                                                              \
    FIELD(buffered, buffer_size, "buffer_size")

#define CPT_LAYOUT_textio(FIELD, BITS)                                                             \
    FIELD(textio, buffer, "buffer")                                                                \
    FIELD(textio, encoding, "encoding")                                                            \
    FIELD(textio, dict, "dict")

#define CPT_LAYOUT_array(FIELD, BITS)                                                              \
    FIELD(array, ob_item, "ob_item")                                                               \
    FIELD(array, allocated, "allocated")                                                           \
    FIELD(array, ob_descr, "ob_descr")

#define CPT_LAYOUT_arraydescr(FIELD, BITS)                                                         \
    FIELD(arraydescr, typecode, "typecode")                                                        \
    FIELD(arraydescr, itemsize, "itemsize")

/* threading.Lock: a POSIX semaphore to 3.12 and in 3.13.0, a PyMutex since. */
#define CPT_LAYOUT_lock(FIELD, BITS)                                                               \
    FIELD(lock, lock_lock, "lock_lock")                                                            \
    FIELD(lock, locked, "locked")                                                                  \
    FIELD(lock, mutex, "lock")

/* threading.RLock; from 3.14 count is one less than the depth. */
#define CPT_LAYOUT_rlock(FIELD, BITS)                                                              \
    FIELD(rlock, rlock_lock, "rlock_lock")                                                         \
    FIELD(rlock, mutex, "lock.mutex")                                                              \
    FIELD(rlock, owner, "rlock_owner|lock.thread")                                                 \
    FIELD(rlock, count, "rlock_count|lock.level")

/* threading.Thread._handle and what it holds, from 3.13. */
#define CPT_LAYOUT_threadhandle(FIELD, BITS)                                                       \
    FIELD(threadhandle, handle, "handle")

#define CPT_LAYOUT_oshandle(FIELD, BITS)                                                           \
    FIELD(oshandle, thread_is_exiting, "thread_is_exiting")

/* The allocator of small objects (Objects/obmalloc.c, pycore_obmalloc.h): its state from 3.12, what it keeps of each
   arena, and the head of a pool. */
#define CPT_LAYOUT_obmalloc(FIELD, BITS)                                                           \
    FIELD(obmalloc, arenas, "mgmt.arenas")                                                         \
    FIELD(obmalloc, maxarenas, "mgmt.maxarenas")

#define CPT_LAYOUT_arena(FIELD, BITS)                                                              \
    FIELD(arena, address, "address")                                                               \
    FIELD(arena, pool_address, "pool_address")                                                     \
    FIELD(arena, nfreepools, "nfreepools")                                                         \
    FIELD(arena, ntotalpools, "ntotalpools")                                                       \
    FIELD(arena, freepools, "freepools")                                                           \
    FIELD(arena, nextarena, "nextarena")

#define CPT_LAYOUT_pool(FIELD, BITS)                                                               \
    FIELD(pool, count, "ref.count")                                                                \
    FIELD(pool, freeblock, "freeblock")                                                            \
    FIELD(pool, nextpool, "nextpool")                                                              \
    FIELD(pool, prevpool, "prevpool")                                                              \
    FIELD(pool, arenaindex, "arenaindex")                                                          \
    FIELD(pool, szidx, "szidx")                                                                    \
    FIELD(pool, nextoffset, "nextoffset")                                                          \
    FIELD(pool, maxnextoffset, "maxnextoffset")

/* Begins with the head of the generation's list. */
#define CPT_LAYOUT_generation(FIELD, BITS) FIELD(generation, head, "head")

#define CPT_LAYOUT_stringio(FIELD, BITS)                                                           \
    FIELD(stringio, buf, "buf")                                                                    \
    FIELD(stringio, buf_size, "buf_size")

/* struct.Struct */
#define CPT_LAYOUT_packer(FIELD, BITS) FIELD(packer, s_codes, "s_codes")

/* Instances of ctypes' types. */
#define CPT_LAYOUT_cdata(FIELD, BITS)                                                              \
    FIELD(cdata, b_ptr, "b_ptr")                                                                   \
    FIELD(cdata, b_needsfree, "b_needsfree")                                                       \
    FIELD(cdata, b_size, "b_size")

/* xml.etree.ElementTree.Element */
#define CPT_LAYOUT_element(FIELD, BITS) FIELD(element, extra, "extra")

#define CPT_LAYOUT_elementextra(FIELD, BITS)                                                       \
    FIELD(elementextra, attrib, "attrib")                                                          \
    FIELD(elementextra, length, "length")                                                          \
    FIELD(elementextra, allocated, "allocated")                                                    \
    FIELD(elementextra, children, "children")                                                      \
    FIELD(elementextra, embedded, "_children")

#define CPT_LAYOUT_bytesio(FIELD, BITS) FIELD(bytesio, buf, "buf")

/* itertools; combinations_with_replacement is laid out as combinations is. */
#define CPT_LAYOUT_combinations(FIELD, BITS)                                                       \
    FIELD(combinations, pool, "pool")                                                              \
    FIELD(combinations, r, "r")

#define CPT_LAYOUT_permutations(FIELD, BITS)                                                       \
    FIELD(permutations, pool, "pool")                                                              \
    FIELD(permutations, r, "r")

#define CPT_LAYOUT_product(FIELD, BITS) FIELD(product, pools, "pools")

/* _pickle: what did not move. The rest is told by size, see cpt_layout_unpickler(). */
#define CPT_LAYOUT_pickler(FIELD, BITS) FIELD(pickler, memo, "memo")

#define CPT_LAYOUT_memotable(FIELD, BITS)                                                          \
    FIELD(memotable, mt_allocated, "mt_allocated")                                                 \
    FIELD(memotable, mt_table, "mt_table")

#define CPT_LAYOUT_unpickler(FIELD, BITS)                                                          \
    FIELD(unpickler, memo, "memo")                                                                 \
    FIELD(unpickler, memo_size, "memo_size")

/* queue.SimpleQueue, from 3.13; a list holds its items before. */
#define CPT_LAYOUT_simplequeue(FIELD, BITS)                                                        \
    FIELD(simplequeue, items, "buf.items")                                                         \
    FIELD(simplequeue, items_cap, "buf.items_cap")

/* What ctypes knows of one of its types: the type's dict, to 3.12; from 3.13 behind the type object. */
#define CPT_LAYOUT_stgdict(FIELD, BITS)                                                            \
    FIELD(stgdict, length, "length")                                                               \
    FIELD(stgdict, elements, "ffi_type_pointer.elements")                                          \
    FIELD(stgdict, format, "format")                                                               \
    FIELD(stgdict, ndim, "ndim")

#define CPT_LAYOUT_stginfo(FIELD, BITS)                                                            \
    FIELD(stginfo, length, "length")                                                               \
    FIELD(stginfo, elements, "ffi_type_pointer.elements")                                          \
    FIELD(stginfo, format, "format")                                                               \
    FIELD(stginfo, ndim, "ndim")

/* What each interpreter has for itself of the static types (3.12+, pycore_typeobject.h). */
#define CPT_LAYOUT_statictype(FIELD, BITS)                                                         \
    FIELD(statictype, type, "type")                                                                \
    FIELD(statictype, tp_dict, "tp_dict")                                                          \
    FIELD(statictype, tp_subclasses, "tp_subclasses")                                              \
    FIELD(statictype, tp_weaklist, "tp_weaklist")

#endif
