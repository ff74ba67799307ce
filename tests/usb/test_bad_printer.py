"""What an owner or a cashier may give a program that is no fit printer, row by row as issue 3 names it: the words of all three languages, that
nothing was written, and that the printer beside it, or the same one, prints afterwards."""
import json
import os
import pathlib
import re
import subprocess
import unittest

from bed import Printer
from shop_under_test import BONBON, SOURCE, lines
from test_discovery import MOUSE_CONFIG, MOUSE_DEVICE
from usb_bed import UsbTest, sale

FW = os.environ.get("BONBON_FW", str(pathlib.Path(BONBON).resolve().parent / "bonbon-fw"))
LANGS = ("en", "ro", "ru")
PATIENCE = 60  # seconds
# What asks and changes nothing: DLE EOT n, GS r 1, GS I n, GS ( E 4 and 6, GS ( L 48, 51 and 64 (Epson APG).
QUESTION = re.compile(rb"\x10\x04[\x01-\x04]|\x1dr\x01|\x1dI[\x01-\x03\x41-\x45]|\x1d\(E\x02\x00[\x04\x06].|\x1d\(L\x02\x000[03]|\x1d\(L\x04\x000@KC\x06?", re.S)
KEPT = {"en": "the job is kept", "ro": "lucrarea este păstrată", "ru": "задание сохранено"}


