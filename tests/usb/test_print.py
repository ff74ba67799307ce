"""The real program prints on USB: every byte once, the kernel's driver comes back, trouble is said as it is."""
import json
import os
import pathlib
import subprocess
import unittest

from spool_service import watch_until
from usb_bed import BONBON, UsbTest, sale


class Print(UsbTest):
    def assert_printed(self, made=None, name="p", before=b""):
        """The printer took the job of a sale, whole, once, and nothing but questions beside it."""
        taken = self.bed.taken(name)
        self.assertTrue(taken.startswith(before))
        job = self.job_of(made)
        self.assertEqual(taken[len(before):].count(job), 1)
        start = taken.index(job, len(before))
        beside = taken[len(before):start] + taken[start + len(job):]
        self.assertEqual(self.without_questions(beside), b"")

    def test_a_sale_reaches_the_printer_byte_for_byte(self):
        self.plug()
        answer = self.print_to("usb:")
        self.assertEqual(answer["state"], "printed")
        self.assert_printed()

    def test_nothing_is_set_that_is_set_already(self):
        self.plug()
        self.bed.log()
        self.print_to("usb:")
        self.assertEqual(self.bed.log(), ["claim 0", "release 0"])

    def test_usblp_makes_way_and_comes_back(self):
        self.plug(driver="usblp")
        self.bed.log()
        for number in (1, 2):
            self.print_to("usb:", sale(number))
            self.assertEqual(self.bed.log(), ["detach 0", "claim 0", "release 0", "attach 0"])

    def test_usblp_comes_back_when_the_printer_fails(self):
        self.plug(driver="usblp")
        self.bed.do("order", "p", "paper out")
        self.bed.log()
        self.print_to("usb:", check=4)
        self.assertEqual(self.bed.log()[-2:], ["release 0", "attach 0"])

    def test_only_the_interface_of_the_printer_is_taken(self):
        self.plug("second")
        self.bed.log()
        self.print_to("usb:")
        self.assertEqual(self.bed.log(), ["claim 1", "release 1"])
        self.assert_printed()

    def test_an_alternate_setting_is_chosen_once(self):
        self.plug("alternates out=03 in=84")
        self.bed.log()
        self.print_to("usb:")
        self.assertEqual(self.bed.log(), ["claim 0", "alternate 0 1", "release 0"])
        self.assert_printed()

    def test_odd_endpoints(self):
        self.plug("out=03 in=84")
        self.assertEqual(self.print_to("usb:")["state"], "printed")
        self.assert_printed()

    def test_a_printer_without_a_way_back_is_not_said_to_have_printed(self):
        self.plug("unidirectional")
        self.assertEqual(self.print_to("usb:")["state"], "sent")
        self.assert_printed()

    def test_a_quirk_forbids_to_listen(self):
        self.plug("vid=0519 pid=0002")
        self.assertEqual(self.print_to("usb:")["state"], "sent")
        self.assert_printed()

    def test_a_quirk_resets_the_printer_behind_the_last_byte(self):
        self.plug("vid=067b pid=2305", driver="usblp")
        self.bed.log()
        self.assertEqual(self.print_to("usb:")["state"], "sent")
        self.assertEqual(self.bed.log(), ["detach 0", "claim 0", "control 21 02", "release 0"])  # and another quirk: no driver back
        self.assert_printed()

    def test_a_quirk_that_closes_late_gives_everything_back(self):
        self.plug("vid=0519 pid=0001", driver="usblp")
        self.bed.log()
        self.assertEqual(self.print_to("usb:")["state"], "sent")
        self.assertEqual(self.bed.log(), ["detach 0", "claim 0", "release 0", "attach 0"])
        self.assert_printed()

    def test_a_device_without_a_configuration_is_given_the_printers(self):
        self.plug()
        self.bed.do("attribute", "1-1", "bConfigurationValue", "0")
        self.bed.log()
        self.print_to("usb:")
        self.assertEqual(self.bed.log(), ["configuration 1", "claim 0", "release 0"])
        self.assert_printed()

    def test_usblp_that_a_killed_program_left_off_comes_back(self):
        (pathlib.Path(self.bed.root) / "sys/bus/usb/drivers/usblp").mkdir(parents=True)
        self.plug()
        self.bed.log()
        self.print_to("usb:")
        self.assertEqual(self.bed.log(), ["claim 0", "release 0", "attach 0"])
        self.print_to("usb:", sale(2))
        self.assertEqual(self.bed.log(), ["detach 0", "claim 0", "release 0", "attach 0"])

    def test_each_of_two_identical_printers_gets_its_own(self):
        model = self.plug("serial=", name="bar", port="1-1")
        self.plug("serial=", name="kitchen", port="1-2")
        self.print_to(f"usb://{model}@1-2", sale(2))
        self.print_to(f"usb://{model}@1-1", sale(1))
        self.assert_printed(sale(1), "bar")
        self.assert_printed(sale(2), "kitchen")

    def test_a_job_waits_for_a_printer_to_be_plugged_in(self):
        self.plug("serial=X1", name="first")
        answer = self.print_to("usb://0416:5011/LATE", check=4)
        self.assertEqual(answer["state"], "queued")
        self.plug("vid=0416 pid=5011 serial=LATE", name="late", port="1-2")
        self.assertEqual(self.print_to("usb://0416:5011/LATE")["state"], "printed")
        self.assert_printed(name="late")
        self.assertEqual(self.bed.taken("first"), b"")

    def test_a_second_identical_printer_makes_a_short_name_ambiguous(self):
        model = self.plug("serial=", name="bar", port="1-1")
        self.print_to("usb:", sale(1))
        self.plug("serial=", name="kitchen", port="1-2")
        self.print_to("usb:", sale(2), check=3)
        self.print_to(f"usb://{model}@1-1", sale(3))
        self.assertEqual(self.bed.taken("kitchen"), b"")

    def test_a_printer_that_another_program_holds_is_left_to_it(self):
        self.plug()
        holder = self.start("hold", "usb:")
        self.assertEqual(holder.stdout.readline(), "held\n")
        status, error = self.words_of_failure("usb:")
        self.assertEqual(status, 4)
        self.assertIn(f"usb_probe ({holder.pid})", error)
        holder.stdin.close()
        holder.wait()
        self.print_to("usb:", sale(2))
        self.assertEqual(self.without_questions(self.bed.taken()), self.job_of(sale(1)) + self.job_of(sale(2)))

    def words_of_failure(self, uri, **how):
        """Exit status and standard error of a print that fails."""
        path = self.dir / "sale.json"
        path.write_text(json.dumps(sale(1)))
        path.chmod(0o644)
        done = subprocess.run([os.path.abspath(BONBON), "print", path, "--printer", uri, "--shop", self.shop],
                              env=self.environment(), capture_output=True, text=True, timeout=120, **how)
        return done.returncode, done.stderr

    def test_no_right_to_the_printer_names_the_line_that_mends_it(self):
        model = self.plug(profile="epson-tm-t20iii")
        root = pathlib.Path(self.bed.root)
        (root / self.bed.do("where", "p")).chmod(0)
        how = self.as_nobody(root) if os.geteuid() == 0 else {}
        status, error = self.words_of_failure("usb:", **how)
        self.assertEqual(status, 4, error)
        vid, pid = model.split(":")
        self.assertIn(f'ATTR{{idVendor}}=="{vid}", ATTR{{idProduct}}=="{pid}", MODE="0660", GROUP="lp", TAG+="uaccess"',
                      error)


