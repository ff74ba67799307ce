"""A print that is stopped at every write and fsync, by kill -9 and by a power cut, leaves the shop in one piece.

What design.md calls invariant 5: each sale is printed once, still to be printed, or unknown; never twice unmarked. And
never a voucher without its record, nor stock gone without a voucher."""
import json
import os
import pathlib
import re
import shutil
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor

from crash_bed import (FOLDER, GOOD, JOBS, KILLED, OLD, SALE, SHIM, Bed, begun, codes_on, ended, prepare, the_sale)
from shop_under_test import run, sale

PRINTERS = {"file": "file:paper.bin", "tcp": "tcp://127.0.0.1:9", "virtual": "virtual:paper"}
MOST_CALLS = 400
EVERY = int(os.environ.get("CRASH_EVERY", "1"))  # builds that are slow to start stop at fewer calls
LOG_HEAD = re.compile(rb"([a-z]+) (-?\d+) (\d+) ([^\n]*)\n")


def read_log(path):
    """The calls of a run: (name, path, offset, bytes)."""
    data, at, calls = path.read_bytes(), 0, []
    while at < len(data):
        head = LOG_HEAD.match(data, at)
        name, offset, size = head[1].decode(), int(head[2]), int(head[3])
        calls.append((name, head[4].decode(), offset, data[head.end():head.end() + size]))
        at = head.end() + size
    return calls


class Disk:
    """What a power cut leaves of files: what was synced, and of the rest nothing, or every other write."""

    def __init__(self, keep_every_other):
        self.keep_every_other = keep_every_other
        self.waiting = {}

    def apply(self, name, path, offset, data):
        if name in ("write", "truncate"):
            self.waiting.setdefault(path, []).append((name, offset, data))
        elif name == "sync":
            self.settle(path, self.waiting.pop(path, []))

    def cut(self):
        for path, calls in self.waiting.items():
            self.settle(path, calls[1::2] if self.keep_every_other else [])

    @staticmethod
    def settle(path, calls):
        if not calls:
            return
        path = pathlib.Path(path)
        with open(path, "r+b" if path.exists() else "w+b") as file:
            for name, offset, data in calls:
                if name == "truncate":
                    file.truncate(offset)
                else:
                    file.seek(offset)
                    file.write(data)


