/* bench_scripts FOLDER: the canonical receipt in several scripts, and in English with a logo of
 * 576 × 300 dots: a document is laid out for a generic-80 (Arabic also for a printer that has page
 * 864) over and over on one core, every byte hashed; its bytes, how many of them are dots, and the
 * milliseconds from its bytes to a PNG.
 *   bench_scripts --lay NAME TIMES FOLDER   lays one out so often and no more, for callgrind */
#include "document/document.h"
#include "image/fonts.h"
#include "image/pictures.h"
#include "image/png.h"
#include "protocol/command.h"
#include "setup/wires.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 7, ROUND_NS = 300000000, LOGO_WIDTH = 576, LOGO_HEIGHT = 300, PICTURES = 25 };

static const struct script {
    const char *name, *file, *profile;
} scripts[] = {
    {"en", "en", "generic-80"}, {"ru", "ru", "generic-80"},          {"ro", "ro", "generic-80"},
    {"ar", "ar", "generic-80"}, {"ar-864", "ar", "epson-tm-t20iii"}, {"logo", "en", "generic-80"},
};
enum { SCRIPTS = sizeof scripts / sizeof *scripts };

struct bench {
    const char *folder;
    struct document_paper paper;
    struct buf logo, document, bytes, png;
    uint64_t seen;
};

_Noreturn static void die(const struct err *err)
{
    struct buf text;
    buf_init(&text, 0);
    err_text(err, LANG_EN, &text);
    fprintf(stderr, "bench_scripts: %.*s\n", (int)text.n, (const char *)text.p);
    exit(1);
}

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

static bool in_ellipse(int64_t x, int64_t y, int64_t rx, int64_t ry)
{
    return x * x * ry * ry + y * y * rx * rx <= rx * rx * ry * ry;
}

/* A sweet in its paper: an oval with stripes, and the two twisted ends. */
static bool is_black(int64_t x, int64_t y)
{
    x -= LOGO_WIDTH / 2;
    y -= LOGO_HEIGHT / 2;
    if (in_ellipse(x, y, 150, 110))
        return !in_ellipse(x, y, 142, 102) || (x + y + 512) / 24 % 3 == 0;
    const int64_t out = (x < 0 ? -x : x) - 140;
    return out > 0 && out < 120 && (y < 0 ? -y : y) < out && (out / 12 % 2 == 0 || out > 108);
}

static void draw_logo(struct buf *png)
{
    struct bitmap b;
    struct err err = {0};
    if (!bitmap_init(&b, LOGO_WIDTH, LOGO_HEIGHT, &err))
        die(&err);
    for (uint32_t y = 0; y < LOGO_HEIGHT; y++) {
        for (uint32_t x = 0; x < LOGO_WIDTH; x++) {
            if (is_black(x, y))
                bitmap_set(&b, x, y);
        }
    }
    if (!png_write(&b, 0, 0, png, &err))
        die(&err);
    bitmap_finish(&b);
}

static bool give_logo(void *ctx, struct slice name, struct slice *png, struct err *err)
{
    struct bench *b = ctx;
    (void)name;
    (void)err;
    *png = buf_slice(&b->logo);
    return true;
}

static void say_warning(void *ctx, const struct err *err)
{
    (void)ctx;
    die(err);
}

static void load(struct bench *b, const struct script *script)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.receipt", b->folder, script->file);
    b->paper.profile = profile_find(slice_str(script->profile));
    buf_reset(&b->document);
    if (strcmp(script->name, "logo") == 0)
        buf_str(&b->document, "{image:logo.png}\n");
    if (!buf_read_file(&b->document, path)) {
        perror(path);
        exit(1);
    }
}

static const struct script *find_script(const char *name)
{
    for (size_t i = 0; i < SCRIPTS; i++) {
        if (strcmp(scripts[i].name, name) == 0)
            return &scripts[i];
    }
    fprintf(stderr, "bench_scripts: no receipt %s\n", name);
    exit(2);
}

