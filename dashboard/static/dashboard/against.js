// The newest version against the one before it: the verdict in words, and its band.

import { number, percent, signed } from "./format.js";
import { draw, find, make, write } from "./page.js";

export function showAgainst(found) {
  find("against").hidden = !found;
  if (!found) return;
  write("against-title", `${found.b} against ${found.a}`);
  write("verdict", found.sentence);
  find("band").replaceChildren(...band(found));
  const notes = [];
  if (found.wins_more_often !== null) notes.push(`${found.b} wins more often with a chance of ${percent(found.wins_more_often, 0)}`);
  notes.push(`${found.versions_tried} versions tried so far`, "stays valid however often you look");
  write("against-note", `${notes.join("; ")}.`);
}

function band({ low, high, paired_difference: middle, unit }) {
  if (low === null || high === null || middle === null) return [];
  const from = Math.min(low, 0);
  const to = Math.max(high, 0);
  const at = (value) => `${4 + (92 * (value - from)) / (to - from || 1)}%`;
  const svg = draw("svg", { class: "band", role: "img", "aria-label": `Difference ${signed(middle)} ${unit} a trade, plausible from ${signed(low)} to ${signed(high)}` },
    draw("line", { x1: at(0), x2: at(0), y1: 0, y2: 24, class: "zero" }),
    draw("line", { x1: at(low), x2: at(high), y1: 12, y2: 12, class: "reach" }),
    draw("circle", { cx: at(middle), cy: 12, r: 4 }));
  const scale = make("div", { className: "ends small quiet" },
    make("span", { text: signed(low) }), make("span", { text: `${number(0, 0)} = the same` }), make("span", { text: `${signed(high)} ${unit} a trade` }));
  return [svg, scale];
}
