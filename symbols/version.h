/* Which CPython an image is, without running anything of it. */
#ifndef CPT_SYMBOLS_VERSION_H
#define CPT_SYMBOLS_VERSION_H

#include "symbols/image.h"
#include "symbols/layout.h"

/* Parses the beginning of sys.version, "3.11.2 (main, …" or "3.15.0b1+ (…", as PY_VERSION_HEX; 0 where TEXT (SIZE
   bytes, not necessarily terminated) does not begin so. */
uint32_t cpt_version_parse(const char *text, size_t size);

/* Finds the version of the interpreter in IMAGE whose data begin at START and end at END: from the exported Py_Version
   (3.11+), else from the text of sys.version, which Py_GetVersion keeps in static data. CPT_ABSENT: neither is there. */
CPT_MUST_USE cpt_status cpt_version_find(const struct cpt_image *image, uint64_t start, uint64_t end,
                                         struct cpt_python_version *version,
                                         struct cpt_error *error);

/* What the exported symbols of IMAGE tell about the build: debug_build in VERSION; CPT_UNSUPPORTED where it is
   one whose objects look different (--with-trace-refs to 3.12), or is Python 2 or 3.6 and older. */
CPT_MUST_USE cpt_status cpt_version_check_build(const struct cpt_image *image,
                                                struct cpt_python_version *version,
                                                struct cpt_error *error);

#endif
