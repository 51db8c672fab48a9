// What every page begins with: its filters, the moment it shows, its colours.

import { startFilters } from "./filters.js";
import { ZONE } from "./format.js";
import { find } from "./page.js";
import { startPast } from "./past.js";
import { themeSwitch } from "./theme.js";

// Every time on the page is written anew: simplest by loading it anew.
function zoneSwitch() {
  const button = find("zone");
  button.textContent = ZONE ? "UTC" : "Local time";
  button.setAttribute("aria-label", ZONE ? "UTC; switch to your own time zone" : "Local time; switch to UTC");
  button.addEventListener("click", () => {
    try {
      localStorage.setItem("zone", ZONE ? "local" : "UTC");
    } catch {
      return; // not remembered, not switched: UTC stands in every time's tooltip
    }
    location.reload();
  });
}

export function start(onTheme = () => {}) {
  startFilters();
  startPast();
  zoneSwitch();
  themeSwitch(onTheme);
}
