# _CPT_ADD_CFLAG(VARIABLE, FLAG)
# Appends FLAG to VARIABLE when the compiler takes it.  -Werror, because clang only warns of a
# warning it does not know.
AC_DEFUN([_CPT_ADD_CFLAG], [
  AS_VAR_PUSHDEF([cpt_cache], [cpt_cv_cflag_$2])dnl
  AC_CACHE_CHECK([whether $CC accepts $2], [cpt_cache], [
    cpt_saved_cflags=$CFLAGS
    CFLAGS="$CFLAGS -Werror $2"
    AC_COMPILE_IFELSE([AC_LANG_SOURCE([[int main(void) { return 0; }]])],
      [AS_VAR_SET([cpt_cache], [yes])], [AS_VAR_SET([cpt_cache], [no])])
    CFLAGS=$cpt_saved_cflags
  ])
  AS_VAR_IF([cpt_cache], [yes], [AS_VAR_APPEND([$1], [" $2"])])
  AS_VAR_POPDEF([cpt_cache])dnl
])

# CPT_ADD_CFLAGS(VARIABLE, FLAGS)
# Each of FLAGS (separated by white space) goes into VARIABLE when the compiler takes it.
AC_DEFUN([CPT_ADD_CFLAGS],
  [m4_foreach_w([cpt_flag], [$2], [_CPT_ADD_CFLAG([$1], m4_defn([cpt_flag]))])])

# CPT_BASE_FLAGS
# Substitutes BASE_CFLAGS: the language, and symbols hidden unless a declaration says otherwise.
AC_DEFUN([CPT_BASE_FLAGS], [
  BASE_CFLAGS=
  CPT_ADD_CFLAGS([BASE_CFLAGS], [-std=gnu11 -fvisibility=hidden])
  AC_SUBST([BASE_CFLAGS])
])
