"""A prepared shop that is copied, killed at a chosen call, and looked at: by SQLite of another program, not by bonbon."""
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import threading

from shop_under_test import BONBON, NOW, lines, run, sale

SHIM = os.environ.get("CRASH_SHIM", "build/dev/tests/crash/crash_shim.so")
JOBS = os.cpu_count() or 1
# Memory, where there is such a folder: a power cut is played from the record of the calls, so no disk has to be waited for.
FOLDER = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None

# Plain words that stand on the paper byte by byte, so that paper can be counted without a decoder.
RECEIPT = "RECEIPT-{{id}}-BEGINS\n\n{{#items}}\n{{name}} | {{total}}\n{{/items}}\nRECEIPT-{{id}}-ENDS\n"
COUPON = "VOUCHER-BEGINS\nCODE={{voucher.code}}\n{code:{{voucher.qr}};option:qrcode,6,m}\nVOUCHER-ENDS\n"
RULES = """
offers:
  - { name: first, template: coupon, value: { amount: 1.00 }, valid: 30 days }
  - { name: second, template: coupon, value: { gift: cake, cost: 2.00 }, valid: 30 days, stock: 5 ever }
rules:
  - { name: opening, when: { incident: opening }, give: first }
  - { name: stocked, when: { incident: stocked }, give: second }
"""
OLD, SALE = "old", "0042"
KILLED = -signal.SIGKILL
GOOD = {"printed", "sent"}


class PrinterOnTheNet:
    """A printer that answers DLE EOT, GS r and GS a on TCP, and keeps what it got. One connection after the other."""
    answers = re.compile(rb"\x10\x04[\x01-\x04]|\x1dr\x01|\x1da[\x01-\xff]")
    said = {b"\x10\x04": b"\x12", b"\x1dr": b"\x00", b"\x1da": b"\x10\x00\x00\x00"}

    def __init__(self):
        self.paper = bytearray()
        self.settled = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.uri = "tcp://127.0.0.1:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self.work, daemon=True).start()

    def work(self):
        while True:
            try:
                wire, _ = self.listener.accept()
            except OSError:
                return
            with wire:
                self.take(wire)

    def take(self, wire):
        unread = b""
        while True:
            try:
                got = wire.recv(65536)
            except OSError:
                return
            if got == b"SETTLED":
                self.settled.set()
                return
            if not got:
                return
            self.paper += got
            unread += got
            for request in self.answers.finditer(unread):
                try:
                    wire.sendall(self.said[request[0][:2]])
                except OSError:
                    pass
                unread = unread[-2:] if request.end() < len(unread) else b""

    def settle(self):
        """Returns when everything sent by programs that are gone has been taken."""
        self.settled.clear()
        with socket.create_connection(self.listener.getsockname()) as wire:
            wire.sendall(b"SETTLED")
            self.settled.wait(30)

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def prepare(shop, printer):
    """A shop with one voucher alive; gives its code."""
    run("init", shop, "--printer", printer, check=0)
    (shop / "rules.yaml").write_text(RULES)
    for name, text in (("receipt", RECEIPT), ("coupon", COUPON)):
        (shop / "templates" / f"{name}.receipt").write_text(text)
    made = sale(OLD, service={"incident": "opening"})
    out = run("print", "-", "--shop", shop, "--json", "--printer", "file:/dev/null", stdin=json.dumps(made).encode(), check=0)[1]
    return lines(out)[0]["vouchers"][0]["code"].replace("-", "")


def the_sale(code):
    return sale(SALE, service={"incident": "stocked"}, redeem=[code])


