#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/calendar.h"

static struct zone *zone_of(const char *name)
{
    struct zone *zone;
    struct err err = {0};
    if (!zone_create(&zone, name, &err))
        fail_msg("%s: %s", name, err_name(err.code));
    return zone;
}

static void days_and_dates_agree_with_the_system(void **state)
{
    (void)state;
    for (int32_t day = -800000; day < 800000; day += 37) {
        struct tm tm;
        time_t t = (time_t)day * 86400;
        assert_non_null(gmtime_r(&t, &tm));
        struct civil c;
        day_civil(day, &c);
        assert_int_equal(c.year, tm.tm_year + 1900);
        assert_int_equal(c.month, tm.tm_mon + 1);
        assert_int_equal(c.day, tm.tm_mday);
        assert_int_equal(c.weekday, (tm.tm_wday + 6) % 7);
        assert_int_equal(day_from_civil(c.year, c.month, c.day), day);
    }
}

static void a_date_is_read_only_where_it_exists(void **state)
{
    (void)state;
    int32_t day;
    char text[16];
    assert_true(day_parse(SLICE_LITERAL("2028-02-29"), &day));
    assert_int_equal(day_text(day, text), 10);
    assert_string_equal(text, "2028-02-29");
    static const char *const bad[] = {"2026-02-29", "2026-13-01", "2026-00-01", "2026-01-00",
                                      "2026-04-31", "2026-1-01",  "26-01-01",   "2026-01-01 ",
                                      "",           "2026/01/01", "1900-02-29"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(day_parse(slice_str(bad[i]), &day));
}

static void a_time_is_rfc_3339_with_a_zone(void **state)
{
    (void)state;
    struct err err = {0};
    int64_t t;
    int offset;
    char text[32];
    assert_true(time_parse(SLICE_LITERAL("2026-11-21T14:03:00+02:00"), &t, &offset, &err));
    assert_int_equal(t, 1795262580);
    assert_int_equal(offset, 7200);
    assert_int_equal(time_text(t, offset, text), 25);
    assert_string_equal(text, "2026-11-21T14:03:00+02:00");
    assert_true(time_parse(SLICE_LITERAL("2026-11-21T14:03:00.987-03:30"), &t, &offset, &err));
    assert_int_equal(offset, -12600);
    time_text(t, offset, text);
    assert_string_equal(text, "2026-11-21T14:03:00-03:30");
    assert_true(time_parse(SLICE_LITERAL("1969-12-31t23:59:60z"), &t, NULL, &err));
    assert_int_equal(t, 0);
    time_text(-1, 0, text);
    assert_string_equal(text, "1969-12-31T23:59:59+00:00");
    assert_false(time_parse(SLICE_LITERAL("2026-11-21T14:03:00"), &t, NULL, &err));
    assert_int_equal(err.code, ERR_TIME_ZONE);
    assert_false(time_parse(SLICE_LITERAL("2026-11-21T14:03:00.5"), &t, NULL, &err));
    assert_int_equal(err.code, ERR_TIME_ZONE);
    static const char *const bad[] = {"",
                                      "2026-11-21",
                                      "2026-11-21T14:03+02:00",
                                      "2026-11-21T24:00:00Z",
                                      "2026-11-21T14:60:00Z",
                                      "2026-11-21T14:03:61Z",
                                      "2026-11-21T14:03:00.Z",
                                      "2026-11-21T14:03:00+2",
                                      "2026-11-21T14:03:00+0200",
                                      "2026-11-21T14:03:00+24:00",
                                      "2026-11-21T14:03:00Zx",
                                      "2026-02-30T14:03:00Z"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(time_parse(slice_str(bad[i]), &t, NULL, &err));
        assert_int_equal(err.code, ERR_TIME);
    }
}

/* Somebody else's opinion: the C library, told the zone through TZ (in this test only). */
static void civil_times_agree_with_the_system_to_2100(void **state)
{
    (void)state;
    static const char *const names[] = {
        "Europe/Bucharest",    "Europe/London",     "Europe/Moscow",     "Europe/Chisinau",
        "America/New_York",    "America/Sao_Paulo", "Asia/Kolkata",      "Asia/Tokyo",
        "Australia/Lord_Howe", "Europe/Dublin",     "Africa/Casablanca", "America/Nuuk",
        "Pacific/Apia",        "Pacific/Chatham",   "Asia/Gaza",         "UTC"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct zone *zone = zone_of(names[i]);
        setenv("TZ", names[i], 1);
        tzset();
        unsigned rounds = 0;
        for (int64_t t = 0; t < INT64_C(4102444800); t += 11411, rounds++) {
            struct tm tm;
            time_t unix_time = (time_t)t;
            assert_non_null(localtime_r(&unix_time, &tm));
            struct civil c;
            zone_civil(zone, t, &c);
            if (c.offset_s != tm.tm_gmtoff || (int)c.hour != tm.tm_hour ||
                (int)c.day != tm.tm_mday || (int)c.minute != tm.tm_min ||
                (int)c.second != tm.tm_sec || c.year != tm.tm_year + 1900)
                fail_msg("%s at %lld: offset %d, not %ld", names[i], (long long)t, c.offset_s,
                         tm.tm_gmtoff);
            if (rounds % 5 == 0) { /* and back, where local time is not said twice */
                int32_t day = day_from_civil(c.year, c.month, c.day);
                int64_t back = zone_unix(zone, day, c.hour, c.minute, c.second);
                struct civil again;
                zone_civil(zone, back, &again);
                assert_true(back <= t && again.hour == c.hour && again.minute == c.minute);
                if (back != t)
                    assert_true(t - back <= 10800 && again.offset_s > c.offset_s);
            }
        }
        zone_destroy(zone);
    }
    setenv("TZ", "UTC", 1);
    tzset();
}

static void assert_local(const struct zone *zone, const char *utc, const char *local)
{
    int64_t t;
    struct err err = {0};
    struct civil c;
    char text[32];
    assert_true(time_parse(slice_str(utc), &t, NULL, &err));
    zone_civil(zone, t, &c);
    time_text(t, c.offset_s, text);
    assert_string_equal(text, local);
}

/* From Python: datetime.fromtimestamp(t, zoneinfo.ZoneInfo("Europe/Bucharest")).isoformat() */
static void bucharest_changes_its_clocks_this_year_and_after_the_table(void **state)
{
    (void)state;
    struct zone *zone = zone_of("Europe/Bucharest");
    assert_local(zone, "2026-03-29T00:59:59Z", "2026-03-29T02:59:59+02:00");
    assert_local(zone, "2026-03-29T01:00:00Z", "2026-03-29T04:00:00+03:00");
    assert_local(zone, "2026-10-25T00:59:59Z", "2026-10-25T03:59:59+03:00");
    assert_local(zone, "2026-10-25T01:00:00Z", "2026-10-25T03:00:00+02:00");
    assert_local(zone, "2037-10-25T00:59:59Z", "2037-10-25T03:59:59+03:00");
    assert_local(zone, "2037-10-25T01:00:00Z", "2037-10-25T03:00:00+02:00");
    assert_local(zone, "2050-03-27T00:59:59Z", "2050-03-27T02:59:59+02:00");
    assert_local(zone, "2050-03-27T01:00:00Z", "2050-03-27T04:00:00+03:00");
    assert_local(zone, "2050-10-30T01:00:00Z", "2050-10-30T03:00:00+02:00");
    zone_destroy(zone);
}

static int64_t at(const char *text)
{
    int64_t t;
    struct err err = {0};
    assert_true(time_parse(slice_str(text), &t, NULL, &err));
    return t;
}

static void a_time_in_the_gap_is_the_moment_behind_it_and_in_the_overlap_the_first(void **state)
{
    (void)state;
    struct zone *zone = zone_of("Europe/Bucharest");
    int32_t spring = day_from_civil(2026, 3, 29), autumn = day_from_civil(2026, 10, 25);
    int64_t behind = at("2026-03-29T04:00:00+03:00");
    assert_int_equal(zone_unix(zone, spring, 2, 59, 59), behind - 1);
    assert_int_equal(zone_unix(zone, spring, 3, 0, 0), behind);
    assert_int_equal(zone_unix(zone, spring, 3, 30, 0), behind);
    assert_int_equal(zone_unix(zone, spring, 3, 59, 59), behind);
    assert_int_equal(zone_unix(zone, spring, 4, 0, 0), behind);
    assert_int_equal(zone_unix(zone, autumn, 3, 0, 0), at("2026-10-25T03:00:00+03:00"));
    assert_int_equal(zone_unix(zone, autumn, 3, 59, 59), at("2026-10-25T03:59:59+03:00"));
    assert_int_equal(zone_unix(zone, autumn, 4, 0, 0), at("2026-10-25T04:00:00+02:00"));
    zone_destroy(zone);
    zone = zone_of("Pacific/Apia"); /* 30 December 2011 never was */
    assert_int_equal(zone_unix(zone, day_from_civil(2011, 12, 30), 12, 0, 0),
                     at("2011-12-31T00:00:00+14:00"));
    zone_destroy(zone);
}

static void a_business_day_starts_at_five(void **state)
{
    (void)state;
    struct zone *zone = zone_of("Europe/Bucharest");
    const unsigned five = 5 * 60;
    int32_t day = day_from_civil(2026, 11, 21);
    assert_int_equal(business_day(zone, at("2026-11-21T23:30:00+02:00"), five), day);
    assert_int_equal(business_day(zone, at("2026-11-22T00:30:00+02:00"), five), day);
    assert_int_equal(business_day(zone, at("2026-11-22T04:59:59+02:00"), five), day);
    assert_int_equal(business_day(zone, at("2026-11-22T05:00:00+02:00"), five), day + 1);
    assert_int_equal(business_day(zone, at("2026-11-22T00:00:00+02:00"), 0), day + 1);
    assert_int_equal(business_day_end(zone, day, five), at("2026-11-22T05:00:00+02:00"));
    /* the nights of the change: 23 and 25 hours */
    int32_t spring = day_from_civil(2026, 3, 28), autumn = day_from_civil(2026, 10, 24);
    assert_int_equal(
        business_day_end(zone, spring, five) - business_day_end(zone, spring - 1, five), 23 * 3600);
    assert_int_equal(
        business_day_end(zone, autumn, five) - business_day_end(zone, autumn - 1, five), 25 * 3600);
    zone_destroy(zone);
}

static void every_moment_belongs_to_one_business_day(void **state)
{
    (void)state;
    static const char *const names[] = {"Europe/Bucharest", "America/Sao_Paulo", "Asia/Beirut",
                                        "Pacific/Apia", "America/Havana"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct zone *zone = zone_of(names[i]);
        for (unsigned start = 0; start < 1440; start += 150) {
            int32_t last = INT32_MIN;
            for (int64_t t = at("2011-01-01T00:00:00Z"); t < at("2012-03-01T00:00:00Z");
                 t += 1357) {
                int32_t day = business_day(zone, t, start);
                assert_true(t < business_day_end(zone, day, start));
                assert_true(t >= business_day_end(zone, day - 1, start));
                assert_true(day >= last);
                last = day;
            }
        }
        zone_destroy(zone);
    }
}

static void a_zone_is_a_name_not_a_path(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "Europe/Bukarest",
        "../../etc/passwd",
        "/etc/localtime",
        "Europe",
        "Europe/../UTC",
        "zone.tab",
        "EET;rm",
        "a\nb",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct zone *zone;
        struct err err = {0};
        assert_false(zone_create(&zone, bad[i], &err));
        assert_null(zone);
        assert_int_equal(err.code, ERR_ZONE);
    }
    zone_destroy(NULL);
}

