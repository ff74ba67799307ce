/* bench_layout [SECONDS]: receipts a second on one core, from data in memory to the bytes of a
 * generic-80: a receipt of thirty items and a QR coupon, its number and amounts changing every
 * time, every byte hashed. Prints also the bytes of one, expansion and layout apart, and the same
 * as a document that is only laid out. */
#include "document/document.h"
#include "escpos/encoder.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { N_ITEMS = 30, TEXT_BYTES = 16 };

static const char source[] = "^^^{{shop}}\n"
                             "{{address}}\n"
                             "{{tax_id}}\n"
                             "\n"
                             "Receipt {{number}}  Till {{till}}  Cashier {{cashier}} |\n"
                             "{{time}} |\n"
                             "---\n"
                             "{width:28,*,8}\n"
                             "{{#items}}\n"
                             "{{name}} | {{quantity}} x {{unit_price}}| {{total}}\n"
                             "{{/items}}\n"
                             "---\n"
                             "{width:auto}\n"
                             "Subtotal | {{subtotal}}\n"
                             "VAT 20% | {{vat}}\n"
                             "^^^TOTAL | ^^^{{total}}\n"
                             "\n"
                             "{code:{{qr}};option:qrcode,4,m}\n"
                             "Thank you - keep this receipt\n";

static const char *const names[N_ITEMS] = {
    "Coffee beans 1kg",   "Whole milk 1L",   "Sourdough loaf", "Butter unsalted",
    "Eggs free range 12", "Tomatoes vine",   "Basil fresh",    "Olive oil 500ml",
    "Pasta penne",        "Parmesan 200g",   "Chicken thighs", "Rice basmati 1kg",
    "Onions yellow",      "Garlic bulb",     "Lemons",         "Yoghurt plain",
    "Honey 340g",         "Oat flakes",      "Bananas",        "Apples gala",
    "Orange juice 1L",    "Sparkling water", "Dark chocolate", "Dish soap",
    "Paper towels",       "Sponges 4pk",     "Bin bags 30L",   "Toothpaste",
    "Shampoo 300ml",      "Batteries AA 8pk"};

enum item_slot { ITEM_NAME, ITEM_QUANTITY, ITEM_UNIT_PRICE, ITEM_TOTAL, ITEM_SLOTS };
enum sale_slot {
    SALE_SHOP,
    SALE_ADDRESS,
    SALE_TAX_ID,
    SALE_NUMBER,
    SALE_TILL,
    SALE_CASHIER,
    SALE_TIME,
    SALE_ITEMS,
    SALE_SUBTOTAL,
    SALE_VAT,
    SALE_TOTAL,
    SALE_QR,
    SALE_SLOTS,
};

static const struct slice item_names[ITEM_SLOTS] = {SLICE("name"), SLICE("quantity"),
                                                    SLICE("unit_price"), SLICE("total")};
static const struct slice sale_names[SALE_SLOTS] = {
    SLICE("shop"),     SLICE("address"), SLICE("tax_id"), SLICE("number"),
    SLICE("till"),     SLICE("cashier"), SLICE("time"),   SLICE("items"),
    SLICE("subtotal"), SLICE("vat"),     SLICE("total"),  SLICE("qr")};
static const struct view_shape item_shape = {item_names, ITEM_SLOTS};
static const struct view_shape sale_shape = {sale_names, SALE_SLOTS};

struct sale {
    struct view item_values[N_ITEMS][ITEM_SLOTS];
    struct view_object item_objects[N_ITEMS];
    struct view items[N_ITEMS];
    struct view values[SALE_SLOTS];
    struct view_object object;
    char prices[N_ITEMS][2][TEXT_BYTES];
    char number[TEXT_BYTES], subtotal[TEXT_BYTES], vat[TEXT_BYTES], total[TEXT_BYTES];
};

static struct view text(const char *s)
{
    return view_text(slice_str(s));
}

/* Two decimals, without printf: the facts are not what is measured. */
static struct view amount(char out[TEXT_BYTES], unsigned minor)
{
    char *p = out + TEXT_BYTES;
    for (unsigned i = 0; i < 3 || minor; i++) {
        if (i == 2)
            *--p = '.';
        *--p = (char)('0' + minor % 10);
        minor /= 10;
    }
    return view_text(slice_of(p, (size_t)(out + TEXT_BYTES - p)));
}

