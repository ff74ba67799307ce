"""The shape of the command line: names, options, JSON, exit statuses and help; and the commands that are not about a sale."""
import json
import os
import re
import sqlite3
import stat
import struct
import subprocess
import unittest
import zlib

from shop_under_test import BONBON, NOW, lines, run, sale
from voucher_shop import OFFERS, VoucherShop

# The command table: arguments, options. The contract with every door and till.
TABLE = {
    "init": ("DIR", "--name --lang --currency --timezone --profile --printer"),
    "print": ("FILE|-", "--printer --wait --incident --dry-run --png --bytes --timeout --shop"),
    "give": ("OFFER", "--sale --till --customer --reason --by --request --shop"),
    "reprint": ("CODE", "--sale --till --last --by --reason --request --shop"),
    "redeem": ("CODE|QRTEXT", "--sale --by --request --dry-run --undo --reason --shop"),
    "voucher show": ("CODE", "--shop"),
    "voucher list": ("", "--state --since --sale --shop"),
    "voucher void": ("CODE", "--reason --shop"),
    "rules check": ("", "--shop"),
    "rules explain": ("FILE", "--shop"),
    "preview": ("TEMPLATE", "--data --profile --png --bytes --text --columns --expanded --explain --all --watch --shop"),
    "template check": ("NAME|FILE", "--shop"),
    "decode": ("FILE|-", "--profile --pairs --png --text --trace"),
    "printers": ("", "--shop"),
    "printers add": ("NAME", "--printer --profile --role --shop"),
    "printers test": ("NAME|URI", "--profile --dry-run --png --bytes --timeout --shop"),
    "profiles": ("NAME", ""),
    "ledger verify": ("", "--shop"),
}
SWITCHES = {"--dry-run", "--last", "--undo", "--text", "--expanded", "--explain", "--all", "--watch", "--trace", "--json", "--help"}


def bonbon(*args, **how):
    return run(*args, **how)


def picture(png):
    """Width and height of a PNG, and whether it has any ink."""
    head, width, height = png[:8], *struct.unpack(">II", png[16:24])
    if head != b"\x89PNG\r\n\x1a\n":
        raise AssertionError("not a PNG")
    data, at = b"", 8
    while at < len(png):
        n, kind = struct.unpack(">I4s", png[at:at + 8])
        data += png[at + 8:at + 8 + n] if kind == b"IDAT" else b""
        at += 12 + n
    return width, height, len(set(zlib.decompress(data)) - {0}) > 1


class Help(unittest.TestCase):
    def test_every_command_has_help_that_names_its_arguments_and_all_its_options(self):
        for command, (args, options) in TABLE.items():
            with self.subTest(command):
                status, out, err = bonbon(*command.split(), "--help")
                text = out.decode()
                self.assertEqual((status, err), (0, ""))
                self.assertIn(f"bonbon {command}", text)
                self.assertIn(args, text)
                for option in f"{options} --json --help".split():
                    self.assertRegex(text, rf"(?m)^  {option}\b")

    def test_help_needs_no_shop_and_no_arguments_and_wins_over_mistakes(self):
        self.assertEqual(bonbon("print", "--bogus", "--help")[0], 0)
        self.assertEqual(bonbon("voucher", "show", "--shop", "/nowhere", "--help")[0], 0)

    def test_the_overview_names_every_command_and_every_exit_status(self):
        for words in (["--help"], ["help"]):
            status, out, err = bonbon(*words)
            self.assertEqual(status, 0)
            for command in TABLE:
                self.assertIn(f"  {command}", out.decode())
            for number in "0123456":
                self.assertRegex(out.decode(), rf"\b{number} \w")

    def test_help_about_a_command_can_be_asked_for_either_way(self):
        self.assertEqual(bonbon("help", "print")[1], bonbon("print", "--help")[1])
        self.assertEqual(bonbon("help", "voucher", "show")[1], bonbon("voucher", "show", "--help")[1])

    def test_a_group_of_commands_names_its_members(self):
        for group, members in (("voucher", "show list void"), ("rules", "check explain"), ("ledger", "verify")):
            status, out, err = bonbon(group)
            self.assertEqual((status, out), (2, b""))
            for member in members.split():
                self.assertIn(f"{group} {member}", err)
            status, out, err = bonbon(group, "--help")
            self.assertEqual(status, 0)
            self.assertIn(f"{group} {members.split()[0]}", out.decode())

    def test_without_a_command_the_overview_goes_to_standard_error(self):
        status, out, err = bonbon()
        self.assertEqual((status, out), (2, b""))
        self.assertIn("print", err)

    def test_the_version_is_a_line(self):
        status, out, err = bonbon("--version")
        self.assertRegex(out.decode(), r"^bonbon \d+\.\d+\.\d+\n$")


