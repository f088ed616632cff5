// A small graph, step by step: values on the way forward, adjoints on the way back, and the moment
// in which a node that has something already gets more.

import { arrow, handle, label, line, linear, lines, number, panel, shape } from "./axes.js";

const times = { value: (u, v) => u * v, slopes: (u, v) => [v, u] };
const plus = { value: (u, v) => u + v, slopes: () => [1, 1] };
const tanh = { value: Math.tanh, slopes: (u) => [1 - Math.tanh(u) ** 2] };
const exp = { value: Math.exp, slopes: (u) => [Math.exp(u)] };

// Nodes in an order in which inputs come first; `at` is the middle of the node's box.
const [A, B] = [{ name: "a", at: [96, 336] }, { name: "b", at: [264, 336] }];
const EXPRESSIONS = {
  diamond: {
    words: "a·a + a",
    nodes: [
      { name: "a", at: [190, 336] },
      { name: "c", rule: times, inputs: [0, 0], words: "a·a", at: [108, 200] },
      { name: "y", rule: plus, inputs: [1, 0], words: "c + a", at: [190, 64] },
    ],
  },
  shared: {
    words: "(a·b)² + a·b",
    nodes: [
      A,
      B,
      { name: "c", rule: times, inputs: [0, 1], words: "a·b", at: [180, 245] },
      { name: "d", rule: times, inputs: [2, 2], words: "c·c", at: [108, 155] },
      { name: "y", rule: plus, inputs: [3, 2], words: "d + c", at: [190, 64] },
    ],
  },
  neuron: {
    words: "tanh(a·b + b)",
    nodes: [
      A,
      B,
      { name: "c", rule: times, inputs: [0, 1], words: "a·b", at: [130, 245] },
      { name: "d", rule: plus, inputs: [2, 1], words: "c + b", at: [190, 155] },
      { name: "y", rule: tanh, inputs: [3], words: "tanh(d)", at: [190, 64] },
    ],
  },
  late: {
    words: "exp(a·b)·a",
    nodes: [
      A,
      B,
      { name: "c", rule: times, inputs: [0, 1], words: "a·b", at: [210, 245] },
      { name: "d", rule: exp, inputs: [2], words: "exp(c)", at: [210, 155] },
      { name: "y", rule: times, inputs: [3, 0], words: "d·a", at: [160, 64] },
    ],
  },
};

const LAST = 10; // steps of the longest expression
const start = { f: "shared", rule: "add", step: 7, a: 1.5, b: 2 };

const controls = [
  {
    name: "f",
    label: "expression",
    kind: "choice",
    options: Object.entries(EXPRESSIONS).map(([key, { words }]) => [key, words]),
  },
  { name: "rule", label: "a share is", kind: "choice", options: [["add", "added: +="], ["assign", "assigned: ="]] },
  {
    name: "step",
    label: "step",
    kind: "range",
    min: 0,
    max: LAST,
    step: 1,
    format: (step, { f }) => `${Math.min(Math.round(step), total(f))} of ${total(f)}`,
  },
  { name: "a", label: "<i>a</i>", kind: "range", min: -2, max: 2, step: 0.1, format: (a) => number(a) },
  { name: "b", label: "<i>b</i>", kind: "range", min: -2, max: 2, step: 0.1, format: (b) => number(b) },
];

/** What happens, in order: each inner node gets its value, the last its adjoint, each input a share. */
function events(f) {
  const { nodes } = EXPRESSIONS[f];
  const back = nodes.map((node, k) => [node, k]).reverse();
  return [
    ...nodes.flatMap((node, k) => (node.rule ? [{ what: "value", node: k }] : [])),
    { what: "seed", node: nodes.length - 1 },
    ...back.flatMap(([{ inputs = [] }, k]) => inputs.map((child, slot) => ({ what: "share", node: k, child, slot }))),
  ];
}

const total = (f) => events(f).length;

/** The adjoints after so many events; `last` says what the last of them did. */
function sweep(f, values, rule, count) {
  const { nodes } = EXPRESSIONS[f];
  const adjoints = nodes.map(() => null);
  let last = null;
  for (const event of events(f).slice(0, count)) {
    const { node, child, slot } = event;
    last = { ...event };
    if (event.what === "seed") adjoints[node] = 1;
    if (event.what !== "share") continue;
    const slope = nodes[node].rule.slopes(...nodes[node].inputs.map((k) => values[k]))[slot];
    const share = slope * adjoints[node];
    const before = adjoints[child];
    adjoints[child] = rule === "add" ? (before ?? 0) + share : share;
    last = { ...event, slope, adjoint: adjoints[node], share, before, after: adjoints[child] };
  }
  return { adjoints, last };
}

