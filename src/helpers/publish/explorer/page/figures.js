/* The data, decoded: a series is an array with one cell a year from the first year on; null is a
   year without a figure. Nothing here knows of the page. */

const { raw } = globalThis.Explorer ?? {};
const newest = raw?.releases.at(-1);

/** Read `first:a,b,,d` as an array up to a release's newest year. */
function decode(text, release) {
  const cells = new Array(release.newest - raw.first_year + 1).fill(null);
  const [first, values] = (text || ":").split(":");
  values.split(",").forEach((value, place) => {
    const at = Number(first) + place;
    if (value !== "" && at < cells.length) cells[at] = isNaN(value) ? value : Number(value);
  });
  return cells;
}

const nameShort = (code) => (raw.names[code] || [code])[0];
const nameProse = (code) => (raw.names[code] || [code, code])[1];
const sortByName = (codes) => [...codes].sort((a, b) => nameShort(a).localeCompare(nameShort(b), "en"));
const listYears = (from, to) => d3.range(from, to + 1);
const findRelease = (name) => raw.releases.find((release) => release.name === name);
const findHalfYear = (release) => (release.period === "mid" ? release.newest : null);
const hasPlaces = (release, origin) => release.origins.includes(origin);
const hasFigures = (release, origin) => hasPlaces(release, origin) || Object.hasOwn(release.totals, origin);
const divide = (value, by) => (value == null || !by ? null : value / by);

/** Open one measure of an origin: its series, its destinations and its breaks; "=" is what the
 *  newest release has there. An origin without destinations has its total of claims pending. */
function openMeasure(release, origin, key) {
  const read = (text, newer) => decode(text === "=" ? newer : text, release);
  if (!hasPlaces(release, origin)) {
    const total = key === "pending" && read(release.totals[origin], newest.totals[origin]);
    const get = (name) => (name === "total" && total) || read("");
    return { main: null, reasons: [], breaks: [], words: {}, places: {}, upper: {}, lower: {}, hasPlaces: false, get };
  }
  const releases = Explorer.origins[origin];
  const { main, reasons, measures } = releases[release.name];
  const { breaks = [], words = {}, series = {}, ...places } = measures[key] ?? {};
  const newer = Object.values(releases)[0].measures[key] ?? {};
  const readAll = (part) =>
    Object.fromEntries(Object.entries(places[part] ?? {}).map(([code, text]) => [code, read(text, newer[part]?.[code])]));
  return {
    main, reasons, breaks, words, hasPlaces: true, get: (name) => read(series[name], newer.series?.[name]),
    places: readAll("places"), lower: readAll("places_lower"), upper: readAll("places_upper"),
  };
}

/** List the codes of an origin's destinations in a release, whatever the measure. */
function listPlaces(release, origin) {
  if (!hasPlaces(release, origin)) return [];
  const { measures } = Explorer.origins[origin][release.name];
  return [...new Set(Object.values(measures).flatMap((measure) => Object.keys(measure.places || {})))].sort();
}
