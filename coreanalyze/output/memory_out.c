/* The ledger of memory as text and JSON. */
#include "coreanalyze/output/envelope.h"
#include "coreanalyze/output/text.h"
#include "coreanalyze/output/value_out.h"

#include <inttypes.h>
#include <string.h>

#define CLASS_COUNT(heap) (sizeof((heap)->classes) / sizeof((heap)->classes[0]))

/* JSON */

static void
write_categories_json(struct cpt_json *json, const struct cpt_ledger *ledger)
{
    cpt_json_key(json, "categories");
    cpt_json_array_open(json);
    for (int i = 0; i < CPT_LEDGER_CATEGORIES; i++) {
        cpt_json_line(json, 2);
        cpt_json_object_open(json);
        cpt_json_member_cstring(json, "name", cpt_ledger_category_name((enum cpt_ledger_category)i));
        cpt_json_member_uint(json, "bytes", ledger->categories[i]);
        cpt_json_object_close(json);
    }
    cpt_json_array_close(json);
}

static void
write_classes_json(struct cpt_json *json, const struct cpt_heap *heap)
{
    cpt_json_line(json, 2);
    cpt_json_key(json, "size_classes");
    cpt_json_array_open(json);
    for (size_t i = 0; i < CLASS_COUNT(heap); i++) {
        const struct cpt_heap_class *class = &heap->classes[i];

        if (!class->pools)
            continue;
        cpt_json_line(json, 3);
        cpt_json_object_open(json);
        cpt_json_member_uint(json, "size", class->size);
        cpt_json_member_uint(json, "pools", class->pools);
        cpt_json_member_uint(json, "used_blocks", class->used);
        cpt_json_member_uint(json, "free_blocks", class->free);
        cpt_json_object_close(json);
    }
    cpt_json_array_close(json);
}

static void
write_sparse_json(struct cpt_json *json, const struct cpt_ledger *ledger)
{
    cpt_json_line(json, 2);
    cpt_json_member_uint(json, "sparse_arenas_total", ledger->sparse_total);
    cpt_json_key(json, "sparse_arenas");
    cpt_json_array_open(json);
    for (size_t i = 0; i < ledger->sparse_count; i++) {
        const struct cpt_ledger_arena *arena = &ledger->sparse[i];

        cpt_json_line(json, 3);
        cpt_json_object_open(json);
        cpt_json_member_address(json, "address", arena->address);
        cpt_json_member_uint(json, "used_bytes", arena->used_bytes);
        cpt_json_member_uint(json, "objects", arena->objects);
        cpt_json_key(json, "pinned_by");
        cpt_json_array_open(json);
        for (size_t j = 0; j < arena->pinned_count; j++) {
            if (!arena->pinned_by[j].type.data)
                continue;
            cpt_json_line(json, 4);
            cpt_value_write_json(json, &arena->pinned_by[j]);
        }
        cpt_json_array_close(json);
        cpt_json_object_close(json);
    }
    cpt_json_array_close(json);
}

static void
write_pymalloc_json(struct cpt_json *json, const struct cpt_ledger *ledger)
{
    cpt_json_line(json, 1);
    if (!ledger->has_pymalloc) {
        cpt_json_member_null(json, "pymalloc");
        return;
    }
    cpt_json_key(json, "pymalloc");
    cpt_json_object_open(json);
    cpt_json_member_cstring(json, "found_by", ledger->found_by);
    cpt_json_member_uint(json, "arenas", ledger->arenas);
    cpt_json_member_uint(json, "arena_bytes", ledger->arena_bytes);
    cpt_json_member_uint(json, "pools", ledger->pools);
    cpt_json_member_uint(json, "free_pools", ledger->free_pools);
    cpt_json_line(json, 2);
    cpt_json_member_uint(json, "used_blocks", ledger->used_blocks);
    cpt_json_member_uint(json, "free_blocks", ledger->free_blocks);
    cpt_json_member_uint(json, "used_bytes", ledger->used_bytes);
    cpt_json_line(json, 2);
    cpt_json_member_uint(json, "object_blocks", ledger->object_blocks);
    cpt_json_member_uint(json, "buffer_blocks", ledger->buffer_blocks);
    cpt_json_member_uint(json, "dead_blocks", ledger->dead_blocks);
    cpt_json_member_uint(json, "unexplained_blocks", ledger->unexplained_blocks);
    write_classes_json(json, ledger->heap);
    write_sparse_json(json, ledger);
    cpt_json_object_close(json);
}

