"""Templates of an owner: what `template check` says of them, what a preview shows of those that are wrong, and that none of them
stops a receipt."""
import json
import os
import re
import struct
import unittest
import zlib

from shop_under_test import ShopTest, lines, run, sale

LOCALE = {"en": "C.UTF-8", "ro": "ro_RO.UTF-8", "ru": "ru_RU.UTF-8"}
# The seven passes of Adam7: first column and row, steps.
ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def header(width, height, depth, color, interlace=0):
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlace))


def of_rows(width, height, depth, color, row, extra=b""):
    """Each row the same bytes; extra are chunks before the dots."""
    return header(width, height, depth, color) + extra + chunk(b"IDAT", zlib.compress((b"\0" + row) * height)) + chunk(b"IEND", b"")


def png(size, depth, color, pixel, interlace=0):
    """A square of one colour; pixel is its bytes."""
    if interlace:
        rows = b"".join(b"\0" + pixel * len(range(x, size, step_x)) for x, y, step_x, step_y in ADAM7 for _ in range(y, size, step_y))
    else:
        rows = (b"\0" + pixel * size) * size
    return header(size, size, depth, color, interlace) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


BLACK = png(16, 8, 0, b"\0")
PICTURES = {
    "black.png": BLACK,
    "deep.png": png(16, 16, 2, b"\0\0" * 3),
    "interlaced.png": png(16, 8, 0, b"\0", interlace=1),
    "alpha.png": png(16, 8, 6, b"\0\0\0\xff"),
    "glass.png": png(16, 8, 6, b"\0\0\0\0"),
    "broken.png": BLACK[:-20],
    "flipped.png": BLACK[:40] + b"\xff" + BLACK[41:],
    "huge.png": header(100000, 100000, 8, 0) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b""),
    "flat.png": header(0, 5, 8, 0),
    "bodiless.png": header(9, 9, 8, 0) + chunk(b"IEND", b""),
    "colourless.png": of_rows(16, 16, 8, 3, bytes(16)),
    "fat.png": BLACK + b"\0" * (8 << 20),
    "palette.png": of_rows(16, 16, 8, 3, bytes(16), chunk(b"PLTE", b"\0\0\0\xff\xff\xff")),
    "see-through.png": of_rows(16, 16, 8, 3, bytes([0, 1] * 8), chunk(b"PLTE", b"\0" * 6) + chunk(b"tRNS", b"\0")),
    "bits.png": of_rows(16, 16, 1, 0, b"\x0f\xf0"),
    "four.png": of_rows(16, 16, 2, 0, b"\x1b" * 4),
    "grey16.png": of_rows(16, 16, 16, 0, b"\x40\0" * 16),
    "grey-alpha.png": of_rows(16, 16, 8, 4, b"\0\xff" * 16),
    "dot.png": of_rows(1, 1, 8, 0, b"\0"),
    "tall.png": of_rows(576, 3000, 8, 0, bytes(x % 256 for x in range(576))),
    "photo.png": b"\xff\xd8\xff\xe0 this is a JPEG",
    "empty.png": b"",
}

