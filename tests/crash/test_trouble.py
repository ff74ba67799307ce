"""A disk that is full, a folder that cannot be written, a database that is locked or damaged, two programs in one shop:
a clear error, nothing lost, nothing half done."""
import contextlib
import fcntl
import json
import os
import pathlib
import random
import re
import resource
import shutil
import sqlite3
import subprocess
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor

from crash_bed import GOOD, JOBS, SALE, Bed, begun, codes_on, ended, facts, prepare, the_sale
from shop_under_test import BONBON, NOW, lines, sale

NOBODY = 65534
PAGE = 4096


class Trouble(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="bonbon-trouble-"))
        cls.addClassCleanup(shutil.rmtree, cls.dir, ignore_errors=True)
        cls.dir.chmod(0o755)
        cls.program = cls.dir / "bonbon"  # where a user without rights may run it, wherever it was built
        shutil.copy(BONBON, cls.program)
        cls.program.chmod(0o755)
        cls.code = prepare(cls.dir / "file", "file:paper.bin")

    def bed(self):
        return Bed(self.dir / "file", "file")

    def start(self, shop, made, **how):
        """A print under way."""
        words = [self.program, "print", "-", "--shop", shop, "--json"]
        with tempfile.TemporaryFile() as file:
            file.write(json.dumps(made).encode())
            file.seek(0)
            return subprocess.Popen(words, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                    env=dict(os.environ, BONBON_NOW=NOW, LC_ALL="C.UTF-8"), **how)

    def finish(self, process):
        out, err = process.communicate(timeout=300)
        answers = lines(out)
        return process.returncode, answers[-1] if answers else None, err.decode(errors="replace")

    def print_with(self, shop, made=None, **how):
        return self.finish(self.start(shop, made or the_sale(self.code), **how))

    def refused(self, result, *codes):
        status, answer, err = result
        self.assertEqual(status, 5, err)
        self.assertIn(answer["error"]["code"], codes, err)
        self.assertIn(answer["error"]["text"], err)

    def nothing_happened(self, shop):
        now = facts(shop)
        self.assertEqual((now["sales"], now["vouchers"], now["jobs"], now["redeemed"], now["stock"]), ([], [], [], [], 0))
        paper = shop / "paper.bin"
        self.assertEqual(paper.read_bytes() if paper.exists() else b"", b"")

    def all_or_nothing(self, shop):
        now = facts(shop)
        there = len(now["sales"])
        self.assertEqual((len(now["vouchers"]), len(now["jobs"]), len(now["redeemed"]), now["stock"]), (there,) * 4)
        return now

    def verify(self, bed):
        status, answers, err = bed.bonbon("ledger", "verify")
        self.assertEqual((status, answers[-1]["differences"]), (0, 0), err)

    def prints_after_all(self, bed):
        """The trouble is over: the same sale is printed once, or somebody has to look at the paper."""
        before = facts(bed.shop)
        status, answer, err = bed.print(the_sale(self.code))
        now = self.all_or_nothing(bed.shop)
        paper = bed.paper()
        self.assertEqual(len(now["sales"]), 1)
        self.assertLessEqual(begun(paper), 1)
        self.assertLessEqual(codes_on(paper), now["known"])
        if status == 6:
            self.assertIn(before["jobs"], (["unknown"], ["sending"]))
        else:
            self.assertEqual((status, begun(paper), ended(paper)), (0, 1, 1), err)
        self.verify(bed)
        return status

    # A full disk

    def full_disk(self, bed, result):
        """After a print on a disk that may be full. Gives its exit status."""
        status, answer, err = result
        self.assertIn(status, (0, 4, 5, 6), err)
        now = self.all_or_nothing(bed.shop)
        paper = bed.paper()
        if status == 5:
            if now["jobs"]:  # it was accepted before there was no room: the answer is that of the sale
                self.assertIn(answer["state"], ("queued", "sending"), err)
            else:
                self.assertEqual(answer["error"]["code"], "store_full", err)
            self.assertIn("disk is full", err)
        if begun(paper):
            self.assertEqual(len(now["jobs"]), 1)
            self.assertNotEqual(now["jobs"], ["queued"])
        if status == 0:
            self.assertEqual((begun(paper), ended(paper)), (1, 1))
        return status

    def test_files_that_cannot_grow_past_a_size(self):
        """RLIMIT_FSIZE: every file of the shop stops growing there, wherever the program is."""
        wal = (self.dir / "file" / "bonbon.db-wal").stat().st_size
        sizes = [0, 1, 100, PAGE, 20000, *range(wal - PAGE, wal + 24 * PAGE, 1500), 1 << 30]

        def one(size):
            with self.bed() as bed:
                result = self.print_with(bed.shop, restore_signals=False,  # Python ignores SIGXFSZ: writes fail with EFBIG
                                         preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)))
                status = self.full_disk(bed, result)
                return status, self.prints_after_all(bed)
        with ThreadPoolExecutor(JOBS) as pool:
            seen = set(pool.map(one, sizes))
        self.assertIn((5, 0), seen)
        self.assertIn((0, 0), seen)

    @contextlib.contextmanager
    def small_disk(self, bytes):
        mount = pathlib.Path(tempfile.mkdtemp(prefix="bonbon-disk-"))
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={bytes}", "bonbon", mount], capture_output=True)
        if done.returncode:
            mount.rmdir()
            self.skipTest("no right to mount a small disk")
        try:
            yield mount
        finally:
            subprocess.run(["umount", "-l", mount], check=True)
            mount.rmdir()

    def test_a_small_disk_that_is_full_is_told_and_goes_on_when_there_is_room(self):
        need = sum(-(-path.stat().st_size // PAGE) * PAGE + PAGE for path in (self.dir / "file").rglob("*")) + PAGE
        seen = set()
        for room in range(-16 * PAGE, 24 * PAGE, PAGE):
            with self.small_disk(need + room) as mount, self.bed() as bed:
                shop = mount / "shop"
                try:
                    shutil.copytree(bed.shop, shop)
                except (OSError, shutil.Error):
                    continue
                bed.shop = shop
                status = self.full_disk(bed, self.print_with(shop))
                subprocess.run(["mount", "-o", "remount,size=64m", mount], check=True)
                seen.add((status, self.prints_after_all(bed)))
        self.assertIn((5, 0), seen)
        self.assertIn((0, 0), seen)

    # A folder that cannot be written

    def as_nobody(self, shop):
        """The shop belongs to a user without rights, who prints; where we are that user already, nothing changes."""
        if os.geteuid() != 0:
            return {}
        shop.parent.chmod(0o755)
        for path in [shop, *shop.rglob("*")]:
            os.chown(path, NOBODY, NOBODY)
        return {"user": NOBODY, "group": NOBODY, "extra_groups": []}

    @contextlib.contextmanager
    def without_writing(self, *paths):
        before = [(path, path.stat().st_mode) for path in paths]
        for path, mode in before:
            path.chmod(mode & ~0o222)
        try:
            yield
        finally:
            for path, mode in before:
                path.chmod(mode)

    def test_what_cannot_be_written_is_named(self):
        cases = {
            "everything": lambda shop: [shop, *shop.rglob("*")],
            "the database": lambda shop: [shop / "bonbon.db", shop / "bonbon.db-wal"],
            "the folder": lambda shop: [shop],
        }
        for name, paths in cases.items():
            with self.subTest(name), self.bed() as bed:
                for leftover in ("bonbon.db-shm", "spool"):
                    path = bed.shop / leftover
                    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
                who = self.as_nobody(bed.shop)
                with self.without_writing(*paths(bed.shop)):
                    result = self.print_with(bed.shop, **who)
                    self.refused(result, "store_readonly")
                    self.assertIn(str(bed.shop), result[2])
                    self.nothing_happened(bed.shop)
                after = self.print_with(bed.shop, **who)
                self.assertEqual(after[0], 0, after[2])
                self.verify(bed)

    def test_a_shop_that_another_user_made_says_which_file_cannot_be_read(self):
        if os.geteuid() != 0:
            self.skipTest("needs two users")
        with self.bed() as bed:
            who = self.as_nobody(bed.shop)
            os.chown(bed.shop / "keys" / "voucher-01.key", 0, 0)
            status, answer, err = self.print_with(bed.shop, **who)
            self.assertIn("voucher-01.key", err)
            self.assertIn(status, (3, 5))
            self.nothing_happened(bed.shop)

    # A locked database

    def test_a_short_lock_is_waited_for(self):
        with self.bed() as bed:
            other = sqlite3.connect(bed.shop / "bonbon.db", isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            process = self.start(bed.shop, the_sale(self.code))
            self.wait_for_printer_lock(bed.shop, process)
            other.execute("ROLLBACK")
            status, answer, err = self.finish(process)
            other.close()
            self.assertEqual(status, 0, err)
            self.assertEqual(self.prints_after_all(bed), 0)

    def wait_for_printer_lock(self, shop, process):
        """Until the program holds its printer: the transaction comes next."""
        path = shop / "spool" / "printer-receipt.lock"
        while process.poll() is None:
            with contextlib.suppress(FileNotFoundError), open(path) as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return
            os.sched_yield()

    def test_a_long_lock_is_told_and_nothing_is_lost(self):
        with self.bed() as bed:
            other = sqlite3.connect(bed.shop / "bonbon.db", isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            result = self.print_with(bed.shop)
            other.execute("ROLLBACK")
            other.close()
            self.refused(result, "store_busy")
            self.assertIn("try again", result[2])
            self.nothing_happened(bed.shop)
            self.assertEqual(self.prints_after_all(bed), 0)

    # A damaged database

    def in_one_file(self, shop):
        """Moves the log into the database, as after some hundred sales."""
        db = sqlite3.connect(shop / "bonbon.db")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()

    def test_a_file_that_is_no_database_is_named_and_left_alone(self):
        damages = {
            "noise": lambda data: random.Random(1).randbytes(len(data)),
            "zeros": lambda data: bytes(len(data)),
            "text": lambda data: b"this was my shopping list\n" * 400,
            "half a page": lambda data: data[:PAGE // 2],
        }
        for name, damage in damages.items():
            with self.subTest(name), self.bed() as bed:
                self.in_one_file(bed.shop)
                path = bed.shop / "bonbon.db"
                damaged = damage(path.read_bytes())
                path.write_bytes(damaged)
                result = self.print_with(bed.shop)
                self.refused(result, "store_damaged")
                self.assertIn(str(path), result[2])
                self.assertEqual(path.read_bytes()[:PAGE], damaged[:PAGE])
                self.assertFalse((bed.shop / "paper.bin").exists() and (bed.shop / "paper.bin").stat().st_size)

    def test_no_damaged_page_makes_the_program_fall_or_lie(self):
        with self.bed() as bed:
            self.in_one_file(bed.shop)
            whole = (bed.shop / "bonbon.db").read_bytes()
        rng = random.Random(2)
        cases = [(at, fill) for at in range(0, len(whole), PAGE) for fill in (bytes(PAGE), rng.randbytes(PAGE), b"\xff" * PAGE)]

        def one(case):
            at, fill = case
            with self.bed() as bed:
                self.in_one_file(bed.shop)
                (bed.shop / "bonbon.db").write_bytes(whole[:at] + fill + whole[at + PAGE:])
                status, answer, err = self.print_with(bed.shop)
                paper = bed.paper()
                self.assertIn(status, (0, 1, 5, 6), f"page {at // PAGE + 1}: {err}")
                self.assertEqual(begun(paper), ended(paper))
                if status in (0, 6):
                    self.assertEqual(begun(paper), 1, err)
                else:
                    self.assertIn(answer["error"]["code"], ("store_damaged", "store", "sale_conflict"), err)
                    self.assertEqual(paper, b"", f"page {at // PAGE + 1}: {err}")
                checked = bed.bonbon("ledger", "verify")
                self.assertIn(checked[0], (0, 5), checked[2])
                return status
        with ThreadPoolExecutor(JOBS) as pool:
            seen = set(pool.map(one, cases))
        self.assertIn(5, seen)

    # Two programs in one shop

    def test_eight_programs_print_the_same_sale_once(self):
        for _ in range(4):
            with self.bed() as bed:
                started = [self.start(bed.shop, the_sale(self.code)) for _ in range(8)]
                results = [self.finish(process) for process in started]
                for status, answer, err in results:
                    self.assertEqual((status, answer["state"]), (0, "sent"), err)
                self.assertEqual(sum(not answer["already"] for _, answer, _ in results), 1)
                self.assertEqual(len({json.dumps([a["vouchers"], a["redeemed"], a["job"]]) for _, a, _ in results}), 1)
                self.assertEqual((begun(bed.paper()), ended(bed.paper())), (1, 1))
                self.all_or_nothing(bed.shop)
                self.verify(bed)

    def test_forty_sales_at_once_share_a_stock_of_five(self):
        with self.bed() as bed:
            with ThreadPoolExecutor(8) as pool:
                sales = [sale(f"S{n}", service={"incident": "stocked"}, redeem=[self.code]) for n in range(40)]
                results = list(pool.map(lambda made: self.print_with(bed.shop, made), sales))
            for status, answer, err in results:
                self.assertEqual((status, answer["state"]), (0, "sent"), err)
            given = [voucher["code"].replace("-", "") for _, answer, _ in results for voucher in answer["vouchers"]]
            self.assertEqual((len(given), len(set(given))), (5, 5))
            self.assertEqual(sum(answer["redeemed"][0]["ok"] for _, answer, _ in results), 1, "a voucher works once")
            paper = bed.paper()
            self.assertEqual([(begun(paper, made["id"]), ended(paper, made["id"])) for made in sales], [(1, 1)] * 40)
            self.assertEqual(codes_on(paper), set(given))
            self.assertEqual(facts(bed.shop)["stock"], 5)
            self.verify(bed)

    def test_two_printers_of_one_shop_print_at_once(self):
        with self.bed() as bed:
            config = (bed.shop / "printers.d" / "receipt.yaml").read_text()
            (bed.shop / "printers.d" / "bar.yaml").write_text(config.replace("paper.bin", "bar.bin").replace("role: receipt", ""))
            shop = bed.shop / "shop.yaml"
            shop.write_text(re.sub(r'  "1": receipt', '  "1": receipt\n  "2": bar', shop.read_text()))
            sales = [sale(f"{n:02}", till=str(1 + n % 2), service={"incident": "stocked"}) for n in range(16)]
            with ThreadPoolExecutor(8) as pool:
                results = list(pool.map(lambda made: self.print_with(bed.shop, made), sales))
            self.assertEqual([(status, answer["state"]) for status, answer, _ in results], [(0, "sent")] * 16)
            papers = [(bed.shop / name).read_bytes() for name in ("paper.bin", "bar.bin")]
            for number, made in enumerate(sales):
                self.assertEqual([begun(paper, made["id"]) for paper in papers], [1 - number % 2, number % 2])
            self.assertEqual(facts(bed.shop)["stock"], 5)
            self.verify(bed)


if __name__ == "__main__":
    unittest.main(verbosity=2)