void
cpt_memory_write_json(struct cpt_buffer *out, const struct cpt_envelope *envelope, const struct cpt_ledger *ledger)
{
    struct cpt_json json;

    cpt_json_init(&json, out);
    cpt_envelope_open_json(&json, envelope);
    cpt_json_object_open(&json);
    cpt_json_member_uint(&json, "total_bytes", ledger->total);
    write_categories_json(&json, ledger);
    write_pymalloc_json(&json, ledger);
    cpt_json_object_close(&json);
    cpt_envelope_close_json(&json);
}

/* Text */

/* Columns of the ledger. The bar gives way first on a narrow terminal. */
#define BAR_WIDTH 20
#define MIN_BAR_WIDTH 5
#define FIGURES_WIDTH 39
#define MEANING_WIDTH 41

static const char *const meanings[] = {
    [CPT_LEDGER_OBJECTS] = "Python objects",
    [CPT_LEDGER_OBJECT_BUFFERS] = "what they own: list items, dict tables …",
    [CPT_LEDGER_PYMALLOC_FREE] = "free, but kept by pymalloc: fragmentation",
    [CPT_LEDGER_PYMALLOC_OTHER] = "pymalloc's own, and what is unexplained",
    [CPT_LEDGER_NATIVE_HEAP] = "malloc's rest: C libraries, extensions",
    [CPT_LEDGER_STACKS] = "stacks of threads",
    [CPT_LEDGER_FILES] = "executables, libraries, mapped files",
    [CPT_LEDGER_ANONYMOUS] = "all else that was mapped without a file",
};

static int
bar_width(int terminal)
{
    int room = terminal - FIGURES_WIDTH - MEANING_WIDTH - 2;

    if (terminal <= 0 || room >= BAR_WIDTH)
        return BAR_WIDTH;
    return room < MIN_BAR_WIDTH ? 0 : room;
}

static void
write_bar(struct cpt_buffer *out, uint64_t part, uint64_t whole, int width)
{
    int filled = whole ? (int)((double)part * width / (double)whole + 0.5) : 0;

    for (int i = 0; i < width; i++)
        cpt_buffer_add_char(out, i < filled ? '#' : ' ');
    cpt_buffer_add_text(out, width ? "  " : "");
}

static enum cpt_ledger_category
largest_category(const struct cpt_ledger *ledger)
{
    int largest = 0;

    for (int i = 1; i < CPT_LEDGER_CATEGORIES; i++) {
        if (ledger->categories[i] > ledger->categories[largest])
            largest = i;
    }
    return (enum cpt_ledger_category)largest;
}

static void
write_category(struct cpt_buffer *out, const struct cpt_ledger *ledger, enum cpt_ledger_category category,
               const struct cpt_text_options *options)
{
    bool lit = options->color && category == largest_category(ledger);
    char size[CPT_NUMBER_TEXT], share[CPT_NUMBER_TEXT];
    struct cpt_text meaning = cpt_text_of(meanings[category]);
    uint64_t bytes = ledger->categories[category];
    int bar = bar_width(options->width), room = options->width - FIGURES_WIDTH - (bar ? bar + 2 : 0);

    cpt_text_style(out, lit, CPT_STYLE_HEAD);
    cpt_buffer_printf(out, "  %-16s %11s %6s  ", cpt_ledger_category_name(category), cpt_text_size(bytes, size),
                      cpt_text_share(bytes, ledger->total, share));
    write_bar(out, bytes, ledger->total, bar);
    if (options->width <= 0 || room > 1)
        cpt_text_add_clipped(out, &meaning, options->width > 0 ? (size_t)room : 0);
    cpt_text_style(out, lit, CPT_STYLE_NONE);
    cpt_buffer_add_char(out, '\n');
}

