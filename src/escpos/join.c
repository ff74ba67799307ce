/* Words of joined letters as characters: a page that has Arabic letters in the forms which they
 * take beside each other (864) prints them from left to right as they are sent, so a word whose
 * every letter it has is text. A word goes one way as a whole, or its letters would not join. */
#include "escpos/mixed.h"

enum { ALEF_FINAL = 0xFE8E /* only a page of forms has it */ };

static struct part *part_at(const struct mixed *m, size_t i)
{
    return ITEM(m->parts, struct part, i);
}

/* A letter of a word that is written from right to left. */
static bool is_letter(const struct mixed *m, size_t i)
{
    const struct part *part = part_at(m, i);
    return part->level & 1 && escpos_is_joined(*ITEM(m->chars, uint32_t, part->from));
}

static size_t word_end(const struct mixed *m, size_t from)
{
    const size_t n = COUNT_OF(m->parts, struct part);
    size_t end = from;
    while (end < n && is_letter(m, end) && part_at(m, end)->level == part_at(m, from)->level)
        end++;
    return end;
}

/* The slot whose page has forms, looked for once; NO_PAGE when there is none. */
static uint8_t slot_of_forms(struct escpos *e)
{
    struct mixed *m = e->mixed;
    uint8_t byte;
    if (m->knows_forms)
        return m->slot_of_forms;
    m->knows_forms = true;
    m->slot_of_forms = NO_PAGE;
    for (uint8_t i = 0; i < e->profile->n_slots && m->slot_of_forms == NO_PAGE; i++) {
        if (code_page_byte(e->profile->slots[i].page, ALEF_FINAL, &byte))
            m->slot_of_forms = i;
    }
    return m->slot_of_forms;
}

/* The form as a page of the printer draws it, or one that looks like it; 0 where none does. */
static uint32_t printed(struct escpos *e, uint32_t form)
{
    const enum code_page page = e->profile->slots[e->mixed->slot_of_forms].page;
    const uint32_t drawn = code_page_drawn_form(form);
    uint8_t byte;
    if (code_page_byte(page, form, &byte))
        return form;
    if (drawn && code_page_byte(page, drawn, &byte))
        return drawn;
    return escpos_rung(e, form)->rung != RUNG_DOTS ? form : 0;
}

/* The character that a page prints for a part of a word: a blank for a lam that its alef, in the
 * same piece, stands for; 0 where there is none. */
static uint32_t char_of(struct escpos *e, size_t i)
{
    const struct mixed *m = e->mixed;
    const struct part *part = part_at(m, i);
    for (uint32_t k = 1; k < part->n; k++) {
        if (!escpos_is_silent(*ITEM(m->chars, uint32_t, part->from + k)))
            return 0;
    }
    const uint32_t form = *ITEM(m->forms, uint32_t, part->from);
    if (form != FONTS_FILLED)
        return part->cells == 1 ? printed(e, form) : 0;
    const bool is_followed =
        i + 1 < COUNT_OF(m->parts, struct part) && part_at(m, i + 1)->piece == part->piece;
    return is_followed && part->n == 1 ? ' ' : 0;
}

static void print_as_text(struct escpos *e, size_t from, size_t end)
{
    struct mixed *m = e->mixed;
    for (size_t i = from; i < end; i++) {
        uint32_t *form = ITEM(m->forms, uint32_t, part_at(m, i)->from);
        *form = char_of(e, i);
        if (!*form)
            return;
    }
    for (size_t i = from; i < end; i++) {
        struct part *part = part_at(m, i);
        *ITEM(m->mirrored, uint32_t, part->from) = *ITEM(m->forms, uint32_t, part->from);
        part->is_word = true;
    }
}

static bool is_blank(const struct mixed *m, size_t i)
{
    return is_letter(m, i) && *ITEM(m->mirrored, uint32_t, part_at(m, i)->from) == ' ';
}

/* The end of the parts that are read from the right, or within such, in one piece. */
static size_t stretch_end(const struct mixed *m, size_t from)
{
    const size_t n = COUNT_OF(m->parts, struct part);
    size_t end = from;
    while (end < n && part_at(m, end)->level && part_at(m, end)->piece == part_at(m, from)->piece)
        end++;
    return end;
}

/* Where two letters became one, the cell that is left over goes behind all that is read with them,
 * as a word that is drawn leaves it: what follows stays in its columns. */
static void move_blanks(struct mixed *m, size_t from, size_t end)
{
    size_t left = end - from;
    for (size_t i = from; left > 0; left--) {
        const struct part part = *part_at(m, i);
        if (!is_blank(m, i)) {
            i++;
            continue;
        }
        memmove(part_at(m, i), part_at(m, i + 1), (end - i - 1) * sizeof part);
        *part_at(m, end - 1) = part;
    }
}

static bool any_letter(const struct mixed *m)
{
    for (size_t i = 0; i < COUNT_OF(m->parts, struct part); i++) {
        if (is_letter(m, i))
            return true;
    }
    return false;
}

void escpos_join(struct escpos *e)
{
    struct mixed *m = e->mixed;
    const size_t n = COUNT_OF(m->parts, struct part);
    buf_reset(&m->forms);
    if (!e->fonts || !any_letter(m) || slot_of_forms(e) == NO_PAGE ||
        !buf_reserve(&m->forms, m->chars.n))
        return;
    m->forms.n = m->chars.n;
    if (!fonts_join(e->fonts, ITEM(m->chars, uint32_t, 0), COUNT_OF(m->chars, uint32_t),
                    m->levels.p, ITEM(m->forms, uint32_t, 0)))
        return;
    for (size_t i = 0; i < n; i++) {
        const size_t end = word_end(m, i);
        if (end == i)
            continue;
        print_as_text(e, i, end);
        i = end - 1;
    }
    for (size_t i = 0; i < n; i++) {
        const size_t end = stretch_end(m, i);
        if (end == i)
            continue;
        move_blanks(m, i, end);
        i = end - 1;
    }
}
