# CPT_LIB_IBERTY
# Substitutes LIBIBERTY_LIBS and defines HAVE_LIBIBERTY where the demanglers of GNU's libiberty are at hand (a static
# library that comes with binutils). Without them names of C++ and Rust functions stay as the linker knows them.
AC_DEFUN([CPT_LIB_IBERTY], [
  LIBIBERTY_LIBS=
  have_libiberty=no
  AC_CHECK_HEADER([libiberty/demangle.h], [
    cpt_saved_libs=$LIBS
    AC_SEARCH_LIBS([rust_demangle_callback], [iberty], [
      have_libiberty=yes
      AS_CASE([$ac_cv_search_rust_demangle_callback], [-l*],
        [LIBIBERTY_LIBS=$ac_cv_search_rust_demangle_callback])
      AC_DEFINE([HAVE_LIBIBERTY], [1], [Define to 1 if GNU libiberty can demangle names.])
    ])
    LIBS=$cpt_saved_libs
  ])
  AC_SUBST([LIBIBERTY_LIBS])
])
