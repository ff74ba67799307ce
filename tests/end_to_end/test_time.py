"""Days, nights and ends: a sale at 23:30, a business day that starts at 05:00, daylight-saving nights, last days, clocks that go back."""
import datetime
import json
import sqlite3
import unittest

from shop_under_test import run, sale
from voucher_shop import OFFERS, VoucherShop

DAILY = """\
offers:
  - { name: once, template: slip, value: { amount: 1.00 }, valid: today, limit: { shop: 1 per day } }
rules: [ { name: everybody, give: once } ]
"""


class BucharestShop(VoucherShop):
    init = ("--lang", "en", "--currency", "GBP", "--timezone", "Europe/Bucharest")

    def sold(self, number, moment, **more):
        """A sale rung up and printed at one moment."""
        return self.print_sale(sale(number, time=moment, **more), now=moment)

    def redeems(self, code, moment):
        """Whether it would work then; nothing is spent."""
        answer = self.bonbon("redeem --dry-run", code, check=None, now=moment)[0]
        self.assertIn(answer["reason"], (None, "voucher_expired"))
        return answer["ok"]

    def works_until(self, code, last, first_too_late):
        self.assertTrue(self.redeems(code, last), f"works at {last}")
        self.assertFalse(self.redeems(code, first_too_late), f"does not at {first_too_late}")


class BusinessDay(BucharestShop):
    def test_a_sale_at_half_past_eleven_at_night_belongs_to_its_day(self):
        voucher = self.sold("1", "2026-11-21T23:30:00+02:00")["vouchers"][0]
        self.assertEqual(voucher["valid_to"], "2026-12-21")
        self.assertEqual(self.bonbon1("voucher list --since 2026-11-21")["code"], voucher["code"])
        self.assertEqual(self.bonbon("voucher list --since 2026-11-22"), [])

    def test_half_past_one_belongs_to_the_day_before(self):
        voucher = self.sold("1", "2026-11-22T01:30:00+02:00")["vouchers"][0]
        self.assertEqual(voucher["valid_to"], "2026-12-21")

    def test_a_limit_by_day_counts_the_night_to_the_evening_and_starts_anew_at_five(self):
        self.write("rules.yaml", DAILY)
        moments = {"2026-11-21T23:30:00+02:00": 1, "2026-11-22T01:30:00+02:00": 0, "2026-11-22T04:59:59+02:00": 0,
                   "2026-11-22T05:00:00+02:00": 1, "2026-11-22T23:59:59+02:00": 0, "2026-11-23T05:00:00+02:00": 1}
        for number, (moment, given) in enumerate(moments.items()):
            self.assertEqual(len(self.sold(number, moment)["vouchers"]), given, moment)

    def test_limits_by_week_and_month_turn_at_five_as_well(self):
        for per, moments in (("week", {"2026-11-22T23:00:00+02:00": 1, "2026-11-23T04:59:59+02:00": 0, "2026-11-23T05:00:00+02:00": 1}),
                             ("month", {"2026-11-30T23:00:00+02:00": 1, "2026-12-01T04:59:59+02:00": 0, "2026-12-01T05:00:00+02:00": 1})):
            self.open_shop(per, *self.init)
            self.write("rules.yaml", DAILY.replace("per day", f"per {per}"))
            for number, (moment, given) in enumerate(moments.items()):
                self.assertEqual(len(self.sold(number, moment)["vouchers"]), given, moment)

    def test_a_number_used_again_after_midnight_is_the_same_sale_and_after_five_another_one(self):
        first = self.sold("7", "2026-11-21T23:30:00+02:00")
        night = sale("7", time="2026-11-22T01:30:00+02:00")
        answer = self.print_sale(night, now="2026-11-22T01:30:00+02:00", check=1)
        self.assertEqual(answer["error"]["code"], "sale_conflict")
        morning = self.sold("7", "2026-11-22T05:00:00+02:00")
        self.assertFalse(morning["already"])
        self.assertNotEqual(morning["vouchers"][0]["code"], first["vouchers"][0]["code"])

    def test_the_weekday_of_a_rule_is_the_business_days_and_its_hours_are_the_clocks(self):
        self.write("rules.yaml", OFFERS + "per_sale: 2\nrules:\n  - { name: friday, when: { weekday: fri }, give: ten }\n"
                                          "  - { name: late, when: { hours: '22:00-02:00' }, give: five }\n")
        for moment, offers in (("2026-11-20T21:59:00+02:00", ["ten"]), ("2026-11-20T22:00:00+02:00", ["ten", "five"]),
                               ("2026-11-21T01:59:00+02:00", ["ten", "five"]), ("2026-11-21T02:00:00+02:00", ["ten"]),
                               ("2026-11-21T05:00:00+02:00", [])):
            self.assertEqual([v["offer"] for v in self.sold(moment, moment)["vouchers"]], offers, moment)

    def test_the_paper_shows_the_clock_and_the_calendar_of_the_shop_whatever_zone_the_till_writes(self):
        text = self.printed_text(sale("1", time="2026-11-21T23:30:00+00:00"), now="2026-11-21T23:30:00+00:00")
        self.assertIn("AT 01:30 OF 22 November 2026", text)

    def test_a_shop_may_start_its_day_at_midnight(self):
        self.edit("shop.yaml", '"05:00"', '"00:00"')
        self.write("rules.yaml", DAILY)
        self.assertEqual(len(self.sold("1", "2026-11-21T23:59:59+02:00")["vouchers"]), 1)
        self.assertEqual(len(self.sold("2", "2026-11-22T00:00:00+02:00")["vouchers"]), 1)

    def test_a_redemption_at_night_can_be_taken_back_until_the_business_day_ends(self):
        code = self.sold("1", "2026-11-21T20:00:00+02:00")["vouchers"][0]["code"]
        self.bonbon1("redeem", code, now="2026-11-21T23:30:00+02:00")
        self.bonbon1("redeem --undo --reason x", code, now="2026-11-22T04:59:59+02:00")
        self.bonbon1("redeem", code, now="2026-11-22T04:59:59+02:00")
        self.assertEqual(self.refused("redeem --undo --reason x", code, now="2026-11-22T05:00:00+02:00")["code"], "undo_late")


