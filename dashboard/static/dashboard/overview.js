// The overview: asks for everything at once every 15 seconds, and draws what came.

import { showAgainst } from "./against.js";
import { showAnalysis } from "./analysis.js";
import { chartLibrary, drawCurve, makeCharts, repaint } from "./charts.js";
import { number, signed, span } from "./format.js";
import { showAges, showHeadline, showState, trouble } from "./headline.js";
import { LoggedOut, askAll } from "./net.js";
import { find, make, write } from "./page.js";
import { showCurveRows, showParameters, showPositions, showTrades, showVersions } from "./tables.js";
import { themeSwitch } from "./theme.js";

const EVERY = 15_000;
const SLOWEST = 120_000;
const FILTERS = ["bot", "mode", "version", "symbol", "side", "tag", "since", "until", "period"];

const state = { asked: null, bot: null, points: [], seen: null, charts: null, failures: 0, asset: "", timer: null };

function query(extra = {}) {
  const address = new URLSearchParams(location.search);
  const kept = FILTERS.filter((name) => address.get(name)).map((name) => [name, address.get(name)]);
  const text = new URLSearchParams([...kept, ...Object.entries(extra)]).toString();
  return text && `?${text}`;
}

const addresses = () => ({
  status: `/api/status${query()}`,
  balance: `/api/balance${query()}`,
  positions: `/api/positions${query()}`,
  trades: `/api/trades${query({ limit: "10" })}`,
  stats: `/api/stats${query()}`,
  equity: `/api/equity${query({ limit: "500" })}`,
  versions: `/api/versions${query()}`,
  analysis: `/api/analysis${query()}`,
});

async function refresh() {
  clearTimeout(state.timer);
  try {
    show(await askAll(addresses()));
    state.asked = Date.now();
    state.failures = 0;
    find("main").classList.remove("stale");
  } catch (error) {
    state.failures += 1;
    away(error);
    if (error instanceof LoggedOut) return;
  }
  tick();
  state.timer = setTimeout(refresh, Math.min(SLOWEST, EVERY * 2 ** Math.min(3, state.failures)));
}

function show({ status, balance, positions, trades, stats, equity, versions, analysis }) {
  const bots = status.body.bots;
  const wanted = new URLSearchParams(location.search).get("bot");
  state.bot = bots.find((bot) => (wanted ? bot.bot === wanted : bot.mode === status.body.mode)) ?? bots[0] ?? null;
  state.asset = stats.body.quote_asset ?? "";
  showState(state.bot);
  showParameters(state.bot);
  showHeadline(stats.body, balance.body);
  showPositions(positions.body.items, clock());
  write("positions-note", positions.body.items.length ? `unrealised, ${state.asset}` : "");
  if (trades.fresh) showLedger(trades.body.items);
  if (versions.fresh) {
    showVersions(versions.body.items);
    showAgainst(versions.body.newest);
  }
  if (analysis.fresh) {
    state.analysis = analysis.body;
    showAnalysis(analysis.body, state.asset);
  }
  if (equity.fresh) showCurve(equity.body);
  offer(status.body, versions.body.items, bots);
}

// A demo's or a replay's "now" is its newest candle.
const clock = () => (state.bot && ["demo", "replay"].includes(state.bot.mode) && state.bot.last_candle_at
  ? Date.parse(state.bot.last_candle_at) : Date.now());

function showLedger(items) {
  const ids = new Set(items.map((trade) => trade.trade_id));
  const fresh = new Set(state.seen ? [...ids].filter((id) => !state.seen.has(id)) : []);
  showTrades(items, fresh);
  write("trades-note", items.length ? `in ${state.asset}, your own time zone` : "");
  if (fresh.size) {
    const newest = items.find((trade) => fresh.has(trade.trade_id));
    write("announce", `New trade: ${newest.symbol} ${newest.side}, ${signed(newest.net_pnl)} ${state.asset}`);
  }
  state.seen = ids;
}

