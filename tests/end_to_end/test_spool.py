"""The spool as a service and without it: the same answers, and jobs in a person's hands."""
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import threading
import unittest

from net_printer import PAPER_OUT, NetPrinter
from shop_under_test import BONBON, NOW, SOURCE, ShopTest, lines, run, sale
from spool_service import PATIENCE, Service, environment, watch_until

RECEIPT = "RECEIPT-{{id}}-BEGINS\n\n{{#items}}\n{{name}} | {{total}}\n{{/items}}\nRECEIPT-{{id}}-ENDS\n"
COUPON = "VOUCHER-BEGINS\nCODE={{voucher.code}}\nVOUCHER-ENDS\n"
RULES = """
offers:
  - { name: cake, template: coupon, value: { gift: cake, cost: 2.00 }, valid: 30 days, stock: 1 ever }
rules:
  - { name: sweet, when: { incident: oven-down }, give: cake }
"""


class SpoolTest(ShopTest):
    serves = True

    def setUp(self):
        super().setUp()
        (self.shop / "rules.yaml").write_text(RULES)
        for name, text in (("receipt", RECEIPT), ("coupon", COUPON)):
            (self.shop / "templates" / f"{name}.receipt").write_text(text)
        self.printer = NetPrinter()
        self.addCleanup(self.printer.close)
        self.set_printer("receipt", self.printer.uri)
        self.services = []
        self.addCleanup(self.end_services)
        if self.serves:
            self.serve().ready()

    def set_printer(self, name, uri, profile="generic-80"):
        path = self.shop / "printers.d" / f"{name}.yaml"
        fresh = path.with_suffix(".new")
        role = "role: receipt\n" if name == "receipt" else ""
        fresh.write_text(f"profile: {profile}\nuri: \"{uri}\"\n{role}")
        fresh.rename(path)

    def serve(self, *args, **how):
        self.services.append(Service(self.shop, *args, **how))
        return self.services[-1]

    @property
    def service(self):
        return self.services[-1]

    def end_services(self):
        for service in self.services:
            if service.process.poll() is None:
                service.end(signal.SIGKILL)
            else:
                service.process.stderr.close()
                service.socket.close()

    def sell(self, number, *args, check=0, **more):
        """Gives the answer and what was said to people."""
        status, out, err = run("print", "-", "--shop", self.shop, "--json", *args, stdin=json.dumps(sale(number, **more)).encode())
        self.assertEqual(status, check, err)
        return lines(out)[0], err

    def selling(self, number, *args):
        """A print under way."""
        process = subprocess.Popen([os.path.abspath(BONBON), "print", "-", "--shop", str(self.shop), "--json", *map(str, args)],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
        process.stdin.write(json.dumps(sale(number)).encode())
        process.stdin.close()
        process.stdin = None
        return process

    def answer_of(self, process):
        out, err = process.communicate(timeout=PATIENCE)
        return process.returncode, lines(out)[0], err.decode()

    def jobs(self, *args):
        return self.bonbon("jobs", *args)

    def job(self, number):
        return {job["job"]: job for job in self.jobs("--all")}[number]

    def watch_until(self, condition):
        return watch_until(self.shop, condition)

    def stop_in_a_job(self, number, **more):
        """The paper runs out while this one is printed; gives the job."""
        self.printer.stops_after = 10
        self.sell(number, "--timeout", "1", check=4, **more)
        return self.watch_until(lambda job: job["of"] == number and (job["state"], job["why"]) == ("sending", "paper out"))

    def on_paper(self, number):
        return self.printer.count(b"RECEIPT-%s-BEGINS" % str(number).encode())

    def order(self):
        return [number.decode() for number in re.findall(rb"RECEIPT-([0-9A-Z]+)-BEGINS", bytes(self.printer.got))]


class WithService(SpoolTest):
    """What a till meets; once more below, without the service."""

    def test_a_receipt_is_proved_and_its_sale_is_printed_once(self):
        answer, _ = self.sell("A")
        self.assertEqual((answer["state"], answer["already"]), ("printed", False))
        again, _ = self.sell("A")
        self.assertEqual((again["state"], again["already"], again["job"]), ("printed", True, answer["job"]))
        self.assertEqual(self.on_paper("A"), 1)

    def test_a_printer_that_cannot_prove_is_sent_to(self):
        self.set_printer("kitchen", "file:paper.bin", "pos-5890")
        answer, _ = self.sell("A", "--printer", "kitchen")
        self.assertEqual(answer["state"], "sent")
        self.assertEqual((self.shop / "paper.bin").read_bytes().count(b"RECEIPT-A-BEGINS"), 1)

    def test_the_address_of_a_printer_of_the_shop_is_that_printer(self):
        self.set_printer("kitchen", "file:kitchen.bin", "pos-5890")
        answer, _ = self.sell("A", "--printer", "file:kitchen.bin")
        self.assertEqual((answer["state"], self.job(answer["job"])["printer"]), ("sent", "kitchen"))

    def test_vouchers_copies_and_batches(self):
        given = self.bonbon1("give", "cake", "--reason", "sorry")
        self.assertEqual(given["state"], "printed")
        copy = self.bonbon1("reprint", given["code"])
        self.assertEqual((copy["copy"], copy["state"]), (1, "printed"))
        batch = "".join(json.dumps(sale(f"B{n}")) + "\n" for n in range(20))
        status, out, err = run("print", "-", "--shop", self.shop, "--json", stdin=batch.encode())
        self.assertEqual(status, 0, err)
        self.assertEqual({answer["state"] for answer in lines(out)}, {"printed"})
        self.assertEqual(self.order(), [f"B{n}" for n in range(20)])

    def test_paper_that_runs_out_in_a_receipt_is_reloaded_and_nothing_is_sent_twice(self):
        answer = self.stop_in_a_job("A")
        answer, err = self.sell("A", "--timeout", "1", check=4)
        self.assertEqual((answer["state"], answer["already"]), ("sending", True))
        self.assertIn("paper out", err)
        _, err = self.sell("B", "--timeout", "1", check=4)
        self.assertIn("paper out", err)
        self.printer.reload()
        self.watch_until(lambda job: job["of"] == "B" and job["state"] == "printed")
        self.assertEqual(self.order(), ["A", "B"])
        self.assertEqual(self.job(answer["job"])["state"], "printed")
        self.assertEqual(self.printer.count(b"PRINTED AGAIN"), 0)

    def test_a_sale_behind_one_that_stopped_is_accepted_once_and_waits(self):
        self.printer.status = PAPER_OUT
        self.sell("A", "--timeout", "1", check=4)
        self.printer.stops_after = len(self.printer.got) + 10
        self.printer.reload()
        answer, err = self.sell("B", "--timeout", "1", check=4, service={"incident": "oven-down"})
        self.assertEqual((answer["state"], answer["already"], len(answer["vouchers"])), ("queued", False, 1))
        self.printer.wait(lambda printer: printer.owed)
        self.printer.reload()
        self.watch_until(lambda job: job["of"] == "B" and job["state"] == "printed")
        self.assertEqual(self.order(), ["A", "B"])
        self.assertEqual(self.printer.count(b"PRINTED AGAIN"), 0)

    def test_of_many_sales_each_is_accepted_once_when_the_paper_runs_out_in_the_first(self):
        self.printer.stops_after = 10
        batch = "".join(json.dumps(sale(number)) + "\n" for number in "ABC") + "not a sale\n" + json.dumps(sale("D")) + "\n"
        status, out, err = run("print", "-", "--timeout", "1", "--shop", self.shop, "--json", stdin=batch.encode())
        answers = lines(out)
        self.assertEqual(status, 4, err)
        self.assertEqual([(answer.get("sale"), answer.get("state"), answer.get("already")) for answer in answers],
                         [("A", "sending", False), ("B", "queued", False), ("C", "queued", False), (None, None, None), ("D", "queued", False)])
        self.assertEqual(answers[3]["error"]["where"][:8], "stdin:4:")
        self.assertIn("sales: 5; printed: 0; accepted before: 0; with trouble: 5", err)
        self.printer.reload()
        self.watch_until(lambda job: job["of"] == "D" and job["state"] == "printed")
        self.assertEqual(self.order(), ["A", "B", "C", "D"])

    def test_what_is_given_copied_and_tried_again_while_the_paper_runs_out_comes_out_of_itself(self):
        code = self.bonbon1("give", "cake")["code"]
        for words in (("reprint", code), ("give", "cake")):
            self.edit("rules.yaml", "stock: 1 ever", "stock: 9 ever") if words[0] == "give" else None
            with self.subTest(words[0]):
                self.printer.stops_after = len(self.printer.got) + 10
                stopped = self.bonbon(*words, "--timeout", "1", check=4)[0]
                self.assertEqual(stopped["state"], "sending")
                self.printer.wait(lambda printer: printer.owed)
                self.printer.reload()
                self.watch_until(lambda job: job["job"] == stopped["job"] and job["state"] == "printed")
        self.printer.status = PAPER_OUT
        waits, _ = self.sell("A", "--timeout", "1", check=4)
        self.printer.stops_after = len(self.printer.got) + 10
        self.printer.reload()
        stopped = self.bonbon("jobs retry", waits["job"], "--timeout", "1", check=4)[0]
        self.assertEqual(stopped["job"], waits["job"])
        self.printer.wait(lambda printer: printer.owed)
        self.printer.reload()
        self.watch_until(lambda job: job["job"] == waits["job"] and job["state"] == "printed")
        self.assertEqual(self.printer.count(b"PRINTED AGAIN"), 0)

    def test_a_receipt_that_waits_for_paper_in_the_middle_can_be_given_up(self):
        stopped = self.stop_in_a_job("A", service={"incident": "oven-down"})
        status, out, err = run("jobs", "--shop", self.shop)
        self.assertIn(f"bonbon jobs cancel {stopped['job']}", out.decode())
        given_up = self.bonbon1("jobs cancel", stopped["job"], "--reason", "no rolls left")
        self.assertEqual((given_up["state"], given_up["again"]), ("cancelled", True))
        vouchers = self.bonbon("voucher list")
        self.assertEqual([voucher["state"] for voucher in vouchers], ["issued"], "it may be on the paper")
        self.printer.reload()
        self.assertEqual(self.sell("B")[0]["state"], "printed")
        self.assertEqual(self.order(), ["A", "B"])

    def test_a_receipt_that_waits_for_paper_in_the_middle_can_be_printed_elsewhere(self):
        self.set_printer("bar", "file:bar.bin", "pos-5890")
        stopped = self.stop_in_a_job("A")
        self.assertEqual(self.bonbon("jobs retry", stopped["job"], check=1)[0]["error"]["code"], "job_state", "it does that by itself")
        elsewhere = self.bonbon1("jobs retry", stopped["job"], "--printer", "bar")
        self.assertEqual((elsewhere["state"], elsewhere["printer"]), ("sent", "bar"))
        self.assertIn(b"PRINTED AGAIN", (self.shop / "bar.bin").read_bytes())

    def test_without_a_reason_or_by_a_stranger_nothing_is_given_up(self):
        self.edit("shop.yaml", "staff: []", "staff: [Ana]")
        stopped = self.stop_in_a_job("A")
        self.assertEqual(self.bonbon("jobs cancel", stopped["job"], "--reason", "x", "--by", "Bob", check=1)[0]["error"]["code"], "staff")
        self.assertEqual(self.bonbon("jobs cancel", stopped["job"], "--reason", "", check=2)[0]["error"]["code"], "usage_needs")
        self.printer.reload()
        self.watch_until(lambda job: job["job"] == stopped["job"] and job["state"] == "printed")
        refused = self.bonbon("jobs cancel", stopped["job"], "--reason", "too late", check=1)
        self.assertEqual(refused[0]["error"]["code"], "job_state")

    def test_training_prints_beside_the_spool(self):
        self.sell("A")
        answer, _ = self.sell("T", kind="training")
        self.assertEqual((answer["state"], answer["job"]), ("sent", None))
        self.printer.wait(lambda printer: b"RECEIPT-T-ENDS" in printer.got)
        answer, _ = self.sell("B")
        self.assertEqual(answer["state"], "printed")

    def test_paper_out_is_said_and_older_jobs_come_first(self):
        self.printer.status = PAPER_OUT
        answer, err = self.sell("A", check=4)
        self.assertEqual(answer["state"], "queued")
        self.assertIn("paper out", err)
        answer, err = self.sell("B", check=4)
        self.assertIn("paper out", err)
        waiting = self.jobs()
        self.assertEqual([(job["of"], job["state"]) for job in waiting], [("A", "queued"), ("B", "queued")])
        self.assertEqual((waiting[0]["code"], waiting[0]["why"]), ("printer_not_ready", "paper out"))
        self.assertEqual(waiting[1]["why"], "waits its turn")
        self.printer.reload()
        self.sell("C")
        self.assertEqual(self.order(), ["A", "B", "C"])
        self.assertEqual(self.jobs(), [])

    def test_a_printer_that_is_not_there_is_said(self):
        self.printer.close()
        with socket.create_server(("127.0.0.1", 0)) as reserved:  # a port where nobody listens, once it is closed
            uri = "tcp://127.0.0.1:%d" % reserved.getsockname()[1]
        self.set_printer("bar", uri)
        answer, err = self.sell("A", "--printer", "bar", check=4)
        self.assertEqual(answer["state"], "queued")
        self.assertIn("printer bar cannot be reached", err)
        self.assertEqual(self.jobs()[0]["code"], "printer_io")

    def test_an_interrupted_job_is_unknown_until_somebody_looks(self):
        self.printer.hangs_up_after = 10
        answer, err = self.sell("A", check=6)
        self.assertEqual(answer["state"], "unknown")
        self.assertIn("look at the paper", err)
        self.printer.hangs_up_after = None
        self.sell("B")
        again, _ = self.sell("A", check=6)
        self.assertEqual(again["already"], True)
        self.assertEqual(self.on_paper("A"), 1, "not sent again by itself")
        waiting = self.jobs()
        self.assertEqual([(job["of"], job["state"], job["again"]) for job in waiting], [("A", "unknown", True)])
        self.assertEqual(waiting[0]["why"], "interrupted: look whether it is on the paper")
        retried = self.bonbon1("jobs retry", answer["job"])
        self.assertEqual((retried["state"], retried["attempts"]), ("printed", 2))
        before, after = bytes(self.printer.got).rsplit(b"RECEIPT-A-BEGINS", 1)
        self.assertIn(b"PRINTED AGAIN", before)
        self.assertIn(b"RECEIPT-A-ENDS", after)

    def test_a_printer_that_lost_a_receipt_with_its_power_prints_it_again_and_says_so(self):
        self.printer.loses_power_after = 10
        answer, err = self.sell("A")
        self.assertEqual(answer["state"], "printed", err)
        first, second = bytes(self.printer.got).split(b"PRINTED AGAIN")
        self.assertEqual((first.count(b"RECEIPT-A-BEGINS"), second.count(b"RECEIPT-A-BEGINS")), (1, 1))
        self.assertEqual(self.job(answer["job"])["attempts"], 2)

    def test_an_owner_who_wants_to_be_asked_after_a_loss_of_power_is_asked(self):
        self.edit("shop.yaml", "after_power_loss: again", "after_power_loss: ask")
        self.printer.loses_power_after = 10
        answer, _ = self.sell("A", check=6)
        self.assertEqual(answer["state"], "unknown")
        self.assertEqual(self.on_paper("A"), 1)

    def test_another_printer_is_named_and_the_waiting_job_goes_there(self):
        self.set_printer("bar", "file:bar.bin", "pos-5890")
        self.printer.status = PAPER_OUT
        first, _ = self.sell("A", check=4)
        same, _ = self.sell("A", "--printer", "bar")
        self.assertEqual((same["job"], same["state"]), (first["job"], "sent"))
        self.printer.reload()
        self.sell("B")
        self.assertEqual(self.order(), ["B"])
        self.assertEqual((self.shop / "bar.bin").read_bytes().count(b"RECEIPT-A-BEGINS"), 1)
        self.assertEqual(self.job(first["job"])["printer"], "bar")

    def test_a_job_waits_no_longer_than_the_owner_wants(self):
        self.edit("shop.yaml", "hold_after: 10 minutes", "hold_after: 2 minutes")
        self.printer.status = PAPER_OUT
        answer, _ = self.sell("A", check=4)
        later = "2026-11-21T15:02:01+00:00"
        if self.serves:
            self.service.end()
            self.serve(now=later).ready()
        status, out, err = run("print", "-", "--shop", self.shop, "--json", stdin=json.dumps(sale("A")).encode(), now=later)
        self.assertEqual((status, lines(out)[0]["state"]), (4, "held"), err)
        self.assertIn(f"bonbon jobs retry {answer['job']}", err)
        self.assertEqual(self.jobs()[0]["why"], "waited too long: print it or drop it (paper out)")
        self.printer.reload()
        status, _, err = run("print", "-", "--shop", self.shop, stdin=json.dumps(sale("B")).encode(), now=later)
        self.assertEqual((status, self.order()), (0, ["B"]), err)
        status, out, err = run("jobs", "retry", answer["job"], "--shop", self.shop, "--json", now=later)
        self.assertEqual((status, lines(out)[0]["state"]), (0, "printed"), err)
        self.assertEqual(self.order(), ["B", "A"])
        self.assertEqual(self.printer.count(b"PRINTED AGAIN"), 0, "nothing of it had left")


class WithoutService(WithService):
    serves = False

    def test_a_job_whose_sender_died_can_be_cancelled_at_once(self):
        self.printer.silent = True
        process = self.selling("A", "--timeout", PATIENCE)
        self.printer.wait(lambda printer: b"RECEIPT-A-ENDS" in printer.got)
        process.kill()
        process.communicate()
        self.assertEqual(self.bonbon1("jobs cancel", self.jobs()[0]["job"], "--reason", "x")["state"], "cancelled")

    def test_a_till_killed_in_the_middle_is_told_at_the_next_sale_as_another_job(self):
        self.printer.silent = True
        process = self.selling("A", "--timeout", PATIENCE)
        self.printer.wait(lambda printer: b"RECEIPT-A-ENDS" in printer.got)
        process.kill()
        process.communicate()
        self.printer.silent = False
        answer, err = self.sell("B")
        self.assertEqual(answer["state"], "printed")
        self.assertIn("an earlier job was interrupted on printer receipt; 'bonbon jobs' says which", err)
        self.assertEqual([(job["of"], job["state"]) for job in self.jobs()], [("A", "unknown")])
        self.assertEqual(self.order(), ["A", "B"])


class Hands(SpoolTest):
    """What a person decides."""
    serves = False

    def stuck(self, number="A", **more):
        self.printer.status = PAPER_OUT
        return self.sell(number, check=4, **more)[0]

    def interrupted(self, number="A", **more):
        self.printer.hangs_up_after = 10
        answer = self.sell(number, check=6, **more)[0]
        self.printer.hangs_up_after = None
        return answer

    def test_cancelling_takes_back_what_never_reached_paper(self):
        answer = self.stuck(service={"incident": "oven-down"})
        code = answer["vouchers"][0]["code"]
        self.assertEqual(self.bonbon("give", "cake", check=1)[-1]["error"]["code"], "limit")
        cancelled = self.bonbon1("jobs cancel", answer["job"], "--reason", "the guest left", "--by", "Ana")
        self.assertEqual((cancelled["state"], cancelled["why"]), ("cancelled", "not wanted any more (Ana: the guest left)"))
        voucher = self.bonbon1("voucher show", code)
        self.assertEqual((voucher["state"], voucher["history"][-1]["reason"]), ("void", "the guest left"))
        self.printer.reload()
        self.assertEqual(self.bonbon1("give", "cake")["state"], "printed", "the stock is there again")
        self.assertEqual(self.on_paper("A"), 0)
        self.assertEqual(self.bonbon("ledger verify")[-1]["differences"], 0)

    def test_the_first_paper_of_a_receipt_that_was_cancelled_before_any_is_no_copy(self):
        answer = self.stuck()
        self.bonbon1("jobs cancel", answer["job"], "--reason", "the guest left")
        self.printer.reload()
        for number in (0, 1, 2):
            self.printer.got.clear()
            copy = self.bonbon1("reprint --sale A")
            self.assertEqual((copy["copy"], copy["state"]), (number, "printed"))
            self.assertEqual((self.on_paper("A"), self.printer.count(b"COPY")), (1, bool(number)))
        again = [self.bonbon1("reprint --sale A --request r1")["copy"] for _ in range(2)]
        self.assertEqual(again, [3, 3])

    def test_vouchers_that_may_be_on_paper_stay_valid(self):
        answer = self.interrupted(service={"incident": "oven-down"})
        status, out, err = run("jobs", "cancel", answer["job"], "--reason", "no paper", "--shop", self.shop)
        self.assertEqual(status, 0, err)
        self.assertIn("may be on paper: 1", out.decode())
        self.assertEqual(self.bonbon1("voucher show", answer["vouchers"][0]["code"])["state"], "issued")
        self.assertEqual(self.bonbon("give", "cake", check=1)[-1]["error"]["code"], "limit")
        self.assertEqual(self.bonbon("ledger verify")[-1]["differences"], 0)

    def test_a_voucher_redeemed_before_its_paper_came_is_not_taken_back(self):
        answer = self.stuck(service={"incident": "oven-down"})
        code = answer["vouchers"][0]["code"]
        self.bonbon1("redeem", code)
        self.bonbon1("jobs cancel", answer["job"], "--reason", "shown on a screen")
        self.assertEqual(self.bonbon1("voucher show", code)["state"], "redeemed")
        self.assertEqual(self.bonbon("ledger verify")[-1]["differences"], 0)

    def test_cancelling_needs_a_reason_and_staff(self):
        answer = self.stuck()
        self.assertEqual(self.bonbon("jobs cancel", answer["job"], check=2)[0]["error"]["code"], "usage_needs")
        self.edit("shop.yaml", "staff: []", "staff: [Ana]")
        refused = self.bonbon("jobs cancel", answer["job"], "--reason", "x", "--by", "Bob", check=1)
        self.assertEqual(refused[0]["error"]["code"], "staff")
        self.assertEqual(self.job(answer["job"])["state"], "queued")

    def test_somebody_looked_and_it_is_there(self):
        answer = self.interrupted()
        done = self.bonbon1("jobs done", answer["job"], "--by", "Ana")
        self.assertEqual((done["state"], done["why"]), ("printed", "on the paper (Ana)"))
        self.sell("A")
        self.assertEqual(self.on_paper("A"), 1)

    def test_what_is_interrupted_is_printed_again_on_another_printer(self):
        self.set_printer("bar", "file:bar.bin", "pos-5890")
        answer = self.interrupted()
        retried = self.bonbon1("jobs retry", answer["job"], "--printer", "bar")
        self.assertEqual((retried["state"], retried["printer"]), ("sent", "bar"))
        paper = (self.shop / "bar.bin").read_bytes()
        self.assertLess(paper.index(b"PRINTED AGAIN"), paper.index(b"RECEIPT-A-BEGINS"))

    def test_what_still_waits_is_tried_now(self):
        answer = self.stuck()
        tried = self.bonbon("jobs retry", answer["job"], check=4)
        self.assertEqual(tried[0]["state"], "queued")
        self.printer.reload()
        self.assertEqual(self.bonbon1("jobs retry", answer["job"])["state"], "printed")

    def test_what_cannot_be_done_with_a_job_is_refused_and_changes_nothing(self):
        printed, _ = self.sell("A")
        waits = self.stuck("B")
        unknown = [("jobs retry", "77", "job_unknown"), ("jobs done", "x", "job_unknown"), ("jobs done", "-1", "usage_option"),
                   ("jobs retry", printed["job"], "job_state"), ("jobs done", printed["job"], "job_state"),
                   ("jobs done", waits["job"], "job_state")]
        for command, number, code in unknown:
            with self.subTest(command=command, number=number):
                status, out, err = run(*command.split(), number, "--shop", self.shop, "--json")
                self.assertEqual(lines(out)[0]["error"]["code"], code, err)
                self.assertEqual(status, 2 if code == "usage_option" else 1)
        refused = self.bonbon("jobs cancel", printed["job"], "--reason", "x", check=1)
        self.assertEqual(refused[0]["error"]["code"], "job_state")
        self.assertEqual((self.job(printed["job"])["state"], self.job(waits["job"])["state"]), ("printed", "queued"))

    def test_a_job_says_what_it_is_of(self):
        self.sell("A/1 & co", till="2", time="2026-11-21T14:03:00+00:00")
        code = self.bonbon1("give", "cake")["code"]
        self.bonbon1("reprint", code)
        self.bonbon1("reprint", "--sale", "A/1 & co", "--till", "2")
        self.assertEqual([(job["kind"], job["of"]) for job in self.jobs("--all")],
                         [("sale", "A/1 & co"), ("voucher", code.replace("-", "")), ("copy", code.replace("-", "")), ("copy", "A/1 & co")])

    def test_the_list_takes_a_printer_and_a_state(self):
        self.set_printer("bar", "file:bar.bin", "pos-5890")
        self.sell("A", "--printer", "bar")
        self.stuck("B")
        self.assertEqual([job["of"] for job in self.jobs()], ["B"])
        self.assertEqual([job["of"] for job in self.jobs("--state", "sent")], ["A"])
        self.assertEqual([job["of"] for job in self.jobs("--all", "--printer", "bar")], ["A"])
        self.assertEqual(self.bonbon("jobs", "--state", "gone", check=2)[0]["error"]["code"], "usage_word")

    def test_a_screen_is_drawn_anew_when_something_changes(self):
        screen, program = os.openpty()
        process = subprocess.Popen([os.path.abspath(BONBON), "jobs", "--watch", "--shop", str(self.shop)], stdin=subprocess.DEVNULL,
                                   stdout=program, stderr=program, env=environment())
        os.close(program)
        timer = threading.Timer(PATIENCE, process.kill)
        timer.start()
        try:
            self.read_until(screen, "nothing waits")
            answer = self.stuck()
            self.read_until(screen, "sale A .*paper out")
            self.bonbon("jobs cancel", answer["job"], "--reason", "x")
            drawn = self.read_until(screen, "nothing waits")
            self.assertIn("\033[H\033[2J", drawn)
        finally:
            timer.cancel()
            process.kill()
            process.wait()
            os.close(screen)

    @staticmethod
    def read_until(screen, pattern):
        drawn = ""
        while not re.search(pattern, drawn):
            drawn += os.read(screen, 65536).decode(errors="replace")
        return drawn

    def test_people_read_it_in_the_shops_language(self):
        self.stuck()
        for lang, words in {"en": ("queued", "sale A", "paper out"), "ro": ("în așteptare", "vânzarea A", "s-a terminat hârtia"),
                            "ru": ("в очереди", "продажа A", "нет бумаги")}.items():
            path = self.shop / "shop.yaml"
            path.write_text(re.sub(r"language: \w+", f"language: {lang}", path.read_text()))
            status, out, err = run("jobs", "--shop", self.shop)
            self.assertEqual(status, 0, err)
            for word in words:
                self.assertIn(word, out.decode())

    def test_hold_after_that_is_no_time_is_named(self):
        for wrong in ("10", "ten minutes", "0 minutes", "-5 minutes", "10 parsecs", "99999999 hours"):
            with self.subTest(wrong):
                path = self.shop / "shop.yaml"
                path.write_text(re.sub(r"hold_after: [^#\n]*", f"hold_after: {wrong} ", path.read_text()))
                status, out, err = run("jobs", "--shop", self.shop, "--json")
                self.assertEqual((status, lines(out)[0]["error"]["code"]), (3, "yaml_kind"), err)
                self.assertIn("hold_after", err)


class Serving(SpoolTest):
    """The service alone."""

    def test_systemd_hears_that_it_is_ready_alive_how_it_is_and_that_it_stops(self):
        self.service.hear("^STATUS=.*receipt: ready")
        self.service.hear("^WATCHDOG=1$")
        self.printer.status = PAPER_OUT
        self.sell("A", check=4)
        self.service.hear("^STATUS=.*receipt: .*paper out")
        self.assertEqual(self.service.process.poll(), None)
        self.service.process.send_signal(signal.SIGTERM)
        self.service.hear("^STOPPING=1$")
        status, err = self.service.end()
        self.assertEqual(status, 0, err)

    def test_it_goes_on_by_itself_when_there_is_paper_again(self):
        self.printer.status = PAPER_OUT
        answer, _ = self.sell("A", check=4)
        self.printer.reload()
        self.watch_until(lambda job: job["job"] == answer["job"] and job["state"] == "printed")
        self.assertEqual(self.on_paper("A"), 1)

    def test_it_goes_on_by_itself_when_the_printer_is_there_again(self):
        port = self.printer.port
        self.printer.close()
        self.sell("A", check=4)
        self.printer = NetPrinter(port)
        self.addCleanup(self.printer.close)
        self.watch_until(lambda job: job["of"] == "A" and job["state"] == "printed")
        self.assertEqual(self.on_paper("A"), 1)

    def test_sigterm_while_paper_is_waited_for_leaves_the_truth(self):
        stopped = self.stop_in_a_job("A")
        status, err = self.service.end()
        self.assertEqual(status, 0, err)
        self.assertEqual(self.job(stopped["job"])["state"], "unknown")

    def test_a_second_service_is_refused(self):
        second = self.serve()
        status, err = second.end(0)
        self.assertEqual(status, 1, err)
        self.assertIn("works for printer receipt already", err)
        self.assertEqual(self.sell("A")[0]["state"], "printed")

    def test_a_printer_may_be_chosen_and_one_that_does_not_exist_is_named(self):
        self.set_printer("bar", "file:bar.bin", "pos-5890")
        self.service.end()
        chosen = self.serve("--printer", "bar").ready()
        self.assertEqual(self.sell("A", "--printer", "bar")[0]["state"], "sent")
        self.assertEqual(self.sell("B")[0]["state"], "printed", "the others print by themselves")
        chosen.end()
        status, err = self.serve("--printer", "oven").end(0)
        self.assertEqual(status, 3, err)
        self.assertIn("oven", err)

    def test_killed_while_somebody_waits_the_one_who_waits_prints(self):
        self.service.process.send_signal(signal.SIGSTOP)  # it listens, and does nothing
        process = self.selling("A", "--timeout", PATIENCE)
        self.watch_until(lambda job: job["of"] == "A")
        self.service.end(signal.SIGKILL)
        status, answer, err = self.answer_of(process)
        self.assertEqual((status, answer["state"]), (0, "printed"), err)
        self.assertEqual(self.on_paper("A"), 1)

    def test_killed_while_it_sends_the_job_is_unknown_and_the_next_is_printed(self):
        self.printer.silent = True
        process = self.selling("A", "--timeout", PATIENCE)
        self.printer.wait(lambda printer: b"RECEIPT-A-ENDS" in printer.got)
        self.service.end(signal.SIGKILL)
        status, answer, err = self.answer_of(process)
        self.assertEqual((status, answer["state"]), (6, "unknown"), err)
        self.printer.silent = False
        self.serve().ready()
        self.assertEqual(self.sell("B")[0]["state"], "printed")
        self.assertEqual(self.order(), ["A", "B"])

    def test_killed_while_a_job_is_queued_it_is_printed_by_the_next_service(self):
        self.printer.status = PAPER_OUT
        answer, _ = self.sell("A", check=4)
        self.service.end(signal.SIGKILL)
        self.printer.reload()
        self.serve().ready()
        self.watch_until(lambda job: job["job"] == answer["job"] and job["state"] == "printed")
        self.assertEqual(self.on_paper("A"), 1)

    def test_what_an_owner_changes_counts_from_the_next_job(self):
        self.sell("A")
        self.set_printer("receipt", "file:elsewhere.bin", "pos-5890")
        self.assertEqual(self.sell("B")[0]["state"], "sent")
        self.assertIn(b"RECEIPT-B-BEGINS", (self.shop / "elsewhere.bin").read_bytes())
        self.assertEqual(self.order(), ["A"])

    def test_a_printer_that_is_added_gets_a_worker(self):
        self.set_printer("bar", "file:bar.bin", "pos-5890")
        self.service.hear("^STATUS=.*bar: ")
        self.assertTrue((self.shop / "spool" / "printer-bar.door").is_socket())
        self.assertEqual(self.sell("A", "--printer", "bar")[0]["state"], "sent")

    def test_a_printer_file_with_a_mistake_is_told_and_mended(self):
        good = (self.shop / "printers.d" / "receipt.yaml").read_text()
        (self.shop / "printers.d" / "receipt.yaml").write_text("profile: nonsense\n")
        self.service.hear("^STATUS=.*nonsense")
        (self.shop / "printers.d" / "receipt.yaml").write_text(good)
        self.service.hear("^STATUS=receipt: ready")
        self.assertEqual(self.sell("A")[0]["state"], "printed")

    def test_two_printers_do_not_wait_for_each_other(self):
        other = NetPrinter()
        self.addCleanup(other.close)
        self.set_printer("bar", other.uri)
        self.service.hear("^STATUS=.*bar: ")
        other.silent = True
        process = self.selling("A", "--printer", "bar", "--timeout", PATIENCE)
        other.wait(lambda printer: b"RECEIPT-A-ENDS" in printer.got)
        self.assertEqual(self.sell("B")[0]["state"], "printed")
        self.assertEqual(process.poll(), None)
        process.kill()
        process.communicate()

    def test_many_tills_at_once_get_each_receipt_once(self):
        processes = [self.selling(f"S{n}", "--timeout", PATIENCE) for n in range(24)]
        for process in processes:
            status, answer, err = self.answer_of(process)
            self.assertEqual((status, answer["state"]), (0, "printed"), err)
        self.assertEqual(sorted(self.order()), sorted(f"S{n}" for n in range(24)))

    def test_a_session_that_is_kept_is_one_connection_for_many_jobs(self):
        for n in range(5):
            self.sell(f"K{n}")
        self.assertLess(self.printer.connections, 5)


class Unit(unittest.TestCase):
    def test_systemd_understands_the_unit(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("systemd-analyze is not there")
        with subprocess.Popen(["mktemp", "-d"], stdout=subprocess.PIPE) as made:
            folder = pathlib.Path(made.stdout.read().decode().strip())
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        text = (SOURCE / "systemd" / "bonbon-spool.service").read_text()
        self.assertIn("ExecStart=bonbon spool", text)
        unit = folder / "bonbon-spool.service"
        unit.write_text(text.replace("ExecStart=bonbon", f"ExecStart={os.path.abspath(BONBON)}"))
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)
        self.assertNotIn("bonbon-spool.service:", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=1)
