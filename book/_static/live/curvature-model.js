// A point on Himmelblau's function: the quadratic model there, and the steps that are made from it.

import { arrow, axes, clipped, contour, handle, inside, label, legend, line, linear, lines } from "./axes.js";
import { evenly, marker, number, panel, range, sample, ticks } from "./axes.js";

const REACH = 5;
const FLOOR = 1; // the least curvature that the |H| step believes in
const GRID = range(-REACH, REACH, 91);
const MINIMA = [[3, 2], [-2.805118086952745, 3.131312518250573], [-3.779310253377747, -3.28318599128617], [3.584428340330492, -1.848126526964404]];
const HALVINGS = 100;

const start = { step: "newton", x: 1, y: -2.7, radius: 1.5 };

const at = evenly(-4.5, 4.5, 0.05);
const controls = [
  {
    name: "step",
    label: "step",
    kind: "choice",
    options: [
      ["newton", "Newton"],
      ["size", "|H|"],
      ["trust", "trust radius"],
    ],
  },
  { name: "x", label: "point <i>x</i>", kind: "range", min: -4.5, max: 4.5, step: 0.05, format: (x) => number(x) },
  { name: "y", label: "point <i>y</i>", kind: "range", min: -4.5, max: 4.5, step: 0.05, format: (y) => number(y) },
  { name: "radius", label: "radius", kind: "range", min: 0.1, max: 4, step: 0.1, format: (radius) => number(radius) },
];

