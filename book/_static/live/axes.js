// Scales, axes, lines and level sets for the live figures: plain functions from numbers to SVG.
// Colours are classes (blue, red, green, grey, ink), which live.css fills in for light and dark.

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A number for readers: 0.4, −12.5, 1.2·10⁻⁹. */
export function number(value, digits = 3) {
  if (!Number.isFinite(value)) return "undefined";
  const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
  const power = Number(exponent);
  const trim = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  if (power >= -3 && power < 5) {
    return trim(value.toFixed(Math.max(0, digits - 1 - power))).replace(/^-0$/, "0").replace("-", "−");
  }
  if (value === 0) return "0";
  const factor = trim(mantissa).replace("-", "−");
  const tens = powerOfTen(10 ** power);
  return /^−?1$/.test(factor) ? factor.slice(0, -1) + tens : `${factor}·${tens}`;
}

/** A power of ten for an axis: 10⁻³. */
export function powerOfTen(value) {
  const power = Math.round(Math.log10(value));
  const digits = String(Math.abs(power)).replace(/\d/g, (digit) => SUPERSCRIPTS[digit]);
  return power ? `10${power < 0 ? "⁻" : ""}${digits}` : "1";
}

/** What a voice should say for such a number: "1.2 times 10 to the minus 9". */
export function spoken(text) {
  const power = (all, factor, minus, digits) => {
    const plain = digits.replace(/./g, (digit) => SUPERSCRIPTS.indexOf(digit));
    return `${factor ? " times " : ""}10 to the ${minus ? "minus " : ""}${plain}`;
  };
  return text.replace(/(·?)10(⁻?)([⁰¹²³⁴⁵⁶⁷⁸⁹]+)/g, power).replace(/−/g, "minus ");
}

// --- positions of a slider: how a control's value runs along its track ---

/** Equal steps from min to max. */
export function evenly(min, max, step) {
  const digits = Math.max(0, Math.ceil(-Math.log10(step)));
  const clean = (value) => Math.min(max, Math.max(min, value));
  return { min, max, step, clean, position: clean, value: (p) => Number(p.toFixed(digits)) };
}

/** Equal factors from min to max, both positive. */
export function byPowers(min, max, perTen = 20) {
  const clean = (value) => Math.min(max, Math.max(min, value));
  return {
    min: Math.round(perTen * Math.log10(min)),
    max: Math.round(perTen * Math.log10(max)),
    step: 1,
    clean,
    position: (value) => Math.round(perTen * Math.log10(clean(value))),
    value: (p) => clean(Number((10 ** (p / perTen)).toPrecision(3))),
  };
}

/** Whole numbers from min to max, about equal factors apart, each once. */
export function wholes(min, max, perTen = 20) {
  const steps = Math.round(perTen * Math.log10(max / min));
  const raw = Array.from({ length: steps + 1 }, (_, k) => Math.round(min * 10 ** (k / perTen)));
  const places = [...new Set([...raw.map((value) => Number(value.toPrecision(3))), max])].sort((a, b) => a - b);
  const nearest = (value) => places.reduce((best, one, k) => (Math.abs(one - value) < Math.abs(places[best] - value) ? k : best), 0);
  return {
    min: 0,
    max: places.length - 1,
    step: 1,
    clean: (value) => Math.min(max, Math.max(min, value)), // played, a value goes through the places between
    position: nearest,
    value: (p) => places[p],
  };
}

/** Equal factors from −large to −small and on from small to large: through the sign, never 0. */
export function bothSigns(small, large, perTen = 24) {
  const steps = Math.round(perTen * Math.log10(large / small));
  const size = (value) => Math.min(large, Math.max(small, Math.abs(value)));
  const sign = (value) => (value < 0 || Object.is(value, -0) ? -1 : 1);
  const clean = (value) => sign(value) * size(value);
  return {
    min: -steps - 0.5,
    max: steps + 0.5,
    step: 1,
    clean,
    position: (value) =>
      sign(value) * (0.5 + Math.round((steps * Math.log(size(value) / small)) / Math.log(large / small))),
    value: (p) =>
      clean(sign(p) * Number((small * (large / small) ** ((Math.abs(p) - 0.5) / steps)).toPrecision(3))),
  };
}

// --- from numbers to places in a panel ---

/** A straight scale; `invert` leads back. */
export function linear([low, high], [from, to]) {
  const scale = (value) => from + ((value - low) / (high - low)) * (to - from);
  scale.invert = (place) => low + ((place - from) / (to - from)) * (high - low);
  scale.domain = [low, high];
  scale.range = [from, to];
  return scale;
}

