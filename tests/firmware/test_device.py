"""Every command against the printer in software, which knows nothing of this program."""
import codecs
import json
import os
import pty
import subprocess
import unittest

from bed import BONBON, FW, NOW, SOURCE, FwTest, VirtualTest, dots, png

ARROW = ["...##...........", "..####..........", ".######.........", "########......##"]


class Looking(VirtualTest):
    def test_identify_names_the_printer_and_its_profile(self):
        says = self.fw("identify")
        self.assertEqual(says["maker"], "EPSON")
        self.assertEqual(says["model"], "Epson TM-T20III")
        self.assertEqual(says["serial"], "VIRTUAL")
        self.assertEqual((says["profile"], says["profile_exact"]), ("epson-tm-t20iii", True))
        self.assertEqual(says["type"], 2)

    def test_every_condition_is_a_bit_with_words(self):
        self.assertTrue(self.fw("status")["ready"])
        for orders, bits in ((["paper low"], {"paper_near_end"}),
                             (["ok", "cover open"], {"offline", "cover_open"}),
                             (["ok", "cutter jam"], {"offline", "error", "cutter_error"}),
                             (["ok", "fail"], {"offline", "error", "unrecoverable_error"}),
                             (["ok", "paper out"], {"offline", "stopped_by_paper_end", "paper_end"})):
            self.order(*orders)
            told = self.fw("status")
            on = {name for name, value in told["bits"].items() if value}
            self.assertLessEqual(bits, on, orders)
            self.assertEqual(told["ready"], "offline" not in on)
        out, _ = self.raw("status", "--printer", self.uri, lang="ro_RO.UTF-8")
        self.assertIn("da  fără hârtie", out)
        out, _ = self.raw("status", "--printer", self.uri, lang="ru_RU.UTF-8")
        self.assertIn("да   нет бумаги", out)

    def test_watching_says_what_is_there_and_ends_when_told(self):
        out, _ = self.raw("status", "--watch", "--times", "1", "--printer", self.uri, "--json")
        self.assertTrue(json.loads(out)["ready"])

    def test_watching_says_what_changes_and_that_the_printer_went_away(self):
        program = subprocess.Popen([FW, "status", "--watch", "--printer", self.uri, "--json"], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, env=self.environment(), text=True)
        self.addCleanup(program.stderr.close)
        self.addCleanup(program.stdout.close)
        self.addCleanup(program.kill)
        self.assertTrue(json.loads(program.stdout.readline())["ready"])
        for order, bit in (("paper low", "paper_near_end"), ("cover open", "cover_open"), ("ok", None)):
            self.order(order)
            told = json.loads(program.stdout.readline())  # the next thing that it says is this
            self.assertEqual((told["ready"], bit is None or told["bits"][bit]), (order != "cover open", True))
        self.stop()
        self.assertIn("error", json.loads(program.stdout.readline()))
        self.assertEqual(program.wait(timeout=60), 4)

    def test_counters_count_what_was_cut(self):
        before = self.fw("counters")["counters"]["cuts"]
        self.fw("codepages")
        after = self.fw("counters")["counters"]["cuts"]
        self.assertEqual(after["ever"], before["ever"] + 1)
        self.assertEqual(after["since_reset"], before["since_reset"] + 1)

    def test_a_named_printer_of_a_shop_brings_its_profile(self):
        shop = self.dir / "cafe"
        subprocess.run([BONBON, "init", shop], check=True, capture_output=True, env=self.environment())
        (shop / "printers.d" / "bar.yaml").write_text(f"profile: star-line\nuri: {self.uri}\n")
        out, _ = self.raw("codepages", "--printer", "bar", "--shop", shop, "--json")
        self.assertEqual(json.loads(out)["profile"], "star-line")
        self.uri = "cellar"
        self.assertIn("bar", self.refused("status", "--shop", shop, code="printer_name", check=3))
        self.uri = "receipt"
        self.refused("status", "--shop", shop, code="fw_virtual", check=3)
        self.uri = "bar"
        self.refused("status", code="fw_shop", check=2)


