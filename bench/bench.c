/* The figures of the README's table, in Markdown, or as JSON for peers/table.js, which joins them
 * with those of others. Every figure is a median of rounds: processor time of this process for what
 * computes, wall clock for whole processes and for what waits for the disk.
 *
 *  - facts to bytes: a checked sale in memory, its id and every amount changed each time, becomes a
 *    view, a document and the bytes of a generic-80; all bytes are hashed.
 *  - the canonical document as it stands, without data.
 *  - reading the sale's JSON, apart.
 *  - a cold `bonbon preview ... --bytes`: the whole process, and its largest memory.
 *  - real sales into ledger and spool and out to a file: printer, fsyncs counted by standing in for
 *    fsync() and fdatasync(). */
#include "report.h"

#include "document/document.h"
#include "shop/shop.h"
#include "setup/init.h"
#include "view/view.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    ROUNDS = 9,
    MOST_ROUNDS = 99,
    ROUND_NS = 300000000,
    COLD_RUNS = 41,
    VAT_PERCENT = 20,
    BENCH_ARENA_BYTES = 64 << 20
};

static uint64_t fsyncs;

__attribute__((visibility("default"))) int fsync(int fd)
{
    fsyncs++;
    return (int)syscall(SYS_fsync, fd);
}

__attribute__((visibility("default"))) int fdatasync(int fd)
{
    fsyncs++;
    return (int)syscall(SYS_fdatasync, fd);
}

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

static uint64_t hash(uint64_t h, struct slice s)
{
    uint64_t word;
    for (; s.n >= sizeof word; s = slice_sub(s, sizeof word, s.n)) {
        memcpy(&word, s.p, sizeof word);
        h = (h ^ word) * 0x9E3779B97F4A7C15U;
        h ^= h >> 29;
    }
    for (; s.n; s = slice_sub(s, 1, s.n))
        h = (h ^ s.p[0]) * 0x100000001B3U;
    return h;
}

struct options {
    bool json;
    unsigned rounds;
    const char *receipt; /* where the first receipt's bytes go, or NULL */
};

struct bench {
    unsigned rounds;
    struct arena facts, work;
    struct shop_config config;
    struct zone *zone;
    struct view_words words;
    struct slice json;
    struct sale sale;
    struct sale_item *items;
    struct sale_tax vat;
    struct sale_adjustment vat_on_top;
    struct template *template;
    struct document_paper paper;
    struct buf document, bytes;
    uint64_t seen;
};

_Noreturn static void die(const struct err *err)
{
    struct buf text;
    buf_init(&text, 0);
    err_text(err, LANG_EN, &text);
    fprintf(stderr, "bench: %.*s\n", (int)text.n, (const char *)text.p);
    exit(1);
}

static struct slice load(const char *path)
{
    struct buf text;
    buf_init(&text, 0);
    if (!buf_read_file(&text, path)) {
        printf("skipped: %s: %s\n", path, strerror(errno));
        exit(0);
    }
    return buf_slice(&text);
}

/* Another id, other amounts; the sums stay right, with VAT on top as in the canonical document. */
static void change(struct bench *b, unsigned n)
{
    static char id[8];
    int64_t total = 0;
    for (size_t i = 0; i < b->sale.n_items; i++) {
        struct sale_item *item = &b->items[i];
        item->unit_price_minor = 99 + (int64_t)((i * 137 + n) % 1900);
        item->total_minor = item->unit_price_minor * item->quantity.units;
        total += item->total_minor;
    }
    for (unsigned i = 0, rest = n; i < 6; i++, rest /= 10)
        id[5 - i] = (char)('0' + rest % 10);
    b->sale.id = slice_of(id, 6);
    b->vat.amount_minor = b->vat_on_top.amount_minor = (total * VAT_PERCENT + 50) / 100;
    b->sale.total_minor = total + b->vat.amount_minor;
}

static void facts_to_bytes(struct bench *b, unsigned n)
{
    struct err err = {0};
    change(b, n);
    arena_reset(&b->work, 0);
    buf_reset(&b->document);
    buf_reset(&b->bytes);
    const struct view_object *view =
        view_make(&b->work, &b->config, b->zone, &b->words, &b->sale, NULL);
    if (!view || !template_expand(b->template, view, &b->document, &err) ||
        !document_print(buf_slice(&b->document), &b->paper, &b->bytes, &err))
        die(&err);
    b->seen = hash(b->seen, buf_slice(&b->bytes));
}

static struct slice plain; /* the canonical document as it stands */

static void document_to_bytes(struct bench *b, unsigned n)
{
    struct err err = {0};
    (void)n;
    buf_reset(&b->bytes);
    if (!document_print(plain, &b->paper, &b->bytes, &err))
        die(&err);
    b->seen = hash(b->seen, buf_slice(&b->bytes));
}