function compute({ f, rule, step, a, b }) {
  const { nodes } = EXPRESSIONS[f];
  const values = [];
  for (const { name, rule: operation, inputs } of nodes) {
    values.push(operation ? operation.value(...inputs.map((k) => values[k])) : name === "a" ? a : b);
  }
  const at = Math.min(Math.round(step), total(f));
  const { adjoints, last } = sweep(f, values, rule, at);
  const known = nodes.map((node, k) => !node.rule || events(f).slice(0, at).some((e) => e.what === "value" && e.node === k));
  return {
    at,
    total: total(f),
    values,
    known,
    adjoints,
    last,
    found: sweep(f, values, rule, total(f)).adjoints,
    right: sweep(f, values, "add", total(f)).adjoints,
  };
}

// --- the graph ---

const [HALF, TALL] = [52, 21];

/** The two ends of an arrow from an input to what is made of it; a second use runs beside the first. */
function edge(nodes, k, slot) {
  const { inputs, at: to } = nodes[k];
  const child = inputs[slot];
  const from = nodes[child].at;
  const twice = inputs.filter((other) => other === child).length > 1;
  const aside = twice ? (slot ? 14 : -14) : 0;
  const lean = Math.max(-30, Math.min(30, (to[0] - from[0]) / 4));
  return [
    [from[0] + lean + aside, from[1] - TALL],
    [to[0] - lean + aside, to[1] + TALL],
  ];
}

const box = ([x, y], kind, grow = 0) =>
  shape(
    [
      [x - HALF - grow, y - TALL - grow],
      [x + HALF + grow, y - TALL - grow],
      [x + HALF + grow, y + TALL + grow],
      [x - HALF - grow, y + TALL + grow],
    ],
    kind,
  );

function graph({ values, known, adjoints, last }, { f }) {
  const { nodes } = EXPRESSIONS[f];
  const shared = last?.what === "share";
  const more = shared && last.before !== null;
  const edges = nodes.flatMap(({ inputs = [] }, k) => inputs.map((_, slot) => [k, slot]));
  const quiet = edges.filter(([k, slot]) => !(shared && last.node === k && last.slot === slot));
  const active = shared ? edge(nodes, last.node, last.slot) : null;
  const forward = last?.what === "value" ? nodes[last.node].inputs.map((_, slot) => edge(nodes, last.node, slot)) : [];
  const marks = [
    lines(quiet.map(([k, slot]) => edge(nodes, k, slot)), "faint"),
    ...forward.map(([from, to]) => arrow(from, to, "blue")),
    active ? arrow(active[1], active[0], "red") : "",
    ...nodes.map(({ name, at }, k) => {
      const touched = shared ? last.child === k : last?.node === k;
      const kind = touched ? (last.what === "value" ? "blue" : "red") : known[k] ? "ink" : "faint";
      const [x, y] = at;
      return [
        more && touched ? box(at, "ball red", 6) : "",
        box(at, `ball ${kind}`),
        label(x, y - 3, known[k] ? `_${name}_ = ${number(values[k])}` : `_${name}_ = ?`, known[k] ? "" : "name", "middle"),
        adjoints[k] === null ? "" : label(x, y + 14, `adjoint ${number(adjoints[k])}`, "red", "middle"),
      ].join("");
    }),
  ];
  if (active) {
    const [x, y] = [(active[0][0] + active[1][0]) / 2, (active[0][1] + active[1][1]) / 2];
    const right = active[0][0] >= nodes[last.node].at[0] && last.slot > 0;
    marks.push(label(x + (right ? 8 : -8), y + 4, number(last.share), "red", right ? "start" : "end"));
  }
  return panel(label(16, 16, `_y_ = ${EXPRESSIONS[f].words}`, "name") + marks.join(""), 360, 372);
}

// --- the list ---

