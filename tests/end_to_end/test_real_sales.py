"""1,500 real sales of a British gift shop (UCI "Online Retail") become paper and are found again on it.

$BONBON_CODES_EVERY=N reads only every Nth picture with zbarimg (all of them when not set): the inner loop and the sanitizers
need not wait for somebody else's scanner.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from xml.etree import ElementTree

from shop_under_test import SOURCE, ShopTest, lines, run

DATA = SOURCE.parent / "shared" / "data" / "sales-uk.jsonl"
NBSP = "\u00a0"
ZBAR = "http://zbar.sourceforge.net/2008/barcode"
PICTURES_AT_ONCE = 25
# ImageMagick's threads only wait for each other on pictures as small as these.
SCANNER = dict(os.environ, OMP_NUM_THREADS="1")
MARKS = {"en": (",", "."), "ro": (".", ","), "ru": (NBSP, ",")}  # thousands, decimals

# Every sale is given a voucher, so that every paper has a QR code to read back.
RULES = """
offers:
  - name: back-soon
    template: coupon
    value: { percent: 10, at_most: 20.00 }
    valid: 30 days
rules:
  - name: everybody
    give: back-soon
"""


def amount(text, lang):
    thousands, decimal = MARKS[lang]
    whole, cents = f"{Decimal(text):,.2f}".split(".")
    return whole.replace(",", thousands) + decimal + cents


def squeezed(text):
    return "".join(text.split())


def find_name(rows, start, name):
    """The first row at or after start where the name stands, wrapped over as many rows as it needs; gives (first, behind last)."""
    wanted = squeezed(name)
    for first in range(start, len(rows)):
        left, row = wanted, first
        while left and row < len(rows):
            there = squeezed(rows[row])
            same = len(os.path.commonprefix([there, left]))
            if same == 0:
                break
            left, row = left[same:], row + 1
        if not left:
            return first, row
    return None


class RealSales(ShopTest):
    def everything_comes_out(self, lang, profile):
        shop = self.dir / lang
        run("init", shop, "--lang", lang, "--currency", "GBP", "--timezone", "Europe/London", "--profile", profile, check=0)
        (shop / "rules.yaml").write_text(RULES)
        sales = [json.loads(line) for line in DATA.read_text().splitlines()]
        target = self.dir / "bytes"
        status, out, err = run("print", DATA, "--shop", shop, "--json", "--bytes", target, check=0)
        answers = lines(out)
        self.assertEqual(len(answers), len(sales))
        text = run("decode", target, "--text", "--profile", profile, check=0)[1].decode()
        pages = re.split(r"(?m)^(?:-- cut --|- - -[ -]*)\n", text)  # a printer without a cutter draws a dashed line
        if pages and not pages[-1].strip():
            pages.pop()
        self.assertEqual(len(pages), 2 * len(sales), "a receipt and a voucher for each sale")
        for made, answer, page in zip(sales, answers, pages[0::2]):
            self.receipt_has(made, page, lang)
        self.codes_are_read_back(shop, answers)
        self.second_time_prints_nothing(shop, answers)
        self.assertNotIn("?", squeezed(text).replace("?", "", sum(m["name"].count("?") for s in sales for m in s["items"])))

    def receipt_has(self, made, page, lang):
        rows = page.replace(NBSP, " ").splitlines()
        at = 0
        for item in made["items"]:
            found = find_name(rows, at, item["name"])
            self.assertIsNotNone(found, f"{made['id']}: {item['name']!r} is not on the paper:\n{page}")
            first, behind = found
            block = " ".join(rows[first:behind + 1])
            self.assertIn(amount(item["total"], lang).replace(NBSP, " "), block, made["id"])
            self.assertRegex(block, rf"(?<![\d.,]){re.escape(item['quantity'])}(?![\d.,])", made["id"])
            at = behind
        self.assertIn(amount(made["total"], lang).replace(NBSP, " "), page.replace(NBSP, " "), made["id"])

    def codes_are_read_back(self, shop, answers):
        answers = answers[::int(os.environ.get("BONBON_CODES_EVERY", "1"))]
        some = [answers[i:i + PICTURES_AT_ONCE] for i in range(0, len(answers), PICTURES_AT_ONCE)]

        def read(part):
            # every other line of dots, both ways, is enough for modules of four dots, and half the work
            names = [f"job-{answer['job']:06}.png" for answer in part]
            done = subprocess.run(["zbarimg", "--quiet", "--nodbus", "--xml", "-Sdisable", "-Sqrcode.enable", "-Sx-density=2",
                                   "-Sy-density=2", *names], capture_output=True, cwd=shop / "paper", env=SCANNER)
            codes = {source.get("href"): [data.text for data in source.iter(f"{{{ZBAR}}}data")]
                     for source in ElementTree.fromstring(done.stdout).iter(f"{{{ZBAR}}}source")}
            return part, [codes.get(name, []) for name in names]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for part, found in pool.map(read, some):
                self.assertEqual(found, [[voucher["qr"] for voucher in answer["vouchers"]] for answer in part])

    def second_time_prints_nothing(self, shop, answers):
        pictures = len(list((shop / "paper").iterdir()))
        again = lines(run("print", DATA, "--shop", shop, "--json", check=0)[1])
        self.assertTrue(all(answer["already"] for answer in again))
        self.assertEqual([dict(answer, already=False) for answer in again], answers)
        self.assertEqual(len(list((shop / "paper").iterdir())), pictures)


def add_case(lang, profile):
    setattr(RealSales, f"test_{lang}_{profile.replace('-', '_')}",
            lambda self: self.everything_comes_out(lang, profile))


for a_lang in MARKS:
    for a_profile in ("generic-80", "generic-58"):
        add_case(a_lang, a_profile)

if __name__ == "__main__":
    if not DATA.exists():
        print(f"skipped: {DATA.name} is not there")
        sys.exit(77)
    if not shutil.which("zbarimg"):
        print("skipped: zbarimg is not installed")
        sys.exit(77)
    unittest.main(verbosity=2)
