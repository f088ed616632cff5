// Wrong backward passes of a small ReLU network, and what four kinds of gradient check make of them.

import { axes, byPowers, clipped, handle, inside, label, legend, line, linear, lines, logarithmic } from "./axes.js";
import { marker, number, panel, powerOfTen } from "./axes.js";

const EPS = 2 ** -52;
const FLOOR = 1e-8;
const NORM = 2e-7; // the threshold of a recipe that is widely taught

// Four examples; the second input is measured in a tiny unit.
const X = [
  [0.8, 1.1e-7],
  [-0.5, -0.7e-7],
  [1.3, 0.4e-7],
  [-1.1, 1.6e-7],
];
const Y = [0.6, -0.2, 0.9, 0.3];

// The parameters in a row: W1 (unit by unit), b1, w2, b2.
const NAMES = ["W₁₁", "W₁₂", "W₂₁", "W₂₂", "W₃₁", "W₃₂", "b₁", "b₂", "b₃", "w₁", "w₂", "w₃", "c"];
const RANDOM = [0.9, -0.4, -0.7, 0.6, 0.5, 0.3, 0.2, 0.4, -0.3, 0.7, -0.8, 0.5, 0.1];
const DIRECTION = [0.31, -0.12, 0.27, 0.19, -0.35, 0.03, 0.42, -0.24, 0.3, -0.21, 0.38, 0.26, -0.29];
const LENGTH = Math.sqrt(DIRECTION.reduce((sum, v) => sum + v * v, 0));
const V = DIRECTION.map((v) => v / LENGTH);

const BUGS = {
  none: ["none", "Nothing is wrong"],
  bias: ["bias 1 % off", "The gradient of b is one percent too large"],
  lost: ["an entry lost", "The gradient of W₃₂ is 0"],
  mask: ["no ReLU mask", "Units that are off pass the gradient on"],
  sum: ["sum for mean", "The gradient of c is a sum where it should be a mean"],
  decay: ["decay forgotten", "The regulariser is missing in the gradient of W"],
};
const POINTS = {
  random: "random",
  zeros: "weights 0",
  kink: "by a kink",
  loud: "random, λ = 1000",
};

const start = { bug: "bias", point: "random", h: 1e-5 };

const controls = [
  { name: "bug", label: "planted bug", kind: "choice", options: Object.entries(BUGS).map(([key, [name]]) => [key, name]) },
  { name: "point", label: "test point", kind: "choice", options: Object.entries(POINTS) },
  { name: "h", label: "step <i>h</i>", kind: "range", scale: byPowers(1e-12, 1e-1, 4), format: (h) => number(h, 2) },
];

const WEIGHTS = [0, 1, 2, 3, 4, 5, 9, 10, 11];

/** The parameters of a test point; beside a kink, unit 1 is off by a millionth at the first example. */
function parameters(point) {
  if (point === "zeros") return RANDOM.map((x, j) => (WEIGHTS.includes(j) ? 0 : x));
  if (point !== "kink") return RANDOM;
  const w = [...RANDOM];
  w[6] = -1e-6 - (w[0] * X[0][0] + w[1] * X[0][1]);
  return w;
}

const decay = (point) => (point === "loud" ? 1000 : 0);

/** The pre-activations of all units at all examples, example by example. */
function activations(w) {
  return X.flatMap(([p, q]) => [0, 1, 2].map((k) => w[2 * k] * p + w[2 * k + 1] * q + w[6 + k]));
}

/** The mean squared error, halved, and the regulariser of W and w. */
function loss(w, lam) {
  const z = activations(w);
  let total = 0;
  for (let i = 0; i < 4; i++) {
    let out = w[12];
    for (let k = 0; k < 3; k++) out += w[9 + k] * Math.max(z[3 * i + k], 0);
    total += (out - Y[i]) * (out - Y[i]);
  }
  let squares = 0;
  for (const j of WEIGHTS) squares += w[j] * w[j];
  return total / 8 + (lam / 2) * squares;
}

