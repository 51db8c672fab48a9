// Light or dark: the system's choice until the reader makes one, which is remembered.

import { find } from "./page.js";

const dark = matchMedia("(prefers-color-scheme: dark)");

const current = () => document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light");

export function themeSwitch(onChange) {
  const button = find("theme");
  const show = () => {
    const other = current() === "dark" ? "Light" : "Dark";
    button.textContent = other;
    button.setAttribute("aria-label", `Switch to ${other.toLowerCase()} colours`);
    onChange();
  };
  button.addEventListener("click", () => {
    const theme = current() === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    try {
      localStorage.setItem("theme", theme);
    } catch {
      // Not remembered where storage is refused; it holds for this page.
    }
    show();
  });
  dark.addEventListener("change", show);
  show();
}
