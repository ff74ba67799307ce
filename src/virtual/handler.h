/* What a command does; one function a command, each with the parameters behind the prefix. The
 * table stands in commands.c. */
#ifndef BONBON_VIRTUAL_HANDLER_H
#define BONBON_VIRTUAL_HANDLER_H

#include "virtual/machine.h"

typedef void handler(struct virtual_printer *vp, struct slice params);

/* settings.c: how what follows is printed */
handler set_right_space, set_print_mode, set_absolute_position, set_relative_position,
    set_underline, set_default_spacing, set_spacing, set_tabs, set_emphasis, set_double_strike,
    set_font, set_international, set_justification, set_code_page, set_star_code_page, set_smooth,
    set_turned, set_upside_down, set_priority, set_double_byte_on, set_double_byte_off, set_size,
    set_inverted, set_margin, set_area, set_units, set_hri_position, set_hri_font, set_bar_height,
    set_bar_width;

/* motion.c: paper, knife and drawer */
handler do_tab, do_line_feed, do_feed_dots, do_feed_lines, do_back_dots, do_back_lines,
    do_line_start, do_cut, do_short_cut, do_pulse, do_pulse_now;

/* answer.c: what the printer says back */
handler answer_status, answer_recover, answer_paper_sensor, answer_drawer, answer_info,
    answer_process_id, answer_asb, answer_status_now, answer_offline_mode, answer_block_now;
/* A byte from the host while it has a block to answer; false: it is no answer, the talk is over and
 * the byte means what it always means. */
bool answer_talk(struct virtual_printer *vp, uint8_t byte);
/* Begins an answer 37 id 40|41 data 00, in blocks of at most block_bytes. */
void answer_blocks(struct virtual_printer *vp, uint8_t id, struct slice data, size_t block_bytes);
/* 37 id data 00, where data has no 00 in it; 5F data 00. */
void answer_block(struct virtual_printer *vp, uint8_t id, struct slice data);
void answer_text(struct virtual_printer *vp, struct slice data);
/* 37 id digits 00 */
void answer_number(struct virtual_printer *vp, uint8_t id, size_t number);
/* A write to NV memory was done: it takes time and wears. */
static inline void nv_wrote(struct virtual_printer *vp, size_t bytes)
{
    vp->nv.writes++;
    vp->tally.nv_bytes += bytes;
}
/* GS ( H 49 asked to be told of a printer that goes offline. */
void answer_offline(struct virtual_printer *vp);
/* Sends the four bytes of ASB when a condition of a class that GS a chose has changed. */
void answer_change(struct virtual_printer *vp, unsigned before);

/* picture.c */
handler picture_columns, picture_strip, picture_download, picture_download_print, picture_raster,
    picture_store_rows, picture_store_columns, picture_print;

/* Puts dots on the paper as paper_place() does, and marks them as a picture. */
void picture_place(struct virtual_printer *vp, const struct bitmap *rows, unsigned scale_x,
                   unsigned scale_y, bool turned);

/* Columns of whole bytes, top first, as rows in an empty buffer; false when they are too few. */
bool picture_turn(struct slice columns, uint32_t width, uint32_t height, struct buf *rows);

/* nv_picture.c: pictures by key, and those of FS q */
handler nv_graphics_capacity_told, nv_graphics_left_told, nv_download_left_told, nv_graphics_keys,
    nv_graphics_wipe, nv_graphics_delete, nv_graphics_rows, nv_graphics_columns, nv_graphics_print,
    nv_download_keys, nv_download_wipe, nv_download_delete, nv_download_rows, nv_download_columns,
    nv_download_print, nv_images_define, nv_images_print;

/* nv_memory.c: user memory and counters */
handler nv_memory_delete, nv_memory_store, nv_memory_read, nv_memory_capacity_told,
    nv_memory_left_told, nv_memory_keys, nv_memory_wipe, nv_counter_reset, nv_counter_read;

/* nv_setting.c: memory switches and what GS ( E sets, the test page, real-time commands */
handler nv_setting_begin, nv_setting_end, nv_setting_switches, nv_setting_switches_told,
    nv_setting_custom, nv_setting_custom_told, nv_setting_serial, nv_setting_serial_told,
    set_real_time, set_recovery_wait, do_test_page;

/* bars.c */
handler code_bars_a, code_bars_b;

/* symbol.c: GS ( k */
handler symbol_module, symbol_qr_model, symbol_qr_level, symbol_pdf417_columns, symbol_pdf417_rows,
    symbol_pdf417_row_height, symbol_pdf417_level, symbol_pdf417_form, symbol_maxicode_mode,
    symbol_databar_width, symbol_aztec_size, symbol_aztec_level, symbol_datamatrix_size,
    symbol_data, symbol_databar_data, clone_symbol_kind, clone_symbol_print, symbol_composite_data,
    symbol_composite_font, symbol_print, symbol_size;

/* macro.c */
handler do_macro_define, do_macro_run;

/* page.c */
handler page_enter, page_drop, page_set_area, page_set_direction, page_go_down_to, page_go_down_by,
    page_cancel, page_print, page_print_and_leave;

/* user.c: characters of the user's own */
handler user_define, user_cancel, user_choose, user_define_pair, user_cancel_pair;

/* pair_settings.c: how pairs of bytes are read and printed */
handler set_pair_mode, set_pair_underline, set_pair_code, set_pair_space, set_pair_quadruple,
    set_pair_font, set_encoding, set_utf8_on;

/* First parameter, or 0. */
static inline uint8_t param(struct slice params, size_t i)
{
    return i < params.n ? params.p[i] : 0;
}
static inline uint32_t param16(struct slice params, size_t i)
{
    return param(params, i) | (uint32_t)param(params, i + 1) << 8;
}
/* n of 0 to max, or its ASCII digit; -1 when it is neither. */
static inline int digit_param(uint8_t n, uint8_t max)
{
    if (n <= max)
        return n;
    return n >= '0' && n <= '0' + max ? n - '0' : -1;
}

#endif
