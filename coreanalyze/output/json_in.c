/* RFC 8259, without its liberties: UTF-8 only, no lone surrogates, nothing behind the document. */
#include "coreanalyze/output/json_in.h"

#include "coreanalyze/output/text.h"

#include <string.h>

void
cpt_json_in_init(struct cpt_json_in *in, const char *bytes, size_t size)
{
    *in = (struct cpt_json_in){.begin = bytes, .at = bytes, .end = bytes + size};
}

void
cpt_json_in_free(struct cpt_json_in *in)
{
    cpt_buffer_free(&in->text);
}

/* IN stays at where it went wrong first. */
static void
fail(struct cpt_json_in *in, const char *what)
{
    if (!in->wrong)
        in->wrong = what;
}

static void
skip_blanks(struct cpt_json_in *in)
{
    while (in->at < in->end && (*in->at == ' ' || *in->at == '\n' || *in->at == '\r' || *in->at == '\t'))
        in->at++;
}

/* The next byte behind blanks; NUL at the end. */
static char
next_byte(struct cpt_json_in *in)
{
    if (in->wrong)
        return '\0';
    skip_blanks(in);
    return in->at < in->end ? *in->at : '\0';
}

static bool
take(struct cpt_json_in *in, char c)
{
    if (next_byte(in) != c || in->at == in->end)
        return false;
    in->at++;
    return true;
}

static void
expect(struct cpt_json_in *in, char c, const char *otherwise)
{
    if (!take(in, c))
        fail(in, otherwise);
}

char
cpt_json_in_peek(struct cpt_json_in *in)
{
    char c = next_byte(in);

    switch (c) {
    case '{':
    case '[':
    case '"':
    case 'n':
        return c;
    case 't':
    case 'f':
        return 't';
    default:
        return c == '-' || (c >= '0' && c <= '9') ? '0' : '\0';
    }
}

static void
enter(struct cpt_json_in *in, char c, const char *otherwise)
{
    expect(in, c, otherwise);
    if (++in->depth > CPT_JSON_DEPTH)
        fail(in, "too deep");
    in->opened = true;
}

/* Whether one more is there, with the comma in front of it taken; else the end of it is. */
static bool
one_more(struct cpt_json_in *in, char end)
{
    bool first = in->opened;

    in->opened = false;
    if (take(in, end)) {
        in->depth--;
        return false;
    }
    if (!first)
        expect(in, ',', "no comma where one should be");
    return !in->wrong;
}

void
cpt_json_in_object(struct cpt_json_in *in)
{
    enter(in, '{', "no object where one should be");
}

bool
cpt_json_in_key(struct cpt_json_in *in)
{
    if (!one_more(in, '}'))
        return false;
    cpt_json_in_string(in);
    expect(in, ':', "no colon behind a key");
    return !in->wrong;
}

bool
cpt_json_in_is_key(const struct cpt_json_in *in, const char *key)
{
    return !in->wrong && in->text.size == strlen(key) && memcmp(in->text.data, key, in->text.size) == 0;
}

void
cpt_json_in_array(struct cpt_json_in *in)
{
    enter(in, '[', "no array where one should be");
}

bool
cpt_json_in_item(struct cpt_json_in *in)
{
    return one_more(in, ']');
}

/* Four hexadecimal digits. */
static uint32_t
hex_digits(struct cpt_json_in *in)
{
    uint32_t value = 0;

    for (int i = 0; i < 4; i++) {
        char c = in->at < in->end ? *in->at : '\0';

        if (c >= '0' && c <= '9')
            value = value << 4 | (uint32_t)(c - '0');
        else if ((c | 32) >= 'a' && (c | 32) <= 'f')
            value = value << 4 | (uint32_t)((c | 32) - 'a' + 10);
        else
            fail(in, "no hexadecimal digit behind \\u");
        in->at += in->at < in->end;
    }
    return value;
}

/* Behind "\u": one code point, of two escapes where it takes a pair of surrogates. */
static void
take_unicode(struct cpt_json_in *in)
{
    uint32_t code = hex_digits(in), low;

    if (code >= 0xd800 && code < 0xdc00 && in->end - in->at >= 2 && in->at[0] == '\\' && in->at[1] == 'u') {
        in->at += 2;
        low = hex_digits(in);
        code = low >= 0xdc00 && low < 0xe000 ? 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00) : 0xd800;
    }
    if (code >= 0xd800 && code < 0xe000)
        fail(in, "a lone surrogate");
    if (!in->wrong)
        cpt_buffer_add_codepoint(&in->text, code);
}

