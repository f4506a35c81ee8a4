// Rectangles drawn over a page, in thousandths of its width and height; each is a field of the form.
const WHOLE = 1000;
const LEAST = 5;

function place(svg, event) {
  const box = svg.getBoundingClientRect();
  const within = (value) => Math.round(Math.min(WHOLE, Math.max(0, value * WHOLE)));
  return [within((event.clientX - box.left) / box.width), within((event.clientY - box.top) / box.height)];
}

function draw(svg, [left, top, width, height]) {
  const shape = svg.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "rect"));
  for (const [name, value] of Object.entries({ x: left, y: top, width, height })) shape.setAttribute(name, value);
  return shape;
}

function begin(box) {
  const svg = box.querySelector("svg");
  const undo = box.closest("form").querySelector("[data-ink-undo]");
  const drawn = [];
  let from = null;
  let shape = null;
  const between = ([left, top], [right, bottom]) => [Math.min(left, right), Math.min(top, bottom), Math.abs(right - left), Math.abs(bottom - top)];
  const keep = (field, kept) => { drawn.push([field, kept]); undo.hidden = false; };
  for (const field of box.querySelectorAll("input[name=rectangles]")) keep(field, draw(svg, field.value.split(",")));
  svg.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    svg.setPointerCapture(event.pointerId);
    from = place(svg, event);
    shape = draw(svg, between(from, from));
  });
  svg.addEventListener("pointermove", (event) => {
    if (!from) return;
    shape.remove();
    shape = draw(svg, between(from, place(svg, event)));
  });
  const end = (event) => {
    if (!from) return;
    const rectangle = between(from, place(svg, event));
    from = null;
    if (rectangle[2] < LEAST || rectangle[3] < LEAST) { shape.remove(); return; }
    const field = box.appendChild(document.createElement("input"));
    Object.assign(field, { type: "hidden", name: "rectangles", value: rectangle.join(",") });
    keep(field, shape);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  svg.addEventListener("pointerup", end);
  svg.addEventListener("pointercancel", () => { from = null; shape?.remove(); });
  undo.addEventListener("click", () => {
    for (const one of drawn.pop() ?? []) one.remove();
    undo.hidden = !drawn.length;
  });
}

export function start() {
  for (const box of document.querySelectorAll("[data-ink]")) begin(box);
}
