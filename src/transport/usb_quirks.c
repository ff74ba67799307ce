#include "transport/usb_quirks.h"

/* None of these was tried on the real thing by this project; `seen` says who had one in hand. */
/* clang-format off */
static const struct usb_quirk_row quirk_rows[] = {
    {0x04b8, 0x0202, USB_VENDOR_CLASS, "CUPS usb-quirks"},
    {0x04b8, 0x0e03, USB_VENDOR_CLASS, "Epson APG: GS ( E 15 a=1 switches to the maker's class"},
    {0x04b8, 0x0e15, USB_VENDOR_CLASS, "Epson APG: GS ( E 15 a=1 switches to the maker's class"},
    {0x04b8, 0x0e27, USB_VENDOR_CLASS, "Epson APG: GS ( E 15 a=1 switches to the maker's class"},
    {0x04b8, 0x0e28, USB_VENDOR_CLASS, "Epson APG: GS ( E 15 a=1 switches to the maker's class"},
    {0x0519, USB_ANY_PRODUCT, USB_UNIDIR, "CUPS usb-quirks (Star)"},
    {0x0519, 0x0001, USB_DELAY_CLOSE, "CUPS usb-quirks (Star)"},
    {0x067b, 0x2305, USB_NO_REATTACH | USB_SOFT_RESET | USB_UNIDIR, "CUPS usb-quirks (Prolific parallel adapter)"},
    {0x06bc, 0x0183, USB_UNIDIR, "CUPS usb-quirks"},
    {0x0a5f, USB_ANY_PRODUCT, USB_NO_REATTACH | USB_UNIDIR, "CUPS usb-quirks (Zebra)"},
    {0x1a86, 0x7584, USB_NO_REATTACH, "CUPS usb-quirks (QinHeng parallel adapter)"},
    {0x2730, 0x2008, USB_DELAY_CLOSE | USB_UNIDIR, "CUPS usb-quirks (Citizen)"},
};

static const struct usb_known_row known_rows[] = {
    {0x0416, 0x5011, "POS-58, POS-5805 or POS-8360", "python-escpos #446; endpoints 81 and 03"},
    {0x0456, 0x0808, "Excelvan 58 mm", "chrome-raw-print #8"},
    {0x0483, 0x5743, "POS-8022", "WebUSB projects"},
    {0x0483, 0x5840, "MPT-II", "WebUSB projects"},
    {0x04b8, 0x0202, "Epson TM-T70, TM-T88IV or M129C", "usb.ids"},
    {0x04b8, 0x0e03, "Epson TM-T20", "usb.ids"},
    {0x04b8, 0x0e15, "Epson TM-T20II", "usb.ids"},
    {0x04b8, 0x0e27, "Epson TM-T20III", "pywebdriver; others say 0e28"},
    {0x04b8, 0x0e28, "Epson TM-T20III", "odoo; others say 0e27"},
    {0x0519, 0x0001, "Star TSP100 family", "CUPS usb-quirks"},
    {0x0dd4, 0x0175, "Custom KPM300H", "python-escpos #325; endpoints 81 and 02"},
    {0x0fe6, 0x811e, "ICS Advent, sold under many names", "usb.ids; endpoints 81 and 01"},
    {0x1504, 0x001f, "Bixolon SRP-350II", "usb.ids"},
    {0x28e9, 0x0289, "GD32 clone, sold under many names", "several; endpoints 81 and 03"},
    {0x6868, 0x0500, "clone, sold under many names", "python-escpos #259; endpoints 84 and 03"},
};
/* clang-format on */

#define ROWS(table) (sizeof(table) / sizeof *(table))

const struct usb_quirk_row *usb_quirk_row(size_t i)
{
    return i < ROWS(quirk_rows) ? &quirk_rows[i] : NULL;
}

const struct usb_known_row *usb_known_row(size_t i)
{
    return i < ROWS(known_rows) ? &known_rows[i] : NULL;
}

unsigned usb_quirks(uint16_t vid, uint16_t pid)
{
    unsigned quirks = 0;
    for (size_t i = 0; i < ROWS(quirk_rows); i++)
        if (quirk_rows[i].vid == vid &&
            (quirk_rows[i].pid == USB_ANY_PRODUCT || quirk_rows[i].pid == pid))
            quirks |= quirk_rows[i].quirks;
    return quirks;
}

const char *usb_known(uint16_t vid, uint16_t pid)
{
    for (size_t i = 0; i < ROWS(known_rows); i++)
        if (known_rows[i].vid == vid && known_rows[i].pid == pid)
            return known_rows[i].name;
    return NULL;
}
