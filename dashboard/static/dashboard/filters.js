// The header's filters, as the address says; only where there is something to choose.

import { find, make } from "./page.js";
import { FILTERS, address, carried, go, onChange, said } from "./view.js";

const ALL = { mode: "Newest mode", bot: "All bots", version: "All versions", symbol: "All symbols", side: "Both sides", tag: "Any tag", mistake: "Any mistake", setup: "Any setup", rating: "Any rating", followed_plan: "Plan or not" };
const FEWEST = { version: 1, tag: 1, mistake: 1, setup: 1, rating: 1, followed_plan: 1 }; // shown from so many values on; the others from two

const WORDS = {
  rating: (value) => `Rated ${value}`,
  followed_plan: (value) => (value === "true" ? "Plan followed" : "Plan broken"),
};

export function options(select, values, all) {
  const chosen = said(select.name);
  const wanted = [...new Set([...values, ...(chosen ? [chosen] : [])])];
  const known = [...select.options].slice(1).map((option) => option.value);
  if (select.options.length === 0 || known.join("\n") !== wanted.join("\n")) {
    select.replaceChildren(make("option", { text: all, value: "" }), ...wanted.map((value) => make("option", { text: WORDS[select.name]?.(value) ?? value, value })));
  }
  select.value = chosen;
  return wanted.length;
}

// `choices` is the answer of /api/choices.
export function offerFilters(choices) {
  const found = { mode: choices.modes, bot: choices.bots, version: choices.versions, symbol: choices.symbols, side: choices.sides, tag: choices.tags, mistake: choices.mistakes, setup: choices.setups, rating: choices.ratings.map(String), followed_plan: choices.followed_plan.map(String) };
  for (const [name, values] of Object.entries(found)) {
    const select = find(`filter-${name}`);
    if (!select) continue;
    const count = options(select, values, ALL[name]);
    select.hidden = count < (FEWEST[name] ?? 2);
  }
}

function showPeriod() {
  const select = find("filter-period");
  if (!select) return;
  const dated = Boolean(said("since") || said("until"));
  if (!select.dataset.dates) select.value = dated ? "dates" : said("period");
  find("filter-dates").hidden = select.value !== "dates";
  find("filter-since").value = said("since").slice(0, 10);
  find("filter-until").value = lastDay(said("until"));
}

// `until` is exclusive; a person names the last day he wants to see.
const DAY = 86_400_000;
const lastDay = (until) => (until ? new Date(Date.parse(until.slice(0, 10)) - DAY).toISOString().slice(0, 10) : "");
export const dayAfter = (day) => (day ? new Date(Date.parse(day) + DAY).toISOString().slice(0, 10) : "");

function choose({ target }) {
  if (target.name === "period" && target.value === "dates") {
    find("filter-dates").hidden = false;
    find("filter-since").focus();
    return;
  }
  if (target.name === "period") go({ period: target.value, since: "", until: "", after: "" });
  else if (target.name === "until") go({ until: dayAfter(target.value), period: "", after: "" });
  else if (target.name === "since") go({ since: target.value, period: "", after: "" });
  else if (target.name === "mode") go({ mode: target.value, version: "", symbol: "", bot: "", a: "", b: "", after: "" });
  else go({ [target.name]: target.value, after: "" });
}

function count() {
  const set = ["mode", "bot", "version", "symbol", "side", "tag", "setup", "mistake", "rating", "followed_plan", "period", "since", "until"].filter((name) => said(name)).length;
  find("filters-summary").textContent = set ? `Filters (${set})` : "Filters";
  find("filters-clear").hidden = !set;
  // Filters of another page that hold here too, and have no list here to show them.
  const others = ["version", "symbol", "side", "tag", "setup", "mistake", "rating", "followed_plan"].filter((name) => said(name) && !find(`filter-${name}`));
  find("filters-others").textContent = others.map((name) => WORDS[name]?.(said(name)) ?? `${name}: ${said(name)}`).join(", ");
}

// The other pages show the same money, period and moment.
function carry() {
  for (const link of document.querySelectorAll("nav a[data-carries], a.brand, a.more")) {
    link.dataset.plain ??= link.getAttribute("href");
    link.href = carried(link.dataset.plain);
  }
}

export function startFilters() {
  const form = find("filters");
  const show = () => {
    for (const select of form.querySelectorAll("select[name]")) {
      if (select.name !== "period" && select.options.length) options(select, [...select.options].slice(1).map((option) => option.value), select.options[0].text);
    }
    showPeriod();
    count();
    carry();
  };
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", choose);
  find("filters-clear").addEventListener("click", () => {
    const kept = address();
    go(Object.fromEntries([...FILTERS, "after"].filter((name) => kept.has(name) && name !== "as_of" && name !== "known_at").map((name) => [name, ""])));
  });
  const narrow = matchMedia("(max-width: 900px)");
  find("filters-fold").open = !narrow.matches;
  narrow.addEventListener("change", () => { find("filters-fold").open = !narrow.matches; });
  onChange(show);
  show();
}
