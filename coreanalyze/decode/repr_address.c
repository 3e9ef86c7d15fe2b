/* repr() of the addresses and networks of the ipaddress module. */
#include "coreanalyze/decode/attribute.h"
#include "coreanalyze/decode/repr_items.h"
#include "coreanalyze/decode/repr_parts.h"
#include "coreanalyze/decode/repr_python.h"

#include <stdio.h>

#define HEXTETS 8

static unsigned
hextet(unsigned __int128 address, size_t i)
{
    return (unsigned)(address >> (16 * (HEXTETS - 1 - i))) & 0xffff;
}

/* The first of the longest runs of zeros: *LENGTH below 2 says that none is worth "::". */
static size_t
longest_zeros(unsigned __int128 address, size_t *length)
{
    size_t best = 0, start = 0;

    *length = 0;
    for (size_t i = 0; i <= HEXTETS; i++) {
        if (i < HEXTETS && hextet(address, i) == 0)
            continue;
        if (i - start > *length) {
            *length = i - start;
            best = start;
        }
        start = i + 1;
    }
    return best;
}

void
cpt_format_ipv6(unsigned __int128 address, char *text, size_t size)
{
    size_t length, gap = longest_zeros(address, &length), used = 0;

    if (length < 2)
        gap = HEXTETS;
    text[0] = '\0';
    for (size_t i = 0; i < HEXTETS && used < size; i++) {
        if (i == gap) {
            used += (size_t)snprintf(text + used, size - used, "::");
            i += length - 1;
            continue;
        }
        used += (size_t)snprintf(text + used, size - used, "%s%x", i && text[used - 1] != ':' ? ":" : "",
                                 hextet(address, i));
    }
}

static bool
is_six(struct cpt_repr *repr, const struct cpt_type *type)
{
    const struct cpt_type *entry;

    for (size_t i = 0; (entry = cpt_type_mro(&repr->values->types, type, i)); i++) {
        if (cpt_text_is(&entry->name, "ipaddress.IPv6Address"))
            return true;
    }
    return false;
}

/* The number of an address, and whether it is one of version 6, which its class says. */
static cpt_status
read_address(struct cpt_repr *repr, const struct cpt_object *object, bool *six, unsigned __int128 *number)
{
    uint64_t address;
    bool negative;
    cpt_status status;

    *six = is_six(repr, object->type);
    status = cpt_attribute_own(repr, object, "_ip", &address);
    if (!status)
        status = cpt_attribute_int(repr, address, &negative, number);
    if (!status && (negative || (!*six && *number >> 32)))
        status = cpt_repr_fail(repr, CPT_ABSENT, 0, "an address out of range");
    return status;
}

/* ::ffff:1.2.3.4, since Python writes those so: told by the method for it. */
static bool
is_mapped(struct cpt_repr *repr, const struct cpt_object *object, unsigned __int128 number)
{
    uint64_t method;

    return number >> 32 == 0xffff && !cpt_class_attribute(repr, object->type, "_ipv4_mapped_ipv6_to_str", &method);
}

static cpt_status
write_number(struct cpt_repr *repr, const struct cpt_object *object)
{
    unsigned __int128 number;
    uint64_t scope;
    char text[48];
    bool six;
    cpt_status status = read_address(repr, object, &six, &number);

    if (status)
        return status;
    if (six && is_mapped(repr, object, number))
        cpt_repr_text(repr, "::ffff:");
    if (six && !is_mapped(repr, object, number)) {
        cpt_format_ipv6(number, text, sizeof(text));
        cpt_repr_text(repr, text);
    } else {
        cpt_repr_printf(repr, "%u.%u.%u.%u", (unsigned)(number >> 24) & 0xff, (unsigned)(number >> 16) & 0xff,
                        (unsigned)(number >> 8) & 0xff, (unsigned)number & 0xff);
    }
    if (!six || cpt_attribute_own(repr, object, "_scope_id", &scope) || cpt_is_none(repr->values, scope))
        return CPT_OK;
    cpt_repr_text(repr, "%");
    return cpt_repr_str_plain(repr, scope);
}

static cpt_status
write_prefix(struct cpt_repr *repr, const struct cpt_object *object)
{
    int64_t length;
    uint64_t address;
    cpt_status status = cpt_attribute_own(repr, object, "_prefixlen", &address);

    if (!status)
        status = cpt_attribute_i64(repr, address, &length);
    if (!status)
        cpt_repr_printf(repr, "/%" PRId64, length);
    return status;
}

/* IPv4Address('…'); an interface, which is an address too, has its prefix behind. */
cpt_status
cpt_write_address(struct cpt_repr *repr, const struct cpt_object *object)
{
    uint64_t prefix;
    cpt_status status;

    cpt_repr_type_name(repr, object->type);
    cpt_repr_text(repr, "('");
    status = write_number(repr, object);
    if (!status && cpt_attribute_own(repr, object, "_prefixlen", &prefix) == CPT_OK)
        status = write_prefix(repr, object);
    cpt_repr_text(repr, "')");
    return status;
}

cpt_status
cpt_write_network(struct cpt_repr *repr, const struct cpt_object *object)
{
    struct cpt_object network;
    uint64_t address;
    cpt_status status = cpt_attribute_own(repr, object, "network_address", &address);

    if (!status)
        status = cpt_object_open(&repr->values->types, address, &network, &repr->error);
    if (status)
        return status;
    cpt_repr_type_name(repr, object->type);
    cpt_repr_text(repr, "('");
    status = write_number(repr, &network);
    if (!status)
        status = write_prefix(repr, object);
    cpt_repr_text(repr, "')");
    return status;
}
