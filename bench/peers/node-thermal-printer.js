'use strict';
// node-thermal-printer, type "epson": a list of calls, no markup.
//
// What it does differently:
//  - every call and every space of a column is a copy of all bytes so far: short and easy, and most
//    of its time.
//  - columns are padded with spaces; rules are 48 hyphens; a native QR; its cut feeds eight lines
//    before and resets the printer after.
//  - its table does not know of double width, so the line of the total is padded by hand.
//  - it looks for another code page only when a character is not ASCII, which none is here.
const { ThermalPrinter, PrinterTypes } = require('node-thermal-printer');
const { words, VAT_PERCENT } = require('./receipt.js');

const COLUMNS = 48;
const printer = new ThermalPrinter({ type: PrinterTypes.EPSON, width: COLUMNS });

function make(facts) {
    const w = words(facts);
    printer.clear();
    printer.alignCenter();
    printer.setTextQuadArea();
    printer.println(w.name);
    printer.setTextNormal();
    printer.println(w.address);
    printer.println(w.taxId);
    printer.newLine();
    printer.alignLeft();
    printer.println(w.receipt);
    printer.println(w.date);
    printer.drawLine();
    for (const [name, price, total] of w.items)
        printer.tableCustom([
            { text: name, align: 'LEFT', cols: 28 },
            { text: price, align: 'RIGHT', cols: 11 },
            { text: total, align: 'RIGHT', cols: 9 },
        ]);
    printer.drawLine();
    printer.leftRight('Subtotal', w.subtotal);
    if (w.vat !== null)
        printer.leftRight(`VAT ${VAT_PERCENT}%`, w.vat);
    printer.setTextQuadArea();
    printer.println('TOTAL' + w.total.padStart(COLUMNS / 2 - 'TOTAL'.length));
    printer.setTextNormal();
    printer.newLine();
    printer.alignCenter();
    printer.printQR(w.qr, { cellSize: 4, correction: 'M', model: 2 });
    printer.println(w.thanks);
    printer.cut();
    return printer.getBuffer();
}

module.exports = { make };