class LastDay(BucharestShop):
    def test_valid_today_works_to_the_end_of_the_business_day_and_not_after(self):
        code = self.bonbon1("give coffee", now="2026-11-21T15:00:00+02:00")["code"]
        self.works_until(code, "2026-11-22T04:59:59+02:00", "2026-11-22T05:00:00+02:00")

    def test_valid_today_given_at_night_ends_the_same_morning(self):
        voucher = self.bonbon1("give coffee", now="2026-11-22T01:30:00+02:00")
        self.assertEqual(voucher["valid_to"], "2026-11-21")
        self.works_until(voucher["code"], "2026-11-22T04:59:59+02:00", "2026-11-22T05:00:00+02:00")

    def test_the_paper_says_that_it_is_only_for_today(self):
        voucher, paper = self.printed_by("give coffee", now="2026-11-21T15:00:00+02:00")
        self.assertIn("UNTIL 21 November 2026", self.paper_text(paper))
        self.assertIn("ONLY TODAY", self.paper_text(paper))

    def test_thirty_days_are_the_day_of_issue_and_thirty_more_the_last_one_included(self):
        voucher = self.bonbon1("give five", now="2026-11-21T15:00:00+02:00")
        self.assertEqual(voucher["valid_to"], "2026-12-21")
        self.works_until(voucher["code"], "2026-12-22T04:59:59+02:00", "2026-12-22T05:00:00+02:00")

    def test_months_end_with_the_month_and_until_is_that_day(self):
        self.write("rules.yaml", "offers:\n  - { name: months, template: slip, value: { amount: 1.00 }, valid: 3 months }\n"
                                 "  - { name: year, template: slip, value: { amount: 1.00 }, valid: 1 year }\n"
                                 "  - { name: until, template: slip, value: { amount: 1.00 }, valid: until 2027-02-10 }\n")
        now = "2026-11-30T15:00:00+02:00"
        self.assertEqual(self.bonbon1("give months", now=now)["valid_to"], "2027-02-28")
        self.assertEqual(self.bonbon1("give year", now=now)["valid_to"], "2027-11-30")
        until = self.bonbon1("give until", now=now)
        self.assertEqual(until["valid_to"], "2027-02-10")
        self.works_until(until["code"], "2027-02-11T04:59:59+02:00", "2027-02-11T05:00:00+02:00")

    def test_an_offer_that_has_ended_is_not_given_any_more_by_hand_or_by_rule(self):
        self.write("rules.yaml", "offers: [ { name: until, template: slip, value: { amount: 1.00 }, valid: until 2026-11-20 } ]\n"
                                 "rules: [ { name: all, give: until } ]\n")
        self.assertEqual(len(self.sold("1", "2026-11-21T04:59:59+02:00")["vouchers"]), 1)
        self.assertEqual(self.sold("2", "2026-11-21T05:00:00+02:00")["vouchers"], [])
        error = self.refused("give until", now="2026-11-21T05:00:00+02:00")
        self.assertIn("2026-11-20", error["text"])
        self.assertIn("ended", error["text"])

    def test_a_leap_day_is_a_day(self):
        self.write("rules.yaml", "offers: [ { name: month, template: slip, value: { amount: 1.00 }, valid: 1 month } ]\n")
        self.assertEqual(self.bonbon1("give month", now="2028-01-31T15:00:00+02:00")["valid_to"], "2028-02-29")

    def test_a_redeemed_voucher_stays_spent_when_its_last_day_has_passed(self):
        code = self.bonbon1("give coffee", now="2026-11-21T15:00:00+02:00")["code"]
        self.bonbon1("redeem", code, now="2026-11-21T16:00:00+02:00")
        self.assertEqual(self.not_redeemed(code, now="2026-11-25T16:00:00+02:00")["reason"], "voucher_spent")


