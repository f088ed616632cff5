// A live figure: one object, kept in the page by the code below.
//
//   title      what the figure is called by a screen reader
//   start      the state at first: a flat object of numbers and words
//   controls   [{ name, label, kind: "range", min, max, step, format }] or with `scale` (see axes.js)
//              in place of min, max, step; [{ name, label, kind: "choice", options: [[value, words]] }]
//   compute    (state) -> plain numbers; everything that is shown comes from here
//   draw       (values, state) -> one or more panels of SVG (see axes.js)
//   describe   (values, state) -> what is to be seen, in a sentence or two
//
// and where it is wanted
//
//   drag       ({ handle, panel, x, y }, state) -> what changes; `handle` is the mark's data-drag
//   tick       (state, seconds) -> what changes, or null at the end; there is a Play button then
//   paint      (context, values, state, { width, height, panels, colour }) draws thousands of things
//              on a canvas under the panels; a place (x, y) of panels[i] is at panels[i].x + scale * x
//              and so on; colour("blue") is the colour of the house, light or dark.
//              What `draw` marks with the class live-still is seen only where nothing is painted
//   table      (values, state) -> { caption, head, rows }: the same as a table of words
//
// All of them but `paint` are pure: the book's build and the tests call them without a page.

import { evenly, spoken } from "./axes.js";

const escape = (text) =>
  String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");

const track = ({ scale, min, max, step }) => scale ?? evenly(min, max, step);

/** Return the value that a word stands for, or undefined if the control has no such value. */
function read(control, word) {
  if (control.kind === "choice") return control.options.map(([value]) => value).find((value) => value === word);
  const value = Number(word);
  return String(word).trim() && Number.isFinite(value) ? track(control).clean(value) : undefined;
}

/** Return the state that pairs of name and word describe; what they leave out stays as it is. */
export function restore(figure, pairs, state = figure.start) {
  const words = new Map(pairs);
  const found = figure.controls
    .map((control) => [control.name, read(control, words.get(control.name) ?? "")])
    .filter(([, value]) => value !== undefined);
  return { ...state, ...Object.fromEntries(found) };
}

/** Say what is wrong with pairs of name and word that an author wrote, or return nothing. */
export function complain(figure, pairs) {
  for (const [name, word] of pairs) {
    const control = figure.controls.find((one) => one.name === name);
    if (!control) return `there is no ${name}: the state has ${figure.controls.map((c) => c.name).join(", ")}`;
    const value = read(control, word);
    if (control.kind === "choice" && value === undefined) {
      return `${name} cannot be ${word}: choose one of ${control.options.map(([v]) => v).join(", ")}`;
    }
    if (control.kind === "range" && value !== Number(word)) {
      const { value: at, min, max } = track(control);
      return `${name} cannot be ${word}: it is a number from ${at(min)} to ${at(max)}`;
    }
  }
  return undefined;
}

/** Return the end of an address that leads to this figure in this state. */
export function query(figure, state, name) {
  const pairs = figure.controls.map((control) => [control.name, state[control.name]]);
  return `?${new URLSearchParams(pairs)}#${name}`;
}

// --- the figure as text, as the build writes it into the page ---

function tabular({ caption, head, rows }) {
  const cells = (row) => row.map((cell, k) => (k ? `<td>${escape(cell)}</td>` : `<th scope="row">${escape(cell)}</th>`));
  return (
    `<caption>${escape(caption)}</caption><thead><tr>${head.map((word) => `<th scope="col">${escape(word)}</th>`).join("")}</tr></thead>` +
    `<tbody>${rows.map((row) => `<tr>${cells(row).join("")}</tr>`).join("")}</tbody>`
  );
}

function control(one, state, name) {
  const id = `${name}-${one.name}`;
  const value = state[one.name];
  if (one.kind === "choice") {
    const options = one.options.map(
      ([option, words]) =>
        `<label><input type="radio" autocomplete="off" name="${id}" value="${escape(option)}"` +
        `${option === value ? " checked" : ""}><span>${escape(words)}</span></label>`,
    );
    return `<fieldset class="live-choice"><legend>${one.label}</legend>${options.join("")}</fieldset>`;
  }
  const { min, max, step, position } = track(one);
  const words = one.format(value, state);
  return (
    `<div class="live-range"><label for="${id}">${one.label}</label>` +
    `<input type="range" autocomplete="off" id="${id}" min="${min}" max="${max}" step="${step}" ` +
    `value="${position(value)}" aria-valuetext="${escape(spoken(words))}">` +
    `<span class="live-value">${escape(words)}</span></div>`
  );
}

