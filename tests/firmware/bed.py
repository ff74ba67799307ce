"""bonbon-fw against printers: the printer in software as a process of its own, and printers of few words, each written here from
Epson's guide so that a mistake in the program is not answered by the same mistake."""
import json
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import unittest
import zlib

FW = os.path.abspath(os.environ.get("BONBON_FW", "build/dev/bonbon-fw"))
BONBON = os.path.abspath(os.environ.get("BONBON", "build/dev/bonbon"))
SOURCE = pathlib.Path(__file__).resolve().parents[2]
NOW = "2026-11-21T15:00:00+00:00"


def png(rows):
    """A black-and-white PNG of rows of '#' and '.'."""
    width, height = len(rows[0]), len(rows)
    raw = b"".join(b"\0" + bytes(0 if dot == "#" else 255 for dot in row) for row in rows)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))


def dots(rows):
    """The same as bytes of a raster, the left dot highest."""
    out = b""
    for row in rows:
        row += "." * (-len(row) % 8)
        out += bytes(int(row[i:i + 8].replace("#", "1").replace(".", "0"), 2) for i in range(0, len(row), 8))
    return out


class FwTest(unittest.TestCase):
    """Each test has a folder, and a state folder that remembers nothing of other tests."""

    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="bonbon-fw-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.state = self.dir / "state"

    def environment(self, lang="C.UTF-8", now=NOW):
        env = dict(os.environ, BONBON_NOW=now, BONBON_STATE=str(self.state), LC_ALL=lang)
        env.pop("BONBON_SHOP", None)
        return env

    def raw(self, *args, check=0, lang="C.UTF-8", now=NOW, stdin=subprocess.DEVNULL):
        """Runs the program; gives (standard output, standard error) as text."""
        done = subprocess.run([FW, *map(str, args)], stdin=stdin, capture_output=True, timeout=120, cwd=self.dir,
                              env=self.environment(lang, now))
        out, err = done.stdout.decode(), done.stderr.decode()
        self.assertEqual(done.returncode, check, f"bonbon-fw {' '.join(map(str, args))}\n{out}\n{err}")
        return out, err

    def fw(self, command, *args, check=0, **how):
        """One command (words in one string) on self.uri with --json; its object."""
        out, _ = self.raw(*command.split(), *args, "--printer", self.uri, "--json", check=check, **how)
        return json.loads(out)

    def refused(self, command, *args, code, check, **how):
        """The command fails with this code and exit status; gives the words."""
        error = self.fw(command, *args, check=check, **how)["error"]
        self.assertEqual(error["code"], code, error["text"])
        return error["text"]

    def file(self, name, content):
        path = self.dir / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def writes_counted(self):
        files = list(self.state.glob("writes-*")) if self.state.exists() else []
        return sum(int(f.read_text().split()[1]) for f in files)


class VirtualTest(FwTest):
    """self.uri is `bonbon virtual`, self.order() what happens to it, self.nv() what it keeps."""
    profile = "epson-tm-t20iii"

    def setUp(self):
        super().setUp()
        self.nv_file, self.control, self.text = self.dir / "nv", self.dir / "control", self.dir / "text"
        self.printer = subprocess.Popen(
            [BONBON, "virtual", "--listen", "tcp:0", "--profile", self.profile, "--speed", "unlimited", "--nv",
             self.nv_file, "--control", self.control, "--text-dir", self.text],
            stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env=self.environment())
        self.addCleanup(self.stop)
        for line in self.printer.stderr:
            if "127.0.0.1:" in line:
                self.uri = "tcp://" + line.split()[-1]
                break
        # what it says later is nobody's, but must not fill the pipe
        self.listening = threading.Thread(target=self.printer.stderr.read)
        self.listening.start()

    def stop(self):
        self.printer.terminate()
        self.printer.wait(timeout=30)
        self.listening.join()
        self.printer.stderr.close()

    def order(self, *lines):
        with socket.socket(socket.AF_UNIX) as wire:
            wire.connect(str(self.control))
            for line in lines:
                wire.sendall(line.encode() + b"\n")
                answer = wire.recv(65536)
                self.assertIn(b"ok", answer)

    def nv(self, what):
        """The lines of the printer's memory that begin so, without that word. It is written when the printer ends."""
        self.stop()
        return [line.split()[1:] for line in self.nv_file.read_text().splitlines() if line.split()[0] == what]

    def printed(self):
        """All the paper as text."""
        self.stop()
        return "".join(f.read_text() for f in sorted(self.text.iterdir()))