static void an_anniversary_is_the_nearest_one(void **state)
{
    static const struct {
        const char *day;
        unsigned month, month_day;
        int32_t away;
    } rows[] = {
        {"2026-11-21", 11, 21, 0}, {"2026-11-21", 11, 28, 7},  {"2026-11-21", 11, 14, -7},
        {"2026-12-30", 1, 2, 3},   {"2027-01-02", 12, 30, -3}, {"2027-02-28", 2, 29, 0},
        {"2028-02-28", 2, 29, 1},  {"2027-03-01", 2, 29, -1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int32_t day;
        assert_true(day_parse(slice_str(rows[i].day), &day));
        assert_int_equal(day_to_anniversary(day, rows[i].month, rows[i].month_day), rows[i].away);
    }
}

static void utc_needs_no_file(void **state)
{
    (void)state;
    setenv("TZDIR", "/nonexistent", 1);
    struct zone *zone = zone_of("UTC");
    assert_local(zone, "2026-11-21T14:03:00Z", "2026-11-21T14:03:00+00:00");
    zone_destroy(zone);
    struct err err = {0};
    assert_false(zone_create(&zone, "Europe/Bucharest", &err));
    unsetenv("TZDIR");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_and_dates_agree_with_the_system),
        cmocka_unit_test(a_date_is_read_only_where_it_exists),
        cmocka_unit_test(a_time_is_rfc_3339_with_a_zone),
        cmocka_unit_test(civil_times_agree_with_the_system_to_2100),
        cmocka_unit_test(bucharest_changes_its_clocks_this_year_and_after_the_table),
        cmocka_unit_test(a_time_in_the_gap_is_the_moment_behind_it_and_in_the_overlap_the_first),
        cmocka_unit_test(a_business_day_starts_at_five),
        cmocka_unit_test(every_moment_belongs_to_one_business_day),
        cmocka_unit_test(a_zone_is_a_name_not_a_path),
        cmocka_unit_test(an_anniversary_is_the_nearest_one),
        cmocka_unit_test(utc_needs_no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
