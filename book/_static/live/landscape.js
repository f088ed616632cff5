// Ten thousand balls on a terrain: descent from many starts, with noise and memory where wanted.

import { axes, clipped, contour, evenly, inside, label, linear, lines, marker, number, panel, range, sample, shape } from "./axes.js";

const REACH = 5;
const SIDE = 101;
const COUNT = SIDE * SIDE;
const END = 300; // steps after which a ball is judged
const TOL = 1e-3; // so near a minimum it has arrived
const FAR = 1e6; // so far out it is lost
const GENTLE = 0.005; // the rate by which a ball's home is found
const NAMES = ["A", "B", "C", "D"];
const LOOKS = ["blue", "red", "green", "grey", "faint"];
const FORMS = ["dot", "square", "up", "diamond"];
const NONE = 4;

// --- the two terrains, in the operations of the library ---

const BUMPS = [
  [-3.0, 2.4, 90.0, 1.0],
  [2.6, 2.8, 130.0, 1.3],
  [-2.2, -2.8, 120.0, 1.2],
  [2.8, -2.2, 60.0, 0.7],
  [0.2, 0.1, -60.0, 1.2],
];

// The same as one row of numbers, for the loop over all balls: centre, depth / width², 1 / (2 width²).
const FLAT = new Float64Array(BUMPS.flatMap(([a, b, depth, width]) => [a, b, depth / width ** 2, 1 / (2 * width ** 2)]));

