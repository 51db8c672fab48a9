// The journal: what was written about trades and days, and what each mistake has cost.

import { barRows } from "./analysis.js";
import { offerFilters } from "./filters.js";
import { number, signed, stamp, tone, utc, words } from "./format.js";
import { live } from "./live.js";
import { find, make, write } from "./page.js";
import { pictures } from "./shots.js";
import { start } from "./start.js";
import { MONEY, PAST, carried, go, query, said } from "./view.js";
import { dayDate, startDay } from "./day.js";

const PAGE = "30";
const state = { next: null, asset: "" };

const addresses = () => ({
  journal: `/api/journal${query({ limit: PAGE, ...(said("after") && { cursor: said("after") }), ...(said("search") && { search: said("search") }) })}`,
  choices: `/api/choices${query({}, MONEY)}`,
});

function show({ journal, choices }) {
  offerFilters(choices.body);
  if (!journal.fresh) return;
  const body = journal.body;
  state.asset = body.quote_asset ?? "";
  state.next = body.next_cursor;
  showCosts(body.costs);
  showEntries(body.items, body.days);
  find("older").disabled = !state.next;
  find("newest").hidden = !said("after");
}

const SAID = ["search", "tag", "setup", "mistake", "rating", "followed_plan"];

const trades = (count) => `${number(count, 0)} ${count === 1 ? "trade" : "trades"}`;

function showCosts({ mistake, setup, tag, rating, followed_plan: plan, annotated, without_mistake: none }) {
  const total = mistake.reduce((sum, item) => sum + Number(item.net_pnl), 0);
  const count = mistake.reduce((sum, item) => sum + item.trades, 0);
  find("cost").hidden = mistake.length === 0;
  find("cost-none").hidden = mistake.length > 0;
  write("cost-none", annotated.trades
    ? "No mistake is named yet. Name one on a trade's page, and this shows what it costs."
    : "Nothing is written yet. Open a trade, and say what you saw: a setup, a mistake, a note. What each mistake has cost then stands here.");
  write("cost-total", `${signed(total)} ${state.asset}`, { tone: tone(total) });
  write("cost-said", `from ${trades(count)} with a mistake`);
  write("cost-against", none.trades ? `${trades(none.trades)} annotated without one made ${signed(none.net_pnl)}, ${signed(none.expectancy)} a trade.` : "");
  const groups = { mistake, setup, tag, rating: rating.toSorted((a, b) => a.value - b.value), plan };
  for (const [name, items] of Object.entries(groups)) {
    find(`${name}-section`).hidden = items.length === 0;
    barRows(`by-${name}`, items, state.asset, (value) => value);
  }
}

// Trades by the day they closed, and the day's own note above them.
function showEntries(items, days) {
  const byDay = new Map();
  const dayOf = (day) => byDay.get(day) ?? byDay.set(day, { note: null, trades: [] }).get(day);
  if (!said("after") && !SAID.some((name) => said(name))) for (const note of days) dayOf(note.day).note = note;
  for (const trade of items) dayOf(trade.exit_time.slice(0, 10)).trades.push(trade);
  const ordered = [...byDay].sort(([a], [b]) => (a < b ? 1 : -1));
  find("entries").replaceChildren(...ordered.map(([day, found]) => dayBlock(day, found)));
  find("entries-empty").hidden = ordered.length > 0;
  write("entries-empty", SAID.some((name) => said(name))
    ? "Nothing written matches. Search for other words, or clear a filter."
    : "The journal is empty. Open a trade and write, or write about a day of your choice.");
  write("entries-note", ordered.length ? "newest first, by UTC day of exit" : "");
}

function dayBlock(day, { note, trades: closed }) {
  const edit = make("button", { type: "button", className: "plain small", text: note ? "Edit" : "Write about this day" });
  edit.addEventListener("click", () => openDay(day));
  return make("article", { className: "entry-day" },
    make("header", {}, make("h3", { text: dayDate(day) }), edit),
    ...(note ? [make("p", { className: "written", text: note.note }), chips(note), shotsOf(note)] : []),
    ...closed.map(entry));
}

const chips = ({ tags, rating, setup, mistake, followed_plan: plan }) => make("p", { className: "chips" },
  ...[mistake && make("a", { text: mistake, className: "chip warn", href: carried(`?${new URLSearchParams({ mistake })}`) }),
    setup && make("a", { text: setup, className: "chip", href: carried(`?${new URLSearchParams({ setup })}`) }),
    ...tags.map((tag) => make("a", { text: tag, className: "chip", href: carried(`?${new URLSearchParams({ tag })}`) })),
    rating && make("span", { text: `${rating} of 5`, className: "chip plainchip" }),
    plan === true && make("span", { text: "plan followed", className: "chip plainchip" }),
    plan === false && make("span", { text: "plan not followed", className: "chip plainchip" })].filter(Boolean));

const shotsOf = ({ screenshots }) => make("div", { className: "shots" }, ...pictures(screenshots));

function entry(trade) {
  return make("div", { className: "entry" },
    make("p", { className: "first" },
      make("a", { text: `${trade.symbol} ${trade.side}`, href: carried(trade.link, PAST) }),
      make("span", { className: "small quiet", text: `${trade.version}, ${words(trade.exit_reason)}, ${stamp(trade.exit_time)}`, title: utc(trade.exit_time) }),
      make("strong", { text: signed(trade.net_pnl), className: tone(trade.net_pnl) })),
    ...(trade.note ? [make("p", { className: "written", text: trade.note })] : []),
    chips(trade), shotsOf(trade));
}

const openDay = startDay();

find("search-form").addEventListener("submit", (event) => {
  event.preventDefault();
  go({ search: find("search").value.trim(), after: "" });
});
find("search").value = said("search");
find("older").addEventListener("click", () => {
  go({ after: state.next });
  find("main").scrollIntoView();
});
find("newest").addEventListener("click", () => go({ after: "" }));
start();
live({ addresses, show });
