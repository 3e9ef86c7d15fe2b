/* A sorted set of address ranges and where their bytes are: what a core dumped, or what files
   add to it. */
#ifndef CPT_MEMORY_PIECES_H
#define CPT_MEMORY_PIECES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cpt_piece {
    uint64_t start, end;  /* what there are bytes for */
    uint64_t claimed_end; /* what there should be bytes for: beyond END where a file is cut short */
    const uint8_t *bytes;
};

struct cpt_pieces {
    struct cpt_piece *items;
    size_t count, capacity;
    size_t last; /* found last: reads cluster */
    bool unsettled;
};

/* Adds [START, CLAIMED_END), of which the first AVAILABLE bytes are at BYTES. False when memory
   is out. */
bool cpt_pieces_add(struct cpt_pieces *pieces, uint64_t start, uint64_t claimed_end,
                    uint64_t available, const uint8_t *bytes);

/* Sorts, and makes the ranges disjoint: where two overlap, the one that starts lower wins, then
   the one added first. Neighbours whose bytes are neighbours too become one. To be called
   between adding and finding. */
void cpt_pieces_settle(struct cpt_pieces *pieces);

/* The piece that claims ADDRESS (there may be no byte for it), or NULL. */
const struct cpt_piece *cpt_pieces_find(struct cpt_pieces *pieces, uint64_t address);

/* The bytes from ADDRESS on, and how many there are in one piece; NULL: none. */
const uint8_t *cpt_pieces_bytes(struct cpt_pieces *pieces, uint64_t address, uint64_t *size);

/* The same, and nothing is remembered of it: for several threads at once, as long as nobody adds. */
const uint8_t *cpt_pieces_peek(const struct cpt_pieces *pieces, uint64_t address, uint64_t *size);

/* SIZE bytes from ADDRESS on, all in one piece, or NULL. For several threads at once, too. */
const void *cpt_pieces_view(const struct cpt_pieces *pieces, uint64_t address, size_t size);

/* Copies up to SIZE bytes from ADDRESS on into BUFFER; ELSEWHERE, with ARG, reads what is in no
   piece, and may read less than it is asked for: 0 ends it. Returns how many bytes there are. */
size_t cpt_pieces_read(const struct cpt_pieces *pieces, uint64_t address, void *buffer, size_t size,
                       size_t (*elsewhere)(void *arg, uint64_t address, void *buffer, size_t size), void *arg);

/* How many of SIZE bytes from ADDRESS on, where no piece is, come before the next one begins. */
size_t cpt_pieces_gap(const struct cpt_pieces *pieces, uint64_t address, size_t size);

/* Index of the first piece that ends (in what it claims) above ADDRESS. */
size_t cpt_pieces_lower_bound(const struct cpt_pieces *pieces, uint64_t address);

void cpt_pieces_free(struct cpt_pieces *pieces);

#endif
