#include "base/calendar.h"

#include <stdlib.h>

enum { DAY_S = 86400 };

/* Days from 1970-01-01 and back by counting years from March, so that the leap day is a year's last
 * (Howard Hinnant, "chrono-compatible low-level date algorithms"). */
int32_t day_from_civil(int year, unsigned month, unsigned day)
{
    int y = month <= 2 ? year - 1 : year;
    int era = (y >= 0 ? y : y - 399) / 400;
    unsigned of_era = (unsigned)(y - era * 400);
    unsigned of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    unsigned day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    return (int32_t)(era * 146097 + (int)day_of_era - 719468);
}

void day_civil(int32_t day, struct civil *out)
{
    int64_t z = (int64_t)day + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    unsigned of_era = (unsigned)(z - era * 146097);
    unsigned year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    unsigned of_year = of_era - (365 * year + year / 4 - year / 100);
    unsigned month = (5 * of_year + 2) / 153;
    *out = (struct civil){
        .day = of_year - (153 * month + 2) / 5 + 1,
        .month = month < 10 ? month + 3 : month - 9,
        .weekday = (unsigned)((((int64_t)day + 3) % 7 + 7) % 7), /* day 0 was a Thursday */
    };
    out->year = (int)(year + era * 400) + (out->month <= 2);
}

static unsigned month_days(int year, unsigned month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

static bool take_digits(struct slice *s, size_t n, unsigned *out)
{
    if (s->n < n)
        return false;
    unsigned value = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned digit = (unsigned)s->p[i] - '0';
        if (digit > 9)
            return false;
        value = value * 10 + digit;
    }
    *out = value;
    *s = slice_sub(*s, n, s->n);
    return true;
}

static bool take_char(struct slice *s, char c)
{
    if (s->n == 0 || s->p[0] != (uint8_t)c)
        return false;
    *s = slice_sub(*s, 1, s->n);
    return true;
}

static bool take_day(struct slice *s, int32_t *day)
{
    unsigned y, m, d;
    if (!take_digits(s, 4, &y) || !take_char(s, '-') || !take_digits(s, 2, &m) ||
        !take_char(s, '-') || !take_digits(s, 2, &d))
        return false;
    if (m < 1 || m > 12 || d < 1 || d > month_days((int)y, m))
        return false;
    *day = day_from_civil((int)y, m, d);
    return true;
}

bool day_parse(struct slice text, int32_t *day)
{
    int32_t value;
    if (!take_day(&text, &value) || text.n)
        return false;
    *day = value;
    return true;
}

int32_t day_to_anniversary(int32_t day, unsigned month, unsigned month_day)
{
    struct civil now;
    int32_t nearest = INT32_MAX;
    day_civil(day, &now);
    for (int year = now.year - 1; year <= now.year + 1; year++) {
        unsigned last = month_days(year, month);
        int32_t away = day_from_civil(year, month, month_day < last ? month_day : last) - day;
        if (abs(away) < abs(nearest))
            nearest = away;
    }
    return nearest;
}

static char *put_digits(char *at, unsigned value, unsigned digits)
{
    for (unsigned i = digits; i-- > 0; value /= 10)
        at[i] = (char)('0' + value % 10);
    return at + digits;
}

size_t day_text(int32_t day, char out[16])
{
    struct civil c;
    day_civil(day, &c);
    char *at = out;
    if (c.year < 0)
        *at++ = '-';
    unsigned year = (unsigned)(c.year < 0 ? -c.year : c.year);
    at = put_digits(at, year, year > 99999 ? 7 : year > 9999 ? 5 : 4);
    *at++ = '-';
    at = put_digits(at, c.month, 2);
    *at++ = '-';
    at = put_digits(at, c.day, 2);
    *at = 0;
    return (size_t)(at - out);
}

static bool take_clock(struct slice *s, unsigned *seconds)
{
    unsigned hour, minute, second;
    if (!take_digits(s, 2, &hour) || !take_char(s, ':') || !take_digits(s, 2, &minute) ||
        !take_char(s, ':') || !take_digits(s, 2, &second))
        return false;
    if (hour > 23 || minute > 59 ||
        second > 60) /* 60: a leap second, counted into the next minute */
        return false;
    if (take_char(s, '.')) {
        unsigned digit;
        if (!take_digits(s, 1, &digit))
            return false;
        while (take_digits(s, 1, &digit))
            ;
    }
    *seconds = hour * 3600 + minute * 60 + second;
    return true;
}

static bool take_offset(struct slice *s, int *offset_s)
{
    if (take_char(s, 'Z') || take_char(s, 'z')) {
        *offset_s = 0;
        return true;
    }
    bool west = s->n && s->p[0] == '-';
    unsigned hour, minute;
    if (!take_char(s, west ? '-' : '+') || !take_digits(s, 2, &hour) || !take_char(s, ':') ||
        !take_digits(s, 2, &minute) || hour > 23 || minute > 59)
        return false;
    int value = (int)(hour * 3600 + minute * 60);
    *offset_s = west ? -value : value;
    return true;
}

bool time_parse(struct slice text, int64_t *unix_s, int *offset_s, struct err *err)
{
    struct slice s = text;
    int32_t day;
    unsigned seconds;
    int offset;
    if (!take_day(&s, &day) || !(take_char(&s, 'T') || take_char(&s, 't') || take_char(&s, ' ')) ||
        !take_clock(&s, &seconds))
        return err_fail_slice(err, ERR_TIME, text);
    if (s.n == 0)
        return err_fail_slice(err, ERR_TIME_ZONE, text);
    if (!take_offset(&s, &offset) || s.n)
        return err_fail_slice(err, ERR_TIME, text);
    *unix_s = (int64_t)day * DAY_S + seconds - offset;
    if (offset_s)
        *offset_s = offset;
    return true;
}

size_t time_text(int64_t unix_s, int offset_s, char out[32])
{
    int64_t local = unix_s + offset_s;
    int64_t day = local / DAY_S - (local % DAY_S < 0);
    unsigned second = (unsigned)(local - day * DAY_S);
    char *at = out + day_text((int32_t)day, out);
    *at++ = 'T';
    at = put_digits(at, second / 3600, 2);
    *at++ = ':';
    at = put_digits(at, second / 60 % 60, 2);
    *at++ = ':';
    at = put_digits(at, second % 60, 2);
    unsigned minutes = (unsigned)(offset_s < 0 ? -offset_s : offset_s) / 60;
    *at++ = offset_s < 0 ? '-' : '+';
    at = put_digits(at, minutes / 60, 2);
    *at++ = ':';
    at = put_digits(at, minutes % 60, 2);
    *at = 0;
    return (size_t)(at - out);
}

int32_t business_day(const struct zone *zone, int64_t unix_s, unsigned day_start_min)
{
    struct civil c;
    zone_civil(zone, unix_s, &c);
    int32_t day = day_from_civil(c.year, c.month, c.day);
    /* Compared as instants, not by the clock on the wall: that one shows some hours twice in
     * autumn. */
    if (unix_s < zone_unix(zone, day, 0, day_start_min, 0))
        return day - 1;
    if (unix_s >= business_day_end(zone, day, day_start_min))
        return day + 1;
    return day;
}

int64_t business_day_end(const struct zone *zone, int32_t day, unsigned day_start_min)
{
    return zone_unix(zone, day + 1, 0, day_start_min, 0);
}
