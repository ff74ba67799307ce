"""`bonbon give`, `reprint`, `redeem` and `voucher`: the life of a voucher, as the command table says it."""
import concurrent.futures
import re
import unittest

from shop_under_test import run, run_when_free, sale
from voucher_shop import OFFERS, VoucherShop, unused_port

V = ["code", "qr", "offer", "rule", "kind", "value", "valid_to", "copies"]
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

# Where the keys of a Latin keyboard stand under the Russian layout.
RUSSIAN_LAYOUT = str.maketrans("QWERTYUIOPASDFGHJKLZXCVBNM", "ЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬ")


def check_character(twelve):
    """Damm's scheme over GF(32) with x^5+x^2+1, worked out here a second time."""
    interim = 0
    for digit in twelve:
        interim ^= ALPHABET.index(digit)
        interim = interim << 1 ^ (37 if interim & 16 else 0)
    return ALPHABET[interim]


class Give(VoucherShop):
    def test_json_is_v_with_state_and_job(self):
        voucher = self.bonbon1("give five")
        self.assertEqual(list(voucher), V + ["state", "job"])
        self.assertEqual((voucher["offer"], voucher["rule"], voucher["kind"]), ("five", None, "voucher"))
        self.assertEqual((voucher["value"], voucher["valid_to"], voucher["copies"]), ({"amount": "5.00"}, "2026-12-21", 0))
        self.assertEqual(voucher["state"], "printed")

    def test_the_voucher_comes_out_of_the_printer_alone(self):
        voucher, paper = self.printed_by("give five")
        text = self.paper_text(paper)
        self.assertIn("SLIP five", text)
        self.assertIn(f"CODE {voucher['code']}", text)
        self.assertIn(f"[QR {voucher['qr']}]", text)
        self.assertNotIn("RECEIPT", text)

    def test_a_note_can_be_given_and_has_no_qr(self):
        note, paper = self.printed_by("give thanks")
        self.assertEqual((note["kind"], note["value"], "qr" in note), ("note", None, False))
        self.assertIn("SLIP thanks", self.paper_text(paper))
        self.assertNotIn("[QR", self.paper_text(paper))

    def test_the_limits_of_the_offer_hold_and_are_said(self):
        self.write("rules.yaml", "offers: [ { name: one, template: slip, value: { amount: 1.00 }, limit: { shop: 2 per day } } ]\n")
        self.bonbon1("give one")
        self.bonbon1("give one")
        error = self.refused("give one")
        self.assertEqual(error["code"], "limit")
        self.assertIn("2 of 2 used today", error["text"])
        self.assertEqual(len(self.bonbon("voucher list")), 2)

    def test_a_customers_limit_holds_for_him_alone(self):
        self.write("rules.yaml", "offers: [ { name: one, template: slip, value: { amount: 1.00 }, limit: { customer: 1 per day } } ]\n")
        self.bonbon1("give one --customer C-1")
        self.assertEqual(self.refused("give one --customer C-1")["code"], "limit")
        self.bonbon1("give one --customer C-2")
        self.bonbon1("give one")
        self.bonbon1("give one")

    def test_a_limit_counts_what_rules_gave_too(self):
        self.write("rules.yaml", "offers: [ { name: one, template: slip, value: { amount: 1.00 }, stock: 2 ever } ]\n"
                                 "rules: [ { name: everybody, give: one } ]\n")
        self.print_sale(sale())
        self.bonbon1("give one")
        self.assertEqual(self.refused("give one")["code"], "limit")
        self.assertEqual(self.print_sale(sale("2"))["vouchers"], [])

    def test_the_same_request_gives_the_same_voucher_and_prints_it_once(self):
        first, paper = self.printed_by("give five --request r1")
        self.assertTrue(paper)
        again, paper = self.printed_by("give five --request r1")
        self.assertEqual(again, first)
        self.assertEqual(paper, b"")
        self.assertNotEqual(self.bonbon1("give five --request r2")["code"], first["code"])

    def test_a_request_that_was_used_for_another_offer_is_refused(self):
        self.bonbon1("give five --request r1")
        self.assertEqual(self.refused("give ten --request r1")["code"], "request_reused")

    def test_a_request_that_was_refused_by_a_limit_may_be_asked_again(self):
        self.write("rules.yaml", "offers: [ { name: one, template: slip, value: { amount: 1.00 }, limit: { shop: 1 per day } } ]\n")
        self.bonbon1("give one")
        self.refused("give one --request r1")
        self.assertEqual(self.bonbon1("give one --request r1", now="2026-11-22T15:00:00+00:00")["offer"], "one")

    def test_an_unknown_offer_is_refused_with_those_there_are(self):
        error = self.refused("give cake")
        self.assertEqual(error["code"], "offer_unknown")
        for offer in ("ten", "five", "coffee", "thanks"):
            self.assertIn(offer, error["text"])

    def test_it_can_belong_to_a_sale(self):
        self.print_sale(sale("7"))
        code = self.bonbon1("give five --sale 7 --by Ana --reason", "cold coffee")["code"]
        shown = self.bonbon1("voucher show", code)
        self.assertEqual((shown["sale"], shown["by"], shown["reason"]), ("7", "Ana", "cold coffee"))
        self.assertEqual([v["offer"] for v in self.bonbon("voucher list --sale 7")], ["ten", "five"])

    def test_a_sale_that_was_never_printed_at_this_till_is_refused(self):
        self.print_sale(sale("7"))
        self.assertEqual(self.refused("give five --sale 8")["code"], "sale_unknown")
        self.assertEqual(self.refused("give five --sale 7 --till 2")["code"], "sale_unknown")

    def test_a_voucher_of_a_sale_counts_for_the_guest_of_the_sale(self):
        self.write("rules.yaml", "offers: [ { name: one, template: slip, value: { amount: 1.00 }, limit: { customer: 1 per day } } ]\n")
        self.print_sale(sale("7", customer={"id": "C-1"}))
        self.bonbon1("give one --sale 7 --customer C-1")
        self.assertEqual(self.refused("give one --customer C-1")["code"], "limit")

    def test_a_voucher_given_to_the_sale_of_a_known_guest_counts_for_him_without_saying_so(self):
        self.write("rules.yaml", "offers: [ { name: one, template: slip, value: { amount: 1.00 }, limit: { customer: 1 per day } } ]\n"
                                 "rules: [ { name: everybody, give: one } ]\n")
        self.print_sale(sale("7", customer={"id": "C-1"}))
        self.assertEqual(self.refused("give one --sale 7")["code"], "limit")
        self.print_sale(sale("8"))
        self.assertEqual(self.bonbon1("give one --sale 8")["offer"], "one", "the guest of sale 8 is not known")

    def test_where_the_shop_lists_its_staff_nobody_else_gives_copies_redeems_or_voids(self):
        code = self.given()["code"]
        self.edit("shop.yaml", "staff: []", "staff: [Ana, Ion]")
        for words in ("give five", f"reprint {code}", "reprint --last", f"redeem {code}", f"redeem {code} --undo --reason x", f"voucher void {code} --reason x"):
            error = self.refused(f"{words} --by Boris")
            self.assertEqual(error["code"], "staff", words)
            self.assertIn("Ana, Ion", error["text"])
        self.assertEqual(self.state_of(code), "issued")
        self.assertTrue(self.bonbon1("redeem --by Ana", code)["ok"])
        self.assertEqual(self.print_sale(sale("2", cashier="Boris"))["state"], "printed", "a receipt is never stopped")

    def test_it_prints_at_the_printer_of_the_till(self):
        self.write("printers.d/bar.yaml", "profile: generic-58\nuri: file:bar.bin\nrole: bar\n")
        self.edit("shop.yaml", '"1": receipt', '"1": receipt\n  "2": bar')
        self.assertEqual(self.bonbon1("give five --till 2")["state"], "sent")
        self.assertTrue((self.shop / "bar.bin").read_bytes())

    def test_a_person_reads_the_code_and_its_worth(self):
        out, err = self.words("give five")
        self.assertRegex(out, r"(?m)^five: \w+ \(job 1\)$")
        self.assertRegex(out, r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{5}.*five.*£5\.00.*2026-12-21")

    def test_a_voucher_whose_printer_is_away_is_given_and_kept(self):
        voucher = self.bonbon1("give five --timeout 1 --printer", f"tcp://127.0.0.1:{unused_port()}", check=4)
        self.assertEqual(voucher["state"], "queued")
        self.assertTrue(self.bonbon1("redeem", voucher["code"])["ok"], "it can be redeemed from the moment it is issued")


class Reprint(VoucherShop):
    def test_a_copy_carries_the_same_code_and_qr_the_word_copy_and_its_number(self):
        voucher = self.given()
        for number in (1, 2, 3):
            answer, paper = self.printed_by("reprint", voucher["code"])
            self.assertEqual(answer["copy"], number)
            self.assertEqual(answer["vouchers"], [dict(voucher, copies=number)])
            text = self.paper_text(paper)
            self.assertIn(f"COPY {number}", " ".join(text.split()))
            self.assertIn(voucher["code"], text)
            self.assertIn(f"[QR {voucher['qr']}]", text)

    def test_json_has_the_sale_the_number_the_job_and_the_vouchers(self):
        answer = self.bonbon1("reprint", self.given()["code"])
        self.assertEqual(list(answer), ["sale", "copy", "state", "job", "vouchers"])
        self.assertEqual(list(answer["vouchers"][0]), V)

    def test_the_code_may_be_typed_as_carelessly_as_for_redeeming(self):
        code = self.given()["code"]
        self.assertEqual(self.bonbon1("reprint", code.lower().replace("-", " "))["copy"], 1)

    def test_the_receipt_of_a_sale_is_copied_with_those_of_its_vouchers_that_are_alive(self):
        self.write("rules.yaml", OFFERS + "per_sale: 3\nrules:\n  - { name: a, give: five }\n  - { name: b, give: ten }\n"
                                          "  - { name: c, give: coffee }\n")
        five, ten, coffee = self.print_sale(sale("7"))["vouchers"]
        self.bonbon1("redeem", ten["code"])
        answer, paper = self.printed_by("reprint --sale 7")
        text = self.paper_text(paper)
        self.assertEqual((answer["sale"], answer["copy"]), ("7", 1))
        self.assertEqual([v["code"] for v in answer["vouchers"]], [five["code"], coffee["code"]])
        self.assertIn("RECEIPT 7", text)
        self.assertEqual(len(re.findall(r"COPY", text.replace(" ", ""))), 3, "on the receipt and on each voucher")
        self.assertIn(five["code"], text)
        self.assertNotIn(ten["code"], text)

    def test_the_last_sale_of_a_till_is_copied_without_knowing_its_number(self):
        self.print_sale(sale("1"))
        self.print_sale(sale("2", till="2"))
        self.print_sale(sale("3"))
        self.assertEqual(self.bonbon1("reprint --last")["sale"], "3")
        self.assertEqual(self.bonbon1("reprint --last --till 2")["sale"], "2")
        self.assertEqual(self.refused("reprint --last --till 3")["code"], "sale_none")
        self.assertEqual(self.refused("reprint --sale 2")["code"], "sale_unknown")
        self.assertEqual(self.bonbon1("reprint --sale 2 --till 2")["copy"], 2)
        self.assertIn("3: COPY 2", self.words("reprint --last")[0])

    def test_exactly_one_of_code_sale_and_last_is_said(self):
        code = self.given()["code"]
        for words in ("", f"{code} --last", "--sale 1 --last", f"{code} --sale 1"):
            self.assertEqual(self.refused(f"reprint {words}", status=2)["code"], "usage_one_of")

    def test_a_spent_void_or_expired_voucher_is_refused_with_the_reason(self):
        spent, void, expired = (self.given(n)["code"] for n in ("1", "2", "3"))
        self.bonbon1("redeem", spent, "--till", "4")
        self.bonbon1("voucher void", void, "--reason", "stolen paper")
        error = self.refused("reprint", spent)
        self.assertEqual(error["code"], "voucher_spent")
        self.assertIn("till 4", error["text"])
        error = self.refused("reprint", void)
        self.assertEqual(error["code"], "voucher_void")
        self.assertIn("stolen paper", error["text"])
        error = self.refused("reprint", expired, now="2027-01-05T12:00:00+00:00")
        self.assertEqual(error["code"], "voucher_expired")
        self.assertIn("2026-12-21", error["text"])

    def test_a_mistyped_or_unknown_code_is_refused(self):
        code = self.given()["code"]
        wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
        self.assertEqual(self.refused("reprint", wrong)["code"], "code_typing")
        self.assertEqual(self.refused("reprint", "0000-0000-00000")["code"], "voucher_unknown")

    def test_an_original_that_still_waits_is_not_copied(self):
        self.write("printers.d/receipt.yaml", f"profile: generic-80\nuri: tcp://127.0.0.1:{unused_port()}\nrole: receipt\n")
        code = self.print_sale(sale("7"), "--timeout", "0", check=4)["vouchers"][0]["code"]
        for words in (code, "--sale 7", "--last"):
            error = self.refused(f"reprint --timeout 0 {words}", status=4)
            self.assertEqual(error["code"], "job_waiting")
        self.assertEqual(self.bonbon1("voucher show", code)["copies"], 0)

    def test_an_original_that_waited_comes_out_first_when_the_printer_is_back(self):
        self.write("printers.d/receipt.yaml", f"profile: generic-80\nuri: tcp://127.0.0.1:{unused_port()}\nrole: receipt\n")
        code = self.print_sale(sale("7"), "--timeout", "0", check=4)["vouchers"][0]["code"]
        self.write("printers.d/receipt.yaml", "profile: generic-80\nuri: file:all.bin\nrole: receipt\n")
        self.assertEqual(self.bonbon1("reprint", code)["copy"], 1)
        text = self.paper_text((self.shop / "all.bin").read_bytes())
        self.assertEqual(text.count(f"CODE {code}"), 2)
        self.assertLess(text.index("RECEIPT 7"), text.replace(" ", "~").index("COPY") if "COPY" in text else len(text))

    def test_the_same_request_is_the_same_copy_and_prints_once(self):
        code = self.given("7")["code"]
        for request, words in (("of-voucher", code), ("of-sale", "--sale 7")):
            first, paper = self.printed_by(f"reprint {words} --request {request}")
            self.assertTrue(paper)
            again, paper = self.printed_by(f"reprint {words} --request {request}")
            self.assertEqual(again, first)
            self.assertEqual(paper, b"")

    def test_a_request_that_was_used_for_another_voucher_is_refused(self):
        one, two = self.given("1")["code"], self.given("2")["code"]
        self.bonbon1("reprint --request r", one)
        self.assertEqual(self.refused("reprint --request r", two)["code"], "request_reused")

    def test_copies_are_in_the_audit_with_who_asked_and_why(self):
        code = self.given()["code"]
        self.bonbon1("reprint", code, "--by", "Ana", "--reason", "paper jam")
        event = self.bonbon1("voucher show", code)["history"][-1]
        self.assertEqual((event["kind"], event["by"], event["reason"], event["data"]["number"]), ("copied", "Ana", "paper jam", 1))

    def test_a_copy_of_a_copy_of_a_sale_counts_on(self):
        self.given("7")
        self.assertEqual([self.bonbon1("reprint --sale 7")["copy"] for _ in range(3)], [1, 2, 3])

    def test_a_note_can_be_printed_again(self):
        note = self.bonbon1("give thanks")
        answer, paper = self.printed_by("reprint", note["code"])
        self.assertIn("SLIP thanks", self.paper_text(paper))

    def test_a_copy_shows_the_words_of_the_day_it_was_given(self):
        """A template that changed since does not change what was promised."""
        code = self.given()["code"]
        self.write("templates/slip.receipt", "OTHER WORDS {{voucher.code}}\n")
        answer, paper = self.printed_by("reprint", code)
        self.assertIn("SLIP ten", self.paper_text(paper))


class CopyInEveryLanguage(VoucherShop):
    def test_the_word_copy_is_in_the_shops_language(self):
        for lang, word in (("en", "COPY 1"), ("ro", "COPIE 1"), ("ru", "КОПИЯ 1")):
            for profile in ("generic-80", "generic-58"):
                self.open_shop(f"{lang}-{profile}", "--lang", lang, "--currency", "GBP", "--profile", profile)
                code = self.given()["code"]
                answer, paper = self.printed_by("reprint", code)
                text = self.paper_text(paper, profile)
                self.assertIn(word.replace(" ", ""), re.sub(r"\s", "", text))
                self.assertIn(code, text)


class Redeem(VoucherShop):
    def test_json_says_what_it_was_and_what_it_is_worth(self):
        voucher = self.given()
        answer = self.bonbon1("redeem", voucher["code"])
        self.assertEqual((answer["code"], answer["ok"], answer["reason"]), (voucher["code"], True, None))
        self.assertEqual(answer["value"], {"percent": "10", "at_most": "20.00"})
        self.assertEqual(answer["voucher"], voucher)

    def test_it_works_once(self):
        code = self.given()["code"]
        self.assertTrue(self.bonbon1("redeem", code)["ok"])
        self.assertEqual(self.not_redeemed(code)["reason"], "voucher_spent")
        self.assertEqual(self.state_of(code), "redeemed")

    def test_the_code_is_read_in_every_way_people_and_scanners_send_it(self):
        ways = {
            "as on the paper": lambda v: v["code"],
            "without hyphens": lambda v: v["code"].replace("-", ""),
            "lower case": lambda v: v["code"].lower(),
            "blanks": lambda v: " " + " ".join(v["code"].replace("-", "")) + " ",
            "O for 0, I and l for 1": lambda v: v["code"].replace("0", "O").replace("1", "I"),
            "small o and l": lambda v: v["code"].replace("0", "o").replace("1", "l"),
            "QR text": lambda v: v["qr"],
            "QR text in lower case": lambda v: v["qr"].lower(),
            "QR text with a line end": lambda v: v["qr"] + "\n",
            "an address before it": lambda v: "https://shop.example/v/" + v["qr"],
            "typed under a Russian layout": lambda v: v["code"].replace("-", "").translate(RUSSIAN_LAYOUT),
            "small letters under a Russian layout": lambda v: v["code"].lower().replace("-", "").upper().translate(RUSSIAN_LAYOUT).lower(),
        }
        for number, (name, way) in enumerate(ways.items()):
            with self.subTest(name):
                voucher = self.given(number + 1)
                self.assertEqual(self.bonbon1("redeem", way(voucher))["code"], voucher["code"])

    def test_a_qr_read_by_a_keyboard_scanner_under_a_russian_layout_is_ours(self):
        """The layout turns the point of the QR into another key as well."""
        voucher = self.given()
        sent = voucher["qr"].translate(RUSSIAN_LAYOUT).replace(".", "ю")
        self.assertTrue(self.bonbon1("redeem", sent)["ok"])

    def test_a_typing_mistake_is_said_to_be_one(self):
        code = self.given()["code"]
        for at in (0, 3, 6, 14):
            wrong = code[:at] + ALPHABET[(ALPHABET.index(code[at]) + 1) % 32] + code[at + 1:]
            self.assertEqual(self.not_redeemed(wrong)["reason"], "code_typing")
        for wrong in (code[:-1], code + "0", code[1] + code[0] + code[2:] if code[0] != code[1] else code[:-1], "U" * 13, "hello", "", "?"):
            self.assertEqual(self.not_redeemed(wrong)["reason"], "code_typing", wrong)
        self.assertEqual(self.state_of(code), "issued")

    def test_a_right_code_that_was_never_given_is_unknown(self):
        twelve = "0123456789AB"
        self.assertEqual(self.not_redeemed(twelve + check_character(twelve))["reason"], "voucher_unknown")

    def test_a_code_proved_with_another_shops_key_is_forged(self):
        voucher = self.given()
        ours = self.shop
        self.open_shop("other")
        foreign = self.given()
        self.shop = ours
        self.assertEqual(self.not_redeemed(foreign["qr"])["reason"], "code_forged")
        mac = foreign["qr"].split(".", 1)[1]
        self.assertEqual(self.not_redeemed(voucher["code"].replace("-", "") + "." + mac)["reason"], "code_forged")
        self.assertEqual(self.state_of(voucher["code"]), "issued")

    def test_a_guessed_code_is_not_proved_by_any_mac(self):
        voucher = self.given()
        code, key, mac = voucher["qr"].split(".")
        changed = ALPHABET[(ALPHABET.index(mac[0]) + 1) % 32] + mac[1:]
        self.assertEqual(self.not_redeemed(f"{code}.{key}.{changed}")["reason"], "code_forged")

    def test_a_qr_that_was_read_only_in_part_is_a_typing_mistake_and_no_attack(self):
        voucher = self.given()
        for end in (5, 13 + 2, len(voucher["qr"]) - 1):
            self.assertEqual(self.not_redeemed(voucher["qr"][:end])["reason"], "code_typing")

    def test_an_expired_voucher_says_its_last_day(self):
        code = self.given()["code"]
        answer = self.not_redeemed(code, now="2027-01-05T12:00:00+00:00")
        self.assertEqual(answer["reason"], "voucher_expired")
        self.assertIn("2026-12-21", answer["text"])

    def test_a_void_voucher_says_when_and_why(self):
        code = self.given()["code"]
        self.bonbon1("voucher void", code, "--reason", "printed by mistake")
        answer = self.not_redeemed(code)
        self.assertEqual(answer["reason"], "voucher_void")
        self.assertIn("2026-11-21", answer["text"])
        self.assertIn("printed by mistake", answer["text"])

    def test_a_spent_voucher_says_when_and_where(self):
        code = self.given()["code"]
        self.bonbon1("redeem", code, "--till", "4", "--by", "Ana", "--sale", "88", now="2026-11-22T10:20:00+00:00")
        answer = self.not_redeemed(code, now="2026-11-23T12:00:00+00:00")
        self.assertEqual(answer["reason"], "voucher_spent")
        self.assertIn("2026-11-22", answer["text"])
        self.assertIn("till 4", answer["text"])
        self.assertEqual(answer["redeemed"], {"at": "2026-11-22T10:20:00+00:00", "till": "4", "by": "Ana", "sale": "88"})

    def test_a_note_has_nothing_to_redeem(self):
        self.assertEqual(self.not_redeemed(self.bonbon1("give thanks")["code"])["reason"], "voucher_note")

    def test_a_specimen_is_worth_nothing(self):
        for text in ("SPEC-IMEN-00000", "specimen00000", "SPECIMEN00000.00.0000000000000000"):
            self.assertEqual(self.not_redeemed(text)["reason"], "code_specimen")

    def test_a_dry_run_says_what_it_is_worth_and_spends_nothing(self):
        code = self.given()["code"]
        answer = self.bonbon1("redeem --dry-run", code)
        self.assertTrue(answer["ok"] and answer["dry_run"])
        self.assertEqual(answer["value"], {"percent": "10", "at_most": "20.00"})
        self.assertEqual(self.state_of(code), "issued")
        self.bonbon1("redeem", code)
        self.assertEqual(self.bonbon1("redeem --dry-run", code, check=1)["reason"], "voucher_spent")

    def test_the_same_request_gets_the_same_answer_again(self):
        code = self.given()["code"]
        first = self.bonbon1("redeem --request r1", code)
        again = self.bonbon1("redeem --request r1", code)
        self.assertTrue(again["again"])
        self.assertEqual(dict(again, again=False), first)
        self.assertEqual(self.not_redeemed(code, "--request", "r2")["reason"], "voucher_spent")

    def test_a_refusal_is_repeated_to_the_same_request_even_when_the_world_has_changed(self):
        code = self.given()["code"]
        self.bonbon1("redeem", code)
        first = self.not_redeemed(code, "--request", "r2")
        self.bonbon1("redeem --undo --reason mistake", code)
        again = self.not_redeemed(code, "--request", "r2")
        self.assertEqual((again["reason"], again["text"]), (first["reason"], first["text"]))

    def test_a_request_that_was_used_for_another_voucher_is_refused(self):
        one, two = self.given("1")["code"], self.given("2")["code"]
        self.bonbon1("redeem --request r1", one)
        self.assertEqual(self.refused("redeem --request r1", two)["code"], "request_reused")
        self.assertEqual(self.state_of(two), "issued")

    def test_it_can_be_taken_back_on_the_same_day_with_a_reason(self):
        code = self.given()["code"]
        self.bonbon1("redeem", code)
        self.assertEqual(self.refused("redeem --undo", code, status=2)["code"], "usage_needs")
        self.assertTrue(self.bonbon1("redeem --undo --reason", "wrong guest", code)["ok"])
        self.assertEqual(self.state_of(code), "issued")
        self.assertTrue(self.bonbon1("redeem", code)["ok"])

    def test_it_cannot_be_taken_back_on_a_later_day(self):
        code = self.given()["code"]
        self.bonbon1("redeem", code)
        error = self.refused("redeem --undo --reason", "wrong guest", code, now="2026-11-22T12:00:00+00:00")
        self.assertEqual(error["code"], "undo_late")
        self.assertEqual(self.state_of(code), "redeemed")

    def test_what_was_not_redeemed_cannot_be_taken_back(self):
        code = self.given()["code"]
        self.assertEqual(self.refused("redeem --undo --reason x", code)["code"], "undo_nothing")

    def test_the_same_request_to_take_back_is_answered_once(self):
        code = self.given()["code"]
        self.bonbon1("redeem", code)
        self.bonbon1("redeem --undo --reason x --request u1", code)
        self.bonbon1("redeem", code)
        self.bonbon1("redeem --undo --reason x --request u1", code)
        self.assertEqual(self.state_of(code), "redeemed", "the second redemption stands")

    def test_a_person_reads_the_worth_and_the_reason(self):
        code = self.given()["code"]
        out, err = self.words("redeem", code)
        self.assertIn("redeemed", out)
        self.assertIn("10% (at most £20.00)", out)
        out, err = self.words("redeem", code, check=1)
        self.assertEqual(out, "")
        self.assertIn("already redeemed", err)

    def test_a_person_reads_when_a_spent_voucher_was_redeemed_by_whom_and_off_which_sale(self):
        code = self.given()["code"]
        self.bonbon1("redeem", code, "--by", "Ana", "--sale", "88", "--till", "4", now="2026-11-22T10:20:00+00:00")
        err = self.words("redeem", code, check=1, now="2026-11-23T12:00:00+00:00")[1]
        for word in ("2026-11-22 10:20:00,", "till 4", "Ana", "sale 88"):
            self.assertIn(word, err)

    def test_after_midnight_a_refusal_says_the_calendars_day_and_the_hour(self):
        self.edit("shop.yaml", "timezone: Europe/London", "timezone: Europe/Bucharest")
        code = self.given()["code"]
        self.bonbon1("redeem", code, now="2026-11-21T22:30:00+00:00")  # 00:30 there, of the business day before
        refused = self.bonbon1("redeem", code, check=1, now="2026-11-21T23:00:00+00:00")
        self.assertIn("already redeemed on 2026-11-22 00:30 at till 1", refused["text"])
        self.assertIn("already redeemed on 2026-11-22 00:30", self.words("redeem", code, check=1, now="2026-11-21T23:00:00+00:00")[1])

    def test_the_history_says_why_somebody_was_refused(self):
        code = self.given()["code"]
        self.bonbon1("redeem", code)
        self.words("redeem", code, check=1)
        self.assertRegex(self.words("voucher show", code)[0], "(?m)refused, till 1: voucher .* was already redeemed on 2026-11-21 15:00 at till 1$")

    def test_who_redeems_a_voucher_whose_paper_still_waits_is_told_so(self):
        self.write("printers.d/receipt.yaml", f"profile: generic-80\nuri: tcp://127.0.0.1:{unused_port()}\nrole: receipt\n")
        sold = self.print_sale(sale("7"), "--timeout", "0", check=4)
        code = sold["vouchers"][0]["code"]
        self.assertNotIn("waits to be printed", self.words("redeem", code, "--dry-run")[1])
        self.assertIn(f"the paper of voucher {code} still waits to be printed (job {sold['job']})", self.words("redeem", code)[1])

    def test_a_note_is_said_without_a_code_because_its_paper_has_none(self):
        self.assertNotRegex(self.words("give", "thanks")[0], "[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{5}")

    def test_many_tills_at_once_redeem_it_once(self):
        code = self.given()["code"]
        with concurrent.futures.ThreadPoolExecutor(8) as tills:
            ends = list(tills.map(lambda till: run_when_free("redeem", code, "--till", till, "--shop", self.shop)[0], range(16)))
        self.assertEqual(sorted(ends), [0] + [1] * 15)


class LookingAtVouchers(VoucherShop):
    def test_show_tells_the_whole_history_in_order(self):
        code = self.given("7", customer={"id": "C-1"})["code"]
        self.bonbon1("reprint", code, "--by", "Ana", now="2026-11-21T15:10:00+00:00")
        self.bonbon1("redeem", code, now="2026-11-21T15:20:00+00:00")
        self.not_redeemed(code, now="2026-11-21T15:30:00+00:00")
        self.bonbon1("redeem --undo --reason oops", code, now="2026-11-21T15:40:00+00:00")
        self.bonbon1("voucher void --reason lost", code, now="2026-11-21T15:50:00+00:00")
        shown = self.bonbon1("voucher show", code)
        self.assertEqual(list(shown), V + ["state", "issued", "sale", "till", "customer", "by", "reason", "paper", "history"])
        self.assertEqual([event["kind"] for event in shown["history"]], ["issued", "copied", "redeemed", "refused", "undone", "voided"])
        self.assertEqual([event["at"][11:16] for event in shown["history"]], ["15:00", "15:10", "15:20", "15:30", "15:40", "15:50"])
        self.assertEqual((shown["state"], shown["sale"], shown["customer"], shown["paper"], shown["copies"]), ("void", "7", "C-1", "printed", 1))

    def test_show_in_words_has_a_line_for_everything_that_happened(self):
        code = self.given()["code"]
        self.bonbon1("redeem", code, "--by", "Ana")
        out, err = self.words("voucher show", code)
        self.assertIn(code, out)
        self.assertIn("issued", out)
        self.assertRegex(out, r"  2026-11-21 \d\d:\d\d:\d\d  redeemed.*Ana")

    def test_show_takes_the_qr_and_tells_an_unknown_code(self):
        voucher = self.given()
        self.assertEqual(self.bonbon1("voucher show", voucher["qr"])["code"], voucher["code"])
        self.assertEqual(self.refused("voucher show 0000-0000-00000")["code"], "voucher_unknown")

    def test_list_is_in_order_of_issue_with_each_ones_state(self):
        codes = [self.given(n)["code"] for n in (1, 2, 3, 4)]
        self.bonbon1("redeem", codes[1])
        self.bonbon1("voucher void --reason x", codes[2])
        every = self.bonbon("voucher list")
        self.assertEqual([v["code"] for v in every], codes)
        self.assertEqual([v["state"] for v in every], ["issued", "redeemed", "void", "issued"])
        self.assertEqual([v["code"] for v in self.bonbon("voucher list --state redeemed")], [codes[1]])
        self.assertEqual([v["code"] for v in self.bonbon("voucher list --state void")], [codes[2]])
        late = "2027-01-05T12:00:00+00:00"
        self.assertEqual([v["code"] for v in self.bonbon("voucher list --state expired", now=late)], [codes[0], codes[3]])
        self.assertEqual(self.bonbon("voucher list --state issued", now=late), [])

    def test_list_since_a_day_has_that_day_in_it(self):
        self.given("1", now="2026-11-20T12:00:00+00:00")
        second = self.given("2", now="2026-11-21T12:00:00+00:00")["code"]
        self.assertEqual([v["code"] for v in self.bonbon("voucher list --since 2026-11-21")], [second])
        self.assertEqual(len(self.bonbon("voucher list --since=2026-11-20")), 2)
        self.assertEqual(self.bonbon("voucher list --since 2026-11-22"), [])

    def test_a_day_or_a_state_that_is_none_is_an_error(self):
        self.refused("voucher list --since yesterday", status=3)
        self.refused("voucher list --since 2026-02-30", status=3)
        self.assertEqual(self.refused("voucher list --state lost", status=2)["code"], "usage_word")

    def test_list_in_words_has_a_line_for_each(self):
        codes = [self.given(n)["code"] for n in (1, 2)]
        out, err = self.words("voucher list")
        self.assertEqual(len(out.splitlines()), 2)
        for line, code in zip(out.splitlines(), codes):
            self.assertIn(code, line)
            self.assertIn("issued", line)


class VoidAVoucher(VoucherShop):
    def test_it_needs_a_reason_and_never_works_again(self):
        code = self.given()["code"]
        self.assertEqual(self.refused("voucher void", code, status=2)["code"], "usage_needs")
        answer = self.bonbon1("voucher void", code, "--reason", "stolen")
        self.assertEqual((answer["code"], answer["state"]), (code, "void"))
        self.assertEqual(self.not_redeemed(code)["reason"], "voucher_void")

    def test_what_is_spent_void_or_expired_cannot_be_made_void(self):
        spent, void, expired = (self.given(n)["code"] for n in (1, 2, 3))
        self.bonbon1("redeem", spent)
        self.bonbon1("voucher void --reason x", void)
        self.assertEqual(self.refused("voucher void --reason x", spent)["code"], "voucher_spent")
        self.assertEqual(self.refused("voucher void --reason x", void)["code"], "voucher_void")
        self.assertEqual(self.refused("voucher void --reason x", expired, now="2027-01-05T12:00:00+00:00")["code"], "voucher_expired")

    def test_the_same_request_is_answered_the_same(self):
        code = self.given()["code"]
        first = self.bonbon1("voucher void --reason x --request v1", code)
        self.assertEqual(self.bonbon1("voucher void --reason x --request v1", code), first)

    def test_a_voided_voucher_stays_counted(self):
        self.write("rules.yaml", "offers: [ { name: one, template: slip, value: { amount: 1.00 }, stock: 1 ever } ]\n")
        self.bonbon1("voucher void --reason x", self.bonbon1("give one")["code"])
        self.assertEqual(self.refused("give one")["code"], "limit")


if __name__ == "__main__":
    unittest.main(verbosity=1)
