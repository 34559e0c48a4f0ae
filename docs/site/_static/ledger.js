/* Filters for the claims ledger. Without this script the whole list is shown; with it the choice
   stands in the address, so that a filtered list can be sent on. */
(function () {
  "use strict";

  const FIELDS = ["source", "verdict", "words"];
  const form = document.getElementById("ledger-filters");
  const count = document.getElementById("ledger-count");
  const claims = [...document.querySelectorAll("ol.claims > li")];

  // A number is the same with and without separators.
  function simplify(text) {
    return text.toLowerCase().replace(/\d{1,3}([,\s]\d{3})+(?!\d)/g, (number) => number.replace(/\D/g, ""));
  }

  function isWanted(claim) {
    const text = simplify(claim.textContent);
    const words = simplify(form.elements.words.value).split(/\s+/).filter(Boolean);
    return ["source", "verdict"].every(function (name) {
      const wanted = form.elements[name].value;
      return !wanted || claim.dataset[name] === wanted;
    }) && words.every((word) => text.includes(word));
  }

  function show() {
    claims.forEach(function (claim) {
      claim.hidden = !isWanted(claim);
    });
    const shown = claims.filter((claim) => !claim.hidden).length;
    count.textContent = `${shown} of ${claims.length} claims shown`;
  }

  function writeAddress() {
    const chosen = new URLSearchParams();
    FIELDS.filter((name) => form.elements[name].value).forEach(function (name) {
      chosen.set(name, form.elements[name].value);
    });
    const hash = chosen.toString();
    history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
  }

  function readAddress() {
    const hash = location.hash.slice(1);
    const target = document.getElementById(decodeURIComponent(hash));
    const isClaim = claims.includes(target);
    const chosen = new URLSearchParams(isClaim ? "" : hash);
    FIELDS.forEach(function (name) {
      form.elements[name].value = chosen.get(name) || "";
      if (form.elements[name].selectedIndex === -1) {
        form.elements[name].value = "";
      }
    });
    show();
    if (isClaim) {
      target.scrollIntoView();
    }
  }

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", function () {
    show();
    writeAddress();
  });
  form.addEventListener("reset", () => setTimeout(function () {
    show();
    writeAddress();
  }));
  window.addEventListener("hashchange", readAddress);
  form.hidden = false;
  readAddress();
})();
