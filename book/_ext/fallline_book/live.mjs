// Write a live figure as the page holds it, before any script runs: the build calls this with Node.
// In: one line of JSON, { folder, kind, name, alt, state: [[name, word], ...] }. Out: { html } or { error }.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { folder, kind, name, alt, state } = JSON.parse(readFileSync(0, "utf8"));
const load = (file) => import(pathToFileURL(`${folder}/${file}.js`));
const { complain, markup, restore } = await load("figure");
const { default: figure } = await load(kind);

/** Say what a figure lacks, or return nothing. */
function lacks() {
  if (!figure || !Object.keys(figure).length) return `${kind}.js exports nothing: end it with export default { ... }`;
  for (const part of ["compute", "draw", "describe"]) {
    if (typeof figure[part] !== "function") return `${kind}.js has no function ${part}`;
  }
  if (!figure.title || !figure.start || !figure.controls) return `${kind}.js lacks title, start or controls`;
  for (const control of figure.controls) {
    const place = `the control ${control.name} of ${kind}.js`;
    const { label, format, min, max, step, scale, options } = control;
    if (!label) return `${place} has no label`;
    if (!["range", "choice"].includes(control.kind)) return `${place} is neither a range nor a choice`;
    if (control.kind === "choice" && !options) return `${place} has no options`;
    if (control.kind === "range" && (!format || !(scale || [min, max, step].every(Number.isFinite)))) {
      return `${place} needs format, and min, max and step, or scale`;
    }
  }
  const names = figure.controls.map((control) => control.name);
  const odd = Object.keys(figure.start).concat(names).filter((key) => !(key in figure.start && names.includes(key)));
  return odd.length ? `start and controls of ${kind}.js do not agree on ${odd.join(", ")}` : undefined;
}

/** Say that something was shown that is no number, or return nothing. */
function nonsense(html) {
  const found = html.match(/\b(NaN|undefined|Infinity)\b/);
  return found ? `${kind}.js shows ${found[0]} in this state` : undefined;
}

let error = lacks() ?? complain(figure, state);
const html = error ? "" : markup(figure, kind, name, restore(figure, state), alt);
error ??= nonsense(html);
process.stdout.write(JSON.stringify({ html, error }));