/* What most of the memory is, before the figures. */
static void
write_ledger_text(struct cpt_buffer *out, const struct cpt_envelope *envelope, const struct cpt_ledger *ledger,
                  const struct cpt_text_options *options)
{
    enum cpt_ledger_category largest = largest_category(ledger);
    uint64_t bytes = ledger->categories[largest];
    char text[CPT_NUMBER_TEXT];

    cpt_text_style(out, options->color, CPT_STYLE_HEAD);
    cpt_buffer_add_text(out, cpt_text_size(ledger->total, text));
    cpt_text_style(out, options->color, CPT_STYLE_NONE);
    cpt_buffer_add_text(out, envelope->is_core ? " dumped" : " private and resident");
    if (bytes)
        cpt_buffer_printf(out, ", %s %s: %s %%", bytes > ledger->total / 2 ? "most of it" : "the largest part",
                          cpt_ledger_category_name(largest), cpt_text_share(bytes, ledger->total, text));
    cpt_buffer_add_text(out, "\n\n");
    for (int i = 0; i < CPT_LEDGER_CATEGORIES; i++)
        write_category(out, ledger, (enum cpt_ledger_category)i, options);
}

static void
write_label(struct cpt_buffer *out, const char *label)
{
    cpt_buffer_printf(out, "  %-8s", label);
}

static void
write_number(struct cpt_buffer *out, uint64_t number, const char *what)
{
    char text[CPT_NUMBER_TEXT];

    cpt_buffer_printf(out, "%s %s", cpt_text_number(number, text), what);
}

/* Arenas that few blocks keep from being given back. */
static void
write_fragmentation(struct cpt_buffer *out, const struct cpt_ledger *ledger)
{
    uint64_t each = ledger->arenas ? ledger->arena_bytes / ledger->arenas : 0, used = 0;
    uint64_t whole = each * ledger->sparse_count;
    char text[CPT_NUMBER_TEXT];

    if (!ledger->sparse_count)
        return;
    for (size_t i = 0; i < ledger->sparse_count; i++)
        used += ledger->sparse[i].used_bytes;
    write_label(out, "sparse");
    cpt_text_add_count(out, ledger->sparse_total, "arena");
    if (ledger->sparse_total > ledger->sparse_count)
        cpt_buffer_printf(out, "; the %zu least used", ledger->sparse_count);
    cpt_buffer_printf(out, " (%s)", cpt_text_size(whole, text));
    cpt_buffer_printf(out, " %s kept by %s %% of %s memory: ", ledger->sparse_count == 1 ? "is" : "are",
                      cpt_text_share(used, whole, text), ledger->sparse_count == 1 ? "its" : "their");
    cpt_buffer_printf(out, "%s\n", cpt_text_size(used, text));
}

static void
write_blocks(struct cpt_buffer *out, const struct cpt_ledger *ledger)
{
    char text[CPT_NUMBER_TEXT];

    write_label(out, "blocks");
    write_number(out, ledger->used_blocks, "in use");
    cpt_buffer_printf(out, " (%s), ", cpt_text_size(ledger->used_bytes, text));
    write_number(out, ledger->free_blocks, "free\n");
    write_label(out, "in use");
    write_number(out, ledger->object_blocks, "objects, ");
    write_number(out, ledger->buffer_blocks, "buffers, ");
    write_number(out, ledger->dead_blocks, "on free lists, ");
    write_number(out, ledger->unexplained_blocks, "unexplained");
    cpt_buffer_printf(out, " (%s %%)\n", cpt_text_share(ledger->unexplained_blocks, ledger->used_blocks, text));
}

static const char *
found_by_text(const char *word)
{
    static const struct {
        const char *word, *text;
    } texts[] = {
        {"state", "found through the interpreter"},
        {"table", "found by their table"},
        {"pools", "found by the heads of their pools"},
    };

    for (size_t i = 0; word && i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (strcmp(texts[i].word, word) == 0)
            return texts[i].text;
    }
    return word ? word : "";
}

static void
write_pymalloc_text(struct cpt_buffer *out, bool color, const struct cpt_ledger *ledger)
{
    char text[CPT_NUMBER_TEXT];

    cpt_buffer_add_char(out, '\n');
    cpt_text_style(out, color, CPT_STYLE_HEAD);
    cpt_buffer_add_text(out, "pymalloc");
    cpt_text_style(out, color, CPT_STYLE_NONE);
    if (!ledger->has_pymalloc) {
        cpt_buffer_add_text(out, ": none; objects are in memory of malloc or another allocator\n");
        return;
    }
    cpt_buffer_printf(out, ": arenas %s, ", cpt_text_size(ledger->arena_bytes, text));
    cpt_buffer_printf(out, "%s %% in use\n", cpt_text_share(ledger->used_bytes, ledger->arena_bytes, text));
    write_label(out, "arenas");
    cpt_buffer_printf(out, "%s, %s\n", cpt_text_number(ledger->arenas, text), found_by_text(ledger->found_by));
    write_fragmentation(out, ledger);
    write_label(out, "pools");
    write_number(out, ledger->pools, "in use, ");
    write_number(out, ledger->free_pools, "free\n");
    write_blocks(out, ledger);
}

