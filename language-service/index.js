// tsserver finds plugins without looking at "exports", and requires a function: this hands it the one of
// transformer/hosts/language-service.ts.
module.exports = require('../dist/transformer/hosts/language-service.js').default;
