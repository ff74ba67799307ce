// Makes node-escpos.bin: `npm i @node-escpos/core@0.6.0` beside this file, then `node node-escpos.mjs FILE`.
import fs from 'fs';
import { Printer } from '@node-escpos/core';

const sent = [];
const done = (next) => next && next(null);
const adapter = { open: done, close: done, read() {}, write(bytes, next) { sent.push(Buffer.from(bytes)); done(next); } };
const p = new Printer(adapter, { encoding: 'GB18030', width: 48 });
p.font('a').align('ct').style('bu').size(2, 2).text('老北京茶馆').size(1, 1).style('normal').text('The quick brown fox');
p.align('lt').table(['宫保鸡丁', '1', '38.00']).drawLine();
p.tableCustom([{ text: 'Left', align: 'LEFT', width: 0.33, style: 'B' }, { text: 'Center', align: 'CENTER', width: 0.33 },
    { text: 'Right', align: 'RIGHT', width: 0.33 }]);
p.barcode('123456789012', 'EAN13', { width: 2, height: 50, position: 'BLW', font: 'A' });
p.setReverseColors(true).text('反白').setReverseColors(false);
p.lineSpace(40).text('spaced').lineSpace();
p.qrcode('https://shop.example/v/7KQ2', 1, 'm', 6);
p.feed(2).cashdraw(2).cut(true);
await p.flush();
fs.writeFileSync(process.argv[2], Buffer.concat(sent));