static void
write_classes_text(struct cpt_buffer *out, bool color, const struct cpt_heap *heap)
{
    char used[CPT_NUMBER_TEXT], unused[CPT_NUMBER_TEXT], pools[CPT_NUMBER_TEXT], share[CPT_NUMBER_TEXT],
        size[CPT_NUMBER_TEXT];

    cpt_buffer_add_char(out, '\n');
    cpt_text_style(out, color, CPT_STYLE_DIM);
    cpt_buffer_printf(out, "%6s %9s %13s %13s %9s %11s\n", "size", "pools", "used blocks", "free blocks", "% in use",
                      "free");
    cpt_text_style(out, color, CPT_STYLE_NONE);
    for (size_t i = 0; i < CLASS_COUNT(heap); i++) {
        const struct cpt_heap_class *class = &heap->classes[i];

        if (!class->pools)
            continue;
        cpt_buffer_printf(out, "%6" PRIu32 " %9s %13s %13s %9s %11s\n", class->size,
                          cpt_text_number(class->pools, pools), cpt_text_number(class->used, used),
                          cpt_text_number(class->free, unused),
                          cpt_text_share(class->used, class->used + class->free, share),
                          cpt_text_size(class->free * class->size, size));
    }
}

static void
write_pinned(struct cpt_buffer *out, bool color, const struct cpt_value *value)
{
    cpt_buffer_add_text(out, "    ");
    cpt_text_style(out, color, CPT_STYLE_FUNCTION);
    cpt_text_add(out, &value->type);
    cpt_text_style(out, color, CPT_STYLE_NONE);
    cpt_buffer_printf(out, " at 0x%" PRIx64 ": ", value->address);
    cpt_text_style(out, color && value->broken, CPT_STYLE_BAD);
    cpt_text_add(out, &value->repr);
    cpt_text_style(out, color && value->broken, CPT_STYLE_NONE);
    cpt_buffer_add_char(out, '\n');
}

static void
write_sparse_text(struct cpt_buffer *out, bool color, const struct cpt_ledger *ledger)
{
    char text[CPT_NUMBER_TEXT];

    if (!ledger->sparse_count)
        return;
    cpt_buffer_add_text(out, "\nSparse arenas, least used first, and objects that keep them:\n");
    for (size_t i = 0; i < ledger->sparse_count; i++) {
        const struct cpt_ledger_arena *arena = &ledger->sparse[i];

        cpt_buffer_printf(out, "  0x%" PRIx64 ": %s in use", arena->address, cpt_text_size(arena->used_bytes, text));
        if (arena->objects) {
            cpt_buffer_add_text(out, ", ");
            cpt_text_add_count(out, arena->objects, "object");
        } else {
            cpt_buffer_add_text(out, ", by no object: buffers, or what is dead or not explained");
        }
        cpt_buffer_add_char(out, '\n');
        for (size_t j = 0; j < arena->pinned_count; j++)
            write_pinned(out, color, &arena->pinned_by[j]);
        if (arena->objects > arena->pinned_count && arena->pinned_count)
            cpt_buffer_printf(out, "    … %s more\n", cpt_text_number(arena->objects - arena->pinned_count, text));
    }
}

void
cpt_memory_write_text(struct cpt_buffer *out, const struct cpt_envelope *envelope, const struct cpt_ledger *ledger,
                      const struct cpt_text_options *options)
{
    cpt_envelope_head_text(out, envelope, options);
    write_ledger_text(out, envelope, ledger, options);
    write_pymalloc_text(out, options->color, ledger);
    if (ledger->has_pymalloc) {
        write_classes_text(out, options->color, ledger->heap);
        write_sparse_text(out, options->color, ledger);
    }
    cpt_envelope_warnings_text(out, envelope, options);
}
