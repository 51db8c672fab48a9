// A trade's page: its candles, its facts, its events in order, and the annotation beside it.

import { startAnnotation } from "./annotation.js";
import { drawTrade } from "./candles.js";
import { offerFilters } from "./filters.js";
import { DASH, ZONE, measure, number, percent, price, quantity, signed, span, stamp, tone, utc, words } from "./format.js";
import { live } from "./live.js";
import { cell, find, make, write } from "./page.js";
import { start } from "./start.js";
import { MONEY, PAST, carried, query, said } from "./view.js";

const state = { trade: null, candles: [], picture: null, width: 0 };
const which = () => ({ bot: said("bot"), trade_id: said("trade_id") });

const addresses = () => ({
  story: `/api/trade${query(which(), PAST)}`,
  annotation: `/api/annotation?${new URLSearchParams(which())}`,
  choices: `/api/choices${query({}, MONEY)}`,
});

const annotation = startAnnotation(which);

function show({ story, annotation: words_, choices }) {
  offerFilters(choices.body);
  annotation.offer(choices.body);
  if (words_.fresh) annotation.show(words_.body);
  if (!story.fresh) return;
  const body = story.body;
  state.trade = body.trade;
  showTitle(body.trade);
  showStanding(body.trade);
  showCandles(body);
  showFacts(body.trade);
  showStory(body);
  showOthers(body.others);
  showSteps(body);
}

function showTitle(trade) {
  write("trade-title", `${trade.symbol} ${trade.side}`);
  document.title = `${trade.symbol} ${trade.side}, ${stamp(trade.exit_time)} · Blotter`;
  write("trade-net", `${signed(trade.net_pnl)} ${trade.quote_asset}`, { tone: tone(trade.net_pnl) });
  const risk = Number(trade.initial_risk);
  write("trade-r", risk > 0 ? `${signed(Number(trade.net_pnl) / risk)} R` : "", { title: "net PnL in units of the initial risk" });
}

const STANDING = {
  voided: "This record was voided: it counts for nothing.",
  pending: "The import that holds this record has not finished: it counts for nothing yet.",
  duplicate: "Another record of the same trade counts in its place.",
};

function showStanding(trade) {
  const text = STANDING[trade.standing] ?? (trade.corrected ? "A later event corrected this trade; the figures are the corrected ones." : "");
  write("standing", text);
  find("standing").hidden = !text;
}

function showSteps({ newer, older }) {
  for (const [id, link] of [["newer", newer], ["older", older]]) {
    find(id).hidden = !link;
    if (link) find(id).href = carried(link, PAST);
  }
}

function showFacts(trade) {
  const entry = Number(trade.entry_price);
  const away = (value) => (value && entry ? ` (${signed((100 * (Number(value) - entry)) / entry, 1)} %)` : "");
  const held = trade.entry_time ? span((Date.parse(trade.exit_time) - Date.parse(trade.entry_time)) / 1000) : DASH;
  const facts = [
    ["Entered", stamp(trade.entry_time), utc(trade.entry_time)],
    ["Closed", stamp(trade.exit_time), utc(trade.exit_time)],
    ["Held", held],
    ["Quantity", quantity(trade.quantity)],
    ["Entry price", price(trade.entry_price)],
    ["Exit price", `${price(trade.exit_price)}${away(trade.exit_price)}`],
    ["Stop", `${price(trade.stop_loss_price)}${away(trade.stop_loss_price)}`],
    ["Target", `${price(trade.take_profit_price)}${away(trade.take_profit_price)}`],
    ["Why it closed", words(trade.exit_reason)],
    ["Initial risk", number(trade.initial_risk)],
    [`Worst on the way (MAE)${derived(trade.excursions_from)}`, signed(trade.mae), excursionNote(trade)],
    [`Best on the way (MFE)${derived(trade.excursions_from)}`, signed(trade.mfe), excursionNote(trade)],
    ["Kept of the best", kept(trade)],
    ["Fee", number(trade.fee), trade.fee === null ? "the record does not tell the fee" : ""],
    ...(Number(trade.funding) ? [["Funding", signed(trade.funding)]] : []),
    ["Net PnL", signed(trade.net_pnl)],
    ["Version", trade.version],
    ["Bot", trade.bot],
    ["Mode", [...new Set([trade.mode, trade.account])].filter(Boolean).join(", ")],
    [`Market at the ${trade.regime_from ? "entry" : "signal"}${derived(trade.regime_from)}`, trade.regime === "unknown" ? DASH : words(trade.regime)],
    ["Source", trade.source],
    ["Trade", trade.trade_id],
  ];
  find("facts").replaceChildren(...facts.map(([name, value, title]) => make("div", {}, make("dt", { text: name }), make("dd", { text: value, title: title ?? "" }))));
  write("facts-note", `money in ${trade.quote_asset}, times ${ZONE ? "UTC" : "in your own zone"}`);
}

