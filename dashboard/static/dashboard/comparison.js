// Two versions side by side: the verdict in words, and everything it rests on.

import { DASH, number, percent, signed, tone, unbroken } from "./format.js";
import { cell, draw, find, make, write } from "./page.js";

const ROOM = { left: 4, width: 92 }; // percent of the drawing

export function showComparison(found, items) {
  const [one, other] = [found.a, found.b].map((name) => items.find((item) => item.version === name));
  write("verdict-title", `${found.b} against ${found.a}`);
  write("ruling", found.better ? `${found.verdict}: ${found[found.better]}` : found.verdict);
  write("sentence", withoutVerdict(found.sentence));
  find("cautions").replaceChildren(...found.warnings.map((caution) => make("li", { text: unbroken(caution.text) })));
  find("cautions").hidden = found.warnings.length === 0;
  showDifferences(found);
  showEvidence(found, one, other);
  showWins(found, one, other);
  showRegime(found);
}

// "Better: v8.03. v8.03 made ..." and "Too early. v8.03 made ...": the ruling above has said it.
const withoutVerdict = (sentence) => sentence.replace(/^[^.:]*(?:: .+?)?\. /, "");

function showDifferences(found) {
  const { regime, unit } = found;
  const rows = [
    { name: "Days paired", note: "the verdict's own, however often you look", middle: found.paired_difference, low: found.low, high: found.high, why: found.undefined.paired_difference },
    { name: "The same market", note: "for one look", middle: regime?.difference ?? null, low: regime?.low ?? null, high: regime?.high ?? null, why: found.undefined.regime },
    { name: "All trades", note: "as they came", middle: found.difference, low: null, high: null, why: found.undefined.difference },
  ];
  write("difference-note", `${unit} a trade; right of 0, ${found.b} made more`);
  const drawn = rows.filter((row) => row.middle !== null);
  const ends = drawn.flatMap((row) => [row.middle, row.low ?? row.middle, row.high ?? row.middle]);
  const scale = { from: Math.min(0, ...ends), to: Math.max(0, ...ends) };
  find("intervals").replaceChildren(...drawn.map((row) => interval(row, scale, unit)), ...axis(drawn, scale, unit));
  const open = found.undefined.range;
  find("intervals-why").hidden = drawn.length > 0 && !open;
  write("intervals-why", drawn.length ? `No range yet: ${open}.` : "There is nothing to draw yet: one of the versions has no trades.");
  find("difference-rows").replaceChildren(...rows.map((row) => make("tr", {},
    cell(`${row.name}, ${row.note}`, "wrap"),
    cell(signed(row.middle), `n ${tone(row.middle)}`, row.why),
    cell(signed(row.low), "n"),
    cell(signed(row.high), "n"))));
}

const at = (value, { from, to }) => `${ROOM.left + (ROOM.width * (value - from)) / (to - from || 1)}%`;

function interval(row, scale, unit) {
  const known = row.low !== null && row.high !== null;
  const reach = known ? `, plausible from ${signed(row.low)} to ${signed(row.high)}` : "";
  const svg = draw("svg", { class: "band", role: "img", "aria-label": `${row.name}: ${signed(row.middle)} ${unit} a trade${reach}` },
    draw("line", { x1: at(0, scale), x2: at(0, scale), y1: 0, y2: 24, class: "zero" }),
    ...(known ? [draw("line", { x1: at(row.low, scale), x2: at(row.high, scale), y1: 12, y2: 12, class: "reach" })] : []),
    draw("circle", { cx: at(row.middle, scale), cy: 12, r: 4 }));
  return make("div", { className: "interval" },
    make("div", { className: "said" },
      make("span", { text: row.name }),
      make("span", { className: "quiet small", text: known ? `${signed(row.low)} to ${signed(row.high)}, ${row.note}` : row.note }),
      make("span", { text: signed(row.middle), className: tone(row.middle) })),
    svg);
}

function axis(rows, { from, to }, unit) {
  if (!rows.length) return [];
  return [make("div", { className: "ends small quiet" },
    make("span", { text: from < 0 ? `${signed(from)} ${unit}` : "0 = the same" }),
    make("span", { text: from < 0 && to > 0 ? "dashed: 0, the same" : "" }),
    make("span", { text: to > 0 ? `${signed(to)} ${unit}` : "0 = the same" }))];
}

