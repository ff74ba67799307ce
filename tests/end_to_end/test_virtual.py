"""`bonbon virtual`: a receipt printer for other programs, on TCP and on USB/IP."""
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import unittest
import zlib

from shop_under_test import BONBON, ShopTest, run, sale
from virtual_printer import PATIENCE, UsbIp, VirtualPrinter, receive

DLE_EOT_1 = b"\x10\x04\x01"
CUT = b"\x1dVB\0"


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


class Printer(unittest.TestCase):
    def printer(self, *args, **how):
        printer = VirtualPrinter(*args, **how)
        self.addCleanup(printer.close)
        return printer

    def folder(self):
        name = tempfile.mkdtemp(prefix="bonbon-test-")
        self.addCleanup(shutil.rmtree, name, ignore_errors=True)
        return pathlib.Path(name)

    def status(self, printer):
        return json.loads(printer.order("status"))


class OnTheNetwork(Printer):
    def test_what_is_sent_comes_out_cut_by_cut(self):
        printer = self.printer("--speed", "unlimited", "--png-dir", self.folder() / "png")
        with printer.connect() as s:
            s.sendall(b"First\n" + CUT + b"Second\n" + CUT + DLE_EOT_1)
            self.assertEqual(receive(s, 1), b"\x12")
        self.assertEqual(printer.wait_for_pieces(2), ["First\n-- cut --\n", "Second\n-- cut --\n"])
        printer.hear("receipt-000002.png")

    def test_status_is_answered_while_the_paper_is_out(self):
        printer = self.printer("--speed", "unlimited")
        printer.order("paper out")
        with printer.connect() as s:
            s.sendall(b"waits\n" + CUT + b"\x1dr\x01" + b"\x10\x04\x04")
            self.assertEqual(receive(s, 1), b"\x72")
            printer.order("paper reload")
            self.assertEqual(receive(s, 1), b"\x00", "the fence, when the cut is done")
        self.assertEqual(printer.pieces(), ["waits\n-- cut --\n"])

    def test_a_printer_that_takes_nothing_fills_the_wire_and_no_more(self):
        printer = self.printer()
        printer.order("paper out")
        with printer.connect() as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
            s.settimeout(0.3)
            sent = 0
            with self.assertRaises(TimeoutError):
                while True:
                    sent += s.send(b"x" * 1024)
            self.assertLess(sent, 200_000, "what two kernels and the printer hold")
            self.assertEqual(self.status(printer)["waiting_bytes"], 4096)

    def test_one_host_prints_and_the_next_one_waits(self):
        printer = self.printer("--speed", "unlimited")
        with printer.connect() as first, printer.connect() as second:
            second.sendall(b"second\n" + CUT + DLE_EOT_1)
            first.sendall(b"first\n" + CUT + DLE_EOT_1)
            self.assertEqual(receive(first, 1), b"\x12")
            self.assertEqual(printer.pieces(), ["first\n-- cut --\n"])
            first.close()
            self.assertEqual(receive(second, 1), b"\x12")
        self.assertEqual(printer.pieces(), ["first\n-- cut --\n", "second\n-- cut --\n"])

    def test_what_a_host_left_behind_is_printed_all_the_same(self):
        printer = self.printer("--speed", "unlimited")
        printer.order("cover open")
        with printer.connect() as s:
            s.sendall(b"left behind\n" + CUT)
        printer.order("cover close")
        self.assertEqual(printer.wait_for_pieces(1), ["left behind\n-- cut --\n"])

    def test_a_reset_is_a_reset(self):
        printer = self.printer()
        with printer.connect() as s:
            s.sendall(DLE_EOT_1)
            receive(s, 1)
            printer.order("reset")
            with self.assertRaises(ConnectionResetError):
                s.recv(1)
        with printer.connect() as s:
            s.sendall(DLE_EOT_1)
            self.assertEqual(receive(s, 1), b"\x12")

    def test_switched_off_nobody_answers_and_switched_on_it_has_forgotten(self):
        printer = self.printer("--speed", "unlimited")
        with printer.connect() as s:
            s.sendall(b"half a line" + DLE_EOT_1)
            receive(s, 1)
            printer.order("power off")
            with self.assertRaises(OSError):
                while s.recv(1):
                    pass
                raise ConnectionResetError
        printer.hear("power off")
        self.status(printer)
        with self.assertRaises(ConnectionRefusedError):
            printer.connect()
        said = len(printer.said)
        printer.order("power on")
        printer.hear("a network printer on", after=said)
        with printer.connect() as s:
            s.sendall(b"a line\n" + CUT + DLE_EOT_1)
            self.assertEqual(receive(s, 1), b"\x12")
        self.assertEqual(printer.wait_for_pieces(1), ["a line\n-- cut --\n"])

    def test_a_pulled_network_cable_is_silence(self):
        printer = self.printer("--speed", "unlimited")
        with printer.connect() as s:
            s.sendall(DLE_EOT_1)
            receive(s, 1)
            printer.order("unplug")
            s.sendall(DLE_EOT_1)
            s.settimeout(0.2)
            with self.assertRaises(TimeoutError):
                s.recv(1)
            printer.order("plug")
            s.settimeout(PATIENCE)
            self.assertEqual(receive(s, 1), b"\x12")

    def test_a_thousand_jobs_leave_its_memory_as_it_was(self):
        def resident():
            status = pathlib.Path(f"/proc/{printer.process.pid}/status").read_text()
            return int(status.split("VmRSS:")[1].split()[0])

        def jobs(n):
            with printer.connect() as s:
                for _ in range(n):
                    s.sendall(b"Coffee                     2.50\n" * 40 + CUT)
                s.sendall(DLE_EOT_1 + b"\x1dr\x01")
                self.assertEqual(receive(s, 2), b"\x12\x00")

        printer = self.printer("--speed", "unlimited")
        if "asan" in pathlib.Path(f"/proc/{printer.process.pid}/maps").read_text():
            self.skipTest("a sanitizer keeps freed memory")
        jobs(200)
        before = resident()
        jobs(1000)
        self.assertLess(resident() - before, 1024, "KiB")


