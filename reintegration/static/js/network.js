// Says what the network is doing. Without a network a submit is held back, so nothing typed is lost.
export function start() {
  const banner = document.querySelector("[data-network]");
  if (!banner) return;
  const text = banner.querySelector("[data-network-text]");
  const show = () => {
    const offline = !navigator.onLine;
    if (offline) text.textContent = banner.dataset.offline;
    else if (!banner.hidden) text.textContent = banner.dataset.online;
    if (offline) banner.hidden = false;
    else window.setTimeout(() => { banner.hidden = navigator.onLine; }, 4000);
  };
  window.addEventListener("online", show);
  window.addEventListener("offline", show);
  document.addEventListener("submit", (event) => {
    if (navigator.onLine || event.target.matches("[data-exit], [data-offline-ok]")) return;
    event.preventDefault();
    show();
    banner.scrollIntoView({ block: "nearest" });
  }, true);
  if (!navigator.onLine) show();
}
