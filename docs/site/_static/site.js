/* Regions that scroll take the keyboard and have a name; search results show no excerpt where the
   page lies on disk, since browsers let no script read other files there. */
(function () {
  "use strict";

  if (location.protocol === "file:" && window.DOCUMENTATION_OPTIONS) {
    window.DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
  }

  function nameRegion(region, fallback) {
    const section = region.closest("section");
    const heading = section && section.querySelector("h1, h2, h3, h4, h5, h6");
    const text = heading ? heading.textContent.replace(/#$/, "").trim() : fallback;
    region.setAttribute("role", "region");
    region.setAttribute("tabindex", "0");
    region.setAttribute("aria-label", text);
  }

  document.addEventListener("DOMContentLoaded", function () {
    const tables = document.querySelectorAll(".pst-scrollable-table-container");
    tables.forEach(function (table, place) {
      nameRegion(table, "Table");
      if (tables.length > 1) {
        table.setAttribute("aria-label", "Table " + (place + 1) + ": " + table.getAttribute("aria-label"));
      }
    });
  });
})();
