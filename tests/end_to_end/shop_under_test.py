"""A shop in a folder of its own, driven through the real program: what every end-to-end test stands on."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

BONBON = os.environ.get("BONBON", "build/dev/bonbon")
SOURCE = pathlib.Path(__file__).resolve().parents[2]
NOW = "2026-11-21T15:00:00+00:00"


def run(*args, stdin=None, now=NOW, env=None, check=None, cwd=None):
    """Runs bonbon; gives (status, standard output, standard error)."""
    environment = dict(os.environ, BONBON_NOW=now, LC_ALL="C.UTF-8")
    environment.pop("BONBON_SHOP", None)
    environment.update(env or {})
    done = subprocess.run([os.path.abspath(BONBON), *map(str, args)], input=stdin, capture_output=True, env=environment,
                          timeout=600, cwd=cwd)
    if check is not None and done.returncode != check:
        raise AssertionError(f"bonbon {' '.join(map(str, args))} ended with {done.returncode}, not {check}\n"
                             f"{done.stdout.decode(errors='replace')}\n{done.stderr.decode(errors='replace')}")
    return done.returncode, done.stdout, done.stderr.decode(errors="replace")


def run_when_free(*args, **how):
    """One of many tills at once: while it is told that the shop's database is busy (a disk may be slow), it tries again in a moment, as
    the words say."""
    while True:
        status, out, err = run(*args, **how)
        if status != 5 or "database is busy" not in err:
            return status, out, err


def lines(output):
    """The JSON objects of an output, one a line."""
    return [json.loads(line) for line in output.decode().splitlines() if line]


def sale(number="1", **more):
    """A small sale that is right in itself; keywords replace or add fields."""
    made = {
        "id": str(number), "till": "1", "time": "2026-11-21T14:03:00+00:00", "currency": "GBP",
        "items": [{"name": "Flat white", "quantity": "2", "unit_price": "3.40", "total": "6.80"},
                  {"name": "Cinnamon bun", "quantity": "1", "unit_price": "3.20", "total": "3.20"}],
        "total": "10.00", "payments": [{"method": "card", "amount": "10.00"}],
    }
    made.update(more)
    return made


class ShopTest(unittest.TestCase):
    """Each test has a fresh shop `self.shop` that prints to the virtual printer."""
    init = ()

    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="bonbon-test-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.shop = self.dir / "shop"
        run("init", self.shop, *self.init, check=0)

    def bonbon(self, command, *args, check=0, **how):
        """One command (words in one string) in the shop, with --json; gives its JSON objects."""
        status, out, err = run(*command.split(), *args, "--shop", self.shop, "--json", check=check, **how)
        return lines(out)

    def bonbon1(self, command, *args, check=0, **how):
        answers = self.bonbon(command, *args, check=check, **how)
        self.assertEqual(len(answers), 1, answers)
        return answers[0]

    def print_sale(self, made, *args, check=0, **how):
        return self.bonbon1("print", "-", *args, stdin=json.dumps(made).encode(), check=check, **how)

    def paper_text(self, data, profile="generic-80"):
        """What stands on the paper, row by row."""
        status, out, err = run("decode", "-", "--text", "--profile", profile, stdin=data, check=0)
        return out.decode()

    def printed_text(self, made, *args, **how):
        target = self.dir / "bytes"
        self.print_sale(made, "--bytes", target, *args, **how)
        return self.paper_text(target.read_bytes())

    def edit(self, name, old, new):
        path = self.shop / name
        text = path.read_text()
        self.assertIn(old, text)
        path.write_text(text.replace(old, new))
