"""Plays every cell of the fault matrix, holds each against what must always be true, and the table against docs/fault-matrix.md."""
import difflib
import json
import os
import pathlib
import subprocess
import sys
import unittest

import real
from cells import PROOFS, markdown, wrongs

CLOCK = os.environ.get("MATRIX_CLOCK", "build/dev/tests/matrix/matrix_clock")
TABLE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "fault-matrix.md"


def on_the_clock():
    done = subprocess.run([CLOCK], capture_output=True, text=True, timeout=600)
    if done.returncode:
        raise AssertionError(f"{CLOCK} ended with {done.returncode}: {done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def play():
    return on_the_clock() + real.play()


class Matrix(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.cells = play()

    def test_every_fault_has_a_cell_for_each_proof(self):
        rows = {}
        for cell in self.cells:
            rows.setdefault((cell["fault"], cell["when"], cell["wire"]), []).append(cell["proof"])
        for row, proofs in rows.items():
            self.assertEqual(tuple(proofs), PROOFS, row)

    def test_what_must_always_be_true_is_true_in_every_cell(self):
        for cell in self.cells:
            if "but" not in cell:
                with self.subTest(fault=cell["fault"], when=cell["when"], wire=cell["wire"], proof=cell["proof"]):
                    self.assertEqual(list(wrongs(cell)), [], cell["said"])

    def test_the_table_in_the_documentation_is_what_happens(self):
        written, played = TABLE.read_text().splitlines(), markdown(self.cells).splitlines()
        self.assertEqual("\n".join(difflib.unified_diff(written, played, "docs/fault-matrix.md", "played", lineterm="")), "")


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        TABLE.write_text(markdown(play()))
    else:
        unittest.main(verbosity=1)