const derived = (interval) => (interval ? ", derived" : "");
const excursionNote = ({ excursions_from: interval }) => (interval ? `before fees; derived afterwards from ${interval} candles: at least so far` : "before fees");
const kept = ({ mfe, net_pnl: net }) => (Number(mfe) > 0 && Number(net) > 0 ? percent(Math.min(1, Number(net) / Number(mfe)), 0) : DASH);

function showCandles(body) {
  state.candles = body.candles;
  const some = body.candles.length > 1;
  for (const id of ["candles", "scrub", "candles-details", "readout"]) find(id).hidden = !some;
  find("candles-why").hidden = some;
  write("candles-why", some ? "" : `${body.candles_why ?? "Only one candle was recorded around this trade."} A bot that calls recorder.snapshot(candle=…) at each candle's close has them here.`);
  if (!some) return;
  const merged = body.merged > 1 ? `, ${body.merged} of the bot's in each` : "";
  const left = body.left_out ? `; ${number(body.left_out, 0)} more of its first are left out` : "";
  write("candles-note", `as the bot saw them${merged}${left}; hollow rose, filled fell`);
  find("scrub").max = body.candles.length - 1;
  paint();
  point(atExit());
  showCandleRows();
}

const atExit = () => {
  const left = Date.parse(state.trade.exit_time);
  const index = state.candles.findIndex((candle) => Date.parse(candle.close_time) >= left);
  return index < 0 ? state.candles.length - 1 : index;
};

function paint() {
  const box = find("candles");
  state.width = box.clientWidth;
  if (!state.width || state.candles.length < 2) return;
  state.picture = drawTrade(state.trade, state.candles, state.width, state.width < 600 ? 280 : 380);
  const { left, right } = state.picture.plot;
  // The slider's knob stands under its candle; on a phone it is as wide as the thumb's way.
  find("scrub").style.marginLeft = left ? `${left}px` : "";
  find("scrub").style.width = left ? `${right - left}px` : "";
  box.replaceChildren(state.picture.svg);
  state.picture.at(Number(find("scrub").value));
}

const told = (indicators) => Object.entries(indicators).map(([name, value]) => `${measure(name)} ${typeof value === "number" ? number(value) : value}`);

// The candle under the pointer or the slider: its prices, and what the bot measured at its close.
function point(index) {
  const candle = state.candles[index];
  if (!candle) return;
  state.picture?.at(index);
  const scrub = find("scrub");
  scrub.value = index;
  const prices = `O ${price(candle.open)}  H ${price(candle.high)}  L ${price(candle.low)}  C ${price(candle.close)}`;
  const text = [stamp(candle.close_time), prices, ...told(candle.indicators), candle.signal && candle.signal !== "hold" ? `signal ${words(candle.signal)}` : ""].filter(Boolean).join(" · ");
  write("readout", text, { title: utc(candle.close_time) });
  scrub.setAttribute("aria-valuetext", text);
}

function showCandleRows() {
  if (!find("candles-details").open) return;
  find("candle-rows").replaceChildren(...state.candles.toReversed().map((candle) => make("tr", {},
    cell(stamp(candle.close_time), "", utc(candle.close_time)),
    ...["open", "high", "low", "close"].map((name) => cell(price(candle[name]), "n")),
    cell(told(candle.indicators).join(", "), "wrap small"))));
}

const KINDS = {
  "signal.raised": "Signal", "order.submitted": "Order sent", "order.accepted": "Order accepted", "order.filled": "Filled",
  "order.rejected": "Order rejected", "order.cancelled": "Order cancelled", "order.unknown": "Order unknown", "position.opened": "Position opened",
  "position.changed": "Position changed", "trade.closed": "Trade closed", "trade.voided": "Trade voided", "trade.corrected": "Trade corrected",
};
// Said already by the page, or of no interest to a person.
const PLAIN = new Set(["trade_id", "symbol", "quote_asset", "account", "order_id", "fill_id", "version", "strategy", "indicators", "purpose"]);
const PRICE = /price|stop|target|notional|distance/;

