/* The form: native controls, filled from the data and set to what the view shows. */
(function (E) {
  "use strict";

  const { make } = E.tables;
  const get = (id) => document.getElementById(id);

  function fillSelect(select, groups, chosen) {
    const options = (list) => list.map(([value, text]) => make("option", { value }, text));
    select.replaceChildren(...groups.flatMap(([label, list]) => (label ? [make("optgroup", { label }, options(list))] : options(list))));
    select.value = String(chosen);
  }

  function fillReleases(raw, view) {
    const list = [...raw.releases].reverse().map((release) => [release.name, `${release.name}: ${release.title}`]);
    fillSelect(get("release"), [["", list]], view.release);
  }

  function fillOrigins(raw, release, view) {
    const sort = (codes) => codes.map((code) => [code, E.model.nameShort(raw, code)]).sort((a, b) => a[1].localeCompare(b[1], "en"));
    fillSelect(get("origin"), [["By destination", sort(Object.keys(release.origins))], ["Totals only", sort(Object.keys(release.totals))]], view.origin);
  }

  function fillMeasures(raw, release, view) {
    const hasFlows = E.figures.hasPlaces(release, view.origin);
    const list = Object.entries(E.measures.MEASURES).filter(([, measure]) => hasFlows || measure.kind !== "flow");
    fillSelect(get("measure"), [["", list.map(([key, measure]) => [key, measure.name])]], view.measure);
    const measure = E.measures.MEASURES[view.measure];
    get("unit-field").hidden = !measure.hasUnits;
    get("level-field").hidden = !measure.hasLevels;
    for (const unit of E.measures.UNITS) get(`unit-${unit}`).checked = view.unit === unit;
    fillSelect(get("level"), [["", E.measures.LEVELS.map((level) => [level, E.measures.LEVEL_NAMES[level]])]], view.level);
  }

  function fillYears(raw, release, view) {
    const years = E.model.listYears(raw.first_year, release.newest).map((year) => [year, String(year)]);
    for (const key of ["from", "to"]) fillSelect(get(key), [["", years]], view[key]);
    const slider = get("year");
    Object.assign(slider, { min: raw.first_year, max: release.newest, value: view.year });
    get("year-shown").textContent = String(view.year);
    fillSelect(get("top"), [["", E.state.TOPS.map((top) => [top, `${top} bars`])]], view.top);
  }

  function fillEras(raw, view) {
    const groups = raw.studies.map((study) => [E.model.nameShort(raw, study.origin), study.boundaries.map((each) => [`${study.study}.${each.name}`, each.title])]);
    const own = raw.studies.findIndex((study) => study.origin === view.origin);
    if (own > 0) groups.unshift(...groups.splice(own, 1));
    fillSelect(get("eras"), [["", [["none", "No eras"]]], ...groups], view.eras);
  }

  function fillWithout(raw, model) {
    const { main } = model.figures;
    get("without-field").hidden = !main;
    get("without-main-name").textContent = main ? E.model.nameProse(raw, main) : "";
    for (const key of E.state.WITHOUT) get(`without-${key}`).checked = model.view.without === key;
  }

  let listed = "";

  /** List the destinations as checkboxes; they stay in place until the origin or release changes. */
  function fillPlaces(raw, model) {
    const { view, release } = model;
    const codes = E.model.listPlaces(raw, release, view.origin);
    get("places-field").hidden = !codes.length;
    get("all").checked = view.all === 1;
    if (listed !== `${release.name} ${view.origin}`) {
      listed = `${release.name} ${view.origin}`;
      const named = codes.map((code) => [code, E.model.nameShort(raw, code)]).sort((a, b) => a[1].localeCompare(b[1], "en"));
      get("places").replaceChildren(...named.map(([code, name]) => make("label", { "data-name": name.toLowerCase() }, make("input", { type: "checkbox", name: "place", value: code }), make("span", {}, name))));
      get("find").value = "";
    }
    const isFull = view.places.length >= E.state.MOST_PLACES;
    for (const box of get("places").querySelectorAll("input")) {
      box.checked = view.places.includes(box.value);
      box.disabled = isFull && !box.checked;
    }
    get("places-count").textContent = view.places.length ? `${view.places.length} of at most ${E.state.MOST_PLACES} drawn` : `None drawn; at most ${E.state.MOST_PLACES}`;
  }

  /** Show only destinations whose name holds what was typed. */
  function filterPlaces() {
    const wanted = get("find").value.trim().toLowerCase();
    for (const label of get("places").children) label.hidden = !label.dataset.name.includes(wanted);
  }

  /** Set every control to the view. */
  function show(raw, model) {
    fillReleases(raw, model.view);
    fillOrigins(raw, model.release, model.view);
    fillMeasures(raw, model.release, model.view);
    fillYears(raw, model.release, model.view);
    fillEras(raw, model.view);
    fillWithout(raw, model);
    fillPlaces(raw, model);
  }

  /** Read what a control that changed asks for, as a change to the view. */
  function read(raw, view, control) {
    const { id, name, value, checked } = control;
    if (name === "place") return { places: checked ? [...view.places, value] : view.places.filter((code) => code !== value) };
    if (name === "unit" || name === "without") return { [name]: value };
    if (id === "all") return { all: checked ? 1 : 0 };
    if (["year", "from", "to", "top"].includes(id)) return { [id]: Number(value) };
    if (id === "origin") return { origin: value, eras: E.state.suggestEras(raw, value) };
    if (["release", "measure", "level", "eras"].includes(id)) return { [id]: value };
    return null;
  }

  E.controls = { show, read, filterPlaces };
})((globalThis.Explorer = globalThis.Explorer || {}));
