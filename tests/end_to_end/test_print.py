"""`bonbon print`: the main job, as its row of the command table says it."""
import json
import os
import pty
import socket
import struct
import subprocess
import threading
import unittest

from shop_under_test import BONBON, NOW, lines, run, sale
from voucher_shop import OFFERS, VoucherShop, unused_port

V = ["code", "qr", "offer", "rule", "kind", "value", "valid_to", "copies"]


class AnswerOfASale(VoucherShop):
    def test_json_has_exactly_the_keys_of_the_contract(self):
        answer = self.print_sale(sale())
        self.assertEqual(list(answer), ["sale", "till", "state", "already", "job", "vouchers", "redeemed"])
        self.assertEqual((answer["sale"], answer["till"], answer["state"], answer["already"]), ("1", "1", "printed", False))
        self.assertIsInstance(answer["job"], int)
        self.assertEqual(list(answer["vouchers"][0]), V)
        self.assertEqual(answer["redeemed"], [])

    def test_a_voucher_says_its_code_qr_offer_rule_value_and_last_day(self):
        voucher = self.given()
        self.assertRegex(voucher["code"], r"^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{5}$")
        self.assertTrue(voucher["qr"].startswith(voucher["code"].replace("-", "") + "."))
        self.assertRegex(voucher["qr"], r"^[0-9A-Z $%*+./:-]+$", "QR alphanumeric")
        del voucher["code"], voucher["qr"]
        self.assertEqual(voucher, {"offer": "ten", "rule": "everybody", "kind": "voucher",
                                   "value": {"percent": "10", "at_most": "20.00"}, "valid_to": "2026-12-21", "copies": 0})

    def test_each_kind_of_value_has_its_own_keys_and_a_note_has_no_qr(self):
        self.write("rules.yaml", OFFERS + "per_sale: 9\nrules:\n  - { name: a, give: five }\n  - { name: b, give: coffee }\n"
                                          "  - { name: c, give: thanks }\n")
        five, coffee, thanks = self.print_sale(sale())["vouchers"]
        self.assertEqual(five["value"], {"amount": "5.00"})
        self.assertEqual(coffee["value"], {"gift": "coffee"})
        self.assertEqual((thanks["kind"], thanks["value"], "qr" in thanks), ("note", None, False))
        self.assertEqual((five["kind"], coffee["kind"]), ("voucher", "voucher"))

    def test_the_same_sale_again_prints_nothing_and_is_answered_as_the_first_time(self):
        first = self.print_sale(sale())
        paper = sorted((self.shop / "paper").iterdir())
        again = self.print_sale(sale())
        self.assertEqual(again, dict(first, already=True))
        self.assertEqual(sorted((self.shop / "paper").iterdir()), paper)

    def test_a_voucher_given_to_the_sale_later_is_no_part_of_its_first_answer(self):
        first = self.print_sale(sale())
        self.bonbon1("give five --sale 1")
        self.assertEqual(self.print_sale(sale()), dict(first, already=True))

    def test_the_same_key_with_other_content_is_refused_with_both_totals(self):
        self.print_sale(sale())
        other = sale(items=[{"name": "Tea", "total": "2.50"}], total="2.50", payments=[])
        answer = self.bonbon1("print -", stdin=json.dumps(other).encode(), check=1)
        self.assertEqual(answer["error"]["code"], "sale_conflict")
        self.assertIn("10.00", answer["error"]["text"])
        self.assertIn("2.50", answer["error"]["text"])

    def test_the_same_number_at_another_till_or_on_another_day_is_another_sale(self):
        for other in ({}, {"till": "2"}, {"time": "2026-11-20T14:03:00+00:00"}):
            self.assertFalse(self.print_sale(sale(**other))["already"])

    def test_numbers_and_tills_with_slashes_are_told_apart(self):
        data = self.dir / "bytes"
        for number, till in (("5/6", "1"), ("6", "1/5"), ("6", "1%2F5")):
            answer = self.print_sale(sale(number, till=till), "--bytes", data)
            self.assertFalse(answer["already"])
            self.assertIn(f"RECEIPT {number} ", self.paper_text(data.read_bytes()))
        self.assertEqual(len(list((self.shop / "paper").iterdir())), 3)
        for number, till in (("5/6", "1"), ("6", "1/5")):
            self.assertEqual(self.printed_by("reprint --sale", number, "--till", till)[0]["copy"], 1)

    def test_a_person_reads_what_came_out_and_every_voucher(self):
        out, err = self.words("print", self.file("sale.json", sale()))
        self.assertIn("printed", out)
        self.assertRegex(out, r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{5}.*10%.*£20\.00.*2026-12-21")
        self.assertEqual(err, "")
        out, err = self.words("print", self.file("sale.json", sale()))
        self.assertIn("printed (job 1); was accepted before; nothing is printed twice", out)

    def test_of_a_sale_that_waits_nobody_is_told_that_it_was_printed(self):
        path = self.file("sale.json", sale())
        where = f"tcp://127.0.0.1:{unused_port()}"
        for again in (False, True):
            out = run("print", path, "--shop", self.shop, "--printer", where, "--timeout", "1", check=4)[1].decode()
            self.assertIn("1: queued (job 1)", out)
            self.assertEqual("; was accepted before; nothing is printed twice" in out, again)

    def test_with_json_words_go_to_standard_error(self):
        status, out, err = run("print", "-", "--shop", self.shop, "--json", stdin=json.dumps(sale()).encode(), check=0)
        self.assertEqual(len(lines(out)), 1)
        self.assertIn("printed", err)


class OptionsOfPrint(VoucherShop):
    def test_a_dry_run_records_nothing_prints_nothing_and_its_codes_are_specimens(self):
        answer = self.print_sale(sale(redeem=["0000-0000-00000"]), "--dry-run")
        self.assertEqual((answer["state"], answer["job"], answer["already"]), ("none", None, False))
        self.assertIn("SPEC", answer["vouchers"][0]["code"])
        self.assertEqual(self.bonbon("voucher list"), [])
        self.assertEqual(self.bonbon1("ledger verify")["events"], 0)
        self.assertFalse((self.shop / "paper").exists() and list((self.shop / "paper").iterdir()))
        self.assertFalse(self.print_sale(sale(redeem=["0000-0000-00000"]))["already"], "the sale is still to be printed")

    def test_a_dry_run_shows_a_paper_that_says_specimen_on_its_voucher(self):
        text = self.printed_text(sale(), "--dry-run")
        self.assertRegex(text.replace(" ", ""), "SPECIMEN")
        self.assertIn("SLIP ten", text)

    def test_a_dry_run_redeems_nothing(self):
        code = self.given()["code"]
        answer = self.print_sale(sale("2", redeem=[code]), "--dry-run")
        self.assertEqual(answer["redeemed"], [{"code": code, "ok": True, "reason": None, "value": {"percent": "10", "at_most": "20.00"}}])
        self.assertEqual(self.state_of(code), "issued")

    def test_the_picture_is_the_picture_of_exactly_the_bytes(self):
        picture, data, again = (self.dir / name for name in ("a.png", "bytes", "b.png"))
        self.print_sale(sale(), "--png", picture, "--bytes", data)
        run("decode", data, "--png", again, "--profile", "generic-80", check=0)
        self.assertEqual(picture.read_bytes(), again.read_bytes())
        paper, = (self.shop / "paper").iterdir()
        self.assertEqual(paper.read_bytes(), again.read_bytes(), "what the virtual printer drew")

    def test_the_picture_is_as_wide_as_the_printer_of_its_till(self):
        self.write("printers.d/bar.yaml", "profile: generic-58\nuri: virtual:bar\nrole: bar\n")
        self.edit("shop.yaml", '"1": receipt', '"1": receipt\n  "2": bar')
        picture, data, again = (self.dir / name for name in ("a.png", "bytes", "b.png"))
        self.print_sale(sale(till="2"), "--png", picture, "--bytes", data)
        run("decode", data, "--png", again, "--profile", "generic-58", check=0)
        self.assertEqual(picture.read_bytes(), again.read_bytes())

    def test_a_printer_is_named_or_given_as_an_address(self):
        self.write("printers.d/bar.yaml", "profile: generic-58\nuri: file:bar.bin\nrole: bar\n")
        named = self.print_sale(sale("1"), "--printer", "bar")
        self.assertEqual(named["state"], "sent", "a file proves nothing")
        self.assertIn("RECEIPT 1", self.paper_text((self.shop / "bar.bin").read_bytes(), "generic-58"))
        other = self.dir / "other.bin"
        self.print_sale(sale("2"), "--printer", f"file:{other}")
        self.assertIn("RECEIPT 2", self.paper_text(other.read_bytes()))

    def test_what_goes_to_the_printer_is_what_bytes_says(self):
        data = self.dir / "bytes"
        answer, paper = self.printed_by("print -", "--bytes", data, stdin=json.dumps(sale()).encode())
        self.assertEqual(answer["state"], "sent")
        self.assertEqual(paper, data.read_bytes())

    def test_a_printer_on_the_net_gets_the_bytes(self):
        taken = bytearray()
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)

        def listen():
            wire, _ = listener.accept()
            with wire:
                while got := wire.recv(65536):
                    taken.extend(got)
                    if got.endswith((b"\x10\x04\x01", b"\x10\x04\x02", b"\x10\x04\x03", b"\x10\x04\x04")):
                        wire.sendall(b"\x12")
                    if got.endswith(b"\x1dr\x01"):
                        wire.sendall(b"\x00")

        printer = threading.Thread(target=listen, daemon=True)
        printer.start()
        answer = self.print_sale(sale(), "--printer", "tcp://127.0.0.1:%d" % listener.getsockname()[1])
        printer.join(30)
        self.assertIn(answer["state"], ("printed", "sent"))
        self.assertIn(b"RECEIPT 1", bytes(taken))

    def test_an_unknown_printer_is_named_with_those_there_are(self):
        answer = self.print_sale(sale(), "--printer", "kitchen", check=3)
        self.assertEqual(answer["error"]["code"], "printer_name")
        self.assertIn("receipt", answer["error"]["text"])
        self.assertEqual(self.bonbon1("ledger verify")["events"], 0)

    def test_an_address_of_no_kind_known_is_refused_before_anything_is_recorded(self):
        answer = self.print_sale(sale(), "--printer", "gopher://example", check=3)
        self.assertEqual(answer["error"]["code"], "printer_uri")
        self.assertEqual(self.bonbon1("ledger verify")["events"], 0)

    def test_the_cashier_says_how_long_it_took_and_what_went_wrong_over_what_the_till_said(self):
        self.write("rules.yaml", OFFERS + "rules:\n  - { name: waited, when: { wait_minutes: '>= 10' }, give: ten }\n"
                                          "  - { name: oven, when: { incident: oven-down }, give: five }\n")
        calm = {"service": {"wait_minutes": 2}}
        self.assertEqual(self.print_sale(sale("1", **calm))["vouchers"], [])
        self.assertEqual(self.print_sale(sale("2", **calm), "--wait", "14")["vouchers"][0]["offer"], "ten")
        self.assertEqual(self.print_sale(sale("3"), "--incident=oven-down")["vouchers"][0]["offer"], "five")
        self.assertEqual(self.print_sale(sale("4", service={"wait_minutes": 30}), "--wait=0")["vouchers"], [])

    def test_a_wait_that_is_no_number_is_a_usage_error(self):
        for word in ("ten", "-5", "1.5", ""):
            self.assertEqual(self.print_sale(sale(), f"--wait={word}", check=2)["error"]["code"], "usage_number")

    def test_a_printer_that_nobody_answers_for_keeps_the_job(self):
        answer = self.print_sale(sale(), "--printer", f"tcp://127.0.0.1:{unused_port()}", "--timeout", "1", check=4)
        self.assertEqual(answer["state"], "queued")
        self.assertEqual(self.bonbon1("voucher show", answer["vouchers"][0]["code"])["paper"], "queued")

    def test_a_printer_that_is_unplugged_in_the_middle_leaves_a_job_that_somebody_must_look_at(self):
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)

        def unplug():
            wire, _ = listener.accept()
            with wire:
                wire.recv(8)
                wire.sendall(b"\x12" * 4)  # ready, as far as anybody can tell
                wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                while len(wire.recv(65536)) < 100:
                    wire.sendall(b"\x12")

        threading.Thread(target=unplug, daemon=True).start()
        address = "tcp://127.0.0.1:%d" % listener.getsockname()[1]
        answer = self.print_sale(sale(), "--printer", address, check=6)
        self.assertEqual(answer["state"], "unknown")
        again = self.print_sale(sale(), check=6)
        self.assertEqual(again, dict(answer, already=True), "never sent again by itself")
        self.assertIn("look at the paper", self.words("print", self.file("s.json", sale()), check=6)[1])
        self.assertEqual(self.bonbon1("reprint --sale 1")["copy"], 1, "a marked copy may be printed")

    def test_a_job_that_waited_comes_out_before_the_next_one_once_the_printer_is_there(self):
        address = f"tcp://127.0.0.1:{unused_port()}"
        self.write("printers.d/receipt.yaml", f"profile: generic-80\nuri: {address}\nrole: receipt\n")
        first = self.print_sale(sale("1"), "--timeout", "1", check=4)
        self.write("printers.d/receipt.yaml", "profile: generic-80\nuri: file:all.bin\nrole: receipt\n")
        self.assertEqual(self.print_sale(sale("2"))["state"], "sent")
        text = self.paper_text((self.shop / "all.bin").read_bytes())
        self.assertLess(text.index("RECEIPT 1"), text.index("RECEIPT 2"))
        self.assertEqual(text.count("RECEIPT 1"), 1)
        self.assertEqual(self.print_sale(sale("1")), dict(first, already=True, state="sent"))

    def test_asking_again_for_a_sale_that_waits_prints_it_once_the_printer_is_there(self):
        self.write("printers.d/receipt.yaml", f"profile: generic-80\nuri: tcp://127.0.0.1:{unused_port()}\nrole: receipt\n")
        self.print_sale(sale("1"), "--timeout", "1", check=4)
        self.write("printers.d/receipt.yaml", "profile: generic-80\nuri: file:all.bin\nrole: receipt\n")
        again = self.print_sale(sale("1"))
        self.assertEqual((again["state"], again["already"]), ("sent", True))
        self.assertEqual(self.paper_text((self.shop / "all.bin").read_bytes()).count("RECEIPT 1"), 1)