const TERRAINS = {
  himmelblau: {
    words: "Himmelblau's function",
    minima: [
      [3.0, 2.0],
      [-2.805118086952745, 3.131312518250573],
      [-3.779310253377747, -3.28318599128617],
      [3.584428340330492, -1.848126526964404],
    ],
    levels: [2, 13, 40, 68, 105, 180, 300, 500],
    value: (x, y) => (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2,
    slope(x, y, to) {
      const p = x * x + y - 11;
      const q = x + y * y - 7;
      to[0] = 4 * x * p + 2 * q;
      to[1] = 2 * p + 4 * y * q;
    },
    hessian: ([x, y]) => [12 * x * x + 4 * y - 42, 4 * (x + y), 12 * y * y + 4 * x - 26],
  },
  hills: {
    words: "the hills",
    minima: [
      [-2.8182557645225192, 2.2537435119130627],
      [2.431036462600519, 2.619209325757116],
      [-2.063604022693679, -2.6254485497540205],
      [2.683427111585648, -2.108521029007266],
    ],
    levels: [-80, -60, -40, -20, 0, 20, 40, 60, 80, 100],
    value: (x, y) => BUMPS.reduce((sum, [a, b, depth, width]) => sum - depth * bell(x - a, y - b, width), 3 * (x * x + y * y)),
    slope(x, y, to) {
      let [g, h] = [6 * x, 6 * y];
      for (let k = 0; k < FLAT.length; k += 4) {
        const dx = x - FLAT[k];
        const dy = y - FLAT[k + 1];
        const power = (dx * dx + dy * dy) * FLAT[k + 3];
        if (power > 40) continue; // less than the last digit of any sum here
        const pull = FLAT[k + 2] * Math.exp(-power);
        g += dx * pull;
        h += dy * pull;
      }
      to[0] = g;
      to[1] = h;
    },
    hessian([x, y]) {
      let [a, b, c] = [6, 0, 6];
      for (const [u, v, depth, width] of BUMPS) {
        const square = width * width;
        const pull = (depth * bell(x - u, y - v, width)) / square;
        a += pull - ((x - u) * (x - u) * pull) / square;
        b -= ((x - u) * (y - v) * pull) / square;
        c += pull - ((y - v) * (y - v) * pull) / square;
      }
      return [a, b, c];
    },
  },
};

function bell(dx, dy, width) {
  return Math.exp(-(dx * dx + dy * dy) / (2 * width * width));
}

for (const terrain of Object.values(TERRAINS)) {
  terrain.curves = terrain.minima.map((point) => {
    const [a, b, c] = terrain.hessian(point);
    return (a + c) / 2 + Math.hypot((a - c) / 2, b);
  });
}

// --- noise: for each ball and step its own two normal numbers, the same ones in every run ---

function scramble(bits) {
  let h = bits | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Two independent normal numbers for a ball and a step, by Box and Muller. */
function normals(ball, step, to) {
  const first = scramble(Math.imul(ball + 1, 0x9e3779b1) ^ scramble(step + 1));
  const second = scramble(first ^ 0x5bd1e995);
  const radius = Math.sqrt(-2 * Math.log((first + 0.5) / 4294967296));
  const angle = (2 * Math.PI * (second + 0.5)) / 4294967296;
  to[0] = radius * Math.cos(angle);
  to[1] = radius * Math.sin(angle);
}

// --- the balls ---

const AXIS = range(-REACH, REACH, SIDE);

function fresh(terrain, lr, noise, beta) {
  const balls = { terrain, lr, noise, beta, step: 0 };
  for (const name of ["x", "y", "v", "u"]) balls[name] = new Float64Array(COUNT);
  for (let i = 0; i < COUNT; i++) {
    balls.x[i] = AXIS[i % SIDE];
    balls.y[i] = AXIS[Math.floor(i / SIDE)];
  }
  return balls;
}

const g = [0, 0];
const xi = [0, 0];

/** Move every ball but those that have come to rest; a lost one is NaN from then on. */
function advance(balls, resting = null) {
  const { slope } = TERRAINS[balls.terrain];
  const { lr, noise, beta, step, x, y, v, u } = balls;
  for (let i = 0; i < COUNT; i++) {
    if (resting && resting[i] !== NONE) continue;
    slope(x[i], y[i], g);
    if (noise) {
      normals(i, step, xi);
      g[0] += noise * xi[0];
      g[1] += noise * xi[1];
    }
    v[i] = beta * v[i] + g[0];
    u[i] = beta * u[i] + g[1];
    x[i] -= lr * v[i];
    y[i] -= lr * u[i];
    if (!(Math.abs(x[i]) <= FAR && Math.abs(y[i]) <= FAR)) x[i] = y[i] = NaN;
  }
  balls.step += 1;
}

/** The number of the nearest minimum, if it is within reach; a lost ball has none. */
function nearest({ terrain, x, y }, i, reach = Infinity) {
  const { minima } = TERRAINS[terrain];
  let best = NONE;
  let least = reach * reach;
  for (let k = 0; k < minima.length; k++) {
    const dx = x[i] - minima[k][0];
    const dy = y[i] - minima[k][1];
    const square = dx * dx + dy * dy;
    if (square <= least) {
      best = k;
      least = square;
    }
  }
  return best;
}

const stable = (terrain, lr, beta) => TERRAINS[terrain].curves.map((curve) => lr * curve < 2 * (1 + beta));

/** For every ball the minimum where it ends without noise, or NONE. */
function ends(terrain, lr, beta) {
  const balls = fresh(terrain, lr, 0, beta);
  const keeps = stable(terrain, lr, beta);
  const found = new Uint8Array(COUNT).fill(NONE);
  while (balls.step < END) {
    advance(balls, found);
    if (balls.step % 8) continue;
    for (let i = 0; i < COUNT; i++) {
      if (found[i] !== NONE || lr * Math.hypot(balls.v[i], balls.u[i]) > 1e-7) continue;
      const k = nearest(balls, i, 1e-6);
      if (k !== NONE && keeps[k]) found[i] = k;
    }
  }
  for (let i = 0; i < COUNT; i++) if (found[i] === NONE) found[i] = nearest(balls, i, TOL);
  return found;
}

// What was found for the last settings is kept: a frame then costs one step.
const memory = new Map();

function once(name, key, make) {
  if (memory.get(name)?.key !== key) memory.set(name, { key, value: make() });
  return memory.get(name).value;
}

/** The balls of a state, where they are after its steps. */
function rolling({ terrain, lr, noise, beta, t }) {
  const key = [terrain, lr, noise, beta].join();
  const steps = Math.floor(t);
  let balls = once("balls", key, () => fresh(terrain, lr, noise, beta));
  if (balls.step > steps) {
    memory.delete("balls");
    balls = once("balls", key, () => fresh(terrain, lr, noise, beta));
  }
  while (balls.step < steps) advance(balls);
  return balls;
}

const final = ({ terrain, lr, beta }) => once("ends", [terrain, lr, beta].join(), () => ends(terrain, lr, beta));
const homes = ({ terrain }) => once(`homes on ${terrain}`, "", () => ends(terrain, GENTLE, 0));
const colours = (state) => (state.noise ? homes(state) : final(state));

const shares = (labels) => {
  const counts = [0, 0, 0, 0, 0];
  for (const label of labels) counts[label] += 1;
  return counts.map((count) => count / COUNT);
};

// --- the figure ---

const start = { terrain: "himmelblau", t: 0, lr: 0.01, noise: 0, beta: 0 };

const controls = [
  {
    name: "terrain",
    label: "terrain",
    kind: "choice",
    options: [
      ["himmelblau", "Himmelblau"],
      ["hills", "hills"],
    ],
  },
  { name: "t", label: "steps", kind: "range", min: 0, max: END, step: 1, format: (t) => String(Math.floor(t)) },
  { name: "lr", label: "rate <i>η</i>", kind: "range", min: 0.002, max: 0.026, step: 0.0001, format: (lr) => number(lr) },
  { name: "noise", label: "noise <i>σ</i>", kind: "range", min: 0, max: 120, step: 1, format: (noise) => number(noise) },
  { name: "beta", label: "memory <i>β</i>", kind: "range", min: 0, max: 0.95, step: 0.01, format: (beta) => number(beta) },
];

function compute(state) {
  const { terrain, lr, noise, beta } = state;
  const balls = rolling(state);
  const home = colours(state);
  const now = new Uint8Array(COUNT);
  for (let i = 0; i < COUNT; i++) now[i] = nearest(balls, i);
  const { curves } = TERRAINS[terrain];
  return {
    steps: balls.step,
    now: shares(now),
    ends: noise ? null : shares(final(state)),
    away: now.filter((label, i) => label !== NONE && label !== home[i]).length / COUNT,
    some: [0, 1020, 2550, 5100, 7649, 10200].map((i) => [balls.x[i], balls.y[i]].map((c) => (Number.isNaN(c) ? null : c))),
    sharp: curves.map((curve) => lr * curve),
    limit: 2 * (1 + beta),
    edges: curves.map((curve) => (2 * (1 + beta)) / curve),
    stable: stable(terrain, lr, beta),
  };
}

const room = inside(360, 360);
const X = linear([-REACH, REACH], room.across);
const Y = linear([-REACH, REACH], room.up);
const short = (value) => String(Math.round(value * 10) / 10);

function heights(terrain) {
  return once(`heights of ${terrain}`, "", () => {
    const { value, levels } = TERRAINS[terrain];
    const grid = range(-REACH, REACH, 81);
    const heightmap = sample(value, grid, grid);
    return lines(levels.flatMap((level) => contour(heightmap, level).map((points) => points.map(([u, v]) => [X(u), Y(v)]))), "faint");
  });
}

/** One ball in sixteen, for pages without a script and for paper; a page with one paints them all. */
function still(state) {
  const balls = rolling(state);
  const labels = colours(state);
  const dots = LOOKS.map(() => "");
  for (let row = 0; row < SIDE; row += 4) {
    for (let column = 0; column < SIDE; column += 4) {
      const i = row * SIDE + column;
      const [u, v] = [X(balls.x[i]), Y(balls.y[i])];
      if (u >= X.range[0] && u <= X.range[1] && v <= Y.range[0] && v >= Y.range[1]) dots[labels[i]] += `M${short(u)} ${short(v)}h0`;
    }
  }
  return dots.map((path, k) => (path ? `<path class="specks ${LOOKS[k]}" d="${path}"/>` : "")).join("");
}

function map(values, state) {
  const { minima } = TERRAINS[state.terrain];
  const names = minima.map(([a, b], k) => {
    const attracts = values.stable[k];
    const word = attracts ? NAMES[k] : `${NAMES[k]} lost`;
    return marker(attracts ? FORMS[k] : "ring", X(a), Y(b), "ink", 5) + label(X(a) + 9, Y(b) - 8, word, "ink");
  });
  const noise = state.noise ? `, _σ_ = ${number(state.noise)}` : "";
  const name = `_y_; ${number(COUNT, 5)} balls after ${values.steps} ${values.steps === 1 ? "step" : "steps"}${noise}`;
  return panel(
    axes({ x: X, y: Y, xTicks: [-4, -2, 0, 2, 4], yTicks: [-4, -2, 0, 2, 4], xName: "_x_", yName: name }) +
      clipped(X, Y, `${heights(state.terrain)}<g class="live-still">${still(state)}</g>`) +
      names.join(""),
    360,
    360,
  );
}

const across = linear([0, 5], room.across);
const SHARE = linear([0, 1], room.up);
const shown = ({ ends: final, now }) => final ?? now;

function bars(values) {
  const one = (share, k) => {
    const [left, middle, right] = [0.18, 0.5, 0.82].map((part) => across(k + part));
    const top = SHARE(share);
    const edge = k < NONE ? `${number(values.sharp[k])}${values.stable[k] ? "" : " ↑"}` : "";
    return [
      shape([[left, SHARE(0)], [left, top], [right, top], [right, SHARE(0)]], `fill ${LOOKS[k]}`),
      label(middle, top - 8, number(share, 2), "ink", "middle"),
      label(middle, SHARE(0) + 17, NAMES[k] ?? "none", "tick", "middle"),
      label(middle, SHARE(0) + 33, edge, "tick", "middle"),
    ].join("");
  };
  const words = values.ends ? `share in the end; below, _ηλ_ max (limit ${number(values.limit)})` : "share nearest to it now; below, its _ηλ_ max";
  return panel(
    axes({ x: across, y: SHARE, xTicks: [], yTicks: [0, 0.25, 0.5, 0.75, 1], xName: "", yName: words }) + shown(values).map(one).join(""),
    360,
    360,
  );
}

const draw = (values, state) => map(values, state) + bars(values);

/** All balls, each in the colour of its valley: where it ends, or with noise where its home is. */
function paint(context, values, state, { panels: [{ x, y, scale }], colour }) {
  const balls = rolling(state);
  const labels = colours(state);
  const size = Math.max(1.6, 2.2 * scale);
  context.save();
  context.beginPath();
  context.rect(x + X.range[0] * scale, y + Y.range[1] * scale, (X.range[1] - X.range[0]) * scale, (Y.range[0] - Y.range[1]) * scale);
  context.clip();
  context.globalAlpha = 0.8;
  LOOKS.forEach((look, k) => {
    context.fillStyle = colour(look);
    for (let i = 0; i < COUNT; i++) {
      if (labels[i] === k) context.fillRect(x + X(balls.x[i]) * scale - size / 2, y + Y(balls.y[i]) * scale - size / 2, size, size);
    }
  });
  context.restore();
}

const percent = (share) => `${number(100 * share, 3)} %`;

function method({ lr, noise, beta }) {
  const extras = [beta && `memory β = ${number(beta)}`, noise && `noise σ = ${number(noise)} on each gradient`].filter(Boolean);
  return extras.length ? `Descent with η = ${number(lr)}, ${extras.join(" and ")}` : `Plain descent from many starts with η = ${number(lr)}`;
}

function describe(values, state) {
  const parts = NAMES.map((name, k) => `${percent(shown(values)[k])} ${name}`).join(", ");
  const none = percent(shown(values)[NONE]);
  const when = `${method(state)} on ${TERRAINS[state.terrain].words}, after ${values.steps} of ${END} steps.`;
  const lost = NAMES.filter((_, k) => !values.stable[k]);
  const next = Math.min(...values.edges.filter((edge) => edge > state.lr));
  const gone = lost.length ? `Too steep for this rate: ${lost.join(", ")}.` : "All four minima attract.";
  const then = Number.isFinite(next) ? ` The next is lost at η = ${number(next, 4)}.` : "";
  const where = values.ends
    ? `In the end ${parts} hold them, and ${none} of the balls are in none.`
    : `Nearest now: ${parts}, lost ${none}. Colours tell where descent would lead a ball from its start; ${percent(values.away)} are in another valley.`;
  return `${when} ${where} ${gone}${then}`;
}

/** The shares as a table, for those who would rather read. */
function table(values) {
  const rows = [...NAMES, "none"].map((name, k) => [
    name,
    k < NONE ? number(values.sharp[k]) : "",
    k < NONE ? (values.stable[k] ? "yes" : "no") : "",
    percent(values.now[k]),
    values.ends ? percent(values.ends[k]) : "never at rest",
  ]);
  return { caption: "Shares of the balls", head: ["Minimum", "ηλ max", "attracts", "nearest now", "in the end"], rows };
}

/** Played, the balls roll: slowly at first, where most happens. */
function tick({ t }, seconds) {
  return t >= END ? null : { t: Math.min(END, t + (6 + t / 2) * seconds) };
}

export default { title: "Ten thousand balls on a terrain", start, controls, compute, draw, describe, tick, paint, table };
