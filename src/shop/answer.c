#include "shop/answer.h"

#include "base/locale.h"
#include "view/words.h"

enum { REFUSAL_TEXT_BYTES = 4096 };

static void amount_json(struct json *j, const char *key, int64_t minor,
                        const struct currency *currency)
{
    char text[32];
    size_t n = money_plain(minor, currency->exponent, text);
    json_text(j, key, slice_of(text, n));
}

/* 1000 hundredths are "10", 1250 are "12.5". */
static size_t percent_plain(uint32_t hundredths, char out[32])
{
    struct decimal percent = {hundredths, 2};
    while (percent.scale && percent.units % 10 == 0) {
        percent.units /= 10;
        percent.scale--;
    }
    return decimal_plain(percent, out);
}

/* {"percent","at_most"}, {"amount"} or {"gift"}; null for a note. */
static void value_json(struct json *j, const char *key, const struct voucher_value *value,
                       const struct currency *currency)
{
    char text[32];
    if (value->kind == VALUE_NOTE) {
        json_null(j, key);
        return;
    }
    json_open_object(j, key);
    if (value->kind == VALUE_PERCENT) {
        json_text(j, "percent", slice_of(text, percent_plain(value->percent_hundredths, text)));
        amount_json(j, "at_most", value->at_most_minor, currency);
    } else if (value->kind == VALUE_AMOUNT) {
        amount_json(j, "amount", value->amount_minor, currency);
    } else {
        json_text(j, "gift", value->gift);
    }
    json_close_object(j);
}

static void text_or_null(struct json *j, const char *key, struct slice text)
{
    if (text.n)
        json_text(j, key, text);
    else
        json_null(j, key);
}

static void voucher_keys(struct json *j, const struct voucher_answer *voucher)
{
    bool note = voucher->value.kind == VALUE_NOTE;
    json_text(j, "code", voucher->code);
    if (!note)
        json_text(j, "qr", voucher->qr);
    json_text(j, "offer", voucher->offer);
    text_or_null(j, "rule", voucher->rule);
    json_str(j, "kind", note ? "note" : "voucher");
    value_json(j, "value", &voucher->value, voucher->currency);
    text_or_null(j, "valid_to", voucher->valid_to);
    json_int(j, "copies", voucher->copies);
}

static void voucher_json(struct json *j, const char *key, const struct voucher_answer *voucher)
{
    json_open_object(j, key);
    voucher_keys(j, voucher);
    json_close_object(j);
}

void voucher_details_json(struct json *j, const struct voucher_answer *voucher)
{
    voucher_keys(j, voucher);
    json_str(j, "state", voucher_state_name(voucher->state));
    json_text(j, "issued", voucher->issued);
    text_or_null(j, "sale", voucher->sale);
    json_text(j, "till", voucher->till);
    text_or_null(j, "customer", voucher->customer);
    text_or_null(j, "by", voucher->by);
    text_or_null(j, "reason", voucher->reason);
    text_or_null(j, "paper", voucher->paper);
}

void redeemed_json(struct json *j, const struct redeemed_answer *redeemed)
{
    json_open_object(j, NULL);
    json_text(j, "code", redeemed->code);
    json_bool(j, "ok", redeemed->ok);
    text_or_null(j, "reason", redeemed->reason);
    if (redeemed->ok)
        value_json(j, "value", &redeemed->value, redeemed->currency);
    else
        json_null(j, "value");
    json_close_object(j);
}

static void job_id(struct json *j, const struct job_answer *job)
{
    if (job->id)
        json_int(j, "job", job->id);
    else
        json_null(j, "job");
}

static void job_keys(struct json *j, const struct job_answer *job)
{
    json_str(j, "state", job->state);
    job_id(j, job);
}

static void vouchers_list(struct json *j, const struct voucher_answer *vouchers, size_t n)
{
    json_open_list(j, "vouchers");
    for (size_t i = 0; i < n; i++)
        voucher_json(j, NULL, &vouchers[i]);
    json_close_list(j);
}

void sale_json(struct json *j, const struct sale_answer *answer)
{
    json_open_object(j, NULL);
    json_text(j, "sale", answer->sale);
    json_text(j, "till", answer->till);
    json_str(j, "state", answer->job.state);
    json_bool(j, "already", answer->already);
    job_id(j, &answer->job);
    vouchers_list(j, answer->vouchers, answer->n_vouchers);
    json_raw(j, "redeemed", answer->redeemed_json.n ? answer->redeemed_json : SLICE_LITERAL("[]"));
    json_close_object(j);
}

void give_json(struct json *j, const struct voucher_answer *voucher, const struct job_answer *job)
{
    json_open_object(j, NULL);
    voucher_keys(j, voucher);
    job_keys(j, job);
    json_close_object(j);
}

void copy_json(struct json *j, const struct copy_answer *answer)
{
    json_open_object(j, NULL);
    text_or_null(j, "sale", answer->sale);
    json_int(j, "copy", answer->copy);
    job_keys(j, &answer->job);
    vouchers_list(j, answer->vouchers, answer->n_vouchers);
    json_close_object(j);
}

/* A refusal in words, with what its code has for arguments: when, where, why. */
static void refusal_text(struct json *j, const struct err *refusal, enum lang lang)
{
    struct buf text;
    buf_init(&text, REFUSAL_TEXT_BYTES);
    err_text(refusal, lang, &text);
    json_text(j, "text", buf_slice(&text));
    buf_finish(&text);
}

static void spent_json(struct json *j, const struct spent_answer *spent)
{
    json_open_object(j, "redeemed");
    json_text(j, "at", spent->at);
    json_text(j, "till", spent->till);
    text_or_null(j, "by", spent->by);
    text_or_null(j, "sale", spent->sale);
    json_close_object(j);
}

void redeem_json(struct json *j, const struct redeem_answer *answer, enum lang lang)
{
    json_open_object(j, NULL);
    json_text(j, "code", answer->code);
    json_bool(j, "ok", answer->ok);
    json_bool(j, "again", answer->again);
    json_bool(j, "dry_run", answer->dry_run);
    json_str(j, "reason", answer->ok ? NULL : err_name(answer->refusal.code));
    if (!answer->ok)
        refusal_text(j, &answer->refusal, lang);
    if (answer->known && answer->ok)
        value_json(j, "value", &answer->voucher.value, answer->voucher.currency);
    else
        json_null(j, "value");
    if (answer->known)
        voucher_json(j, "voucher", &answer->voucher);
    else
        json_null(j, "voucher");
    if (!answer->ok && answer->spent.at.n)
        spent_json(j, &answer->spent);
    json_close_object(j);
}

static const char *const at_most_words[LANG_COUNT] = {"at most", "cel mult", "не более"};
static const char *const note_words[LANG_COUNT] = {"a note", "un mesaj", "записка"};

void value_text(const struct voucher_value *value, const struct currency *currency, enum lang lang,
                struct buf *out)
{
    char text[64];
    switch (value->kind) {
    case VALUE_NOTE:
        buf_str(out, note_words[lang]);
        break;
    case VALUE_PERCENT:
        buf_append(out, text, word_percent(value->percent_hundredths, lang, text, sizeof text));
        buf_printf(out, " (%s ", at_most_words[lang]);
        buf_append(out, text,
                   locale_money(lang, currency, value->at_most_minor, text, sizeof text));
        buf_byte(out, ')');
        break;
    case VALUE_AMOUNT:
        buf_append(out, text, locale_money(lang, currency, value->amount_minor, text, sizeof text));
        break;
    case VALUE_GIFT:
        buf_slice_append(out, value->gift);
        break;
    }
}