class Usage(VoucherShop):
    def test_an_unknown_command_is_a_usage_error_that_names_it(self):
        status, out, err = bonbon("prnit", "x")
        self.assertEqual((status, out), (2, b""))
        self.assertIn("prnit", err)

    def test_an_unknown_option_an_argument_too_many_or_too_few_is_a_usage_error(self):
        for command, (args, options) in TABLE.items():
            with self.subTest(command):
                self.assertEqual(bonbon(*command.split(), "--no-such-option")[0], 2)
                self.assertEqual(bonbon(*command.split(), *"abcdefghijklmnopqrstuvw")[0], 2)
                if args and command not in ("profiles", "reprint", "template check"):
                    self.assertEqual(bonbon(*command.split())[0], 2)
                for option in options.split():
                    if option in SWITCHES:
                        self.assertEqual(bonbon(*command.split(), f"{option}=x")[0], 2)
                    else:
                        self.assertEqual(bonbon(*command.split(), option)[0], 2, f"{option} needs a value")

    def test_with_json_a_usage_error_is_an_object_wherever_the_option_stands(self):
        for words, code in (("print --json --bogus", "option"), ("print --bogus --json", "option"), ("prnit --json", "command"), ("voucher --json", "group"),
                            ("--json", "no_command")):
            status, out, err = bonbon(*words.split())
            error, = lines(out)
            self.assertEqual((status, error["error"]["code"]), (2, f"usage_{code}"))
            self.assertEqual(list(error["error"]), ["code", "text", "where"])
            self.assertTrue(err)

    def test_options_stand_anywhere_and_take_their_value_either_way(self):
        path = str(self.file("sale.json", sale()))
        first = self.print_sale(sale())
        shop = str(self.shop)
        for words in (["print", path, "--shop", shop, "--wait", "14", "--json"], ["print", "--json", "--wait=14", f"--shop={shop}", path],
                      ["print", "--shop", shop, path, "--json", "--wait", "14"], ["--json", "print", path, "--shop", shop],
                      ["--shop", shop, "print", "--json", path]):
            self.assertEqual(lines(run(*words, check=0)[1]), [dict(first, already=True)])
        code = first["vouchers"][0]["code"]
        for words in (["voucher", "--json", "show", code, "--shop", shop], ["--shop", shop, "voucher", "show", "--json", code]):
            self.assertEqual(lines(run(*words, check=0)[1])[0]["code"], code)

    def test_a_value_may_have_an_equals_sign_and_begin_with_a_hyphen(self):
        code = self.given()["code"]
        self.bonbon1("voucher void", code, "--reason=a=b")
        self.assertEqual(self.bonbon1("voucher show", code)["history"][-1]["reason"], "a=b")
        code = self.given("2")["code"]
        self.bonbon1("voucher void", code, "--reason", "-5 left")
        self.assertEqual(self.bonbon1("voucher show", code)["history"][-1]["reason"], "-5 left")

    def test_two_hyphens_end_the_options(self):
        (self.dir / "--wait").write_text(json.dumps(sale()))
        status, out, err = run("print", "--shop", self.shop, "--json", "--", "--wait", cwd=self.dir)
        self.assertEqual(status, 0, err)

    def test_one_hyphen_is_standard_input(self):
        self.assertEqual(self.bonbon1("print -", stdin=json.dumps(sale()).encode())["sale"], "1")

    def test_the_shop_is_named_by_option_then_by_environment_then_found_here(self):
        others = [self.dir / name for name in ("a", "b", "here/shop")]
        (self.dir / "here").mkdir()
        for number, folder in enumerate(others):
            run("init", folder, "--name", f"Shop {number}", check=0)
            (folder / "templates/name.receipt").write_text("NAME {{shop.name}}\n")
        words, env = ["preview", "name", "--text"], {"BONBON_SHOP": str(others[1])}

        def name(*more, **how):
            return run(*words, *more, cwd=self.dir / "here", check=0, **how)[1].decode().splitlines()[0].strip()
        self.assertEqual(name("--shop", others[0], env=env), "NAME Shop 0")
        self.assertEqual(name(env=env), "NAME Shop 1")
        self.assertEqual(name(), "NAME Shop 2")

    def test_a_folder_that_is_no_shop_is_said_with_the_way_to_make_one(self):
        for command in ("print -", "give ten", "reprint --last", "redeem X", "voucher list", "rules check", "ledger verify"):
            status, out, err = run(*command.split(), "--shop", self.dir / "nowhere", "--json", stdin=b"{}")
            error = lines(out)[0]["error"]
            self.assertEqual((status, error["code"]), (3, "shop_missing"), command)
            self.assertIn("bonbon init", error["text"])
            self.assertIn("nowhere", err)
        self.assertFalse((self.dir / "nowhere").exists())

    def test_words_are_in_the_shops_language(self):
        for lang, word in (("en", "there is no offer"), ("ro", "nu există oferta"), ("ru", "нет предложения")):
            self.open_shop(lang, "--lang", lang)
            self.assertIn(word, self.words("give cake", check=1)[1])

    def test_before_a_shop_is_open_words_are_in_the_terminals_language(self):
        for env, word in (({"LC_ALL": "ro_RO.UTF-8"}, "nu este un magazin"), ({"LC_ALL": "", "LANG": "ru_RU.UTF-8"}, "не магазин"),
                          ({"LC_ALL": "C"}, "is not a shop"), ({"LC_ALL": "de_DE.UTF-8"}, "is not a shop")):
            self.assertIn(word, run("rules", "check", "--shop", "/nowhere", env=env)[2])

    def test_an_output_that_cannot_be_written_is_no_success(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([BONBON, "profiles"], stdout=full, stderr=subprocess.PIPE, env=dict(os.environ, BONBON_NOW=NOW))
        self.assertEqual(done.returncode, 5)
        self.assertTrue(done.stderr)


class Init(VoucherShop):
    def names(self, folder):
        return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))

    def test_a_folder_that_is_not_empty_is_refused_and_not_touched(self):
        folder = self.dir / "mine"
        folder.mkdir()
        (folder / "notes.txt").write_text("mine")
        status, out, err = run("init", folder, "--json")
        self.assertEqual((status, lines(out)[0]["error"]["code"]), (1, "init_not_empty"))
        self.assertEqual((self.names(folder), (folder / "notes.txt").read_text()), (["notes.txt"], "mine"))
        self.assertEqual(run("init", folder / "notes.txt")[0], 1)
        self.assertEqual(run("init", self.shop)[0], 1, "a shop is not made over")

    def test_an_empty_folder_is_filled_and_a_slash_behind_it_does_not_matter(self):
        folder = self.dir / "empty"
        folder.mkdir()
        run("init", f"{folder}/", check=0)
        self.assertTrue((folder / "shop.yaml").exists())

    def test_what_is_wrong_is_said_and_nothing_is_made(self):
        for words, status in ((["--lang", "xx"], 2), (["--currency", "XYZ"], 3), (["--timezone", "Mars/Base"], 3),
                              (["--profile", "no-such"], 3), (["--printer", "gopher:x"], 3)):
            done, out, err = run("init", self.dir / "new", *words, "--json")
            self.assertEqual(done, status, words)
            self.assertIn(words[1] if status == 3 else "ro", lines(out)[0]["error"]["text"])
            self.assertFalse((self.dir / "new").exists())
        self.assertEqual([path for path in self.dir.iterdir() if path.name.startswith("new")], [])

    def test_options_are_what_the_shop_then_says(self):
        run("init", self.dir / "new", "--name", 'Café "Dor" & co: #1', "--lang", "ro", "--currency", "EUR", "--timezone", "Europe/Chisinau",
            "--profile", "generic-58", "--printer", "file:out.bin", check=0)
        self.shop = self.dir / "new"
        self.write("templates/name.receipt", "{{shop.name}}\n{{total}}\n")
        text = run("preview", "name", "--text", "--shop", self.shop, check=0)[1].decode()
        self.assertIn('Café "Dor" & co: #1', text)
        self.assertEqual(self.print_sale(sale(currency="EUR"))["state"], "sent")
        self.assertTrue((self.shop / "out.bin").read_bytes())

    def test_json_names_the_shop(self):
        out = run("init", self.dir / "new", "--json", check=0)[1]
        self.assertEqual(lines(out), [{"shop": str(self.dir / "new")}])

    def test_secrets_are_for_the_owner_alone_and_stay_out_of_git(self):
        keys = list((self.shop / "keys").iterdir())
        self.assertTrue(keys)
        for key in keys:
            self.assertEqual(stat.S_IMODE(key.stat().st_mode), 0o600)
        ignored = (self.shop / ".gitignore").read_text().split()
        self.assertIn("keys/", ignored)
        self.assertIn("bonbon.db*", ignored)

    def test_comments_of_a_new_shop_stand_in_one_column(self):
        for lang in ("en", "ro", "ru"):
            shop = self.dir / f"aligned-{lang}"
            run("init", shop, "--lang", lang, "--name", "Кофейня «Ана»", check=0)
            for name in ("shop.yaml", "printers.d/receipt.yaml"):
                rows = [line for line in (shop / name).read_text().splitlines() if re.match(r"[^#]*\S {2,}#", line)]
                self.assertGreater(len(rows), 2)
                for line in rows:
                    with self.subTest(lang=lang, name=name, line=line):
                        self.assertEqual(len(re.match(r"[^#]*", line)[0]), 30)

    def test_every_key_is_commented_where_it_first_stands(self):
        for lang in ("en", "ro", "ru"):
            shop = self.dir / f"commented-{lang}"
            run("init", shop, "--lang", lang, check=0)
            for name in ("shop.yaml", "rules.yaml", "printers.d/receipt.yaml"):
                seen, before = set(), ""
                for line in (shop / name).read_text().splitlines():
                    key = re.match(r"\s*(?:- )?([a-z_]+):", line)
                    if key and key[1] not in seen:
                        seen.add(key[1])
                        self.assertTrue("#" in line or before.strip().startswith("#"), f"{lang}/{name}: {line}")
                    before = line
                self.assertTrue(seen)

    def test_a_new_shop_has_rules_without_a_problem_in_every_language_and_currency(self):
        for number, words in enumerate((["--lang", "en"], ["--lang", "ro"], ["--lang", "ru"], ["--currency", "JPY"], ["--currency", "KWD"],
                                        ["--currency", "EUR", "--timezone", "Europe/Dublin"])):
            self.shop = self.dir / str(number)
            run("init", self.shop, *words, check=0)
            self.assertEqual(self.bonbon("rules check"), [], words)

    def test_a_new_shop_apologises_from_ten_minutes_on_with_a_voucher_that_works(self):
        for lang, currency in (("en", "GBP"), ("ro", "RON"), ("ru", "RUB")):
            self.shop = self.dir / f"works-{lang}"
            run("init", self.shop, "--lang", lang, check=0)
            made = sale(currency=currency)
            self.assertEqual(self.print_sale(dict(made, id="1"), "--wait", "9")["vouchers"], [])
            answer = self.print_sale(dict(made, id="2"), "--wait", "10")
            voucher, = answer["vouchers"]
            self.assertEqual((voucher["offer"], voucher["kind"], answer["state"]), ("sorry-wait", "voucher", "printed"))
            read = subprocess.run(["zbarimg", "--quiet", "--raw", self.shop / "paper" / f"job-{answer['job']:06}.png"], capture_output=True)
            self.assertEqual(read.stdout.decode().split(), [voucher["qr"]])
            self.assertTrue(self.bonbon1("redeem", voucher["qr"])["ok"])

    def test_a_new_shop_knows_a_surprise_and_a_thank_you(self):
        self.assertEqual(run("give", "free-coffee", "--shop", self.dir / "b", "--json")[0], 3)
        self.shop = self.dir / "b"
        run("init", self.shop, check=0)
        self.assertEqual(self.bonbon1("give free-coffee")["kind"], "voucher")
        self.assertEqual(self.bonbon1("give thank-you")["kind"], "note")


