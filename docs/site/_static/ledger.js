/* Filters for the claims ledger. Without this script the whole list is shown; with it the choice
   stands in the address, so that a filtered list can be sent on. */
(function () {
  "use strict";

  const CODES = ["source", "figure", "wording"];

  function start() {
    const form = document.getElementById("ledger-filters");
    if (!form) {
      return;
    }
    const count = document.getElementById("ledger-count");
    const rows = Array.from(document.querySelectorAll("tr.claim"));
    const sections = Array.from(document.querySelectorAll("section.claim"));
    const texts = new Map(sections.map((each) => [each.id, each.textContent.toLowerCase()]));

    function findId(row) {
      return row.querySelector("a").getAttribute("href").slice(1);
    }

    function isWanted(claim, id) {
      const codes = CODES.every(function (name) {
        const wanted = form.elements[name].value;
        return !wanted || claim.dataset[name].split(" ").includes(wanted);
      });
      const words = form.elements.words.value.toLowerCase().split(/\s+/).filter(Boolean);
      return codes && words.every((word) => texts.get(id).includes(word));
    }

    function show() {
      let shown = 0;
      rows.forEach(function (row) {
        row.hidden = !isWanted(row, findId(row));
        shown += row.hidden ? 0 : 1;
      });
      sections.forEach(function (section) {
        section.hidden = !isWanted(section, section.id);
      });
      count.textContent = shown + " of " + rows.length + " claims shown";
    }

    function writeAddress() {
      const chosen = new URLSearchParams();
      CODES.concat("words").forEach(function (name) {
        if (form.elements[name].value) {
          chosen.set(name, form.elements[name].value);
        }
      });
      const hash = chosen.toString();
      history.replaceState(null, "", hash ? "#" + hash : location.pathname + location.search);
    }

    function readAddress() {
      const hash = location.hash.slice(1);
      const target = hash && document.getElementById(decodeURIComponent(hash));
      if (target && target.matches("section.claim")) {
        if (target.hidden) {
          form.reset();
          show();
        }
        target.scrollIntoView();
        return;
      }
      if (hash && !hash.includes("=")) {
        return;
      }
      const chosen = new URLSearchParams(hash);
      CODES.concat("words").forEach(function (name) {
        const field = form.elements[name];
        field.value = chosen.get(name) || "";
        if (field.selectedIndex === -1) {
          field.value = "";
        }
      });
      show();
    }

    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", function () {
      show();
      writeAddress();
    });
    form.addEventListener("reset", function () {
      setTimeout(function () {
        show();
        writeAddress();
      });
    });
    window.addEventListener("hashchange", readAddress);
    form.hidden = false;
    show();
    readAddress();
  }

  document.addEventListener("DOMContentLoaded", start);
})();