# name: markup between two lines, what is said, where (line:column in the template), whether the template itself still prints.
BAD = {
    "a picture cut short": ("{image:broken.png}", "image", "2:1", True),
    "a picture with a flipped bit": ("{image:flipped.png}", "image", "2:1", True),
    "a picture of 100,000 dots": ("{image:huge.png}", "image_big", "2:1", True),
    "no picture at all": ("{image:photo.png}", "image", "2:1", True),
    "an empty picture": ("{image:empty.png}", "image", "2:1", True),
    "a picture without a row": ("{image:flat.png}", "image", "2:1", True),
    "a picture without dots": ("{image:bodiless.png}", "image", "2:1", True),
    "a picture without its colours": ("{image:colourless.png}", "image", "2:1", True),
    "a picture of 8 MB and more": ("{image:fat.png}", "image", "2:1", True),
    "a picture that is missing": ("{image:none.png}", "image", "2:1", True),
    "a picture above the folder": ("{image:../shop.yaml}", "image", "2:1", True),
    "a picture by its path": ("{image:/etc/passwd}", "image", "2:1", True),
    "a picture through a link that leads out": ("{image:out.png}", "image", "2:1", True),
    "a picture through a link to nowhere": ("{image:lost.png}", "image", "2:1", True),
    "a picture through a link to itself": ("{image:loop.png}", "image", "2:1", True),
    "a picture in a folder below": ("{image:below/black.png}", "image", "2:1", True),
    "a picture that is a folder": ("{image:below}", "image", "2:1", True),
    "a picture that is a pipe": ("{image:pipe.png}", "image", "2:1", True),
    "a picture that is no base64": ("{image:iVBORw0KGgo????}", "image", "2:1", True),
    "a QR too long for the paper": ("{code:%s;option:qrcode,8,h}" % ("x" * 900), "symbol_wide", "2:1", True),
    "a QR too long for any": ("{code:%s;option:qrcode}" % ("x" * 4000), "symbol", "2:1", True),
    "a PDF417 too long for any": ("{code:%s;option:pdf417}" % ("x" * 4000), "symbol", "2:1", True),
    "a bar code wider than the paper": ("{code:%s;option:code39}" % ("X" * 60), "symbol_wide", "2:1", True),
    "an Aztec wider than the paper": ("{code:%s;option:aztec}" % ("x" * 2900), "symbol_wide", "2:1", True),
    "letters in a GS1-128 that it has none of": ("{code:é;option:gs1-128}", "symbol", "2:1", True),
    "letters in an EAN": ("{code:40063813339x1;option:ean}", "symbol", "2:1", True),
    "a wrong check digit": ("{code:4006381333932;option:ean}", "symbol", "2:1", True),
    "a wrong check digit in a GS1-128": ("{code:(01)09501101530004(10)A;option:gs1-128}", "symbol", "2:1", True),
    "an odd ITF": ("{code:123;option:itf}", "symbol", "2:1", True),
    "a code without text": ("{code:{{customer.phone}};option:qrcode}", "symbol", "2:1", True),
    "more columns than letters": ("a|" * 60 + "b", "markup_columns", "2:1", True),
    "letters larger than their column": ("{width:4,*}\n^^^^^^^A | b\n{width:auto}", "markup_size", "3:1", True),
    "braces in a line": ("a {b} c", "markup_line", "2:1", True),
    "braces that are no property": ("{width 3}", "markup_property", "2:2", True),
    "braces in a column": ("a | {width:3}", "markup_line", "2:1", True),
    "commands without leave": ("{command:\\x1bp}", "markup_command", "2:1", True),
    "101 sections in each other": ("{{#shop}}" * 101 + "x" + "{{/shop}}" * 101, "template_depth", "2:901", False),
    "a partial that includes itself": ("{{> round}}", "template_recursion", "round", False),
    "a partial that nobody has": ("a {{> nowhere}}", "template_unknown", "2:3", False),
    "a section that stays open": ("a {{#items}}", "template_section", "2:3", False),
    "a section that closes another": ("{{#items}}\n {{/shop}}", "template_close", "3:2", False),
    "a tag without its end": ("a\n  {{total", "template_tag", "3:3", False),
    "1 MB and more": ("x" * (1 << 20), "too_big", "", False),
}

# What 80 mm have room for, and 58 mm have not.
WIDE = {
    "a bar code": "{code:%s;option:code39}" % ("X" * 14),
    "a GS1-128": "{code:(01)09501101530003(10)ABCDEFGH;option:gs1-128}",
    "a QR": "{code:%s;option:qrcode,4,l}" % ("x" * 900),
    "a DataMatrix": "{code:%s;option:datamatrix}" % ("x" * 1000),
    "a PDF417": "{code:%s;option:pdf417}" % ("x" * 1300),
}

