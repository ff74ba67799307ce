#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "transport/usb_inside.h"

#include <stdio.h>
#include <stdlib.h>

/* ── tables ── */

static void rows_are_sorted_and_told_apart(void **state)
{
    (void)state;
    for (size_t i = 0; usb_quirk_row(i + 1); i++) {
        const struct usb_quirk_row *a = usb_quirk_row(i), *b = usb_quirk_row(i + 1);
        assert_true(a->vid < b->vid || (a->vid == b->vid && a->pid < b->pid));
    }
    for (size_t i = 0; usb_known_row(i + 1); i++) {
        const struct usb_known_row *a = usb_known_row(i), *b = usb_known_row(i + 1);
        assert_true(a->vid < b->vid || (a->vid == b->vid && a->pid < b->pid));
    }
}

static void every_row_says_where_it_was_seen(void **state)
{
    (void)state;
    for (size_t i = 0; usb_quirk_row(i); i++) {
        assert_int_not_equal(usb_quirk_row(i)->quirks, 0);
        assert_true(strlen(usb_quirk_row(i)->seen) > 3);
    }
    for (size_t i = 0; usb_known_row(i); i++) {
        assert_true(strlen(usb_known_row(i)->name) > 3);
        assert_true(strlen(usb_known_row(i)->seen) > 3);
    }
}

/* CUPS lost the maker's row behind the model's: a TSP100 was listened to and hung. */
static void a_row_of_a_model_does_not_hide_that_of_its_maker(void **state)
{
    (void)state;
    assert_int_equal(usb_quirks(0x0519, 0x0001), USB_UNIDIR | USB_DELAY_CLOSE);
    assert_int_equal(usb_quirks(0x0519, 0x0002), USB_UNIDIR);
    assert_int_equal(usb_quirks(0x0518, 0x0001), 0);
}

/* ── the udev rules ── */

static char *rules(void)
{
    struct buf text;
    buf_init(&text, 0);
    assert_true(buf_read_file(&text, SOURCE_DIR "/udev/60-bonbon.rules"));
    assert_non_null(buf_cstr(&text));
    return (char *)text.p;
}

static size_t occurrences(const char *text, const char *what)
{
    size_t n = 0;
    for (; (text = strstr(text, what)); text += strlen(what))
        n++;
    return n;
}

static void udev_rules_name_every_known_device_and_no_other(void **state)
{
    (void)state;
    char *text = rules(), line[256];
    size_t n = 0;
    for (const struct usb_known_row *row; (row = usb_known_row(n)); n++) {
        usb_udev_line(row->vid, row->pid, line, sizeof line);
        assert_int_equal(occurrences(text, line), 1);
        snprintf(line, sizeof line, "# %s\n", row->name);
        assert_int_equal(occurrences(text, line) > 0, 1);
    }
    assert_int_equal(occurrences(text, "ATTR{idVendor}"), n);
    free(text);
}

static void udev_rules_give_a_printer_to_the_till_and_not_to_everybody(void **state)
{
    (void)state;
    char *text = rules(), *rest = NULL;
    size_t giving = 0;
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        if (line[0] == '#' || !strstr(line, "MODE"))
            continue;
        giving++;
        assert_non_null(strstr(line, "MODE=\"0660\""));
        assert_non_null(strstr(line, "GROUP=\"lp\""));
        assert_non_null(strstr(line, "TAG+=\"uaccess\""));
    }
    assert_true(giving > 2);
    free(text);
}

/* ── addresses ── */

static bool address(const char *rest, struct usb_address *a)
{
    return usb_address_parse(rest, a);
}

static void addresses_name_model_serial_or_port(void **state)
{
    (void)state;
    struct usb_address a;
    assert_true(address("", &a) && a.any);
    assert_true(address("//04b8:0E15", &a));
    assert_int_equal(a.vid, 0x04b8);
    assert_int_equal(a.pid, 0x0e15);
    assert_true(!a.any && !a.serial[0] && !a.port[0]);
    assert_true(address("//04b8:0e15/J5XF%20%C8%99", &a));
    assert_string_equal(a.serial, "J5XF \xc8\x99");
    assert_true(address("//04b8:0e15@1-2.3.4", &a));
    assert_string_equal(a.port, "1-2.3.4");
}

