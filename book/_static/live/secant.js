// A secant that pivots into the tangent, on the whole graph and under a magnifying glass.

import { axes, bothSigns, byPowers, clipped, evenly, handle, inside, label, legend, line } from "./axes.js";
import { linear, number, panel, powerOfTen, range, shape, ticks } from "./axes.js";

// Each curve with its derivative (null at a corner) and the heights that are shown.
const CURVES = {
  square: { name: "x²", f: (x) => x * x, slope: (x) => 2 * x, low: -1, high: 4 },
  sin: { name: "sin x", f: Math.sin, slope: Math.cos, low: -2, high: 2 },
  abs: { name: "|x|", f: Math.abs, slope: (x) => (x === 0 ? null : Math.sign(x)), low: -1, high: 3 },
  cube: { name: "x³", f: (x) => x * x * x, slope: (x) => 3 * x * x, low: -4, high: 4 },
  exp: { name: "exp x", f: Math.exp, slope: Math.exp, low: -1, high: 7 },
};
const REACH = 2;
const STEPS = bothSigns(1e-6, 2);
const ZOOMS = byPowers(1, 1e5);

const start = { curve: "square", a: 0.5, h: 0.4, zoom: 3 };

const controls = [
  {
    name: "curve",
    label: "curve <i>f</i>",
    kind: "choice",
    options: Object.entries(CURVES).map(([key, { name }]) => [key, name]),
  },
  { name: "a", label: "point <i>a</i>", kind: "range", min: -1.5, max: 1.5, step: 0.01, format: (a) => number(a) },
  { name: "h", label: "step <i>h</i>", kind: "range", scale: STEPS, format: (h) => number(h) },
  { name: "zoom", label: "zoom", kind: "range", scale: ZOOMS, format: (zoom) => `${number(zoom)} times` },
];

/** Slopes and remainder; what needs a derivative is null where there is none. */
function compute({ curve, a, h }) {
  const { f, slope } = CURVES[curve];
  const derivative = slope(a);
  const secant = (f(a + h) - f(a)) / h;
  const smooth = derivative !== null;
  return {
    fa: f(a),
    fb: f(a + h),
    secant,
    derivative,
    distance: smooth ? Math.abs(secant - derivative) : null,
    remainder: smooth ? f(a + h) - f(a) - derivative * h : null,
  };
}

/** The scales of the whole graph and of the glass. */
function scales({ curve, a, zoom }, fa) {
  const { low, high } = CURVES[curve];
  const { across, up } = inside();
  const [wide, tall] = [REACH / zoom, (high - low) / 2 / zoom];
  return [
    { x: linear([-REACH, REACH], across), y: linear([low, high], up) },
    { x: linear([-wide, wide], across), y: linear([-tall, tall], up), a, fa },
  ];
}

/** Curve, secant, tangent and gap, in coordinates that start at (ox, oy). */
function marks({ x, y }, values, { curve, a, h }, ox, oy) {
  const { f } = CURVES[curve];
  const [low, high] = x.domain;
  const at = (u, v) => [x(u - ox), y(v - oy)];
  // Under the glass the ends are far apart in pixels, so lines are drawn from the point outwards.
  const through = (m) => [low, high].map((u) => [x(u), y(values.fa - oy + m * (u - (a - ox)))]);
  const graph = range(low, high, 241).map((u) => [x(u), y(f(ox + u) - oy)]);
  const model = values.derivative === null ? null : values.fa + values.derivative * h;
  return [
    line(graph, "curve ink"),
    values.derivative === null ? "" : line(through(values.derivative), "blue dash"),
    line(through(values.secant), "red"),
    line([at(a + h, values.fa), at(a, values.fa)], "grey dot"),
    model === null ? "" : line([at(a + h, model), at(a + h, values.fb)], "green gap"),
  ].join("");
}

const shown = (place, [low, high]) => place >= Math.min(low, high) && place <= Math.max(low, high);

/** The two points as handles, where they lie inside of the axes. */
function handles({ x, y }, { fa, fb }, { a, h }, ox, oy) {
  const ends = [["b", a + h - ox, fb - oy, "red full"], ["a", a - ox, fa - oy, "blue"]];
  return ends
    .filter(([, u, v]) => shown(x(u), x.range) && shown(y(v), y.range))
    .map(([name, u, v, kind]) => handle(name, x(u), y(v), kind))
    .join("");
}

