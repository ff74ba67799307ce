/* Time zones from TZif files (RFC 8536) and the POSIX rule in their footer. The other half of
 * calendar.h. */
#include "base/calendar.h"

#include <stdlib.h>

enum { DAY_S = 86400, NAME_MAX_BYTES = 64, FILE_MAX_BYTES = 1 << 20 };

/* When a rule of the footer changes the clocks. */
enum rule_form {
    RULE_WEEKDAY /* Mm.w.d */,
    RULE_JULIAN /* Jn, 29 February never counted */,
    RULE_DAY /* n */
};
struct rule {
    enum rule_form form;
    unsigned month, week, weekday; /* weekday 0 Sunday, as POSIX has it */
    unsigned day;
    int time_s; /* local time of the change, -167 to 167 hours */
};

struct zone {
    char name[NAME_MAX_BYTES];
    size_t n; /* transitions */
    int64_t *at;
    int32_t *offset_s; /* from at[i] on */
    int32_t first_offset_s;
    bool has_footer, has_summer;
    int32_t standard_s, summer_s; /* east of UTC */
    struct rule start, end;       /* of summer time */
};

static uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t be64(const uint8_t *p)
{
    return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
}

struct counts {
    size_t isut, isstd, leap, time, type, chars;
};

static bool take_header(struct slice *s, uint8_t *version, struct counts *c)
{
    struct slice h;
    if (!take_bytes(s, 44, &h) || memcmp(h.p, "TZif", 4) != 0)
        return false;
    *version = h.p[4];
    *c = (struct counts){be32(h.p + 20), be32(h.p + 24), be32(h.p + 28),
                         be32(h.p + 32), be32(h.p + 36), be32(h.p + 40)};
    /* Counts beyond the file's own limit cannot be true, and would overflow the sums below. */
    const size_t most = FILE_MAX_BYTES;
    return c->isut <= most && c->isstd <= most && c->leap <= most && c->time <= most &&
           c->type >= 1 && c->type <= 256 && c->chars <= most;
}

static size_t block_bytes(const struct counts *c, size_t time_bytes)
{
    return c->time * (time_bytes + 1) + c->type * 6 + c->chars + c->leap * (time_bytes + 4) +
           c->isstd + c->isut;
}

static bool read_block(struct zone *zone, struct slice block, const struct counts *c,
                       size_t time_bytes)
{
    if (c->leap) /* the "right/" zones count leap seconds: not the clock anybody sells by */
        return false;
    const uint8_t *times = block.p, *indices = times + c->time * time_bytes;
    const uint8_t *types = indices + c->time;
    zone->first_offset_s = (int32_t)be32(types);
    zone->n = c->time;
    if (!c->time)
        return true;
    zone->at = calloc(c->time, sizeof *zone->at);
    zone->offset_s = calloc(c->time, sizeof *zone->offset_s);
    if (!zone->at || !zone->offset_s)
        return false;
    for (size_t i = 0; i < c->time; i++) {
        zone->at[i] = time_bytes == 8 ? be64(times + i * 8) : (int32_t)be32(times + i * 4);
        if (indices[i] >= c->type || (i && zone->at[i] <= zone->at[i - 1]))
            return false;
        zone->offset_s[i] = (int32_t)be32(types + (size_t)indices[i] * 6);
        if (zone->offset_s[i] < -2 * DAY_S || zone->offset_s[i] > 2 * DAY_S)
            return false;
    }
    return true;
}

static bool take_number(struct slice *s, unsigned max, unsigned *out)
{
    unsigned value = 0;
    size_t n = 0;
    while (n < s->n && n < 4 && s->p[n] >= '0' && s->p[n] <= '9')
        value = value * 10 + (s->p[n++] - '0');
    *s = slice_sub(*s, n, s->n);
    *out = value;
    return n > 0 && value <= max;
}

static bool take_sign(struct slice *s, uint8_t c)
{
    if (!s->n || s->p[0] != c)
        return false;
    *s = slice_sub(*s, 1, s->n);
    return true;
}

/* [+-]hh[:mm[:ss]] as seconds */
static bool take_hours(struct slice *s, int *seconds)
{
    bool minus = take_sign(s, '-');
    if (!minus)
        take_sign(s, '+');
    unsigned h, m = 0, sec = 0;
    if (!take_number(s, 167, &h))
        return false;
    if (take_sign(s, ':') &&
        (!take_number(s, 59, &m) || (take_sign(s, ':') && !take_number(s, 59, &sec))))
        return false;
    int value = (int)(h * 3600 + m * 60 + sec);
    *seconds = minus ? -value : value;
    return true;
}

