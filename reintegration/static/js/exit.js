// Quick exit: a click, or Shift three times, leaves at once. The session ends by a beacon, and
// `replace` keeps this page out of the Back list (other pages are kept out by Cache-Control: no-store).
const PRESSES = 3;
const WINDOW_MS = 5000;

function leave(form) {
  navigator.sendBeacon?.(form.action, new URLSearchParams(new FormData(form)));
  sessionStorage.clear();
  document.documentElement.hidden = true;
  window.location.replace(form.dataset.exit);
}

export function start() {
  const form = document.querySelector("form[data-exit]");
  if (!form) return;
  let presses = [];
  for (const each of document.querySelectorAll("form[data-exit]")) {
    each.addEventListener("submit", (event) => {
      event.preventDefault();
      leave(each);
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Shift") {
      presses = [];
      return;
    }
    if (event.repeat) return;
    presses = [...presses.filter((at) => event.timeStamp - at < WINDOW_MS), event.timeStamp];
    if (presses.length >= PRESSES) leave(form);
  });
}