function draw(values, state) {
  const [whole, glass] = scales(state, values.fa);
  const { a, h, zoom } = state;
  const [wide, tall] = [glass.x.domain[1], glass.y.domain[1]];
  const corners = [[-wide, -tall], [wide, -tall], [wide, tall], [-wide, tall]];
  const window = corners.map(([u, v]) => [whole.x(a + u), whole.y(values.fa + v)]);
  const left = [
    axes({ ...whole, xTicks: ticks(-2, 2, 4), yTicks: ticks(...whole.y.domain, 5), xName: "_x_", yName: "_f_(_x_), the whole graph" }),
    clipped(whole.x, whole.y, shape(window, "window") + marks(whole, values, state, 0, 0)),
    key(values),
    handles(whole, values, state, 0, 0),
  ];
  // Small distances are counted in a power of ten, or their names would not fit beside the axes.
  const unit = wide < 0.1 ? 10 ** Math.floor(Math.log10(wide)) : 1;
  const per = unit < 1 ? ` / ${powerOfTen(unit)}` : "";
  const named = (words) => (per ? `(${words})${per}` : words);
  const right = [
    axes({
      ...glass,
      xTicks: ticks(-wide, wide, 4),
      yTicks: ticks(-tall, tall, 4),
      xName: named("_x_ − _a_"),
      yName: `${named("_f_(_x_) − _f_(_a_)")}, ${zoom > 1 ? `${number(zoom)} times` : "not"} enlarged`,
      form: (value) => number(value / unit, 2),
    }),
    clipped(glass.x, glass.y, marks(glass, values, state, a, values.fa)),
    distance(values),
    gapName(glass, values, h),
    handles(glass, values, state, a, values.fa),
  ];
  return panel(left.join("")) + panel(right.join(""));
}

/** What the two lines are, with their slopes. */
function key({ secant, derivative }) {
  const tangent = ["line", "blue dash", `tangent ${number(derivative ?? 0)}`];
  const corner = ["", "blue", "a corner: no tangent"];
  return legend([["line", "red", `secant ${number(secant, 5)}`], derivative === null ? corner : tangent]);
}

/** How far apart they are: in slope, and at the far end. */
function distance(values) {
  if (values.derivative === null || isNoise(values)) return "";
  const slopes = ["", "ink", `slopes differ by ${number(values.distance, 2)}`];
  return legend([slopes, ["line", "green gap", `_r_(_h_) = ${number(values.remainder, 2)}`]], [46, 217]);
}

/** The remainder's name, beside the gap if the gap can be seen. */
function gapName({ x, y }, { fa, fb, remainder }, h) {
  if (remainder === null || !shown(x(h), x.range)) return "";
  const [to, from] = [y(fb - fa), y(fb - fa - remainder)];
  if (Math.abs(to - from) < 9 || !shown((to + from) / 2, y.range)) return "";
  const far = x(h) > 300;
  return label(x(h) + (far ? -8 : 8), (to + from) / 2 + 4, "_r_(_h_)", "green", far ? "end" : "start");
}

const isNoise = ({ fa, fb, remainder }) => Math.abs(remainder) < 1e-15 * (1 + Math.abs(fa) + Math.abs(fb));

function describe(values, { curve, a, h, zoom }) {
  const { name } = CURVES[curve];
  const ends = `The secant of ${name} from a = ${number(a)} to a + h = ${number(a + h, 7)}`;
  const secant = `${ends} has slope ${number(values.secant, 7)}; the glass enlarges ${number(zoom)} times.`;
  if (values.derivative === null) {
    const side = h > 0 ? "right" : "left";
    return `${secant} At this corner every secant to the ${side} has that slope, and to the other side its negative: there is no tangent.`;
  }
  const rest = isNoise(values) ? "nothing but rounding" : number(values.remainder, 2);
  return `${secant} The tangent at a has slope ${number(values.derivative)}: they differ by ${
    isNoise(values) ? "rounding" : number(values.distance, 2)
  }. The remainder r(h) is ${rest}.`;
}

/** The point goes where it is pulled; the other end changes the step. */
function drag({ handle: name, panel: index, x, y }, state) {
  const { fa } = compute(state);
  const scale = scales(state, fa)[index].x;
  const at = scale.invert(x) + (index ? state.a : 0);
  const limit = controls[1];
  if (name === "b") return { h: Number((at - state.a).toPrecision(3)) };
  const a = evenly(limit.min, limit.max, limit.step);
  return { a: a.value(a.clean(at)) };
}

/** Played, the step shrinks and the glass grows with it. */
function tick({ h, zoom }, seconds) {
  if (Math.abs(h) <= 1.1e-5) return null;
  const next = h * Math.exp(-0.8 * seconds);
  const near = Number((1.4 / Math.abs(next)).toPrecision(3));
  return { h: next, zoom: Math.max(zoom, Math.min(1e5, near)) };
}

export default { title: "A secant that can be moved", start, controls, compute, draw, describe, drag, tick };
