"""Values are data: no name, note or code of a sale can cut paper, open a drawer, change a style or move a column.

Each receipt with a hostile value is laid out beside one with plain words of the same width in its place: the commands are
the same, at the same offsets; only the characters differ. And the characters are those of the cleaned value."""
import json
import re
import unicodedata
import unittest

from shop_under_test import ShopTest, run, sale

MARKS = '|{}^-=~_"`\\;:,#<>*&!/()[]%$@?'
DIRECTION = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c\u200b\u200c\u200d\u2060\ufeff"
MARKUP = [
    "{{x}}", "{{{x}}}", "{{#items}}", "{{/items}}", "{{>receipt}}", "{{=<% %>=}}", "{{!x}}", "{{&x}}", "{{.}}",
    "{code:1234567;option:qrcode}", "{code:123}", "{image:logo.png}", "{command:\\x1b@}", "{x:\\x1bp0}", "{comment:x}", "{_:x}",
    "{width:10}", "{w:*,1}", "{border:line}", "{align:right}", "{text:nowrap}", "{text:words}", "{feed:200}", "{option:ean}", "{}", "{", "}",
    "\\x\\x001b", "\\x1b", "\\x1b\\x40", "\\x0c", "\\n", "\\\\n", "\\|", "\\~", "\\{", "\\", "\\\\", "\\x",
    "-", "--", "---", "----", "=", "==", "===", "====", "|", "||", "|x", "x|", "|x|", "x|y|z", "^", "^^^", "^x", "^^^^^^^x", "~", "~~~", "~x~",
    "_x_", "__", '"x"', '""', "`x`", "``", "-x-", "=x=", "x---y", "COPY", "SPECIMEN",
]
COMMANDS = ["\x1b@", "\x1bm", "\x1bi", "\x1bp\x00\x19\x19", "\x1dV\x00", "\x1dVB\x00", "\x1dV1", "\x1d!\x11", "\x1bE\x01", "\x1ba\x02", "\x1bt\x10",
            "\x10\x04\x01", "\x10\x14\x01\x00\x01", "\x1dr1", "\x1d(k\x03\x001Q0", "\x1dv0\x00\x01\x00\x01\x00x", "\x1c.", "\x1b=\x00", "\x18",
            "\x0e\x0f\x0c", "x\x0ey", "x\x0fy", "x\x0cy", "\x0f|\x0e", "\x0e{width:1}\x0f", "x\r\ny", "x\ny", "x\ty", "\x00", "x\x00y", "\x85", "x\x9by"]
CONTROLS = [form.format(chr(c)) for c in [*range(0x20), 0x7f] for form in ("a{}b", "a{}", "{}b")]
MARK_FORMS = [form.format(mark) for mark in MARKS for form in ("{0}", "a{0}b", "{0}{0}", "{0} a", "a {0}", "a {0} b")]
DIRECTIONS = [form.format(mark) for mark in DIRECTION for form in ("a{}b", "{}ab", "ab{}")]
VALUES = list(dict.fromkeys(MARKUP + COMMANDS + CONTROLS + MARK_FORMS + DIRECTIONS))

# Every text of a sale, by the name a template knows it by.
TEMPLATE = """\
cashier=[{{cashier}}]
{{cashier}}
till | {{cashier}}
{width:auto,14}
{{cashier}} | {{cashier}}
{width:auto;border:line}
|{{cashier}}|{{note}}|{{customer.name}}|
{width:auto;border:space;text:words}
{{note}}
|{{note}}
{{note}}|
{{note}} | ^{{note}}
"{{note}}" | _{{note}}_ | `{{note}}` | ^^{{note}}
{text:wrap}
note=[{{note}}]
{{#extra}}
deep=[{{a}}]
{{#list}}
list=[{{.}}]
{{.}}
{{/list}}
{{/extra}}
{{#items}}
name=[{{name}}]
{{name}}
category=[{{category}}]
unit=[{{unit}}]
sku=[{{sku}}]
tax=[{{tax}}]
origin=[{{origin}}]
{{name}} | {{quantity}} {{unit}} | {{total}}
{{/items}}
{{#taxes}}
rate=[{{id}}]
{{id}} | {{net}} | {{amount}}
{{/taxes}}
{{#adjustments}}
{{name}} | {{amount}}
adjustment=[{{name}}]
{{/adjustments}}
{{#payments}}
{{name}} | {{amount}}
payment=[{{name}}]
{{/payments}}
{{#customer}}
customer=[{{name}}]
id=[{{id}}]
{{name}}
{{/customer}}
{{#service}}
incident=[{{incident}}]
complaint=[{{complaint}}]
{{#missed}}
missed=[{{.}}]
{{/missed}}
{{/service}}
"""
NAMES = ("cashier note deep list name category unit sku tax origin rate adjustment payment customer id incident complaint missed").split()
RULES = """
offers:
  - { name: sorry, template: sorry-for-the-wait, value: { percent: 10, at_most: 10.00 }, valid: 30 days }
  - { name: words, template: thank-you }
  - { name: cake, template: surprise-gift, value: { gift: cake, cost: 2.00 }, valid: 30 days }
per_sale: 3
rules:
  - { name: wait, when: { wait_minutes: ">= 10" }, give: sorry }
  - { name: thanks, give: words }
  - { name: surprise, give: cake }
"""