/** A logarithmic scale; the domain is positive. */
export function logarithmic([low, high], range) {
  const inner = linear([Math.log10(low), Math.log10(high)], range);
  const scale = (value) => inner(Math.log10(value));
  scale.invert = (place) => 10 ** inner.invert(place);
  scale.domain = [low, high];
  scale.range = range;
  return scale;
}

/** Round numbers between low and high, about as many as asked for. */
export function ticks(low, high, count = 5) {
  const rough = (high - low) / count;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * unit).find((size) => size >= rough * 0.99);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, k) => Number(((first + k) * step).toPrecision(12)));
}

/** Powers of ten between low and high, one in every so many. */
export function powers(low, high, every = 1) {
  const first = Math.ceil(Math.log10(low) / every - 1e-9);
  const last = Math.floor(Math.log10(high) / every + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, k) => 10 ** ((first + k) * every));
}

/** Equally spaced numbers from low to high, both included. */
export function range(low, high, count) {
  return Array.from({ length: count }, (_, k) => low + ((high - low) * k) / (count - 1));
}

const place = (value) => String(Math.round(value * 10) / 10);

// --- marks ---

/** A line through points; it breaks where a point is not finite. */
export function line(points, kind) {
  let pen = "M";
  let path = "";
  for (const [x, y] of points) {
    if (Number.isFinite(x) && Number.isFinite(y)) {
      path += `${pen}${place(x)} ${place(y)}`;
      pen = "L";
    } else {
      pen = "M";
    }
  }
  return path ? `<path class="line ${kind}" d="${path}"/>` : "";
}

/** Several lines as one mark. */
export function lines(many, kind) {
  const path = many.map((points) => `M${points.map(([x, y]) => `${place(x)} ${place(y)}`).join("L")}`);
  return path.length ? `<path class="line ${kind}" d="${path.join("")}"/>` : "";
}

/** A closed shape. */
export function shape(points, kind) {
  return `<path class="${kind}" d="M${points.map(([x, y]) => `${place(x)} ${place(y)}`).join("L")}Z"/>`;
}

/** An arrow with a filled head; nothing is drawn of one that is too short to be seen. */
export function arrow([x0, y0], [x1, y1], kind) {
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (!(length > 2)) return "";
  const [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length];
  const head = Math.min(11, length);
  const [bx, by] = [x1 - head * ux, y1 - head * uy];
  const half = 0.42 * head;
  return (
    line([[x0, y0], [bx + ux, by + uy]], kind) +
    shape([[x1, y1], [bx - half * uy, by + half * ux], [bx + half * uy, by - half * ux]], `fill ${kind}`)
  );
}

/** A marker: "dot", "ring", "square", "diamond", "up" or "down" (triangles). */
export function marker(form, x, y, kind, size = 5) {
  if (form === "dot" || form === "ring") {
    return `<circle class="${form === "dot" ? "fill" : "hollow"} ${kind}" cx="${place(x)}" cy="${place(y)}" r="${size}"/>`;
  }
  const forms = {
    square: [[-1, -1], [1, -1], [1, 1], [-1, 1]],
    diamond: [[0, -1.4], [1.4, 0], [0, 1.4], [-1.4, 0]],
    up: [[0, -1.4], [1.3, 1], [-1.3, 1]],
    down: [[0, 1.4], [1.3, -1], [-1.3, -1]],
  };
  return shape(forms[form].map(([u, v]) => [x + size * u, y + size * v]), `fill ${kind}`);
}

/** A point that the reader can drag; its invisible grip is as wide as a finger.
 *  Of kind "full" it is filled, and of kind "bare" a shadow that lies around another mark. */
export function handle(name, x, y, kind) {
  const at = `cx="${place(x)}" cy="${place(y)}"`;
  return (
    `<g class="handle"><circle class="halo ${kind}" ${at} r="11"/><circle class="knob ${kind}" ${at} r="6.5"/>` +
    `<circle class="grip" ${at} r="22" data-drag="${name}"/></g>`
  );
}

/** Words at a place; single letters between underscores are set as mathematics: "step _h_". */
export function label(x, y, words, kind = "", anchor = "start") {
  const safe = words.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  const set = safe.replace(/_([^_]+)_/g, '<tspan class="math">$1</tspan>');
  return `<text class="${kind}" x="${place(x)}" y="${place(y)}" text-anchor="${anchor}">${set}</text>`;
}

// --- panels ---

const [WIDTH, HEIGHT] = [360, 330];
const EDGE = { left: 46, right: 12, top: 54, bottom: 42 };

/** The place inside a panel where the data are drawn, as ranges for the two scales. */
export function inside(width = WIDTH, height = HEIGHT) {
  return { across: [EDGE.left, width - EDGE.right], up: [height - EDGE.bottom, EDGE.top] };
}

