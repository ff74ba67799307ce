"""What is read off one cell of the fault matrix, and what must be true of every one."""
import re

PROOFS = ("GS ( H", "GS r", "status", "none")
LINES = 300
FINAL = {"printed", "sent"}
LOOK = "interrupted: look whether it is on the paper"
AGAIN = "begins again"  # what every word about it ends with

# Where nobody can know: what is lost there is lost without a word, and the table says so.
BLIND = {
    ("serial without flow control, paper out", "none"): "the printer can neither say that it is full nor that it stopped",
}


class Copy:
    """One beginning of a receipt on the paper."""

    def __init__(self, number, marked):
        self.number, self.marked, self.lines, self.in_order, self.ended = number, marked, 0, True, False
        self.hangs_on = None  # a receipt that was cut off and is on the same piece of paper

    @property
    def whole(self):
        return self.ended and self.in_order and self.lines == LINES

    def __str__(self):
        return ("whole" if self.whole else "damaged" if self.ended else "cut off") + (", marked" if self.marked else "")


def copies(paper, number):
    """The copies of a receipt on a roll of paper, in their order."""
    found, now, marked = [], None, False
    for line in map(str.strip, paper.splitlines()):
        if "PRINTED AGAIN" in line:
            marked = True
        elif match := re.fullmatch(r"RECEIPT (\d+) BEGINS", line):
            before, now = now, Copy(int(match[1]), marked)
            now.hangs_on = before
            found.append(now)
            marked = False
        elif line.startswith("====") or line == "-- cut --":
            now = None
        elif now and (match := re.fullmatch(r"(\d+) line (\d+) of a long receipt", line)):
            now.in_order &= (int(match[1]), int(match[2])) == (now.number, now.lines + 1)
            now.lines += 1
        elif now and line == f"RECEIPT {now.number} ENDS":
            now.ended, now = True, None
    return [copy for copy in found if copy.number == number]


def said(cell):
    return [line for line in cell["said"].splitlines() if line]


def wrongs(cell):
    """What is not as it must always be, in words; empty when all is well."""
    at_first, at_end, following = copies(cell["paper"], 1), copies(cell["paper at the end"], 1), copies(cell["paper at the end"], 2)
    words = said(cell)
    blind = (cell["fault"], cell["proof"]) in BLIND
    whole = [copy for copy in at_end if copy.whole]
    if not whole and not blind:
        yield "the receipt is lost"
    if any(not copy.marked for copy in at_end[1:]):
        yield "it is on the paper a second time and does not say so"
    if len(whole) > 1 and not (any(line.endswith(AGAIN) for line in words) or LOOK in words):
        yield "it was printed twice and nobody had said why"
    if any(not copy.whole for copy in at_end) and not (any(line.endswith(AGAIN) for line in words) or LOOK in words or blind):
        yield "a piece was torn off in the middle and nobody said so"
    if any(copy.hangs_on for copy in at_end + following):
        yield "it is on one piece of paper with what was cut off before it"
    if cell["too soon"] or (cell["state"] == "printed" and not any(copy.whole for copy in at_first)):
        yield "it was called printed and was not on the paper"
    if cell["state"] not in FINAL | {"unknown"}:
        yield f"the fault is over and the job is {cell['state']}"
    if cell["end"] not in FINAL:
        yield f"after everything it is {cell['end']}"
    if cell["proof"] in ("GS ( H", "GS r") and "sent" in (cell["state"], cell["next"]):
        yield "a printer that proves was believed without a proof"
    if cell["proof"] in ("status", "none") and "printed" in (cell["state"], cell["next"]):
        yield "a printer that cannot prove was believed"
    if cell["next"] not in FINAL or [str(copy) for copy in following] != ["whole"]:
        if not blind:
            yield f"the next job is {cell['next']}, on paper: {[str(copy) for copy in following]}"


def words_of(cell, legend):
    """A cell of the table."""
    if "but" in cell:
        return "–" + legend.note(cell["but"])
    letters = "".join(legend.letter(line) for line in said(cell) if line not in ("on the paper", "sent to a printer that cannot prove it", LOOK))
    paper = "; ".join(map(str, copies(cell["paper"], 1))) or "nothing"
    text = f"{cell['state']}: {paper}"
    if cell["state"] == "unknown":
        after = "; ".join(map(str, copies(cell["paper at the end"], 1)[len(copies(cell["paper"], 1)):]))
        text += f" → “{cell['person']}”" + (f": {after}" if after else "")
    if letters:
        text += f" ({letters})"
    if (cell["fault"], cell["proof"]) in BLIND:
        text += legend.note(BLIND[cell["fault"], cell["proof"]])
    return text


class Legend:
    """Letters for what cashiers are told, numbers for why a cell is empty, in the order of the table."""

    def __init__(self):
        self.letters, self.notes = {}, {}

    def letter(self, words):
        return self.letters.setdefault(words, chr(ord("a") + len(self.letters)))

    def note(self, words):
        return f" [{self.notes.setdefault(words, len(self.notes) + 1)}]"


INTRO = """# The fault matrix

What becomes of a receipt when something happens to its printer: a metre of paper, 9 KiB, more than the printer's buffer of 4 KiB holds. Each cell
was played by `tests/matrix` with the printer in software, most of them on a clock that a test moves, so that minutes take no time, those with
“real” in the column *wire* by the real program in its own processes. `ctest -R '^matrix$'` plays them again and fails where the table is not true any more;
`python3 tests/matrix/test_matrix.py --write` writes it.

A cell says: the job's state when the fault is over; what is on the paper; where the state is *unknown*, what somebody who looked at the paper said to
`bonbon jobs` (done, or again) and what came out then; in brackets, what `bonbon jobs` had told meanwhile (below). In every cell, and the test fails
where it is not so:

- nothing is lost, and the receipt after the fault is printed, once and whole;
- nothing is on paper twice unless it says PRINTED AGAIN;
- nothing is cut off without a word: the job is unknown, or says that it begins again;
- what was cut off is not on one piece of paper with what comes next;
- *printed* was true at the moment it was said: the last line was on the paper.

The columns are what the printer can prove with: `GS ( H` echoes the job's number when it is on paper, `GS r` is answered behind the job, *status* answers only
questions about its state, *none* says nothing (on USB: unidirectional). *Before*: the fault is there when the job comes and goes after its time. *In the middle*: it
strikes at the 5,000th byte.
"""


def markdown(cells):
    legend, rows = Legend(), {}
    for cell in cells:
        rows.setdefault((cell["fault"], cell["when"], cell["wire"]), {})[cell["proof"]] = words_of(cell, legend)
    out = [INTRO, "| fault | when | wire | " + " | ".join(f"`{p}`" if p.startswith("GS") else p for p in PROOFS) + " |", "|---" * 7 + "|"]
    for key, row in rows.items():
        out.append("| " + " | ".join(list(key) + [row[proof] for proof in PROOFS]) + " |")
    out += ["", "What `bonbon jobs` told:", ""]
    out += [f"- {letter}: {words}" for words, letter in legend.letters.items()]
    out += [f"- unknown: {LOOK}", "- sent: sent to a printer that cannot prove it", ""]
    if legend.notes:
        out += [f"[{number}] {words}." + ("" if number == len(legend.notes) else "\\") for words, number in legend.notes.items()]
    return "\n".join(out).rstrip() + "\n"
