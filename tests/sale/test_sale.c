#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sale/sale.h"

static struct arena arena;

static int setup(void **state)
{
    (void)state;
    return arena_init(&arena, (size_t)64 << 20) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

#define WHOLE                                                                                      \
    "{ \"id\": \"2026-11-21-0042\", \"till\": \"2\", \"kind\": \"sale\", \"cashier\": \"Ana\","    \
    "  \"time\": \"2026-11-21T14:03:00+02:00\", \"currency\": \"RON\","                            \
    "  \"items\": [ { \"sku\": \"2001\", \"name\": \"Cafea boabe 250 g\", \"category\": "          \
    "\"coffee\","                                                                                  \
    "    \"quantity\": \"1.50\", \"unit\": \"buc\", \"unit_price\": \"42.50\", \"discount\": "     \
    "\"1.25\","                                                                                    \
    "    \"total\": \"62.50\", \"tax\": \"A\", \"origin\": {\"country\": \"PE\", \"lots\": [1, "   \
    "2.50]} } ],"                                                                                  \
    "  \"taxes\": [ { \"id\": \"A\", \"rate\": \"11\", \"net\": \"38.29\", \"amount\": \"4.21\" "  \
    "} ],"                                                                                         \
    "  \"discount\": \"2.50\", \"adjustments\": [ { \"name\": \"Servire\", \"amount\": \"5.00\" "  \
    "} ],"                                                                                         \
    "  \"total\": \"65.00\", \"tip\": \"0.00\","                                                   \
    "  \"payments\": [ { \"method\": \"cash\", \"amount\": \"70.00\" } ], \"change\": \"5.00\","   \
    "  \"customer\": { \"id\": \"C-17\", \"name\": \"Ioana\", \"birthday\": \"11-21\","            \
    "    \"family\": [ { \"name\": \"Matei\", \"birthday\": \"02-29\" } ], \"visits\": 12,"        \
    "    \"last_visit\": \"2026-10-30\", \"tags\": [\"vip\"], \"points\": 240 },"                  \
    "  \"service\": { \"wait_minutes\": 14, \"incident\": \"oven-down\", \"complaint\": \"cold\"," \
    "    \"missed\": [\"vip-dessert\"] },"                                                         \
    "  \"redeem\": [\"7KQ2M9XDPA4TY\"], \"table\": 7, \"web\": true, \"memo\": null }"

static bool read_text(const char *json, struct sale *sale, struct err *err)
{
    *err = (struct err){0};
    return sale_read(&arena, slice_str(json), 1, sale, err);
}

static struct sale must_read(const char *json)
{
    struct sale sale;
    struct err err;
    if (!read_text(json, &sale, &err)) {
        struct buf text;
        buf_init(&text, 0);
        err_text(&err, LANG_EN, &text);
        fail_msg("%s: %s", json, buf_cstr(&text));
    }
    return sale;
}

static void refused(const char *json, enum err_code code, const char *field)
{
    struct sale sale;
    struct err err;
    assert_false(read_text(json, &sale, &err));
    if (err.code != code)
        fail_msg("%s: %s (%s %s)", json, err_name(err.code), err.arg[0], err.field);
    assert_string_equal(err.field, field);
}

#define assert_slice(s, text) assert_true(slice_is((s), (text)))

static void every_fact_of_the_format_is_read(void **state)
{
    (void)state;
    struct sale s = must_read(WHOLE);
    assert_slice(s.id, "2026-11-21-0042");
    assert_slice(s.till, "2");
    assert_slice(s.cashier, "Ana");
    assert_int_equal(s.kind, SALE_SALE);
    assert_int_equal(s.time_s, 1795262580);
    assert_int_equal(s.time_offset_s, 7200);
    assert_string_equal(s.currency->code, "RON");
    assert_int_equal(s.n_items, 1);
    const struct sale_item *item = &s.items[0];
    assert_slice(item->sku, "2001");
    assert_slice(item->name, "Cafea boabe 250 g");
    assert_slice(item->category, "coffee");
    assert_slice(item->unit, "buc");
    assert_slice(item->tax, "A");
    assert_true(item->has_quantity && item->has_unit_price);
    assert_int_equal(item->quantity.units, 150);
    assert_int_equal(item->quantity.scale, 2);
    assert_int_equal(item->unit_price_minor, 4250);
    assert_int_equal(item->discount_minor, 125);
    assert_int_equal(item->total_minor, 6250);
    assert_int_equal(s.n_taxes, 1);
    assert_slice(s.taxes[0].rate, "11");
    assert_true(s.taxes[0].has_net);
    assert_int_equal(s.taxes[0].net_minor, 3829);
    assert_int_equal(s.taxes[0].amount_minor, 421);
    assert_int_equal(s.discount_minor, 250);
    assert_slice(s.adjustments[0].name, "Servire");
    assert_int_equal(s.adjustments[0].amount_minor, 500);
    assert_int_equal(s.total_minor, 6500);
    assert_true(s.has_tip && s.has_change);
    assert_slice(s.payments[0].method, "cash");
    assert_int_equal(s.payments[0].amount_minor, 7000);
    assert_int_equal(s.change_minor, 500);
    assert_true(s.customer.known);
    assert_int_equal(s.customer.birth_month, 11);
    assert_int_equal(s.customer.birth_day, 21);
    assert_slice(s.customer.family[0].name, "Matei");
    assert_int_equal(s.customer.family[0].birth_month, 2);
    assert_int_equal(s.customer.family[0].birth_day, 29);
    assert_int_equal(s.customer.visits, 12);
    assert_int_equal(s.customer.last_visit_day, day_from_civil(2026, 10, 30));
    assert_slice(s.customer.tags[0], "vip");
    assert_int_equal(s.customer.points, 240);
    assert_true(s.service.has_wait);
    assert_int_equal(s.service.wait_minutes, 14);
    assert_slice(s.service.incident, "oven-down");
    assert_slice(s.service.complaint, "cold");
    assert_slice(s.service.missed[0], "vip-dessert");
    assert_slice(s.redeem[0], "7KQ2M9XDPA4TY");
}

static void unknown_keys_are_kept_with_their_own_digits(void **state)
{
    (void)state;
    struct sale s = must_read(WHOLE);
    assert_non_null(s.extra);
    assert_int_equal(s.extra->kind, SALE_VALUE_OBJECT);
    assert_int_equal(s.extra->n, 3);
    assert_slice(s.extra->keys[0], "table");
    assert_slice(s.extra->values[0].text, "7");
    assert_int_equal(s.extra->values[1].kind, SALE_VALUE_TRUE);
    assert_int_equal(s.extra->values[2].kind, SALE_VALUE_NULL);
    const struct sale_value *origin = s.items[0].extra;
    assert_non_null(origin);
    assert_slice(origin->keys[0], "origin");
    const struct sale_value *lots = &origin->values[0].values[1];
    assert_int_equal(lots->kind, SALE_VALUE_LIST);
    assert_slice(lots->values[1].text, "2.50");
}

#define HEAD "{\"id\":\"1\",\"time\":\"2026-11-21T14:03:00Z\",\"currency\":\"EUR\","
#define ONE  "\"items\":[{\"name\":\"a\",\"total\":\"1.00\"}],\"total\":\"1.00\""

static void only_five_keys_are_required(void **state)
{
    (void)state;
    struct sale s = must_read(HEAD ONE "}");
    assert_slice(s.till, "1");
    assert_int_equal(s.items[0].quantity.units, 1);
    assert_false(s.items[0].has_quantity);
    assert_false(s.customer.known);
    assert_null(s.extra);
    refused("{\"time\":\"2026-11-21T14:03:00Z\",\"currency\":\"EUR\"," ONE "}", ERR_SALE_MISSING,
            "id");
    refused("{\"id\":\"1\",\"currency\":\"EUR\"," ONE "}", ERR_SALE_MISSING, "time");
    refused("{\"id\":\"1\",\"time\":\"2026-11-21T14:03:00Z\"," ONE "}", ERR_SALE_MISSING,
            "currency");
    refused(HEAD "\"total\":1}", ERR_SALE_MISSING, "items");
    refused(HEAD "\"items\":[]}", ERR_SALE_MISSING, "total");
    refused(HEAD "\"items\":[{\"name\":\"a\",\"total\":1},{\"total\":1}],\"total\":2}",
            ERR_SALE_MISSING, "items[1].name");
    refused(HEAD "\"items\":[{\"name\":\"a\"}],\"total\":2}", ERR_SALE_MISSING, "items[0].total");
    refused(HEAD "\"id\":null," ONE "}", ERR_JSON, "");
    refused("{\"id\":null,\"time\":\"2026-11-21T14:03:00Z\",\"currency\":\"EUR\"," ONE "}",
            ERR_SALE_MISSING, "id");
}

static void a_wrong_kind_of_value_is_named_by_its_path(void **state)
{
    (void)state;
    refused(HEAD ONE ",\"till\":1}", ERR_SALE_FIELD, "till");
    refused(HEAD "\"items\":{},\"total\":1}", ERR_SALE_FIELD, "items");
    refused(HEAD "\"items\":[7],\"total\":1}", ERR_SALE_FIELD, "items[0]");
    refused(HEAD "\"items\":[{\"name\":\"a\",\"total\":[]}],\"total\":1}", ERR_SALE_FIELD,
            "items[0].total");
    refused(HEAD "\"items\":[{\"name\":5,\"total\":1}],\"total\":1}", ERR_SALE_FIELD,
            "items[0].name");
    refused(HEAD ONE ",\"customer\":{\"family\":[{\"birthday\":\"13-01\"}]}}", ERR_SALE_FIELD,
            "customer.family[0].birthday");
    refused(HEAD ONE ",\"customer\":{\"last_visit\":\"2026-02-29\"}}", ERR_SALE_FIELD,
            "customer.last_visit");
    refused(HEAD ONE ",\"service\":{\"wait_minutes\":-1}}", ERR_SALE_FIELD, "service.wait_minutes");
    refused(HEAD ONE ",\"service\":{\"wait_minutes\":1.5}}", ERR_DECIMALS, "service.wait_minutes");
    refused(HEAD ONE ",\"kind\":\"gift\"}", ERR_SALE_KIND, "kind");
    refused(HEAD ONE ",\"redeem\":[true]}", ERR_SALE_FIELD, "redeem[0]");
    refused("{\"id\":\"1\",\"time\":\"2026-11-21T14:03:00\",\"currency\":\"EUR\"," ONE "}",
            ERR_TIME_ZONE, "time");
    refused("{\"id\":\"1\",\"time\":\"yesterday\",\"currency\":\"EUR\"," ONE "}", ERR_TIME, "time");
    refused("{\"id\":\"1\",\"time\":\"2026-11-21T14:03:00Z\",\"currency\":\"EURO\"," ONE "}",
            ERR_SALE_CURRENCY, "currency");
    refused("{\"id\":\" \\u0000\\t \",\"time\":\"2026-11-21T14:03:00Z\",\"currency\":\"EUR\"," ONE
            "}",
            ERR_SALE_MISSING, "id");
}

static void amounts_are_exact_or_refused(void **state)
{
    (void)state;
    static const struct {
        const char *amount;
        enum err_code code; /* ERR_NONE: it is 42.50 */
    } rows[] = {
        {"42.5", ERR_NONE},
        {"42.50", ERR_NONE},
        {"42.500000000000000000000", ERR_NONE},
        {"\"42.50\"", ERR_NONE},
        {"\"0042.5\"", ERR_NONE},
        {"42.505", ERR_DECIMALS},
        {"42.50000000000000000000001", ERR_DECIMALS},
        {"1e2", ERR_NUMBER},
        {"4.25E1", ERR_NUMBER},
        {"\"42,50\"", ERR_NUMBER},
        {"\" 42.50\"", ERR_NUMBER},
        {"\"\"", ERR_NUMBER},
        {"\"+1\"", ERR_NUMBER},
        {"\".5\"", ERR_NUMBER},
        {"\"5.\"", ERR_NUMBER},
        {"\"0x10\"", ERR_NUMBER},
        {"99999999999999999999", ERR_RANGE},
        {"-99999999999999999999", ERR_RANGE},
        {"18446744073709551615", ERR_RANGE},
        {"10000000000000.01", ERR_RANGE},
        {"99999999999999999999.5", ERR_RANGE},
        {"true", ERR_SALE_FIELD},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char json[512];
        snprintf(json, sizeof json,
                 HEAD "\"items\":[{\"name\":\"a\",\"total\":%s}],\"total\":42.5}", rows[i].amount);
        if (rows[i].code == ERR_NONE)
            assert_int_equal(must_read(json).items[0].total_minor, 4250);
        else
            refused(json, rows[i].code, "items[0].total");
    }
    struct sale sale;
    struct err err;
    assert_false(read_text(HEAD "\"items\":[],\"total\":1.005}", &sale, &err));
    assert_string_equal(err.arg[0], "1.005");
    assert_string_equal(err.arg[1], "EUR");
    sale = must_read("{\"id\":\"1\",\"time\":\"2026-11-21T14:03:00Z\",\"currency\":\"KWD\","
                     "\"items\":[{\"name\":\"a\",\"total\":0.005}],\"total\":\"0.005\"}");
    assert_int_equal(sale.total_minor, 5);
    refused("{\"id\":\"1\",\"time\":\"2026-11-21T14:03:00Z\",\"currency\":\"JPY\","
            "\"items\":[{\"name\":\"a\",\"total\":0.5}],\"total\":\"0.5\"}",
            ERR_DECIMALS, "items[0].total");
}

static void a_long_number_under_an_unknown_key_keeps_its_digits(void **state)
{
    (void)state;
    struct sale s =
        must_read(HEAD ONE ",\"ean\":123456789012345678901234567890,\"b\":[-9223372036854775808]}");
    assert_slice(s.extra->values[0].text, "123456789012345678901234567890");
    assert_slice(s.extra->values[1].values[0].text, "-9223372036854775808");
}

static void a_sum_that_does_not_match_is_refused_with_both_figures(void **state)
{
    (void)state;
    struct sale sale;
    struct err err;
    assert_false(
        read_text(HEAD "\"items\":[{\"name\":\"a\",\"total\":10},{\"name\":\"b\",\"total\":-1.5}],"
                       "\"discount\":1,\"adjustments\":[{\"amount\":-0.05}],\"total\":7.46}",
                  &sale, &err));
    assert_int_equal(err.code, ERR_SALE_SUM);
    assert_string_equal(err.arg[0], "7.45 EUR");
    assert_string_equal(err.arg[1], "7.46 EUR");
    must_read(HEAD "\"items\":[{\"name\":\"a\",\"total\":10},{\"name\":\"b\",\"total\":-1.5}],"
                   "\"discount\":1,\"adjustments\":[{\"amount\":-0.05}],\"total\":7.45}");
}

static void only_a_return_may_be_negative_as_a_whole(void **state)
{
    (void)state;
    refused(HEAD "\"items\":[{\"name\":\"a\",\"total\":-5}],\"total\":-5}", ERR_SALE_NEGATIVE,
            "total");
    refused(HEAD ONE ",\"payments\":[{\"amount\":1},{\"amount\":-1}]}", ERR_SALE_NEGATIVE,
            "payments[1].amount");
    struct sale s = must_read(HEAD "\"kind\":\"return\",\"items\":[{\"name\":\"a\",\"total\":-5}],"
                                   "\"total\":-5,\"payments\":[{\"amount\":-5}]}");
    assert_int_equal(s.kind, SALE_RETURN);
    assert_int_equal(s.total_minor, -500);
    s = must_read(HEAD "\"kind\":\"training\"," ONE "}");
    assert_int_equal(s.kind, SALE_TRAINING);
}

static void a_hostile_name_is_cleaned_and_kept(void **state)
{
    (void)state;
    struct sale s =
        must_read(HEAD "\"items\":[{\"name\":\"A\\u0000B\\r\\n\\u001b@C\\u202eD\\ufeff|{e}\","
                       "\"total\":1}],\"total\":1}");
    assert_slice(s.items[0].name, "A B @CD|{e}");
    static const char raw[] = HEAD "\"items\":[{\"name\":\"A\0B\tC\",\"total\":1}],\"total\":1}";
    struct err err = {0};
    assert_true(sale_read(&arena, slice_of(raw, sizeof raw - 1), 1, &s, &err));
    assert_slice(s.items[0].name, "A B C");
    s = must_read(HEAD "\"items\":[{\"name\":\"Cafe\\u0301\",\"total\":1}],\"total\":1}");
    assert_slice(s.items[0].name, "Caf\xC3\xA9");
}

static struct slice with_name(struct buf *b, size_t n, char c)
{
    buf_reset(b);
    buf_str(b, HEAD "\"items\":[{\"total\":1,\"name\":\"");
    for (size_t i = 0; i < n; i++)
        buf_byte(b, (uint8_t)c);
    buf_str(b, "\"}],\"total\":1}");
    return buf_slice(b);
}

static void limits_are_named(void **state)
{
    (void)state;
    struct buf b;
    struct sale sale;
    struct err err = {0};
    buf_init(&b, 0);
    assert_true(sale_read(&arena, with_name(&b, SALE_MAX_TEXT, 'x'), 1, &sale, &err));
    assert_int_equal(sale.items[0].name.n, SALE_MAX_TEXT);
    assert_false(sale_read(&arena, with_name(&b, SALE_MAX_TEXT + 1, 'x'), 1, &sale, &err));
    assert_int_equal(err.code, ERR_TOO_BIG);
    assert_string_equal(err.field, "items[0].name");
    assert_string_equal(err.arg[1], "10000 bytes");
    assert_false(sale_read(&arena, with_name(&b, SALE_MAX_BYTES, 'x'), 1, &sale, &err));
    assert_int_equal(err.code, ERR_TOO_BIG);
    assert_string_equal(err.arg[1], "8 MiB");
    buf_reset(&b);
    buf_str(&b, HEAD ONE ",\"deep\":");
    for (int i = 0; i < SALE_MAX_DEPTH; i++)
        buf_byte(&b, '[');
    assert_false(sale_read(&arena, buf_slice(&b), 1, &sale, &err));
    assert_int_equal(err.code, ERR_TOO_BIG);
    assert_string_equal(err.arg[0], "depth");
    assert_int_equal(err.line, 1);
    buf_finish(&b);
}

static void ten_thousand_items_are_read_and_one_more_is_refused(void **state)
{
    (void)state;
    for (int n = SALE_MAX_ITEMS; n <= SALE_MAX_ITEMS + 1; n++) {
        struct buf b;
        struct sale sale;
        struct err err = {0};
        buf_init(&b, 0);
        buf_str(&b, HEAD "\"items\":[");
        for (int i = 0; i < n; i++)
            buf_printf(&b, "%s{\"name\":\"Item %d\",\"quantity\":2,\"total\":\"0.01\"}",
                       i ? "," : "", i);
        buf_printf(&b, "],\"total\":%d.%02d}", n / 100, n % 100);
        bool ok = sale_read(&arena, buf_slice(&b), 1, &sale, &err);
        assert_int_equal(ok, n == SALE_MAX_ITEMS);
        if (ok) {
            assert_int_equal(sale.n_items, SALE_MAX_ITEMS);
        } else {
            assert_int_equal(err.code, ERR_TOO_BIG);
            assert_string_equal(err.arg[0], "items");
            assert_string_equal(err.arg[1], "10000");
        }
        buf_finish(&b);
    }
}

static void an_arena_that_is_too_small_is_a_limit_not_a_crash(void **state)
{
    (void)state;
    unsigned good = 0;
    for (size_t cap = 0; cap < 8192; cap += 24) {
        struct arena tiny;
        struct sale sale;
        struct err err = {0};
        assert_true(arena_init(&tiny, cap));
        if (sale_read(&tiny, slice_str(WHOLE), 1, &sale, &err))
            good++;
        else
            assert_int_equal(err.code, ERR_TOO_BIG);
        arena_finish(&tiny);
    }
    assert_in_range(good, 1, 8192 / 24 - 10);
}

static void broken_json_has_a_line_and_a_column(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        unsigned line, column;
    } rows[] = {
        {"", 7, 1},
        {"[]", 7, 1},
        {"{\n  \"id\": \"1\",\n  \"tot", 9, 7},
        {"{\n \"\xC3\xA9\xC3\xA9\": x}", 8, 8},
        {"{\"a\":1,}", 7, 8},
        {"{\"a\":1} {\"a\":1}", 7, 9},
        {"{\"a\":042}", 7, 9},
        {"{\"a\":NaN}", 7, 6},
        {"{'a':1}", 7, 2},
        {"{\"a\":12345678901234567890,x}", 7, 27},
        {"{\"a\":1,\n\"b\":2,\n\"a\":3}", 9, 1},
        {"{\"a\\u0000b\":1}", 7, 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sale sale;
        struct err err = {0};
        assert_false(sale_read(&arena, slice_str(rows[i].json), 7, &sale, &err));
        if (err.code != ERR_JSON || err.line != rows[i].line || err.column != rows[i].column)
            fail_msg("%s: %s at %u:%u", rows[i].json, err_name(err.code), err.line, err.column);
    }
}

static void a_key_said_twice_is_refused_wherever_it_stands(void **state)
{
    (void)state;
    struct sale sale;
    struct err err;
    assert_false(read_text(HEAD ONE ",\"total\":\"1.00\"}", &sale, &err));
    assert_int_equal(err.code, ERR_JSON);
    assert_string_equal(err.arg[0], "this name stands here twice");
    assert_string_equal(err.arg[1], ": \"total\"");
    assert_false(read_text(HEAD ONE ",\"x\":[{\"a\":1},{\"a\":1,\"\\u0061\":2}]}", &sale, &err));
    assert_int_equal(err.code, ERR_JSON);
    must_read(HEAD ONE ",\"x\":[{\"a\":1},{\"a\":\"b:c\\\":\"}]}");
}

static void text_that_is_not_utf8_has_a_line_and_a_column(void **state)
{
    (void)state;
    struct sale sale;
    struct err err;
    assert_false(read_text("{\"id\":\n \"\xC3\xA9\xFF\"}", &sale, &err));
    assert_int_equal(err.code, ERR_UTF8);
    assert_int_equal(err.line, 2);
    assert_int_equal(err.column, 4);
    assert_false(read_text("{\"id\":\"\xED\xA0\x80\"}", &sale, &err));
    assert_int_equal(err.code, ERR_UTF8);
}

static bool same_hash(const char *a, const char *b)
{
    struct sale x = must_read(a), y = must_read(b);
    return memcmp(x.content_hash, y.content_hash, sizeof x.content_hash) == 0;
}

static void the_hash_is_of_the_meaning(void **state)
{
    (void)state;
#define BODY(total, rest)                                                                          \
    HEAD "\"items\":[{\"name\":\"a\",\"total\":" total "}],\"total\":" total rest "}"
    assert_true(same_hash(BODY("42.5", ""), BODY("\"42.50\"", "")));
    assert_true(same_hash(BODY("42", ""), BODY("42.00", ",\"till\":\"1\",\"kind\":\"sale\"")));
    assert_true(same_hash(BODY("1", ",\"x\":1,\"y\":{\"b\":2,\"a\":3}"),
                          BODY("1", ", \"y\" : {\"a\":3,\"b\":2}, \"x\":1")));
    assert_true(same_hash(
        "{\"id\":\"1\",\"time\":\"2026-11-21T14:03:00Z\",\"currency\":\"EUR\"," ONE "}",
        "{" ONE ",\"currency\":\"EUR\",\"time\":\"2026-11-21T16:03:00.5+02:00\",\"id\":\"1\"}"));
    static const char *const others[] = {",\"cashier\":\"b\"",
                                         ",\"x\":1",
                                         ",\"x\":2",
                                         ",\"x\":[1]",
                                         ",\"x\":null",
                                         ",\"tip\":1",
                                         ",\"change\":1",
                                         ",\"kind\":\"training\"",
                                         ",\"till\":\"2\"",
                                         ",\"redeem\":[\"a\"]",
                                         ",\"redeem\":[\"a\",\"\"]",
                                         ",\"payments\":[{\"amount\":1}]",
                                         ",\"taxes\":[{\"amount\":1}]",
                                         ",\"customer\":{\"id\":\"1\"}",
                                         ",\"customer\":{\"name\":\"1\"}",
                                         ",\"service\":{\"incident\":\"1\"}",
                                         ",\"service\":{\"complaint\":\"1\"}",
                                         ",\"service\":{\"wait_minutes\":0}"};
    enum { N = sizeof others / sizeof *others };
    char all[N][256];
    for (size_t i = 0; i < N; i++)
        snprintf(all[i], sizeof all[i], "%s%s}", HEAD ONE, others[i]);
    for (size_t i = 0; i < N; i++) {
        assert_false(same_hash(HEAD ONE "}", all[i]));
        for (size_t j = 0; j < i; j++)
            assert_false(same_hash(all[j], all[i]));
    }
}

static void several_sales_stand_one_a_line(void **state)
{
    (void)state;
    assert_true(sale_is_json_lines(SLICE_LITERAL("{\"id\":\"}\\\"\"}\n{\"id\":2}\n")));
    assert_true(sale_is_json_lines(SLICE_LITERAL("\n{}\r\nbroken")));
    assert_false(sale_is_json_lines(SLICE_LITERAL("{\"id\":1}\n\n \n")));
    assert_false(sale_is_json_lines(SLICE_LITERAL("{\n\"id\":1}\n{}")));
    assert_false(sale_is_json_lines(SLICE_LITERAL("{\"id\":1} x\n{}")));
    assert_false(sale_is_json_lines(SLICE_LITERAL("")));
    /* a broken first line, and a sale behind it; but not the lines of one sale */
    assert_true(sale_is_json_lines(SLICE_LITERAL("garbage\n{\"id\":\"1\",\"items\":[]}")));
    assert_false(sale_is_json_lines(SLICE_LITERAL("{\"a\":\n{\"items\":[]}\n}")));
}

static void the_real_sales_are_read(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 0);
    if (!buf_read_file(&b, SOURCE_DIR "/../shared/data/sales-uk.jsonl")) {
        buf_finish(&b);
        print_message("the file of real sales is not here: skipped\n");
        skip();
    }
    struct slice rest = buf_slice(&b), line;
    unsigned n = 0;
    assert_true(sale_is_json_lines(rest));
    while (take_line(&rest, &line)) {
        struct sale sale;
        struct err err = {0};
        size_t mark = arena.used;
        if (!sale_read(&arena, line, ++n, &sale, &err))
            fail_msg("line %u: %s %s %s %s", n, err_name(err.code), err.field, err.arg[0],
                     err.arg[1]);
        arena_reset(&arena, mark);
    }
    assert_int_equal(n, 1500);
    buf_finish(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_fact_of_the_format_is_read),
        cmocka_unit_test(unknown_keys_are_kept_with_their_own_digits),
        cmocka_unit_test(only_five_keys_are_required),
        cmocka_unit_test(a_wrong_kind_of_value_is_named_by_its_path),
        cmocka_unit_test(amounts_are_exact_or_refused),
        cmocka_unit_test(a_long_number_under_an_unknown_key_keeps_its_digits),
        cmocka_unit_test(a_sum_that_does_not_match_is_refused_with_both_figures),
        cmocka_unit_test(only_a_return_may_be_negative_as_a_whole),
        cmocka_unit_test(a_hostile_name_is_cleaned_and_kept),
        cmocka_unit_test(limits_are_named),
        cmocka_unit_test(ten_thousand_items_are_read_and_one_more_is_refused),
        cmocka_unit_test(an_arena_that_is_too_small_is_a_limit_not_a_crash),
        cmocka_unit_test(broken_json_has_a_line_and_a_column),
        cmocka_unit_test(a_key_said_twice_is_refused_wherever_it_stands),
        cmocka_unit_test(text_that_is_not_utf8_has_a_line_and_a_column),
        cmocka_unit_test(the_hash_is_of_the_meaning),
        cmocka_unit_test(several_sales_stand_one_a_line),
        cmocka_unit_test(the_real_sales_are_read),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
