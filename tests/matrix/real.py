"""The cells of the fault matrix that only real processes can play: `bonbon spool` and `bonbon print` with printers in the USB bed
and on the network. The faults of a printer come one after another on one roll of paper; each way of proving has a shop, a service and
printers of its own, and they run beside each other."""
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from cells import LINES, PROOFS
from shop_under_test import BONBON, run
from spool_service import PATIENCE, Service, environment
from usb_bed import Bed
from virtual_printer import VirtualPrinter

WORD = {"GS ( H": "process-id", "GS r": "fence", "status": "status", "none": "none"}
RECEIPT = "RECEIPT {{id}} BEGINS\n\n{{#items}}\n{{name}}\n{{/items}}\nRECEIPT {{id}} ENDS\n"
SPEED = 2000  # mm/s: faster than any head, so that a metre takes half a second
MIDDLE = 5000
UNDER_WAY = ("waits its turn", "is being printed")
STALLED = "the printer stopped half-way: look at paper and cover"
AGAIN = "the printer was switched off half-way: begins again; the printer is off or not plugged in; it was interrupted and begins again"
WALLS = {"printed", "sent", "unknown", "held", "cancelled"}


def sale(number):
    items = [{"name": f"{number} line {line:03} of a long receipt", "quantity": "1", "unit_price": "1.00", "total": "1.00"}
             for line in range(1, LINES + 1)]
    return {"id": str(number), "till": "1", "time": "2026-11-21T14:03:00+00:00", "currency": "GBP", "items": items,
            "total": f"{LINES}.00", "payments": [{"method": "card", "amount": f"{LINES}.00"}]}


class Shop:
    """A shop whose printer is proved in one way, its service, and somebody who watches `bonbon jobs`."""

    def __init__(self, proof, uri, env=None):
        self.proof, self.env = proof, env or {}
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="bonbon-matrix-"))
        self.shop = self.dir / "shop"
        run("init", self.shop, check=0)
        (self.shop / "templates" / "receipt.receipt").write_text(RECEIPT)
        (self.shop / "profiles.d").mkdir(exist_ok=True)
        (self.shop / "profiles.d" / "cell.yaml").write_text(f"like: generic-80\nproof: {WORD[proof]}\nspeed_mm_s: {SPEED}\n")
        (self.shop / "printers.d" / "receipt.yaml").write_text(f"profile: cell\nuri: \"{uri}\"\nrole: receipt\n")
        self.number = 0
        self.seen, self.change = {}, threading.Condition()
        self.watcher = subprocess.Popen([os.path.abspath(BONBON), "jobs", "--watch", "--all", "--json", "--shop", str(self.shop)],
                                        stdout=subprocess.PIPE, env=environment())
        self.reader = threading.Thread(target=self._watch, daemon=True)
        self.reader.start()
        self.serve()

    def _watch(self):
        for line in self.watcher.stdout:
            job = json.loads(line)
            with self.change:
                self.seen.setdefault(job.get("of"), []).append(job)
                self.change.notify_all()

    def serve(self):
        # Python ignores SIGXFSZ, and so does the service: a file that may not grow is an error, not an end
        self.service = Service(self.shop, env=self.env, restore_signals=False).ready()
        self.told = []
        threading.Thread(target=self._listen, args=(self.service.socket,), daemon=True).start()

    def _listen(self, socket):
        """What it tells systemd: nobody who listens seldom hears all of it."""
        while True:
            try:
                word = socket.recv(65536).decode()
            except OSError:
                return
            with self.change:
                self.told.append(word)
                self.change.notify_all()

    def hear(self, words):
        with self.change:
            if not self.change.wait_for(lambda: any(words in word for word in self.told), PATIENCE):
                raise AssertionError(f"never told {words}, but {self.told}; {list(self.seen.values())[-1]}")
            return next(word for word in self.told if words in word)

    def close(self):
        self.service.end(signal.SIGKILL)
        self.watcher.kill()
        self.watcher.wait()
        self.reader.join()
        self.watcher.stdout.close()
        shutil.rmtree(self.dir, ignore_errors=True)

    def bonbon(self, *args, stdin=None):
        status, out, err = run(*args, "--shop", self.shop, "--json", stdin=stdin, env=self.env)
        return status, [json.loads(line) for line in out.decode().splitlines()], err

    def sell(self, number, timeout_s=0):
        return self.bonbon("print", "-", "--timeout", str(timeout_s), stdin=json.dumps(sale(number)).encode())

    def wait(self, number, condition):
        """The first word of a sale's job, since it was sold, that is as wanted."""
        def found():
            return next((job for job in self.seen.get(str(number), []) if condition(job)), None)
        with self.change:
            if not self.change.wait_for(found, PATIENCE):
                raise AssertionError(f"never happened to {number}: {self.seen.get(str(number))}")
            return found()

    def settled(self, number):
        return self.wait(number, lambda job: job["state"] in WALLS)

    def said(self, number):
        with self.change:
            words = [job["why"] for job in self.seen.get(str(number), []) if job["why"] not in UNDER_WAY]
        # which of the two it is, and which is seen, depends on the moment
        words = [AGAIN if word.endswith("begins again") else word for word in words]
        words = [re.sub(r"\((Connection refused|Connection reset by peer|Broken pipe)\)", "(Connection refused, or broken)", word)
                 for word in words]
        return "".join(f"{word}\n" for word in dict.fromkeys(words))


