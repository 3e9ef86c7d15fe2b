#include "coreanalyze/memory/permission.h"

#include "coreanalyze/memory/procfs.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Yama's mode; 0 also where the kernel has no Yama. */
static int
yama_mode(void)
{
    char text[16];

    if (cpt_proc_read(AT_FDCWD, "/proc/sys/kernel/yama/ptrace_scope", text, sizeof(text)) <= 0)
        return 0;
    return atoi(text);
}

static bool
have_ptrace_capability(void)
{
    char text[8192];
    const char *field;

    if (cpt_proc_read(AT_FDCWD, "/proc/self/status", text, sizeof(text)) <= 0)
        return false;
    field = strstr(text, "\nCapEff:");
    return field && (strtoull(field + 8, NULL, 16) >> CAP_SYS_PTRACE & 1);
}

/* "PID (name)" of the process that traces already. */
static cpt_status
explain_tracer(struct cpt_error *error, int32_t pid, int32_t tracer)
{
    char path[64], name[32];
    ptrdiff_t length;

    snprintf(path, sizeof(path), "/proc/%d/comm", tracer);
    length = cpt_proc_read(AT_FDCWD, path, name, sizeof(name));
    if (length > 0 && name[length - 1] == '\n')
        name[length - 1] = '\0';
    cpt_error_set(error, CPT_PERMISSION, "process %d is already traced by process %d (%s)", pid,
                  tracer, length > 0 ? name : "?");
    cpt_error_hint(error, "end that debugger or tracer, or read without holding: --no-pause");
    return CPT_PERMISSION;
}

static void
hint_same_user(struct cpt_error *error)
{
    switch (yama_mode()) {
    case 1:
        cpt_error_hint(
            error,
            "kernel.yama.ptrace_scope is 1 and allows it for child processes only: use sudo, give "
            "CAP_SYS_PTRACE, or set sysctl kernel.yama.ptrace_scope=0");
        break;
    case 2:
        cpt_error_hint(
            error,
            "kernel.yama.ptrace_scope is 2: only root or CAP_SYS_PTRACE may do that, use sudo");
        break;
    default:
        cpt_error_hint(
            error, "use sudo or give CAP_SYS_PTRACE (in a container: --cap-add=SYS_PTRACE); the "
                   "process has "
                   "changed its privileges or is not dumpable, or a security policy forbids it");
        break;
    }
}

cpt_status
cpt_permission_explain(struct cpt_error *error, int directory, int32_t pid, bool holding)
{
    struct cpt_proc_status status;
    bool known = directory >= 0 && cpt_proc_read_status(directory, &status);
    const char *verb = holding ? "traced" : "read";

    if (known && holding && status.tracer)
        return explain_tracer(error, pid, status.tracer);
    cpt_error_set(error, CPT_PERMISSION, "no permission: process %d cannot be %s", pid, verb);
    if (yama_mode() == 3) {
        cpt_error_hint(
            error,
            "kernel.yama.ptrace_scope is 3: nobody can trace a process here until the next boot");
    } else if (have_ptrace_capability()) {
        cpt_error_hint(
            error,
            "CAP_SYS_PTRACE is there, so a security policy (seccomp, SELinux, AppArmor) or a user "
            "namespace forbids it");
    } else if (known && status.uid != geteuid()) {
        cpt_error_set(error, CPT_PERMISSION,
                      "no permission: process %d belongs to another user (uid %u) and cannot be %s",
                      pid, (unsigned)status.uid, verb);
        cpt_error_hint(error, "use sudo, or give the capability CAP_SYS_PTRACE (in a container: "
                              "--cap-add=SYS_PTRACE)");
    } else {
        hint_same_user(error);
    }
    return CPT_PERMISSION;
}
