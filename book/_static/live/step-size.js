// The two errors of a difference against its step, and the samples themselves under a glass.

import { axes, byPowers, clipped, handle, inside, legend, line, linear, logarithmic, marker } from "./axes.js";
import { number, panel, powerOfTen, powers, range, ticks } from "./axes.js";

// Each function with three derivatives, and Im f(x + ih) in operations that subtract no equals.
const FUNCTIONS = {
  sin: {
    name: "sin x",
    f: Math.sin,
    slopes: (x) => [Math.cos(x), -Math.sin(x), -Math.cos(x)],
    imaginary: (x, h) => Math.cos(x) * Math.sinh(h),
  },
  exp: {
    name: "exp x",
    f: Math.exp,
    slopes: (x) => [Math.exp(x), Math.exp(x), Math.exp(x)],
    imaginary: (x, h) => Math.exp(x) * Math.sin(h),
  },
  cube: {
    name: "x³",
    f: (x) => x * x * x,
    slopes: (x) => [3 * x * x, 6 * x, 6],
    imaginary: (x, h) => 3 * x * x * h - h * h * h,
  },
  bell: {
    name: "1/(1 + x²)",
    f: (x) => 1 / (1 + x * x),
    slopes: (x) => {
      const s = 1 + x * x;
      return [(-2 * x) / s ** 2, (6 * x * x - 2) / s ** 3, (24 * x * (1 - x * x)) / s ** 4];
    },
    imaginary: (x, h) => {
      const [re, im] = [1 + (x - h) * (x + h), 2 * x * h];
      return -im / (re * re + im * im);
    },
  },
};
const SPACING = { float64: 2 ** -52, float32: 2 ** -23 };
const SCHEMES = { forward: "Forward difference", central: "Central difference", complex: "Complex step" };
const LOW = 1e-16;
const FLOOR = 1e-17; // an error of exactly 0 has no logarithm and is drawn here
const GRID = range(-16, 0, 129).map((power) => 10 ** power);

const start = { f: "sin", scheme: "forward", precision: "float64", x: 1, h: 1e-15 };

const controls = [
  {
    name: "f",
    label: "function <i>f</i>",
    kind: "choice",
    options: Object.entries(FUNCTIONS).map(([key, { name }]) => [key, name]),
  },
  {
    name: "scheme",
    label: "scheme",
    kind: "choice",
    options: Object.keys(SCHEMES).map((key) => [key, key === "complex" ? "complex step" : key]),
  },
  { name: "precision", label: "precision", kind: "choice", options: [["float64", "float64"], ["float32", "float32"]] },
  { name: "h", label: "step <i>h</i>", kind: "range", scale: byPowers(LOW, 1, 10), format: (h) => number(h) },
  { name: "x", label: "point <i>x</i>", kind: "range", min: 0.1, max: 3, step: 0.01, format: (x) => number(x) },
];

/** The function and its imaginary part as the machine computes them in that precision. */
function computed({ f, precision }) {
  const { f: value, imaginary } = FUNCTIONS[f];
  if (precision === "float64") return { value, imaginary };
  const round = Math.fround;
  return {
    value: (x) => round(value(round(x))),
    imaginary: (x, h) => round(imaginary(round(x), round(h))),
  };
}

function estimate(state, h) {
  const { value, imaginary } = computed(state);
  const { x, scheme } = state;
  if (scheme === "complex") return imaginary(x, h) / h;
  return scheme === "forward" ? (value(x + h) - value(x)) / h : (value(x + h) - value(x - h)) / (2 * h);
}

/** Both relative error terms as functions of h, the step where their sum is smallest, and the
 *  step that one takes without knowing f, as best_step of the library gives it. */
function terms({ f, scheme, precision, x }) {
  const [first, second, third] = FUNCTIONS[f].slopes(x).map(Math.abs);
  const size = Math.abs(FUNCTIONS[f].f(x));
  const eps = SPACING[precision];
  if (scheme === "forward") {
    return {
      truncation: (h) => ((second / 2) * h) / first,
      rounding: (h) => (2 * eps * size) / h / first,
      best: 2 * Math.sqrt((eps * size) / second),
      rule: Math.sqrt(eps) * Math.max(1, x),
    };
  }
  const truncation = (h) => ((third / 6) * h * h) / first;
  if (scheme === "central") {
    return {
      truncation,
      rounding: (h) => (eps * size) / h / first,
      best: Math.cbrt((3 * eps * size) / third),
      rule: Math.cbrt(eps) * Math.max(1, x),
    };
  }
  // Nothing cancels here: below this step truncation is smaller than one rounding.
  return { truncation, rounding: () => eps, best: Math.sqrt((6 * eps * first) / third), rule: 1e-20 };
}

function compute(state) {
  const { truncation, rounding, best, rule } = terms(state);
  const { h } = state;
  const exact = FUNCTIONS[state.f].slopes(state.x)[0];
  const error = (step) => Math.abs(estimate(state, step) - exact) / Math.abs(exact);
  const finest = Math.min(1, best);
  return {
    exact,
    estimate: estimate(state, h),
    error: error(h),
    truncation: truncation(h),
    rounding: rounding(h),
    best: finest,
    rule,
    lost: truncation(finest) + rounding(finest),
    errors: GRID.map(error),
  };
}

const place = inside();
const H = logarithmic([LOW, 1], place.across);
const LOST = logarithmic([1e-18, 10], place.up);
const above = (error) => Math.max(error, FLOOR);

