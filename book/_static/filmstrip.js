// A filmstrip holds all its pictures in one sheet; the controls choose which of them is seen.

const NEAR = "300px"; // the sheet is fetched when the figure is this close to the window
const QUIET = 400; // milliseconds without a move after which the picture is described

function filmstrip(figure) {
  const view = figure.querySelector(".filmstrip-view");
  const still = view.querySelector("img");
  const panel = figure.querySelector(".filmstrip-controls");
  const controls = [...panel.querySelectorAll("select, input")];
  const says = figure.querySelector(".filmstrip-says");
  const link = figure.querySelector(".filmstrip-sheet");
  const facts = JSON.parse(figure.querySelector("script").textContent);
  const places = () => controls.map((c) => c.selectedIndex ?? Number(c.value));
  const frame = () => places().reduce((n, place, i) => n * facts.texts[i].length + place, 0);
  const pane = document.createElement("canvas");
  const sheet = new Image();
  let fetched = null;
  let moved = false;
  let timer = 0;

  function fetchSheet() {
    if (fetched) return;
    sheet.src = link.href;
    fetched = sheet.decode().then(
      () => {
        pane.className = "filmstrip-pane";
        pane.width = sheet.naturalWidth / facts.columns;
        pane.height = sheet.naturalHeight / Math.ceil(facts.says.length / facts.columns);
        pane.setAttribute("aria-hidden", "true"); // the words are those of the still
        view.append(pane);
        show();
      },
      () => (fetched = null), // the next move tries again; until then the still stays
    );
  }

  function show() {
    const n = frame();
    const { width, height } = pane;
    const [x, y] = [n % facts.columns, Math.floor(n / facts.columns)];
    if (pane.isConnected) {
      pane.getContext("2d").drawImage(sheet, x * width, y * height, width, height, 0, 0, width, height);
    }
    pane.hidden = !moved;
    still.alt = n === start ? alt : facts.says[n];
    controls.forEach((control, i) => {
      if (control.type !== "range") return;
      const text = facts.texts[i][control.value];
      control.setAttribute("aria-valuetext", text);
      panel.querySelector(`output[for="${control.id}"]`).textContent = text;
    });
  }

  function move() {
    moved = true;
    show();
    fetchSheet();
    clearTimeout(timer);
    timer = setTimeout(() => (says.textContent = facts.says[frame()]), QUIET);
  }

  const start = Number(figure.dataset.start);
  const alt = still.alt;
  panel.hidden = false;
  figure.classList.add("filmstrip-moves");
  panel.addEventListener("input", move);
  panel.addEventListener("pointerenter", fetchSheet);
  panel.addEventListener("focusin", fetchSheet);
  const watch = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watch.disconnect();
      fetchSheet();
    },
    { rootMargin: NEAR },
  );
  watch.observe(figure);
  show();
  if (frame() !== start) move(); // the browser may have kept the controls where they were
}

document.querySelectorAll("div.filmstrip").forEach(filmstrip);
