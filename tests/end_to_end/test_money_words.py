"""Money, dates and plurals as English, Romanian and Russian shops print them, and letters that come from code pages, never as '?'."""
import decimal
import json
import re
import unittest

from shop_under_test import run, sale
from voucher_shop import OFFERS, VoucherShop

NBSP = "\u00a0"
PROFILES = ("generic-80", "generic-58")
# Comma below may come out as cedilla, where the page has only that one.
LOOK_ALIKES = str.maketrans("șțȘȚ", "şţŞŢ")

PAPER = """\
TOTAL {{total}}
NUMBER {{total_number}}
RAW {{total_raw}}
DATE {{date}}
SHORT {{date_short}}
CLOCK {{time}}
{{#service.wait}}
WAIT {{service.wait}}
{{/service.wait}}
{{#items}}
{{quantity}} x {{name}}
{{/items}}
{{#payments}}
PAID {{name}} {{amount}}
{{/payments}}
END
"""


def amounts(text):
    """No-break spaces are blanks on paper."""
    return text.replace(NBSP, " ")


class Words(VoucherShop):
    def open_in(self, lang, currency="GBP", profile="generic-80", **more):
        self.profile = profile
        self.open_shop(f"{lang}-{currency}-{profile}-{len(list(self.dir.iterdir()))}", "--lang", lang, "--currency", currency,
                       "--profile", profile, "--timezone", "UTC")
        self.write("templates/receipt.receipt", PAPER)
        self.write("rules.yaml", "")

    def paper(self, made, *args, **how):
        target = self.dir / "bytes"
        self.print_sale(made, "--bytes", target, *args, **how)
        return self.paper_text(target.read_bytes(), self.profile)

    def field(self, text, name):
        return amounts(re.search(rf"(?m)^\s*{name} (.*)$", text)[1].strip())

    def total(self, lang, currency, amount, name="TOTAL", profile="generic-80", **more):
        self.open_in(lang, currency, profile)
        kind = "return" if amount.startswith("-") else "sale"
        made = sale(kind=kind, currency=currency, items=[{"name": "x", "total": amount}], total=amount, payments=[], **more)
        return self.field(self.paper(made), name)