function balance(values, state) {
  const { truncation, rounding } = terms(state);
  const { h, scheme } = state;
  const steps = [LOW, 1];
  const along = (term) => steps.map((step) => [H(step), LOST(Math.max(term(step), 1e-60))]);
  const sum = GRID.map((step) => [H(step), LOST(truncation(step) + rounding(step))]);
  const measured = GRID.map((step, k) => [H(step), LOST(above(values.errors[k]))]);
  const dots = measured.map(([x, y]) => `M${x.toFixed(1)} ${y.toFixed(1)}h0`).join("");
  const marks = [
    `<path class="specks grey" d="${dots}"/>`,
    line(sum, "faint wide"),
    line(along(truncation), "red dash"),
    line(along(rounding), "blue"),
    line([[H(h), place.up[0]], [H(h), place.up[1]]], "green dot"),
    marker("square", H(h), LOST(Math.max(values.truncation, 1e-60)), "red", 4),
    marker("diamond", H(h), LOST(values.rounding), "blue", 4),
    values.best < 1 ? marker("ring", H(values.best), LOST(values.lost), "ink", 6) : "",
    marker("up", H(h), LOST(above(values.error)), "green", 5),
  ];
  const field = `<rect class="field" data-drag="h" x="${place.across[0]}" y="${place.up[1]}" width="${
    place.across[1] - place.across[0]
  }" height="${place.up[0] - place.up[1]}"/>`;
  const names = { forward: ["∝ _h_", "∝ 1/_h_"], central: ["∝ _h_²", "∝ 1/_h_"], complex: ["∝ _h_²", "level"] };
  const [growing, shrinking] = names[scheme];
  return panel(
    [
      axes({
        x: H,
        y: LOST,
        xTicks: powers(LOW, 1, 4),
        yTicks: powers(1e-18, 10, 3),
        xName: "step _h_",
        yName: "relative error",
        form: powerOfTen,
      }),
      clipped(H, LOST, marks.join("")),
      legend([["line", "red dash", `truncation ${growing}`], ["line", "blue", `rounding ${shrinking}`]]),
      legend([["dot", "grey", "measured"], ["ring", "ink", "best"]], [200, 292], 14),
      field,
      handle("h", H(h), place.up[0], "green"),
    ].join(""),
  );
}

/** The values that the scheme sees, at its own scale: rise over h against distance over h. */
function samples(values, state) {
  const { x: point, h, scheme } = state;
  const { value, imaginary } = computed(state);
  const reach = 1.9 * Math.max(Math.abs(values.exact), 1e-3);
  const x = linear([-1.4, 1.4], place.across);
  const y = linear([-reach, reach], place.up);
  const base = value(point);
  const rise =
    scheme === "complex" ? (u) => imaginary(point, u * h) / h : (u) => (value(point + u * h) - base) / h;
  const at = (u) => [x(u), y(rise(u))];
  const ends = scheme === "forward" ? [0, 1] : scheme === "central" ? [-1, 1] : [0, 1];
  const [u, v] = ends;
  const slope = (rise(v) - rise(u)) / (v - u);
  const chord = [-1.4, 1.4].map((t) => [x(t), y(rise(u) + slope * (t - u))]);
  const tangent = [-1.4, 1.4].map((t) => [x(t), y(values.exact * t)]);
  const turned = scheme === "complex";
  return panel(
    [
      axes({
        x,
        y,
        xTicks: [-1, 0, 1],
        yTicks: ticks(-reach, reach, 4),
        xName: turned ? "distance along the imaginary axis / _h_" : "distance from _x_ / _h_",
        yName: `${turned ? "imaginary part" : "rise"} / _h_, computed with _h_ = ${number(h, 2)}`,
        form: (tick) => number(tick, 2),
      }),
      clipped(
        x,
        y,
        line(range(-1.4, 1.4, 281).map(at), "curve ink") + line(tangent, "blue dash") + line(chord, "red"),
      ),
      legend([
        ["line", "red", `estimate ${number(values.estimate, 5)}`],
        ["line", "blue dash", `slope ${number(values.exact, 5)}`],
      ]),
      ends.map((end) => (Math.abs(rise(end)) <= reach ? marker("square", ...at(end), "red", 4.5) : "")).join(""),
    ].join(""),
  );
}

const draw = (values, state) => balance(values, state) + samples(values, state);

function describe(values, { f, scheme, precision, x, h }) {
  const { truncation, rounding, best, rule, lost, error } = values;
  const said = `${SCHEMES[scheme]} of ${FUNCTIONS[f].name} at x = ${number(x)} in ${precision}, h = ${number(h)}: `;
  const two = `truncation ${number(truncation, 2)}, rounding up to about ${number(rounding, 2)}, measured ${number(error, 2)}. `;
  const finest = `${number(best, 2)}${scheme === "complex" ? " or any smaller one" : ""}`;
  // Where the leading term is 0, the next one rules; it is not among the two that are drawn.
  const cure =
    error > 10 * (truncation + rounding)
      ? "The leading term of truncation vanishes at this x: the next one rules, and a smaller step is better. "
      : truncation > 3 * rounding
      ? "Truncation rules: a smaller step is better. "
      : rounding > 3 * truncation && scheme !== "complex"
        ? "Rounding rules: a larger step is better. "
        : "";
  const choice =
    best < 1
      ? `Best is h = ${finest}, with an error of about ${number(lost, 2)}; the`
      : "No best step follows from a term that is 0; the";
  return `${said}${two}${cure}${choice} rule of thumb says ${number(rule, 2)}.`;
}

/** The step goes where it is pulled. */
function drag({ x }) {
  return { h: Number(Math.min(1, Math.max(LOW, H.invert(x))).toPrecision(3)) };
}

/** Played, the step grows through all its powers of ten. */
function tick({ h }, seconds) {
  return h >= 1 ? null : { h: h * 10 ** (1.6 * seconds) };
}

export default { title: "The two errors of a difference", start, controls, compute, draw, describe, drag, tick };