class BadPrinter(UsbTest):
    def setUp(self):
        super().setUp()
        self.lang, self.sales = "en", 0
        self.model = self.plug("serial=GOOD", profile="epson-tm-t20iii")

    def speak(self, lang):
        """The shop's language is what bonbon speaks, the terminal's what bonbon-fw does."""
        self.edit("shop.yaml", f"language: {self.lang}", f"language: {lang}")
        self.lang = lang

    def program(self, *args, stdin="", **how):
        env = dict(self.environment(), LC_ALL=f"{self.lang}.UTF-8", BONBON_STATE=str(self.dir / "state"))
        done = subprocess.run([*map(str, args), "--shop", str(self.shop), "--json"], input=stdin, text=True, capture_output=True, timeout=120, env=env, **how)
        return done.returncode, lines(done.stdout.encode()), done.stderr

    def sell(self, uri, seconds=1, **how):
        """seconds: how long a printer is waited for that will not come; one that will is given as long as a busy machine needs."""
        self.sales += 1
        return self.program(BONBON, "print", "-", "--printer", uri, "--timeout", seconds, stdin=json.dumps(sale(f"N{self.sales}")), **how)

    def fw(self, command, *args):
        return self.program(FW, *command.split(), "--wait", "10000", *args)

    def standing(self):
        """All that a mistake must not change: the shop's files, and what the good printer has taken."""
        files = {path: path.read_bytes() for folder in ("printers.d", "profiles.d") if (self.shop / folder).exists()
                 for path in (self.shop / folder).iterdir()}
        return files, QUESTION.sub(b"", self.bed.taken())

    def assert_prints(self, uri=None, name="p"):
        before = self.bed.taken(name)
        status, answers, err = self.sell(uri or f"usb://{self.model}/GOOD", PATIENCE)
        self.assertEqual((status, answers[0]["state"]), (0, "printed"), err)
        self.assertGreater(len(self.bed.taken(name)), len(before) + 100)

    def assert_says(self, answer, status, code, *words):
        """Exit status, stable code, and words that stand in the sentence."""
        got, answers, err = answer
        self.assertEqual(got, status, err)
        if code:
            self.assertEqual(answers[-1]["error"]["code"], code)
        for word in words:
            self.assertIn(word, err)
        if self.lang != "en":  # not one sentence that is half a foreign one
            for foreign in ("printer ", "device", "descriptor", "refused", "denied", " file"):
                self.assertNotIn(f" {foreign}", err)

    def each_language(self, check, langs=LANGS):
        before = self.standing()
        for lang in langs:
            with self.subTest(lang):
                self.speak(lang)
                check(lang)
                self.assertEqual(self.standing(), before)
        self.assert_prints()

    def three_ways(self, uri, status, code, words, langs=LANGS):
        """A sale, the engineer's tool, and taking the printer into the shop. A sale that is accepted is kept and says so."""
        def check(lang):
            sold = self.sell(uri)
            self.assert_says(sold, status, code if status == 3 else None, *words[lang], *([KEPT[lang]] if status == 4 else []))
            asked = self.fw("status", "--printer", uri)
            self.assert_says(asked, status, code, *words[lang])
            self.assertNotIn(KEPT[lang], asked[2])
            added = self.program(BONBON, "printers", "add", "bar", "--printer", uri)
            self.assert_says(added, status, code, *words[lang])
            self.assertNotIn(KEPT[lang], added[2])
        self.each_language(check, langs)

    # ── addresses ──

    def test_an_address_that_is_malformed(self):
        for number, uri in enumerate(("usb://04b8", "usb:printer", "usb://04b8:0e15@x", "tcp://", "lp:usb0", "pigeon:coop")):
            words = {"en": [uri, "not a printer's address", "bonbon printers"], "ro": [uri, "nu este adresa unei imprimante", "bonbon printers"],
                     "ru": [uri, "не адрес принтера", "bonbon printers"]}
            self.three_ways(uri, 3, "printer_uri", words, LANGS[number % 3:number % 3 + 1])

    def test_an_address_that_names_no_device(self):
        words = {"en": "off or not plugged in", "ro": "oprită sau neconectată", "ru": "выключен или не подключён"}
        for number, uri in enumerate(("usb://04b8:0e15/NONE", "serial:/dev/ttyNONE", "lp:/dev/usb/lp9", "usb://04b8:0e28/OTHER")):
            def check(lang, uri=uri):
                self.assert_says(self.sell(uri), 4, None, uri, words[lang], KEPT[lang])
                self.assert_says(self.fw("status", "--printer", uri), 4, "printer_unplugged", uri, words[lang])
            self.each_language(check, LANGS if number == 0 else LANGS[number % 3:number % 3 + 1])

    def test_a_device_of_another_kind(self):
        self.bed.do("other", "1-3", MOUSE_DEVICE + MOUSE_CONFIG)
        plain = self.dir / "plain"
        plain.write_text("not a device")
        words = {"en": ["is no receipt printer", "it is another kind of device"], "ro": ["nu este o imprimantă de bonuri", "este alt fel de dispozitiv"],
                 "ru": ["не чековый принтер", "это устройство другого рода"]}
        self.three_ways("usb://046d:c015", 4, "printer_kind", words)
        self.three_ways(f"lp:{plain}", 4, "printer_kind", words, ["ro"])
        port = {"en": ["it is not a serial port"], "ro": ["nu este un port serial"], "ru": ["это не последовательный порт"]}
        self.three_ways("serial:/dev/null", 4, "printer_kind", port)
        self.assertEqual(plain.read_text(), "not a device")

    # ── somebody else's ──

    def test_a_printer_that_another_program_holds(self):
        holder = self.start("hold", "usb:")
        self.assertEqual(holder.stdout.readline(), "held\n")
        words = {"en": "is held by another program: usb_probe", "ro": "ocupată de alt program: usb_probe", "ru": "занят другой программой: usb_probe"}

        def check(lang):
            who = f"{words[lang]} ({holder.pid})"
            self.assert_says(self.sell("usb:"), 4, None, who, KEPT[lang])
            self.assert_says(self.fw("status", "--printer", "usb:"), 4, "printer_held", who)
            listed = [p for p in self.program(BONBON, "printers")[1] if p["plugged"]]
            self.assertEqual((listed[0]["status"], listed[0]["holder"]), ("held", {"program": "usb_probe", "pid": holder.pid}))
            self.assertIn(f"usb_probe ({holder.pid})", listed[0]["text"])
        before = self.standing()
        for lang in LANGS:
            self.speak(lang)
            check(lang)
        self.assertEqual(self.standing(), before)
        holder.stdin.close()
        holder.wait()
        self.assert_prints("usb:")

    def test_a_printer_to_which_there_is_no_right(self):
        node = pathlib.Path(self.bed.root) / self.bed.do("where", "p")
        mode = node.stat().st_mode
        node.chmod(0)
        how = self.as_nobody(pathlib.Path(self.bed.root)) if os.geteuid() == 0 else {}
        vid, pid = self.model.split(":")
        line = f'ATTR{{idVendor}}=="{vid}", ATTR{{idProduct}}=="{pid}", MODE="0660", GROUP="lp", TAG+="uaccess"'
        words = {"en": "this user may not use printer", "ro": "acest utilizator nu are drept", "ru": "этому пользователю принтер"}
        for lang in LANGS:
            self.speak(lang)
            self.assert_says(self.sell("usb:", **how), 4, None, words[lang], line, "/etc/udev/rules.d/60-bonbon.rules", KEPT[lang])
        self.assertEqual(self.bed.taken(), b"")
        node.chmod(mode | 0o666)
        status, answers, err = self.sell("usb:", PATIENCE, **how)
        self.assertEqual((status, answers[0]["state"]), (0, "printed"), err)

    # ── devices that lie ──

    def test_a_device_that_lies_in_its_descriptors(self):
        words = {"en": ["cannot be reached", "its descriptors are malformed"], "ro": ["nu poate fi accesată", "se descrie greșit pe USB"],
                 "ru": ["недоступен", "неверно описывает себя по USB"]}
        for number, (lie, usable) in enumerate((("endpoints", False), ("length", False), ("total", True), ("strings", True))):
            model = self.plug(f"lie={lie} vid=1234 pid=000{number}", port=f"2-{number + 1}", name=lie, profile="epson-tm-t20iii")
            uri = f"usb://{model}"
            if usable:
                self.assert_prints(uri, lie)
            else:
                self.three_ways(uri, 4, "printer_io", words)
                self.assertEqual(self.bed.taken(lie), b"")

    def test_a_device_id_that_is_oversized_swapped_missing_or_noise(self):
        for number, how in enumerate(("swapped", "oversize", "bare", "missing", "noise")):
            model = self.plug(f"id={how} serial=S{number}", port=f"2-{number + 1}", name=how, profile="epson-tm-t20iii")
            uri = f"usb://{model}/S{number}"
            listed = {p["uri"]: p for p in self.program(BONBON, "printers")[1]}[uri]
            self.assertEqual((listed["status"], listed["profile"]), ("ready", "epson-tm-t20iii"), how)
            told = self.fw("identify", "--printer", uri)
            self.assertEqual((told[0], told[1][0]["model"]), (0, "Epson TM-T20III"), told)
            for key in ("device_id", "maker", "model"):
                self.assertTrue((listed[key] or "").isprintable(), listed)
            self.assert_prints(uri, how)

    def test_a_status_request_that_is_answered_with_noise(self):
        words = {"en": "is no receipt printer, or another program is talking to it; nothing was written",
                 "ro": "nu este o imprimantă de bonuri sau vorbește cu ea alt program; nu s-a scris nimic",
                 "ru": "отвечает не чековый принтер, или с ним говорит другая программа; ничего не записано"}
        self.bed.do("order", "p", "unplug")
        printer = Printer(self, noise=b"\xff\xf0\x99" * 40)
        logo = SOURCE / "gallery" / "images" / "logo.png"
        for lang, command in zip(LANGS, (("logo upload", "L1", logo, "--yes"), ("status",), ("selftest",))):
            self.speak(lang)
            self.assert_says(self.fw(*command, "--printer", self.uri, "--wait", "1000"), 4, "fw_device", words[lang])
        self.assertEqual(printer.wrote, [])
        self.assertFalse((self.dir / "state").exists() and list((self.dir / "state").glob("writes-*")))
        status, answers, err = self.sell(self.uri)  # sent whole, and nothing proves it
        self.assertEqual((status, answers[0]["state"]), (6, "unknown"))
        self.assertIn("посмотрите на бумагу принтера", err)
        printer.noise = b""
        status, answers, err = self.sell(self.uri, PATIENCE)
        self.assertEqual((status, answers[0]["state"]), (0, "printed"), err)

    # ── files ──

    def test_a_profile_file_with_an_unknown_key(self):
        (self.shop / "profiles.d").mkdir(exist_ok=True)
        (self.shop / "profiles.d" / "mine.yaml").write_text("model: M\nwidht_dots: 576\n")
        (self.shop / "printers.d" / "bar.yaml").write_text(f"profile: mine\nuri: usb://{self.model}/GOOD\n")
        words = {"en": "unknown or repeated key 'widht_dots'; known here: ", "ro": "cheie necunoscută sau repetată 'widht_dots'; cunoscute aici: ",
                 "ru": "неизвестный или повторный ключ «widht_dots»; здесь известны: "}

        def check(lang):
            place = ["profiles.d/mine.yaml:2:1", words[lang]]
            self.assert_says(self.fw("status", "--printer", "usb:", "--profile", "mine"), 3, "yaml_key", *place)
            self.assert_says(self.program(BONBON, "printers", "test", "bar"), 3, "yaml_key", *place)
            listed = {p["name"]: p for p in self.program(BONBON, "printers")[1]}["bar"]
            self.assertEqual(listed["status"], "wrong")
            for word in place:
                self.assertIn(word, listed["text"])
        before = self.standing()
        for lang in LANGS:
            self.speak(lang)
            check(lang)
        self.assertEqual(self.standing(), before)
        (self.shop / "profiles.d" / "mine.yaml").write_text("model: M\nwidth_dots: 576\n")
        self.assert_prints("bar")

    def test_a_picture_too_large_for_the_memory(self):
        huge = self.dir / "huge.png"
        subprocess.run([os.path.abspath(BONBON), "preview", "en/receipt", "--png", huge], check=True, capture_output=True, env=self.environment())
        words = {"en": "delete one or make it smaller; nothing was written", "ro": "ștergeți una sau micșorați-o; nu s-a scris nimic",
                 "ru": "удалите другую или уменьшите эту; ничего не записано"}

        def check(lang):
            self.assert_says(self.fw("logo upload", "Z1", huge, "--yes", "--printer", "usb:"), 1, "fw_nv_full", "huge.png", words[lang])
        kept = []
        while True:  # as many as there is room for
            status, answers, err = self.fw("logo upload", f"A{len(kept)}", huge, "--yes", "--printer", "usb:")
            if status:
                break
            kept.append(f"A{len(kept)}")
        self.each_language(check)
        self.assertEqual(self.fw("logo list", "--printer", "usb:")[1][0]["keys"], kept)
        self.assertEqual(sum(int(f.read_text().split()[1]) for f in (self.dir / "state").glob("writes-*")), len(kept))

    def test_settings_of_another_model(self):
        saved, wanted = self.dir / "saved.yaml", self.dir / "wanted.yaml"
        self.assertEqual(self.fw("settings save", saved, "--printer", "usb:")[0], 0)
        wanted.write_text(saved.read_text().replace("Epson TM-T20III", "Epson TM-T88V").replace("  5: 0 ", "  5: 3 "))
        words = {"en": "these settings were saved from another model (Epson TM-T88V), this printer is Epson TM-T20III; nothing was written",
                 "ro": "aceste setări sunt de la alt model (Epson TM-T88V), iar imprimanta este Epson TM-T20III; nu s-a scris nimic",
                 "ru": "эти настройки от другой модели (Epson TM-T88V), а принтер Epson TM-T20III; ничего не записано"}

        def check(lang):
            self.assert_says(self.fw("settings restore", wanted, "--yes", "--printer", "usb:"), 1, "fw_other_model", words[lang])
        self.each_language(check)
        self.assertEqual(self.fw("settings diff", saved, "--printer", "usb:")[1][0]["changes"], [])
        self.assertFalse((self.dir / "state").exists() and list((self.dir / "state").glob("writes-*")))


if __name__ == "__main__":
    unittest.main()
