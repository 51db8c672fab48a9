// The versions page: the table, and two versions chosen in the address (?a=8.02&b=8.03).

import { showComparison } from "./comparison.js";
import { offerFilters } from "./filters.js";
import { live } from "./live.js";
import { showMultiples } from "./multiples.js";
import { askOne } from "./net.js";
import { find, make, write } from "./page.js";
import { start } from "./start.js";
import { showVersions } from "./tables.js";
import { FILTERS, MONEY, go, query as asked, said } from "./view.js";

// One version alone has nothing to be compared with: that filter stays with the other pages.
const query = (extra, names = FILTERS.filter((name) => name !== "version")) => asked(extra, names);

const addresses = () => ({
  versions: `/api/versions${query()}`,
  curves: `/api/versions/curves${query()}`,
  choices: `/api/choices${query({}, MONEY)}`,
});

async function show({ versions, curves, choices }) {
  const items = versions.body.items;
  if (versions.fresh) showVersions(items);
  if (curves.fresh) showMultiples(curves.body.items, curves.body.quote_asset ?? "");
  offerFilters(choices.body);
  await compare(items, chosen(items));
}

// What the address names; else the version that traded last against the one before it.
function chosen(items) {
  const [newest, before] = items.map((item) => item.version);
  const b = (said("b") || null) ?? (newest === said("a") ? before : newest);
  const a = (said("a") || null) ?? items.map((item) => item.version).find((name) => name !== b);
  return { a, b };
}

async function compare(items, { a, b }) {
  offerPair(items, { a, b });
  if (items.length < 2) {
    explain(items.length ? `Only ${items[0].version} has closed a trade. The comparison appears with the second version's first closed trade.` : "");
    return;
  }
  const unknown = [a, b].find((name) => !items.some((item) => item.version === name));
  if (unknown !== undefined) {
    explain(`No version ${unknown} has closed a trade here. Choose two of those below.`);
    return;
  }
  if (a === b) {
    explain("A version cannot be better than itself. Choose another one.");
    return;
  }
  const found = await askOne(`/api/versions/compare${query({ a, b })}`);
  explain("");
  showComparison(found, items);
}

function explain(text) {
  write("comparison-why", text);
  find("comparison-why").hidden = !text;
  find("comparison").hidden = Boolean(text) || find("pair-a").options.length < 2;
}

function pick(select, values, value) {
  const known = [...select.options].map((option) => option.value).join("\n");
  const wanted = [...new Set([...values, ...(value ? [value] : [])])];
  if (known !== wanted.join("\n")) {
    select.replaceChildren(...wanted.map((name) => make("option", { text: name, value: name })));
  }
  select.value = value ?? "";
}

function offerPair(items, { a, b }) {
  const names = items.map((item) => item.version);
  pick(find("pair-a"), names, a);
  pick(find("pair-b"), names, b);
  find("pair").hidden = names.length === 0;
  for (const id of ["pair-a", "pair-b", "swap"]) find(id).disabled = names.length < 2;
}

find("pair").addEventListener("submit", (event) => event.preventDefault());
find("pair").addEventListener("change", () => go({ a: find("pair-a").value, b: find("pair-b").value }));
find("swap").addEventListener("click", () => go({ a: find("pair-b").value, b: find("pair-a").value }));
start();
live({ addresses, show });
