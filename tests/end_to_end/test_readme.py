"""What the README shows works when pasted: every command of it, in its order, in a fresh shop."""
import os
import pathlib
import re
import shlex
import shutil
import socket
import subprocess
import tempfile
import unittest

from shop_under_test import BONBON, SOURCE, run

README = (SOURCE / "README.md").read_text(encoding="utf-8")
# The one line that shows a refusal.
REFUSED = "and never again"
# A command that stays, with its port.
STAYS = re.compile(r"bonbon (.*[: ](\d+) .*[^ ]) *& +#")


def shown():
    """The indented lines that call bonbon, and those that set a variable for them."""
    return [line.strip() for line in README.splitlines() if re.match(r"    (bonbon |code=)", line)]


def commands():
    return [line for line in shown() if not STAYS.match(line)]


def free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", port)) != 0


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

    def test_every_printer_that_stays_listens_where_the_readme_says(self):
        staying = [STAYS.match(line) for line in shown() if STAYS.match(line)]
        self.assertEqual(len(staying), sum(" & " in line for line in shown()))
        for line in staying:
            port = line[2]
            if not free(int(port)):
                self.skipTest(f"port {port} is taken by another program")
            with subprocess.Popen([os.path.abspath(BONBON), *shlex.split(line[1])], cwd=self.dir, env=self.env, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.PIPE, text=True) as printer:
                try:
                    self.assertIn(f"127.0.0.1:{port}", printer.stderr.readline(), line[0])
                finally:
                    printer.terminate()

    def test_every_command_of_the_table_is_shown(self):
        text = "\n".join(shown())
        for command in ("init", "print", "give", "reprint", "jobs", "redeem", "voucher show", "voucher list", "voucher void", "rules check",
                        "rules explain", "preview", "decode", "profiles", "printers", "printers add", "printers test", "ledger verify"):
            self.assertIn(f"bonbon {command}", text)

    def test_what_it_links_to_is_there(self):
        for target in re.findall(r"\]\(([^)#:]+)\)", README):
            self.assertTrue((SOURCE / target).exists(), target)


if __name__ == "__main__":
    unittest.main(verbosity=1)
