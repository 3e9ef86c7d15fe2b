/* repr() of datetime's types and of zoneinfo.ZoneInfo, from 3.7 to 3.15 the same. */
#include "coreanalyze/base/bytes.h"
#include "coreanalyze/decode/repr.h"

#include <inttypes.h>

static cpt_status
not_plausible(struct cpt_repr *repr, const struct cpt_object *object, const char *what)
{
    return cpt_repr_fail(repr, CPT_CORRUPT, object->address, "a %s is not plausible", what);
}

/* As both date and datetime begin: two bytes of year, month, day. */
struct day {
    unsigned year, month, day;
};

/* False also for DATA NULL: the layout puts it outside of the object. */
static bool
read_day(const uint8_t *data, struct day *day)
{
    if (!data)
        return false;
    day->year = (unsigned)data[0] << 8 | data[1];
    day->month = data[2];
    day->day = data[3];
    return day->year >= 1 && day->year <= 9999 && day->month >= 1 && day->month <= 12 && day->day >= 1 &&
           day->day <= 31;
}

/* Hour, minute, second, and three bytes of microseconds. */
struct clock {
    unsigned hour, minute, second, microsecond;
};

static bool
read_clock(const uint8_t *data, struct clock *clock)
{
    if (!data)
        return false;
    clock->hour = data[0];
    clock->minute = data[1];
    clock->second = data[2];
    clock->microsecond = (unsigned)data[3] << 16 | (unsigned)data[4] << 8 | data[5];
    return clock->hour < 24 && clock->minute < 60 && clock->second < 60 && clock->microsecond < 1000000;
}

/* Without the seconds and microseconds where they are 0. */
static void
write_clock(struct cpt_repr *repr, const struct clock *clock)
{
    cpt_repr_printf(repr, "%u, %u", clock->hour, clock->minute);
    if (clock->second || clock->microsecond)
        cpt_repr_printf(repr, ", %u", clock->second);
    if (clock->microsecond)
        cpt_repr_printf(repr, ", %u", clock->microsecond);
}

static cpt_status
write_date(struct cpt_repr *repr, const struct cpt_object *object)
{
    int32_t data = repr->decode->at->date.data;
    struct cpt_struct s;
    struct day day;
    cpt_status status = cpt_repr_needs(repr, data);

    if (!status)
        status = cpt_repr_struct(repr, object, (size_t)data + 4, &s);
    if (status)
        return status;
    if (!read_day(cpt_struct_bytes(&s, data, 4), &day))
        return not_plausible(repr, object, "date");
    cpt_repr_type_full_name(repr, object->type);
    cpt_repr_printf(repr, "(%u, %u, %u)", day.year, day.month, day.day);
    return CPT_OK;
}

static void
write_fold(struct cpt_repr *repr, uint8_t fold)
{
    if (fold)
        cpt_repr_printf(repr, ", fold=%u", fold);
}

/* The field TZINFO is only there where HASTZINFO says so: an object without is shorter. */
static cpt_status
write_tzinfo(struct cpt_repr *repr, const struct cpt_object *object, bool has, int32_t tzinfo)
{
    uint64_t address;
    cpt_status status;

    if (!has)
        return CPT_OK;
    status = cpt_memory_read_u64(repr->decode->memory, object->address + (uint64_t)tzinfo, &address, &repr->error);
    if (status)
        return status;
    cpt_repr_text(repr, ", tzinfo=");
    return cpt_repr_object(repr, address);
}

/* The structure as far as DATA, of SIZE bytes, and FOLD. */
static cpt_status
read_packed(struct cpt_repr *repr, const struct cpt_object *object, int32_t data, size_t size, int32_t fold,
            struct cpt_struct *s)
{
    cpt_status status = cpt_repr_needs(repr, data);

    if (!status)
        status = cpt_repr_needs(repr, fold);
    return status ? status
                  : cpt_repr_struct(repr, object, cpt_struct_cover(cpt_struct_cover(0, data, size), fold, 1), s);
}

static cpt_status
write_datetime(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    const uint8_t *bytes;
    struct cpt_struct s;
    struct day day;
    struct clock clock;
    bool has_tzinfo;
    cpt_status status = read_packed(repr, object, at->datetime.data, 10, at->datetime.fold, &s);

    if (status)
        return status;
    has_tzinfo = cpt_struct_u8(&s, at->datetime.hastzinfo);
    bytes = cpt_struct_bytes(&s, at->datetime.data, 10);
    if (!read_day(bytes, &day) || !read_clock(bytes + 4, &clock))
        return not_plausible(repr, object, "datetime");
    cpt_repr_type_full_name(repr, object->type);
    cpt_repr_printf(repr, "(%u, %u, %u, ", day.year, day.month, day.day);
    write_clock(repr, &clock);
    write_fold(repr, cpt_struct_u8(&s, at->datetime.fold));
    status = write_tzinfo(repr, object, has_tzinfo, at->datetime.tzinfo);
    cpt_repr_text(repr, ")");
    return status;
}

