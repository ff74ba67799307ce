"""Template and data make these bytes, and these bytes make this picture: docs/pictures and bytes.sha256 are what the program makes now."""
import hashlib
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from paper import dots

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BONBON = os.environ["BONBON"]
PICTURES = SOURCE / "docs" / "pictures"
RENEW = "if this was meant: cmake --build --preset dev --target gallery, look at what git diff names, commit it"
PAPERS = {"": "generic-80", "-58": "generic-58"}


def every_one():
    for sample in sorted((SOURCE / "gallery").glob("??/*.json")):
        for ending, profile in PAPERS.items():
            lang, name = sample.parent.name, sample.stem
            yield f"{lang}-{name}{ending}", f"{lang}/{'receipt' if name == 'return' else name}", sample, profile


class Golden(unittest.TestCase):
    def setUp(self):
        work = tempfile.TemporaryDirectory()
        self.addCleanup(work.cleanup)
        self.dir = pathlib.Path(work.name)

    def bonbon(self, *args):
        subprocess.run([BONBON, *map(str, args)], check=True)

    def test_each_template_makes_these_bytes_and_these_bytes_make_this_picture(self):
        sums = dict(reversed(line.split()) for line in (SOURCE / "tests/gallery/bytes.sha256").read_text().splitlines())
        seen = set()
        for name, template, sample, profile in every_one():
            with self.subTest(name=name):
                seen.add(name)
                made, picture = self.dir / "bytes", self.dir / "picture.png"
                self.bonbon("preview", template, "--data", sample, "--profile", profile, "--bytes", made)
                self.assertEqual(hashlib.sha256(made.read_bytes()).hexdigest(), sums.get(name), f"other bytes; {RENEW}")
                self.bonbon("decode", made, "--profile", profile, "--png", picture)
                golden = (PICTURES / f"{name}.png").read_bytes()
                self.assertLess(len(golden), 16000, "a page of many pictures opens at once")
                if picture.read_bytes() != golden:  # another zlib packs the same dots otherwise
                    self.assertEqual(dots(picture.read_bytes()), dots(golden), f"another picture; {RENEW}")
        self.assertEqual(seen, set(sums))
        self.assertEqual(seen, {path.stem for path in PICTURES.glob("??-*.png")}, "none is left over from a template that is gone")

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
