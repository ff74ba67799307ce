'use strict';
// Documents that touch each row of the grammar (ReceiptLine, "Grammar").
const PNG16X8 = 'iVBORw0KGgoAAAANSUhEUgAAABAAAAAIAQAAAADYDUI6AAAAIUlEQVR42mOo42fYL8dwX5fhvQ3Dd2+G31EMfzMZ/lUAAGB5CRUiccrIAAAAAElFTkSuQmCC';

const rows = {
    'one column': ['x', '|x|', '| x |', '|x', '|x |', 'x |', 'x|', '| x|', '| x', ' x ', '\tx\t'],
    'columns': ['a | b', 'a|b', '|a|b|', '| a | b |', 'a | | b', '||', '|||', '|', 'a|b|c|d|e', ' |a | b| ', 'a \\| b | c'],
    'rules and cuts': ['-', '-----', 'x\n=\ny', '=', '===\n===', 'x\n=', '|-|', '\\-', '\\-- |', '- -', '=-', 'a | ---', '--- | ==='],
    'blanks': ['a~b', '~x |', '~', '~~~ |', 'a  b', '"~"', '_~_ |', '`~` |'],
    'decorations': ['_u_', '"e"', '`i`', '_"`all`"_', '_open', '_a | b_', '|"a"b"c"', '"a\\nb" |', '_^^a^^_', '`a^^b` |'],
    'sizes': ['^w', '^^h', '^^^d', '^^^^3', '^^^^^4', '^^^^^^5', '^^^^^^^6', '^^^^^^^^6', '^a^b', '^a^^b^^c', '^^^a^^^b |', '^^h | n', 'ab^cd^ef |',
        '^^^^^^^abcdef', '^^^^wide words wrap |', '^x^^^^^^^y |'],
    'escapes': ['\\\\ \\| \\{ \\} \\- \\= \\~ \\_ \\" \\` \\^', 'a\\nb', 'a\\nb\\nc | 1\\n2', '\\n', '\\n\\n |', '\\x41\\x42', '\\x', '\\x4', '\\xg1', '\\x4g',
        '\\x1b\\x07\\x7f', '\\q\\r\\t', '\\', 'a\\', '\\x5cn', '\\x7c', '\\x7b', '\\xe9', '\\x|a', 'a\\\\nb'],
    'width': ['{width:auto}\na | b', '{width:*}\na', '{w:10}\na', '{w:10,*}\n|a| b', '{w:* 10}\n|a| b', '{w:*,10,8}\n|a| b| c', '{w:4,0,4}\n|a|b|c|',
        '{w:0}\na', '{w:0,0}\na | b', '{w:50,50}\n|a|b|', '{w:90,4,*}\n|a|b|c|', '{w:10,10}\na', '{w:10}\na | b | c', '{w:1,1,1}\nabc | def | ghi',
        '{w:3,3;a:left}\na | b', '{w:3,3;a:right}\na | b', '{w:3,3;a:center}\na | b\n---', '{w:*,*,*,*,*,*,*,*,*,*,*,*,*,*,*,*}\na|b|c',
        '{w:7 x 7}\n|a|b|c|', '{w:,4}\n|a|b|', '{w:4,}\n|a|b|', '{w:10,auto}\na | b', 'a|'.repeat(70), '{w:20,20;b:2}\n|a|b|', '{w:10}\n---'],
    'border': ['{border:line}\na | b', '{b:line;w:3,5}\n|a|b|\n---\n|c|d|', '{b:line}\na\n{b:space}\nb', '{b:line}\n{b:space}\na', '{b:line}\n---\na\n---\n---\nb',
        '{b:line;w:3,7}\n|a|b|\n{w:5,5}\n---\n|c|d|', '{b:line;w:3,7}\n|a|b|\n{w:10;a:left}\n---\n|c|', '{b:line;w:10;a:left}\na\n{w:5;a:right}\n---\nb',
        '{b:line}\na\n=\nb', '{b:line;w:3}\na\n=\n=\n---\nb', '{b:line}\n^^a | b', '{b:line;w:6,6}\nlong words here | x', '{b:line}\na\n{b:line}\nb',
        '{b:none}\na | b', '{b:0;w:3,3}\n|abcdef|ghi|', '{b:1}\na|b', '{b:2}\na|b', '{b:3}\na|b', '{b:blue}\na|b', '{b:line}\n{c:123456;o:code128}\na',
        '{b:line}\na\n\nb', '{b:line;w:4,4}\na', '{b:line;w:4,4}\na|b|c', '{b:line;w:5}\n^^^a\n{w:*,*}\nb | c', '{b:line;w:8,8,8}\na|b|c\n---\n{w:26}\n|t|',
        '{b:line;w:26}\n|t|\n---\n{w:8,8,8}\na|b|c'],
    'text': ['{text:nowrap}\n' + 'long words '.repeat(12) + '|', '{t:wrap}\n' + 'long words '.repeat(12) + '|', '{t:nowrap}\na\\nb',
        '{t:nowrap;w:4,4}\nabcdefgh | ijklmnop', '{t:nowrap}\n^^^^' + 'x'.repeat(40), '{t:nowrap}\n{t:wrap}\n' + 'x'.repeat(100)],
    'align': ['{align:left;width:6}\na\n---', '{a:right;w:6}\na\n---', '{a:center;w:6}\na\n---', '{a:LEFT;w:6}\na', '{a:up;w:6}\na'],
    'code': ['{code:1234}', '{c:4006381333931;o:ean}', '{c:400638133393;o:jan,2,40,hri}', '{c:96385074;o:ean}', '{c:9638507;o:ean}', '{c:012345678905;o:upc}',
        '{c:01234565;o:upc}', '{c:0123456;o:upc,3}', '{c:ABC-12;o:code39,2}', '{c:*ABC*;o:code39,2}', '{c:1234;o:itf,4}', '{c:123;o:itf}', '{c:A123B;o:codabar}',
        '{c:a123b;o:nw7}', '{c:Hello;o:code93,3,100,hri}', '{c:Hello123456;o:code128,2,72,hri}', '{c:12;o:code128}', '{c:123;o:code128}', '{c:1234567;o:code128}',
        '{c:a1234;o:code128}', '{c:ab12345cd;o:code128}', '{c:4006381333932;o:ean}', '{c:abc;o:ean}', '{c:1;o:upc}', '{c:A;o:nw7}', '{c:abc;o:code39}',
        '{o:qrcode,4,m}\n{c:one}\n{c:two}', '{c:hello;o:qrcode}', '{c:hello;o:qrcode,8,h}', '|{c:hello;o:qrcode,6,q}', '{c:hello;o:qrcode,6,q} |', '| {c:hello;o:qrcode,6,q}',
        '{c:Größe é 日本;o:qrcode,5,l}', '{w:4;a:right}\n{c:hello;o:qrcode,8}', '{w:30,10}\n{c:1234}', '|{c:1234}', '{c:1234} |', '{c:1234}|',
        '{c:a\\;b\\|c\\{d\\}e\\\\f\\x41;o:qrcode}', '{c:a}\n{o:code39 hri}\n{c:A}', '{c:}', '{c: }', '{c}', '{c:1234;o:code128,4}', '{c:0123456789012345678901234567890123456789;o:code128,4}',
        '{c:abcdefghijklmnopqrstuvwxyz;o:code39}', '{c:ABCDEFGHIJ;o:code39,4}'],
    'image': [`{image:${PNG16X8}}`, `|{i:${PNG16X8}}`, `{i:${PNG16X8}} |`, `| {i:${PNG16X8}}`, `{w:6;a:right}\n| {i:${PNG16X8}}`, `{i:${PNG16X8}==}`, '{i:iVBORw0KGgo}',
        `{w:1}\n{i:${PNG16X8}}`],
    'command and comment': ['{command:\\x1bB\\x03\\x02}', '{x:abc}', '{comment:nothing}', '{_:a;_:b}', '{x:a\\;b}'],
    'several properties': ['{w:3,3;b:2;a:left;t:nowrap}\na | bcdef', '{c:1234;w:4}\na', '{i:x;c:1234}', '{ w : 3 , 3 }\na | b', '{w:3,3;}\na | b', '{;w:3,3}\na | b',
        '{paper:blue;w:3}\na', '{W:3}\na', '{w:3;w:5}\na', '{x y;w:3}\na', '{1:2;w:3}\na', '{w:3;b}\na', '{w:;a:left}\na'],
    'braces': ['{', '}', '{}', '{ }', 'a {b} c', '{a:b} c', 'a | {w:3}', '{w:3} | {b:2}', '{{w:3}}', '{w:{3}}', '\\{w:3\\}', '{a\\:b}', '{w:3'],
    'line ends': ['a\nb', 'a\r\nb', 'a\rb', 'a\n\nb', 'a\n', 'a\n\n', '', '\n', '\ufeffa'],
    'letters': ['Ș ș Ț ț', 'Привет', '日本語のレシート | 100', '日本語のレシートが長い長い長い長い長い |', '^日本', 'e\u0301 |', 'u\u0302\u0323x |', '가나다 | 1', 'Ａ１ | x', '\u00a0x |'],
};

const corpus = Object.entries(rows).flatMap(([name, list]) => list.map((markup, i) => ({ name: `${name} ${i + 1}`, markup })));
module.exports = { corpus };