function showCurve(body) {
  state.points = body.items.toReversed();
  write("curve-note", body.points ? `${state.asset}, ${number(body.points, 0)} candles${body.points > state.points.length ? ", each stretch by its lowest and highest" : ""}` : "");
  const some = state.points.length > 1;
  find("curve-plots").hidden = !some || find("curve-plots").dataset.missing === "yes";
  find("curve-details").hidden = !some;
  if (!some) explain("No equity recorded yet. The curve begins with the bot's second closed candle.");
  else if (find("curve-plots").dataset.missing !== "yes") explain("");
  if (some && state.charts) drawCurve(state.charts, state.points);
  showCurveRows(state.points);
}

function explain(text) {
  write("curve-why", text);
  find("curve-why").hidden = !text;
}

function away(error) {
  find("main").classList.add("stale");
  if (error instanceof LoggedOut) {
    find("warning").replaceChildren("Your login has ended. ", make("a", { text: "Log in again", href: `/login/?next=${encodeURIComponent(location.pathname + location.search)}` }), ".");
    find("warning").hidden = false;
    return;
  }
  state.trouble = error.name === "Error" ? error.message : "The site does not answer.";
}

function tick() {
  showAges(state.bot, state.asked);
  if (find("warning").querySelector("a")) return;
  const kept = state.asked ? ` Figures are ${span((Date.now() - state.asked) / 1000)} old.` : "";
  const text = state.failures ? `${state.trouble}${kept} Trying again.` : trouble(state.bot);
  write("warning", text);
  find("warning").hidden = !text;
}

function choices(name, values, all) {
  const select = find(`filter-${name}`);
  const chosen = new URLSearchParams(location.search).get(name) ?? "";
  const known = [...select.options].map((option) => option.value).join("\n");
  const wanted = [...new Set([...values, ...(chosen ? [chosen] : [])])];
  if (known !== ["", ...wanted].join("\n")) {
    select.replaceChildren(make("option", { text: all, value: "" }), ...wanted.map((value) => make("option", { text: value, value })));
  }
  select.value = chosen;
  return wanted.length;
}

function offer(status, versions, bots) {
  find("filter-mode").hidden = choices("mode", status.modes, "Newest mode") < 2;
  find("filter-bot").hidden = choices("bot", bots.map((bot) => bot.bot), "All bots") < 2;
  if (!new URLSearchParams(location.search).get("version")) choices("version", versions.map((item) => item.version), "All versions");
}

function filters() {
  const form = find("filters");
  const address = new URLSearchParams(location.search);
  find("filter-period").value = address.get("period") ?? "";
  if (address.get("version")) choices("version", [], "All versions");
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", ({ target }) => {
    const next = new URLSearchParams(location.search);
    if (target.value) next.set(target.name, target.value);
    else next.delete(target.name);
    const text = next.toString();
    history.pushState(null, "", text ? `?${text}` : location.pathname);
    state.seen = null;
    refresh();
  });
  addEventListener("popstate", () => location.reload());
}

async function charts() {
  try {
    state.charts = makeCharts(await chartLibrary(), () => state.asset);
    if (state.points.length > 1) drawCurve(state.charts, state.points);
    find("curve-plots").dataset.drawn = "yes";
  } catch (error) {
    find("curve-plots").dataset.missing = "yes";
    find("curve-plots").hidden = true;
    find("curve-details").open = true;
    explain(error.message);
  }
}

// On a phone only the first questions stand open.
if (matchMedia("(max-width: 640px)").matches) find("analysis").open = false;
find("analysis").addEventListener("toggle", () => {
  if (find("analysis").open && state.analysis) showAnalysis(state.analysis, state.asset);
});
filters();
themeSwitch(repaint);
find("curve-details").addEventListener("toggle", () => showCurveRows(state.points));
document.addEventListener("visibilitychange", () => {
  if (document.hidden) clearTimeout(state.timer);
  else refresh();
});
setInterval(tick, 1000);
charts();
refresh();
