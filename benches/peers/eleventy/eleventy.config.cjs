// What Eleventy is set up with: dates and money as the templates want them, and nothing else.
const { DateTime } = require("luxon");

const zone = "America/New_York";
const known = new Map();

function date(text, pattern) {
  const key = text + pattern;
  if (!known.has(key)) {
    known.set(key, DateTime.fromISO(text, { zone, locale: "en-US" }).toFormat(pattern));
  }
  return known.get(key);
}

module.exports = function (config) {
  config.addFilter("money", (amount) => "$" + amount.replace(/\.00$/, ""));
  config.addFilter("day", (text) => date(text, "LLLL d, yyyy"));
  config.addFilter("long_date", (text) => date(text, "LLLL d, yyyy, h:mm a ZZZZ"));
  config.addFilter("short_date", (text) => date(text, "LLLL d, h:mm a ZZZZ"));
  return { dir: { input: ".", data: "_data", includes: "_includes" } };
};