/* Behind a backslash. */
static void
take_escape(struct cpt_json_in *in)
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    char c = in->at < in->end ? *in->at++ : '\0';
    const char *letter = c ? strchr(letters, c) : NULL;

    if (letter)
        cpt_buffer_add_char(&in->text, meanings[letter - letters]);
    else if (c == 'u')
        take_unicode(in);
    else
        fail(in, "no escape that there is");
}

/* One code point that is no escape. */
static void
take_plain(struct cpt_json_in *in)
{
    size_t used = 1;
    uint32_t codepoint = cpt_utf8_decode(in->at, (size_t)(in->end - in->at), &used);

    if (codepoint == CPT_NOT_UTF8)
        fail(in, "not UTF-8");
    else if (codepoint < 0x20)
        fail(in, "a control character in a string");
    cpt_buffer_add(&in->text, in->at, used);
    in->at += used;
}

void
cpt_json_in_string(struct cpt_json_in *in)
{
    cpt_buffer_clear(&in->text);
    in->opened = false;
    expect(in, '"', "no string where one should be");
    while (!in->wrong && in->at < in->end && *in->at != '"') {
        if (*in->at == '\\') {
            in->at++;
            take_escape(in);
        } else {
            take_plain(in);
        }
    }
    if (!in->wrong && in->at++ == in->end) {
        in->at--;
        fail(in, "a string without its end");
    }
    if (in->text.failed)
        fail(in, "a string too long for memory");
}

static size_t
take_digits(struct cpt_json_in *in)
{
    const char *from = in->at;

    while (in->at < in->end && *in->at >= '0' && *in->at <= '9')
        in->at++;
    return (size_t)(in->at - from);
}

static bool
take_one_of(struct cpt_json_in *in, const char *choices)
{
    if (in->at == in->end || !*in->at || !strchr(choices, *in->at))
        return false;
    in->at++;
    return true;
}

/* A number of any kind. */
static void
skip_number(struct cpt_json_in *in)
{
    bool good;

    take_one_of(in, "-");
    good = take_one_of(in, "0") || take_digits(in);
    if (good && take_one_of(in, "."))
        good = take_digits(in);
    if (good && take_one_of(in, "eE")) {
        take_one_of(in, "+-");
        good = take_digits(in);
    }
    if (!good)
        fail(in, "no number where one should be");
}

uint64_t
cpt_json_in_uint(struct cpt_json_in *in)
{
    uint64_t value = 0;
    const char *from;

    in->opened = false;
    next_byte(in);
    from = in->at;
    if (!in->wrong)
        skip_number(in);
    for (const char *p = from; !in->wrong && p < in->at; p++) {
        if (*p < '0' || *p > '9' || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(*p - '0'), &value))
            fail(in, "no count where one should be");
    }
    return in->wrong ? 0 : value;
}

static bool
take_word(struct cpt_json_in *in, const char *word)
{
    size_t length = strlen(word);

    if (!next_byte(in) || (size_t)(in->end - in->at) < length || memcmp(in->at, word, length) != 0)
        return false;
    in->at += length;
    return true;
}

bool
cpt_json_in_bool(struct cpt_json_in *in)
{
    in->opened = false;
    if (take_word(in, "true"))
        return true;
    if (!take_word(in, "false"))
        fail(in, "neither true nor false where one should be");
    return false;
}

/* A value that holds no others. */
static void
skip_simple(struct cpt_json_in *in)
{
    char next = cpt_json_in_peek(in);

    in->opened = false;
    if (next == '"')
        cpt_json_in_string(in);
    else if (next == '0')
        skip_number(in);
    else if (!take_word(in, "null") && !take_word(in, "true") && !take_word(in, "false"))
        fail(in, "no value where one should be");
}

void
cpt_json_in_skip(struct cpt_json_in *in)
{
    bool is_object[CPT_JSON_DEPTH + 1];
    unsigned within = 0;

    do {
        char next = cpt_json_in_peek(in);

        if (next == '{' || next == '[') {
            enter(in, next, "");
            is_object[within] = next == '{'; /* no deeper than ENTER lets */
            within += !in->wrong;
        } else {
            skip_simple(in);
        }
        while (within && !in->wrong && !(is_object[within - 1] ? cpt_json_in_key(in) : cpt_json_in_item(in)) &&
               !in->wrong)
            within--;
    } while (within && !in->wrong);
}

void
cpt_json_in_finish(struct cpt_json_in *in)
{
    if (!in->wrong) {
        skip_blanks(in);
        if (in->at < in->end)
            fail(in, "something behind the document");
    }
}
