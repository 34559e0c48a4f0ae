/* What a view shows: its lines, its ranking, its eras and its breaks, chosen from the figures. */
(function (E) {
  "use strict";

  /* Which series a break touches, as bits: the total, the destination's own, and the total without
     the main or without each year's largest destination. */
  const TOUCHES = { all: 1, place: 2, main: 4, largest: 8 };

  function nameShort(raw, code) {
    return (raw.names[code] || [code])[0];
  }

  function nameProse(raw, code) {
    const names = raw.names[code] || [code];
    return names[1] || names[0];
  }

  function listYears(from, to) {
    return Array.from({ length: to - from + 1 }, (_, place) => from + place);
  }

  /** List the codes of an origin's destinations in a release, whatever the measure, by code. */
  function listPlaces(raw, release, origin) {
    const entry = release.origins[origin];
    if (!entry) return [];
    const codes = Object.values(entry.measures).flatMap((measure) => Object.keys(measure.places || {}));
    return [...new Set(codes)].sort();
  }

  /** Open the figures of a view's measure; shares are divided here, nothing else is computed. */
  function openFigures(raw, release, view) {
    const figures = E.figures.openMeasure(raw, release, view.origin, E.measures.findKey(view));
    return view.measure === "share" ? E.figures.shareOfWorld(raw, release, figures) : figures;
  }

  /** Return a flow's last year where the release ends at mid-year, else null. */
  function findHalfYear(release) {
    return release.period === "mid" ? release.newest : null;
  }

  /** Collect the status codes of a series by year: those of its breaks, and p at mid-year. */
  function findStatus(raw, release, figures, bit, code) {
    const codes = {};
    const add = (year, more) => (codes[year] = new Set([...(codes[year] || []), ...more]));
    for (const [year, asylum, kind, , , touched] of figures.breaks) {
      if (touched & bit && (bit !== TOUCHES.place || asylum === code)) add(year, raw.kinds[kind][2].split(" "));
    }
    if (findHalfYear(release)) add(release.newest, ["p"]);
    return (year) => [...(codes[year] || [])].sort().join(" ");
  }

  function makeLine(raw, release, figures, years, line) {
    const at = (cells) => years.map((year) => (cells ? cells[year - raw.first_year] ?? null : null));
    const values = at(line.cells);
    const say = findStatus(raw, release, figures, line.bit, line.code);
    const status = years.map((year, place) => (values[place] === null ? "" : say(year)));
    const upper = at(line.upper).map((most, place) => (most !== null && values[place] !== null && most > values[place] ? most : null));
    return { ...line, values, upper, status, broken: years.filter((year, place) => /[bd]/.test(status[place])) };
  }

  /** Make the lines of a view: all destinations, without one, and the chosen ones. */
  function makeLines(raw, release, figures, view, years) {
    const lines = [];
    if (view.all) lines.push({ key: "all", name: "All destinations", cells: figures.total, upper: figures.upper, bit: TOUCHES.all, style: 0 });
    if (view.without === "main" && figures.main) {
      const name = `Without ${nameProse(raw, figures.main)}`;
      lines.push({ key: "without", name, cells: figures.without, bit: TOUCHES.main, style: 1 });
    }
    if (view.without === "largest" && E.figures.hasPlaces(release, view.origin)) {
      lines.push({ key: "without", name: "Without each year’s largest", cells: figures.rest, bit: TOUCHES.largest, style: 1 });
    }
    view.places.forEach((code, place) =>
      lines.push({ key: code, code, name: nameShort(raw, code), cells: figures.places[code], upper: figures.placesUpper[code], bit: TOUCHES.place, style: 2 + place })
    );
    return lines.map((line) => makeLine(raw, release, figures, years, line));
  }

  /** Rank the destinations of one year; equal figures share the better rank, none takes none. */
  function rankPlaces(raw, release, figures, view) {
    const at = view.year - raw.first_year;
    const rows = Object.keys(figures.places)
      .map((code) => ({ code, name: nameShort(raw, code), value: figures.places[code][at], upper: (figures.placesUpper[code] || [])[at] ?? null }))
      .filter((row) => row.value !== null);
    const sum = rows.reduce((total, row) => total + row.value, 0);
    const isShare = view.measure === "share";
    const fits = (row) => row.value > 0 && (!isShare || (figures.stocks[row.code] || [])[at] >= raw.fewest);
    for (const row of rows) {
      row.share = isShare ? null : E.figures.divide(row.value, sum);
      row.rank = fits(row) ? 1 + rows.filter((other) => fits(other) && other.value > row.value).length : null;
      row.status = findStatus(raw, release, figures, TOUCHES.place, row.code)(view.year);
    }
    return rows.sort((a, b) => (a.rank ?? 1e9) - (b.rank ?? 1e9) || b.value - a.value || (a.code < b.code ? -1 : 1));
  }

  /** Clip an era, given as name, phrase, first and last year, to the years shown. */
  function clipEra([name, phrase, first, last], years) {
    const from = Math.max(first ?? years[0], years[0]);
    const to = Math.min(last ?? years[years.length - 1], years[years.length - 1]);
    return from > to ? null : { name, phrase, from, to };
  }

  /** Summarise one line over one era: a half-year's flow enters the total and nothing else. */
  function summarise(line, years, era, kind, halfYear) {
    const points = years.map((year, place) => [year, line.values[place]]).filter(([year, value]) => value !== null && year >= era.from && year <= era.to);
    const whole = kind === "flow" ? points.filter(([year]) => year !== halfYear) : points;
    const add = (some) => some.reduce((total, point) => total + point[1], 0);
    const find = (year) => (whole.find((point) => point[0] === year) || [null, null])[1];
    const [first, last] = [find(era.from), find(era.to)];
    return {
      ...era, first, last,
      total: kind === "flow" && points.length ? add(points) : null,
      mean: whole.length ? add(whole) / whole.length : null,
      ratio: E.figures.divide(last, first),
      known: points.length, length: era.to - era.from + 1,
      hasHalfYear: points.some(([year]) => year === halfYear),
    };
  }

  const FEWEST_FOR_RATIO = 100; // claims a year in the earlier era, as in the study's own tables

  /** Compare each line's means between the two eras that the boundary names. */
  function compareEras(raw, release, lines, view, years) {
    const boundary = E.state.findBoundary(raw, view.eras);
    if (!boundary) return null;
    const kind = E.measures.MEASURES[view.measure].kind;
    const eras = boundary.eras.map((era) => clipEra(era, years)).filter(Boolean);
    const rows = lines.map((line) => {
      const cells = eras.map((era) => summarise(line, years, era, kind, findHalfYear(release)));
      const [earlier, later] = boundary.compare.map((name) => cells.find((cell) => cell.name === name));
      const isFew = Boolean(earlier) && earlier.mean !== null && kind !== "share" && earlier.mean < FEWEST_FOR_RATIO;
      const ratio = earlier && later && !isFew ? E.figures.divide(later.mean, earlier.mean) : null;
      const isThin = ratio !== null && [earlier, later].some((cell) => cell.known * 2 < cell.length);
      return { line, cells, ratio, isFew, isThin };
    });
    return { boundary, eras, rows, kind };
  }

  /** List the breaks that touch the lines shown, in the years shown. */
  function listBreaks(raw, figures, lines, years) {
    const found = [];
    for (const [year, asylum, kind, effect, reason, touched] of figures.breaks) {
      if (year < years[0] || year > years[years.length - 1]) continue;
      const hit = lines.filter((line) => touched & line.bit && (line.bit !== TOUCHES.place || line.code === asylum));
      if (hit.length) found.push({ year, asylum, kind: raw.kinds[kind], effect, reason: raw.reasons[reason] || "", lines: hit });
    }
    return found;
  }

  /** Build everything that a view shows. */
  function build(raw, view) {
    const release = E.figures.findRelease(raw, view.release);
    const figures = openFigures(raw, release, view);
    const years = listYears(view.from, view.to);
    const lines = makeLines(raw, release, figures, view, years);
    const total = makeLine(raw, release, figures, years, { key: "all", name: "All destinations", cells: figures.total, upper: figures.upper, bit: TOUCHES.all });
    const lost = years.filter((year) => figures.undetermined[year - raw.first_year] && figures.total[year - raw.first_year] !== null);
    return {
      view, release, figures, years, lines, total,
      halfYear: findHalfYear(release),
      hasPlaces: E.figures.hasPlaces(release, view.origin),
      undetermined: lost.map((year) => [year, figures.undetermined[year - raw.first_year].split(" ")]),
      ranking: rankPlaces(raw, release, figures, view),
      eras: compareEras(raw, release, lines, view, years),
      breaks: listBreaks(raw, figures, lines, years),
      words: figures.words,
    };
  }

  E.model = { TOUCHES, FEWEST_FOR_RATIO, nameShort, nameProse, listYears, listPlaces, rankPlaces, summarise, clipEra, build };
})((globalThis.Explorer = globalThis.Explorer || {}));
