// Depth and gain against the ratio of gradients, for layers so wide that nothing is random any more.

import { axes, byPowers, contour, handle, inside, label, legend, line, linear, logarithmic } from "./axes.js";
import { marker, number, panel, range, ticks } from "./axes.js";

const bell = (z) => {
  const e = Math.exp(-Math.abs(z));
  return e / (1 + e) ** 2;
};

// Each activation with its slope, as in the library.
const ACTIVATIONS = {
  sigmoid: { f: (z) => (z < 0 ? Math.exp(z) : 1) / (1 + Math.exp(-Math.abs(z))), slope: bell },
  tanh: { f: Math.tanh, slope: (z) => 4 * bell(2 * z) },
  relu: { f: (z) => Math.max(z, 0), slope: (z) => (z > 0 ? 1 : 0) },
  elu: { f: (z) => (z > 0 ? z : Math.expm1(z)), slope: (z) => (z > 0 ? 1 : Math.exp(z)) },
  linear: { f: (z) => z, slope: () => 1 },
};
const NAMES = { sigmoid: "sigmoid", tanh: "tanh", relu: "ReLU", elu: "ELU", linear: "linear" };
const DEEPEST = 50;
const GAINS = byPowers(0.25, 64, 20);
const ROWS = range(GAINS.min, GAINS.max, 25).map((p) => GAINS.value(Math.round(p)));
const COLUMNS = range(2, DEEPEST, 25);

// The points and weights of the two means over a standard normal number.
const POINTS = Array.from({ length: 1600 }, (_, k) => (k - 800 + 0.5) * 0.01);
const WHOLE = POINTS.reduce((sum, x) => sum + Math.exp((-x * x) / 2), 0);
const WEIGHTS = POINTS.map((x) => Math.exp((-x * x) / 2) / WHOLE);

function meanSquare(f, q) {
  const root = Math.sqrt(q);
  let sum = 0;
  for (let k = 0; k < POINTS.length; k++) sum += WEIGHTS[k] * f(root * POINTS[k]) ** 2;
  return sum;
}

const known = new Map(); // the factors of an activation at a gain never change: they are found once

/** chi of every layer, from the input on: the variance map, and the mean square of the slope. */
function factors(act, gain) {
  const key = `${act} ${gain}`;
  if (!known.has(key)) {
    const { f, slope } = ACTIVATIONS[act];
    const chis = [];
    let q = gain * gain;
    for (let l = 0, last = null; l < DEEPEST; l++) {
      chis.push(q === last ? chis[l - 1] : gain * gain * meanSquare(slope, q));
      last = q;
      q = gain * gain * meanSquare(f, q);
    }
    known.set(key, chis);
  }
  return known.get(key);
}

/** log10 of the norm that is left after the first layers of a network, counted from the input. */
function decades(chis) {
  let sum = 0;
  return chis.map((chi) => (sum += Math.log10(chi) / 2));
}

const start = { act: "sigmoid", loss: "1", depth: 30, gain: 1 };

const controls = [
  { name: "act", label: "activation", kind: "choice", options: Object.entries(NAMES) },
  {
    name: "loss",
    label: "multiply the loss by",
    kind: "choice",
    options: [["1", "1"], ["1000", "1000"], ["0.001", "1/1000"]],
  },
  { name: "depth", label: "layers", kind: "range", min: 1, max: DEEPEST, step: 1, format: (n) => number(n) },
  { name: "gain", label: "gain", kind: "range", scale: GAINS, format: (g) => number(g) },
];

function compute({ act, loss, depth, gain }) {
  const chis = factors(act, gain).slice(0, depth);
  const total = decades(chis).at(-1);
  const scale = Math.log10(Number(loss));
  let norm = total + scale;
  // From the input to the output: each layer that is passed takes its factor out of the product.
  const norms = [norm, ...chis.map((chi) => (norm -= Math.log10(chi) / 2))];
  const map = ROWS.map((row) => {
    const sums = decades(factors(act, row));
    return COLUMNS.map((column) => sums[column - 1]);
  });
  return { decades: total, factor: 10 ** (total / depth), last: Math.sqrt(chis.at(-1)), norms, scale, map };
}

const place = inside();
const D = linear([1, DEEPEST + 1], place.across);
const G = logarithmic([ROWS[0] / 1.122, ROWS.at(-1) * 1.122], place.up);
const BANDS = [[1, 3], [3, 6], [6, 12], [12, 24], [24, Infinity]];