# What is no mistake, though it looks like one.
GOOD = {
    "16 bits a channel": "{image:deep.png}",
    "a palette": "{image:palette.png}",
    "a palette one can see through": "{image:see-through.png}",
    "a bit a dot": "{image:bits.png}",
    "two bits a dot": "{image:four.png}",
    "grey of 16 bits": "{image:grey16.png}",
    "grey with alpha": "{image:grey-alpha.png}",
    "a single dot": "{image:dot.png}",
    "the width of the paper, 3000 high": "{image:tall.png}",
    "interlaced": "{image:interlaced.png}",
    "with alpha": "{image:alpha.png}",
    "all transparent": "{image:glass.png}",
    "a link inside the folder": "{image:in.png}",
    "threshold": "{image:alpha.png;option:threshold}",
    "100 sections in each other": "{{#shop}}" * 100 + "x" + "{{/shop}}" * 100,
    "a PDF417": "{code:7KQ2M9XDPA4TY;option:pdf417}",
    "a DataMatrix": "{code:7KQ2M9XDPA4TY;option:datamatrix,6}",
    "an Aztec": "{code:7KQ2M9XDPA4TY;option:aztec}",
    "a GS1-128": "{code:(01)09501101530003;option:gs1-128,2,60,hri}",
}

# markup: what will hurt, and where.
HURTS = {
    "{width:30,*,30}\na | b | c": [("hint_widths", "3:1")],
    "{width:4,*}\nUkulele | x\n{width:auto}": [("hint_narrow", "3:1")],
    "{text:words;width:*,4}\nx | 123.45\n{width:auto}": [("hint_narrow", "3:5")],
    "{text:nowrap}\n|" + "long " * 20: [("hint_cut_off", "3:2")],
    "{code:hello;option:qrcode,3,l}": [("hint_qr", "2:1")],
    "{code:hello;option:datamatrix,3}": [("hint_qr", "2:1")],
    "{code:hello;option:aztec,3}\n{code:hello;option:pdf417,2}": [("hint_qr", "2:1")],
    "{code:09501101530003;option:gs1-128}": [("hint_gs1", "2:1")],
    "{code:(01)123;option:gs1-128}": [("hint_gs1", "2:1")],
    "{code:(05)09501101530003;option:gs1-128}": [("hint_gs1", "2:1")],
    "{code:hello;option:qrcod,5}": [("hint_value", "2:1")],
    "{code:A;option:code128,9,hri}": [("hint_value", "2:1")],
    "{widht:3;option:qrcode,5}": [("hint_value", "2:2")],
    "{align:middle}\n{width:5,x,*}\na | b\n{border:dotted}\n{text:wrp}\n{feed:much}\n{feed:5000}\n{feed:4096}": [("hint_value", f"{n}:1") for n in (2, 3, 5, 6, 7, 8)],
    "{{nothing}} | {{shop.nmae}}": [("template_name", "2:3"), ("template_name", "2:17")],
    "{{#customr}}x{{/customr}}": [("template_name", "2:4")],
}


