"""Printers as an owner sees them: the list, taking one in, the test page; and the serial and the fault wire under a real sale."""
import fcntl
import json
import os
import pty
import re
import select
import shutil
import socket
import sqlite3
import struct
import subprocess
import threading
import unittest
import zlib

from printer_words import CONDITIONS, HELD, MUTE, OFF, PRINTING, REFUSED, SILENT, Speaks
from shop_under_test import BONBON, ShopTest, lines, run, sale

MARGIN = 24  # of white paper around a picture


def picture(path):
    """The rows of a black-and-white PNG, each a string of 0 and 1, 1 is black."""
    data, at, packed = path.read_bytes(), 8, b""
    width, height = struct.unpack(">II", data[16:24])
    while at < len(data):
        n, kind = struct.unpack(">I4s", data[at:at + 8])
        packed += data[at + 8:at + 8 + n] if kind == b"IDAT" else b""
        at += 12 + n
    raw, step, rows = zlib.decompress(packed), (width + 7) // 8 + 1, []
    before = bytes(step - 1)
    for y in range(height):
        kind, line = raw[y * step], bytearray(raw[y * step + 1:(y + 1) * step])
        for x in range(len(line)):
            left, up = line[x - 1] if x else 0, before[x]
            corner = before[x - 1] if x else 0
            near = min((left, up, corner), key=lambda v: abs(left + up - corner - v))
            line[x] = line[x] + {0: 0, 1: left, 2: up, 3: (left + up) // 2, 4: near}[kind] & 255
        before = bytes(line)
        rows.append("".join(f"{255 - b:08b}" for b in before)[:width])
    return rows


class Device:
    """bonbon virtual on a port of its own, and the socket by which it takes orders."""

    def __init__(self, folder, *args):
        control = folder / f"control-{id(self)}"
        self.program = subprocess.Popen([os.path.abspath(BONBON), "virtual", "--listen", "tcp:127.0.0.1:0", "--speed", "unlimited",
                                         "--control", str(control), *args], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.uri = "tcp://127.0.0.1:" + re.search(r":(\d+)$", self.program.stdout.readline().strip()).group(1)
        self.control = socket.socket(socket.AF_UNIX)
        self.control.settimeout(60)
        self.control.connect(str(control))
        self.answers = self.control.makefile("r")
        threading.Thread(target=self.program.stdout.read, daemon=True).start()

    def order(self, *orders):
        answer = None
        for order in orders:
            self.control.sendall(f"{order}\n".encode())
            line = self.answers.readline().strip()
            while line != "ok":
                if not line.startswith("{"):
                    raise AssertionError(f"{order}: {line}")
                answer, line = json.loads(line), self.answers.readline().strip()
        return answer

    def close(self):
        self.answers.close()
        self.control.close()
        self.program.terminate()
        self.program.wait(timeout=60)
        self.program.stdout.close()


class PrintersTest(Speaks, ShopTest):
    def device(self, *args):
        device = Device(self.dir, *args)
        self.addCleanup(device.close)
        return device

    def configure(self, name, uri, profile="generic-80", more=""):
        (self.shop / "printers.d" / f"{name}.yaml").write_text(f"profile: {profile}\nuri: '{uri}'\n{more}")

    def listed(self, **how):
        return {p["name"]: p for p in self.bonbon("printers", **how) if p["name"]}

    def words(self):
        """What a person reads of each printer, name: status."""
        out = run("printers", "--shop", self.shop, check=0)[1].decode()
        return dict(re.findall(r"(?m)^(\S+): (.*)$", out))


class List(PrintersTest):
    def test_a_fresh_shop_has_one_that_is_ready(self):
        printer = self.listed()["receipt"]
        self.assertEqual((printer["status"], printer["uri"], printer["profile"]), ("ready", "virtual:paper", "generic-80"))
        self.assertEqual((printer["configured"], printer["profile_from"]), (True, "printers.d"))

    def test_without_a_shop_it_lists_what_is_plugged_in(self):
        (self.dir / "elsewhere").mkdir()
        status, out, err = run("printers", "--json", cwd=self.dir / "elsewhere", check=0)
        self.assertEqual([p for p in lines(out) if p["configured"]], [])

    def test_a_folder_that_is_no_shop_is_said_to_be_none(self):
        status, out, err = run("printers", "--shop", self.dir / "nowhere")
        self.assertEqual(status, 3)
        self.assertIn("is not a shop", err)

    def test_each_condition_is_said_in_words_of_three_languages(self):
        device = self.device()
        self.configure("bar", device.uri, "epson-tm-t20iii", "drawer_open: high\n")
        for orders, status, words, condition in CONDITIONS:
            device.order("ok", "drawer close", *orders)
            for lang in self.each_language():
                printer = self.listed()["bar"]
                self.assertEqual((printer["status"], printer["text"]), (status, words[lang]))
                self.assertTrue(condition is None or condition in printer["conditions"], printer["conditions"])
                self.assertEqual(self.words()["bar"], words[lang])

    def test_whether_a_drawer_is_open_depends_on_the_drawer(self):
        device = self.device()
        for more, words in (("", "ready, drawer open or none connected"), ("drawer_open: low\n", "ready"),
                            ("drawer_open: never\n", "ready")):
            device.order("drawer open")
            self.configure("bar", device.uri, more=more)
            self.assertEqual(self.listed()["bar"]["text"], words)
        self.configure("bar", device.uri, more="drawer_open: low\n")
        device.order("drawer close")
        self.assertEqual(self.listed()["bar"]["text"], "ready, drawer open")

    def test_a_printer_says_who_it_is(self):
        device = self.device()
        self.configure("bar", device.uri, "epson-tm-t20iii")
        printer = self.listed()["bar"]
        self.assertIn("TM-T20III", printer["model"])
        self.assertEqual(printer["looks_like"], "epson-tm-t20iii")

    def test_what_is_known_to_answer_nothing_is_not_asked(self):
        device = self.device()
        self.configure("bar", device.uri, "pos-5890")
        for lang in self.each_language():
            printer = self.listed()["bar"]
            self.assertEqual((printer["status"], printer["text"]), ("silent", MUTE[lang]))
        self.assertEqual(device.order("status")["received_bytes"], 0)

    def test_one_that_does_not_answer_is_off_where_its_make_always_answers(self):
        device = self.device()
        device.order("back silent")
        self.configure("bar", device.uri, "epson-tm-t20iii")
        self.configure("kitchen", "tcp://127.0.0.1:1")
        for lang in self.each_language():
            listed = self.listed()
            self.assertEqual((listed["bar"]["status"], listed["bar"]["text"]), ("off", SILENT[lang]))
            self.assertEqual((listed["kitchen"]["status"], listed["kitchen"]["text"]), ("unreachable", REFUSED[lang]))
        self.configure("bar", device.uri, "generic-80")
        self.assertEqual(self.listed()["bar"]["status"], "silent")

    def test_a_printer_that_prints_is_left_alone(self):
        device = self.device()
        self.configure("bar", device.uri, "epson-tm-t20iii")
        self.listed()
        before = device.order("status")["received_bytes"]
        with open(self.shop / "spool" / "printer-bar.lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for lang in self.each_language():
                self.assertEqual(self.listed()["bar"]["text"], PRINTING[lang])
            fcntl.flock(lock, fcntl.LOCK_UN)
        self.assertEqual(device.order("status")["received_bytes"], before)
        self.assertEqual(self.listed()["bar"]["status"], "ready")

    def test_one_that_stopped_in_the_middle_of_a_job_says_why(self):
        device = self.device()
        self.configure("bar", device.uri, "epson-tm-t20iii")
        device.order("cover open")
        self.assertEqual(self.print_sale(sale(), "--printer", "bar", check=4)["state"], "queued")
        database = sqlite3.connect(self.shop / "bonbon.db")
        with database:
            # as its worker leaves it while it waits with the printer
            database.execute("UPDATE spool_job SET state = 'sending'")
        database.close()
        with open(self.shop / "spool" / "printer-bar.lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            printer = self.listed()["bar"]
            fcntl.flock(lock, fcntl.LOCK_UN)
        self.assertEqual((printer["status"], printer["text"], printer["conditions"][-1]), ("not_ready", "cover open", "cover_open"))

    def test_one_that_another_program_holds_names_it(self):
        ours, port = pty.openpty()
        fcntl.flock(port, fcntl.LOCK_EX)
        self.configure("bar", f"serial:{os.ttyname(port)}")
        for lang in self.each_language():
            printer = self.listed()["bar"]
            self.assertEqual(printer["status"], "held")
            self.assertEqual(printer["holder"]["pid"], os.getpid())
            self.assertEqual(printer["text"], HELD[lang].format(printer["holder"]["program"], os.getpid()))
        os.close(port)
        os.close(ours)

    def test_files_and_missing_devices_are_told_without_touching_them(self):
        self.configure("book", "file:out/receipts.bin")
        self.configure("tape", "file:tape.bin")
        self.configure("bar", "serial:/dev/ttyNONE")
        self.configure("kitchen", "usb://04b8:0e15@9-9")
        listed = self.listed()
        self.assertEqual(listed["book"]["text"], "cannot be reached: No such file or directory")
        self.assertEqual(listed["tape"]["text"], "a file, takes everything")
        for lang in self.each_language():
            self.assertEqual(self.listed()["bar"]["text"], OFF[lang])
        self.assertEqual(listed["kitchen"]["status"], "off")
        self.assertFalse((self.shop / "tape.bin").exists())

    def test_a_file_that_is_wrong_spoils_nothing_but_its_own_line(self):
        self.configure("bad", "serial:/dev/ttyS0?baud=12345")
        self.configure("worse", "virtual:", "no-such-profile")
        (self.shop / "printers.d" / "odd.yaml").write_text("colour: red\n")
        listed = self.listed()
        self.assertEqual({listed[n]["status"] for n in ("bad", "worse", "odd")}, {"wrong"})
        self.assertIn("printers.d/bad.yaml:2:6", listed["bad"]["text"])
        self.assertIn("baud=12345", listed["bad"]["text"])
        self.assertIn("115200", listed["bad"]["text"])
        self.assertIn("colour", listed["odd"]["text"])
        self.assertEqual(listed["receipt"]["status"], "ready")


class Add(PrintersTest):
    def add(self, *args, **how):
        return self.bonbon1("printers add", *args, **how)

    def files(self):
        return sorted(os.listdir(self.shop / "printers.d"))

    def test_what_it_writes_is_a_printer_with_comments(self):
        added = self.add("bar", "--printer", "virtual:bar", "--profile", "epson-tm-t88v")
        self.assertEqual((added["file"], added["uri"], added["profile"], added["guessed"]),
                         ("printers.d/bar.yaml", "virtual:bar", "epson-tm-t88v", False))
        text = (self.shop / added["file"]).read_text()
        self.assertGreaterEqual(text.count("#"), 4)
        self.assertEqual(self.listed()["bar"]["profile"], "epson-tm-t88v")
        self.assertEqual(self.print_sale(sale(), "--printer", "bar")["state"], "printed")
        self.assertEqual(self.files(), ["bar.yaml", "receipt.yaml"])  # and nothing half-made

    def test_only_the_first_printer_gets_the_role_of_the_receipts_by_itself(self):
        self.assertEqual(self.add("bar", "--printer", "virtual:bar")["role"], "")
        self.assertEqual(self.add("kitchen", "--printer", "virtual:k", "--role", "kitchen")["role"], "kitchen")
        (self.shop / "printers.d" / "receipt.yaml").unlink()
        shutil.rmtree(self.shop / "printers.d")
        self.assertEqual(self.add("bar", "--printer", "virtual:bar")["role"], "receipt")

    def test_nothing_is_overwritten(self):
        before = (self.shop / "printers.d/receipt.yaml").read_bytes()
        error = self.add("receipt", "--printer", "virtual:other", check=1)["error"]
        self.assertEqual(error["code"], "printer_exists")
        self.assertEqual((self.shop / "printers.d/receipt.yaml").read_bytes(), before)
        self.assertEqual(self.files(), ["receipt.yaml"])

    def test_one_device_has_one_name(self):
        self.add("bar", "--printer", "tcp://127.0.0.1:1", "--profile", "generic-80")
        error = self.add("bar2", "--printer", "tcp://127.0.0.1:1", check=1)["error"]
        self.assertEqual(error["code"], "printer_same")
        self.assertIn("bar", error["text"])
        self.add("bar2", "--printer", "virtual:paper")  # pictures may have many

    def test_what_is_wrong_is_named_and_nothing_is_written(self):
        for args, status, code in ((("a/b", "--printer", "virtual:"), 2, "printer_new_name"),
                                   (("--", "-x"), 2, "printer_new_name"),
                                   ((".hidden", "--printer", "virtual:"), 2, "printer_new_name"),
                                   (("a:b", "--printer", "virtual:"), 2, "printer_new_name"),
                                   (("x" * 64, "--printer", "virtual:"), 2, "printer_new_name"),
                                   (("bar", "--printer", "pigeon:coop"), 3, "printer_uri"),
                                   (("bar", "--printer", "usb://04b8"), 3, "printer_uri"),
                                   (("bar", "--printer", "serial:/dev/ttyS0?baud=1"), 3, "printer_option"),
                                   (("bar", "--printer", "fault:7,kinds=jam+virtual:"), 3, "printer_option"),
                                   (("bar", "--printer", "fault:7+pigeon:"), 3, "printer_uri"),
                                   (("bar", "--printer", "virtual:", "--profile", "none"), 3, "profile")):
            with self.subTest(args):
                command, options = ["printers", "add", "--shop", str(self.shop), "--json"], list(args)
                status_now, out, err = run(*command, *options)
                self.assertEqual((status_now, lines(out)[0]["error"]["code"]), (status, code))
                self.assertEqual(self.files(), ["receipt.yaml"])

    def test_a_printer_that_answers_gets_the_profile_of_its_model(self):
        device = self.device()
        added = self.add("bar", "--printer", device.uri)
        self.assertEqual((added["profile"], added["guessed"]), ("epson-tm-t20iii", True))
        self.assertIn("GS I", added["profile_why"])

    def test_one_of_which_nothing_is_known_gets_a_plain_profile_and_that_is_said(self):
        added = self.add("bar", "--printer", "tcp://127.0.0.1:1")
        self.assertEqual((added["profile"], added["guessed"]), ("generic-80", True))
        self.assertIn("test page", added["profile_why"])

    def test_the_comments_are_in_the_language_of_the_shop(self):
        self.edit("shop.yaml", "language: en", "language: ro")
        self.add("bar", "--printer", "virtual:bar")
        self.assertIn("O imprimantă", (self.shop / "printers.d/bar.yaml").read_text())
        self.listed()


class TestPage(PrintersTest):
    def page(self, profile, *args):
        png, data = self.dir / "page.png", self.dir / "page.bin"
        self.bonbon1("printers test", "virtual:x", "--dry-run", "--profile", profile, "--png", png, "--bytes", data, *args)
        return png, data.read_bytes()

    def test_each_ruler_fills_its_line_and_no_more(self):
        for profile, columns in (("generic-80", (48, 64)), ("epson-tm-t88v", (42, 56)), ("generic-58", (32, 42))):
            data = self.page(profile)[1]
            rulers = re.findall(rb"[.+0-9]{20,}\|", data)
            self.assertEqual(tuple(map(len, rulers)), columns)
            for ruler in rulers:
                self.assertEqual(ruler[9:10] + ruler[19:20], b"12")

    @staticmethod
    def rows_alike(rows):
        """The most rows of the paper, one below the other, whose two halves of letters are alike."""
        left, right, wide = MARGIN + 15 * 12, MARGIN + 32 * 12, 16 * 12
        run_of_same = best = blank = 0
        for row in rows:
            blank = 0 if "1" in row else blank + 1
            same = row[left:left + wide] == row[right:right + wide]
            run_of_same = run_of_same + 1 if same and blank < 16 else 0
            best = max(best, run_of_same)
        return best

    def test_every_page_of_the_profile_shows_letters_of_its_own_beside_the_same_drawn(self):
        png, data = self.page("generic-80")
        self.assertGreater(self.rows_alike(picture(png)), 10 * 24)
        for n, page in ((0, "cp437"), (17, "cp866"), (18, "cp852"), (46, "cp1251")):
            letters = re.search(rb"\x1bt" + re.escape(bytes([n])) + rb"([\x80-\xff]+)\x1b\$", data).group(1)
            self.assertEqual(len(letters), 16)
            self.assertTrue(all(c.isalpha() or c in "€₧" for c in letters.decode(page)), letters.decode(page))

    def test_a_page_of_arabic_forms_shows_words_beside_the_same_drawn(self):
        png, data = self.page("star-line")
        words = re.search(rb"\x1b\x1dt\x0e(.{8})\x1b\$", data, re.DOTALL).group(1)
        self.assertEqual("".join(" " if b == 32 else bytes([b]).decode("cp864") for b in words), "\ufee1\ufefc\ufeb3 \ufe93\ufeed\ufeec\ufed7")
        # all its 22 pages, 864 and katakana among them
        self.assertGreaterEqual(self.rows_alike(picture(png)), 22 * 24 - 4)

    @unittest.skipUnless(shutil.which("zbarimg"), "zbar-tools is not installed")
    def test_its_qr_says_what_was_tested(self):
        for profile in ("generic-80", "generic-58"):
            png, data = self.page(profile)
            read = subprocess.run(["zbarimg", "-q", "--raw", png], capture_output=True, text=True, check=True)
            self.assertIn(f"bonbon test page, virtual:x, {profile}, 2026-11-21", read.stdout)

    @unittest.skipUnless(shutil.which("zbarimg"), "zbar-tools is not installed")
    def test_its_bars_say_the_day(self):
        for profile in ("generic-80", "generic-58", "epson-tm-t88v"):
            read = subprocess.run(["zbarimg", "-q", self.page(profile)[0]], capture_output=True, text=True, check=True)
            self.assertIn("CODE-128:2026-11-21\n", read.stdout)

    def test_every_element_of_the_head_prints_alone_and_with_the_others(self):
        rows = picture(self.page("generic-80")[0])
        paper = [row[MARGIN:MARGIN + 576] for row in rows]
        self.assertEqual(sum("0" not in row for row in paper), 24 + 12)  # a black bar, and lines across
        stairs = [row for row in paper if row.count("1") == 24 and re.fullmatch(r"0*(10{23})*10*", row)]
        self.assertEqual(len({row.index("1") for row in stairs}), 24)

    def test_the_bar_is_as_long_as_it_says(self):
        for profile, mm, dots in (("generic-80", 50, 400), ("generic-58", 40, 320), ("epson-tm-t88v", 50, 354)):
            png, data = self.page(profile)
            self.assertIn(f"{mm} mm long".encode(), data)
            runs = {len(m) for row in picture(png) for m in re.findall("1+", row[MARGIN:])}
            self.assertIn(dots, runs)

    def test_it_ends_in_the_cut_that_the_printer_has(self):
        self.assertTrue(self.page("generic-80")[1].endswith(b"\x1dVB\x00"))
        self.assertNotIn(b"\x1dV", self.page("generic-58")[1])

    def test_it_is_printed_proved_and_no_job(self):
        device = self.device("--png-dir", str(self.dir / "paper"))
        self.configure("bar", device.uri, "epson-tm-t20iii")
        done = self.bonbon1("printers test", "bar")
        self.assertEqual((done["state"], done["profile"]), ("printed", "epson-tm-t20iii"))
        self.assertEqual(device.order("status")["cuts"], 1)
        done = self.bonbon1("printers test", device.uri)  # the shop's own, by its address
        self.assertEqual((done["printer"], done["profile"]), ("bar", "epson-tm-t20iii"))

    def test_one_that_cannot_print_now_says_why_and_gets_nothing(self):
        device = self.device()
        self.configure("bar", device.uri, "epson-tm-t20iii")
        device.order("paper out")
        error = self.bonbon1("printers test", "bar", check=4)["error"]
        self.assertEqual(error["code"], "printer_test")
        self.assertIn("paper out", error["text"])
        self.assertNotIn("job", error["text"])
        self.assertLess(device.order("status")["received_bytes"], 40)

    def test_a_printer_that_is_not_there_is_named(self):
        error = self.bonbon1("printers test", "bar", check=3)["error"]
        self.assertEqual(error["code"], "printer_name")
        self.assertIn("receipt", error["text"])
        self.assertEqual(self.bonbon1("printers test", "pigeon:", check=3)["error"]["code"], "printer_uri")


class Serial(PrintersTest):
    """A sale on a serial printer: a pseudo-terminal, and a thread that is the printer."""

    def setUp(self):
        super().setUp()
        self.ours, port = pty.openpty()
        self.name, self.got, self.end = os.ttyname(port), b"", os.pipe()
        os.set_blocking(self.ours, False)
        self.addCleanup(os.close, port)  # held open, so that the line stays up between sessions

    def printer(self, answer):
        """Reads what is printed; answer(bytes) gives what it says."""
        def work():
            # what is on the line is read before the end is
            while self.ours in select.select([self.ours, self.end[0]], [], [])[0]:
                data = os.read(self.ours, 4096)
                self.got += data
                os.write(self.ours, answer(data))
        self.thread = threading.Thread(target=work)
        self.thread.start()
        self.addCleanup(self.stop)

    def stop(self):
        if self.thread.is_alive():
            os.write(self.end[1], b".")
            self.thread.join()

    def test_a_sale_arrives_byte_for_byte(self):
        self.printer(lambda data: b"")
        self.configure("bar", f"serial:{self.name}?baud=115200&flow=none", "pos-5890")
        target = self.dir / "bytes"
        done = self.print_sale(sale(), "--printer", "bar", "--bytes", target)
        self.assertEqual(done["state"], "sent")
        self.stop()
        self.assertEqual(self.got, target.read_bytes())

    def test_a_printer_that_answers_proves_it(self):
        answers = {b"\x10\x04": b"\x12", b"\x1dr\x01": b"\x00"}
        self.printer(lambda data: b"".join(a * data.count(q) for q, a in answers.items()))
        self.configure("bar", f"serial:{self.name}?baud=115200&flow=xon", "generic-80")
        self.assertEqual(self.listed()["bar"]["status"], "ready")
        self.assertEqual(self.print_sale(sale(), "--printer", "bar")["state"], "printed")

    def test_a_port_that_is_not_there_keeps_the_job(self):
        self.configure("bar", "serial:/dev/ttyNONE")
        self.assertEqual(self.print_sale(sale(), "--printer", "bar", check=4)["state"], "queued")


class Faults(PrintersTest):
    def test_a_wire_that_breaks_leaves_the_truth(self):
        target = self.dir / "out.bin"
        for kind, code in (("eio", 6), ("short", 6), ("eio@0", 4), ("close@0", 4)):
            with self.subTest(kind):
                target.write_bytes(b"")
                at = kind if "@" in kind else f"{kind}@100"
                uri = f"fault:7,kinds={at}+file:{target}"
                done = self.print_sale(sale(kind), "--printer", uri, check=code)
                self.assertEqual(done["state"], "unknown" if code == 6 else "queued")
                self.assertEqual(target.stat().st_size, 100 if code == 6 else 0)

    def test_a_printer_that_leaves_in_the_middle_begins_again_and_says_so(self):
        target = self.dir / "out.bin"
        done = self.print_sale(sale(), "--printer", f"fault:7,kinds=close@100+file:{target}")
        self.assertEqual(done["state"], "sent")
        paper = target.read_bytes()
        self.assertIn("PRINTED AGAIN", self.paper_text(paper[100:]))

    def test_the_same_seed_breaks_two_runs_in_the_same_place(self):
        sizes = []
        for turn in range(2):
            target = self.dir / f"out{turn}.bin"
            self.print_sale(sale(turn), "--printer", f"fault:11,rate=5,kinds=eio+file:{target}", check=6)
            sizes.append(target.stat().st_size)
        self.assertEqual(sizes[0], sizes[1])
        self.assertGreater(sizes[0], 0)

    def test_a_back_channel_that_loses_everything_proves_nothing(self):
        done = self.print_sale(sale(), "--printer", "fault:3,rate=1000,kinds=lost+virtual:", "--timeout", "2", check=6)
        self.assertEqual(done["state"], "unknown")

    def test_no_faults_are_no_faults(self):
        done = self.print_sale(sale(), "--printer", "fault:3,rate=0+virtual:")
        self.assertEqual(done["state"], "printed")


if __name__ == "__main__":
    unittest.main(verbosity=1)
