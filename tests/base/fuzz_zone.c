/* Any bytes as a time-zone file: refused, or a clock that stands within a day of UTC and never
 * reads past them. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/calendar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_zone(const struct zone *zone)
{
    static const int64_t moments[] = {INT64_C(-5000000000), -1, 0, 1795262580, INT64_C(4102444800),
                                      INT64_C(9000000000)};
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        struct civil c;
        zone_civil(zone, moments[i], &c);
        (void)zone_unix(zone, day_from_civil(c.year, c.month, c.day), c.hour, c.minute, c.second);
        (void)business_day(zone, moments[i], 300);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char dir[] = "/tmp/bonbon-zone-XXXXXX", path[64];
    if (!mkdtemp(dir))
        abort();
    snprintf(path, sizeof path, "%s/Zone", dir);
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(data, 1, size, f) != size)
        abort();
    fclose(f);
    setenv("TZDIR", dir, 1);
    struct zone *zone;
    struct err err = {0};
    if (zone_create(&zone, "Zone", &err))
        try_zone(zone);
    zone_destroy(zone);
    unlink(path);
    rmdir(dir);
    return 0;
}