static void read_json(struct bench *b, unsigned n)
{
    struct err err = {0};
    struct sale sale;
    (void)n;
    arena_reset(&b->work, 0);
    if (!sale_read(&b->work, b->json, 1, &sale, &err))
        die(&err);
    b->seen = hash(b->seen, slice_of(sale.content_hash, sizeof sale.content_hash));
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t n)
{
    qsort(values, n, sizeof *values, by_size);
    return values[n / 2];
}

static double per_second(struct bench *b, void (*once)(struct bench *, unsigned))
{
    double rates[MOST_ROUNDS];
    unsigned n = 0;
    for (size_t round = 0; round < b->rounds; round++) {
        uint64_t start = clock_ns(CLOCK_PROCESS_CPUTIME_ID), spent = 0;
        unsigned count = 0;
        while (spent < ROUND_NS) {
            for (unsigned i = 0; i < 200; i++, count++)
                once(b, n++);
            spent = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - start;
        }
        rates[round] = count * 1e9 / (double)spent;
    }
    return median(rates, b->rounds);
}

/* One whole process; wall clock, and the most memory it had. A child starts with the parent's
 * largest memory in its account (exec keeps it), so this runs before anything large is made here.
 */
static double run_cold(char *const *command, long *peak_kib)
{
    struct rusage usage;
    int status;
    pid_t pid;
    uint64_t start = clock_ns(CLOCK_MONOTONIC);
    if (posix_spawnp(&pid, command[0], NULL, NULL, command, environ) != 0 ||
        wait4(pid, &status, 0, &usage) < 0 || status != 0) {
        fprintf(stderr, "bench: %s failed\n", command[0]);
        exit(1);
    }
    if (usage.ru_maxrss > *peak_kib)
        *peak_kib = usage.ru_maxrss;
    return (double)(clock_ns(CLOCK_MONOTONIC) - start) / 1e6;
}

static void cold(char *const *command, size_t runs, double figures[FIGURES])
{
    double times[MOST_ROUNDS];
    long peak_kib = 0;
    for (size_t i = 0; i < runs; i++)
        times[i] = run_cold(command, &peak_kib);
    figures[COLD_MS] = median(times, runs);
    figures[COLD_PEAK_MIB] = (double)peak_kib / 1024;
}

static void sell_all(struct shop *shop, struct bench *b, struct slice text, size_t *n)
{
    const struct shop_printing printing = {.printer = "file:/dev/null", .timeout_ms = 10000};
    struct err err = {0};
    struct slice line;
    while (take_line(&text, &line)) {
        struct sale sale;
        struct sale_answer answer;
        arena_reset(&b->work, 0);
        if (!sale_read(&b->work, line, 1, &sale, &err) ||
            !shop_print_sale(shop, &sale, NULL, false, &printing, &b->work, &answer, &err))
            die(&err);
        b->seen = hash(b->seen, answer.sale);
        ++*n;
    }
}

static void real_sales(struct bench *b, const char *path, double figures[FIGURES])
{
    struct env env;
    struct err err = {0};
    struct shop *shop;
    char dir[] = "bench-shop-XXXXXX", inside[64], command[96];
    size_t n = 0;
    if (access(path, R_OK) != 0) {
        fprintf(stderr, "real sales skipped: %s: %s\n", path, strerror(errno));
        return;
    }
    struct slice text = load(path);
    if (!mkdtemp(dir))
        exit(1);
    snprintf(inside, sizeof inside, "%s/shop", dir);
    const struct shop_init init = {.dir = inside, .lang = LANG_EN};
    if (!env_system(&env, &err) || !shop_init(&init, &err) ||
        !shop_open(&shop, inside, &env, NULL, &err))
        die(&err);
    fsyncs = 0;
    uint64_t start = clock_ns(CLOCK_MONOTONIC), cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    sell_all(shop, b, text, &n);
    double wall_s = (double)(clock_ns(CLOCK_MONOTONIC) - start) / 1e9;
    double cpu_s = (double)(clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu) / 1e9;
    figures[SALES_A_SECOND] = (double)n / wall_s;
    figures[SALES_A_CPU_SECOND] = (double)n / cpu_s;
    figures[FSYNCS_A_SALE] = (double)fsyncs / (double)n;
    shop_close(shop);
    snprintf(command, sizeof command, "rm -rf %s", dir);
    if (system(command) != 0) /* NOLINT(cert-env33-c): the name is mkdtemp's, a word */
        fprintf(stderr, "bench: %s is left behind\n", dir);
}

