"""Devices that are silent, lie, are something else, or come back late: a clear message, no write, and a printer left as it was."""
import fcntl
import json
import os
import socket
import subprocess
import unittest

from bed import BONBON, SOURCE, FwTest, Printer, dots, png

# Where no answer comes; everywhere else the program may wait as long as a busy machine needs.
QUICK = ("--wait", "150")
DRAWING = ["#.......", ".#......"]


class NoPrinter(FwTest):
    COMMANDS = ("identify", "status", "counters", "logo list", "settings show")

    def test_a_silent_printer_is_said_to_be_silent(self):
        Printer(self, info={}, status={}, fence=False, capacity=None, switches={}, values={})
        for command in self.COMMANDS:
            code = "fw_nv_silent" if command == "logo list" else "fw_silent"
            self.refused(command, *QUICK, code=code, check=4)

    def test_what_talks_otherwise_is_no_printer(self):
        for noise in (b"HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n", b"\xff\xf0\x99" * 40, b"login: "):
            printer = Printer(self, noise=noise, left=b"1000")
            logo = self.file("logo.png", png(DRAWING))
            for command in (("identify",), ("logo upload", "L1", logo, "--yes"), ("settings show",)):
                out = self.fw(command[0], *command[1:], *QUICK, check=4)
                self.assertIn(out["error"]["code"], ("fw_device", "fw_silent", "fw_answer", "fw_nv_silent", "fw_not_ready"))
            self.assertEqual(printer.wrote, [])
        self.assertEqual(self.writes_counted(), 0)

    def test_a_wire_without_a_way_back_is_said(self):
        self.uri = f"file:{self.dir}/out"
        for command in self.COMMANDS:
            self.refused(command, code="fw_one_way", check=3)
        self.fw("codepages")
        self.assertIn(b"\x1bt", (self.dir / "out").read_bytes())

    def test_nobody_there_and_no_address(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.uri = "tcp://127.0.0.1:%d" % listener.getsockname()[1]
        words = self.refused("status", code="printer_io", check=4)
        self.assertNotIn("job", words)
        self.assertNotIn("zadanie", self.refused("status", code="printer_io", check=4, lang="ru_RU.UTF-8"))
        self.uri = "ftp://printer"
        self.refused("status", code="printer_uri", check=3)
        self.uri = "virtual:"
        self.refused("status", code="fw_virtual", check=3)

    def test_a_profile_with_an_unknown_key_is_told_with_its_place(self):
        printer = Printer(self)
        (self.dir / "profiles.d").mkdir()
        (self.dir / "profiles.d" / "mine.yaml").write_text("model: M\nwidht_dots: 576\n")
        words = self.refused("status", "--profile", "mine", "--shop", self.dir, code="yaml_key", check=3)
        self.assertIn("profiles.d/mine.yaml:2:1", words)
        self.assertIn("widht_dots", words)
        self.assertEqual(printer.got, b"")


class Shared(FwTest):
    def test_nothing_goes_between_the_lines_of_a_job(self):
        printer = Printer(self)
        (self.dir / "printers.d").mkdir()
        (self.dir / "printers.d" / "bar.yaml").write_text(f"profile: generic-80\nuri: {self.uri}\n")
        self.uri = "bar"
        (self.dir / "spool").mkdir()
        with open(self.dir / "spool" / "printer-bar.lock", "w") as lock:  # as the spool locks it, docs/spool.md
            fcntl.flock(lock, fcntl.LOCK_EX)
            words = self.refused("status", "--shop", self.dir, *QUICK, code="fw_busy", check=4)
            self.assertIn(f"({os.getpid()})", words)
            self.assertEqual(printer.got, b"")
        self.assertTrue(self.fw("status", "--shop", self.dir)["ready"])

    def test_an_address_that_is_a_printer_of_the_shop_is_that_printer(self):
        shop, printer = self.shop(), Printer(self)
        (shop / "printers.d" / "bar.yaml").write_text(f"profile: generic-80\nuri: {self.uri}\n")
        (shop / "printers.d" / "broken.yaml").write_text("profile: [\n")
        (shop / "spool").mkdir(exist_ok=True)
        for name in ("printer-bar.lock", "printer-tcp%3A%2F%2F127.0.0.1%3A9.lock"):
            with open(shop / "spool" / name, "w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                self.uri = self.uri if "bar" in name else "tcp://127.0.0.1:9"  # which `bonbon print --printer URI` locks so
                self.refused("status", "--shop", shop, *QUICK, code="fw_busy", check=4)
        self.assertEqual(printer.got, b"")

    def test_a_service_that_only_waits_makes_way_and_has_the_printer_again(self):
        shop, printer = self.shop(), Printer(self)
        (shop / "printers.d" / "bar.yaml").write_text(f"profile: generic-80\nuri: {self.uri}\n")
        service = subprocess.Popen([BONBON, "spool", "--shop", shop], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=self.environment())
        self.addCleanup(service.stdout.close)
        self.addCleanup(service.wait)
        self.addCleanup(service.terminate)
        self.assertTrue(service.stdout.readline())
        sale = (SOURCE / "gallery/en/receipt.json").read_text()
        for number in range(3):
            # just after a job it keeps the session, and the lock, for seconds
            made = dict(json.loads(sale), id=f"S{number}")
            done = subprocess.run([BONBON, "print", "-", "--printer", "bar", "--shop", shop, "--json"], input=json.dumps(made), text=True,
                                  capture_output=True, env=self.environment())
            self.assertEqual(json.loads(done.stdout.splitlines()[0])["state"], "printed", done.stderr)
            self.uri = "bar"
            self.assertTrue(self.fw("status", "--shop", shop, "--wait", "1000")["ready"])
        self.assertTrue(printer.heard)

    def shop(self):
        subprocess.run([BONBON, "init", self.dir / "cafe"], check=True, capture_output=True, env=self.environment())
        return self.dir / "cafe"


class Memory(FwTest):
    def test_answers_that_are_no_numbers_stop_everything(self):
        logo = self.file("logo.png", png(DRAWING))
        for how in ({"capacity": b"12x"}, {"capacity": b""}, {"left": b"-5"}, {"left": b"99999999999"},
                    {"keys": [b"L\x01"]}, {"keys": [b"L"]}):
            printer = Printer(self, **how)
            self.refused("logo upload", "L1", logo, "--yes", code="fw_answer", check=4)
            self.assertEqual(printer.wrote, [])
        self.assertEqual(self.writes_counted(), 0)

    def test_keys_come_in_blocks_that_are_acknowledged(self):
        keys = [b"%c%c" % (65 + i // 26, 65 + i % 26) for i in range(93)]
        printer = Printer(self, keys=keys)
        self.assertEqual(self.fw("logo list")["keys"], [k.decode() for k in keys])
        self.assertEqual(printer.got.count(b"\x06"), 3)

    def test_a_picture_too_large_is_refused_before_anything_is_sent(self):
        wide = self.file("wide.png", png(["#" * 576] * 20))
        printer = Printer(self, left=b"1000")
        words = self.refused("logo upload", "L1", wide, "--yes", code="fw_nv_full", check=1)
        self.assertIn("1440", words)
        high = self.file("high.png", png(["#"] * 2400))
        self.assertIn("2304", self.refused("logo upload", "L1", high, "--yes", code="fw_image_big", check=3))
        self.refused("logo upload", "L1", self.file("no.png", b"GIF89a"), "--yes", code="image", check=3)
        self.refused("logo upload", "L1", self.dir / "none.png", "--yes", code="file_open", check=3)
        for key in ("L", "L12", "L\x7f", "ä"):
            self.refused("logo upload", key, wide, "--yes", code="fw_key", check=2)
        self.assertEqual(printer.wrote, [])
        self.assertEqual(self.writes_counted(), 0)

    def test_a_write_that_does_not_show_is_not_called_done(self):
        logo = self.file("logo.png", png(DRAWING))
        printer = Printer(self, keeps=False)
        self.refused("logo upload", "L1", logo, "--yes", code="fw_verify", check=1)
        self.assertEqual(len(printer.wrote), 1)
        self.assertEqual(self.writes_counted(), 1)
        printer = Printer(self, keeps=False, keys=[b"L1"])
        self.refused("logo delete", "L1", "--yes", code="fw_verify", check=1)

    def test_a_printer_without_the_memory_points_to_the_old_one(self):
        logo = self.file("logo.png", png(DRAWING))
        printer = Printer(self, capacity=None)
        self.assertIn("--old", self.refused("logo upload", "L1", logo, "--yes", code="fw_nv_silent", check=4))
        self.assertEqual(printer.wrote, [])
        self.fw("logo upload", "1", logo, "--old", "--yes")
        name, pictures = printer.wrote[0]
        self.assertEqual((name, len(pictures)), ("FS q", 1))
        # column by column, the top dot highest: turned back it is the drawing
        width, height, columns = pictures[0]
        self.assertEqual((width, height), (8, 8))
        rows = ["".join("#" if columns[x] >> (7 - y) & 1 else "." for x in range(8)) for y in range(8)]
        self.assertEqual(dots(rows[:2]), dots(DRAWING))
        self.refused("logo list", "--profile", "pos-5890", code="fw_nv_silent", check=4)

    def test_a_profile_that_has_no_memory_is_believed(self):
        (self.dir / "profiles.d").mkdir()
        (self.dir / "profiles.d" / "plain.yaml").write_text("nv: none\n")
        Printer(self)
        self.refused("logo list", "--profile", "plain", "--shop", self.dir, code="fw_nv_none", check=1)

    def test_a_printer_that_goes_away_while_it_is_written_to_is_said(self):
        logo = self.file("logo.png", png(DRAWING))

        def leave(printer):
            printer.gone, printer.open = True, False
        printer = Printer(self, after_reset=leave)
        self.refused("logo upload", "1", logo, "--old", "--yes", *QUICK, code="fw_restart", check=4)
        self.assertEqual(len(printer.wrote), 1)


class Settings(FwTest):
    WANTED = 'model: "Model 1"\nswitches:\n  1: "1-------"\nvalues:\n  5: 3\n'

    def wanted(self):
        return self.file("wanted.yaml", self.WANTED)

    def test_only_what_differs_is_written_in_one_visit(self):
        printer = Printer(self)
        self.fw("settings restore", self.wanted(), "--yes")
        self.assertEqual(printer.wrote, [("enter",), ("switches", b"\x0112222222"), ("values", b"\x05\x03\x00"), ("leave",)])

    def test_answers_that_are_not_understood_stop_everything(self):
        for how in ({"switches": {1: b"0000000"}}, {"switches": {1: b"00000002"}}, {"values": {5: b"many"}},
                    {"values": {5: b"70000"}}):
            printer = Printer(self, **how)
            self.refused("settings restore", self.wanted(), "--yes", code="fw_answer", check=4)
            self.assertEqual(printer.wrote, [])

    def test_a_printer_that_does_not_enter_is_led_out_again(self):
        printer = Printer(self, enters=False)
        self.refused("settings restore", self.wanted(), "--yes", *QUICK, code="fw_no_settings", check=1)
        self.assertEqual(printer.wrote, [("enter",), ("leave",)])
        self.assertTrue(self.fw("status")["ready"])

    def test_a_restart_that_breaks_the_connection_is_waited_for(self):
        def restart(printer):
            printer.deaf, printer.open = 3, False
        Printer(self, after_reset=restart)
        self.assertTrue(self.fw("settings restore", self.wanted(), "--yes", "--wait", "500")["restored"])

    def test_a_printer_that_does_not_come_back_is_said(self):
        def leave(printer):
            printer.gone, printer.open = True, False
        Printer(self, after_reset=leave)
        self.refused("settings restore", self.wanted(), "--yes", *QUICK, code="fw_restart", check=4)

    def test_settings_that_do_not_stay_are_said(self):
        Printer(self, keeps=False)
        self.refused("settings restore", self.wanted(), "--yes", *QUICK, code="fw_verify", check=1)

    def test_a_printer_without_settings_is_said(self):
        Printer(self, switches={}, values={})
        self.refused("settings show", code="fw_no_settings", check=1)

    def test_a_printer_that_leaves_the_fence_out_is_not_asked_for_ever(self):
        printer = Printer(self, fence=False, switches={}, values={1: b"1"})
        self.assertEqual(self.fw("settings show", *QUICK)["values"], {"1": 1})
        self.assertLess(printer.got.count(b"\x1d(E\x02\x00\x06"), 10)

    def test_a_full_day_stops_before_the_printer_is_entered(self):
        printer = Printer(self)
        for i in range(5):
            self.fw("settings restore", self.file("w.yaml", self.WANTED.replace("5: 3", "5: %d" % (i + 1)).replace(
                '"1', '"%d' % (i % 2 ^ 1))), "--yes")
        entered = len(printer.wrote)
        self.refused("settings restore", self.file("w.yaml", self.WANTED.replace("5: 3", "5: 9")), "--yes", code="fw_wear",
                     check=1)
        self.assertEqual(len(printer.wrote), entered)


if __name__ == "__main__":
    unittest.main()
