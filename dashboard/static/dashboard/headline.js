// The six figures, the state of the bot, and the age of what is shown.

import { number, percent, signed, since, span, stamp, tone, words } from "./format.js";
import { find, write } from "./page.js";
import { said } from "./view.js";

const WORDS = { running: "Running", quiet: "Quiet", finished: "Finished", stopped: "Stopped" };
const RISK = { active: "active", reduce_only: "reduce only", halted: "halted" };
const OWN_CLOCK = new Set(["demo", "replay"]);

export function showHeadline(stats, balance) {
  const asset = stats.quote_asset ?? "";
  const reason = (name) => ({ title: stats.undefined[name] });
  write("net-pnl", signed(stats.net_pnl), { tone: tone(stats.net_pnl) });
  write("net-pnl-note", [asset, stats.fees !== "0" && `after ${number(stats.fees)} fees`, stats.fees_unknown > 0 && `(${number(stats.fees_unknown, 0)} trades tell no fee)`].filter(Boolean).join(" "));
  write("win-rate", percent(stats.win_rate), reason("win_rate"));
  const evens = stats.break_evens ? `, ${number(stats.break_evens, 0)} even` : "";
  write("win-rate-note", `${number(stats.trades, 0)} trades: ${number(stats.wins, 0)} won, ${number(stats.losses, 0)} lost${evens}`);
  write("profit-factor", number(stats.profit_factor), reason("profit_factor"));
  write("profit-factor-note", `${signed(stats.gross_profit)} against ${signed(stats.gross_loss)}`);
  write("expectancy", signed(stats.expectancy), { tone: tone(stats.expectancy), ...reason("expectancy") });
  write("expectancy-note", stats.expectancy_r === null ? "a trade" : `a trade, ${signed(stats.expectancy_r)} R`);
  const fall = stats.max_drawdown;
  write("drawdown", fall.fraction === null ? signed(`-${fall.money}`) : percent(fall.fraction), { title: stats.undefined.equity_drawdown });
  const over = fall.recovered ? "recovered" : "still open";
  write("drawdown-note", fall.money === "0" ? "never under a peak" : `${number(fall.money)} in closed trades, ${over}`);
  write("equity", number(balance.equity), { title: balance.undefined.equity });
  write("equity-note", balance.balance === null ? "" : `${number(balance.balance)} free`);
}

export function showState(bot) {
  find("state").dataset.state = bot?.state ?? "none";
  if (!bot) {
    write("state-word", "No bot yet");
    for (const name of ["risk", "who", "candle", "adx", "recorder"]) write(`state-${name}`, "");
    return;
  }
  write("state-word", WORDS[bot.state] ?? bot.state);
  showRisk(bot.risk);
  write("state-who", [bot.bot, bot.version, bot.strategy, bot.symbol, bot.interval].filter(Boolean).join(" · "));
  const { adx } = bot.indicators;
  const above = bot.settings.adx_threshold;
  write("state-adx", adx === undefined || adx === null ? "" : `ADX ${number(adx, 1)}${above === undefined ? "" : ` (enters above ${above})`}`);
  write("state-recorder", bot.health.ok ? `${number(bot.health.events, 0)} events, all read` : `${number(bot.health.unreadable, 0)} events could not be read`, { title: bot.health.last_problem });
}

function showRisk(risk) {
  const word = risk && (RISK[risk.mode] ?? words(risk.mode));
  write("state-risk", !word ? "" : risk.since ? `${word} since ${stamp(risk.since)}` : word, { title: risk?.reason });
  find("state-risk").dataset.mode = risk?.mode ?? "";
}

// Called every second: ages are the browser's own arithmetic, never the server's.
export function showAges(bot, asked, now = Date.now()) {
  if (!asked || !bot) return;
  if (said("as_of") || said("known_at")) {
    write("state-candle", bot.last_candle_at ? `last candle then ${stamp(bot.last_candle_at)}` : "no candle yet then");
    return;
  }
  const own = OWN_CLOCK.has(bot.mode);
  const heard = own ? bot.last_recorded_at : bot.last_candle_at ?? bot.last_recorded_at;
  const market = own && bot.last_candle_at ? ` (${stamp(bot.last_candle_at)} market time)` : "";
  write("state-candle", `last candle ${span(since(heard, now))} ago${market}`);
}

// Why a bot enters nothing, or "" where it may trade. `name` where there are several.
export function restraint(risk, name = "") {
  if (!risk || risk.mode === "active") return "";
  const why = `${risk.since ? ` since ${stamp(risk.since)}` : ""}: ${(risk.reason ?? "no reason given").replace(/[.\s]+$/, "")}. `;
  const ends = risk.until ? `Until ${stamp(risk.until)}.` : "Until it is resumed on its own machine: python -m trader resume.";
  const whose = name && `${name}: `;
  return risk.mode === "halted"
    ? `${whose}Halted${why}Missing stops are placed, nothing else is sent. ${ends}`
    : `${whose}No new entries${why}Open trades go on to their exits. ${ends}`;
}

// The sentence for the amber strip, or "" when all is well.
export function trouble(bot, now = Date.now()) {
  if (!bot) return "";
  const due = bot.quiet_after && Date.parse(bot.quiet_after);
  if (due && now > due) {
    return `No closed candle for ${span(since(bot.last_recorded_at, now))}. The bot may have stopped: see whether it still runs.`;
  }
  if (bot.state === "stopped") return `The bot has stopped: ${bot.reason ?? "no reason given"}.`;
  return "";
}