const f = (x, y) => (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2;

function derivatives(x, y) {
  const [p, q] = [x * x + y - 11, x + y * y - 7];
  return {
    g: [4 * x * p + 2 * q, 2 * p + 4 * y * q],
    H: [12 * x * x + 4 * y - 42, 4 * (x + y), 12 * y * y + 4 * x - 26],
  };
}

/** Eigenvalues, the smaller first, and unit eigenvectors of [[a, b], [b, c]]. */
function eigen([a, b, c]) {
  const [middle, half] = [(a + c) / 2, Math.hypot((a - c) / 2, b)];
  const angle = Math.atan2(2 * b, a - c) / 2; // of the larger one
  const high = [Math.cos(angle), Math.sin(angle)];
  return { lams: [middle - half, middle + half], vectors: [[-high[1], high[0]], high] };
}

/** The step whose coordinates in the eigenvectors are those of −g, divided. */
function divided({ lams, vectors }, g, divide) {
  const parts = vectors.map(([u, v], i) => -(u * g[0] + v * g[1]) / divide(lams[i]));
  return [0, 1].map((k) => parts[0] * vectors[0][k] + parts[1] * vectors[1][k]);
}

function trusted(spectrum, g, radius) {
  const step = (mu) => divided(spectrum, g, (lam) => lam + mu || Infinity);
  const least = spectrum.lams[0];
  let low = Math.max(0, -least);
  if (Math.hypot(...step(low)) <= radius && least > 0) return step(low);
  let high = low + Math.hypot(...g) / radius;
  for (let k = 0; k < HALVINGS; k++) {
    const middle = (low + high) / 2;
    if (Math.hypot(...step(middle)) > radius) low = middle;
    else high = middle;
  }
  return step(high);
}

function compute({ step, x, y, radius }) {
  const { g, H } = derivatives(x, y);
  const spectrum = eigen(H);
  const steps = {
    newton: divided(spectrum, g, (lam) => lam),
    size: divided(spectrum, g, (lam) => Math.max(Math.abs(lam), FLOOR)),
    trust: trusted(spectrum, g, radius),
  };
  const p = steps[step];
  const slope = g[0] * p[0] + g[1] * p[1];
  const bend = H[0] * p[0] * p[0] + 2 * H[1] * p[0] * p[1] + H[2] * p[1] * p[1];
  return {
    g,
    H,
    lams: spectrum.lams,
    steps,
    slope,
    bend,
    here: f(x, y),
    promised: f(x, y) + slope + bend / 2,
    there: f(x + p[0], y + p[1]),
  };
}

const place = inside();
const X = linear([-REACH, REACH], place.across);
const Y = linear([-REACH, REACH], place.up);
const HEIGHTS = [5, 20, 50, 90, 140, 200, 300, 450];
const LOOKS = { newton: "red", size: "green", trust: "blue" };
const WORDS = { newton: "Newton", size: "|H|", trust: "trust" };
const landscape = sample(f, GRID, GRID);
const inMap = (points) => points.map(([u, v]) => [X(u), Y(v)]);

function map({ g, H, steps, here, lams }, { step, x, y, radius }) {
  const model = (u, v) => {
    const [a, b] = [u - x, v - y];
    return here + g[0] * a + g[1] * b + (H[0] * a * a + 2 * H[1] * a * b + H[2] * b * b) / 2;
  };
  const ring = range(0, 2 * Math.PI, 61).map((t) => [x + radius * Math.cos(t), y + radius * Math.sin(t)]);
  const level = contour(sample(model, GRID, GRID), here).map(inMap);
  const others = Object.keys(steps).filter((name) => name !== step);
  const one = (name, bold) => arrow([X(x), Y(y)], [X(x + far(steps[name])[0]), Y(y + far(steps[name])[1])], `${LOOKS[name]}${bold ? "" : " thin"}`);
  const marks = [
    lines(HEIGHTS.flatMap((height) => contour(landscape, height)).map(inMap), "faint"),
    lines(level, "grey thin-dash"),
    step === "trust" ? line(inMap(ring), "blue thin") : "",
    MINIMA.map(([u, v]) => marker("diamond", X(u), Y(v), "ink", 4)).join(""),
    others.map((name) => one(name, false)).join(""),
    one(step, true),
  ];
  const kind = lams[0] > 0 ? "up and up" : lams[1] < 0 ? "down and down" : "down and up";
  const rows = [["line", "red", "Newton"], ["line", "green", "|H|"], ["line", "blue", "trust"]];
  return panel(
    axes({ x: X, y: Y, xTicks: [-4, -2, 0, 2, 4], yTicks: [-4, -2, 0, 2, 4], xName: "_x_", yName: `_y_; curves ${kind}` }) +
      legend(rows, [46, 160, 240]) +
      clipped(X, Y, marks.join("")) +
      handle("point", X(x), Y(y), "ink"),
  );
}

/** A step that leads out of the map by far is drawn as long as the map is wide: the frame cuts it. */
function far([a, b]) {
  const length = Math.hypot(a, b);
  const share = length > 3 * REACH ? (3 * REACH) / length : 1;
  return [share * a, share * b];
}

const across = linear([-0.5, 2], place.across);

/** 150 k for 150 000: a tick has room for five signs. */
const short = (value) => (Math.abs(value) >= 1e4 ? `${number(value / 1000)} k` : number(value));

function slice({ steps, slope, bend, here, promised, there }, { step, x, y }) {
  const [a, b] = steps[step];
  const share = range(-0.5, 2, 101);
  const real = share.map((t) => f(x + t * a, y + t * b));
  const model = share.map((t) => here + t * slope + (t * t * bend) / 2);
  const seen = share.map((t, k) => [t, k]).filter(([t]) => t >= -0.2 && t <= 1.2).flatMap(([, k]) => [real[k], model[k]]);
  const [low, high] = [Math.min(...seen, there, promised), Math.max(...seen, here)];
  const room = 0.12 * (high - low) || 1;
  const F = linear([low - room, high + room], place.up);
  const put = (values) => share.map((t, k) => [across(t), F(values[k])]);
  const marks = [
    line(put(real), "ink"),
    line(put(model), `${LOOKS[step]} dash`),
    marker("dot", across(0), F(here), "ink", 5),
    marker("ring", across(1), F(promised), LOOKS[step], 5),
    marker("diamond", across(1), F(there), "ink", 5),
  ];
  const rows = [["line", "ink", "f"], ["ring", LOOKS[step], "promised"], ["diamond", "ink", "found"]];
  return panel(
    axes({ x: across, y: F, xTicks: [0, 1, 2], yTicks: ticks(low - room, high + room), xName: "share of the step", yName: `_f_ along the step: ${WORDS[step]}`, form: short }) +
      legend(rows, [46, 110, 220]) +
      clipped(across, F, marks.join("")),
  );
}

const draw = (values, state) => map(values, state) + slice(values, state);

const names = { newton: "Newton's step", size: "The step by the size of H", trust: "The step within the radius" };

function describe({ lams, steps, here, there, promised }, { step, x, y, radius }) {
  const kind = lams[0] > 0 ? "curves up in every direction" : lams[1] < 0 ? "curves down in every direction" : "curves down one way and up another";
  const [a, b] = steps[step];
  const way = there < here ? "lower" : "higher";
  return (
    `At (${number(x)}, ${number(y)}) the curvatures are ${number(lams[0])} and ${number(lams[1])}: the model ${kind}. ` +
    `${names[step]} leads to (${number(x + a)}, ${number(y + b)}), where f is ${number(there)}, ${way} than ${number(here)}; the model promised ${number(promised)}. ` +
    `Newton's step is ${number(Math.hypot(...steps.newton))} long, the radius ${number(radius)}.`
  );
}

const drag = ({ x, y }) => ({ x: at.value(at.clean(X.invert(x))), y: at.value(at.clean(Y.invert(y))) });

export default { title: "The quadratic model and the steps that it proposes", start, controls, compute, draw, describe, drag };
