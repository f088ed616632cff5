// Gradients of batches at one point, and the ball in which a walk with such gradients stays.

import { arrow, axes, byPowers, clipped, handle, inside, legend, line, linear } from "./axes.js";
import { marker, number, panel, range } from "./axes.js";

const REACH = 3; // of the left panel
const WIDE = 4; // of the right one
const EXAMPLES = 240;
const ARROWS = 60;
const STEPS = 400;
const LATE = 100; // the walk is in its ball from here on, with the rate of the start and above
const CURVES = [1, 2];
const SPREAD = 1.5; // standard deviation of the examples' minima along each axis
const SCALE = 0.3; // an arrow is so much of the step down, −g
const FIRST = [3, 2.5]; // where the walk begins
const SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 240];

/** A small generator of random numbers (mulberry32), so that every reader sees the same. */
function randomness(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** The examples' minima: normal, shifted and stretched until mean and variance are exact. */
function minima() {
  const next = randomness(10);
  const along = () => {
    const raw = range(1, EXAMPLES, EXAMPLES).map(() => {
      const size = Math.sqrt(-2 * Math.log(1 - next()));
      return size * Math.cos(2 * Math.PI * next());
    });
    const mean = raw.reduce((sum, value) => sum + value, 0) / EXAMPLES;
    const spread = Math.sqrt(raw.reduce((sum, value) => sum + (value - mean) ** 2, 0) / EXAMPLES);
    return raw.map((value) => (SPREAD * (value - mean)) / spread);
  };
  const [across, up] = [along(), along()];
  return across.map((value, i) => [value, up[i]]);
}

// Example i has the loss ½ (x − a)² + (y − b)²: wherever w is, its gradient is that of the mean
// loss ½ x² + y² and a noise of its own, (−a, −2b).
const NOISE = minima().map((place) => place.map((value, j) => -CURVES[j] * value));
const VARIANCE = [0, 1].map((j) => NOISE.reduce((sum, noise) => sum + noise[j] ** 2, 0) / EXAMPLES);
const S = VARIANCE[0] + VARIANCE[1];

/** A slider through the batch sizes. */
const sizes = {
  min: 0,
  max: SIZES.length - 1,
  step: 1,
  value: (k) => SIZES[k],
  position: (B) => SIZES.indexOf(sizes.clean(B)),
  clean: (B) => SIZES.reduce((best, size) => (Math.abs(size - B) < Math.abs(best - B) ? size : best)),
};

const start = { draw: "with", B: 1, lr: 0.1, t: 200, x: 1.8, y: 1.2 };

const controls = [
  {
    name: "draw",
    label: "a batch is drawn",
    kind: "choice",
    options: [
      ["with", "with replacement"],
      ["without", "without"],
    ],
  },
  { name: "B", label: "batch size <i>B</i>", kind: "range", scale: sizes, format: (B) => number(B) },
  { name: "lr", label: "rate <i>η</i>", kind: "range", scale: byPowers(0.01, 0.6, 40), format: (lr) => number(lr) },
  { name: "t", label: "steps of the walk", kind: "range", min: 0, max: STEPS, step: 5, format: (t) => number(t) },
  { name: "x", label: "point <i>x</i>", kind: "range", min: -2.5, max: 2.5, step: 0.1, format: (x) => number(x) },
  { name: "y", label: "point <i>y</i>", kind: "range", min: -2.5, max: 2.5, step: 0.1, format: (y) => number(y) },
];

/** Noises of batch after batch: the mean over B examples, drawn with or without replacement. */
function batches(count, B, draw, seed) {
  const next = randomness(seed);
  const deck = NOISE.map((noise, i) => i);
  return Array.from({ length: count }, () => {
    let [p, q] = [0, 0];
    for (let k = 0; k < B; k++) {
      const from = draw === "with" ? 0 : k;
      const at = from + Math.floor(next() * (EXAMPLES - from));
      const i = deck[at];
      if (draw === "without") [deck[at], deck[k]] = [deck[k], deck[at]];
      p += NOISE[i][0];
      q += NOISE[i][1];
    }
    return [p / B, q / B];
  });
}

function compute({ draw, B, lr, t, x, y }) {
  const full = [CURVES[0] * x, CURVES[1] * y];
  const arrows = batches(ARROWS, B, draw, 1).map(([p, q]) => [full[0] + p, full[1] + q]);
  const path = [FIRST];
  for (const noise of batches(STEPS, B, draw, 2)) {
    const w = path[path.length - 1];
    path.push([0, 1].map((j) => w[j] - lr * (CURVES[j] * w[j] + noise[j])));
  }
  const share = draw === "with" ? 1 / B : (EXAMPLES - B) / (EXAMPLES - 1) / B;
  const late = path.slice(LATE);
  return {
    full,
    S,
    variance: S * share,
    arrows,
    path: path.slice(0, t + 1),
    floor: [0, 1].map((j) => (lr * VARIANCE[j] * share) / (CURVES[j] * (2 - lr * CURVES[j]))),
    measured: late.reduce((sum, [u, v]) => sum + u * u + v * v, 0) / late.length,
  };
}

const place = inside(360, 350);
const square = (reach) => [linear([-reach, reach], place.across), linear([-reach, reach], place.up)];
const [X, Y] = square(REACH);
const [U, V] = square(WIDE);

function cloud({ full, arrows }, { x, y }) {
  const tip = ([p, q]) => [X(x - SCALE * p), Y(y - SCALE * q)];
  const from = [X(x), Y(y)];
  const at = [-3, -2, -1, 0, 1, 2, 3];
  const grid = { x: X, y: Y, xTicks: at, yTicks: at, xName: "_x_", yName: "_y_; arrows are steps down, −_g_, scaled" };
  const marks = [
    arrows.map((g) => arrow(from, tip(g), "faint")).join(""),
    marker("diamond", X(0), Y(0), "green", 5),
    arrow(from, tip(full), "red"),
  ];
  const words = [["line", "grey", "of a batch"], ["line", "red", "of all"]];
  return panel(axes(grid) + legend(words) + clipped(X, Y, marks.join("")) + handle("w", X(x), Y(y), "blue"), 360, 350);
}

function ball({ path, floor }, { t }) {
  const at = [-4, -2, 0, 2, 4];
  const grid = { x: U, y: V, xTicks: at, yTicks: at, xName: "_x_", yName: `_y_; the walk after ${t} steps` };
  const [a, b] = floor.map((square) => 2 * Math.sqrt(square));
  const ring = range(0, 2 * Math.PI, 73).map((angle) => [U(a * Math.cos(angle)), V(b * Math.sin(angle))]);
  const dots = path.map(([x, y]) => [U(x), V(y)]);
  const marks = [
    line(dots.slice(-30), "blue thin"),
    dots.map(([x, y]) => marker("dot", x, y, "blue", 1.8)).join(""),
    marker("diamond", U(0), V(0), "green", 5),
    line(ring, "red dash"),
    marker("dot", ...dots[dots.length - 1], "ink", 4.5),
  ];
  const words = [["dot", "blue", "walk"], ["line", "red dash", "predicted ball"]];
  return panel(axes(grid) + legend(words) + clipped(U, V, marks.join("")), 360, 350);
}

const draw = (values, state) => cloud(values, state) + ball(values, state);

function describe({ full, variance, floor, measured, path }, { draw: way, B, lr, t, x, y }) {
  const length = Math.hypot(...full);
  const [u, v] = path[path.length - 1];
  return [
    `Batches of ${B}, drawn ${way} replacement.`,
    `At (${number(x)}, ${number(y)}) the full gradient is ${number(length)} long, and the root mean square of the noise is ${number(Math.sqrt(variance))}.`,
    `With rate ${number(lr)} the mean square distance from the minimum is predicted to settle at ${number(floor[0] + floor[1])}; from step ${LATE} to ${STEPS} of this walk it is ${number(measured)}.`,
    `After ${t} steps the walk is at (${number(u)}, ${number(v)}).`,
  ].join(" ");
}

const drag = ({ x, y }) => ({ x: X.invert(x), y: Y.invert(y) });

/** Played, the walk goes on. */
const tick = ({ t }, seconds) => (t >= STEPS ? null : { t: Math.min(STEPS, t + Math.max(1, Math.round(40 * seconds))) });

export default { title: "The noise of batches, and the ball it leads to", start, controls, compute, draw, describe, drag, tick };
