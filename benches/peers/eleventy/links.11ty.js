const quoted = (cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

exports.data = { permalink: "links/links.csv", eleventyExcludeFromCollections: true };

exports.render = function ({ placements }) {
  const rows = placements.flatMap((placement) => placement.rows);
  const lines = rows.map((row) => Object.values(row).map(quoted).join(","));
  return [Object.keys(rows[0]).join(","), ...lines, ""].join("\n");
};
