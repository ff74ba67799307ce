/* Order of writing by the Unicode bidirectional algorithm, as FriBidi has it. */
#include "text/text.h"

#include <fribidi.h>
#include <stdlib.h>

bool text_levels(const uint32_t *text, size_t n, char direction, uint8_t *levels,
                 uint32_t *mirrored)
{
    if (n == 0 || n > INT16_MAX)
        return n == 0;
    const FriBidiStrIndex length = (FriBidiStrIndex)n;
    FriBidiCharType *types = calloc(n, sizeof *types);
    FriBidiBracketType *brackets = calloc(n, sizeof *brackets);
    FriBidiLevel *found = calloc(n, sizeof *found);
    FriBidiParType paragraph = direction == 'R'   ? FRIBIDI_PAR_RTL
                               : direction == 'L' ? FRIBIDI_PAR_LTR
                                                  : FRIBIDI_PAR_ON;
    bool ok = types && brackets && found;
    if (ok) {
        fribidi_get_bidi_types(text, length, types);
        fribidi_get_bracket_types(text, length, types, brackets);
        ok = fribidi_get_par_embedding_levels_ex(types, brackets, length, &paragraph, found) != 0;
    }
    if (ok) {
        memcpy(mirrored, text, n * sizeof *text);
        fribidi_shape_mirroring(found, length, mirrored);
        for (size_t i = 0; i < n; i++)
            levels[i] = (uint8_t)found[i];
    }
    free(types);
    free(brackets);
    free(found);
    return ok;
}
