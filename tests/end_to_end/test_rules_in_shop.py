"""Rules at work in a shop: limits, groups, stock, chance, returns and training, what opens the drawer, which till prints where."""
import concurrent.futures
import json
import re
import shutil
import unittest

from shop_under_test import lines, run, run_when_free, sale
from voucher_shop import OFFERS, VoucherShop

ONE = "offers: [ {{ name: one, template: slip, value: {value}, {limit} }} ]\nrules: [ {{ name: all, give: one }} ]\n"


class Limits(VoucherShop):
    def offers_of(self, number, *args, **more):
        return [v["offer"] for v in self.print_sale(sale(number, **more), *args)["vouchers"]]

    def one(self, limit, value="{ amount: 10.00 }"):
        self.write("rules.yaml", ONE.format(value=value, limit=limit))

    def test_a_sale_gets_one_voucher_unless_per_sale_says_more(self):
        for per_sale, given in (("", ["five"]), ("per_sale: 2\n", ["five", "ten"]), ("per_sale: 9\n", ["five", "ten", "coffee"])):
            self.write("rules.yaml", per_sale + OFFERS + "rules:\n  - { name: a, give: five }\n  - { name: b, give: ten }\n  - { name: c, give: coffee }\n")
            self.assertEqual(self.offers_of(per_sale or "one"), given)

    def test_notes_do_not_count_against_per_sale(self):
        self.write("rules.yaml", OFFERS + "rules:\n  - { name: a, give: thanks }\n  - { name: b, give: ten }\n")
        self.assertEqual(self.offers_of("1"), ["thanks", "ten"])

    def test_of_a_group_the_first_whose_limits_allow_is_given(self):
        self.write("rules.yaml", "per_sale: 5\noffers:\n"
                   "  - { name: rare, template: slip, value: { amount: 5.00 }, stock: 1 ever }\n"
                   "  - { name: usual, template: slip, value: { amount: 1.00 } }\n  - { name: other, template: slip, value: { amount: 2.00 } }\n"
                   "rules:\n  - { name: a, give: rare, group: g }\n  - { name: b, give: usual, group: g }\n  - { name: c, give: other }\n")
        self.assertEqual(self.offers_of("1"), ["rare", "other"])
        self.assertEqual(self.offers_of("2"), ["usual", "other"])

    def test_of_a_list_the_first_whose_limits_allow_is_given(self):
        self.write("rules.yaml", OFFERS.replace("valid: today }", "valid: today, stock: 1 ever }") + "rules: [ { name: a, give: [coffee, thanks] } ]\n")
        self.assertEqual(self.offers_of("1"), ["coffee"])
        self.assertEqual(self.offers_of("2"), ["thanks"])

    def test_stock_runs_out_and_comes_again_the_next_day(self):
        self.one("stock: 2 per day")
        self.assertEqual([self.offers_of(n) for n in range(3)], [["one"], ["one"], []])
        answer = self.print_sale(sale("9", time="2026-11-22T14:00:00+00:00"), now="2026-11-22T15:00:00+00:00")
        self.assertEqual(len(answer["vouchers"]), 1)

    def test_stock_ever_never_comes_again(self):
        self.one("stock: 1 ever")
        self.assertEqual(self.offers_of(1), ["one"])
        answer = self.print_sale(sale("9", time="2027-11-22T14:00:00+00:00"), now="2027-11-22T15:00:00+00:00")
        self.assertEqual(answer["vouchers"], [])

    def test_a_customer_gets_no_more_than_his_limit_and_unknown_guests_are_not_counted(self):
        self.one("limit: { customer: 1 per day }")
        ana, ion = {"customer": {"id": "C-1", "name": "Ana"}}, {"customer": {"id": "C-2", "name": "Ana"}}
        self.assertEqual([self.offers_of(1, **ana), self.offers_of(2, **ana), self.offers_of(3, **ion)], [["one"], [], ["one"]])
        nameless = {"customer": {"name": "Ana"}}
        self.assertEqual([self.offers_of(n, **guest) for n, guest in ((4, {}), (5, {}), (6, nameless), (7, nameless))], [["one"]] * 4)

    def test_each_till_has_its_own_count(self):
        self.one("limit: { till: 1 per day }")
        self.assertEqual([self.offers_of(n, till=till) for n, till in ((1, "1"), (2, "1"), (3, "2"), (4, "2"))], [["one"], [], ["one"], []])

    def test_the_shops_count_is_over_all_tills(self):
        self.one("limit: { shop: 2 per day }")
        self.assertEqual([self.offers_of(n, till=str(n)) for n in range(3)], [["one"], ["one"], []])

    def test_a_budget_counts_what_an_offer_can_cost_at_most(self):
        for name, value in (("amount", "{ amount: 10.00 }"), ("percent", "{ percent: 5, at_most: 10.00 }"), ("gift", "{ gift: cake, cost: 10.00 }")):
            self.open_shop(name)
            self.one("limit: { shop: 25.00 per day }", value)
            self.assertEqual([self.offers_of(n) for n in range(3)], [["one"], ["one"], []], name)

    def test_a_budget_may_be_used_up_to_the_last_penny(self):
        self.one("limit: { shop: 20.00 per day }")
        self.assertEqual([self.offers_of(n) for n in range(3)], [["one"], ["one"], []])

    def test_of_several_limits_each_holds(self):
        self.one("limit: { shop: [2 per day, 3 per week], till: 1 per day }")
        self.assertEqual([self.offers_of(n, till=till) for n, till in ((1, "1"), (2, "1"), (3, "2"), (4, "3"))], [["one"], [], ["one"], []])
        sunday = {"now": "2026-11-22T15:00:00+00:00"}
        given = [len(self.print_sale(sale(n, till=str(n), time="2026-11-22T14:00:00+00:00"), **sunday)["vouchers"]) for n in (5, 6)]
        self.assertEqual(given, [1, 0], "the third of the week, and no fourth")

    def test_a_refused_offer_takes_nothing_from_its_other_limits(self):
        self.one("stock: 3 ever, limit: { till: 1 per day }")
        for number in range(5):
            self.offers_of(number, till="1")
        self.assertEqual([self.offers_of(n, till=till) for n, till in ((11, "2"), (12, "3"), (13, "4"))], [["one"], ["one"], []])

    def test_per_sale_limits_count_what_is_given_to_a_sale_by_hand_too(self):
        self.one("limit: { shop: 1 per sale }")
        self.assertEqual(self.offers_of(1), ["one"])
        self.assertEqual(self.refused("give one --sale 1")["code"], "limit")
        self.assertEqual(self.offers_of(2), ["one"])

    def test_zero_is_a_pause(self):
        self.one("limit: { shop: 0 per day }")
        self.assertEqual(self.offers_of(1), [])
        self.assertEqual(self.refused("give one")["code"], "limit")

    def test_an_amount_in_a_rule_counts_only_in_the_shops_currency_and_explain_says_so(self):
        self.write("rules.yaml", OFFERS + "rules: [ { name: rich, when: { total: '>= 5' }, give: ten } ]\n")
        self.assertEqual(self.offers_of(1), ["ten"])
        foreign = sale(2, currency="EUR")
        self.assertEqual(self.offers_of(2, currency="EUR"), [])
        told, = self.bonbon("rules explain", self.file("s.json", foreign))
        self.assertIn("EUR", told["why"])
        self.assertIn("GBP", told["why"])

    def test_every_word_of_the_rules_looks_at_its_fact(self):
        guest = {"id": "C-1", "visits": 12, "tags": ["vip"], "birthday": "11-25"}
        made = sale(1, customer=guest, service={"wait_minutes": 14, "incident": "oven-down", "complaint": "cold", "missed": ["vip-dessert"]},
                    items=[{"name": "Latte", "sku": "L1", "category": "coffee", "quantity": "2", "total": "10.00"}])
        path = self.file("s.json", made)
        for holds, conditions in ((True, ("total: '>= 10'", "total: 10", "units: 2", "item: { sku: L1 }", "item: { name: lat* }",
                                          "item: { category: coffee, quantity: '>= 2' }", "wait_minutes: 10..20", "incident: oven-down",
                                          "incident: any", "complaint: cold", "missed: vip-dessert", "customer: known",
                                          "customer: { visits: '>= 10' }", "customer: { tags: vip }", "customer: { birthday: within 7 days }",
                                          "payment: card", "weekday: sat", "hours: '14:00-15:00'", "dates: 11-21", "dates: 11-01..11-30")),
                                  (False, ("total: '> 10'", "units: 3", "item: { sku: L2 }", "item: { category: coffee, quantity: 3 }",
                                           "wait_minutes: '< 14'", "incident: flood", "complaint: warm", "missed: cake", "customer: unknown",
                                           "customer: { visits: 11 }", "customer: { tags: friend }", "customer: { birthday: today }",
                                           "payment: cash", "weekday: mon-fri", "hours: '15:00-16:00'", "dates: 12-24"))):
            for condition in conditions:
                self.write("rules.yaml", OFFERS + f"rules: [ {{ name: r, when: {{ {condition} }}, give: ten }} ]\n")
                told, = self.bonbon("rules explain", path)
                self.assertEqual(told["gives"], holds, f"{condition}: {told['why']}")


