// Ask the live figures what they compute, say and draw: the tests call this with Node.
// In: { folder, jobs: [[kind, state, "draw" where a drawing is wanted]] }. Out: an answer for each.
// A state of null asks for the shape of the figure.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { folder, jobs } = JSON.parse(readFileSync(0, "utf8"));
const load = (file) => import(pathToFileURL(`${folder}/${file}.js`));
const { evenly, contour, number, range, sample, spoken, ticks } = await load("axes");
const { complain, query, restore } = await load("figure");

function shape(figure) {
  const track = ({ scale, min, max, step }) => scale ?? evenly(min, max, step);
  const controls = figure.controls.map((control) => {
    if (control.kind === "choice") return { ...control, values: control.options.map(([value]) => value) };
    const { min, max, step, position, value, clean } = track(control);
    const places = Array.from({ length: Math.round((max - min) / step) + 1 }, (_, k) => min + k * step);
    const values = places.map(value);
    return { ...control, places, values, back: values.map(position), kept: values.map(clean) };
  });
  const kinds = Object.fromEntries(Object.entries(figure).map(([key, value]) => [key, typeof value]));
  return { ...figure, controls, kinds };
}

const special = {
  "a circle": () => {
    const grid = range(-2, 2, 41);
    return contour(sample((x, y) => x * x + y * y, grid, grid), 1.5);
  },
  "a saddle": () => {
    const grid = range(-1, 1, 12);
    return contour(sample((x, y) => x * y, grid, grid), 0);
  },
  numbers: (state) => state.map((value) => [number(value), spoken(number(value))]),
  ticks: (state) => state.map(([low, high, count]) => ticks(low, high, count)),
  restore: async ({ kind, pairs }) => {
    const { default: figure } = await load(kind);
    const state = restore(figure, pairs);
    return { state, again: query(figure, state, "fig-x"), error: complain(figure, pairs) ?? null };
  },
};

const answers = [];
for (const [kind, state, wish] of jobs) {
  if (special[kind]) {
    answers.push(await special[kind](state));
    continue;
  }
  const { default: figure } = await load(kind);
  if (state === null) {
    answers.push(shape(figure));
    continue;
  }
  const before = JSON.stringify(state);
  const values = figure.compute(state);
  const answer = { values, words: figure.describe(values, state) };
  if (wish === "draw") answer.drawing = figure.draw(values, state);
  answer.next = figure.tick ? figure.tick(state, 0.05) : null;
  answer.pure = before === JSON.stringify(state) && JSON.stringify(values) === JSON.stringify(figure.compute(state));
  answers.push(answer);
}
process.stdout.write(JSON.stringify(answers));