static cpt_status
write_time(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_struct s;
    struct clock clock;
    cpt_status status = read_packed(repr, object, at->time.data, 6, at->time.fold, &s);

    if (status)
        return status;
    if (!read_clock(cpt_struct_bytes(&s, at->time.data, 6), &clock))
        return not_plausible(repr, object, "time");
    cpt_repr_type_full_name(repr, object->type);
    cpt_repr_text(repr, "(");
    write_clock(repr, &clock);
    /* In the other order than datetime's. */
    status = write_tzinfo(repr, object, cpt_struct_u8(&s, at->time.hastzinfo), at->time.tzinfo);
    write_fold(repr, cpt_struct_u8(&s, at->time.fold));
    cpt_repr_text(repr, ")");
    return status;
}

struct delta {
    int32_t days, seconds, microseconds;
};

static cpt_status
read_delta(struct cpt_repr *repr, uint64_t address, struct delta *delta)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_struct s;
    cpt_status status = cpt_repr_needs(repr, at->delta.microseconds);

    if (!status)
        status = cpt_struct_read(repr->decode, &s, address, (size_t)at->delta.microseconds + 4, &repr->error);
    if (status)
        return status;
    delta->days = (int32_t)cpt_struct_u32(&s, at->delta.days);
    delta->seconds = (int32_t)cpt_struct_u32(&s, at->delta.seconds);
    delta->microseconds = (int32_t)cpt_struct_u32(&s, at->delta.microseconds);
    if (delta->seconds < 0 || delta->seconds >= 86400 || delta->microseconds < 0 || delta->microseconds >= 1000000)
        return cpt_repr_fail(repr, CPT_CORRUPT, address, "a timedelta is not plausible");
    return CPT_OK;
}

static cpt_status
write_delta(struct cpt_repr *repr, const struct cpt_object *object)
{
    struct delta delta;
    const char *comma = "";
    cpt_status status = read_delta(repr, object->address, &delta);

    if (status)
        return status;
    cpt_repr_type_full_name(repr, object->type);
    cpt_repr_text(repr, "(");
    if (delta.days) {
        cpt_repr_printf(repr, "days=%" PRId32, delta.days);
        comma = ", ";
    }
    if (delta.seconds) {
        cpt_repr_printf(repr, "%sseconds=%" PRId32, comma, delta.seconds);
        comma = ", ";
    }
    if (delta.microseconds)
        cpt_repr_printf(repr, "%smicroseconds=%" PRId32, comma, delta.microseconds);
    else if (!*comma)
        cpt_repr_text(repr, "0");
    cpt_repr_text(repr, ")");
    return CPT_OK;
}

/* Of all timezones only timezone.utc has no name and the offset 0: the constructor gives no other. */
static bool
is_utc(struct cpt_repr *repr, uint64_t offset, uint64_t name)
{
    struct delta delta;

    return !name && !read_delta(repr, offset, &delta) && !delta.days && !delta.seconds && !delta.microseconds;
}

static cpt_status
write_timezone(struct cpt_repr *repr, const struct cpt_object *object)
{
    const struct cpt_layout_fields *at = repr->decode->at;
    struct cpt_struct s;
    uint64_t offset, name;
    cpt_status status = cpt_repr_needs(repr, at->timezone.name);

    if (!status)
        status = cpt_repr_struct(repr, object, (size_t)at->timezone.name + 8, &s);
    if (status)
        return status;
    offset = cpt_struct_u64(&s, at->timezone.offset);
    name = cpt_struct_u64(&s, at->timezone.name);
    cpt_repr_type_full_name(repr, object->type);
    if (is_utc(repr, offset, name)) {
        cpt_repr_text(repr, ".utc");
        return CPT_OK;
    }
    cpt_repr_text(repr, "(");
    status = cpt_repr_object(repr, offset);
    if (!status && name) {
        cpt_repr_text(repr, ", ");
        status = cpt_repr_object(repr, name);
    }
    cpt_repr_text(repr, ")");
    return status;
}

/* PyZoneInfo_ZoneInfo of Modules/_zoneinfo.c: behind the object's head the key, None for one made from a file, and then
   the repr of that file. */
static cpt_status
write_zoneinfo(struct cpt_repr *repr, const struct cpt_object *object)
{
    const int32_t head = repr->decode->at->object.size;
    struct cpt_object key;
    struct cpt_struct s;
    cpt_status status = cpt_repr_needs(repr, head);

    if (!status)
        status = cpt_repr_struct(repr, object, (size_t)head + 16, &s);
    if (!status)
        status = cpt_object_open(&repr->values->types, cpt_struct_u64(&s, head), &key, &repr->error);
    if (status)
        return status;
    cpt_repr_type_full_name(repr, object->type);
    if (key.type->flags & CPT_TYPE_UNICODE) {
        cpt_repr_text(repr, "(key=");
        status = cpt_repr_str(repr, key.address);
    } else {
        cpt_repr_text(repr, ".from_file(");
        status = cpt_repr_str_plain(repr, cpt_struct_u64(&s, head + 8));
    }
    cpt_repr_text(repr, ")");
    return status;
}

const struct cpt_kind cpt_kinds_times[] = {
    {"datetime.date", write_date},
    {"datetime.datetime", write_datetime},
    {"datetime.time", write_time},
    {"datetime.timedelta", write_delta},
    {"datetime.timezone", write_timezone},
    {"zoneinfo.ZoneInfo", write_zoneinfo},
    {NULL, NULL},
};