/** Its gradient by the chain rule, with a bug where one is wanted. */
function gradient(w, lam, bug) {
  const z = activations(w);
  const g = w.map(() => 0);
  for (let i = 0; i < 4; i++) {
    let out = w[12];
    for (let k = 0; k < 3; k++) out += w[9 + k] * Math.max(z[3 * i + k], 0);
    const error = (out - Y[i]) / 4;
    g[12] += bug === "sum" ? 4 * error : error;
    for (let k = 0; k < 3; k++) {
      g[9 + k] += error * Math.max(z[3 * i + k], 0);
      const back = bug === "mask" || z[3 * i + k] > 0 ? error * w[9 + k] : 0;
      g[2 * k] += back * X[i][0];
      g[2 * k + 1] += back * X[i][1];
      g[6 + k] += back;
    }
  }
  for (const j of WEIGHTS) if (bug !== "decay" || j > 8) g[j] += lam * w[j];
  if (bug === "bias") for (const j of [6, 7, 8]) g[j] *= 1.01;
  if (bug === "lost") g[5] = 0;
  return g;
}

const norm = (a) => Math.sqrt(a.reduce((sum, x) => sum + x * x, 0));
const dot = (a, b) => a.reduce((sum, x, j) => sum + x * b[j], 0);

/** As `relative_error` of the library. */
function relative(a, b) {
  const gap = Math.abs(a - b);
  return gap === 0 ? 0 : gap / Math.max(Math.abs(a), Math.abs(b), FLOOR);
}

/** As `expected_error` of the library. */
const expected = (value, g, x) =>
  (EPS ** (2 / 3) * Math.abs(value)) / (Math.max(1, Math.abs(x)) * Math.max(Math.abs(g), FLOOR));

function compute({ bug, point, h }) {
  const [w, lam] = [parameters(point), decay(point)];
  const g = gradient(w, lam, bug);
  const value = loss(w, lam);
  const moved = (j, t) => w.map((x, i) => (i === j ? x + t : x));
  const n = w.map((_, j) => (loss(moved(j, h), lam) - loss(moved(j, -h), lam)) / (2 * h));
  const errors = g.map((x, j) => relative(x, n[j]));
  const larger = (a, b) => Math.max(Math.abs(a), Math.abs(b)); // a lost entry must not excuse itself
  const thresholds = g.map((x, j) => 100 * expected(value, larger(x, n[j]), w[j]));
  const kinks = w.map((_, j) => {
    const [a, b] = [activations(moved(j, h)), activations(moved(j, -h))];
    return a.filter((x, i) => Math.sign(x) * Math.sign(b[i]) < 0).length;
  });
  const along = (t) => loss(w.map((x, j) => x + t * V[j]), lam);
  const slope = dot(g, V);
  const rise = (along(h) - along(-h)) / (2 * h);
  const both = norm(g) + norm(n);
  const ratios = errors.map((error, j) => error / thresholds[j]);
  const checks = [
    ["worst entry", Math.max(...ratios)],
    ["one norm", both === 0 ? 0 : norm(g.map((x, j) => x - n[j])) / both / NORM],
    ["one direction", relative(rise, slope) / (100 * expected(value, larger(rise, slope), norm(w)))],
    ["first entry only", ratios[0]],
  ];
  return { value, gradient: g, numerical: n, errors, thresholds, kinks, checks };
}

const [WIDTH, HEIGHT] = [360, 340];
const place = inside(WIDTH, HEIGHT);
const ENTRY = linear([-0.7, 12.7], place.across);
const ERROR = logarithmic([1e-13, 10], place.up);
const TENS = [1e-12, 1e-9, 1e-6, 1e-3, 1];
const seen = (error) => Math.min(Math.max(error, 2e-13), 10);

function entries({ errors, thresholds, kinks }) {
  const ticks = thresholds.map((t, j) => [
    [ENTRY(j - 0.4), ERROR(seen(t))],
    [ENTRY(j + 0.4), ERROR(seen(t))],
  ]);
  const dots = errors.map((error, j) => {
    const wrong = error > thresholds[j];
    const mark = wrong ? "diamond" : "dot";
    return marker(mark, ENTRY(j), ERROR(seen(error)), wrong ? "red" : "blue", wrong ? 5.5 : 4.5);
  });
  const crossed = kinks.reduce((sum, k) => sum + k, 0);
  const places = [2.5, 7, 10, 12];
  const names = ["_W_", "_b_", "_w_", "_c_"];
  return panel(
    [
      axes({ x: ENTRY, y: ERROR, xTicks: [], yTicks: TENS, xName: "", yName: "relative error of each entry", form: powerOfTen }),
      ...[5.5, 8.5, 11.5].map((x) => line([[ENTRY(x), place.up[0]], [ENTRY(x), place.up[1]]], "faint thin-dash")),
      places.map((x, k) => label(ENTRY(x), place.up[0] + 18, names[k], "ink", "middle")).join(""),
      clipped(ENTRY, ERROR, lines(ticks, "ink") + dots.join("")),
      legend([["line", "ink", "threshold"], ["dot", "blue", "agrees"], ["diamond", "red", "too far"]], [46, 152, 232]),
      label(place.across[1], place.up[0] + 36, `kinks crossed: ${crossed}`, crossed ? "red" : "grey", "end"),
    ].join(""),
    WIDTH,
    HEIGHT,
  );
}

