/* What a view shows: its lines, its ranking, its eras and its breaks, chosen from the figures. */
(function (E) {
  "use strict";

  /* Which series a break touches, as bits: the total, the destination's own, and the total without
     the main or without each year's largest destination. */
  const TOUCHES = { all: 1, place: 2, main: 4, largest: 8 };
  const FEWEST_FOR_RATIO = 100; // in the year or era that others are divided by, as in the study's own tables

  const nameShort = (raw, code) => (raw.names[code] || [code])[0];
  const nameProse = (raw, code) => (raw.names[code] || [code, code])[1];
  const listYears = (from, to) => Array.from({ length: to - from + 1 }, (_, place) => from + place);
  const findHalfYear = (release) => (release.period === "mid" ? release.newest : null);

  /** Collect the status codes of a series by year: those of its breaks, and p at mid-year. */
  function findStatus(raw, release, figures, { bit, code }) {
    const codes = {};
    const add = (year, more) => (codes[year] = new Set([...(codes[year] || []), ...more]));
    for (const [year, asylum, kind, , , touched] of figures.breaks) {
      if (touched & bit && (bit !== TOUCHES.place || asylum === code)) add(year, raw.kinds[kind][2].split(" "));
    }
    if (findHalfYear(release)) add(release.newest, ["p"]);
    return (year) => [...(codes[year] || [])].sort().join(" ");
  }

  function makeLine(raw, release, years, line) {
    const at = (cells) => years.map((year) => (cells ? (cells[year - raw.first_year] ?? null) : null));
    const values = at(line.cells);
    const say = findStatus(raw, release, line.figures, line);
    const status = years.map((year, place) => (values[place] === null ? "" : say(year)));
    const above = (most, place) => (most !== null && values[place] !== null && most > values[place] ? most : null);
    const broken = years.filter((year, place) => /[bd]/.test(status[place]));
    return { ...line, values, lower: at(line.lower), upper: at(line.upper).map(above), whole: at(line.whole), status, broken };
  }

  /** Make the lines: the origins' totals, or one origin's, also without a destination, and those of
   *  the destinations chosen. */
  function makeLines(raw, release, view, opened, world) {
    const total = (origin, style, name) => {
      const figures = opened[origin];
      const [cells, lower, upper] = ["total", "lower", "upper"].map(figures.get);
      return { key: name ? "all" : origin, origin, name: name || nameShort(raw, origin), figures, cells, lower, upper, whole: world, bit: TOUCHES.all, style };
    };
    if (view.origins.length > 1) return view.origins.map((origin, place) => total(origin, place));
    const [origin] = view.origins;
    const figures = opened[origin];
    const lines = view.all ? [total(origin, 0, "All destinations")] : [];
    const without = { key: "without", origin, figures, style: 1 };
    if (view.without === "main" && figures.main) {
      const name = `Without ${nameProse(raw, figures.main)}`;
      lines.push({ ...without, name, cells: figures.get("without"), whole: figures.get("world_without"), bit: TOUCHES.main });
    } else if (view.without === "largest" && figures.hasPlaces) {
      const name = "Without each year’s largest";
      lines.push({ ...without, name, cells: figures.get("rest"), whole: figures.get("world_rest"), bit: TOUCHES.largest });
    }
    return lines.concat(view.places.map((code, place) => ({
      key: code, code, origin, name: nameShort(raw, code), figures, cells: figures.places[code], lower: figures.lower[code],
      upper: figures.upper[code], whole: figures.get("total"), bit: TOUCHES.place, style: 2 + place,
    })));
  }

  /** Turn a line's figures into shares of a whole, or into an index of its figure in a base year;
   * `unit` is how many claims one point of the index stands for. */
  function scale(line, view, at) {
    const by = (place) => (view.scale === "share" ? line.whole[place] : line.values[at] / 100);
    const over = (cells) => cells.map((value, place) => E.figures.divide(value, by(place)));
    return { ...line, counts: line.values, unit: view.scale === "index" ? by(at) : 1, values: over(line.values), lower: over(line.lower), upper: over(line.upper) };
  }

  /** Rank the destinations of one year; equal figures share the better rank, none takes none. */
  function rankPlaces(raw, release, figures, view) {
    const at = view.year - raw.first_year;
    const rows = Object.entries(figures.places)
      .map(([code, cells]) => ({ code, name: nameShort(raw, code), value: cells[at], lower: figures.lower[code]?.[at] ?? null, upper: figures.upper[code]?.[at] ?? null }))
      .filter((row) => row.value !== null);
    const sum = d3.sum(rows, (row) => row.value);
    for (const row of rows) {
      row.share = E.figures.divide(row.value, sum);
      row.rank = row.value > 0 ? 1 + rows.filter((other) => other.value > row.value).length : null;
      row.status = findStatus(raw, release, figures, { bit: TOUCHES.place, code: row.code })(view.year);
    }
    return rows.sort((a, b) => (a.rank ?? 1e9) - (b.rank ?? 1e9) || (a.code < b.code ? -1 : 1));
  }

  /** Clip an era, given as name, phrase, first and last year, to the years shown. */
  function clipEra([name, phrase, first, last], view) {
    const from = Math.max(first ?? view.from, view.from);
    const to = Math.min(last ?? view.to, view.to);
    return from > to ? null : { name, phrase, from, to };
  }

  /** Summarise one line over one era: a half-year's flow enters the total and nothing else. */
  function summarise(line, years, era, isFlow, halfYear) {
    const points = years.map((year, place) => [year, line.values[place]]).filter(([year, value]) => value !== null && year >= era.from && year <= era.to);
    const whole = isFlow ? points.filter(([year]) => year !== halfYear) : points;
    const find = (year) => (whole.find((point) => point[0] === year) || [null, null])[1];
    const [first, last] = [find(era.from), find(era.to)];
    return {
      ...era, first, last, ratio: E.figures.divide(last, first),
      total: isFlow && points.length ? d3.sum(points, (point) => point[1]) : null,
      mean: whole.length ? d3.mean(whole, (point) => point[1]) : null,
      known: points.length, length: era.to - era.from + 1,
    };
  }

  /** Compare each line's means between the two eras that the boundary names. */
  function compareEras(raw, release, lines, view, years) {
    const boundary = E.state.findBoundary(raw, view.eras);
    if (!boundary) return null;
    const isFlow = E.measures.isFlow(view) && view.scale === "count";
    const eras = boundary.eras.map((era) => clipEra(era, view)).filter(Boolean);
    const rows = lines.map((line) => {
      const cells = eras.map((era) => summarise(line, years, era, isFlow, E.measures.isFlow(view) && findHalfYear(release)));
      const [earlier, later] = boundary.compare.map((name) => cells.find((cell) => cell.name === name));
      const isFew = Boolean(earlier) && earlier.mean !== null && view.scale !== "share" && earlier.mean * (line.unit ?? 1) < FEWEST_FOR_RATIO;
      const ratio = earlier && later && !isFew ? E.figures.divide(later.mean, earlier.mean) : null;
      const isThin = ratio !== null && [earlier, later].some((cell) => cell.known * 2 < cell.length);
      return { line, cells, ratio, isFew, isThin };
    });
    return { boundary, eras, rows, isFlow };
  }

  /** List the breaks that touch the lines shown, in the years shown. */
  function listBreaks(raw, view, lines) {
    const found = [];
    for (const origin of view.origins) {
      const own = lines.filter((line) => line.origin === origin);
      const figures = own[0]?.figures;
      for (const [year, asylum, kind, effect, reason, touched] of figures ? figures.breaks : []) {
        if (year < view.from || year > view.to) continue;
        const hit = own.filter((line) => touched & line.bit && (line.bit !== TOUCHES.place || line.code === asylum));
        if (hit.length) found.push({ year, asylum, kind: raw.kinds[kind], effect, reason: figures.reasons[reason] || "", lines: hit });
      }
    }
    return found.sort((a, b) => a.year - b.year);
  }

  /** List the years in which no upper bound can be given, with the destinations that leave it open. */
  function listUndetermined(raw, lines, years) {
    return lines.filter((line) => line.bit === TOUCHES.all).flatMap((line) => {
      const lost = line.figures.get("undetermined");
      return years.filter((year, place) => lost[year - raw.first_year] && line.values[place] !== null)
        .map((year) => ({ year, line, codes: lost[year - raw.first_year].split(" ") }));
    });
  }

  /** Build everything that a view shows. */
  function build(raw, view) {
    const release = E.figures.findRelease(raw, view.release);
    const key = E.measures.findKey(view);
    const opened = Object.fromEntries(view.origins.map((origin) => [origin, E.figures.open(raw, release, origin, key)]));
    const years = listYears(view.from, view.to);
    const world = E.figures.openWorld(raw, release, key);
    const plain = makeLines(raw, release, view, opened, world).map((line) => makeLine(raw, release, years, line));
    const drawn = plain.filter((line) => line.values.some((value) => value > 0));
    const at = years.findIndex((_, place) => drawn.every((line) => line.values[place] >= FEWEST_FOR_RATIO));
    const isScaled = view.scale === "share" || (view.scale === "index" && at >= 0 && drawn.length > 0);
    const lines = isScaled ? plain.map((line) => scale(line, view, at)) : plain;
    const figures = opened[view.of];
    return {
      view, release, years, lines, figures, isScaled,
      base: view.scale === "index" && isScaled ? years[at] : null,
      halfYear: findHalfYear(release),
      isWhole: view.from === raw.first_year && view.to === release.newest,
      lacking: view.origins.filter((origin) => !opened[origin].hasPlaces),
      undetermined: listUndetermined(raw, lines, years),
      ranking: rankPlaces(raw, release, figures, view),
      eras: compareEras(raw, release, lines, view, years),
      breaks: listBreaks(raw, view, lines),
      words: view.origins.length === 1 ? figures.words : {},
    };
  }

  E.model = { TOUCHES, FEWEST_FOR_RATIO, nameShort, nameProse, listYears, build };
})((globalThis.Explorer = globalThis.Explorer || {}));
