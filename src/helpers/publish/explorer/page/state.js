/* A view as a link: `#release=…&origin=…`. What cannot be honoured is said and replaced by the nearest
   valid choice. */

const LISTS = { origins: "origin", places: "places" };
const NUMBERS = ["year", "from", "to", "all"];
const PASSED_OVER = ["embed", "v", "top"]; // of the last two, older links have either
const WITHOUT = ["none", "main", "largest"];
const MOST = 5;

/** Return the view that a bare address shows; its keys, in this order, are a link's. */
function makeDefault() {
  const origin = hasFigures(newest, "CHN") ? "CHN" : Object.keys(newest.totals)[0];
  return {
    release: newest.name, origins: [origin], measure: "pending", unit: "range", level: "first", scale: "count", places: [],
    all: 1, without: "main", of: null, year: null, from: null, to: null, eras: null,
  };
}

/** Read a link's part after "#" as plain parameters, whatever the case of its letters; lists that are
 * given in parts are put together, and of another repeated key the first counts. */
function readParameters(hash, notes) {
  const given = d3.group(new URLSearchParams(hash.replace(/^#/, "")), ([key]) => key.toLowerCase());
  return Object.fromEntries([...given].map(([name, pairs]) => {
    const values = pairs.map((pair) => pair[1]);
    if (Object.values(LISTS).includes(name)) return [name, values.join(",")];
    if (values.length > 1) notes.push(`The link gives ${name} more than once; the first, “${values[0]}”, counts.`);
    return [name, name === "of" ? values[0].toUpperCase() : values[0].toLowerCase()];
  }));
}

/** List the codes in a text that parts codes or countries' names. */
function readCodes(text) {
  const codes = new Map(Object.keys(raw.names).map((code) => [fold(nameShort(code)), code]));
  const parts = text.split(/[.,]+/).flatMap((part) => codes.get(fold(part).trim()) ?? part.split(/[\s+]+/));
  return [...new Set(parts.filter(Boolean).map((part) => codes.get(fold(part)) ?? part.toUpperCase()))];
}

/** Write a view as a link, everything in it, so that it stays the same when defaults change. */
function writeHash(view) {
  const query = new URLSearchParams();
  for (const key of Object.keys(makeDefault()).filter((each) => isUsed(view, each))) {
    query.set(LISTS[key] || key, key in LISTS ? view[key].join(key === "origins" ? "," : ".") : String(view[key]));
  }
  return `#${query.toString().replaceAll("%2C", ",")}`;
}

function isUsed(view, key) {
  if (key === "unit") return MEASURES[view.measure].units.length > 0;
  if (key === "level") return view.measure === "recognised";
  return key !== "of" || view.origins.length > 1;
}

/** Return the first boundary of the only origin's own study, or none. */
function suggestEras(origins) {
  const study = origins.length === 1 && raw.studies.find((each) => each.origin === origins[0]);
  return study ? `${study.study}.${study.boundaries[0].name}` : "none";
}

function findBoundary(eras) {
  const [name, boundary] = eras.split(/\.(.*)/);
  return raw.studies.find((each) => each.study === name)?.boundaries.find((each) => each.name === boundary) ?? null;
}

/** Read a link: what it asks for, and a sentence for each thing that cannot be read. */
function readHash(hash) {
  const notes = [];
  const parameters = readParameters(hash, notes);
  const view = makeDefault();
  const known = [...Object.keys(view).map((key) => LISTS[key] || key), ...PASSED_OVER];
  const unknown = Object.keys(parameters).filter((key) => !known.includes(key));
  if (unknown.length) notes.push(`The link holds what this page does not know: ${unknown.join(", ")}.`);
  for (const key of Object.keys(view)) {
    const text = parameters[LISTS[key] || key];
    if (text === undefined) continue;
    if (key in LISTS) view[key] = readCodes(text);
    else if (!NUMBERS.includes(key)) view[key] = text;
    else if (/^\d{1,4}$/.test(text)) view[key] = Number(text);
    else notes.push(`${capitalise(key)} must be a whole number, not “${text}”.`);
  }
  return { asked: view, notes };
}

/** Fit what is asked to the releases: which one, and which origins; their data may then be loaded. */
function fitOrigins(asked) {
  const notes = [];
  const release = findRelease(asked.release) ?? newest;
  if (release.name !== asked.release) notes.push(`There is no release “${asked.release}”; ${release.name} is shown.`);
  const [known, lost] = [true, false].map((wanted) => asked.origins.filter((origin) => hasFigures(release, origin) === wanted));
  if (known.length > MOST) notes.push(`At most ${MOST} origins are drawn; the first ${MOST} are shown.`);
  const origins = known.length ? known.slice(0, MOST) : makeDefault().origins;
  const shown = `${joinNames(origins.map(nameShort))} ${origins.length > 1 ? "are" : "is"} shown`;
  for (const code of lost) notes.push(`Origin “${code}” has no figure in release ${release.name}; ${shown}.`);
  return { view: { ...asked, release: release.name, origins }, notes };
}

/** Fit the rest, part by part, once the origins' data are there. */
function fitRest(asked) {
  const notes = [];
  const view = { ...asked };
  const release = findRelease(view.release);
  fitMeasure(release, view, notes);
  fitYears(release, view, notes);
  fitPlaces(release, view, notes);
  view.eras ??= suggestEras(view.origins);
  if (view.eras !== "none" && !findBoundary(view.eras)) {
    notes.push(`There are no eras “${view.eras}”; none are shown.`);
    view.eras = "none";
  }
  return { view, notes };
}

function fitMeasure(release, view, notes) {
  if (!Object.hasOwn(MEASURES, view.measure)) {
    notes.push(`Measure “${view.measure}” is not known; claims pending are shown.`);
    view.measure = "pending";
  }
  const bare = view.origins.filter((origin) => !hasPlaces(release, origin));
  if (bare.length && isFlow(view)) {
    notes.push(`For ${joinNames(bare.map(nameProse))} release ${view.release} holds totals of claims pending only; they are shown.`);
    view.measure = "pending";
  }
  const { units } = MEASURES[view.measure];
  for (const [key, known] of [["unit", units], ["level", Object.keys(LEVELS)], ["scale", Object.keys(SCALES)]]) {
    if (known.includes(view[key]) || !known.length) continue;
    if (isUsed(view, key) && !(key === "unit" && view.unit === "range")) notes.push(`${capitalise(key)} “${view[key]}” is not known here; ${known[0]} is shown.`);
    view[key] = known[0];
  }
  if (view.scale === "share" && !hasShare(view)) {
    notes.push("A share is given of claims pending, and of new claims reported in persons or in cases; numbers are shown.");
    view.scale = "count";
  }
}

function fitYears(release, view, notes) {
  const [least, most] = [raw.first_year, release.newest];
  const clamp = (key, fallback) => {
    const asked = view[key] ?? fallback;
    view[key] = Math.min(Math.max(asked, least), most);
    if (view[key] !== asked) notes.push(`Year ${asked} lies outside release ${release.name}, which covers ${least} to ${most}; ${view[key]} is shown.`);
  };
  clamp("from", least);
  clamp("to", most);
  if (view.from > view.to) {
    notes.push(`The first year ${view.from} lies after the last ${view.to}; they were swapped.`);
    [view.from, view.to] = [view.to, view.from];
  }
  clamp("year", view.to);
}

function fitPlaces(release, view, notes) {
  const [origin, ...others] = view.origins;
  const known = listPlaces(release, origin);
  const kept = others.length ? [] : view.places.filter((code) => known.includes(code));
  const lost = view.places.filter((code) => !known.includes(code));
  if (others.length && view.places.length) notes.push("Destinations are drawn for one origin alone; the origins’ totals are shown.");
  else if (lost.length) notes.push(`No figure from ${nameProse(origin)} is reported at: ${joinNames(lost.map(nameShort))}.`);
  if (kept.length > MOST) notes.push(`At most ${MOST} destinations are drawn; the first ${MOST} are shown.`);
  view.places = kept.slice(0, MOST);
  if (!WITHOUT.includes(view.without)) {
    notes.push(`“${view.without}” is no way to leave a destination out; all are shown.`);
    view.without = "none";
  }
  view.all = view.all === 0 && view.places.length ? 0 : 1;
  if (!view.origins.includes(view.of)) {
    if (view.of) notes.push(`“${view.of}” is not among the origins shown; the map is of ${nameProse(origin)}.`);
    view.of = origin;
  }
}
