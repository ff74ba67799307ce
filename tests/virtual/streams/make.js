'use strict';
// Makes the streams of tests/virtual/streams: node make.js DIR, beside the packages of bench/peers/package.json.
const fs = require('fs');
const path = require('path');
const receiptline = require('receiptline');
const Encoder = require('@point-of-sale/receipt-printer-encoder');
const { ThermalPrinter, PrinterTypes, BreakLine, CharacterSet } = require('node-thermal-printer');
const dir = process.argv[2];
const put = (name, bytes) => fs.writeFileSync(path.join(dir, name + '.bin'), bytes);

const MARKUP = `^^^Café Central
Strada Lungă 7
{border:line; width:28,*,8}
_Coffee_ | 2x| 9,00
"Tea" |  | 4,50
\`Total\` | ^^| ^^13,50
{border:none; width:auto}
-
Привет, мир | Ελληνικά
{code:4006381333931; option:ean,2,60,hri}
{code:T-0047; option:code128,2,60,hri}
{code:12345678; option:itf,2,50,nohri}
{code:A40156B; option:codabar,2,50,nohri}
{code:BONBON; option:code93,2,50,hri}
{code:BONBON 7; option:code39,2,50,nohri}
{code:03600029145; option:upc,2,50,hri}
{code:https://shop.example/v/7KQ2; option:qrcode,4,m}
=
last words`;
put('receiptline-epson', Buffer.from(receiptline.transform(MARKUP, { cpl: 48, encoding: 'multilingual', command: 'escpos', cutting: true, margin: 0 }), 'latin1'));
put('receiptline-upsidedown', Buffer.from(receiptline.transform('^^Above|right\nbelow', { cpl: 48, encoding: 'cp437', command: 'escpos', upsideDown: true, spacing: true }), 'latin1'));
// a printer with needles: its fonts and sizes by ESC ! alone
put('receiptline-impact', Buffer.from(receiptline.transform('Hello | 1\n---\n^Wide | "bold"', { cpl: 42, encoding: 'cp437', command: 'impactb', cutting: true }), 'latin1'));
put('receiptline-generic', Buffer.from(receiptline.transform('^^^Hello\n---\n{code:7KQ2; option:qrcode,5,q}\n{code:4006381333931; option:ean,2,60,hri}', { cpl: 32, encoding: 'cp437', command: 'generic', cutting: true }), 'latin1'));
// two bytes a character, each by the page of its country
const CJK = {
    shiftjis: ['領収書', '喫茶ひまわり　渋谷店', '珈琲（ブレンド） ×2', '￥1,200', 'ﾊﾝｶｸ ｶﾀｶﾅ', '¥650', '合計', '￥1,850', '毎度ありがとうございます ※●→①直'],
    gb18030: ['老北京茶馆', '结账单　桌号：８', '宫保鸡丁', '￥38.00', '茉莉花茶（壶）', '￥30.00', '合计', '￥68.00', '谢谢惠顾，欢迎再次光临！“直”《骨》№①'],
    big5: ['珍珠奶茶店', '統一發票（收據）', '珍珠奶茶 大杯', 'NT$55', '鹽酥雞', 'NT$70', '總計', 'NT$125', '謝謝光臨，歡迎再來！※●直骨'],
    ksc5601: ['영수증', '서울 한식당 (韓食堂)', '김치찌개', '￦8,000', '비빔밥', '￦18,000', '합계', '￦26,000', '감사합니다! 또 오세요 ㈜ ♨ ☎'],
};
for (const [encoding, t] of Object.entries(CJK))
    put('receiptline-' + encoding, Buffer.from(receiptline.transform(
        `^^^${t[0]}\n${t[1]}\n{border:line; width:*,16}\n${t[2]} | ${t[3]}\n_${t[4]}_ | ${t[5]}\n-\n"${t[6]}" | ^${t[7]}\n{border:none; width:auto}\n\`${t[8]}\`\n{code:T-0047; option:code128,2,60,hri}\n=`,
        { cpl: 48, encoding, command: 'escpos', cutting: true }), 'latin1'));

const p = new ThermalPrinter({ type: PrinterTypes.EPSON, width: 48, characterSet: CharacterSet.PC852_LATIN2 });
p.alignCenter(); p.setTextQuadArea(); p.println('Cafe Central'); p.setTextNormal();
p.bold(true); p.println('bold'); p.bold(false);
p.underlineThick(true); p.println('underlined'); p.underline(false);
p.invert(true); p.println(' inverted '); p.invert(false);
p.setTypeFontB(); p.println('font B'); p.setTypeFontA();
p.upsideDown(true); p.println('turned'); p.upsideDown(false);
p.alignLeft(); p.leftRight('Čaj', '4,50'); p.drawLine();
p.println('Žluťoučký kůň');
p.code128('T-0047', { width: 'SMALL', height: 50, text: 2 });
p.printBarcode('4006381333931', 67, { hriPos: 1, hriFont: 0, width: 2, height: 60 });
p.pdf417('PDF417 of another program', { rowHeight: 3, width: 2, correction: 1, truncated: false, columns: 4 });
if (p.maxiCode) p.maxiCode('maxi 4711', { mode: 4 });
p.printQR('https://shop.example/v/7KQ2', { cellSize: 4, correction: 'M', model: 2 });
p.openCashDrawer(); p.partialCut();
put('node-thermal-printer', p.getBuffer());

const e = new Encoder({ printerModel: 'epson-tm-t20iii', codepageMapping: 'epson' });
put('receipt-printer-encoder', Buffer.from(e.initialize().codepage('auto').align('center').size(2, 2).line('Café Central').size(1, 1)
    .bold(true).line('bold').bold(false).italic(true).line('italic').italic(false).underline(true).line('underlined').underline(false)
    .invert(true).line('inverted').invert(false).font('B').line('font B').font('A').align('left')
    .line('Привет, ελληνικά, žluťoučký').rule({ style: 'double' })
    .box({ width: 20, align: 'center', style: 'single' }, 'in a box')
    .table([{ width: 20, align: 'left' }, { width: 10, align: 'right' }], [['Tea', '4,50'], ['Coffee', '9,00']])
    .barcode('4006381333931', 'ean13', { height: 60, width: 2, text: true })
    .barcode('T-0047', 'code128', { height: 60, width: 2, text: true })
    .barcode('0950110153000', 'gs1-databar-omni', { height: 60, width: 2 })
    .barcode('(01)09501101530003', 'gs1-128', { height: 60, width: 2 })
    .pdf417('PDF417 of another program', { width: 2, height: 3, columns: 4, rows: 0, errorlevel: 1 })
    .qrcode('https://shop.example/v/7KQ2', { model: 2, size: 4, errorlevel: 'm' })
    .pulse().cut('partial').encode()));
for (const mode of ['column', 'raster']) {
    const w = 32, h = 40, data = new Uint8ClampedArray(w * h * 4);
    for (let y = 0; y < h; y++)
        for (let x = 0; x < w; x++) {
            const black = x === y || x === 0 || y === h - 1;
            data.set([black ? 0 : 255, black ? 0 : 255, black ? 0 : 255, 255], (y * w + x) * 4);
        }
    const image = new Encoder({ language: 'esc-pos', imageMode: mode });
    put('receipt-printer-encoder-' + mode, Buffer.from(image.initialize().line('above').image({ data, width: w, height: h }, w, h, 'threshold').line('below').encode()));
}
