/* Light or dark: as the system has it, unless the reader chose; the choice is kept. */
(function (E) {
  "use strict";

  const KEY = "asylum-explorer-theme";
  const dark = matchMedia("(prefers-color-scheme: dark)");

  function readChoice() {
    try {
      return localStorage.getItem(KEY);
    } catch (error) {
      return null; // a browser may keep nothing for pages opened from files
    }
  }

  function keepChoice(choice) {
    try {
      localStorage.setItem(KEY, choice);
    } catch (error) {
      return; // shown all the same, and forgotten when the page closes
    }
  }

  function isDark() {
    const choice = document.documentElement.dataset.theme || readChoice();
    return choice ? choice === "dark" : dark.matches;
  }

  function apply() {
    document.documentElement.dataset.theme = isDark() ? "dark" : "light";
  }

  function toggle() {
    const choice = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = choice;
    keepChoice(choice);
  }

  apply();
  E.theme = { isDark, toggle, getColours: () => (isDark() ? E.look.DARK : E.look.LIGHT) };
  dark.addEventListener("change", () => {
    if (readChoice()) return;
    delete document.documentElement.dataset.theme;
    apply();
    if (E.main) E.main.redraw();
  });
})((globalThis.Explorer = globalThis.Explorer || {}));
