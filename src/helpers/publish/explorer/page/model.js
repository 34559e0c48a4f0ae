/* What a view shows: its lines, its ranking, its eras and its breaks, chosen from the figures. */

/* Which series a break touches, as bits: the total, the destination's own, and the total without
   the main or without each year's largest destination. */
const TOUCHES = { all: 1, place: 2, main: 4, largest: 8 };
const FEWEST_FOR_RATIO = 100; // in the year or era that others are divided by, as in the study's own tables

const touches = (line, asylum, touched) => touched & line.bit && (line.bit !== TOUCHES.place || line.code === asylum);

/** Collect the status codes of a line or destination by year: those of its breaks, and p at mid-year. */
function findStatus(release, figures, line) {
  const found = figures.breaks.filter(([, asylum, , , , touched]) => touches(line, asylum, touched));
  const codes = d3.group(found.flatMap(([year, , kind]) => raw.kinds[kind][2].split(" ").map((code) => ({ year, code }))), ({ year }) => year);
  return (year) => {
    const own = (codes.get(year) ?? []).map(({ code }) => code);
    return d3.sort(new Set(year === findHalfYear(release) ? [...own, "p"] : own)).join(" ");
  };
}

function makeLine(release, years, line) {
  const at = (cells) => years.map((year) => cells?.[year - raw.first_year] ?? null);
  const values = at(line.cells);
  const say = findStatus(release, line.figures, line);
  const status = years.map((year, place) => (values[place] === null ? "" : say(year)));
  const lower = at(line.lower);
  const least = values.map((value, place) => lower[place] ?? value);
  const upper = at(line.upper).map((most, place) => (least[place] !== null && most > least[place] ? most : null));
  const lost = line.bit === TOUCHES.all ? at(line.figures.get("undetermined")) : [];
  const isLost = (place) => lost[place] || (lower[place] !== null && lower[place] < values[place] && upper[place] === null);
  const most = least.map((value, place) => (value !== null && isLost(place) ? Infinity : upper[place] ?? value));
  const broken = years.filter((year, place) => /[bd]/.test(status[place]));
  return { ...line, values, lower, upper, least, most, lost, whole: at(line.whole), status, broken };
}

/** Make the lines: the origins' totals, or one origin's, also without a destination, and those of
 *  the destinations chosen. */
function makeLines(view, opened, world) {
  const total = (origin, style, name) => {
    const [cells, lower, upper] = ["total", "lower", "upper"].map(opened[origin].get);
    const key = name ? "all" : origin;
    return { key, origin, name: name || nameShort(origin), figures: opened[origin], cells, lower, upper, whole: world, bit: TOUCHES.all, style };
  };
  if (view.origins.length > 1) return view.origins.map((origin, place) => total(origin, place));
  const [origin] = view.origins;
  const figures = opened[origin];
  const { main, get } = figures;
  const lines = view.all ? [total(origin, 0, "All destinations")] : [];
  const without = { key: "without", origin, figures, style: 1, bit: TOUCHES[view.without] };
  if (view.without === "main" && main) {
    lines.push({ ...without, name: `Without ${nameProse(main)}`, cells: get("without"), whole: get("world_without") });
  } else if (view.without === "largest" && figures.hasPlaces) {
    lines.push({ ...without, name: "Without each year’s largest", cells: get("rest"), whole: get("world_rest") });
  }
  return lines.concat(view.places.map((code, place) => ({
    key: code, code, origin, name: nameShort(code), figures, cells: figures.places[code], lower: figures.lower[code],
    upper: figures.upper[code], whole: get("total"), bit: TOUCHES.place, style: 2 + place,
  })));
}

/** Turn a line's figures into shares of a whole, or into an index of its figure in a base year;
 * `unit` is how many claims one point of the index stands for. */
function scaleLine(line, view, at) {
  const by = (place) => (view.scale === "share" ? line.whole[place] : line.values[at] / 100);
  const over = (cells) => cells.map((value, place) => divide(value, by(place)));
  const scaled = ["values", "lower", "upper", "least", "most"].map((name) => [name, over(line[name])]);
  return { ...line, ...Object.fromEntries(scaled), unit: view.scale === "index" ? by(at) : 1 };
}

/** Rank the destinations of one year; equal figures share the better rank, none takes none. */
function rankPlaces(release, figures, view) {
  const at = view.year - raw.first_year;
  const find = (cells, code) => cells[code]?.[at] ?? null;
  const rows = Object.keys(figures.places)
    .map((code) => ({ code, name: nameShort(code), value: find(figures.places, code), lower: find(figures.lower, code), upper: find(figures.upper, code) }))
    .filter((row) => row.value !== null);
  const sum = d3.sum(rows, (row) => row.value);
  for (const row of rows) {
    row.share = divide(row.value, sum);
    row.rank = row.value > 0 ? 1 + rows.filter((other) => other.value > row.value).length : null;
    row.status = findStatus(release, figures, { bit: TOUCHES.place, code: row.code })(view.year);
  }
  return d3.sort(rows, (row) => row.rank, (row) => row.code);
}

