"""What the README shows works when pasted: every command of it, in its order, in a fresh shop."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from shop_under_test import BONBON, SOURCE, run

README = (SOURCE / "README.md").read_text(encoding="utf-8")
# The one line that shows a refusal.
REFUSED = "and never again"


def commands():
    """The indented lines that call bonbon, and those that set a variable for them."""
    return [line.strip() for line in README.splitlines() if re.match(r"    (bonbon |code=)", line)]


class Pasted(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="bonbon-readme-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        (self.dir / "gallery").symlink_to(SOURCE / "gallery")
        run("init", self.dir / "demo", check=0)
        here = self.dir / "bin"
        here.mkdir()
        (here / "bonbon").symlink_to(os.path.abspath(BONBON))
        self.env = dict(os.environ, PATH=f"{here}:{os.environ['PATH']}", BONBON_SHOP=str(self.dir / "demo"), LC_ALL="C.UTF-8")
        self.env.pop("BONBON_NOW", None)

    def test_every_command_ends_as_the_readme_says(self):
        lines = commands()
        self.assertGreater(len(lines), 15)
        script = "".join(f"{line}\nprintf '%s\\n' $? >&3\n" for line in lines)
        statuses = self.dir / "statuses"
        with open(statuses, "wb") as out:
            done = subprocess.run(["bash", "-c", f"exec 3>&{out.fileno()}\n{script}"], cwd=self.dir, env=self.env, capture_output=True,
                                  pass_fds=[out.fileno()], timeout=600)
        ended = statuses.read_text().split()
        self.assertEqual(len(ended), len(lines), done.stderr.decode())
        for line, status in zip(lines, ended):
            self.assertEqual(status, "1" if REFUSED in line else "0", f"{line}\n{done.stderr.decode()}")

    def test_every_command_of_the_table_is_shown(self):
        shown = "\n".join(commands())
        for command in ("init", "print", "give", "reprint", "jobs", "redeem", "voucher show", "voucher list", "voucher void", "rules check",
                        "rules explain", "preview", "decode", "profiles", "printers", "printers add", "printers test", "ledger verify"):
            self.assertIn(f"bonbon {command}", shown)

    def test_what_it_links_to_is_there(self):
        for target in re.findall(r"\]\(([^)#:]+)\)", README):
            self.assertTrue((SOURCE / target).exists(), target)


if __name__ == "__main__":
    unittest.main(verbosity=1)
