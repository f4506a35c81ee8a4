// Pages of a paper: a photograph or a choice is sent by itself, and files can be dropped on the form.
// What is larger than a page needs is made smaller first, for slow networks; the server decides about all of it.
const LONGEST = 2200;
const LARGE = 1_000_000; // bytes

async function smaller(file) {
  if (!["image/jpeg", "image/png", "image/webp"].includes(file.type) || file.size < LARGE) return file;
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.round(picture.width * scale), Math.round(picture.height * scale)];
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const made = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.85); });
  return made && made.size < file.size ? new File([made], file.name, { type: made.type }) : file;
}

async function shrink(input) {
  const kept = new DataTransfer();
  for (const file of input.files) kept.items.add(await smaller(file).catch(() => file));
  input.files = kept.files;
}

async function send(form) {
  if (form.dataset.sent) return;
  form.dataset.sent = "yes";
  form.querySelector("[data-upload-state]").textContent = form.dataset.sending;
  for (const input of form.querySelectorAll("input[type=file]")) await shrink(input);
  form.requestSubmit();
}

function begin(form) {
  const drop = form.querySelector("[data-upload-drop]");
  const many = form.querySelector("input[type=file][multiple]");
  form.classList.add("upload--live");
  form.querySelector("[data-upload-send]").hidden = true;
  drop.hidden = window.matchMedia("(pointer: coarse)").matches;
  for (const input of form.querySelectorAll("input[type=file]")) {
    input.addEventListener("change", () => { if (input.files.length) send(form); });
  }
  const over = (event) => { event.preventDefault(); form.classList.add("upload--over"); };
  form.addEventListener("dragover", over);
  form.addEventListener("dragenter", over);
  form.addEventListener("dragleave", () => form.classList.remove("upload--over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("upload--over");
    if (!event.dataTransfer.files.length) return;
    many.files = event.dataTransfer.files;
    send(form);
  });
  // A page that the browser kept must be able to send again.
  window.addEventListener("pageshow", () => { delete form.dataset.sent; });
}

export function start() {
  for (const form of document.querySelectorAll("form[data-upload]")) begin(form);
}
