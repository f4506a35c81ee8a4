// − and + around a number field. `data-each` (minor units of one) and `data-currency` keep the sum below in step.
function money(minor, currency) {
  const format = new Intl.NumberFormat(`${document.documentElement.lang}-MD`, { style: "decimal", minimumFractionDigits: 2 });
  return `${format.format(minor / 100)} ${currency}`;
}

export function start() {
  for (const stepper of document.querySelectorAll("[data-stepper]")) {
    const input = stepper.querySelector("input");
    const note = stepper.parentElement.querySelector("[data-stepper-note]");
    const [fewer, more] = stepper.querySelectorAll("button");
    const low = Number(input.min || 0);
    const high = Number(input.max || Number.MAX_SAFE_INTEGER);
    const submit = stepper.closest("form")?.querySelector("[data-stepper-labels]");
    const labels = submit ? JSON.parse(submit.dataset.stepperLabels) : [];
    const plain = submit?.textContent;
    const show = () => {
      const value = Number(input.value);
      fewer.disabled = value <= low;
      more.disabled = value >= high;
      if (submit) submit.textContent = labels[value - low] ?? plain;
      const each = Number(stepper.dataset.each);
      if (note && each && Number.isInteger(value)) note.textContent = money(each * value, stepper.dataset.currency);
    };
    const move = (by) => {
      input.value = String(Math.min(high, Math.max(low, (Number(input.value) || 0) + by)));
      input.dispatchEvent(new Event("input", { bubbles: true }));
    };
    fewer.addEventListener("click", () => move(-1));
    more.addEventListener("click", () => move(1));
    input.addEventListener("input", show);
    show();
  }
}