class Rules(VoucherShop):
    def test_every_problem_is_told_with_file_line_and_column(self):
        self.write("rules.yaml", "offers:\n  - name: ten\n    template: slip\n    valeu: { percent: 10 }\n"
                                 "rules:\n  - name: a\n    give: nothing-like-it\n  - name: b\n    when: { total: '> x' }\n    give: ten\n")
        problems = self.bonbon("rules check", check=3)
        self.assertEqual([problem["severity"] for problem in problems if problem["severity"] == "problem"], ["problem"] * 3)
        for problem, where in zip(problems, ("rules.yaml:4:5", "rules.yaml:7:11", "rules.yaml:9:20")):
            self.assertEqual(list(problem), ["severity", "code", "text", "where"])
            self.assertEqual(problem["where"], where)
        out, err = self.words("rules check", check=3)
        self.assertIn("rules.yaml:4:5", out)
        self.assertIn("valeu", out)
        self.assertEqual(err, "")

    def test_yaml_that_cannot_be_read_is_told_with_its_line(self):
        self.write("rules.yaml", "offers:\n  - { name: ten\nrules: [")
        problem, = self.bonbon("rules check", check=3)
        self.assertRegex(problem["where"], r"^rules\.yaml:\d+:\d+$")

    def test_a_broken_rules_file_never_stops_a_receipt_and_is_told(self):
        self.write("rules.yaml", "offers: nonsense\n")
        status, out, err = run("print", "-", "--shop", self.shop, "--json", stdin=json.dumps(sale()).encode())
        self.assertEqual((status, lines(out)[0]["state"], lines(out)[0]["vouchers"]), (0, "printed", []))
        self.assertIn("rules.yaml", err)

    def test_explain_says_for_each_rule_in_order_why_it_gives_or_not(self):
        self.write("rules.yaml", OFFERS + "rules:\n  - { name: waited, when: { wait_minutes: '>= 10' }, give: ten }\n"
                                          "  - { name: rich, when: { total: '>= 500' }, give: five }\n  - { name: all, give: coffee }\n")
        path = self.file("sale.json", sale())
        told = self.bonbon("rules explain", path, "--wait", "14")
        self.assertEqual([list(one) for one in told], [["rule", "gives", "offer", "why"]] * 3)
        self.assertEqual([(one["rule"], one["gives"], one["offer"]) for one in told],
                         [("waited", True, "ten"), ("rich", False, None), ("all", False, None)])
        self.assertIn("14", told[0]["why"])
        self.assertIn("500", told[1]["why"])
        self.assertIn("1", told[2]["why"])
        self.assertEqual(self.bonbon("voucher list"), [], "explaining gives nothing")
        out, err = self.words("rules explain", path)
        self.assertEqual([line.split(":")[0] for line in out.splitlines()], ["waited", "rich", "all"])

    def test_explain_knows_what_is_used_up(self):
        self.write("rules.yaml", "offers: [ { name: one, template: slip, value: { amount: 1.00 }, stock: 1 per day } ]\n"
                                 "rules: [ { name: all, give: one } ]\n")
        self.print_sale(sale("1"))
        told, = self.bonbon("rules explain", self.file("sale.json", sale("2")))
        self.assertFalse(told["gives"])
        self.assertIn("1 of 1 used today", told["why"])

    def test_what_explain_says_is_what_print_does(self):
        self.write("rules.yaml", OFFERS + "rules:\n  - { name: lucky, chance: 50%, give: ten, group: g }\n  - { name: else, give: five, group: g }\n")
        for number in range(12):
            made = sale(number)
            told = self.bonbon("rules explain", self.file("sale.json", made))
            given = self.print_sale(made)["vouchers"]
            self.assertEqual([one["offer"] for one in told if one["gives"]], [one["offer"] for one in given])


