/* Files of a process that may live in another root: a container, a chroot, an unpacked sysroot. */
#ifndef CPT_BASE_ROOTPATH_H
#define CPT_BASE_ROOTPATH_H

#include "coreanalyze/base/error.h"

/* Opens the regular file PATH as a process whose root directory is ROOT sees it: absolute symbolic
   links and ".." stay inside ROOT, whatever the tree holds and however it changes meanwhile. ROOT
   may be "/proc/PID/root". With ROOT NULL or "/" this is a plain open, in which PATH may be
   relative to the working directory; otherwise a relative PATH starts at ROOT.

   FLAGS is an access mode, with flags of open(2) that create and truncate nothing; O_CLOEXEC and
   O_NOCTTY are added, and O_NONBLOCK, so that no open waits. Returns a descriptor, or -1 with
   errno: EISDIR for a directory; EINVAL for other FLAGS and for whatever is no regular file (FIFOs,
   devices, sockets), which is not even opened. */
CPT_MUST_USE int cpt_open_in_root(const char *root, const char *path, int flags);

#endif