static void lay(struct bench *b)
{
    struct err err = {0};
    buf_reset(&b->bytes);
    if (!document_print(buf_slice(&b->document), &b->paper, &b->bytes, &err))
        die(&err);
    uint64_t word;
    for (size_t i = 0; i + sizeof word <= b->bytes.n; i += sizeof word) {
        memcpy(&word, b->bytes.p + i, sizeof word);
        b->seen = (b->seen ^ word) * 0x9E3779B97F4A7C15U;
    }
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t n)
{
    qsort(values, n, sizeof *values, by_size);
    return values[n / 2];
}

static double receipts_a_second(struct bench *b)
{
    double rates[ROUNDS];
    for (size_t round = 0; round < ROUNDS; round++) {
        const uint64_t start = now_ns();
        uint64_t spent = 0;
        unsigned n = 0;
        for (; spent < ROUND_NS; n++) {
            lay(b);
            spent = now_ns() - start;
        }
        rates[round] = n * 1e9 / (double)spent;
    }
    return median(rates, ROUNDS);
}

static double picture_ms(struct bench *b)
{
    double spent[PICTURES];
    struct err err = {0};
    for (size_t i = 0; i < PICTURES; i++) {
        const uint64_t start = now_ns();
        buf_reset(&b->png);
        if (!wires_picture(buf_slice(&b->bytes), b->paper.profile, &b->png, &err))
            die(&err);
        spent[i] = (double)(now_ns() - start) / 1e6;
    }
    return median(spent, PICTURES);
}

/* Commands whose payload is dots. */
static bool sends_dots(enum command_id id)
{
    static const char *const names[] = {"ESC *", "ESC &", "GS v 0", "GS ( L", "GS 8 L"};
    const char *name = command_name(id);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strncmp(name, names[i], strlen(names[i])) == 0)
            return true;
    }
    return false;
}

static size_t dots_bytes(struct slice bytes)
{
    size_t dots = 0;
    while (bytes.n) {
        const struct frame f = frame_next(bytes);
        if (f.kind == FRAME_PARTIAL)
            break;
        if (f.kind == FRAME_COMMAND && sends_dots(f.id))
            dots += f.length;
        bytes = slice_sub(bytes, f.length, bytes.n);
    }
    return dots;
}

static void report(struct bench *b)
{
    puts("| receipt | receipts a second | bytes | of them dots | bytes to PNG, ms |\n"
         "|---|---:|---:|---:|---:|");
    for (size_t i = 0; i < SCRIPTS; i++) {
        load(b, &scripts[i]);
        const double rate = receipts_a_second(b);
        printf("| %s | %.0f | %zu | %.0f %% | %.1f |\n", scripts[i].name, rate, b->bytes.n,
               100.0 * (double)dots_bytes(buf_slice(&b->bytes)) / (double)b->bytes.n,
               picture_ms(b));
    }
    printf("(everything hashed: %" PRIx64 ")\n", b->seen);
}

int main(int argc, char **argv)
{
    static struct bench b;
    const bool once = argc == 5 && strcmp(argv[1], "--lay") == 0;
    if (argc != 2 && !once) {
        fputs("usage: bench_scripts [--lay NAME TIMES] FOLDER\n", stderr);
        return 2;
    }
    b.folder = argv[argc - 1];
    b.paper = (struct document_paper){.ctx = &b, .image = give_logo, .warn = say_warning};
    struct err err;
    if (!fonts_create(&b.paper.fonts, &err) || !pictures_create(&b.paper.pictures, &err))
        die(&err);
    buf_init(&b.logo, 0);
    buf_init(&b.document, 0);
    buf_init(&b.bytes, 0);
    buf_init(&b.png, 0);
    draw_logo(&b.logo);
    if (!once) {
        report(&b);
        return 0;
    }
    load(&b, find_script(argv[2]));
    for (long i = strtol(argv[3], NULL, 10); i > 0; i--)
        lay(&b);
    return 0;
}