class Money(Words):
    def test_an_amount_is_never_parted_on_a_receipt(self):
        """Millions are everyday money in tenge and forint: the columns of the gallery's receipts grow with them."""
        for lang, currency, amounts_of in (("ru", "KZT", ("1543125.00", "7876543.21")), ("ro", "RON", ("98765.43", "2345678.90")),
                                           ("en", "HUF", ("1234567.00", "7654321.00")), ("en", "GBP", ("999999.99", "50.00")),
                                           ("ru", "RUB", ("123456.78", "0.01")), ("ro", "MDL", ("123456.78", "20.00"))):
            self.open_in(lang, currency)
            total = f"{sum(map(decimal.Decimal, amounts_of)):.2f}"
            items = [{"name": "a name of several words", "total": amount, "tax": "A"} for amount in amounts_of]
            made = sale(currency=currency, items=items, total=total, payments=[{"method": "card", "amount": total}],
                        taxes=[{"id": "A", "rate": "16", "net": total, "amount": amounts_of[1]}])
            self.write("templates/words.receipt", "{{total_number}}\n{{#items}}\n{{total_number}}\n{{/items}}\n")
            data = self.dir / "large.json"
            data.write_text(json.dumps(made))
            whole = run("preview", "words", "--shop", self.shop, "--data", data, "--expanded", check=0)[1].decode().split("\n")
            for name in ("receipt", "grocery", "tailor"):
                for profile in PROFILES:
                    text = amounts(run("preview", f"{lang}/{name}", "--data", data, "--text", "--profile", profile, check=0)[1].decode())
                    for amount in filter(None, whole):
                        self.assertIn(amounts(amount), text, (name, profile, currency))
                    if currency in ("RON", "MDL", "GBP"):  # the others' signs are dots
                        self.assertRegex(text, {"GBP": r"£1,000,049\.99"}.get(currency, r" [\d.]+,\d\d lei\n"))

    def test_each_language_has_its_point_its_groups_and_its_place_for_the_sign(self):
        for lang, currency, amount, printed in (
                ("en", "GBP", "42.50", "£42.50"), ("en", "GBP", "1250.00", "£1,250.00"), ("en", "GBP", "0.05", "£0.05"),
                ("en", "RON", "42.50", "RON 42.50"), ("en", "JPY", "1250", "¥1,250"), ("en", "KWD", "1250.125", "KWD 1,250.125"),
                ("en", "USD", "1234567.89", "$1,234,567.89"), ("en", "EUR", "9.99", "€9.99"),
                ("ro", "RON", "42.50", "42,50 lei"), ("ro", "RON", "1250.00", "1.250,00 lei"), ("ro", "GBP", "1250.00", "1.250,00 £"),
                ("ro", "JPY", "1250", "1.250 ¥"), ("ro", "KWD", "0.125", "0,125 KWD"), ("ro", "RUB", "5.00", "5,00 RUB|5,00 ₽"),
                ("ru", "RUB", "42.50", "42,50 ₽"), ("ru", "RUB", "1250.00", "1 250,00 ₽"), ("ru", "RUB", "1234567.89", "1 234 567,89 ₽"),
                ("ru", "GBP", "1250.00", "1 250,00 £"), ("ru", "RON", "42.50", "42,50 лей"), ("ru", "JPY", "1250", "1 250 ¥"),
                ("ru", "KWD", "1250.125", "1 250,125 KWD")):
            with self.subTest(f"{lang} {amount} {currency}"):
                shown = self.total(lang, currency, amount)
                # The rouble sign is in no code page: it goes as dots, which no text shows.
                self.assertIn(shown, [one for way in printed.split("|") for one in (way, way.replace(" ₽", ""))])

    def test_the_rouble_sign_is_ink_on_the_paper(self):
        self.open_in("ru", "RUB")
        self.write("templates/receipt.receipt", "{{total}}\n")
        with_sign = self.picture_of("RUB")
        self.write("templates/receipt.receipt", "{{total_number}}\n")
        self.assertNotEqual(with_sign, self.picture_of("RUB", "2"))

    def picture_of(self, currency, number="1"):
        target = self.dir / "bytes"
        self.print_sale(sale(number, currency=currency, items=[{"name": "x", "total": "5.00"}], total="5.00", payments=[]), "--bytes", target)
        run("decode", target, "--png", self.dir / "a.png", "--profile", self.profile, check=0)
        return (self.dir / "a.png").read_bytes()

    def test_a_negative_amount_has_its_minus_before_everything(self):
        for lang, currency, printed in (("en", "GBP", "-£42.50"), ("en", "RON", "-RON 42.50"), ("ro", "RON", "-42,50 lei"), ("ru", "RON", "-42,50 лей")):
            self.assertEqual(self.total(lang, currency, "-42.50"), printed)

    def test_the_number_alone_and_the_plain_decimal_stand_beside_it(self):
        for lang, number in (("en", "1,250.00"), ("ro", "1.250,00"), ("ru", "1 250,00")):
            self.assertEqual(self.total(lang, "RON", "1250.00", "NUMBER"), number)
            self.assertEqual(self.total(lang, "RON", "1250.00", "RAW"), "1250.00")

    def test_the_same_amounts_come_out_at_58_mm(self):
        for lang, currency, printed in (("en", "GBP", "£1,250.00"), ("ro", "RON", "1.250,00 lei"), ("ru", "RON", "1 250,00 лей"), ("ro", "EUR", "1.250,00 €")):
            self.assertEqual(self.total(lang, currency, "1250.00", profile="generic-58"), printed)

    def test_quantities_have_the_languages_point(self):
        for lang, printed in (("en", "0.355 x Cheese"), ("ro", "0,355 x Cheese"), ("ru", "0,355 x Cheese")):
            self.open_in(lang)
            made = sale(items=[{"name": "Cheese", "quantity": "0.355", "total": "4.00"}], total="4.00", payments=[])
            self.assertIn(printed, self.paper(made))

    def test_what_a_voucher_is_worth_is_written_in_the_shops_language(self):
        offers = ("offers:\n  - { name: p, template: slip, value: { percent: 12.5, at_most: 20.00 } }\n"
                  "  - { name: a, template: slip, value: { amount: 1250.00 } }\n")
        for lang, percent, amount in (("en", "12.5%", "RON 1,250.00"), ("ro", "12,5%", "1.250,00 lei"), ("ru", "12,5%", "1 250,00 лей")):
            self.open_in(lang, "RON")
            self.write("rules.yaml", offers)
            for offer, worth in (("p", percent), ("a", amount)):
                answer, paper = self.printed_by(f"give {offer}")
                self.assertEqual(self.field(self.paper_text(paper), "WORTH").replace(" %", "%"), worth)
                self.assertIn(worth, amounts(self.words("voucher show", answer["code"])[0]).replace(" %", "%"))

    def test_a_voucher_is_worth_the_shops_money_even_when_the_sale_was_in_another(self):
        self.open_in("en", "GBP")
        self.write("rules.yaml", OFFERS + "rules: [ { name: a, give: five } ]\n")
        text = self.paper(sale(currency="EUR"))
        self.assertEqual((self.field(text, "TOTAL"), self.field(text, "WORTH")), ("€10.00", "£5.00"))


