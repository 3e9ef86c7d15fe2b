#include "tests/unit/jsoncheck.h"

#include <string.h>

#define JSON_MAX_DEPTH 64

struct json_reader {
    const char *at, *end;
    unsigned depth;
};

static bool json_value(struct json_reader *r);

static char
json_peek(const struct json_reader *r)
{
    return r->at < r->end ? *r->at : '\0';
}

static bool
json_take(struct json_reader *r, char c)
{
    if (r->at >= r->end || *r->at != c)
        return false;
    r->at++;
    return true;
}

static void
json_blanks(struct json_reader *r)
{
    while (r->at < r->end && strchr(" \n\r\t", *r->at) && *r->at)
        r->at++;
}

static bool
json_digits(struct json_reader *r)
{
    const char *start = r->at;

    while (json_peek(r) >= '0' && json_peek(r) <= '9')
        r->at++;
    return r->at > start;
}

static bool
json_number(struct json_reader *r)
{
    (void)json_take(r, '-');
    if (!json_take(r, '0') && !json_digits(r))
        return false;
    if (json_take(r, '.') && !json_digits(r))
        return false;
    if (json_take(r, 'e') || json_take(r, 'E')) {
        if (!json_take(r, '+'))
            (void)json_take(r, '-');
        return json_digits(r);
    }
    return true;
}

static bool
json_word(struct json_reader *r, const char *expected)
{
    size_t length = strlen(expected);

    if ((size_t)(r->end - r->at) < length || memcmp(r->at, expected, length))
        return false;
    r->at += length;
    return true;
}

static bool
json_hex4(struct json_reader *r, unsigned *unit)
{
    *unit = 0;
    for (int i = 0; i < 4; i++) {
        const char *found = json_peek(r) ? strchr("0123456789abcdef", json_peek(r) | 0x20) : NULL;

        if (!found)
            return false;
        *unit = *unit * 16 + (unsigned)(found - "0123456789abcdef");
        r->at++;
    }
    return true;
}

/* Behind a backslash. A surrogate must be one of a pair. */
static bool
json_escape(struct json_reader *r)
{
    unsigned unit, low;

    if (json_peek(r) && strchr("\"\\/bfnrt", json_peek(r))) {
        r->at++;
        return true;
    }
    if (!json_take(r, 'u') || !json_hex4(r, &unit))
        return false;
    if (unit < 0xd800 || unit > 0xdfff)
        return true;
    return unit < 0xdc00 && json_word(r, "\\u") && json_hex4(r, &low) && low >= 0xdc00 &&
           low <= 0xdfff;
}

/* One character that is no escape. */
static bool
json_utf8(struct json_reader *r)
{
    const unsigned char *p = (const unsigned char *)r->at;
    size_t left = (size_t)(r->end - r->at), length;
    unsigned low = 0x80, high = 0xbf;

    if (p[0] < 0x20)
        return false;
    length = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    if (!length || p[0] > 0xf4 || left < length)
        return false;
    low = p[0] == 0xe0 ? 0xa0 : p[0] == 0xf0 ? 0x90 : low;
    high = p[0] == 0xed ? 0x9f : p[0] == 0xf4 ? 0x8f : high;
    if (length > 1 && (p[1] < low || p[1] > high))
        return false;
    for (size_t i = 2; i < length; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return false;
    }
    r->at += length;
    return true;
}

static bool
json_string(struct json_reader *r)
{
    if (!json_take(r, '"'))
        return false;
    while (r->at < r->end) {
        if (json_take(r, '"'))
            return true;
        if (!(json_take(r, '\\') ? json_escape(r) : json_utf8(r)))
            return false;
    }
    return false;
}

static bool
json_member(struct json_reader *r)
{
    json_blanks(r);
    if (!json_string(r))
        return false;
    json_blanks(r);
    return json_take(r, ':') && json_value(r);
}

static bool
json_items(struct json_reader *r, char close, bool (*item)(struct json_reader *))
{
    json_blanks(r);
    if (json_take(r, close))
        return true;
    do {
        if (!item(r))
            return false;
    } while (json_take(r, ','));
    return json_take(r, close);
}

static bool
json_any(struct json_reader *r)
{
    switch (json_peek(r)) {
    case '{':
        r->at++;
        return json_items(r, '}', json_member);
    case '[':
        r->at++;
        return json_items(r, ']', json_value);
    case '"':
        return json_string(r);
    case 't':
        return json_word(r, "true");
    case 'f':
        return json_word(r, "false");
    case 'n':
        return json_word(r, "null");
    default:
        return json_number(r);
    }
}

static bool
json_value(struct json_reader *r)
{
    bool fits;

    if (r->depth == JSON_MAX_DEPTH)
        return false;
    r->depth++;
    json_blanks(r);
    fits = json_any(r);
    json_blanks(r);
    r->depth--;
    return fits;
}

bool
json_is_valid(const char *text, size_t size)
{
    struct json_reader r = {.at = text, .end = text + size};

    return text && json_value(&r) && r.at == r.end;
}
