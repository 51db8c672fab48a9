// A trade on its candles: entry, exit, stop, target, and how far it went against and for it.
// Drawn without the chart file. Candles are neutral: hollow where the price rose, filled where it fell.

import { label as tickLabel, ticks } from "./axis.js";
import { number, price, signed } from "./format.js";
import { draw } from "./page.js";

const RIGHT = 104; // pixels for the prices
const BOTTOM = 24;
const TOP = 12;
const WIDE = 600;
const DIGIT = 7; // pixels at the most, of the labels' 12
const LINE = 14; // from one label to the next

// `trade` and `candles` as the API has them. Gives {svg, at(index)}: `at` moves the cursor.
export function drawTrade(trade, candles, width, height) {
  const times = candles.map((candle) => Date.parse(candle.close_time));
  const step = candles.length > 1 ? (times.at(-1) - times[0]) / (times.length - 1) : 60_000;
  const from = times[0] - step;
  const to = times.at(-1) + step;
  const levels = levelsOf(trade);
  const prices = [...candles.flatMap((candle) => [Number(candle.low), Number(candle.high)]), ...levels.map((level) => level.price)];
  const low = Math.min(...prices);
  const high = Math.max(...prices);
  const pad = (high - low || high * 0.001 || 1) * 0.04;
  const marks = scale(low, high);
  // Beside the candles where there is room, upon them on a phone.
  const beside = width >= WIDE ? 12 + DIGIT * Math.max(...marks.map((mark) => mark.label.length)) : 0;
  const plot = { left: beside, right: width - RIGHT, bottom: height - BOTTOM };
  const room = plot.right - plot.left;
  const x = (at) => plot.left + (room * (at - from)) / (to - from);
  const y = (value) => TOP + ((plot.bottom - TOP) * (high + pad - value)) / (high - low + 2 * pad);
  const svg = draw("svg", { width, height, role: "img", "aria-label": words(trade, candles) });
  grid(svg, marks, { from, to, x, y, plot });
  const entered = Math.max(from, Date.parse(trade.entry_time ?? trade.exit_time));
  const left = Math.min(to, Date.parse(trade.exit_time));
  bands(svg, levels, { x, y, entered, left });
  bodies(svg, candles, times, { x, y, width: Math.max(1, Math.min(13, (0.66 * room * step) / (to - from))) });
  lines(svg, levels, { x, y, plot, entered, left });
  for (const { value, label } of marks) {
    svg.append(beside ? text(plot.left - 8, y(value) + 4, label, "tick beside") : text(4, y(value) - 4, label, "tick"));
  }
  markers(svg, trade, { x, y, entered, left });
  const cursor = draw("line", { class: "cursor", x1: -9, x2: -9, y1: TOP, y2: plot.bottom });
  svg.append(cursor);
  const at = (index) => {
    const place = index === null ? -9 : x(times[index]);
    cursor.setAttribute("x1", place);
    cursor.setAttribute("x2", place);
  };
  const nearest = (pixel) => {
    const wanted = from + ((pixel - plot.left) * (to - from)) / room;
    let best = 0;
    times.forEach((time, index) => { if (Math.abs(time - wanted) < Math.abs(times[best] - wanted)) best = index; });
    return best;
  };
  return { svg, at, nearest, plot };
}

// Where the worst and the best unrealised result lay, as prices; fees are not in them.
function levelsOf(trade) {
  const entry = Number(trade.entry_price);
  const size = Number(trade.quantity);
  const way = trade.side === "short" ? -1 : 1;
  const excursion = (money) => (money === null || !size || !entry ? NaN : entry + (way * Number(money)) / size);
  return [
    { name: "entry", price: entry, text: price(trade.entry_price) },
    { name: "exit", price: Number(trade.exit_price), text: price(trade.exit_price) },
    { name: "stop", price: Number(trade.stop_loss_price ?? NaN), text: price(trade.stop_loss_price) },
    { name: "target", price: Number(trade.take_profit_price ?? NaN), text: price(trade.take_profit_price) },
    { name: "worst", price: excursion(trade.mae), text: signed(trade.mae) },
    { name: "best", price: excursion(trade.mfe), text: signed(trade.mfe) },
  ].filter((level) => Number.isFinite(level.price) && level.price > 0);
}

function words(trade, candles) {
  const said = levelsOf(trade).map((level) => `${level.name} ${level.text}`);
  return `${candles.length} candles of ${trade.symbol}: ${said.join(", ")}; the candles stand in the table below`;
}