/** Return the whole figure: drawing, description and controls, which sleep until the script wakes them. */
export function markup(figure, kind, name, state, alt) {
  const values = figure.compute(state);
  const choices = figure.controls.filter((one) => one.kind === "choice");
  const ranges = figure.controls.filter((one) => one.kind === "range");
  const play = figure.tick ? '<button type="button" class="live-play">Play</button>' : "";
  return `<div class="live" role="group" aria-label="${escape(figure.title)}" data-live="${kind}" data-name="${name}" data-start="${escape(JSON.stringify(state))}">
<div class="live-drawing" role="img" aria-label="${escape(alt)}">${
    figure.paint ? '<canvas class="live-canvas"></canvas>' : ""
  }<div class="live-panels">${figure.draw(values, state)}</div></div>
<p class="live-words" aria-live="polite">${escape(figure.describe(values, state))}</p>${
    figure.table ? `\n<table class="table live-table">${tabular(figure.table(values, state))}</table>` : ""
  }
<fieldset class="live-controls" disabled>
${choices.map((one) => control(one, state, name)).join("\n")}
<div class="live-ranges">
${ranges.map((one) => control(one, state, name)).join("\n")}
</div>
<div class="live-buttons">${play}<button type="button" class="live-reset">Reset</button><button type="button" class="live-link">Copy link</button><span class="live-note" role="status"></span></div>
</fieldset>
</div>`;
}

// --- the figure in the page ---

const PATIENCE = 400; // milliseconds between two descriptions, so that a voice can follow

