// Keeps what was typed in this tab. Only fields marked `data-draft` are kept: a field is sensitive until
// someone decides that it is not. The key carries the form and the user, so that the next one finds nothing.
const keyOf = (form) => `draft:${form.dataset.draftUser}:${form.dataset.draftKey}`;
const fieldsOf = (form) => [...form.querySelectorAll("[data-draft]")];

function save(form) {
  const values = {};
  for (const field of fieldsOf(form)) if (field.value) values[field.name] = field.value;
  if (Object.keys(values).length) sessionStorage.setItem(keyOf(form), JSON.stringify(values));
  else sessionStorage.removeItem(keyOf(form));
}

function restore(form) {
  const stored = JSON.parse(sessionStorage.getItem(keyOf(form)) ?? "{}");
  let found = false;
  for (const field of fieldsOf(form)) {
    if (field.value || !stored[field.name]) continue;
    field.value = stored[field.name];
    field.dispatchEvent(new Event("input", { bubbles: true }));
    found = true;
  }
  return found;
}

export function start() {
  for (const form of document.querySelectorAll("form[data-draft-key]")) {
    const note = form.querySelector("[data-draft-note]");
    if (restore(form) && note) note.hidden = false;
    let waiting;
    form.addEventListener("input", () => {
      window.clearTimeout(waiting);
      waiting = window.setTimeout(() => save(form), 400);
    });
    note?.querySelector("button")?.addEventListener("click", () => {
      sessionStorage.removeItem(keyOf(form));
      form.reset();
      note.hidden = true;
    });
  }
  // A page that carries `data-draft-done` follows a saved form: its draft has served.
  for (const done of document.querySelectorAll("[data-draft-done]")) sessionStorage.removeItem(done.dataset.draftDone);
}
