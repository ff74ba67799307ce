"""Codes are read back by zbar at every module size, from the paper and as a phone sees it: soft, grey, nearer or farther."""
import os
import pathlib
import subprocess
import tempfile
import unittest

from paper import as_a_phone_sees, dots, inked

BONBON = os.environ["BONBON"]
SOURCE = pathlib.Path(__file__).resolve().parents[2]
VOUCHER = "SPECIMEN00000.00.0000000000000000"
TEXTS = {"a voucher": VOUCHER, "a voucher's address": f"HTTPS://BONBON.EXAMPLE/V/{VOUCHER}", "a page": "https://bonbon.example/hello?till=1&sale=2026-11-21-0042"}
BARS = {"code128": ("Order-1074", "Order-1074"), "code39": ("ORDER 1074", "ORDER 1074"), "code93": ("ORDER 1074", "ORDER 1074"),
        "ean": ("4006381333931", "4006381333931"), "upc": ("036000291452", "0036000291452"), "itf": ("12345678", "12345678"), "codabar": ("A1074B", "A1074B")}
MARGIN = 40  # dots of white around what is printed, five modules of the largest size
FARTHER_AND_NEARER = (4, 6)  # pixels of the phone to a module


class Codes(unittest.TestCase):
    def setUp(self):
        work = tempfile.TemporaryDirectory()
        self.addCleanup(work.cleanup)
        self.dir = pathlib.Path(work.name)

    def printed(self, markup, profile="generic-80"):
        template, picture = self.dir / "code.receipt", self.dir / "code.png"
        template.write_text(markup + "\n")
        subprocess.run([BONBON, "preview", template, "--profile", profile, "--png", picture], check=True)
        return picture

    def read(self, picture):
        done = subprocess.run(["zbarimg", "--quiet", "--raw", picture], capture_output=True)
        return done.stdout.decode().split("\n")[:-1]

    def sees(self, picture, scale):
        seen = self.dir / "seen.pgm"
        seen.write_bytes(as_a_phone_sees(inked(dots(picture.read_bytes()), MARGIN), scale))
        return self.read(seen)

    def test_qr_codes_at_every_module_size(self):
        for what, text in TEXTS.items():
            for module in range(4, 9):
                picture = self.printed(f"{{code:{text}; option:qrcode,{module},m}}")
                with self.subTest(what=what, module=module):
                    self.assertEqual(self.read(picture), [text])
                for pixels in FARTHER_AND_NEARER:
                    with self.subTest(what=what, module=module, pixels_a_module=pixels):
                        self.assertEqual(self.sees(picture, pixels / module), [text])

    def test_bar_codes_at_every_module_size(self):
        for kind, (text, read) in BARS.items():
            for module in range(2, 5):
                picture = self.printed(f"{{code:{text}; option:{kind},{module},72,hri}}")
                with self.subTest(kind=kind, module=module):
                    self.assertEqual(self.read(picture), [read])
                with self.subTest(kind=kind, module=module, seen="by a phone"):  # which is held nearer to thinner bars
                    self.assertEqual(self.sees(picture, FARTHER_AND_NEARER[0] / module), [read])

    def test_the_gallerys_vouchers_as_a_phone_sees_them(self):
        for name in ("en-sorry-for-the-wait", "ru-birthday-58", "ro-referral"):
            with self.subTest(name=name):
                self.assertEqual(self.sees(SOURCE / "docs" / "pictures" / f"{name}.png", 0.6), [VOUCHER])


if __name__ == "__main__":
    unittest.main(verbosity=2)
