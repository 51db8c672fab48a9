// Ticks on a time axis: whole hours, days, months or years, as many as there is room for.

import { ZONE } from "./format.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const STEPS = [HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY];
const MONTHS = [1, 2, 3, 6, 12, 24, 60];

export function ticks(from, to, most) {
  const step = STEPS.find((size) => (to - from) / size <= most);
  if (step !== undefined) {
    // Whole steps of the reader's own day.
    const shift = ZONE ? 0 : new Date(from).getTimezoneOffset() * 60_000;
    const found = [];
    for (let at = Math.ceil((from - shift) / step) * step + shift; at <= to; at += step) found.push(at);
    return found;
  }
  const months = MONTHS.find((size) => (to - from) / (size * 30 * DAY) <= most) ?? 120;
  const start = new Date(from);
  const found = [];
  const first = ZONE ? start.getUTCFullYear() * 12 + start.getUTCMonth() : start.getFullYear() * 12 + start.getMonth();
  for (let month = first; ; month += 1) {
    if (month % months) continue;
    const [year, number] = [Math.floor(month / 12), month % 12];
    const at = ZONE ? Date.UTC(year, number, 1) : new Date(year, number, 1).getTime();
    if (at > to) return found;
    if (at >= from) found.push(at);
  }
}

const hours = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", timeZone: ZONE });
const days = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone: ZONE });
const months = new Intl.DateTimeFormat(undefined, { month: "short", timeZone: ZONE });
const years = new Intl.DateTimeFormat(undefined, { month: "short", year: "numeric", timeZone: ZONE });

// `step` parts the ticks. The year stands at the first month and wherever it changes.
export function label(at, step, first) {
  if (step < DAY) return (ZONE ? new Date(at).getUTCHours() : new Date(at).getHours()) ? hours.format(at) : days.format(at);
  if (step < 27 * DAY) return days.format(at);
  return first || (ZONE ? new Date(at).getUTCMonth() : new Date(at).getMonth()) === 0 ? years.format(at) : months.format(at);
}