class Crash(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="bonbon-crash-", dir=FOLDER))
        cls.addClassCleanup(shutil.rmtree, cls.dir, ignore_errors=True)
        cls.codes = {}
        for kind, uri in PRINTERS.items():
            cls.codes[kind] = prepare(cls.dir / kind, uri)
        cls.codes["long"] = prepare(cls.dir / "long", PRINTERS["file"])
        cls.fill_log(cls.dir / "long")

    @staticmethod
    def fill_log(shop):
        """The next print moves a long log into the database when it ends."""
        number = 0
        while (shop / "bonbon.db-wal").stat().st_size < 490 * 4120:
            number += 1
            run("print", "-", "--shop", shop, "--printer", "file:/dev/null", stdin=json.dumps(sale(f"F{number}")).encode(), check=0)

    def sale(self, which):
        return the_sale(self.codes[which])

    def stdin(self, which):
        return json.dumps(self.sale(which)).encode()

    # What must hold

    def all_or_nothing(self, facts, which):
        there = len(facts["sales"])
        self.assertLessEqual(there, 1)
        self.assertEqual(len(facts["jobs"]), there, "a sale and its print job")
        self.assertEqual(len(facts["vouchers"]), there, "a sale and its voucher")
        self.assertEqual(facts["stock"], there, "the stock and the voucher taken from it")
        self.assertEqual(facts["redeemed"], [(self.codes[which],)] * there, "a sale and the voucher it redeems")
        self.assertEqual(facts["whole"], "ok")
        return bool(there)

    def paper_is_true(self, bed, facts):
        """What stands on the paper is recorded, and what is recorded as printed stands there. Gives how many receipts."""
        states = facts["jobs"]
        paper = bed.paper()
        if paper is None:
            pictures = [name for name in bed.pictures() if name != "job-000001.png"]
            self.assertTrue(set(states) <= {"sending", "unknown"} | GOOD or not pictures, (states, pictures))
            if set(states) & GOOD:
                self.assertEqual(len(pictures), 1)
            return len(pictures)
        if begun(paper):
            self.assertTrue(set(states) and set(states) <= {"sending", "unknown"} | GOOD, f"{states}: the paper is not blank")
        if set(states) & GOOD:
            self.assertEqual((begun(paper), ended(paper)), (1, 1))
        self.assertLessEqual(codes_on(paper), facts["known"], "every voucher on paper has its record")
        return begun(paper)

    def verify(self, bed):
        status, answers, err = bed.bonbon("ledger", "verify")
        self.assertEqual(status, 0, err)
        self.assertEqual(answers[-1]["differences"], 0)

    def again(self, bed, which, before, there):
        """The cashier prints the same sale again. before: what was true when the program came back."""
        status, answer, err = bed.print(self.sale(which))
        facts = bed.facts()
        self.assertTrue(self.all_or_nothing(facts, which))
        self.assertEqual(answer["already"], bool(before["sales"]))
        self.assertEqual([v["code"].replace("-", "") for v in answer["vouchers"]], facts["vouchers"])
        self.assertEqual([one["ok"] for one in answer["redeemed"]], [True])
        self.assertEqual([answer["state"]], facts["jobs"])
        receipts = self.paper_is_true(bed, facts)
        self.assertLessEqual(receipts, 1, "a receipt is never printed twice")
        if status == 6:
            self.assertIn(before["jobs"], (["sending"], ["unknown"]), err)
            self.assertEqual(answer["state"], "unknown")
            self.assertEqual(receipts, there, "what may stand on paper is not printed again")
        else:
            self.assertEqual((status, receipts), (0, 1), err)
            self.assertIn(answer["state"], GOOD)
            self.assertIn(before["jobs"], ([], ["queued"], ["printed"], ["sent"]))
        return status, answer, receipts

    def restart(self, bed, which):
        """Everything that a restarted shop must be able to do and must not do. Gives the state in which the job was left."""
        before = bed.facts()
        recorded = self.all_or_nothing(before, which)
        there = self.paper_is_true(bed, before)
        self.assertLessEqual(there, int(recorded))
        first = self.again(bed, which, before, there)
        second = self.again(bed, which, bed.facts(), first[2])
        self.assertEqual((second[0], dict(second[1], already=False)), (first[0], dict(first[1], already=False)))
        self.life_goes_on(bed, first[0], first[2])
        self.verify(bed)
        return before["jobs"]

    def life_goes_on(self, bed, status, receipts):
        """An unknown receipt is printed again only as a copy that says so; the next guest is served."""
        if status == 6:
            copied, answers, err = bed.bonbon("reprint", "--sale", SALE)
            self.assertEqual(copied, 0, err)
            self.assertEqual((answers[0]["copy"], answers[0]["vouchers"][0]["copies"]), (1, 1))
            paper = bed.paper()
            if paper is not None:
                self.assertEqual(begun(paper), receipts + 1)
                original, copy = paper.rsplit(b"RECEIPT-%s-BEGINS" % SALE.encode(), 1)
                self.assertIn(b"COPY", original[-100:] + copy)
        status, answer, err = bed.print(sale("0043"))
        self.assertEqual((status, answer["state"] in GOOD), (0, True), err)
        paper = bed.paper()
        if paper is not None:
            self.assertEqual((begun(paper, "0043"), ended(paper, "0043")), (1, 1))

    # The sweeps

    def one_death(self, which, kind, number, half):
        """Gives the run's status and the state of the job after it."""
        with Bed(self.dir / which, kind) as bed:
            status = bed.killed_at(number, half, "print", "-", stdin=self.stdin(which))
            self.assertIn(status, (KILLED, 0), f"call {number}")
            try:
                return status, self.restart(bed, which)
            except Exception as e:
                raise AssertionError(f"{which}: killed {'within' if half else 'before'} call {number}: {e}") from e

    def sweep(self, one, every=EVERY):
        """one(number) for 1, 2, 3, … until a run ends by itself; gives the states of the job met on the way."""
        met = []
        with ThreadPoolExecutor(JOBS) as pool:
            for first in range(1, MOST_CALLS, 4 * JOBS * every):
                results = list(pool.map(one, range(first, first + 4 * JOBS * every, every)))
                met += [state for status, state in results if status == KILLED]
                if results[-1][0] == 0:
                    return met
        self.fail("no run ended by itself")

    def killed_everywhere(self, which, kind):
        for half in (False, True):
            met = self.sweep(lambda number: self.one_death(which, kind, number, half))
            # The sweep stood before the record, and between the record and the truth of the paper.
            self.assertIn([], met)
            self.assertIn(["sending"], met)

    def test_killed_at_every_call_with_a_printer_that_cannot_prove(self):
        self.killed_everywhere("file", "file")

    def test_killed_at_every_call_with_a_printer_on_the_net_that_proves(self):
        self.killed_everywhere("tcp", "tcp")

    def test_killed_at_every_call_with_the_virtual_printer(self):
        self.killed_everywhere("virtual", "virtual")

    def test_killed_at_every_call_while_a_long_log_is_moved_into_the_database(self):
        self.killed_everywhere("long", "file")

    def test_killed_again_while_recovering(self):
        sending = [n for n in range(1, 60, EVERY) if self.state_after(n) == ["sending"]]
        self.assertTrue(sending)
        met = self.sweep(lambda number: self.two_deaths(sending[-1], number), every=1)
        # What recovery decided is one commit: before it the job is what it was, after it nothing is left to be killed.
        self.assertIn(["sending"], met)
        self.assertLessEqual({tuple(state) for state in met}, {("sending",), ("unknown",)})

    def state_after(self, number):
        with Bed(self.dir / "file", "file") as bed:
            bed.killed_at(number, False, "print", "-", stdin=self.stdin("file"))
            return bed.facts()["jobs"]

    def two_deaths(self, first, second):
        with Bed(self.dir / "file", "file") as bed:
            self.assertEqual(bed.killed_at(first, False, "print", "-", stdin=self.stdin("file")), KILLED)
            status = bed.killed_at(second, False, "print", "-", stdin=self.stdin("file"))
            self.assertIn(status, (KILLED, 6))
            state = self.restart(bed, "file")
            if status != KILLED:
                self.assertEqual(state, ["unknown"])
            return (KILLED, state) if status == KILLED else (0, state)

    # The service dies, and whoever waits for it does the work

    def one_service_death(self, which, kind, number):
        with Bed(self.dir / which, kind) as bed:
            service = bed.serve_until(number)
            try:
                status, answer, err = bed.print(self.sale(which))
                service.terminate()
                died = service.wait(60)
                self.assertIn(died, (KILLED, 0))
                facts = bed.facts()
                self.assertTrue(self.all_or_nothing(facts, which), err)
                self.assertEqual(answer["state"], facts["jobs"][0])
                self.assertEqual(status, 0 if answer["state"] in GOOD else 6, err)
                self.paper_is_true(bed, facts)
                self.restart(bed, which)
                return died, facts["jobs"]
            except Exception as e:
                raise AssertionError(f"{which}: the service killed before call {number}: {e}") from e
            finally:
                service.kill()
                service.wait()

    def service_is_killed_everywhere(self, which, kind):
        met = self.sweep(lambda number: self.one_service_death(which, kind, number))
        self.assertIn(["unknown"], met)
        self.assertTrue([state for state in met if state[0] in GOOD])

    def test_the_service_killed_at_every_call_with_a_printer_that_cannot_prove(self):
        self.service_is_killed_everywhere("file", "file")

    def test_the_service_killed_at_every_call_with_a_printer_on_the_net_that_proves(self):
        self.service_is_killed_everywhere("tcp", "tcp")

    def power_is_cut_everywhere(self, which, kind):
        """One run is recorded; the disk and the paper are made as a power cut before each of its calls would leave them."""
        with Bed(self.dir / which, kind) as bed:
            log = bed.dir / "log"
            self.assertEqual(bed.killed_at(0, False, "print", "-", stdin=self.stdin(which), log=log), 0)
            calls, shop = read_log(log), str(bed.shop)
        self.assertTrue(any(call[0] == "sync" for call in calls))
        met = set()
        with ThreadPoolExecutor(JOBS) as pool:
            cases = [(n, every_other) for n in range(0, len(calls) + 1, EVERY) for every_other in (False, True)]
            for state in pool.map(lambda case: self.one_power_cut(which, kind, calls, shop, *case), cases):
                met.add(tuple(state))
        self.assertEqual(met, {(), ("sending",)}, "before the record is durable nothing is on paper; after it, it is unknown")

    def one_power_cut(self, which, kind, calls, shop, number, every_other):
        with Bed(self.dir / which, kind) as bed:
            (bed.shop / "bonbon.db-shm").unlink(missing_ok=True)
            disk = Disk(every_other)
            for name, path, offset, data in calls[:number]:
                path = path.replace(shop, str(bed.shop))
                if path.endswith("paper.bin"):
                    disk.settle(path, [(name, offset, data)])
                elif path.startswith("socket:"):
                    bed.net.paper += data
                elif not path.endswith("-shm"):
                    disk.apply(name, path, offset, data)
            disk.cut()
            try:
                return self.restart(bed, which)
            except Exception as e:
                raise AssertionError(f"{which}: power cut before call {number} ({every_other=}): {e}") from e

    def test_power_cut_at_every_call_with_a_printer_that_cannot_prove(self):
        self.power_is_cut_everywhere("file", "file")

    def test_power_cut_at_every_call_with_a_printer_on_the_net_that_proves(self):
        self.power_is_cut_everywhere("tcp", "tcp")

    # Other doors: the same request id is asked again after the crash

    def request_survives(self, words, check):
        def one(number):
            with Bed(self.dir / "file", "file") as bed:
                args = [word.replace("CODE", self.codes["file"]) for word in words] + ["--request", "R-1"]
                status = bed.killed_at(number, number % 2 == 1, *args)
                self.assertIn(status, (KILLED, 0))
                first = bed.facts()
                again, answers, err = bed.bonbon(*args)
                facts = bed.facts()
                try:
                    self.assertIn(again, (0, 6), err)
                    check(bed, first, facts, again)
                    third = bed.bonbon(*args)
                    self.assertEqual(bed.facts()["events"], facts["events"])
                    self.assertEqual(third[0], again)
                    self.verify(bed)
                except Exception as e:
                    raise AssertionError(f"{' '.join(words)}: killed at call {number}: {e}") from e
                return status, facts["copies"]
        self.sweep(one)

    def test_a_redemption_killed_anywhere_counts_once(self):
        def check(bed, first, facts, status):
            self.assertEqual(status, 0)
            self.assertEqual(dict(facts["events"])["redeemed"], 1)
        self.request_survives(["redeem", "CODE"], check)

    def test_a_voucher_given_by_hand_and_killed_anywhere_is_given_once(self):
        def check(bed, first, facts, status):
            self.assertEqual((dict(facts["events"])["issued"], facts["stock"], len(facts["known"])), (2, 1, 2))
            codes = re.findall(rb"CODE=", bed.paper())
            self.assertLessEqual(len(codes), 1)
            self.assertTrue(status == 6 or len(codes) == 1)
        self.request_survives(["give", "second"], check)

    def test_a_copy_killed_anywhere_is_numbered_once(self):
        def check(bed, first, facts, status):
            self.assertEqual(dict(facts["events"])["copied"], 1)
            copies = bed.paper().count(b"CODE=")
            self.assertLessEqual(copies, 1)
            self.assertTrue(status == 6 or copies == 1)
        self.request_survives(["reprint", "CODE"], check)


if __name__ == "__main__":
    if not pathlib.Path(SHIM).exists():
        print(f"skipped: {SHIM} is not there")
        sys.exit(77)
    unittest.main(verbosity=2)