// Round prices within the picture, each with its label.
function scale(low, high) {
  const rough = (high - low) / 5 || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((size) => size * power).find((size) => size >= rough);
  const digits = Math.max(0, Math.min(8, -Math.floor(Math.log10(step))));
  const marks = [];
  for (let value = Math.ceil(low / step) * step; value <= high; value += step) marks.push({ value, label: number(value, digits) });
  return marks;
}

function grid(svg, marks, { from, to, x, y, plot }) {
  for (const { value } of marks) {
    svg.append(draw("line", { class: "grid", x1: plot.left, x2: plot.right, y1: y(value), y2: y(value) }));
  }
  const times = ticks(from, to, Math.max(2, Math.floor((plot.right - plot.left) / 84)));
  times.forEach((at, index) => {
    svg.append(draw("line", { class: "grid", x1: x(at), x2: x(at), y1: TOP, y2: plot.bottom }));
    const shown = tickLabel(at, times.length > 1 ? times[1] - times[0] : 0, index === 0);
    if (x(at) < plot.right - 24) svg.append(text(x(at) + 2, plot.bottom + 16, shown, "tick"));
  });
}

function text(x, y, content, className) {
  const element = draw("text", { x, y, class: className });
  element.textContent = content;
  return element;
}

// From the entry price to the worst and the best it stood at, as long as the trade was open.
function bands(svg, levels, { x, y, entered, left }) {
  const entry = levels.find((level) => level.name === "entry");
  if (!entry) return;
  for (const [name, tone] of [["worst", "loss"], ["best", "gain"]]) {
    const level = levels.find((other) => other.name === name);
    if (!level) continue;
    const [top, bottom] = [y(entry.price), y(level.price)].sort((a, b) => a - b);
    svg.append(draw("rect", { class: `band-${tone}`, x: x(entered), width: Math.max(2, x(left) - x(entered)), y: top, height: bottom - top }));
  }
}

function bodies(svg, candles, times, { x, y, width }) {
  candles.forEach((candle, index) => {
    const at = x(times[index]);
    const [open, close] = [Number(candle.open), Number(candle.close)];
    const group = draw("g", { class: close >= open ? "candle up" : "candle down" },
      draw("line", { x1: at, x2: at, y1: y(Number(candle.high)), y2: y(Number(candle.low)) }),
      draw("rect", { x: at - width / 2, width, y: y(Math.max(open, close)), height: Math.max(1, Math.abs(y(open) - y(close))) }));
    svg.append(group);
  });
}

function lines(svg, levels, { x, y, plot, entered, left }) {
  for (const level of levels) {
    const from = ["entry", "exit"].includes(level.name) ? x(entered) : Math.max(plot.left, x(entered) - 16);
    const to = level.name === "exit" ? plot.right : Math.max(x(left), from + 8);
    if (level.name !== "exit") svg.append(draw("line", { class: `level ${level.name}`, x1: from, x2: to, y1: y(level.price), y2: y(level.price) }));
  }
  for (const { level, place } of apart(levels, y)) {
    svg.append(draw("line", { class: "lead", x1: plot.right - 6, x2: plot.right + 4, y1: y(level.price), y2: place }));
    svg.append(text(plot.right + 8, place + 4, `${level.name} ${level.text}`, `price ${level.name}`));
  }
}

// Labels in the order of their prices, none upon another.
function apart(levels, y) {
  const sorted = levels.map((level) => ({ level, place: y(level.price) })).sort((a, b) => a.place - b.place);
  for (let index = 1; index < sorted.length; index += 1) {
    sorted[index].place = Math.max(sorted[index].place, sorted[index - 1].place + LINE);
  }
  return sorted;
}

function markers(svg, trade, { x, y, entered, left }) {
  const long = trade.side !== "short";
  const arrow = (at, value, up, className) => {
    const [px, py] = [x(at), y(Number(value))];
    const way = up ? 1 : -1;
    return draw("path", { class: `marker ${className}`, d: `M${px} ${py}l-6 ${way * 11}h12z` });
  };
  if (trade.entry_price && trade.entry_time) svg.append(arrow(entered, trade.entry_price, long, "entry"));
  if (trade.exit_price) svg.append(arrow(left, trade.exit_price, !long, Number(trade.net_pnl) < 0 ? "loss" : "gain"));
}
