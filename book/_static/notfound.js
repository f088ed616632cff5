/* The page for a wrong address: says which one it was, and which pages have a similar name. */

/* How many letters to add, drop or change to turn one word into the other. */
export function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] !== b[j - 1]));
    }
    row = next;
  }
  return row[b.length];
}

/* The last name of an address, without its ending: "/book/Derivative.html" gives "derivative". */
export function stem(path) {
  const names = path.split("/").filter(Boolean);
  return (names.at(-1) ?? "").replace(/\.[a-z0-9]+$/i, "").toLowerCase();
}

/* The pages whose names are close to a wrong one, the closest first, three at most. */
export function nearest(wrong, pages) {
  const word = stem(wrong);
  if (!word) return [];
  const scored = pages.map((page) => {
    const own = stem(page.path);
    if (own === word) return { page, score: 0 };
    const words = page.title.toLowerCase().match(/[\p{L}\p{N}]{4,}/gu) ?? [];
    const scores = [own, ...words].map((name) => {
      const begins = word.length > 3 && (name.startsWith(word) || word.startsWith(name));
      return begins ? 0.2 : distance(word, name) / Math.max(word.length, name.length);
    });
    return { page, score: Math.min(...scores) };
  });
  return scored
    .filter(({ score }) => score <= 0.4)
    .sort((a, b) => a.score - b.score)
    .slice(0, 3)
    .map(({ page }) => page);
}

function readable(path) {
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // no text in any encoding that a browser knows
  }
}

function main() {
  const asked = readable(location.pathname);
  const line = document.querySelector("[data-asked]");
  line.querySelector("code").textContent = asked;
  line.hidden = false;
  const pages = [...document.querySelectorAll("a[data-page]")].map((link) => ({
    link,
    path: link.pathname,
    title: link.textContent,
  }));
  const box = document.querySelector("[data-nearest]");
  for (const { link } of nearest(asked, pages)) {
    const item = document.createElement("li");
    item.append(link.cloneNode(true));
    box.querySelector("ul").append(item);
    box.hidden = false;
  }
}

if (globalThis.document?.querySelector("[data-asked]")) main();
