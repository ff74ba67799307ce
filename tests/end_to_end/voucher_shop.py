"""A shop that gives every sale a voucher, on slips whose words stand in the tests and not in the gallery."""
import json
import socket

from shop_under_test import ShopTest, run, sale

# What the tests look for on a voucher's paper.
SLIP = """\
SLIP {{voucher.offer}}
WORTH {{voucher.value}}
{{#voucher.code}}
CODE {{voucher.code}}
{{/voucher.code}}
UNTIL {{voucher.valid_to}}
{{#voucher.valid_today}}
ONLY TODAY
{{/voucher.valid_today}}
{{#voucher.qr}}
{code:{{voucher.qr}};option:qrcode,5,m}
{{/voucher.qr}}
"""

# The receipt, in words that are the same in every language.
RECEIPT = """\
RECEIPT {{id}} AT {{time}} OF {{date}}
{{#items}}
{{quantity}} x {{name}} | {{total}}
{{/items}}
SUM | {{total}}
"""

OFFERS = """\
offers:
  - { name: ten, template: slip, value: { percent: 10, at_most: 20.00 }, valid: 30 days }
  - { name: five, template: slip, value: { amount: 5.00 }, valid: 30 days }
  - { name: coffee, template: slip, value: { gift: coffee, cost: 2.00 }, valid: today }
  - { name: thanks, template: slip }
"""


KEPT = []


def unused_port():
    """A port that nobody listens at, nor will while the test runs: it is taken."""
    KEPT.append(socket.socket())
    KEPT[-1].bind(("127.0.0.1", 0))
    return KEPT[-1].getsockname()[1]


class VoucherShop(ShopTest):
    """Every sale is given `ten`; other offers are given by hand."""
    rules = OFFERS + "rules: [ { name: everybody, give: ten } ]\n"

    def setUp(self):
        super().setUp()
        self.furnish()

    def furnish(self):
        """Puts our rules and papers into self.shop."""
        self.write("rules.yaml", self.rules)
        self.write("templates/slip.receipt", SLIP)
        self.write("templates/receipt.receipt", RECEIPT)

    def open_shop(self, name, *init):
        """Another shop, and self.shop from now on."""
        self.shop = self.dir / name
        run("init", self.shop, *init, check=0)
        self.furnish()

    def write(self, name, text):
        (self.shop / name).write_text(text, encoding="utf-8")

    def printed_by(self, command, *args, **how):
        """A command and the bytes that came out of the printer: (its answer, bytes)."""
        paper = self.dir / "paper.bin"
        paper.unlink(missing_ok=True)
        answer = self.bonbon1(command, *args, "--printer", f"file:{paper}", **how)
        return answer, paper.read_bytes() if paper.exists() else b""

    def given(self, number="1", now=None, **more):
        """The voucher of a new sale."""
        how = {"now": now} if now else {}
        return self.print_sale(sale(number, **more), **how)["vouchers"][0]

    def refused(self, command, *args, status=1, **how):
        """The error of a command that is refused: its code and words."""
        error = self.bonbon1(command, *args, check=status, **how)["error"]
        self.assertTrue(error["text"])
        return error

    def not_redeemed(self, code, *args, **how):
        answer = self.bonbon1("redeem", code, *args, check=1, **how)
        self.assertFalse(answer["ok"])
        return answer

    def words(self, command, *args, check=0, **how):
        """What a person reads: (standard output, standard error)."""
        status, out, err = run(*command.split(), *args, "--shop", self.shop, check=check, **how)
        return out.decode(), err

    def file(self, name, content):
        path = self.dir / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    def state_of(self, code, **how):
        return self.bonbon1("voucher show", code, **how)["state"]
