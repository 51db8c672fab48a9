// The overview: everything at once, drawn as it came.

import { showAgainst } from "./against.js";
import { showAnalysis } from "./analysis.js";
import { chartLibrary, drawCurve, makeCharts, repaint } from "./charts.js";
import { ZONE, number, signed } from "./format.js";
import { restraint, showAges, showHeadline, showState, trouble } from "./headline.js";
import { offerFilters } from "./filters.js";
import { announce, live } from "./live.js";
import { find, write } from "./page.js";
import { start } from "./start.js";
import { showCurveRows, showParameters, showPositions, showTrades, showVersions } from "./tables.js";
import { MONEY, address, onChange, query, said } from "./view.js";

const state = { bot: null, bots: [], points: [], seen: null, charts: null, asset: "", versions: [] };

const addresses = () => ({
  status: `/api/status${query()}`,
  balance: `/api/balance${query()}`,
  positions: `/api/positions${query()}`,
  trades: `/api/trades${query({ limit: "10" })}`,
  stats: `/api/stats${query()}`,
  equity: `/api/equity${query({ limit: "500" })}`,
  versions: `/api/versions${query()}`,
  analysis: `/api/analysis${query()}`,
  choices: `/api/choices${query({}, MONEY)}`,
});

function show({ status, balance, positions, trades, stats, equity, versions, analysis, choices }) {
  const bots = status.body.bots;
  const wanted = said("bot");
  state.bot = bots.find((bot) => (wanted ? bot.bot === wanted : bot.mode === status.body.mode)) ?? bots[0] ?? null;
  state.bots = bots.filter((bot) => bot.mode === state.bot.mode && (!wanted || bot === state.bot));
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
    find("analysis").hidden = analysis.body.days.length === 0;
    showAnalysis(analysis.body, state.asset);
  }
  find("welcome").hidden = bots.length > 0 || stats.body.trades > 0 || address().size > 0;
  if (equity.fresh) showCurve(equity.body);
  offerFilters(choices.body);
}

// A demo's or a replay's "now" is its newest candle.
const clock = () => (state.bot && ["demo", "replay"].includes(state.bot.mode) && state.bot.last_candle_at
  ? Date.parse(state.bot.last_candle_at) : Date.now());

const then = () => said("as_of") || said("known_at");
const restraints = () => state.bots.map((bot) => restraint(bot.risk, state.bots.length > 1 ? bot.bot : undefined));

function showLedger(items) {
  const ids = new Set(items.map((trade) => trade.trade_id));
  const fresh = new Set(state.seen ? [...ids].filter((id) => !state.seen.has(id)) : []);
  showTrades(items, fresh);
  write("trades-note", items.length ? `in ${state.asset}, ${ZONE ?? "your own time zone"}` : "");
  if (fresh.size) {
    const newest = items.find((trade) => fresh.has(trade.trade_id));
    announce(`New trade: ${newest.symbol} ${newest.side}, ${signed(newest.net_pnl)} ${state.asset}`);
  }
  state.seen = ids;
}

function showCurve(body) {
  state.points = body.items.toReversed();
  write("curve-note", body.points ? `${state.asset}, ${body.derived ?? `${number(body.points, 0)} candles`}${body.points > state.points.length ? ", each stretch by its lowest and highest" : ""}` : "");
  const some = state.points.length > 1;
  find("curve-plots").hidden = !some || find("curve-plots").dataset.missing === "yes";
  find("curve-details").hidden = !some;
  if (!some) explain(state.bot
    ? "No equity recorded yet. The curve begins with the bot's second closed candle."
    : "No bot recorded equity here. python manage.py backfill snapshots derives it from imported trades.");
  else if (find("curve-plots").dataset.missing !== "yes") explain("");
  if (some && state.charts) draw();
  showCurveRows(state.points);
}

function draw() {
  drawCurve(state.charts, state.points);
  if (find("curve-plots").dataset.drawn) return;
  find("curve-plots").dataset.drawn = "yes";
  performance.mark("first chart");
}

function explain(text) {
  write("curve-why", text);
  find("curve-why").hidden = !text;
}

async function charts() {
  try {
    state.charts = makeCharts(await chartLibrary(), () => state.asset);
    if (state.points.length > 1) draw();
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
onChange(() => { state.seen = null; });
start(repaint);
find("curve-details").addEventListener("toggle", () => showCurveRows(state.points));
charts();
live({
  addresses,
  show,
  trouble: () => [...(then() ? [] : [trouble(state.bot)]), ...restraints()].filter(Boolean).join(" "),
  tick: (asked) => showAges(state.bot, asked),
});