class Cell:
    """A fault, before or in the middle, and what came of it."""

    stands = False  # the printer was made to take nothing
    exact = True  # the paper can be looked at at any moment, and not only when its file is written

    def __init__(self, shop, fault, when, wire, paper):
        self.shop, self.paper, self.start = shop, paper, len(paper())
        shop.number += 2
        self.first, self.next = shop.number - 1, shop.number
        self.facts = {"fault": fault, "when": when, "wire": wire, "proof": shop.proof, "too soon": False}

    def on_paper(self):
        """As if this cell's two receipts were the only ones, and their numbers 1 and 2."""
        text = self.paper()[self.start:]
        for number, name in ((self.first, "1"), (self.next, "2")):
            text = re.sub(rf"RECEIPT {number} ", f"RECEIPT {name} ", text)
            text = re.sub(rf"(?m)^(\s*){number} line ", rf"\g<1>{name} line ", text)
        return text

    def dry(self, number, quiet):
        """The paper, when a receipt's last line is there, or nothing was printed for so many seconds."""
        before, since = None, time.monotonic()
        while time.monotonic() - since < quiet:
            text = self.on_paper()
            if f"RECEIPT {number} ENDS" in text:
                return text
            if text != before:
                before, since = text, time.monotonic()
            time.sleep(0.05)
        return self.on_paper()

    def end(self, person=None):
        """The fault is over."""
        state = self.shop.settled(self.first)["state"]
        paper = self.on_paper() if state == "printed" and self.exact else self.dry(1, 1 if state == "unknown" else 10)
        words = self.shop.said(self.first)
        if not self.stands: # a machine that is busy may let a second pass in which a printer took nothing
            words = words.replace(STALLED + "\n", "")
        facts = self.facts | {"state": state, "said": words, "paper": paper}
        self.shop.sell(self.next)
        facts["next"] = self.shop.settled(self.next)["state"]
        if state == "unknown":
            facts["person"] = "done" if "RECEIPT 1 ENDS" in paper else "again"
            number = self.shop.wait(self.first, lambda job: True)["job"]
            self.shop.bonbon("jobs", "done" if facts["person"] == "done" else "retry", str(number))
        facts["end"] = self.shop.wait(self.first, lambda job: job["state"] in ("printed", "sent"))["state"]
        self.dry(2, 10)
        facts["paper at the end"] = self.dry(1, 10)
        return facts


# ── on USB ──

