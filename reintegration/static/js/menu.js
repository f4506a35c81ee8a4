// The phone menu is a <details>: Escape and a click elsewhere close it, as people expect.
export function start() {
  for (const menu of document.querySelectorAll("details.menu")) {
    const close = () => menu.removeAttribute("open");
    document.addEventListener("click", (event) => {
      if (!menu.contains(event.target)) close();
    });
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      close();
      menu.querySelector("summary").focus();
    });
    menu.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !menu.contains(event.relatedTarget)) close();
    });
  }
}