static void malformed_addresses_are_none(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "/",
        "//",
        "printer",
        "//04b8",
        "//04b8:",
        "//04b8:0e1",
        "//04b8:0e15x",
        "//4b8:0e15",
        "//04b8:0g15",
        "//04b8:0e15/%",
        "//04b8:0e15/%4",
        "//04b8:0e15/%zz",
        "//04b8:0e15/% 1",
        "//04b8:0e15/a%00b",
        "//04b8:0e15/a%0ab",
        "//04b8:0e15/a b",
        "//04b8:0e15/a/b",
        "//04b8:0e15/%ff",
        "//04b8:0e15@",
        "//04b8:0e15@1",
        "//04b8:0e15@1-",
        "//04b8:0e15@1-2.",
        "//04b8:0e15@1.2",
        "//04b8:0e15@1-2-3",
        "//04b8:0e15@01-2",
        "//04b8:0e15@1-2/..",
        "//04b8:0e15@1-2222",
        "//04b8:0e15@1-1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1",
    };
    struct usb_address a;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (address(bad[i], &a))
            fail_msg("usb:%s was taken for an address", bad[i]);
}

static void a_serial_number_that_is_too_long_is_refused_not_cut(void **state)
{
    (void)state;
    char rest[USB_TEXT_BYTES + 32] = "//04b8:0e15/";
    struct usb_address a;
    size_t n = strlen(rest);
    memset(rest + n, 'A', USB_TEXT_BYTES - 1);
    assert_true(address(rest, &a));
    rest[n + USB_TEXT_BYTES - 1] = 'A';
    assert_false(address(rest, &a));
}

static void an_address_that_was_written_is_read_back(void **state)
{
    (void)state;
    static const char *const serials[] = {"J5XF012345", "a/b c%d@e?f#", "\xc8\x98/\xd1\x8f"};
    for (size_t i = 0; i < sizeof serials / sizeof *serials; i++) {
        struct usb_printer p = {.vid = 0x04b8, .pid = 0x0e15, .port = "2-1.4"};
        struct usb_address a;
        char uri[USB_URI_BYTES];
        snprintf(p.serial, sizeof p.serial, "%s", serials[i]);
        usb_write_uri(&p, true, uri);
        assert_true(transport_check(&transport_usb, 1, uri, NULL));
        assert_true(address(uri + 4, &a));
        assert_string_equal(a.serial, serials[i]);
        usb_write_uri(&p, false, uri);
        assert_string_equal(uri, "usb://04b8:0e15@2-1.4");
    }
}

/* ── text from devices ── */

static const char *id_of(const void *raw, size_t n)
{
    static char text[USB_DEVICE_ID_BYTES];
    usb_device_id_text(slice_of(raw, n), text, sizeof text);
    return text;
}
#define ID_OF(literal) id_of(literal, sizeof(literal) - 1)

static void a_device_id_is_read_however_its_length_is_told(void **state)
{
    (void)state;
    assert_string_equal(ID_OF("\0\x0cMFG:EPSON;"), "MFG:EPSON;");   /* as the standard says */
    assert_string_equal(ID_OF("\x0c\0MFG:EPSON;"), "MFG:EPSON;");   /* swapped */
    assert_string_equal(ID_OF("\0\x0aMFG:EPSON;"), "MFG:EPSON;");   /* without itself */
    assert_string_equal(ID_OF("\x0a\0MFG:EPSON;"), "MFG:EPSON;");   /* both */
    assert_string_equal(ID_OF("MFG:EPSON;"), "MFG:EPSON;");         /* none */
    assert_string_equal(ID_OF("\xff\xffMFG:EPSON;"), "MFG:EPSON;"); /* more than came */
    assert_string_equal(ID_OF("\0\0MFG:EPSON;"), "MFG:EPSON;");
    assert_string_equal(ID_OF("\0\x0cMFG:EPSON;\0\0\0\0"), "MFG:EPSON;"); /* padded */
    assert_string_equal(ID_OF("\0\x02"), "");
    assert_string_equal(ID_OF("\0"), "");
    assert_string_equal(ID_OF(""), "");
}