/** The legend: a row over the axes. An item is [mark, kind, words]; a mark is "line", a marker or "". */
export function legend(items, places = [46, 200], y = 36) {
  const signs = {
    "": () => ["", 0],
    line: (x, kind) => [line([[x, y], [x + 22, y]], kind), 29],
  };
  const item = ([mark, kind, words], k) => {
    const other = (x) => [marker(mark, x + 5, y, kind, 4), 15];
    const [sign, width] = (signs[mark] ?? other)(places[k], kind);
    return sign + label(places[k] + width, y + 4.5, words, kind.split(" ")[0]);
  };
  return items.map(item).join("");
}

/** Grid, tick labels and names of both axes; that of y stands in the first line of the panel. */
export function axes({ x, y, xTicks, yTicks, xName, yName, form = (value) => number(value) }) {
  const [left, right] = x.range;
  const [bottom, top] = y.range;
  const upright = xTicks.map((value) => [[x(value), bottom], [x(value), top]]);
  const level = yTicks.map((value) => [[left, y(value)], [right, y(value)]]);
  return (
    lines([...upright, ...level], "grid") +
    line([[left, top], [left, bottom], [right, bottom]], "axis") +
    xTicks.map((value) => label(x(value), bottom + 17, form(value), "tick", "middle")).join("") +
    yTicks.map((value) => label(left - 6, y(value) + 4, form(value), "tick", "end")).join("") +
    label((left + right) / 2, bottom + 36, xName, "name", "middle") +
    label(left, top - 36, yName, "name")
  );
}

/** What lies inside of the axes, clipped at their edge. */
export function clipped(x, y, marks) {
  const [left, right] = x.range;
  const [bottom, top] = y.range;
  const box = `x="${left}" y="${top}" width="${right - left}" height="${bottom - top}"`;
  return `<svg ${box} viewBox="${left} ${top} ${right - left} ${bottom - top}">${marks}</svg>`;
}

/** One panel of a figure; panels stand side by side, or one under the other on a phone. */
export function panel(marks, width = WIDTH, height = HEIGHT) {
  return `<svg class="live-panel" viewBox="0 0 ${width} ${height}" xmlns="http://www.w3.org/2000/svg">${marks}</svg>`;
}

// --- level sets ---

/** The values of f(x, y) on a grid, row by row. */
export function sample(f, xs, ys) {
  return { xs, ys, values: Float64Array.from(ys.flatMap((y) => xs.map((x) => f(x, y)))) };
}

/** The level set of a sampled function as lines of points: marching squares. */
export function contour({ xs, ys, values }, level) {
  const n = xs.length;
  const points = new Map();
  const links = new Map();
  const at = (i, j) => values[j * n + i] - level;
  const cut = (i, j, upright) => {
    const key = 2 * (j * n + i) + upright;
    if (!points.has(key)) {
      const [i2, j2] = upright ? [i, j + 1] : [i + 1, j];
      const t = at(i, j) / (at(i, j) - at(i2, j2));
      points.set(key, [xs[i] + t * (xs[i2] - xs[i]), ys[j] + t * (ys[j2] - ys[j])]);
      links.set(key, []);
    }
    return key;
  };
  for (let j = 0; j + 1 < ys.length; j++) {
    for (let i = 0; i + 1 < n; i++) {
      const corners = [at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)];
      const [a, b, c, d] = corners.map((value) => value > 0);
      const cuts = [];
      if (a !== b) cuts.push(cut(i, j, 0));
      if (b !== c) cuts.push(cut(i + 1, j, 1));
      if (c !== d) cuts.push(cut(i, j + 1, 0));
      if (d !== a) cuts.push(cut(i, j, 1));
      // At a saddle the middle of the square decides which corners belong together.
      const middle = corners[0] + corners[1] + corners[2] + corners[3] > 0;
      if (cuts.length === 4 && middle !== a) cuts.push(cuts.shift());
      for (let k = 0; k < cuts.length; k += 2) {
        links.get(cuts[k]).push(cuts[k + 1]);
        links.get(cuts[k + 1]).push(cuts[k]);
      }
    }
  }
  const follow = (key) => {
    const found = [points.get(key)];
    for (let next = links.get(key).pop(); next !== undefined; next = links.get(key).pop()) {
      links.get(next).splice(links.get(next).indexOf(key), 1);
      found.push(points.get(next));
      key = next;
    }
    return found;
  };
  // First the lines that end at the edge of the grid, then the closed ones.
  const found = [];
  for (const ends of [1, 2]) {
    for (const key of links.keys()) if (links.get(key).length === ends) found.push(follow(key));
  }
  return found;
}
