// Where the money was made: calendar, bars, distribution, rolling figures. Drawn without the chart file.

import { number, percent, signed, tone, words } from "./format.js";
import { cell, draw, find, make, write } from "./page.js";

const DAY = 86_400_000;
const SMALLEST = 18; // pixels from one day to the next
const LARGEST = 26;
const GAP = 4;
const LEVELS = 4;
const monthName = new Intl.DateTimeFormat(undefined, { month: "short", timeZone: "UTC" });
const dayName = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const weekdayName = new Intl.DateTimeFormat(undefined, { weekday: "short", timeZone: "UTC" });
const MONDAY = Date.UTC(2024, 0, 1);

const rows = (id, values, make_) => find(id).replaceChildren(...values.map(make_));
const trades = (count) => `${number(count, 0)} ${count === 1 ? "trade" : "trades"}`;

export function showAnalysis(body, asset) {
  calendar(body.days, asset);
  barRows("by-weekday", body.groups.weekday, asset);
  barRows("by-exit_reason", body.groups.exit_reason, asset, words);
  barRows("by-symbol", body.groups.symbol, asset);
  barRows("by-hour", body.groups.hour, asset, (hour) => `${hour}:00`);
  histogram(body.distribution, asset);
  rolling(body.rolling, body.window, asset);
}

// Weeks as columns, Monday on top. A gain is a square, a loss a disc: told apart without colour.
function calendar(days, asset) {
  find("calendar-none").hidden = days.length > 0;
  find("calendar-details").hidden = days.length === 0;
  if (!days.length) {
    find("calendar").replaceChildren();
    return;
  }
  const room = find("calendar").clientWidth - 40;
  const fits = Math.max(8, Math.floor(room / SMALLEST));
  const last = Date.parse(days.at(-1).day);
  const monday = last - ((new Date(last).getUTCDay() + 6) % 7) * DAY;
  const weeks = Math.min(fits, Math.floor((monday - Date.parse(days[0].day)) / (7 * DAY)) + 2);
  const start = monday - (weeks - 1) * 7 * DAY;
  const pitch = Math.min(LARGEST, Math.max(SMALLEST, Math.floor(room / weeks)));
  const known = new Map(days.map((day) => [Date.parse(day.day), day]));
  const sizes = days.map((day) => Math.abs(Number(day.net_pnl))).sort((a, b) => a - b);
  const level = (size) => 1 + Math.floor(((LEVELS - 0.001) * sizes.findIndex((other) => other >= size)) / sizes.length);
  const svg = draw("svg", { width: 40 + weeks * pitch, height: 24 + 7 * pitch, "aria-hidden": "true" });
  for (const row of [0, 2, 4]) {
    svg.append(label(0, 24 + row * pitch + pitch / 2 + 2, weekdayName.format(MONDAY + row * DAY)));
  }
  for (let week = 0; week < weeks; week += 1) {
    const first = start + week * 7 * DAY;
    const date = new Date(first);
    if (date.getUTCDate() <= 7) svg.append(label(40 + week * pitch, 12, monthName.format(first)));
    for (let row = 0; row < 7; row += 1) {
      const at = first + row * DAY;
      if (at <= last) svg.append(square(known.get(at), at, 40 + week * pitch, 24 + row * pitch, pitch - GAP, level, asset));
    }
  }
  find("calendar").replaceChildren(svg);
  const shown = days.filter((day) => Date.parse(day.day) >= start).length;
  write("calendar-note", `net PnL by UTC day of exit; squares gained, discs lost${shown < days.length ? `; the last ${weeks} weeks` : ""}`);
  rows("calendar-rows", days.toReversed(), (day) => make("tr", {},
    cell(dayName.format(Date.parse(day.day))), cell(number(day.trades, 0), "n"), cell(number(day.wins, 0), "n"),
    cell(number(day.losses, 0), "n"), cell(signed(day.net_pnl), `n ${tone(day.net_pnl)}`)));
}

function label(x, y, text) {
  const element = draw("text", { x, y, class: "label" });
  element.textContent = text;
  return element;
}

function square(day, at, x, y, size, level, asset) {
  const told = day ? `${signed(day.net_pnl)} ${asset}, ${trades(day.trades)}` : "no trade closed";
  const direction = day ? tone(day.net_pnl) : "";
  const name = direction ? `${direction} l${level(Math.abs(Number(day.net_pnl)))}` : "none";
  const shape = direction === "loss"
    ? draw("circle", { cx: x + size / 2, cy: y + size / 2, r: size / 2, class: name })
    : draw("rect", { x, y, width: size, height: size, rx: 2, class: name });
  const title = draw("title");
  title.textContent = `${dayName.format(at)}: ${told}`;
  shape.append(title);
  return shape;
}