class RedeemedWithASale(VoucherShop):
    def test_each_code_the_guest_brought_is_answered_with_its_worth_or_the_reason(self):
        good, spent = self.given("1")["code"], self.given("2")["code"]
        self.bonbon1("redeem", spent)
        answer = self.print_sale(sale("3", redeem=[good.lower().replace("-", ""), spent, "1111-1111-11111", "0000-0000-00000", ""]))
        self.assertEqual([list(one) for one in answer["redeemed"]], [["code", "ok", "reason", "value"]] * len(answer["redeemed"]))
        self.assertEqual(answer["redeemed"][0], {"code": good, "ok": True, "reason": None, "value": {"percent": "10", "at_most": "20.00"}})
        self.assertEqual([(one["ok"], one["reason"]) for one in answer["redeemed"][1:4]],
                         [(False, "voucher_spent"), (False, "code_typing"), (False, "voucher_unknown")])
        self.assertEqual(self.state_of(good), "redeemed")

    def test_a_refused_code_never_stops_the_receipt_and_a_person_reads_why(self):
        spent = self.given("1")["code"]
        self.bonbon1("redeem", spent, now="2026-11-21T15:10:00+00:00")
        out, err = self.words("print", self.file("s.json", sale("2", redeem=[spent])), now="2026-11-21T15:20:00+00:00")
        self.assertIn("printed", out)
        self.assertIn(spent, err)
        self.assertIn("already redeemed", err)

    def test_a_person_reads_what_a_code_that_was_taken_is_worth(self):
        code = self.given("1")["code"]
        out, err = self.words("print", self.file("s.json", sale("2", redeem=[code])))
        self.assertRegex(out, rf"redeemed.*{code}|{code}.*redeemed")
        self.assertIn("10%", out.split("redeemed")[1] if "redeemed" in out else out)

    def test_the_same_code_twice_in_one_sale_counts_once(self):
        code = self.given("1")["code"]
        answer = self.print_sale(sale("2", redeem=[code, code]))
        self.assertEqual([one["reason"] for one in answer["redeemed"]], [None, "voucher_spent"])

    def test_printing_the_sale_again_redeems_nothing_again_and_says_the_same(self):
        code = self.given("1")["code"]
        first = self.print_sale(sale("2", redeem=[code]))
        self.assertEqual(self.print_sale(sale("2", redeem=[code]))["redeemed"], first["redeemed"])
        self.assertTrue(first["redeemed"][0]["ok"])

    def test_a_voucher_of_this_very_sale_cannot_be_taken_off_it(self):
        answer = self.print_sale(sale("1", redeem=["SPEC-IMEN-00000"]))
        self.assertEqual(answer["redeemed"][0]["reason"], "code_specimen")


