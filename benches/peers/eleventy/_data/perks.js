const { parse } = require("csv-parse/sync");
const fs = require("fs");

module.exports = () => parse(fs.readFileSync("partners/perks.csv"), { columns: true });
