# _CPT_TRY_LLDB(IF-THERE)
# Runs IF-THERE when a plugin compiles with the headers that LLDB_CPPFLAGS leads to.
AC_DEFUN([_CPT_TRY_LLDB], [
  cpt_saved_cppflags=$CPPFLAGS
  cpt_saved_cxxflags=$CXXFLAGS
  CPPFLAGS="$CPPFLAGS $LLDB_CPPFLAGS"
  CXXFLAGS="$CXXFLAGS $LLDB_CXXFLAGS"
  AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[
      #include <lldb/API/LLDB.h>
      struct command : lldb::SBCommandPluginInterface {};
    ]], [[
      lldb::SBDebugger debugger;
      debugger.GetCommandInterpreter().AddCommand("name", new command, "help", "syntax");
    ]])], [$1])
  CPPFLAGS=$cpt_saved_cppflags
  CXXFLAGS=$cpt_saved_cxxflags
])

# _CPT_ADD_LLDB_CXXFLAGS(FLAGS)
# Each of FLAGS (separated by white space) goes into LLDB_CXXFLAGS when the C++ compiler takes it.
AC_DEFUN([_CPT_ADD_LLDB_CXXFLAGS], [
  for cpt_flag in $1; do
    cpt_saved_cxxflags=$CXXFLAGS
    CXXFLAGS="$CXXFLAGS -Werror $cpt_flag"
    AC_COMPILE_IFELSE([AC_LANG_PROGRAM], [LLDB_CXXFLAGS="$LLDB_CXXFLAGS $cpt_flag"])
    CXXFLAGS=$cpt_saved_cxxflags
  done
])

# CPT_LLDB_PLUGIN
# Looks for a C++ compiler and lldb's headers, the newest first, where distributions have them or in DIR/include of
# --with-lldb=DIR. Substitutes LLDB_CPPFLAGS and LLDB_CXXFLAGS, sets lldb_plugin ("yes (INCLUDE)" or why not) and the
# conditional HAVE_LLDB. --with-lldb fails without them, --without-lldb does not look. One plugin serves all lldbs,
# whichever of them the headers are of.
AC_DEFUN([CPT_LLDB_PLUGIN], [
  AC_REQUIRE([AC_PROG_CXX])
  AC_REQUIRE([CPT_FUZZING_FLAGS])
  AC_REQUIRE([CPT_WARNING_FLAGS])
  AC_ARG_WITH([lldb],
    [AS_HELP_STRING([--with-lldb@<:@=DIR@:>@],
      [build the plugin for lldb, with the headers in DIR/include (default: the newest found)])],
    [], [with_lldb=auto])
  LLDB_CPPFLAGS=
  LLDB_CXXFLAGS=
  AS_CASE([$with_lldb],
    [no], [lldb_plugin="no (--without-lldb)"],
    [lldb_plugin="no (no headers of lldb)"])
  dnl The engine has libFuzzer's hooks then, and the two compilers need not agree on them.
  AS_IF([test "$enable_fuzzing" != no], [lldb_plugin="no (fuzzing)"; with_lldb=no])
  dnl An lldb without sanitizers ends when it loads what has them.
  AS_IF([test "$enable_sanitizers" != no], [lldb_plugin="no (sanitizers)"; with_lldb=no])
  AS_CASE([$with_lldb],
    [no], [cpt_lldb_includes=],
    [auto|yes], [
      cpt_lldb_includes="`ls -d /usr/lib/llvm-*/include /usr/lib/llvm*/include /usr/lib64/llvm*/include \
        2>/dev/null | sort -t m -k 2 -V -r | uniq` /usr/include /usr/local/include"
    ],
    [cpt_lldb_includes=$with_lldb/include])
  AC_LANG_PUSH([C++])
  AS_IF([test "$with_lldb" != no], [
    _CPT_ADD_LLDB_CXXFLAGS([-std=gnu++17 -fno-rtti -fno-exceptions -fvisibility=hidden -Wall -Wextra \
      -Walloca -Wcast-qual -Wduplicated-cond -Wformat=2 -Wlogical-op -Wmissing-declarations -Wpointer-arith \
      -Wredundant-decls -Wshadow -Wundef -Wvla])
  ])
  AC_MSG_CHECKING([for the headers of lldb])
  for cpt_include in $cpt_lldb_includes; do
    AS_IF([test -f "$cpt_include/lldb/API/LLDB.h"], [
      LLDB_CPPFLAGS="-isystem $cpt_include"
      AS_IF([test "$cpt_include" = /usr/include], [LLDB_CPPFLAGS=])
      _CPT_TRY_LLDB([lldb_plugin="yes ($cpt_include)"; break])
    ])
  done
  AC_MSG_RESULT([$lldb_plugin])
  AC_LANG_POP([C++])
  AS_CASE([$with_lldb/$lldb_plugin],
    [no/*|auto/*|*/yes*], [],
    [AC_MSG_ERROR([--with-lldb: no headers of lldb, or no C++ compiler for them])])
  AS_IF([test "$enable_werror" != no], [LLDB_CXXFLAGS="$LLDB_CXXFLAGS -Werror"])
  AC_SUBST([LLDB_CPPFLAGS])
  AC_SUBST([LLDB_CXXFLAGS])
  AS_CASE([$lldb_plugin], [yes*], [cpt_build_lldb=yes], [cpt_build_lldb=no])
  AM_CONDITIONAL([HAVE_LLDB], [test "$cpt_build_lldb" = yes])
])