class Chance(VoucherShop):
    rules = OFFERS + "rules: [ { name: lucky, chance: 50%, give: ten } ]\n"

    def luck(self, numbers=range(40)):
        made = "\n".join(json.dumps(sale(n)) for n in numbers)
        return [bool(answer["vouchers"]) for answer in self.bonbon("print -", stdin=made.encode())]

    def test_it_is_the_same_for_the_same_sales_in_every_shop_with_the_same_key_and_another_with_another(self):
        first = self.shop
        here = self.luck()
        self.assertGreater(sum(here), 5)
        self.assertLess(sum(here), 35)
        self.open_shop("twin")
        shutil.rmtree(self.shop / "keys")
        shutil.copytree(first / "keys", self.shop / "keys")
        self.assertEqual(self.luck(), here)
        self.open_shop("stranger")
        self.assertNotEqual(self.luck(), here)

    def test_it_can_be_explained_before_and_after(self):
        path = self.file("s.json", sale(1))
        before = self.bonbon("rules explain", path)
        given = self.luck([1])
        self.assertEqual([before[0]["gives"]], given)
        self.assertEqual(self.bonbon("rules explain", path), before)
        self.assertIn("50%", before[0]["why"])

    def test_each_rule_draws_for_itself(self):
        self.write("rules.yaml", "per_sale: 2\n" + OFFERS + "rules:\n  - { name: a, chance: 50%, give: ten }\n  - { name: b, chance: 50%, give: five }\n")
        made = "\n".join(json.dumps(sale(n)) for n in range(40))
        drawn = [tuple(v["offer"] for v in answer["vouchers"]) for answer in self.bonbon("print -", stdin=made.encode())]
        self.assertEqual(set(drawn), {(), ("ten",), ("five",), ("ten", "five")})

    def test_nought_and_hundred_percent_are_never_and_always(self):
        for chance, given in (("100%", 20), ("0%", 0)):
            self.open_shop(chance.strip("%"))
            self.write("rules.yaml", self.rules.replace("50%", chance))
            if self.bonbon("rules check", check=None) and chance == "0%":
                continue  # a rule that never gives may be told to be a mistake
            self.assertEqual(sum(self.luck(range(20))), given)