class Preview(VoucherShop):
    def test_a_name_a_language_and_a_name_and_a_file_are_templates(self):
        path = self.file("mine.receipt", "MINE {{total}}\n")
        text = run("preview", path, "--text", check=0)[1].decode()
        self.assertIn("MINE ", text)
        self.assertIn("SLIP", run("preview", "slip", "--text", "--shop", self.shop, check=0)[1].decode())
        english = run("preview", "en/receipt", "--text", check=0)[1]
        russian = run("preview", "ru/receipt", "--text", check=0)[1].decode()
        self.assertNotEqual(english.decode(), russian)
        self.assertRegex(russian, "[а-я]")
        self.assertEqual(run("preview", "receipt", "--text", check=0)[1], english, "without a shop, the gallery's English")

    def test_it_takes_the_shops_own_template_before_the_gallerys(self):
        self.assertIn("RECEIPT", run("preview", "receipt", "--text", "--shop", self.shop, check=0)[1].decode())

    def test_data_is_shown_in_place_of_the_sample(self):
        path = self.file("sale.json", sale("4711"))
        self.assertIn("RECEIPT 4711", run("preview", "receipt", "--data", path, "--text", "--shop", self.shop, check=0)[1].decode())

    def test_its_code_is_a_specimen_that_never_works(self):
        text = run("preview", "slip", "--text", "--shop", self.shop, check=0)[1].decode()
        code = re.search(r"CODE (\S+)", text)[1]
        qr = re.search(r"\[QR (\S+)\]", text)[1]
        self.assertIn("SPEC", code)
        for read in (code, qr):
            self.assertEqual(self.not_redeemed(read)["reason"], "code_specimen")

    def test_text_picture_and_bytes_are_of_one_paper(self):
        data, first, second = (self.dir / name for name in ("bytes", "a.png", "b.png"))
        text = run("preview", "slip", "--profile", "generic-58", "--shop", self.shop, "--text", "--bytes", data, "--png", first, check=0)[1]
        run("decode", data, "--profile", "generic-58", "--png", second, check=0)
        self.assertEqual(first.read_bytes(), second.read_bytes())
        self.assertEqual(run("decode", data, "--profile", "generic-58", "--text", check=0)[1], text)

    def test_it_is_for_the_shops_printer_unless_a_profile_is_said(self):
        self.open_shop("narrow", "--profile", "generic-58")
        widths = []
        for words in ([], ["--profile", "generic-80"]):
            run("preview", "slip", "--shop", self.shop, "--png", self.dir / "a.png", *words, check=0)
            widths.append(picture((self.dir / "a.png").read_bytes())[0])
        self.assertEqual(widths[1] - widths[0], 576 - 384)

    def test_json_says_what_was_made(self):
        answer = self.bonbon1("preview slip --text")
        self.assertEqual(answer["profile"], "generic-80")
        self.assertIn("SLIP", answer["text"])
        data = self.dir / "bytes"
        answer = self.bonbon1("preview slip --bytes", data)
        self.assertEqual(answer["bytes"], len(data.read_bytes()))

    def test_nothing_is_recorded_and_no_drawer_opens(self):
        self.edit("shop.yaml", "drawer: never", "drawer: cash")
        run("preview", "receipt", "--bytes", self.dir / "b", "--shop", self.shop, check=0)
        self.assertNotIn("ESC p", run("decode", self.dir / "b", "--trace", check=0)[1].decode())
        self.assertEqual(self.bonbon1("ledger verify")["events"], 0)

    def test_one_way_to_show_it_must_be_said(self):
        self.assertEqual(self.refused("preview slip", status=2)["code"], "usage_one_of")

    def test_an_unknown_template_profile_or_file_is_named(self):
        self.assertIn("nothing-like-it", self.refused("preview nothing-like-it --text", status=3)["text"])
        self.assertIn("no-such", self.refused("preview slip --text --profile no-such", status=3)["text"])
        self.assertIn("nowhere.json", self.refused("preview slip --text --data nowhere.json", status=3)["text"])

    def test_a_mistake_in_a_template_is_told_with_its_place(self):
        path = self.file("wrong.receipt", "one\n{{#items}}\ntwo\n")
        error = self.refused("preview --text", path, status=3)
        self.assertEqual(error["code"], "template_section")
        self.assertIn("wrong.receipt:2", error["where"])


