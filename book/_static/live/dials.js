// A valley that can be turned, a walk through it, and the effective learning rate of each coordinate.

import { arrow, axes, byPowers, clipped, handle, inside, label, legend, line, linear, lines } from "./axes.js";
import { logarithmic, marker, number, panel, range, shape } from "./axes.js";

const [FLAT, STEEP] = [0.2, 4]; // the curvatures of 0.1 u² + 2 v²
const START = [-5, -2];
const STEPS = 60;
const [RHO, EPS] = [0.9, 1e-8];
const REACH = 7;
const ARM = 5.6; // where the handle sits on the long axis
const [LOW, HIGH] = [1e-2, 1e2]; // rates beyond are drawn at the end of the dial

const start = { method: "adagrad", theta: 0, lr: 1, t: 2 };

const controls = [
  {
    name: "method",
    label: "method",
    kind: "choice",
    options: [
      ["gd", "gradient descent"],
      ["adagrad", "AdaGrad"],
      ["rmsprop", "RMSProp"],
    ],
  },
  { name: "theta", label: "angle <i>θ</i>", kind: "range", min: -90, max: 90, step: 1, format: (theta) => `${number(theta)}°` },
  { name: "lr", label: "rate <i>η</i>", kind: "range", scale: byPowers(0.02, 2, 20), format: (lr) => number(lr) },
  { name: "t", label: "step <i>t</i>", kind: "range", min: 1, max: STEPS, step: 1, format: (t) => String(Math.floor(t)) },
];

function compute({ method, theta, lr }) {
  const [c, s] = [Math.cos((theta * Math.PI) / 180), Math.sin((theta * Math.PI) / 180)];
  const H = [
    [FLAT * c * c + STEEP * s * s, (FLAT - STEEP) * c * s],
    [(FLAT - STEEP) * c * s, FLAT * s * s + STEEP * c * c],
  ];
  const slope = ([x, y]) => [H[0][0] * x + H[0][1] * y, H[1][0] * x + H[1][1] * y];
  const path = [[c * START[0] - s * START[1], s * START[0] + c * START[1]]];
  const [gradients, rates, values] = [[], [], []];
  let squares = [0, 0];
  for (let t = 0; t < STEPS; t++) {
    const w = path[t];
    const g = slope(w);
    squares = squares.map((v, i) => (method === "rmsprop" ? RHO * v + (1 - RHO) * g[i] * g[i] : v + g[i] * g[i]));
    const rate = squares.map((v) => (method === "gd" ? lr : lr / (Math.sqrt(v) + EPS)));
    gradients.push(g);
    rates.push(rate);
    path.push(w.map((x, i) => x - rate[i] * g[i]));
  }
  for (const w of path) {
    const g = slope(w);
    values.push((w[0] * g[0] + w[1] * g[1]) / 2);
  }
  return { H, path, gradients, rates, values };
}

const map = inside();
const X = linear([-REACH, REACH], map.across);
const Y = linear([-REACH, REACH], map.up);

const at = ([x, y]) => [X(x), Y(y)];
const near = ([x, y]) => Math.abs(x) < 40 && Math.abs(y) < 40;

function valley({ path, gradients, rates }, { theta, t: time }) {
  const t = Math.floor(time);
  const [c, s] = [Math.cos((theta * Math.PI) / 180), Math.sin((theta * Math.PI) / 180)];
  const turn = ([u, v]) => [c * u - s * v, s * u + c * v];
  const ellipse = (level) =>
    range(0, 2 * Math.PI, 73).map((a) =>
      at(turn([Math.sqrt((2 * level) / FLAT) * Math.cos(a), Math.sqrt((2 * level) / STEEP) * Math.sin(a)])),
    );
  const seen = path.slice(0, t + 1).filter(near).map(at);
  const here = path[t - 1];
  const g = gradients[t - 1];
  const step = g.map((slope, i) => rates[t - 1][i] * slope);
  const pointer = (vector, kind) => {
    const size = Math.hypot(...vector);
    const [x, y] = at(here);
    return size > 0 && near(here) && Math.abs(here[0]) < REACH && Math.abs(here[1]) < REACH
      ? arrow([x, y], [x - (58 * vector[0]) / size, y + (58 * vector[1]) / size], kind)
      : "";
  };
  const marks = [
    lines([0.1, 0.5, 1.5, 3.5, 7, 12, 20].map(ellipse), "faint"),
    line([at(turn([-9, 0])), at(turn([9, 0]))], "grey thin-dash"),
    line(seen, "ink thin"),
    seen.slice(1).map(([x, y]) => marker("dot", x, y, "ink", 2.6)).join(""),
    marker("diamond", X(0), Y(0), "green", 5),
    pointer(g, "grey dash"),
    pointer(step, "green"),
  ];
  return panel(
    axes({ x: X, y: Y, xTicks: [-6, -3, 0, 3, 6], yTicks: [-6, -3, 0, 3, 6], xName: "_x_", yName: "_y_" }) +
      legend([["line", "grey dash", "−gradient"], ["line", "green", `step ${t}`]], [46, 190]) +
      clipped(X, Y, marks.join("")) +
      handle("theta", ...at(turn([ARM, 0])), "ink"),
  );
}

