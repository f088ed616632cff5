// Sets formulas: a line of JSON comes in, a line of JSON goes out.
// The first argument is the path of KaTeX.
const katex = require(process.argv[2]);
const readline = require("node:readline");

const SIZES = [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.2, 1.44, 1.728, 2.074, 2.488];
const em = (length) => Number.parseFloat(length) || 0;
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

// Letters of a text are one part, which knows the width of its first letter only.
function letters({ text, width, italic }) {
  return text.length > 1 ? text.length * Math.max(width, 0.5) : width + italic;
}

// How wide a part is, in em of what it stands in; the browser knows it better, but later.
function width(part) {
  const classes = part.classes || [];
  const style = part.style || {};
  const has = (name) => classes.includes(name);
  if (has("llap") || has("rlap") || has("clap") || has("vlist-s") || has("katex-mathml")) return 0;
  const inner = (part.children || []).map(width);
  let own = has("vlist") || has("vlist-t") ? Math.max(0, ...inner) : sum(inner);
  own += part.text ? letters(part) : 0;
  own = Math.max(own, em(style.width), em(style.minWidth), has("nulldelimiter") ? 0.12 : 0);
  own += em(style.marginLeft) + em(style.marginRight) + em(style.paddingLeft);
  const [from, to] = ["reset-size", "size"].map((word) =>
    classes.find((name) => name.startsWith(word) && /\d$/.test(name)));
  return has("sizing") ? (own * SIZES[to.slice(4) - 1]) / SIZES[from.slice(10) - 1] : own;
}

// The widest part that a line cannot break.
function widest(part) {
  const classes = part.classes || [];
  if (classes.includes("katex-mathml")) return 0;
  if (classes.includes("base") || classes.includes("tag")) return width(part);
  return Math.max(0, ...(part.children || []).map(widest));
}

function set({ tex, options }) {
  try {
    const tree = katex.__renderToDomTree(tex, { ...options, macros: { ...options.macros } });
    return { html: tree.toMarkup(), width: widest(tree) };
  } catch (error) {
    return { error: error.message };
  }
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  process.stdout.write(JSON.stringify(set(JSON.parse(line))) + "\n");
});