// The step is pulled along a track over the right panel's names.
const STEP = logarithmic([1e-12, 1e-1], [150, place.across[1] - 20]);

const RATIO = logarithmic([1e-6, 1e8], [place.across[0] - 30, place.across[1]]);
const ROWS = [88, 142, 196, 250];

function verdicts({ checks }, { h }) {
  const [left, right] = RATIO.range;
  const bars = checks.map(([name, ratio], k) => {
    const y = ROWS[k];
    const fires = ratio > 1;
    const end = RATIO(Math.min(Math.max(ratio, 1e-6), 1e8));
    return [
      label(left, y - 12, name, "ink"),
      label(right, y - 12, fires ? "fires" : "silent", fires ? "red" : "blue", "end"),
      line([[left, y], [Math.max(end, left + 1), y]], `wide ${fires ? "red" : "blue"}`),
      marker(fires ? "diamond" : "dot", Math.max(end, left + 1), y, fires ? "red" : "blue", 6),
    ].join("");
  });
  const [top, bottom] = [place.up[1], place.up[0]];
  return panel(
    [
      ...[1e-4, 1e4].map((t) => line([[RATIO(t), top], [RATIO(t), bottom]], "grid")),
      line([[RATIO(1), top], [RATIO(1), bottom]], "ink dash"),
      line([[left, bottom], [right, bottom]], "axis"),
      [1e-4, 1, 1e4].map((t) => label(RATIO(t), bottom + 17, powerOfTen(t), "tick", "middle")).join(""),
      label(left, 18, "what each check says", "name"),
      label((left + right) / 2, bottom + 36, "error / threshold", "name", "middle"),
      ...bars,
      line([[STEP(1e-12), 36], [STEP(1e-1), 36]], "axis"),
      label(STEP(1e-12) - 14, 40, "step _h_", "green", "end"),
      handle("h", STEP(h), 36, "green"),
    ].join(""),
    WIDTH,
    HEIGHT,
  );
}

const draw = (values, state) => entries(values) + verdicts(values, state);

const track = byPowers(1e-12, 1e-1, 4);
const drag = ({ x }) => ({ h: track.value(track.position(STEP.invert(x))) });

function describe({ errors, thresholds, kinks, checks }, { bug, point, h }) {
  const far = NAMES.filter((_, j) => errors[j] > thresholds[j]);
  const list = far.length > 5 ? `${far.length} of 13 entries` : far.join(", ");
  const crossed = kinks.reduce((sum, k) => sum + k, 0);
  const fires = checks.filter(([, ratio]) => ratio > 1).map(([name]) => name);
  const silent = checks.filter(([, ratio]) => !(ratio > 1)).map(([name]) => name);
  const places = { random: "a random point", zeros: "a point with all weights 0", kink: "a point by a kink", loud: "a random point with λ = 1000" };
  const said = fires.length ? `Fires: ${fires.join(", ")}.` : "No check fires.";
  const rest = silent.length && fires.length ? ` Silent: ${silent.join(", ")}.` : "";
  const edge = crossed ? ` The differences cross ${crossed} kink${crossed > 1 ? "s" : ""}.` : "";
  return `${BUGS[bug][1]}; tested at ${places[point]} with h = ${number(h, 2)}. ${said}${rest} Too far off: ${list || "no entry"}.${edge}`;
}

/** Played, the step shrinks, and at the end it starts again. */
function tick({ h }, seconds) {
  const next = h * 10 ** (-2 * seconds);
  return { h: next < 1e-12 ? 1e-1 : next };
}

export default { title: "Wrong gradients, and the checks that find them", start, controls, compute, draw, describe, drag, tick };
