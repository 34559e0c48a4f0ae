/* The data, decoded: a series is an array with one cell a year from the first year on; null is a
   year without a figure. Nothing here knows of the page. */
(function (E) {
  "use strict";

  /** Read `first:a,b,,d` as an array up to the release's newest year; null where nothing stands. */
  function decodeSeries(text, newest, firstYear) {
    const cells = new Array(newest - firstYear + 1).fill(null);
    if (!text) return cells;
    const [first, values] = text.split(":");
    values.split(",").forEach((value, place) => {
      const at = Number(first) + place;
      if (value !== "" && at < cells.length) cells[at] = isNaN(value) ? value : Number(value);
    });
    return cells;
  }

  function findRelease(raw, name) {
    return raw.releases.find((release) => release.name === name) || null;
  }

  function getNewest(raw) {
    return raw.releases[raw.releases.length - 1];
  }

  /** Look a series up by its path; "=" stands for what the newest release has there. */
  function lookUp(raw, release, path) {
    const walk = (from) => path.reduce((at, key) => (at === undefined || at === null ? at : at[key]), from);
    const text = walk(release);
    return decodeSeries(text === "=" ? walk(getNewest(raw)) : text, release.newest, raw.first_year);
  }

  /** Decode a mapping of codes to series that lies at a path. */
  function lookUpAll(raw, release, path) {
    const found = {};
    const codes = path.reduce((at, key) => (at ? at[key] : at), release) || {};
    for (const code of Object.keys(codes)) found[code] = lookUp(raw, release, [...path, code]);
    return found;
  }

  /** List an origin's measures in a release; an origin with totals only has `pending`. */
  function listMeasures(release, origin) {
    if (hasPlaces(release, origin)) return Object.keys(release.origins[origin].measures);
    return Object.hasOwn(release.totals, origin) ? ["pending"] : [];
  }

  function hasPlaces(release, origin) {
    return Object.hasOwn(release.origins, origin);
  }

  /** Decode one measure of an origin: its series, its destinations and its breaks. */
  function openMeasure(raw, release, origin, name) {
    if (!hasPlaces(release, origin)) return openTotals(raw, release, origin, name);
    const entry = release.origins[origin];
    const measure = entry.measures[name];
    const empty = () => decodeSeries("", release.newest, raw.first_year);
    const path = ["origins", origin, "measures", name];
    const series = (key) => (measure && measure.series[key] ? lookUp(raw, release, [...path, "series", key]) : empty());
    return {
      main: entry.main,
      total: series("total"), without: series("without"), rest: series("rest"),
      largest: series("largest"), lower: series("lower"), upper: series("upper"),
      undetermined: series("undetermined"),
      places: measure ? lookUpAll(raw, release, [...path, "places"]) : {},
      placesUpper: measure ? lookUpAll(raw, release, [...path, "places_upper"]) : {},
      breaks: measure ? measure.breaks : [],
      words: (measure && measure.words) || {},
    };
  }

  function openTotals(raw, release, origin, name) {
    const empty = () => decodeSeries("", release.newest, raw.first_year);
    const total = name === "pending" ? lookUp(raw, release, ["totals", origin]) : empty();
    return {
      main: null, total, without: empty(), rest: empty(), largest: empty(), lower: empty(), upper: empty(),
      undetermined: empty(), places: {}, placesUpper: {}, breaks: [], words: {},
    };
  }

  const divide = (value, by) => (value === null || by === null || by === undefined || by === 0 ? null : value / by);

  /** Turn claims pending into shares: of the world's, of those of all other destinations, of those there. */
  function shareOfWorld(raw, release, pending) {
    const world = lookUp(raw, release, ["world"]);
    const stocks = lookUpAll(raw, release, ["stocks"]);
    const at = (code, year) => (code && stocks[code] && stocks[code][year] !== null ? stocks[code][year] : 0);
    const over = (values, below) => values.map((value, year) => divide(value, below[year]));
    const less = (pick) => world.map((all, year) => (all === null ? null : all - at(pick(year), year)));
    const each = (places) =>
      Object.fromEntries(Object.keys(places).map((code) => [code, over(places[code], stocks[code] || [])]));
    return {
      ...pending,
      total: over(pending.total, world),
      lower: over(pending.lower, world),
      upper: over(pending.upper, world),
      without: over(pending.without, less(() => pending.main)),
      rest: over(pending.rest, less((year) => pending.largest[year])),
      places: each(pending.places),
      placesUpper: each(pending.placesUpper),
      stocks,
    };
  }

  E.figures = { decodeSeries, findRelease, getNewest, lookUp, lookUpAll, listMeasures, hasPlaces, openMeasure, shareOfWorld, divide };
})((globalThis.Explorer = globalThis.Explorer || {}));
