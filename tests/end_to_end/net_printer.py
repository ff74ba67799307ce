"""A printer on the net that does what a test says: answers, stops, hangs up, stays silent. It keeps every byte it was sent."""
import re
import socket
import threading

QUESTION = re.compile(rb"\x10\x04([\x01-\x04])|\x1dr\x01")
TELL = re.compile(rb"\x1da[\x01-\xff]")  # GS a: say how you are, now and when it changes (it changes by itself in no test)
READY = {1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12}
PAPER_OUT = {1: 0x1A, 2: 0x32, 3: 0x12, 4: 0x72}  # Epson: offline; stopped by paper end; roll paper end


class NetPrinter:
    def __init__(self, port=0):
        self.status = READY
        self.stops_after = None  # bytes of a job after which the paper is out; what comes is kept and not printed
        self.hangs_up_after = None
        self.silent = False  # no answer to GS r
        self.loses_power_after = None  # bytes of a job after which it was off for a moment: it says so, and has nothing left
        self.forgets = False
        self.got = bytearray()  # without questions
        self.owed = 0  # answers to GS r that wait for paper
        self.connections = 0
        self.change = threading.Condition()
        self.wire = None
        self.listener = socket.create_server(("127.0.0.1", port))
        self.port = self.listener.getsockname()[1]
        self.uri = f"tcp://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                wire, _ = self.listener.accept()
            except OSError:
                return
            with self.change:
                self.connections += 1
                self.wire = wire
            threading.Thread(target=self._take, args=(wire,), daemon=True).start()

    def _take(self, wire):
        unread = b""
        while True:
            try:
                got = wire.recv(65536)
            except OSError:
                return
            if not got:
                wire.close()
                return
            unread += got
            with self.change:
                unread = self._read(wire, unread)
                self.change.notify_all()
                if unread is None:
                    wire.close()
                    return

    def _read(self, wire, unread):
        while unread:
            question = QUESTION.search(unread)
            job = unread[:question.start()] if question else unread
            if self._job(job) is None:
                return None
            if not question:
                return b""
            self._answer(wire, question)
            unread = unread[question.end():]
        return b""

    def _job(self, job):
        self.got += job
        if TELL.search(job):
            self._send(self.wire, b"\x10\0\0\0")
        if job and self.hangs_up_after is not None and len(self.got) >= self.hangs_up_after:
            return None
        if job and self.loses_power_after is not None and len(self.got) >= self.loses_power_after:
            self.loses_power_after, self.forgets = None, True
            self._send(self.wire, b"\x3b\x31\x00")
        if job and self.stops_after is not None and len(self.got) >= self.stops_after:
            self.status, self.stops_after = PAPER_OUT, None
        return True

    def _answer(self, wire, question):
        if question[1]:
            self._send(wire, bytes([self.status[question[1][0]]]))
        elif self.forgets:  # the question was lost with the rest
            self.forgets = False
        elif self.status is READY and not self.silent:
            self._send(wire, b"\0")
        elif not self.silent:
            self.owed += 1

    @staticmethod
    def _send(wire, answer):
        try:
            wire.sendall(answer)
        except OSError:
            pass

    def reload(self):
        """New paper: it goes on where it stood, and answers what it owes."""
        with self.change:
            self.status = READY
            for _ in range(self.owed):
                self._send(self.wire, b"\0")
            self.owed = 0

    def wait(self, condition, seconds=60):
        with self.change:
            if not self.change.wait_for(lambda: condition(self), seconds):
                raise AssertionError(f"the printer got {bytes(self.got)!r}")

    def count(self, word):
        with self.change:
            return bytes(self.got).count(word)

    def close(self):
        try:
            self.listener.shutdown(socket.SHUT_RDWR)  # else who waits in accept() would still accept
        except OSError:
            pass
        self.listener.close()
