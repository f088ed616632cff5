// Gradient descent on a bowl or a saddle: the path on the map, and the factor of each direction.

import { axes, byPowers, clipped, contour, evenly, handle, inside, label, line, linear, lines } from "./axes.js";
import { marker, number, panel, range, sample, shape } from "./axes.js";

const REACH = 4;
const STEPS = 40;
const NEAR = 1e-3;
const HIGHEST = 2; // factors beyond are drawn at this height
const GRID = range(-REACH, REACH, 81);

const start = { shape: "bowl", kappa: 10, lr: 0.15, x: 3, y: 1 };

const controls = [
  {
    name: "shape",
    label: "shape",
    kind: "choice",
    options: [
      ["bowl", "bowl ½(x² + κy²)"],
      ["saddle", "saddle ½(−x² + κy²)"],
    ],
  },
  { name: "kappa", label: "<i>κ</i>", kind: "range", scale: byPowers(1, 100, 30), format: (kappa) => number(kappa) },
  { name: "lr", label: "rate <i>η</i>", kind: "range", scale: byPowers(0.002, 2.2, 60), format: (lr) => number(lr) },
  { name: "x", label: "start <i>x</i>", kind: "range", min: -3.5, max: 3.5, step: 0.05, format: (x) => number(x) },
  { name: "y", label: "start <i>y</i>", kind: "range", min: -3.5, max: 3.5, step: 0.05, format: (y) => number(y) },
];

const curvatures = ({ shape: form, kappa }) => [form === "bowl" ? 1 : -1, kappa];

/** The first step after which the distance is at most NEAR, as `steps_to` of the library counts. */
function count([a, b], x, y, lr) {
  const [p, q] = [1 - lr * a, 1 - lr * b];
  for (let k = 0; ; k++) {
    const distance = Math.hypot(x, y);
    if (distance <= NEAR) return k;
    [x, y] = [p * x, q * y];
    if (!(Math.hypot(x, y) < distance)) return null;
  }
}

function compute(state) {
  const { x, y, lr } = state;
  const [a, b] = curvatures(state);
  const path = [[x, y]];
  for (let k = 0; k < STEPS; k++) {
    const [u, v] = path[k];
    path.push([u - lr * (a * u), v - lr * (b * v)]);
  }
  return {
    lams: [a, b],
    path,
    signed: [1 - lr * a, 1 - lr * b],
    factors: [Math.abs(1 - lr * a), Math.abs(1 - lr * b)],
    steps: count([a, b], x, y, lr),
    best: a > 0 ? 2 / (a + b) : null,
    rate: a > 0 ? (b - a) / (b + a) : null,
  };
}

const place = inside();
const X = linear([-REACH, REACH], place.across);
const Y = linear([-REACH, REACH], place.up);

function map({ lams: [a, b], path }, { x, y }) {
  const grid = sample((u, v) => (a * u * u + b * v * v) / 2, GRID, GRID);
  const heights = [0.5, 1, 2, 4, 8, 16, 32].map((c) => (c * c) / 2);
  const at = (level) => contour(grid, level).map((points) => points.map(([u, v]) => [X(u), Y(v)]));
  const low = a < 0 ? heights.flatMap((c) => at(-c)) : [];
  const far = 50 * REACH;
  const seen = path.findIndex(([u, v]) => Math.abs(u) > far || Math.abs(v) > far);
  const points = (seen < 0 ? path : path.slice(0, seen + 1)).map(([u, v]) => [
    X(Math.max(-far, Math.min(far, u))),
    Y(Math.max(-far, Math.min(far, v))),
  ]);
  const inView = points.filter(([u, v]) => u >= X.range[0] && u <= X.range[1] && v <= Y.range[0] && v >= Y.range[1]);
  const marks = [
    lines(heights.flatMap(at), "faint"),
    lines(low, "faint thin-dash"),
    line(points, "blue thin"),
    inView.slice(1).map(([u, v]) => marker("dot", u, v, "blue", 2.6)).join(""),
    marker("diamond", X(0), Y(0), "green", 5),
  ];
  return panel(
    axes({ x: X, y: Y, xTicks: [-4, -2, 0, 2, 4], yTicks: [-4, -2, 0, 2, 4], xName: "_x_", yName: `_y_; the first ${STEPS} steps` }) +
      clipped(X, Y, marks.join("")) +
      handle("start", X(x), Y(y), "ink"),
  );
}

const across = linear([0, 2], place.across);
const F = linear([0, HIGHEST], place.up);

function bars({ signed, factors, lams }, { lr }) {
  const one = (k, kind) => {
    const [left, right] = [across(0.25 + k), across(0.75 + k)];
    const top = F(Math.min(HIGHEST, factors[k]));
    const words = factors[k] > HIGHEST ? `${number(factors[k])} ↑` : number(factors[k]);
    return [
      shape([[left, F(0)], [left, top], [right, top], [right, F(0)]], `fill ${kind}`),
      label((left + right) / 2, F(0) - 9, words, "ink", "middle"),
      label((left + right) / 2, F(0) + 17, `λ = ${number(lams[k])}`, "tick", "middle"),
      label((left + right) / 2, F(0) + 33, `1 − ηλ = ${number(signed[k])}`, "tick", "middle"),
    ].join("");
  };
  return panel(
    axes({ x: across, y: F, xTicks: [], yTicks: [0, 0.5, 1, 1.5, 2], xName: "", yName: `factor |1 − _ηλ_| of a step, _η_ = ${number(lr)}` }) +
      one(0, "blue") +
      one(1, "red") +
      line([[place.across[0], F(1)], [place.across[1], F(1)]], "ink dash") +
      label((place.across[0] + place.across[1]) / 2, F(1) - 6, "1: no progress", "ink", "middle"),
  );
}

const draw = (values, state) => map(values, state) + bars(values, state);

const way = (factor) =>
  Math.abs(factor) === 1
    ? "neither shrinks nor grows"
    : Math.abs(factor) > 1
      ? `grows ${number(Math.abs(factor))}-fold in every step${factor < 0 ? ", from side to side" : ""}`
      : factor === 0
        ? "is gone after one step"
        : `shrinks to ${number(Math.abs(factor))} of itself in every step${factor < 0 ? ", from side to side" : ""}`;

function describe({ signed, steps, best, rate }, { shape: form, kappa, lr, x, y }) {
  const walk = `On the ${form} with κ = ${number(kappa)}, from (${number(x)}, ${number(y)}) with η = ${number(lr)}: _x_ ${way(signed[0])}, _y_ ${way(signed[1])}.`;
  const when = steps === null ? "It never comes to within 0.001 of the origin." : `It is within 0.001 of the origin after ${steps} steps.`;
  const hint = best === null ? "On a saddle every η makes x grow." : `Best is η = ${number(best)}, with factor ${number(rate)} for both.`;
  return `${walk.replaceAll("_", "")} ${when} ${hint}`;
}

const limit = evenly(-3.5, 3.5, 0.05);

const drag = ({ x, y }) => ({
  x: limit.value(limit.clean(X.invert(x))),
  y: limit.value(limit.clean(Y.invert(y))),
});

export default { title: "Gradient descent on a bowl and on a saddle", start, controls, compute, draw, describe, drag };
