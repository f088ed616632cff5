// What is wider than its place can be scrolled with the keyboard. The theme measures every
// such block when the page has come; here each is looked at when it is laid out, which is
// when it comes near the window or changes its size. Long lines of code can be reached from
// the start; where the window is wide enough for them, they are no stop.
{
  const SCROLLERS = "pre, .katex-display, .nboutput > .output_area, .cell_output > .output, .jp-RenderedHTMLCommon, "
    + ".pst-scrollable-table-container";
  const wide = matchMedia("(min-width: 1200px)");
  const look = ({ target }) => {
    const over = target.scrollWidth > target.clientWidth || target.scrollHeight > target.clientHeight;
    if (over) target.tabIndex = 0;
    else if (wide.matches) target.removeAttribute("tabindex");
  };
  const observer = new ResizeObserver((entries) => entries.forEach(look));
  addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll(SCROLLERS).forEach((block) => observer.observe(block));
  });
}