class Dates(Words):
    def test_each_language_writes_a_date_in_its_own_words(self):
        for lang, date, short in (("en", "1 March 2026", "01/03/2026"), ("ro", "1 martie 2026", "01.03.2026"), ("ru", "1 марта 2026", "01.03.2026")):
            for profile in PROFILES:
                self.open_in(lang, profile=profile)
                text = self.paper(sale(time="2026-03-01T09:05:00+00:00"))
                self.assertEqual((self.field(text, "DATE"), self.field(text, "SHORT"), self.field(text, "CLOCK")), (date, short, "09:05"))

    def test_every_month_has_its_name(self):
        names = {"en": "January February March April May June July August September October November December",
                 "ro": "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
                 "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"}
        for lang, months in names.items():
            self.open_in(lang)
            for number, name in enumerate(months.split(), 1):
                self.assertEqual(self.field(self.paper(sale(number, time=f"2026-{number:02}-21T12:00:00+00:00")), "DATE"), f"21 {name} 2026")


class Plurals(Words):
    FORMS = {
        "en": {0: "minutes", 1: "minute", 2: "minutes", 11: "minutes", 21: "minutes", 101: "minutes"},
        "ro": {0: "minute", 1: "minut", 2: "minute", 19: "minute", 20: "de minute", 21: "de minute", 100: "de minute", 101: "minute", 119: "minute",
               120: "de minute"},
        "ru": {0: "минут", 1: "минута", 2: "минуты", 4: "минуты", 5: "минут", 11: "минут", 12: "минут", 14: "минут", 20: "минут", 21: "минута",
               22: "минуты", 25: "минут", 101: "минута", 111: "минут", 112: "минут", 121: "минута"},
    }

    def test_minutes_are_counted_as_each_language_counts(self):
        for lang, forms in self.FORMS.items():
            self.open_in(lang)
            for minutes, word in forms.items():
                self.assertEqual(self.field(self.paper(sale(minutes, service={"wait_minutes": minutes})), "WAIT"), f"{minutes} {word}")

    def test_without_a_wait_nothing_is_said(self):
        self.open_in("en")
        self.assertNotIn("WAIT", self.paper(sale()))


