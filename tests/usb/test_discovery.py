"""What is plugged in is found, told apart and named, whatever it says about itself."""
import unittest

from usb_bed import UsbTest

MOUSE_DEVICE = "12010002000000406d0415c00001010200" + "01"
MOUSE_CONFIG = "0902220001010080320904000001030102000921110100012234000705810304000a"
DEVICE = "1201000200000040{vid}{pid}00010000" + "0001"


def config(*interfaces):
    """A configuration descriptor of interfaces given as hex."""
    body = "".join(interfaces)
    total = 9 + len(body) // 2
    return f"0902{total & 255:02x}{total >> 8:02x}01010080fa" + body


def interface(endpoints, kind="070102", setting=0):
    """An interface descriptor and its bulk endpoints."""
    return (f"090400{setting:02x}{len(endpoints):02x}{kind}00" +
            "".join(f"0705{endpoint:02x}02400000" for endpoint in endpoints))


class Discovery(UsbTest):
    def one(self):
        found = self.listed()
        self.assertEqual(len(found), 1, found)
        return found[0]

    def other(self, port, vid, pid, configuration):
        swap = lambda word: word[2:] + word[:2]
        self.bed.do("other", port, DEVICE.format(vid=swap(vid), pid=swap(pid)) + configuration)

    def test_a_printer_tells_who_it_is(self):
        model = self.plug("serial=J5XF012345", profile="epson-tm-t20iii")
        found = self.one()
        self.assertEqual(found["uri"], f"usb://{model}/J5XF012345")
        self.assertEqual(found["port"], "1-1")
        self.assertIn("EPSON", found["maker"].upper())
        self.assertIn("MFG:", found["device_id"])
        self.assertEqual(found["why"], "")

    def test_endpoints_are_those_of_the_descriptors(self):
        for number, (out, back) in enumerate(((0x01, 0x82), (0x03, 0x84), (0x02, 0x81))):
            self.plug(f"out={out:02x} in={back:02x}", port=f"1-{number + 1}", name=f"p{number}")
        self.assertEqual([(p["out"], p["in"]) for p in self.listed()], [(1, 0x82), (3, 0x84), (2, 0x81)])

    def test_the_printer_is_found_beside_another_interface(self):
        self.plug("second")
        self.assertEqual(self.one()["interface"], 1)

    def test_the_alternate_setting_with_a_way_back_is_chosen(self):
        self.plug("alternates")
        self.assertEqual(self.one()["alternate"], 1)

    def test_a_mouse_is_no_printer(self):
        self.bed.do("other", "1-3", MOUSE_DEVICE + MOUSE_CONFIG)
        self.assertEqual(self.listed(), [])

    def test_a_device_id_is_read_however_its_length_is_told(self):
        for number, how in enumerate(("good", "swapped", "bare", "oversize")):
            self.plug(f"maker=ACME id={how}", port=f"1-{number + 1}", name=how)
        for found in self.listed():
            self.assertRegex(found["device_id"], "^(MFG|MANUFACTURER):")
            self.assertEqual(found["maker"], "ACME")

    def test_a_device_id_that_is_noise_or_missing_hides_no_printer(self):
        for number, how in enumerate(("noise", "missing")):
            self.plug(f"id={how}", port=f"1-{number + 1}", name=how)
        self.assertEqual(len(self.listed()), 2)

    def test_the_id_that_usblp_read_is_not_asked_again(self):
        self.plug(driver="usblp")
        self.bed.log()
        found = self.one()
        self.assertEqual(found["driver"], "usblp")
        self.assertIn("MFG:", found["device_id"])
        self.assertNotIn("control a1 00", self.bed.log())

    def test_a_printer_that_a_program_holds_is_not_disturbed(self):
        self.plug()
        holder = self.start("hold", "usb:")
        self.assertEqual(holder.stdout.readline(), "held\n")
        self.bed.log()
        found = self.one()
        self.assertEqual((found["why"], found["driver"]), ("printer_held", "usbfs"))
        self.assertEqual(found["pid"], holder.pid)
        self.assertIn("usb_probe", found["holder"])
        self.assertEqual(self.bed.log(), [])

    def test_two_of_a_model_without_serial_are_told_apart_by_port(self):
        model = self.plug("serial=", name="left", port="1-1")
        self.plug("serial=", name="right", port="1-2")
        self.assertEqual([p["uri"] for p in self.listed()], [f"usb://{model}@1-1", f"usb://{model}@1-2"])

    def test_two_with_the_same_serial_are_told_apart_by_port(self):
        model = self.plug("serial=00000", name="left", port="1-1")
        self.plug("serial=00000", name="right", port="2-4")
        self.assertEqual([p["uri"] for p in self.listed()], [f"usb://{model}@1-1", f"usb://{model}@2-4"])

    def test_a_serial_with_its_bytes_the_wrong_way_round_is_read(self):
        self.plug("serial=A7")
        self.bed.do("attribute", "1-1", "serial", "\u4100\u3700")
        found = self.one()
        self.assertEqual(found["serial"], "A7")
        self.assertEqual(self.probe("talk", found["uri"], 5000, "100401")[0], 0)

    def test_a_serial_that_is_no_fit_text_still_names_its_printer(self):
        self.plug("serial=A7")
        self.bed.do("attribute", "1-1", "serial", "A/7 b%")
        found = self.one()
        self.assertTrue(found["uri"].endswith("/A%2F7%20b%25"), found["uri"])
        self.assertEqual(self.probe("talk", found["uri"], 5000, "100401")[0], 0)

    def test_a_printer_without_a_way_in_is_listed_with_what_is_wrong(self):
        self.other("1-5", "1234", "5678", config(interface([0x81])))
        found = self.one()
        self.assertEqual((found["why"], found["detail"]),
                         ("printer_io", "its descriptors offer no bulk OUT endpoint"))

    def test_descriptors_that_lie_hide_no_other_printer(self):
        for number, lie in enumerate(("total", "endpoints", "length", "strings")):
            self.plug(f"lie={lie}", port=f"1-{number + 1}", name=lie)
        self.plug("serial=HONEST", port="1-9", name="honest")
        self.assertIn("HONEST", [p["serial"] for p in self.listed()])