class Printer:
    """A printer of few words on TCP. What it answers is set by the test; what it got is in `got`, the commands that write in
    `wrote`, both as they are when the host has hung up."""

    def __init__(self, test, **how):
        self.info = {65: b"1.0", 66: b"ACME", 67: b"Model 1", 68: b"X1", 69: b""}
        self.status = {1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12}
        self.fence = True
        self.capacity, self.left = b"1000", b"1000"
        self.keys = []                      # pairs of bytes
        self.keys_a_block = 40
        self.switches = {a: bytearray(b"00000000") for a in range(1, 9)}
        self.values = {5: b"0", 6: b"0", 8: b"0", 2: b"7"}
        self.enters = True
        self.keeps = True                   # settings and pictures that are written
        self.after_reset = None             # called when it starts anew
        self.noise = b""                    # instead of every answer
        self.deaf = 0                       # connections that are closed at once
        self.gone = False
        for name, value in how.items():
            setattr(self, name, value)
        self.heard, self.written, self.blocks = b"", [], []
        self.alone = threading.Event()
        self.alone.set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        test.uri = "tcp://127.0.0.1:%d" % self.listener.getsockname()[1]
        self.serving = threading.Thread(target=self.serve, daemon=True)
        self.serving.start()
        test.addCleanup(self.close)

    def close(self):
        """Closed under a thread that waits on it, the number of the socket could be another's."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.serving.join(timeout=60)
        self.listener.close()

    def serve(self):
        while True:
            try:
                self.wire, _ = self.listener.accept()
                self.alone.clear()
            except OSError:
                return
            self.wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.gone or self.deaf:
                self.deaf -= 1
                self.wire.close()
                self.alone.set()
                continue
            try:
                self.talk()
            except OSError:
                pass
            self.wire.close()
            self.alone.set()

    @property
    def got(self):
        assert self.alone.wait(60)
        return self.heard

    @property
    def wrote(self):
        assert self.alone.wait(60)
        return self.written

    def talk(self):
        waiting, self.open = b"", True
        while self.open:
            more = self.wire.recv(65536)
            if not more:
                return
            self.heard += more
            waiting += more
            while waiting and self.open:
                n = self.take(waiting)
                if n == 0:
                    break
                waiting = waiting[n:]

    def say(self, answer):
        self.wire.sendall(self.noise or answer)

    def take(self, s):
        """Does the command at the front; its length, or 0 when it is not whole."""
        if s[0] == 0x10:
            if len(s) < 3:
                return 0
            if s[1] == 4 and s[2] in self.status:
                self.say(bytes([self.status[s[2]]]))
            return 3
        if s[:1] == b"\x06":
            self.next_block()
            return 1
        if s[:1] == b"\x1c" and s[1:2] == b"q":
            return self.images(s)
        if s[0] != 0x1D:
            return 1
        if len(s) < 3:
            return 0
        if s[1:2] == b"(":
            if len(s) < 5:
                return 0
            n = 5 + s[3] + 256 * s[4]
            if len(s) < n:
                return 0
            self.block(s[2:3], s[5:n])
            return n
        if s[1:2] == b"I":
            if s[2] in self.info:
                self.say(b"\x5f" + self.info[s[2]] + b"\0")
            elif s[2] in (1, 2, 3) and self.info:
                self.say(b"\x02")
            return 3
        if s[1:2] == b"r":
            if self.fence:
                self.say(b"\0")
            return 3
        if s[1:2] == b"g":
            return 6 if len(s) >= 6 else 0
        return 3

    def images(self, s):
        """FS q n [xL xH yL yH data]n"""
        at, pictures = 3, []
        for _ in range(s[2]):
            if len(s) < at + 4:
                return 0
            x, y = s[at] + 256 * s[at + 1], s[at + 2] + 256 * s[at + 3]
            end = at + 4 + x * y * 8
            if len(s) < end:
                return 0
            pictures.append((x * 8, y * 8, s[at + 4:end]))
            at = end
        self.written.append(("FS q", pictures))
        self.reset()
        return at

    def reset(self):
        if self.after_reset:
            self.after_reset(self)

    def block(self, kind, p):
        if kind == b"L":
            self.graphics(p)
        elif kind == b"E":
            self.setting(p)

    def graphics(self, p):
        if p == b"00":
            if self.capacity is not None:
                self.say(b"\x37\x30" + self.capacity + b"\0")
        elif p == b"03":
            self.say(b"\x37\x31" + self.left + b"\0")
        elif p == b"0\x40KC":
            step = self.keys_a_block
            self.blocks = [self.keys[i:i + step] for i in range(0, len(self.keys), step)] or [[]]
            self.next_block()
        elif p[:2] == b"0\x43":
            self.written.append(("define", p[3:5], p))
            if self.keeps:
                self.keys.append(p[3:5])
                self.left = b"%d" % (int(self.left) - len(p))
        elif p[:2] == b"0\x42":
            self.written.append(("delete", p[2:4]))
            if self.keeps:
                self.keys.remove(p[2:4])

    def next_block(self):
        if self.blocks:
            keys = self.blocks.pop(0)
            self.say(b"\x37\x72" + (b"\x41" if self.blocks else b"\x40") + b"".join(keys) + b"\0")

    def setting(self, p):
        fn, rest = p[0], p[1:]
        if fn == 1:
            self.written.append(("enter",))
            if self.enters:
                self.say(b"\x37\x20\0")
        elif fn == 2:
            self.written.append(("leave",))
            self.reset()
        elif fn == 3:
            self.written.append(("switches", rest))
            for i in range(0, len(rest) if self.keeps else 0, 9):
                for k in range(8):
                    if rest[i + 1 + k] != 0x32:
                        self.switches[rest[i]][k] = rest[i + 1 + k]
        elif fn == 4 and rest[0] in self.switches:
            self.say(b"\x37\x21" + bytes(self.switches[rest[0]]) + b"\0")
        elif fn == 5:
            self.written.append(("values", rest))
            for i in range(0, len(rest) if self.keeps else 0, 3):
                self.values[rest[i]] = b"%d" % (rest[i + 1] + 256 * rest[i + 2])
        elif fn == 6 and rest[0] in self.values:
            self.say(b"\x37\x27%d\x1f" % rest[0] + self.values[rest[0]] + b"\0")