class Papers(VirtualTest):
    def test_the_charts_are_what_python_says_the_pages_are(self):
        self.fw("codepages", "--profile", "epson-tm-t20iii")
        rows = self.printed().splitlines()
        for n, name, codec in ((0, "PC437", "cp437"), (18, "PC852", "cp852"), (17, "PC866", "cp866"),
                               (46, "WPC1251", "cp1251"), (45, "WPC1250", "cp1250"), (39, "ISO8859-2", "iso8859-2")):
            at = rows.index(f"ESC t {n}  {name}")
            for high in range(8, 16):
                row = rows[at + high - 7].ljust(3 + 31)
                for low in range(16):
                    wanted = codecs.decode(bytes([high * 16 + low]), codec, "replace")
                    if wanted.isprintable() and wanted != "\ufffd" and not wanted.isspace():
                        self.assertEqual(row[3 + 2 * low], wanted, f"{name} {high:X}{low:X}")

    def test_a_narrow_chart_stays_on_its_paper(self):
        self.fw("codepages", "--profile", "generic-58")
        self.assertIn("8  ÇüéâäàåçêëèïîìÄÅ", self.printed())

    def test_the_printers_own_page_comes_and_the_printer_is_there_again(self):
        self.assertTrue(self.fw("selftest")["sent"])
        self.assertTrue(self.fw("status")["ready"])
        self.order("text")
        self.assertTrue(self.fw("selftest", "--kind", "rolling")["sent"])
        self.raw("selftest", "--kind", "other", "--printer", self.uri, check=2)

    def test_clear_brings_it_out_of_an_error(self):
        self.order("error")
        self.refused("codepages", code="fw_not_ready", check=4)
        self.assertTrue(self.fw("clear")["cleared"])
        self.assertTrue(self.fw("status")["ready"])


