'use strict';
// The same calls as receipt-printer-encoder.js, with code pages chosen by the text.
module.exports = { make: require('./receipt-printer-encoder.js').maker('auto') };
