/* All built-in layouts. */
#ifndef CPT_TESTS_LAYOUTS_H
#define CPT_TESTS_LAYOUTS_H

#include "symbols/layout.h"

#define LAYOUT_COUNT 16

/* Makes the built-in layout number I, of the build that it returns. */
const char *layout_make(size_t i, struct cpt_layout *layout);

#endif