class DaylightSavingNights(BucharestShop):
    """In Bucharest 03:00 becomes 04:00 on 2026-03-29, and 04:00 becomes 03:00 on 2026-10-25."""

    def test_valid_today_on_the_short_night_ends_at_five_by_the_clock(self):
        code = self.bonbon1("give coffee", now="2026-03-28T23:30:00+02:00")["code"]
        self.works_until(code, "2026-03-29T04:59:59+03:00", "2026-03-29T05:00:00+03:00")

    def test_valid_today_on_the_long_night_ends_at_five_by_the_clock(self):
        code = self.bonbon1("give coffee", now="2026-10-24T23:30:00+03:00")["code"]
        self.works_until(code, "2026-10-25T04:59:59+02:00", "2026-10-25T05:00:00+02:00")

    def test_both_half_past_threes_of_the_long_night_are_one_business_day(self):
        self.write("rules.yaml", DAILY)
        self.assertEqual(len(self.sold("1", "2026-10-25T03:30:00+03:00")["vouchers"]), 1)
        self.assertEqual(len(self.sold("2", "2026-10-25T03:30:00+02:00")["vouchers"]), 0)
        self.assertEqual(len(self.sold("3", "2026-10-25T05:00:00+02:00")["vouchers"]), 1)

    def test_both_half_past_threes_are_written_so_on_paper(self):
        for number, moment in (("1", "2026-10-25T03:30:00+03:00"), ("2", "2026-10-25T03:30:00+02:00")):
            self.assertIn("AT 03:30 OF 25 October 2026", self.printed_text(sale(number, time=moment), now=moment))

    def test_on_the_short_night_the_clock_jumps_from_three_to_four(self):
        for number, moment, shown in (("1", "2026-03-29T00:59:00+00:00", "02:59"), ("2", "2026-03-29T01:00:00+00:00", "04:00")):
            self.assertIn(f"AT {shown} OF 29 March 2026", self.printed_text(sale(number, time=moment), now=moment))

    def test_a_day_that_starts_in_the_hour_that_is_not_there_starts_when_the_clock_has_jumped(self):
        self.edit("shop.yaml", '"05:00"', '"03:30"')
        self.write("rules.yaml", DAILY)
        self.assertEqual(len(self.sold("1", "2026-03-28T12:00:00+02:00")["vouchers"]), 1)
        self.assertEqual(len(self.sold("2", "2026-03-29T02:59:59+02:00")["vouchers"]), 0)
        self.assertEqual(len(self.sold("3", "2026-03-29T04:30:00+03:00")["vouchers"]), 1)

    def test_a_day_that_starts_in_the_hour_that_comes_twice_starts_once(self):
        self.edit("shop.yaml", '"05:00"', '"03:30"')
        self.write("rules.yaml", DAILY)
        given = [len(self.sold(n, moment)["vouchers"]) for n, moment in enumerate((
            "2026-10-24T12:00:00+03:00", "2026-10-25T03:29:00+03:00", "2026-10-25T03:31:00+03:00", "2026-10-25T03:15:00+02:00",
            "2026-10-25T03:45:00+02:00", "2026-10-25T12:00:00+02:00"))]
        self.assertEqual(given[:2], [1, 0])
        self.assertEqual(sum(given[2:]), 1)

    def test_thirty_days_over_a_change_end_at_five_by_the_clock(self):
        code = self.bonbon1("give five", now="2026-10-10T15:00:00+03:00")["code"]
        self.works_until(code, "2026-11-10T04:59:59+02:00", "2026-11-10T05:00:00+02:00")


