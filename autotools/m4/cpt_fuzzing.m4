# CPT_ARG_FUZZING
# Fuzzing without sanitizers would miss most of what it hits, so it brings them along.
AC_DEFUN([CPT_ARG_FUZZING], [
  AC_REQUIRE([CPT_ARG_SANITIZERS])
  AC_ARG_ENABLE([fuzzing],
    [AS_HELP_STRING([--enable-fuzzing],
      [build the fuzz programs (libFuzzer: needs CC=clang); turns the sanitizers on])],
    [], [enable_fuzzing=no])
  AS_IF([test "$enable_fuzzing" != no], [enable_sanitizers=yes])
])

# CPT_FUZZING_FLAGS
# Substitutes FUZZING_CFLAGS (all objects: coverage) and FUZZING_LDFLAGS (the engine, which brings
# main, only in fuzz programs); sets the conditional ENABLE_FUZZING.
AC_DEFUN([CPT_FUZZING_FLAGS], [
  AC_REQUIRE([CPT_ARG_FUZZING])
  FUZZING_CFLAGS=
  FUZZING_LDFLAGS=
  AS_IF([test "$enable_fuzzing" != no], [
    _CPT_REQUIRE_LINK_FLAGS([-fsanitize=fuzzer-no-link],
      [AC_MSG_ERROR([--enable-fuzzing: $CC has no libFuzzer; configure with CC=clang])])
    FUZZING_CFLAGS=-fsanitize=fuzzer-no-link
    FUZZING_LDFLAGS=-fsanitize=fuzzer
  ])
  AC_SUBST([FUZZING_CFLAGS])
  AC_SUBST([FUZZING_LDFLAGS])
  AM_CONDITIONAL([ENABLE_FUZZING], [test "$enable_fuzzing" != no])
])
