"""bonbon printers with what is plugged into USB: told apart, guessed, taken in, left alone where somebody else has it."""
import re
import unittest

from printer_words import CONDITIONS, HELD, OFF, Speaks
from shop_under_test import run
from usb_bed import UsbTest

NAMELESS = "vid=0416 pid=5011 serial="  # a POS-58, sold without serial numbers


class Printers(Speaks, UsbTest):
    def listed(self, new=True):
        """What the real program lists: new ones by port, else those of the shop by name."""
        printers = self.bonbon("printers", env=self.bed.environment())
        key = "port" if new else "name"
        return {p[key]: p for p in printers if new != p["configured"]}

    def add(self, *args, check=0):
        return self.bonbon1("printers add", *args, check=check, env=self.bed.environment())

    def test_a_new_printer_is_listed_with_its_profile_and_why(self):
        model = self.plug("serial=J5XF012345", profile="epson-tm-t20iii")
        printer = self.listed()["1-1"]
        self.assertEqual((printer["uri"], printer["serial"]), (f"usb://{model}/J5XF012345", "J5XF012345"))
        self.assertEqual((printer["status"], printer["configured"], printer["plugged"]), ("ready", False, True))
        self.assertEqual((printer["profile"], printer["profile_from"]), ("epson-tm-t20iii", "device_id"))
        self.assertIn("TM-T20III", printer["profile_why"])
        out = run("printers", "--shop", self.shop, check=0, env=self.bed.environment())[1].decode()
        self.assertIn(f"bonbon printers add NAME --printer usb://{model}/J5XF012345", out)

    def test_two_alike_without_serial_numbers_are_told_apart_by_their_port(self):
        self.plug(NAMELESS, port="1-1", name="left", profile="pos-5890")
        self.plug(NAMELESS, port="1-2", name="right", profile="pos-5890")
        listed = self.listed()
        self.assertEqual({port: p["uri"] for port, p in listed.items()},
                         {"1-1": "usb://0416:5011@1-1", "1-2": "usb://0416:5011@1-2"})
        error = self.add("bar", "--printer", "usb://0416:5011", check=3)["error"]
        self.assertEqual(error["code"], "printer_which")
        for uri in ("usb://0416:5011@1-1", "usb://0416:5011@1-2"):
            self.assertIn(uri, error["text"])
        self.assertEqual(self.add("bar", "--printer", "usb://0416:5011@1-2")["uri"], "usb://0416:5011@1-2")
        self.bonbon1("printers test", "bar", env=self.bed.environment())
        self.assertEqual(self.received("left"), 0)
        self.assertGreater(self.received("right"), 1000)
        self.assertEqual(self.listed(new=False)["bar"]["port"], "1-2")
        self.assertEqual(list(self.listed()), ["1-1"])

    def test_a_printer_without_a_way_back_still_says_on_usb_that_its_paper_is_out(self):
        self.plug("unidirectional", profile="pos-5890")
        self.assertEqual(self.listed()["1-1"]["status"], "silent")
        self.bed.do("order", "p", "paper out")
        self.assertEqual(self.listed()["1-1"]["status"], "not_ready")
        out = run("printers", "--shop", self.shop, check=0, env=self.bed.environment())[1].decode()
        self.assertIn("paper out", out)

    def received(self, name):
        return self.bed.received(name)

    def test_what_is_written_names_the_printer_alone(self):
        model = self.plug("serial=J5XF012345", profile="epson-tm-t20iii")
        for name, uri in (("a", "usb:"), ("b", f"usb://{model}"), ("c", None)):
            added = self.add(name, *(("--printer", uri) if uri else ()))
            self.assertEqual((added["uri"], added["profile"]), (f"usb://{model}/J5XF012345", "epson-tm-t20iii"))
            (self.shop / added["file"]).unlink()
        self.add("a")
        self.assertEqual(self.add("b", "--printer", f"usb://{model}", check=1)["error"]["code"], "printer_same")
        self.assertEqual(self.add("b", check=3)["error"]["code"], "printer_none_new")

    def test_without_an_address_there_must_be_one_new_printer(self):
        self.plug(NAMELESS, port="1-1", name="left")
        self.plug(NAMELESS, port="1-2", name="right")
        error = self.add("bar", check=3)["error"]
        self.assertEqual(error["code"], "printer_which")
        self.assertIn("usb://0416:5011@1-2", error["text"])
        self.add("bar", "--printer", "usb://0416:5011@1-1")
        self.assertEqual(self.add("kitchen")["uri"], "usb://0416:5011@1-2")

    def test_one_that_another_program_holds_names_it_and_is_left_alone(self):
        model = self.plug("serial=A")
        holder = self.start("hold", "usb:")
        self.assertEqual(holder.stdout.readline(), "held\n")
        for lang in self.each_language():
            printer = self.listed()["1-1"]
            self.assertEqual((printer["status"], printer["holder"]), ("held", {"program": "usb_probe", "pid": holder.pid}))
            self.assertEqual(printer["text"], HELD[lang].format("usb_probe", holder.pid))
        self.add("bar", "--printer", f"usb://{model}/A", "--profile", "generic-80")
        error = self.bonbon1("printers test", "bar", check=4, env=self.bed.environment())["error"]
        self.assertIn(f"usb_probe ({holder.pid})", error["text"])
        self.assertEqual(self.received("p"), 0)

    def test_one_that_is_pulled_out_is_off_and_comes_back(self):
        self.plug("serial=A", profile="epson-tm-t20iii")
        self.add("bar")
        self.assertEqual(self.listed(new=False)["bar"]["status"], "ready")
        self.bed.do("order", "p", "unplug")
        for lang in self.each_language():
            printer = self.listed(new=False)["bar"]
            self.assertEqual((printer["status"], printer["plugged"], printer["text"]), ("off", False, OFF[lang]))
        self.bed.do("order", "p", "plug 4")
        self.assertEqual(self.listed(new=False)["bar"]["status"], "ready")

    def test_each_condition_is_heard_over_usb_and_said_in_three_languages(self):
        self.plug("serial=A", profile="epson-tm-t20iii")
        added = self.add("bar")
        path = self.shop / added["file"]
        path.write_text(path.read_text() + "drawer_open: high\n")
        for orders, status, words, condition in CONDITIONS:
            for order in ("ok", "drawer close", *orders):
                self.bed.do("order", "p", order)
            for lang in self.each_language():
                printer = self.listed(new=False)["bar"]
                self.assertEqual((printer["status"], printer["text"]), (status, words[lang]))
                self.assertTrue(condition is None or condition in printer["conditions"], printer["conditions"])

    def test_a_new_printer_that_the_kernel_has_is_not_taken_from_it(self):
        self.plug("serial=A", driver="usblp")
        self.bed.log()
        self.assertEqual(self.listed()["1-1"]["status"], "silent")
        self.assertFalse([entry for entry in self.bed.log() if re.search("claim|disconnect|detach", entry)])

    def test_a_profile_that_does_not_fit_is_pointed_out(self):
        self.plug("serial=A", profile="epson-tm-t20iii")
        self.add("bar", "--profile", "generic-58")
        self.assertEqual(self.listed(new=False)["bar"]["looks_like"], "epson-tm-t20iii")
        out = run("printers", "--shop", self.shop, check=0, env=self.bed.environment())[1].decode()
        self.assertIn("it looks like epson-tm-t20iii", out)


if __name__ == "__main__":
    unittest.main(verbosity=1)
