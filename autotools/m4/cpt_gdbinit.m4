# CPT_ARG_GDBINIT_DIR
# --with-gdbinit-dir[=DIR]: substitutes gdbinitdir, where a file is installed that every gdb reads when it starts, which
# then has our commands.
AC_DEFUN([CPT_ARG_GDBINIT_DIR], [
  AC_ARG_WITH([gdbinit-dir],
    [AS_HELP_STRING([--with-gdbinit-dir@<:@=DIR@:>@],
      [have every gdb load the plugin, by a file in DIR (/etc/gdb/gdbinit.d unless told)])],
    [], [with_gdbinit_dir=no])
  AS_CASE([$with_gdbinit_dir],
    [yes], [gdbinitdir=/etc/gdb/gdbinit.d],
    [no], [gdbinitdir=],
    [/*], [gdbinitdir=$with_gdbinit_dir],
    [AC_MSG_ERROR([--with-gdbinit-dir: $with_gdbinit_dir is not an absolute path])])
  AC_SUBST([gdbinitdir])
  AM_CONDITIONAL([HAVE_GDBINIT_DIR], [test -n "$gdbinitdir"])
])