function list({ at, total: end, values, known, adjoints, right, last }, { f, rule }) {
  const { nodes } = EXPRESSIONS[f];
  const row = (k) => 92 + 28 * k;
  const done = at === end;
  const rows = nodes.flatMap(({ name, words }, k) => {
    const wrong = done && Math.abs(adjoints[k] - right[k]) > 1e-12 * (1 + Math.abs(right[k]));
    return [
      label(24, row(k), words ? `_${name}_ = ${words}` : `_${name}_`),
      known[k] ? label(178, row(k), number(values[k]), "blue", "end") : "",
      adjoints[k] === null ? "" : label(252, row(k), number(adjoints[k]), wrong ? "" : "red", "end"),
      wrong ? label(262, row(k), `not ${number(right[k])}`, "") : "",
    ];
  });
  const heads = [
    label(24, 60, "node", "name"),
    label(178, 60, "value", "name", "end"),
    label(252, 60, "adjoint", "name", "end"),
    line([[20, 70], [340, 70]], "axis"),
  ];
  const [first, second] = said({ at, last, nodes, values, rule });
  const foot = row(nodes.length) + 18;
  return panel(
    label(16, 16, at ? (last.what === "value" ? "forward" : "backward") : "before the first step", "name") +
      label(340, 16, rule === "add" ? "adjoint += share" : "adjoint = share", "name", "end") +
      heads.join("") +
      rows.join("") +
      line([[20, foot - 26], [340, foot - 26]], "axis") +
      label(24, foot, first, last?.what === "value" ? "blue" : "red") +
      label(24, foot + 22, second, "red") +
      timeline(f, at),
    360,
    372,
  );
}

const clock = (f) => linear([0, total(f)], [36, 324]);

/** All steps as a line: the way forward, the way back, and a mark that can be pulled along it. */
function timeline(f, at) {
  const x = clock(f);
  const turn = EXPRESSIONS[f].nodes.filter((node) => node.rule).length;
  const end = total(f);
  return (
    line([[x(0), 330], [x(turn), 330]], "blue") +
    line([[x(turn), 330], [x(end), 330]], "red dash") +
    label(x(turn / 2), 358, "forward", "blue", "middle") +
    label(x((turn + end) / 2), 358, "backward", "red", "middle") +
    handle("step", x(at), 330, at <= turn ? "blue" : "red")
  );
}

/** What the last step did, in two short lines. */
function said({ at, last, nodes, values, rule }) {
  if (!at) return ["the inputs are given", ""];
  const name = nodes[last.node].name;
  if (last.what === "value") return [`_${name}_ = ${nodes[last.node].words} = ${number(values[last.node])}`, ""];
  if (last.what === "seed") return ["_y_ depends on itself with slope 1", ""];
  const child = nodes[last.child].name;
  const first = `from _${name}_: slope ${number(last.slope)} · adjoint ${number(last.adjoint)} = ${number(last.share)}`;
  if (last.before === null) return [first, `_${child}_ gets its first share`];
  const second =
    rule === "add"
      ? `_${child}_ has ${number(last.before)}: + ${number(last.share)} makes ${number(last.after)}`
      : `_${child}_ had ${number(last.before)}: overwritten by ${number(last.share)}`;
  return [first, second];
}

const draw = (values, state) => graph(values, state) + list(values, state);

function describe(values, { f, rule, a, b }) {
  const { nodes } = EXPRESSIONS[f];
  const { at, total: end, last, adjoints, right } = values;
  const uses = nodes.some(({ name }) => name === "b");
  const spot = `y = ${EXPRESSIONS[f].words} at a = ${number(a)}${uses ? `, b = ${number(b)}` : ""}. Step ${at} of ${end}, shares are ${rule === "add" ? "added" : "assigned"}: `;
  const plain = (words) => words.replaceAll("_", "");
  const [first, second] = said({ at, last, nodes, values: values.values, rule }).map(plain);
  const now = `${spot}${first}${second ? `; ${second}` : ""}.`;
  if (at < end) return now;
  const wrong = nodes.filter((_, k) => Math.abs(adjoints[k] - right[k]) > 1e-12 * (1 + Math.abs(right[k])));
  const slopes = nodes
    .map((node, k) => (node.rule ? "" : `dy/d${node.name} = ${number(adjoints[k])}`))
    .filter(Boolean)
    .join(", ");
  const verdict = wrong.length ? `Wrong at ${wrong.map(({ name }) => name).join(", ")}` : "Every adjoint is right";
  return `${now} The sweep is done: ${slopes}. ${verdict}.`;
}

/** Played, a step takes a little more than a second; the end stays a while, then it begins again. */
function tick({ f, step }, seconds) {
  const next = step + (step > total(f) - 0.5 ? 0.25 : 0.8) * seconds;
  return { step: next < total(f) ? next : 0 };
}

/** The mark is pulled along its line, step by step. */
function drag({ x }, { f }) {
  return { step: Math.min(total(f), Math.max(0, Math.round(clock(f).invert(x)))) };
}

export default { title: "A graph, forward and backward", start, controls, compute, draw, describe, drag, tick };