# ESC @, FS ., a line of text, a column at dot 120, a tall word, a Cyrillic word in page 866, two cuts.
STREAM = b"\x1b@\x1c.Hello\n\x1b$\x78\x00at ten\n\x1d!\x11BIG\x1d!\x00\n\x1bt\x11\x8f\xe0\xa8\xa2\xa5\xe2\n\x1dV\x01\x1bp\x00\x19\xfatail\n\x1dV\x00"


class Decode(VoucherShop):
    def decode(self, *words, data=STREAM, **how):
        return run("decode", "-", *words, stdin=data, **how)

    def test_code_pages_have_epsons_numbers_where_no_printer_is_named(self):
        """Frames from the Katakana page (1), Hebrew from 862 (36), Greek from 737 (14): as most programs send them."""
        stream = b"\x1b@\x1bt\x01\x98\x95\x99\n\x1bt\x24\x99\x8c\x85\x8d\n\x1bt\x0e\x82\x98\xad\n\x1bt\x12\xc7\n"
        status, text, notes = self.decode("--text", data=stream, check=0)
        self.assertEqual(text.decode().splitlines()[:4], ["┌─┐", "שלום", "Γαφ", "ă"])
        self.assertEqual(notes, "")
        notes = self.decode("--text", "--profile", "generic-80", data=stream, check=0)[2]
        self.assertEqual(notes.count("no such code page"), 3)

    def test_characters_of_two_bytes_are_of_the_country_that_the_stream_says_or_that_is_asked_for(self):
        self.assertEqual(self.decode("--text", data=b"\x1b@\x1cC\x01" + "領収書".encode("cp932") + b"\n", check=0)[1].decode(), "領収書\n")
        self.assertEqual(self.decode("--text", data=b"\x1b@\x1c&\x1bR\x0d" + "영수증".encode("cp949") + b"\n", check=0)[1].decode(), "영수증\n")
        self.assertEqual(self.decode("--text", data=b"\x1b@\x1c&" + "收据".encode("gb18030") + b"\n", check=0)[1].decode(), "收据\n")
        taiwan = b"\x1b@\x1c&" + "統一發票".encode("cp950") + b"\n"
        self.assertEqual(self.decode("--text", "--pairs", "big5", data=taiwan, check=0)[1].decode(), "統一發票\n")
        self.assertEqual(self.decode("--text", "--pairs", "big5", "--profile", "epson-tm-t20iii", data=taiwan, check=0)[1].decode(), "統一發票\n")
        self.assertEqual(self.decode("--text", "--pairs", "big5", data=taiwan[4:], check=0)[1].decode(), "統一發票\n")
        self.assertEqual(len(self.decode("--text", "--pairs", "none", data=taiwan, check=0)[1].decode()), 9)
        self.assertIn("shift_jis", self.decode("--text", "--pairs", "sjis", data=taiwan, check=2)[2])

    def test_text_is_characters_row_by_row_each_at_its_column(self):
        rows = self.decode("--text", check=0)[1].decode().splitlines()
        self.assertEqual(rows, ["Hello", " " * 10 + "at ten", "BIG", "Привет", "-- cut --", "tail", "-- cut --"])

    def test_a_file_reads_as_standard_input_does(self):
        path = self.dir / "stream"
        path.write_bytes(STREAM)
        self.assertEqual(run("decode", path, "--text", check=0)[1], self.decode("--text", check=0)[1])

    def test_a_trace_is_a_command_a_line_with_offset_name_and_parameters(self):
        rows = [line.split(None, 2) for line in self.decode("--trace", check=0)[1].decode().splitlines()]
        self.assertEqual((rows[0][:2], rows[0][2].split(None, 1)), (["00000000", "ESC"], ["@", "start anew"]))
        self.assertEqual(rows[2], ["00000004", "text", '"Hello"'])
        self.assertEqual((rows[4][0], rows[4][1], rows[4][2].split(None, 2)), ("0000000a", "ESC", ["$", "n=120", "position from the left"]))
        names = [line[10:24].strip() for line in self.decode("--trace", check=0)[1].decode().splitlines()]
        self.assertEqual(names, ["ESC @", "FS .", "text", "LF", "ESC $", "text", "LF", "GS !", "text", "GS !", "LF", "ESC t", "text", "LF", "GS V",
                                 "ESC p", "text", "LF", "GS V"])

    def test_a_picture_is_as_wide_as_the_printers_paper_and_has_ink(self):
        for profile, dots in (("generic-80", 576), ("generic-58", 384), ("epson-tm-t88v", 512)):
            self.decode("--profile", profile, "--png", self.dir / "a.png", check=0)
            width, height, ink = picture((self.dir / "a.png").read_bytes())
            self.assertEqual(width - dots, 48, "a margin on both sides")
            self.assertGreater(height, 100)
            self.assertTrue(ink)

    def test_json_is_one_object_for_text_and_one_a_line_for_a_trace(self):
        answer, = lines(self.decode("--text", "--json", check=0)[1])
        self.assertEqual(answer["text"], self.decode("--text", check=0)[1].decode())
        self.assertEqual(answer["profile"], "generic-80")
        rows = lines(self.decode("--trace", "--json", check=0)[1])
        self.assertEqual(rows[0], {"offset": 0, "name": "ESC @", "parameters": "", "meaning": "start anew"})
        self.assertEqual(rows[1], {"offset": 2, "name": "FS .", "parameters": "", "meaning": "two-byte characters off"})
        self.assertEqual(rows[2], {"offset": 4, "name": "text", "parameters": '"Hello"', "meaning": ""})
        self.assertEqual(len(rows), 19)
        answer, = lines(self.decode("--png", self.dir / "a.png", "--json", check=0)[1])
        self.assertEqual((answer["profile"], answer["bytes"]), ("generic-80", len(STREAM)))

    def test_what_was_not_understood_is_said_with_its_offset(self):
        data = b"a\n\x1b\x7fb\n\x1dE\x01"
        for words in (["--text"], ["--png", self.dir / "a.png"], ["--trace"]):
            said = self.decode(*words, data=data, check=0)[2].splitlines()
            self.assertEqual([line.split(None, 1)[0] for line in said], ["000002", "000006"], words)
        answer, = lines(self.decode("--text", "--json", data=data, check=0)[1])
        self.assertEqual(answer["notes"], [{"offset": 2, "text": "an unknown command: 1B 7F"},
                                           {"offset": 6, "text": "GS E: not done by the printer in software"}])
        self.assertEqual(answer["text"], "a\nb\n")
        answer, = lines(self.decode("--text", "--json", check=0)[1])
        self.assertEqual(answer["notes"], [])

    def test_an_unfinished_command_and_an_empty_stream_are_no_errors(self):
        self.assertEqual(self.decode("--text", data=b"abc\n\x1d", check=0)[1], b"abc\n")
        self.assertIn(b"missing", self.decode("--trace", data=b"abc\n\x1d", check=0)[1])
        self.assertEqual(self.decode("--text", data=b"", check=0)[1], b"")

    def test_one_way_to_show_it_must_be_said_and_the_profile_must_be_known(self):
        self.assertEqual(self.decode()[0], 2)
        status, out, err = self.decode("--text", "--profile", "no-such")
        self.assertEqual(status, 3)
        self.assertIn("no-such", err)

    def test_it_needs_no_shop(self):
        self.assertEqual(run("decode", "-", "--text", stdin=b"x\n", cwd="/", check=0)[1], b"x\n")


