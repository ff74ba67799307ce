'use strict';
// The facts of the canonical sale, and the words that every peer prints of them: the same lines as
// ../canonical.receipt makes of them for bonbon, in 48 columns. Amounts are whole pence, as in
// bonbon; turning them into words is part of what is measured, there as here.
const fs = require('node:fs');

const VAT_PERCENT = 20;
const QR = 'https://shop.example.com/v/8F3K2M9QZ7X4T1B6N0C5W2R8Y3H7J4L9P';

function pence(text) {
    const [pounds, rest] = text.split('.');
    return Number(pounds) * 100 + Number(rest);
}

function load(path) {
    const sale = JSON.parse(fs.readFileSync(path, 'utf8'));
    return {
        shop: { name: 'CORNER STORE', address: '12 High Street, Springfield', taxId: 'GB 123 4567 89' },
        id: sale.id,
        till: sale.till,
        cashier: sale.cashier,
        time: sale.time,
        items: sale.items.map((item) => ({
            name: item.name,
            quantity: Number(item.quantity),
            unitPrice: pence(item.unit_price),
            total: pence(item.total),
        })),
        vat: null, // the sale of the file has none; change() puts it on top, as in bench.c
        total: pence(sale.total),
    };
}

// Another id, other amounts; the sums stay right. The n-th receipt is that of bench.c.
function change(facts, n) {
    let sum = 0;
    facts.items.forEach((item, i) => {
        item.unitPrice = 99 + ((i * 137 + n) % 1900);
        item.total = item.unitPrice * item.quantity;
        sum += item.total;
    });
    facts.id = String(n % 1000000).padStart(6, '0');
    facts.vat = Math.floor((sum * VAT_PERCENT + 50) / 100);
    facts.total = sum + facts.vat;
}

function money(minor) {
    return `${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, '0')}`;
}

// "2026-11-21T18:32:07+00:00" as "21/11/2026 18:32": cut from the text, without a calendar or a time
// zone (bonbon uses both).
function date(time) {
    return `${time.slice(8, 10)}/${time.slice(5, 7)}/${time.slice(0, 4)} ${time.slice(11, 16)}`;
}

// The words of one receipt; how they stand on the paper is the peer's part.
function words(facts) {
    return {
        name: facts.shop.name,
        address: facts.shop.address,
        taxId: `VAT ${facts.shop.taxId}`,
        receipt: `Receipt ${facts.id}  Till ${facts.till}  Cashier ${facts.cashier}`,
        date: date(facts.time),
        items: facts.items.map((item) => [
            item.name,
            `${item.quantity} x ${money(item.unitPrice)}`,
            money(item.total),
        ]),
        subtotal: money(facts.total - (facts.vat ?? 0)),
        vat: facts.vat === null ? null : money(facts.vat),
        total: money(facts.total),
        qr: QR,
        thanks: 'Thank you - keep this receipt',
    };
}

module.exports = { load, change, words, VAT_PERCENT };
