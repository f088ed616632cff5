// A direction that turns on a contour map, the slope along it, and the steepest step of three norms.

import { arrow, axes, clipped, contour, evenly, handle, inside, label, legend, line, linear } from "./axes.js";
import { lines, marker, number, panel, range, sample, shape, ticks } from "./axes.js";

const REACH = 7.5;
const SCALE = 2; // steps and balls are drawn at twice their size
const GRID = range(-REACH, REACH, 76);

const FUNCTIONS = {
  saddle: {
    name: "y² − x²",
    f: (x, y) => (-2 * x * x + 2 * y * y) / 2,
    gradient: (x, y) => [-2 * x, 2 * y],
    levels: [-30, -20, -12, -6, -2, 2, 6, 12, 20, 30],
  },
  bowl: {
    name: "½(x² + 4y²)",
    f: (x, y) => (x * x + 4 * y * y) / 2,
    gradient: (x, y) => [x, 4 * y],
    levels: [1, 4, 9, 16, 25, 36, 49, 64, 81],
  },
  himmelblau: {
    name: "Himmelblau",
    f: (x, y) => (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2,
    gradient: (x, y) => {
      const [p, q] = [x * x + y - 11, x + y * y - 7];
      return [4 * x * p + 2 * q, 2 * p + 4 * y * q];
    },
    levels: [5, 20, 50, 90, 140, 200, 300, 450, 700, 1100],
  },
};
const NORMS = { l2: "ℓ₂", l1: "ℓ₁", linf: "ℓ∞" };

const start = { f: "saddle", norm: "l2", angle: 90, x: 3, y: 4 };

const controls = [
  {
    name: "f",
    label: "function <i>f</i>",
    kind: "choice",
    options: Object.entries(FUNCTIONS).map(([key, { name }]) => [key, name]),
  },
  { name: "norm", label: "length measured by", kind: "choice", options: Object.entries(NORMS) },
  { name: "angle", label: "direction", kind: "range", min: 0, max: 360, step: 1, format: (a) => `${number(a, 4)}°` },
  { name: "x", label: "point <i>x</i>", kind: "range", min: -5, max: 5, step: 0.05, format: (x) => number(x) },
  { name: "y", label: "point <i>y</i>", kind: "range", min: -5, max: 5, step: 0.05, format: (y) => number(y) },
];

const size = ([u, v], norm) => {
  const [a, b] = [Math.abs(u), Math.abs(v)];
  return norm === "l1" ? a + b : norm === "linf" ? Math.max(a, b) : Math.hypot(a, b);
};

/** The step of norm 1 in a direction; the axes are hit exactly. */
function unit(degrees, norm) {
  const turn = ((degrees % 360) + 360) % 360;
  const exact = { 0: [1, 0], 90: [0, 1], 180: [-1, 0], 270: [0, -1] }[turn];
  const u = exact ?? [Math.cos((turn * Math.PI) / 180), Math.sin((turn * Math.PI) / 180)];
  const length = size(u, norm);
  return [u[0] / length, u[1] / length];
}

/** The step of norm 1 that goes down fastest, as `steepest_direction` of the library gives it. */
function steepest([g, k], norm) {
  const length = Math.hypot(g, k);
  if (length === 0) return [0, 0];
  const signs = [0 - Math.sign(g), 0 - Math.sign(k)];
  if (norm === "l2") return [0 - g / length, 0 - k / length];
  if (norm === "linf") return signs;
  return Math.abs(g) >= Math.abs(k) ? [signs[0], 0] : [0, signs[1]];
}

const dot = ([a, b], [c, d]) => a * c + b * d;

function compute({ f, norm, angle, x, y }) {
  const { f: height, gradient } = FUNCTIONS[f];
  const g = gradient(x, y);
  const u = unit(angle, norm);
  const down = steepest(g, norm);
  return {
    height: height(x, y),
    gradient: g,
    size: Math.hypot(...g),
    step: u,
    slope: dot(g, u),
    steepest: down,
    drop: dot(g, down),
  };
}

const [WIDTH, HEIGHT] = [360, 368];
const X = linear([-REACH, REACH], [58, 336]);
const Y = linear([-REACH, REACH], [326, 48]);
const ROUND = linear([0, 360], inside(WIDTH, HEIGHT).across);

const maps = new Map(); // the level sets of a function never change: they are found once

function levelSets(f) {
  if (!maps.has(f)) {
    const { f: height, levels } = FUNCTIONS[f];
    const grid = sample(height, GRID, GRID);
    maps.set(f, { grid, sets: levels.map((level) => [level, contour(grid, level).map(inPlace)]) });
  }
  return maps.get(f);
}

const inPlace = (points) => points.map(([x, y]) => [X(x), Y(y)]);

/** The edge of the ball of norm 1. */
function ball(norm) {
  const angles = norm === "l2" ? range(0, 354, 60) : norm === "l1" ? [0, 90, 180, 270] : [45, 135, 225, 315];
  return angles.map((angle) => unit(angle, norm));
}

function map(values, { f, norm, x, y }) {
  const { sets, grid } = levelSets(f);
  const higher = sets.filter(([level]) => level > values.height).flatMap(([, set]) => set);
  const lower = sets.filter(([level]) => level <= values.height).flatMap(([, set]) => set);
  const here = contour(grid, values.height).map(inPlace);
  const off = ([u, v], factor = SCALE) => [X(x + factor * u), Y(y + factor * v)];
  const { gradient: g, step, steepest: down, slope } = values;
  const uphill = values.size ? [g[0] / values.size, g[1] / values.size] : [0, 0];
  const tip = off(step);
  const marks = [
    lines(higher, "faint"),
    lines(lower, "faint thin-dash"),
    lines(here, "ink thin"),
    shape(ball(norm).map((u) => off(u)), "ball blue"),
    arrow(off([0, 0]), off(uphill, 1.3 * SCALE), "grey"),
    values.size ? marker("down", ...off(down), "green", 6) : "",
    arrow(off([0, 0]), tip, slope < 0 ? "blue dash" : "red"),
  ];
  const name = nameOf(off(uphill, 1.3 * SCALE + 0.6), off(uphill, 0.6 * SCALE), uphill, step);
  const steps = [
    ["line", slope < 0 ? "blue dash" : "red", slope < 0 ? "down" : slope > 0 ? "up" : "level"],
    ["line", "grey", "gradient"],
    ["down", "green", "steepest"],
  ];
  return panel(
    [
      axes({
        x: X,
        y: Y,
        xTicks: [-6, -3, 0, 3, 6],
        yTicks: [-6, -3, 0, 3, 6],
        xName: "_x_",
        yName: "_y_",
      }),
      clipped(X, Y, marks.join("") + (values.size ? label(name[0], name[1] + 4, "∇_f_", "grey", "middle") : "")),
      label(336, 12, "steps of norm 1, drawn twice as long", "name", "end"),
      legend(steps, [58, 136, 252], 31),
      handle("angle", ...within(tip), `${slope < 0 ? "blue" : "red"} bare`),
      handle("point", X(x), Y(y), "ink"),
    ].join(""),
    WIDTH,
    HEIGHT,
  );
}

/** The gradient's name: before its tip, or beside its shaft where the tip is near the frame. */
function nameOf(before, shaft, [u, v], step) {
  const [left, right] = X.range;
  const [bottom, top] = Y.range;
  const [x, y] = before;
  if (x > left + 12 && x < right - 12 && y > top + 12 && y < bottom - 8) return before;
  const side = u * step[1] - v * step[0] > 0 ? 1 : -1; // away from the arrow of the direction
  return [shaft[0] + 17 * side * v, shaft[1] + 17 * side * u];
}

/** A grip stays in reach where the arrow leaves the map. */
function within([x, y]) {
  const [left, right] = X.range;
  const [bottom, top] = Y.range;
  return [Math.min(right, Math.max(left, x)), Math.min(bottom, Math.max(top, y))];
}

const angleOf = ([u, v]) => (((Math.atan2(v, u) * 180) / Math.PI) % 360 + 360) % 360;

function wave(values, { norm, angle }) {
  const g = values.gradient;
  const largest = Math.abs(g[0]) + Math.abs(g[1]);
  const reach = largest < 1e-9 ? 1 : 1.25 * largest;
  const x = ROUND;
  const y = linear([-reach, reach], inside(WIDTH, HEIGHT).up);
  const slopes = (kind) => range(0, 360, 361).map((a) => [x(a), y(dot(g, unit(a, kind)))]);
  const { slope, steepest: down, drop } = values;
  const [here, level] = [x(angle), y(slope)];
  const flat = values.size === 0;
  const words = flat ? "flat: every slope is 0" : `slope ${number(slope)}`;
  const best = flat ? "" : `steepest ${number(drop)}`;
  const low = [x(angleOf(down)), y(drop)];
  const near = (place) => Math.min(Math.max(place, 100), 296);
  return panel(
    [
      axes({
        x,
        y,
        xTicks: [0, 90, 180, 270, 360],
        yTicks: ticks(-reach, reach, 5),
        xName: "angle of the direction, degrees",
        yName: `slope _g_ · _u_ of the step _u_ with ${NORMS[norm]} norm 1`,
      }),
      line([[x(0), y(0)], [x(360), y(0)]], "axis"),
      norm === "l2" ? "" : line(slopes("l2"), "faint thin-dash"),
      line(slopes(norm), "curve ink"),
      flat ? "" : marker("down", ...low, "green", 6) + label(near(low[0]), low[1] + 20, best, "green", "middle"),
      line([[here, y(0)], [here, level]], slope < 0 ? "blue dash" : "red"),
      label(near(here), level + (slope < 0 ? -14 : -16), words, slope < 0 ? "blue" : "red", "middle"),
      handle("wave", here, level, slope < 0 ? "blue" : "red full"),
    ].join(""),
    WIDTH,
    HEIGHT,
  );
}

const draw = (values, state) => map(values, state) + wave(values, state);

const pair = ([u, v], digits) => `(${number(u, digits)}, ${number(v, digits)})`;

function describe(values, { f, norm, angle, x, y }) {
  const { slope, steepest: down, drop, size: length, gradient: g } = values;
  const spot = `At (${number(x)}, ${number(y)}) on ${FUNCTIONS[f].name} the gradient is ${pair(g, 3)}`;
  if (length === 0) return `${spot}: the ground is flat, and every slope is 0.`;
  const tied = norm === "l1" ? Math.abs(g[0]) === Math.abs(g[1]) : norm === "linf" && g[0] * g[1] === 0;
  const way = slope > 0 ? "up" : slope < 0 ? "down" : "level";
  const along = `The step ${pair(values.step, 2)} at ${number(angle, 4)}° has ${NORMS[norm]} norm 1 and slope ${number(slope)}: ${way}.`;
  return `${spot}, of length ${number(length)}. ${along} Steepest downhill is ${tied ? "for example " : ""}${pair(down, 2)} with slope ${number(drop)}.`;
}

const limit = evenly(-5, 5, 0.05);

/** The point is pulled over the map, the arrow by its tip, and the wave along its axis. */
function drag({ handle: name, x, y }, state) {
  const [u, v] = [X.invert(x), Y.invert(y)];
  if (name === "point") return { x: limit.value(limit.clean(u)), y: limit.value(limit.clean(v)) };
  if (name === "wave") return { angle: Math.round(Math.min(360, Math.max(0, ROUND.invert(x)))) };
  return { angle: Math.round(angleOf([u - state.x, v - state.y])) };
}

/** Played, the direction goes round and round. */
function tick({ angle }, seconds) {
  return { angle: (angle + 45 * seconds) % 360 };
}

export default { title: "A direction that can be turned", start, controls, compute, draw, describe, drag, tick };