class ARealSale(ShopTest):
    def setUp(self):
        super().setUp()
        self.printer = VirtualPrinter("--profile", "generic-80", "--speed", "unlimited")
        self.addCleanup(self.printer.close)
        self.uri = f"tcp://127.0.0.1:{self.printer.tcp}"

    def test_it_is_printed_and_proved(self):
        answer = self.print_sale(sale(), "--printer", self.uri)
        self.assertEqual(answer["state"], "printed")
        self.assertIn("Cinnamon bun", "".join(self.printer.pieces()))

    def test_what_comes_after_a_cut_in_the_middle_of_a_picture_is_whole(self):
        """Else the printer takes the next receipt's beginning for the rest of the picture."""
        rows = b"".join(b"\0" + random.Random(row).randbytes(70) for row in range(500))
        (self.shop / "images" / "logo.png").write_bytes(
            b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 560, 500, 1, 0, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows))
            + chunk(b"IEND", b""))
        (self.shop / "templates" / "receipt.receipt").write_text("{image:logo.png}\nBEGINS {{id}}\nENDS {{id}}\n")
        printer = VirtualPrinter("--profile", "generic-80")  # as slow as one, so that the rest of the picture is not taken any more
        self.addCleanup(printer.close)
        uri = f"tcp://127.0.0.1:{printer.tcp}"
        printer.order("after 6000 bytes reset")
        status, _, err = run("print", "-", "--printer", uri, "--shop", self.shop, stdin=json.dumps(sale(1)).encode())
        self.assertEqual(status, 6, err)
        self.bonbon("jobs done", "1")
        for number in (2, 3):
            self.assertEqual(self.print_sale(sale(number), "--printer", uri)["state"], "printed")
        paper = "".join(printer.pieces())
        for number in (2, 3):
            self.assertIn(f"BEGINS {number}\n", paper)
            self.assertIn(f"ENDS {number}\n", paper)
        self.assertNotRegex(paper, "[^ -~\n]")

    def test_without_paper_the_job_is_kept(self):
        self.printer.order("paper out")
        _, out, err = run("print", "-", "--printer", self.uri, "--shop", self.shop, stdin=json.dumps(sale()).encode(), check=4)
        self.assertIn("paper", err)
        self.assertEqual(self.printer.pieces(), [])

    def test_a_back_channel_full_of_noise_harms_nobody(self):
        self.printer.order("back corrupt")
        status, out, err = run("print", "-", "--printer", self.uri, "--shop", self.shop, "--json", stdin=json.dumps(sale()).encode())
        self.assertIn(status, (0, 4, 6), err)