static void prepare(struct bench *b, const char *sale, const char *template)
{
    struct err err = {0};
    static const struct slice address[] = {SLICE("12 High Street, Springfield")};
    b->config = (struct shop_config){.name = SLICE("CORNER STORE"),
                                     .tax_id = SLICE("GB 123 4567 89"),
                                     .address = address,
                                     .n_address = 1};
    b->json = load(sale);
    struct slice source = load(template);
    b->paper.profile = profile_find(SLICE_LITERAL("generic-80"));
    buf_init(&b->document, 0);
    buf_init(&b->bytes, 0);
    if (!arena_init(&b->facts, BENCH_ARENA_BYTES) || !arena_init(&b->work, BENCH_ARENA_BYTES) ||
        !zone_create(&b->zone, "Europe/London", &err) ||
        !sale_read(&b->facts, b->json, 1, &b->sale, &err) ||
        !template_create(&b->template, "canonical", source, NULL, &err))
        die(&err);
    b->words = (struct view_words){LANG_EN, b->sale.currency};
    b->items = ARENA_ARRAY(&b->facts, b->sale.n_items, struct sale_item);
    memcpy(b->items, b->sale.items, b->sale.n_items * sizeof *b->items);
    b->sale.items = b->items;
    b->vat.rate = SLICE_LITERAL("20");
    b->vat_on_top.name = SLICE_LITERAL("VAT");
    b->sale.taxes = &b->vat;
    b->sale.adjustments = &b->vat_on_top;
    b->sale.n_taxes = b->sale.n_adjustments = 1;
}

static void measure(struct bench *b, char **files, double figures[FIGURES])
{
    for (size_t i = 0; i < FIGURES; i++)
        figures[i] = NAN;
    cold(
        (char *[]){files[0], "preview", files[2], "--data", files[1], "--bytes", "/dev/null", NULL},
        COLD_RUNS, figures);
    prepare(b, files[1], files[2]);
    plain = load(files[3]);
    figures[FACTS_A_SECOND] = per_second(b, facts_to_bytes);
    facts_to_bytes(b, 0);
    figures[FACTS_BYTES] = (double)b->bytes.n;
    figures[DOCUMENT_A_SECOND] = per_second(b, document_to_bytes);
    figures[DOCUMENT_BYTES] = (double)b->bytes.n;
    figures[JSON_A_SECOND] = per_second(b, read_json);
    real_sales(b, files[4], figures);
}

static int write_receipt(struct bench *b, char **files, const char *path)
{
    FILE *file = fopen(path, "wb");
    prepare(b, files[1], files[2]);
    facts_to_bytes(b, 0);
    bool written = file && fwrite(b->bytes.p, 1, b->bytes.n, file) == b->bytes.n;
    if (file && fclose(file) != 0)
        written = false;
    if (!written)
        fprintf(stderr, "bench: %s: %s\n", path, strerror(errno));
    return written ? 0 : 1;
}

static size_t count(const char *word)
{
    long n = strtol(word, NULL, 10);
    return n < 1 ? 1 : n > MOST_ROUNDS ? MOST_ROUNDS : (size_t)n;
}

static int stopwatch(char **argv)
{
    double figures[FIGURES];
    cold(argv + 1, count(argv[0]), figures);
    printf("{\"cold_ms\":%.3f,\"cold_peak_mib\":%.3f}\n", figures[COLD_MS], figures[COLD_PEAK_MIB]);
    return 0;
}

static char **read_options(char **argv, struct options *options)
{
    for (; *argv && **argv == '-'; argv++)
        if (strcmp(*argv, "--json") == 0)
            options->json = true;
        else if (strcmp(*argv, "--rounds") == 0 && argv[1])
            options->rounds = (unsigned)count(*++argv);
        else if (strcmp(*argv, "--receipt") == 0 && argv[1])
            options->receipt = *++argv;
        else
            break;
    return argv;
}

static int usage(void)
{
    fputs("usage: bench_table [--json] [--rounds N] FILES     the figures\n"
          "       bench_table --receipt FILE FILES            the bytes of the first receipt\n"
          "       bench_table --cold RUNS COMMAND...          a whole process timed, as JSON\n"
          "FILES: BONBON SALE.json TEMPLATE DOCUMENT.receipt SALES.jsonl\n",
          stderr);
    return 2;
}

int main(int argc, char **argv)
{
    static struct bench b;
    struct options options = {.rounds = ROUNDS};
    double figures[FIGURES];
    if (argc > 3 && strcmp(argv[1], "--cold") == 0)
        return stopwatch(argv + 2);
    char **files = read_options(argv + 1, &options);
    if (argv + argc - files != 5)
        return usage();
    if (options.receipt)
        return write_receipt(&b, files, options.receipt);
    b.rounds = options.rounds;
    measure(&b, files, figures);
    (options.json ? report_json : report_markdown)(figures, b.seen);
    return 0;
}
