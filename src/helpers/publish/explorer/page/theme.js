/* Light or dark: as the system has it, unless the reader chose; the choice is kept. */
(function (E) {
  "use strict";

  const KEY = "asylum-explorer-theme";
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const page = document.documentElement;
  let choice = null;

  const isDark = () => (choice ? choice === "dark" : dark.matches);
  const apply = () => (page.dataset.theme = isDark() ? "dark" : "light");

  /** Keep what the reader chooses; a browser may keep nothing for pages opened from files. */
  function toggle() {
    choice = isDark() ? "light" : "dark";
    apply();
    try {
      localStorage.setItem(KEY, choice);
    } catch (error) {
      return; // shown all the same, and forgotten when the page closes
    }
  }

  try {
    choice = localStorage.getItem(KEY);
  } catch (error) {
    choice = null;
  }
  apply();
  page.classList.toggle("embedded", /[#&]embed=1/.test(location.hash)); // before anything is drawn
  dark.addEventListener("change", () => (apply(), E.main?.redraw()));
  E.theme = { toggle, getColours: () => (isDark() ? E.look.DARK : E.look.LIGHT) };
})((globalThis.Explorer = globalThis.Explorer || {}));
