// Momentum on a parabola of curvature 1: the rate over (η, β), and the walk of one point of the map.

import { axes, clipped, evenly, handle, inside, label, legend, line, linear, marker } from "./axes.js";
import { number, panel, range, ticks } from "./axes.js";

const STEPS = 60;
const DROP = 20;
const FAR = 1e12;
const RATES = evenly(0.02, 4, 0.02);
const BETAS = evenly(0, 0.99, 0.01);
const COLUMNS = range(0.05, 3.95, 40);
const ROWS = range(0.02, 0.98, 25);

const FORMS = { outside: "outside", inside: "inside", ema: "average", nesterov: "Nesterov" };

const start = { form: "outside", drop: "no", lr: 0.2, beta: 0.8 };

const controls = [
  { name: "form", label: "form", kind: "choice", options: Object.entries(FORMS) },
  {
    name: "drop",
    label: "learning rate",
    kind: "choice",
    options: [["no", "constant"], ["yes", `a tenth after step ${DROP}`]],
  },
  { name: "lr", label: "rate <i>η</i>", kind: "range", scale: RATES, format: (lr) => number(lr) },
  { name: "beta", label: "<i>β</i> or <i>μ</i>", kind: "range", scale: BETAS, format: (beta) => number(beta) },
];

/** The sum and the product of the two eigenvalues of a step. */
function pair(form, lr, beta) {
  if (form === "nesterov") return [(1 + beta) * (1 - lr), beta * (1 - lr)];
  const own = form === "ema" ? lr * (1 - beta) : lr;
  return [1 + beta - own, beta];
}

const gap = ([sum, product]) => sum * sum - 4 * product;

/** The larger size of the two eigenvalues, as `hb_radius` and `nesterov_radius` of the library. */
function radius(form, lr, beta) {
  const both = pair(form, lr, beta);
  return gap(both) < 0 ? Math.sqrt(both[1]) : (Math.abs(both[0]) + Math.sqrt(gap(both))) / 2;
}

const STEPPERS = {
  inside: (w, v, lr, beta) => {
    const u = beta * v - lr * w;
    return [w + u, u];
  },
  outside: (w, v, lr, beta) => {
    const u = beta * v + w;
    return [w - lr * u, u];
  },
  ema: (w, v, lr, beta) => {
    const u = beta * v + (1 - beta) * w;
    return [w - lr * u, u];
  },
  nesterov: (w, v, lr, beta) => {
    const u = beta * v + w;
    return [w - lr * (w + beta * u), u];
  },
};

function walk({ form, drop, lr, beta }) {
  const path = [1];
  for (let k = 1, v = 0; k <= STEPS; k++) {
    const now = drop === "yes" && k > DROP ? lr / 10 : lr;
    const [w, u] = STEPPERS[form](path[k - 1], v, now, beta);
    if (!(Math.abs(w) < FAR)) break;
    path.push(w);
    v = u;
  }
  return path;
}

const known = new Map(); // the map of a form never changes

function rates(form) {
  if (!known.has(form)) known.set(form, ROWS.map((beta) => COLUMNS.map((lr) => radius(form, lr, beta))));
  return known.get(form);
}

function compute(state) {
  const { form, lr, beta } = state;
  const path = walk(state);
  const both = pair(form, lr, beta);
  return {
    path,
    moves: path.map((w, k) => (k ? w - path[k - 1] : 0)),
    rate: radius(form, lr, beta),
    later: radius(form, lr / 10, beta),
    swings: gap(both) < 0,
    negative: both[0] < 0,
    map: rates(form).map((row) => [...row]),
    columns: COLUMNS,
    rows: ROWS,
  };
}

const TALL = 420;
const room = inside(360, TALL);
const E = linear([0, 4], room.across);
const B = linear([0, 1], room.up);
const BANDS = [[0, 0.3], [0.3, 0.5], [0.5, 0.7], [0.7, 0.85], [0.85, 0.95], [0.95, 1]];

/** All cells of one band as one mark; the faster, the denser. */
function cells(map) {
  const width = E(COLUMNS[1]) - E(COLUMNS[0]);
  const height = B(ROWS[0]) - B(ROWS[1]);
  const mark = (low, high, kind, opacity) => {
    const path = map.flatMap((row, i) =>
      row.flatMap((value, j) => {
        if (!(value >= low && value < high)) return [];
        const [x, y] = [E(COLUMNS[j]) - width / 2, B(ROWS[i]) - height / 2];
        return [`M${x.toFixed(1)} ${y.toFixed(1)}h${width.toFixed(1)}v${height.toFixed(1)}h${(-width).toFixed(1)}z`];
      }),
    );
    return path.length ? `<path class="fill ${kind}" fill-opacity="${opacity}" d="${path.join("")}"/>` : "";
  };
  const settles = BANDS.map(([low, high], k) => mark(low, high, "blue", (0.75 - 0.12 * k).toFixed(2)));
  return settles.join("") + mark(1, Infinity, "red", 0.3);
}

