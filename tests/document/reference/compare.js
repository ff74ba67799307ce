'use strict';
// compare.js LAYOUT_RECORD BONBON GALLERY [SEED [COUNT]]
// Lays documents out with the ReceiptLine reference and with bonbon, and holds one against the other,
// call by call, at five widths: the gallery, a corpus that touches each row of the grammar, and COUNT
// documents made by chance from SEED. Differences that are meant stand in differences.js.
const { spawnSync } = require('child_process');
const fs = require('fs');
const path = require('path');
const { record } = require('./reference.js');
const differences = require('./differences.js');
const { corpus } = require('./corpus.js');
const { generate } = require('./generate.js');

const WIDTHS = [24, 32, 42, 48, 64];
const [recorder, bonbon, gallery, seed = '20260731', count = '3000'] = process.argv.slice(2);
const LANGS = ['en', 'ro', 'ru'];

// What bonbon's own words are for one document at each width: lists of lines.
function lay(cases) {
    const input = [];
    for (const { markup, cpl } of cases) {
        const bytes = Buffer.from(markup);
        input.push(Buffer.from(`${cpl} ${bytes.length}\n`), bytes);
    }
    const done = spawnSync(recorder, { input: Buffer.concat(input), maxBuffer: 1 << 30 });
    if (done.status !== 0)
        throw new Error(`${recorder} ended with ${done.status} ${done.signal}`);
    const lists = [[]];
    for (const line of done.stdout.toString().split('\n')) {
        if (line === '.')
            lists.push([]);
        else if (line)
            lists[lists.length - 1].push(line);
    }
    if (lists.length !== cases.length + 1)
        throw new Error(`${recorder} answered ${lists.length - 1} of ${cases.length} documents`);
    return lists;
}

// "" when both agree, else what is wrong.
function compare(markup, cpl, lines) {
    const ours = lines.filter((line) => !line.startsWith('left out markup_'));
    let at = 0, hasPaper = false;
    const wanted = markup === '' ? [] : record(markup.replace(/(\r\n|\n|\r)$/, ''), cpl);
    for (const event of [...wanted, 'cut']) {
        if (event === 'cut') {
            if (hasPaper && ours[at++] !== 'cut')
                return `wanted cut\n   got ${ours[at - 1]}`;
            hasPaper = false;
        } else if (typeof event === 'string') {
            if (ours[at++] !== event)
                return `wanted ${event}\n   got ${ours[at - 1]}`;
            hasPaper = true;
        } else {
            const used = differences[event.kind](event, cpl, ours, at);
            if (typeof used === 'number')
                hasPaper = true;
            else if (used !== 'nothing')
                return `${used}\n   got ${ours.slice(at, at + 3).join(' / ')}`;
            at += used === 'nothing' ? 1 : used;
        }
    }
    return at === ours.length ? '' : `more than wanted: ${ours[at]}`;
}

// The fewest lines that still differ.
function shrink(markup, cpl) {
    let lines = markup.split('\n');
    const differs = (l) => l.length && compare(l.join('\n'), cpl, lay([{ markup: l.join('\n'), cpl }])[0]);
    for (let i = lines.length; i-- > 0;) {
        const fewer = lines.filter((_, k) => k !== i);
        if (differs(fewer))
            lines = fewer;
    }
    return lines.join('\n');
}

function galleryDocuments() {
    const found = [];
    for (const lang of LANGS) {
        for (const file of fs.readdirSync(path.join(gallery, lang)).filter((f) => f.endsWith('.receipt')).sort()) {
            const name = `${lang}/${path.basename(file, '.receipt')}`;
            const done = spawnSync(bonbon, ['preview', name, '--expanded'], { encoding: 'utf8' });
            if (done.status !== 0)
                throw new Error(`preview ${name} --expanded: ${done.stderr}`);
            found.push({ name, markup: done.stdout });
        }
    }
    return found;
}

// Our own words beyond ReceiptLine say nothing to the reference, so the gallery goes without them.
const OURS = /^\s*(feed\s*:.*|(text|t)\s*:\s*words|(image|i)\s*:.*\.png|(option|o)\s*:.*(pdf417|datamatrix|aztec|gs1-128|threshold|dither).*)\s*$/;
const withoutOurs = (markup) => markup.split('\n').flatMap((line) => {
    const property = line.match(/^\{(.*)\}$/);
    const members = property ? property[1].split(';') : [];
    const known = members.filter((m) => !OURS.test(m));
    return known.length === members.length ? [line] : known.length ? [`{${known.join(';')}}`] : [];
}).join('\n');

// Templates are made NFC when they are compiled; the reference does it for each document.
const documents = [
    ...galleryDocuments().map((d) => ({ ...d, markup: withoutOurs(d.markup) })),
    ...corpus,
    ...generate(Number(seed), Number(count)),
].map((d) => ({ ...d, markup: d.markup.normalize() }));
for (const e of differences.examples) {
    const [ours] = lay([{ markup: e.markup, cpl: 24 }]);
    if (record(e.markup, 24)[0] !== e.reference || ours[0] !== e.ours) {
        console.log(`${e.why}: ${JSON.stringify(e.markup)} is now ${record(e.markup, 24)[0]} in the reference, ${ours[0]} here`);
        process.exitCode = 1;
    }
}
const cases = documents.flatMap((d) => WIDTHS.map((cpl) => ({ ...d, cpl })));
const ours = lay(cases);
const bad = [];
cases.forEach((c, i) => {
    const wrong = compare(c.markup, c.cpl, ours[i]);
    if (wrong)
        bad.push(c);
});
for (const c of bad.filter((b, i) => i === 0 || bad[i - 1].name !== b.name).slice(0, 5)) {
    const small = shrink(c.markup, c.cpl);
    console.log(`${c.name} at ${c.cpl} columns:\n${small}\n---\n${compare(small, c.cpl, lay([{ markup: small, cpl: c.cpl }])[0])}\n`);
}
console.log(`${documents.length} documents at ${WIDTHS.length} widths: ${bad.length} differences beside those listed ` +
    `(${Object.keys(differences.reasons).join(', ')})`);
if (bad.length || documents.length < 1000)
    process.exitCode = 1;