class UsbFaults:
    def __init__(self, proof):
        self.proof, self.bed = proof, Bed()
        self.identity = "unidirectional" if proof == "none" else ""
        self.shop = None

    def close(self):
        if self.shop:
            self.shop.close()
        self.bed.close()

    def cell(self, fault, when, paper=None):
        return Cell(self.shop, fault, when, "USB, real", paper or self.bed.paper)

    def play(self):
        model = self.bed.do("printer", "p", f"epson-tm-t20iii@{SPEED}", self.identity)
        self.bed.do("plug", "p", "1-1")
        self.shop = Shop(self.proof, f"usb://{model}", self.bed.environment())
        for fault, go, come in (("unplugged, plugged in again", ["unplug"], ["plug"]),
                                ("unplugged, plugged in at another port", ["unplug"], ["plug 3"]),
                                ("switched off and on", ["power off"], ["power on"])):
            yield self.before(fault, go, come)
            yield self.in_the_middle(fault, go, come)

    def order(self, words, name="p"):
        for word in words:
            self.bed.do("order", name, word)

    def before(self, fault, go, come):
        cell = self.cell(fault, "before")
        self.order(go)
        self.shop.sell(cell.first)
        self.shop.wait(cell.first, lambda job: job["why"] not in UNDER_WAY)
        self.order(come)
        return cell.end()

    def in_the_middle(self, fault, go, come):
        cell = self.cell(fault, "in the middle")
        self.order([f"after {MIDDLE} bytes {word}" for word in go])
        self.shop.sell(cell.first)
        self.shop.wait(cell.first, lambda job: job["why"] not in UNDER_WAY)
        self.order(come)
        return cell.end()


class SwappedFaults(UsbFaults):
    """Two printers that differ in nothing but the port, and change places."""

    def paper(self):
        return self.bed.paper("p") + "\n" + self.bed.paper("q")

    def play(self):
        for name, port in (("p", "1-1"), ("q", "1-2")):
            model = self.bed.do("printer", name, f"epson-tm-t20iii@{SPEED}", ",".join(filter(None, ["serial=", self.identity])))
            self.bed.do("plug", name, port)
        self.shop = Shop(self.proof, f"usb://{model}@1-1", self.bed.environment())
        self.places = {"p": "1-1", "q": "1-2"}
        yield self.swapped("before")
        yield self.swapped("in the middle")

    def swap(self):
        for name in self.places:
            self.order(["unplug"], name)
        self.places = {"p": self.places["q"], "q": self.places["p"]}
        for name, port in self.places.items():
            self.bed.do("plug", name, port)
            self.order(["plug"], name)

    def swapped(self, when):
        fault = "two identical printers swapped, told apart by port"
        here = next(name for name, port in self.places.items() if port == "1-1")
        other = "q" if here == "p" else "p"
        starts = {name: len(self.bed.paper(name)) for name in self.places}
        cell = self.cell(fault, when, lambda: "".join(self.bed.paper(name)[starts[name]:] + "\n====\n" for name in (here, other)))
        cell.start = 0
        if when == "before":
            self.swap()
            self.shop.sell(cell.first)
        else:
            self.order([f"after {MIDDLE} bytes unplug"], here)
            self.shop.sell(cell.first)
            self.shop.wait(cell.first, lambda job: job["why"] not in UNDER_WAY)
            self.swap()
        return cell.end()


# ── on the network ──