/** Clip an era, given as name, phrase, first and last year, to the years shown. */
function clipEra([name, phrase, first, last], view) {
  return { name, phrase, from: Math.max(first ?? view.from, view.from), to: Math.min(last ?? view.to, view.to) };
}

/** Average one line over one era, and the least and the most of it; a half-year's flow enters no mean. */
function averageEra(line, years, era, halfYear) {
  const known = d3.range(years.length).filter((place) => line.values[place] !== null && years[place] >= era.from && years[place] <= era.to);
  const whole = known.filter((place) => years[place] !== halfYear);
  const [mean, least, most] = [line.values, line.least, line.most].map((cells) => d3.mean(whole, (place) => cells[place]) ?? null);
  return { ...era, mean, least, most, known: known.length, length: era.to - era.from + 1 };
}

/** Compare each line's means between the two eras that the boundary names. */
function compareEras(release, lines, view, years) {
  const boundary = findBoundary(view.eras);
  if (!boundary) return null;
  const eras = boundary.eras.map((era) => clipEra(era, view)).filter((era) => era.from <= era.to);
  const rows = lines.map((line) => {
    const cells = eras.map((era) => averageEra(line, years, era, isFlow(view) && findHalfYear(release)));
    const [earlier, later] = boundary.compare.map((name) => cells.find((cell) => cell.name === name));
    const isFew = earlier?.mean != null && view.scale !== "share" && earlier.mean * (line.unit ?? 1) < FEWEST_FOR_RATIO;
    const ratio = earlier && later && !isFew ? divide(later.mean, earlier.mean) : null;
    const isThin = ratio !== null && [earlier, later].some((cell) => cell.known * 2 < cell.length);
    const range = ratio === null ? null : [divide(later.least, earlier.most), divide(later.most, earlier.least)];
    return { line, cells, ratio, range, isFew, isThin };
  });
  return { boundary, eras, rows };
}

/** List the breaks that touch the lines shown, in the years shown. */
function listBreaks(view, lines, opened) {
  const found = view.origins.flatMap((origin) => {
    const own = lines.filter((line) => line.origin === origin);
    const { breaks, reasons } = opened[origin];
    return breaks.map(([year, asylum, kind, effect, reason, touched]) => ({
      year, asylum, kind: raw.kinds[kind], effect, reason: reasons[reason] || "", lines: own.filter((line) => touches(line, asylum, touched)),
    }));
  });
  return d3.sort(found.filter(({ year, lines: hit }) => year >= view.from && year <= view.to && hit.length), ({ year }) => year);
}

/** List the years in which no upper bound can be given, with the destinations that leave it open. */
function listUndetermined(lines, years) {
  return lines.filter((line) => line.bit === TOUCHES.all).flatMap((line) => {
    const listCodes = (place) => (line.values[place] === null ? null : line.lost[place]?.split(" "));
    return years.map((year, place) => ({ year, line, codes: listCodes(place) })).filter(({ codes }) => codes);
  });
}

/** Build everything that a view shows. */
function buildModel(view) {
  const release = findRelease(view.release);
  const key = findKey(view);
  const opened = Object.fromEntries(view.origins.map((origin) => [origin, openMeasure(release, origin, key)]));
  const years = listYears(view.from, view.to);
  const world = release.world[key] ? decode(release.world[key], release) : null; // all origins' figures
  const plain = makeLines(view, opened, world).map((line) => makeLine(release, years, line));
  const drawn = plain.filter((line) => line.values.some((value) => value > 0));
  const at = years.findIndex((_, place) => drawn.every((line) => line.values[place] >= FEWEST_FOR_RATIO));
  const isIndex = view.scale === "index" && at >= 0 && drawn.length > 0;
  const isScaled = view.scale === "share" || isIndex;
  const lines = isScaled ? plain.map((line) => scaleLine(line, view, at)) : plain;
  const figures = opened[view.of];
  return {
    view, release, years, lines, figures, isScaled,
    base: isIndex ? years[at] : null,
    halfYear: findHalfYear(release),
    isWhole: view.from === raw.first_year && view.to === release.newest,
    lacking: view.origins.filter((origin) => !opened[origin].hasPlaces),
    undetermined: listUndetermined(lines, years),
    ranking: rankPlaces(release, figures, view),
    eras: compareEras(release, lines, view, years),
    breaks: listBreaks(view, lines, opened),
  };
}