class Logos(VirtualTest):
    def test_a_picture_is_kept_dot_by_dot_listed_printed_and_forgotten(self):
        told = self.fw("logo upload", "L1", self.file("arrow.png", png(ARROW)), "--line-art", "--yes")
        self.assertEqual((told["width_dots"], told["height_dots"]), (16, 4))
        listed = self.fw("logo list")
        self.assertEqual(listed["keys"], ["L1"])
        self.assertLess(listed["left"], listed["capacity"])
        self.fw("logo print", "L1")
        self.fw("logo upload", "Zz", self.dir / "arrow.png", "--yes")
        self.fw("logo delete", "Zz", "--yes")
        self.assertIn("L1", self.refused("logo print", "Zz", code="fw_key_none", check=1))
        self.assertIn("L1", self.refused("logo delete", "Zz", "--yes", code="fw_key_none", check=1))
        self.assertEqual(self.writes_counted(), 3)
        self.assertEqual(self.nv("graphic"), [["4c31", "16", "4", dots(ARROW).hex()]])

    def test_a_kept_picture_goes_by_its_key_where_a_template_prints_these_very_dots(self):
        shop, profile = self.dir / "shop", "epson-tm-t20iii"
        subprocess.run([BONBON, "init", shop], check=True, capture_output=True, env=self.environment())
        grey = png(["#" * x + "." * (200 - x) for x in range(100)])
        (shop / "images").mkdir(exist_ok=True)
        (shop / "images" / "logo.png").write_bytes(grey)
        told = self.fw("logo upload", "L1", shop / "images" / "logo.png", "--width", "96", "--yes")
        (shop / "profiles.d").mkdir(exist_ok=True)
        (shop / "profiles.d" / "mine.yaml").write_text(f"like: {profile}\nlogos: {{L1: '{told['hash']}'}}\n")

        def way(markup):
            slip = self.file("slip.receipt", markup)
            done = subprocess.run([BONBON, "preview", slip, "--explain", "--text", "--json", "--profile", "mine", "--shop", shop],
                                  check=True, capture_output=True, env=self.environment())
            run = json.loads(done.stdout.splitlines()[0])
            return run["way"], run["text"], run["width_dots"]

        self.assertEqual(way("{width:8}\n{image:logo.png}\n"), ("key", "L1", 96))
        self.assertEqual(way("{width:10}\n{image:logo.png}\n"), ("image", "120 × 60", 120))
        self.assertEqual(way("{image:logo.png}\n")[0], "image")
        self.assertEqual(way("{width:8;option:threshold}\n{image:logo.png}\n")[0], "image", "other dots")

    def test_the_old_memory_is_replaced_as_a_whole(self):
        first, second = self.file("a.png", png(ARROW)), self.file("b.png", png(["#......."] * 8))
        self.fw("logo upload", "1", first, "--old", "--yes")
        out, _ = self.raw("logo", "upload", "1", second, first, "--old", "--yes", "--printer", self.uri)
        self.assertIn("2:", out)
        self.assertTrue(self.fw("status")["ready"])
        self.fw("logo print", "2", "--old")
        self.refused("logo print", "L1", "--old", code="fw_nv_old", check=1)
        images = self.nv("image")
        self.assertEqual([i[1:] for i in images], [["8", "8", "80" * 8], ["16", "8", (dots(ARROW) + b"\0" * 8).hex()]])

    def test_without_a_yes_nothing_is_written(self):
        logo = self.file("arrow.png", png(ARROW))
        self.refused("logo upload", "L1", logo, code="fw_ask", check=2)
        for answer, status in ((b"n\n", 1), (b"\n", 1), (b"d\n", 0)):
            self.assertEqual(self.at_terminal(answer, "logo", "upload", "L1", logo, "--printer", self.uri), status)
        self.assertEqual(self.writes_counted(), 1)
        self.assertEqual(len(self.nv("graphic")), 1)

    def at_terminal(self, answer, *args):
        """Runs the program with a terminal, types the answer; gives the exit status."""
        ours, theirs = pty.openpty()
        program = subprocess.Popen([FW, *map(str, args)], stdin=theirs, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, env=self.environment())
        os.close(theirs)
        os.write(ours, answer)
        program.communicate(timeout=60)
        os.close(ours)
        return program.returncode

    def test_a_printer_that_is_not_ready_is_left_alone(self):
        logo = self.file("arrow.png", png(ARROW))
        self.order("paper out")
        self.assertIn("paper out", self.refused("logo upload", "L1", logo, "--yes", code="fw_not_ready", check=4))
        self.assertEqual(self.writes_counted(), 0)
        self.order("ok")
        self.fw("logo upload", "L1", logo, "--yes")

    def test_ten_writes_a_day_and_no_more(self):
        logo = self.file("arrow.png", png(ARROW))
        for i in range(10):
            self.fw("logo upload", "L%d" % (i % 2), logo, "--yes")
        words = self.refused("logo upload", "L5", logo, "--yes", code="fw_wear", check=1)
        self.assertIn("10", words)
        self.assertEqual(self.fw("logo list")["keys"], ["L0", "L1"])
        self.fw("logo upload", "L5", logo, "--yes", now="2026-11-22T00:00:00+00:00")

    def test_a_profile_may_set_another_limit(self):
        shop, logo = self.dir / "shop", self.file("arrow.png", png(ARROW))
        (shop / "profiles.d").mkdir(parents=True)
        (shop / "profiles.d" / "frail.yaml").write_text("like: epson-tm-t20iii\nnv_writes_per_day: 1\n")
        how = ("--profile", "frail", "--shop", shop)
        self.fw("logo upload", "L1", logo, "--yes", *how)
        self.refused("logo upload", "L1", logo, "--yes", *how, code="fw_wear", check=1)

    def test_a_count_that_cannot_be_read_stops_writing(self):
        logo = self.file("arrow.png", png(ARROW))
        self.fw("logo upload", "L1", logo, "--yes")
        next(self.state.glob("writes-*")).write_text("full of beans\n")
        self.refused("logo upload", "L1", logo, "--yes", code="fw_wear", check=1)


