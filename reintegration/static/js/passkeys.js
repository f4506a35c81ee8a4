// A passkey in place of what is typed: the device signs what the page asks, and its answer is sent in the field.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const listed = (keys) => (keys ?? []).map((key) => ({ ...key, id: bytes(key.id) }));

function prepared(options) {
  const asked = { ...options, challenge: bytes(options.challenge) };
  if (options.user) asked.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) asked.excludeCredentials = listed(options.excludeCredentials);
  if (options.allowCredentials) asked.allowCredentials = listed(options.allowCredentials);
  return asked;
}

function told(credential) {
  const names = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const given = names.filter((name) => credential.response[name]);
  const response = Object.fromEntries(given.map((name) => [name, text(credential.response[name])]));
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response };
}

export function start() {
  if (!window.PublicKeyCredential) return;
  for (const box of document.querySelectorAll("[data-passkey]")) {
    const [button, problem] = [box.querySelector("button"), box.querySelector("p")];
    const field = document.getElementById(box.dataset.passkeyInto);
    const { asked, options } = JSON.parse(box.dataset.passkeyAsked);
    box.hidden = false;
    button.addEventListener("click", async () => {
      if (box.dataset.passkey === "create" && !field.form.reportValidity()) return;
      button.disabled = true;
      problem.hidden = true;
      try {
        const answer = await navigator.credentials[box.dataset.passkey]({ publicKey: prepared(options) });
        field.type = "hidden";
        field.value = JSON.stringify({ asked, said: told(answer) });
        HTMLFormElement.prototype.submit.call(field.form);
      } catch {
        problem.hidden = false;
        button.disabled = false;
      }
    });
  }
}