static void an_oversized_device_id_is_cut(void **state)
{
    (void)state;
    char raw[4096];
    memset(raw, 'x', sizeof raw);
    raw[0] = 0x10;
    raw[1] = 0;
    assert_int_equal(strlen(id_of(raw, sizeof raw)), USB_DEVICE_ID_BYTES - 1);
}

static void what_a_device_says_cannot_move_the_cursor_of_a_terminal(void **state)
{
    (void)state;
    assert_string_equal(ID_OF("\0\x13MFG:\x1b[2JE\x07PS\nON;\x9b"), "MFG:[2JEPSON;");
    char text[8];
    usb_clean_text(SLICE_LITERAL("abcdef\xc8\x99"), text, sizeof text);
    assert_string_equal(text, "abcdef"); /* cut between characters */
}

static bool value_is(const char *id, const char *key, const char *expected)
{
    return slice_is(usb_device_id_value(slice_str(id), key), expected);
}

static void keys_of_a_device_id_have_two_names(void **state)
{
    (void)state;
    const char *id = "manufacturer: EPSON ;MODEL:TM-T20II;COMMAND SET:ESC/POS;SERN:X1;CLS:PRINTER";
    assert_true(value_is(id, "MFG", "EPSON"));
    assert_true(value_is(id, "MDL", "TM-T20II"));
    assert_true(value_is(id, "CMD", "ESC/POS"));
    assert_true(value_is(id, "SN", "X1"));
    assert_true(value_is(id, "CLS", "PRINTER"));
    assert_true(value_is(id, "DES", ""));
    assert_true(value_is("", "MFG", ""));
    assert_true(value_is(";;:;MFG", "MFG", ""));
}

static void a_serial_number_with_its_bytes_the_wrong_way_round_is_read(void **state)
{
    (void)state;
    char text[USB_TEXT_BYTES];
    uint16_t swapped[] = {0x4100, 0x3700, 0x2d00}, right[] = {'A', '7', '-'};
    uint16_t chinese[] = {0x6253, 0x5370, 0x673a};
    usb_text_of_units(swapped, 3, text, sizeof text);
    assert_string_equal(text, "A7-");
    usb_text_of_units(right, 3, text, sizeof text);
    assert_string_equal(text, "A7-");
    usb_text_of_units(chinese, 3, text, sizeof text);
    assert_string_equal(text, "\xe6\x89\x93\xe5\x8d\xb0\xe6\x9c\xba");
    usb_text_of_utf8(SLICE_LITERAL("\xe4\x84\x80\xe3\x9c\x80\xe2\xb4\x80"), text, sizeof text);
    assert_string_equal(text, "A7-"); /* as the kernel hands it out */
    usb_text_of_utf8(SLICE_LITERAL("POS58"), text, sizeof text);
    assert_string_equal(text, "POS58");
}

/* ── the way in ── */

struct shape {
    uint8_t class, subclass, protocol, setting;
    uint8_t endpoint[4]; /* addresses, bulk; 0 ends */
};

enum { SHAPES = 4, PACKET = 64 };

/* A configuration with one interface; alternate settings as given. */
static enum usb_fit choose(const struct shape *shape, size_t n, unsigned quirks,
                           struct usb_pipe *pipe)
{
    struct libusb_endpoint_descriptor endpoints[SHAPES][4] = {0};
    struct libusb_interface_descriptor alternates[SHAPES] = {0};
    for (size_t i = 0; i < n; i++) {
        uint8_t count = 0;
        for (; count < 4 && shape[i].endpoint[count]; count++)
            endpoints[i][count] =
                (struct libusb_endpoint_descriptor){.bEndpointAddress = shape[i].endpoint[count],
                                                    .bmAttributes = LIBUSB_TRANSFER_TYPE_BULK,
                                                    .wMaxPacketSize = PACKET};
        alternates[i] =
            (struct libusb_interface_descriptor){.bAlternateSetting = shape[i].setting,
                                                 .bNumEndpoints = count,
                                                 .bInterfaceClass = shape[i].class,
                                                 .bInterfaceSubClass = shape[i].subclass,
                                                 .bInterfaceProtocol = shape[i].protocol,
                                                 .endpoint = endpoints[i]};
    }
    struct libusb_interface interface = {.altsetting = alternates, .num_altsetting = (int)n};
    const struct libusb_config_descriptor config = {
        .bNumInterfaces = 1, .bConfigurationValue = 1, .interface = &interface};
    *pipe = (struct usb_pipe){0};
    return usb_choose_pipe(&config, quirks, pipe);
}

