// What every page begins with: its filters, the moment it shows, its colours.

import { startFilters } from "./filters.js";
import { startPast } from "./past.js";
import { themeSwitch } from "./theme.js";

export function start(onTheme = () => {}) {
  startFilters();
  startPast();
  themeSwitch(onTheme);
}