// A row for each value; bars run left or right of one zero line.
export function barRows(id, items, asset, shown = (value) => value) {
  const amounts = items.map((item) => Number(item.net_pnl));
  const low = Math.min(0, ...amounts);
  const width = Math.max(0, ...amounts) - low || 1;
  const at = (amount) => `${(100 * (amount - low)) / width}%`;
  rows(id, items, (item) => {
    const amount = Number(item.net_pnl);
    const bar = draw("svg", { class: "bar", "aria-hidden": "true" },
      draw("rect", { x: at(Math.min(0, amount)), width: `${(100 * Math.abs(amount)) / width}%`, y: 3, height: 10, class: tone(amount) }),
      draw("line", { x1: at(0), x2: at(0), y1: 0, y2: 16 }));
    return make("tr", { title: `${trades(item.trades)}, ${percent(item.win_rate)} won, ${signed(item.expectancy)} ${asset} a trade` },
      make("th", { text: shown(item.value), scope: "row" }),
      make("td", { className: "drawn" }, bar),
      cell(signed(item.net_pnl, 0), `n ${tone(item.net_pnl)}`),
      cell(number(item.trades, 0), "n quiet"),
      cell(percent(item.win_rate, 0), "n quiet"));
  });
}

function histogram(bins, asset) {
  const most = Math.max(1, ...bins.map((bin) => bin.trades));
  find("histogram").replaceChildren(...bins.map((bin) => {
    const bar = make("div", { className: Number(bin.low) < 0 ? "loss" : "gain", title: `${signed(bin.low, 0)} to ${signed(bin.high, 0)} ${asset}: ${trades(bin.trades)}` });
    bar.style.height = `${(100 * bin.trades) / most}%`;
    return bar;
  }));
  const borders = bins.length ? [bins[0].low, "0", bins.at(-1).high] : [];
  const zero = bins.length ? bins.filter((bin) => Number(bin.low) < 0).length / bins.length : 0;
  const scale = find("histogram-scale");
  scale.replaceChildren(...borders.map((value, index) => {
    const mark = make("span", { text: index === 1 ? "0" : signed(value, 0) });
    mark.style.left = `${[0, 100 * zero, 100][index]}%`;
    if (index === 1 && (zero < 0.12 || zero > 0.88)) mark.hidden = true;
    return mark;
  }));
  write("distribution-note", bins.length ? `net PnL a trade, ${asset}; highest bar ${trades(most)}` : "");
  rows("histogram-rows", bins, (bin) => make("tr", {}, cell(signed(bin.low), "n"), cell(signed(bin.high), "n"), cell(number(bin.trades, 0), "n")));
}

function rolling(items, window, asset) {
  write("rolling-note", items.length ? `over the ${window} days up to each day; expectancy in ${asset}` : "");
  spark("rolling-win", items, (item) => item.win_rate, percent, false);
  spark("rolling-expectancy", items, (item) => (item.expectancy === null ? null : Number(item.expectancy)), signed, true);
  rows("rolling-rows", items.toReversed(), (item) => make("tr", {},
    cell(dayName.format(Date.parse(item.day))), cell(number(item.trades, 0), "n"),
    cell(percent(item.win_rate), "n", item.undefined.win_rate ?? ""), cell(signed(item.expectancy), "n", item.undefined.expectancy ?? "")));
}

// A line with its lowest, highest and newest value in words beside it.
function spark(id, items, pick, shown, zero) {
  const points = items.map((item) => [Date.parse(item.day), pick(item)]).filter(([, value]) => value !== null);
  if (points.length < 2) {
    find(id).replaceChildren(make("span", { className: "small quiet", text: "Needs two days with trades." }));
    return;
  }
  const values = points.map(([, value]) => value);
  const low = Math.min(...values, ...(zero ? [0] : []));
  const high = Math.max(...values, ...(zero ? [0] : []));
  const x = (at) => (1000 * (at - points[0][0])) / (points.at(-1)[0] - points[0][0]);
  const y = (value) => 58 - (56 * (value - low)) / (high - low || 1);
  const path = points.map(([at, value], index) => `${index ? `H${x(at).toFixed(1)}V` : `M0 `}${y(value).toFixed(1)}`).join("");
  const svg = draw("svg", { viewBox: "0 0 1000 60", preserveAspectRatio: "none", class: "line", "aria-hidden": "true" },
    ...(zero ? [draw("line", { x1: 0, x2: 1000, y1: y(0), y2: y(0), class: "zero" })] : []),
    draw("path", { d: path }));
  find(id).replaceChildren(svg, make("span", { className: "small", text: `now ${shown(values.at(-1))}, between ${shown(Math.min(...values))} and ${shown(Math.max(...values))}` }));
}