function showEvidence(found, one, other) {
  const { detectable, settles, more_trades: more, days } = found.evidence;
  const have = Math.min(one?.trades ?? 0, other?.trades ?? 0);
  const share = more === null ? null : have / (have + more || 1);
  write("evidence-note", `${number(days, 0)} days paired, ${number(found.evidence.side_by_side, 0)} of them side by side`);
  find("meter").replaceChildren(...(share === null ? [] : [gauge(share, have, have + more)]));
  const can = detectable === null
    ? `How small a difference could show cannot be told: ${found.undefined.detectable}.`
    : `So many trades can show a difference of ${number(detectable)} ${found.unit} a trade or more.`;
  const takes = more === null
    ? `How many more it would take cannot be told: ${found.undefined.more_trades ?? found.undefined.settles}.`
    : more === 0 ? "The verdict stands; more trades are not needed for it."
      : `About ${about(more)} more of each would settle a difference of ${number(settles)} ${found.unit}.`;
  write("evidence", `${can} ${takes}`);
  write("tried", `Allowed for ${number(found.versions_tried, 0)} versions tried so far: the best of many is also the luckiest.`);
}

// To one significant digit, as the sentence has it: no false precision.
function about(count) {
  let step = 10 ** (String(count).length - 1);
  if (step > 1 && count < 2 * step) step /= 10;
  return number(Math.ceil(count / step) * step, 0);
}

function gauge(share, have, needed) {
  const text = share >= 1 ? `${number(have, 0)} trades of each: enough` : `${number(have, 0)} of about ${about(needed)} trades of each`;
  const svg = draw("svg", { class: "gauge", role: "img", "aria-label": text },
    draw("rect", { x: 0, y: 2, width: "100%", height: 8, class: "whole" }),
    draw("rect", { x: 0, y: 2, width: `${100 * Math.min(1, share)}%`, height: 8, class: "part" }));
  return make("div", {}, svg, make("p", { className: "small quiet", text }));
}

function showWins(found, one, other) {
  write("wins-a", found.a);
  write("wins-b", found.b);
  const figures = [
    ["Trades", "trades", (value) => number(value, 0)],
    ["Win rate", "win_rate", percent],
    ["Payoff ratio", "payoff_ratio", number],
    ["Profit factor", "profit_factor", number],
    ["Expectancy a trade", "expectancy", signed],
    ["Expectancy, R", "expectancy_r", signed],
    ["Net PnL", "net_pnl", signed],
  ];
  find("wins").replaceChildren(...figures.map(([label, name, show]) => make("tr", {},
    make("td", { text: label }),
    ...[one, other].map((item) => cell(item ? show(item[name]) : DASH, "n", item ? item.undefined[name] ?? "" : "no trades")))));
  const chance = found.wins_more_often;
  const paid = [one, other].map((item) => (item?.payoff_ratio == null ? DASH : number(item.payoff_ratio)));
  write("wins-more-often", chance === null
    ? `Which wins more often cannot be told: ${found.undefined.wins_more_often}.`
    : `${found.b} wins more often with a chance of ${percent(chance, 0)}. That is not earning more: a win is ${paid[1]} times a loss with ${found.b}, ${paid[0]} times with ${found.a}.`);
}

function showRegime({ a, b, regime, undefined: reasons, unit }) {
  find("regime-table").hidden = !regime;
  if (!regime) {
    write("regime", `Cannot be told: ${reasons.regime}.`);
    return;
  }
  write("regime", `In the same markets ${b} made ${signed(regime.difference)} ${unit} a trade against ${a}, for one look plausible from ${signed(regime.low)} to ${signed(regime.high)}. This covers ${percent(regime.coverage, 0)} of the trades.`);
  write("regime-a", `${a}, ${unit}`);
  write("regime-b", `${b}, ${unit}`);
  find("strata").replaceChildren(...regime.strata.map((row) => make("tr", {},
    cell(row.name),
    cell(signed(row.mean_a), "n", `${number(row.trades_a, 0)} trades`),
    cell(signed(row.mean_b), "n", `${number(row.trades_b, 0)} trades`),
    cell(signed(row.mean_b - row.mean_a), `n ${tone(row.mean_b - row.mean_a)}`))));
}
