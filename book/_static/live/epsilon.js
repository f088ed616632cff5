// The epsilon laboratory: four places for one small number, against the size of the gradient.

import { axes, byPowers, clipped, handle, inside, label, legend, line, linear, logarithmic } from "./axes.js";
import { marker, number, panel, powerOfTen, powers, range, shape, ticks, wholes } from "./axes.js";

const [LOW, HIGH] = [1e-12, 1];
const GRID = range(-12, 0, 145).map((power) => 10 ** power);
const BETA2 = 0.999;

// Each place of epsilon: the step in learning rates under a constant gradient g, where a part c² of
// the average has been filled by t gradients.
const FORMS = [
  { key: "outside", words: "√v̂ + ε", colour: "blue", dash: "", mark: "square", f: (g, eps) => g / (g + eps) },
  { key: "hat", words: "√v + ε", colour: "red", dash: " dash", mark: "diamond", f: (g, eps, c) => g / (g + eps / c) },
  { key: "inside", words: "√(v̂ + ε)", colour: "green", dash: " dot", mark: "up", f: (g, eps) => g / Math.sqrt(g * g + eps) },
  {
    key: "inside hat",
    words: "√(v + ε)",
    colour: "ink",
    dash: " thin-dash",
    mark: "down",
    f: (g, eps, c) => g / Math.sqrt(g * g + eps / (c * c)),
  },
];

const start = { g: 1e-6, eps: 1e-7, t: 1 };

const controls = [
  { name: "g", label: "size of <i>g</i>", kind: "range", scale: byPowers(LOW, HIGH, 10), format: (g) => number(g) },
  { name: "eps", label: "<i>ε</i>", kind: "range", scale: byPowers(1e-10, 1e-2, 10), format: (eps) => number(eps) },
  { name: "t", label: "step <i>t</i>", kind: "range", scale: wholes(1, 1e4, 10), format: (t) => number(Math.round(t), 5) },
];

function compute({ g, eps, t }) {
  const filled = Math.sqrt(-Math.expm1(Math.round(t) * Math.log(BETA2)));
  return {
    t: Math.round(t),
    effective: eps / filled,
    shares: FORMS.map(({ f }) => f(g, eps, filled)),
    curves: FORMS.map(({ f }) => GRID.map((size) => f(size, eps, filled))),
  };
}

const place = inside();
const G = logarithmic([LOW, HIGH], place.across);
const SHARE = linear([0, 1.1], place.up);

function curves({ curves: heights, shares }, { g }) {
  const drawn = FORMS.map(({ colour, dash }, k) => {
    const points = GRID.map((size, i) => [G(size), SHARE(heights[k][i])]);
    return line(points, `${colour}${dash}`);
  });
  const marks = FORMS.map(({ mark, colour }, k) => marker(mark, G(g), SHARE(shares[k]), colour, 4));
  const field = `<rect class="field" data-drag="g" x="${place.across[0]}" y="${place.up[1]}" width="${
    place.across[1] - place.across[0]
  }" height="${place.up[0] - place.up[1]}"/>`;
  return panel(
    axes({
      x: G,
      y: SHARE,
      xTicks: powers(LOW, HIGH, 3),
      yTicks: ticks(0, 1, 5),
      xName: "size of the gradient",
      yName: "step, in learning rates",
      form: (tick) => (tick > 0 && tick < 0.1 ? powerOfTen(tick) : number(tick)),
    }) +
      clipped(G, SHARE, drawn.join("") + line([[G(g), place.up[0]], [G(g), place.up[1]]], "faint")) +
      marks.join("") +
      legend(FORMS.slice(0, 2).map(({ colour, dash, words }) => ["line", colour + dash, words]), [46, 200], 32) +
      legend(FORMS.slice(2).map(({ colour, dash, words }) => ["line", colour + dash, words]), [46, 200], 47) +
      field +
      handle("g", G(g), place.up[1], "grey"),
  );
}

function bars({ shares, effective }, { eps }) {
  const [left, right] = place.across;
  const rows = FORMS.map(({ words, colour, mark }, k) => {
    const y = place.up[1] + 30 + 50 * k;
    const length = shares[k] * (right - left - 6);
    const box = [[left, y], [left + length, y], [left + length, y + 16], [left, y + 16]];
    const sign = marker(mark, left + 5, y - 10, colour, 4);
    return (
      sign + label(left + 16, y - 6, `${words}:  ${number(shares[k])}`) + (length > 0.5 ? shape(box, `fill ${colour}`) : "")
    );
  });
  const title = label(left, 18, "step, in learning rates", "name");
  const note = label(left, place.up[0] + 20, `√v + ε is √v̂ + ${number(effective)}, with ε = ${number(eps)}`, "tick");
  return panel(title + rows.join("") + note);
}

const draw = (values, state) => curves(values, state) + bars(values, state);

function describe({ shares, effective, t }, { g, eps }) {
  const each = FORMS.map(({ words }, k) => `${number(shares[k])} with ${words}`).join(", ");
  return `At step ${t}, a constant gradient of ${number(g)} and ε = ${number(eps)} make a step of this many learning rates: ${each}. Beside the raw root ε acts like ${number(effective)}.`;
}

const drag = ({ x }) => ({ g: Number(Math.min(HIGH, Math.max(LOW, G.invert(x))).toPrecision(3)) });

/** Played, the steps go by and the raw average fills. */
const tick = ({ t }, seconds) => (t >= 1e4 ? null : { t: Math.min(1e4, t * 10 ** (0.6 * seconds)) });

export default { title: "Four places for epsilon", start, controls, compute, draw, describe, drag, tick };
