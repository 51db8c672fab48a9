// Numbers and times in the reader's own locale and zone. Undefined is a dash with its reason.

export const DASH = "–";
const MINUS = "−";
const plain = {};

function numbers(digits) {
  plain[digits] ??= new Intl.NumberFormat(undefined, {
    minimumFractionDigits: digits, maximumFractionDigits: digits,
  });
  return plain[digits];
}

// Two after the point, or two that count where those would be 0.00: 0.0012 BTC is not nothing.
function fitting(value) {
  const size = Math.abs(Number(value));
  return size > 0 && size < 0.01 ? Math.min(1 - Math.floor(Math.log10(size)), 8) : 2;
}

export function number(value, digits = fitting(value)) {
  if (value === null || value === undefined || value === "") return DASH;
  return numbers(digits).format(Number(value)).replace("-", MINUS);
}

// What rounds to nothing has no sign.
export function signed(value, digits = fitting(value)) {
  if (value === null || value === undefined) return DASH;
  const text = number(value, digits);
  return Number(Number(value).toFixed(digits)) > 0 ? `+${text}` : text.replace(/^−(0[.,]?0*)$/, "$1");
}

export function percent(fraction, digits = 1) {
  return fraction === null || fraction === undefined ? DASH : `${number(fraction * 100, digits)} %`;
}

export function price(text) {
  if (text === null || text === undefined || text === "") return DASH;
  const digits = (String(text).split(".")[1] ?? "").length;
  return number(text, Math.min(Math.max(digits, 2), 8));
}

export function quantity(text) {
  if (text === null || text === undefined || text === "") return DASH;
  return number(text, Math.min((String(text).split(".")[1] ?? "").length, 8));
}

export function tone(value) {
  const size = Number(value);
  return size > 0 ? "gain" : size < 0 ? "loss" : "";
}

// Times are the reader's own, or UTC where he has said so.
export const ZONE = (() => {
  try {
    return localStorage.getItem("zone") === "UTC" ? "UTC" : undefined;
  } catch {
    return undefined; // storage may be refused
  }
})();
const stamps = new Intl.DateTimeFormat(undefined, {
  year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", timeZone: ZONE,
});
const days = new Intl.DateTimeFormat(undefined, { year: "numeric", month: "short", day: "numeric", timeZone: ZONE });

export const stamp = (iso) => (iso ? stamps.format(new Date(iso)) : DASH);
export const day = (iso) => (iso ? days.format(new Date(iso)) : DASH);
export const utc = (iso) => (iso ? `${iso.replace("T", " ").replace("Z", "")} UTC` : "");

export function span(seconds) {
  const size = Math.max(0, Math.round(seconds));
  if (size < 60) return `${size} s`;
  if (size < 3600) return `${Math.floor(size / 60)} min`;
  if (size < 86400) return `${Math.floor(size / 3600)} h ${Math.floor((size % 3600) / 60)} min`;
  return `${Math.floor(size / 86400)} d ${Math.floor((size % 86400) / 3600)} h`;
}

export const since = (iso, now = Date.now()) => (now - new Date(iso).getTime()) / 1000;

export function words(text) {
  return text ? String(text).replaceAll("_", " ") : DASH;
}

// A day as the server writes it, not to be broken at the end of a line.
export const unbroken = (text) => text.replace(/(\d{4})-(\d\d)-(\d\d)/g, "$1\u2011$2\u2011$3");

// "plus_di" is "plus DI".
export const measure = (name) => words(name).replace(/\b(adx|di|ema|sma|wma|atr|rsi|macd|vwap|cci|obv|mfi|bb)\b/g, (short) => short.toUpperCase());
