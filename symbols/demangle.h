/* Names of C++ and Rust functions as their authors wrote them. */
#ifndef CPT_SYMBOLS_DEMANGLE_H
#define CPT_SYMBOLS_DEMANGLE_H

#include "coreanalyze/base/buffer.h"

/* Adds the function that the symbol NAME stands for (Itanium's mangling of C++; Rust's legacy and v0) to OUT. False,
   and nothing added, where it is no mangled name, or one too long. */
bool cpt_demangle(const char *name, struct cpt_buffer *out);

#endif
