/* The search page: signs are searched by their names, formulas appear once, and nothing found helps. */

const SIGNS = {
  "∇": "nabla", "∂": "partial", "∫": "int", "∑": "sum", "∏": "prod", "√": "sqrt", "∞": "infty",
  "‖": "norm", "≤": "le", "≥": "ge", "≠": "ne", "≈": "approx", "→": "to", "·": "cdot", "⊙": "odot",
  "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "η": "eta",
  "θ": "theta", "κ": "kappa", "λ": "lambda", "μ": "mu", "ρ": "rho", "σ": "sigma", "φ": "varphi",
};
const UNREAD = ".katex-html, annotation, .onlyprint, header, footer, nav, button, .d-print-none";

/* A query whose signs are written as in a formula's source, which is what the index holds. */
export function named(query) {
  return query.replace(/[^\x00-\x7F]/g, (sign) => (SIGNS[sign] ? ` ${SIGNS[sign]} ` : sign)).trim();
}

function help() {
  const words = document.createElement("p");
  words.className = "search-help";
  words.append(
    "Try one word instead of several, a function’s name such as ",
    Object.assign(document.createElement("code"), { textContent: "secant_slope" }),
    ", or a term in English.",
  );
  return words;
}

function main() {
  const parse = Search._parseQuery;
  Search._parseQuery = (query) => parse(named(query));
  const read = Search.htmlToText;
  Search.htmlToText = (html, anchor) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    page.querySelectorAll(UNREAD).forEach((part) => part.remove());
    return read(page.documentElement.outerHTML, anchor);
  };
  const query = new URLSearchParams(location.search).get("q")?.trim();
  if (query) document.title = `${query} · ${document.title}`;
  const results = document.getElementById("search-results");
  results.setAttribute("aria-live", "polite");
  new MutationObserver(() => {
    const summary = results.querySelector(".search-summary");
    const nothing = summary?.textContent && !results.querySelector("ul.search > li");
    const shown = results.querySelector(".search-help");
    if (nothing && !shown) summary.after(help());
    else if (!nothing && shown) shown.remove();
  }).observe(results, { childList: true, subtree: true, characterData: true });
}

if (globalThis.document?.getElementById("search-results")) main();
