// Draw icons as the theme's Font Awesome would in the page: reads {script, icons} and writes
// {svg: {classes: drawing or null}, css} as JSON. The document is one that nothing is drawn on.
const { readFileSync } = require("node:fs");
const vm = require("node:vm");

const { script, icons } = JSON.parse(readFileSync(0, "utf8"));
const nothing = () => {};
const element = () => ({ style: {}, setAttribute: nothing, getAttribute: () => null });
const window = {
  FontAwesomeConfig: { autoAddCss: false, autoReplaceSvg: false, observeMutations: false },
  addEventListener: nothing,
  document: {
    addEventListener: nothing,
    createElement: element,
    documentElement: { ...element(), classList: { add: nothing } },
    head: element(),
    querySelector: () => null,
    querySelectorAll: () => [],
    readyState: "loading",
  },
  navigator: { userAgent: "" },
};
window.window = window;
vm.runInNewContext(readFileSync(script, "utf8"), window);

const { dom, icon, parse } = window.FontAwesome;
const draw = (words) => {
  const names = words.split(/\s+/);
  const found = names.map((name) => parse.icon(`${names.find(isFamily) ?? "fas"} ${name}`))
    .find(({ prefix, iconName }) => iconName && icon({ prefix, iconName }));
  if (!found) return null;
  const classes = names.filter((name) => name !== `fa-${found.iconName}` && !isFamily(name));
  return icon(found, { classes }).html[0];
};
const isFamily = (name) => /^fa[srb]?$|^fa-(solid|regular|brands)$/.test(name);
process.stdout.write(JSON.stringify({
  svg: Object.fromEntries(icons.map((words) => [words, draw(words)])),
  css: dom.css(),
}));
