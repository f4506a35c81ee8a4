// Reads a QR code with the camera: the browser's own detector, else jsQR. The typed code stays beside it.
const PAUSE_MS = 120;

async function nativeReader() {
  if (!("BarcodeDetector" in window)) return null;
  const formats = await window.BarcodeDetector.getSupportedFormats();
  if (!formats.includes("qr_code")) return null;
  const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
  return async (video) => (await detector.detect(video))[0]?.rawValue;
}

async function ownReader() {
  if (!window.jsQR) await import("../vendor/jsqr/jsQR.js");
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    context.drawImage(video, 0, 0);
    const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
    return window.jsQR(data, width, height)?.data;
  };
}

async function read(video, reader, alive) {
  while (alive()) {
    const text = video.videoWidth ? await reader(video).catch(() => null) : null;
    if (text) return text;
    await new Promise((resolve) => { window.setTimeout(resolve, PAUSE_MS); });
  }
  return null;
}

async function scan(box) {
  const video = box.querySelector("video");
  const state = box.querySelector("[data-scan-state]");
  const field = document.getElementById(box.dataset.scan);
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  } catch {
    state.textContent = box.dataset.refused;
    field.focus();
    return;
  }
  const stop = () => { for (const track of stream.getTracks()) track.stop(); };
  window.addEventListener("pagehide", stop, { once: true });
  video.srcObject = stream;
  await video.play();
  state.textContent = box.dataset.looking;
  const text = await read(video, (await nativeReader()) ?? (await ownReader()), () => stream.active);
  stop();
  if (!text) return;
  field.value = text;
  state.textContent = box.dataset.found;
  field.form.requestSubmit();
}

export function start() {
  for (const button of document.querySelectorAll("[data-scan-start]")) {
    const box = document.getElementById(button.dataset.scanStart);
    if (!navigator.mediaDevices?.getUserMedia) continue;
    button.hidden = false;
    for (const or of document.querySelectorAll(`[data-scan-or="${box.id}"]`)) or.hidden = false;
    button.addEventListener("click", () => {
      button.hidden = true;
      box.hidden = false;
      scan(box);
    });
  }
}
