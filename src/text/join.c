/* Joined letters as presentation forms, for printers that have these as characters. */
#include "text/text.h"

#include <fribidi.h>
#include <stdlib.h>

/* The letter that joins nothing has a form all the same; FriBidi leaves it as it is. */
static void give_form_of_hamza(uint32_t *forms, size_t n)
{
    enum { HAMZA = 0x0621, HAMZA_FORM = 0xFE80 };
    for (size_t i = 0; i < n; i++)
        forms[i] = forms[i] == HAMZA ? HAMZA_FORM : forms[i];
}

bool text_join(const uint32_t *text, size_t n, const uint8_t *levels, uint32_t *forms)
{
    if (n == 0 || n > INT16_MAX)
        return n == 0;
    const FriBidiStrIndex length = (FriBidiStrIndex)n;
    FriBidiCharType *types = calloc(n, sizeof *types);
    FriBidiArabicProp *joins = calloc(n, sizeof *joins);
    FriBidiLevel *embedded = calloc(n, sizeof *embedded);
    const bool ok = types && joins && embedded;
    if (ok) {
        for (size_t i = 0; i < n; i++)
            embedded[i] = (FriBidiLevel)levels[i];
        memcpy(forms, text, n * sizeof *text);
        fribidi_get_bidi_types(text, length, types);
        fribidi_get_joining_types(text, length, joins);
        fribidi_join_arabic(types, length, embedded, joins);
        fribidi_shape_arabic(FRIBIDI_FLAG_SHAPE_ARAB_PRES | FRIBIDI_FLAG_SHAPE_ARAB_LIGA, embedded,
                             length, joins, forms);
        give_form_of_hamza(forms, n);
    }
    free(types);
    free(joins);
    free(embedded);
    return ok;
}
