/* The data, decoded: a series is an array with one cell a year from the first year on; null is a
   year without a figure. Nothing here knows of the page. */
(function (E) {
  "use strict";

  const NEVER = { series: {}, places: {}, breaks: [], words: {} };

  /** Read `first:a,b,,d` as an array up to the release's newest year. */
  function decode(text, newest, firstYear) {
    const cells = new Array(newest - firstYear + 1).fill(null);
    const [first, values] = (text || ":").split(":");
    values.split(",").forEach((value, place) => {
      const at = Number(first) + place;
      if (value !== "" && at < cells.length) cells[at] = isNaN(value) ? value : Number(value);
    });
    return cells;
  }

  const findRelease = (raw, name) => raw.releases.find((release) => release.name === name) || null;
  const getNewest = (raw) => raw.releases[raw.releases.length - 1];
  const hasPlaces = (release, origin) => release.origins.includes(origin);
  const has = (release, origin) => hasPlaces(release, origin) || Object.hasOwn(release.totals, origin);
  const divide = (value, by) => (value === null || by === null || by === undefined || by === 0 ? null : value / by);

  /** Open one measure of an origin: its series, its destinations and its breaks; "=" is what the
   *  newest release has there. An origin without destinations has its total of claims pending. */
  function open(raw, release, origin, key) {
    const read = (text, newer) => decode(text === "=" ? newer : text, release.newest, raw.first_year);
    if (!hasPlaces(release, origin)) {
      const total = key === "pending" ? release.totals[origin] : "";
      const series = { total: read(total, getNewest(raw).totals[origin]) };
      return { ...NEVER, main: null, reasons: [], hasPlaces: false, get: (name) => series[name] || read(""), upper: {}, lower: {} };
    }
    const entry = E.origins[origin][release.name];
    const measure = entry.measures[key] || NEVER;
    const newer = Object.values(E.origins[origin])[0].measures[key] || NEVER;
    const all = (part) =>
      Object.fromEntries(Object.entries(measure[part] || {}).map(([code, text]) => [code, read(text, newer[part]?.[code])]));
    return {
      main: entry.main, reasons: entry.reasons, hasPlaces: true, breaks: measure.breaks, words: measure.words || {},
      get: (name) => read(measure.series[name], newer.series[name]),
      places: all("places"), lower: all("places_lower"), upper: all("places_upper"),
    };
  }

  /** List the codes of an origin's destinations in a release, whatever the measure. */
  function listPlaces(release, origin) {
    if (!hasPlaces(release, origin)) return [];
    const { measures } = E.origins[origin][release.name];
    return [...new Set(Object.values(measures).flatMap((measure) => Object.keys(measure.places || {})))].sort();
  }

  /** Return all origins' figures of a measure by year, or null where there are none. */
  function openWorld(raw, release, key) {
    const text = release.world[key];
    return text ? decode(text, release.newest, raw.first_year) : null;
  }

  E.figures = { decode, findRelease, getNewest, hasPlaces, has, divide, open, openWorld, listPlaces };
})((globalThis.Explorer = globalThis.Explorer || {}));