static bool skip_name(struct slice *s)
{
    size_t n = 0;
    if (take_sign(s, '<')) {
        n = slice_find(*s, '>');
        if (n == s->n)
            return false;
        *s = slice_sub(*s, n + 1, s->n);
        return true;
    }
    while (n < s->n && ((s->p[n] | 0x20) >= 'a' && (s->p[n] | 0x20) <= 'z'))
        n++;
    *s = slice_sub(*s, n, s->n);
    return n >= 3;
}

static bool take_rule(struct slice *s, struct rule *r)
{
    *r = (struct rule){.time_s = 2 * 3600};
    if (!take_sign(s, ','))
        return false;
    if (take_sign(s, 'M')) {
        r->form = RULE_WEEKDAY;
        if (!take_number(s, 12, &r->month) || !r->month || !take_sign(s, '.') ||
            !take_number(s, 5, &r->week) || !r->week || !take_sign(s, '.') ||
            !take_number(s, 6, &r->weekday))
            return false;
    } else {
        r->form = take_sign(s, 'J') ? RULE_JULIAN : RULE_DAY;
        if (!take_number(s, 365, &r->day) || (r->form == RULE_JULIAN && !r->day))
            return false;
    }
    return !take_sign(s, '/') || take_hours(s, &r->time_s);
}

/* "EET-2EEST,M3.5.0/3,M10.5.0/4": POSIX counts hours west. */
static bool read_footer(struct zone *zone, struct slice s)
{
    int west;
    if (s.n == 0)
        return true;
    if (!skip_name(&s) || !take_hours(&s, &west))
        return false;
    zone->has_footer = true;
    zone->standard_s = -west;
    if (s.n == 0)
        return true;
    if (!skip_name(&s))
        return false;
    zone->has_summer = true;
    zone->summer_s = zone->standard_s + 3600;
    if (s.n && s.p[0] != ',') {
        if (!take_hours(&s, &west))
            return false;
        zone->summer_s = -west;
    }
    return take_rule(&s, &zone->start) && take_rule(&s, &zone->end) && s.n == 0;
}

static bool read_file(struct zone *zone, struct slice s)
{
    uint8_t version;
    struct counts c;
    struct slice block;
    if (!take_header(&s, &version, &c) || !take_bytes(&s, block_bytes(&c, 4), &block))
        return false;
    if (version < '2')
        return read_block(zone, block, &c, 4);
    if (!take_header(&s, &version, &c) || !take_bytes(&s, block_bytes(&c, 8), &block) ||
        !read_block(zone, block, &c, 8))
        return false;
    if (!s.n || s.p[0] != '\n')
        return false;
    s = slice_sub(s, 1, s.n);
    size_t end = slice_find(s, '\n');
    return end < s.n && read_footer(zone, slice_sub(s, 0, end));
}

static bool is_name(const char *name)
{
    size_t n = strlen(name);
    if (n == 0 || n >= NAME_MAX_BYTES || name[0] == '/' || strstr(name, ".."))
        return false;
    for (const char *p = name; *p; p++) {
        bool letter = (*p | 0x20) >= 'a' && (*p | 0x20) <= 'z';
        if (!letter && !(*p >= '0' && *p <= '9') && !strchr("+-_/", *p))
            return false;
    }
    return true;
}

static bool load(struct zone *zone)
{
    const char *dir = getenv("TZDIR");
    struct buf path, file;
    buf_init(&path, 0);
    buf_init(&file, FILE_MAX_BYTES);
    buf_printf(&path, "%s/%s", dir && dir[0] ? dir : "/usr/share/zoneinfo", zone->name);
    const char *name = buf_cstr(&path);
    bool ok = name && !path.full && buf_read_file(&file, name);
    /* UTC needs no file: a machine without the zone package can still keep a shop on UTC. */
    bool is_utc = strcmp(zone->name, "UTC") == 0;
    ok = ok ? read_file(zone, buf_slice(&file)) : is_utc;
    buf_finish(&file);
    buf_finish(&path);
    return ok;
}

bool zone_create(struct zone **zone, const char *name, struct err *err)
{
    struct zone *z = is_name(name) ? calloc(1, sizeof *z) : NULL;
    *zone = NULL;
    if (!z)
        return FAIL(err, ERR_ZONE, name);
    slice_cstr(slice_str(name), z->name, sizeof z->name);
    if (!load(z)) {
        zone_destroy(z);
        return FAIL(err, ERR_ZONE, name);
    }
    *zone = z;
    return true;
}

