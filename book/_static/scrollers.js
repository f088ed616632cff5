// What is wider than its place can be scrolled with the keyboard. The theme measures every
// such block when the page has come; here each is looked at when it is laid out, which is
// when it comes near the window or changes its size.
{
  const SCROLLERS = "pre, .nboutput > .output_area, .cell_output > .output, .jp-RenderedHTMLCommon, "
    + ".pst-scrollable-table-container";
  const look = ({ target }) => {
    const over = target.scrollWidth > target.clientWidth || target.scrollHeight > target.clientHeight;
    target.tabIndex = over ? 0 : -1;
  };
  const observer = new ResizeObserver((entries) => entries.forEach(look));
  addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll(SCROLLERS).forEach((block) => observer.observe(block));
  });
}