static void make_sale(struct sale *s)
{
    for (unsigned i = 0; i < N_ITEMS; i++) {
        static const char *const quantities[] = {"1", "2", "3"};
        s->item_values[i][ITEM_NAME] = text(names[i]);
        s->item_values[i][ITEM_QUANTITY] = text(quantities[i % 3]);
        s->item_objects[i] = (struct view_object){&item_shape, s->item_values[i]};
        s->items[i] = view_object(&s->item_objects[i]);
    }
    s->values[SALE_SHOP] = text("CORNER STORE");
    s->values[SALE_ADDRESS] = text("12 High Street, Springfield");
    s->values[SALE_TAX_ID] = text("VAT GB 123 4567 89");
    s->values[SALE_TILL] = text("02");
    s->values[SALE_CASHIER] = text("Ana");
    s->values[SALE_TIME] = text("2026-11-21 18:32:07");
    s->values[SALE_ITEMS] = view_list(s->items, N_ITEMS);
    s->values[SALE_QR] = text("https://shop.example.com/v/8F3K2M9QZ7X4T1B6N0C5W2R8Y3H7J4L9P");
    s->object = (struct view_object){&sale_shape, s->values};
}

static void change_sale(struct sale *s, unsigned n)
{
    unsigned sum = 0;
    for (unsigned i = 0; i < N_ITEMS; i++) {
        const unsigned unit = 99 + (i * 137 + n) % 1900;
        s->item_values[i][ITEM_UNIT_PRICE] = amount(s->prices[i][0], unit);
        s->item_values[i][ITEM_TOTAL] = amount(s->prices[i][1], unit * (i % 3 + 1));
        sum += unit * (i % 3 + 1);
    }
    for (unsigned i = 0, rest = n; i < 6; i++, rest /= 10)
        s->number[5 - i] = (char)('0' + rest % 10);
    s->values[SALE_NUMBER] = view_text(slice_of(s->number, 6));
    s->values[SALE_SUBTOTAL] = amount(s->subtotal, sum);
    s->values[SALE_VAT] = amount(s->vat, sum / 5);
    s->values[SALE_TOTAL] = amount(s->total, sum + sum / 5);
}

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

static uint64_t hash(uint64_t h, struct slice s)
{
    uint64_t word;
    for (; s.n >= sizeof word; s = slice_of(s.p + sizeof word, s.n - sizeof word)) {
        memcpy(&word, s.p, sizeof word);
        h = (h ^ word) * 0x9E3779B97F4A7C15U;
        h ^= h >> 29;
    }
    for (; s.n; s = slice_of(s.p + 1, s.n - 1))
        h = (h ^ s.p[0]) * 0x100000001B3U;
    return h;
}

struct bench {
    struct template *template;
    struct document_paper paper;
    struct sale sale;
    struct buf document, bytes;
    uint64_t seen;
};

enum part { EXPAND = 1, PRINT = 2 };

static bool once(struct bench *b, unsigned n, unsigned parts, struct err *err)
{
    if (parts & EXPAND) {
        change_sale(&b->sale, n);
        buf_reset(&b->document);
        if (!template_expand(b->template, &b->sale.object, &b->document, err))
            return false;
        b->seen = hash(b->seen, buf_slice(&b->document));
    }
    if (parts & PRINT) {
        buf_reset(&b->bytes);
        if (!document_print(buf_slice(&b->document), &b->paper, &b->bytes, err))
            return false;
        b->seen = hash(b->seen, buf_slice(&b->bytes));
    }
    return true;
}

static bool measure(struct bench *b, const char *name, unsigned parts, double seconds,
                    struct err *err)
{
    const uint64_t start = now_ns();
    uint64_t spent = 0;
    unsigned n = 0;
    while (spent < (uint64_t)(seconds * 1e9)) {
        for (unsigned i = 0; i < 1000; i++) {
            if (!once(b, n++, parts, err))
                return false;
        }
        spent = now_ns() - start;
    }
    printf("%-24s %10.0f receipts/s %8.2f us each\n", name, n * 1e9 / (double)spent,
           (double)spent / n / 1000);
    return true;
}

int main(int argc, char **argv)
{
    const double seconds = argc > 1 ? strtod(argv[1], NULL) : 1;
    struct err err = {0};
    struct buf words;
    static struct bench b;
    b.paper.profile = profile_find(SLICE_LITERAL("generic-80"));
    buf_init(&b.document, 0);
    buf_init(&b.bytes, 0);
    buf_init(&words, 0);
    make_sale(&b.sale);
    bool ok = b.paper.profile && template_create(&b.template, "bench",
                                                 slice_of(source, sizeof source - 1), NULL, &err);
    ok = ok && once(&b, 123, EXPAND | PRINT, &err);
    if (ok)
        printf("%zu bytes of document, %zu bytes for the printer\n", b.document.n, b.bytes.n);
    ok = ok && measure(&b, "facts to bytes", EXPAND | PRINT, seconds, &err);
    ok = ok && measure(&b, "template to document", EXPAND, seconds, &err);
    ok = ok && measure(&b, "document to bytes", PRINT, seconds, &err);
    if (ok)
        printf("hash %016" PRIx64 "\n", b.seen);
    else {
        err_text(&err, LANG_EN, &words);
        fprintf(stderr, "%.*s\n", (int)words.n, (const char *)words.p);
    }
    template_destroy(b.template);
    buf_finish(&b.document);
    buf_finish(&b.bytes);
    buf_finish(&words);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