class Profiles(unittest.TestCase):
    KNOWN = ["epson-tm-t20iii", "epson-tm-t88v", "generic-58", "generic-80", "pos-5890", "star-line", "xprinter-xp-80"]

    def test_the_printers_of_the_contract_are_known(self):
        rows = lines(bonbon("profiles", "--json")[1])
        self.assertEqual(sorted(row["name"] for row in rows), self.KNOWN)
        by_name = {row["name"]: row for row in rows}
        self.assertEqual((by_name["generic-80"]["width_dots"], by_name["generic-80"]["columns"], by_name["generic-80"]["native_qr"]), (576, 48, True))
        self.assertEqual((by_name["generic-58"]["width_dots"], by_name["generic-58"]["columns"], by_name["generic-58"]["native_qr"]), (384, 32, False))
        self.assertEqual((by_name["epson-tm-t88v"]["width_dots"], by_name["epson-tm-t88v"]["dpi"]), (512, 180))
        for row in rows:
            self.assertTrue(row["tested"], "what was tested and how")

    def test_one_is_told_whole_and_the_list_is_a_line_each(self):
        out = bonbon("profiles")[1].decode()
        self.assertEqual([line.split()[0] for line in out.splitlines()], self.KNOWN)
        out = bonbon("profiles", "generic-58")[1].decode()
        for word in ("384", "32 columns", "tested"):
            self.assertIn(word, out)
        self.assertEqual([row["name"] for row in lines(bonbon("profiles", "generic-58", "--json")[1])], ["generic-58"])

    def test_an_unknown_one_is_an_error(self):
        status, out, err = bonbon("profiles", "no-such", "--json")
        self.assertEqual((status, lines(out)[0]["error"]["code"]), (3, "profile"))


