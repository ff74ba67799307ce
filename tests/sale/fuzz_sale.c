/* Any bytes at all: a sale is read or refused with a place, and what was read keeps its promises.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "sale/sale.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool truth)
{
    if (!truth)
        abort();
}

static void must_be_clean(struct slice s)
{
    must(utf8_valid(s) == s.n);
    for (size_t i = 0; i < s.n; i++)
        must(s.p[i] >= 0x20 && s.p[i] != 0x7F);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct sale sale, again;
    struct err err = {0};
    must(arena_init(&arena, (size_t)16 << 20));
    struct slice json = slice_of(data, size);
    bool lines = sale_is_json_lines(json);
    struct slice rest = json, line = json;
    if (lines)
        take_line(&rest, &line);
    if (sale_read(&arena, line, 1, &sale, &err)) {
        must(sale.id.n && sale.till.n && sale.currency);
        must_be_clean(sale.id);
        int64_t sum = -sale.discount_minor;
        for (size_t i = 0; i < sale.n_items; i++) {
            must_be_clean(sale.items[i].name);
            sum += sale.items[i].total_minor;
        }
        for (size_t i = 0; i < sale.n_adjustments; i++)
            sum += sale.adjustments[i].amount_minor;
        must(sum == sale.total_minor);
        must(sale_read(&arena, line, 1, &again, &err));
        must(memcmp(sale.content_hash, again.content_hash, sizeof sale.content_hash) == 0);
    } else {
        struct buf text;
        buf_init(&text, 0);
        must(err.code != ERR_NONE && err.code != ERR_BUG);
        must(err.code != ERR_JSON || err.line >= 1 || err.arg[0][0]);
        err_text(&err, LANG_RU, &text);
        must(text.n && utf8_valid(buf_slice(&text)) == text.n);
        buf_finish(&text);
    }
    arena_finish(&arena);
    return 0;
}
