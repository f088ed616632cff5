// Three points with three scores each: what the hinge and the cross-entropy cost, and how each pulls.

import { axes, clipped, handle, inside, label, legend, line, linear } from "./axes.js";
import { evenly, lines, marker, number, panel, shape } from "./axes.js";

const POINTS = ["A", "B", "C"];
const KINDS = [
  ["dot", "blue"],
  ["square", "red"],
  ["diamond", "green"],
];
const MARGINS = ["0.5", "1", "2"];
const REACH = 4;
const CLASSES = [0, 1, 2];
const PAIRS = CLASSES.flatMap((i) => CLASSES.map((k) => [i, k]));
const key = (i, k) => `${POINTS[i]}${k + 1}`;

// Only differences of scores count, so the right score of each point stays at 0.
const RIVALS = PAIRS.filter(([i, k]) => i !== k);
const start = { delta: "1", A2: -1.5, A3: -2, B1: -0.5, B3: -2, C1: 1.5, C2: -1 };

const sliders = RIVALS.map(([i, k]) => ({
  name: key(i, k),
  label: `<i>z</i><sub>${POINTS[i]}${k + 1}</sub>`,
  kind: "range",
  min: -REACH,
  max: REACH,
  step: 0.05,
  format: (s) => number(s),
}));

const controls = [
  { name: "delta", label: "margin <i>δ</i>", kind: "choice", options: MARGINS.map((d) => [d, d]) },
  ...sliders,
];

/** Point A is of class 1, B of class 2, C of class 3; losses are means over the points. */
function compute(state) {
  const points = CLASSES.map((i) => {
    const scores = CLASSES.map((k) => (k === i ? 0 : state[key(i, k)]));
    const margins = scores.map((s, k) => (k === i ? 0 : s - scores[i] + Number(state.delta)));
    const violated = margins.filter((margin) => margin > 0).length;
    const top = Math.max(...scores);
    const powers = scores.map((s) => Math.exp(s - top));
    const sum = powers.reduce((a, b) => a + b);
    const p = powers.map((power) => power / sum);
    return {
      scores,
      p,
      hinge: margins.reduce((a, margin) => a + Math.max(0, margin), 0),
      xent: top - scores[i] + Math.log(sum),
      dhinge: margins.map((margin, k) => (k === i ? 0 - violated : Number(margin > 0)) / POINTS.length),
      dxent: p.map((share, k) => (share - (k === i ? 1 : 0)) / POINTS.length),
      first: scores.every((s, k) => k === i || s < scores[i]),
    };
  });
  const mean = (name) => points.reduce((a, point) => a + point[name], 0) / POINTS.length;
  return {
    points,
    hinge: mean("hinge"),
    xent: mean("xent"),
    right: points.filter((point) => point.first).length,
  };
}

const [WIDTH, HEIGHT] = [360, 340];
const { across, up } = inside(WIDTH, HEIGHT);
const X = linear([0, 9], across);
const Y = linear([-REACH - 0.4, REACH + 1.2], up);
const place = (i, k) => X(3 * i + 0.6 + 0.9 * k);
const NAMES = POINTS.map((name, i) => [X(3 * i + 1.5), name, i + 1]);

/** The names of the points under the axis, walls between them, and the classes at the top. */
function groups(y) {
  const [bottom, top] = y.range;
  const classes = PAIRS.map(([i, k]) => label(place(i, k), top + 11, String(k + 1), "tick", "middle"));
  const walls = lines([3, 6].map((at) => [[X(at), bottom], [X(at), top]]), "faint thin-dash");
  return walls + classes.join("") + NAMES.map(([x, name]) => label(x, bottom + 17, name, "tick", "middle")).join("");
}

function scores({ points }, { delta }) {
  const bands = points.map(({ scores: s }, i) => {
    const [left, right, high, low] = [X(3 * i + 0.15), X(3 * i + 2.85), Y(s[i]), Y(s[i] - Number(delta))];
    const band = shape([[left, high], [right, high], [right, low], [left, low]], "ball grey");
    return band + line([[left, low], [right, low]], "grey dash thin");
  });
  const stems = PAIRS.map(([i, k]) => [[place(i, k), Y(0)], [place(i, k), Y(points[i].scores[k])]]);
  const right = CLASSES.map((i) => marker("dot", place(i, i), Y(0), KINDS[i][1], 6.5));
  const knobs = RIVALS.map(([i, k]) => handle(key(i, k), place(i, k), Y(points[i].scores[k]), KINDS[k][1]));
  return panel(
    axes({ x: X, y: Y, xTicks: [], yTicks: [-4, -2, 0, 2, 4], xName: "point, and above its three classes", yName: "scores; the filled one is right" }) +
      clipped(X, Y, bands.join("") + line([[X(0), Y(0)], [X(9), Y(0)]], "axis") + lines(stems, "faint")) +
      groups(Y) +
      legend(KINDS.map(([, kind], k) => ["dot", kind, `class ${k + 1}`]), [46, 150, 254]) +
      right.join("") +
      knobs.join(""),
    WIDTH,
    HEIGHT,
  );
}

const PULL = linear([-0.75, 0.5], up);

/** A slope as a bar from 0; where there is none, a thin line. */
function bar(x, slope, kind) {
  const [base, end] = [PULL(0), PULL(slope)];
  if (Math.abs(end - base) < 0.3) return line([[x - 4.5, base], [x + 4.5, base]], `${kind} thin`);
  return shape([[x - 4.5, base], [x + 4.5, base], [x + 4.5, end], [x - 4.5, end]], kind);
}

function slopes({ points }) {
  const bars = PAIRS.map(([i, k]) => {
    const { dhinge, dxent } = points[i];
    return bar(place(i, k) - 6, dhinge[k], "fill grey") + bar(place(i, k) + 6, dxent[k], "fill red");
  });
  return panel(
    axes({ x: X, y: PULL, xTicks: [], yTicks: [-0.6, -0.4, -0.2, 0, 0.2, 0.4], xName: "point, and above its three classes", yName: "slope of the mean loss, by each score" }) +
      line([[X(0), PULL(0)], [X(9), PULL(0)]], "axis") +
      bars.join("") +
      groups(PULL) +
      legend([["square", "grey", "hinge"], ["square", "red", "cross-entropy"]], [46, 150]),
    WIDTH,
    HEIGHT,
  );
}

const draw = (values, state) => scores(values, state) + slopes(values);

function describe({ points, hinge, xent, right }, { delta }) {
  const each = points.map((point, i) => {
    const [own, cross] = [number(point.hinge), number(point.xent)];
    return `${POINTS[i]} (scores ${point.scores.map((s) => number(s)).join(", ")}; right is class ${i + 1}) costs ${own} by the hinge and ${cross} by the cross-entropy.`;
  });
  return `With a margin of ${delta}: mean hinge loss ${number(hinge)}, mean cross-entropy ${number(xent)}, ${right} of 3 points right. ${each.join(" ")}`;
}

const limit = evenly(-REACH, REACH, 0.05);

/** Each score is pulled up and down. */
const drag = ({ handle: name, y }) => ({ [name]: limit.value(limit.clean(Y.invert(y))) });

export default { title: "Scores that can be dragged", start, controls, compute, draw, describe, drag };
