/* Days, time zones and business days. Time zones are read from the system's TZif files (RFC 8536),
 * so that no process-wide TZ is ever touched. A day is a count of days since 1970-01-01 (proleptic
 * Gregorian). */
#ifndef BONBON_BASE_CALENDAR_H
#define BONBON_BASE_CALENDAR_H

#include "base/arena.h"
#include "base/err.h"

struct civil {
    int year;
    unsigned month, day; /* 1-based */
    unsigned hour, minute, second;
    int offset_s;     /* east of UTC */
    unsigned weekday; /* 0 Monday … 6 Sunday */
};

struct zone;

/* name is "Europe/Bucharest" or "UTC"; ERR_ZONE when it is not known or its file is broken. */
bool zone_create(struct zone **zone, const char *name, struct err *err);
void zone_destroy(struct zone *zone);

void zone_civil(const struct zone *zone, int64_t unix_s, struct civil *out);
/* The instant of a local time; in a gap (clocks go forward) the instant after it, in an overlap the
 * first. */
int64_t zone_unix(const struct zone *zone, int32_t day, unsigned hour, unsigned minute,
                  unsigned second);

int32_t day_from_civil(int year, unsigned month, unsigned day);
void day_civil(int32_t day, struct civil *out);  /* year, month, day, weekday; the rest is 0 */
bool day_parse(struct slice text, int32_t *day); /* "2026-11-21" */
size_t day_text(int32_t day, char out[16]);      /* "2026-11-21" */
/* Days from a day to the nearest of its anniversaries: negative when it is past, 0 today. Who was
 * born on 29 February has it on the 28th in years without. */
int32_t day_to_anniversary(int32_t day, unsigned month, unsigned month_day);

/* The day a moment belongs to, where a business day starts day_start_min minutes after local
 * midnight. */
int32_t business_day(const struct zone *zone, int64_t unix_s, unsigned day_start_min);
/* First second after that business day: what is valid to the end of the day is valid before this.
 */
int64_t business_day_end(const struct zone *zone, int32_t day, unsigned day_start_min);

/* RFC 3339 with a zone ("2026-11-21T14:03:00+02:00", fraction allowed and dropped). ERR_TIME, or
 * ERR_TIME_ZONE when only the zone is missing. offset_s may be NULL. */
bool time_parse(struct slice text, int64_t *unix_s, int *offset_s, struct err *err);
/* The same the other way, in the given offset; returns the length. */
size_t time_text(int64_t unix_s, int offset_s, char out[32]);

#endif
