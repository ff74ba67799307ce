/* The width of columns, as the ReceiptLine reference shares it. */
#include "document/layout.h"

/* Takes `excess` columns off the fixed widths, one at a time from the widest (of equals the last),
 * without counting them out. */
static void shrink(struct cell *cells, uint32_t n, uint32_t excess)
{
    while (excess) {
        int32_t widest = 0;
        int32_t next = 0;
        uint32_t tied = 0;
        for (uint32_t i = 0; i < n; i++) {
            const int32_t w = cells[i].width;
            if (w > widest) {
                next = widest;
                widest = w;
                tied = 1;
            } else if (w == widest && w > 0) {
                tied++;
            } else if (w > next) {
                next = w;
            }
        }
        if (widest <= 0)
            return;
        const uint32_t rounds = (uint32_t)(widest - next);
        if (rounds <= excess / tied) {
            for (uint32_t i = 0; i < n; i++) {
                if (cells[i].width == widest)
                    cells[i].width = next;
            }
            excess -= rounds * tied;
            continue;
        }
        const int32_t level = widest - (int32_t)(excess / tied);
        uint32_t rest = excess % tied;
        for (uint32_t i = n; i-- > 0;) {
            if (cells[i].width != widest)
                continue;
            cells[i].width = level - (rest ? 1 : 0);
            rest -= rest ? 1 : 0;
        }
        return;
    }
}

void layout_share(const struct layout *l, struct cell *cells, uint32_t n, bool is_text,
                  struct area *area)
{
    int64_t fixed = 0;
    int64_t n_rest = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (cells[i].width < 0)
            n_rest++;
        else
            fixed += cells[i].width;
    }
    int64_t spare = (int64_t)l->columns - fixed;
    if (is_text && n > 0)
        spare -= l->border == BORDER_LINE ? (int64_t)n + 1 : (int64_t)(n - 1) * l->border;
    if (n_rest > spare) {
        shrink(cells, n, (uint32_t)(n_rest - spare));
        spare = n_rest;
    }
    if (n_rest) {
        int64_t i = 0;
        for (uint32_t k = 0; k < n; k++) {
            if (cells[k].width < 0)
                cells[k].width = (int32_t)((spare + i++) / n_rest);
        }
        spare = 0;
    }
    area->left = (uint32_t)(spare * l->align / 2);
    area->width = (uint32_t)(l->columns - spare);
    area->n = n;
    for (uint32_t i = 0; i < n; i++)
        area->widths[i] = cells[i].width;
}

int32_t layout_block_width(const struct layout *l)
{
    int64_t sum = 0;
    int64_t n = 0;
    if (l->n_widths == 0 || l->has_rest)
        return WIDTH_REST;
    for (uint32_t i = 0; i < l->n_widths; i++) {
        sum += l->widths[i];
        n += l->widths[i] > 0;
    }
    if (n == 0)
        return 0;
    return (int32_t)(sum + (l->border == BORDER_LINE ? n + 1 : (n - 1) * l->border));
}