class Settings(VirtualTest):
    def save(self):
        path = self.dir / "now.yaml"
        self.fw("settings save", path)
        return path

    def changed(self, *changes):
        text = self.save().read_text()
        for old, new in changes:
            self.assertIn(old, text)
            text = text.replace(old, new)
        return self.file("wanted.yaml", text)

    def test_what_is_saved_is_no_difference(self):
        self.assertEqual(self.fw("settings diff", self.save())["changes"], [])

    def test_settings_go_into_the_printer_and_stay_there(self):
        wanted = self.changed(('  8: "00000000"', '  8: "00010000"'), ("  5: 0 ", "  5: 65531 "), ("  8: 0 ", "  8: 18 "))
        before = (self.dir / "now.yaml").read_text()
        told = self.fw("settings diff", wanted, check=1)
        self.assertEqual(told["changes"], [{"switch": 8, "bit": 5, "printer": 0, "file": 1},
                                           {"value": 5, "printer": 0, "file": 65531},
                                           {"value": 8, "printer": 0, "file": 18}])
        backup = self.dir / "backup.yaml"
        told = self.fw("settings restore", wanted, "--yes", "--backup", backup)
        self.assertTrue(told["restored"])
        self.assertEqual(backup.read_text(), before)
        self.assertEqual(self.fw("settings diff", wanted)["changes"], [])
        self.assertEqual(self.writes_counted(), 2)
        self.assertTrue(self.fw("settings restore", wanted)["restored"])  # nothing to do, nobody is asked
        self.fw("settings restore", backup, "--yes")
        self.assertEqual(self.fw("settings diff", self.dir / "now.yaml")["changes"], [])
        custom = dict(self.nv("custom"))
        self.assertEqual(custom.get("5", "0"), "0")

    def test_without_a_yes_the_settings_stay(self):
        wanted = self.changed(("  5: 0 ", "  5: 3 "))
        self.refused("settings restore", wanted, code="fw_ask", check=2)
        self.assertEqual(len(self.fw("settings diff", wanted, check=1)["changes"]), 1)
        self.assertEqual(self.writes_counted(), 0)

    def test_a_backup_is_made_without_being_asked_for(self):
        self.fw("settings restore", self.changed(("  6: 0 ", "  6: 2 ")), "--yes")
        kept = next(self.state.glob("settings-*.yaml")).read_text()
        self.assertEqual(kept, (self.dir / "now.yaml").read_text())

    def test_backups_of_the_same_second_are_both_kept(self):
        self.fw("settings restore", self.changed(("  6: 0 ", "  6: 2 ")), "--yes")
        self.fw("settings restore", self.dir / "now.yaml", "--yes")
        self.assertEqual(len(list(self.state.glob("settings-*.yaml"))), 2)

    def test_settings_of_another_model_are_refused(self):
        wanted = self.changed(("Epson TM-T20III", "Epson TM-T88V"), ("  5: 0 ", "  5: 3 "))
        words = self.refused("settings restore", wanted, "--yes", code="fw_other_model", check=1)
        self.assertIn("TM-T88V", words)
        self.assertIn("TM-T20III", words)
        self.assertEqual(self.writes_counted(), 0)

    def test_a_setting_that_the_printer_lacks_is_refused(self):
        wanted = self.changed(("  5: 0 ", "  4: 3\n  5: 3 "))
        self.assertIn("4", self.refused("settings restore", wanted, "--yes", code="fw_no_setting", check=1))
        self.assertEqual(self.writes_counted(), 0)

    def test_what_empties_the_memory_needs_another_word(self):
        self.fw("logo upload", "L1", self.file("arrow.png", png(ARROW)), "--yes")
        wanted = self.changed(("  2: 7 ", "  2: 6 "))
        self.refused("settings restore", wanted, "--yes", code="fw_erases", check=1)
        self.assertEqual(self.fw("logo list")["keys"], ["L1"])
        self.fw("settings restore", wanted, "--yes", "--erase")
        self.assertEqual(self.fw("logo list")["keys"], [])

    def test_a_file_with_a_mistake_says_where(self):
        for text, where in (('model: M\nswitches:\n  9: "00000000"\n', ":3:3"), ('model: M\nswitches:\n  1: "0000"\n', ":3:6"),
                            ("model: M\nvalues:\n  5: many\n", ":3:6"), ("model: M\nvalues:\n  5: 1\n  5: 2\n", ":4:3"),
                            ("model: M\nmemory: 1\n", ":2:1"), ("values:\n  5: 1\n", ":1:1"), ("model: [\n", ":2:1")):
            out, _ = self.raw("settings", "restore", self.file("bad.yaml", text), "--printer", self.uri, "--json", check=3)
            self.assertTrue(json.loads(out)["error"]["where"].startswith(f"{self.dir}/bad.yaml{where}"), out)


