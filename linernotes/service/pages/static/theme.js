// Light or dark as chosen last, before anything is drawn; without a choice the system's setting holds.
// A classic script, since a module would run after the first drawing.
(() => {
  "use strict";
  const KEY = "linernotes-theme";
  const root = document.documentElement;
  let chosen = null;
  try {
    chosen = localStorage.getItem(KEY);
  } catch {
    // Storage is refused: the system's setting holds.
  }
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;

  const isDark = () =>
    root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;

  addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector(".theme-toggle");
    if (!button) return;
    const tell = () => button.setAttribute("aria-label", isDark() ? "Use light colours" : "Use dark colours");
    button.hidden = false;
    tell();
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      try {
        localStorage.setItem(KEY, root.dataset.theme);
      } catch {
        // It holds for this page then.
      }
      tell();
      dispatchEvent(new Event("themechange"));
    });
  });
})();
