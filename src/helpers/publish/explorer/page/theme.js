/* Before anything is drawn: the chart alone where it is embedded, and light or dark as the reader chose. */
(function () {
  const KEY = "asylum-explorer-theme";
  const page = document.documentElement;
  page.classList.toggle("embedded", /[#&]embed=1/.test(location.hash));

  addEventListener("click", ({ target }) => {
    if (target.id !== "theme") return;
    const shown = page.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    page.dataset.theme = shown === "dark" ? "light" : "dark";
    localStorage.setItem(KEY, page.dataset.theme);
  });

  const kept = localStorage.getItem(KEY); // a browser that keeps nothing for pages from files ends here
  if (kept) page.dataset.theme = kept;
})();