/** Wake a figure that `markup` has written: from here on it answers to the reader. */
export function mount(figure, root, address = window.location) {
  const find = (selector) => root.querySelector(selector);
  const [drawing, words] = [".live-drawing", ".live-words"].map(find);
  let panels = find(".live-panels");
  const name = root.dataset.name;
  const first = JSON.parse(root.dataset.start);
  const still = drawing.getAttribute("aria-label");
  let state = first;
  let frame = 0;
  let waiting = 0;
  let dragged = null;
  let playing = 0;

  const inputs = figure.controls.map((one) => [
    one,
    [...root.querySelectorAll(one.kind === "choice" ? `[name="${name}-${one.name}"]` : `[id="${name}-${one.name}"]`)],
  ]);

  function show() {
    frame = 0;
    const values = figure.compute(state);
    panels.innerHTML = figure.draw(values, state);
    if (figure.paint) paint(values);
    for (const [one, fields] of inputs) {
      const value = state[one.name];
      if (one.kind === "choice") {
        for (const field of fields) field.checked = field.value === value;
      } else {
        const [field] = fields;
        const text = one.format(value, state);
        field.value = track(one).position(value);
        field.setAttribute("aria-valuetext", spoken(text));
        field.nextElementSibling.textContent = text;
      }
    }
    waiting ||= setTimeout(speak, PATIENCE);
  }

  function speak() {
    waiting = 0;
    const values = figure.compute(state);
    words.textContent = figure.describe(values, state);
    if (figure.table) find(".live-table").innerHTML = tabular(figure.table(values, state));
    drawing.setAttribute("aria-label", state === first ? still : `Moved since. It began so: ${still}`);
  }

  function set(change) {
    state = { ...state, ...change };
    for (const one of figure.controls) {
      if (one.kind === "range") state[one.name] = track(one).clean(state[one.name]);
    }
    frame ||= requestAnimationFrame(show);
  }

  function paint(values) {
    const canvas = find(".live-canvas");
    const { left, top, width, height } = drawing.getBoundingClientRect();
    const places = [...panels.querySelectorAll(".live-panel")].map((svg) => {
      const matrix = svg.getScreenCTM();
      return { x: matrix.e - left, y: matrix.f - top, scale: matrix.a };
    });
    const dense = window.devicePixelRatio || 1;
    canvas.width = width * dense;
    canvas.height = height * dense;
    const context = canvas.getContext("2d");
    context.scale(dense, dense);
    const style = getComputedStyle(root);
    const colour = (word) => style.getPropertyValue(`--live-${word}`).trim();
    figure.paint(context, values, state, { width, height, panels: places, colour });
  }

  for (const [one, fields] of inputs) {
    for (const field of fields) {
      // A finger that came to scroll the page has touched the slider, and moved nothing.
      let before = state;
      field.addEventListener("pointerdown", () => (before = state));
      field.addEventListener("pointercancel", () => set(before));
      field.addEventListener("input", () => {
        stop();
        set({ [one.name]: one.kind === "choice" ? field.value : track(one).value(Number(field.value)) });
      });
    }
  }

  // A mark is dragged by mouse, pen or finger. A browser forgets a finger whose mark leaves the
  // page, and marks are drawn afresh all the time: so the touched ones stay, unseen, to the end.
  function drag(event) {
    const { handle, index, offset } = dragged;
    const matrix = panels.querySelectorAll(".live-panel")[index].getScreenCTM().inverse();
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
    const change = figure.drag({ handle, panel: index, x: at.x + offset.x, y: at.y + offset.y }, state);
    set(change);
  }
  drawing.addEventListener("pointerdown", (event) => {
    const mark = event.target.closest("[data-drag]");
    if (!mark || event.button || !figure.drag || dragged) return;
    event.preventDefault();
    stop();
    const svg = mark.closest(".live-panel");
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    const centre = ["cx", "cy"].map((key) => mark.getAttribute(key));
    const offset = centre[0] === null ? { x: 0, y: 0 } : { x: centre[0] - at.x, y: centre[1] - at.y };
    const index = [...panels.querySelectorAll(".live-panel")].indexOf(svg);
    dragged = { pointer: event.pointerId, handle: mark.dataset.drag, index, offset, before: state };
    drawing.setPointerCapture(event.pointerId);
    const touched = panels;
    panels = touched.cloneNode(true);
    touched.before(panels);
    touched.className = "live-touched";
    root.classList.add("dragging");
    drag(event);
  });
  // A finger on a mark does not scroll; elsewhere on the drawing it may, up and down.
  const hold = (event) => event.target.closest(".grip") && event.preventDefault();
  drawing.addEventListener("touchstart", hold, { passive: false });
  drawing.addEventListener("pointermove", (event) => {
    if (dragged?.pointer === event.pointerId) drag(event);
  });
  for (const kind of ["pointerup", "pointercancel"]) {
    drawing.addEventListener(kind, (event) => {
      if (dragged?.pointer !== event.pointerId) return;
      // A finger that turned out to scroll the page has not moved anything.
      if (kind === "pointercancel") set(dragged.before);
      dragged = null;
      find(".live-touched").remove();
      root.classList.remove("dragging");
    });
  }

  const button = find(".live-play");
  function stop() {
    cancelAnimationFrame(playing);
    playing = 0;
    words.setAttribute("aria-live", "polite");
    if (button) button.textContent = "Play";
  }
  // At its end a figure is played again from the start of what moves; the rest stays as it is.
  function rewind() {
    const moving = Object.keys(figure.tick(first, 0) ?? {});
    set(Object.fromEntries(moving.map((key) => [key, first[key]])));
  }
  function play() {
    if (figure.tick(state, 0) === null) rewind();
    let last = performance.now();
    const advance = (now) => {
      const change = figure.tick(state, Math.min(0.1, (now - last) / 1000));
      last = now;
      if (change === null) return stop();
      set(change);
      playing = requestAnimationFrame(advance);
    };
    words.setAttribute("aria-live", "off");
    button.textContent = "Pause";
    playing = requestAnimationFrame(advance);
  }
  button?.addEventListener("click", () => (playing ? stop() : play()));

  const note = find(".live-note");
  let silence;
  function say(text) {
    clearTimeout(silence); // of what was said before
    note.textContent = text;
    silence = setTimeout(() => (note.textContent = ""), 4000);
  }
  find(".live-reset").addEventListener("click", () => {
    stop();
    state = first;
    frame ||= requestAnimationFrame(show);
    say("Back at the start.");
  });
  find(".live-link").addEventListener("click", async () => {
    const link = new URL(query(figure, state, name), address.href.split(/[?#]/)[0]).href;
    try {
      await navigator.clipboard.writeText(link);
      say("Link copied: it keeps this state.");
    } catch {
      history.replaceState(null, "", link);
      say("The link is in the address bar now.");
    }
  });

  find(".live-controls").disabled = false;
  if (address.hash === `#${name}`) state = restore(figure, new URLSearchParams(address.search), first);
  if (state !== first && JSON.stringify(state) !== JSON.stringify(first)) show();
  else state = first;
  if (figure.paint) {
    show();
    new ResizeObserver(show).observe(drawing);
    new MutationObserver(show).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  }
  root.classList.add("awake");
}