class OnUsb(Printer):
    def setUp(self):
        self.printer_on_usb = self.printer("--speed", "unlimited", usbip=True, tcp=False)
        self.client = UsbIp(self.printer_on_usb.usbip)
        self.addCleanup(lambda: self.client.sock and self.client.sock.close())

    def attach(self):
        device = self.client.attach()
        self.assertEqual(self.client.control_out(bytes([0, 9, 1, 0, 0, 0, 0, 0])), 0)
        return device

    def test_it_is_listed_as_a_printer(self):
        self.assertEqual([(d["busid"], d["vendor"], d["product"], d["classes"]) for d in self.client.devices()],
                         [("1-1", 0x04B8, 0x0E28, [(7, 1, 2)])])
        self.assertEqual(len(self.client.devices()), 1, "again")

    def test_one_host_has_it_at_a_time(self):
        self.attach()
        self.assertIsNone(UsbIp(self.client.port).attach())
        self.client.sock.close()
        self.printer_on_usb.hear("the USB host is gone")
        self.attach()

    def test_it_says_who_it_is(self):
        self.attach()
        device = self.client.control_in(bytes([0x80, 6, 0, 1, 0, 0, 18, 0]))
        self.assertEqual(len(device), 18)
        raw = self.client.control_in(bytes([0xA1, 0, 0, 0, 0, 0, 0, 4]))
        self.assertEqual(int.from_bytes(raw[:2], "big"), len(raw))
        self.assertIn(b"MDL:TM-T20III;", raw)
        self.assertEqual(self.client.control_in(bytes([0xA1, 1, 0, 0, 0, 0, 1, 0])), b"\x18")
        self.assertEqual(self.client.control_in(bytes([0x80, 6, 0, 6, 0, 0, 10, 0])), -32, "no other speed")

    def test_it_prints_and_answers(self):
        self.attach()
        read = self.client.submit(1, 2, 64)
        write = self.client.submit(0, 1, 14, data=b"By USB\n" + CUT + DLE_EOT_1)
        self.assertEqual(self.client.answer()[:4], (3, write, 0, 14))
        self.assertEqual(self.client.answer(reads=(read,)), (3, read, 0, 1, b"\x12"))
        self.assertEqual(self.printer_on_usb.wait_for_pieces(1), ["By USB\n-- cut --\n"])

    def test_a_cancelled_write_tells_what_was_taken(self):
        self.attach()
        self.printer_on_usb.order("paper out")
        write = self.client.submit(0, 1, 20000, data=b"x" * 20000)
        unlink = self.client.unlink(write)
        self.assertEqual(self.client.answer()[:4], (3, write, -104, 4096))
        self.assertEqual(self.client.answer()[:3], (4, unlink, 0))

    def test_unplugged_it_is_gone_and_plugged_in_it_comes_back(self):
        self.attach()
        read = self.client.submit(1, 2, 64)
        self.printer_on_usb.order("unplug")
        self.assertEqual(self.client.answer()[:3], (3, read, -108))
        self.assertIsNone(self.client.answer())
        self.assertEqual(self.client.devices(), [])
        self.printer_on_usb.order("plug 2")
        self.assertEqual([d["busid"] for d in self.client.devices()], ["1-2"])

    def test_rubbish_does_not_disturb_the_host_that_has_it(self):
        self.attach()
        for rubbish in (b"GET / HTTP/1.0\r\n\r\n", os.urandom(2000), b"\x01\x11\x80\x03"):
            with socket.create_connection(("127.0.0.1", self.client.port), timeout=PATIENCE) as s:
                s.sendall(rubbish)
        write = self.client.submit(0, 1, 5, data=b"good\n")
        self.assertEqual(self.client.answer()[:4], (3, write, 0, 5))

    def test_it_may_look_like_another_one(self):
        printer = self.printer("--usb", "vid=0416,pid=5011,serial=,unidirectional", usbip=True, tcp=False)
        device, = UsbIp(printer.usbip).devices()
        self.assertEqual((device["vendor"], device["product"], device["classes"]), (0x0416, 0x5011, [(7, 1, 1)]))


