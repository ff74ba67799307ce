"""The community's printer database: its schema, with the pitfalls that its entries have, becomes profiles usable by name."""
import json
import subprocess
import unittest

from bed import BONBON, FwTest

PORTABLE = {"0": "CP437", "2": "CP850", "16": "CP1252", "17": "CP866", "18": "CP852", "19": "CP858"}


def entry(name="Printer", vendor="Acme", pixels=576, mm=80, dpi=203, columns=(48, 64), pages=None, **features):
    has = dict(barcodeA=True, barcodeB=True, bitImageColumn=True, bitImageRaster=True, graphics=True, highDensity=True,
               paperFullCut=True, paperPartCut=True, pdf417Code=True, pulseStandard=True, pulseBel=False, qrCode=True,
               starCommands=False)
    has.update(features)
    return {"name": name, "vendor": vendor, "notes": "", "codePages": PORTABLE if pages is None else pages,
            "colors": {"0": "black"}, "features": has,
            "fonts": {str(i): {"name": "Font", "columns": n} for i, n in enumerate(columns)},
            "media": {"dpi": dpi, "width": {"mm": mm, "pixels": pixels}}}


class Import(FwTest):
    def setUp(self):
        super().setUp()
        self.shop = self.dir / "shop"
        subprocess.run([BONBON, "init", self.shop], check=True, capture_output=True, env=self.environment())

    def bring(self, profiles, *args, check=0):
        path = self.file("capabilities.json", json.dumps({"encodings": {}, "profiles": profiles}))
        out, _ = self.raw("profile", "import", path, "--shop", self.shop, "--json", *args, check=check)
        return {p["name"]: p for p in json.loads(out)["profiles"]} if check == 0 else json.loads(out)

    def profile(self, name):
        """As bonbon itself sees it."""
        done = subprocess.run([BONBON, "profiles", name, "--json", "--shop", self.shop], capture_output=True, check=True,
                              env=self.environment())
        return json.loads(done.stdout)

    def test_a_profile_is_usable_by_its_name(self):
        self.bring({"TM-X1": entry("TM-X1", "Epson"), "other": entry()})
        self.assertEqual(self.profile("TM-X1")["model"], "Epson TM-X1")
        self.assertEqual(self.profile("TM-X1")["width_dots"], 576)
        done = subprocess.run([BONBON, "preview", "ru/receipt", "--text", "--profile", "TM-X1", "--shop", self.shop],
                              capture_output=True, check=True, env=self.environment())
        self.assertIn("НАЛИЧНЫЕ", done.stdout.decode().upper())
        listed = subprocess.run([BONBON, "profiles", "--shop", self.shop], capture_output=True, check=True,
                                env=self.environment()).stdout.decode()
        self.assertIn("\nother ", listed)

    def test_what_a_maker_says_is_taken_as_far_as_it_can_be_trusted(self):
        self.bring({"E": entry(vendor="Epson"), "A": entry(), "S": entry(vendor="Star Micronics", starCommands=True),
                    "bare": entry(paperFullCut=False, paperPartCut=False, pulseStandard=False),
                    "part": entry(paperFullCut=False), "plain": entry(vendor="Epson", pdf417Code=False)})
        self.assertEqual((self.profile("plain")["native_qr"], self.profile("plain")["native_pdf417"]), (True, False))
        self.assertTrue(self.profile("E")["native_qr"] and self.profile("E")["native_pdf417"])
        self.assertFalse(self.profile("A")["native_pdf417"] or self.profile("E")["native_aztec"] or self.profile("E")["native_datamatrix"])
        self.assertFalse(self.profile("A")["native_qr"])
        self.assertTrue(self.profile("E")["half_dot_units"])
        self.assertFalse(self.profile("A")["half_dot_units"])
        self.assertIn("esc-gs-t", (self.shop / "profiles.d" / "S.yaml").read_text())
        self.assertEqual((self.profile("bare")["cutter"], self.profile("bare")["drawer"]), ("none", False))
        self.assertEqual(self.profile("part")["cutter"], "partial")

    def test_unknown_sizes_are_not_guessed(self):
        unknown = {"a": entry(pixels="Unknown"), "b": entry(pixels=None), "c": entry(mm="Unknown", dpi=None)}
        del unknown["b"]["media"]["width"]["pixels"]
        told = self.bring(unknown)
        self.assertIn("left_out", told["a"])
        self.assertIn("left_out", told["b"])
        self.assertEqual(told["c"]["width_dots"], 576)
        self.assertIn("dpi: 203", (self.shop / "profiles.d" / "c.yaml").read_text())
        for width in (512, 576, 380):
            told = self.bring(unknown, "--width", str(width), "--only", "a", "--force")["a"]
            self.assertEqual((told["width_dots"], told["columns"]), (width - width % 8, width // 12))

    def test_where_columns_and_dots_disagree_nothing_passes_the_paper(self):
        told = self.bring({"wide": entry(pixels=640), "cells": entry(columns=(12, 9)), "narrow": entry(pixels=576, columns=(42, 56)),
                           "t88": entry(pixels=512, dpi=180, columns=(42, 56)), "odd": entry(pixels=546, columns=(42, 60))})
        self.assertEqual({name: (p["width_dots"], p["columns"]) for name, p in told.items()},
                         {"wide": (576, 48), "cells": (576, 48), "narrow": (504, 42), "t88": (512, 42), "odd": (504, 42)})
        self.assertIn("disagree", self.profile("wide")["notes"])

    def test_customer_displays_and_what_prints_no_pictures_are_left_out(self):
        display = entry(pixels=100, bitImageRaster=False, bitImageColumn=False, pulseStandard=False)
        wide_display = entry(pixels=240, bitImageRaster=False, bitImageColumn=False, pulseStandard=False)
        impact = entry(pixels=400, bitImageRaster=False)
        told = self.bring({"OCD": display, "OCD3": wide_display, "U220": impact, "../evil": entry(), ".hidden": entry(), "n": 7})
        self.assertEqual([name for name, p in told.items() if "left_out" not in p], [])
        self.assertEqual(list((self.shop / "profiles.d").iterdir()), [])
        self.assertFalse((self.shop / "evil.yaml").exists())

    def test_code_pages_that_are_slips_or_unknown_are_dropped(self):
        pages = dict(PORTABLE, **{"6": "CP1251", "18": "CP862", "30": "TCVN-3-1", "x": "CP850", "300": "CP866", "40": "ISO_8859-15",
                                  "53": "RK1048", "42": "CP774", "41": None, "1": "KATAKANA", "54": "CP437"})
        self.bring({"E": entry(vendor="Epson", pages=pages), "A": entry(pages=pages)})
        epson = self.profile("E")["code_pages"]
        self.assertNotIn("WPC1251", epson)
        self.assertNotIn("PC862", epson)
        self.assertEqual((epson["PC437"], epson["ISO8859-15"], epson["KZ-1048"], epson["PC1118"], epson["Katakana"]),
                         (0, 40, 53, 42, 1))
        self.assertEqual(self.profile("A")["code_pages"]["WPC1251"], 6)
        told = self.bring({"none": entry(pages={"0": "Unknown"}), "empty": entry(pages={})})
        self.assertTrue(all("left_out" in p for p in told.values()))

    def test_nothing_that_is_there_is_overwritten_unasked(self):
        self.bring({"A": entry()})
        path = self.shop / "profiles.d" / "A.yaml"
        path.write_text("notes: mine\n")
        self.assertIn("left_out", self.bring({"A": entry()})["A"])
        self.assertEqual(path.read_text(), "notes: mine\n")
        self.bring({"A": entry()}, "--force")
        self.assertIn("model:", path.read_text())

    def test_what_is_no_database_is_said(self):
        for text in ("", "{", "[]", '{"profiles": []}', '{"profiles": 3}', "\x00\x01", '{"encodings":{}}'):
            out, _ = self.raw("profile", "import", self.file("x.json", text), "--shop", self.shop, "--json", check=3)
            self.assertEqual(json.loads(out)["error"]["code"], "fw_database")
        self.assertEqual(self.bring({"A": entry()}, "--only", "B", check=3)["error"]["code"], "fw_not_in_database")
        deep = '{"profiles":' + "[" * 100000
        self.raw("profile", "import", self.file("x.json", deep), "--shop", self.shop, check=3)
        out, _ = self.raw("profile", "import", self.file("x.json", "{}"), "--shop", self.dir / "none", "--json", check=3)

    def test_members_of_the_wrong_kind_are_no_crash(self):
        kinds = (None, 3, "text", [], {}, True, -1, 1e300)
        for key in ("name", "vendor", "codePages", "features", "fonts", "media"):
            self.bring({"p%d" % i: dict(entry(), **{key: kind}) for i, kind in enumerate(kinds)}, "--force")
        for kind in kinds:
            broken = entry()
            broken["media"]["width"] = kind
            broken["fonts"]["0"] = kind
            self.bring({"q": broken}, "--force")


if __name__ == "__main__":
    unittest.main()
