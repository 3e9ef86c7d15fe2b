# CPT_ARG_WERROR
AC_DEFUN([CPT_ARG_WERROR], [
  AC_ARG_ENABLE([werror],
    [AS_HELP_STRING([--enable-werror], [a compiler warning stops the build])],
    [], [enable_werror=no])
])

# CPT_WARNING_FLAGS
# Substitutes WARN_CFLAGS, with -Werror in it when asked for.  The flags stay out of CFLAGS: that
# variable is the user's, and -Werror there would break the probes of configure.
AC_DEFUN([CPT_WARNING_FLAGS], [
  AC_REQUIRE([CPT_ARG_WERROR])
  WARN_CFLAGS=
  CPT_ADD_CFLAGS([WARN_CFLAGS], [
    -Wall
    -Wextra
    -Walloca
    -Wcast-qual
    -Wduplicated-cond
    -Wformat=2
    -Wimplicit-fallthrough
    -Wlogical-op
    -Wmissing-declarations
    -Wmissing-prototypes
    -Wnested-externs
    -Wold-style-definition
    -Wpointer-arith
    -Wredundant-decls
    -Wshadow
    -Wstrict-prototypes
    -Wundef
    -Wvla
    -Wwrite-strings
  ])
  AS_IF([test "$enable_werror" != no], [AS_VAR_APPEND([WARN_CFLAGS], [" -Werror"])])
  AC_SUBST([WARN_CFLAGS])
])
