// Which of Himmelblau's minima each start reaches, while the learning rate passes their thresholds.

import { axes, clipped, evenly, handle, inside, label, line, linear, marker, number, panel, range, shape } from "./axes.js";

const REACH = 5;
const SIDE = 56;
const TOL = 1e-3;
const AXIS = range(-REACH, REACH, SIDE);
const MINIMA = [
  [3.0, 2.0],
  [-2.805118086952745, 3.131312518250573],
  [-3.779310253377747, -3.28318599128617],
  [3.584428340330492, -1.848126526964404],
];
const LOOKS = [
  ["A", "blue", "dot"],
  ["B", "red", "square"],
  ["C", "green", "up"],
  ["D", "grey", "diamond"],
];

const start = { steps: "300", lr: 0.01, x: -1, y: 0.5 };

const place = (name) => ({ name, label: `start <i>${name}</i>`, kind: "range", min: -5, max: 5, step: 0.05, format: (v) => number(v) });

const controls = [
  {
    name: "steps",
    label: "judged after",
    kind: "choice",
    options: ["100", "300", "1000"].map((n) => [n, `${n} steps`]),
  },
  { name: "lr", label: "rate <i>η</i>", kind: "range", min: 0.002, max: 0.026, step: 0.0001, format: (lr) => number(lr) },
  place("x"),
  place("y"),
];

/** The gradient, in the operations of the library, so that a bit is a bit. */
function slope(x, y) {
  const p = x * x + y - 11;
  const q = x + y * y - 7;
  return [4 * x * p + 2 * q, 2 * p + 4 * y * q];
}

/** The largest eigenvalue of the Hessian. */
function steepest([x, y]) {
  const a = 12 * x * x + 4 * y - 42;
  const b = 4 * (x + y);
  const c = 12 * y * y + 4 * x - 26;
  return (a + c) / 2 + Math.hypot((a - c) / 2, b);
}

const CURVES = MINIMA.map(steepest);

const nearest = (x, y) => {
  const far = MINIMA.map(([a, b]) => Math.sqrt((x - a) * (x - a) + (y - b) * (y - b)));
  const best = far.indexOf(Math.min(...far));
  return [best, far[best]];
};

/** Where descent ends: a minimum's number, or −1. */
function end(x, y, lr, n, stable) {
  for (let k = 0; k < n; k++) {
    const [g, h] = slope(x, y);
    [x, y] = [x - lr * g, y - lr * h];
    if (!(Math.abs(x) < 1e6 && Math.abs(y) < 1e6)) return -1;
    // So close to a minimum that attracts, nothing changes any more.
    if (k % 8 === 7) {
      const [best, far] = nearest(x, y);
      if (far < 1e-6 && stable[best]) return best;
    }
  }
  const [best, far] = nearest(x, y);
  return far <= TOL ? best : -1;
}

function walk({ x, y, lr }) {
  const path = [[x, y]];
  for (let k = 0; k < 60; k++) {
    const [g, h] = slope(x, y);
    [x, y] = [x - lr * g, y - lr * h];
    if (!(Math.abs(x) < 1e7 && Math.abs(y) < 1e7)) break;
    path.push([x, y]);
  }
  return path;
}

let last = {}; // dragging the start leaves the map as it is

function colouring(lr, n) {
  if (last.lr !== lr || last.n !== n) {
    const stable = CURVES.map((curve) => lr * curve < 2);
    last = { lr, n, labels: AXIS.flatMap((y) => AXIS.map((x) => end(x, y, lr, n, stable))) };
  }
  return last.labels;
}

function compute(state) {
  const { x, y, lr } = state;
  const n = Number(state.steps);
  const labels = [...colouring(lr, n)];
  const stable = CURVES.map((curve) => lr * curve < 2);
  const share = (i) => labels.filter((one) => one === i).length / labels.length;
  return {
    axis: AXIS,
    labels,
    shares: [0, 1, 2, 3, -1].map(share),
    sharp: CURVES.map((curve) => lr * curve),
    edges: CURVES.map((curve) => 2 / curve),
    stable,
    path: walk(state),
    end: end(x, y, lr, n, stable),
  };
}

const room = inside(360, 360);
const X = linear([-REACH, REACH], room.across);
const Y = linear([-REACH, REACH], room.up);
const CELL = X(AXIS[1]) - X(AXIS[0]);
const TALL = Y(AXIS[0]) - Y(AXIS[1]);
const short = (value) => String(Math.round(value * 10) / 10);