class ReturnsAndTraining(VoucherShop):
    def back(self, number="9"):
        return sale(number, kind="return", items=[{"name": "Flat white", "quantity": "-1", "total": "-3.40"}], total="-3.40",
                    payments=[{"method": "card", "amount": "-3.40"}])

    def training(self, number="9", **more):
        return sale(number, kind="training", **more)

    def test_a_return_is_printed_and_gives_nothing(self):
        answer, paper = self.printed_by("print -", stdin=json.dumps(self.back()).encode())
        self.assertEqual(answer["vouchers"], [])
        self.assertIn("-£3.40", self.paper_text(paper))
        told = self.bonbon("rules explain", self.file("s.json", self.back()))
        self.assertIn("return", told[0]["why"])

    def test_training_prints_a_paper_marked_as_such_and_a_specimen(self):
        answer, paper = self.printed_by("print -", stdin=json.dumps(self.training()).encode())
        text = self.paper_text(paper)
        self.assertIn("TRAINING", re.sub(r"(?<=\S) (?=\S )|(?<=\S) (?=\S$)", "", text.replace("T R A I N I N G", "TRAINING")))
        self.assertIn("SPECIMEN", text.replace(" ", ""))
        self.assertIn("RECEIPT 9", text)
        self.assertIn("SPEC", answer["vouchers"][0]["code"])
        self.assertEqual((answer["already"], answer["job"]), (False, None))

    def test_training_records_nothing_and_the_real_sale_can_still_be_made(self):
        for _ in range(2):
            self.assertFalse(self.print_sale(self.training())["already"])
        self.assertEqual(self.bonbon1("ledger verify")["events"], 0)
        self.assertEqual(self.bonbon("voucher list"), [])
        self.assertEqual(self.refused("reprint --last")["code"], "sale_none")
        self.assertFalse(self.print_sale(sale("9"))["already"])

    def test_a_code_of_training_never_works(self):
        voucher = self.print_sale(self.training())["vouchers"][0]
        for text in (voucher["code"], voucher["qr"]):
            self.assertEqual(self.not_redeemed(text)["reason"], "code_specimen")

    def test_training_uses_up_no_stock_and_redeems_nothing(self):
        code = self.given("1")["code"]
        self.write("rules.yaml", ONE.format(value="{ amount: 1.00 }", limit="stock: 1 ever"))
        for number in range(3):
            answer = self.print_sale(self.training(number, redeem=[code]))
            self.assertEqual(len(answer["vouchers"]), 1)
            self.assertTrue(answer["redeemed"][0]["ok"])
        self.assertEqual(self.state_of(code), "issued")
        self.assertEqual(len(self.print_sale(sale("2"))["vouchers"]), 1)

    def test_training_opens_no_drawer(self):
        self.edit("shop.yaml", "drawer: never", "drawer: cash")
        answer, paper = self.printed_by("print -", stdin=json.dumps(self.training(payments=[{"method": "cash", "amount": "10.00"}])).encode())
        self.assertNotIn(b"\x1bp", paper)


