"""Template and data make these bytes, and these bytes make this picture: docs/pictures and bytes/ are what the program makes now; what
differs is said command by command."""
import itertools
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from paper import dots

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BONBON = os.environ["BONBON"]
BYTES = SOURCE / "tests" / "gallery" / "bytes"
PICTURES = SOURCE / "docs" / "pictures"
RENEW = "if this was meant: cmake --build --preset dev --target gallery, look at what git diff names, commit it"
PAPERS = {"": "generic-80", "-58": "generic-58"}


def every_one():
    for sample in sorted((SOURCE / "gallery").glob("??/*.json")):
        for ending, profile in PAPERS.items():
            lang, name = sample.parent.name, sample.stem
            yield f"{lang}-{name}{ending}", f"{lang}/{'receipt' if name == 'return' else name}", sample, profile


def trace(path, profile):
    done = subprocess.run([BONBON, "decode", path, "--trace", "--profile", profile], check=True, capture_output=True)
    return done.stdout.decode(errors="replace").splitlines()


def difference(golden, made, profile):
    """Where two streams part: the command, with what stands before it and what each says then."""
    before, now = trace(golden, profile), trace(made, profile)
    for number, (old, new) in enumerate(itertools.zip_longest(before, now)):
        if old != new:
            same = "".join(f"        {line}\n" for line in now[max(0, number - 3):number])
            return f"command {number + 1} is another:\n{same}  was   {old or '(the end)'}\n  is    {new or '(the end)'}\n"
    at = next(i for i, (old, new) in enumerate(zip(golden.read_bytes(), made.read_bytes())) if old != new)
    command = [line for line in now if int(line.split()[0], 16) <= at][-1]
    return f"byte {at:x} is another, in the data of:\n  {command}\n"


class Golden(unittest.TestCase):
    def setUp(self):
        work = tempfile.TemporaryDirectory()
        self.addCleanup(work.cleanup)
        self.dir = pathlib.Path(work.name)

    def bonbon(self, *args):
        subprocess.run([BONBON, *map(str, args)], check=True)

    def test_each_template_makes_these_bytes_and_these_bytes_make_this_picture(self):
        seen = set()
        for name, template, sample, profile in every_one():
            with self.subTest(name=name):
                seen.add(name)
                made, picture = self.dir / "bytes", self.dir / "picture.png"
                self.bonbon("preview", template, "--data", sample, "--profile", profile, "--bytes", made)
                kept = BYTES / f"{name}.escpos"
                self.assertTrue(kept.exists(), f"bytes that nobody looked at; {RENEW}")
                if made.read_bytes() != kept.read_bytes():
                    self.fail(f"other bytes: {difference(kept, made, profile)}{RENEW}")
                self.bonbon("decode", made, "--profile", profile, "--png", picture)
                golden = (PICTURES / f"{name}.png").read_bytes()
                self.assertLess(len(golden), 16000, "a page of many pictures opens at once")
                if picture.read_bytes() != golden:  # another zlib packs the same dots otherwise
                    self.assertEqual(dots(picture.read_bytes()), dots(golden), f"another picture; {RENEW}")
        self.assertEqual(seen, {path.stem for path in BYTES.iterdir()})
        self.assertEqual(seen, {path.stem for path in PICTURES.glob("??-*.png")}, "none is left over from a template that is gone")

    def test_a_difference_is_said_at_its_command(self):
        golden, made = BYTES / "ru-coupon.escpos", self.dir / "made"
        stream = golden.read_bytes()
        at = stream.index(b"\x1d!")  # a size
        made.write_bytes(stream[:at + 2] + b"\x77" + stream[at + 3:])
        said = difference(golden, made, "generic-80")
        self.assertRegex(said, rf"(?m)^command \d+ is another:\n(        .*\n){{3}}  was   {at:08x}  GS ! .*height 2\n  is    {at:08x}  GS ! .*height 8\n")
        made.write_bytes(stream[:at])
        self.assertRegex(difference(golden, made, "generic-80"), rf"  was   {at:08x}  GS ! .*\n  is    \(the end\)")
        text = stream.index("Вас ждёт".encode("cp866"))
        made.write_bytes(stream[:text] + b"X" + stream[text + 1:])
        self.assertRegex(difference(golden, made, "generic-80"), rf'  was   {text:08x}  text .*\n  is    {text:08x}  text  +"X')
        picture = stream.index(b"\x1dv0")
        made.write_bytes(stream[:picture + 500] + b"\x55" + stream[picture + 501:])
        self.assertRegex(difference(golden, made, "generic-80"), rf"byte {picture + 500:x} is another.*\n  {picture:08x}  GS v 0 ")

    def test_the_gallerys_page_shows_every_picture(self):
        page = (SOURCE / "docs/gallery.md").read_text()
        for name, *_ in every_one():
            self.assertIn(f"pictures/{name}.png", page)

    def test_the_readme_shows_pictures_that_are_there(self):
        shown = re.findall(r'src="docs/pictures/([^"]+)\.png"', (SOURCE / "README.md").read_text())
        self.assertGreater(len(shown), 4)
        self.assertLessEqual(set(shown), {path.stem for path in PICTURES.glob("*.png")})

    def test_a_picture_that_differs_by_a_dot_is_another_picture(self):
        one, other = (dots((PICTURES / f"{name}.png").read_bytes()) for name in ("en-coupon", "ro-coupon"))
        self.assertEqual(len(one[0]), 624)
        self.assertEqual(one, dots((PICTURES / "en-coupon.png").read_bytes()))
        self.assertNotEqual(one, other)
        self.assertTrue(any(map(any, one)))


if __name__ == "__main__":
    unittest.main(verbosity=2)
