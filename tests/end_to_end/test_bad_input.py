"""Bad input: a clear error in the reader's language, nothing lost, nothing half done."""
import json
import pathlib
import re
import shutil
import unittest

from shop_under_test import SOURCE, ShopTest, lines, run, sale

LOCALE = {"en": "C.UTF-8", "ro": "ro_RO.UTF-8", "ru": "ru_RU.UTF-8"}
RULES = """
offers:
  - name: sorry
    template: sorry-for-the-wait
    value: { percent: 10, at_most: 10.00 }
    valid: 30 days
rules:
  - name: long wait
    when: { wait_minutes: ">= 10" }
    give: sorry
"""
WAITED = {"wait_minutes": 15}


def words_of_errors():
    """The sentences of errors.def by code and language, as patterns."""
    row = re.compile(r'^ERROR\(\w+, "(\w+)", EXIT_\w+, \d+, ((?:"(?:[^"\\]|\\.)*"(?:, )?){3})\)', re.M)
    words = {}
    for name, texts in row.findall((SOURCE / "src" / "base" / "errors.def").read_text()):
        texts = re.findall(r'"((?:[^"\\]|\\.)*)"', texts)
        words[name] = {lang: re.sub(r"\\{\d\\}", ".*", re.escape(text.replace('\\"', '"'))) for lang, text in zip(LOCALE, texts)}
    return words


WORDS = words_of_errors()


def item(name="Tea", total="10.00", **more):
    return dict(more, name=name, total=total)


def without(made, key):
    return {k: v for k, v in made.items() if k != key}


