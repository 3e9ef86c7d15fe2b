#include "coreanalyze/memory/pieces.h"

#include "coreanalyze/base/vec.h"

#include <stdlib.h>
#include <string.h>

bool
cpt_pieces_add(struct cpt_pieces *pieces, uint64_t start, uint64_t claimed_end, uint64_t available,
               const uint8_t *bytes)
{
    struct cpt_piece *piece;

    if (claimed_end <= start)
        return true;
    piece = cpt_vec_add(pieces);
    if (!piece)
        return false;
    if (available > claimed_end - start)
        available = claimed_end - start;
    *piece = (struct cpt_piece){
        .start = start, .end = start + available, .claimed_end = claimed_end, .bytes = bytes};
    pieces->unsettled = true;
    return true;
}

struct ordered {
    struct cpt_piece piece;
    size_t index;
};

static int
by_start(const void *a, const void *b)
{
    const struct ordered *x = a, *y = b;

    if (x->piece.start != y->piece.start)
        return x->piece.start < y->piece.start ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

static bool
is_sorted(const struct cpt_pieces *pieces)
{
    for (size_t i = 1; i < pieces->count; i++) {
        if (pieces->items[i].start < pieces->items[i - 1].start)
            return false;
    }
    return true;
}

/* Stable, so that equal starts keep the order in which they were added. */
static void
sort(struct cpt_pieces *pieces)
{
    struct ordered *ordered;

    if (is_sorted(pieces)) /* as every core that was not tampered with */
        return;
    ordered = calloc(pieces->count, sizeof(*ordered));
    if (!ordered) {
        pieces->count = 0; /* nothing can be found, rather than the wrong thing */
        return;
    }
    for (size_t i = 0; i < pieces->count; i++)
        ordered[i] = (struct ordered){.piece = pieces->items[i], .index = i};
    qsort(ordered, pieces->count, sizeof(*ordered), by_start);
    for (size_t i = 0; i < pieces->count; i++)
        pieces->items[i] = ordered[i].piece;
    free(ordered);
}

/* Cuts off what is below START. False when nothing is left. */
static bool
cut_front(struct cpt_piece *piece, uint64_t start)
{
    if (piece->start >= start)
        return true;
    if (piece->claimed_end <= start)
        return false;
    if (piece->end > start) {
        piece->bytes += start - piece->start;
    } else {
        piece->end = start;
    }
    piece->start = start;
    return true;
}

static bool
continues(const struct cpt_piece *a, const struct cpt_piece *b)
{
    return a->end == a->claimed_end && a->end == b->start && b->end > b->start &&
           a->bytes + (a->end - a->start) == b->bytes;
}

void
cpt_pieces_settle(struct cpt_pieces *pieces)
{
    size_t kept = 0;

    if (!pieces->unsettled)
        return;
    sort(pieces);
    for (size_t i = 0; i < pieces->count; i++) {
        struct cpt_piece piece = pieces->items[i], *before;

        before = kept ? &pieces->items[kept - 1] : NULL;
        if (before && !cut_front(&piece, before->claimed_end))
            continue;
        if (before && continues(before, &piece)) {
            before->end = piece.end;
            before->claimed_end = piece.claimed_end;
        } else {
            pieces->items[kept++] = piece;
        }
    }
    pieces->count = kept;
    pieces->last = 0;
    pieces->unsettled = false;
}

size_t
cpt_pieces_lower_bound(const struct cpt_pieces *pieces, uint64_t address)
{
    size_t low = 0, high = pieces->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (pieces->items[middle].claimed_end <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool
claims(const struct cpt_piece *piece, uint64_t address)
{
    return piece->start <= address && address < piece->claimed_end;
}

const struct cpt_piece *
cpt_pieces_find(struct cpt_pieces *pieces, uint64_t address)
{
    size_t at = pieces->last;

    if (at >= pieces->count || !claims(&pieces->items[at], address)) {
        at = cpt_pieces_lower_bound(pieces, address);
        if (at == pieces->count || !claims(&pieces->items[at], address))
            return NULL;
        pieces->last = at;
    }
    return &pieces->items[at];
}

const uint8_t *
cpt_pieces_bytes(struct cpt_pieces *pieces, uint64_t address, uint64_t *size)
{
    const struct cpt_piece *piece = cpt_pieces_find(pieces, address);

    if (!piece || address >= piece->end)
        return NULL;
    *size = piece->end - address;
    return piece->bytes + (address - piece->start);
}

const uint8_t *
cpt_pieces_peek(const struct cpt_pieces *pieces, uint64_t address, uint64_t *size)
{
    size_t at = cpt_pieces_lower_bound(pieces, address);
    const struct cpt_piece *piece;

    if (at == pieces->count)
        return NULL;
    piece = &pieces->items[at];
    if (address < piece->start || address >= piece->end)
        return NULL;
    *size = piece->end - address;
    return piece->bytes + (address - piece->start);
}

const void *
cpt_pieces_view(const struct cpt_pieces *pieces, uint64_t address, size_t size)
{
    uint64_t there;
    const void *bytes = cpt_pieces_peek(pieces, address, &there);

    return bytes && size <= there ? bytes : NULL;
}

size_t
cpt_pieces_read(const struct cpt_pieces *pieces, uint64_t address, void *buffer, size_t size,
                size_t (*elsewhere)(void *arg, uint64_t address, void *buffer, size_t size), void *arg)
{
    size_t done = 0;

    while (done < size) {
        uint64_t chunk;
        const uint8_t *bytes = cpt_pieces_peek(pieces, address + done, &chunk);

        if (bytes && chunk > size - done)
            chunk = size - done;
        if (bytes)
            memcpy((uint8_t *)buffer + done, bytes, chunk);
        else
            chunk = elsewhere(arg, address + done, (uint8_t *)buffer + done, size - done);
        if (!chunk)
            break;
        done += chunk;
    }
    return done;
}

size_t
cpt_pieces_gap(const struct cpt_pieces *pieces, uint64_t address, size_t size)
{
    size_t at = cpt_pieces_lower_bound(pieces, address);

    if (at < pieces->count && pieces->items[at].start - address < size)
        size = pieces->items[at].start - address;
    return size;
}

void
cpt_pieces_free(struct cpt_pieces *pieces)
{
    cpt_vec_free(pieces);
}