function shown(name, value) {
  if (value === null || value === "") return null;
  if (/_at$|_time$/.test(name) && typeof value === "string" && !Number.isNaN(Date.parse(value))) return `${words(name)} ${stamp(value)}`;
  if (typeof value === "object") return `${words(name)} ${JSON.stringify(value)}`;
  if (PRICE.test(name) && !Number.isNaN(Number(value))) return `${words(name)} ${price(value)}`;
  if (/^-?\d+\.\d+$/.test(value)) return `${words(name)} ${quantity(value)}`;
  return `${words(name)} ${/^[a-z]+(_[a-z]+)+$/.test(value) ? words(value) : value}`;
}

function showStory({ events, events_why: why }) {
  const entry = state.trade.entry_time ? Date.parse(state.trade.entry_time) : null;
  // What an order was for stands in the event that sent it.
  const purposes = new Map(events.filter((event) => event.body.purpose).map((event) => [event.body.order_id, event.body.purpose]));
  find("story").replaceChildren(...events.map((event) => {
    const facts = Object.entries(event.body).filter(([name]) => !PLAIN.has(name)).map(([name, value]) => shown(name, value)).filter(Boolean);
    const late = (Date.parse(event.recorded_at) - Date.parse(event.occurred_at)) / 1000;
    const after = entry === null ? "" : apart((Date.parse(event.occurred_at) - entry) / 1000);
    const indicators = event.body.indicators ? told(event.body.indicators) : [];
    const raw = make("details", {}, make("summary", { text: `${event.kind}, event ${number(event.seq, 0)}` }),
      make("pre", { text: JSON.stringify(event.body, null, 2), tabindex: "0" }),
      make("p", { className: "small quiet", text: `happened ${utc(event.occurred_at)}, recorded ${late > 1 ? `${span(late)} later, ` : ""}${utc(event.recorded_at)}` }));
    return make("li", { className: `is-${event.kind.replace(".", "-")}` },
      make("div", { className: "when" }, make("time", { text: stamp(event.occurred_at), title: utc(event.occurred_at), datetime: event.occurred_at }), make("span", { className: "small quiet", text: after })),
      make("div", { className: "what" },
        make("strong", { text: [KINDS[event.kind] ?? event.kind, words(purposes.get(event.body.order_id) ?? "").replace(DASH, "")].filter(Boolean).join(": ") }),
        ...(indicators.length ? [make("p", { className: "knew", text: `It knew: ${indicators.join(", ")}` })] : []),
        make("p", { className: "quiet", text: facts.join(" · ") }), raw));
  }));
  find("story-empty").hidden = events.length > 0;
  write("story-empty", why ?? "No event names this trade. What an import knows stands above.");
  write("story-note", events.length ? `${number(events.length, 0)} events, as recorded` : "");
}

const apart = (seconds) => (Math.abs(seconds) < 1 ? "at entry" : seconds < 0 ? `${span(-seconds)} before entry` : `${span(seconds)} after entry`);

function showOthers(others) {
  find("others-section").hidden = others.length === 0;
  find("others").replaceChildren(...others.map((other) => make("li", {},
    make("a", { text: `${other.source} ${other.trade_id}`, href: other.link }), ` in ${other.stream}: ${other.standing}`)));
}

// Newer and older by [ and ], unless one is writing.
addEventListener("keydown", (event) => {
  if (event.target.closest?.("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
  const link = { "[": find("older"), "]": find("newer") }[event.key];
  if (link && !link.hidden) link.click();
});
find("scrub").addEventListener("input", ({ target }) => point(Number(target.value)));
find("candles").addEventListener("pointermove", (event) => {
  if (!state.picture) return;
  point(state.picture.nearest(event.clientX - find("candles").getBoundingClientRect().left));
});
find("candles-details").addEventListener("toggle", showCandleRows);
new ResizeObserver(() => {
  if (state.trade && find("candles").clientWidth !== state.width) paint();
}).observe(find("candles"));
start();
live({ addresses, show });
