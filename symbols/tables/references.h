/* Written by symbols/mkreferences.py, which asks running interpreters; not to be edited: what is said by hand
 * is in symbols/mkreferences_rules.py.
 */
static const struct cpt_reference_field fields_0[] = {
    {16, VO, ".__dict__"}, {24, VO, "<args>"}, {32, VO, "<traceback>"}, {40, VO, "<context>"}, {48, VO, "<cause>"},
};
static const struct cpt_reference_field fields_1[] = {
    {16, VO, ".__dict__"}, {24, VO, "<args>"}, {32, VO, "<notes>"}, {40, VO, "<traceback>"}, {48, VO, "<context>"},
    {56, VO, "<cause>"},
};
static const struct cpt_reference_field fields_2[] = {
    {16, VO, ".__dict__"}, {24, VO, "<args>"}, {32, VO, "<traceback>"}, {40, VO, "<context>"}, {48, VO, "<cause>"},
    {64, VO, ".obj"}, {72, VO, ".name"},
};
static const struct cpt_reference_field fields_3[] = {
    {16, VO, ".__dict__"}, {24, VO, "<args>"}, {32, VO, "<notes>"}, {40, VO, "<traceback>"}, {48, VO, "<context>"},
    {56, VO, "<cause>"}, {72, VO, ".obj"}, {80, VO, ".name"},
};
static const struct cpt_reference_field fields_4[] = {
    {16, VO, ".__dict__"}, {24, VO, ".args"}, {32, VO, ".__traceback__"}, {40, VO, ".__context__"},
    {48, VO, ".__cause__"},
};
static const struct cpt_reference_field fields_5[] = {
    {16, VO, ".__dict__"}, {24, VO, ".args"}, {32, VO, "<notes>"}, {40, VO, ".__traceback__"},
    {48, VO, ".__context__"}, {56, VO, ".__cause__"},
};
static const struct cpt_reference_field fields_6[] = {
    {16, VO, ".__dict__"}, {24, VO, "<args>"}, {32, VO, "<notes>"}, {40, VO, "<traceback>"}, {48, VO, "<context>"},
    {56, VO, "<cause>"}, {72, VO, ".message"}, {80, VO, ".exceptions"},
};
static const struct cpt_reference_field fields_7[] = {
    {16, VO, ".__dict__"}, {24, VO, "<args>"}, {32, VO, "<notes>"}, {40, VO, "<traceback>"}, {48, VO, "<context>"},
    {56, VO, "<cause>"}, {72, VO, ".message"}, {80, VO, ".exceptions"}, {88, VO, "<+88>"},
};
static const struct cpt_reference_field fields_8[] = {
    {16, VO, ".__dict__"}, {24, VO, "<args>"}, {32, VO, "<traceback>"}, {40, VO, "<context>"}, {48, VO, "<cause>"},
    {64, VO, "<myerrno>"}, {72, VO, "<strerror>"}, {80, VO, "<filename>"}, {88, VO, "<filename2>"},
};
static const struct cpt_reference_field fields_9[] = {
    {16, VO, ".__dict__"}, {24, VO, "<args>"}, {32, VO, "<notes>"}, {40, VO, "<traceback>"}, {48, VO, "<context>"},
    {56, VO, "<cause>"}, {72, VO, "<myerrno>"}, {80, VO, "<strerror>"}, {88, VO, "<filename>"},
    {96, VO, "<filename2>"},
};
static const struct cpt_reference_field fields_10[] = {
    {48, O, "._obj"},
};
static const struct cpt_reference_field fields_11[] = {
    {16, VO, "<ctx_prev>"}, {24, VO, "<ctx_vars>"},
};
static const struct cpt_reference_field fields_12[] = {
    {16, VO, ".name"}, {24, VO, "<var_default>"}, {32, 0, "<var_cached>"},
};
static const struct cpt_reference_field fields_13[] = {
    {16, VO, "<frame>"},
};
static const struct cpt_reference_field fields_14[] = {
    {16, VO, ".__dict__"}, {24, VO, "<args>"}, {32, VO, "<traceback>"}, {40, VO, "<context>"}, {48, VO, "<cause>"},
    {56, VO, "<+56>"}, {72, VO, ".msg"}, {80, VO, ".name"}, {88, VO, ".path"}, {96, VO, ".name_from"},
};
static const struct cpt_reference_field fields_15[] = {
    {16, VO, ".__dict__"}, {24, VO, "<args>"}, {32, VO, "<traceback>"}, {40, VO, "<context>"}, {48, VO, "<cause>"},
    {64, VO, ".msg"}, {72, VO, ".name"}, {80, VO, ".path"},
};
static const struct cpt_reference_field fields_16[] = {
    {16, VO, ".__dict__"}, {24, VO, "<args>"}, {32, VO, "<notes>"}, {40, VO, "<traceback>"}, {48, VO, "<context>"},
    {56, VO, "<cause>"}, {72, VO, ".msg"}, {80, VO, ".name"}, {88, VO, ".path"},
};
static const struct cpt_reference_field fields_17[] = {
    {16, VO, ".__dict__"}, {24, VO, "<args>"}, {32, VO, "<notes>"}, {40, VO, "<traceback>"}, {48, VO, "<context>"},
    {56, VO, "<cause>"}, {72, VO, ".msg"}, {80, VO, ".name"}, {88, VO, ".path"}, {96, VO, ".name_from"},
};
static const struct cpt_reference_field fields_18[] = {
    {16, VO, ".__dict__"}, {24, VO, "<args>"}, {32, VO, "<traceback>"}, {40, VO, "<context>"}, {48, VO, "<cause>"},
    {64, VO, "<msg>"}, {72, VO, "<filename>"}, {80, VO, "<lineno>"}, {88, VO, "<offset>"}, {96, VO, "<text>"},
    {104, VO, "<print_file_and_line>"},
};
static const struct cpt_reference_field fields_19[] = {
    {16, VO, ".__dict__"}, {24, VO, "<args>"}, {32, VO, "<traceback>"}, {40, VO, "<context>"}, {48, VO, "<cause>"},
    {64, VO, "<msg>"}, {72, VO, "<filename>"}, {80, VO, "<lineno>"}, {88, VO, "<offset>"}, {96, VO, "<end_lineno>"},
    {104, VO, "<end_offset>"}, {112, VO, "<text>"}, {120, VO, "<print_file_and_line>"},
};
static const struct cpt_reference_field fields_20[] = {
    {16, VO, ".__dict__"}, {24, VO, "<args>"}, {32, VO, "<notes>"}, {40, VO, "<traceback>"}, {48, VO, "<context>"},
    {56, VO, "<cause>"}, {72, VO, "<msg>"}, {80, VO, "<filename>"}, {88, VO, "<lineno>"}, {96, VO, "<offset>"},
    {104, VO, "<end_lineno>"}, {112, VO, "<end_offset>"}, {120, VO, "<text>"}, {128, VO, "<print_file_and_line>"},
};
static const struct cpt_reference_field fields_21[] = {
    {16, VO, ".__dict__"}, {24, VO, "<args>"}, {32, VO, "<notes>"}, {40, VO, "<traceback>"}, {48, VO, "<context>"},
    {56, VO, "<cause>"}, {72, VO, "<msg>"}, {80, VO, "<filename>"}, {88, VO, "<lineno>"}, {96, VO, "<offset>"},
    {104, VO, "<end_lineno>"}, {112, VO, "<end_offset>"}, {120, VO, "<text>"}, {128, VO, "<print_file_and_line>"},
    {136, VO, "<+136>"},
};
static const struct cpt_reference_field fields_22[] = {
    {56, VO, "<s_nested>"},
};
static const struct cpt_reference_field fields_23[] = {
    {56, VO, "<s_nested>"}, {64, VO, "<+64>"},
};
static const struct cpt_reference_field fields_24[] = {
    {16, VO, ".__dict__"}, {24, VO, "<args>"}, {32, VO, "<traceback>"}, {40, VO, "<context>"}, {48, VO, "<cause>"},
    {64, VO, "<msg>"}, {72, VO, "<name>"}, {80, VO, "<path>"},
};
static const struct cpt_reference_field fields_25[] = {
    {16, VO, ".__dict__"}, {24, VO, "<args>"}, {32, VO, "<notes>"}, {40, VO, "<traceback>"}, {48, VO, "<context>"},
    {56, VO, "<cause>"}, {72, VO, "<msg>"}, {80, VO, "<name>"}, {88, VO, "<path>"},
};
static const struct cpt_reference_field fields_26[] = {
    {16, VO, ".__dict__"}, {24, VO, "<args>"}, {32, VO, "<notes>"}, {40, VO, "<traceback>"}, {48, VO, "<context>"},
    {56, VO, "<cause>"}, {72, VO, "<msg>"}, {80, VO, "<name>"}, {88, VO, "<path>"}, {96, VO, "<name_from>"},
};
static const struct cpt_reference_field fields_27[] = {
    {32, VO, ".errors"},
};
static const struct cpt_reference_field fields_28[] = {
    {32, VO, ".errors"}, {40, 0, "<pending>"},
};
static const struct cpt_reference_field fields_29[] = {
    {32, VO, ".errors"}, {40, O, "<pending>"},
};
static const struct cpt_reference_field fields_30[] = {
    {32, VO, ".errors"}, {56, VO, ".stream"},
};
static const struct cpt_reference_field fields_31[] = {
    {32, VO, ".errors"}, {40, 0, "<pending>"}, {48, VO, ".stream"},
};
static const struct cpt_reference_field fields_32[] = {
    {16, VO, ".__dict__"}, {24, VO, "<args>"}, {32, VO, "<traceback>"}, {40, VO, "<context>"}, {48, VO, "<cause>"},
    {64, VO, ".name"},
};
static const struct cpt_reference_field fields_33[] = {
    {16, VO, ".__dict__"}, {24, VO, "<args>"}, {32, VO, "<notes>"}, {40, VO, "<traceback>"}, {48, VO, "<context>"},
    {56, VO, "<cause>"}, {72, VO, ".name"},
};
static const struct cpt_reference_field fields_34[] = {
    {16, VO, ".__dict__"}, {24, VO, "<args>"}, {32, VO, "<traceback>"}, {40, VO, "<context>"}, {48, VO, "<cause>"},
    {64, VO, ".errno"}, {72, VO, ".strerror"}, {80, VO, ".filename"}, {88, VO, ".filename2"},
};
static const struct cpt_reference_field fields_35[] = {
    {16, VO, ".__dict__"}, {24, VO, "<args>"}, {32, VO, "<notes>"}, {40, VO, "<traceback>"}, {48, VO, "<context>"},
    {56, VO, "<cause>"}, {72, VO, ".errno"}, {80, VO, ".strerror"}, {88, VO, ".filename"}, {96, VO, ".filename2"},
};
static const struct cpt_reference_field fields_36[] = {
    {96, O, "<proto>"}, {128, O, "<argtypes>"}, {136, O, "<converters>"}, {144, O, "<restype>"},
    {152, O, "<checker>"},
};
static const struct cpt_reference_field fields_37[] = {
    {16, VO, ".__dict__"}, {24, VO, "<args>"}, {32, VO, "<traceback>"}, {40, VO, "<context>"}, {48, VO, "<cause>"},
    {64, VO, ".value"},
};
static const struct cpt_reference_field fields_38[] = {
    {16, VO, ".__dict__"}, {24, VO, "<args>"}, {32, VO, "<notes>"}, {40, VO, "<traceback>"}, {48, VO, "<context>"},
    {56, VO, "<cause>"}, {72, VO, ".value"},
};
static const struct cpt_reference_field fields_39[] = {
    {40, O, "<s_format>"},
};
static const struct cpt_reference_field fields_40[] = {
    {16, VO, ".__dict__"}, {24, VO, "<args>"}, {32, VO, "<traceback>"}, {40, VO, "<context>"}, {48, VO, "<cause>"},
    {64, VO, ".msg"}, {72, VO, ".filename"}, {80, VO, ".lineno"}, {88, VO, ".offset"}, {96, VO, ".text"},
    {104, VO, ".print_file_and_line"},
};
static const struct cpt_reference_field fields_41[] = {
    {16, VO, ".__dict__"}, {24, VO, "<args>"}, {32, VO, "<traceback>"}, {40, VO, "<context>"}, {48, VO, "<cause>"},
    {64, VO, ".msg"}, {72, VO, ".filename"}, {80, VO, ".lineno"}, {88, VO, ".offset"}, {96, VO, ".end_lineno"},
    {104, VO, ".end_offset"}, {112, VO, ".text"}, {120, VO, ".print_file_and_line"},
};
static const struct cpt_reference_field fields_42[] = {
    {16, VO, ".__dict__"}, {24, VO, "<args>"}, {32, VO, "<notes>"}, {40, VO, "<traceback>"}, {48, VO, "<context>"},
    {56, VO, "<cause>"}, {72, VO, ".msg"}, {80, VO, ".filename"}, {88, VO, ".lineno"}, {96, VO, ".offset"},
    {104, VO, ".end_lineno"}, {112, VO, ".end_offset"}, {120, VO, ".text"}, {128, VO, ".print_file_and_line"},
};
static const struct cpt_reference_field fields_43[] = {
    {16, VO, ".__dict__"}, {24, VO, "<args>"}, {32, VO, "<notes>"}, {40, VO, "<traceback>"}, {48, VO, "<context>"},
    {56, VO, "<cause>"}, {72, VO, ".msg"}, {80, VO, ".filename"}, {88, VO, ".lineno"}, {96, VO, ".offset"},
    {104, VO, ".end_lineno"}, {112, VO, ".end_offset"}, {120, VO, ".text"}, {128, VO, ".print_file_and_line"},
    {136, VO, "._metadata"},
};
static const struct cpt_reference_field fields_44[] = {
    {16, VO, ".__dict__"}, {24, VO, "<args>"}, {32, VO, "<traceback>"}, {40, VO, "<context>"}, {48, VO, "<cause>"},
    {64, VO, ".code"},
};
static const struct cpt_reference_field fields_45[] = {
    {16, VO, ".__dict__"}, {24, VO, "<args>"}, {32, VO, "<notes>"}, {40, VO, "<traceback>"}, {48, VO, "<context>"},
    {56, VO, "<cause>"}, {72, VO, ".code"},
};
static const struct cpt_reference_field fields_46[] = {
    {16, VO, ".__self__"}, {24, VO, "<sw_arg>"},
};
static const struct cpt_reference_field fields_47[] = {
    {16, VO, ".__self__"},
};
static const struct cpt_reference_field fields_48[] = {
    {16, VO, "<tok_ctx>"}, {24, VO, ".var"}, {32, VO, ".old_value"},
};
static const struct cpt_reference_field fields_49[] = {
    {16, VO, ".__dict__"}, {24, VO, "<args>"}, {32, VO, "<traceback>"}, {40, VO, "<context>"}, {48, VO, "<cause>"},
    {64, VO, "<name>"},
};
static const struct cpt_reference_field fields_50[] = {
    {16, VO, ".__dict__"}, {24, VO, "<args>"}, {32, VO, "<notes>"}, {40, VO, "<traceback>"}, {48, VO, "<context>"},
    {56, VO, "<cause>"}, {72, VO, "<name>"},
};
static const struct cpt_reference_field fields_51[] = {
    {16, VO, ".__dict__"}, {24, VO, "<args>"}, {32, VO, "<traceback>"}, {40, VO, "<context>"}, {48, VO, "<cause>"},
    {64, VO, ".encoding"}, {72, VO, ".object"}, {96, VO, ".reason"},
};
static const struct cpt_reference_field fields_52[] = {
    {16, VO, ".__dict__"}, {24, VO, "<args>"}, {32, VO, "<notes>"}, {40, VO, "<traceback>"}, {48, VO, "<context>"},
    {56, VO, "<cause>"}, {72, VO, ".encoding"}, {80, VO, ".object"}, {104, VO, ".reason"},
};
static const struct cpt_reference_field fields_53[] = {
    {16, O, "<rl_loop>"},
};
static const struct cpt_reference_field fields_54[] = {
    {16, VO, "<_abc_registry>"}, {24, VO, "<_abc_cache>"}, {32, VO, "<_abc_negative_cache>"},
};
static const struct cpt_reference_field fields_55[] = {
    {16, O, "<_abc_registry>"}, {24, O, "<_abc_cache>"}, {32, O, "<_abc_negative_cache>"},
};
static const struct cpt_reference_field fields_56[] = {
    {16, VO, ".__dict__"},
};
static const struct cpt_reference_field fields_57[] = {
    {16, VO, "._loop"}, {24, VO, "<fut_callback0>"}, {32, VO, "<fut_context0>"}, {40, VO, "<fut_callbacks>"},
    {48, VO, "<fut_exception>"}, {56, VO, "<fut_result>"}, {64, VO, "<fut_source_tb>"}, {88, VO, ".__dict__"},
};
static const struct cpt_reference_field fields_58[] = {
    {16, VO, "._loop"}, {24, VO, "<fut_callback0>"}, {32, VO, "<fut_context0>"}, {40, VO, "<fut_callbacks>"},
    {48, VO, "<fut_exception>"}, {56, VO, "<fut_exception_tb>"}, {64, VO, "<fut_result>"},
    {72, VO, "<fut_source_tb>"}, {80, VO, "._cancel_message"}, {88, VO, "<fut_cancelled_exc>"},
};
static const struct cpt_reference_field fields_59[] = {
    {16, VO, "._loop"}, {24, VO, "<fut_callback0>"}, {32, VO, "<fut_context0>"}, {40, VO, "<fut_callbacks>"},
    {48, VO, "<fut_exception>"}, {56, VO, "<fut_exception_tb>"}, {64, VO, "<fut_result>"},
    {72, VO, "<fut_source_tb>"}, {80, VO, "._cancel_message"}, {88, VO, "<fut_cancelled_exc>"}, {96, VO, "<+96>"},
};
static const struct cpt_reference_field fields_60[] = {
    {16, VO, "._loop"}, {24, VO, "<fut_callback0>"}, {32, VO, "<fut_context0>"}, {40, VO, "<fut_callbacks>"},
    {48, VO, "<fut_exception>"}, {56, VO, "<fut_exception_tb>"}, {64, VO, "<fut_result>"},
    {72, VO, "<fut_source_tb>"}, {80, VO, "._cancel_message"}, {104, VO, ".__dict__"},
    {120, VO, "<fut_cancelled_exc>"},
};
static const struct cpt_reference_field fields_61[] = {
    {16, VO, "._loop"}, {24, VO, "<fut_callback0>"}, {32, VO, "<fut_context0>"}, {40, VO, "<fut_callbacks>"},
    {48, VO, "<fut_exception>"}, {56, VO, "<fut_result>"}, {64, VO, "<fut_source_tb>"}, {72, VO, "._cancel_message"},
    {96, VO, ".__dict__"}, {112, VO, "<fut_cancelled_exc_state.exc_type>"},
    {120, VO, "<fut_cancelled_exc_state.exc_value>"}, {128, VO, "<fut_cancelled_exc_state.exc_traceback>"},
};
static const struct cpt_reference_field fields_62[] = {
    {16, VO, "._loop"}, {24, VO, "<fut_callback0>"}, {32, VO, "<fut_context0>"}, {40, VO, "<fut_callbacks>"},
    {48, VO, "<fut_exception>"}, {56, VO, "<fut_exception_tb>"}, {64, VO, "<fut_result>"},
    {72, VO, "<fut_source_tb>"}, {80, VO, "._cancel_message"}, {104, VO, ".__dict__"},
    {120, VO, "<fut_cancelled_exc_state.exc_type>"}, {128, VO, "<fut_cancelled_exc_state.exc_value>"},
    {136, VO, "<fut_cancelled_exc_state.exc_traceback>"},
};
static const struct cpt_reference_field fields_63[] = {
    {16, VO, "<future>"},
};
static const struct cpt_reference_field fields_64[] = {
    {16, VO, "._loop"}, {24, VO, "<task_callback0>"}, {32, VO, "<task_context0>"}, {40, VO, "<task_callbacks>"},
    {48, VO, "<task_exception>"}, {56, VO, "<task_result>"}, {64, VO, "<task_source_tb>"}, {88, VO, ".__dict__"},
    {104, VO, "._fut_waiter"}, {112, VO, "._coro"}, {120, VO, "<task_context>"},
};
static const struct cpt_reference_field fields_65[] = {
    {16, VO, "._loop"}, {24, VO, "<task_callback0>"}, {32, VO, "<task_context0>"}, {40, VO, "<task_callbacks>"},
    {48, VO, "<task_exception>"}, {56, VO, "<task_result>"}, {64, VO, "<task_source_tb>"}, {88, VO, ".__dict__"},
    {104, VO, "._fut_waiter"}, {112, VO, "._coro"}, {120, VO, "<task_name>"}, {128, VO, "<task_context>"},
};
static const struct cpt_reference_field fields_66[] = {
    {16, VO, "._loop"}, {24, VO, "<task_callback0>"}, {32, VO, "<task_context0>"}, {40, VO, "<task_callbacks>"},
    {48, VO, "<task_exception>"}, {56, VO, "<task_exception_tb>"}, {64, VO, "<task_result>"},
    {72, VO, "<task_source_tb>"}, {80, VO, "._cancel_message"}, {88, VO, "<task_cancelled_exc>"},
    {112, VO, "._fut_waiter"}, {120, VO, "._coro"}, {128, VO, "<task_name>"}, {136, VO, "<task_context>"},
};
static const struct cpt_reference_field fields_67[] = {
    {16, VO, "._loop"}, {24, VO, "<task_callback0>"}, {32, VO, "<task_context0>"}, {40, VO, "<task_callbacks>"},
    {48, VO, "<task_exception>"}, {56, VO, "<task_exception_tb>"}, {64, VO, "<task_result>"},
    {72, VO, "<task_source_tb>"}, {80, VO, "._cancel_message"}, {88, VO, "<task_cancelled_exc>"}, {96, VO, "<+96>"},
    {120, VO, "._fut_waiter"}, {128, VO, "._coro"}, {136, VO, "<task_name>"}, {144, VO, "<task_context>"},
};
static const struct cpt_reference_field fields_68[] = {
    {16, VO, "._loop"}, {24, VO, "<task_callback0>"}, {32, VO, "<task_context0>"}, {40, VO, "<task_callbacks>"},
    {48, VO, "<task_exception>"}, {56, VO, "<task_exception_tb>"}, {64, VO, "<task_result>"},
    {72, VO, "<task_source_tb>"}, {80, VO, "._cancel_message"}, {104, VO, ".__dict__"},
    {120, VO, "<task_cancelled_exc>"}, {128, VO, "._fut_waiter"}, {136, VO, "._coro"}, {144, VO, "<task_name>"},
    {152, VO, "<task_context>"},
};
static const struct cpt_reference_field fields_69[] = {
    {16, VO, "._loop"}, {24, VO, "<task_callback0>"}, {32, VO, "<task_context0>"}, {40, VO, "<task_callbacks>"},
    {48, VO, "<task_exception>"}, {56, VO, "<task_result>"}, {64, VO, "<task_source_tb>"},
    {72, VO, "._cancel_message"}, {96, VO, ".__dict__"}, {112, VO, "<task_cancelled_exc_state.exc_type>"},
    {120, VO, "<task_cancelled_exc_state.exc_value>"}, {128, VO, "<task_cancelled_exc_state.exc_traceback>"},
    {144, VO, "._fut_waiter"}, {152, VO, "._coro"}, {160, VO, "<task_name>"}, {168, VO, "<task_context>"},
};
static const struct cpt_reference_field fields_70[] = {
    {16, VO, "._loop"}, {24, VO, "<task_callback0>"}, {32, VO, "<task_context0>"}, {40, VO, "<task_callbacks>"},
    {48, VO, "<task_exception>"}, {56, VO, "<task_exception_tb>"}, {64, VO, "<task_result>"},
    {72, VO, "<task_source_tb>"}, {80, VO, "._cancel_message"}, {104, VO, ".__dict__"},
    {120, VO, "<task_cancelled_exc_state.exc_type>"}, {128, VO, "<task_cancelled_exc_state.exc_value>"},
    {136, VO, "<task_cancelled_exc_state.exc_traceback>"}, {152, VO, "._fut_waiter"}, {160, VO, "._coro"},
    {168, VO, "<task_name>"}, {176, VO, "<task_context>"},
};
static const struct cpt_reference_field fields_71[] = {
    {16, VO, "<mv>"}, {24, VO, "<obj>"},
};
static const struct cpt_reference_field fields_72[] = {
    {104, O, ".unused_data"},
};
static const struct cpt_reference_field fields_73[] = {
    {32, VO, "<deque>"},
};
static const struct cpt_reference_field fields_74[] = {
    {24, VO, ".__doc__"},
};
static const struct cpt_reference_field fields_75[] = {
    {40, O, ".lineterminator"},
};
static const struct cpt_reference_field fields_76[] = {
    {40, VO, ".lineterminator"},
};
static const struct cpt_reference_field fields_77[] = {
    {16, VO, "<input_iter>"}, {24, VO, ".dialect"}, {32, VO, "<fields>"},
};
static const struct cpt_reference_field fields_78[] = {
    {16, VO, "<writeline>"}, {24, VO, ".dialect"},
};
static const struct cpt_reference_field fields_79[] = {
    {16, VO, "<write>"}, {24, VO, ".dialect"},
};
static const struct cpt_reference_field fields_80[] = {
    {16, VO, "<write>"}, {24, VO, ".dialect"}, {64, VO, "<error_obj>"},
};
static const struct cpt_reference_field fields_81[] = {
    {32, VO, "<b_base>"}, {64, VO, "<b_objects>"},
};
static const struct cpt_reference_field fields_82[] = {
    {48, VO, "._obj"},
};
static const struct cpt_reference_field fields_83[] = {
    {64, VO, "._obj"},
};
static const struct cpt_reference_field fields_84[] = {
    {40, VO, "<proto>"},
};
static const struct cpt_reference_field fields_85[] = {
    {32, VO, "<b_base>"}, {64, VO, "<b_objects>"}, {96, VO, "<thunk>"}, {104, VO, "<callable>"},
    {112, VO, "<converters>"}, {120, VO, ".argtypes"}, {128, VO, ".restype"}, {136, VO, "<checker>"},
    {144, VO, ".errcheck"}, {152, VO, "<paramflags>"},
};
static const struct cpt_reference_field fields_86[] = {
    {80, VO, "<converters>"}, {88, VO, "<callable>"}, {96, VO, "<restype>"},
};
static const struct cpt_reference_field fields_87[] = {
    {984, VO, "<proto>"}, {1016, VO, "<argtypes>"}, {1024, VO, "<converters>"}, {1032, VO, "<restype>"},
    {1040, VO, "<checker>"}, {1048, VO, "<module>"},
};
static const struct cpt_reference_field fields_88[] = {
    {1000, VO, "<proto>"}, {1032, VO, "<argtypes>"}, {1040, VO, "<converters>"}, {1048, VO, "<restype>"},
    {1056, VO, "<checker>"}, {1064, VO, "<module>"}, {1072, VO, "<pointer_type>"},
};
static const struct cpt_reference_field fields_89[] = {
    {16, O, "<key>"}, {24, O, "<dict>"},
};
static const struct cpt_reference_field fields_90[] = {
    {16, VO, "<key>"}, {24, VO, "<dict>"},
};
static const struct cpt_reference_field fields_91[] = {
    {24, O, "<keep>"},
};
static const struct cpt_reference_field fields_92[] = {
    {24, VO, "<keep>"},
};
static const struct cpt_reference_field fields_93[] = {
    {32, VO, "._b_base_"}, {64, VO, "._objects"},
};
static const struct cpt_reference_field fields_94[] = {
    {32, O, "<orig>"},
};
static const struct cpt_reference_field fields_95[] = {
    {32, VO, "<orig>"},
};
static const struct cpt_reference_field fields_96[] = {
    {24, O, "<wo>"},
};
static const struct cpt_reference_field fields_97[] = {
    {24, VO, "<wo>"},
};
static const struct cpt_reference_field fields_98[] = {
    {40, VO, "<root_element>"}, {48, VO, "<sought_tag>"},
};
static const struct cpt_reference_field fields_99[] = {
    {16, O, ".name"},
};
static const struct cpt_reference_field fields_100[] = {
    {24, O, "<name>"},
};
static const struct cpt_reference_field fields_101[] = {
    {16, O, "<reader>"}, {24, O, "<writer>"}, {32, VO, ".__dict__"},
};
static const struct cpt_reference_field fields_102[] = {
    {16, VO, "<reader>"}, {24, VO, "<writer>"}, {32, VO, ".__dict__"},
};
static const struct cpt_reference_field fields_103[] = {
    {16, VO, ".raw"}, {136, VO, ".__dict__"},
};
static const struct cpt_reference_field fields_104[] = {
    {16, O, "<buf>"}, {40, VO, ".__dict__"},
};
static const struct cpt_reference_field fields_105[] = {
    {16, VO, "<buf>"}, {40, VO, ".__dict__"},
};
static const struct cpt_reference_field fields_106[] = {
    {40, VO, ".__dict__"},
};
static const struct cpt_reference_field fields_107[] = {
    {40, V, ".__dict__"},
};
static const struct cpt_reference_field fields_108[] = {
    {16, O, "<decoder>"}, {24, O, "<errors>"},
};
static const struct cpt_reference_field fields_109[] = {
    {16, VO, "<decoder>"}, {24, VO, "<errors>"},
};
static const struct cpt_reference_field fields_110[] = {
    {56, O, "<accu.large>"}, {64, O, "<accu.small>"}, {80, O, "<decoder>"}, {88, O, "<readnl>"}, {96, O, "<writenl>"},
    {104, VO, ".__dict__"},
};
static const struct cpt_reference_field fields_111[] = {
    {72, VO, "<decoder>"}, {80, VO, "<readnl>"}, {88, VO, "<writenl>"}, {96, VO, ".__dict__"},
};
static const struct cpt_reference_field fields_112[] = {
    {56, O, "<writer.buffer>"}, {120, VO, "<decoder>"}, {128, VO, "<readnl>"}, {136, VO, "<writenl>"},
    {144, VO, ".__dict__"},
};
static const struct cpt_reference_field fields_113[] = {
    {32, VO, ".buffer"}, {40, VO, ".encoding"}, {48, VO, "<encoder>"}, {56, VO, "<decoder>"}, {64, VO, "<readnl>"},
    {72, VO, "<errors>"}, {120, VO, "<decoded_chars>"}, {136, VO, "<pending_bytes>"}, {152, VO, "<snapshot>"},
    {168, VO, "<raw>"}, {184, VO, ".__dict__"},
};
static const struct cpt_reference_field fields_114[] = {
    {16, VO, "<source>"},
};
static const struct cpt_reference_field fields_115[] = {
    {16, VO, ".markers"}, {24, VO, ".default"}, {32, VO, ".encoder"}, {40, VO, ".indent"}, {48, VO, ".key_separator"},
    {56, VO, ".item_separator"},
};
static const struct cpt_reference_field fields_116[] = {
    {24, VO, ".object_hook"}, {32, VO, ".object_pairs_hook"}, {40, VO, ".parse_float"}, {48, VO, ".parse_int"},
    {56, VO, ".parse_constant"},
};
static const struct cpt_reference_field fields_117[] = {
    {24, VO, ".object_hook"}, {32, VO, ".object_pairs_hook"}, {40, VO, ".parse_float"}, {48, VO, ".parse_int"},
    {56, VO, ".parse_constant"}, {64, O, "<memo>"},
};
static const struct cpt_reference_field fields_118[] = {
    {24, VO, ".object_hook"}, {32, VO, ".object_pairs_hook"}, {40, VO, ".parse_float"}, {48, VO, ".parse_int"},
    {56, VO, ".parse_constant"}, {64, VO, "<memo>"},
};
static const struct cpt_reference_field fields_119[] = {
    {24, VO, ".object_hook"}, {32, VO, ".object_pairs_hook"}, {40, VO, ".array_hook"}, {48, VO, ".parse_float"},
    {56, VO, ".parse_int"}, {64, VO, ".parse_constant"},
};
static const struct cpt_reference_field fields_120[] = {
    {48, O, "<externalTimer>"},
};
static const struct cpt_reference_field fields_121[] = {
    {48, O, "<externalTimer>"}, {72, O, "<missing>"},
};
static const struct cpt_reference_field fields_122[] = {
    {48, VO, "<externalTimer>"}, {72, O, "<missing>"},
};
static const struct cpt_reference_field fields_123[] = {
    {48, VO, "<externalTimer>"},
};
static const struct cpt_reference_field fields_124[] = {
    {48, VO, "<externalTimer>"}, {72, VO, "<missing>"},
};
static const struct cpt_reference_field fields_125[] = {
    {184, O, ".unused_data"},
};
static const struct cpt_reference_field fields_126[] = {
    {24, VO, "<cjk_module>"},
};
static const struct cpt_reference_field fields_127[] = {
    {24, VO, ".persistent_id"}, {32, 0, "<pers_func_self>"}, {40, VO, ".dispatch_table"}, {48, VO, "<write>"},
    {56, O, "<output_buffer>"}, {128, VO, "<fast_memo>"},
};
static const struct cpt_reference_field fields_128[] = {
    {24, VO, "<persistent_id>"}, {32, VO, ".dispatch_table"}, {40, VO, "<reducer_override>"}, {48, VO, "<write>"},
    {56, O, "<output_buffer>"}, {128, VO, "<fast_memo>"}, {136, VO, "<buffer_callback>"},
};
static const struct cpt_reference_field fields_129[] = {
    {24, VO, ".persistent_id"}, {32, 0, "<pers_func_self>"}, {40, VO, ".dispatch_table"},
    {48, VO, "<reducer_override>"}, {56, VO, "<write>"}, {64, O, "<output_buffer>"}, {136, VO, "<fast_memo>"},
    {144, VO, "<buffer_callback>"},
};
static const struct cpt_reference_field fields_130[] = {
    {24, VO, "<persistent_id>"}, {32, VO, ".dispatch_table"}, {40, VO, "<+40>"}, {48, VO, "<write>"},
    {56, VO, "<+56>"}, {64, O, "<output_buffer>"}, {136, VO, "<fast_memo>"}, {144, VO, "<buffer_callback>"},
};
static const struct cpt_reference_field fields_131[] = {
    {16, VO, "<pickler>"},
};
static const struct cpt_reference_field fields_132[] = {
    {16, VO, "<stack>"}, {48, VO, ".persistent_load"}, {56, 0, "<pers_func_self>"}, {72, O, "<buffer.obj>"},
    {184, VO, "<read>"}, {192, VO, "<readline>"}, {200, VO, "<peek>"},
};
static const struct cpt_reference_field fields_133[] = {
    {16, VO, "<stack>"}, {48, VO, "<persistent_load>"}, {64, O, "<buffer.obj>"}, {176, VO, "<read>"},
    {184, VO, "<readinto>"}, {192, VO, "<readline>"}, {200, VO, "<peek>"}, {208, VO, "<buffers>"},
};
static const struct cpt_reference_field fields_134[] = {
    {16, VO, "<stack>"}, {48, VO, ".persistent_load"}, {56, 0, "<pers_func_self>"}, {72, O, "<buffer.obj>"},
    {184, VO, "<read>"}, {192, VO, "<readinto>"}, {200, VO, "<readline>"}, {208, VO, "<peek>"},
    {216, VO, "<buffers>"},
};
static const struct cpt_reference_field fields_135[] = {
    {16, VO, "<stack>"}, {48, VO, "<persistent_load>"}, {56, VO, "<persistent_load_attr>"}, {200, VO, "<read>"},
    {208, VO, "<readinto>"}, {216, VO, "<readline>"}, {224, VO, "<peek>"}, {232, VO, "<buffers>"},
};
static const struct cpt_reference_field fields_136[] = {
    {16, VO, "<stack>"}, {48, VO, "<persistent_load>"}, {56, VO, "<persistent_load_attr>"}, {64, VO, "<+64>"},
    {208, VO, "<read>"}, {216, VO, "<readinto>"}, {224, VO, "<readline>"}, {232, VO, "<peek>"},
    {240, VO, "<buffers>"},
};
static const struct cpt_reference_field fields_137[] = {
    {16, VO, "<unpickler>"},
};
static const struct cpt_reference_field fields_138[] = {
    {32, VO, "<lst>"},
};
static const struct cpt_reference_field fields_139[] = {
    {16, O, ".pattern"}, {56, O, "<state.string>"}, {72, O, "<state.buffer.obj>"},
};
static const struct cpt_reference_field fields_140[] = {
    {16, VO, ".pattern"}, {56, O, "<state.string>"},
};
static const struct cpt_reference_field fields_141[] = {
    {16, VO, ".pattern"}, {56, O, "<state.string>"}, {72, O, "<state.buffer.obj>"},
};
static const struct cpt_reference_field fields_142[] = {
    {32, VO, "<literal>"},
};
static const struct cpt_reference_field fields_143[] = {
    {24, VO, "<ctx>"},
};
static const struct cpt_reference_field fields_144[] = {
    {40, VO, ".sni_callback"},
};
static const struct cpt_reference_field fields_145[] = {
    {40, VO, ".sni_callback"}, {64, VO, "._msg_callback"}, {72, O, ".keylog_filename"},
};
static const struct cpt_reference_field fields_146[] = {
    {40, VO, ".sni_callback"}, {64, VO, "._msg_callback"}, {72, O, ".keylog_filename"},
    {96, O, "<psk_client_callback>"}, {104, O, "<psk_server_callback>"},
};
static const struct cpt_reference_field fields_147[] = {
    {40, VO, ".sni_callback"}, {64, VO, "._msg_callback"}, {72, VO, ".keylog_filename"},
    {96, VO, "<psk_client_callback>"}, {104, VO, "<psk_server_callback>"},
};
static const struct cpt_reference_field fields_148[] = {
    {16, O, "<Socket>"}, {32, O, ".context"}, {48, O, "<owner>"}, {56, O, ".server_hostname"},
};
static const struct cpt_reference_field fields_149[] = {
    {16, O, "<Socket>"}, {32, O, ".context"}, {48, O, "<owner>"}, {56, O, ".server_hostname"}, {72, V, "<exc>"},
};
static const struct cpt_reference_field fields_150[] = {
    {16, O, "<Socket>"}, {32, O, ".context"}, {48, O, "<owner>"}, {56, O, ".server_hostname"}, {72, VO, "<exc>"},
};
static const struct cpt_reference_field fields_151[] = {
    {16, O, "<Socket>"}, {32, O, ".context"}, {48, O, "<owner>"}, {56, O, ".server_hostname"}, {72, V, "<exc_type>"},
    {80, V, "<exc_value>"}, {88, V, "<exc_tb>"},
};
static const struct cpt_reference_field fields_152[] = {
    {40, VO, "<s_format>"},
};
static const struct cpt_reference_field fields_153[] = {
    {40, VO, ".format"},
};
static const struct cpt_reference_field fields_154[] = {
    {16, VO, "<so>"}, {32, VO, "<buf.obj>"},
};
static const struct cpt_reference_field fields_155[] = {
    {16, VO, "<args>"}, {24, VO, "<kw>"}, {40, VO, "<localdicts>"}, {48, VO, "<thread_watchdogs>"},
};
static const struct cpt_reference_field fields_156[] = {
    {16, O, "<key>"}, {24, VO, "<args>"}, {32, VO, "<kw>"}, {48, VO, "<dummies>"}, {56, O, "<wr_callback>"},
};
static const struct cpt_reference_field fields_157[] = {
    {16, 0, "<localdict>"},
};
static const struct cpt_reference_field fields_158[] = {
    {24, O, ".string"},
};
static const struct cpt_reference_field fields_159[] = {
    {48, O, "<trace>"},
};
static const struct cpt_reference_field fields_160[] = {
    {24, O, "<func>"},
};
static const struct cpt_reference_field fields_161[] = {
    {32, O, "<last_line>"},
};
static const struct cpt_reference_field fields_162[] = {
    {16, VO, "<+16>"},
};
static const struct cpt_reference_field fields_163[] = {
    {16, VO, "<wrapped>"}, {24, VO, "<default_value>"},
};
static const struct cpt_reference_field fields_164[] = {
    {24, VO, "<ao>"},
};
static const struct cpt_reference_field fields_165[] = {
    {16, VO, ".ag_frame"}, {32, VO, ".ag_code"}, {48, VO, ".__name__"}, {56, VO, ".__qualname__"},
    {64, VO, "<ag_exc_state.exc_type>"}, {72, VO, "<ag_exc_state.exc_value>"},
    {80, VO, "<ag_exc_state.exc_traceback>"}, {96, VO, "<ag_finalizer>"},
};
static const struct cpt_reference_field fields_166[] = {
    {16, VO, ".ag_frame"}, {24, VO, ".ag_code"}, {40, VO, ".__name__"}, {48, VO, ".__qualname__"},
    {56, VO, "<ag_exc_state.exc_type>"}, {64, VO, "<ag_exc_state.exc_value>"},
    {72, VO, "<ag_exc_state.exc_traceback>"}, {88, VO, "<ag_finalizer>"},
};
static const struct cpt_reference_field fields_167[] = {
    {24, VO, ".__name__"}, {32, VO, ".__qualname__"}, {40, VO, "<ag_exc_state.exc_value>"},
    {56, VO, "<ag_origin_or_finalizer>"},
};
static const struct cpt_reference_field fields_168[] = {
    {16, VO, ".ag_code"}, {32, VO, ".__name__"}, {40, VO, ".__qualname__"}, {48, VO, "<ag_exc_state.exc_value>"},
    {64, VO, "<ag_origin_or_finalizer>"},
};
static const struct cpt_reference_field fields_169[] = {
    {16, VO, "<ags_gen>"}, {24, VO, "<ags_sendval>"},
};
static const struct cpt_reference_field fields_170[] = {
    {16, VO, "<agt_gen>"}, {24, VO, "<agt_args>"},
};
static const struct cpt_reference_field fields_171[] = {
    {16, VO, "<agt_gen>"}, {24, VO, "<agt_args>"}, {32, VO, "<+32>"}, {40, VO, "<+40>"},
};
static const struct cpt_reference_field fields_172[] = {
    {16, VO, "<agw_val>"},
};
static const struct cpt_reference_field fields_173[] = {
    {24, VO, "<m_self>"}, {32, VO, ".__module__"},
};
static const struct cpt_reference_field fields_174[] = {
    {24, VO, "<m_self>"}, {32, VO, "<m_module>"}, {56, VO, "<mm_class>"},
};
static const struct cpt_reference_field fields_175[] = {
    {56, O, "<ob_bytes_object>"},
};
static const struct cpt_reference_field fields_176[] = {
    {24, VO, "<it_seq>"},
};
static const struct cpt_reference_field fields_177[] = {
    {16, VO, "<it_callable>"}, {24, VO, "<it_sentinel>"},
};
static const struct cpt_reference_field fields_178[] = {
    {16, VO, ".cell_contents"},
};
static const struct cpt_reference_field fields_179[] = {
    {16, VO, ".__func__"}, {24, VO, ".__dict__"},
};
static const struct cpt_reference_field fields_180[] = {
    {16, VO, ".__objclass__"}, {24, O, ".__name__"}, {32, O, ".__qualname__"},
};
static const struct cpt_reference_field fields_181[] = {
    {40, O, ".co_code"}, {48, O, ".co_consts"}, {56, O, ".co_names"}, {64, O, ".co_varnames"},
    {72, O, ".co_freevars"}, {80, O, ".co_cellvars"}, {96, O, ".co_filename"}, {104, O, ".co_name"},
    {112, O, ".co_lnotab"},
};
static const struct cpt_reference_field fields_182[] = {
    {48, O, ".co_code"}, {56, O, ".co_consts"}, {64, O, ".co_names"}, {72, O, ".co_varnames"},
    {80, O, ".co_freevars"}, {88, O, ".co_cellvars"}, {104, O, ".co_filename"}, {112, O, ".co_name"},
    {120, O, ".co_lnotab"},
};
static const struct cpt_reference_field fields_183[] = {
    {48, O, ".co_code"}, {56, O, ".co_consts"}, {64, O, ".co_names"}, {72, O, ".co_varnames"},
    {80, O, ".co_freevars"}, {88, O, ".co_cellvars"}, {104, O, ".co_filename"}, {112, O, ".co_name"},
    {120, O, ".co_linetable"},
};
static const struct cpt_reference_field fields_184[] = {
    {24, O, ".co_consts"}, {32, O, ".co_names"}, {40, O, ".co_exceptiontable"}, {96, O, "<co_localsplusnames>"},
    {104, O, "<co_localspluskinds>"}, {112, O, ".co_filename"}, {120, O, ".co_name"}, {128, O, ".co_qualname"},
    {136, O, ".co_linetable"}, {152, O, ".co_code"},
};
static const struct cpt_reference_field fields_185[] = {
    {24, O, ".co_consts"}, {32, O, ".co_names"}, {40, O, ".co_exceptiontable"}, {96, O, "<co_localsplusnames>"},
    {104, O, "<co_localspluskinds>"}, {112, O, ".co_filename"}, {120, O, ".co_name"}, {128, O, ".co_qualname"},
    {136, O, ".co_linetable"},
};
static const struct cpt_reference_field fields_186[] = {
    {96, VO, ".__dict__"},
};
static const struct cpt_reference_field fields_187[] = {
    {48, VO, ".default_factory"},
};
static const struct cpt_reference_field fields_188[] = {
    {24, VO, "<dict>"},
};
static const struct cpt_reference_field fields_189[] = {
    {24, VO, "<dict>"}, {64, O, "<unused_data>"},
};
static const struct cpt_reference_field fields_190[] = {
    {24, O, "<c_dicts>"},
};
static const struct cpt_reference_field fields_191[] = {
    {16, VO, ".cr_frame"}, {24, VO, ".cr_code"}, {40, VO, ".__name__"}, {48, VO, ".__qualname__"},
    {56, VO, "<cr_exc_state.exc_type>"}, {64, VO, "<cr_exc_state.exc_value>"},
    {72, VO, "<cr_exc_state.exc_traceback>"}, {88, O, ".cr_origin"},
};
static const struct cpt_reference_field fields_192[] = {
    {16, VO, ".cr_frame"}, {32, VO, ".cr_code"}, {48, VO, ".__name__"}, {56, VO, ".__qualname__"},
    {64, VO, "<cr_exc_state.exc_type>"}, {72, VO, "<cr_exc_state.exc_value>"},
    {80, VO, "<cr_exc_state.exc_traceback>"}, {96, O, ".cr_origin"},
};
static const struct cpt_reference_field fields_193[] = {
    {24, VO, ".__name__"}, {32, VO, ".__qualname__"}, {40, VO, "<cr_exc_state.exc_value>"}, {56, O, ".cr_origin"},
};
static const struct cpt_reference_field fields_194[] = {
    {16, VO, ".cr_code"}, {32, VO, ".__name__"}, {40, VO, ".__qualname__"}, {48, VO, "<cr_exc_state.exc_value>"},
    {64, O, ".cr_origin"},
};
static const struct cpt_reference_field fields_195[] = {
    {16, VO, "<cw_coroutine>"},
};
static const struct cpt_reference_field fields_196[] = {
    {40, VO, ".type"}, {72, O, ".name"},
};
static const struct cpt_reference_field fields_197[] = {
    {40, O, "<tzinfo>"},
};
static const struct cpt_reference_field fields_198[] = {
    {32, O, "<tzinfo>"},
};
static const struct cpt_reference_field fields_199[] = {
    {16, O, "<offset>"}, {24, O, "<name>"},
};
static const struct cpt_reference_field fields_200[] = {
    {64, O, "<traps>"}, {72, O, "<flags>"},
};
static const struct cpt_reference_field fields_201[] = {
    {64, VO, "<traps>"}, {72, VO, "<flags>"},
};
static const struct cpt_reference_field fields_202[] = {
    {16, O, "<local>"}, {24, O, "<global>"},
};
static const struct cpt_reference_field fields_203[] = {
    {16, VO, "<local>"}, {24, VO, "<global>"},
};
static const struct cpt_reference_field fields_204[] = {
    {16, VO, "<di_dict>"}, {40, VO, "<di_result>"},
};
static const struct cpt_reference_field fields_205[] = {
    {16, VO, "<dv_dict>"},
};
static const struct cpt_reference_field fields_206[] = {
    {24, VO, "<en_sit>"}, {32, VO, "<en_result>"}, {40, VO, "<en_longindex>"},
};
static const struct cpt_reference_field fields_207[] = {
    {24, VO, "<en_sit>"}, {32, VO, "<en_result>"}, {40, VO, "<en_longindex>"}, {48, 0, "<one>"},
};
static const struct cpt_reference_field fields_208[] = {
    {16, O, "<str>"}, {24, 0, "<it_field.str.str>"},
};
static const struct cpt_reference_field fields_209[] = {
    {16, VO, "<func>"}, {24, VO, "<it>"},
};
static const struct cpt_reference_field fields_210[] = {
    {16, O, "<str>"}, {24, 0, "<it_markup.str.str>"},
};
static const struct cpt_reference_field fields_211[] = {
    {16, VO, ".f_back"}, {32, VO, ".f_trace"},
};
static const struct cpt_reference_field fields_212[] = {
    {16, VO, ".f_back"}, {32, VO, ".f_trace"}, {48, VO, "<f_extra_locals>"}, {56, VO, "<f_locals_cache>"},
};
static const struct cpt_reference_field fields_213[] = {
    {16, VO, ".f_back"}, {32, VO, ".f_trace"}, {48, VO, "<f_extra_locals>"}, {56, VO, "<f_locals_cache>"},
    {64, VO, "<+64>"},
};
static const struct cpt_reference_field fields_214[] = {
    {24, VO, ".f_back"}, {32, VO, ".f_code"}, {40, VO, ".f_builtins"}, {48, VO, ".f_globals"}, {56, VO, "<f_locals>"},
    {72, VO, ".f_trace"}, {88, 0, "<f_gen>"},
};
static const struct cpt_reference_field fields_215[] = {
    {24, VO, ".f_back"}, {32, VO, ".f_code"}, {40, VO, ".f_builtins"}, {48, VO, ".f_globals"}, {56, VO, "<f_locals>"},
    {80, VO, ".f_trace"}, {96, 0, "<f_gen>"},
};
static const struct cpt_reference_field fields_216[] = {
    {16, VO, ".__code__"}, {24, VO, ".__globals__"}, {32, VO, ".__defaults__"}, {40, VO, ".__kwdefaults__"},
    {48, VO, ".__closure__"}, {56, VO, ".__doc__"}, {64, VO, ".__name__"}, {72, VO, ".__dict__"},
    {88, VO, ".__module__"}, {96, VO, ".__annotations__"}, {104, VO, ".__qualname__"},
};
static const struct cpt_reference_field fields_217[] = {
    {16, VO, ".__globals__"}, {24, VO, ".__builtins__"}, {32, VO, ".__name__"}, {40, VO, ".__qualname__"},
    {48, VO, ".__code__"}, {56, VO, ".__defaults__"}, {64, VO, ".__kwdefaults__"}, {72, VO, ".__closure__"},
    {80, VO, ".__doc__"}, {88, VO, ".__dict__"}, {104, VO, ".__module__"}, {112, VO, ".__annotations__"},
};
static const struct cpt_reference_field fields_218[] = {
    {16, VO, ".__globals__"}, {24, VO, ".__builtins__"}, {32, VO, ".__name__"}, {40, VO, ".__qualname__"},
    {48, VO, ".__code__"}, {56, VO, ".__defaults__"}, {64, VO, ".__kwdefaults__"}, {72, VO, ".__closure__"},
    {80, VO, ".__doc__"}, {88, VO, ".__dict__"}, {104, VO, ".__module__"}, {112, VO, ".__annotations__"},
    {120, VO, ".__type_params__"},
};
static const struct cpt_reference_field fields_219[] = {
    {16, VO, ".__globals__"}, {24, VO, ".__builtins__"}, {32, VO, ".__name__"}, {40, VO, ".__qualname__"},
    {48, VO, ".__code__"}, {56, VO, ".__defaults__"}, {64, VO, ".__kwdefaults__"}, {72, VO, ".__closure__"},
    {80, VO, ".__doc__"}, {88, VO, ".__dict__"}, {104, VO, ".__module__"}, {112, VO, ".__annotations__"},
    {120, VO, ".__annotate__"}, {128, VO, ".__type_params__"},
};
static const struct cpt_reference_field fields_220[] = {
    {16, VO, "<cmp>"}, {24, VO, ".obj"},
};
static const struct cpt_reference_field fields_221[] = {
    {16, 0, "<root.prev>"}, {24, O, "<root.next>"}, {72, VO, "<cache>"}, {88, VO, "<func>"},
    {112, VO, "<cache_info_type>"}, {120, VO, ".__dict__"},
};
static const struct cpt_reference_field fields_222[] = {
    {16, 0, "<root.prev>"}, {24, O, "<root.next>"}, {72, VO, "<cache>"}, {88, VO, "<func>"}, {112, VO, "<kwd_mark>"},
    {120, VO, "<lru_list_elem_type>"}, {128, VO, "<cache_info_type>"}, {136, VO, ".__dict__"},
};
static const struct cpt_reference_field fields_223[] = {
    {16, 0, "<prev>"}, {24, O, "<next>"}, {40, O, "<key>"}, {48, O, "<result>"},
};
static const struct cpt_reference_field fields_224[] = {
    {16, VO, ".func"}, {24, VO, ".args"}, {32, VO, ".keywords"}, {40, VO, ".__dict__"},
};
static const struct cpt_reference_field fields_225[] = {
    {16, VO, ".gi_frame"}, {24, VO, ".gi_code"}, {40, VO, ".__name__"}, {48, VO, ".__qualname__"},
    {56, VO, "<gi_exc_state.exc_type>"}, {64, VO, "<gi_exc_state.exc_value>"},
    {72, VO, "<gi_exc_state.exc_traceback>"},
};
static const struct cpt_reference_field fields_226[] = {
    {16, VO, ".gi_frame"}, {32, VO, ".gi_code"}, {48, VO, ".__name__"}, {56, VO, ".__qualname__"},
    {64, VO, "<gi_exc_state.exc_type>"}, {72, VO, "<gi_exc_state.exc_value>"},
    {80, VO, "<gi_exc_state.exc_traceback>"},
};
static const struct cpt_reference_field fields_227[] = {
    {24, VO, ".__name__"}, {32, VO, ".__qualname__"}, {40, VO, "<gi_exc_state.exc_value>"},
    {56, 0, "<gi_origin_or_finalizer>"},
};
static const struct cpt_reference_field fields_228[] = {
    {16, VO, ".gi_code"}, {32, VO, ".__name__"}, {40, VO, ".__qualname__"}, {48, VO, "<gi_exc_state.exc_value>"},
    {64, 0, "<gi_origin_or_finalizer>"},
};
static const struct cpt_reference_field fields_229[] = {
    {24, VO, ".__name__"}, {32, VO, ".__qualname__"}, {40, VO, "<gi_exc_state.exc_value>"},
};
static const struct cpt_reference_field fields_230[] = {
    {16, VO, "<obj>"},
};
static const struct cpt_reference_field fields_231[] = {
    {16, VO, "<h_root>"},
};
static const struct cpt_reference_field fields_232[] = {
    {16, VO, "<a_array[0]>"}, {24, VO, "<a_array[1]>"}, {32, VO, "<a_array[2]>"}, {40, VO, "<a_array[3]>"},
    {48, VO, "<a_array[4]>"}, {56, VO, "<a_array[5]>"}, {64, VO, "<a_array[6]>"}, {72, VO, "<a_array[7]>"},
    {80, VO, "<a_array[8]>"}, {88, VO, "<a_array[9]>"}, {96, VO, "<a_array[10]>"}, {104, VO, "<a_array[11]>"},
    {112, VO, "<a_array[12]>"}, {120, VO, "<a_array[13]>"}, {128, VO, "<a_array[14]>"}, {136, VO, "<a_array[15]>"},
    {144, VO, "<a_array[16]>"}, {152, VO, "<a_array[17]>"}, {160, VO, "<a_array[18]>"}, {168, VO, "<a_array[19]>"},
    {176, VO, "<a_array[20]>"}, {184, VO, "<a_array[21]>"}, {192, VO, "<a_array[22]>"}, {200, VO, "<a_array[23]>"},
    {208, VO, "<a_array[24]>"}, {216, VO, "<a_array[25]>"}, {224, VO, "<a_array[26]>"}, {232, VO, "<a_array[27]>"},
    {240, VO, "<a_array[28]>"}, {248, VO, "<a_array[29]>"}, {256, VO, "<a_array[30]>"}, {264, VO, "<a_array[31]>"},
};
static const struct cpt_reference_field fields_233[] = {
    {16, VO, ".__func__"},
};
static const struct cpt_reference_field fields_234[] = {
    {16, VO, "<hi_obj>"},
};
static const struct cpt_reference_field fields_235[] = {
    {16, VO, "<parent>"}, {24, VO, "<tgtkey>"},
};
static const struct cpt_reference_field fields_236[] = {
    {16, VO, "<dataobj>"},
};
static const struct cpt_reference_field fields_237[] = {
    {16, VO, "<it>"}, {32, VO, "<nextlink>"},
};
static const struct cpt_reference_field fields_238[] = {
    {16, VO, "<total>"}, {24, VO, "<it>"}, {32, VO, "<binop>"},
};
static const struct cpt_reference_field fields_239[] = {
    {16, VO, "<total>"}, {24, VO, "<it>"}, {32, VO, "<binop>"}, {40, VO, "<initial>"},
};
static const struct cpt_reference_field fields_240[] = {
    {16, VO, "<it>"},
};
static const struct cpt_reference_field fields_241[] = {
    {16, VO, "<source>"}, {24, VO, "<active>"},
};
static const struct cpt_reference_field fields_242[] = {
    {16, VO, "<pool>"}, {32, VO, "<result>"},
};
static const struct cpt_reference_field fields_243[] = {
    {16, VO, "<data>"}, {24, VO, "<selectors>"},
};
static const struct cpt_reference_field fields_244[] = {
    {24, VO, "<long_cnt>"}, {32, VO, "<long_step>"},
};
static const struct cpt_reference_field fields_245[] = {
    {16, VO, "<it>"}, {24, VO, "<saved>"},
};
static const struct cpt_reference_field fields_246[] = {
    {16, VO, "<it>"}, {24, VO, "<keyfunc>"}, {32, VO, "<tgtkey>"}, {40, VO, "<currkey>"}, {48, VO, "<currvalue>"},
};
static const struct cpt_reference_field fields_247[] = {
    {16, VO, "<it>"}, {24, VO, "<old>"},
};
static const struct cpt_reference_field fields_248[] = {
    {16, VO, "<it>"}, {24, VO, "<old>"}, {32, VO, "<result>"},
};
static const struct cpt_reference_field fields_249[] = {
    {16, VO, "<pool>"}, {40, VO, "<result>"},
};
static const struct cpt_reference_field fields_250[] = {
    {16, VO, "<pools>"}, {32, VO, "<result>"},
};
static const struct cpt_reference_field fields_251[] = {
    {16, VO, "<element>"},
};
static const struct cpt_reference_field fields_252[] = {
    {32, VO, "<ittuple>"}, {40, VO, "<result>"}, {48, VO, "<fillvalue>"},
};
static const struct cpt_reference_field fields_253[] = {
    {16, VO, "<+16>"}, {24, VO, "<+24>"}, {32, VO, "<+32>"}, {40, VO, "<+40>"},
};
static const struct cpt_reference_field fields_254[] = {
    {16, O, "<li_code>"},
};
static const struct cpt_reference_field fields_255[] = {
    {16, O, "<start>"}, {24, O, "<step>"}, {32, O, "<len>"},
};
static const struct cpt_reference_field fields_256[] = {
    {16, O, "<index>"}, {24, O, "<start>"}, {32, O, "<step>"}, {40, O, "<len>"},
};
static const struct cpt_reference_field fields_257[] = {
    {40, VO, "<master.obj>"},
};
static const struct cpt_reference_field fields_258[] = {
    {16, VO, "<iters>"}, {24, VO, "<func>"},
};
static const struct cpt_reference_field fields_259[] = {
    {16, VO, "<mapping>"},
};
static const struct cpt_reference_field fields_260[] = {
    {24, VO, "<mbuf>"}, {64, 0, "<view.obj>"},
};
static const struct cpt_reference_field fields_261[] = {
    {16, VO, ".__func__"}, {24, VO, ".__self__"},
};
static const struct cpt_reference_field fields_262[] = {
    {16, VO, "<descr>"}, {24, VO, ".__self__"},
};
static const struct cpt_reference_field fields_263[] = {
    {16, VO, ".__dict__"}, {24, 0, "<md_def>"}, {48, O, "<md_name>"},
};
static const struct cpt_reference_field fields_264[] = {
    {16, VO, ".__dict__"}, {40, O, "<md_name>"},
};
static const struct cpt_reference_field fields_265[] = {
    {32, O, "<m_copy>"},
};
static const struct cpt_reference_field fields_266[] = {
    {24, VO, "<di_odict>"}, {48, VO, "<di_current>"}, {56, V, "<di_result>"},
};
static const struct cpt_reference_field fields_267[] = {
    {24, VO, "<attr>"},
};
static const struct cpt_reference_field fields_268[] = {
    {24, VO, "<item>"},
};
static const struct cpt_reference_field fields_269[] = {
    {16, O, "<name>"}, {24, VO, "<args>"}, {32, VO, "<kwds>"},
};
static const struct cpt_reference_field fields_270[] = {
    {16, VO, "<name>"}, {24, VO, "<args>"}, {32, VO, "<kwds>"},
};
static const struct cpt_reference_field fields_271[] = {
    {16, VO, "<name>"}, {24, VO, "<xargs>"}, {32, VO, "<kwds>"}, {48, 0, "<vectorcall_kwnames>"},
};
static const struct cpt_reference_field fields_272[] = {
    {16, VO, "<name>"}, {24, VO, "<xargs>"}, {32, VO, "<kwds>"}, {40, VO, "<+40>"}, {48, VO, "<+48>"},
};
static const struct cpt_reference_field fields_273[] = {
    {24, VO, "<view.obj>"},
};
static const struct cpt_reference_field fields_274[] = {
    {16, O, "<pi_code>"},
};
static const struct cpt_reference_field fields_275[] = {
    {16, O, ".name"}, {24, O, ".path"}, {32, O, "<stat>"}, {40, O, "<lstat>"},
};
static const struct cpt_reference_field fields_276[] = {
    {72, O, "<path.object>"}, {80, O, "<path.cleanup>"},
};
static const struct cpt_reference_field fields_277[] = {
    {88, O, "<path.object>"}, {96, O, "<path.cleanup>"},
};
static const struct cpt_reference_field fields_278[] = {
    {96, O, "<path.object>"}, {104, O, "<path.cleanup>"},
};
static const struct cpt_reference_field fields_279[] = {
    {16, VO, ".fget"}, {24, VO, ".fset"}, {32, VO, ".fdel"}, {40, VO, ".__doc__"},
};
static const struct cpt_reference_field fields_280[] = {
    {16, VO, ".fget"}, {24, VO, ".fset"}, {32, VO, ".fdel"}, {40, VO, ".__doc__"}, {48, VO, "<prop_name>"},
};
static const struct cpt_reference_field fields_281[] = {
    {16, VO, ".fget"}, {24, VO, ".fset"}, {32, VO, ".fdel"}, {40, VO, ".__doc__"}, {48, VO, ".__name__"},
};
static const struct cpt_reference_field fields_282[] = {
    {56, O, "<intern>"},
};
static const struct cpt_reference_field fields_283[] = {
    {56, O, ".intern"},
};
static const struct cpt_reference_field fields_284[] = {
    {64, O, ".intern"},
};
static const struct cpt_reference_field fields_285[] = {
    {24, VO, "<parent>"}, {72, O, ".intern"},
};
static const struct cpt_reference_field fields_286[] = {
    {16, O, ".start"}, {24, O, ".stop"}, {32, O, ".step"}, {40, O, "<length>"},
};
static const struct cpt_reference_field fields_287[] = {
    {24, O, ".string"}, {32, O, ".regs"}, {40, O, ".re"},
};
static const struct cpt_reference_field fields_288[] = {
    {24, VO, ".string"}, {32, VO, ".regs"}, {40, VO, ".re"},
};
static const struct cpt_reference_field fields_289[] = {
    {32, O, "<groupindex>"}, {40, O, "<indexgroup>"}, {48, O, ".pattern"},
};
static const struct cpt_reference_field fields_290[] = {
    {32, VO, "<groupindex>"}, {40, VO, "<indexgroup>"}, {48, VO, ".pattern"},
};
static const struct cpt_reference_field fields_291[] = {
    {24, VO, "<seq>"},
};
static const struct cpt_reference_field fields_292[] = {
    {16, O, "<dict>"},
};
static const struct cpt_reference_field fields_293[] = {
    {16, VO, ".__name__"}, {24, VO, ".__module__"}, {32, VO, "<+32>"},
};
static const struct cpt_reference_field fields_294[] = {
    {16, VO, "<si_set>"},
};
static const struct cpt_reference_field fields_295[] = {
    {16, VO, ".start"}, {24, VO, ".stop"}, {32, VO, ".step"},
};
static const struct cpt_reference_field fields_296[] = {
    {16, VO, "<connection>"},
};
static const struct cpt_reference_field fields_297[] = {
    {24, O, "<mapping>"}, {32, 0, "<factory>"}, {40, O, "<first>"}, {48, 0, "<last>"},
};
static const struct cpt_reference_field fields_298[] = {
    {24, VO, "<mapping>"}, {32, 0, "<factory>"}, {40, VO, "<first>"}, {48, 0, "<last>"},
};
static const struct cpt_reference_field fields_299[] = {
    {72, VO, "<statement_cache>"}, {80, VO, "<cursors>"}, {88, VO, ".row_factory"}, {96, VO, ".text_factory"},
};
static const struct cpt_reference_field fields_300[] = {
    {64, VO, "<statement_cache>"}, {72, VO, "<cursors>"}, {80, VO, "<blobs>"}, {96, VO, ".row_factory"},
    {104, VO, ".text_factory"}, {136, 0, ".Warning"}, {144, 0, ".Error"}, {152, 0, ".InterfaceError"},
    {160, 0, ".DatabaseError"}, {168, 0, ".DataError"}, {176, 0, ".OperationalError"}, {184, 0, ".IntegrityError"},
    {192, 0, ".InternalError"}, {200, 0, ".ProgrammingError"}, {208, 0, ".NotSupportedError"},
};
static const struct cpt_reference_field fields_301[] = {
    {48, O, ".isolation_level"}, {80, O, "<statement_cache>"}, {88, O, "<statements>"}, {96, O, "<cursors>"},
    {112, O, ".row_factory"}, {120, O, ".text_factory"}, {128, O, "<function_pinboard>"}, {136, O, "<collations>"},
    {144, 0, ".Warning"}, {152, 0, ".Error"}, {160, 0, ".InterfaceError"}, {168, 0, ".DatabaseError"},
    {176, 0, ".DataError"}, {184, 0, ".OperationalError"}, {192, 0, ".IntegrityError"}, {200, 0, ".InternalError"},
    {208, 0, ".ProgrammingError"}, {216, 0, ".NotSupportedError"},
};
static const struct cpt_reference_field fields_302[] = {
    {72, VO, "<statement_cache>"}, {80, VO, "<cursors>"}, {88, VO, "<blobs>"}, {104, VO, ".row_factory"},
    {112, VO, ".text_factory"}, {144, 0, ".Warning"}, {152, 0, ".Error"}, {160, 0, ".InterfaceError"},
    {168, 0, ".DatabaseError"}, {176, 0, ".DataError"}, {184, 0, ".OperationalError"}, {192, 0, ".IntegrityError"},
    {200, 0, ".InternalError"}, {208, 0, ".ProgrammingError"}, {216, 0, ".NotSupportedError"},
};
static const struct cpt_reference_field fields_303[] = {
    {48, O, ".isolation_level"}, {80, O, "<statement_cache>"}, {88, O, "<statements>"}, {96, O, "<cursors>"},
    {112, O, ".row_factory"}, {120, O, ".text_factory"}, {128, O, "<function_pinboard_trace_callback>"},
    {136, O, "<function_pinboard_progress_handler>"}, {144, O, "<function_pinboard_authorizer_cb>"},
    {152, O, "<collations>"}, {160, 0, ".Warning"}, {168, 0, ".Error"}, {176, 0, ".InterfaceError"},
    {184, 0, ".DatabaseError"}, {192, 0, ".DataError"}, {200, 0, ".OperationalError"}, {208, 0, ".IntegrityError"},
    {216, 0, ".InternalError"}, {224, 0, ".ProgrammingError"}, {232, 0, ".NotSupportedError"},
};
static const struct cpt_reference_field fields_304[] = {
    {48, O, "<isolation_level>"}, {80, O, "<statement_cache>"}, {88, O, "<statements>"}, {96, O, "<cursors>"},
    {112, O, ".row_factory"}, {120, O, ".text_factory"}, {128, O, "<function_pinboard_trace_callback>"},
    {136, O, "<function_pinboard_progress_handler>"}, {144, O, "<function_pinboard_authorizer_cb>"},
    {152, O, "<collations>"}, {160, 0, ".Warning"}, {168, 0, ".Error"}, {176, 0, ".InterfaceError"},
    {184, 0, ".DatabaseError"}, {192, 0, ".DataError"}, {200, 0, ".OperationalError"}, {208, 0, ".IntegrityError"},
    {216, 0, ".InternalError"}, {224, 0, ".ProgrammingError"}, {232, 0, ".NotSupportedError"},
};
static const struct cpt_reference_field fields_305[] = {
    {48, VO, "<isolation_level>"}, {80, VO, "<statement_cache>"}, {88, VO, "<statements>"}, {96, VO, "<cursors>"},
    {112, VO, ".row_factory"}, {120, VO, ".text_factory"}, {128, VO, "<function_pinboard_trace_callback>"},
    {136, VO, "<function_pinboard_progress_handler>"}, {144, VO, "<function_pinboard_authorizer_cb>"},
    {152, VO, "<collations>"}, {160, 0, ".Warning"}, {168, 0, ".Error"}, {176, 0, ".InterfaceError"},
    {184, 0, ".DatabaseError"}, {192, 0, ".DataError"}, {200, 0, ".OperationalError"}, {208, 0, ".IntegrityError"},
    {216, 0, ".InternalError"}, {224, 0, ".ProgrammingError"}, {232, 0, ".NotSupportedError"},
};
static const struct cpt_reference_field fields_306[] = {
    {16, VO, ".connection"}, {24, VO, ".description"}, {32, VO, "<row_cast_map>"}, {48, VO, ".lastrowid"},
    {64, VO, ".row_factory"}, {72, VO, "<statement>"},
};
static const struct cpt_reference_field fields_307[] = {
    {16, O, ".connection"}, {24, O, ".description"}, {32, O, "<row_cast_map>"}, {48, O, ".lastrowid"},
    {64, O, ".row_factory"}, {72, O, "<statement>"}, {96, O, "<next_row>"},
};
static const struct cpt_reference_field fields_308[] = {
    {16, VO, ".connection"}, {24, VO, ".description"}, {32, VO, "<row_cast_map>"}, {48, VO, ".lastrowid"},
    {64, VO, ".row_factory"}, {72, VO, "<statement>"}, {96, VO, "<next_row>"},
};
static const struct cpt_reference_field fields_309[] = {
    {16, VO, "<key>"}, {24, VO, "<data>"}, {40, 0, "<prev>"}, {48, O, "<next>"},
};
static const struct cpt_reference_field fields_310[] = {
    {16, O, "<data>"}, {24, O, "<description>"},
};
static const struct cpt_reference_field fields_311[] = {
    {16, VO, "<data>"}, {24, VO, "<description>"},
};
static const struct cpt_reference_field fields_312[] = {
    {32, O, "<sql>"},
};
static const struct cpt_reference_field fields_313[] = {
    {32, VO, "<sql>"},
};
static const struct cpt_reference_field fields_314[] = {
    {16, O, "<key>"}, {24, O, "<data>"}, {40, 0, "<prev>"}, {48, O, "<next>"},
};
static const struct cpt_reference_field fields_315[] = {
    {16, VO, ".value"}, {24, VO, ".expression"}, {32, VO, ".conversion"}, {40, VO, ".format_spec"},
};
static const struct cpt_reference_field fields_316[] = {
    {16, VO, ".strings"}, {24, VO, ".interpolations"},
};
static const struct cpt_reference_field fields_317[] = {
    {16, VO, "<stringsiter>"}, {24, VO, "<interpolationsiter>"},
};
static const struct cpt_reference_field fields_318[] = {
    {16, VO, ".__thisclass__"}, {24, VO, ".__self__"}, {32, VO, ".__self_class__"},
};
static const struct cpt_reference_field fields_319[] = {
    {16, O, ".id"}, {24, O, ".symbols"}, {32, O, ".name"}, {40, O, ".varnames"}, {48, O, ".children"},
    {56, O, "<ste_directives>"},
};
static const struct cpt_reference_field fields_320[] = {
    {16, O, ".id"}, {24, O, ".symbols"}, {32, O, ".name"}, {40, O, ".varnames"}, {48, O, ".children"},
    {56, O, "<ste_directives>"}, {64, O, "<ste_mangled_names>"},
};
static const struct cpt_reference_field fields_321[] = {
    {16, O, ".id"}, {24, O, ".symbols"}, {32, O, ".name"}, {40, O, ".varnames"}, {48, O, ".children"},
    {56, O, "<ste_directives>"}, {64, O, "<ste_mangled_names>"}, {128, O, "<+128>"},
};
static const struct cpt_reference_field fields_322[] = {
    {16, O, ".id"}, {24, O, ".symbols"}, {32, O, ".name"}, {40, O, ".varnames"}, {48, O, "<+48>"},
    {56, O, ".children"}, {64, O, "<ste_mangled_names>"}, {72, O, "<+72>"}, {136, O, "<+136>"},
};
static const struct cpt_reference_field fields_323[] = {
    {16, VO, ".tb_next"}, {24, VO, ".tb_frame"},
};
static const struct cpt_reference_field fields_324[] = {
    {16, VO, ".__origin__"}, {24, VO, ".__args__"}, {32, VO, ".__parameters__"},
};
static const struct cpt_reference_field fields_325[] = {
    {16, VO, ".__args__"}, {24, VO, ".__parameters__"},
};
static const struct cpt_reference_field fields_326[] = {
    {16, O, ".__name__"}, {24, VO, ".__bound__"},
};
static const struct cpt_reference_field fields_327[] = {
    {16, O, ".__name__"}, {24, VO, ".__bound__"}, {32, VO, ".__default__"}, {40, VO, "<evaluate_default>"},
};
static const struct cpt_reference_field fields_328[] = {
    {16, VO, ".__name__"}, {24, VO, ".__bound__"}, {32, VO, ".__default__"}, {40, VO, "<+40>"},
};
static const struct cpt_reference_field fields_329[] = {
    {16, VO, ".__name__"}, {24, VO, ".__bound__"}, {32, VO, ".__default__"}, {40, VO, ".evaluate_default"},
};
static const struct cpt_reference_field fields_330[] = {
    {16, VO, ".__origin__"},
};
static const struct cpt_reference_field fields_331[] = {
    {16, O, ".__name__"}, {24, VO, ".__parameters__"}, {32, VO, "<compute_value>"}, {40, VO, ".__value__"},
    {48, VO, ".__module__"},
};
static const struct cpt_reference_field fields_332[] = {
    {16, O, ".__name__"}, {24, VO, ".__type_params__"}, {32, VO, "<compute_value>"}, {40, VO, ".__value__"},
    {48, VO, ".__module__"},
};
static const struct cpt_reference_field fields_333[] = {
    {16, VO, ".__name__"}, {24, VO, ".__type_params__"}, {32, VO, "<+32>"}, {40, VO, ".__value__"},
    {48, VO, ".__module__"},
};
static const struct cpt_reference_field fields_334[] = {
    {16, VO, ".__name__"}, {24, VO, ".__type_params__"}, {32, VO, ".evaluate_value"}, {40, VO, ".__value__"},
    {48, VO, ".__module__"},
};
static const struct cpt_reference_field fields_335[] = {
    {16, VO, ".__name__"}, {24, VO, ".__qualname__"}, {32, VO, ".__type_params__"}, {40, VO, ".evaluate_value"},
    {48, VO, ".__value__"}, {56, VO, ".__module__"},
};
static const struct cpt_reference_field fields_336[] = {
    {16, O, ".__name__"}, {24, VO, ".__bound__"}, {32, VO, "<evaluate_bound>"}, {40, VO, ".__constraints__"},
    {48, VO, "<evaluate_constraints>"},
};
static const struct cpt_reference_field fields_337[] = {
    {16, O, ".__name__"}, {24, VO, ".__bound__"}, {32, VO, "<evaluate_bound>"}, {40, VO, ".__constraints__"},
    {48, VO, "<evaluate_constraints>"}, {56, VO, ".__default__"}, {64, VO, "<evaluate_default>"},
};
static const struct cpt_reference_field fields_338[] = {
    {16, VO, ".__name__"}, {24, VO, ".__bound__"}, {32, VO, "<+32>"}, {40, VO, ".__constraints__"},
    {48, VO, "<evaluate_bound>"}, {56, VO, ".__default__"}, {64, VO, "<evaluate_constraints>"},
};
static const struct cpt_reference_field fields_339[] = {
    {16, VO, ".__name__"}, {24, VO, ".__bound__"}, {32, VO, ".evaluate_bound"}, {40, VO, ".__constraints__"},
    {48, VO, ".evaluate_constraints"}, {56, VO, ".__default__"}, {64, VO, ".evaluate_default"},
};
static const struct cpt_reference_field fields_340[] = {
    {16, O, ".__name__"},
};
static const struct cpt_reference_field fields_341[] = {
    {16, O, ".__name__"}, {24, VO, ".__default__"}, {32, VO, "<evaluate_default>"},
};
static const struct cpt_reference_field fields_342[] = {
    {16, VO, ".__name__"}, {24, VO, ".__default__"}, {32, VO, "<+32>"},
};
static const struct cpt_reference_field fields_343[] = {
    {16, VO, ".__name__"}, {24, VO, ".__default__"}, {32, VO, ".evaluate_default"},
};
static const struct cpt_reference_field fields_344[] = {
    {16, VO, ".__args__"}, {24, VO, "<+24>"}, {32, VO, "<+32>"}, {40, VO, ".__parameters__"},
};
static const struct cpt_reference_field fields_345[] = {
    {16, 0, "<wr_object>"}, {24, VO, ".__callback__"}, {40, 0, "<wr_prev>"}, {48, 0, "<wr_next>"},
};
static const struct cpt_reference_field fields_346[] = {
    {16, VO, ".tag"}, {24, VO, ".text"}, {32, VO, ".tail"},
};
static const struct cpt_reference_field fields_347[] = {
    {16, VO, "<root>"}, {24, VO, "<this>"}, {32, VO, "<last>"}, {40, VO, "<data>"}, {48, VO, "<stack>"},
    {64, VO, "<element_factory>"}, {72, VO, "<events_append>"}, {80, VO, "<start_event_obj>"},
    {88, VO, "<end_event_obj>"}, {96, VO, "<start_ns_event_obj>"}, {104, VO, "<end_ns_event_obj>"},
};
static const struct cpt_reference_field fields_348[] = {
    {16, VO, "<root>"}, {24, VO, "<this>"}, {32, VO, "<last>"}, {40, VO, "<last_for_tail>"}, {48, VO, "<data>"},
    {56, VO, "<stack>"}, {72, VO, "<element_factory>"}, {80, VO, "<comment_factory>"}, {88, VO, "<pi_factory>"},
    {96, VO, "<events_append>"}, {104, VO, "<start_event_obj>"}, {112, VO, "<end_event_obj>"},
    {120, VO, "<start_ns_event_obj>"}, {128, VO, "<end_ns_event_obj>"}, {136, VO, "<comment_event_obj>"},
    {144, VO, "<pi_event_obj>"},
};
static const struct cpt_reference_field fields_349[] = {
    {24, VO, "<target>"}, {32, VO, "<entity>"}, {40, VO, "<names>"}, {48, VO, "<handle_start>"},
    {56, VO, "<handle_data>"}, {64, VO, "<handle_end>"}, {72, VO, "<handle_comment>"}, {80, VO, "<handle_pi>"},
    {88, O, "<handle_doctype>"}, {96, VO, "<handle_close>"},
};
static const struct cpt_reference_field fields_350[] = {
    {24, VO, ".target"}, {32, VO, ".entity"}, {40, VO, "<names>"}, {48, VO, "<handle_start_ns>"},
    {56, VO, "<handle_end_ns>"}, {64, VO, "<handle_start>"}, {72, VO, "<handle_data>"}, {80, VO, "<handle_end>"},
    {88, VO, "<handle_comment>"}, {96, VO, "<handle_pi>"}, {104, VO, "<handle_doctype>"}, {112, VO, "<handle_close>"},
};
static const struct cpt_reference_field fields_351[] = {
    {24, VO, ".target"}, {32, VO, ".entity"}, {40, VO, "<names>"}, {48, VO, "<handle_start_ns>"},
    {56, VO, "<handle_end_ns>"}, {64, VO, "<handle_start>"}, {72, VO, "<handle_data>"}, {80, VO, "<handle_end>"},
    {88, VO, "<handle_comment>"}, {96, VO, "<handle_pi>"}, {104, VO, "<handle_doctype>"}, {112, VO, "<handle_close>"},
    {128, O, "<elementtree_module>"},
};
static const struct cpt_reference_field fields_352[] = {
    {24, VO, "<ittuple>"}, {32, VO, "<result>"},
};
static const struct cpt_reference_field fields_353[] = {
    {16, O, ".archive"}, {24, O, ".prefix"}, {32, VO, "._files"},
};
static const struct cpt_reference_field fields_354[] = {
    {128, O, "<unused_data>"}, {136, O, "<unconsumed_tail>"}, {152, O, "<zdict>"},
};
static const struct cpt_reference_field fields_355[] = {
    {128, O, "<unused_data>"}, {136, O, "<unconsumed_tail>"}, {152, VO, "<zdict>"},
};
static const struct cpt_reference_field fields_356[] = {
    {128, O, ".unused_data"}, {136, O, ".unconsumed_tail"}, {152, O, "<zdict>"},
};
static const struct cpt_reference_field fields_357[] = {
    {128, O, ".unused_data"}, {136, O, ".unconsumed_tail"}, {152, VO, "<zdict>"},
};
static const struct cpt_reference_field fields_358[] = {
    {128, O, "<zdict>"}, {144, O, ".unused_data"},
};
static const struct cpt_reference_field fields_359[] = {
    {128, VO, "<zdict>"}, {144, O, ".unused_data"},
};
static const struct cpt_reference_field fields_360[] = {
    {16, O, ".key"}, {24, O, "<file_repr>"}, {96, O, "<tzrule_after.std.utcoff>"},
    {104, O, "<tzrule_after.std.dstoff>"}, {112, O, "<tzrule_after.std.tzname>"},
    {128, O, "<tzrule_after.dst.utcoff>"}, {136, O, "<tzrule_after.dst.dstoff>"},
    {144, O, "<tzrule_after.dst.tzname>"},
};
static const struct cpt_reference_field fields_361[] = {
    {16, VO, ".key"}, {24, O, "<file_repr>"}, {96, O, "<tzrule_after.std.utcoff>"},
    {104, O, "<tzrule_after.std.dstoff>"}, {112, O, "<tzrule_after.std.tzname>"},
    {128, O, "<tzrule_after.dst.utcoff>"}, {136, O, "<tzrule_after.dst.dstoff>"},
    {144, O, "<tzrule_after.dst.tzname>"},
};

