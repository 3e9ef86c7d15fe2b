/* What CPython's tables say of characters. */
#ifndef CPT_DECODE_UNICODE_H
#define CPT_DECODE_UNICODE_H

#include <stdbool.h>
#include <stdint.h>

/* Whether repr() in CPython 3.MINOR writes C as it is: str.isprintable(), which goes by that version's Unicode. */
bool cpt_unicode_is_printable(uint32_t c, unsigned minor);

#endif
