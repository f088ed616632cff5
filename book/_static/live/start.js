// Wake every live figure of the page; each brings its own small module.

import { mount } from "./figure.js";

for (const root of document.querySelectorAll("[data-live]")) {
  const { default: figure } = await import(`./${root.dataset.live}.js`);
  mount(figure, root);
}
