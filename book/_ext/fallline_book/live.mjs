// Write a live figure as the page holds it, before any script runs: the build calls this with Node.
// In: one line of JSON, { folder, kind, name, alt, state: [[name, word], ...] }. Out: { html } or { error }.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { folder, kind, name, alt, state } = JSON.parse(readFileSync(0, "utf8"));
const load = (file) => import(pathToFileURL(`${folder}/${file}.js`));
const { complain, markup, restore } = await load("figure");
const { default: figure } = await load(kind);
const error = complain(figure, state);
const html = error ? "" : markup(figure, kind, name, restore(figure, state), alt);
process.stdout.write(JSON.stringify({ html, error }));
