/* The data: a series is an array with one cell a year from the first year on; null is a year without
   a figure. Nothing here knows of the page. */

const { raw } = globalThis.Explorer ?? {};
const newest = raw?.releases.at(-1);

/** Lengthen cells to a release's newest year. */
const decode = (cells, release) =>
  Array.from({ length: release.newest - raw.first_year + 1 }, (_, place) => cells?.[place] ?? null);

const nameShort = (code) => (raw.names[code] || [code])[0];
const nameProse = (code) => (raw.names[code] || [code, code])[1];
const sortByName = (codes) => [...codes].sort((a, b) => nameShort(a).localeCompare(nameShort(b), "en"));
const listYears = (from, to) => d3.range(from, to + 1);
const findRelease = (name) => raw.releases.find((release) => release.name === name);
const findHalfYear = (release) => (release.period === "mid" ? release.newest : null);
const hasPlaces = (release, origin) => release.origins.includes(origin);
const hasFigures = (release, origin) => hasPlaces(release, origin) || Object.hasOwn(release.totals, origin);
const divide = (value, by) => (value == null || !by ? null : value / by);

/** Find what has been loaded of an origin in a release. */
const findOrigin = (release, origin) => Explorer.origins?.[`${release.name}/${origin}`];

/** Open one measure of an origin: its series, its destinations and its breaks. An origin without
 *  destinations has its total of claims pending. */
function openMeasure(release, origin, key) {
  const total = key === "pending" ? { total: release.totals[origin] } : {};
  const { main = null, reasons = [], measures = { [key]: { series: total } } } = findOrigin(release, origin) ?? {};
  const { breaks = [], series = {}, ...parts } = measures[key] ?? {};
  const readAll = (all = {}) => Object.fromEntries(Object.entries(all).map(([code, cells]) => [code, decode(cells, release)]));
  return {
    main, reasons, breaks, hasPlaces: hasPlaces(release, origin), get: (name) => decode(series[name], release),
    places: readAll(parts.places), lower: readAll(parts.places_lower), upper: readAll(parts.places_upper),
  };
}

/** List the codes of an origin's destinations in a release, whatever the measure. */
function listPlaces(release, origin) {
  if (!hasPlaces(release, origin)) return [];
  const { measures } = findOrigin(release, origin);
  return [...new Set(Object.values(measures).flatMap((measure) => Object.keys(measure.places || {})))].sort();
}
