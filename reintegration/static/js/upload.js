// Pages of a paper: a photograph or a choice is sent by itself, and files can be dropped on the form.
function send(form) {
  if (form.dataset.sent) return;
  form.dataset.sent = "yes";
  form.querySelector("[data-upload-state]").textContent = form.dataset.sending;
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
