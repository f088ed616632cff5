// Sections that are far away have a guessed height (finish.css). Where the guess gives way to the
// true height while the page scrolls to the next stop of the keyboard, the stop is missed: once
// the page stands still, what has the focus is brought into the window.
{
  const settled = (act) => requestAnimationFrame(() => requestAnimationFrame(act));
  addEventListener("focusin", ({ target }) => settled(() => {
    const { top, bottom } = target.getBoundingClientRect();
    const away = bottom <= 0 || top >= innerHeight;
    if (away && target === document.activeElement) target.scrollIntoView({ block: "center" });
  }));
}
