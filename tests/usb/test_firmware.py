"""bonbon-fw on USB: what the descriptors and the device id say, memory and settings through bulk transfers, devices that are held or
gone."""
import json
import os
import pathlib
import signal
import subprocess
import unittest

from shop_under_test import BONBON, SOURCE
from spool_service import Service
from usb_bed import UsbTest, sale

FW = os.environ.get("BONBON_FW", str(pathlib.Path(BONBON).resolve().parent / "bonbon-fw"))


class Firmware(UsbTest):
    def fw(self, *args, check=0):
        done = subprocess.run([FW, *map(str, args), "--json"], capture_output=True, timeout=120, stdin=subprocess.DEVNULL,
                              env=dict(self.environment(), BONBON_STATE=str(self.dir / "state")))
        self.assertEqual(done.returncode, check, (args, done.stdout, done.stderr))
        return json.loads(done.stdout)

    def test_identify_joins_what_usb_and_the_printer_say(self):
        model = self.plug("serial=J5XF012345", profile="epson-tm-t20iii")
        says = self.fw("identify", "--printer", "usb:")
        self.assertEqual(f"{says['usb']['vendor']:04x}:{says['usb']['product']:04x}", model)
        self.assertEqual((says["usb"]["serial"], says["usb"]["port"], says["usb"]["class"]), ("J5XF012345", "1-1", 7))
        self.assertEqual(says["usb"]["uri"], f"usb://{model}/J5XF012345")
        self.assertIn("MDL:", says["device_id"])
        self.assertEqual((says["profile"], says["profile_exact"]), ("epson-tm-t20iii", True))
        self.assertEqual(says["maker"], "EPSON")

    def test_memory_and_settings_are_reached_through_bulk_transfers(self):
        self.plug("serial=A", profile="epson-tm-t20iii")
        printer = ("--printer", "usb:")
        self.fw("logo", "upload", "L1", SOURCE / "gallery" / "images" / "logo.png", "--yes", *printer)
        self.assertEqual(self.fw("logo", "list", *printer)["keys"], ["L1"])
        saved = self.dir / "saved.yaml"
        self.fw("settings", "save", saved, *printer)
        wanted = self.dir / "wanted.yaml"
        wanted.write_text(saved.read_text().replace("  5: 0 ", "  5: 4 "))
        self.assertTrue(self.fw("settings", "restore", wanted, "--yes", *printer)["restored"])
        self.assertEqual(self.fw("settings", "diff", wanted, *printer)["changes"], [])
        self.assertTrue(self.fw("status", *printer)["ready"])

    def test_the_service_makes_way_on_usb_however_the_printer_is_named(self):
        model = self.plug("serial=A", profile="epson-tm-t20iii")
        (self.shop / "printers.d" / "receipt.yaml").write_text(f"profile: epson-tm-t20iii\nuri: usb://{model}/A\nrole: receipt\n")
        service = Service(self.shop, env=self.bed.environment()).ready()
        self.addCleanup(service.end, signal.SIGKILL)
        for number, name in enumerate(("receipt", "usb:", f"usb://{model}", f"usb://{model}@1-1")):
            # the worker has the interface for seconds after a job
            self.assertEqual(self.print_sale(sale(number), env=self.bed.environment())["state"], "printed")
            self.assertEqual(self.bed.log()[-1:], ["claim 0"])
            self.assertTrue(self.fw("status", "--printer", name, "--shop", self.shop)["ready"], name)
            self.assertEqual(self.bed.log()[-3:], ["release 0", "claim 0", "release 0"])

    def test_one_that_is_held_or_gone_is_said_without_a_job(self):
        model = self.plug("serial=A", profile="epson-tm-t20iii")
        holder = self.start("hold", "usb:")
        self.assertEqual(holder.stdout.readline(), "held\n")
        error = self.fw("status", "--printer", "usb:", check=4)["error"]
        self.assertEqual(error["code"], "printer_held")
        self.assertIn(f"usb_probe ({holder.pid})", error["text"])
        self.assertNotIn("job", error["text"])
        gone = self.fw("status", "--printer", "usb://0416:5011", check=4)["error"]
        self.assertEqual(gone["code"], "printer_unplugged")
        self.assertNotIn("job", gone["text"])
        self.assertTrue(model)


if __name__ == "__main__":
    unittest.main()
