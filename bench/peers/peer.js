'use strict';
// node peer.js write PEER SALE.json FILE [N]: the bytes of the N-th receipt, or of the sale as it is
// node peer.js speed PEER SALE.json DOCUMENT.receipt SECONDS: figures as JSON
//
// The clock is the processor time of the whole process, its helper threads included, as for bonbon.
const fs = require('node:fs');
const { load, change } = require('./receipt.js');

const WARM_SECONDS = 1; // for the just-in-time compiler; not counted
const BATCH = 5;

let seen = 0;

// Every byte is looked at, as in bench.c; in 32 bits, since 64 would be slow here for no reason of
// the peer's.
function hash(bytes) {
    for (let i = 0; i < bytes.length; i++)
        seen = Math.imul(seen ^ bytes[i], 0x01000193);
}

function cpuSeconds() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
}

function perSecond(once, seconds) {
    const start = cpuSeconds();
    let n = 0;
    let spent = 0;
    while (spent < seconds) {
        for (let i = 0; i < BATCH; i++)
            once(n++);
        spent = cpuSeconds() - start;
    }
    return n / spent;
}

function warmPerSecond(once, seconds) {
    perSecond(once, WARM_SECONDS);
    return perSecond(once, seconds);
}

function speed(peer, facts, documentPath, seconds) {
    const figures = {};
    const receipt = (n) => {
        change(facts, n);
        const bytes = peer.make(facts);
        hash(bytes);
        return bytes;
    };
    figures.facts_a_second = warmPerSecond(receipt, seconds);
    figures.facts_bytes = receipt(0).length;
    if (peer.print) {
        const markup = fs.readFileSync(documentPath, 'utf8');
        figures.document_a_second = warmPerSecond(() => hash(peer.print(markup)), seconds);
        figures.document_bytes = peer.print(markup).length;
    }
    return { ...figures, seen: (seen >>> 0).toString(16) };
}

function main([task, name, salePath, ...rest]) {
    const peer = require(`./${name}.js`);
    const facts = load(salePath);
    if (task === 'speed') {
        console.log(JSON.stringify(speed(peer, facts, rest[0], Number(rest[1]))));
    } else {
        if (rest.length > 1)
            change(facts, Number(rest[1]));
        fs.writeFileSync(rest[0], peer.make(facts));
    }
}

main(process.argv.slice(2));
