// The ledger: a page of trades at a time, the place in it and the filters in the address.

import { dayAfter, offerFilters } from "./filters.js";
import { ZONE, number, percent, signed, tone } from "./format.js";
import { announce, live } from "./live.js";
import { askOne } from "./net.js";
import { find, write } from "./page.js";
import { start } from "./start.js";
import { showTrades } from "./tables.js";
import { MONEY, address, go, onChange, query, said } from "./view.js";

const PAGE = "50";
const state = { next: null, seen: null, summed: "" };

const addresses = () => ({
  trades: `/api/trades${query({ limit: PAGE, ...(said("after") && { cursor: said("after") }) })}`,
  choices: `/api/choices${query({}, MONEY)}`,
});

function show({ trades, choices }) {
  const body = trades.body;
  if (trades.fresh) {
    const ids = new Set(body.items.map((trade) => trade.trade_id));
    const fresh = new Set(state.seen && !said("after") ? [...ids].filter((id) => !state.seen.has(id)) : []);
    showTrades(body.items, fresh);
    if (fresh.size) announce(`${fresh.size} new ${fresh.size === 1 ? "trade" : "trades"}`);
    state.seen = ids;
    state.next = body.next_cursor;
    explain(body);
    total();
  }
  find("older").disabled = !state.next;
  find("newest").hidden = !said("after");
  find("newer").disabled = !said("after");
  offerFilters(choices.body);
}

function explain({ items, quote_asset: asset }) {
  write("trades-note", items.length ? `in ${asset ?? ""}, newest first, ${ZONE ?? "your own time zone"}` : "");
  const filtered = [...address().keys()].some((name) => name !== "after" && name !== "mode");
  write("trades-empty", filtered
    ? "No trade closed here with these filters. Clear one of them, or look at another period."
    : "No closed trades yet. The first one appears here as soon as the bot has closed a position; old logs come in with python manage.py import_csv.");
}

// The whole of what the filters leave; the rows do not wait for it.
async function total() {
  const asked = `/api/stats${query()}`;
  try {
    const stats = await askOne(asked);
    if (asked !== `/api/stats${query()}`) return;
    write("total-count", `${number(stats.trades, 0)} ${stats.trades === 1 ? "trade" : "trades"}`);
    write("total-net", `${signed(stats.net_pnl)} ${stats.quote_asset ?? ""}`, { tone: tone(stats.net_pnl) });
    write("total-won", `${percent(stats.win_rate)} won`, { title: stats.undefined.win_rate });
  } catch {
    // The strip says what is wrong with the next refresh.
    for (const name of ["count", "net", "won"]) write(`total-${name}`, "");
  }
}

// Up and down from one trade's link to the next.
find("trades").addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const row = event.target.closest("tr");
  const next = event.key === "ArrowDown" ? row.nextElementSibling : row.previousElementSibling;
  if (!next) return;
  event.preventDefault();
  next.querySelector("a").focus();
});
find("older").addEventListener("click", () => {
  go({ after: state.next });
  find("main").scrollIntoView();
});
find("newer").addEventListener("click", () => history.back());
find("newest").addEventListener("click", () => go({ after: "" }));
find("jump").addEventListener("submit", (event) => event.preventDefault());
find("jump-day").addEventListener("change", ({ target }) => {
  if (target.value) go({ until: dayAfter(target.value), since: "", period: "", after: "" });
});
onChange(() => { state.seen = null; });
start();
live({ addresses, show });
