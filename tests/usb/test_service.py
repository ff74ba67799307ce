"""The spool service on USB: it waits for what is unplugged, wakes when it comes, and says on paper what began again."""
import signal
import unittest

from spool_service import Service, watch_until
from usb_bed import UsbTest, sale


class OnUsb(UsbTest):
    def setUp(self):
        super().setUp()
        (self.shop / "printers.d" / "receipt.yaml").write_text("profile: generic-80\nuri: \"usb:\"\nrole: receipt\n")
        self.service = Service(self.shop, env=self.bed.environment()).ready()
        self.addCleanup(self.service.end, signal.SIGKILL)

    def sell(self, number, check=0, *args):
        return self.print_sale(sale(number), *args, check=check, env=self.bed.environment())

    def printed(self, number):
        return watch_until(self.shop, lambda job: job["of"] == str(number) and job["state"] == "printed")

    def test_a_job_waits_for_the_plug_and_goes_on_by_itself(self):
        self.assertEqual(self.sell(1, 4)["state"], "queued")
        self.plug()
        self.printed(1)
        self.assertEqual(self.bed.taken().count(self.job_of(sale(1))), 1)
        self.assertEqual(self.sell(2)["state"], "printed")

    def test_what_was_unplugged_in_the_middle_begins_again_and_says_so(self):
        self.plug()
        self.bed.do("order", "p", "after 60 bytes unplug")
        self.assertEqual(self.sell(1, 4)["state"], "queued")
        interrupted = self.bed.taken()
        self.assertGreaterEqual(len(interrupted), 60)
        self.bed.do("order", "p", "plug")
        self.assertEqual(self.printed(1)["attempts"], 2)
        again = self.paper_text(self.without_questions(self.bed.taken()[len(interrupted):]))
        self.assertEqual(again.count("PRINTED AGAIN"), 1, again)

    def test_unplugged_between_two_jobs_nobody_notices(self):
        self.plug()
        self.assertEqual(self.sell(1)["state"], "printed")
        self.bed.do("order", "p", "unplug")
        self.bed.do("order", "p", "plug")
        self.assertEqual(self.sell(2)["state"], "printed")
        taken = self.bed.taken()
        self.assertEqual((taken.count(self.job_of(sale(1))), taken.count(self.job_of(sale(2)))), (1, 1))
        self.assertNotIn(b"PRINTED AGAIN", taken)

    def test_the_kernels_driver_is_back_when_the_service_ends(self):
        self.plug(driver="usblp")
        self.assertEqual(self.sell(1)["state"], "printed")
        status, err = self.service.end()
        self.assertEqual(status, 0, err)
        self.assertEqual(self.bed.log()[-2:], ["release 0", "attach 0"])


if __name__ == "__main__":
    unittest.main(verbosity=1)