/** All starts of one label as one shape: each row of the grid in runs. */
function region(labels, i, kind) {
  let path = "";
  for (let row = 0; row < SIDE; row++) {
    for (let from = 0; from < SIDE; from++) {
      if (labels[row * SIDE + from] !== i) continue;
      let to = from;
      while (to + 1 < SIDE && labels[row * SIDE + to + 1] === i) to++;
      const [left, top] = [X(AXIS[from]) - CELL / 2, Y(AXIS[row]) - TALL / 2];
      path += `M${short(left)} ${short(top)}h${short(CELL * (to - from + 1))}v${short(TALL + 0.15)}H${short(left)}z`;
      from = to;
    }
  }
  return path ? `<path class="fill ${kind}" fill-opacity="0.55" d="${path}"/>` : "";
}

function map({ labels, stable, path }, { x, y, steps }) {
  const points = path.map(([u, v]) => [X(u), Y(v)]);
  const seen = points.filter(([u, v]) => u >= X.range[0] && u <= X.range[1] && v <= Y.range[0] && v >= Y.range[1]);
  const marks = [
    LOOKS.map(([, kind], i) => region(labels, i, kind)).join(""),
    line(points, "ink thin"),
    seen.slice(1).map(([u, v]) => marker("dot", u, v, "ink", 2.4)).join(""),
  ];
  const names = MINIMA.map(([a, b], i) => {
    const [name, , form] = LOOKS[i];
    const word = stable[i] ? name : `${name} lost`;
    return marker(stable[i] ? form : "ring", X(a), Y(b), "ink", 6) + label(X(a) + 10, Y(b) - 8, word, "ink");
  });
  return panel(
    axes({ x: X, y: Y, xTicks: [-4, -2, 0, 2, 4], yTicks: [-4, -2, 0, 2, 4], xName: "_x_ of the start", yName: `_y_ of the start; empty: none after ${steps} steps` }) +
      clipped(X, Y, marks.join("")) +
      names.join("") +
      handle("start", X(x), Y(y), "ink full"),
    360,
    360,
  );
}

const across = linear([0, 5], room.across);
const SHARE = linear([0, 1], room.up);

function bars({ shares, sharp, stable }) {
  const one = (k) => {
    const [name, kind] = LOOKS[k] ?? ["none", "faint"];
    const [left, middle, right] = [0.18, 0.5, 0.82].map((part) => across(k + part));
    const top = SHARE(shares[k]);
    const over = [label(middle, top - 8, number(shares[k], 2), "ink", "middle")];
    const edge = k < 4 ? label(middle, SHARE(0) + 33, `${number(sharp[k])}${stable[k] ? "" : " > 2"}`, "tick", "middle") : "";
    return [
      shape([[left, SHARE(0)], [left, top], [right, top], [right, SHARE(0)]], `fill ${kind}`),
      ...over,
      label(middle, SHARE(0) + 17, name, "tick", "middle"),
      edge,
    ].join("");
  };
  return panel(
    axes({ x: across, y: SHARE, xTicks: [], yTicks: [0, 0.25, 0.5, 0.75, 1], xName: "", yName: "share of starts; under each name its _ηλ_ max" }) +
      [0, 1, 2, 3, 4].map(one).join(""),
    360,
    360,
  );
}

const draw = (values, state) => map(values, state) + bars(values);

const percent = (share) => `${number(100 * share, 3)} %`;

function describe({ shares, stable, edges, end: reached }, { steps, lr, x, y }) {
  const parts = LOOKS.map(([name], i) => `${percent(shares[i])} reach ${name}`);
  const lost = LOOKS.filter((_, i) => !stable[i]).map(([name]) => name);
  const next = Math.min(...edges.filter((edge) => edge > lr));
  const gone = lost.length ? `Too steep for this rate: ${lost.join(", ")}.` : "All four minima attract.";
  const then = Number.isFinite(next) ? ` The next is lost at η = ${number(next, 4)}.` : "";
  const mine = reached < 0 ? "no minimum" : LOOKS[reached][0];
  return `η = ${number(lr)}, after ${steps} steps: ${parts.join(", ")}, and ${percent(shares[4])} none. ${gone}${then} The start (${number(x)}, ${number(y)}) reaches ${mine}.`;
}

const limit = evenly(-5, 5, 0.05);

const drag = ({ x, y }) => ({
  x: limit.value(limit.clean(X.invert(x))),
  y: limit.value(limit.clean(Y.invert(y))),
});

/** Played, the learning rate rises through the four thresholds. */
function tick({ lr }, seconds) {
  return lr >= 0.026 ? null : { lr: Math.min(0.026, lr + 0.0015 * seconds) };
}

export default { title: "Himmelblau's basins and the learning rate", start, controls, compute, draw, describe, drag, tick };
