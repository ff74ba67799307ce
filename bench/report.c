#include "report.h"

#include "base/buf.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

/* clang-format off */
static const struct {
    const char *key, *what;
    int digits;
} rows[FIGURES] = {
    [FACTS_A_SECOND] = {"facts_a_second", "facts to bytes: receipts a second on one core", 0},
    [FACTS_BYTES] = {"facts_bytes", "bytes of one receipt", 0},
    [DOCUMENT_A_SECOND] = {"document_a_second", "the canonical document as it stands: receipts a second", 0},
    [DOCUMENT_BYTES] = {"document_bytes", "its bytes", 0},
    [JSON_A_SECOND] = {"json_a_second", "reading and checking the sale's JSON: sales a second", 0},
    [COLD_MS] = {"cold_ms", "a cold process from sale.json to bytes: ms", 1},
    [COLD_PEAK_MIB] = {"cold_peak_mib", "its largest memory: MiB", 1},
    [SALES_A_SECOND] = {"sales_a_second", "real sales into ledger and spool, out to /dev/null: a second", 0},
    [SALES_A_CPU_SECOND] = {"sales_a_cpu_second", "the same: a second of processor", 0},
    [FSYNCS_A_SALE] = {"fsyncs_a_sale", "fsyncs a sale", 3},
};
/* clang-format on */

/* "Intel(R) Xeon(R) Processor", as the kernel calls it. */
static struct slice processor(struct buf *text)
{
    struct slice rest, line;
    buf_init(text, 0);
    if (buf_read_file(text, "/proc/cpuinfo")) {
        rest = buf_slice(text);
        while (take_line(&rest, &line)) {
            const uint8_t *colon = line.n > 10 && memcmp(line.p, "model name", 10) == 0
                                       ? memchr(line.p, ':', line.n)
                                       : NULL;
            if (colon && colon + 2 < line.p + line.n)
                return slice_sub(line, (size_t)(colon + 2 - line.p), line.n);
        }
    }
    return SLICE_LITERAL("unknown processor");
}

#ifdef __clang__
#define COMPILER __VERSION__
#else
#define COMPILER "gcc " __VERSION__
#endif

static void print_machine(void)
{
    struct utsname os;
    struct buf text;
    struct tm day;
    double load[1] = {0};
    time_t now = time(NULL);
    struct slice model = processor(&text);
    uname(&os);
    gmtime_r(&now, &day);
    if (getloadavg(load, 1) != 1)
        load[0] = NAN;
    printf("%.*s, %ld cores, %s %s, %s, %04d-%02d-%02d, load %.1f", (int)model.n,
           (const char *)model.p, sysconf(_SC_NPROCESSORS_ONLN), os.sysname, os.release, COMPILER,
           day.tm_year + 1900, day.tm_mon + 1, day.tm_mday, load[0]);
    buf_finish(&text);
}

void report_markdown(const double figures[FIGURES], uint64_t seen)
{
    printf("| what | bonbon |\n|---|---:|\n");
    for (size_t i = 0; i < FIGURES; i++)
        if (isnan(figures[i]))
            printf("| %s | – |\n", rows[i].what);
        else
            printf("| %s | %.*f |\n", rows[i].what, rows[i].digits, figures[i]);
    printf("\n");
    print_machine();
    printf("\n(everything hashed: %016" PRIx64 ")\n", seen);
}

void report_json(const double figures[FIGURES], uint64_t seen)
{
    printf("{\"rows\":[");
    for (size_t i = 0; i < FIGURES; i++) {
        printf("%s{\"key\":\"%s\",\"what\":\"%s\",\"digits\":%d,\"figure\":", i ? "," : "",
               rows[i].key, rows[i].what, rows[i].digits);
        if (isnan(figures[i]))
            printf("null}");
        else
            printf("%.4f}", figures[i]);
    }
    printf("],\"machine\":\"");
    print_machine();
    printf("\",\"seen\":\"%016" PRIx64 "\"}\n", seen);
}
