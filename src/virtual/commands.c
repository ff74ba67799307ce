/* The table of what is done: a command without a row is framed, named in a note, and passed over.
 */
#include "virtual/handler.h"

#include "virtual/line.h"
#include "virtual/page.h"

enum handler_flag {
    LINE_START = 1, /* honoured only while nothing stands in the line buffer (facts §1) */
    PAGE = 2,       /* works in page mode too */
    ALWAYS = 4,     /* works on a printer that ESC = switched off */
};

static void do_nothing(struct virtual_printer *vp, struct slice params)
{
    (void)vp, (void)params;
}

static void do_reset(struct virtual_printer *vp, struct slice params)
{
    (void)params;
    machine_reset(vp);
}

static void do_select(struct virtual_printer *vp, struct slice params)
{
    uint8_t n = param(params, 0);
    if (n >= 1 && n <= 3)
        vp->deselected = !(n & 1);
}

struct row {
    handler *run;
    unsigned flags;
};

/* clang-format off */
static const struct row rows[COMMAND_COUNT] = {
    [COMMAND_BEL] = {do_nothing, PAGE},
    [COMMAND_HT] = {do_tab, PAGE},
    [COMMAND_LF] = {do_line_feed, PAGE},
    [COMMAND_FF] = {page_print_and_leave, PAGE},
    [COMMAND_CR] = {do_nothing, PAGE},    /* auto LF is off: CR LF feeds once */
    [COMMAND_CAN] = {page_cancel, PAGE},
    [COMMAND_DLE_EOT] = {answer_status, PAGE | ALWAYS},
    [COMMAND_DLE_ENQ] = {answer_recover, PAGE | ALWAYS},
    [COMMAND_DLE_DC4_1] = {do_pulse_now, PAGE | ALWAYS},
    [COMMAND_DLE_DC4_7] = {answer_block_now, PAGE | ALWAYS},
    [COMMAND_ESC_FF] = {page_print, PAGE},
    [COMMAND_ESC_GS_t] = {set_star_code_page, PAGE},
    [COMMAND_ESC_SP] = {set_right_space, PAGE},
    [COMMAND_ESC_EXCLAM] = {set_print_mode, PAGE},
    [COMMAND_ESC_DOLLAR] = {set_absolute_position, PAGE},
    [COMMAND_ESC_PERCENT] = {user_choose, PAGE},
    [COMMAND_ESC_AMPERSAND] = {user_define, PAGE},
    [COMMAND_ESC_ASTERISK] = {picture_columns, PAGE},
    [COMMAND_ESC_MINUS] = {set_underline, PAGE},
    [COMMAND_ESC_2] = {set_default_spacing, PAGE},
    [COMMAND_ESC_3] = {set_spacing, PAGE},
    [COMMAND_ESC_LESS] = {do_nothing, PAGE},
    [COMMAND_ESC_EQUAL] = {do_select, PAGE | ALWAYS},
    [COMMAND_ESC_QUESTION] = {user_cancel, PAGE},
    [COMMAND_ESC_AT] = {do_reset, PAGE},
    [COMMAND_ESC_D] = {set_tabs, PAGE},
    [COMMAND_ESC_E] = {set_emphasis, PAGE},
    [COMMAND_ESC_G] = {set_double_strike, PAGE},
    [COMMAND_ESC_J] = {do_feed_dots, PAGE},
    [COMMAND_ESC_K] = {do_back_dots, 0},
    [COMMAND_ESC_L] = {page_enter, LINE_START},
    [COMMAND_ESC_M] = {set_font, PAGE},
    [COMMAND_ESC_R] = {set_international, PAGE},
    [COMMAND_ESC_S] = {page_drop, PAGE},
    [COMMAND_ESC_T] = {page_set_direction, PAGE},
    [COMMAND_ESC_U] = {do_nothing, PAGE}, /* a thermal head prints both ways alike */
    [COMMAND_ESC_V] = {set_turned, PAGE},
    [COMMAND_ESC_Z] = {clone_symbol_print, LINE_START | PAGE},
    [COMMAND_ESC_W] = {page_set_area, PAGE},
    [COMMAND_ESC_BACKSLASH] = {set_relative_position, PAGE},
    [COMMAND_ESC_a] = {set_justification, LINE_START | PAGE},
    [COMMAND_ESC_c_3] = {do_nothing, PAGE},
    [COMMAND_ESC_c_4] = {do_nothing, PAGE},
    [COMMAND_ESC_c_5] = {do_nothing, PAGE}, /* no panel to lock */
    [COMMAND_ESC_d] = {do_feed_lines, PAGE},
    [COMMAND_ESC_e] = {do_back_lines, 0},
    [COMMAND_ESC_i] = {do_short_cut, LINE_START},
    [COMMAND_ESC_m] = {do_short_cut, LINE_START},
    [COMMAND_ESC_p] = {do_pulse, PAGE},
    [COMMAND_ESC_t] = {set_code_page, PAGE},
    [COMMAND_ESC_u] = {answer_drawer, PAGE},
    [COMMAND_ESC_v] = {answer_paper_sensor, PAGE},
    [COMMAND_ESC_LBRACE] = {set_upside_down, LINE_START | PAGE},
    [COMMAND_FS_EXCLAM] = {set_pair_mode, PAGE},
    [COMMAND_FS_MINUS] = {set_pair_underline, PAGE},
    [COMMAND_FS_2] = {user_define_pair, PAGE},
    [COMMAND_FS_QUESTION] = {user_cancel_pair, PAGE},
    [COMMAND_FS_C] = {set_pair_code, PAGE},
    [COMMAND_FS_C_255] = {set_utf8_on, PAGE},
    [COMMAND_FS_S] = {set_pair_space, PAGE},
    [COMMAND_FS_W] = {set_pair_quadruple, PAGE},
    [COMMAND_FS_LPAREN_A_48] = {set_pair_font, PAGE},
    [COMMAND_FS_LPAREN_C_48] = {set_encoding, PAGE},
    [COMMAND_FS_LPAREN_C_60] = {set_priority, PAGE},
    [COMMAND_FS_p] = {nv_images_print, LINE_START},
    [COMMAND_FS_q] = {nv_images_define, LINE_START},
    [COMMAND_FS_AMPERSAND] = {set_double_byte_on, PAGE},
    [COMMAND_FS_PERIOD] = {set_double_byte_off, PAGE},
    [COMMAND_GS_EXCLAM] = {set_size, PAGE},
    [COMMAND_GS_DOLLAR] = {page_go_down_to, PAGE},
    [COMMAND_GS_LPAREN_A] = {do_test_page, LINE_START},
    [COMMAND_GS_LPAREN_C_48] = {nv_memory_delete, PAGE},
    [COMMAND_GS_LPAREN_C_49] = {nv_memory_store, PAGE},
    [COMMAND_GS_LPAREN_C_50] = {nv_memory_read, PAGE},
    [COMMAND_GS_LPAREN_C_51] = {nv_memory_capacity_told, PAGE},
    [COMMAND_GS_LPAREN_C_52] = {nv_memory_left_told, PAGE},
    [COMMAND_GS_LPAREN_C_53] = {nv_memory_keys, PAGE},
    [COMMAND_GS_LPAREN_C_54] = {nv_memory_wipe, PAGE},
    [COMMAND_GS_LPAREN_D] = {set_real_time, PAGE},
    [COMMAND_GS_LPAREN_E_1] = {nv_setting_begin, 0},
    [COMMAND_GS_LPAREN_E_2] = {nv_setting_end, 0},
    [COMMAND_GS_LPAREN_E_3] = {nv_setting_switches, 0},
    [COMMAND_GS_LPAREN_E_4] = {nv_setting_switches_told, PAGE},
    [COMMAND_GS_LPAREN_E_5] = {nv_setting_custom, 0},
    [COMMAND_GS_LPAREN_E_6] = {nv_setting_custom_told, PAGE},
    [COMMAND_GS_LPAREN_E_11] = {nv_setting_serial, 0},
    [COMMAND_GS_LPAREN_E_12] = {nv_setting_serial_told, PAGE},
    [COMMAND_GS_LPAREN_H_48] = {answer_process_id, PAGE},
    [COMMAND_GS_LPAREN_H_49] = {answer_offline_mode, PAGE},
    [COMMAND_GS_LPAREN_K_48] = {do_nothing, PAGE},
    [COMMAND_GS_LPAREN_K_49] = {do_nothing, PAGE},
    [COMMAND_GS_LPAREN_K_50] = {do_nothing, PAGE},
    [COMMAND_GS_LPAREN_L_48] = {nv_graphics_capacity_told, PAGE},
    [COMMAND_GS_LPAREN_L_50] = {picture_print, LINE_START | PAGE},
    [COMMAND_GS_LPAREN_L_51] = {nv_graphics_left_told, PAGE},
    [COMMAND_GS_LPAREN_L_52] = {nv_download_left_told, PAGE},
    [COMMAND_GS_LPAREN_L_64] = {nv_graphics_keys, PAGE},
    [COMMAND_GS_LPAREN_L_65] = {nv_graphics_wipe, 0},
    [COMMAND_GS_LPAREN_L_66] = {nv_graphics_delete, 0},
    [COMMAND_GS_LPAREN_L_67] = {nv_graphics_rows, LINE_START},
    [COMMAND_GS_LPAREN_L_68] = {nv_graphics_columns, LINE_START},
    [COMMAND_GS_LPAREN_L_69] = {nv_graphics_print, LINE_START | PAGE},
    [COMMAND_GS_LPAREN_L_80] = {nv_download_keys, PAGE},
    [COMMAND_GS_LPAREN_L_81] = {nv_download_wipe, 0},
    [COMMAND_GS_LPAREN_L_82] = {nv_download_delete, 0},
    [COMMAND_GS_LPAREN_L_83] = {nv_download_rows, LINE_START | PAGE},
    [COMMAND_GS_LPAREN_L_84] = {nv_download_columns, LINE_START | PAGE},
    [COMMAND_GS_LPAREN_L_85] = {nv_download_print, LINE_START | PAGE},
    [COMMAND_GS_LPAREN_L_112] = {picture_store_rows, LINE_START | PAGE},
    [COMMAND_GS_LPAREN_L_113] = {picture_store_columns, LINE_START | PAGE},
    [COMMAND_GS_LPAREN_k_065] = {symbol_pdf417_columns, PAGE},
    [COMMAND_GS_LPAREN_k_066] = {symbol_pdf417_rows, PAGE},
    [COMMAND_GS_LPAREN_k_067] = {symbol_module, PAGE},
    [COMMAND_GS_LPAREN_k_068] = {symbol_pdf417_row_height, PAGE},
    [COMMAND_GS_LPAREN_k_069] = {symbol_pdf417_level, PAGE},
    [COMMAND_GS_LPAREN_k_070] = {symbol_pdf417_form, PAGE},
    [COMMAND_GS_LPAREN_k_080] = {symbol_data, PAGE},
    [COMMAND_GS_LPAREN_k_081] = {symbol_print, LINE_START | PAGE},
    [COMMAND_GS_LPAREN_k_082] = {symbol_size, PAGE},
    [COMMAND_GS_LPAREN_k_165] = {symbol_qr_model, PAGE},
    [COMMAND_GS_LPAREN_k_167] = {symbol_module, PAGE},
    [COMMAND_GS_LPAREN_k_169] = {symbol_qr_level, PAGE},
    [COMMAND_GS_LPAREN_k_180] = {symbol_data, PAGE},
    [COMMAND_GS_LPAREN_k_181] = {symbol_print, LINE_START | PAGE},
    [COMMAND_GS_LPAREN_k_182] = {symbol_size, PAGE},
    [COMMAND_GS_LPAREN_k_265] = {symbol_maxicode_mode, PAGE},
    [COMMAND_GS_LPAREN_k_280] = {symbol_data, PAGE},
    [COMMAND_GS_LPAREN_k_281] = {symbol_print, LINE_START | PAGE},
    [COMMAND_GS_LPAREN_k_282] = {symbol_size, PAGE},
    [COMMAND_GS_LPAREN_k_367] = {symbol_module, PAGE},
    [COMMAND_GS_LPAREN_k_371] = {symbol_databar_width, PAGE},
    [COMMAND_GS_LPAREN_k_380] = {symbol_databar_data, PAGE},
    [COMMAND_GS_LPAREN_k_381] = {symbol_print, LINE_START | PAGE},
    [COMMAND_GS_LPAREN_k_382] = {symbol_size, PAGE},
    [COMMAND_GS_LPAREN_k_467] = {symbol_module, PAGE},
    [COMMAND_GS_LPAREN_k_471] = {symbol_databar_width, PAGE},
    [COMMAND_GS_LPAREN_k_472] = {symbol_composite_font, PAGE},
    [COMMAND_GS_LPAREN_k_480] = {symbol_composite_data, PAGE},
    [COMMAND_GS_LPAREN_k_481] = {symbol_print, LINE_START | PAGE},
    [COMMAND_GS_LPAREN_k_482] = {symbol_size, PAGE},
    [COMMAND_GS_LPAREN_k_566] = {symbol_aztec_size, PAGE},
    [COMMAND_GS_LPAREN_k_567] = {symbol_module, PAGE},
    [COMMAND_GS_LPAREN_k_569] = {symbol_aztec_level, PAGE},
    [COMMAND_GS_LPAREN_k_580] = {symbol_data, PAGE},
    [COMMAND_GS_LPAREN_k_581] = {symbol_print, LINE_START | PAGE},
    [COMMAND_GS_LPAREN_k_582] = {symbol_size, PAGE},
    [COMMAND_GS_LPAREN_k_666] = {symbol_datamatrix_size, PAGE},
    [COMMAND_GS_LPAREN_k_667] = {symbol_module, PAGE},
    [COMMAND_GS_LPAREN_k_680] = {symbol_data, PAGE},
    [COMMAND_GS_LPAREN_k_681] = {symbol_print, LINE_START | PAGE},
    [COMMAND_GS_LPAREN_k_682] = {symbol_size, PAGE},
    [COMMAND_GS_ASTERISK] = {picture_download, PAGE},
    [COMMAND_GS_SLASH] = {picture_download_print, LINE_START | PAGE},
    [COMMAND_GS_8_L_67] = {nv_graphics_rows, LINE_START},
    [COMMAND_GS_8_L_68] = {nv_graphics_columns, LINE_START},
    [COMMAND_GS_8_L_83] = {nv_download_rows, LINE_START | PAGE},
    [COMMAND_GS_8_L_84] = {nv_download_columns, LINE_START | PAGE},
    [COMMAND_GS_8_L_112] = {picture_store_rows, LINE_START | PAGE},
    [COMMAND_GS_8_L_113] = {picture_store_columns, LINE_START | PAGE},
    [COMMAND_GS_COLON] = {do_macro_define, PAGE},
    [COMMAND_GS_CARET] = {do_macro_run, PAGE},
    [COMMAND_GS_B] = {set_inverted, PAGE},
    [COMMAND_GS_H] = {set_hri_position, PAGE},
    [COMMAND_GS_I] = {answer_info, PAGE},
    [COMMAND_GS_Q_0] = {picture_strip, LINE_START},
    [COMMAND_GS_L] = {set_margin, LINE_START | PAGE},
    [COMMAND_GS_P] = {set_units, PAGE},
    [COMMAND_GS_T] = {do_line_start, 0},
    [COMMAND_GS_V] = {do_cut, LINE_START},
    [COMMAND_GS_W] = {set_area, LINE_START | PAGE},
    [COMMAND_GS_Z] = {clone_symbol_kind, PAGE},
    [COMMAND_GS_BACKSLASH] = {page_go_down_by, PAGE},
    [COMMAND_GS_a] = {answer_asb, PAGE},
    [COMMAND_GS_b] = {set_smooth, PAGE},
    [COMMAND_GS_f] = {set_hri_font, PAGE},
    [COMMAND_GS_g_0] = {nv_counter_reset, PAGE},
    [COMMAND_GS_g_2] = {nv_counter_read, PAGE},
    [COMMAND_GS_h] = {set_bar_height, PAGE},
    [COMMAND_GS_k_A] = {code_bars_a, LINE_START | PAGE},
    [COMMAND_GS_k_B] = {code_bars_b, LINE_START | PAGE},
    [COMMAND_GS_r] = {answer_status_now, PAGE},
    [COMMAND_GS_v_0] = {picture_raster, LINE_START | PAGE},
    [COMMAND_GS_w] = {set_bar_width, PAGE},
    [COMMAND_GS_z_0] = {set_recovery_wait, PAGE},
};
/* clang-format on */

