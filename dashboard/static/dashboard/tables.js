// The lists and tables of the overview.

import { DASH, day, number, percent, price, quantity, signed, since, span, stamp, tone, utc, words } from "./format.js";
import { cell, draw, fill, find, make, write } from "./page.js";
import { PAST, carried } from "./view.js";

const held = (from, to) => (from && to ? span((Date.parse(to) - Date.parse(from)) / 1000) : DASH);

export function showTrades(items, fresh) {
  fill("trades", items.map((trade) => {
    const link = make("a", { text: trade.symbol, href: carried(trade.link, PAST) });
    const words_ = [...(trade.mistake ? [trade.mistake] : []), ...trade.tags];
    const symbol = make("td", { className: "a" }, link, ` ${trade.side}`,
      ...(words_.length ? [make("span", { className: "tags", text: words_.join(", ") })] : []));
    const row = make("tr", { className: fresh.has(trade.trade_id) ? "fresh" : "" },
      cell(stamp(trade.exit_time), "c", utc(trade.exit_time)),
      symbol,
      cell(trade.version),
      cell(quantity(trade.quantity), "n"),
      cell(price(trade.entry_price), "n"),
      cell(price(trade.exit_price), "n"),
      cell(words(trade.exit_reason), "d"),
      cell(held(trade.entry_time, trade.exit_time), "n"),
      cell(number(trade.fee), "n", trade.fee === null ? "the record does not tell the fee" : ""),
      cell(signed(trade.net_pnl), `n b ${tone(trade.net_pnl)}`),
    );
    row.dataset.trade = trade.trade_id;
    return row;
  }));
}

// What a version's share of the account fell by is known only where nothing else moved it.
const BASIS = { "account": "of the account's daily equity; ", "closed trades": "of equity by closed trades alone; " };
const why = (item, name) => item.undefined[name] ?? "";
const worth = (item) => item.dsr === null ? "" : `${percent(item.dsr)} likely to be more than the luckiest of all versions tried would show (deflated Sharpe)`;

export function showVersions(items) {
  fill("versions", items.map((item) => {
    const fall = item.max_drawdown;
    const depth = fall.fraction === null ? `−${number(fall.money)}` : percent(fall.fraction);
    return make("tr", {},
      cell(item.version, "a"),
      cell(number(item.trades, 0), "n c count"),
      cell(percent(item.win_rate), "n", why(item, "win_rate")),
      cell(number(item.profit_factor), "n", why(item, "profit_factor")),
      cell(signed(item.expectancy), `n ${tone(item.expectancy)}`, why(item, "expectancy")),
      cell(number(item.payoff_ratio), "n", why(item, "payoff_ratio")),
      cell(depth, "n", `${BASIS[item.equity_basis] ?? ""}${number(fall.money)} in closed trades${fall.trough ? `, deepest ${stamp(fall.trough)}` : ""}`),
      cell(number(item.sharpe), "n", why(item, "sharpe") || worth(item)),
      cell(`${day(item.first_exit)} to ${day(item.last_exit)}`, "d"),
      cell(signed(item.net_pnl), `n b ${tone(item.net_pnl)}`),
    );
  }));
}

// Where the price stands between stop and target, with the way already gone from the entry.
function rail(position) {
  const [stop, target, entry, now] = [position.stop_loss_price, position.take_profit_price, position.entry_price, position.price].map(Number);
  if (!position.stop_loss_price || !position.take_profit_price || !position.price) return [];
  const at = (value) => `${Math.min(100, Math.max(0, (100 * (value - stop)) / (target - stop)))}%`;
  const direction = tone(position.unrealised);
  return [draw("svg", { class: "range", role: "img", "aria-label": "Price between stop and target" },
    draw("line", { class: "rail", x1: "0%", x2: "100%", y1: 7, y2: 7 }),
    draw("line", { class: `path ${direction}`, x1: at(entry), x2: at(now), y1: 7, y2: 7 }),
    draw("line", { class: "entry", x1: at(entry), x2: at(entry), y1: 2, y2: 12 }),
    draw("circle", { class: "now", cx: at(now), cy: 7, r: 4 }),
  )];
}

const away = (to, from) => (to && from ? `${signed((100 * (Number(to) - Number(from))) / Number(from), 1)} %` : "");

export function showPositions(items, clock) {
  fill("positions", items.map((position) => make("article", { className: "position" },
    make("div", { className: "first" },
      make("span", { text: `${position.symbol} ${position.side} ${quantity(position.quantity)}` }),
      make("span", { text: signed(position.unrealised), className: tone(position.unrealised) })),
    make("div", { className: "rest" },
      make("span", { text: `entered at ${price(position.entry_price)}`, title: utc(position.entry_time) }),
      make("span", { text: position.entry_time ? `open ${span(since(position.entry_time, clock))}` : "" })),
    ...rail(position),
    make("div", { className: "rest" },
      make("span", { text: position.stop_loss_price ? `stop ${price(position.stop_loss_price)} (${away(position.stop_loss_price, position.price)})` : "no stop" }),
      make("span", { text: position.take_profit_price ? `target ${price(position.take_profit_price)} (${away(position.take_profit_price, position.price)})` : "no target" })),
  )));
}

export function showCurveRows(points) {
  if (!find("curve-details").open) return;
  find("curve-rows").replaceChildren(...points.toReversed().map((point) => make("tr", {},
    cell(stamp(point.time), "", utc(point.time)),
    cell(point.version),
    cell(number(point.equity), "n"),
    cell(signed(point.realised), "n"),
    cell(signed(point.unrealised), "n"),
    cell(percent(point.drawdown), "n"),
  )));
}

const LABELS = {
  adx_exit: "ADX leaves under", exposure_fraction: "Largest stake", slippage: "Slippage",
  adx_threshold: "ADX enters above", adx_period: "ADX period", ema_fast: "EMA fast", ema_slow: "EMA slow",
  atr_period: "ATR period", stop_atr: "Stop, ATRs", target_atr: "Target, ATRs", risk_fraction: "Risk a trade", fee_rate: "Fee rate",
  daily_loss_fraction: "Halts at daily loss", drawdown_fraction: "Halts at drawdown", losing_streak: "Halts after losses",
  cooldown_seconds: "Pause after a loss, s", max_open_trades: "Most open trades",
};
const shown = (value) => (value === null ? "none" : typeof value === "object" ? JSON.stringify(value) : String(value));

export function showParameters(bot) {
  const settings = bot ? Object.entries(bot.settings) : [];
  const rows = bot && settings.length
    ? [["Version", bot.version], ["Strategy", bot.strategy || DASH], ["Market", [bot.symbol, bot.interval].filter(Boolean).join(" ") || DASH],
      ...settings.map(([name, value]) => [LABELS[name] ?? words(name), shown(value)])]
    : [];
  fill("parameters", rows.map(([name, value]) => make("div", {}, make("dt", { text: name }), make("dd", { text: value }))));
  write("parameters-note", bot && settings.length ? `of ${bot.bot} ${bot.version}` : "");
}
