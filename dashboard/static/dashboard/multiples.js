// Small multiples: every version's net PnL from its own first day, all on the same two axes.

import { day as dayOf, number, signed, tone } from "./format.js";
import { cell, draw, find, make, write } from "./page.js";

const WIDTH = 300;
const HEIGHT = 110;

export function showMultiples(items, asset) {
  find("multiples-section").hidden = items.length < 2;
  if (items.length < 2) return;
  const nets = items.flatMap((item) => item.points.map((point) => Number(point.net_pnl)));
  const scale = { days: Math.max(...items.map((item) => item.points.at(-1).day)), low: Math.min(0, ...nets), high: Math.max(0, ...nets) };
  write("multiples-note", `${asset}, by days since each version's first closed trade; one scale for all, ${signed(scale.low, 0)} to ${signed(scale.high, 0)}`);
  find("multiples").replaceChildren(...items.map((item) => multiple(item, items, scale, asset)));
  find("multiples-rows").replaceChildren(...items.map((item) => {
    const own = item.points.map((point) => Number(point.net_pnl));
    return make("tr", {}, cell(item.version), cell(number(item.points.at(-1).day, 0), "n"), cell(number(item.trades, 0), "n"),
      cell(signed(Math.min(0, ...own)), "n"), cell(signed(Math.max(0, ...own)), "n"), cell(signed(own.at(-1)), `n ${tone(own.at(-1))}`));
  }));
}

function multiple(item, all, scale, asset) {
  const end = Number(item.points.at(-1).net_pnl);
  const days = item.points.at(-1).day;
  const svg = draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", class: "line", role: "img", "aria-label": `${item.version}: ${signed(end)} ${asset} after ${number(days, 0)} days` },
    draw("line", { x1: 0, x2: WIDTH, y1: place(0, scale), y2: place(0, scale), class: "zero" }),
    ...all.filter((other) => other !== item).map((other) => draw("path", { d: path(other.points, scale), class: "other" })),
    draw("path", { d: path(item.points, scale), class: end < 0 ? "own loss" : "own gain" }));
  return make("figure", {},
    make("figcaption", {}, make("strong", { text: item.version }), make("span", { text: signed(end), className: tone(end) })),
    svg,
    make("p", { className: "ends small quiet" }, make("span", { text: `from ${dayOf(item.first_day)}` }), make("span", { text: `${number(days, 0)} days, ${number(item.trades, 0)} trades` })));
}

const place = (value, { low, high }) => (4 + ((HEIGHT - 8) * (high - value)) / (high - low || 1)).toFixed(1);

function path(points, scale) {
  const steps = points.map((point) => `H${((WIDTH * point.day) / scale.days).toFixed(1)}V${place(Number(point.net_pnl), scale)}`);
  return `M0 ${place(0, scale)}${steps.join("")}`;
}
