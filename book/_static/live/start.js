// Wake every live figure of the page; each has its own small module, which the page names.

import { mount } from "./figure.js";

for (const root of document.querySelectorAll("[data-live]")) {
  const { src } = document.querySelector(`script[src*="/live/${root.dataset.live}.js"]`);
  const { default: figure } = await import(src);
  mount(figure, root);
}
