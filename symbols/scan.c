#include "symbols/scan.h"

#include "coreanalyze/base/bytes.h"

#include <stdlib.h>

#define STEP_WORDS ((size_t)32 << 10)
#define WORDS_AHEAD 2 /* a pattern looks so far beyond its first word */

/* Whether WORDS[0 … WORDS_AHEAD] begin what is looked for. */
typedef bool match_words(const uint64_t *words);

static void
scan(struct cpt_memory *memory, uint64_t start, uint64_t end, match_words *matches,
     cpt_scan_visit *each, void *arg)
{
    uint64_t *words = malloc((STEP_WORDS + WORDS_AHEAD) * sizeof(*words));

    start = (start + 7) & ~UINT64_C(7);
    /* Behind the last page of all comes 0. */
    while (words && start && start < end && end - start >= (WORDS_AHEAD + 1) * sizeof(*words)) {
        size_t wanted = (STEP_WORDS + WORDS_AHEAD) * sizeof(*words), count;

        if (end - start < wanted)
            wanted = (size_t)(end - start);
        count = cpt_memory_read_some(memory, start, words, wanted) / sizeof(*words);
        for (size_t i = 0; i + WORDS_AHEAD < count && i < STEP_WORDS; i++) {
            if (matches(words + i) && !each(arg, start + i * sizeof(*words))) {
                free(words);
                return;
            }
        }
        if (count <= WORDS_AHEAD)
            start = (start | 4095) + 1; /* a hole: go on behind its page */
        else
            start += (count - WORDS_AHEAD) * sizeof(*words);
    }
    free(words);
}

static bool
is_cookie(const uint64_t *words)
{
    return words[0] == CPT_DEBUG_COOKIE && words[1] >> 24 == 3;
}

/* head, main, next_id: the first two are the same unless there are sub-interpreters. */
static bool
is_interpreters(const uint64_t *words)
{
    return cpt_pointer_is_plausible(words[0]) && cpt_pointer_is_plausible(words[1]) && words[2] >= 1 && words[2] < 1000000;
}

void
cpt_scan_cookie(struct cpt_memory *memory, uint64_t start, uint64_t end, cpt_scan_visit *each,
                void *arg)
{
    scan(memory, start, end, is_cookie, each, arg);
}

void
cpt_scan_interpreters(struct cpt_memory *memory, uint64_t start, uint64_t end, cpt_scan_visit *each,
                      void *arg)
{
    scan(memory, start, end, is_interpreters, each, arg);
}
