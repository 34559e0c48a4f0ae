/* The page: a change of the form makes a view, a view is drawn, and its link is kept in history. */
(function (E) {
  "use strict";

  const { make } = E.tables;
  const get = (id) => document.getElementById(id);
  const NARROW = 640;
  let view = null;
  let model = null;
  let announcing = 0;
  let isSliding = false;

  /** Take a view, draw it, and keep its link: as a new step, or in place of the last one. */
  function take(next, { step, notes }) {
    view = next;
    model = E.model.build(E.raw, view);
    const hash = E.state.writeHash(view);
    if (step && hash !== location.hash) history.pushState(null, "", hash);
    else if (hash !== location.hash) history.replaceState(null, "", hash);
    render(notes || []);
  }

  function render(notes) {
    E.controls.show(E.raw, model);
    showNotices(notes);
    showWords();
    showTables();
    redraw();
    get("link").value = location.href;
    announce(`${E.captions.makeTitle(E.raw, model)}. ${model.hasPlaces ? E.captions.describeRanking(model) : ""}`);
  }

  function showNotices(notes) {
    get("notices").replaceChildren(...(notes.length ? [make("p", {}, "This view is the nearest to what was asked for:"), make("ul", {}, notes.map((note) => make("li", {}, note)))] : []));
  }

  function showWords() {
    const alt = E.captions.describeLines(E.raw, model);
    get("title").textContent = E.captions.makeTitle(E.raw, model);
    get("subtitle").textContent = E.captions.makeSubtitle(model);
    get("release-words").textContent = `${model.release.title}, published on ${E.words.sayDate(model.release.published)}.`;
    get("note").textContent = [E.captions.makeNote(model), `${E.captions.makeSource(model)}.`].filter(Boolean).join(" ");
    get("lines").setAttribute("aria-label", alt);
    get("lines-words").textContent = alt;
    get("ranking-title").textContent = E.captions.makeRankingTitle(E.raw, model);
    get("ranking-subtitle").textContent = E.captions.makeRankingSubtitle(E.raw, model);
    get("ranking-source").textContent = [E.captions.makeRankingNote(model), `${E.captions.makeSource(model)}.`].filter(Boolean).join(" ");
    get("bars").setAttribute("aria-label", E.captions.describeRanking(model));
    document.title = `${E.captions.makeTitle(E.raw, model)} – Explorer`;
  }

  function showTables() {
    get("line-table").replaceChildren(E.tables.makeLineTable(E.raw, model));
    get("ranking-part").hidden = !model.hasPlaces;
    get("totals-note").hidden = model.hasPlaces;
    get("ranking-table").replaceChildren(E.tables.makeRankingTable(E.raw, model));
    get("eras-part").hidden = !model.eras;
    get("era-table").replaceChildren(...(model.eras ? [E.tables.makeEraTable(E.raw, model)] : []));
    get("era-words").replaceChildren(...(model.eras ? E.tables.sayEras(model).map((text) => make("li", {}, text)) : []));
    showBreaks();
  }

  function showBreaks() {
    const said = E.captions.groupBreaks(model.breaks).map((group) => {
      const { years, text, lines } = E.captions.sayBreaks(E.raw, group);
      return make("li", {}, make("strong", {}, `${years}. `), text, model.lines.length > 1 ? make("span", { class: "hint" }, ` Touches: ${lines}.`) : "");
    });
    get("breaks").replaceChildren(...said);
    get("breaks-none").hidden = said.length > 0 || !model.hasPlaces;
    get("breaks-unknown").hidden = model.hasPlaces;
    const open = model.view.all && model.undetermined.length;
    get("undetermined").hidden = !open;
    get("undetermined").textContent = open ? sayUndetermined() : "";
  }

  function sayUndetermined() {
    const codes = [...new Set(model.undetermined.flatMap(([, each]) => each))];
    const years = model.undetermined.map(([year]) => year);
    return `In ${E.words.joinYears(years)} no upper bound can be given: ${E.words.joinNames(codes.map((code) => E.model.nameProse(E.raw, code)))} named too few origins in some of these years to tell how many claims more there are.`;
  }

  /** Draw both charts at the width that there is. */
  function redraw() {
    const theme = E.theme.getColours();
    const width = Math.floor(get("lines").clientWidth);
    if (!width) return;
    const isNarrow = width < NARROW;
    get("lines").replaceChildren(E.lines.draw(model, { width, theme, hasNames: !isNarrow, hasTip: true }));
    get("key").replaceChildren(...(isNarrow ? E.key.make(model, theme) : []));
    get("bars").replaceChildren(...(E.bars.listRows(model).length ? [E.bars.draw(model, { width: Math.floor(get("bars").clientWidth) || width, theme, hasNamesAbove: width < 460 })] : []));
    for (const chart of document.querySelectorAll("#lines svg, #bars svg")) chart.setAttribute("aria-hidden", "true");
  }

  /** Tell a screen reader what is shown now, once the reader has stopped changing it. */
  function announce(text) {
    clearTimeout(announcing);
    announcing = setTimeout(() => (get("announcement").textContent = text), 500);
  }

  function change(control, step) {
    const changed = E.controls.read(E.raw, view, control);
    if (!changed) return;
    const { view: next, notes } = E.state.fit(E.raw, { ...view, ...changed });
    take(next, { step, notes });
  }

  /** Follow the slider: its first move is a step of history, the others of one pull take its place. */
  function slide(event) {
    change(event.target, !isSliding);
    isSliding = true;
  }

  function openLink() {
    const isPlace = document.getElementById(location.hash.slice(1)) !== null;
    if (view && (isPlace || location.hash === E.state.writeHash(view))) return;
    const { view: next, notes } = E.state.readHash(E.raw, isPlace ? "" : location.hash);
    take(next, { step: false, notes });
  }

  function chooseLargest() {
    const codes = model.ranking.filter((row) => row.rank !== null).slice(0, 3).map((row) => row.code);
    take(E.state.fit(E.raw, { ...view, places: codes }).view, { step: true });
  }

  async function copyLink() {
    get("link").select();
    const isCopied = await navigator.clipboard?.writeText(location.href).then(() => true, () => false);
    announce(isCopied ? "Link copied." : "The link is selected: copy it with your keyboard.");
    get("copied").textContent = isCopied ? "Copied." : "Selected: copy it with your keyboard.";
  }

  function listen() {
    get("choices").addEventListener("submit", (event) => event.preventDefault());
    // Year and bars belong to the form and stand outside it, beside the ranking.
    document.addEventListener("change", (event) => change(event.target, true));
    get("year").addEventListener("input", slide);
    get("year").addEventListener("change", () => (isSliding = false));
    get("find").addEventListener("input", E.controls.filterPlaces);
    get("largest").addEventListener("click", chooseLargest);
    get("clear").addEventListener("click", () => take(E.state.fit(E.raw, { ...view, places: [], all: 1 }).view, { step: true }));
    get("reset").addEventListener("click", () => take(E.state.makeDefault(E.raw), { step: true }));
    get("copy").addEventListener("click", copyLink);
    get("theme").addEventListener("click", () => (E.theme.toggle(), redraw()));
    for (const button of document.querySelectorAll("[data-format]")) {
      button.addEventListener("click", () => E.downloads.download(E.raw, model, button.dataset.what, button.dataset.format));
    }
    document.querySelector(".skip").addEventListener("click", (event) => (event.preventDefault(), get("content").focus()));
    addEventListener("popstate", openLink);
    addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((each) => (each.open = true)));
    addEventListener("hashchange", openLink);
    new ResizeObserver(() => model && requestAnimationFrame(redraw)).observe(get("lines"));
  }

  E.main = { redraw };
  get("panel").open = innerWidth >= 960;
  listen();
  openLink();
})((globalThis.Explorer = globalThis.Explorer || {}));