def cleaned(value):
    """docs/sale.md: NFC; a run of control characters is one space; direction marks and other invisible ones go."""
    value = "".join(c for c in unicodedata.normalize("NFC", value) if unicodedata.category(c) != "Cf")
    return re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", value)


def plain(value):
    """Plain words of the same width."""
    return re.sub("[^ ]", "x", cleaned(value))


def full_sale(number, value):
    return sale(number, cashier=value, note=value, extra={"a": value, "list": [value, value]},
                items=[{"name": value, "category": value, "unit": value, "sku": value, "tax": value, "origin": value, "total": "8.00"},
                       {"name": "Tea", "total": "1.00"}],
                taxes=[{"id": value, "rate": "20", "net": "8.33", "amount": "1.67"}], adjustments=[{"name": value, "amount": "1.00"}],
                payments=[{"method": value, "amount": "10.00"}], customer={"id": value, "name": value, "visits": 20, "tags": [value]},
                service={"wait_minutes": 15, "incident": value, "complaint": value, "missed": [value]})


# Single fields of a sale.
FIELDS = {
    "id": lambda made, v: made.update(id="7" + v), "till": lambda made, v: made.update(till="7" + v), "cashier": lambda made, v: made.update(cashier=v),
    "note": lambda made, v: made.update(note=v), "name": lambda made, v: made["items"][0].update(name=v), "unit": lambda made, v: made["items"][0].update(unit=v),
    "tax": lambda made, v: made["items"][0].update(tax=v), "rate": lambda made, v: made["taxes"][0].update(id=v),
    "adjustment": lambda made, v: made["adjustments"][0].update(name=v), "payment": lambda made, v: made["payments"][0].update(method=v),
    "customer": lambda made, v: made["customer"].update(name=v), "incident": lambda made, v: made["service"].update(incident=v),
}


