"""`bonbon virtual` in a process of its own, told what happens to it through its control socket."""
import os
import pathlib
import re
import shutil
import socket
import struct
import subprocess
import tempfile
import threading

from shop_under_test import BONBON

PATIENCE = 60  # seconds, for a machine that is busy with other things


class VirtualPrinter:
    """A printer that listens on a free port of the loopback. `tcp` and `usbip` say where; `pieces()` is its paper."""

    def __init__(self, *args, usbip=False, tcp=True, wait=True):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="bonbon-virtual-"))
        self.control = self.dir / "control"
        where = (["--listen", "tcp:0"] if tcp else []) + (["--usbip", "0"] if usbip else [])
        self.said = []
        self.more = threading.Condition()
        self.process = subprocess.Popen(
            [os.path.abspath(BONBON), "virtual", *where, "--control", str(self.control), "--text-dir", str(self.dir / "text"),
             *map(str, args)], stderr=subprocess.PIPE, text=True, env=dict(os.environ, LC_ALL="C.UTF-8"))
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.tcp = self._port("a network printer on") if tcp and wait else None
        self.usbip = self._port("USB/IP, bus id 1-1, on") if usbip and wait else None

    def _read(self):
        for line in self.process.stderr:
            with self.more:
                self.said.append(line.rstrip("\n"))
                self.more.notify_all()
        with self.more:
            self.said.append("")
            self.more.notify_all()

    def _port(self, words):
        return int(re.search(r":(\d+)$", self.hear(words)).group(1))

    def hear(self, words, after=0):
        """Waits until it says something with these words, and gives the line."""
        with self.more:
            found = []

            def said():
                found[:] = [line for line in self.said[after:] if words in line]
                return found or "" in self.said
            self.more.wait_for(said, PATIENCE)
            if not found:
                raise AssertionError(f"never said {words!r}, but {self.said}")
            return found[0]

    def order(self, words):
        """Gives an order; returns what it answers, without the last "ok"."""
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(PATIENCE)
            s.connect(str(self.control))
            s.sendall(words.encode() + b"\n")
            s.shutdown(socket.SHUT_WR)
            answer = b""
            while chunk := s.recv(65536):
                answer += chunk
        text = answer.decode()
        if not text.endswith("ok\n"):
            raise AssertionError(f"{words}: {text}")
        return text[:-3]

    def pieces(self):
        """The texts of the pieces of paper that were cut off so far."""
        return [path.read_text() for path in sorted((self.dir / "text").glob("receipt-*.txt"))]

    def wait_for_pieces(self, n):
        self.hear(f"receipt-{n:06}.txt")
        return self.pieces()

    def connect(self):
        s = socket.create_connection(("127.0.0.1", self.tcp), timeout=PATIENCE)
        return s

    def stop(self, signal=15):
        """Ends it; gives its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal)
        status = self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        self.process.stderr.close()
        return status

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.stop()
        shutil.rmtree(self.dir, ignore_errors=True)


def receive(sock, n):
    """Exactly n bytes, or what there was before the end."""
    data = b""
    while len(data) < n:
        chunk = sock.recv(n - len(data))
        if not chunk:
            break
        data += chunk
    return data


class UsbIp:
    """A USB/IP client, written from the kernel's documentation of the protocol."""

    def __init__(self, port):
        self.port, self.seqnum, self.sock = port, 0, None

    def _connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    @staticmethod
    def _device(data):
        path, busid, busnum, devnum, speed = struct.unpack(">256s32sIII", data[:300])
        vendor, product, release = struct.unpack(">HHH", data[300:306])
        return {"busid": busid.rstrip(b"\0").decode(), "devid": busnum << 16 | devnum, "speed": speed,
                "vendor": vendor, "product": product, "interfaces": data[311]}

    def devices(self):
        with self._connect() as s:
            s.sendall(struct.pack(">HHI", 0x0111, 0x8005, 0))
            version, code, status, n = struct.unpack(">HHII", receive(s, 12))
            assert (version, code, status) == (0x0111, 5, 0), (version, code, status)
            found = []
            for _ in range(n):
                device = self._device(receive(s, 312))
                device["classes"] = [tuple(receive(s, 4)[:3]) for _ in range(device["interfaces"])]
                found.append(device)
            assert s.recv(1) == b""
            return found

    def attach(self, busid="1-1"):
        self.sock = self._connect()
        self.sock.sendall(struct.pack(">HHI32s", 0x0111, 0x8003, 0, busid.encode()))
        version, code, status = struct.unpack(">HHI", receive(self.sock, 8))
        assert (version, code) == (0x0111, 3)
        if status:
            self.sock.close()
            self.sock = None
            return None
        return self._device(receive(self.sock, 312))

    def submit(self, direction, endpoint, length, setup=b"\0" * 8, data=b""):
        self.seqnum += 1
        self.sock.sendall(struct.pack(">IIIIIIIiiI", 1, self.seqnum, 0x10002, direction, endpoint, 0, length, 0, -1, 0) + setup + data)
        return self.seqnum

    def unlink(self, victim):
        self.seqnum += 1
        self.sock.sendall(struct.pack(">IIIIII24x", 2, self.seqnum, 0x10002, 0, 0, victim))
        return self.seqnum

    def answer(self, reads=()):
        """(kind, seqnum, status, actual, data); kind 3 is RET_SUBMIT, 4 RET_UNLINK; None at the end. reads: seqnums of IN transfers."""
        head = receive(self.sock, 48)
        if len(head) < 48:
            return None
        kind, seqnum = struct.unpack(">II", head[:8])
        status, actual = struct.unpack(">iI", head[20:28])
        data = receive(self.sock, actual) if kind == 3 and seqnum in reads else b""
        return kind, seqnum, status, actual, data

    def control_in(self, setup):
        length = setup[6] | setup[7] << 8
        seqnum = self.submit(1, 0, length, setup)
        kind, got, status, actual, data = self.answer(reads=(seqnum,))
        assert (kind, got) == (3, seqnum)
        return data if status == 0 else status

    def control_out(self, setup):
        seqnum = self.submit(0, 0, 0, setup)
        return self.answer()[2]
