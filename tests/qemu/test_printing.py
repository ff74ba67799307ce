"""The real program in a guest with a real kernel: its facts hold, and the paper is what the jobs' bytes make it.

printing.sh does the printing, in the guest. What the guest's printer put out is held against a printer of its own, on this
machine, which is given the same bytes on TCP: same pieces, same pictures, dot by dot. zbar reads the vouchers' codes."""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
BONBON = os.path.abspath(os.environ.get("BONBON", "build/dev/bonbon"))
FENCE = b"\x1dr\x01"  # GS r 1 is answered behind what came before it (Epson APG)

WORK = pathlib.Path(tempfile.mkdtemp(prefix="bonbon-test-"))
# In the order in which they came out.
WHOLE = ("first", "second", "third", "fourth", "fifth", "sixth")
AGAIN = "seventh"
LAST = "eighth"


def put_out(jobs, folder):
    """What a printer beside the guest's makes of the same jobs."""
    printer = subprocess.Popen([BONBON, "virtual", "--listen", "tcp:0", "--profile", "epson-tm-t20iii", "--speed", "unlimited",
                                "--png-dir", folder, "--text-dir", folder], stderr=subprocess.PIPE, text=True)
    try:
        words = printer.stderr.readline()  # "a network printer on 127.0.0.1:40725"
        host, _, port = words.split()[-1].rpartition(":")
        with socket.create_connection((host, int(port)), timeout=60) as wire:
            for job in jobs:
                wire.sendall((WORK / f"{job}.bytes").read_bytes())
            wire.sendall(FENCE)
            answer = b""
            while not answer.endswith((b"\x00", b"\x03", b"\x0c")):
                more = wire.recv(100)
                if not more:
                    raise AssertionError(f"the printer hung up after {answer!r}")
                answer += more
    finally:
        printer.terminate()
        printer.stderr.read()
        printer.stderr.close()
        if printer.wait(timeout=60) != 0:
            raise AssertionError(f"the printer ended with {printer.returncode}")
    return pieces(folder)


def pieces(folder, ending="png"):
    return sorted(pathlib.Path(folder).glob(f"receipt-*.{ending}"))


class Printing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.guest = subprocess.run([HERE / "run.sh", HERE / "printing.sh"], stdout=subprocess.PIPE, text=True,
                                   errors="replace", env=dict(os.environ, BONBON=BONBON, QEMU_WORK=str(WORK)))
        if cls.guest.returncode == 77:
            shutil.rmtree(WORK)
            os._exit(77)
        print(cls.guest.stdout, flush=True)
        cls.paper = pieces(WORK / "paper")
        cls.here = WORK / "here"
        cls.same = put_out(WHOLE, cls.here)

    def test_the_facts_of_the_guest(self):
        facts = [line for line in self.guest.stdout.splitlines() if line.startswith(("ok ", "not ok "))]
        self.assertEqual([line for line in facts if line.startswith("not ok ")], [])
        self.assertIn(f"{len(facts)} facts, 0 not so", self.guest.stdout.splitlines())
        self.assertEqual(self.guest.returncode, 0)

    def test_the_paper_is_what_the_bytes_make_it_dot_by_dot(self):
        self.assertGreaterEqual(len(self.same), len(WHOLE))
        for ours, theirs in zip(self.same, self.paper):
            self.assertEqual(ours.read_bytes(), theirs.read_bytes(), f"{theirs.name}: see {WORK}")

    def test_nothing_came_out_twice_and_nothing_is_missing(self):
        text = "".join(path.read_text() for path in pieces(WORK / "paper", "txt"))
        for job in (*WHOLE, LAST):
            self.assertEqual([line.split() for line in text.splitlines()].count(["Receipt", job]), 1, job)
        self.assertNotIn("stranger", text)

    def test_what_was_torn_by_unplugging_is_whole_on_the_second_paper(self):
        torn = "".join(path.read_text() for path in pieces(WORK / "paper", "txt")[len(self.same):])
        before, mark, after = torn.partition("PRINTED AGAIN\n")
        self.assertTrue(mark, torn)
        self.assertNotIn("PRINTED AGAIN", after)
        self.assertNotIn("TOTAL", before)
        folder = WORK / "again"
        put_out((AGAIN,), folder)
        whole = pieces(folder, "txt")[0].read_text()
        self.assertTrue(after.startswith(whole), f"{after}\nis not\n{whole}")

    def test_each_of_two_alike_put_out_its_own(self):
        for printer, other in (("left", "right"), ("right", "left"), ("tool", "left")):
            words = "".join(path.read_text() for path in pieces(WORK / printer, "txt")).split()
            self.assertEqual(words.count(printer), 1, words)
            self.assertNotIn(other, words)

    def test_the_codes_of_the_vouchers_can_be_read(self):
        found = subprocess.run(["zbarimg", "-q", "--raw", *self.paper], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                               text=True).stdout  # it would have told the desktop
        given = [voucher["qr"] for job in ("first", "second", LAST)
                 for voucher in json.loads((WORK / f"{job}.json").read_text())["vouchers"]]
        self.assertGreaterEqual(len(given), 2)
        self.assertEqual(found.split(), given)


if __name__ == "__main__":
    done = unittest.main(exit=False).result
    if done.wasSuccessful():
        shutil.rmtree(WORK)
    else:
        print(f"What is left of it: {WORK}", file=sys.stderr)
    sys.exit(not done.wasSuccessful())
