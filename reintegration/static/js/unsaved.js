// Asks before leaving a form that was changed. Opt-in by `data-unsaved`; quick exit never asks.
export function start() {
  const dirty = new Set();
  for (const form of document.querySelectorAll("form[data-unsaved]")) {
    form.addEventListener("input", () => dirty.add(form));
    form.addEventListener("reset", () => dirty.delete(form));
  }
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) dirty.clear();
  });
  // exit.js hides the page before it leaves.
  window.addEventListener("beforeunload", (event) => {
    if (dirty.size && !document.documentElement.hidden) event.preventDefault();
  });
}