class Trouble(UsbTest):
    """What the device took is counted exactly, whatever happens."""
    DATA = bytes(range(32, 127)) * 700  # 66 500 bytes, several transfers of every size

    def test_bytes_that_were_taken_before_the_time_was_up(self):
        self.plug()
        self.bed.do("order", "p", "after 5000 bytes nak")
        taken, error = self.send(self.DATA, timeout_ms=200)
        self.assertEqual(taken, self.bed.received())
        self.assertEqual(self.bed.taken(), self.DATA[:taken])
        self.assertGreaterEqual(taken, 5000)
        self.assertLess(taken, len(self.DATA))
        self.assertIn("takes no more data", error)
        self.bed.do("order", "p", "nak off")
        self.assertEqual(self.send(self.DATA[taken:]), (len(self.DATA) - taken, ""))
        self.assertEqual(self.bed.taken(), self.DATA)

    def test_a_printer_that_pauses_for_less_than_the_timeout_loses_nothing(self):
        self.plug()
        for at in range(5000, 60000, 5000):
            self.bed.do("order", "p", f"after {at} bytes nak 60ms")
        self.assertEqual(self.send(self.DATA, timeout_ms=2000), (len(self.DATA), ""))
        self.assertEqual(self.bed.taken(), self.DATA)

    def test_a_stall_is_cleared_by_the_address_of_the_endpoint(self):
        self.plug("out=03")
        self.bed.log()
        self.bed.do("order", "p", "after 7000 bytes stall out")
        self.assertEqual(self.send(self.DATA), (len(self.DATA), ""))
        self.assertEqual(self.bed.taken(), self.DATA)
        self.assertEqual([entry for entry in self.bed.log() if entry.startswith("clear")], ["clear 03"])

    def test_a_stall_on_the_way_back_is_cleared(self):
        self.plug("in=84")
        self.bed.do("order", "p", "stall in")
        status, output = self.probe("talk", "usb:", 3000, "100401")
        self.assertEqual((status, output), (0, ["answer 12"]))
        self.assertIn("clear 84", self.bed.log())

    def test_unplugged_in_the_middle_of_a_transfer(self):
        self.plug()
        self.bed.do("order", "p", "after 9000 bytes unplug")
        taken, error = self.send(self.DATA)
        self.assertEqual(taken, self.bed.received())
        self.assertEqual(self.bed.taken(), self.DATA[:taken])
        self.assertGreaterEqual(taken, 9000)
        self.assertLess(taken, len(self.DATA))
        self.assertIn("printer_unplugged", error)
        self.bed.do("order", "p", "plug")
        self.assertEqual(self.send(b"again\n"), (6, ""))

    def test_unplugged_while_it_is_not_taking_anything(self):
        self.plug()
        self.bed.do("order", "p", "nak")
        path = self.dir / "data"
        path.write_bytes(self.DATA)
        sending = self.start("send", "usb:", path, 60000)
        while "claim 0" not in self.bed.log():
            self.assertIsNone(sending.poll())
        self.bed.do("order", "p", "unplug")
        taken, error = sending.stdout.readlines()
        self.assertEqual((taken, self.bed.received()), ("taken 0\n", 0))
        self.assertIn("printer_unplugged", error)

    def test_a_transfer_that_is_taken_in_part_goes_on(self):
        self.plug()
        self.bed.do("order", "p", "short 100")
        data = self.DATA[:1000]
        self.assertEqual(self.send(data), (len(data), ""))
        self.assertEqual(self.bed.taken(), data)

    def test_a_hole_in_the_middle_is_said(self):
        self.plug()
        self.bed.do("order", "p", "after 5000 bytes short 10")
        taken, error = self.send(self.DATA)
        if self.bed.taken() == self.DATA:
            self.assertEqual((taken, error), (len(self.DATA), ""))
        else:
            self.assertIn("lost data in the middle", error)

    def test_a_job_that_was_interrupted_begins_again_and_says_so(self):
        self.plug()
        self.bed.do("order", "p", "after 60 bytes unplug")
        self.assertEqual(self.print_to("usb:", sale(1), check=4)["state"], "queued")
        interrupted = self.bed.taken()
        self.assertGreaterEqual(len(interrupted), 60)
        self.bed.do("order", "p", "plug")
        self.assertEqual(self.print_to("usb:", sale(2))["state"], "printed")
        after, job = self.bed.taken()[len(interrupted):], self.job_of(sale(2))
        self.assertEqual(after.count(job), 1)
        again = self.paper_text(after[:after.index(job)])
        self.assertEqual(again.count("PRINTED AGAIN"), 1, again)

    def test_a_receipt_that_waits_for_paper_in_the_middle_outlives_its_command(self):
        self.plug()
        self.bed.do("order", "p", "after 60 bytes paper out")
        stopped = self.print_to("usb:", sale(1), args=("--timeout", "1"), check=4)
        self.assertEqual(stopped["state"], "sending")
        self.assertEqual(self.print_to("usb:", sale(2), args=("--timeout", "1"), check=4)["state"], "queued")
        self.bed.do("order", "p", "paper reload")
        watch_until(self.shop, lambda job: job["of"] == "2" and job["state"] == "printed")
        self.assertEqual([self.bed.taken().count(self.job_of(sale(number))) for number in (1, 2)], [1, 1])

    def test_port_status_is_asked_while_nothing_is_taken(self):
        self.plug()
        self.bed.do("order", "p", "paper out")
        self.bed.do("order", "p", "nak")
        taken, error = self.send(b"x" * 100, timeout_ms=1400)
        self.assertEqual(taken, 0)
        self.assertIn("paper out", error)
        self.assertIn("control a1 01", self.bed.log())

    def test_questions_are_answered_in_order(self):
        self.plug()
        status, output = self.probe("talk", "usb:", 5000, "100401", "100404", "1d7201")
        self.assertEqual((status, output), (0, ["answer 12", "answer 12", "answer 00"]))

    def test_noise_and_floods_on_the_way_back_stop_no_receipt(self):
        for number, back in enumerate(("back flood", "back corrupt", "back silent", "back noise 00ff10")):
            with self.subTest(back):
                name = f"p{number}"
                model = self.plug(f"serial=N{number}", name=name, port=f"1-{number + 1}")
                self.bed.do("order", name, back)
                made = sale(number)
                status, out, err = self.run_print(f"usb://{model}/N{number}", made)
                self.assertIn(status, (0, 6), err)
                self.assertEqual(self.bed.taken(name).count(self.job_of(made)), 1)

    def run_print(self, uri, made):
        done = subprocess.run([os.path.abspath(BONBON), "print", "-", "--printer", uri, "--timeout", "1", "--shop", self.shop],
                              input=json.dumps(made), env=self.environment(), capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout, done.stderr


class Watch(UsbTest):
    """A worker that waits hears of printers, and of nothing else."""

    def test_coming_and_going_is_heard(self):
        self.plug(port="1-1", name="first")
        watch = self.start("watch")
        self.assertEqual(watch.stdout.readline(), "watching\n")
        self.plug("serial=SECOND", port="1-2", name="second")
        self.assertEqual(watch.stdout.readline(), "changed\n")
        self.bed.do("order", "second", "unplug")
        self.assertEqual(watch.stdout.readline(), "changed\n")
        self.bed.do("order", "second", "plug")
        self.assertEqual(watch.stdout.readline(), "changed\n")
        watch.stdin.close()
        self.assertEqual(watch.stdout.read(), "")


if __name__ == "__main__":
    unittest.main()
