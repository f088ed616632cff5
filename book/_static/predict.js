/* A prediction before the experiment: the page works without this, as a list and a `details`. */

const KEPT = "Kept in this browser, sent nowhere.";
const LOST = "This browser keeps nothing for this page: a reload forgets your prediction.";
const CHOOSE = "Choose an answer first.";
const CLEARED = "Cleared: nothing is kept.";
const INSIDE = "details.misconception-experiment";

/* Storage may be blocked; then nothing is kept, and all the rest works. */
const storage = {
  read(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  write(key, value) {
    try {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, value);
      return true;
    } catch {
      return false;
    }
  },
};

function enhance(box) {
  const find = (selector) => box.querySelector(selector);
  const key = `fallline:prediction:${location.pathname}#${box.id}`;
  const radios = [...box.querySelectorAll("input[type=radio]")];
  const experiment = find(INSIDE);
  const predicted = find(".misconception-predicted");
  const status = find("[role=status]");
  const [commit, again] = ["commit", "again"].map((does) => find(`[data-does=${does}]`));
  const words = find(".misconception-words dl");
  const order = [...words.children];
  const stem = predicted.textContent;

  /* `value` is the key of the choice that is committed to, or null. */
  function show(value) {
    const chosen = radios.find((radio) => radio.value === value);
    const committed = Boolean(chosen);
    box.dataset.state = committed ? "committed" : "open";
    for (const radio of radios) {
      radio.checked = radio === chosen;
      radio.disabled = committed;
    }
    commit.hidden = committed;
    again.hidden = !committed;
    if (committed) experiment.open = true;
    predicted.hidden = !committed;
    predicted.textContent = stem;
    if (committed) predicted.append(chosen.nextElementSibling.cloneNode(true));
    const isMine = (word) => committed && word.dataset.choice === value;
    for (const word of order) word.querySelector("[data-for=yours]").hidden = !isMine(word);
    words.append(...order.filter(isMine), ...order.filter((word) => !isMine(word)));
    find("[data-for=all]").hidden = !committed;
    find("[data-for=undecided]").hidden = committed;
  }

  commit.addEventListener("click", () => {
    const chosen = radios.find((radio) => radio.checked);
    if (!chosen) {
      status.textContent = CHOOSE;
      radios[0].focus();
      return;
    }
    show(chosen.value);
    status.textContent = storage.write(key, chosen.value) ? KEPT : LOST;
    predicted.focus();
  });

  again.addEventListener("click", () => {
    storage.write(key, null);
    show(null);
    experiment.open = false;
    status.textContent = CLEARED;
    radios[0].focus();
  });

  const kept = storage.read(key);
  show(kept);
  if (box.dataset.state === "committed") status.textContent = KEPT;
}

/* A link to something inside an experiment opens it, from this page or another. */
function openFor(hash) {
  if (!hash) return;
  const target = document.getElementById(decodeURIComponent(hash.slice(1)));
  const closed = target?.closest(`${INSIDE}:not([open])`);
  if (!closed) return;
  closed.open = true;
  target.scrollIntoView();
}

document.querySelectorAll(".misconception").forEach(enhance);
openFor(location.hash);
addEventListener("hashchange", () => openFor(location.hash));
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (link && link.pathname === location.pathname) openFor(link.hash);
});

/* On paper everything is open. */
let closed = [];
addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll(`${INSIDE}:not([open])`)];
  for (const experiment of closed) experiment.open = true;
});
addEventListener("afterprint", () => {
  for (const experiment of closed) experiment.open = false;
});
