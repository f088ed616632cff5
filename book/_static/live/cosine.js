// How well a random direction points down: the cosine's distribution, and the best of many, as
// dimensions are added.

import { axes, handle, inside, label, legend, line, linear, logarithmic, marker, number } from "./axes.js";
import { panel, powerOfTen, powers, range, shape, ticks } from "./axes.js";

const DIMENSIONS = [2, 3, 4, 5, 7, 10, 14, 20, 30, 50, 70, 100, 150, 200, 300, 500, 650, 1000, 1500]
  .concat([2000, 3000, 5000, 7000, 10000, 15000, 20000, 30000, 50000, 70000, 100000]);
const TRIES = [1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
const BINS = 40;

/** A slider over a list of numbers. */
function among(list) {
  const nearest = (value) => list.reduce((a, b) => (Math.abs(b - value) < Math.abs(a - value) ? b : a));
  return {
    min: 0,
    max: list.length - 1,
    step: 1,
    clean: nearest,
    position: (value) => list.indexOf(nearest(value)),
    value: (place) => list[Math.round(place)],
  };
}

const count = (value) => (value < 1e4 ? String(value) : number(value));

const start = { d: 3, k: 1000 };

const controls = [
  { name: "d", label: "axes <i>d</i>", kind: "range", scale: among(DIMENSIONS), format: count },
  { name: "k", label: "tries <i>k</i>", kind: "range", scale: among(TRIES), format: count },
];

/** Γ(z + ½) / Γ(z): up to z >= 40 by the recurrence, then its series in 1/z. */
function gammaRatio(z) {
  let factor = 1;
  while (z < 40) {
    factor *= z / (z + 0.5);
    z += 1;
  }
  const s = 1 / z;
  const tail = [-1 / 8, 1 / 128, 5 / 1024, -21 / 32768, -399 / 262144, 869 / 4194304];
  const series = tail.reduceRight((sum, c) => (sum + c) * s, 0);
  return factor * Math.sqrt(z) * (1 + series);
}

/** The density of the cosine of a random direction: C (1 − c²)^((d − 3) / 2). */
const density = (c, d) =>
  (gammaRatio((d - 1) / 2) / Math.sqrt(Math.PI)) * Math.exp(((d - 3) / 2) * Math.log1p(-c * c));

/** The continued fraction of the incomplete beta function, by Lentz's method. */
function fraction(x, a, b) {
  const tiny = 1e-300;
  const away = (value) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let e = 1 / away(1 - ((a + b) * x) / (a + 1));
  let found = e;
  for (let m = 1; m < 10000; m++) {
    for (const top of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      e = 1 / away(1 + top * e);
      c = away(1 + top / c);
      found *= e * c;
    }
    if (Math.abs(e * c - 1) < 1e-15) break;
  }
  return found;
}

/** The probability that the cosine is larger than c, for c >= 0. */
function beyond(c, d) {
  if (c >= 1) return 0;
  const [a, x, y] = [(d - 1) / 2, 1 - c * c, c * c];
  const front = (Math.exp(a * Math.log1p(-y)) * c * gammaRatio(a)) / Math.sqrt(Math.PI);
  if (x < (a + 1) / (a + 2.5)) return (front * fraction(x, a, 0.5)) / a / 2;
  return (1 - front * fraction(y, 0.5, a) * 2) / 2;
}

/** The median of the largest of k cosines: with even odds the best is better than this. */
function best(d, k) {
  const target = -Math.expm1(-Math.LN2 / k);
  if (k === 1) return 0;
  let [low, high] = [0, 1];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (beyond(middle, d) > target) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The share of all directions whose cosine falls into each of the bins from −1 to 1. */
function shares(d) {
  const tails = range(0, 1, BINS / 2 + 1).map((c) => beyond(c, d));
  const right = tails.slice(1).map((tail, i) => tails[i] - tail);
  return [...right].reverse().concat(right);
}

function compute({ d, k }) {
  return {
    spread: 1 / Math.sqrt(d),
    density: density(0.5, d),
    shares: shares(d),
    best: best(d, k),
    rule: Math.min(1, Math.sqrt((2 * Math.log(k)) / d)),
  };
}

const [WIDTH, HEIGHT] = [360, 340];

function histogram(values, { d, k }) {
  const { across, up } = inside(WIDTH, HEIGHT);
  const top = 1.15 * Math.max(...values.shares);
  const x = linear([-1, 1], across);
  const y = linear([0, top], up);
  const edge = (i) => x(-1 + (2 * i) / BINS);
  const bars = values.shares.map((share, i) =>
    shape([[edge(i), y(0)], [edge(i), y(share)], [edge(i + 1), y(share)], [edge(i + 1), y(0)]], "ball blue"),
  );
  const spot = x(values.best);
  const words = `best of ${count(k)}: ${number(values.best)}`;
  const left = values.best > 0.3;
  return panel(
    [
      axes({
        x,
        y,
        xTicks: [-1, -0.5, 0, 0.5, 1],
        yTicks: ticks(0, top, 4),
        xName: "cosine with the way straight down",
        yName: `share of all directions, _d_ = ${count(d)}`,
      }),
      ...bars,
      line([[spot, y(0)], [spot, y(0.92 * top)]], "red"),
      marker("down", spot, y(0.92 * top), "red", 5),
      label(spot + (left ? 4 : 0), y(0.92 * top) - 12, words, "red", left ? "end" : "middle"),
      marker("diamond", x(1), y(0), "green", 6),
      label(x(1) - 4, y(0) - 12, "gradient: 1", "green", "end"),
    ].join(""),
    WIDTH,
    HEIGHT,
  );
}

const X = logarithmic([2, 1e5], inside(WIDTH, HEIGHT).across);
const Y = logarithmic([1e-3, 1.3], inside(WIDTH, HEIGHT).up);
const curves = new Map(); // the best of k over d never changes: it is found once

function curve(k) {
  if (!curves.has(k)) {
    const places = DIMENSIONS.filter((_, i) => i % 2 === 0).concat(1e5);
    curves.set(k, places.map((d) => [X(d), Y(best(d, k))]));
  }
  return curves.get(k);
}

function fall(values, { d, k }) {
  const straight = (f) => range(0, 1, 61).map((t) => [X(2 * 5e4 ** t), Y(f(2 * 5e4 ** t))]);
  const rule = (n) => Math.min(1, Math.sqrt((2 * Math.log(k)) / n));
  const items = [
    ["line", "red", "best of k"],
    ["line", "grey dash", "√(2 log k / d)"],
    ["line", "blue thin", "1/√d"],
  ];
  const spot = k === 1 ? values.spread : values.best;
  return panel(
    [
      axes({
        x: X,
        y: Y,
        xTicks: powers(10, 1e5),
        yTicks: powers(1e-3, 1),
        xName: "dimensions _d_",
        yName: "share of the steepest slope",
        form: powerOfTen,
      }),
      k === 1 ? "" : line(straight(rule), "grey dash"),
      line(straight((n) => 1 / Math.sqrt(n)), "blue thin"),
      k === 1 ? "" : line(curve(k), "red"),
      legend(items, [46, 144, 272]),
      handle("d", X(d), Y(spot), k === 1 ? "blue" : "red full"),
    ].join(""),
    WIDTH,
    HEIGHT,
  );
}

const draw = (values, state) => histogram(values, state) + fall(values, state);

function describe({ spread, best: reached, rule }, { d, k }) {
  const typical = `In ${count(d)} dimensions a random direction has a cosine of about ±${number(spread)} with the way down.`;
  if (k === 1) return `${typical} A single one goes down or up with even odds.`;
  const share = `The best of ${count(k)} has about ${number(reached)}, so it is ${number(100 * reached, 2)} % as steep as the gradient`;
  return `${typical} ${share}; the rule √(2 log k / d) says ${rule === 1 ? "1 at most" : number(rule)}.`;
}

const drag = ({ x }) => ({ d: controls[0].scale.clean(X.invert(x)) });

export default { title: "Random directions in more and more dimensions", start, controls, compute, draw, describe, drag };