void zone_destroy(struct zone *zone)
{
    if (!zone)
        return;
    free(zone->at);
    free(zone->offset_s);
    free(zone);
}

static int64_t floor_day(int64_t s)
{
    return s / DAY_S - (s % DAY_S < 0);
}

/* Seconds since 1970 of a rule's change in a year, as local time shows it just before. */
static int64_t rule_local(const struct rule *r, int year)
{
    int32_t first = day_from_civil(year, 1, 1);
    bool leap = day_from_civil(year, 3, 1) - first == 60;
    int32_t day;
    switch (r->form) {
    case RULE_DAY:
    default:
        day = first + (int32_t)r->day;
        break;
    case RULE_JULIAN:
        day = first + (int32_t)r->day - 1 + (leap && r->day >= 60);
        break;
    case RULE_WEEKDAY: {
        int32_t month = day_from_civil(year, r->month, 1);
        int32_t next =
            r->month == 12 ? day_from_civil(year + 1, 1, 1) : day_from_civil(year, r->month + 1, 1);
        struct civil c;
        day_civil(month, &c);
        unsigned sunday_based = (c.weekday + 1) % 7;
        day = month + (int32_t)((r->weekday + 7 - sunday_based) % 7 + 7 * (r->week - 1));
        while (day >= next) /* week 5 is the last one */
            day -= 7;
        break;
    }
    }
    return (int64_t)day * DAY_S + r->time_s;
}

static int32_t footer_offset(const struct zone *z, int64_t unix_s)
{
    if (!z->has_summer)
        return z->standard_s;
    struct civil c;
    int64_t day = floor_day(unix_s + z->standard_s);
    if (day < INT32_MIN / 2 || day > INT32_MAX / 2)
        return z->standard_s;
    day_civil((int32_t)day, &c);
    /* Rules may reach into the neighbouring year (a time of -167 h), and in the south summer spans
     * New Year: the last change not after now decides. */
    int64_t latest = INT64_MIN;
    int32_t offset = z->standard_s;
    for (int year = c.year - 1; year <= c.year + 1; year++) {
        int64_t start = rule_local(&z->start, year) - z->standard_s;
        int64_t end = rule_local(&z->end, year) - z->summer_s;
        if (start <= unix_s && start > latest) {
            latest = start;
            offset = z->summer_s;
        }
        /* An end at the very moment of the next start means summer all year (RFC 8536, 3.3.1). */
        if (end <= unix_s && end > latest) {
            latest = end;
            offset = z->standard_s;
        }
    }
    return offset;
}

static int32_t offset_at(const struct zone *z, int64_t unix_s)
{
    if (z->n == 0 || unix_s < z->at[0])
        return z->n == 0 && z->has_footer ? footer_offset(z, unix_s) : z->first_offset_s;
    size_t low = 0, high = z->n; /* at[low] <= unix_s < at[high] */
    if (unix_s >= z->at[z->n - 1]) {
        low = z->n - 1;
        if (z->has_footer)
            return footer_offset(z, unix_s);
    }
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (z->at[middle] <= unix_s)
            low = middle;
        else
            high = middle;
    }
    return z->offset_s[low];
}

void zone_civil(const struct zone *zone, int64_t unix_s, struct civil *out)
{
    int32_t offset = offset_at(zone, unix_s);
    int64_t local = unix_s + offset;
    int64_t day = floor_day(local);
    unsigned second = (unsigned)(local - day * DAY_S);
    day_civil((int32_t)day, out);
    out->hour = second / 3600;
    out->minute = second / 60 % 60;
    out->second = second % 60;
    out->offset_s = offset;
}

int64_t zone_unix(const struct zone *zone, int32_t day, unsigned hour, unsigned minute,
                  unsigned second)
{
    int64_t local = (int64_t)day * DAY_S + (int64_t)hour * 3600 + (int64_t)minute * 60 + second;
    int32_t before = offset_at(zone, local - DAY_S), after = offset_at(zone, local + DAY_S);
    /* The earlier reading first: an overlap is answered with its first pass. */
    int64_t early = local - (before > after ? before : after);
    int64_t late = local - (before > after ? after : before);
    if (early + offset_at(zone, early) == local)
        return early;
    if (late + offset_at(zone, late) == local)
        return late;
    /* A gap: the clocks jump over this time between the two readings. Find the jump. */
    int64_t low = early, high = late; /* local time at low is before the gap, at high behind it */
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (middle + offset_at(zone, middle) < local)
            low = middle;
        else
            high = middle;
    }
    return high;
}
