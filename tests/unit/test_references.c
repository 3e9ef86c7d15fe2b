/* The table of references: its order, which the search needs, its bounds, which the readers of instances rely on, and facts
   from the headers of CPython (Include/cpython/funcobject.h, Include/cpython/weakrefobject.h, Objects/iterobject.c …). */
#include "symbols/references.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define V CPT_REFERENCE_VISITED
#define O CPT_REFERENCE_OWNED
#define HEX(minor) (UINT32_C(0x030000f0) | (uint32_t)(minor) << 16)
#define HEAD 16

static int
compare(const struct cpt_reference_type *a, const struct cpt_reference_type *b)
{
    int order = strcmp(a->name, b->name);

    if (order)
        return order;
    if (a->basicsize != b->basicsize)
        return a->basicsize < b->basicsize ? -1 : 1;
    return a->itemsize < b->itemsize ? -1 : a->itemsize > b->itemsize;
}

static void
test_order(void **state)
{
    const struct cpt_reference_row *last, *row = cpt_references_rows(&last);

    (void)state;
    assert_true(last - row > 300);
    for (; row + 1 < last; row++) {
        int order = compare(&row[0].type, &row[1].type);

        if (order > 0 || (!order && row[0].last >= row[1].first))
            fail_msg("%s %u: not before what follows", row->type.name, row->type.basicsize);
    }
}

static void
test_fields(void **state)
{
    const struct cpt_reference_row *last, *row = cpt_references_rows(&last);

    (void)state;
    for (; row < last; row++) {
        uint32_t before = HEAD - 8;

        assert_true(row->first <= row->last && row->first >= 7 << 8);
        for (unsigned i = 0; i < row->type.count; i++) {
            const struct cpt_reference_field *field = &row->type.fields[i];

            if (field->offset % 8 || field->offset <= before || field->offset + 8u > row->type.basicsize ||
                field->flags > (V | O) || !field->name || !strchr(".<", field->name[0]) ||
                (field->name[0] == '<' && field->name[strlen(field->name) - 1] != '>'))
                fail_msg("%s %u: field %u", row->type.name, row->type.basicsize, field->offset);
            before = field->offset;
        }
    }
}

static void
check(unsigned minor, const char *name, uint32_t basicsize, uint32_t itemsize, const char *field, unsigned offset,
      unsigned flags)
{
    const struct cpt_reference_type *type = cpt_references_find(HEX(minor), name, basicsize, itemsize);

    if (!type)
        fail_msg("3.%u: no %s", minor, name);
    for (unsigned i = 0; i < type->count; i++) {
        if (!strcmp(type->fields[i].name, field)) {
            assert_int_equal(type->fields[i].offset, offset);
            assert_int_equal(type->fields[i].flags, flags);
            return;
        }
    }
    fail_msg("3.%u: %s has no %s", minor, name, field);
}

static void
test_facts(void **state)
{
    (void)state;
    for (unsigned minor = 8; minor <= 15; minor++) {
        check(minor, "cell", 24, 0, ".cell_contents", 16, V | O);
        check(minor, "method", 48, 0, ".__self__", 24, V | O);
        check(minor, "staticmethod", 32, 0, ".__func__", 16, V | O);
        check(minor, "list_iterator", 32, 0, "<it_seq>", 24, V | O);
        check(minor, minor < 10 ? "weakref" : "weakref.ReferenceType", minor < 11 ? 56 : 64, 0, "<wr_object>", 16, 0);
        check(minor, "range", 48, 0, "<length>", 40, O);
    }
    check(8, "function", 120, 0, ".__code__", 16, V | O);
    check(8, "function", 120, 0, ".__qualname__", 104, V | O);
    check(13, "function", 144, 0, ".__code__", 48, V | O);
    assert_true(cpt_references_find(HEX(8), "tuple", 24, 8)->items);
    assert_false(cpt_references_find(HEX(9), "functools.partial", 64, 0)->visits_type);
    assert_true(cpt_references_find(HEX(10), "functools.partial", 64, 0)->visits_type);
}

static void
test_not_there(void **state)
{
    (void)state;
    assert_null(cpt_references_find(HEX(8), "function", 128, 0));
    assert_null(cpt_references_find(HEX(8), "function", 120, 8));
    assert_null(cpt_references_find(HEX(16), "cell", 24, 0));
    assert_null(cpt_references_find(UINT32_C(0x04090000), "cell", 24, 0));
    assert_null(cpt_references_find(HEX(9), "", 16, 0));
    assert_null(cpt_references_find(HEX(9), "zzz", 16, 0));
    assert_null(cpt_references_find(HEX(9), "cel", 24, 0));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_facts),
        cmocka_unit_test(test_not_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