class BadInput(ShopTest):
    """Once in each language."""
    lang = "en"

    def setUp(self):
        self.init = ("--lang", self.lang, "--currency", "GBP", "--timezone", "Europe/London")
        super().setUp()
        (self.shop / "rules.yaml").write_text(RULES)
        self.given = self.dir / "input.json"

    def door(self, *args, stdin=None, shop=None):
        """Gives (status, JSON objects, words)."""
        status, out, err = run(*args, "--shop", shop or self.shop, "--json", stdin=stdin, env={"LC_ALL": LOCALE[self.lang]})
        return status, lines(out), err

    def standing(self):
        """Everything that an accepted sale changes."""
        status, answers, err = self.door("ledger", "verify")
        self.assertEqual((status, answers[-1]["differences"]), (0, 0), err)
        paper = self.shop / "paper"
        return answers[-1]["events"], sorted(p.name for p in paper.iterdir()) if paper.exists() else []

    def is_error(self, answer, err, code, where, says):
        self.assertEqual(list(answer), ["error"])
        error = answer["error"]
        self.assertEqual(list(error), ["code", "text", "where"])
        self.assertEqual(error["code"], code, err)
        if where is not None:
            self.assertEqual(error["where"], where)
        self.assertRegex(error["text"], f"^(?:.*: )?{WORDS[code][self.lang]}$")
        self.assertIn(error["text"], err)
        for word in says:
            self.assertIn(word, error["text"])

    def refused(self, made, code, where=None, says=(), status=3, words=()):
        """The sale is refused, and nothing of it is left behind."""
        before = self.standing()
        data = made if isinstance(made, bytes) else json.dumps(made, ensure_ascii=False).encode()
        ended, answers, err = self.door("print", "-", *words, stdin=data)
        self.assertEqual((ended, len(answers)), (status, 1), err)
        self.is_error(answers[0], err, code, where, says)
        self.assertEqual(self.standing(), before)

    def prints(self, made, *words):
        """The sale is printed; gives (answer, words, text on paper)."""
        target = self.dir / "bytes"
        status, answers, err = self.door("print", "-", "--bytes", target, *words, stdin=json.dumps(made).encode())
        self.assertEqual((status, answers[0]["state"]), (0, "printed"), err)
        return answers[0], err, self.paper_text(target.read_bytes())

    def warns(self, err, code, where):
        """The words tell of a trouble that did not stop the receipt."""
        self.assertRegex(err, f"(?m)^bonbon: {re.escape(where)}.*{WORDS[code][self.lang]}$")

    # JSON

    def test_broken_json_is_named_with_line_and_column(self):
        whole = json.dumps(sale())
        for data, where in ((b'{ "id": "1",\n  "time": tru }', "2:14"), (whole[:-5].encode(), f"1:{len(whole) - 4}"),
                            (b"", "1:1"), (b"[]", "1:1"), (b'"sale"', "1:1"), (whole.encode() + b" x", f"1:{len(whole) + 2}"),
                            (b'{"id":"1",\n"id":"2"}', "2:1"), (b"{'id': 1}", "1:2"), (b"\x00", "1:1")):
            with self.subTest(data[:30]):
                self.refused(data, "json", where)

    def said_of(self, *command, stdin=None):
        """What stands behind "this is not JSON:" and its like."""
        text = self.door(*command, stdin=stdin)[1][0]
        text = text.get("error", text)["text"]
        self.assertIn(": ", text)
        return text.rpartition(": ")[2]

    def test_what_is_wrong_with_json_yaml_or_a_template_is_said_in_the_language(self):
        said = [self.said_of("print", "-", stdin=data)
                for data in (b"{", b"[]", b"{'id': 1}", b'{"id" 1}', b'{"id": [1 2]}', b"{} x", b'{"id": "\\q"}')]
        for text in ("per_sale 1\noffers: []\n", "per_sale: 1\n offers: []\n", "offers: [a\n", "offers:\n\t- a\n", 'per_sale: "1\n', "per_sale: %\n"):
            (self.shop / "rules.yaml").write_text(text)
            said.append(self.said_of("rules", "check"))
        for text in ("{{a b}}\n", "{{{a}}\n", "{{}}\n", "{{a..b}}\n", "{code:1; option:itf}\n", "{code:4; option:codabar}\n", "{code:x; option:upc}\n"):
            (self.shop / "templates" / "mine.receipt").write_text(text)
            said.append(self.said_of("template", "check", "mine"))
        foreign = {"en": "[^ -~]", "ro": r"\b(the|is|expected|not|found|unexpected|allowed)\b", "ru": "[A-Za-z]{3}"}[self.lang]
        for text in said:
            self.assertNotRegex(text, foreign)

    def test_text_that_is_not_utf_8_is_named_with_line_and_column(self):
        whole = json.dumps(sale()).encode()
        for bad in (b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xc0\xaf"):
            with self.subTest(bad):
                self.refused(whole.replace(b"Flat", b"Fl" + bad), "utf8", f"1:{whole.index(b'Flat') + 3}")

    def test_a_missing_field_is_named_by_its_path(self):
        for key in ("id", "time", "currency", "items", "total"):
            self.refused(without(sale(), key), "sale_missing", key, [key])
        self.refused(sale(items=[item(), {"name": "b"}]), "sale_missing", "items[1].total")
        self.refused(sale(items=[{"total": "10.00"}]), "sale_missing", "items[0].name")
        self.refused(sale(payments=[{"method": "card"}]), "sale_missing", "payments[0].amount")

    def test_a_field_of_the_wrong_type_is_named_by_its_path(self):
        for path, more in (("id", {"id": 5}), ("items", {"items": {}}), ("items[0]", {"items": [7]}), ("items[0].name", {"items": [item(name=5)]}),
                           ("total", {"total": True}), ("time", {"time": 5}), ("redeem", {"redeem": "x"}), ("redeem[0]", {"redeem": [1]}),
                           ("customer", {"customer": "Ana"}), ("customer.visits", {"customer": {"id": "1", "visits": -1}}),
                           ("service.wait_minutes", {"service": {"wait_minutes": "long"}}), ("items[0].quantity", {"items": [item(quantity=[])]})):
            with self.subTest(path):
                self.refused(sale(**more), "number" if more == {"service": {"wait_minutes": "long"}} else "sale_field", path)

    def test_a_sum_that_does_not_match_says_both_figures(self):
        self.refused(sale(total="11.00"), "sale_sum", "total", ["10.00 GBP", "11.00 GBP"])
        self.refused(sale(discount="1.00"), "sale_sum", "total", ["9.00 GBP", "10.00 GBP"])

    def test_an_unknown_currency_is_named(self):
        for code in ("XXY", "gbp", "", "POUND"):
            self.refused(sale(currency=code), "sale_currency", "currency", [code])

    def test_an_amount_that_is_not_exact_is_named(self):
        for text, code in (("10.005", "decimals"), ("99999999999999999999", "range"), ("1e2", "number"), ("10,00", "number"), ("", "number"),
                           ("+10", "number"), ("10 GBP", "number"), ("٣", "number"), ("NaN", "number")):
            with self.subTest(text):
                self.refused(sale(items=[item(total=text)]), code, "items[0].total", [text])
        self.refused(json.dumps(sale()).replace('"10.00"', "1e1", 1).encode(), "number", "total")
        self.refused(sale(items=[item(total="-10.00")], total="-10.00"), "sale_negative", "total")

    def test_a_time_without_a_zone_and_what_is_no_time(self):
        self.refused(sale(time="2026-11-21T14:03:00"), "time_zone", "time", ["2026-11-21T14:03:00"])
        for text in ("yesterday", "2026-13-21T14:03:00Z", "2026-02-30T14:03:00Z", "14:03", "2026-11-21", ""):
            self.refused(sale(time=text), "time", "time", [text])

    def test_an_unknown_kind_is_named(self):
        self.refused(sale(kind="gift"), "sale_kind", "kind", ["gift", "return"])

    # Texts and sizes

    def test_a_name_with_nul_control_characters_and_direction_marks_prints_cleaned(self):
        for number, (name, clean) in enumerate((("Tea\x00pot", "Tea pot"), ("Tea\r\n\x1b@pot", "Tea @pot"), ("Tea\u202e\u2066pot", "Teapot"),
                                                ("\u200fTea\x7fpot\x85", "Tea pot"), ("Tea\u2028pot", "Tea pot"))):
            with self.subTest(name):
                answer, err, text = self.prints(sale(number, items=[item(name)]))
                self.assertIn(clean, text)

    def test_a_name_of_ten_thousand_characters_prints_and_a_longer_one_is_refused(self):
        answer, err, text = self.prints(sale(items=[item("N" * 10000)]))
        self.assertGreaterEqual(text.count("N"), 10000)
        self.refused(sale("2", items=[item("N" * 10001)]), "too_big", "items[0].name", ["10000"])

    def test_ten_thousand_items_print_and_one_more_is_refused(self):
        def many(number, n):
            return sale(number, items=[item(f"item-{i}", "0.01") for i in range(n)], total=f"{n / 100:.2f}", payments=[])
        answer, err, text = self.prints(many("1", 10000))
        self.assertEqual(len(set(re.findall(r"item-\d+", text))), 10000)
        self.refused(many("2", 10001), "too_big", "items", ["10000"])

    def test_depth_and_size_have_limits_that_are_named(self):
        self.refused(b'{"id":"1","x":' + b"[" * 50 + b"]" * 50 + b"}", "too_big", None, ["16"])
        self.refused(json.dumps(sale(note="x" * (9 << 20))).encode(), "too_big", None, ["8 MiB"])

    def test_other_content_under_the_same_key_is_refused_with_both_totals(self):
        self.prints(sale())
        self.refused(sale(items=[item(total="9.00")], total="9.00"), "sale_conflict", None, ["10.00 GBP", "9.00 GBP"], status=1)
        self.refused(sale(cashier="Another"), "sale_conflict", None, ["10.00 GBP"], status=1)

    # Templates and rules: the guest has paid, the receipt prints

    def test_a_broken_template_is_told_with_its_place_and_the_gallery_prints(self):
        broken = {"template_section": ("A {{id}}\nB {{#items}}\n", ":2:3"), "template_unknown": ("A\n  {{>nope}}\n", ":2:3"),
                  "template_recursion": ("A\n{{>receipt}}\n", ":2:1"), "template_close": ("A\n{{/items}}\n", ":2:1"),
                  "template_tag": ("A\n{{id\n", ":2:1"), "utf8": ("A\n\udcff\n", ":2:1")}
        path = self.shop / "templates" / "receipt.receipt"
        for number, (code, (text, place)) in enumerate(broken.items()):
            with self.subTest(code):
                path.write_bytes(text.encode("utf-8", "surrogateescape"))
                answer, err, paper = self.prints(sale(number))
                self.warns(err, code, f"{path}{place}")
                self.assertIn("Cinnamon bun", paper)
                status, answers, err = self.door("preview", "receipt", "--text")
                self.assertEqual(status, 3)
                self.is_error(answers[0], err, code, f"{path}{place}", [])

    def test_a_mistake_in_a_partial_is_told_with_the_partials_file_however_often(self):
        (self.shop / "templates" / "receipt.receipt").write_text("A\n{{>inner}}\n")
        inner = self.shop / "templates" / "inner.receipt"
        inner.write_text("B\n{{#x}}\n")
        self.given.write_text("\n".join(json.dumps(sale(n)) for n in range(100)))
        status, answers, err = self.door("print", self.given)
        self.assertEqual((status, len(answers)), (0, 100))
        self.assertEqual(len(re.findall(f"(?m)^bonbon: {inner}:2:1: {WORDS['template_section'][self.lang]}$", err)), 100)

    def test_a_template_that_prints_nothing_is_told_and_the_gallery_prints(self):
        (self.shop / "templates" / "receipt.receipt").write_text("{{! saved on a full disk }}\n")
        answer, err, paper = self.prints(sale())
        self.warns(err, "template_empty", "")
        self.assertIn("Cinnamon bun", paper)

    def test_a_broken_template_of_a_voucher_still_gives_the_voucher(self):
        path = self.shop / "templates" / "sorry-for-the-wait.receipt"
        path.write_text("{{#voucher}}")
        answer, err, paper = self.prints(sale(service=WAITED))
        self.warns(err, "template_section", f"{path}:1:1")
        self.assertIn(answer["vouchers"][0]["code"], paper)
        self.assertIn(answer["vouchers"][0]["qr"], paper)

    def test_broken_rules_give_nothing_and_the_receipt_prints(self):
        broken = {"yaml_key": ("    give: sorry", "    gives: sorry", "10:5"), "rule_offer": ("    give: sorry", "    give: cake", "10:11"),
                  "yaml": ("offers:", "offers: [", None), "rule": ('">= 10"', "soon", "9:27"), "rule_quotes": ('">= 10"', ">= 10", "9:27"),
                  "yaml_missing": ("    give: sorry\n", "", None)}
        for number, (code, (old, new, place)) in enumerate(broken.items()):
            with self.subTest(code):
                (self.shop / "rules.yaml").write_text(RULES.replace(old, new))
                answer, err, paper = self.prints(sale(number, service=WAITED))
                self.warns(err, code, f"rules.yaml:{place}" if place else "rules.yaml:")
                self.assertEqual(answer["vouchers"], [])
                self.assertIn("Cinnamon bun", paper)
                status, answers, err = self.door("rules", "check")
                self.assertEqual(status, 3)
                self.assertIn(code, [problem["code"] for problem in answers])

    def test_an_offer_whose_template_is_missing_is_told_by_rules_check(self):
        (self.shop / "rules.yaml").write_text(RULES.replace("sorry-for-the-wait", "nope"))
        status, answers, err = self.door("rules", "check")
        self.assertEqual((status, answers[0]["code"], answers[0]["severity"]), (0, "template_unknown", "warning"))
        self.assertTrue(answers[0]["where"].startswith("rules.yaml:3:"))
        answer, err, paper = self.prints(sale(service=WAITED))
        self.assertIn(answer["vouchers"][0]["code"], paper)

    # Many sales

    def test_a_bad_line_is_named_and_the_rest_is_printed(self):
        batch = [json.dumps(sale("1")), '{"id": tru', json.dumps(sale("2", total="11.00")), "", json.dumps(sale("3")),
                 json.dumps(sale("1", cashier="Another")), json.dumps(sale("4", time="now"))]
        self.given.write_text("\n".join(batch))
        for _ in range(2):  # the second time prints nothing and says the same
            status, answers, err = self.door("print", self.given)
            self.assertEqual(status, 3, "the worst of its lines")
            codes = [answer["error"]["code"] if "error" in answer else answer["state"] for answer in answers]
            self.assertEqual(codes, ["printed", "json", "sale_sum", "printed", "sale_conflict", "time"])
            for answer, place in ((answers[1], ":2:11"), (answers[2], ":3 total"), (answers[4], ":6"), (answers[5], ":7 time")):
                self.is_error(answer, err, answer["error"]["code"], f"{self.given}{place}", [])
            self.assertEqual(len(self.standing()[1]), 2)
        self.given.write_text("\n".join([batch[0], batch[5]]))
        self.assertEqual(self.door("print", self.given)[0], 1)

    # Printers and the shop's own files

    def test_an_unknown_printer_or_a_malformed_address_records_nothing(self):
        self.refused(sale(), "printer_name", None, ["kitchen", "receipt"], words=["--printer", "kitchen"])
        for uri in ("ftp://x", "tcp://", "tcp://host:99999", "tcp:host", "file:", "lp:usb0", ":"):
            with self.subTest(uri):
                self.refused(sale(), "printer_uri", None, [uri], words=["--printer", uri])
        self.prints(sale())

    def test_a_printer_that_cannot_be_reached_keeps_the_job(self):
        for number, (uri, code) in enumerate((("file:/nowhere/paper", "printer_io"), ("tcp://127.0.0.1:1", "printer_io"),
                                              ("lp:/dev/nowhere", "printer_unplugged"))):
            with self.subTest(uri):
                status, answers, err = self.door("print", "-", "--printer", uri, "--timeout", "1", stdin=json.dumps(sale(number)).encode())
                self.assertEqual((status, answers[0]["state"]), (4, "queued"), err)
                self.assertRegex(err, WORDS[code][self.lang])
        self.assertEqual(self.standing(), (3, []))

    def test_a_job_that_waits_for_one_printer_is_not_printed_by_another(self):
        away, made = f"file:{self.dir}/away/paper", json.dumps(sale()).encode()
        for words, status in ((["--printer", away], 4), ([], 4)):
            ended, answers, err = self.door("print", "-", *words, stdin=made)
            self.assertEqual((ended, answers[0]["state"]), (status, "queued"), err)
            self.assertIn(away, err)
        (self.dir / "away").mkdir()
        ended, answers, err = self.door("print", "-", stdin=made)
        self.assertEqual((ended, answers[0]["state"], answers[0]["already"]), (0, "sent", True), err)
        self.assertIn(b"Cinnamon bun", (self.dir / "away" / "paper").read_bytes())
        self.assertEqual(self.standing(), (1, []))

    def test_a_broken_shop_yaml_is_told_with_its_place(self):
        broken = [("drawer: never", "drawers: never", "yaml_key"), ("currency: GBP", "currency: ZZZ", "sale_currency"),
                  (f"language: {self.lang}", "language: de", "yaml_kind"), ('"05:00"', '"25:00"', "yaml_kind"), ("paper: full", "paper: half", "yaml_kind"),
                  ("paper: full", "\tpaper: full", "yaml"), ("currency: GBP", "currency: GBP\ncurrency: EUR", "yaml_key")]
        path = self.shop / "shop.yaml"
        whole = path.read_text()
        for old, new, code in broken:
            with self.subTest(new):
                self.assertIn(old, whole)
                path.write_text(whole.replace(old, new))
                status, answers, err = self.door("print", "-", stdin=json.dumps(sale()).encode())
                self.assertEqual(status, 3)
                self.is_error(answers[0], err, code, None, [])
                self.assertRegex(answers[0]["error"]["where"], r"^shop\.yaml:\d+:\d+$")
        path.write_text(whole.replace("timezone: Europe/London", "timezone: Mars/Base"))
        status, answers, err = self.door("print", "-", stdin=json.dumps(sale()).encode())
        self.is_error(answers[0], err, "zone", None, ["Mars/Base", "shop.yaml"])
        path.write_text(whole)
        self.assertEqual(self.standing(), (0, []))

    def test_a_broken_printer_file_is_told_with_its_place(self):
        path = self.shop / "printers.d" / "receipt.yaml"
        whole = path.read_text()
        for old, new, code in (("generic-80", "generic-81", "profile"), ("virtual:paper", "usb printer", "printer_uri"), ("role:", "rule:", "yaml_key")):
            with self.subTest(new):
                path.write_text(whole.replace(old, new))
                status, answers, err = self.door("print", "-", stdin=json.dumps(sale()).encode())
                self.assertEqual(status, 3)
                self.is_error(answers[0], err, code, None, [])
                self.assertRegex(answers[0]["error"]["where"], r"^printers\.d/receipt\.yaml:\d+:\d+$")

    def test_a_missing_shop_says_how_to_make_one(self):
        shop = self.dir / "nowhere"
        status, answers, err = self.door("print", "-", stdin=json.dumps(sale()).encode(), shop=shop)
        self.assertEqual(status, 3)
        self.is_error(answers[0], err, "shop_missing", None, [f"bonbon init {shop}"])
        self.assertFalse(shop.exists())

    def test_a_folder_that_is_not_empty_is_never_made_a_shop(self):
        folder = self.dir / "full"
        folder.mkdir()
        (folder / "letter.txt").write_text("dear")
        names = {p.name for p in self.dir.iterdir()}
        for target in (folder, folder / "letter.txt", self.shop):
            before = sorted((p.name, p.stat().st_mtime_ns) for p in self.dir.rglob("*"))
            status, out, err = run("init", target, "--json", env={"LC_ALL": LOCALE[self.lang]})
            self.assertEqual(status, 1)
            self.is_error(lines(out)[0], err, "init_not_empty", None, [str(target)])
            self.assertEqual(sorted((p.name, p.stat().st_mtime_ns) for p in self.dir.rglob("*")), before)
        self.assertEqual({p.name for p in self.dir.iterdir()}, names)

    def test_a_shop_that_cannot_be_made_leaves_nothing_behind(self):
        for words, code in ((["--currency", "ABC"], "sale_currency"), (["--timezone", "Mars"], "zone"), (["--profile", "big"], "profile"),
                            (["--printer", "zz:1"], "printer_uri"), (["--printer", "kitchen"], "printer_uri")):
            with self.subTest(words):
                status, out, err = run("init", self.dir / "new", *words, "--json", env={"LC_ALL": LOCALE[self.lang]})
                self.assertEqual(status, 3)
                self.is_error(lines(out)[0], err, code, None, [words[1]])
                self.assertEqual([p.name for p in self.dir.glob("new*")], [])

    def test_a_secret_key_that_is_none_is_named_and_the_receipt_prints(self):
        (self.shop / "keys" / "voucher-01.key").write_text("secret\n")
        status, answers, err = self.door("print", "-", stdin=json.dumps(sale()).encode())
        self.assertEqual((status, answers[0]["state"], answers[0]["vouchers"]), (0, "printed", []))
        self.assertIn("voucher-01.key", err)
        status, answers, err = self.door("give", "sorry")
        self.assertEqual(status, 5)
        self.is_error(answers[0], err, "key", None, ["voucher-01.key"])

    def test_a_lost_key_is_never_replaced_while_guests_hold_its_vouchers(self):
        given = self.door("give", "sorry")[1][0]
        (self.shop / "keys" / "voucher-01.key").unlink()
        status, answers, err = self.door("print", "-", stdin=json.dumps(sale()).encode())
        self.assertEqual((status, answers[0]["state"]), (0, "printed"), err)
        status, answers, err = self.door("redeem", given["qr"])
        self.assertEqual(status, 5)
        self.assertEqual((answers[0]["ok"], answers[0]["reason"]), (False, "key_lost"))
        self.assertIn("voucher-01.key", err)
        self.assertFalse((self.shop / "keys" / "voucher-01.key").exists())

    def test_usage_errors_end_with_2_and_change_nothing(self):
        before = self.standing()
        for words, code in (("print", "missing"), ("print - --frobnicate", "option"), ("print - --wait", "value"), ("print - --wait -5", "number"),
                            ("print - --wait 1e9", "number"), ("print a b", "arguments"), ("print - --timeout soon", "number"), ("print - --dry-run=yes", "switch"),
                            ("voucher show", "missing"), ("redeem", "missing"), ("reprint", "one_of"), ("reprint X --last", "one_of"),
                            ("voucher list --state lost", "word"), ("voucher void 7KQ2M9XDPA4TY", "needs"), ("rules explain", "missing")):
            with self.subTest(words):
                status, answers, err = self.door(*words.split(), stdin=json.dumps(sale()).encode())
                self.assertEqual(status, 2, err)
                self.assertEqual(answers[0]["error"]["code"], f"usage_{code}")
                self.assertIn(answers[0]["error"]["text"], err)
        self.assertEqual(self.standing(), before)

    def test_a_file_that_is_not_there_is_named(self):
        for path in (self.dir / "nowhere.json", self.dir):
            status, answers, err = self.door("print", path)
            self.assertEqual(status, 3)
            self.is_error(answers[0], err, "file_open", None, [str(path)])


class InRomanian(BadInput):
    lang = "ro"


class InRussian(BadInput):
    lang = "ru"


if __name__ == "__main__":
    unittest.main(verbosity=2)