static const struct cpt_reference_row rows[] = {
    {0x700, 0xaff, {"ArithmeticError", 64, 0, fields_0, 5, false, false, false}},
    {0xb00, 0xfff, {"ArithmeticError", 72, 0, fields_1, 6, false, false, false}},
    {0x700, 0xaff, {"AssertionError", 64, 0, fields_0, 5, false, false, false}},
    {0xb00, 0xfff, {"AssertionError", 72, 0, fields_1, 6, false, false, false}},
    {0x700, 0x9ff, {"AttributeError", 64, 0, fields_0, 5, false, false, false}},
    {0xa00, 0xaff, {"AttributeError", 80, 0, fields_2, 7, false, false, false}},
    {0xb00, 0xfff, {"AttributeError", 88, 0, fields_3, 8, false, false, false}},
    {0x700, 0xaff, {"BaseException", 64, 0, fields_4, 5, false, false, false}},
    {0xb00, 0xfff, {"BaseException", 72, 0, fields_5, 6, false, false, false}},
    {0xb00, 0xdff, {"BaseExceptionGroup", 88, 0, fields_6, 8, false, false, false}},
    {0xd00, 0xfff, {"BaseExceptionGroup", 96, 0, fields_7, 9, false, false, false}},
    {0x700, 0xaff, {"BlockingIOError", 104, 0, fields_8, 9, false, false, false}},
    {0xb00, 0xfff, {"BlockingIOError", 112, 0, fields_9, 10, false, false, false}},
    {0x700, 0xaff, {"BrokenPipeError", 104, 0, fields_8, 9, false, false, false}},
    {0xb00, 0xfff, {"BrokenPipeError", 112, 0, fields_9, 10, false, false, false}},
    {0x700, 0xaff, {"BufferError", 64, 0, fields_0, 5, false, false, false}},
    {0xb00, 0xfff, {"BufferError", 72, 0, fields_1, 6, false, false, false}},
    {0x700, 0xaff, {"BytesWarning", 64, 0, fields_0, 5, false, false, false}},
    {0xb00, 0xfff, {"BytesWarning", 72, 0, fields_1, 6, false, false, false}},
    {0x700, 0xbff, {"CArgObject", 64, 0, fields_10, 1, false, false, false}},
    {0x700, 0xaff, {"ChildProcessError", 104, 0, fields_8, 9, false, false, false}},
    {0xb00, 0xfff, {"ChildProcessError", 112, 0, fields_9, 10, false, false, false}},
    {0x700, 0xaff, {"ConnectionAbortedError", 104, 0, fields_8, 9, false, false, false}},
    {0xb00, 0xfff, {"ConnectionAbortedError", 112, 0, fields_9, 10, false, false, false}},
    {0x700, 0xaff, {"ConnectionError", 104, 0, fields_8, 9, false, false, false}},
    {0xb00, 0xfff, {"ConnectionError", 112, 0, fields_9, 10, false, false, false}},
    {0x700, 0xaff, {"ConnectionRefusedError", 104, 0, fields_8, 9, false, false, false}},
    {0xb00, 0xfff, {"ConnectionRefusedError", 112, 0, fields_9, 10, false, false, false}},
    {0x700, 0xaff, {"ConnectionResetError", 104, 0, fields_8, 9, false, false, false}},
    {0xb00, 0xfff, {"ConnectionResetError", 112, 0, fields_9, 10, false, false, false}},
    {0x700, 0x9ff, {"Context", 48, 0, fields_11, 2, false, false, false}},
    {0x700, 0x9ff, {"ContextVar", 64, 0, fields_12, 3, false, false, false}},
    {0x700, 0xaff, {"DeprecationWarning", 64, 0, fields_0, 5, false, false, false}},
    {0xb00, 0xfff, {"DeprecationWarning", 72, 0, fields_1, 6, false, false, false}},
    {0x700, 0xaff, {"EOFError", 64, 0, fields_0, 5, false, false, false}},
    {0xb00, 0xfff, {"EOFError", 72, 0, fields_1, 6, false, false, false}},
    {0x700, 0xfff, {"EncodingMap", 64, 0, NULL, 0, false, false, false}},
    {0xa00, 0xaff, {"EncodingWarning", 64, 0, fields_0, 5, false, false, false}},
    {0xb00, 0xfff, {"EncodingWarning", 72, 0, fields_1, 6, false, false, false}},
    {0x700, 0xaff, {"Exception", 64, 0, fields_0, 5, false, false, false}},
    {0xb00, 0xfff, {"Exception", 72, 0, fields_1, 6, false, false, false}},
    {0x700, 0xaff, {"FileExistsError", 104, 0, fields_8, 9, false, false, false}},
    {0xb00, 0xfff, {"FileExistsError", 112, 0, fields_9, 10, false, false, false}},
    {0x700, 0xaff, {"FileNotFoundError", 104, 0, fields_8, 9, false, false, false}},
    {0xb00, 0xfff, {"FileNotFoundError", 112, 0, fields_9, 10, false, false, false}},
    {0x700, 0xaff, {"FloatingPointError", 64, 0, fields_0, 5, false, false, false}},
    {0xb00, 0xfff, {"FloatingPointError", 72, 0, fields_1, 6, false, false, false}},
    {0xd00, 0xfff, {"FrameLocalsProxy", 24, 0, fields_13, 1, false, false, false}},
    {0x700, 0xaff, {"FutureWarning", 64, 0, fields_0, 5, false, false, false}},
    {0xb00, 0xfff, {"FutureWarning", 72, 0, fields_1, 6, false, false, false}},
    {0x700, 0xaff, {"GeneratorExit", 64, 0, fields_0, 5, false, false, false}},
    {0xb00, 0xfff, {"GeneratorExit", 72, 0, fields_1, 6, false, false, false}},
    {0xf00, 0xfff, {"ImportCycleError", 104, 0, fields_14, 10, false, false, false}},
    {0x700, 0xaff, {"ImportError", 88, 0, fields_15, 8, false, false, false}},
    {0xb00, 0xbff, {"ImportError", 96, 0, fields_16, 9, false, false, false}},
    {0xc00, 0xfff, {"ImportError", 104, 0, fields_17, 10, false, false, false}},
    {0x700, 0xaff, {"ImportWarning", 64, 0, fields_0, 5, false, false, false}},
    {0xb00, 0xfff, {"ImportWarning", 72, 0, fields_1, 6, false, false, false}},
    {0x700, 0x9ff, {"IndentationError", 112, 0, fields_18, 11, false, false, false}},
    {0xa00, 0xaff, {"IndentationError", 128, 0, fields_19, 13, false, false, false}},
    {0xb00, 0xdff, {"IndentationError", 136, 0, fields_20, 14, false, false, false}},
    {0xe00, 0xfff, {"IndentationError", 144, 0, fields_21, 15, false, false, false}},
    {0x700, 0xaff, {"IndexError", 64, 0, fields_0, 5, false, false, false}},
    {0xb00, 0xfff, {"IndexError", 72, 0, fields_1, 6, false, false, false}},
    {0xd00, 0xdff, {"InstructionSequence", 64, 0, fields_22, 1, false, false, false}},
    {0xe00, 0xfff, {"InstructionSequence", 72, 0, fields_23, 2, false, false, false}},
    {0x800, 0xcff, {"InterpreterID", 24, 0, NULL, 0, false, false, false}},
    {0x700, 0xaff, {"InterruptedError", 104, 0, fields_8, 9, false, false, false}},
    {0xb00, 0xfff, {"InterruptedError", 112, 0, fields_9, 10, false, false, false}},
    {0x700, 0xaff, {"IsADirectoryError", 104, 0, fields_8, 9, false, false, false}},
    {0xb00, 0xfff, {"IsADirectoryError", 112, 0, fields_9, 10, false, false, false}},
    {0x700, 0xaff, {"KeyError", 64, 0, fields_0, 5, false, false, false}},
    {0xb00, 0xfff, {"KeyError", 72, 0, fields_1, 6, false, false, false}},
    {0x700, 0xaff, {"KeyboardInterrupt", 64, 0, fields_0, 5, false, false, false}},
    {0xb00, 0xfff, {"KeyboardInterrupt", 72, 0, fields_1, 6, false, false, false}},
    {0x700, 0xaff, {"LookupError", 64, 0, fields_0, 5, false, false, false}},
    {0xb00, 0xfff, {"LookupError", 72, 0, fields_1, 6, false, false, false}},
    {0x700, 0xaff, {"MemoryError", 64, 0, fields_0, 5, false, false, false}},
    {0xb00, 0xfff, {"MemoryError", 72, 0, fields_1, 6, false, false, false}},
    {0x700, 0xaff, {"ModuleNotFoundError", 88, 0, fields_24, 8, false, false, false}},
    {0xb00, 0xbff, {"ModuleNotFoundError", 96, 0, fields_25, 9, false, false, false}},
    {0xc00, 0xfff, {"ModuleNotFoundError", 104, 0, fields_26, 10, false, false, false}},
    {0x700, 0x9ff, {"MultibyteCodec", 24, 0, NULL, 0, false, false, false}},
    {0x700, 0x9ff, {"MultibyteIncrementalDecoder", 56, 0, fields_27, 1, false, false, false}},
    {0x700, 0x7ff, {"MultibyteIncrementalEncoder", 48, 0, fields_28, 2, false, false, false}},
    {0x800, 0x9ff, {"MultibyteIncrementalEncoder", 48, 0, fields_29, 2, false, false, false}},
    {0x700, 0x9ff, {"MultibyteStreamReader", 64, 0, fields_30, 2, false, false, false}},
    {0x700, 0x9ff, {"MultibyteStreamWriter", 56, 0, fields_31, 3, false, false, false}},
    {0x700, 0x9ff, {"NameError", 64, 0, fields_0, 5, false, false, false}},
    {0xa00, 0xaff, {"NameError", 72, 0, fields_32, 6, false, false, false}},
    {0xb00, 0xfff, {"NameError", 80, 0, fields_33, 7, false, false, false}},
    {0xd00, 0xfff, {"NoDefaultType", 16, 0, NULL, 0, false, false, false}},
    {0x700, 0xfff, {"NoneType", 16, 0, NULL, 0, false, false, false}},
    {0x700, 0xaff, {"NotADirectoryError", 104, 0, fields_8, 9, false, false, false}},
    {0xb00, 0xfff, {"NotADirectoryError", 112, 0, fields_9, 10, false, false, false}},
    {0x700, 0xaff, {"NotImplementedError", 64, 0, fields_0, 5, false, false, false}},
    {0xb00, 0xfff, {"NotImplementedError", 72, 0, fields_1, 6, false, false, false}},
    {0x700, 0xfff, {"NotImplementedType", 16, 0, NULL, 0, false, false, false}},
    {0x700, 0xaff, {"OSError", 104, 0, fields_34, 9, false, false, false}},
    {0xb00, 0xfff, {"OSError", 112, 0, fields_35, 10, false, false, false}},
    {0x700, 0xaff, {"OverflowError", 64, 0, fields_0, 5, false, false, false}},
    {0xb00, 0xfff, {"OverflowError", 72, 0, fields_1, 6, false, false, false}},
    {0x700, 0xaff, {"PendingDeprecationWarning", 64, 0, fields_0, 5, false, false, false}},
    {0xb00, 0xfff, {"PendingDeprecationWarning", 72, 0, fields_1, 6, false, false, false}},
    {0x700, 0xaff, {"PermissionError", 104, 0, fields_8, 9, false, false, false}},
    {0xb00, 0xfff, {"PermissionError", 112, 0, fields_9, 10, false, false, false}},
    {0x700, 0xaff, {"ProcessLookupError", 104, 0, fields_8, 9, false, false, false}},
    {0xb00, 0xfff, {"ProcessLookupError", 112, 0, fields_9, 10, false, false, false}},
    {0x700, 0xcff, {"PyCapsule", 48, 0, NULL, 0, false, false, true}},
    {0xd00, 0xfff, {"PyCapsule", 64, 0, NULL, 0, false, false, true}},
    {0xd00, 0xfff, {"PythonFinalizationError", 72, 0, fields_1, 6, false, false, false}},
    {0x700, 0xaff, {"RecursionError", 64, 0, fields_0, 5, false, false, false}},
    {0xb00, 0xfff, {"RecursionError", 72, 0, fields_1, 6, false, false, false}},
    {0x700, 0xaff, {"ReferenceError", 64, 0, fields_0, 5, false, false, false}},
    {0xb00, 0xfff, {"ReferenceError", 72, 0, fields_1, 6, false, false, false}},
    {0x700, 0xaff, {"ResourceWarning", 64, 0, fields_0, 5, false, false, false}},
    {0xb00, 0xfff, {"ResourceWarning", 72, 0, fields_1, 6, false, false, false}},
    {0x700, 0xaff, {"RuntimeError", 64, 0, fields_0, 5, false, false, false}},
    {0xb00, 0xfff, {"RuntimeError", 72, 0, fields_1, 6, false, false, false}},
    {0x700, 0xaff, {"RuntimeWarning", 64, 0, fields_0, 5, false, false, false}},
    {0xb00, 0xfff, {"RuntimeWarning", 72, 0, fields_1, 6, false, false, false}},
    {0x700, 0xcff, {"StgDict", 192, 0, fields_36, 5, false, false, false}},
    {0x700, 0xaff, {"StopAsyncIteration", 64, 0, fields_0, 5, false, false, false}},
    {0xb00, 0xfff, {"StopAsyncIteration", 72, 0, fields_1, 6, false, false, false}},
    {0x700, 0xaff, {"StopIteration", 72, 0, fields_37, 6, false, false, false}},
    {0xb00, 0xfff, {"StopIteration", 80, 0, fields_38, 7, false, false, false}},
    {0x700, 0x8ff, {"Struct", 56, 0, fields_39, 1, false, false, false}},
    {0x700, 0x9ff, {"SyntaxError", 112, 0, fields_40, 11, false, false, false}},
    {0xa00, 0xaff, {"SyntaxError", 128, 0, fields_41, 13, false, false, false}},
    {0xb00, 0xdff, {"SyntaxError", 136, 0, fields_42, 14, false, false, false}},
    {0xe00, 0xfff, {"SyntaxError", 144, 0, fields_43, 15, false, false, false}},
    {0x700, 0xaff, {"SyntaxWarning", 64, 0, fields_0, 5, false, false, false}},
    {0xb00, 0xfff, {"SyntaxWarning", 72, 0, fields_1, 6, false, false, false}},
    {0x700, 0xaff, {"SystemError", 64, 0, fields_0, 5, false, false, false}},
    {0xb00, 0xfff, {"SystemError", 72, 0, fields_1, 6, false, false, false}},
    {0x700, 0xaff, {"SystemExit", 72, 0, fields_44, 6, false, false, false}},
    {0xb00, 0xfff, {"SystemExit", 80, 0, fields_45, 7, false, false, false}},
    {0x700, 0x9ff, {"TabError", 112, 0, fields_18, 11, false, false, false}},
    {0xa00, 0xaff, {"TabError", 128, 0, fields_19, 13, false, false, false}},
    {0xb00, 0xdff, {"TabError", 136, 0, fields_20, 14, false, false, false}},
    {0xe00, 0xfff, {"TabError", 144, 0, fields_21, 15, false, false, false}},
    {0x700, 0xbff, {"TaskStepMethWrapper", 32, 0, fields_46, 2, false, false, false}},
    {0x700, 0x9ff, {"TaskWakeupMethWrapper", 24, 0, fields_47, 1, false, false, false}},
    {0x700, 0xaff, {"TimeoutError", 104, 0, fields_8, 9, false, false, false}},
    {0xb00, 0xfff, {"TimeoutError", 112, 0, fields_9, 10, false, false, false}},
    {0x700, 0x9ff, {"Token", 48, 0, fields_48, 3, false, false, false}},
    {0x700, 0xfff, {"Token.MISSING", 16, 0, NULL, 0, false, false, false}},
    {0x700, 0xaff, {"TypeError", 64, 0, fields_0, 5, false, false, false}},
    {0xb00, 0xfff, {"TypeError", 72, 0, fields_1, 6, false, false, false}},
    {0x700, 0x9ff, {"UnboundLocalError", 64, 0, fields_0, 5, false, false, false}},
    {0xa00, 0xaff, {"UnboundLocalError", 72, 0, fields_49, 6, false, false, false}},
    {0xb00, 0xfff, {"UnboundLocalError", 80, 0, fields_50, 7, false, false, false}},
    {0x700, 0xaff, {"UnicodeDecodeError", 104, 0, fields_51, 8, false, false, false}},
    {0xb00, 0xfff, {"UnicodeDecodeError", 112, 0, fields_52, 9, false, false, false}},
    {0x700, 0xaff, {"UnicodeEncodeError", 104, 0, fields_51, 8, false, false, false}},
    {0xb00, 0xfff, {"UnicodeEncodeError", 112, 0, fields_52, 9, false, false, false}},
    {0x700, 0xaff, {"UnicodeError", 64, 0, fields_0, 5, false, false, false}},
    {0xb00, 0xfff, {"UnicodeError", 72, 0, fields_1, 6, false, false, false}},
    {0x700, 0xaff, {"UnicodeTranslateError", 104, 0, fields_51, 8, false, false, false}},
    {0xb00, 0xfff, {"UnicodeTranslateError", 112, 0, fields_52, 9, false, false, false}},
    {0x700, 0xaff, {"UnicodeWarning", 64, 0, fields_0, 5, false, false, false}},
    {0xb00, 0xfff, {"UnicodeWarning", 72, 0, fields_1, 6, false, false, false}},
    {0x800, 0xdff, {"UnraisableHookArgs", 24, 8, NULL, 0, false, true, false}},
    {0xe00, 0xfff, {"UnraisableHookArgs", 32, 8, NULL, 0, false, true, false}},
    {0x700, 0xaff, {"UserWarning", 64, 0, fields_0, 5, false, false, false}},
    {0xb00, 0xfff, {"UserWarning", 72, 0, fields_1, 6, false, false, false}},
    {0x700, 0xaff, {"ValueError", 64, 0, fields_0, 5, false, false, false}},
    {0xb00, 0xfff, {"ValueError", 72, 0, fields_1, 6, false, false, false}},
    {0x700, 0xaff, {"Warning", 64, 0, fields_0, 5, false, false, false}},
    {0xb00, 0xfff, {"Warning", 72, 0, fields_1, 6, false, false, false}},
    {0x700, 0xaff, {"ZeroDivisionError", 64, 0, fields_0, 5, false, false, false}},
    {0xb00, 0xfff, {"ZeroDivisionError", 72, 0, fields_1, 6, false, false, false}},
    {0xd00, 0xdff, {"_IncompleteInputError", 136, 0, fields_20, 14, false, false, false}},
    {0xe00, 0xfff, {"_IncompleteInputError", 144, 0, fields_21, 15, false, false, false}},
    {0x700, 0xbff, {"_RunningLoopHolder", 32, 0, fields_53, 1, false, false, false}},
    {0x900, 0xfff, {"_abc._abc_data", 48, 0, fields_54, 3, true, false, false}},
    {0x700, 0x8ff, {"_abc_data", 48, 0, fields_55, 3, false, false, false}},
    {0x700, 0x8ff, {"_ast.AST", 24, 0, fields_56, 1, false, false, false}},
    {0x700, 0x8ff, {"_asyncio.Future", 104, 0, fields_57, 8, false, false, false}},
    {0xd00, 0xdff, {"_asyncio.Future", 104, 0, fields_58, 10, true, false, false}},
    {0xe00, 0xfff, {"_asyncio.Future", 112, 0, fields_59, 11, true, false, false}},
    {0xb00, 0xbff, {"_asyncio.Future", 128, 0, fields_60, 11, false, false, false}},
    {0xc00, 0xcff, {"_asyncio.Future", 128, 0, fields_60, 11, true, false, false}},
    {0x900, 0x9ff, {"_asyncio.Future", 144, 0, fields_61, 12, false, false, false}},
    {0xa00, 0xaff, {"_asyncio.Future", 152, 0, fields_62, 13, false, false, false}},
    {0x700, 0xbff, {"_asyncio.FutureIter", 24, 0, fields_63, 1, false, false, false}},
    {0xc00, 0xfff, {"_asyncio.FutureIter", 24, 0, fields_63, 1, true, false, false}},
    {0x700, 0x7ff, {"_asyncio.Task", 136, 0, fields_64, 11, false, false, false}},
    {0x800, 0x8ff, {"_asyncio.Task", 144, 0, fields_65, 12, false, false, false}},
    {0xd00, 0xdff, {"_asyncio.Task", 144, 0, fields_66, 14, true, false, false}},
    {0xe00, 0xfff, {"_asyncio.Task", 168, 0, fields_67, 15, true, false, false}},
    {0xb00, 0xbff, {"_asyncio.Task", 176, 0, fields_68, 15, false, false, false}},
    {0xc00, 0xcff, {"_asyncio.Task", 176, 0, fields_68, 15, true, false, false}},
    {0x900, 0x9ff, {"_asyncio.Task", 184, 0, fields_69, 16, false, false, false}},
    {0xa00, 0xaff, {"_asyncio.Task", 192, 0, fields_70, 17, false, false, false}},
    {0xc00, 0xfff, {"_asyncio.TaskStepMethWrapper", 32, 0, fields_46, 2, true, false, false}},
    {0xe00, 0xeff, {"_blake2.blake2b", 32, 0, NULL, 0, true, false, false}},
    {0xf00, 0xfff, {"_blake2.blake2b", 40, 0, NULL, 0, true, false, false}},
    {0xd00, 0xdff, {"_blake2.blake2b", 440, 0, NULL, 0, false, false, false}},
    {0x800, 0xcff, {"_blake2.blake2b", 448, 0, NULL, 0, false, false, false}},
    {0x700, 0x7ff, {"_blake2.blake2b", 456, 0, NULL, 0, false, false, false}},
    {0xe00, 0xeff, {"_blake2.blake2s", 32, 0, NULL, 0, true, false, false}},
    {0xf00, 0xfff, {"_blake2.blake2s", 40, 0, NULL, 0, true, false, false}},
    {0xd00, 0xdff, {"_blake2.blake2s", 232, 0, NULL, 0, false, false, false}},
    {0x800, 0xcff, {"_blake2.blake2s", 240, 0, NULL, 0, false, false, false}},
    {0x700, 0x7ff, {"_blake2.blake2s", 248, 0, NULL, 0, false, false, false}},
    {0xc00, 0xfff, {"_buffer_wrapper", 32, 0, fields_71, 2, false, false, false}},
    {0xf00, 0xfff, {"_bz2.BZ2Compressor", 104, 0, NULL, 0, false, false, false}},
    {0x700, 0x9ff, {"_bz2.BZ2Compressor", 112, 0, NULL, 0, false, false, false}},
    {0xa00, 0xeff, {"_bz2.BZ2Compressor", 112, 0, NULL, 0, true, false, false}},
    {0x700, 0x9ff, {"_bz2.BZ2Decompressor", 152, 0, fields_72, 1, false, false, false}},
    {0xa00, 0xeff, {"_bz2.BZ2Decompressor", 152, 0, fields_72, 1, true, false, false}},
    {0xf00, 0xfff, {"_bz2.BZ2Decompressor", 152, 0, fields_72, 1, false, false, false}},
    {0x700, 0xbff, {"_collections._deque_iterator", 56, 0, fields_73, 1, false, false, false}},
    {0x700, 0xbff, {"_collections._deque_reverse_iterator", 56, 0, fields_73, 1, false, false, false}},
    {0x800, 0xbff, {"_collections._tuplegetter", 32, 0, fields_74, 1, false, false, false}},
    {0xa00, 0xfff, {"_contextvars.Context", 48, 0, fields_11, 2, false, false, false}},
    {0xa00, 0xfff, {"_contextvars.ContextVar", 64, 0, fields_12, 3, false, false, false}},
    {0xa00, 0xfff, {"_contextvars.Token", 48, 0, fields_48, 3, false, false, false}},
    {0x800, 0x9ff, {"_csv.Dialect", 48, 0, fields_75, 1, false, false, false}},
    {0xa00, 0xfff, {"_csv.Dialect", 48, 0, fields_76, 1, true, false, false}},
    {0x700, 0x7ff, {"_csv.Dialect", 56, 0, fields_75, 1, false, false, false}},
    {0x700, 0x9ff, {"_csv.reader", 88, 0, fields_77, 3, false, false, false}},
    {0xa00, 0xfff, {"_csv.reader", 88, 0, fields_77, 3, true, false, false}},
    {0x700, 0x7ff, {"_csv.writer", 64, 0, fields_78, 2, false, false, false}},
    {0x800, 0x9ff, {"_csv.writer", 64, 0, fields_79, 2, false, false, false}},
    {0xa00, 0xfff, {"_csv.writer", 72, 0, fields_80, 3, true, false, false}},
    {0x700, 0xcff, {"_ctypes.Array", 96, 0, fields_81, 2, false, false, false}},
    {0xc00, 0xdff, {"_ctypes.CArgObject", 64, 0, fields_82, 1, true, false, false}},
    {0xe00, 0xfff, {"_ctypes.CArgObject", 80, 0, fields_83, 1, true, false, false}},
    {0x700, 0xbff, {"_ctypes.CField", 72, 0, fields_84, 1, false, false, false}},
    {0xc00, 0xdff, {"_ctypes.CField", 72, 0, fields_84, 1, true, false, false}},
    {0xa00, 0xcff, {"_ctypes.CFuncPtr", 160, 0, fields_85, 10, false, false, false}},
    {0xd00, 0xfff, {"_ctypes.CFuncPtr", 160, 0, fields_85, 10, true, false, false}},
    {0x700, 0xbff, {"_ctypes.CThunkObject", 128, 24, fields_86, 3, false, false, false}},
    {0xc00, 0xfff, {"_ctypes.CThunkObject", 128, 24, fields_86, 3, true, false, false}},
    {0xd00, 0xdff, {"_ctypes.CType_Type", 1088, 40, fields_87, 6, true, false, false}},
    {0xe00, 0xfff, {"_ctypes.CType_Type", 1120, 40, fields_88, 7, true, false, false}},
    {0x700, 0xbff, {"_ctypes.DictRemover", 32, 0, fields_89, 2, false, false, false}},
    {0xc00, 0xfff, {"_ctypes.DictRemover", 32, 0, fields_90, 2, true, false, false}},
    {0x700, 0x7ff, {"_ctypes.PyCArrayType", 864, 40, NULL, 0, false, false, false}},
    {0x800, 0x9ff, {"_ctypes.PyCArrayType", 880, 40, NULL, 0, false, false, false}},
    {0xa00, 0xaff, {"_ctypes.PyCArrayType", 888, 40, NULL, 0, false, false, false}},
    {0xb00, 0xbff, {"_ctypes.PyCArrayType", 904, 40, NULL, 0, false, false, false}},
    {0xc00, 0xcff, {"_ctypes.PyCArrayType", 920, 40, NULL, 0, false, false, false}},
    {0x700, 0x9ff, {"_ctypes.PyCFuncPtr", 160, 0, fields_85, 10, false, false, false}},
    {0x700, 0x7ff, {"_ctypes.PyCFuncPtrType", 864, 40, NULL, 0, false, false, false}},
    {0x800, 0x9ff, {"_ctypes.PyCFuncPtrType", 880, 40, NULL, 0, false, false, false}},
    {0xa00, 0xaff, {"_ctypes.PyCFuncPtrType", 888, 40, NULL, 0, false, false, false}},
    {0xb00, 0xbff, {"_ctypes.PyCFuncPtrType", 904, 40, NULL, 0, false, false, false}},
    {0xc00, 0xcff, {"_ctypes.PyCFuncPtrType", 920, 40, NULL, 0, false, false, false}},
    {0x700, 0x7ff, {"_ctypes.PyCPointerType", 864, 40, NULL, 0, false, false, true}},
    {0x800, 0x9ff, {"_ctypes.PyCPointerType", 880, 40, NULL, 0, false, false, true}},
    {0xa00, 0xaff, {"_ctypes.PyCPointerType", 888, 40, NULL, 0, false, false, true}},
    {0xb00, 0xbff, {"_ctypes.PyCPointerType", 904, 40, NULL, 0, false, false, true}},
    {0xc00, 0xcff, {"_ctypes.PyCPointerType", 920, 40, NULL, 0, false, false, true}},
    {0x700, 0x7ff, {"_ctypes.PyCSimpleType", 864, 40, NULL, 0, false, false, false}},
    {0x800, 0x9ff, {"_ctypes.PyCSimpleType", 880, 40, NULL, 0, false, false, false}},
    {0xa00, 0xaff, {"_ctypes.PyCSimpleType", 888, 40, NULL, 0, false, false, false}},
    {0xb00, 0xbff, {"_ctypes.PyCSimpleType", 904, 40, NULL, 0, false, false, false}},
    {0xc00, 0xcff, {"_ctypes.PyCSimpleType", 920, 40, NULL, 0, false, false, false}},
    {0x700, 0x7ff, {"_ctypes.PyCStructType", 864, 40, NULL, 0, false, false, false}},
    {0x800, 0x9ff, {"_ctypes.PyCStructType", 880, 40, NULL, 0, false, false, false}},
    {0xa00, 0xaff, {"_ctypes.PyCStructType", 888, 40, NULL, 0, false, false, false}},
    {0xb00, 0xbff, {"_ctypes.PyCStructType", 904, 40, NULL, 0, false, false, false}},
    {0xc00, 0xcff, {"_ctypes.PyCStructType", 920, 40, NULL, 0, false, false, false}},
    {0x800, 0x9ff, {"_ctypes.StructParam_Type", 24, 0, NULL, 0, false, false, false}},
    {0xa00, 0xbff, {"_ctypes.StructParam_Type", 32, 0, fields_91, 1, false, false, false}},
    {0xc00, 0xdff, {"_ctypes.StructParam_Type", 32, 0, fields_91, 1, true, false, false}},
    {0xe00, 0xfff, {"_ctypes.StructParam_Type", 32, 0, fields_92, 1, true, false, false}},
    {0x700, 0xcff, {"_ctypes.Structure", 96, 0, fields_81, 2, false, false, false}},
    {0x700, 0xcff, {"_ctypes.Union", 96, 0, fields_81, 2, false, false, false}},
    {0x700, 0x7ff, {"_ctypes.UnionType", 864, 40, NULL, 0, false, false, false}},
    {0x800, 0x9ff, {"_ctypes.UnionType", 880, 40, NULL, 0, false, false, false}},
    {0xa00, 0xaff, {"_ctypes.UnionType", 888, 40, NULL, 0, false, false, false}},
    {0xb00, 0xbff, {"_ctypes.UnionType", 904, 40, NULL, 0, false, false, false}},
    {0xc00, 0xcff, {"_ctypes.UnionType", 920, 40, NULL, 0, false, false, false}},
    {0x700, 0xcff, {"_ctypes._CData", 96, 0, fields_93, 2, false, false, false}},
    {0xd00, 0xfff, {"_ctypes._CData", 96, 0, fields_93, 2, true, false, false}},
    {0x700, 0xcff, {"_ctypes._Pointer", 96, 0, fields_81, 2, false, false, false}},
    {0x700, 0xcff, {"_ctypes._SimpleCData", 96, 0, fields_81, 2, false, false, false}},
    {0x700, 0xdff, {"_curses.window", 32, 0, NULL, 0, false, false, false}},
    {0xd00, 0xdff, {"_curses.window", 40, 0, fields_94, 1, false, false, false}},
    {0xe00, 0xfff, {"_curses.window", 40, 0, fields_95, 1, true, false, false}},
    {0x700, 0x7ff, {"_curses_panel.curses panel", 32, 0, fields_96, 1, false, false, false}},
    {0x800, 0xd11, {"_curses_panel.panel", 32, 0, fields_96, 1, false, false, false}},
    {0xd12, 0xfff, {"_curses_panel.panel", 32, 0, fields_97, 1, true, false, false}},
    {0xb00, 0xbff, {"_dbm.dbm", 32, 0, NULL, 0, true, false, false}},
    {0xd00, 0xeff, {"_dbm.dbm", 32, 0, NULL, 0, true, false, false}},
    {0x700, 0xbff, {"_elementtree._element_iterator", 64, 0, fields_98, 2, false, false, true}},
    {0xc00, 0xfff, {"_elementtree._element_iterator", 64, 0, fields_98, 2, true, false, true}},
    {0x800, 0xfff, {"_hashlib.HASH", 32, 0, NULL, 0, false, false, false}},
    {0x700, 0x7ff, {"_hashlib.HASH", 40, 0, fields_99, 1, false, false, false}},
    {0x900, 0xeff, {"_hashlib.HMAC", 32, 0, NULL, 0, false, false, false}},
    {0xf00, 0xfff, {"_hashlib.HMAC", 40, 0, NULL, 0, false, false, false}},
    {0xe00, 0xeff, {"_hmac.HMAC", 72, 0, fields_100, 1, true, false, false}},
    {0xf00, 0xfff, {"_hmac.HMAC", 72, 0, fields_100, 1, false, false, false}},
    {0xd00, 0xfff, {"_interpchannels.ChannelID", 40, 0, NULL, 0, false, false, false}},
    {0xd00, 0xdff, {"_interpchannels.ChannelInfo", 88, 8, NULL, 0, true, true, false}},
    {0xe00, 0xfff, {"_interpchannels.ChannelInfo", 96, 8, NULL, 0, true, true, false}},
    {0xd00, 0xfff, {"_interpreters.CrossInterpreterBufferView", 32, 0, NULL, 0, false, false, false}},
    {0x700, 0xbff, {"_io.BufferedRWPair", 48, 0, fields_101, 3, false, false, false}},
    {0xc00, 0xfff, {"_io.BufferedRWPair", 48, 0, fields_102, 3, true, false, false}},
    {0x700, 0xbff, {"_io.BufferedRandom", 152, 0, fields_103, 2, false, false, false}},
    {0xc00, 0xfff, {"_io.BufferedRandom", 152, 0, fields_103, 2, true, false, false}},
    {0x700, 0xbff, {"_io.BufferedReader", 152, 0, fields_103, 2, false, false, false}},
    {0xc00, 0xfff, {"_io.BufferedReader", 152, 0, fields_103, 2, true, false, false}},
    {0x700, 0xbff, {"_io.BufferedWriter", 152, 0, fields_103, 2, false, false, false}},
    {0xc00, 0xfff, {"_io.BufferedWriter", 152, 0, fields_103, 2, true, false, false}},
    {0x700, 0xbff, {"_io.BytesIO", 64, 0, fields_104, 2, false, false, false}},
    {0xc00, 0xfff, {"_io.BytesIO", 64, 0, fields_105, 2, true, false, false}},
    {0x700, 0xbff, {"_io.FileIO", 48, 0, fields_106, 1, false, false, false}},
    {0xc00, 0xdff, {"_io.FileIO", 48, 0, fields_106, 1, true, false, false}},
    {0xe00, 0xfff, {"_io.FileIO", 48, 0, fields_107, 1, true, false, false}},
    {0x700, 0xbff, {"_io.IncrementalNewlineDecoder", 40, 0, fields_108, 2, false, false, false}},
    {0xc00, 0xfff, {"_io.IncrementalNewlineDecoder", 40, 0, fields_109, 2, true, false, false}},
    {0x700, 0xbff, {"_io.StringIO", 120, 0, fields_110, 6, false, false, false}},
    {0xe00, 0xfff, {"_io.StringIO", 120, 0, fields_111, 4, true, false, false}},
    {0xc00, 0xdff, {"_io.StringIO", 168, 0, fields_112, 5, true, false, false}},
    {0x700, 0xbff, {"_io.TextIOWrapper", 192, 0, fields_113, 11, false, false, false}},
    {0xc00, 0xfff, {"_io.TextIOWrapper", 200, 0, fields_113, 11, true, false, false}},
    {0x700, 0xbff, {"_io._BufferedIOBase", 32, 0, fields_56, 1, false, false, false}},
    {0x700, 0xbff, {"_io._BytesIOBuffer", 24, 0, fields_114, 1, false, false, false}},
    {0xc00, 0xfff, {"_io._BytesIOBuffer", 24, 0, fields_114, 1, true, false, false}},
    {0x700, 0xbff, {"_io._IOBase", 32, 0, fields_56, 1, false, false, false}},
    {0xc00, 0xfff, {"_io._IOBase", 32, 0, fields_56, 1, true, false, false}},
    {0x700, 0xbff, {"_io._RawIOBase", 32, 0, fields_56, 1, false, false, false}},
    {0x700, 0xbff, {"_io._TextIOBase", 32, 0, fields_56, 1, false, false, false}},
    {0x700, 0x8ff, {"_json.Encoder", 80, 0, fields_115, 6, false, false, false}},
    {0x900, 0xfff, {"_json.Encoder", 80, 0, fields_115, 6, true, false, false}},
    {0xd00, 0xeff, {"_json.Scanner", 64, 0, fields_116, 5, true, false, false}},
    {0x700, 0x8ff, {"_json.Scanner", 72, 0, fields_117, 6, false, false, false}},
    {0x900, 0xcff, {"_json.Scanner", 72, 0, fields_118, 6, true, false, false}},
    {0xf00, 0xfff, {"_json.Scanner", 72, 0, fields_119, 6, true, false, false}},
    {0x700, 0x9ff, {"_lsprof.Profiler", 64, 0, fields_120, 1, false, false, true}},
    {0xa00, 0xbff, {"_lsprof.Profiler", 64, 0, fields_120, 1, true, false, true}},
    {0xc00, 0xcff, {"_lsprof.Profiler", 80, 0, fields_121, 2, true, false, true}},
    {0xd00, 0xdff, {"_lsprof.Profiler", 80, 0, fields_122, 2, true, false, true}},
    {0xe00, 0xeff, {"_lsprof.Profiler", 80, 0, fields_123, 1, true, false, true}},
    {0xf00, 0xfff, {"_lsprof.Profiler", 80, 0, fields_124, 2, true, false, true}},
    {0x700, 0x9ff, {"_lsprof.profiler_entry", 24, 8, NULL, 0, false, true, false}},
    {0xa00, 0xdff, {"_lsprof.profiler_entry", 24, 8, NULL, 0, true, true, false}},
    {0xe00, 0xfff, {"_lsprof.profiler_entry", 32, 8, NULL, 0, true, true, false}},
    {0x700, 0x9ff, {"_lsprof.profiler_subentry", 24, 8, NULL, 0, false, true, false}},
    {0xa00, 0xdff, {"_lsprof.profiler_subentry", 24, 8, NULL, 0, true, true, false}},
    {0xe00, 0xfff, {"_lsprof.profiler_subentry", 32, 8, NULL, 0, true, true, false}},
    {0xf00, 0xfff, {"_lzma.LZMACompressor", 184, 0, NULL, 0, false, false, false}},
    {0x700, 0x9ff, {"_lzma.LZMACompressor", 192, 0, NULL, 0, false, false, false}},
    {0xa00, 0xeff, {"_lzma.LZMACompressor", 192, 0, NULL, 0, true, false, false}},
    {0x700, 0x9ff, {"_lzma.LZMADecompressor", 224, 0, fields_125, 1, false, false, false}},
    {0xa00, 0xeff, {"_lzma.LZMADecompressor", 224, 0, fields_125, 1, true, false, false}},
    {0xf00, 0xfff, {"_lzma.LZMADecompressor", 224, 0, fields_125, 1, false, false, false}},
    {0xc00, 0xfff, {"_md5.md5", 32, 0, NULL, 0, true, false, false}},
    {0x700, 0x9ff, {"_md5.md5", 112, 0, NULL, 0, false, false, false}},
    {0xa00, 0xbff, {"_md5.md5", 112, 0, NULL, 0, true, false, false}},
    {0xa00, 0xbff, {"_multibytecodec.MultibyteCodec", 24, 0, NULL, 0, true, false, false}},
    {0xc00, 0xfff, {"_multibytecodec.MultibyteCodec", 32, 0, fields_126, 1, true, false, false}},
    {0xa00, 0xfff, {"_multibytecodec.MultibyteIncrementalDecoder", 56, 0, fields_27, 1, false, false, false}},
    {0xa00, 0xfff, {"_multibytecodec.MultibyteIncrementalEncoder", 48, 0, fields_29, 2, false, false, false}},
    {0xa00, 0xfff, {"_multibytecodec.MultibyteStreamReader", 64, 0, fields_30, 2, false, false, false}},
    {0xa00, 0xfff, {"_multibytecodec.MultibyteStreamWriter", 56, 0, fields_31, 3, false, false, false}},
    {0x700, 0xbff, {"_multiprocessing.SemLock", 56, 0, NULL, 0, false, false, false}},
    {0xc00, 0xfff, {"_multiprocessing.SemLock", 56, 0, NULL, 0, true, false, false}},
    {0x700, 0xbff, {"_pickle.Pdata", 56, 8, NULL, 0, false, false, true}},
    {0xc00, 0xfff, {"_pickle.Pdata", 56, 8, NULL, 0, true, false, true}},
    {0x700, 0x7ff, {"_pickle.Pickler", 136, 0, fields_127, 6, false, false, true}},
    {0xd00, 0xdff, {"_pickle.Pickler", 144, 0, fields_128, 7, true, false, true}},
    {0x800, 0xbff, {"_pickle.Pickler", 152, 0, fields_129, 8, false, false, true}},
    {0xc00, 0xcff, {"_pickle.Pickler", 152, 0, fields_129, 8, true, false, true}},
    {0xd00, 0xfff, {"_pickle.Pickler", 152, 0, fields_130, 8, true, false, true}},
    {0x700, 0xbff, {"_pickle.PicklerMemoProxy", 24, 0, fields_131, 1, false, false, false}},
    {0xc00, 0xfff, {"_pickle.PicklerMemoProxy", 24, 0, fields_131, 1, true, false, false}},
    {0x700, 0x7ff, {"_pickle.Unpickler", 256, 0, fields_132, 7, false, false, true}},
    {0xd00, 0xdff, {"_pickle.Unpickler", 264, 0, fields_133, 8, true, false, true}},
    {0x800, 0xbff, {"_pickle.Unpickler", 272, 0, fields_134, 9, false, false, true}},
    {0xc00, 0xcff, {"_pickle.Unpickler", 272, 0, fields_134, 9, true, false, true}},
    {0xd00, 0xeff, {"_pickle.Unpickler", 296, 0, fields_135, 8, true, false, true}},
    {0xf00, 0xfff, {"_pickle.Unpickler", 304, 0, fields_136, 9, true, false, true}},
    {0x700, 0xbff, {"_pickle.UnpicklerMemoProxy", 24, 0, fields_137, 1, false, false, false}},
    {0xc00, 0xfff, {"_pickle.UnpicklerMemoProxy", 24, 0, fields_137, 1, true, false, false}},
    {0x700, 0x9ff, {"_queue.SimpleQueue", 56, 0, fields_138, 1, false, false, true}},
    {0xa00, 0xcff, {"_queue.SimpleQueue", 56, 0, fields_138, 1, true, false, true}},
    {0xd00, 0xfff, {"_queue.SimpleQueue", 72, 0, NULL, 0, true, false, true}},
    {0x700, 0x8ff, {"_random.Random", 2520, 0, NULL, 0, false, false, false}},
    {0xe00, 0xfff, {"_remote_debugging.AwaitedInfo", 32, 8, NULL, 0, true, true, false}},
    {0xf00, 0xfff, {"_remote_debugging.BinaryReader", 24, 0, NULL, 0, false, false, false}},
    {0xf00, 0xfff, {"_remote_debugging.BinaryWriter", 32, 0, NULL, 0, false, false, false}},
    {0xe00, 0xfff, {"_remote_debugging.CoroInfo", 32, 8, NULL, 0, true, true, false}},
    {0xe00, 0xfff, {"_remote_debugging.FrameInfo", 32, 8, NULL, 0, true, true, false}},
    {0xf00, 0xfff, {"_remote_debugging.GCMonitor", 33712, 0, NULL, 0, false, false, false}},
    {0xf00, 0xfff, {"_remote_debugging.GCStatsInfo", 32, 8, NULL, 0, true, true, false}},
    {0xf00, 0xfff, {"_remote_debugging.InterpreterInfo", 32, 8, NULL, 0, true, true, false}},
    {0xf00, 0xfff, {"_remote_debugging.LocationInfo", 32, 8, NULL, 0, true, true, false}},
    {0xe00, 0xeff, {"_remote_debugging.RemoteUnwinder", 33728, 0, NULL, 0, false, false, true}},
    {0xf00, 0xfff, {"_remote_debugging.RemoteUnwinder", 35120, 0, NULL, 0, false, false, true}},
    {0xe00, 0xfff, {"_remote_debugging.TaskInfo", 32, 8, NULL, 0, true, true, false}},
    {0xe00, 0xfff, {"_remote_debugging.ThreadInfo", 32, 8, NULL, 0, true, true, false}},
    {0xc00, 0xcff, {"_sha1.sha1", 32, 0, NULL, 0, true, false, false}},
    {0xf00, 0xfff, {"_sha1.sha1", 32, 0, NULL, 0, true, false, false}},
    {0xd00, 0xeff, {"_sha1.sha1", 40, 0, NULL, 0, true, false, false}},
    {0x700, 0x9ff, {"_sha1.sha1", 112, 0, NULL, 0, false, false, false}},
    {0xa00, 0xbff, {"_sha1.sha1", 112, 0, NULL, 0, true, false, false}},
    {0xd00, 0xfff, {"_sha2.SHA224Type", 32, 0, NULL, 0, true, false, false}},
    {0xc00, 0xcff, {"_sha2.SHA224Type", 40, 0, NULL, 0, true, false, false}},
    {0xd00, 0xfff, {"_sha2.SHA256Type", 32, 0, NULL, 0, true, false, false}},
    {0xc00, 0xcff, {"_sha2.SHA256Type", 40, 0, NULL, 0, true, false, false}},
    {0xd00, 0xfff, {"_sha2.SHA384Type", 32, 0, NULL, 0, true, false, false}},
    {0xc00, 0xcff, {"_sha2.SHA384Type", 40, 0, NULL, 0, true, false, false}},
    {0xd00, 0xfff, {"_sha2.SHA512Type", 32, 0, NULL, 0, true, false, false}},
    {0xc00, 0xcff, {"_sha2.SHA512Type", 40, 0, NULL, 0, true, false, false}},
    {0x700, 0x9ff, {"_sha256.sha224", 128, 0, NULL, 0, false, false, false}},
    {0xa00, 0xbff, {"_sha256.sha224", 128, 0, NULL, 0, true, false, false}},
    {0x700, 0x9ff, {"_sha256.sha256", 128, 0, NULL, 0, false, false, false}},
    {0xa00, 0xbff, {"_sha256.sha256", 128, 0, NULL, 0, true, false, false}},
    {0xc00, 0xdff, {"_sha3.sha3_224", 32, 0, NULL, 0, false, false, false}},
    {0xd00, 0xdff, {"_sha3.sha3_224", 48, 0, NULL, 0, false, false, false}},
    {0xe00, 0xfff, {"_sha3.sha3_224", 48, 0, NULL, 0, true, false, false}},
    {0xb00, 0xbff, {"_sha3.sha3_224", 240, 0, NULL, 0, false, false, false}},
    {0x700, 0xaff, {"_sha3.sha3_224", 248, 0, NULL, 0, false, false, false}},
    {0xc00, 0xdff, {"_sha3.sha3_256", 32, 0, NULL, 0, false, false, false}},
    {0xd00, 0xdff, {"_sha3.sha3_256", 48, 0, NULL, 0, false, false, false}},
    {0xe00, 0xfff, {"_sha3.sha3_256", 48, 0, NULL, 0, true, false, false}},
    {0xb00, 0xbff, {"_sha3.sha3_256", 240, 0, NULL, 0, false, false, false}},
    {0x700, 0xaff, {"_sha3.sha3_256", 248, 0, NULL, 0, false, false, false}},
    {0xc00, 0xdff, {"_sha3.sha3_384", 32, 0, NULL, 0, false, false, false}},
    {0xd00, 0xdff, {"_sha3.sha3_384", 48, 0, NULL, 0, false, false, false}},
    {0xe00, 0xfff, {"_sha3.sha3_384", 48, 0, NULL, 0, true, false, false}},
    {0xb00, 0xbff, {"_sha3.sha3_384", 240, 0, NULL, 0, false, false, false}},
    {0x700, 0xaff, {"_sha3.sha3_384", 248, 0, NULL, 0, false, false, false}},
    {0xc00, 0xdff, {"_sha3.sha3_512", 32, 0, NULL, 0, false, false, false}},
    {0xd00, 0xdff, {"_sha3.sha3_512", 48, 0, NULL, 0, false, false, false}},
    {0xe00, 0xfff, {"_sha3.sha3_512", 48, 0, NULL, 0, true, false, false}},
    {0xb00, 0xbff, {"_sha3.sha3_512", 240, 0, NULL, 0, false, false, false}},
    {0x700, 0xaff, {"_sha3.sha3_512", 248, 0, NULL, 0, false, false, false}},
    {0xc00, 0xdff, {"_sha3.shake_128", 32, 0, NULL, 0, false, false, false}},
    {0xd00, 0xdff, {"_sha3.shake_128", 48, 0, NULL, 0, false, false, false}},
    {0xe00, 0xfff, {"_sha3.shake_128", 48, 0, NULL, 0, true, false, false}},
    {0xb00, 0xbff, {"_sha3.shake_128", 240, 0, NULL, 0, false, false, false}},
    {0x700, 0xaff, {"_sha3.shake_128", 248, 0, NULL, 0, false, false, false}},
    {0xc00, 0xdff, {"_sha3.shake_256", 32, 0, NULL, 0, false, false, false}},
    {0xd00, 0xdff, {"_sha3.shake_256", 48, 0, NULL, 0, false, false, false}},
    {0xe00, 0xfff, {"_sha3.shake_256", 48, 0, NULL, 0, true, false, false}},
    {0xb00, 0xbff, {"_sha3.shake_256", 240, 0, NULL, 0, false, false, false}},
    {0x700, 0xaff, {"_sha3.shake_256", 248, 0, NULL, 0, false, false, false}},
    {0x700, 0x9ff, {"_sha512.sha384", 224, 0, NULL, 0, false, false, false}},
    {0xa00, 0xbff, {"_sha512.sha384", 224, 0, NULL, 0, true, false, false}},
    {0x700, 0x9ff, {"_sha512.sha512", 224, 0, NULL, 0, false, false, false}},
    {0xa00, 0xbff, {"_sha512.sha512", 224, 0, NULL, 0, true, false, false}},
    {0x700, 0xbff, {"_socket.socket", 48, 0, NULL, 0, false, false, false}},
    {0xc00, 0xfff, {"_socket.socket", 56, 0, NULL, 0, true, false, false}},
    {0x700, 0x8ff, {"_sre.SRE_Scanner", 232, 0, fields_139, 3, false, false, false}},
    {0xb00, 0xbff, {"_sre.SRE_Scanner", 232, 0, fields_140, 2, true, false, false}},
    {0x900, 0x9ff, {"_sre.SRE_Scanner", 240, 0, fields_139, 3, false, false, false}},
    {0xa00, 0xcff, {"_sre.SRE_Scanner", 240, 0, fields_141, 3, true, false, false}},
    {0xd00, 0xdff, {"_sre.SRE_Scanner", 248, 0, fields_141, 3, true, false, false}},
    {0xd00, 0xfff, {"_sre.SRE_Scanner", 264, 0, fields_140, 2, true, false, false}},
    {0xc00, 0xfff, {"_sre.SRE_Template", 40, 16, fields_142, 1, true, false, false}},
    {0xa00, 0xfff, {"_ssl.Certificate", 32, 0, NULL, 0, false, false, false}},
    {0x700, 0x9ff, {"_ssl.MemoryBIO", 32, 0, NULL, 0, false, false, false}},
    {0xa00, 0xeff, {"_ssl.MemoryBIO", 32, 0, NULL, 0, true, false, false}},
    {0xf00, 0xfff, {"_ssl.MemoryBIO", 32, 0, NULL, 0, false, false, false}},
    {0xa00, 0xfff, {"_ssl.SSLSession", 32, 0, fields_143, 1, true, false, false}},
    {0x700, 0x9ff, {"_ssl.Session", 32, 0, fields_143, 1, false, false, false}},
    {0x700, 0x7ff, {"_ssl._SSLContext", 64, 0, fields_144, 1, false, false, false}},
    {0x800, 0x9ff, {"_ssl._SSLContext", 88, 0, fields_145, 3, false, false, false}},
    {0xa00, 0xcff, {"_ssl._SSLContext", 96, 0, fields_145, 3, true, false, false}},
    {0xd00, 0xdff, {"_ssl._SSLContext", 112, 0, fields_146, 5, true, false, false}},
    {0xd00, 0xfff, {"_ssl._SSLContext", 120, 0, fields_147, 5, true, false, false}},
    {0x700, 0x7ff, {"_ssl._SSLSocket", 72, 0, fields_148, 4, false, false, false}},
    {0xf00, 0xfff, {"_ssl._SSLSocket", 72, 0, fields_148, 4, true, false, false}},
    {0xc00, 0xdff, {"_ssl._SSLSocket", 80, 0, fields_149, 5, true, false, false}},
    {0xe00, 0xeff, {"_ssl._SSLSocket", 88, 0, fields_150, 5, true, false, false}},
    {0x800, 0x9ff, {"_ssl._SSLSocket", 96, 0, fields_151, 7, false, false, false}},
    {0xa00, 0xbff, {"_ssl._SSLSocket", 96, 0, fields_151, 7, true, false, false}},
    {0x900, 0x9ff, {"_struct.Struct", 56, 0, fields_39, 1, false, false, false}},
    {0xa00, 0xeff, {"_struct.Struct", 56, 0, fields_152, 1, true, false, false}},
    {0xf00, 0xfff, {"_struct.Struct", 64, 0, fields_153, 1, true, false, false}},
    {0x900, 0xfff, {"_struct.unpack_iterator", 112, 0, fields_154, 2, true, false, false}},
    {0x800, 0x9ff, {"_thread.ExceptHookArgs", 24, 8, NULL, 0, false, true, false}},
    {0xe00, 0xfff, {"_thread.RLock", 40, 0, NULL, 0, true, false, false}},
    {0x700, 0x9ff, {"_thread.RLock", 48, 0, NULL, 0, false, false, false}},
    {0xa00, 0xdff, {"_thread.RLock", 48, 0, NULL, 0, true, false, false}},
    {0xa00, 0xaff, {"_thread._ExceptHookArgs", 24, 8, NULL, 0, false, true, false}},
    {0xb00, 0xdff, {"_thread._ExceptHookArgs", 24, 8, NULL, 0, true, true, false}},
    {0xe00, 0xfff, {"_thread._ExceptHookArgs", 32, 8, NULL, 0, true, true, false}},
    {0xd00, 0xfff, {"_thread._ThreadHandle", 24, 0, NULL, 0, true, false, false}},
    {0xd00, 0xfff, {"_thread._local", 56, 0, fields_155, 4, true, false, false}},
    {0x700, 0x9ff, {"_thread._local", 64, 0, fields_156, 5, false, false, false}},
    {0xa00, 0xcff, {"_thread._local", 64, 0, fields_156, 5, true, false, false}},
    {0xd00, 0xfff, {"_thread._localdummy", 24, 0, NULL, 0, false, false, false}},
    {0x700, 0xcff, {"_thread._localdummy", 32, 0, fields_157, 1, false, false, false}},
    {0xd00, 0xfff, {"_thread.lock", 24, 0, NULL, 0, true, false, false}},
    {0x700, 0x9ff, {"_thread.lock", 40, 0, NULL, 0, false, false, false}},
    {0xa00, 0xdff, {"_thread.lock", 40, 0, NULL, 0, true, false, false}},
    {0x700, 0xdff, {"_tkinter.Tcl_Obj", 32, 0, fields_158, 1, false, false, false}},
    {0x700, 0xcff, {"_tkinter.tkapp", 128, 0, NULL, 0, false, false, false}},
    {0xd00, 0xdff, {"_tkinter.tkapp", 136, 0, fields_159, 1, false, false, false}},
    {0x700, 0xdff, {"_tkinter.tktimertoken", 32, 0, fields_160, 1, false, false, false}},
    {0xb00, 0xbff, {"_tokenize.TokenizerIter", 24, 0, NULL, 0, false, false, false}},
    {0xc00, 0xcff, {"_tokenize.TokenizerIter", 32, 0, NULL, 0, false, false, false}},
    {0xd00, 0xfff, {"_tokenize.TokenizerIter", 64, 0, fields_161, 1, false, false, false}},
    {0xe00, 0xfff, {"_typing._ConstEvaluator", 24, 0, fields_162, 1, false, false, false}},
    {0xc00, 0xcff, {"_xxinterpchannels.ChannelID", 40, 0, NULL, 0, false, false, false}},
    {0xa00, 0xfff, {"anext_awaitable", 32, 0, fields_163, 2, false, false, false}},
    {0x700, 0x9ff, {"array.array", 64, 0, NULL, 0, false, false, false}},
    {0xa00, 0xfff, {"array.array", 64, 0, NULL, 0, true, false, false}},
    {0xa00, 0xfff, {"array.arrayiterator", 40, 0, fields_164, 1, true, false, false}},
    {0x700, 0x9ff, {"arrayiterator", 40, 0, fields_164, 1, false, false, false}},
    {0x900, 0xfff, {"ast.AST", 24, 0, fields_56, 1, true, false, false}},
    {0x700, 0x7ff, {"async_generator", 112, 0, fields_165, 8, false, false, false}},
    {0xa00, 0xaff, {"async_generator", 112, 0, fields_166, 8, false, false, false}},
    {0x800, 0x9ff, {"async_generator", 120, 0, fields_165, 8, false, false, false}},
    {0xc00, 0xdff, {"async_generator", 144, 8, fields_167, 4, false, false, false}},
    {0xb00, 0xbff, {"async_generator", 152, 8, fields_168, 5, false, false, false}},
    {0xe00, 0xfff, {"async_generator", 152, 8, fields_167, 4, false, false, false}},
    {0x700, 0xfff, {"async_generator_asend", 40, 0, fields_169, 2, false, false, false}},
    {0x700, 0xeff, {"async_generator_athrow", 40, 0, fields_170, 2, false, false, false}},
    {0xf00, 0xfff, {"async_generator_athrow", 56, 0, fields_171, 4, false, false, false}},
    {0xa00, 0xfff, {"async_generator_wrapped_value", 24, 0, fields_172, 1, false, false, false}},
    {0x700, 0xdff, {"asyncgen_hooks", 24, 8, NULL, 0, false, true, false}},
    {0xe00, 0xfff, {"asyncgen_hooks", 32, 8, NULL, 0, false, true, false}},
    {0xc00, 0xfff, {"bool", 24, 4, NULL, 0, false, false, false}},
    {0x700, 0xbff, {"bool", 32, 4, NULL, 0, false, false, false}},
    {0x700, 0x7ff, {"builtin_function_or_method", 48, 0, fields_173, 2, false, false, false}},
    {0x800, 0xfff, {"builtin_function_or_method", 56, 0, fields_173, 2, false, false, false}},
    {0x900, 0xfff, {"builtin_method", 64, 0, fields_174, 3, false, false, false}},
    {0x700, 0xeff, {"bytearray", 56, 0, NULL, 0, false, false, false}},
    {0xf00, 0xfff, {"bytearray", 64, 0, fields_175, 1, false, false, false}},
    {0x700, 0xfff, {"bytearray_iterator", 32, 0, fields_176, 1, false, false, false}},
    {0x700, 0xfff, {"bytes", 33, 1, NULL, 0, false, false, false}},
    {0x700, 0xfff, {"bytes_iterator", 32, 0, fields_176, 1, false, false, false}},
    {0x700, 0xfff, {"callable_iterator", 32, 0, fields_177, 2, false, false, false}},
    {0x700, 0xfff, {"cell", 24, 0, fields_178, 1, false, false, false}},
    {0x700, 0xfff, {"classmethod", 32, 0, fields_179, 2, false, false, false}},
    {0x700, 0x7ff, {"classmethod_descriptor", 48, 0, fields_180, 3, false, false, false}},
    {0x800, 0xfff, {"classmethod_descriptor", 56, 0, fields_180, 3, false, false, false}},
    {0x700, 0x7ff, {"code", 144, 0, fields_181, 9, false, false, false}},
    {0x800, 0x9ff, {"code", 176, 0, fields_182, 9, false, false, false}},
    {0xa00, 0xaff, {"code", 176, 0, fields_183, 9, false, false, false}},
    {0xb00, 0xbff, {"code", 184, 2, fields_184, 10, false, false, false}},
    {0xc00, 0xcff, {"code", 192, 2, fields_185, 9, false, false, false}},
    {0xd00, 0xdff, {"code", 200, 2, fields_185, 9, false, false, false}},
    {0xe00, 0xfff, {"code", 208, 2, fields_185, 9, false, false, false}},
    {0x700, 0xfff, {"collections.OrderedDict", 112, 0, fields_186, 1, false, false, false}},
    {0xc00, 0xfff, {"collections._deque_iterator", 56, 0, fields_73, 1, true, false, false}},
    {0xc00, 0xfff, {"collections._deque_reverse_iterator", 56, 0, fields_73, 1, true, false, false}},
    {0xc00, 0xfff, {"collections._tuplegetter", 32, 0, fields_74, 1, true, false, false}},
    {0x700, 0xbff, {"collections.defaultdict", 56, 0, fields_187, 1, false, false, false}},
    {0xc00, 0xfff, {"collections.defaultdict", 56, 0, fields_187, 1, true, false, false}},
    {0x700, 0xaff, {"collections.deque", 80, 0, NULL, 0, false, false, false}},
    {0xb00, 0xbff, {"collections.deque", 216, 0, NULL, 0, false, false, false}},
    {0xc00, 0xfff, {"collections.deque", 216, 0, NULL, 0, true, false, false}},
    {0x700, 0xfff, {"complex", 32, 0, NULL, 0, false, false, false}},
    {0xe00, 0xfff, {"compression.zstd.ZstdCompressor", 56, 0, fields_188, 1, true, false, false}},
    {0xe00, 0xfff, {"compression.zstd.ZstdDecompressor", 80, 0, fields_189, 2, true, false, false}},
    {0xe00, 0xfff, {"compression.zstd.ZstdDict", 56, 0, fields_190, 1, true, false, false}},
    {0xe00, 0xfff, {"concurrent.interpreters.InterpreterError", 72, 0, fields_1, 6, false, false, false}},
    {0xe00, 0xfff, {"concurrent.interpreters.InterpreterNotFoundError", 72, 0, fields_1, 6, false, false, false}},
    {0xa00, 0xaff, {"coroutine", 96, 0, fields_191, 8, false, false, false}},
    {0x700, 0x9ff, {"coroutine", 104, 0, fields_192, 8, false, false, false}},
    {0xc00, 0xdff, {"coroutine", 144, 8, fields_193, 4, false, false, false}},
    {0xb00, 0xbff, {"coroutine", 152, 8, fields_194, 5, false, false, false}},
    {0xe00, 0xfff, {"coroutine", 152, 8, fields_193, 4, false, false, false}},
    {0x700, 0xfff, {"coroutine_wrapper", 24, 0, fields_195, 1, false, false, false}},
    {0xe00, 0xfff, {"ctypes.CField", 80, 0, fields_196, 2, true, false, false}},
    {0x800, 0xaff, {"curses.ncurses_version", 24, 8, NULL, 0, false, true, false}},
    {0xb00, 0xdff, {"curses.ncurses_version", 24, 8, NULL, 0, true, true, false}},
    {0xe00, 0xfff, {"curses.ncurses_version", 32, 8, NULL, 0, true, true, false}},
    {0x900, 0xcff, {"datetime.IsoCalendarDate", 32, 8, NULL, 0, false, true, false}},
    {0xd00, 0xdff, {"datetime.IsoCalendarDate", 32, 8, NULL, 0, true, true, false}},
    {0xe00, 0xfff, {"datetime.IsoCalendarDate", 40, 8, NULL, 0, true, true, false}},
    {0x700, 0xfff, {"datetime.date", 32, 0, NULL, 0, false, false, false}},
    {0x700, 0xdff, {"datetime.datetime", 48, 0, fields_197, 1, false, false, false}},
    {0xe00, 0xfff, {"datetime.datetime", 48, 0, NULL, 0, false, false, false}},
    {0x700, 0xdff, {"datetime.time", 40, 0, fields_198, 1, false, false, false}},
    {0xe00, 0xfff, {"datetime.time", 40, 0, NULL, 0, false, false, false}},
    {0x700, 0xfff, {"datetime.timedelta", 40, 0, NULL, 0, false, false, false}},
    {0x700, 0xfff, {"datetime.timezone", 32, 0, fields_199, 2, false, false, false}},
    {0x700, 0xfff, {"datetime.tzinfo", 16, 0, NULL, 0, false, false, false}},
    {0x700, 0xcff, {"decimal.Context", 96, 0, fields_200, 2, false, false, false}},
    {0xd00, 0xdff, {"decimal.Context", 96, 0, fields_201, 2, true, false, false}},
    {0xe00, 0xfff, {"decimal.Context", 104, 0, fields_201, 2, true, false, false}},
    {0x700, 0xcff, {"decimal.ContextManager", 32, 0, fields_202, 2, false, false, false}},
    {0xd00, 0xfff, {"decimal.ContextManager", 32, 0, fields_203, 2, true, false, false}},
    {0x700, 0xcff, {"decimal.Decimal", 104, 0, NULL, 0, false, false, false}},
    {0xd00, 0xfff, {"decimal.Decimal", 104, 0, NULL, 0, true, false, false}},
    {0x700, 0xcff, {"decimal.SignalDictMixin", 24, 0, NULL, 0, false, false, false}},
    {0xd00, 0xfff, {"decimal.SignalDictMixin", 24, 0, NULL, 0, true, false, false}},
    {0x700, 0xfff, {"dict", 48, 0, NULL, 0, false, false, false}},
    {0x700, 0xfff, {"dict_itemiterator", 56, 0, fields_204, 2, false, false, false}},
    {0x700, 0xfff, {"dict_items", 24, 0, fields_205, 1, false, false, false}},
    {0x700, 0xfff, {"dict_keyiterator", 56, 0, fields_204, 2, false, false, false}},
    {0x700, 0xfff, {"dict_keys", 24, 0, fields_205, 1, false, false, false}},
    {0x800, 0xfff, {"dict_reverseitemiterator", 56, 0, fields_204, 2, false, false, false}},
    {0x800, 0xfff, {"dict_reversekeyiterator", 56, 0, fields_204, 2, false, false, false}},
    {0x800, 0xfff, {"dict_reversevalueiterator", 56, 0, fields_204, 2, false, false, false}},
    {0x700, 0xfff, {"dict_valueiterator", 56, 0, fields_204, 2, false, false, false}},
    {0x700, 0xfff, {"dict_values", 24, 0, fields_205, 1, false, false, false}},
    {0x700, 0xfff, {"ellipsis", 16, 0, NULL, 0, false, false, false}},
    {0x700, 0xaff, {"enumerate", 48, 0, fields_206, 3, false, false, false}},
    {0xb00, 0xfff, {"enumerate", 56, 0, fields_207, 4, false, false, false}},
    {0x700, 0xfff, {"fieldnameiterator", 56, 0, fields_208, 2, false, false, false}},
    {0x700, 0xfff, {"filter", 32, 0, fields_209, 2, false, false, false}},
    {0x700, 0xfff, {"float", 24, 0, NULL, 0, false, false, false}},
    {0x700, 0xfff, {"formatteriterator", 48, 0, fields_210, 2, false, false, false}},
    {0xb00, 0xcff, {"frame", 120, 8, fields_211, 2, false, false, false}},
    {0xd00, 0xdff, {"frame", 136, 8, fields_212, 4, false, false, false}},
    {0xe00, 0xfff, {"frame", 152, 8, fields_213, 5, false, false, false}},
    {0xa00, 0xaff, {"frame", 360, 8, fields_214, 7, false, false, false}},
    {0x700, 0x9ff, {"frame", 368, 8, fields_215, 7, false, false, false}},
    {0xf00, 0xfff, {"frozendict", 56, 0, NULL, 0, false, false, false}},
    {0x700, 0xfff, {"frozenset", 200, 0, NULL, 0, false, false, false}},
    {0x700, 0x7ff, {"function", 112, 0, fields_216, 11, false, false, false}},
    {0x800, 0x9ff, {"function", 120, 0, fields_216, 11, false, false, false}},
    {0xa00, 0xaff, {"function", 128, 0, fields_217, 12, false, false, false}},
    {0xb00, 0xbff, {"function", 136, 0, fields_217, 12, false, false, false}},
    {0xc00, 0xdff, {"function", 144, 0, fields_218, 13, false, false, false}},
    {0xe00, 0xfff, {"function", 152, 0, fields_219, 14, false, false, false}},
    {0xa00, 0xfff, {"functools.KeyWrapper", 32, 0, fields_220, 2, true, false, false}},
    {0xe00, 0xfff, {"functools._PlaceholderType", 16, 0, NULL, 0, true, false, false}},
    {0x700, 0x8ff, {"functools._lru_cache_wrapper", 128, 0, fields_221, 6, false, false, false}},
    {0x900, 0x9ff, {"functools._lru_cache_wrapper", 136, 0, fields_221, 6, false, false, false}},
    {0xa00, 0xfff, {"functools._lru_cache_wrapper", 152, 0, fields_222, 8, true, false, false}},
    {0xa00, 0xfff, {"functools._lru_list_elem", 56, 0, fields_223, 4, false, false, false}},
    {0x700, 0x9ff, {"functools.partial", 64, 0, fields_224, 4, false, false, false}},
    {0xa00, 0xdff, {"functools.partial", 64, 0, fields_224, 4, true, false, false}},
    {0xe00, 0xfff, {"functools.partial", 80, 0, fields_224, 4, true, false, false}},
    {0xa00, 0xaff, {"generator", 88, 0, fields_225, 7, false, false, false}},
    {0x700, 0x9ff, {"generator", 96, 0, fields_226, 7, false, false, false}},
    {0xc00, 0xdff, {"generator", 144, 8, fields_227, 4, false, false, false}},
    {0xb00, 0xbff, {"generator", 152, 8, fields_228, 5, false, false, false}},
    {0xe00, 0xfff, {"generator", 152, 8, fields_229, 3, false, false, false}},
    {0xb00, 0xfff, {"generic_alias_iterator", 24, 0, fields_230, 1, false, false, false}},
    {0x700, 0xfff, {"getset_descriptor", 48, 0, fields_180, 3, false, false, false}},
    {0x700, 0x8ff, {"grp.struct_group", 24, 8, NULL, 0, false, true, false}},
    {0x900, 0xdff, {"grp.struct_group", 24, 8, NULL, 0, true, true, false}},
    {0xe00, 0xfff, {"grp.struct_group", 32, 8, NULL, 0, true, true, false}},
    {0x700, 0xfff, {"hamt", 40, 0, fields_231, 1, false, false, false}},
    {0x700, 0xfff, {"hamt_array_node", 280, 0, fields_232, 32, false, false, false}},
    {0x700, 0xfff, {"hamt_bitmap_node", 32, 8, NULL, 0, false, true, false}},
    {0x700, 0xfff, {"hamt_collision_node", 32, 8, NULL, 0, false, true, false}},
    {0x700, 0xfff, {"instancemethod", 24, 0, fields_233, 1, false, false, false}},
    {0x700, 0xfff, {"int", 24, 4, NULL, 0, false, false, false}},
    {0xd00, 0xdff, {"interpreters.InterpreterError", 72, 0, fields_1, 6, false, false, false}},
    {0xd00, 0xdff, {"interpreters.InterpreterNotFoundError", 72, 0, fields_1, 6, false, false, false}},
    {0x700, 0xfff, {"items", 168, 0, fields_234, 1, false, false, false}},
    {0x700, 0xfff, {"iterator", 32, 0, fields_176, 1, false, false, false}},
    {0x700, 0xbff, {"itertools._grouper", 32, 0, fields_235, 2, false, false, false}},
    {0xc00, 0xfff, {"itertools._grouper", 32, 0, fields_235, 2, true, false, false}},
    {0x700, 0xbff, {"itertools._tee", 40, 0, fields_236, 1, false, false, false}},
    {0xc00, 0xfff, {"itertools._tee", 48, 0, fields_236, 1, true, false, false}},
    {0x700, 0xbff, {"itertools._tee_dataobject", 496, 0, fields_237, 2, false, false, false}},
    {0xc00, 0xfff, {"itertools._tee_dataobject", 496, 0, fields_237, 2, true, false, false}},
    {0x700, 0x7ff, {"itertools.accumulate", 40, 0, fields_238, 3, false, false, false}},
    {0x800, 0xbff, {"itertools.accumulate", 48, 0, fields_239, 4, false, false, false}},
    {0xc00, 0xfff, {"itertools.accumulate", 56, 0, fields_239, 4, true, false, false}},
    {0xc00, 0xcff, {"itertools.batched", 32, 0, fields_240, 1, true, false, false}},
    {0xd00, 0xfff, {"itertools.batched", 40, 0, fields_240, 1, true, false, false}},
    {0x700, 0xbff, {"itertools.chain", 32, 0, fields_241, 2, false, false, false}},
    {0xc00, 0xfff, {"itertools.chain", 32, 0, fields_241, 2, true, false, false}},
    {0x700, 0xbff, {"itertools.combinations", 56, 0, fields_242, 2, false, false, false}},
    {0xc00, 0xfff, {"itertools.combinations", 56, 0, fields_242, 2, true, false, false}},
    {0x700, 0xbff, {"itertools.combinations_with_replacement", 56, 0, fields_242, 2, false, false, false}},
    {0xc00, 0xfff, {"itertools.combinations_with_replacement", 56, 0, fields_242, 2, true, false, false}},
    {0x700, 0xbff, {"itertools.compress", 32, 0, fields_243, 2, false, false, false}},
    {0xc00, 0xfff, {"itertools.compress", 32, 0, fields_243, 2, true, false, false}},
    {0x700, 0xbff, {"itertools.count", 40, 0, fields_244, 2, false, false, false}},
    {0xc00, 0xfff, {"itertools.count", 40, 0, fields_244, 2, true, false, false}},
    {0xe00, 0xfff, {"itertools.cycle", 40, 0, fields_245, 2, true, false, false}},
    {0x700, 0xbff, {"itertools.cycle", 48, 0, fields_245, 2, false, false, false}},
    {0xc00, 0xdff, {"itertools.cycle", 48, 0, fields_245, 2, true, false, false}},
    {0x700, 0xbff, {"itertools.dropwhile", 40, 0, fields_209, 2, false, false, false}},
    {0xc00, 0xfff, {"itertools.dropwhile", 40, 0, fields_209, 2, true, false, false}},
    {0x700, 0xbff, {"itertools.filterfalse", 32, 0, fields_209, 2, false, false, false}},
    {0xc00, 0xfff, {"itertools.filterfalse", 32, 0, fields_209, 2, true, false, false}},
    {0x700, 0xbff, {"itertools.groupby", 64, 0, fields_246, 5, false, false, false}},
    {0xc00, 0xfff, {"itertools.groupby", 72, 0, fields_246, 5, true, false, false}},
    {0x700, 0xbff, {"itertools.islice", 56, 0, fields_240, 1, false, false, false}},
    {0xc00, 0xfff, {"itertools.islice", 56, 0, fields_240, 1, true, false, false}},
    {0xa00, 0xbff, {"itertools.pairwise", 32, 0, fields_247, 2, false, false, false}},
    {0xc00, 0xcff, {"itertools.pairwise", 32, 0, fields_247, 2, true, false, false}},
    {0xd00, 0xfff, {"itertools.pairwise", 40, 0, fields_248, 3, true, false, false}},
    {0x700, 0xbff, {"itertools.permutations", 64, 0, fields_249, 2, false, false, false}},
    {0xc00, 0xfff, {"itertools.permutations", 64, 0, fields_249, 2, true, false, false}},
    {0x700, 0xbff, {"itertools.product", 48, 0, fields_250, 2, false, false, false}},
    {0xc00, 0xfff, {"itertools.product", 48, 0, fields_250, 2, true, false, false}},
    {0x700, 0xbff, {"itertools.repeat", 32, 0, fields_251, 1, false, false, false}},
    {0xc00, 0xfff, {"itertools.repeat", 32, 0, fields_251, 1, true, false, false}},
    {0x700, 0xbff, {"itertools.starmap", 32, 0, fields_209, 2, false, false, false}},
    {0xc00, 0xfff, {"itertools.starmap", 32, 0, fields_209, 2, true, false, false}},
    {0x700, 0xbff, {"itertools.takewhile", 40, 0, fields_209, 2, false, false, false}},
    {0xc00, 0xfff, {"itertools.takewhile", 40, 0, fields_209, 2, true, false, false}},
    {0x700, 0xbff, {"itertools.zip_longest", 56, 0, fields_252, 3, false, false, false}},
    {0xc00, 0xfff, {"itertools.zip_longest", 56, 0, fields_252, 3, true, false, false}},
    {0x700, 0xfff, {"keys", 168, 0, fields_234, 1, false, false, false}},
    {0xf00, 0xfff, {"lazy_import", 56, 0, fields_253, 4, false, false, false}},
    {0xb00, 0xfff, {"line_iterator", 64, 0, fields_254, 1, false, false, false}},
    {0xa00, 0xaff, {"line_iterator", 72, 0, fields_254, 1, false, false, false}},
    {0x700, 0xfff, {"list", 40, 0, NULL, 0, false, false, false}},
    {0x700, 0xfff, {"list_iterator", 32, 0, fields_176, 1, false, false, false}},
    {0x700, 0xfff, {"list_reverseiterator", 32, 0, fields_176, 1, false, false, false}},
    {0xc00, 0xfff, {"longrange_iterator", 40, 0, fields_255, 3, false, false, false}},
    {0x700, 0xbff, {"longrange_iterator", 48, 0, fields_256, 4, false, false, false}},
    {0x700, 0xfff, {"managedbuffer", 112, 0, fields_257, 1, false, false, false}},
    {0x700, 0xdff, {"map", 32, 0, fields_258, 2, false, false, false}},
    {0xe00, 0xfff, {"map", 40, 0, fields_258, 2, false, false, false}},
    {0x700, 0xfff, {"mappingproxy", 24, 0, fields_259, 1, false, false, false}},
    {0x700, 0xfff, {"member_descriptor", 48, 0, fields_180, 3, false, false, false}},
    {0xa00, 0xfff, {"memory_iterator", 48, 0, fields_176, 1, false, false, false}},
    {0x700, 0xfff, {"memoryview", 144, 8, fields_260, 2, false, false, false}},
    {0x700, 0x7ff, {"method", 40, 0, fields_261, 2, false, false, false}},
    {0x800, 0xfff, {"method", 48, 0, fields_261, 2, false, false, false}},
    {0x700, 0xfff, {"method-wrapper", 32, 0, fields_262, 2, false, false, false}},
    {0x700, 0x7ff, {"method_descriptor", 48, 0, fields_180, 3, false, false, false}},
    {0x800, 0xfff, {"method_descriptor", 56, 0, fields_180, 3, false, false, false}},
    {0x700, 0x8ff, {"mmap.mmap", 72, 0, NULL, 0, false, false, false}},
    {0x900, 0x9ff, {"mmap.mmap", 80, 0, NULL, 0, false, false, false}},
    {0xa00, 0xdff, {"mmap.mmap", 80, 0, NULL, 0, true, false, false}},
    {0xf00, 0xfff, {"mmap.mmap", 80, 0, NULL, 0, true, false, false}},
    {0xd00, 0xeff, {"mmap.mmap", 88, 0, NULL, 0, true, false, false}},
    {0x700, 0xeff, {"module", 56, 0, fields_263, 3, false, false, true}},
    {0xf00, 0xfff, {"module", 104, 0, fields_264, 2, false, false, true}},
    {0x700, 0xfff, {"moduledef", 104, 0, fields_265, 1, false, false, false}},
    {0x700, 0xfff, {"object", 16, 0, NULL, 0, false, false, false}},
    {0x700, 0xfff, {"odict_items", 24, 0, fields_205, 1, false, false, false}},
    {0x700, 0xfff, {"odict_iterator", 64, 0, fields_266, 3, false, false, false}},
    {0x700, 0xfff, {"odict_keys", 24, 0, fields_205, 1, false, false, false}},
    {0x700, 0xfff, {"odict_values", 24, 0, fields_205, 1, false, false, false}},
    {0x700, 0x9ff, {"operator.attrgetter", 32, 0, fields_267, 1, false, false, false}},
    {0xa00, 0xaff, {"operator.attrgetter", 32, 0, fields_267, 1, true, false, false}},
    {0xb00, 0xfff, {"operator.attrgetter", 40, 0, fields_267, 1, true, false, false}},
    {0x700, 0x7ff, {"operator.itemgetter", 32, 0, fields_268, 1, false, false, false}},
    {0x800, 0x9ff, {"operator.itemgetter", 40, 0, fields_268, 1, false, false, false}},
    {0xa00, 0xaff, {"operator.itemgetter", 40, 0, fields_268, 1, true, false, false}},
    {0xb00, 0xfff, {"operator.itemgetter", 48, 0, fields_268, 1, true, false, false}},
    {0x700, 0x9ff, {"operator.methodcaller", 40, 0, fields_269, 3, false, false, false}},
    {0xa00, 0xcff, {"operator.methodcaller", 40, 0, fields_270, 3, true, false, false}},
    {0xd00, 0xdff, {"operator.methodcaller", 64, 0, fields_271, 4, true, false, false}},
    {0xe00, 0xfff, {"operator.methodcaller", 64, 0, fields_272, 5, true, false, false}},
    {0x700, 0x8ff, {"os.stat_result", 24, 8, NULL, 0, false, true, false}},
    {0x900, 0xcff, {"os.stat_result", 24, 8, NULL, 0, true, true, false}},
    {0xd00, 0xdff, {"os.stat_result", 96, 8, NULL, 0, true, true, false}},
    {0xe00, 0xfff, {"os.stat_result", 104, 8, NULL, 0, true, true, false}},
    {0x700, 0x8ff, {"os.statvfs_result", 24, 8, NULL, 0, false, true, false}},
    {0x900, 0xcff, {"os.statvfs_result", 24, 8, NULL, 0, true, true, false}},
    {0xd00, 0xdff, {"os.statvfs_result", 32, 8, NULL, 0, true, true, false}},
    {0xe00, 0xfff, {"os.statvfs_result", 40, 8, NULL, 0, true, true, false}},
    {0xf00, 0xfff, {"os.statx_result", 288, 0, NULL, 0, true, false, false}},
    {0x700, 0x8ff, {"os.terminal_size", 24, 8, NULL, 0, false, true, false}},
    {0x900, 0xdff, {"os.terminal_size", 24, 8, NULL, 0, true, true, false}},
    {0xe00, 0xfff, {"os.terminal_size", 32, 8, NULL, 0, true, true, false}},
    {0x700, 0xcff, {"ossaudiodev.oss_audio_device", 56, 0, NULL, 0, false, false, false}},
    {0x700, 0xcff, {"ossaudiodev.oss_mixer_device", 24, 0, NULL, 0, false, false, false}},
    {0x700, 0x7ff, {"parser.st", 32, 0, NULL, 0, false, false, false}},
    {0x800, 0x9ff, {"parser.st", 40, 0, NULL, 0, false, false, false}},
    {0x800, 0xfff, {"pickle.PickleBuffer", 104, 0, fields_273, 1, false, false, false}},
    {0xb00, 0xfff, {"positions_iterator", 80, 0, fields_274, 1, false, false, false}},
    {0x700, 0xfff, {"posix.DirEntry", 72, 0, fields_275, 4, false, false, false}},
    {0x700, 0xcff, {"posix.ScandirIterator", 104, 0, fields_276, 2, false, false, false}},
    {0xd00, 0xdff, {"posix.ScandirIterator", 120, 0, fields_277, 2, false, false, false}},
    {0xd00, 0xfff, {"posix.ScandirIterator", 128, 0, fields_278, 2, false, false, false}},
    {0x700, 0x8ff, {"posix.sched_param", 24, 8, NULL, 0, false, true, false}},
    {0x900, 0xdff, {"posix.sched_param", 24, 8, NULL, 0, true, true, false}},
    {0xe00, 0xfff, {"posix.sched_param", 32, 8, NULL, 0, true, true, false}},
    {0x700, 0x8ff, {"posix.times_result", 24, 8, NULL, 0, false, true, false}},
    {0x900, 0xdff, {"posix.times_result", 24, 8, NULL, 0, true, true, false}},
    {0xe00, 0xfff, {"posix.times_result", 32, 8, NULL, 0, true, true, false}},
    {0x700, 0x8ff, {"posix.uname_result", 24, 8, NULL, 0, false, true, false}},
    {0x900, 0xdff, {"posix.uname_result", 24, 8, NULL, 0, true, true, false}},
    {0xe00, 0xfff, {"posix.uname_result", 32, 8, NULL, 0, true, true, false}},
    {0x700, 0x8ff, {"posix.waitid_result", 24, 8, NULL, 0, false, true, false}},
    {0x900, 0xdff, {"posix.waitid_result", 24, 8, NULL, 0, true, true, false}},
    {0xe00, 0xfff, {"posix.waitid_result", 32, 8, NULL, 0, true, true, false}},
    {0x700, 0x9ff, {"property", 56, 0, fields_279, 4, false, false, false}},
    {0xa00, 0xcff, {"property", 64, 0, fields_280, 5, false, false, false}},
    {0xd00, 0xfff, {"property", 64, 0, fields_281, 5, false, false, false}},
    {0x700, 0x8ff, {"pwd.struct_passwd", 24, 8, NULL, 0, false, true, false}},
    {0x900, 0xdff, {"pwd.struct_passwd", 24, 8, NULL, 0, true, true, false}},
    {0xe00, 0xfff, {"pwd.struct_passwd", 32, 8, NULL, 0, true, true, false}},
    {0x700, 0x7ff, {"pyexpat.xmlparser", 72, 0, fields_282, 1, false, false, true}},
    {0x800, 0x9ff, {"pyexpat.xmlparser", 72, 0, fields_283, 1, false, false, true}},
    {0xa00, 0xcff, {"pyexpat.xmlparser", 72, 0, fields_283, 1, true, false, true}},
    {0xd00, 0xdff, {"pyexpat.xmlparser", 80, 0, fields_284, 1, true, false, true}},
    {0xd00, 0xfff, {"pyexpat.xmlparser", 88, 0, fields_285, 2, true, false, true}},
    {0x700, 0xfff, {"range", 48, 0, fields_286, 4, false, false, false}},
    {0xc00, 0xfff, {"range_iterator", 40, 0, NULL, 0, false, false, false}},
    {0x700, 0xbff, {"range_iterator", 48, 0, NULL, 0, false, false, false}},
    {0x700, 0x9ff, {"re.Match", 88, 8, fields_287, 3, false, false, false}},
    {0xa00, 0xfff, {"re.Match", 88, 8, fields_288, 3, true, false, false}},
    {0x700, 0x9ff, {"re.Pattern", 96, 4, fields_289, 3, false, false, false}},
    {0xa00, 0xfff, {"re.Pattern", 96, 4, fields_290, 3, true, false, false}},
    {0x700, 0x9ff, {"resource.struct_rusage", 24, 8, NULL, 0, false, true, false}},
    {0xa00, 0xdff, {"resource.struct_rusage", 24, 8, NULL, 0, true, true, false}},
    {0xe00, 0xfff, {"resource.struct_rusage", 32, 8, NULL, 0, true, true, false}},
    {0x700, 0xfff, {"reversed", 32, 0, fields_291, 1, false, false, false}},
    {0x700, 0xfff, {"select.epoll", 24, 0, NULL, 0, false, false, false}},
    {0x700, 0xfff, {"select.poll", 48, 0, fields_292, 1, false, false, false}},
    {0xf00, 0xfff, {"sentinel", 40, 0, fields_293, 3, false, false, false}},
    {0x700, 0xfff, {"set", 200, 0, NULL, 0, false, false, false}},
    {0x700, 0xfff, {"set_iterator", 48, 0, fields_294, 1, false, false, false}},
    {0x700, 0xaff, {"signal.struct_siginfo", 24, 8, NULL, 0, false, true, false}},
    {0xb00, 0xdff, {"signal.struct_siginfo", 24, 8, NULL, 0, true, true, false}},
    {0xe00, 0xfff, {"signal.struct_siginfo", 32, 8, NULL, 0, true, true, false}},
    {0x700, 0xfff, {"slice", 40, 0, fields_295, 3, false, false, false}},
    {0x700, 0x9ff, {"spwd.struct_spwd", 24, 8, NULL, 0, false, true, false}},
    {0xa00, 0xcff, {"spwd.struct_spwd", 24, 8, NULL, 0, true, true, false}},
    {0xb00, 0xfff, {"sqlite3.Blob", 48, 0, fields_296, 1, true, false, false}},
    {0x700, 0x9ff, {"sqlite3.Cache", 64, 0, fields_297, 4, false, false, false}},
    {0xa00, 0xaff, {"sqlite3.Cache", 64, 0, fields_298, 4, true, false, false}},
    {0xf00, 0xfff, {"sqlite3.Connection", 208, 0, fields_299, 4, true, false, true}},
    {0xb00, 0xbff, {"sqlite3.Connection", 216, 0, fields_300, 15, true, false, true}},
    {0x700, 0x7ff, {"sqlite3.Connection", 224, 0, fields_301, 18, false, false, true}},
    {0xc00, 0xeff, {"sqlite3.Connection", 224, 0, fields_302, 15, true, false, true}},
    {0x800, 0x8ff, {"sqlite3.Connection", 240, 0, fields_303, 20, false, false, true}},
    {0x900, 0x9ff, {"sqlite3.Connection", 240, 0, fields_304, 20, false, false, true}},
    {0xa00, 0xaff, {"sqlite3.Connection", 240, 0, fields_305, 20, true, false, true}},
    {0xb00, 0xfff, {"sqlite3.Cursor", 104, 0, fields_306, 6, true, false, false}},
    {0x700, 0x9ff, {"sqlite3.Cursor", 112, 0, fields_307, 7, false, false, false}},
    {0xa00, 0xaff, {"sqlite3.Cursor", 112, 0, fields_308, 7, true, false, false}},
    {0xa00, 0xaff, {"sqlite3.Node", 56, 0, fields_309, 4, true, false, false}},
    {0x700, 0x9ff, {"sqlite3.PrepareProtocol", 16, 0, NULL, 0, false, false, false}},
    {0xa00, 0xfff, {"sqlite3.PrepareProtocol", 16, 0, NULL, 0, true, false, false}},
    {0x700, 0x9ff, {"sqlite3.Row", 32, 0, fields_310, 2, false, false, false}},
    {0xa00, 0xfff, {"sqlite3.Row", 32, 0, fields_311, 2, true, false, false}},
    {0xb00, 0xfff, {"sqlite3.Statement", 32, 0, NULL, 0, true, false, false}},
    {0x700, 0x9ff, {"sqlite3.Statement", 56, 0, fields_312, 1, false, false, false}},
    {0xa00, 0xaff, {"sqlite3.Statement", 56, 0, fields_313, 1, true, false, false}},
    {0x700, 0x9ff, {"sqlite3Node", 56, 0, fields_314, 4, false, false, false}},
    {0x700, 0xfff, {"staticmethod", 32, 0, fields_179, 2, false, false, false}},
    {0x700, 0xfff, {"stderrprinter", 24, 0, NULL, 0, false, false, false}},
    {0xc00, 0xfff, {"str", 64, 0, NULL, 0, false, false, false}},
    {0x700, 0xbff, {"str", 80, 0, NULL, 0, false, false, false}},
    {0xb00, 0xfff, {"str_ascii_iterator", 32, 0, fields_176, 1, false, false, false}},
    {0x700, 0xfff, {"str_iterator", 32, 0, fields_176, 1, false, false, false}},
    {0xe00, 0xfff, {"string.templatelib.Interpolation", 48, 0, fields_315, 4, false, false, false}},
    {0xe00, 0xfff, {"string.templatelib.Template", 32, 0, fields_316, 2, false, false, false}},
    {0xe00, 0xfff, {"string.templatelib.TemplateIter", 40, 0, fields_317, 2, false, false, false}},
    {0x700, 0xfff, {"super", 40, 0, fields_318, 3, false, false, false}},
    {0x700, 0x9ff, {"symtable entry", 104, 0, fields_319, 6, false, false, false}},
    {0xa00, 0xcff, {"symtable entry", 120, 0, fields_319, 6, false, false, false}},
    {0xd00, 0xdff, {"symtable entry", 144, 0, fields_320, 7, false, false, false}},
    {0xe00, 0xeff, {"symtable entry", 144, 0, fields_321, 8, false, false, false}},
    {0xf00, 0xfff, {"symtable entry", 152, 0, fields_322, 9, false, false, false}},
    {0x700, 0xcff, {"sys.flags", 24, 8, NULL, 0, false, true, false}},
    {0xd00, 0xdff, {"sys.flags", 32, 8, NULL, 0, false, true, false}},
    {0xe00, 0xeff, {"sys.flags", 56, 8, NULL, 0, false, true, false}},
    {0xf00, 0xfff, {"sys.flags", 64, 8, NULL, 0, false, true, false}},
    {0x700, 0xdff, {"sys.float_info", 24, 8, NULL, 0, false, true, false}},
    {0xe00, 0xfff, {"sys.float_info", 32, 8, NULL, 0, false, true, false}},
    {0x700, 0xdff, {"sys.hash_info", 24, 8, NULL, 0, false, true, false}},
    {0xe00, 0xfff, {"sys.hash_info", 32, 8, NULL, 0, false, true, false}},
    {0x700, 0xdff, {"sys.int_info", 24, 8, NULL, 0, false, true, false}},
    {0xe00, 0xfff, {"sys.int_info", 32, 8, NULL, 0, false, true, false}},
    {0xc00, 0xfff, {"sys.legacy_event_handler", 32, 0, NULL, 0, false, false, false}},
    {0x700, 0xdff, {"sys.thread_info", 24, 8, NULL, 0, false, true, false}},
    {0xe00, 0xfff, {"sys.thread_info", 32, 8, NULL, 0, false, true, false}},
    {0x700, 0xdff, {"sys.version_info", 24, 8, NULL, 0, false, true, false}},
    {0xe00, 0xfff, {"sys.version_info", 32, 8, NULL, 0, false, true, false}},
    {0x700, 0xaff, {"time.struct_time", 24, 8, NULL, 0, false, true, false}},
    {0xb00, 0xcff, {"time.struct_time", 24, 8, NULL, 0, true, true, false}},
    {0xd00, 0xdff, {"time.struct_time", 40, 8, NULL, 0, true, true, false}},
    {0xe00, 0xfff, {"time.struct_time", 48, 8, NULL, 0, true, true, false}},
    {0x700, 0xfff, {"traceback", 40, 0, fields_323, 2, false, false, false}},
    {0x700, 0xdff, {"tuple", 24, 8, NULL, 0, false, true, false}},
    {0xe00, 0xfff, {"tuple", 32, 8, NULL, 0, false, true, false}},
    {0x700, 0xfff, {"tuple_iterator", 32, 0, fields_176, 1, false, false, false}},
    {0x700, 0x7ff, {"type", 864, 40, NULL, 0, false, false, false}},
    {0x800, 0x9ff, {"type", 880, 40, NULL, 0, false, false, false}},
    {0xa00, 0xaff, {"type", 888, 40, NULL, 0, false, false, false}},
    {0xb00, 0xbff, {"type", 904, 40, NULL, 0, false, false, false}},
    {0xc00, 0xcff, {"type", 920, 40, NULL, 0, false, false, false}},
    {0xd00, 0xdff, {"type", 928, 40, NULL, 0, false, false, false}},
    {0xe00, 0xeff, {"type", 936, 40, NULL, 0, false, false, false}},
    {0xf00, 0xfff, {"type", 944, 40, NULL, 0, false, false, false}},
    {0x900, 0xaff, {"types.GenericAlias", 48, 0, fields_324, 3, false, false, false}},
    {0xb00, 0xfff, {"types.GenericAlias", 64, 0, fields_324, 3, false, false, false}},
    {0x700, 0xfff, {"types.SimpleNamespace", 24, 0, fields_56, 1, false, false, false}},
    {0xa00, 0xdff, {"types.UnionType", 32, 0, fields_325, 2, false, false, false}},
    {0xc00, 0xfff, {"typing.Generic", 16, 0, NULL, 0, true, false, false}},
    {0xc00, 0xcff, {"typing.ParamSpec", 40, 0, fields_326, 2, true, false, false}},
    {0xd00, 0xd11, {"typing.ParamSpec", 56, 0, fields_327, 4, true, false, false}},
    {0xd12, 0xdff, {"typing.ParamSpec", 56, 0, fields_328, 4, true, false, false}},
    {0xe00, 0xfff, {"typing.ParamSpec", 56, 0, fields_329, 4, true, false, false}},
    {0xc00, 0xfff, {"typing.ParamSpecArgs", 24, 0, fields_330, 1, false, false, false}},
    {0xc00, 0xfff, {"typing.ParamSpecKwargs", 24, 0, fields_330, 1, false, false, false}},
    {0xc00, 0xcff, {"typing.TypeAliasType", 56, 0, fields_331, 5, false, false, false}},
    {0xd00, 0xd11, {"typing.TypeAliasType", 56, 0, fields_332, 5, false, false, false}},
    {0xd12, 0xdff, {"typing.TypeAliasType", 56, 0, fields_333, 5, false, false, false}},
    {0xe00, 0xeff, {"typing.TypeAliasType", 56, 0, fields_334, 5, false, false, false}},
    {0xf00, 0xfff, {"typing.TypeAliasType", 64, 0, fields_335, 6, false, false, false}},
    {0xc00, 0xcff, {"typing.TypeVar", 64, 0, fields_336, 5, true, false, false}},
    {0xd00, 0xd11, {"typing.TypeVar", 80, 0, fields_337, 7, true, false, false}},
    {0xd12, 0xdff, {"typing.TypeVar", 80, 0, fields_338, 7, true, false, false}},
    {0xe00, 0xfff, {"typing.TypeVar", 80, 0, fields_339, 7, true, false, false}},
    {0xc00, 0xcff, {"typing.TypeVarTuple", 24, 0, fields_340, 1, true, false, false}},
    {0xd00, 0xd11, {"typing.TypeVarTuple", 40, 0, fields_341, 3, true, false, false}},
    {0xd12, 0xdff, {"typing.TypeVarTuple", 40, 0, fields_342, 3, true, false, false}},
    {0xe00, 0xeff, {"typing.TypeVarTuple", 40, 0, fields_343, 3, true, false, false}},
    {0xf00, 0xfff, {"typing.TypeVarTuple", 56, 0, fields_329, 4, true, false, false}},
    {0xe00, 0xfff, {"typing.Union", 56, 0, fields_344, 4, false, false, false}},
    {0xf00, 0xfff, {"unicodedata.GraphemeBreakIterator", 64, 0, fields_162, 1, true, false, false}},
    {0xf00, 0xfff, {"unicodedata.Segment", 40, 0, fields_162, 1, true, false, false}},
    {0x700, 0x9ff, {"unicodedata.UCD", 40, 0, NULL, 0, false, false, false}},
    {0xa00, 0xfff, {"unicodedata.UCD", 40, 0, NULL, 0, true, false, false}},
    {0x700, 0x8ff, {"unpack_iterator", 112, 0, fields_154, 2, false, false, false}},
    {0xf00, 0xfff, {"uop_executor", 104, 1, NULL, 0, false, false, false}},
    {0xe00, 0xeff, {"uop_executor", 128, 1, NULL, 0, false, false, false}},
    {0x700, 0xfff, {"values", 168, 0, fields_234, 1, false, false, false}},
    {0x700, 0x9ff, {"weakcallableproxy", 56, 0, fields_345, 4, false, false, false}},
    {0x700, 0x9ff, {"weakproxy", 56, 0, fields_345, 4, false, false, false}},
    {0x700, 0x9ff, {"weakref", 56, 0, fields_345, 4, false, false, false}},
    {0xa00, 0xaff, {"weakref.CallableProxyType", 56, 0, fields_345, 4, false, false, false}},
    {0xb00, 0xfff, {"weakref.CallableProxyType", 64, 0, fields_345, 4, false, false, false}},
    {0xa00, 0xaff, {"weakref.ProxyType", 56, 0, fields_345, 4, false, false, false}},
    {0xb00, 0xfff, {"weakref.ProxyType", 64, 0, fields_345, 4, false, false, false}},
    {0xa00, 0xaff, {"weakref.ReferenceType", 56, 0, fields_345, 4, false, false, false}},
    {0xb00, 0xfff, {"weakref.ReferenceType", 64, 0, fields_345, 4, false, false, false}},
    {0x700, 0xfff, {"wrapper_descriptor", 56, 0, fields_180, 3, false, false, false}},
    {0x700, 0xbff, {"xml.etree.ElementTree.Element", 56, 0, fields_346, 3, false, false, false}},
    {0xc00, 0xfff, {"xml.etree.ElementTree.Element", 56, 0, fields_346, 3, true, false, false}},
    {0x700, 0x7ff, {"xml.etree.ElementTree.TreeBuilder", 112, 0, fields_347, 11, false, false, false}},
    {0x800, 0xbff, {"xml.etree.ElementTree.TreeBuilder", 160, 0, fields_348, 16, false, false, false}},
    {0xc00, 0xfff, {"xml.etree.ElementTree.TreeBuilder", 168, 0, fields_348, 16, true, false, false}},
    {0x700, 0x7ff, {"xml.etree.ElementTree.XMLParser", 104, 0, fields_349, 10, false, false, false}},
    {0x800, 0xbff, {"xml.etree.ElementTree.XMLParser", 120, 0, fields_350, 12, false, false, false}},
    {0xc00, 0xcff, {"xml.etree.ElementTree.XMLParser", 128, 0, fields_350, 12, true, false, false}},
    {0xd00, 0xfff, {"xml.etree.ElementTree.XMLParser", 136, 0, fields_351, 13, true, false, false}},
    {0xf00, 0xfff, {"xxlimited_3_13.Xxo", 48, 0, fields_162, 1, true, false, false}},
    {0x700, 0x9ff, {"zip", 40, 0, fields_352, 2, false, false, false}},
    {0xa00, 0xfff, {"zip", 48, 0, fields_352, 2, false, false, false}},
    {0x700, 0x7ff, {"zipimport.zipimporter", 40, 0, fields_353, 3, false, false, false}},
    {0x700, 0xd11, {"zlib.Compress", 168, 0, fields_354, 3, false, false, false}},
    {0xd12, 0xfff, {"zlib.Compress", 168, 0, fields_355, 3, true, false, false}},
    {0x700, 0xd11, {"zlib.Decompress", 168, 0, fields_356, 3, false, false, false}},
    {0xd12, 0xfff, {"zlib.Decompress", 168, 0, fields_357, 3, true, false, false}},
    {0xc00, 0xd11, {"zlib._ZlibDecompressor", 184, 0, fields_358, 2, false, false, false}},
    {0xd12, 0xfff, {"zlib._ZlibDecompressor", 184, 0, fields_359, 2, true, false, false}},
    {0x900, 0xbff, {"zoneinfo.ZoneInfo", 208, 0, fields_360, 8, false, false, true}},
    {0xc00, 0xfff, {"zoneinfo.ZoneInfo", 208, 0, fields_361, 8, true, false, true}},
};
