'use strict';
// Documents made by chance, from a seed: every token of the grammar, often where it does not belong.

// mulberry32: small, and the same everywhere.
function random(seed) {
    let a = seed >>> 0;
    return () => {
        a = (a + 0x6d2b79f5) >>> 0;
        let t = Math.imul(a ^ (a >>> 15), a | 1);
        t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
        return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
}

const WORDS = ['tomato soup', 'Tea', '12.50', 'Cafea boabe 250 g', 'ștrudel', 'Борщ', 'Ёжик', 'café', '€', 'x', 'naïve façade',
    'Gesamtsumme', '1 234,56', 'a b  c', '日本', 'ラーメン', '한국', 'e\u0301', 'Ӂ', '-', '=', '--', '==', '100%', '#42', '12/03', ';', ':', 'n', 'x41'];
const MARKS = ['"', '_', '`', '^', '^^', '^^^', '^^^^', '^^^^^', '^^^^^^', '^^^^^^^', '^^^^^^^^', '~', '~~', '\\n', '\\\\', '\\|', '\\{',
    '\\}', '\\-', '\\=', '\\~', '\\_', '\\"', '\\`', '\\^', '\\x41', '\\x7a', '\\xe9', '\\x1b', '\\x', '\\x4', '\\xzz', '\\q', '\\é', '\\'];
const SPACES = ['', '', '', ' ', ' ', '  ', '\t'];
const BRACES = ['{', '}', '{}', '{a}', '{a:}', '{ a : b }', 'x {y} z'];
const VALUES = {
    width: ['auto', '*', '*,*', '*,10', '10,*', '8 8', '20,20,20', '0,*', '*,0,6', '5,0,5', '4', '40,40', '*,*,*,*', '3,3,3,3,3,3', '1,*,1', '0',
        '100', '6,auto,6', '* 8,*', '*,,4', '10,x,10', '12  3', '*\t4', 'AUTO', '2,2'],
    align: ['left', 'center', 'right', 'LEFT', 'middle'],
    border: ['line', 'space', 'none', '0', '1', '2', '3', 'LINE', 'dotted'],
    text: ['wrap', 'nowrap', 'NOWRAP', 'cut'],
    option: ['qrcode,5,m', 'qrcode 8 h', 'qrcode', 'qrcode,3,l', 'code128,3,40,hri', 'ean,2,60', 'jan hri', 'upc', 'code39,4,24', 'itf,3', 'nw7,2,hri',
        'codabar', 'code93,2,100', 'code128,9', '72', 'hri,nohri', 'QRCODE,4,Q', 'ean,4,4,4'],
    code: ['12345678', '4006381333931', '400638133393', '9638507', '01234565', '0123456', '123456789012', 'A123B', 'ABC-12', 'HELLO world',
        'x', '7KQ2M9XDPA4TY', 'https://a.example/v/8F3K2M', 'a\\;b', 'a\\x41b', 'a\\\\b', '1234', '123', 'é'],
    image: ['iVBORw0KGgoAAAANSUhEUgAAABAAAAAIAQAAAADYDUI6AAAAIUlEQVR42mOo42fYL8dwX5fhvQ3Dd2+G31EMfzMZ/lUAAGB5CRUiccrIAAAAAElFTkSuQmCC', 'iVBORw0KGgoAAA'],
    command: ['\\x1bB\\x03\\x02', 'abc', '\\n'],
    comment: ['a note', '{', 'x'],
    paper: ['blue'],
};
const ABBREVIATIONS = { align: 'a', border: 'b', code: 'c', image: 'i', option: 'o', text: 't', width: 'w', command: 'x', comment: '_' };

// See differences.js, 'codes without digits'.
const isSwallowing = /\\x(?![\da-f]{2}).?\\|\\(x[\da-f]?)?\t/i;

function maker(next) {
    const pick = (list) => list[Math.floor(next() * list.length)];
    const some = (n, f) => Array.from({ length: Math.floor(next() * (n + 1)) }, f).join('');
    const text = () => {
        const t = some(5, () => (next() < 0.6 ? pick(WORDS) : next() < 0.8 ? pick(MARKS) : pick(SPACES)));
        return isSwallowing.test(t.normalize()) ? '' : t;
    };
    const member = () => {
        const key = pick(Object.keys(VALUES));
        const name = next() < 0.3 && ABBREVIATIONS[key] ? ABBREVIATIONS[key] : key;
        return `${pick(['', '', ' '])}${name}${pick(['', '', ' '])}:${pick(['', '', ' '])}${pick(VALUES[key])}`;
    };
    const property = () => `${pick(['', '', '', '|', '| '])}{${[member(), ...(next() < 0.3 ? [member()] : []), ...(next() < 0.1 ? [member()] : []),
        ...(next() < 0.03 ? ['x y'] : [])].join(';')}${pick(['', '', ';'])}}${pick(['', '', '', '|', ' |'])}`;
    const row = () => {
        const n = 1 + Math.floor(next() * 4);
        const cells = Array.from({ length: n }, () => pick(SPACES) + text() + pick(SPACES));
        return pick(['', '', '|', ' |']) + cells.join('|') + pick(['', '', '|', '| ']);
    };
    const kinds = [[0.50, row], [0.80, property], [0.86, () => pick(['-', '---', '  --  ', '|---|', '- -'])], [0.90, () => pick(['=', '===', '|=|', '=-'])],
        [0.94, () => ''], [0.97, () => text() + pick(BRACES) + text()], [1, () => `{width:${pick(VALUES.width)};border:${pick(VALUES.border)}}`]];
    const line = () => {
        const at = next();
        return kinds.find(([limit]) => at < limit)[1]();
    };
    return () => Array.from({ length: 1 + Math.floor(next() * 12) }, line).join(next() < 0.05 ? '\r\n' : '\n');
}

function generate(seed, count) {
    return Array.from({ length: count }, (_, i) => ({ name: `seed ${seed + i}`, markup: maker(random(seed + i))() }));
}

module.exports = { generate };
