#include "image/fonts.h"

#include "base/utf8.h"
#include "image/fonts_module.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, RUN_MAX = 512 /* characters of a run: letters and their marks */ };

struct fonts {
    bool is_tried;
    const struct fonts_module *module; /* NULL: there is none */
    void *state;
};

bool fonts_create(struct fonts **out, struct err *err)
{
    *out = calloc(1, sizeof **out);
    return *out || FAIL(err, ERR_TOO_BIG, "memory", "this machine");
}

void fonts_destroy(struct fonts *f)
{
    if (f && f->state)
        f->module->destroy(f->state);
    free(f);
}

static const struct fonts_module *open_file(const char *folder, const char *below)
{
    char path[PATH_BYTES];
    const int n = snprintf(path, sizeof path, "%s%s/%s", folder, below, FONTS_MODULE_FILE);
    if (n < 0 || (size_t)n >= sizeof path || access(path, R_OK) != 0)
        return NULL;
    /* Never unloaded: the libraries behind it keep tables of their own. */
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    const struct fonts_module *module = library ? dlsym(library, FONTS_MODULE_SYMBOL) : NULL;
    return module && module->version == FONTS_MODULE_VERSION ? module : NULL;
}

/* The folder of this program, without the slash behind it. */
static bool program_folder(char out[PATH_BYTES])
{
    const ssize_t n = readlink("/proc/self/exe", out, PATH_BYTES - 1);
    if (n <= 0)
        return false;
    out[n] = '\0';
    char *slash = strrchr(out, '/');
    if (slash)
        *slash = '\0';
    return slash != NULL;
}

/* $BONBON_MODULES, beside the program, where it is installed, above it (where it was built). */
static const struct fonts_module *find_module(void)
{
    static const char *const below[] = {"", "/../lib/bonbon", "/.."};
    char folder[PATH_BYTES];
    const char *said = getenv("BONBON_MODULES");
    if (said && *said)
        return open_file(said, "");
    if (!program_folder(folder))
        return NULL;
    for (size_t i = 0; i < sizeof below / sizeof *below; i++) {
        const struct fonts_module *module = open_file(folder, below[i]);
        if (module)
            return module;
    }
    return NULL;
}

static bool is_ready(struct fonts *f)
{
    if (!f->is_tried) {
        f->is_tried = true;
        f->module = find_module();
        f->state = f->module ? f->module->create() : NULL;
    }
    return f->state != NULL;
}

bool fonts_draw(struct fonts *f, enum fonts_language language, struct slice text,
                bool right_to_left, unsigned cells, uint8_t *rows, size_t stride)
{
    uint32_t chars[RUN_MAX];
    size_t n = 0;
    if (cells == 0 || cells > FONTS_RUN_CELLS || !is_ready(f))
        return false;
    while (n < RUN_MAX && utf8_take(&text, &chars[n]))
        n++;
    const struct fonts_run run = {
        chars, n, language, right_to_left, cells * FONTS_CELL_WIDTH, FONTS_CELL_HEIGHT};
    return text.n == 0 && f->module->draw(f->state, &run, rows, stride);
}

bool fonts_draw_one(struct fonts *f, enum fonts_language language, uint32_t cp, unsigned width_dots,
                    unsigned height_dots, uint8_t *rows, size_t stride)
{
    const struct fonts_run run = {&cp, 1, language, false, width_dots, height_dots};
    return width_dots && width_dots <= 2 * FONTS_CELL_WIDTH && height_dots &&
           height_dots <= FONTS_CELL_HEIGHT && is_ready(f) &&
           f->module->draw(f->state, &run, rows, stride);
}

bool fonts_are_there(struct fonts *f)
{
    return is_ready(f);
}

bool fonts_have(struct fonts *f, uint32_t cp)
{
    return is_ready(f) && f->module->have(f->state, cp);
}

enum fonts_language fonts_language_of(struct slice text)
{
    enum { LEAST_BYTE = 0xE3 }; /* in UTF-8, of what is counted */
    static const struct {
        uint32_t from, to;
        enum fonts_language language;
    } letters[] = {
        {0x3041, 0x30FF, FONTS_JA}, {0x3105, 0x312F, FONTS_ZH_TW}, {0x3131, 0x318E, FONTS_KO},
        {0xAC00, 0xD7A3, FONTS_KO}, {0xFF66, 0xFF9D, FONTS_JA},
    };
    size_t count[FONTS_LANGUAGES] = {0};
    enum fonts_language best = FONTS_ANY;
    while (text.n) {
        uint32_t cp;
        if (text.p[0] < LEAST_BYTE) {
            text = slice_sub(text, 1, text.n);
            continue;
        }
        (void)utf8_take(&text, &cp);
        for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
            if (cp >= letters[i].from && cp <= letters[i].to)
                count[letters[i].language]++;
        }
    }
    for (unsigned i = FONTS_ANY + 1; i < FONTS_LANGUAGES; i++) {
        if (count[i] > count[best])
            best = (enum fonts_language)i;
    }
    return best;
}

bool fonts_levels(struct fonts *f, const uint32_t *text, size_t n, char direction, uint8_t *levels,
                  uint32_t *mirrored)
{
    if (is_ready(f) && f->module->levels(f->state, text, n, direction, levels, mirrored))
        return true;
    memset(levels, 0, n);
    memcpy(mirrored, text, n * sizeof *text);
    return false;
}

bool fonts_join(struct fonts *f, const uint32_t *text, size_t n, const uint8_t *levels,
                uint32_t *forms)
{
    if (is_ready(f) && f->module->join(f->state, text, n, levels, forms))
        return true;
    memcpy(forms, text, n * sizeof *text);
    return false;
}
