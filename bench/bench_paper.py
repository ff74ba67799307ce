"""A receipt of 60 cm on printers in software whose heads move 250 mm/s, from `bonbon print` to its exit, beside the time that the
mechanism needs for that paper; alone, and on two printers at once. A Markdown row each:

    bench_paper.py [ROUNDS]

The mechanism's time is what the printer says that it moved, over its speed, and 300 ms a cut."""
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "end_to_end"))
from shop_under_test import BONBON, run  # noqa: E402
from virtual_printer import VirtualPrinter  # noqa: E402

MM_S, CUT_S, LINES = 250, 0.3, 192
PROFILE = "epson-tm-t20iii"
RECEIPT = "RECEIPT {{id}}\n\n{{#items}}\n{{name}} | {{total}}\n{{/items}}\n"


def sale(number):
    items = [{"name": f"Item {line}", "quantity": "1", "unit_price": "1.00", "total": "1.00"} for line in range(LINES)]
    return json.dumps({"id": str(number), "till": "1", "time": "2026-11-21T14:03:00+00:00", "currency": "GBP", "items": items,
                       "total": f"{LINES}.00", "payments": [{"method": "card", "amount": f"{LINES}.00"}]}).encode()


class Counter:
    """A printer, and a shop that has no other."""

    def __init__(self, folder):
        self.printer = VirtualPrinter("--profile", PROFILE, "--speed", MM_S)
        self.shop = folder
        run("init", folder, "--printer", f"tcp://127.0.0.1:{self.printer.tcp}", check=0)
        (folder / "templates" / "receipt.receipt").write_text(RECEIPT)
        for entry in (folder / "printers.d").iterdir():
            entry.write_text(f"profile: {PROFILE}\nuri: \"tcp://127.0.0.1:{self.printer.tcp}\"\nrole: receipt\n")

    def moved(self):
        status = json.loads(self.printer.order("status"))
        return status["paper_mm"], status["cuts"]

    def start(self, number):
        self.before = self.moved()
        self.input = tempfile.TemporaryFile()
        self.input.write(sale(number))
        self.input.seek(0)
        self.began = time.monotonic()
        self.process = subprocess.Popen([os.path.abspath(BONBON), "print", "-", "--timeout", "60", "--json", "--shop", str(self.shop)],
                                        stdin=self.input, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def end(self):
        """Seconds that it took, that the mechanism needs, and millimetres."""
        answer = json.loads(self.process.communicate()[0])
        took = time.monotonic() - self.began
        self.input.close()
        if answer["state"] != "printed":
            raise AssertionError(answer)
        mm, cuts = (after - before for after, before in zip(self.moved(), self.before))
        return took, mm / MM_S + cuts * CUT_S, mm


def main(rounds=5):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="bonbon-bench-"))
    one, other = Counter(folder / "one"), Counter(folder / "other")
    alone, both, needs, number = [], [], [], 0
    try:
        for number in range(int(rounds)):
            one.start(2 * number)
            took, need, mm = one.end()
            alone.append(took)
            needs.append(need)
            one.start(2 * number + 1)
            other.start(2 * number + 1)
            both += [one.end()[0], other.end()[0]]
    finally:
        one.printer.close()
        other.printer.close()
        shutil.rmtree(folder, ignore_errors=True)
    need, single, double = map(statistics.median, (needs, alone, both))
    print(f"| a receipt of {mm} mm at {MM_S} mm/s | s | to the mechanism's time |\n|---|---:|---:|")
    print(f"| the mechanism alone | {need:.3f} | 1 |")
    print(f"| from `bonbon print` to its exit | {single:.3f} | {single / need:.3f} |")
    print(f"| on two printers at once, each | {double:.3f} | {double / need:.3f} |")


if __name__ == "__main__":
    main(*sys.argv[1:])
