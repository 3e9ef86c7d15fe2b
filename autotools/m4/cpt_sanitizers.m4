# _CPT_REQUIRE_LINK_FLAGS(FLAGS, IF-NOT)
# Runs IF-NOT when a program does not link with FLAGS (unknown to the compiler, or no run time).
AC_DEFUN([_CPT_REQUIRE_LINK_FLAGS], [
  AC_MSG_CHECKING([whether $CC links with $1])
  cpt_saved_cflags=$CFLAGS
  CFLAGS="$CFLAGS $1"
  AC_LINK_IFELSE([AC_LANG_SOURCE([[int main(void) { return 0; }]])],
    [cpt_links=yes], [cpt_links=no])
  CFLAGS=$cpt_saved_cflags
  AC_MSG_RESULT([$cpt_links])
  AS_IF([test "$cpt_links" = no], [$2])
])

# CPT_ARG_SANITIZERS
AC_DEFUN([CPT_ARG_SANITIZERS], [
  AC_ARG_ENABLE([sanitizers],
    [AS_HELP_STRING([--enable-sanitizers],
      [build with AddressSanitizer and UndefinedBehaviorSanitizer])],
    [], [enable_sanitizers=no])
])

# CPT_SANITIZER_FLAGS
# Substitutes SANITIZER_CFLAGS and sets the conditional ENABLE_SANITIZERS.  Undefined behaviour
# stops the program: a test must see it.
AC_DEFUN([CPT_SANITIZER_FLAGS], [
  AC_REQUIRE([CPT_ARG_SANITIZERS])
  SANITIZER_CFLAGS=
  AS_IF([test "$enable_sanitizers" != no], [
    _CPT_REQUIRE_LINK_FLAGS([-fsanitize=address,undefined],
      [AC_MSG_ERROR([--enable-sanitizers: $CC has no sanitizers (libasan, libubsan)])])
    SANITIZER_CFLAGS="-fsanitize=address,undefined -fno-sanitize-recover=undefined"
    SANITIZER_CFLAGS="$SANITIZER_CFLAGS -fno-omit-frame-pointer"
  ])
  AC_SUBST([SANITIZER_CFLAGS])
  AM_CONDITIONAL([ENABLE_SANITIZERS], [test "$enable_sanitizers" != no])
])
