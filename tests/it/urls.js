// Reads URLs as browsers do. In: a list of URLs. Out: for each its text and its pairs, or null.

const chunks = [];
process.stdin.on("data", (chunk) => chunks.push(chunk));
process.stdin.on("end", () => {
  const urls = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  const read = (text) => {
    if (!URL.canParse(text)) {
      return null;
    }
    const url = new URL(text);
    return { text: url.href, fragment: url.hash, pairs: [...url.searchParams] };
  };
  process.stdout.write(JSON.stringify(urls.map(read)));
});
