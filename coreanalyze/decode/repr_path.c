/* repr() of pathlib's paths: from the text that they keep once it was asked for, or from the parts that it is made of. */
#include "coreanalyze/decode/attribute.h"
#include "coreanalyze/decode/repr_items.h"
#include "coreanalyze/decode/repr_python.h"

#define MAX_PARTS 65536
#define MAX_TEXT (1 << 20) /* bytes; a path of the kernel's has 4096 */

/* A path being put together. */
struct path {
    struct cpt_repr *repr;
    const struct cpt_object *object;
    struct cpt_buffer text;
    bool windows;
};

static bool
is_windows(struct cpt_repr *repr, const struct cpt_type *type)
{
    const struct cpt_type *entry;

    for (size_t i = 0; (entry = cpt_type_mro(&repr->values->types, type, i)); i++) {
        if (cpt_text_is(&entry->qualname, "PureWindowsPath"))
            return true;
    }
    return false;
}

static cpt_status
add_text(struct path *path, uint64_t address)
{
    struct cpt_text text;
    cpt_status status = cpt_str_read(path->repr->decode, address, CPT_MAX_PATH_TEXT, &text, &path->repr->error);

    if (status)
        return status;
    cpt_buffer_add(&path->text, text.data, text.size);
    if (path->text.size > MAX_TEXT || !cpt_repr_step(path->repr))
        return cpt_repr_fail(path->repr, CPT_ABSENT, 0, "a path of more than %d bytes", MAX_TEXT);
    return CPT_OK;
}

static cpt_status
open_list(struct path *path, uint64_t list, struct cpt_sequence *walk)
{
    cpt_status status = cpt_repr_open_list(path->repr, list, walk);

    if (!status && walk->count > MAX_PARTS)
        status = cpt_repr_fail(path->repr, CPT_CORRUPT, list, "a path of %" PRIu64 " parts is not plausible", walk->count);
    return status;
}

/* The items of a list of str with slashes between them, but for the first SKIPPED. */
static cpt_status
add_parts(struct path *path, uint64_t list, uint64_t skipped)
{
    struct cpt_sequence walk;
    uint64_t item;
    cpt_status status = open_list(path, list, &walk);

    if (status)
        return status;
    while (!(status = cpt_sequence_next(&walk, &item, &path->repr->error))) {
        if (walk.next <= skipped)
            continue;
        if (walk.next > skipped + 1)
            cpt_buffer_add_char(&path->text, '/');
        status = add_text(path, item);
        if (status)
            return status;
    }
    return status == CPT_ABSENT ? CPT_OK : status;
}

/* Drive, root and parts, as _format_parsed_parts joins them. To 3.11 the first of the parts repeats drive and root. */
static cpt_status
add_parsed(struct path *path)
{
    uint64_t drive, root, parts;
    bool repeats = true, anchored;
    cpt_status status = cpt_attribute_own(path->repr, path->object, "_drv", &drive);

    if (!status)
        status = cpt_attribute_own(path->repr, path->object, "_root", &root);
    if (!status)
        status = cpt_attribute_own(path->repr, path->object, "_parts", &parts);
    if (status == CPT_ABSENT) {
        repeats = false;
        status = cpt_attribute_own(path->repr, path->object, "_tail_cached", &parts);
    }
    if (!status)
        status = add_text(path, drive);
    if (!status)
        status = add_text(path, root);
    anchored = path->text.size > 0;
    return status ? status : add_parts(path, parts, repeats && anchored ? 1 : 0);
}

/* What the path was made from, not looked at yet (3.12+): joined and taken apart as posixpath does. */
static cpt_status
add_raw(struct path *path)
{
    struct cpt_sequence walk;
    struct cpt_characters text;
    uint64_t item, raw;
    uint8_t first = 0;
    cpt_status status = cpt_attribute_own(path->repr, path->object, "_raw_paths", &raw);

    if (!status)
        status = open_list(path, raw, &walk);
    if (status)
        return status;
    while (!(status = cpt_sequence_next(&walk, &item, &path->repr->error))) {
        status = cpt_str_locate(path->repr->decode, item, &text, &path->repr->error);
        if (!status && text.count)
            status = cpt_memory_read(path->repr->decode->memory, text.address, &first, 1, &path->repr->error);
        if (status)
            return status;
        if (text.count && first == '/')
            cpt_buffer_clear(&path->text);
        else if (path->text.size && path->text.data[path->text.size - 1] != '/')
            cpt_buffer_add_char(&path->text, '/');
        status = add_text(path, item);
        if (status)
            return status;
    }
    return status == CPT_ABSENT ? CPT_OK : status;
}