class ManySales(VoucherShop):
    def test_json_lines_are_answered_one_a_line_in_their_order_with_a_summary_for_people(self):
        path = self.file("many.jsonl", "\n".join(json.dumps(sale(n)) for n in range(1, 6)) + "\n")
        status, out, err = run("print", path, "--shop", self.shop, "--json", check=0)
        self.assertEqual([answer["sale"] for answer in lines(out)], ["1", "2", "3", "4", "5"])
        self.assertIn("sales: 5; printed: 5; accepted before: 0; with trouble: 0", err)

    def test_a_bad_line_is_named_and_the_rest_is_printed(self):
        path = self.file("many.jsonl", json.dumps(sale(1)) + "\n{ not json\n" + json.dumps(sale(3, total="9.99")) + "\n\n" +
                         json.dumps(sale(4)) + "\n")
        status, out, err = run("print", path, "--shop", self.shop, "--json", check=3)
        answers = lines(out)
        self.assertEqual([answer.get("sale") for answer in answers], ["1", None, None, "4"])
        self.assertIn("many.jsonl:2", answers[1]["error"]["where"])
        self.assertIn("many.jsonl:3", answers[2]["error"]["where"])
        self.assertIn("many.jsonl:2", err)
        self.assertIn("sales: 4; printed: 2; accepted before: 0; with trouble: 2", err)

    def test_a_batch_ends_with_the_worst_of_its_lines(self):
        self.print_sale(sale(1))
        other = sale(1, items=[{"name": "Tea", "total": "2.50"}], total="2.50", payments=[])
        path = self.file("many.jsonl", "\n".join(map(json.dumps, (other, sale(2)))) + "\n")
        self.assertEqual(run("print", path, "--shop", self.shop)[0], 1)
        path = self.file("many.jsonl", "\n".join(map(json.dumps, (other, sale(3, total="1.00"), sale(4)))) + "\n")
        self.assertEqual(run("print", path, "--shop", self.shop)[0], 3)

    def test_a_batch_prints_the_second_time_nothing(self):
        path = self.file("many.jsonl", "\n".join(json.dumps(sale(n)) for n in range(1, 6)) + "\n")
        first = lines(run("print", path, "--shop", self.shop, "--json", check=0)[1])
        status, out, err = run("print", path, "--shop", self.shop, "--json", check=0)
        self.assertEqual(lines(out), [dict(answer, already=True) for answer in first])
        self.assertIn("sales: 5; printed: 0; accepted before: 5; with trouble: 0", err)

    def test_a_batch_shows_its_progress_on_a_terminal_and_nowhere_else(self):
        path = self.file("many.jsonl", "\n".join(json.dumps(sale(n)) for n in range(1, 6)) + "\n")
        master, terminal = pty.openpty()
        done = subprocess.run([BONBON, "print", path, "--shop", self.shop, "--json"], stdout=subprocess.PIPE, stderr=terminal,
                              env=dict(os.environ, BONBON_NOW=NOW, LC_ALL="C.UTF-8"), timeout=600)
        os.close(terminal)
        seen = b""
        try:
            while more := os.read(master, 65536):
                seen += more
        except OSError:  # EIO: all was read, and nobody has the terminal any more
            pass
        os.close(master)
        seen = seen.decode()
        self.assertEqual(len(lines(done.stdout)), 5)
        for step in ("1/5", "[################################] 5/5"):
            self.assertIn(step, seen)
        self.assertNotIn("5/5", run("print", path, "--shop", self.shop, check=0)[2])

    def test_a_batch_with_lines_ended_as_in_windows_is_read(self):
        data = "\r\n".join(json.dumps(sale(n)) for n in (1, 2)) + "\r\n"
        self.assertEqual(len(self.bonbon("print -", stdin=data.encode())), 2)

    def test_one_sale_over_many_lines_is_one_sale(self):
        self.assertEqual(len(self.bonbon("print -", stdin=json.dumps(sale(), indent=2).encode())), 1)

    def test_a_printer_that_is_not_there_is_said_for_each_sale_of_a_batch_and_none_is_lost(self):
        self.write("printers.d/receipt.yaml", f"profile: generic-80\nuri: tcp://127.0.0.1:{unused_port()}\nrole: receipt\n")
        path = self.file("many.jsonl", "\n".join(json.dumps(sale(n)) for n in range(1, 4)) + "\n")
        status, out, err = run("print", path, "--shop", self.shop, "--json", "--timeout", "0", check=4)
        self.assertEqual([answer["state"] for answer in lines(out)], ["queued"] * 3)
        self.assertEqual(err.count("cannot be reached"), 3, err)
        self.assertIn("with trouble: 3", err)


class ShapeOfTheCommand(VoucherShop):
    def test_an_empty_file_is_an_error_that_says_so(self):
        self.assertEqual(self.bonbon1("print -", stdin=b"", check=3)["error"]["code"], "json")

    def test_a_file_that_is_not_there_is_named(self):
        error = self.refused("print", self.dir / "nowhere.json", status=3)
        self.assertIn("nowhere.json", error["text"] + error["where"])

    def test_the_picture_cannot_be_written_says_so_and_the_sale_stays_printed(self):
        status, out, err = run("print", "-", "--shop", self.shop, "--json", "--png", "/nowhere/a.png", stdin=json.dumps(sale()).encode())
        self.assertNotEqual(status, 0)
        self.assertIn("/nowhere/a.png", err)
        self.assertTrue(self.print_sale(sale())["already"])


if __name__ == "__main__":
    unittest.main(verbosity=1)