class LedgerVerify(VoucherShop):
    def test_after_every_kind_of_event_the_stored_state_is_what_the_events_say(self):
        one, two, three = (self.given(n)["code"] for n in (1, 2, 3))
        self.bonbon1("give five --sale 1")
        self.bonbon1("redeem", one)
        self.not_redeemed(one)
        self.bonbon1("redeem --undo --reason x", one)
        self.bonbon1("voucher void --reason x", two)
        self.bonbon1("reprint", three)
        self.bonbon1("reprint --sale 1")
        answer = self.bonbon1("ledger verify")
        self.assertEqual((answer["ok"], answer["differences"]), (True, 0))
        self.assertGreaterEqual(answer["events"], 12)
        out, err = self.words("ledger verify")
        self.assertIn("differences: 0", out)

    def test_a_stored_state_that_somebody_changed_is_found_and_named(self):
        code = self.given()["code"]
        with sqlite3.connect(self.shop / "bonbon.db") as db:
            db.execute("UPDATE voucher SET copies = 7")
        db.close()
        status, out, err = run("ledger", "verify", "--shop", self.shop, "--json")
        self.assertEqual(status, 5)
        self.assertEqual((lines(out)[0]["ok"], lines(out)[0]["differences"]), (False, 1))
        self.assertIn(code.replace("-", ""), err.replace("-", ""))
        self.assertIn("copies", err)

    def test_events_cannot_be_changed_or_deleted(self):
        self.given()
        db = sqlite3.connect(self.shop / "bonbon.db")
        self.addCleanup(db.close)
        for statement in ("UPDATE event SET who = 'x'", "DELETE FROM event"):
            with self.assertRaises(sqlite3.IntegrityError):
                db.execute(statement)


if __name__ == "__main__":
    unittest.main(verbosity=1)
