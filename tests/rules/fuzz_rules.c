/* Any bytes as a rules file: `check` and `create` agree, and what loads decides a sale the same way
 * twice. */
#include <stdio.h>
#include <stdlib.h>

#include "rules/rules.h"

static void count(void *ctx, enum rules_severity severity, const struct err *what)
{
    size_t *problems = ctx;
    struct buf text;
    buf_init(&text, 0);
    err_text(what, LANG_RU, &text);
    if (severity == RULES_PROBLEM)
        ++*problems;
    if (text.n == 0)
        abort();
    buf_finish(&text);
}

static void decide(const struct rules *rules, struct arena *arena, struct buf *out)
{
    static const struct slice tags[] = {SLICE("vip"), SLICE("друг")},
                              missed[] = {SLICE("vip-dessert")};
    static const struct sale_item items[] = {
        {.sku = SLICE("2001"),
         .name = SLICE("Cafea"),
         .category = SLICE("coffee"),
         .quantity = {15, 1}},
        {.sku = SLICE("2002"), .name = SLICE("Ceai"), .category = SLICE("tea"), .quantity = {2, 0}},
    };
    static const struct sale_payment payments[] = {{SLICE("card"), 4250}};
    struct sale sale = {.id = SLICE("1"),
                        .till = SLICE("1"),
                        .currency = currency_find(SLICE_LITERAL("RON")),
                        .items = items,
                        .n_items = 2,
                        .payments = payments,
                        .n_payments = 1,
                        .total_minor = 4250,
                        .customer = {.known = true,
                                     .id = SLICE("C"),
                                     .tags = tags,
                                     .n_tags = 2,
                                     .birth_month = 2,
                                     .birth_day = 29},
                        .service = {.has_wait = true,
                                    .wait_minutes = 14,
                                    .incident = SLICE("oven-down"),
                                    .missed = missed,
                                    .n_missed = 1}};
    struct rules_moment moment = {
        .business_day = 20778, .issue_day = 20778, .local = {.hour = 14, .minute = 3}};
    struct rules_seed seed = {.key = {1}, .sale_key = SLICE("1/1/2026-11-21")};
    struct rules_decision decision;
    struct rules_chooser chooser;
    struct rules_candidate candidate;
    if (!rules_decide(rules, &sale, &moment, &seed, arena, &decision, NULL) ||
        !rules_choose(&chooser, &decision, arena, NULL))
        abort();
    for (size_t i = 0; i < decision.n_verdicts; i++) {
        if (decision.verdicts[i].n_reasons == 0)
            abort();
        rules_verdict_text(&decision.verdicts[i], LANG_RO, out);
    }
    while (rules_next_candidate(&chooser, &candidate))
        rules_answer(&chooser, candidate.offer->name.n & 1);
    if (chooser.given > rules_per_sale(rules))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = slice_of(data, size);
    const struct currency *currency = currency_find(SLICE_LITERAL("RON"));
    struct rules *rules;
    size_t told = 0;
    size_t problems = rules_check("r.yaml", text, currency, count, &told);
    bool loaded = rules_create(&rules, "r.yaml", text, currency, NULL);
    if (told != problems || loaded != (problems == 0))
        abort();
    if (!loaded)
        return 0;
    struct arena arena;
    struct buf once, again;
    buf_init(&once, 0);
    buf_init(&again, 0);
    if (!arena_init(&arena, 64 << 20))
        abort();
    decide(rules, &arena, &once);
    arena_reset(&arena, 0);
    decide(rules, &arena, &again);
    if (!slice_equal(buf_slice(&once), buf_slice(&again)))
        abort();
    arena_finish(&arena);
    buf_finish(&once);
    buf_finish(&again);
    rules_destroy(rules);
    return 0;
}