class Clock(BucharestShop):
    def test_bonbon_now_is_the_clock_and_is_recorded_as_set(self):
        code = self.bonbon1("give five", now="2031-05-06T07:08:09+03:00")["code"]
        self.assertEqual(self.bonbon1("voucher show", code, now="2031-05-06T07:08:09+03:00")["issued"], "2031-05-06T07:08:09+03:00")
        with sqlite3.connect(self.shop / "bonbon.db") as db:
            self.assertEqual(db.execute("SELECT min(clock_set), max(clock_set) FROM event").fetchone(), (1, 1))
        db.close()

    def test_a_clock_that_cannot_be_read_is_an_error_that_names_it(self):
        for now in ("soon", "2026-11-21T15:00:00", "2026-13-01T00:00:00Z"):
            status, out, err = run("voucher", "list", "--shop", self.shop, now=now)
            self.assertEqual(status, 3)
            self.assertIn("BONBON_NOW", err)

    def test_without_it_the_clock_is_the_machines(self):
        before = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
        code = self.bonbon1("give five", now="")["code"]
        issued = datetime.datetime.fromisoformat(self.bonbon1("voucher show", code, now="")["issued"])
        self.assertLessEqual(before, issued)
        self.assertLessEqual(issued, datetime.datetime.now(datetime.timezone.utc))

    def test_a_clock_that_goes_back_never_goes_before_the_last_event(self):
        self.bonbon1("give five", now="2026-11-21T15:00:00+02:00")
        code = self.bonbon1("give five", now="2026-11-20T09:00:00+02:00")["code"]
        self.assertEqual(self.bonbon1("voucher show", code, now="2026-11-20T09:00:00+02:00")["issued"], "2026-11-21T15:00:00+02:00")

    def test_an_expired_voucher_does_not_come_to_life_when_the_clock_goes_back(self):
        code = self.bonbon1("give coffee", now="2026-11-21T15:00:00+02:00")["code"]
        self.not_redeemed(code, now="2026-11-23T15:00:00+02:00")
        self.assertEqual(self.not_redeemed(code, now="2026-11-21T16:00:00+02:00")["reason"], "voucher_expired")
        self.assertEqual(self.bonbon1("ledger verify")["differences"], 0)

    def test_a_sale_of_yesterday_printed_today_shows_yesterday_and_its_voucher_counts_from_today(self):
        made = sale("1", time="2026-11-20T18:00:00+02:00")
        data = self.dir / "bytes"
        answer = self.print_sale(made, "--bytes", data, now="2026-11-21T10:00:00+02:00")
        self.assertIn("AT 18:00 OF 20 November 2026", self.paper_text(data.read_bytes()))
        self.assertEqual(answer["vouchers"][0]["valid_to"], "2026-12-21")

    def test_a_time_without_a_zone_is_refused(self):
        error = self.bonbon1("print -", stdin=json.dumps(sale(time="2026-11-21T14:03:00")).encode(), check=3)["error"]
        self.assertIn("time", error["text"] + error["where"])

    def test_a_shop_on_the_other_side_of_the_world_has_its_own_day(self):
        self.open_shop("tokyo", "--timezone", "Asia/Tokyo", "--currency", "GBP")
        voucher = self.print_sale(sale("1", time="2026-11-21T22:00:00+00:00"), now="2026-11-21T22:00:00+00:00")["vouchers"][0]
        self.assertEqual(voucher["valid_to"], "2026-12-22")


if __name__ == "__main__":
    unittest.main(verbosity=1)
