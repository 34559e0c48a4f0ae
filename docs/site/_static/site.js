/* What the pages do besides being read: what scrolls takes the keyboard and has a name, a fair
   sentence is copied, and search results say what a page is about. */
(function () {
  "use strict";

  function nameFrames() {
    document.querySelectorAll(".pst-scrollable-table-container").forEach(function (table) {
      const section = table.closest("section");
      const heading = section && section.querySelector("h1, h2, h3, h4, h5, h6");
      const text = heading ? heading.textContent.replace(/#$/, "").trim() : "Table";
      table.setAttribute("role", "group");
      table.setAttribute("tabindex", "0");
      table.setAttribute("aria-label", text);
    });
  }

  function copySentence(button) {
    const sentence = document.getElementById(button.dataset.copy);
    const said = button.parentElement.querySelector("[role=status]");
    const select = function () {
      getSelection().selectAllChildren(sentence);
      said.textContent = "Selected: copy it with your keyboard.";
    };
    if (!navigator.clipboard) {
      select();
      return;
    }
    navigator.clipboard.writeText(sentence.textContent.trim()).then(function () {
      said.textContent = "Copied.";
    }, select);
  }

  function describeResults(results) {
    new MutationObserver(function (changes) {
      changes.flatMap((change) => [...change.addedNodes]).forEach(function (item) {
        const link = item.tagName === "LI" && item.querySelector("a");
        const page = link && link.getAttribute("href").split("#")[0].replace(/\.html$/, "");
        if (page && window.DESCRIPTIONS[page]) {
          const words = document.createElement("p");
          words.className = "context";
          words.textContent = window.DESCRIPTIONS[page];
          item.append(words);
        }
      });
    }).observe(results, { childList: true, subtree: true });
  }

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll(".bd-sidebar").forEach(function (sidebar) {
      sidebar.scrollLeft = 0;
    });
    nameFrames();
    document.querySelectorAll("button.copy").forEach(function (button) {
      button.hidden = false;
      button.addEventListener("click", () => copySentence(button));
    });
    const results = document.getElementById("search-results");
    if (results && window.DESCRIPTIONS) {
      describeResults(results);
    }
  });
})();
