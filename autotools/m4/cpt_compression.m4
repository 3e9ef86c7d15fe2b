# CPT_COMPRESSION_LIBRARY(FORM, VARIABLE, MODULE)
# Looks for the library of one form of compressed cores: HAVE_<VARIABLE> in config.h, its flags in
# COMPRESSION_CFLAGS and COMPRESSION_LIBS, FORM in compressions_there or compressions_lacking.
# --with-FORM fails without it, --without-FORM does not look.
AC_DEFUN([CPT_COMPRESSION_LIBRARY], [
  AC_ARG_WITH([$1],
    [AS_HELP_STRING([--without-$1], [do not read cores compressed with $1])],
    [], [with_$1=auto])
  cpt_found=no
  AS_IF([test "$with_$1" != no], [
    PKG_CHECK_MODULES([$2], [$3], [cpt_found=yes], [
      cpt_found=no
      AS_IF([test "$with_$1" = yes], [AC_MSG_ERROR([--with-$1: there is no $3])])
    ])
  ])
  AS_IF([test "$cpt_found" = yes], [
    AC_DEFINE([HAVE_$2], [1], [Define to 1 to read cores compressed with $1.])
    COMPRESSION_CFLAGS="$COMPRESSION_CFLAGS $$2_CFLAGS"
    COMPRESSION_LIBS="$COMPRESSION_LIBS $$2_LIBS"
    compressions_there="${compressions_there:+$compressions_there }$1"
  ], [compressions_lacking="$compressions_lacking $1"])
  AC_SUBST([COMPRESSION_CFLAGS])
  AC_SUBST([COMPRESSION_LIBS])
])
