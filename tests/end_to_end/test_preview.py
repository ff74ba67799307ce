"""What an owner sees before any paper is used: other widths, the document itself, the way of each run of text, every printer, every
save."""
import json
import os
import signal
import struct
import subprocess
import unittest

from shop_under_test import BONBON, NOW, ShopTest, lines, run, sale


def size(path):
    """Width and height of a PNG."""
    return struct.unpack(">II", path.read_bytes()[16:24])


class Preview(ShopTest):
    init = ("--lang", "en", "--currency", "GBP", "--timezone", "Europe/London")

    def write(self, markup, name="slip"):
        path = self.shop / "templates" / f"{name}.receipt"
        path.write_text(markup)
        return path

    def preview(self, *args, **how):
        return run("preview", *args, "--shop", self.shop, **how)

    def text(self, *args):
        return self.preview("slip", "--text", *args, check=0)[1].decode()

    def test_it_lays_out_for_any_width(self):
        self.write("a | b\n---\n")
        for columns in (1, 7, 24, 32, 42, 48, 64, 255):
            rows = self.text("--columns", columns).splitlines()
            self.assertEqual(rows[-2], "─" * columns)
            if columns > 1:
                self.assertEqual(rows[0], "a" + " " * (columns - 2) + "b")
            picture = self.dir / "p.png"
            self.preview("slip", "--png", picture, "--columns", columns, check=0)
            self.assertLess(abs(size(picture)[0] - 12 * columns), 200)
        for wrong in ("0", "256", "-1", "x", "1.5"):
            self.assertEqual(self.preview("slip", "--text", "--columns", wrong)[0], 2)

    def test_the_expanded_document_is_receiptline_that_prints_the_same(self):
        self.write("{{! a note }}\n^{{shop.name}}\n{width:*,10}\n{{#items}}\n{{name}} | {{total_number}}\n{{/items}}\n{code:{{id}};option:qrcode,5,m}\n")
        made = sale("50% | {off} ^^^ \\ ~ _x_ ; }", items=[{"name": " --- ", "total": "4.00"}, {"name": "=\"`^|{}\\n", "total": "6.00"}])
        data = self.dir / "sale.json"
        data.write_text(json.dumps(made))
        expanded = self.preview("slip", "--expanded", "--data", data, check=0)[1]
        self.assertNotIn(b"{{", expanded)
        plain = self.dir / "plain.receipt"
        plain.write_bytes(expanded)
        first, second = self.dir / "first", self.dir / "second"
        self.preview("slip", "--data", data, "--bytes", first, check=0)
        run("preview", plain, "--shop", self.shop, "--bytes", second, check=0)
        self.assertEqual(first.read_bytes(), second.read_bytes())
        answer = lines(self.preview("slip", "--expanded", "--data", data, "--json", check=0)[1])
        self.assertEqual(answer, [{"expanded": expanded.decode()}])

    def test_each_run_of_text_says_its_way(self):
        self.write("|abc\n|Ёж\n|→∑\n")
        data = self.dir / "bytes"
        *runs, paper = lines(self.preview("slip", "--explain", "--bytes", data, "--profile", "generic-80", "--json", check=0)[1])
        self.assertEqual(paper["bytes"], len(data.read_bytes()))
        self.assertEqual([r["text"] for r in runs if r["text"] in ("abc", "Ёж")], ["abc", "Ёж"])
        ways = {r["text"]: r for r in runs}
        self.assertEqual((ways["abc"]["way"], ways["Ёж"]["way"]), ("page", "page"))
        self.assertIn(b"\x1bt" + bytes([ways["Ёж"]["page_n"]]), data.read_bytes())
        self.assertTrue(all(r["way"] in ("page", "look_alike", "user", "dots", "picture", "box") for r in runs))
        self.assertLessEqual(sum(r["bytes"] for r in runs), paper["bytes"])
        words = self.preview("slip", "--explain", "--profile", "generic-80", check=0)[1].decode()
        self.assertIn(f"Ёж\n    characters of code page {ways['Ёж']['page']}, switched to for this\n", words)
        silent = self.dir / "silent"
        self.preview("slip", "--bytes", silent, "--profile", "generic-80", check=0)
        self.assertEqual(silent.read_bytes(), data.read_bytes(), "looking changes nothing")

    def test_each_code_and_picture_says_its_way(self):
        self.write("{code:BON;option:pdf417}\n{code:BON;option:aztec}\n{code:BON;option:qrcode}\n{code:BON;option:code39}\n{image:logo.png}\n")

        def ways(profile):
            *runs, _ = lines(self.preview("slip", "--explain", "--text", "--profile", profile, "--json", check=0)[1])
            return [(r["text"] if r["way"] != "image" else "-", r["way"]) for r in runs if not r["way"] in ("page", "dots")]

        self.assertEqual(ways("generic-80"), [("BON", way) for way in ("own_code", "drawn_code", "own_code", "own_code")] + [("-", "image")])
        self.assertEqual(ways("pos-5890")[:4], [("BON", "drawn_code")] * 4)
        (self.shop / "profiles.d").mkdir(exist_ok=True)
        (self.shop / "profiles.d" / "mine.yaml").write_text("like: pos-5890\naztec: native\n")
        self.assertEqual([way for _, way in ways("mine")][:4], ["drawn_code", "own_code", "drawn_code", "drawn_code"])
        words = self.preview("slip", "--explain", "--profile", "generic-80", check=0)[1].decode()
        self.assertIn("BON\n    a code that the printer makes\n", words)
        self.write("{code:BON-123456;option:code128}\n{code:(01)04012345123456;option:gs1-128}\n")
        self.assertEqual([text for text, way in ways("generic-80") if way == "own_code"], ["BON-123456", "0104012345123456"], "not its code sets")

    def test_a_file_without_a_sale_is_not_the_sample(self):
        self.write("x |\n")
        (self.dir / "empty.json").write_bytes(b"")
        status, _, said = self.preview("slip", "--data", self.dir / "empty.json", "--text")
        self.assertEqual(status, 3)
        self.assertIn("empty.json", said)

    def test_all_printers_stand_side_by_side(self):
        self.write("x |\n")
        run("printers", "add", "bar", "--printer", "virtual:bar", "--profile", "pos-5890", "--shop", self.shop, check=0)
        one, two = self.dir / "one.png", self.dir / "two.png"
        self.preview("slip", "--all", "--png", two, check=0)
        (self.shop / "printers.d" / "bar.yaml").unlink()
        self.preview("slip", "--all", "--png", one, check=0)
        self.assertEqual(size(two)[0] - size(one)[0], 384 + 2 * 10 + 24)
        self.assertEqual(self.preview("slip", "--all")[0], 2)
        for words in (["--text"], ["--expanded"], ["--columns", "30"], ["--profile", "generic-58"], ["--bytes", self.dir / "bytes"]):
            status, _, err = self.preview("slip", "--all", "--png", one, *words)
            self.assertEqual(status, 2)
            self.assertIn(f"--all and {words[0]} do not go together", err)

    def test_a_document_before_it_is_laid_out_is_on_no_paper(self):
        """Else a picture that was asked for would silently not be written."""
        self.write("x |\n")
        for words in (["--png", self.dir / "p.png"], ["--bytes", self.dir / "b"], ["--text"], ["--explain"], ["--columns", "30"]):
            status, _, err = self.preview("slip", "--expanded", *words)
            self.assertEqual(status, 2)
            self.assertIn(f"--expanded and {words[0]} do not go together", err)

    def test_a_sale_that_is_wrong_is_called_by_its_file(self):
        path = self.write("x |\n")
        data = self.dir / "sale.json"
        data.write_text('{"id":"1"\n"time"}')
        self.assertIn(f"{data}:2:1: this is not JSON", self.preview("slip", "--text", "--data", data)[2])
        beside = path.with_suffix(".json")
        beside.write_text("[")
        self.assertIn(f"{beside}:1:2", self.preview(path, "--text")[2])

    def test_a_save_is_drawn_again_until_it_is_ended(self):
        path = self.write("one\n")
        picture, data = self.dir / "look.png", self.dir / "bytes"
        environment = dict(os.environ, BONBON_NOW=NOW, LC_ALL="C.UTF-8")
        watching = subprocess.Popen([os.path.abspath(BONBON), "preview", "slip", "--shop", str(self.shop), "--watch", "--png", str(picture), "--bytes",
                                     str(data)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, text=True)
        try:
            self.assertIn("drawn", watching.stdout.readline())
            self.assertIn(b"one", data.read_bytes())
            first = picture.read_bytes()
            path.write_text("two\n")
            self.assertIn("drawn", watching.stdout.readline())
            # A save may be seen in two parts, the emptied file and the full one.
            while b"two" not in data.read_bytes():
                self.assertIn("drawn", watching.stdout.readline())
            self.assertNotEqual(picture.read_bytes(), first)
            # Editors put a new file in the old one's place; one that is wrong for now is said, and waited for.
            fresh = path.with_suffix(".new")
            fresh.write_text("{{#open}}\n")
            fresh.rename(path)
            self.assertIn("is opened here and never closed", watching.stderr.readline())
            self.assertIn(b"two", data.read_bytes())
            fresh.write_text("three\n")
            fresh.rename(path)
            self.assertIn("drawn", watching.stdout.readline())
            self.assertIn(b"three", data.read_bytes())
            watching.send_signal(signal.SIGINT)
            self.assertEqual(watching.wait(60), 0)
        finally:
            watching.kill()
            watching.communicate()

    def test_something_must_be_asked_for(self):
        self.write("x\n")
        for words in ((), ("--watch",), ("--columns", "30"), ("--all",)):
            self.assertEqual(self.preview("slip", *words)[0], 2)


if __name__ == "__main__":
    unittest.main()
