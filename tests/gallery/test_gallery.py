"""Every template of the gallery, in each language and on both papers, shows its sample as it should."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest
from decimal import Decimal

SOURCE = pathlib.Path(__file__).resolve().parents[2]
GALLERY = SOURCE / "gallery"
BONBON = os.environ["BONBON"]
PROFILES = ("generic-80", "generic-58")
VOUCHERS = ("coupon", "sorry-for-the-wait", "surprise-gift")
NAMES = ("receipt", "thank-you") + VOUCHERS
SHOPS = {"en": ("GBP", "Europe/London"), "ro": ("RON", "Europe/Bucharest"), "ru": ("RUB", "Europe/Moscow")}
SPECIMEN_QR = "SPECIMEN00000.00.0000000000000000"
NON_FISCAL = {"ro": "DOCUMENT NEFISCAL", "ru": "НЕФИСКАЛЬНЫЙ ДОКУМЕНТ"}
TODAY = {"en": "Valid today only", "ro": "Valabil doar astăzi", "ru": "Действует только сегодня"}
CEDILLAS = "şţŞŢ"  # what printers have for the commas of Romanian


def bonbon(*args):
    done = subprocess.run([BONBON, *map(str, args)], capture_output=True)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def sample(lang, name):
    return json.loads((GALLERY / lang / f"{name}.json").read_text(), parse_float=str)


def squeezed(text):
    return "".join(text.split())


def with_commas(text):
    return text.translate(str.maketrans(CEDILLAS, "șțȘȚ"))


def printed(text, lang):
    """An amount or a quantity as the language writes it, without blanks."""
    plain = f"{Decimal(text):,}"
    return plain if lang == "en" else plain.replace(",", "\0").replace(".", ",").replace("\0", "." if lang == "ro" else "")


def every_one():
    return [(lang, name) for lang in SHOPS for name in NAMES]


class Gallery(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.dir)

    def shows(self, *args):
        status, out, err = bonbon("preview", *args)
        self.assertEqual((status, err), (0, ""), args)
        return out

    def text(self, lang, name, profile, *args):
        return self.shows(f"{lang}/{name}", "--profile", profile, "--text", *args)

    def sale(self, sale):
        data = self.dir / "sale.json"
        data.write_text(json.dumps(sale))
        return data

    def codes(self, picture):
        done = subprocess.run(["zbarimg", "--quiet", "--raw", picture], capture_output=True)
        return done.stdout.decode().split()

    def test_each_language_has_the_same_templates_each_with_its_sample(self):
        for lang in SHOPS:
            self.assertEqual({path.name for path in (GALLERY / lang).iterdir()},
                             {name + ending for name in NAMES for ending in (".receipt", ".json")})

    def test_each_previews_without_a_warning_and_without_a_lost_letter(self):
        for lang, name in every_one():
            for profile in PROFILES:
                with self.subTest(lang=lang, name=name, profile=profile):
                    text = self.text(lang, name, profile)
                    self.assertNotRegex(text, "[?\ufffd\u25a1]")
                    self.assertEqual("SPEC-IMEN-00000" in text, name in VOUCHERS)

    @unittest.skipUnless(shutil.which("zbarimg"), "zbarimg is not installed")
    def test_each_code_is_read_back_from_the_picture(self):
        for lang, name in every_one():
            for profile in PROFILES:
                with self.subTest(lang=lang, name=name, profile=profile):
                    picture = self.dir / "x.png"
                    self.shows(f"{lang}/{name}", "--profile", profile, "--png", picture)
                    self.assertEqual(self.codes(picture), [SPECIMEN_QR] if name in VOUCHERS else [])

    def test_samples_add_up(self):
        for lang, name in every_one():
            with self.subTest(lang=lang, name=name):
                sale = sample(lang, name)
                total = Decimal(sale["total"])
                for item in sale["items"]:
                    self.assertEqual(Decimal(item["quantity"]) * Decimal(item["unit_price"]) - Decimal(item.get("discount", 0)),
                                     Decimal(item["total"]), item["name"])
                self.assertEqual(sum(Decimal(item["total"]) for item in sale["items"]) - Decimal(sale.get("discount", 0)), total)
                if name == "receipt":
                    self.assertEqual(sum(Decimal(tax["net"]) + Decimal(tax["amount"]) for tax in sale["taxes"]), total)
                    self.assertEqual(sum(Decimal(paid["amount"]) for paid in sale["payments"]) - Decimal(sale["change"]), total)
                    for tax in sale["taxes"]:
                        self.assertEqual((Decimal(tax["net"]) * Decimal(tax["rate"]) / 100).quantize(Decimal("0.01")), Decimal(tax["amount"]))

    def test_a_receipt_says_everything_of_its_sale(self):
        for lang in SHOPS:
            for profile in PROFILES:
                with self.subTest(lang=lang, profile=profile):
                    # In pounds: the rouble's sign is in no code page, so that its line is a picture and no text.
                    sale = dict(sample(lang, "receipt"), currency="GBP")
                    data = self.sale(sale)
                    text = with_commas(squeezed(self.text(lang, "receipt", profile, "--data", data)))
                    at = 0
                    for item in sale["items"]:
                        line = f"{printed(item['quantity'], lang)}{item.get('unit', '')}×{printed(item['unit_price'], lang)}"
                        found = text.find(line, at)
                        self.assertGreater(found, at, f"{item['name']}: {line} is not in order in {text}")
                        block = text[at:found]
                        self.assertIn(printed(item["total"], lang), block)
                        self.assertIn(squeezed(item["name"]), block.replace(printed(item["total"], lang), "", 1))
                        at = found
                    for amount in [sale["total"], sale["change"]] + [paid["amount"] for paid in sale["payments"]]:
                        self.assertIn(printed(amount, lang), text[at:])
                    for tax in sale["taxes"]:
                        self.assertIn(f"{tax['id']}{tax['rate']}%{printed(tax['net'], lang)}{printed(tax['amount'], lang)}", text)
                    if lang in NON_FISCAL:
                        self.assertIn(squeezed(NON_FISCAL[lang]), text)

    def test_templates_spell_romanian_with_commas_and_leave_the_cut_to_the_program(self):
        for lang, name in every_one():
            for ending in (".receipt", ".json"):
                source = (GALLERY / lang / (name + ending)).read_text()
                self.assertFalse(set(CEDILLAS) & set(source), (lang, name))
                self.assertNotRegex(source, r"(?m)^=+$")

    def test_a_return_and_a_training_sale_do_not_look_like_a_sale(self):
        for lang, words in {"en": ("RETURN", "Practice only"), "ro": ("RETUR", "Doar exercițiu"), "ru": ("ВОЗВРАТ", "Учебный")}.items():
            sale = sample(lang, "receipt")
            plain = squeezed(self.text(lang, "receipt", "generic-58"))
            for kind, word in zip(("return", "training"), words):
                text = with_commas(squeezed(self.text(lang, "receipt", "generic-58", "--data", self.sale(dict(sale, kind=kind)))))
                self.assertIn(squeezed(word), text)
                self.assertNotIn(squeezed(word), plain)

    def test_a_receipt_of_little_has_no_empty_places(self):
        sale = {"id": "7", "time": "2026-11-21T14:03:00+00:00", "currency": "GBP", "items": [{"name": "Tea", "total": "3.00"}], "total": "3.00"}
        text = self.text("en", "receipt", "generic-80", "--data", self.sale(sale))
        for word in ("VAT", "Subtotal", "Discount", "Change", "Served", ","):
            self.assertNotIn(word, text)
        self.assertIn("Thank you!", text)
        self.assertRegex(text, r"Tea +3\.00\n +1\n")

    def test_each_kind_of_worth_is_said_on_each_voucher(self):
        kinds = {"percent": ({"percent": "15", "at_most": "20.00"}, {"en": "15%"}), "gift": ({"gift": "cake"}, {"en": "cake"}),
                 "amount": ({"amount": "5.00"}, {"en": "£5.00", "ro": "5,00 £", "ru": "5,00 £"})}
        for lang in SHOPS:
            for name in VOUCHERS:
                for kind, (worth, words) in kinds.items():
                    with self.subTest(lang=lang, name=name, kind=kind):
                        sale = dict(sample(lang, name), currency="GBP", voucher=dict(worth, offer="x", valid_to="2026-11-21"))
                        text = self.text(lang, name, "generic-58", "--data", self.sale(sale))
                        self.assertIn(words.get(lang, words["en"]), text)
                        self.assertIn(TODAY[lang], text)

    def test_samples_print_in_a_new_shop_and_a_voucher_by_hand_needs_no_sale(self):
        for lang, (currency, zone) in SHOPS.items():
            for profile in PROFILES:
                with self.subTest(lang=lang, profile=profile):
                    shop = self.dir / f"{lang}-{profile}"
                    status, _, err = bonbon("init", shop, "--lang", lang, "--currency", currency, "--timezone", zone, "--profile", profile)
                    self.assertEqual((status, err), (0, ""))
                    status, out, err = bonbon("print", GALLERY / lang / "receipt.json", "--shop", shop)
                    self.assertEqual((status, err), (0, ""))
                    self.assertRegex(out, r"^.*\(\w+ 1\)\n  \S+  sorry-wait: .*\n$")
                    for offer in ("sorry-wait", "free-coffee", "thank-you"):
                        status, _, err = bonbon("give", offer, "--shop", shop)
                        self.assertEqual((status, err), (0, ""), offer)


if __name__ == "__main__":
    unittest.main(verbosity=2)