class ItsLife(Printer):
    def test_it_ends_when_it_is_told_to(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            printer = self.printer()
            self.assertEqual(printer.stop(number), 0)
            self.assertFalse(printer.control.exists())

    def test_paper_that_stands_out_is_not_lost_at_the_end(self):
        printer = self.printer("--speed", "unlimited")
        with printer.connect() as s:
            s.sendall(b"no cut\n" + DLE_EOT_1)
            receive(s, 1)
        printer.stop()
        self.assertEqual(printer.pieces(), ["no cut\n"])

    def test_a_printer_without_a_knife_hands_out_what_is_done(self):
        printer = self.printer("--profile", "pos-5890", "--speed", "unlimited")
        with printer.connect() as s:
            s.sendall(b"\x1c.torn off\n")
        self.assertEqual(printer.wait_for_pieces(1), ["torn off\n"])

    def test_a_script_happens_at_its_time(self):
        script = self.folder() / "script"
        script.write_text("# a bad day\nafter 6 bytes paper out\n")
        printer = self.printer("--speed", "unlimited", "--script", script)
        with printer.connect() as s:
            s.sendall(b"one\ntwo\n")
            printer.hear("paper out")
            self.assertEqual(self.status(printer)["conditions"], ["paper_out"])

    def test_a_fifo_takes_orders_too(self):
        fifo = self.folder() / "fifo"
        os.mkfifo(fifo)
        with subprocess.Popen([os.path.abspath(BONBON), "virtual", "--listen", "tcp:0", "--control", str(fifo)],
                              stderr=subprocess.PIPE, text=True) as process:
            process.stderr.readline()
            fifo.write_text("paper low\nfrobnicate\n")
            self.assertEqual(process.stderr.readline(), "paper low\n")
            self.assertIn("frobnicate", process.stderr.readline())
            process.terminate()
            self.assertEqual(process.wait(PATIENCE), 0)

    def test_nv_memory_outlives_the_program(self):
        nv = self.folder() / "nv"
        printer = self.printer("--speed", "unlimited", "--nv", nv)
        with printer.connect() as s:
            s.sendall(b"\x1d(C\x0a\0\0\x31\0k1hello" + CUT + DLE_EOT_1)
            receive(s, 1)
        self.assertEqual(printer.stop(), 0)
        self.assertIn("memory 6b31 68656c6c6f", nv.read_text())
        printer = self.printer("--speed", "unlimited", "--nv", nv)
        with printer.connect() as s:
            s.sendall(b"\x1d(C\x05\0\0\x32\0k1")
            self.assertEqual(receive(s, 9), b"\x37\x70\x40hello\0")
        self.assertEqual(json.loads(printer.order("counters"))["cuts"], 1)

    def test_pictures_are_numbered_on(self):
        for number in (1, 2):
            printer = self.printer("--speed", "unlimited")
            paper = printer.dir / "text"
            if number == 2:
                (paper / "receipt-000007.txt").write_text("old")
                printer.stop()
                again = self.printer("--speed", "unlimited", "--png-dir", paper)
                with again.connect() as s:
                    s.sendall(b"new\n" + CUT)
                again.hear("receipt-000008.png")

    def test_an_order_that_means_nothing_is_said(self):
        printer = self.printer()
        with self.assertRaisesRegex(AssertionError, "error: 'paper gone' is not understood"):
            printer.order("paper gone")

    def test_with_json_what_it_says_is_json(self):
        with subprocess.Popen([os.path.abspath(BONBON), "virtual", "--listen", "tcp:0", "--json"], stdout=subprocess.PIPE,
                              text=True) as process:
            self.assertIn("127.0.0.1", json.loads(process.stdout.readline())["said"])
            process.terminate()
            self.assertEqual(process.wait(PATIENCE), 0)


class BadInput(unittest.TestCase):
    def refused(self, status, words, *args):
        got, out, err = run("virtual", *args)
        self.assertEqual(got, status, err)
        self.assertIn(words, err)

    def test_each_is_said_and_nothing_begins(self):
        with tempfile.TemporaryDirectory() as name:
            dir = pathlib.Path(name)
            (dir / "script").write_text("paper out\nat noon paper in\n")
            (dir / "nv").write_text("rubbish\n")
            self.refused(2, "--listen tcp:9100")
            self.refused(2, "tcp:PORT", "--listen", "udp:9100")
            self.refused(5, "ADDRESS:PORT", "--listen", "tcp:99999")
            self.refused(5, "ADDRESS:PORT", "--usbip", "printer")
            self.refused(5, "", "--listen", "tcp:203.0.113.1:9100")
            self.refused(3, "nobody", "--listen", "tcp:0", "--profile", "nobody")
            self.refused(3, f"{dir}/script:2", "--listen", "tcp:0", "--script", dir / "script")
            self.refused(3, f"{dir}/nv:1", "--listen", "tcp:0", "--nv", dir / "nv")
            self.refused(3, str(dir / "none"), "--listen", "tcp:0", "--script", dir / "none")
            self.refused(3, "--speed", "--listen", "tcp:0", "--speed", "0")
            self.refused(2, "--speed", "--listen", "tcp:0", "--speed", "fast")
            self.refused(2, "colour=red", "--usbip", "0", "--usb", "colour=red")
            self.refused(5, "File name too long", "--listen", "tcp:0", "--control", dir / ("x" * 200))

    def test_a_port_that_is_taken_is_named(self):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            s.listen()
            self.refused(5, "in use", "--listen", f"tcp:{s.getsockname()[1]}")

    @unittest.skipIf(os.path.exists("/sys/devices/platform/vhci_hcd.0"), "this kernel has vhci_hcd")
    def test_without_vhci_the_way_to_it_is_said(self):
        self.refused(5, "modprobe vhci-hcd", "--attach")


if __name__ == "__main__":
    unittest.main()
