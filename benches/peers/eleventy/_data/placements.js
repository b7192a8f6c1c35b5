// Joins the tables and makes the five links of each offer, once for all templates.
const { parse } = require("csv-parse/sync");
const fs = require("fs");

// Channel, asset, source, medium, whether it leads to our page.
const channels = [
  ["email", "mail", "newsletter", "email", true],
  ["landing", "page", "northwind", "referral", false],
  ["sms", "text", "text-club", "sms", true],
  ["push", "notice", "northwind-app", "push", true],
  ["affiliate", "feed", "publisher-feed", "affiliate", false],
];

const table = (name) => parse(fs.readFileSync(`partners/${name}.csv`), { columns: true });

function rowsOf(partner, offer) {
  return channels.map(([channel, asset, utm_source, utm_medium, ours]) => {
    const slot = asset === "mail" ? partner.partner_id : offer.offer_id;
    const values = {
      utm_id: "bench",
      utm_source,
      utm_medium,
      utm_campaign: "2026-winter-partners",
      utm_content: `${asset}.${slot}.${offer.offer_id}.a`,
    };
    const pairs = Object.entries(values).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    if (!ours && partner.subid_param) pairs.push(`${partner.subid_param}=${offer.offer_id}`);
    const destination = ours
      ? `https://rewards.northwind.example/bench/${offer.offer_id}`
      : partner.landing_base + offer.landing_path;
    return {
      link_id: `bench.${asset}.${slot}.a.cta`,
      channel,
      asset,
      slot,
      partner: partner.partner_id,
      offer: offer.offer_id,
      destination,
      url: destination + (destination.includes("?") ? "&" : "?") + pairs.join("&"),
      ...values,
    };
  });
}

module.exports = function () {
  const partners = new Map(table("partners").map((row) => [row.partner_id, row]));
  return table("offers").map((offer) => {
    const partner = partners.get(offer.partner_id);
    const rows = rowsOf(partner, offer);
    const links = Object.fromEntries(rows.map((row) => [row.asset, row.url]));
    return { offer, partner, rows, links };
  });
};
