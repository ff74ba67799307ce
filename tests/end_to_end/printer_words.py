"""What a person reads of a printer in each condition, in three languages: orders of the virtual printer, status, words, condition."""

LANGS = ("en", "ro", "ru")
CONDITIONS = (
    ([], "ready", {"en": "ready", "ro": "pregătită", "ru": "готов"}, None),
    (["paper low"], "ready", {"en": "ready, paper low", "ro": "pregătită, hârtie puțină", "ru": "готов, бумага заканчивается"}, "paper_low"),
    (["paper out"], "not_ready", {"en": "paper out", "ro": "s-a terminat hârtia", "ru": "нет бумаги"}, "paper_out"),
    (["cover open"], "not_ready", {"en": "cover open", "ro": "capac deschis", "ru": "открыта крышка"}, "cover_open"),
    (["cutter jam"], "not_ready", {"en": "cutter jam", "ro": "cuțit blocat", "ru": "заклинил нож"}, "cutter_jam"),
    (["heat"], "not_ready", {"en": "print head too hot, wait a moment", "ro": "cap de tipărire supraîncălzit, așteptați puțin",
                             "ru": "перегрев головки, немного подождите"}, "overheated"),
    (["drawer open"], "ready", {"en": "ready, drawer open", "ro": "pregătită, sertar deschis", "ru": "готов, открыт ящик"}, "drawer_pin_high"),
    (["fail"], "not_ready", {"en": "broken, switch it off and on or call service", "ro": "defectă, opriți-o și porniți-o sau chemați service-ul",
                             "ru": "неисправен, выключите и включите или вызовите мастера"}, "unrecoverable"),
)
OFF = {"en": "off or not plugged in", "ro": "oprită sau neconectată", "ru": "выключен или не подключён"}
SILENT = {"en": "does not answer: off, or stopped with more than it can hold", "ro": "nu răspunde: oprită sau blocată cu memoria plină",
          "ru": "не отвечает: выключен или стоит с полной памятью"}
REFUSED = {"en": "cannot be reached: Connection refused", "ro": "nu poate fi accesată: conexiune refuzată", "ru": "недоступен: в соединении отказано"}
HELD = {"en": "held by another program: {0} ({1})", "ro": "ocupată de alt program: {0} ({1})", "ru": "занят другой программой: {0} ({1})"}
PRINTING = {"en": "printing", "ro": "tipărește", "ru": "печатает"}
MUTE = {"en": "takes what it is sent, says nothing of itself", "ro": "primește ce i se trimite, nu spune nimic despre sine",
        "ru": "принимает данные, о себе не сообщает"}


class Speaks:
    """For a ShopTest: the shop in each language, one after the other."""

    def each_language(self):
        before = "en"
        for lang in LANGS:
            self.edit("shop.yaml", f"language: {before}", f"language: {lang}")
            before = lang
            with self.subTest(lang):
                yield lang
        self.edit("shop.yaml", f"language: {before}", "language: en")
