# CPT_ARG_QUICK_TESTS
# Substitutes QUICK_TESTS: 1 leaves out tests marked slow, unless CPT_TEST_QUICK in the environment
# of `make check` says otherwise.  A switch of configure, because distcheck can pass on only those.
AC_DEFUN([CPT_ARG_QUICK_TESTS], [
  AC_ARG_ENABLE([quick-tests],
    [AS_HELP_STRING([--enable-quick-tests], [make check leaves out slow tests])],
    [], [enable_quick_tests=no])
  AS_IF([test "$enable_quick_tests" != no],
    [QUICK_TESTS=1; slow_tests=no], [QUICK_TESTS=; slow_tests=yes])
  AC_SUBST([QUICK_TESTS])
])

# CPT_PROG_PYTHON_FOR_TESTS
# Substitutes PYTHON_FOR_TESTS, the Python that drives the live tests; sets have_pytest.  The
# distribution's own comes first: it is the one that has a packaged pytest.
AC_DEFUN([CPT_PROG_PYTHON_FOR_TESTS], [
  AC_ARG_VAR([PYTHON_FOR_TESTS], [Python with pytest, for the live tests])
  AC_MSG_CHECKING([for a Python with pytest])
  have_pytest=no
  for cpt_python in ${PYTHON_FOR_TESTS:-/usr/bin/python3 python3}; do
    AS_IF(["$cpt_python" -c 'import pytest' >/dev/null 2>&1],
      [PYTHON_FOR_TESTS=$cpt_python; have_pytest=yes; break])
  done
  AS_IF([test "$have_pytest" = yes],
    [AC_MSG_RESULT([$PYTHON_FOR_TESTS])],
    [: "${PYTHON_FOR_TESTS:=python3}"; AC_MSG_RESULT([none])])
])
