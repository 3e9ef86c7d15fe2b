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
    STRUCT(cframe, "_PyCFrame")                                                                    \
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
    STRUCT(values, "PyDictValues|_dictvalues")

/* _PyRuntimeState. ceval_gil: to 3.11; gc_collecting: to 3.8. */
#define CPT_LAYOUT_runtime(FIELD, BITS)                                                            \
    FIELD(runtime, interpreters_head, "interpreters.head")                                         \
    FIELD(runtime, interpreters_main, "interpreters.main")                                         \
    FIELD(runtime, main_thread, "main_thread")                                                     \
    FIELD(runtime, finalizing, "_finalizing|finalizing")                                           \
    FIELD(runtime, ceval_gil, "ceval.gil")                                                         \
    FIELD(runtime, gc_collecting, "gc.collecting")                                                 \
    FIELD(runtime, preconfig_allocator, "preconfig.allocator")

/* ceval_gil: a pointer, from 3.12. */
#define CPT_LAYOUT_interp(FIELD, BITS)                                                             \
    FIELD(interp, next, "next")                                                                    \
    FIELD(interp, id, "id")                                                                        \
    FIELD(interp, threads_head, "threads.head|tstate_head")                                        \
    FIELD(interp, finalizing, "_finalizing")                                                       \
    FIELD(interp, gc, "gc")                                                                        \
    FIELD(interp, modules, "imports.modules|modules")                                              \
    FIELD(interp, sysdict, "sysdict")                                                              \
    FIELD(interp, builtins, "builtins")                                                            \
    FIELD(interp, ceval_gil, "ceval.gil")

/* frame: a PyFrameObject, to 3.10; cframe: 3.11 and 3.12; current_frame: from 3.13. (3.10 has a
   cframe too, without a frame in it: the field cframe.current_frame tells them apart.) */
#define CPT_LAYOUT_tstate(FIELD, BITS)                                                             \
    FIELD(tstate, next, "next")                                                                    \
    FIELD(tstate, interp, "interp")                                                                \
    FIELD(tstate, frame, "frame")                                                                  \
    FIELD(tstate, cframe, "cframe")                                                                \
    FIELD(tstate, current_frame, "current_frame")                                                  \
    FIELD(tstate, thread_id, "thread_id")                                                          \
    FIELD(tstate, native_thread_id, "native_thread_id")                                            \
    FIELD(tstate, datastack_chunk, "datastack_chunk")                                              \
    FIELD(tstate, datastack_top, "datastack_top")

#define CPT_LAYOUT_cframe(FIELD, BITS)                                                             \
    FIELD(cframe, current_frame, "current_frame")                                                  \
    FIELD(cframe, previous, "previous")

#define CPT_LAYOUT_gil(FIELD, BITS)                                                                \
    FIELD(gil, last_holder, "last_holder")                                                         \
    FIELD(gil, locked, "locked")

/* Relative to interp.gc. frame: the frame that set the collection off, from 3.15. */
#define CPT_LAYOUT_gc(FIELD, BITS)                                                                 \
    FIELD(gc, collecting, "collecting")                                                            \
    FIELD(gc, frame, "frame")

/* PyFrameObject: f_code, f_lasti to 3.10. f_state only in 3.10, where f_lasti counts code units,
   not bytes. */
#define CPT_LAYOUT_frame(FIELD, BITS)                                                              \
    FIELD(frame, f_back, "f_back")                                                                 \
    FIELD(frame, f_code, "f_code")                                                                 \
    FIELD(frame, f_lasti, "f_lasti")                                                               \
    FIELD(frame, f_state, "f_state")

/* _PyInterpreterFrame. stackpointer, from 3.14, comes with tagged references in f_executable. */
#define CPT_LAYOUT_iframe(FIELD, BITS)                                                             \
    FIELD(iframe, f_executable, "f_executable|f_code")                                             \
    FIELD(iframe, previous, "previous")                                                            \
    FIELD(iframe, prev_instr, "prev_instr")                                                        \
    FIELD(iframe, instr_ptr, "instr_ptr")                                                          \
    FIELD(iframe, is_entry, "is_entry")                                                            \
    FIELD(iframe, owner, "owner")                                                                  \
    FIELD(iframe, stackpointer, "stackpointer")                                                    \
    FIELD(iframe, localsplus, "localsplus")

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
    FIELD(code, co_framesize, "co_framesize")

#define CPT_LAYOUT_object(FIELD, BITS) FIELD(object, ob_type, "ob_type")

#define CPT_LAYOUT_var(FIELD, BITS) FIELD(var, ob_size, "ob_size")

#define CPT_LAYOUT_type(FIELD, BITS)                                                               \
    FIELD(type, tp_name, "tp_name")                                                                \
    FIELD(type, tp_basicsize, "tp_basicsize")                                                      \
    FIELD(type, tp_flags, "tp_flags")                                                              \
    FIELD(type, tp_dictoffset, "tp_dictoffset")

#define CPT_LAYOUT_heaptype(FIELD, BITS) FIELD(heaptype, ht_cached_keys, "ht_cached_keys")

#define CPT_LAYOUT_module(FIELD, BITS) FIELD(module, md_dict, "md_dict")

/* ready, wstr: to 3.11. */
#define CPT_LAYOUT_ascii(FIELD, BITS)                                                              \
    FIELD(ascii, length, "length")                                                                 \
    FIELD(ascii, state, "state")                                                                   \
    BITS(ascii, kind, "state.kind")                                                                \
    BITS(ascii, compact, "state.compact")                                                          \
    BITS(ascii, ascii, "state.ascii")                                                              \
    BITS(ascii, ready, "state.ready")                                                              \
    FIELD(ascii, wstr, "wstr")

#define CPT_LAYOUT_compact(FIELD, BITS) FIELD(compact, wstr_length, "wstr_length")

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
    FIELD(keys, dk_indices, "dk_indices")

/* 3.11 and later; capacity and valid from 3.13, where the values can lie inside the object. */
#define CPT_LAYOUT_values(FIELD, BITS)                                                             \
    FIELD(values, capacity, "capacity")                                                            \
    FIELD(values, valid, "valid")                                                                  \
    FIELD(values, values, "values")

#endif