class NetFaults:
    def __init__(self, proof):
        self.proof = proof
        self.printer = VirtualPrinter("--profile", "epson-tm-t20iii", "--speed", SPEED)
        self.shop = Shop(proof, f"tcp://127.0.0.1:{self.printer.tcp}")

    def close(self):
        self.shop.close()
        self.printer.close()

    def paper(self):
        """Read twice, until nothing moved from the printer to a file meanwhile."""
        before, text = None, ""
        while text != before:
            before, text = text, "\n====\n".join([*self.printer.pieces(), self.printer.order("text")])
        return text

    def play(self):
        yield self.reset_before()
        yield self.reset_in_the_middle()
        yield self.switched_before()
        yield self.switched_in_the_middle()
        yield self.killed_before()
        yield self.killed_in_the_middle()
        yield self.full_before()
        yield self.full_in_the_middle()

    def cell(self, fault, when):
        while not json.loads(self.printer.order("status"))["idle"]:  # what was sent before may still come out
            time.sleep(0.02)
        cell = Cell(self.shop, fault, when, "TCP, real", self.paper)
        cell.exact = False
        return cell

    def reset_before(self):
        """The connection that the service kept is gone, and nobody told it."""
        self.shop.number += 1
        self.shop.sell(self.shop.number)
        self.shop.settled(self.shop.number)
        cell = self.cell("TCP reset", "before")
        self.printer.order("reset")
        self.shop.sell(cell.first)
        facts = cell.end()
        # whether the first byte or a question finds it out depends on the moment; a question is asked again at once
        return facts | {"said": facts["said"].replace("the printer cannot be reached (Connection refused, or broken)\n", "")}

    def reset_in_the_middle(self):
        cell = self.cell("TCP reset", "in the middle")
        self.printer.order(f"after {MIDDLE} bytes reset")
        self.shop.sell(cell.first)
        return cell.end()

    def switched_before(self):
        cell = self.cell("switched off and on", "before")
        self.printer.order("power off")
        self.shop.sell(cell.first)
        self.shop.wait(cell.first, lambda job: job["why"] not in UNDER_WAY)
        self.printer.order("power on")
        return cell.end()

    def switched_in_the_middle(self):
        cell = self.cell("switched off and on", "in the middle")
        self.printer.order(f"after {MIDDLE} bytes power cycle 1s")
        self.shop.sell(cell.first)
        return cell.end()

    def killed_before(self):
        cell = self.cell("kill -9 of the service", "before")
        self.printer.order("power off")
        self.shop.sell(cell.first)
        self.shop.wait(cell.first, lambda job: job["why"] not in UNDER_WAY)
        self.shop.service.end(signal.SIGKILL)
        self.printer.order("power on")
        self.shop.serve()
        return cell.end()

    def stuck(self, cell):
        """The job is under way, and cannot go on before it is told to."""
        self.printer.order(f"after {MIDDLE} bytes nak")
        cell.stands = True
        self.shop.sell(cell.first)
        self.shop.wait(cell.first, lambda job: job["why"] not in UNDER_WAY)

    def killed_in_the_middle(self):
        cell = self.cell("kill -9 of the service", "in the middle")
        self.stuck(cell)
        self.shop.service.end(signal.SIGKILL)
        self.printer.order("nak off")
        self.shop.serve()
        return cell.end()

    def full_before(self):
        """The sale is not accepted, and the till is told; it is sold again when there is room."""
        cell = self.cell("disk full", "before")
        process = subprocess.run(["prlimit", "--fsize=0", os.path.abspath(BONBON), "print", "-", "--shop", str(self.shop.shop), "--json"],
                                 timeout=PATIENCE, input=json.dumps(sale(cell.first)).encode(), capture_output=True,
                                 env=environment(**self.shop.env), restore_signals=False)
        refused = json.loads(process.stdout.splitlines()[-1])["error"]["text"]
        if process.returncode != 5 or self.shop.seen.get(str(cell.first)):
            raise AssertionError(f"a sale was accepted without room for it: {process}")
        self.shop.sell(cell.first)
        facts = cell.end()
        return facts | {"said": refused + "\n" + facts["said"]}

    def full_in_the_middle(self):
        cell = self.cell("disk full", "in the middle")
        self.stuck(cell)
        pid = self.shop.service.process.pid
        limits = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, limits[1]))
        self.printer.order("nak off")
        told = self.shop.hear("the disk is full")
        resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)
        facts = cell.end()
        return facts | {"said": told.split("receipt: ")[1].split(" (waiting")[0] + "\n" + facts["said"]}


def of_proof(kind, proof):
    faults = kind(proof)
    try:
        return list(faults.play())
    finally:
        faults.close()


def play():
    """All cells, those of one fault together."""
    with ThreadPoolExecutor(4) as pool:
        runs = [[pool.submit(of_proof, kind, proof) for proof in PROOFS] for kind in (UsbFaults, SwappedFaults, NetFaults)]
        return [cell for of_kind in runs for row in zip(*(future.result() for future in of_kind)) for cell in row]


if __name__ == "__main__":
    for cell in play():
        print(json.dumps(cell))