class Bed:
    """One copy of the prepared shop and the paper that comes out of its printer."""

    def __init__(self, prepared, kind):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="bonbon-crash-", dir=FOLDER))
        self.shop = self.dir / "shop"
        self.kind = kind
        shutil.copytree(prepared, self.shop)
        self.net = None
        if kind == "tcp":
            self.net = PrinterOnTheNet()
            config = self.shop / "printers.d" / "receipt.yaml"
            config.write_text(re.sub(r'uri: "[^"]*"', f'uri: "{self.net.uri}"', config.read_text()))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.net:
            self.net.close()
        shutil.rmtree(self.dir, ignore_errors=True)

    # Doors

    def bonbon(self, *args, stdin=None):
        status, out, err = run(*args, "--shop", self.shop, "--json", stdin=stdin)
        return status, lines(out), err

    def print(self, made):
        status, answers, err = self.bonbon("print", "-", stdin=json.dumps(made).encode())
        return status, answers[0] if answers else None, err

    def killed_at(self, number, half, *args, stdin=None, log=None):
        """Runs a command that dies at its call `number`; gives its status, KILLED when it died there."""
        environment = dict(os.environ, BONBON_NOW=NOW, LC_ALL="C.UTF-8", LD_PRELOAD=str(SHIM), BONBON_CRASH_AT=str(number))
        environment["ASAN_OPTIONS"] = environment.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
        if half:
            environment["BONBON_CRASH_HALF"] = "1"
        if log:
            environment["BONBON_CRASH_LOG"] = str(log)
        words = [BONBON, *map(str, args), "--shop", self.shop, "--json"]
        return subprocess.run(words, input=stdin, capture_output=True, env=environment, timeout=600).returncode

    def serve_until(self, number):
        """Starts the spool service, which dies at its call `number`; returns when it listens, or is dead."""
        notify = self.dir / "notify"
        environment = dict(os.environ, BONBON_NOW=NOW, LC_ALL="C.UTF-8", LD_PRELOAD=str(SHIM), BONBON_CRASH_AT=str(number),
                           NOTIFY_SOCKET=str(notify))
        environment["ASAN_OPTIONS"] = environment.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
            listener.bind(str(notify))
            process = subprocess.Popen([BONBON, "spool", "--shop", self.shop], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                       env=environment)
            watcher = threading.Thread(target=self.say_when_dead, args=(process, notify), daemon=True)
            watcher.start()
            listener.settimeout(120)
            while listener.recv(65536) not in (b"READY=1", b"DEAD"):
                pass
        return process

    @staticmethod
    def say_when_dead(process, notify):
        process.wait()
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as speaker:
            try:
                speaker.sendto(b"DEAD", str(notify))
            except OSError:
                pass  # nobody waits to hear it

    # What an observer sees

    def paper(self):
        """The bytes on the paper; for the virtual printer, which keeps pictures, None."""
        if self.kind == "tcp":
            self.net.settle()
            return bytes(self.net.paper)
        if self.kind == "file":
            path = self.shop / "paper.bin"
            return path.read_bytes() if path.exists() else b""
        return None

    def pictures(self):
        folder = self.shop / "paper"
        return sorted(p.name for p in folder.glob("*.png")) if folder.exists() else []

    def facts(self):
        return facts(self.shop)


def facts(shop):
    """What the database says, read from a copy, so that looking changes nothing."""
    with tempfile.TemporaryDirectory(prefix="bonbon-look-", dir=FOLDER) as folder:
        for name in ("bonbon.db", "bonbon.db-wal"):
            if (shop / name).exists():
                shutil.copy(shop / name, folder)
        db = sqlite3.connect(pathlib.Path(folder) / "bonbon.db")
        try:
            def rows(sql, *values):
                return db.execute(sql, values).fetchall()
            return {
                "sales": rows("SELECT job FROM sale WHERE id = ?", SALE),
                "vouchers": [row[0] for row in rows("SELECT code FROM voucher WHERE sale_id = ?", SALE)],
                "known": {row[0] for row in rows("SELECT code FROM voucher")},
                "stock": sum(row[0] for row in rows("SELECT used FROM counter WHERE offer = 'second'")),
                "redeemed": rows("SELECT code FROM voucher WHERE state = 'redeemed' AND redeemed_sale = ?", SALE),
                "jobs": [row[0] for row in rows("SELECT state FROM spool_job WHERE key LIKE 'sale/%/' || ?", SALE)],
                "copies": rows("SELECT state FROM spool_job WHERE key LIKE 'copy/%'"),
                "events": rows("SELECT kind, count(*) FROM event GROUP BY kind ORDER BY kind"),
                "whole": rows("PRAGMA integrity_check")[0][0],
            }
        finally:
            db.close()


def begun(paper, number=SALE):
    return paper.count(b"RECEIPT-%s-BEGINS" % number.encode())


def ended(paper, number=SALE):
    return paper.count(b"RECEIPT-%s-ENDS" % number.encode())


def codes_on(paper):
    return {code.decode().replace("-", "") for code in re.findall(rb"CODE=([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{5})", paper)}
