/* Names of USB printers: addresses, IEEE 1284 device ids, strings of descriptors. Pure. */
#include "transport/usb_inside.h"

#include "base/utf8.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

/* ── addresses ── */

static bool take_hex4(const char **s, uint16_t *out)
{
    unsigned value = 0;
    for (int i = 0; i < 4; i++, ++*s) {
        if (!isxdigit((unsigned char)**s))
            return false;
        value = value * 16 + (unsigned)(isdigit((unsigned char)**s)
                                            ? **s - '0'
                                            : tolower((unsigned char)**s) - 'a' + 10);
    }
    *out = (uint16_t)value;
    return true;
}

static bool is_unreserved(unsigned char c)
{
    return c < 0x80 && (isalnum(c) || strchr("-._~", c));
}

/* SERIAL with its %XX; no control characters, so that it can be shown. */
static bool parse_serial(const char *s, char out[USB_TEXT_BYTES])
{
    size_t n = 0;
    for (; *s; s++) {
        unsigned c = (unsigned char)*s;
        if (c == '%') {
            char hex[3] = {s[1], s[1] ? s[2] : '\0', '\0'};
            char *end;
            c = (unsigned)strtoul(hex, &end, 16);
            if (end != hex + 2 || !isxdigit((unsigned char)hex[0]))
                return false;
            s += 2;
        } else if (!is_unreserved((unsigned char)c) && !strchr("!$&'()*+,;=:", (int)c)) {
            return false;
        }
        if (c < 0x20 || c == 0x7f || n + 1 >= USB_TEXT_BYTES)
            return false;
        out[n++] = (char)c;
    }
    out[n] = '\0';
    return n > 0 && utf8_valid(slice_of(out, n)) == n;
}

/* BUS-PORT(.PORT)*, numbers without leading zeros, as the kernel names a device. */
static bool parse_port(const char *s, char out[USB_PORT_BYTES])
{
    size_t n = strlen(s);
    char wanted = '-';
    const char *p = s;
    for (;;) {
        size_t digits = strspn(p, "0123456789");
        if (digits == 0 || digits > 3 || *p == '0')
            return false;
        p += digits;
        if (*p == '\0')
            break;
        if (*p++ != wanted)
            return false;
        wanted = '.';
    }
    if (wanted == '-' || n >= USB_PORT_BYTES)
        return false;
    memcpy(out, s, n + 1);
    return true;
}

bool usb_address_parse(const char *rest, struct usb_address *address)
{
    *address = (struct usb_address){0};
    if (*rest == '\0') {
        address->any = true;
        return true;
    }
    if (strncmp(rest, "//", 2) != 0)
        return false;
    rest += 2;
    if (!take_hex4(&rest, &address->vid) || *rest++ != ':' || !take_hex4(&rest, &address->pid))
        return false;
    switch (*rest) {
    case '\0':
        return true;
    case '/':
        return rest[1] == '\0' || parse_serial(rest + 1, address->serial);
    case '@':
        return parse_port(rest + 1, address->port);
    default:
        return false;
    }
}

bool usb_address_fits(const struct usb_address *address, const struct usb_printer *p)
{
    return address->any || (address->vid == p->vid && address->pid == p->pid &&
                            (!address->serial[0] || strcmp(address->serial, p->serial) == 0) &&
                            (!address->port[0] || strcmp(address->port, p->port) == 0));
}

const struct usb_printer *usb_printer_at(const struct usb_printers *list, const char *uri)
{
    static const char scheme[] = "usb:";
    const size_t n = sizeof scheme - 1;
    const struct usb_printer *found = NULL;
    struct usb_address address;
    if (strncmp(uri, scheme, n) != 0 || !usb_address_parse(uri + n, &address))
        return NULL;
    for (size_t i = 0; i < list->n; i++) {
        if (!usb_address_fits(&address, &list->printer[i]))
            continue;
        if (found)
            return NULL;
        found = &list->printer[i];
    }
    return found;
}

void usb_write_uri(const struct usb_printer *p, bool by_serial, char out[USB_URI_BYTES])
{
    size_t n = (size_t)snprintf(out, USB_URI_BYTES, "usb://%04x:%04x", p->vid, p->pid);
    if (!by_serial) {
        snprintf(out + n, USB_URI_BYTES - n, "@%s", p->port);
        return;
    }
    out[n++] = '/';
    for (const char *s = p->serial; *s && n + 4 < USB_URI_BYTES; s++)
        if (is_unreserved((unsigned char)*s))
            out[n++] = *s;
        else
            n += (size_t)snprintf(out + n, 4, "%%%02X", (unsigned char)*s);
    out[n] = '\0';
}

void usb_udev_line(uint16_t vid, uint16_t pid, char *out, size_t cap)
{
    snprintf(out, cap,
             "SUBSYSTEM==\"usb\", ATTR{idVendor}==\"%04x\", ATTR{idProduct}==\"%04x\", "
             "MODE=\"0660\", GROUP=\"lp\", TAG+=\"uaccess\"",
             vid, pid);
}

