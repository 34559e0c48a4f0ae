/* Filters for the claims ledger. Without this script the whole list is shown; with it the choice
   stands in the address, so that a filtered list can be sent on. */
{
  const form = document.getElementById("ledger-filters");
  const claims = [...document.querySelectorAll("ol.claims > li")];

  // A number is the same with and without separators.
  const simplify = (text) =>
    text.toLowerCase().replace(/\d{1,3}([,\s]\d{3})+(?!\d)/g, (number) => number.replace(/\D/g, ""));

  const show = () => {
    const { source, verdict, words } = Object.fromEntries(new FormData(form));
    for (const claim of claims) {
      const text = simplify(claim.textContent);
      claim.hidden = (source && claim.dataset.source !== source)
        || (verdict && claim.dataset.verdict !== verdict)
        || !simplify(words).split(/\s+/).every((word) => text.includes(word));
    }
    const shown = claims.filter((claim) => !claim.hidden).length;
    document.getElementById("ledger-count").textContent = `${shown} of ${claims.length} claims shown`;
  };

  const choose = () => {
    show();
    const chosen = [...new FormData(form)].filter(([, value]) => value);
    history.replaceState(null, "", `#${new URLSearchParams(chosen)}`);
  };

  /* Take the choice from the address, which may also name one claim. */
  const readAddress = () => {
    const claim = claims.find((each) => `#${each.id}` === location.hash);
    const chosen = new URLSearchParams(claim ? "" : location.hash.slice(1));
    for (const field of form.querySelectorAll("[name]")) {
      field.value = chosen.get(field.name) ?? "";
      if (field.selectedIndex === -1) field.value = "";
    }
    show();
    claim?.scrollIntoView();
  };

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", choose);
  form.addEventListener("reset", () => setTimeout(choose));
  window.addEventListener("hashchange", readAddress);
  form.hidden = false;
  readAddress();
}
