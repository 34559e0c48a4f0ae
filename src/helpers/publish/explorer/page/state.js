/* A view as a link: `#v=1&release=…&origin=…`. The version says how the rest is read; an older one
   is brought up to date step by step, and what cannot be honoured is said and replaced by the
   nearest valid choice. */
(function (E) {
  "use strict";

  const VERSION = 1;
  /* From version n to n + 1: a function that takes and returns plain parameters. */
  const UPGRADES = {};
  const KEYS = ["release", "origin", "measure", "unit", "level", "places", "all", "without", "year", "from", "to", "eras", "top"];
  const TOPS = [5, 10, 20];
  const WITHOUT = ["none", "main", "largest"];
  const MOST_PLACES = 5;

  /** Read a link's part after "#" as plain parameters, whatever the case of its letters; the first of
   * a repeated key counts. */
  function readParameters(hash) {
    const pairs = [...new URLSearchParams(hash.replace(/^#/, ""))].map(([key, value]) => {
      const name = key.toLowerCase();
      return [name, ["origin", "places"].includes(name) ? value.toUpperCase() : value.toLowerCase()];
    });
    return Object.fromEntries(pairs.reverse());
  }

  /** Bring parameters of an older version up to date; say so where a version is named that is not
   * known. A link typed by hand names none. */
  function upgrade(parameters, steps = UPGRADES, current = VERSION) {
    const { v, ...rest } = parameters;
    const notes = [];
    let version = /^[1-9]\d{0,3}$/.test(v ?? String(current)) ? Number(v ?? current) : null;
    if (version === null) {
      notes.push(`The link names no version of its own that is known here; it was read as version ${current}.`);
      version = current;
    } else if (version > current) {
      notes.push(`The link was made by a later version of this page (${version}; this is ${current}); what is known here was read.`);
      version = current;
    }
    let updated = rest;
    for (; version < current; version += 1) if (steps[version]) updated = steps[version](updated);
    return { parameters: updated, notes };
  }

  /** Write a view as a link, everything in it, so that it stays the same when defaults change. */
  function writeHash(view) {
    const query = new URLSearchParams({ v: String(VERSION) });
    for (const key of KEYS) {
      if (!isUsed(view, key)) continue;
      query.set(key, key === "places" ? view.places.join(".") : String(view[key]));
    }
    return `#${query.toString()}`;
  }

  function isUsed(view, key) {
    const measure = E.measures.MEASURES[view.measure];
    if (key === "unit") return measure.hasUnits;
    if (key === "level") return measure.hasLevels;
    return true;
  }

  /** Return the view that a bare address shows. */
  function makeDefault(raw) {
    const release = E.figures.getNewest(raw);
    const origin = E.figures.hasPlaces(release, "CHN") ? "CHN" : Object.keys(release.origins)[0];
    return fit(raw, { release: release.name, origin, measure: "pending", unit: "persons", level: "first",
      places: [], all: 1, without: "main", year: release.newest, from: raw.first_year, to: release.newest,
      eras: suggestEras(raw, origin), top: 10 }).view;
  }

  /** Return the first boundary of the origin's own study, or none. */
  function suggestEras(raw, origin) {
    const study = raw.studies.find((each) => each.origin === origin);
    return study ? `${study.study}.${study.boundaries[0].name}` : "none";
  }

  function findBoundary(raw, eras) {
    const at = String(eras).indexOf(".");
    const study = raw.studies.find((each) => each.study === eras.slice(0, at));
    return (study && study.boundaries.find((each) => each.name === eras.slice(at + 1))) || null;
  }

  /** Read a link: the nearest valid view, and a sentence for each thing that it could not honour. */
  function readHash(raw, hash) {
    const base = makeDefault(raw);
    if (hash.length < 2) return { view: base, notes: [] };
    const { parameters, notes } = upgrade(readParameters(hash));
    const unknown = Object.keys(parameters).filter((key) => !KEYS.includes(key));
    if (unknown.length) notes.push(`The link holds what this page does not know: ${unknown.join(", ")}.`);
    const asked = { ...base, ...readTyped(parameters, notes) };
    if (!("eras" in parameters)) asked.eras = suggestEras(raw, asked.origin);
    if (!("year" in parameters)) asked.year = null;
    if (!("to" in parameters)) asked.to = null;
    const fitted = fit(raw, asked);
    return { view: fitted.view, notes: [...notes, ...fitted.notes] };
  }

  /** Turn a link's texts into a view's types; what is no number is said and left out. */
  function readTyped(parameters, notes) {
    const typed = {};
    for (const key of KEYS) {
      if (!(key in parameters)) continue;
      const text = parameters[key];
      if (key === "places") typed.places = text.split(".").filter(Boolean);
      else if (["year", "from", "to", "all", "top"].includes(key)) {
        if (/^\d{1,4}$/.test(text)) typed[key] = Number(text);
        else notes.push(`${key} must be a whole number, not “${text}”.`);
      } else typed[key] = text;
    }
    return typed;
  }

  /** Fit a view to what is on file, part by part, and say what had to give way. */
  function fit(raw, asked) {
    const notes = [];
    const view = { ...asked };
    fitRelease(raw, view, notes);
    const release = E.figures.findRelease(raw, view.release);
    fitMeasure(raw, release, view, notes);
    fitYears(raw, release, view, notes);
    fitPlaces(raw, release, view, notes);
    fitChoices(raw, view, notes);
    return { view, notes };
  }

  function fitRelease(raw, view, notes) {
    const newest = E.figures.getNewest(raw);
    if (!E.figures.findRelease(raw, view.release)) {
      notes.push(`Release “${view.release}” is not on file; ${newest.name} is shown.`);
      view.release = newest.name;
    }
    const release = E.figures.findRelease(raw, view.release);
    if (E.figures.listMeasures(release, view.origin).length) return;
    const instead = E.figures.hasPlaces(release, "CHN") ? "CHN" : Object.keys(release.origins)[0];
    notes.push(`Origin “${view.origin}” has no figure in release ${view.release}; ${E.model.nameShort(raw, instead)} is shown.`);
    view.origin = instead;
  }

  function fitMeasure(raw, release, view, notes) {
    if (!Object.hasOwn(E.measures.MEASURES, view.measure)) {
      notes.push(`Measure “${view.measure}” is not known; claims pending are shown.`);
      view.measure = "pending";
    }
    if (!E.figures.hasPlaces(release, view.origin) && E.measures.MEASURES[view.measure].kind === "flow") {
      notes.push(`For ${E.model.nameProse(raw, view.origin)} release ${view.release} holds totals of claims pending only; they are shown.`);
      view.measure = "pending";
    }
    for (const [key, known] of [["unit", E.measures.UNITS], ["level", E.measures.LEVELS]]) {
      if (known.includes(view[key])) continue;
      if (isUsed(view, key)) notes.push(`${E.words.capitalise(key)} “${view[key]}” is not known; ${known[0]} is shown.`);
      view[key] = known[0];
    }
  }

  function fitYears(raw, release, view, notes) {
    const least = raw.first_year;
    const most = release.newest;
    const clamp = (key, fallback) => {
      if (view[key] === null) view[key] = fallback;
      const fitted = Math.min(Math.max(view[key], least), most);
      if (fitted !== view[key]) notes.push(`Year ${view[key]} lies outside release ${release.name}, which covers ${least} to ${most}; ${fitted} is shown.`);
      view[key] = fitted;
    };
    clamp("from", least);
    clamp("to", most);
    if (view.from > view.to) {
      notes.push(`The first year ${view.from} lies after the last ${view.to}; they were swapped.`);
      [view.from, view.to] = [view.to, view.from];
    }
    clamp("year", view.to);
  }

  function fitPlaces(raw, release, view, notes) {
    const known = E.model.listPlaces(raw, release, view.origin);
    const asked = [...new Set(view.places)];
    const lost = asked.filter((code) => !known.includes(code));
    if (lost.length) notes.push(`No figure of this origin is on file at: ${E.words.joinNames(lost.map((code) => E.model.nameShort(raw, code)))}.`);
    const kept = asked.filter((code) => known.includes(code));
    if (kept.length > MOST_PLACES) notes.push(`At most ${MOST_PLACES} destinations are drawn; the first ${MOST_PLACES} are shown.`);
    view.places = kept.slice(0, MOST_PLACES);
  }

  function fitChoices(raw, view, notes) {
    if (!WITHOUT.includes(view.without)) {
      notes.push(`“${view.without}” is no way to leave a destination out; all are shown.`);
      view.without = "none";
    }
    if (view.eras !== "none" && !findBoundary(raw, view.eras)) {
      notes.push(`Eras “${view.eras}” are not on file; none are shown.`);
      view.eras = "none";
    }
    if (!TOPS.includes(view.top)) {
      const nearest = TOPS.reduce((a, b) => (Math.abs(b - view.top) < Math.abs(a - view.top) ? b : a));
      notes.push(`A ranking shows ${E.words.joinNames(TOPS.map(String), "or")} bars, not ${view.top}; ${nearest} are shown.`);
      view.top = nearest;
    }
    view.all = view.all === 0 && view.places.length ? 0 : 1;
  }

  E.state = { VERSION, KEYS, TOPS, WITHOUT, MOST_PLACES, readParameters, upgrade, writeHash, readHash, makeDefault, suggestEras, findBoundary, fit };
})((globalThis.Explorer = globalThis.Explorer || {}));