/* ── text from devices ── */

/* Blanks at the ends and control characters go; what is not UTF-8 is read as Latin-1. */
void usb_clean_text(struct slice s, char *out, size_t cap)
{
    size_t n = 0;
    bool is_utf8 = utf8_valid(s) == s.n;
    uint32_t c;
    while (s.n) {
        if (is_utf8) {
            utf8_take(&s, &c);
        } else {
            c = s.p[0];
            s = slice_sub(s, 1, s.n);
        }
        uint8_t bytes[4];
        if (c < 0x20 || (c >= 0x7f && c < 0xa0) || (c == ' ' && n == 0))
            continue;
        size_t length = utf8_put(c, bytes);
        if (n + length >= cap)
            break;
        memcpy(out + n, bytes, length);
        n += length;
    }
    while (n && out[n - 1] == ' ')
        n--;
    out[n] = '\0';
}

/* Some devices write their strings as UTF-16 big-endian, which reads as characters whose low byte
 * is always 0 (PAPPL). */
static bool is_swapped(const uint16_t *units, size_t n)
{
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        unsigned high = units[i] >> 8;
        if ((units[i] & 0xff) != 0 || (high && (high < 0x20 || high > 0x7e)))
            return false;
        any |= high != 0;
    }
    return any;
}

void usb_text_of_units(uint16_t *units, size_t n, char *out, size_t cap)
{
    uint8_t text[USB_STRING_UNITS * 4];
    size_t length = 0;
    if (n > USB_STRING_UNITS)
        n = USB_STRING_UNITS;
    bool swapped = is_swapped(units, n);
    for (size_t i = 0; i < n; i++) {
        uint32_t c = swapped ? units[i] >> 8 : units[i];
        if (c >= 0xd800 && c < 0xdc00 && i + 1 < n && (units[i + 1] & 0xfc00) == 0xdc00)
            c = 0x10000 + ((c - 0xd800) << 10) + (units[++i] - 0xdc00U);
        else if (c >= 0xd800 && c < 0xe000)
            c = 0xfffd;
        if (c)
            length += utf8_put(c, text + length);
    }
    usb_clean_text(slice_of(text, length), out, cap);
}

void usb_text_of_utf8(struct slice s, char *out, size_t cap)
{
    uint16_t units[USB_STRING_UNITS];
    size_t n = 0;
    struct slice rest = s;
    for (uint32_t c; n < USB_STRING_UNITS && utf8_take(&rest, &c);)
        if (c < 0x10000)
            units[n++] = (uint16_t)c;
    if (is_swapped(units, n))
        usb_text_of_units(units, n, out, cap);
    else
        usb_clean_text(s, out, cap);
}

/* ── IEEE 1284 device ids ── */

void usb_device_id_text(struct slice raw, char *out, size_t cap)
{
    *out = '\0';
    if (raw.n < 2)
        return;
    size_t big = (size_t)(raw.p[0] << 8 | raw.p[1]), little = (size_t)(raw.p[1] << 8 | raw.p[0]);
    /* No length at all: the text begins at once, with two letters. */
    size_t from = isupper(raw.p[0]) && isupper(raw.p[1]) ? 0 : 2, to = raw.n;
    bool without_itself = big + 2 == raw.n || little + 2 == raw.n;
    if (from && !without_itself)
        to = big >= 2 && big <= raw.n ? big : little >= 2 && little <= raw.n ? little : raw.n;
    usb_clean_text(slice_sub(raw, from, to), out, cap);
}

struct id_key {
    const char *key, *other[3];
};

static const struct id_key id_keys[] = {
    {"CLS", {"CLASS", NULL, NULL}},        {"CMD", {"COMMAND SET", NULL, NULL}},
    {"DES", {"DESCRIPTION", NULL, NULL}},  {"MDL", {"MODEL", NULL, NULL}},
    {"MFG", {"MANUFACTURER", NULL, NULL}}, {"SN", {"SERN", "SERIALNUMBER", NULL}},
};

static bool is_key(struct slice name, const char *key)
{
    if (slice_equal_nocase(name, slice_str(key)))
        return true;
    for (size_t i = 0; i < sizeof id_keys / sizeof *id_keys; i++)
        for (size_t k = 0; strcmp(id_keys[i].key, key) == 0 && k < 3 && id_keys[i].other[k]; k++)
            if (slice_equal_nocase(name, slice_str(id_keys[i].other[k])))
                return true;
    return false;
}

struct slice usb_device_id_value(struct slice text, const char *key)
{
    while (text.n) {
        size_t end = slice_find(text, ';');
        struct slice pair = slice_sub(text, 0, end);
        size_t colon = slice_find(pair, ':');
        if (colon < pair.n && is_key(slice_trim(slice_sub(pair, 0, colon)), key))
            return slice_trim(slice_sub(pair, colon + 1, pair.n));
        text = slice_sub(text, end + 1, text.n);
    }
    return SLICE_LITERAL("");
}