/** All cells of one band as one mark; the further from 1, the denser. */
function cells(map, sign) {
  return BANDS.map(([low, high], k) => {
    const path = map.flatMap((row, i) =>
      row.flatMap((value, j) => {
        if (!(sign * value >= low && sign * value < high)) return [];
        const [x, y] = [D(COLUMNS[j] - 1), G(ROWS[i] * 1.122)];
        const [w, h] = [D(3) - D(1), G(ROWS[i] / 1.122) - y];
        return [`M${x.toFixed(1)} ${y.toFixed(1)}h${w.toFixed(1)}v${h.toFixed(1)}h${(-w).toFixed(1)}z`];
      }),
    );
    const kind = sign > 0 ? "red" : "blue";
    return path.length ? `<path class="fill ${kind}" fill-opacity="${0.14 + 0.11 * k}" d="${path.join("")}"/>` : "";
  }).join("");
}

function chart(values, { depth, gain }) {
  const { map } = values;
  const logs = ROWS.map((row) => Math.log10(row));
  const grid = { xs: COLUMNS, ys: logs, values: Float64Array.from(map.flat()) };
  const level = contour(grid, 0).map((points) => points.map(([x, y]) => [D(x), G(10 ** y)]));
  return panel(
    [
      cells(map, 1),
      cells(map, -1),
      axes({
        x: D,
        y: G,
        xTicks: [10, 20, 30, 40, 50],
        yTicks: [0.25, 1, 4, 16, 64],
        xName: "layers _L_",
        yName: "gain _σ_ of the weights",
      }),
      level.map((points) => line(points, "ink dash thin")).join(""),
      legend([["square", "red", "explodes"], ["square", "blue", "vanishes"], ["line", "ink dash thin", "ratio 1"]], [46, 150, 254]),
      handle("map", D(depth), G(gain), "ink"),
    ].join(""),
  );
}

function course(values, { depth }) {
  const { norms, scale } = values;
  const [low, high] = [Math.min(...norms, 0, scale), Math.max(...norms, 0, scale)];
  const room = Math.max(1, 0.08 * (high - low));
  const x = linear([0, depth], place.across);
  const y = linear([low - room, high + room], place.up);
  const at = norms.map((norm, l) => [x(l), y(norm)]);
  const plain = norms.map((norm, l) => [x(l), y(norm - scale)]);
  const kind = values.decades > 0 ? "red" : "blue dash";
  return panel(
    [
      axes({
        x,
        y,
        xTicks: depth < 5 ? range(0, depth, depth + 1) : ticks(0, depth, 5),
        yTicks: ticks(low - room, high + room, 5),
        xName: "layer _l_, from the input to the output",
        yName: "log₁₀ ‖∂_L_/∂_h_‖",
      }),
      scale ? line(plain, "grey thin-dash") : "",
      line(at, kind),
      marker("dot", ...at[0], kind.split(" ")[0], 5),
      marker("diamond", ...at.at(-1), "ink", 5),
      legend(
        [["dot", kind.split(" ")[0], "at the input"], ["diamond", "ink", "at the output"], ...(scale ? [["line", "grey thin-dash", "loss × 1"]] : [])],
        [46, 150, 254],
      ),
    ].join(""),
  );
}

const draw = (values, state) => chart(values, state) + course(values, state);

const power = (log) => number(10 ** log, 2);

function describe({ decades: total, factor, scale, norms }, { act, loss, depth, gain }) {
  const fate = total < -1 ? "it vanishes" : total > 1 ? "it explodes" : "it stays of the same order";
  const layers = depth === 1 ? "One layer" : `${depth} layers`;
  const size = `${layers} of ${NAMES[act]} units with weights of gain ${number(gain)} ${depth === 1 ? "multiplies" : "multiply"} the norm of the gradient by ${power(total)}`;
  const each = `, about ${number(factor)} a layer: ${fate}.`;
  const words = loss === "1" ? "" : ` The loss was multiplied by ${loss === "1000" ? "1000" : "1/1000"}: the gradient starts at ${power(scale)} and arrives at ${power(norms[0])}. The ratio, the slope of the curve and the whole map are what they were.`;
  return size + each + words;
}

function drag({ x, y }) {
  const depth = Math.min(DEEPEST, Math.max(1, Math.round(D.invert(x))));
  return { depth, gain: GAINS.value(GAINS.position(G.invert(y))) };
}

export default { title: "Depth, gain and the gradient", start, controls, compute, draw, describe, drag };