class PaperOfAShop(VoucherShop):
    def trace(self, data):
        return run("decode", "-", "--trace", stdin=data, check=0)[1].decode()

    def pulses(self, data):
        return len(re.findall(r"(?m)^[0-9a-f]{8}  ESC p ", self.trace(data)))

    def cash(self, number="1", **more):
        return json.dumps(sale(number, payments=[{"method": "cash", "amount": "10.00"}], **more)).encode()

    def test_voucher_only_prints_the_vouchers_alone(self):
        self.edit("shop.yaml", "paper: full", "paper: voucher-only")
        answer, paper = self.printed_by("print -", stdin=json.dumps(sale()).encode())
        self.assertEqual(len(answer["vouchers"]), 1)
        self.assertIn("SLIP ten", self.paper_text(paper))
        self.assertNotIn("RECEIPT", self.paper_text(paper))

    def test_voucher_only_without_a_voucher_prints_nothing_and_is_done(self):
        self.edit("shop.yaml", "paper: full", "paper: voucher-only")
        self.write("rules.yaml", OFFERS)
        answer, paper = self.printed_by("print -", stdin=json.dumps(sale()).encode())
        self.assertEqual((answer["state"], answer["job"], paper), ("none", None, b""))
        self.assertTrue(self.print_sale(sale())["already"])

    def test_voucher_only_copies_of_sales_that_printed_nothing_are_told_apart(self):
        self.edit("shop.yaml", "paper: full", "paper: voucher-only")
        self.write("rules.yaml", OFFERS)
        for number in ("1", "2"):
            self.print_sale(sale(number))
            self.bonbon1("give five --sale", number)
        for number in ("1", "2"):
            answer, paper = self.printed_by("reprint --sale", number)
            self.assertEqual(answer["copy"], 1)
            self.assertIn(answer["vouchers"][0]["code"], self.paper_text(paper))

    def test_voucher_only_copies_the_vouchers_alone(self):
        self.edit("shop.yaml", "paper: full", "paper: voucher-only")
        self.given("1")
        answer, paper = self.printed_by("reprint --sale 1")
        self.assertIn("SLIP ten", self.paper_text(paper))
        self.assertNotIn("RECEIPT", self.paper_text(paper))

    def test_receipt_and_vouchers_are_parted_by_a_partial_cut(self):
        self.write("rules.yaml", "per_sale: 2\n" + OFFERS + "rules:\n  - { name: a, give: five }\n  - { name: b, give: ten }\n")
        text = self.printed_text(sale())
        receipt, five, ten = re.split(r"(?m)^-- (?:partial )?cut --\n", text)[:3]
        self.assertIn("RECEIPT 1", receipt)
        self.assertIn("SLIP five", five)
        self.assertIn("SLIP ten", ten)

    def test_without_a_cutter_there_is_a_dashed_line(self):
        self.open_shop("narrow", "--profile", "pos-5890")
        data = self.dir / "bytes"
        self.print_sale(sale(), "--bytes", data)
        text = self.paper_text(data.read_bytes(), "pos-5890")
        self.assertNotIn("cut --", text)
        between = text[text.index("SUM"):text.index("SLIP")]
        self.assertRegex(between, r"(?m)^\W*(- ?){8,}")

    def test_a_cash_sale_opens_the_drawer_once_with_its_first_printing_only(self):
        self.edit("shop.yaml", "drawer: never", "drawer: cash")
        answer, paper = self.printed_by("print -", stdin=self.cash())
        self.assertEqual(self.pulses(paper), 1)
        answer, paper = self.printed_by("print -", stdin=self.cash())
        self.assertEqual((answer["already"], paper), (True, b""))
        for words in (answer["vouchers"][0]["code"], "--sale 1", "--last"):
            self.assertEqual(self.pulses(self.printed_by(f"reprint {words}")[1]), 0)
        self.assertEqual(self.pulses(self.printed_by("give five")[1]), 0)

    def test_a_preview_and_a_dry_run_open_no_drawer(self):
        self.edit("shop.yaml", "drawer: never", "drawer: cash")
        data = self.dir / "bytes"
        self.bonbon1("print - --dry-run --bytes", data, stdin=self.cash())
        self.assertEqual(self.pulses(data.read_bytes()), 0)
        run("preview", "receipt", "--data", self.file("s.json", self.cash().decode()), "--bytes", data, "--shop", self.shop, check=0)
        self.assertEqual(self.pulses(data.read_bytes()), 0)

    def test_a_card_sale_and_a_shop_without_a_drawer_open_none_and_a_split_payment_does(self):
        self.assertEqual(self.pulses(self.printed_by("print -", stdin=self.cash("1"))[1]), 0)
        self.edit("shop.yaml", "drawer: never", "drawer: cash")
        self.assertEqual(self.pulses(self.printed_by("print -", stdin=json.dumps(sale("2")).encode())[1]), 0)
        split = sale("3", payments=[{"method": "card", "amount": "4.00"}, {"method": "cash", "amount": "6.00"}])
        self.assertEqual(self.pulses(self.printed_by("print -", stdin=json.dumps(split).encode())[1]), 1)

    def test_a_cash_sale_opens_the_drawer_even_where_the_receipt_comes_from_elsewhere(self):
        self.edit("shop.yaml", "drawer: never", "drawer: cash")
        self.edit("shop.yaml", "paper: full", "paper: voucher-only")
        self.assertEqual(self.pulses(self.printed_by("print -", stdin=self.cash())[1]), 1)
        self.write("rules.yaml", OFFERS)
        answer, data = self.printed_by("print -", stdin=self.cash("2"))
        self.assertEqual((answer["vouchers"], self.pulses(data)), ([], 1))
        self.assertNotIn("cut", self.paper_text(data), "no paper comes with it")

    def test_the_drawer_opens_before_the_paper_is_printed(self):
        self.edit("shop.yaml", "drawer: never", "drawer: cash")
        names = [line[10:].split('"')[0].strip() for line in self.trace(self.printed_by("print -", stdin=self.cash())[1]).splitlines()]
        pulse = next(i for i, name in enumerate(names) if name.startswith("ESC p"))
        self.assertLess(pulse, names.index("text"))

    def test_each_till_prints_where_the_shop_says_and_an_unknown_one_at_the_receipt_printer(self):
        self.write("printers.d/receipt.yaml", "profile: generic-80\nuri: file:receipt.bin\nrole: receipt\n")
        self.write("printers.d/bar.yaml", "profile: generic-58\nuri: file:bar.bin\nrole: bar\n")
        self.edit("shop.yaml", '"1": receipt', '"1": receipt\n  "2": bar\n  "terrace": bar')
        for number, till in enumerate(("1", "2", "terrace", "77")):
            self.print_sale(sale(number, till=till))
        receipt = self.paper_text((self.shop / "receipt.bin").read_bytes())
        bar = self.paper_text((self.shop / "bar.bin").read_bytes(), "generic-58")
        self.assertEqual(re.findall(r"RECEIPT (\d+)", receipt), ["0", "3"])
        self.assertEqual(re.findall(r"RECEIPT (\d+)", bar), ["1", "2"])

    def test_a_till_that_is_sent_to_a_printer_that_is_not_there_is_told_with_its_place(self):
        self.edit("shop.yaml", '"1": receipt', '"1": kitchen')
        error = self.print_sale(sale(), check=3)["error"]
        self.assertIn("kitchen", error["text"])
        self.assertIn("receipt", error["text"])
        self.assertRegex(error["where"], r"shop\.yaml:\d+:\d+")

    def test_a_printer_file_with_an_unknown_profile_or_address_is_told_with_its_place(self):
        for text, word in (("profile: no-such\nuri: virtual:paper\n", "no-such"), ("profile: generic-80\nuri: gopher:x\n", "gopher")):
            self.write("printers.d/receipt.yaml", text)
            error = self.print_sale(sale(), check=3)["error"]
            self.assertIn(word, error["text"])
            self.assertRegex(error["where"], r"receipt\.yaml:\d+:\d+")


