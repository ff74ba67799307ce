"""The bed of bed.c, driven from Python: printers that are plugged in and out while the real program runs."""
import json
import os
import pathlib
import pwd
import re
import shutil
import subprocess
import tempfile

from shop_under_test import BONBON, NOW, ShopTest, lines, sale

BED = os.environ.get("USB_BED", "build/dev/tests/usb/usb_bed")
PROBE = os.environ.get("USB_PROBE", "build/dev/tests/usb/usb_probe")
PRELOAD = os.environ.get("USB_PRELOAD", "libumockdev-preload.so.0")

# Hundreds of small files come and go with every bed: in memory, where there is such a place.
if os.access("/dev/shm", os.W_OK):
    tempfile.tempdir = "/dev/shm"

# What a session asks besides the job: DLE EOT n, GS r 1 (Epson APG).
QUESTION = re.compile(rb"\x10\x04[\x01-\x04]|\x1dr\x01")


class Bed:
    def __init__(self):
        # umockdev finds the devices of its own uevents through /sys, so that the bed stands in itself. ThreadSanitizer
        # watches the programs under test; the locks of GLib, which the bed's threads meet in, it does not see.
        self.program = subprocess.Popen([BED], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env=dict(os.environ, LD_PRELOAD=PRELOAD, TMPDIR=tempfile.gettempdir(),
                                                 TSAN_OPTIONS="report_bugs=0"))
        self.root = self.program.stdout.readline().split(" ", 1)[1].strip()

    def close(self):
        self.program.stdin.close()
        self.program.wait(timeout=60)
        self.program.stdout.close()
        shutil.rmtree(self.root, ignore_errors=True)  # where it was aborted
        if self.program.returncode != 0:
            raise AssertionError(f"the bed ended with {self.program.returncode}")

    def do(self, *words):
        """One command; gives what stands behind ok."""
        self.program.stdin.write(" ".join(map(str, words)) + "\n")
        self.program.stdin.flush()
        answer = self.program.stdout.readline().rstrip("\n")
        if not answer.startswith("ok"):
            raise AssertionError(f"{words}: {answer}")
        return answer[3:]

    def log(self, name="p"):
        """What programs did with the printer since last asked."""
        return [entry for entry in self.do("log", name).split("; ") if entry]

    def taken(self, name="p"):
        path = pathlib.Path(self.root) / f"taken-{name}"
        self.do("taken", name, path)
        return path.read_bytes()

    def paper(self, name="p"):
        path = pathlib.Path(self.root) / f"paper-{name}"
        self.do("paper", name, path)
        return path.read_text()

    def received(self, name="p"):
        return int(self.do("received", name))

    def environment(self):
        return {"UMOCKDEV_DIR": self.root, "LD_PRELOAD": PRELOAD}


class UsbTest(ShopTest):
    """A shop beside a bed. `self.bonbon` and `self.probe` run inside it."""

    def setUp(self):
        super().setUp()
        self.twin = self.dir / "twin"
        shutil.copytree(self.shop, self.twin)
        self.bed = Bed()
        self.addCleanup(self.bed.close)

    def as_nobody(self, root):
        """Root may open everything: so that the bed, but for the printer, and the shop belong to somebody else."""
        nobody = pwd.getpwnam("nobody")
        root.chmod(0o777)
        for path in (root / "ioctl").rglob("*"):
            path.chmod(0o777)
        for path in [self.dir, *self.dir.rglob("*")]:
            os.chown(path, nobody.pw_uid, nobody.pw_gid)
        for folder in pathlib.Path(BONBON).resolve().parents:
            if not folder.stat().st_mode & 1:
                self.skipTest(f"nobody may not enter {folder}")
        return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

    def plug(self, identity="", port="1-1", driver="", name="p", profile="generic-80"):
        """A new printer, plugged in; gives its vid:pid."""
        model = self.bed.do("printer", name, profile, identity.replace(" ", ","))
        self.bed.do("plug", name, port, driver)
        return model

    def environment(self):
        return dict(os.environ, BONBON_NOW=NOW, LC_ALL="C.UTF-8", **self.bed.environment())

    def start(self, *args, **how):
        """The probe, left running; its input and output are pipes."""
        program = subprocess.Popen([PROBE, *map(str, args)], env=self.environment(), text=True, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, **how)
        self.addCleanup(program.stdout.close)
        self.addCleanup(program.wait)
        self.addCleanup(program.stdin.close)
        return program

    def probe(self, *args, **how):
        """The probe's status and lines."""
        done = subprocess.run([PROBE, *map(str, args)], env=self.environment(), text=True, capture_output=True,
                              timeout=120, **how)
        self.assertEqual(done.stderr, "")
        return done.returncode, done.stdout.splitlines()

    def listed(self):
        status, output = self.probe("list")
        self.assertEqual(status, 0, output)
        return [json.loads(line) for line in output]

    def send(self, data, uri="usb:", timeout_ms=5000):
        """Sends bytes; gives how many were taken and the error's words, "" for none."""
        path = self.dir / "data"
        path.write_bytes(data)
        status, output = self.probe("send", uri, path, timeout_ms)
        taken = [line for line in output if line.startswith("taken ")]
        return (int(taken[0][6:]) if taken else None), "\n".join(line for line in output if line not in taken)

    def print_to(self, uri, made=None, check=0, args=(), **how):
        """Prints a sale on a USB printer; gives the answer."""
        return self.print_sale(made or sale(), "--printer", uri, *args, check=check, env=self.bed.environment(), **how)

    def job_of(self, made=None):
        """The bytes that a sale's job has, from another shop of the same kind."""
        target = self.dir / "job"
        shop, self.shop = self.shop, self.twin
        self.print_sale(made or sale(), "--printer", f"file:{target}")
        self.shop = shop
        data = target.read_bytes()
        target.unlink()
        return data

    def without_questions(self, data):
        return QUESTION.sub(b"", data)


__all__ = ["Bed", "UsbTest", "sale", "lines", "BONBON"]