class Tracing(VirtualTest):
    CAPTURE = b"\x1b@Hi\n\x1dv0\x00\x01\x00\x02\x00\xff\x00\x1dV\x42\x00"

    def test_a_capture_is_listed_command_by_command(self):
        out, _ = self.raw("trace", self.file("job.bin", self.CAPTURE))
        self.assertEqual([line.split("  ")[0] for line in out.splitlines()],
                         ["00000000", "00000002", "00000004", "00000005", "0000000f"])
        self.assertRegex(out.splitlines()[0], r"1B 40 +ESC @$")
        self.assertIn("GS v 0", out)
        out, _ = self.raw("trace", self.dir / "job.bin", "--json")
        self.assertEqual(json.loads(out.splitlines()[0]),
                         {"offset": 0, "name": "ESC @", "parameters": "", "bytes": "1B 40"})

    def test_a_pipe_is_listed_while_it_is_written(self):
        fifo = self.dir / "fifo"
        os.mkfifo(fifo)
        program = subprocess.Popen([FW, "trace", fifo], stdout=subprocess.PIPE, env=self.environment(), text=True)
        with open(fifo, "wb", buffering=0) as pipe:
            pipe.write(b"\x1b@")
            self.assertIn("ESC @", program.stdout.readline())
            pipe.write(b"\x1dV")
            pipe.write(b"\x00")
            self.assertIn("GS V", program.stdout.readline())
        rest, _ = program.communicate(timeout=60)
        self.assertEqual((rest, program.returncode), ("", 0))

    def test_a_pseudo_terminal_is_listed_byte_for_byte(self):
        ours, theirs = pty.openpty()
        program = subprocess.Popen([FW, "trace", os.ttyname(theirs)], stdout=subprocess.PIPE, env=self.environment())
        # Before the program has it, the terminal would change bytes; what is told of each byte shows that it has.
        os.set_blocking(ours, True)
        line = b""
        while not line.strip().endswith(b"ESC @"):
            os.write(ours, b"\x1b@")
            line = program.stdout.readline()
        os.write(ours, b"\r\n\x03\x04\x13\x1dV\x00")
        told = b""
        while b"GS V" not in told:
            told += program.stdout.readline()
        for name in (b"CR", b"LF", b" 03 ", b" 04 ", b" 13 "):
            self.assertIn(name, told)
        os.close(theirs)
        os.close(ours)
        program.communicate(timeout=60)
        self.assertEqual(program.returncode, 0)

    def test_what_is_listed_can_go_on_to_a_printer(self):
        self.raw("trace", self.file("job.bin", self.CAPTURE), "--printer", self.uri)
        self.assertIn("Hi", self.printed())


class Words(FwTest):
    def test_help_names_every_command_and_no_option_is_left_unsaid(self):
        out, _ = self.raw("--help")
        commands = [line[2:19].strip() for line in out.splitlines() if line.startswith("  ")]
        self.assertEqual(len(commands), 16)
        self.assertEqual(commands, sorted(commands))
        for command in commands:
            page, _ = self.raw(*command.split(), "--help")
            self.assertTrue(page.startswith(f"usage: bonbon-fw {command}"))
            self.assertIn("--json", page)

    def test_a_wrong_line_is_usage(self):
        for line in ((), ("nothing",), ("logo",), ("status",), ("status", "--printer"), ("status", "--beep"),
                     ("status", "x", "--printer", "file:/dev/null"), ("logo", "upload", "L1", "--printer", "usb:"),
                     ("identify", "--times", "3", "--printer", "usb:"), ("status", "--printer", "usb:", "--wait", "soon")):
            self.raw(*line, check=2)

    def test_the_version_is_the_programs(self):
        self.assertTrue(self.raw("--version")[0].startswith("bonbon-fw "))


if __name__ == "__main__":
    unittest.main()
