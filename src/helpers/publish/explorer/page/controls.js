/* The form: native controls, filled from the data and set to what the view shows. */

let pickers = {};

function fillSelect(id, groups, chosen) {
  const options = (list) => list.map(([value, text]) => make("option", { value }, text));
  get(id).replaceChildren(...groups.flatMap(([label, list]) => (label ? make("optgroup", { label }, options(list)) : options(list))));
  get(id).value = String(chosen);
}

/** Fill the selects that hold one list each. */
function fillSelects({ view, release }) {
  const { units } = MEASURES[view.measure];
  const hasFlows = view.origins.every((origin) => hasPlaces(release, origin));
  const years = listYears(raw.first_year, release.newest).map((year) => [year, year]);
  const lists = {
    release: raw.releases.map((each) => [each.name, `${each.name}: ${each.title}`]).reverse(),
    of: view.origins.map((origin) => [origin, nameShort(origin)]),
    measure: Object.entries(MEASURES).filter(([measure]) => hasFlows || !isFlow({ measure })).map(([key, measure]) => [key, measure.name]),
    unit: units.map((unit) => [unit, UNITS[unit]]),
    level: Object.entries(LEVELS),
    scale: Object.entries(SCALES).filter(([key]) => key !== "share" || hasShare(view)),
    from: years, to: years,
  };
  for (const [id, list] of Object.entries(lists)) fillSelect(id, [["", list]], view[id]);
  get("unit-field").hidden = !units.length;
  get("level-field").hidden = view.measure !== "recognised";
  get("of-field").hidden = view.origins.length < 2;
  Object.assign(get("year"), { min: raw.first_year, max: release.newest, value: view.year });
  get("year-shown").textContent = view.year;
}

/** Fill in the eras of all studies, those of an origin shown first. */
function fillEras(view) {
  const studies = d3.sort(raw.studies, (study) => !view.origins.includes(study.origin));
  const groups = studies.map(({ study, origin, boundaries }) => [nameShort(origin), boundaries.map(({ name, title }) => [`${study}.${name}`, title])]);
  fillSelect("eras", [["", [["none", "No eras"]]], ...groups], view.eras);
}

function fillPlaces({ view, release, figures }) {
  const isOne = view.origins.length === 1;
  get("places-field").hidden = !isOne || !figures.hasPlaces;
  get("without-field").hidden = !isOne || !figures.main;
  if (!isOne) return;
  get("without-main-name").textContent = figures.main ? nameProse(figures.main) : "";
  for (const key of WITHOUT) get(`without-${key}`).checked = view.without === key;
  get("all").checked = view.all === 1;
  pickers.places(listPlaces(release, view.origins[0]), view.places, (code) => 2 + view.places.indexOf(code));
}

/** Set every control to the view. */
function showControls(model) {
  const { view, release } = model;
  pickers.origins(Object.keys(release.totals), view.origins, (code) => (view.origins.length > 1 ? view.origins.indexOf(code) : null));
  fillSelects(model);
  fillEras(view);
  fillPlaces(model);
}

/** Read what a control that changed asks for, as a change to the view. */
function readControl({ id, name, value, checked }) {
  if (name === "without") return { without: value };
  if (id === "all") return { all: checked ? 1 : 0 };
  if (NUMBERS.includes(id)) return { [id]: Number(value) };
  return ["release", "measure", "level", "eras", "of", "scale", "unit"].includes(id) ? { [id]: value } : null;
}

/** Set up the pickers; `change` is called with what they ask for. */
function setUpControls(change) {
  pickers = {
    origins: setUpPicker("origins", { noun: "origin", least: 1, choose: (origins) => change({ origins, eras: suggestEras(origins), places: [] }) }),
    places: setUpPicker("places", { noun: "destination", least: 0, choose: (places) => change({ places }) }),
  };
}
