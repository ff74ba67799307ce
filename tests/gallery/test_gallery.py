"""Every template of the gallery, in each language and on both papers, shows its sample as it should."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest
from decimal import Decimal

SOURCE = pathlib.Path(__file__).resolve().parents[2]
GALLERY = SOURCE / "gallery"
BONBON = os.environ["BONBON"]
PROFILES = ("generic-80", "generic-58")
RECEIPTS = ("receipt", "grocery", "tailor")
NOTES = ("thank-you", "guarantee", "feedback")
VOUCHERS = ("birthday", "coupon", "referral", "sorry-for-the-wait", "surprise-gift", "we-made-a-mistake", "we-miss-you")
NAMES = RECEIPTS + NOTES + VOUCHERS
PARTS = ("shop-address", "voucher-code", "voucher-worth")  # of several templates
FEEDBACK = "https://bonbon.example/hello"
ORDER = "1074"
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
                             {name + ending for name in NAMES for ending in (".receipt", ".json")} | {name + ".receipt" for name in PARTS} | {"return.json"})

    def test_a_template_and_its_parts_are_used_and_say_where_the_shop_is(self):
        for lang in SHOPS:
            used = {part for name in NAMES for part in re.findall(r"{{> *([^ }]+) *}}", (GALLERY / lang / f"{name}.receipt").read_text())}
            self.assertEqual(used, set(PARTS))

    def test_template_check_finds_nothing_to_say(self):
        count = sum(1 for _ in GALLERY.glob("??/*.receipt"))
        status, out, err = bonbon("template", "check")
        self.assertEqual((status, out, err), (0, f"templates: {count}, problems: 0, warnings: 0\n", ""))

    def test_each_previews_without_a_warning_and_without_a_lost_letter(self):
        for lang, name in every_one():
            for profile in PROFILES:
                with self.subTest(lang=lang, name=name, profile=profile):
                    text = self.text(lang, name, profile)
                    asked = (GALLERY / lang / f"{name}.receipt").read_text().count("?")
                    self.assertEqual(text.count("?"), asked, "no letter became a question mark")
                    self.assertNotRegex(text, "[\ufffd\u25a1]")
                    self.assertEqual("SPEC-IMEN-00000" in text, name in VOUCHERS)
                    if lang in NON_FISCAL:
                        self.assertEqual(squeezed(NON_FISCAL[lang]) in squeezed(text), name in RECEIPTS)

    @unittest.skipUnless(shutil.which("zbarimg"), "zbarimg is not installed")
    def test_each_code_is_read_back_from_the_picture(self):
        for lang, name in every_one():
            for ending in ("", "-58"):  # test_golden holds these to what the program makes
                with self.subTest(lang=lang, name=name, ending=ending):
                    picture = SOURCE / "docs" / "pictures" / f"{lang}-{name}{ending}.png"
                    expected = {"feedback": [FEEDBACK], "tailor": [ORDER]}.get(name, [SPECIMEN_QR] if name in VOUCHERS else [])
                    self.assertEqual(self.codes(picture), expected)

    def test_samples_add_up(self):
        for lang, name in every_one() + [(lang, "return") for lang in SHOPS]:
            with self.subTest(lang=lang, name=name):
                sale = sample(lang, name)
                total = Decimal(sale["total"])
                for item in sale["items"]:
                    self.assertEqual(Decimal(item["quantity"]) * Decimal(item["unit_price"]) - Decimal(item.get("discount", 0)),
                                     Decimal(item["total"]), item["name"])
                self.assertEqual(sum(Decimal(item["total"]) for item in sale["items"]) - Decimal(sale.get("discount", 0)), total)
                if "taxes" in sale:
                    self.assertEqual(sum(Decimal(tax["net"]) + Decimal(tax["amount"]) for tax in sale["taxes"]), total)
                    paid = sum(Decimal(paid["amount"]) for paid in sale["payments"]) - Decimal(sale.get("change", 0))
                    self.assertEqual(paid, total if name != "tailor" else paid)
                    if name == "tailor":  # what is left to pay, as the till words it
                        due = printed(f"{total - paid:.2f}", lang)
                        self.assertIn(squeezed(due), squeezed(sale["order"]["due"]))
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

    def test_the_grocers_and_the_tailors_receipts_say_every_amount_and_what_the_guest_must_know(self):
        for lang in SHOPS:
            for name in ("grocery", "tailor"):
                for profile in PROFILES:
                    with self.subTest(lang=lang, name=name, profile=profile):
                        sale = dict(sample(lang, name), currency="GBP")
                        text = with_commas(squeezed(self.text(lang, name, profile, "--data", self.sale(sale))))
                        at = 0
                        for item in sale["items"]:
                            amount = printed(item["total"], lang) + (item["tax"] if name == "grocery" else "")
                            found = text.index(amount, at)
                            block = text[at:found] + text[found + len(amount):]
                            for words in (item["name"], item.get("note", "")):
                                self.assertIn(squeezed(words), block)
                            at = found
                        for words in sale.get("order", {}).values():
                            if "₽" not in words:
                                self.assertIn(squeezed(words), text)
                        self.assertIn(printed(sale["total"], lang), text)

    def test_a_birthday_is_the_guests_own_or_of_his_family_and_never_wished_before_it(self):
        near, far = "2026-11-21", "07-01"
        happy = {"en": "Happy birthday,", "ro": "La mulți ani,", "ru": "С днём рождения,"}
        soon = {"en": "Almost a birthday!", "ro": "Vine o zi frumoasă", "ru": "Скоро праздник!"}
        hug = {"en": "a hug for Max", "ro": "pentru Max", "ru": "наши поздравления"}
        for lang in SHOPS:
            for own, family, head, said, unsaid in (
                    ("11-21", far, happy[lang], "Lia!", hug[lang]), (far, "11-19", happy[lang], "Max!", "Lia!"),
                    (far, "11-19", happy[lang], hug[lang], soon[lang]), ("11-25", far, soon[lang], "Lia,", happy[lang]),
                    (far, "11-25", soon[lang], "Max", happy[lang]), ("11-21", "11-21", happy[lang], "Lia!", "Max"),
                    (far, far, happy[lang][:-1] + "!", "SPEC-IMEN", "Max")):
                with self.subTest(lang=lang, own=own, family=family):
                    guest = {"id": "C-1", "name": "Lia", "birthday": own, "family": [{"name": "Max", "birthday": family}]}
                    sale = dict(sample(lang, "birthday"), customer=guest)
                    self.assertTrue(sale["time"].startswith(near))
                    text = with_commas(self.text(lang, "birthday", "generic-80", "--data", self.sale(sale)))
                    self.assertIn(head, text)
                    self.assertIn(said, text)
                    self.assertNotIn(unsaid, text)

    def test_a_forgotten_promise_is_said_to_be_one(self):
        words = {"en": "slipped our mind", "ro": "am promis", "ru": "обещали"}
        for lang in SHOPS:
            for service, forgotten in (({"missed": ["vip-dessert", "newspaper"]}, 1), ({"incident": "oven-down"}, 0)):
                sale = dict(sample(lang, "we-made-a-mistake"), service=service)
                text = with_commas(self.text(lang, "we-made-a-mistake", "generic-58", "--data", self.sale(sale)))
                self.assertEqual(text.count(words[lang]), forgotten)
                self.assertNotIn("vip-dessert", text)

    def test_feedback_without_an_address_asks_for_a_word_by_hand(self):
        words = {"en": "at the counter", "ro": "pe verso", "ru": "на обороте"}
        for lang in SHOPS:
            sale = sample(lang, "feedback")
            del sale["shop"]["feedback_address"]
            text = self.text(lang, "feedback", "generic-58", "--data", self.sale(sale))
            self.assertIn(words[lang], text)
            self.assertNotIn("https", text)

    def test_a_guarantee_names_what_the_till_marks_and_nothing_else(self):
        for lang in SHOPS:
            sale = sample(lang, "guarantee")
            text = with_commas(squeezed(self.text(lang, "guarantee", "generic-58")))
            marked, other = sale["items"]
            for words in (marked["name"], marked["serial"], marked["guarantee"], marked["guarantee_to"], sale["id"]):
                self.assertIn(squeezed(words), text)
            self.assertNotIn(squeezed(other["name"]), text)

    def test_what_a_till_sends_is_printed_and_never_obeyed(self):
        values = ("===", "{code:1}", "a|b", "^^^", "{{total}}", "{width:3}", '"`_', "\\n", "---")
        for value in values:
            guest = {"id": "C-1", "name": value, "birthday": "11-21", "family": [{"name": value, "birthday": "11-20"}]}
            item = {"name": value, "total": "6.80", "guarantee": value, "guarantee_to": value, "serial": value, "note": value}
            order = {"number": value, "ready": value, "ready_from": value, "due": value}
            shown = {"tailor": 6, "guarantee": 4, "feedback": 2, "birthday": 1, "referral": 1, "we-miss-you": 1, "grocery": 1}
            for name, times in shown.items():
                with self.subTest(value=value, name=name):
                    sale = dict(sample("en", name), customer=guest, items=[item], order=order, total="6.80", taxes=[], payments=[], change="0.00")
                    sale["shop"]["feedback_address"] = value
                    status, text, _ = bonbon("preview", f"en/{name}", "--data", self.sale(sale), "--text")  # some are no bar code, and it says so
                    self.assertEqual(status, 0)
                    self.assertEqual(text.count("-- cut --"), 1)
                    self.assertGreaterEqual(text.count(value), times)

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

    def test_no_word_and_no_amount_is_torn_on_paper_of_any_width(self):
        rule = re.compile("[─-]+|cut|QR|SPECIMEN.*|.*QR.*")
        for lang, name in every_one():
            def tokens(columns):
                text = self.shows(f"{lang}/{name}", "--columns", columns, "--text")
                return [token for token in text.split() if not rule.fullmatch(token)]
            wide = tokens(64)
            amounts = {token for token in wide if re.fullmatch(r"-?[\d.,]+[.,]\d\d", token)}
            for columns in (24, 30, 42, 56):
                with self.subTest(lang=lang, name=name, columns=columns):
                    now = tokens(columns)
                    if name in RECEIPTS:
                        self.assertLessEqual(amounts, set(now))
                        self.assertGreater(len(amounts), 5)
                    elif columns < 30:  # the code is large: less takes two rows
                        self.assertEqual("".join(now), "".join(wide))
                    else:
                        self.assertEqual(now, wide)

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
                    offers = re.findall(r"^  - name: (\S+)$", (shop / "rules.yaml").read_text().split("\nrules:")[0], re.M)
                    self.assertGreater(len(offers), 3)
                    for offer in offers:
                        status, _, err = bonbon("give", offer, "--shop", shop)
                        self.assertEqual((status, err), (0, ""), offer)

    def test_a_new_shop_gives_for_each_sample_what_its_page_is_for(self):
        given = {"sorry-for-the-wait": "sorry-wait", "we-made-a-mistake": "sorry-mistake", "birthday": "birthday-treat", "we-miss-you": "welcome-back",
                 "thank-you": "thank-you", "coupon": None, "grocery": None, "tailor": None, "return": None}
        for lang, (currency, zone) in SHOPS.items():
            shop = self.dir / lang
            bonbon("init", shop, "--lang", lang, "--currency", currency, "--timezone", zone)
            rules = (shop / "rules.yaml").read_text()
            self.assertIn("chance: 5%", rules)
            (shop / "rules.yaml").write_text(rules.replace("chance: 5%", "chance: 0%"))  # luck has no page
            for name, offer in given.items():
                with self.subTest(lang=lang, name=name):
                    status, out, err = bonbon("print", GALLERY / lang / f"{name}.json", "--shop", shop, "--json")
                    self.assertEqual(status, 0, err)
                    self.assertEqual([voucher["offer"] for voucher in json.loads(out)["vouchers"]], [offer] if offer else [])

    def test_what_a_new_shop_has_commented_out_works_when_the_hash_is_taken_away(self):
        for lang in SHOPS:
            with self.subTest(lang=lang):
                shop = self.dir / lang
                bonbon("init", shop, "--lang", lang)
                rules = (shop / "rules.yaml").read_text()
                awake = re.sub(r"(?m)^  # (- |  )", r"  \1", rules)
                self.assertGreater(awake.count("- name:"), rules.count("\n  - name:") + 3)
                (shop / "rules.yaml").write_text(awake)
                status, out, err = bonbon("rules", "check", "--shop", shop)
                self.assertEqual((status, err), (0, ""))
                for offer in re.findall(r"name: ([a-z-]+)", awake.split("\nrules:")[0]):
                    status, _, err = bonbon("give", offer, "--shop", shop)
                    self.assertEqual((status, err), (0, ""), offer)


if __name__ == "__main__":
    unittest.main(verbosity=2)