class AtOnce(VoucherShop):
    rules = ONE.format(value="{ amount: 1.00 }", limit="stock: 5 ever")

    def test_forty_tills_that_print_at_once_give_exactly_the_five_in_stock(self):
        def ring_up(number):
            made = json.dumps(sale(number, till=str(number % 8))).encode()
            status, out, err = run_when_free("print", "-", "--shop", self.shop, "--json", "--timeout", "600", stdin=made)
            return status, lines(out)[0], err
        with concurrent.futures.ThreadPoolExecutor(40) as tills:
            ends = list(tills.map(ring_up, range(40)))
        self.assertEqual([end for end in ends if end[0] != 0], [])
        self.assertEqual(sum(len(answer["vouchers"]) for _, answer, _ in ends), 5)
        self.assertEqual(len(self.bonbon("voucher list")), 5)
        self.assertEqual(len(list((self.shop / "paper").iterdir())), 40, "each sale came out once")
        self.assertEqual({answer["state"] for _, answer, _ in ends}, {"printed"})
        self.assertEqual(self.bonbon1("ledger verify")["differences"], 0)

    def test_the_same_sale_sent_by_many_at_once_is_printed_once(self):
        made = json.dumps(sale()).encode()
        with concurrent.futures.ThreadPoolExecutor(12) as tills:
            ends = list(tills.map(lambda _: run_when_free("print", "-", "--shop", self.shop, "--json", "--timeout", "600", stdin=made), range(12)))
        answers = [lines(out)[0] for _, out, _ in ends]
        self.assertEqual([status for status, _, _ in ends], [0] * 12)
        self.assertEqual(sorted(answer["already"] for answer in answers), [False] + [True] * 11)
        self.assertEqual(len({answer["vouchers"][0]["code"] for answer in answers}), 1)
        self.assertEqual(len(list((self.shop / "paper").iterdir())), 1)

    def test_a_budget_holds_when_given_by_hand_at_once(self):
        self.write("rules.yaml", ONE.format(value="{ amount: 3.00 }", limit="limit: { shop: 10.00 per day }"))
        with concurrent.futures.ThreadPoolExecutor(12) as staff:
            ends = list(staff.map(lambda n: run_when_free("give", "one", "--request", f"R{n}", "--shop", self.shop, "--timeout", "600")[0], range(12)))
        self.assertEqual(sorted(ends), [0] * 3 + [1] * 9)


if __name__ == "__main__":
    unittest.main(verbosity=1)
