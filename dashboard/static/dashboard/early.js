// Before the first paint: the remembered theme. And, before the chart file can fail, an ear for it.
"use strict";
(() => {
  let remembered = null;
  try {
    remembered = localStorage.getItem("theme");
  } catch {
    // Storage may be refused; the system's own preference then holds.
  }
  if (remembered === "light" || remembered === "dark") {
    document.documentElement.dataset.theme = remembered;
  }
  document.addEventListener("error", (event) => {
    if (event.target instanceof HTMLScriptElement && event.target.id === "chart-file") {
      event.target.dataset.failed = "yes";
    }
  }, true);
})();
