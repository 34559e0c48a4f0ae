/* The form: native controls, filled from the data and set to what the view shows. */
(function (E) {
  "use strict";

  const { make } = E.tables;
  const get = (id) => document.getElementById(id);
  const SELECTS = ["release", "measure", "level", "eras", "of", "scale", "unit"];
  let shows = {};

  function fillSelect(id, groups, chosen) {
    const options = (list) => list.map(([value, text]) => make("option", { value }, text));
    get(id).replaceChildren(...groups.flatMap(([label, list]) => (label ? [make("optgroup", { label }, options(list))] : options(list))));
    get(id).value = String(chosen);
  }

  function fillMeasures(raw, model) {
    const { view, release } = model;
    const { MEASURES, UNITS, LEVELS, SCALES } = E.measures;
    const hasFlows = view.origins.every((origin) => E.figures.hasPlaces(release, origin));
    const list = Object.entries(MEASURES).filter(([, measure]) => hasFlows || measure.kind !== "flow");
    fillSelect("measure", [["", list.map(([key, measure]) => [key, measure.name])]], view.measure);
    const { units } = MEASURES[view.measure];
    get("unit-field").hidden = !units.length;
    get("level-field").hidden = view.measure !== "recognised";
    fillSelect("unit", [["", units.map((unit) => [unit, UNITS[unit]])]], view.unit);
    fillSelect("level", [["", Object.entries(LEVELS)]], view.level);
    const scales = Object.entries(SCALES).filter(([key]) => key !== "share" || E.measures.hasShare(view));
    fillSelect("scale", [["", scales]], view.scale);
  }

  function fillYears(raw, release, view) {
    const years = E.model.listYears(raw.first_year, release.newest).map((year) => [year, String(year)]);
    for (const key of ["from", "to"]) fillSelect(key, [["", years]], view[key]);
    Object.assign(get("year"), { min: raw.first_year, max: release.newest, value: view.year });
    get("year-shown").textContent = String(view.year);
    fillSelect("top", [["", E.state.TOPS.map((top) => [top, `${top} bars`])]], view.top);
  }

  function fillEras(raw, view) {
    const groups = raw.studies.map((study) => [E.model.nameShort(raw, study.origin), study.boundaries.map((each) => [`${study.study}.${each.name}`, each.title])]);
    const own = raw.studies.findIndex((study) => view.origins.includes(study.origin));
    if (own > 0) groups.unshift(...groups.splice(own, 1));
    fillSelect("eras", [["", [["none", "No eras"]]], ...groups], view.eras);
  }

  function fillPlaces(raw, model) {
    const { view, release, figures } = model;
    const isOne = view.origins.length === 1;
    get("places-field").hidden = !isOne || !figures.hasPlaces;
    get("without-field").hidden = !isOne || !figures.main;
    if (!isOne) return;
    get("without-main-name").textContent = figures.main ? E.model.nameProse(raw, figures.main) : "";
    for (const key of E.state.WITHOUT) get(`without-${key}`).checked = view.without === key;
    get("all").checked = view.all === 1;
    shows.places(raw, E.figures.listPlaces(release, view.origins[0]), view.places, (code) => 2 + view.places.indexOf(code));
  }

  /** Set every control to the view. */
  function show(raw, model) {
    const { view, release } = model;
    const releases = [...raw.releases].reverse().map((each) => [each.name, `${each.name}: ${each.title}`]);
    fillSelect("release", [["", releases]], view.release);
    shows.origins(raw, Object.keys(release.totals), view.origins, (code) => (view.origins.length > 1 ? view.origins.indexOf(code) : null));
    fillSelect("of", [["", view.origins.map((origin) => [origin, E.model.nameShort(raw, origin)])]], view.of);
    get("of-field").hidden = view.origins.length < 2;
    fillMeasures(raw, model);
    fillYears(raw, release, view);
    fillEras(raw, view);
    fillPlaces(raw, model);
  }

  /** Read what a control that changed asks for, as a change to the view. */
  function read({ id, name, value, checked }) {
    if (name === "without") return { without: value };
    if (id === "all") return { all: checked ? 1 : 0 };
    if (["year", "from", "to", "top"].includes(id)) return { [id]: Number(value) };
    return SELECTS.includes(id) ? { [id]: value } : null;
  }

  /** Set up the pickers; `change` is called with what they ask for. */
  function setUp(change) {
    shows = {
      origins: E.picker.setUp("origins", { noun: "origin", least: 1, choose: (origins) => change({ origins, eras: E.state.suggestEras(E.raw, origins), places: [] }) }),
      places: E.picker.setUp("places", { noun: "destination", least: 0, choose: (places) => change({ places }) }),
    };
  }

  E.controls = { show, read, setUp };
})((globalThis.Explorer = globalThis.Explorer || {}));