const { across } = inside();
const T = linear([0, STEPS], across);
const TOP = 178;
const L = logarithmic([LOW, HIGH], [288, TOP]);
const RADIUS = 66;
const tip = (rate) => Math.PI * (1 - Math.log10(Math.min(HIGH, Math.max(LOW, rate)) / LOW) / Math.log10(HIGH / LOW));
const round = ([x, y], radius, angle) => [x + radius * Math.cos(angle), y - radius * Math.sin(angle)];

function dial(centre, rate, name, kind) {
  const rim = range(0, Math.PI, 31).map((angle) => round(centre, RADIUS, angle));
  const notches = range(0, Math.PI, 5).map((angle) => [round(centre, RADIUS - 7, angle), round(centre, RADIUS, angle)]);
  const needle = tip(rate);
  const [left, right] = [-0.08, 0.08].map((off) => round(centre, 9, needle + off + (off < 0 ? -1.4 : 1.4)));
  const words = [
    [LOW, 6 - RADIUS, 15],
    [1, 0, -RADIUS - 6],
    [HIGH, RADIUS - 8, 15],
  ];
  return [
    line(rim, "axis"),
    lines(notches, "axis"),
    words.map(([value, x, y]) => label(centre[0] + x, centre[1] + y, number(value), "tick", "middle")).join(""),
    shape([round(centre, RADIUS - 9, needle), left, right], `fill ${kind}`),
    marker("dot", ...centre, kind, 5),
    label(centre[0], centre[1] + 20, `${name}: ${number(rate)}`, kind, "middle"),
  ].join("");
}

function dials({ rates }, { t: time }) {
  const t = Math.floor(time);
  const column = (i) => rates.map((rate, k) => [T(k + 1), L(Math.min(HIGH, Math.max(LOW, rate[i])))]);
  const now = rates[t - 1];
  const form = (value) => number(value);
  const dots = now.map((rate, i) => marker(i ? "square" : "dot", T(t), L(Math.min(HIGH, Math.max(LOW, rate))), i ? "red" : "blue", 4.5));
  return panel(
    axes({ x: T, y: L, xTicks: [0, 20, 40, 60], yTicks: [LOW, 1, HIGH], xName: "step _t_", yName: "", form }) +
      label(across[0], 18, "effective learning rate of _x_ and of _y_", "name") +
      dial([122, 128], now[0], "_x_", "blue") +
      dial([272, 128], now[1], "_y_", "red") +
      line([[T(t), TOP], [T(t), 288]], "grey thin") +
      line(column(0), "blue") +
      line(column(1), "red dash") +
      dots.join(""),
  );
}

const draw = (values, state) => valley(values, state) + dials(values, state);

const NAMES = { gd: "Gradient descent", adagrad: "AdaGrad", rmsprop: "RMSProp" };

function describe({ rates, values }, { method, theta, lr, t: time }) {
  const t = Math.floor(time);
  const [x, y] = rates[t - 1];
  const [more, less] = x >= y ? [x, y] : [y, x];
  const [a, b] = x >= y ? ["x", "y"] : ["y", "x"];
  const same = more / less < 1.005 ? "the same rate for both" : `for ${a} ${number(more / less)} times that of ${b}`;
  return (
    `${NAMES[method]} with η = ${number(lr)} in a valley at ${number(theta)}°. ` +
    `In step ${t} the rate is ${number(x)} for x and ${number(y)} for y: ${same}. ` +
    `After it f = ${number(values[t])}; after ${STEPS} steps it is ${number(values[STEPS])}.`
  );
}

/** The long axis is a line: dragged beyond the upright, it stays there. */
const drag = ({ x, y }) => {
  const angle = (Math.atan2(Y.invert(y), X.invert(x)) * 180) / Math.PI;
  return { theta: Math.round(Math.min(90, Math.max(-90, angle))) };
};

/** Played, the walk goes on to its last step. */
const tick = ({ t }, seconds) => (t >= STEPS ? null : { t: Math.min(STEPS, t + 6 * seconds) });

export default { title: "Effective learning rates in a valley that turns", start, controls, compute, draw, describe, drag, tick };