static void the_setting_with_a_way_back_is_taken(void **state)
{
    (void)state;
    struct usb_pipe pipe;
    const struct shape shapes[] = {
        {7, 1, 1, 0, {0x01}}, {7, 1, 2, 1, {0x82, 0x03}}, {7, 1, 4, 2, {0x04, 0x85}}};
    assert_int_equal(choose(shapes, 3, 0, &pipe), USB_FIT);
    assert_int_equal(pipe.alternate, 1);
    assert_int_equal(pipe.out, 0x03);
    assert_int_equal(pipe.in, 0x82);
    assert_int_equal(choose(shapes, 3, USB_UNIDIR, &pipe), USB_FIT);
    assert_int_equal(pipe.in, 0);
}

static void ipp_over_usb_and_1284_4_are_not_for_us(void **state)
{
    (void)state;
    struct usb_pipe pipe;
    const struct shape shapes[] = {{7, 1, 4, 0, {0x01, 0x81}}, {7, 1, 3, 1, {0x01, 0x81}}};
    assert_int_equal(choose(shapes, 2, 0, &pipe), USB_NO_PRINTER);
}

static void the_makers_own_class_counts_only_where_a_quirk_says_so(void **state)
{
    (void)state;
    struct usb_pipe pipe;
    const struct shape shapes[] = {{255, 0, 0, 0, {0x01, 0x82}}};
    assert_int_equal(choose(shapes, 1, 0, &pipe), USB_NO_PRINTER);
    assert_int_equal(choose(shapes, 1, USB_VENDOR_CLASS, &pipe), USB_FIT);
    assert_int_equal(pipe.class, 255);
}

static void a_printer_without_a_bulk_endpoint_out_is_said_to_be_one(void **state)
{
    (void)state;
    struct usb_pipe pipe;
    const struct shape only_in[] = {{7, 1, 2, 0, {0x81}}}, zero[] = {{7, 1, 2, 0, {0x80, 0x10}}};
    assert_int_equal(choose(only_in, 1, 0, &pipe), USB_NO_ENDPOINT);
    assert_int_equal(choose(zero, 1, 0, &pipe), USB_NO_ENDPOINT);
    assert_int_equal(choose(NULL, 0, 0, &pipe), USB_NO_PRINTER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_sorted_and_told_apart),
        cmocka_unit_test(every_row_says_where_it_was_seen),
        cmocka_unit_test(a_row_of_a_model_does_not_hide_that_of_its_maker),
        cmocka_unit_test(udev_rules_name_every_known_device_and_no_other),
        cmocka_unit_test(udev_rules_give_a_printer_to_the_till_and_not_to_everybody),
        cmocka_unit_test(addresses_name_model_serial_or_port),
        cmocka_unit_test(malformed_addresses_are_none),
        cmocka_unit_test(a_serial_number_that_is_too_long_is_refused_not_cut),
        cmocka_unit_test(an_address_that_was_written_is_read_back),
        cmocka_unit_test(a_device_id_is_read_however_its_length_is_told),
        cmocka_unit_test(an_oversized_device_id_is_cut),
        cmocka_unit_test(what_a_device_says_cannot_move_the_cursor_of_a_terminal),
        cmocka_unit_test(keys_of_a_device_id_have_two_names),
        cmocka_unit_test(a_serial_number_with_its_bytes_the_wrong_way_round_is_read),
        cmocka_unit_test(the_setting_with_a_way_back_is_taken),
        cmocka_unit_test(ipp_over_usb_and_1284_4_are_not_for_us),
        cmocka_unit_test(the_makers_own_class_counts_only_where_a_quirk_says_so),
        cmocka_unit_test(a_printer_without_a_bulk_endpoint_out_is_said_to_be_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