class Opening(UsbTest):
    """A name that means no printer, or more than one, is answered in words, and nothing is sent."""

    def refused(self, uri, name, status=4):
        got, output = self.probe("talk", uri, 1000, "00")
        self.assertEqual(got, status, output)
        self.assertEqual(output[0].split(":")[0], name)
        return output[0]

    def test_nothing_is_plugged_in(self):
        self.refused("usb:", "printer_unplugged")
        self.refused("usb://04b8:0e15/X", "printer_unplugged")

    def test_a_serial_or_port_that_is_not_there(self):
        model = self.plug("serial=X1")
        self.refused(f"usb://{model}/X2", "printer_unplugged")
        self.refused(f"usb://{model}@1-2", "printer_unplugged")

    def test_a_name_for_two_says_what_to_write_instead(self):
        model = self.plug("serial=", name="left", port="1-1")
        self.plug("serial=", name="right", port="1-2")
        for uri in ("usb:", f"usb://{model}"):
            words = self.refused(uri, "printer_several", status=3)
            self.assertIn(f"usb://{model}@1-1, usb://{model}@1-2", words)
        self.assertEqual(self.bed.taken("left") + self.bed.taken("right"), b"")

    def test_a_device_of_another_kind(self):
        self.bed.do("other", "1-3", MOUSE_DEVICE + MOUSE_CONFIG)
        words = self.refused("usb://046d:c015", "printer_kind")
        self.assertIn("it is another kind of device", words)

    def test_a_malformed_address(self):
        for uri in ("usb://04b8", "usb://04b8:0e15@x", "usb:printer"):
            self.refused(uri, "printer_uri", status=3)

    def test_descriptors_that_cannot_be_read(self):
        model = self.plug("lie=length")
        status, output = self.probe("talk", f"usb://{model}", 1000, "00")
        self.assertIn(status, (1, 4), output)
        self.assertRegex(output[-1], "^printer_io: .*(malformed|endpoint)")


if __name__ == "__main__":
    unittest.main()