class Templates(ShopTest):
    init = ("--lang", "en", "--currency", "GBP", "--timezone", "Europe/London")

    def setUp(self):
        super().setUp()
        images = self.shop / "images"
        images.mkdir(exist_ok=True)
        for name, data in PICTURES.items():
            (images / name).write_bytes(data)
        os.mkfifo(images / "pipe.png")
        (self.dir / "outside.png").write_bytes(BLACK)
        (images / "out.png").symlink_to(self.dir / "outside.png")
        (images / "in.png").symlink_to("black.png")
        (images / "lost.png").symlink_to("nowhere.png")
        (images / "loop.png").symlink_to("loop.png")
        (images / "below").mkdir()
        (images / "below" / "black.png").write_bytes(BLACK)
        (self.shop / "templates" / "round.receipt").write_text("{{> round}}\n")

    def write(self, markup, name="receipt"):
        path = self.shop / "templates" / f"{name}.receipt"
        path.write_text(f"|BEFORE {{{{id}}}}\n{markup}\n|AFTER\n")
        return path

    def check(self, name="receipt", lang="en", **env):
        status, out, err = run("template", "check", name, "--shop", self.shop, "--json", env={"LC_ALL": LOCALE[lang], **env})
        return status, lines(out), err

    def test_a_letter_without_a_font_is_a_warning_with_its_number(self):
        path = self.write("|a\ue123b\n|\ue123")
        status, found, words = self.check()
        self.assertEqual([(status, f["severity"], f["code"], f["where"]) for f in found], [(0, "warning", "hint_glyph", f"{path}:2:3"), (0, "warning", "hint_glyph", f"{path}:3:2")])
        self.assertIn("U+E123", found[0]["text"])

    def test_a_letter_without_a_font_is_told_once_when_it_is_printed(self):
        made = sale(items=[{"name": "\ue123 and \ue124", "total": "10.00"}])
        for command in (("print", "-"), ("preview", "receipt", "--data", "-", "--png", self.dir / "x.png")):
            status, out, err = run(*command, "--shop", self.shop, stdin=json.dumps(made).encode(), check=0)
            self.assertEqual(re.findall(r"U\+E12\d", err), ["U+E123"], err)

    def test_without_the_module_of_scripts_it_is_said_once_what_will_be_wrong(self):
        without = {"BONBON_MODULES": str(self.dir)}
        self.write("|שלום\n|قهوة 中\n|שלום")
        status, found, words = self.check(**without)
        self.assertEqual([(status, f["severity"], f["code"]) for f in found], [(0, "warning", "hint_module")])
        for lang in ("en", "ro", "ru"):
            text = self.check(lang=lang, **without)[1][0]["text"]
            self.assertIn("ש", text)
            self.assertIn("bonbon-text.so", text)
            self.assertIn("libraqm0", text)
        made = sale(items=[{"name": "שלום", "total": "10.00"}])
        for command in (("print", "-"), ("preview", "receipt", "--data", "-", "--png", self.dir / "x.png")):
            status, out, err = run(*command, "--shop", self.shop, stdin=json.dumps(made).encode(), check=0, env=without)
            self.assertEqual(err.count("bonbon-text.so"), 1, err)
        self.write("|Latin, русский, 5 €")
        self.assertEqual(self.check(**without)[1], [])

    def test_what_is_wrong_is_said_with_its_place_and_the_preview_shows_the_rest(self):
        for name, (markup, code, place, prints) in BAD.items():
            with self.subTest(name):
                path = self.write(markup)
                status, found, words = self.check()
                self.assertEqual(status, 3, words)
                problems = [f for f in found if f["severity"] == "problem"]
                self.assertEqual([p["code"] for p in problems], [code], words)
                where = f"{path}:{place}" if place[:1].isdigit() else place
                self.assertIn(where, problems[0]["where"] + problems[0]["text"])
                status, out, err = run("preview", "receipt", "--text", "--profile", "generic-58", "--shop", self.shop)
                self.assertEqual(status, 0 if prints else 3, err)
                self.assertIn(problems[0]["text"], err)
                if prints:
                    self.assertIn("BEFORE", out.decode())
                    self.assertIn("AFTER", out.decode())

    def test_a_code_that_one_paper_has_no_room_for_is_said_with_that_paper(self):
        for name, markup in WIDE.items():
            with self.subTest(name):
                path = self.write(markup)
                status, found, words = self.check()
                self.assertEqual([(f["code"], f["where"]) for f in found], [("symbol_wide", f"{path}:2:1")], words)
                self.assertIn("58 mm", words)
                said = run("preview", "receipt", "--text", "--profile", "generic-80", "--shop", self.shop, check=0)[2]
                self.assertEqual(said, "")

    def test_in_a_sale_none_of_them_stops_the_receipt(self):
        for number, (name, (markup, code, place, prints)) in enumerate(BAD.items()):
            with self.subTest(name):
                path = self.write(markup)
                target = self.dir / "bytes"
                status, out, err = run("print", "-", "--bytes", target, "--shop", self.shop, "--json", stdin=json.dumps(sale(f"S{number}")).encode())
                self.assertEqual(status, 0, err)
                self.assertIn(lines(out)[0]["state"], ("printed", "sent"))
                self.assertIn(f"{path}:{place}" if place[:1].isdigit() else place, err)
                self.assertNotEqual(err, "")
                text = self.paper_text(target.read_bytes())
                self.assertIn("AFTER" if prints else "Cinnamon bun", text)

    def test_a_copy_says_what_it_leaves_out_without_the_line_of_a_document_that_nobody_sees(self):
        path = self.write("{{#items}}\n|{{name}}\n{{/items}}\n{image:none.png}")
        made = json.dumps(sale("R1")).encode()
        said = run("print", "-", "--shop", self.shop, stdin=made, check=0)[2]
        self.assertIn(f"{path}:5:1: none.png", said)
        self.write("another")
        said = run("reprint", "--sale", "R1", "--shop", self.shop, check=0)[2]
        self.assertRegex(said, r"(?m)^bonbon: none\.png is not a picture")

    def test_a_picture_is_refused_in_words_that_say_what_to_do(self):
        said = {"broken": "it is cut short", "flipped": "it is damaged; save it once more as PNG", "fat": "it is larger than 8 MiB",
                "out": "it is a link that leads out of the images folder; copy the picture into it", "pipe": "it is not a file",
                "photo": "it is not a PNG", "flat": "it has no dots", "none": "there is no such file in the images folder",
                "huge": "100000 × 100000 dots large and is not printed: at most 4096 × 16384 are; save it smaller"}
        self.write("".join(f"{{image:{name}.png}}\n" for name in said))
        words = self.check()[2]
        for name, reason in said.items():
            self.assertRegex(words, rf"{name}\.png is .*{re.escape(reason)}")
        for lang in ("ro", "ru"):
            self.edit("shop.yaml", "language: en" if lang == "ro" else "language: ro", f"language: {lang}")
            words = self.check(lang=lang)[2]
            for reason in said.values():
                self.assertNotIn(reason, words)

    def test_what_only_looks_wrong_prints(self):
        for name, markup in GOOD.items():
            with self.subTest(name):
                self.write(markup)
                status, found, words = self.check()
                self.assertEqual((status, [f for f in found if f["severity"] == "problem"]), (0, []), words)
                text = run("preview", "receipt", "--text", "--shop", self.shop, check=0)[1].decode()
                self.assertIn("AFTER", text)

    def test_a_megabyte_on_one_line_is_a_line(self):
        self.write("x" * 1000000)
        text = run("preview", "receipt", "--text", "--shop", self.shop, check=0)[1].decode()
        self.assertIn("BEFORE", text)
        self.assertGreater(text.count("x"), 200000)
        self.assertEqual(self.print_sale(sale())["state"], "printed")

    def test_what_will_hurt_on_paper_is_a_warning_with_its_place(self):
        for markup, wanted in HURTS.items():
            with self.subTest(markup):
                path = self.write(markup)
                status, found, words = self.check()
                self.assertEqual(status, 0, words)
                self.assertEqual([(f["severity"], f["code"], f["where"]) for f in found], [("warning", code, f"{path}:{at}") for code, at in wanted])

    def test_a_mistake_in_a_partial_is_told_with_the_partials_file(self):
        header = self.shop / "templates" / "header.receipt"
        header.write_text("|{{shop.name}}\n|{{shop.nmae}}\n  {x} y\n")
        self.write("{{#items}}\n  {{> header}}\n{{/items}}")
        status, found, words = self.check()
        self.assertEqual([(f["code"], f["where"]) for f in found], [("template_name", f"{header}:2:4"), ("markup_line", f"{header}:3:3")], words)

    def test_every_mistake_of_a_template_is_said_at_once(self):
        part = self.shop / "templates" / "part.receipt"
        part.write_text("|fine\n{{#open}}\n")
        path = self.write("{{total\n{{#items}}\n|{{na me}}\n{{> part}}\n{{> nowhere}}\n{{/itmes}}\n{{/shop}}")
        status, found, words = self.check()
        self.assertEqual(status, 3)
        self.assertEqual([(f["code"], f["where"]) for f in found],
                         [("template_tag", f"{path}:2:1"), ("template_tag", f"{path}:4:2"), ("template_section", f"{part}:2:1"),
                          ("template_unknown", f"{path}:6:1"), ("template_close", f"{path}:7:1"), ("template_close", f"{path}:8:1")], words)
        err = run("preview", "receipt", "--text", "--shop", self.shop)[2]
        self.assertIn(f"{path}:2:1", err)
        self.assertEqual(len(err.splitlines()), 1, "a preview says the first")

    def test_a_template_that_prints_nothing_is_a_warning(self):
        for markup in ("", " \n\n", "{{! a note }}\n", "{{^id}}x{{/id}}\n"):
            (self.shop / "templates" / "receipt.receipt").write_text(markup)
            status, found, words = self.check()
            self.assertIn(("warning", "template_empty"), [(f["severity"], f["code"]) for f in found], words)
            target = self.dir / "bytes"
            said = run("print", "-", "--bytes", target, "--shop", self.shop, stdin=json.dumps(sale(f"E{len(markup)}")).encode(), check=0)[2]
            self.assertIn("the built-in one is printed instead", said)
            self.assertIn("Cinnamon bun", self.paper_text(target.read_bytes()))
        self.write("something")
        self.assertEqual(self.check()[1], [])

    def test_all_templates_of_the_shop_are_checked_when_none_is_named(self):
        self.write("fine")
        (self.shop / "templates" / "round.receipt").unlink()
        (self.shop / "templates" / "ro").mkdir(exist_ok=True)
        (self.shop / "templates" / "ro" / "cupon.receipt").write_text("a {b}\n")
        status, out, err = run("template", "check", "--shop", self.shop, "--json")
        self.assertEqual((status, [f["where"] for f in lines(out)]), (3, [f"{self.shop}/templates/ro/cupon.receipt:1:1"]), err)
        self.assertIn("templates: 2, problems: 1, warnings: 0", err)

    def test_a_shop_without_templates_of_its_own_uses_the_gallerys(self):
        (self.shop / "templates" / "round.receipt").unlink()
        status, out, err = run("template", "check", "--shop", self.shop)
        self.assertEqual(status, 0, err)
        self.assertRegex(out.decode(), r"^templates: [1-9]\d+, problems: 0, warnings: 0\n$")

    def test_the_gallery_has_nothing_that_hurts(self):
        status, out, err = run("template", "check", cwd=self.shop / "images")
        self.assertEqual(status, 0, out.decode())
        self.assertRegex(out.decode(), r"^templates: \d+, problems: 0, warnings: 0\n$")

    def test_the_words_are_the_shops_language(self):
        self.write("{code:hello;option:qrcode,3,l}\na {b}")
        for lang, words in (("ro", ("atenție: ", "problemă: ")), ("ru", ("внимание: ", "ошибка: "))):
            self.edit("shop.yaml", "language: en" if lang == "ro" else "language: ro", f"language: {lang}")
            said = self.check(lang=lang)[2]
            for word in words:
                self.assertIn(word, said)

    def test_a_file_takes_the_sample_beside_it(self):
        path = self.dir / "slip.receipt"
        path.write_text("|{{id}} {{slip_no}}\n")
        (self.dir / "slip.json").write_text(json.dumps(sale("77", slip_no="A-1")))
        self.assertIn("77 A-1", run("preview", path, "--text", check=0)[1].decode())
        self.assertEqual(run("template", "check", path)[0], 0)


if __name__ == "__main__":
    unittest.main()
