// Small means of writing into the page. Text only: what was recorded is never taken for markup.

export const find = (id) => document.getElementById(id);

export function write(id, text, { tone, title } = {}) {
  const element = find(id);
  element.classList.remove("skeleton", "gain", "loss");
  if (tone) element.classList.add(tone);
  if (element.textContent !== text) element.textContent = text;
  if (title) element.title = title;
  else element.removeAttribute("title");
}

export function make(tag, { text, className, title, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (className) element.className = className;
  if (title) element.title = title;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

export function draw(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export const cell = (text, className = "", title = "") => make("td", { text, className, title });

// A list's rows, or the sentence that says why there are none. Whoever stood on a row's link
// stands on the same link afterwards.
export function fill(id, rows) {
  const list = find(id);
  const held = list.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  list.replaceChildren(...rows);
  if (held) list.querySelector(`a[href="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
  const empty = find(`${id}-empty`);
  if (empty) {
    empty.hidden = rows.length > 0;
    list.closest("table, dl")?.toggleAttribute("hidden", rows.length === 0);
  }
}
