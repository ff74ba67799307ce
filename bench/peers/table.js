'use strict';
// node table.js [--rounds N] BENCH_TABLE BONBON SALE.json TEMPLATE DOCUMENT.receipt SALES.jsonl:
// bonbon and its peers measured in turns, as one Markdown table of medians.
//
// In turns, so that whatever else the machine does meets everybody alike. A whole process is timed by
// the same stopwatch for all (bench_table --cold). Before anything is measured, every receipt is read
// back by `bonbon decode --text`: it must say what bonbon's own says, the thirty items column by column,
// the other lines word by word.
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const ROUNDS = 7;
const SECONDS = 1;
const COLD_RUNS = 5;
const PEERS = [
    { name: 'receiptline', package: 'receiptline' },
    { name: 'node-thermal-printer', package: 'node-thermal-printer' },
    { name: 'receipt-printer-encoder', package: '@point-of-sale/receipt-printer-encoder' },
];
// Measured beside receipt-printer-encoder and told below the table.
const AUTO = { name: 'receipt-printer-encoder-auto' };
// A profile with a native QR and the page that receiptline draws its rules with.
const DECODE = ['--profile', 'epson-tm-t20iii', '--text'];

const args = process.argv.slice(2);
const rounds = args[0] === '--rounds' ? Number(args.splice(0, 2)[1]) : ROUNDS;
const [benchTable, bonbon, sale, , documentPath] = args;
const peerJs = path.join(__dirname, 'peer.js');

function run(command, ...words) {
    return execFileSync(command, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

function runPeer(...words) {
    return run(process.execPath, peerJs, ...words);
}

function version(peer) {
    const file = path.join(process.env.NODE_PATH, peer.package, 'package.json');
    return JSON.parse(fs.readFileSync(file, 'utf8')).version;
}

// What a guest reads: the lines, without empty ones, rules (each draws its own) and the line of a QR
// code that the printer draws (receiptline's is a picture). Only the items keep their spaces: a line of
// double width is padded by some and positioned by others.
function paper(bytesPath) {
    return run(bonbon, 'decode', bytesPath, ...DECODE)
        .split('\n')
        .map((line) => (/\d x \d/.test(line) ? line.trimEnd() : line.replaceAll(' ', '')))
        .filter((line) => line !== '' && !/^[-─]+$/u.test(line) && !line.startsWith('[QR'));
}

function checkWords(dir) {
    const bytesPath = path.join(dir, 'receipt');
    run(benchTable, '--receipt', bytesPath, ...args.slice(1));
    const ours = paper(bytesPath);
    for (const peer of [...PEERS, AUTO]) {
        runPeer('write', peer.name, sale, bytesPath, '0');
        const theirs = paper(bytesPath);
        const at = ours.findIndex((line, i) => line !== theirs[i]);
        if (at >= 0 || theirs.length !== ours.length)
            throw new Error(`${peer.name} prints another receipt: "${theirs[at]}", not "${ours[at]}"`);
    }
}

function measurePeer(peer) {
    return {
        ...JSON.parse(runPeer('speed', peer.name, sale, documentPath, String(SECONDS))),
        ...JSON.parse(run(benchTable, '--cold', String(COLD_RUNS), process.execPath, peerJs, 'write',
            peer.name, sale, '/dev/null')),
    };
}

function median(figures) {
    const sorted = figures.filter((figure) => figure !== undefined && figure !== null);
    sorted.sort((a, b) => a - b);
    return sorted.length ? sorted[Math.floor(sorted.length / 2)] : undefined;
}

function cell(measured, row) {
    const figure = median(measured.map((round) => round[row.key]));
    return figure === undefined ? '–' : figure.toFixed(row.digits);
}

function measureAll() {
    const measured = { bonbon: [] };
    let report;
    for (let round = 0; round < rounds; round++) {
        report = JSON.parse(run(benchTable, '--json', '--rounds', '1', ...args.slice(1)));
        measured.bonbon.push(Object.fromEntries(report.rows.map((row) => [row.key, row.figure])));
        for (const peer of [...PEERS, AUTO])
            (measured[peer.name] ??= []).push(measurePeer(peer));
        process.stderr.write(`round ${round + 1} of ${rounds}\n`);
    }
    return { measured, report };
}

function print({ measured, report }) {
    const line = (cells) => console.log(`| ${cells.join(' | ')} |`);
    const auto = Object.fromEntries(report.rows.map((row) => [row.key, cell(measured[AUTO.name], row)]));
    line(['what', 'bonbon', ...PEERS.map((peer) => `${peer.name} ${version(peer)}`)]);
    console.log(`|---|${'---:|'.repeat(1 + PEERS.length)}`);
    for (const row of report.rows)
        line([row.what, cell(measured.bonbon, row), ...PEERS.map((peer) => cell(measured[peer.name], row))]);
    console.log(`
receipt-printer-encoder with automatic code pages: ${auto.facts_a_second} receipts a second, ` +
        `${auto.facts_bytes} bytes, ${auto.cold_ms} ms, ${auto.cold_peak_mib} MiB.

${report.machine}, node ${process.versions.node}; medians of ${rounds} rounds in turns.`);
}

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'bonbon-peers-'));
try {
    checkWords(dir);
    print(measureAll());
} catch (problem) {
    console.error(`bench: ${problem.message}`);
    process.exitCode = 1;
} finally {
    fs.rmSync(dir, { recursive: true });
}