class Letters(Words):
    TEXTS = {
        "ro": ["Înghețată cu vișine și măr", "ȘUNCĂ ȚĂRĂNEASCĂ", "Brânză și ouă", "âîășț ÂÎĂȘȚ", "Plăcintă „poale-n brâu”"],
        "ru": ["Съешь ещё этих мягких французских булок", "да выпей чаю", "СЪЕШЬ ЕЩЁ ЭТИХ МЯГКИХ ФРАНЦУЗСКИХ БУЛОК", "Чай № 5", "Ёлка подъезд"],
        "en": ["Café crème", "Jalapeño", "Naïve façade", "5° £ ½"],
    }

    def letters(self, text):
        """Without blanks and quotation marks, which not every page has; of look-alikes one."""
        return re.sub(r"[\s„”\"]", "", text).translate(LOOK_ALIKES)

    def test_romanian_and_russian_come_out_of_code_pages_letter_by_letter_and_never_as_question_marks(self):
        for lang, names in self.TEXTS.items():
            for profile in PROFILES:
                self.open_in(lang, "RON", profile)
                items = [{"name": name, "total": "1.00"} for name in names]
                made = sale(currency="RON", items=items, total=f"{len(items)}.00", payments=[])
                text = self.paper(made)
                self.assertNotIn("?", text)
                flat = self.letters(text)
                for name in names:
                    self.assertIn(self.letters(name), flat, f"{lang} {profile}")

    def test_letters_are_bytes_of_a_code_page_and_no_dots(self):
        for lang, names in (("ro", self.TEXTS["ro"][:4]), ("ru", self.TEXTS["ru"])):
            for profile in PROFILES:
                self.open_in(lang, "RON", profile)
                target = self.dir / "bytes"
                self.print_sale(sale(currency="RON", items=[{"name": name, "total": "1.00"} for name in names], total=f"{len(names)}.00", payments=[]),
                                "--bytes", target)
                trace = run("decode", target, "--trace", check=0)[1].decode()
                names_of = {line[10:24].strip() for line in trace.splitlines()}
                self.assertIn("ESC t", names_of)
                self.assertEqual(names_of & {"GS v 0", "ESC *", "GS ( L", "GS 8 L"}, set(), f"{lang} {profile}")

    def test_letters_of_every_language_stand_on_one_receipt(self):
        self.open_in("en")
        names = ["Mămăligă", "Борщ", "Crème brûlée", "Łódź", "Smörgås"]
        text = self.paper(sale(items=[{"name": name, "total": "1.00"} for name in names], total="5.00", payments=[]))
        for name in names:
            self.assertIn(name, text)

    def test_what_no_page_has_is_dots_and_the_rest_of_the_line_stands(self):
        self.open_in("en")
        made = sale(items=[{"name": "Tea 茶 green", "total": "1.00"}], total="1.00", payments=[])
        text = self.paper(made)
        self.assertNotIn("?", text)
        self.assertRegex(text, r"Tea .*green")

    def test_ways_to_pay_are_said_in_the_shops_language(self):
        payments = [{"method": "cash", "amount": "4.00"}, {"method": "card", "amount": "5.00"}, {"method": "Klarna", "amount": "1.00"}]
        for lang, words in (("en", ["Cash", "Card", "Klarna"]), ("ro", ["Numerar", "Card", "Klarna"]), ("ru", ["Наличные", "Карта", "Klarna"])):
            self.open_in(lang)
            self.assertEqual(re.findall(r"PAID (\S+)", self.paper(sale(payments=payments))), words)


class Banners(Words):
    def test_specimen_and_training_are_said_in_the_shops_language(self):
        for lang, specimen, training in (("en", "SPECIMEN", "TRAINING"), ("ro", "SPECIMEN", "INSTRUIRE"), ("ru", "ОБРАЗЕЦ", "УЧЕБНЫЙ")):
            for profile in PROFILES:
                self.open_in(lang, profile=profile)
                self.write("rules.yaml", OFFERS + "rules: [ { name: a, give: ten } ]\n")
                text = re.sub(r"\s", "", self.paper(sale(kind="training")))
                self.assertIn(specimen, text)
                self.assertIn(training, text)

    def test_answers_on_the_screen_are_in_the_shops_language(self):
        for lang, printed, redeemed, spent in (("en", "printed", "redeemed", "already redeemed"), ("ro", "tipărit", "folosit", "deja folosit"),
                                               ("ru", "напечатан", "погашен", "уже погашен")):
            self.open_in(lang)
            self.write("rules.yaml", OFFERS + "rules: [ { name: a, give: ten } ]\n")
            self.assertIn(printed, self.words("print", self.file("s.json", sale()))[0])
            code = self.bonbon("voucher list")[0]["code"]
            self.assertIn(redeemed, self.words("redeem", code)[0])
            self.assertIn(spent, self.words("redeem", code, check=1)[1])

    def test_why_a_rule_gives_or_not_is_said_in_the_shops_language(self):
        for lang, word in (("en", "asked"), ("ro", "cerut"), ("ru", "нужно")):
            self.open_in(lang)
            self.write("rules.yaml", OFFERS + "rules: [ { name: a, when: { wait_minutes: '>= 10' }, give: ten } ]\n")
            told, = self.bonbon("rules explain", self.file("s.json", sale(service={"wait_minutes": 4})))
            self.assertIn("4", told["why"])
            self.assertIn("10", told["why"])


if __name__ == "__main__":
    unittest.main(verbosity=1)
