/* numpy's datetime64 and units of time. */
#include "coreanalyze/decode/numpy.h"

#include <inttypes.h>
#include <stdio.h>

/* NPY_DATETIMEUNIT; 3 was business days. PER_SECOND of units below a second, SECONDS of those above. */
static const struct unit {
    const char *name;
    int64_t seconds;
    int decimals; /* of a second */
} units[] = {
    {"Y", 0, 0},  {"M", 0, 0},  {"W", 604800, 0}, {"", 0, 0},   {"D", 86400, 0}, {"h", 3600, 0},       {"m", 60, 0},
    {"s", 1, 0},  {"ms", 0, 3}, {"us", 0, 6},     {"ns", 0, 9}, {"ps", 0, 12},   {"fs", 0, 15},        {"as", 0, 18},
};

enum { YEAR, MONTH, WEEK, DAY = 4, HOUR, MINUTE, SECOND, UNITS = sizeof(units) / sizeof(units[0]) };

const char *
cpt_numpy_unit_name(int unit)
{
    return unit >= 0 && unit < UNITS ? units[unit].name : "generic";
}

void
cpt_numpy_unit(int unit, int multiple, char *text, size_t size)
{
    *text = '\0';
    if (unit < 0 || unit >= UNITS)
        return;
    if (multiple == 1)
        snprintf(text, size, "[%s]", units[unit].name);
    else
        snprintf(text, size, "[%d%s]", multiple, units[unit].name);
}

/* VALUE divided, rounded down; *REST is what is left. */
static int64_t
divide(int64_t value, int64_t by, int64_t *rest)
{
    int64_t quotient = value / by;

    *rest = value % by;
    if (*rest < 0) {
        *rest += by;
        quotient--;
    }
    return quotient;
}

/* The day DAYS after 1970-01-01 in the Gregorian calendar without end, counted in eras of 400 years from a March on. */
static int
write_day(int64_t days, char *text, size_t size)
{
    int64_t day, year, month, era = divide(days + 719468, 146097, &day);

    year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    day -= 365 * year + year / 4 - year / 100;
    month = (5 * day + 2) / 153;
    day -= (153 * month + 2) / 5;
    year += era * 400 + (month >= 10);
    return snprintf(text, size, "%04" PRId64 "-%02d-%02d", year, (int)(month < 10 ? month + 3 : month - 9),
                    (int)day + 1);
}

static void
write_clock(int64_t value, int unit, char *text, size_t size)
{
    int64_t days, seconds, rest = 0, power = 1;
    int used;

    for (int i = 0; i < units[unit].decimals; i++)
        power *= 10;
    if (unit > SECOND)
        value = divide(value, power, &rest);
    else if (__builtin_mul_overflow(value, units[unit].seconds, &value)) {
        snprintf(text, size, "?");
        return;
    }
    days = divide(value, 86400, &seconds);
    used = write_day(days, text, size);
    if (unit == DAY || unit == WEEK)
        return;
    used += snprintf(text + used, size - (size_t)used, "T%02d", (int)(seconds / 3600));
    if (unit >= MINUTE)
        used += snprintf(text + used, size - (size_t)used, ":%02d", (int)(seconds / 60 % 60));
    if (unit >= SECOND)
        used += snprintf(text + used, size - (size_t)used, ":%02d", (int)(seconds % 60));
    if (unit > SECOND)
        snprintf(text + used, size - (size_t)used, ".%0*" PRId64, units[unit].decimals, rest);
}

void
cpt_numpy_datetime(int64_t value, int unit, int multiple, char *text, size_t size)
{
    int64_t month, year;

    if (value == CPT_NUMPY_NAT) {
        snprintf(text, size, "NaT");
    } else if (unit < 0 || unit >= UNITS || __builtin_mul_overflow(value, (int64_t)multiple, &value) ||
               value > INT64_MAX - 1970) {
        snprintf(text, size, "?");
    } else if (unit == YEAR) {
        snprintf(text, size, "%04" PRId64, value + 1970);
    } else if (unit == MONTH) {
        year = divide(value, 12, &month) + 1970;
        snprintf(text, size, "%04" PRId64 "-%02d", year, (int)month + 1);
    } else {
        write_clock(value, unit, text, size);
    }
}