/** Where the walk stops settling, and where it begins and ceases to swing, as η over β. */
function borders(form) {
  const betas = range(0, 0.999, 200);
  const scale = (beta) => (form === "ema" ? 1 - beta : 1);
  const curves =
    form === "nesterov"
      ? [(b) => (2 + 2 * b) / (1 + 2 * b), (b) => ((1 - b) / (1 + b)) ** 2, () => 1]
      : [(b) => 2 * (1 + b), (b) => (1 - Math.sqrt(b)) ** 2, (b) => (1 + Math.sqrt(b)) ** 2].map(
          (edge) => (b) => edge(b) / scale(b),
        );
  const drawn = ([edge, kind]) =>
    line(betas.filter((b) => edge(b) <= 4).map((b) => [E(edge(b)), B(b)]), kind);
  const kinds = ["ink", "ink thin-dash", "ink thin-dash"];
  return curves.map((edge, k) => drawn([edge, kinds[k]])).join("");
}

function chart({ map }, { form, lr, beta }) {
  return panel(
    [
      cells(map),
      axes({
        x: E,
        y: B,
        xTicks: [0, 1, 2, 3, 4],
        yTicks: [0, 0.2, 0.4, 0.6, 0.8, 1],
        xName: "learning rate _η_ (curvature 1)",
        yName: form === "nesterov" ? "Nesterov's momentum _μ_" : `momentum _β_, form ${FORMS[form]}`,
      }),
      clipped(E, B, borders(form)),
      legend([["square", "blue", "settles"], ["square", "red", "grows"], ["line", "ink thin-dash", "swings within"]], [46, 128, 204]),
      handle("map", E(lr), B(beta), "ink"),
    ].join(""),
    360,
    TALL,
  );
}

const bounded = (low, size, high) => Math.min(high, Math.max(low, size));
const largest = (values) => Math.max(...values.map(Math.abs));

/** The walk over the steps, and under it the same walk as move against place. */
function course({ path, moves }, { drop, form, lr, beta }) {
  const high = bounded(1, 1.05 * largest(path), 3);
  const fast = bounded(0.02, 1.15 * largest(moves), 3);
  const k = linear([0, STEPS], room.across);
  const x = linear([-high, high], [190, 54]);
  const place = linear([-high, high], room.across);
  const move = linear([-fast, fast], [TALL - 42, 266]);
  const over = path.map((w, j) => [k(j), x(bounded(-50, w, 50))]);
  const round = path.map((w, j) => [place(bounded(-50, w, 50)), move(bounded(-50, moves[j], 50))]);
  const dots = (points) => points.map(([u, v]) => marker("dot", u, v, "blue", 2.2)).join("");
  const cut = drop === "yes" ? line([[k(DROP), 54], [k(DROP), 190]], "red dash") : "";
  const from = drop === "yes" && round.length > DROP ? marker("diamond", ...round[DROP], "red", 5) : "";
  return panel(
    [
      axes({ x: k, y: x, xTicks: [0, 20, 40, 60], yTicks: ticks(-high, high, 3), xName: "", yName: "place _x_ over the steps" }),
      clipped(k, x, line(over, "blue thin") + dots(over) + cut),
      axes({
        x: place,
        y: move,
        xTicks: ticks(-high, high, 4),
        yTicks: ticks(-fast, fast, 3),
        xName: "place _x_",
        yName: "last move, over the place",
      }),
      clipped(place, move, line(round, "blue thin") + dots(round) + marker("diamond", place(0), move(0), "green", 5) + from),
      drop === "yes" ? legend([["diamond", "red", `step ${DROP}: the rate drops`]], [190]) : "",
    ].join(""),
    360,
    TALL,
  );
}

const draw = (values, state) => chart(values, state) + course(values, state);

function describe({ path, moves, rate, later, swings, negative }, { form, drop, lr, beta }) {
  const letter = form === "nesterov" ? "μ" : "β";
  const who = form === "nesterov" ? "Nesterov's method" : `Momentum, form ${FORMS[form]}`;
  const set = `${who}, η = ${number(lr)} and ${letter} = ${number(beta)}: `;
  const way = swings ? "swings around 0" : negative ? "jumps from side to side" : "creeps without swinging";
  const digit = number(Math.max(1, Math.round(Math.log(0.1) / Math.log(rate))), 4);
  const fate =
    rate >= 1
      ? `x does not settle; the rate is ${number(rate)}, not below 1.`
      : `x ${way}, and shrinks to ${number(rate)} of itself in a step in the long run${rate < 0.1 ? "" : `: a digit takes ${digit} step${digit === "1" ? "" : "s"}`}.`;
  if (drop === "no") return set + fate;
  if (path.length <= DROP + 1) return `${set}${fate} It is gone before the rate could drop.`;
  const glide = `The moves before and after are ${number(moves[DROP])} and ${number(moves[DROP + 1])}.`;
  return `${set}${fate} After step ${DROP} η is ${number(lr / 10)}, and the rate ${number(later)}. ${glide}`;
}

const drag = ({ x, y }) => ({
  lr: RATES.value(RATES.clean(RATES.position(E.invert(x)))),
  beta: BETAS.value(BETAS.clean(BETAS.position(B.invert(y)))),
});

export default { title: "Momentum on a parabola", start, controls, compute, draw, describe, drag };
