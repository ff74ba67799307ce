"""`bonbon spool` in a process of its own, and what is seen of its work from outside."""
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time

from shop_under_test import BONBON, NOW

PATIENCE = 60  # seconds, for a machine that is busy with other things


def environment(**more):
    made = dict(os.environ, BONBON_NOW=NOW, LC_ALL="C.UTF-8", **more)
    made.pop("BONBON_SHOP", None)
    return made


class Service:
    """`bonbon spool` of a shop, listened to where systemd would listen."""

    def __init__(self, shop, *args, now=NOW, env=None, **how):
        self.path = shop.parent / "notify"
        self.path.unlink(missing_ok=True)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(self.path))
        self.socket.settimeout(PATIENCE)
        self.heard = []
        self.process = subprocess.Popen([os.path.abspath(BONBON), "spool", "--shop", str(shop), "--json", *map(str, args)],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                        env=dict(environment(NOTIFY_SOCKET=str(self.path)), BONBON_NOW=now, **(env or {})), **how)

    def hear(self, pattern):
        """Waits for a word to systemd that has not been heard yet."""
        self.heard = []
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            word = self.socket.recv(65536).decode()
            self.heard.append(word)
            if re.search(pattern, word):
                return word
        raise AssertionError(f"never heard {pattern}, but {self.heard}")

    def ready(self):
        self.hear("^READY=1$")
        return self

    def end(self, how=signal.SIGTERM):
        """Gives the exit status and what it said to people."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        said = self.process.communicate(timeout=PATIENCE)[1].decode()
        self.socket.close()
        return self.process.returncode, said


def watch_until(shop, condition):
    """Follows `jobs --watch` until a job is as wanted; gives it."""
    process = subprocess.Popen([os.path.abspath(BONBON), "jobs", "--watch", "--all", "--json", "--shop", str(shop)],
                               stdout=subprocess.PIPE, env=environment())
    timer = threading.Timer(PATIENCE, process.kill)
    timer.start()
    seen = []
    try:
        for line in process.stdout:
            seen.append(json.loads(line))
            if condition(seen[-1]):
                return seen[-1]
    finally:
        timer.cancel()
        process.kill()
        process.wait()
        process.stdout.close()
    raise AssertionError(f"it never happened: {seen}")
