/* The words of reasons. Keys and conditions stay as the owner wrote them; {0} is the fact, {1} what
 * the sale had, {2} what was asked. */
#include "rules/rules.h"

/* clang-format off */
static const char *const texts[REASON_COUNT][LANG_COUNT] = {
    [REASON_ALWAYS] = {"the rule asks nothing", "regula nu cere nimic", "правило ничего не требует"},
    [REASON_CONDITION] = {"{0} is {1}, asked {2}", "{0} este {1}, se cere {2}", "{0}: {1}, требуется {2}"},
    [REASON_ABSENT] = {"the sale does not say {0}, asked {2}", "vânzarea nu spune {0}, se cere {2}",
                       "в продаже не указано {0}, требуется {2}"},
    [REASON_NO_ITEM] = {"no item of the sale is {2}", "niciun articol nu este {2}", "нет товара {2}"},
    [REASON_ITEM] = {"the sale has {1} of {0}", "vânzarea are {1} din {0}", "в продаже {1} из {0}"},
    [REASON_QUANTITY] = {"the sale has {1} of {0}, asked {2}", "vânzarea are {1} din {0}, se cere {2}",
                         "в продаже {1} из {0}, требуется {2}"},
    [REASON_CURRENCY] = {"the sale is in {1}, and {0} counts in {2} only",
                         "vânzarea este în {1}, iar {0} se socotește doar în {2}",
                         "продажа в {1}, а {0} считается только в {2}"},
    [REASON_CHANCE] = {"chance {2}%: drew {1}", "șansă {2}%: a ieșit {1}", "шанс {2}%: выпало {1}"},
    [REASON_RETURN] = {"a return gives nothing", "un retur nu dă nimic", "за возврат ничего не даётся"},
    [REASON_ENDED] = {"offer {0} ended on {1}", "oferta {0} s-a încheiat pe {1}", "предложение {0} закончилось {1}"},
    [REASON_GROUP] = {"rule {1} already gave from group {2}", "regula {1} a dat deja din grupul {2}",
                      "правило {1} уже дало из группы {2}"},
    [REASON_PER_SALE] = {"the sale already has as many vouchers as per_sale allows ({2})",
                         "vânzarea are deja câte vouchere permite per_sale ({2})",
                         "в продаже уже столько ваучеров, сколько допускает per_sale ({2})"},
    [REASON_LIMIT] = {"a limit of offer {0} is reached", "o limită a ofertei {0} este atinsă",
                      "предел предложения {0} исчерпан"},
};
/* clang-format on */

void rules_reason_text(const struct rules_reason *reason, enum lang lang, struct buf *out)
{
    if ((unsigned)reason->code >= REASON_COUNT)
        return;
    const struct slice args[] = {reason->fact, reason->had, reason->asked};
    const char *text = texts[reason->code][(unsigned)lang < LANG_COUNT ? lang : LANG_EN];
    for (const char *p = text; *p; p++) {
        if (p[0] == '{' && p[1] >= '0' && p[1] <= '2' && p[2] == '}') {
            buf_slice_append(out, args[p[1] - '0']);
            p += 2;
        } else {
            buf_byte(out, (uint8_t)*p);
        }
    }
}

void rules_verdict_text(const struct rules_verdict *verdict, enum lang lang, struct buf *out)
{
    size_t first = verdict->gives || verdict->n_reasons == 0 ? 0 : verdict->n_reasons - 1;
    for (size_t i = first; i < verdict->n_reasons; i++) {
        if (i > first)
            buf_str(out, "; ");
        rules_reason_text(&verdict->reasons[i], lang, out);
    }
}