bool machine_does(enum command_id id)
{
    return rows[id].run != NULL;
}

void machine_command(struct virtual_printer *vp, const struct frame *frame, struct slice bytes)
{
    const struct row *row = &rows[frame->id];
    vp->command = frame->id;
    if (vp->deselected && !(row->flags & ALWAYS))
        return;
    if (frame->broken) {
        paper_note(vp, "a parameter is out of range; what follows it is text");
        return;
    }
    if (!row->run)
        paper_note(vp, "not done by the printer in software");
    else if (vp->page_mode && !(row->flags & PAGE))
        paper_note(vp, "not in page mode; ignored");
    else if (row->flags & LINE_START && !vp->page_mode && !line_is_empty(vp))
        paper_note(vp, "honoured only at the start of a line; ignored");
    else
        row->run(vp, slice_sub(bytes, frame->params, bytes.n));
}

void machine_reset(struct virtual_printer *vp)
{
    settings_reset(&vp->set, vp->profile);
    machine_power_on_settings(vp);
    page_reset(vp);
    vp->n_reserved = 0;
    vp->graphic_height = 0;
    symbol_store_reset(&vp->symbol);
    user_forget(vp);
    buf_reset(&vp->bit_image);
    line_begin(vp);
}

void machine_restart(struct virtual_printer *vp)
{
    machine_drop_input(vp);
    vp->deselected = false;
    vp->asb = vp->nv.switches[0] & SWITCH_ASB ? ASB_DEFAULT : 0;
    vp->offline_notice = 0;
    vp->no_pulse_now = false;
    vp->power_by_wire = false;
    vp->user_setting = false;
    vp->wait_half_seconds = 0;
    buf_reset(&vp->download.b);
    buf_reset(&vp->macro.bytes);
    vp->macro.recording = false;
    machine_reset(vp);
}