/* Leaves out what says nothing: repeated slashes and "." parts; two slashes in front, and no more, are a root. */
static void
normalize(struct cpt_buffer *text)
{
    size_t read = 0, written = 0, root;

    while (read < text->size && text->data[read] == '/')
        read++;
    root = read == 2 ? 2 : read ? 1 : 0;
    written = root;
    while (read < text->size) {
        const char *part = text->data + read;
        const char *end = memchr(part, '/', text->size - read);
        size_t size = end ? (size_t)(end - part) : text->size - read;

        read += size + (end != NULL);
        if (!size || (size == 1 && *part == '.'))
            continue;
        if (written > root)
            text->data[written++] = '/';
        memmove(text->data + written, part, size);
        written += size;
    }
    text->size = written;
}

static cpt_status
compose(struct path *path)
{
    uint64_t text;
    cpt_status status = cpt_attribute_own(path->repr, path->object, "_str", &text);

    if (!status)
        return add_text(path, text);
    status = add_parsed(path);
    if (status == CPT_ABSENT && !path->windows) {
        cpt_buffer_clear(&path->text);
        status = add_raw(path);
        if (!status && path->text.size)
            normalize(&path->text);
    }
    if (!status && !path->text.size)
        cpt_buffer_add_char(&path->text, '.');
    return status;
}

static cpt_status
write_composed(struct path *path)
{
    cpt_status status = compose(path);

    if (status)
        return status;
    if (path->text.failed)
        return cpt_repr_fail(path->repr, CPT_NOMEM, 0, "out of memory");
    /* A lone surrogate, or a text that looks like what cpt_str_read makes of one: not to be told from each other. */
    if (path->text.data && strstr(path->text.data, "\\ud"))
        return cpt_repr_fail(path->repr, CPT_ABSENT, 0, "a path with a lone surrogate");
    for (size_t i = 0; path->windows && i < path->text.size; i++) {
        if (path->text.data[i] == '\\')
            path->text.data[i] = '/';
    }
    cpt_repr_quoted(path->repr, path->text.data, path->text.size);
    return CPT_OK;
}

/* PosixPath('/etc/passwd') */
cpt_status
cpt_write_path(struct cpt_repr *repr, const struct cpt_object *object)
{
    struct path path = {.repr = repr, .object = object, .windows = is_windows(repr, object->type)};
    uint64_t text;
    cpt_status status;

    cpt_repr_type_name(repr, object->type);
    cpt_repr_text(repr, "(");
    /* The very text, so that lone surrogates are right too. */
    if (!path.windows && !cpt_attribute_own(repr, object, "_str", &text))
        status = cpt_repr_str(repr, text);
    else
        status = write_composed(&path);
    cpt_buffer_free(&path.text);
    cpt_repr_text(repr, ")");
    return status;
}

/* <PosixPath.parents> */
cpt_status
cpt_write_parents(struct cpt_repr *repr, const struct cpt_object *object)
{
    struct cpt_object path;
    struct cpt_type *type;
    uint64_t address;
    cpt_status status = cpt_attribute_own(repr, object, "_path", &address);

    if (!status) {
        status = cpt_object_open(&repr->values->types, address, &path, &repr->error);
        type = path.type;
    } else {
        status = cpt_attribute_own(repr, object, "_pathcls", &address);
        type = status ? NULL : cpt_type_get(&repr->values->types, address);
    }
    if (!status && (!type || type->broken))
        status = cpt_repr_fail(repr, CPT_CORRUPT, object->address, "the class of the path is none");
    if (status)
        return status;
    cpt_repr_text(repr, "<");
    cpt_repr_type_name(repr, type);
    cpt_repr_text(repr, ".parents>");
    return CPT_OK;
}
