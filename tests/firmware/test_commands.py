"""The shape of bonbon-fw's command line: the contract with the engineer and his scripts."""
import json
import os
import subprocess
import unittest

from bed import FW

PRINTER = "--printer --profile --wait --shop"
# Command: arguments, options.
TABLE = {
    "clear": ("", PRINTER),
    "codepages": ("", PRINTER),
    "counters": ("", PRINTER),
    "identify": ("", PRINTER),
    "logo delete": ("KEY", f"{PRINTER} --yes"),
    "logo list": ("", PRINTER),
    "logo print": ("KEY", f"{PRINTER} --old"),
    "logo upload": ("KEY FILE.png [FILE.png ...]", f"{PRINTER} --width --line-art --old --yes"),
    "profile import": ("FILE.json", "--only --force --width --shop"),
    "selftest": ("", f"{PRINTER} --kind"),
    "settings diff": ("FILE.yaml", PRINTER),
    "settings restore": ("FILE.yaml", f"{PRINTER} --backup --erase --yes"),
    "settings save": ("FILE.yaml", PRINTER),
    "settings show": ("", PRINTER),
    "status": ("", f"{PRINTER} --watch --times"),
    "trace": ("DEVICE|FILE|-", PRINTER),
}
SWITCHES = {"--yes", "--old", "--line-art", "--erase", "--force", "--watch"}


def run(words, lang="C"):
    done = subprocess.run([FW, *words.split()], capture_output=True, timeout=60, stdin=subprocess.DEVNULL, env={**os.environ, "LC_ALL": lang})
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class Commands(unittest.TestCase):
    def test_every_command_has_help_that_names_its_arguments_and_all_its_options(self):
        overview = run("--help")[1]
        self.assertEqual([line.split("  ")[1] for line in overview.splitlines() if line.startswith("  ")], list(TABLE))
        for command, (args, options) in TABLE.items():
            with self.subTest(command):
                status, out, err = run(f"{command} --help")
                self.assertEqual((status, err), (0, ""))
                self.assertIn(f"usage: bonbon-fw {command} [OPTION ...] {args}".rstrip(), out)
                shown = [line.split()[0] for line in out.splitlines() if line.startswith("  --")]
                self.assertEqual(sorted(shown), sorted(f"{options} --json --help".split()))

    def test_a_line_that_is_not_understood_does_nothing_and_says_why(self):
        for command, (args, options) in TABLE.items():
            rows = [(f"{command} --no-such-option", "usage_option"), (f"{command} {'x ' * 300}", "usage_arguments")]
            rows += [(command, "usage_missing")] if args else []
            rows += [(f"{command} {o}=x", "usage_switch") if o in SWITCHES else (f"{command} {o}", "usage_value") for o in options.split()]
            for words, code in rows:
                with self.subTest(words[:60]):
                    status, out, err = run(f"--json {words}")
                    self.assertEqual((status, json.loads(out)["error"]["code"]), (2, code))
                    self.assertIn(f"bonbon-fw {command} --help", err)
        self.assertEqual(run("status")[0], 2)
        self.assertIn("--printer NAME|URI", run("status")[2])

    def test_it_is_said_in_the_terminals_language(self):
        for lang, words in (("en_GB.UTF-8", "say which printer"), ("ro_RO.UTF-8", "spuneți care imprimantă"), ("ru_RU.UTF-8", "укажите принтер")):
            self.assertIn(words, run("identify", lang)[2])


if __name__ == "__main__":
    unittest.main()