class HostileValues(ShopTest):
    def open_shop(self, lang, profile):
        self.shop = self.dir / f"{lang}-{profile}"
        self.profile = profile
        run("init", self.shop, "--lang", lang, "--currency", "GBP", "--profile", profile, "--printer", "virtual:", check=0)
        (self.shop / "rules.yaml").write_text(RULES)

    def bytes_of(self, sales):
        """What the printer would get for many sales; codes are specimens, so that nothing differs by chance."""
        source, target = self.dir / "sales.jsonl", self.dir / "bytes"
        source.write_text("\n".join(json.dumps(made) for made in sales) + "\n\n")
        status, out, err = run("print", source, "--shop", self.shop, "--dry-run", "--json", "--bytes", target, check=0)
        self.assertEqual(len(out.splitlines()), len(sales), err)
        return target.read_bytes()

    def commands(self, data):
        """The listing of each job, offsets from its beginning, without the characters of texts."""
        listing = run("decode", "-", "--trace", stdin=data, check=0)[1].decode()
        jobs = []
        for line in listing.splitlines():
            offset, rest = int(line[:8], 16), line[10:]
            if rest.startswith("ESC @"):
                jobs.append([])
                start = offset
            jobs[-1].append((offset - start, "text" if rest.startswith("text ") else rest))
        return jobs

    def texts(self, data):
        return run("decode", "-", "--text", "--profile", self.profile, stdin=data, check=0)[1].decode()

    def compare(self, values, hostile, words):
        one, other = self.commands(hostile), self.commands(words)
        self.assertEqual(len(one), len(values), "a job each")
        self.assertEqual(len(other), len(values))
        for value, a, b in zip(values, one, other):
            self.assertEqual(a, b, f"{value!r} is not laid out like {plain(value)!r}")

    def everywhere(self, lang, profile, template):
        self.open_shop(lang, profile)
        if template:
            (self.shop / "templates" / "receipt.receipt").write_text(template)
        hostile = self.bytes_of([full_sale(f"{n:04}", value) for n, value in enumerate(VALUES)])
        words = self.bytes_of([full_sale(f"{n:04}", plain(value)) for n, value in enumerate(VALUES)])
        self.compare(VALUES, hostile, words)
        return hostile

    def test_the_gallerys_receipt_and_vouchers_at_80_mm(self):
        self.everywhere("en", "generic-80", None)

    def test_the_gallerys_receipt_and_vouchers_at_58_mm(self):
        self.everywhere("ro", "generic-58", None)

    def test_a_russian_receipt_on_a_printer_that_cannot_draw_codes(self):
        self.everywhere("ru", "pos-5890", None)

    def test_a_template_with_every_field_and_every_markup_and_its_characters(self):
        hostile = self.everywhere("en", "generic-80", TEMPLATE)
        receipts = [page for page in re.split(r"(?m)^(?= *cashier=\[)", self.texts(hostile)) if "cashier=[" in page]
        self.assertEqual(len(receipts), len(VALUES))
        for value, receipt in zip(VALUES, receipts):
            known = cleaned(value).strip()  # a customer without an id is nobody
            for name in NAMES if known else [name for name in NAMES if name not in ("customer", "id")]:
                shown = cleaned(value).strip() if name == "id" else cleaned(value)  # blanks around an id do not count
                self.assertIn(f"{name}=[{shown}]", receipt, f"{value!r} as {name}")

    def test_one_field_at_a_time(self):
        self.open_shop("en", "generic-80")
        nasty = ["{width:3}", "---", "===", "|", "x|y", "\x1b@", "\x1dV\x00", "\x0e\x0f\x0c", "x\ny", "^^^", "{code:1}", "\\x\\x001b", "{{x}}", "~", '"', "`"]
        for field, put in FIELDS.items():
            hostile, words = [], []
            for number, value in enumerate(nasty):
                for made, text in ((hostile, value), (words, plain(value))):
                    one = full_sale(f"{number:04}", "word")
                    put(one, text)
                    made.append(one)
            with self.subTest(field):
                self.compare(nasty, self.bytes_of(hostile), self.bytes_of(words))

    def test_a_printed_hostile_sale_and_its_copy_cut_and_pulse_as_a_plain_one(self):
        self.open_shop("en", "generic-80")
        self.edit("shop.yaml", "drawer: never", "drawer: cash")
        printed = {}
        for number, value in enumerate(("".join(MARKUP) + "".join(COMMANDS), plain("".join(MARKUP) + "".join(COMMANDS)))):
            made = full_sale(number, value)
            made["payments"] = [{"method": "cash", "amount": "10.00"}]
            paper = self.dir / f"paper-{number}"
            self.print_sale(made, "--printer", f"file:{paper}")
            self.bonbon1("reprint", "--sale", number, "--printer", f"file:{paper}", "--reason", value.replace("\0", ""), "--by", value.replace("\0", ""))
            listing = run("decode", paper, "--trace", check=0)[1].decode()
            printed[number] = [line[10:].split(" ")[0:2] for line in listing.splitlines() if re.match(r"(GS V|ESC p|ESC @|ESC m|ESC i)", line[10:])]
        self.assertEqual(printed[0], printed[1])
        self.assertEqual([name for _, name in printed[0]].count("p"), 1, "the drawer opens once, and not with the copy")

    def test_a_code_carries_a_hostile_value_as_data(self):
        self.open_shop("en", "generic-80")
        (self.shop / "templates" / "receipt.receipt").write_text("{code:{{note}};option:qrcode,4,m}\n")
        values = [value for value in MARKUP if value.strip()]
        target = self.dir / "bytes"
        for number, value in enumerate(values):
            self.print_sale(sale(number, note=value), "--dry-run", "--bytes", target)
            self.assertIn(f"[QR {value}]", self.texts(target.read_bytes()), repr(value))

    def test_words_by_hand_are_data_too(self):
        self.open_shop("en", "generic-80")
        for number, value in enumerate(("{{x}}|---", "\x1b@\x1dV", "^^^{code:1}", "\\x\\x001b")):
            paper = self.dir / "paper"
            given = self.bonbon1("give", "sorry", "--reason", value, "--by", value, "--customer", value, "--request", f"{value}{number}", "--printer",
                                 f"file:{paper}-{number}")
            plainly = self.bonbon1("give", "sorry", "--reason", plain(value), "--by", plain(value), "--customer", plain(value), "--printer",
                                   f"file:{paper}-{number}-plain")
            lists = [self.commands((self.dir / f"paper-{number}{end}").read_bytes()) for end in ("", "-plain")]
            codes = [one["qr"] for one in (given, plainly)]
            lists = [[(at, re.sub("|".join(map(re.escape, codes)), "QR", rest)) for at, rest in job] for jobs in lists for job in jobs]
            self.assertEqual(lists[0], lists[1], repr(value))

    def test_words_for_people_hold_no_control_characters(self):
        self.open_shop("en", "generic-80")
        for value in ("\x1b[31mred", "a\x07b", "a\u202eb", "a\rb", "a\x9b31mb"):
            for words, made in ((["print", "-"], sale("1" + value, currency="XX" + value)), (["print", "-"], sale("1" + value, time=value)),
                                (["redeem", value], None), (["voucher", "show", value], None), (["give", value], None), (["preview", value, "--text"], None)):
                status, out, err = run(*words, "--shop", self.shop, stdin=json.dumps(made).encode() if made else None)
                self.assertNotEqual(status, 0)
                self.assertNotRegex(err + out.decode(), "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", repr((words, value)))


if __name__ == "__main__":
    unittest.main(verbosity=2)
