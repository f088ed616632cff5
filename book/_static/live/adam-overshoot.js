// Adam's two averages under a constant gradient, and the step that they make without correction.

import { axes, byPowers, clipped, handle, inside, legend, line, linear, logarithmic, marker } from "./axes.js";
import { number, panel, powerOfTen, powers, range, ticks, wholes } from "./axes.js";

const LAST = 1e4;
const GRID = range(0, 4, 161).map((power) => 10 ** power);

const start = { q1: 0.1, q2: 0.001, t: 3 };

const beta = (q) => number(1 - q, 5);
const controls = [
  { name: "q1", label: "1 − <i>β</i>₁", kind: "range", scale: byPowers(0.01, 1, 20), format: (q) => number(q) },
  { name: "q2", label: "1 − <i>β</i>₂", kind: "range", scale: byPowers(1e-4, 1, 20), format: (q) => number(q) },
  { name: "t", label: "step <i>t</i>", kind: "range", scale: wholes(1, LAST, 20), format: (t) => number(Math.round(t), 5) },
];

/** What the gradients have of an average after t steps: 1 − (1 − q)^t, without cancellation. */
const share = (q, t) => (q >= 1 ? 1 : -Math.expm1(t * Math.log1p(-q)));
const ratio = (q1, q2, t) => share(q1, t) / Math.sqrt(share(q2, t));

/** The first step that no later one exceeds; null where the steps grow for ever. */
function top(q1, q2) {
  if (q1 < 1 && q2 >= q1) return null;
  let t = 1;
  while (ratio(q1, q2, t + 1) > ratio(q1, q2, t)) t += 1;
  return t;
}

function compute({ q1, q2, t: position }) {
  const t = Math.round(position);
  const best = top(q1, q2);
  return {
    t,
    m: share(q1, t),
    root: Math.sqrt(share(q2, t)),
    ratio: ratio(q1, q2, t),
    top: best,
    highest: best === null ? null : ratio(q1, q2, best),
    shares: GRID.map((s) => share(q1, s)),
    roots: GRID.map((s) => Math.sqrt(share(q2, s))),
    ratios: GRID.map((s) => ratio(q1, q2, s)),
  };
}

const place = inside();
const T = logarithmic([1, LAST], place.across);
const PART = linear([0, 1.1], place.up);
const RATE = logarithmic([0.01, 100], place.up);
const across = { x: T, xTicks: powers(1, LAST), xName: "step _t_" };

function parts(values) {
  const along = (heights) => GRID.map((t, k) => [T(t), PART(heights[k])]);
  const here = T(values.t);
  return panel(
    axes({ ...across, y: PART, yTicks: ticks(0, 1, 5), yName: "share of the final value", form: plain }) +
      clipped(T, PART, line(along(values.shares), "blue") + line(along(values.roots), "red dash")) +
      line([[here, place.up[0]], [here, place.up[1]]], "green dot") +
      marker("square", here, PART(values.m), "blue", 4.5) +
      marker("diamond", here, PART(values.root), "red", 4) +
      legend([["line", "blue", "_m_"], ["line", "red dash", "root of _v_"]]),
  );
}

function steps(values) {
  const along = GRID.map((t, k) => [T(t), RATE(values.ratios[k])]);
  const best = values.top === null ? "" : marker("ring", T(values.top), RATE(values.highest), "ink", 6);
  const field = `<rect class="field" data-drag="t" x="${place.across[0]}" y="${place.up[1]}" width="${
    place.across[1] - place.across[0]
  }" height="${place.up[0] - place.up[1]}"/>`;
  return panel(
    axes({ ...across, y: RATE, yTicks: powers(0.01, 100), yName: "first steps, in learning rates", form: plain }) +
      clipped(T, RATE, line([[T(1), RATE(1)], [T(LAST), RATE(1)]], "faint wide") + line(along, "curve ink")) +
      best +
      legend([["line", "ink", "uncorrected"], ["line", "faint wide", "corrected"]]) +
      field +
      handle("t", T(values.t), RATE(values.ratio), "green"),
  );
}

const plain = (value) => (value >= 1000 ? powerOfTen(value) : number(value));
const draw = (values) => parts(values) + steps(values);

function describe(values, { q1, q2 }) {
  const averages = `With β₁ = ${beta(q1)} and β₂ = ${beta(q2)}, after ${values.t} ${values.t === 1 ? "step" : "steps"} `;
  const now = `m has ${number(values.m)} and the root of v ${number(values.root)} of its final value: the step is ${number(values.ratio)} learning rates long. `;
  const most =
    values.top === null
      ? "It never exceeds one learning rate."
      : `The longest step has number ${values.top} and ${number(values.highest)} learning rates.`;
  return averages + now + most;
}

const drag = ({ x }) => ({ t: Number(Math.min(LAST, Math.max(1, T.invert(x))).toPrecision(3)) });

/** Played, the steps go by, faster and faster. */
const tick = ({ t }, seconds) => (t >= LAST ? null : { t: Math.min(LAST, t * 10 ** (0.6 * seconds)) });

export default { title: "Adam without bias correction", start, controls, compute, draw, describe, drag, tick };
