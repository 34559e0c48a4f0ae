/* Before anything is drawn: the chart alone where it is embedded, and light or dark as the reader chose. */
(function () {
  const KEY = "asylum-explorer-theme";
  const page = document.documentElement;
  page.classList.toggle("embedded", /[#&]embed=1/.test(location.hash));
  try {
    page.dataset.theme = localStorage.getItem(KEY) ?? "";
  } catch (error) {
    page.dataset.theme = ""; // a browser may keep nothing for pages opened from files
  }

  addEventListener("click", ({ target }) => {
    if (target.id !== "theme") return;
    const isDark = (page.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
    page.dataset.theme = isDark ? "light" : "dark";
    try {
      localStorage.setItem(KEY, page.dataset.theme);
    } catch (error) {
      return; // shown all the same, and forgotten when the page closes
    }
  });
})();
