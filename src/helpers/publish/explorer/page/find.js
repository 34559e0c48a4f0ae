/* Where does this number come from? Every figure, sum, mean, change and share of an origin's series is
   a candidate; the rule is that of `helpers.claims.find`, on one release at a time. */

const [WHOLE, REST] = ["", "EXCL_LARGEST"];
const WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
const POWERS = { thousand: 1e3, million: 1e6, billion: 1e9, k: 1e3, m: 1e6, bn: 1e9 };
const PRINTED = new RegExp(
  `(\\d{1,3}(?:[,\\s'’]\\d{3})+(?!\\d)(?:\\.\\d+)?|\\d+(?:\\.\\d+)?|\\b(?:${WORDS.join("|")})(?![a-eg-z]))\\s*` +
    `(?:(${Object.keys(POWERS).join("|")})(?![a-rt-z]))?\\s*` +
    "(%|per cent|percent|-?fold|times|[x×](?!\\w))?", "i");

/** Read one number as a newspaper prints it: its value, the unit of its last digit, its form; else null. */
function readPrinted(text) {
  const found = PRINTED.exec(text);
  if (!found || /\d/.test(text.replace(found[0], "")) || /[-−]$/.test(text.slice(0, found.index))) return null;
  const digits = found[1].toLowerCase().replace(/[,\s'’]/g, "");
  const power = POWERS[found[2]?.toLowerCase()] ?? 1;
  const value = (WORDS.indexOf(digits) + 1 || Number(digits)) * power;
  if (!value) return null;
  const decimals = (digits.split(".")[1] ?? "").length;
  const form = !found[3] ? (decimals && power === 1 ? "decimal" : "count") : /^[%p]/i.test(found[3]) ? "percent" : "times";
  const last = 10 ** /0*$/.exec(String(Math.round(value)))[0].length;
  return { text: text.trim(), value, form, unit: decimals ? 10 ** -decimals * power : form === "count" ? last : 1 };
}

/** Read one year, "since" one, or a span; undefined where there is none, null where it is neither. */
function readYears(text) {
  if (!text?.trim()) return undefined;
  const [, first, last = first] = /^\s*(\d{4})(?:\s*(?:-|–|to)\s*(\d{4}))?\s*$/.exec(text.replace(/^\s*since\s+(\d+)\s*$/i, `$1-${newest?.newest}`)) ?? [];
  return first >= 2000 && first <= last ? [Number(first), Number(last)] : null;
}

/** Collect an origin's series in a release by measure: all destinations, without the largest, and
 *  each; refugees and others in need of protection are of the newest release. */
function buildSeries(origin, release = newest) {
  const keep = (cells) => cells.map((value) => value || NaN);
  const { stocks = {} } = findOrigin(release, origin);
  const open = (key) => openMeasure(release, origin, key).places;
  const given = { pending: open("pending"), applied_persons: open("lodged-persons"), applied_cases: open("lodged-cases") };
  for (const [name, all] of Object.entries(stocks)) given[name] = Object.fromEntries(Object.entries(all).map(([code, cells]) => [code, decode(cells, release)]));
  return Object.keys(raw.find.measures).flatMap((measure) => {
    const places = Object.entries(given[measure] ?? {}).map(([place, cells]) => ({ measure, place, kind: 2, cells: keep(cells) }));
    const years = decode([], release).map((_, at) => places.map((each) => each.cells[at] || 0));
    const whole = years.map((all) => all.reduce((sum, value) => sum + value, 0) || NaN);
    const rest = years.map((all, at) => whole[at] - Math.max(0, ...all) || NaN);
    const world = raw.find.stocks.includes(measure) && release.world[measure] ? keep(decode(release.world[measure], release)) : null;
    const sums = [{ place: WHOLE, kind: 0, cells: whole, world }, { place: REST, kind: 1, cells: rest }];
    return [...sums, ...places].map((each) => ({ ...each, measure, whole }));
  });
}

/** Compute a candidate: of a series, its kind and the places of its first and last year. */
function compute({ cells, whole, world }, kind, a, b, isPercent) {
  const over = (value, base) => (base >= raw.find.least_base ? value / base : NaN);
  switch (kind) {
    case "single": return cells[a];
    case "ratio": return over(cells[b], cells[a]);
    case "increase": return Math.abs(100 * (over(cells[b], cells[a]) - 1));
    case "percent_of": return 100 * over(cells[b], cells[a]);
    case "share_of_world": return over(cells[a], world?.[a]) * (isPercent ? 100 : 1);
    case "share_of_total": return over(cells[a], whole[a]) * (isPercent ? 100 : 1);
    default: { // a year that is missing is missing in every sum that holds it
      const sum = cells.slice(a, b + 1).reduce((sofar, cell) => sofar + cell, 0);
      return kind === "mean" ? sum / (b - a + 1) : sum;
    }
  }
}

/** Tell how a value meets the printed one, as its place among the matches; -1 where it does not. */
function match(value, { value: printed, unit }) {
  if (Math.abs(value - printed) <= 1e-9 * printed) return 0;
  if (value >= printed - unit / 2 && value < printed + unit / 2) return 1;
  return value >= printed + unit / 2 && value < printed + unit ? 2 : -1;
}

/** List the candidates of these series: kind, years, how far those are from the years asked, and value. */
function* listCandidates(printed, series, years) {
  const { forms, one_year: oneYear, tiers } = raw.find;
  for (const each of series) {
    for (const kind of forms[printed.form]) {
      const tier = tiers[kind][each.kind];
      const isOne = oneYear.includes(kind);
      for (let a = 0; tier && a < each.cells.length; a += 1) {
        for (let b = isOne ? a : a + 1; b < (isOne ? a + 1 : each.cells.length); b += 1) {
          const [first, last] = [raw.first_year + a, raw.first_year + b];
          const off = years ? [Math.abs(first - years[0]), Math.abs(last - years[1])] : [0, 0];
          if ((isOne ? Math.min(...off) : Math.max(...off)) > 1) continue;
          const value = compute(each, kind, a, b, printed.form === "percent");
          const distance = isOne ? Math.min(...off) : off[0] + off[1];
          if (!Number.isNaN(value)) yield { measure: each.measure, place: each.place, kind, first, last, value, distance, tier };
        }
      }
    }
  }
}

/** Search series for a printed number: the hits, the best first, and how many candidates were tried. */
function search(printed, series, years) {
  const { kinds, matches, measures, window, likely, possible } = raw.find;
  const [low, high] = [printed.value / window, printed.value * window];
  const candidates = [...listCandidates(printed, series, years)];
  const near = candidates.filter(({ value }) => value > low && value < high);
  const width = Math.log(Math.min(printed.value + printed.unit, high) / Math.max(printed.value - printed.unit / 2, low)) / Math.log(window * window);
  const hits = candidates.map((each) => ({ ...each, way: match(each.value, printed) })).filter(({ way }) => way >= 0);
  for (const hit of hits) {
    hit.match = Object.keys(matches)[hit.way];
    hit.expected = width * near.filter(({ tier, distance }) => tier <= hit.tier && distance <= hit.distance).length;
    hit.verdict = hit.expected < likely ? "likely" : hit.expected < possible ? "possible" : "coincidence";
  }
  const order = [
    (hit) => hit.distance, (hit) => hit.tier, (hit) => hit.way, (hit) => Object.keys(kinds).indexOf(hit.kind),
    (hit) => Object.keys(measures).indexOf(hit.measure), (hit) => -hit.last, (hit) => hit.first, (hit) => hit.place,
  ];
  const compare = (a, b) => order.map((by) => (by(a) < by(b) ? -1 : Number(by(a) > by(b)))).find(Boolean) ?? 0;
  return { hits: hits.sort(compare), tried: candidates.length };
}

/** Search the newest release and, where it does not give the number, the older ones by turns; null
 *  where one's figures cannot be loaded. */
async function searchReleases(printed, origin, years, load) {
  let tried = 0;
  for (const release of raw.releases.filter((each) => hasPlaces(each, origin)).reverse()) {
    if (!(await load(release, origin))) return null;
    const found = search(printed, buildSeries(origin, release), years);
    tried += found.tried;
    if (found.hits.length) return { ...found, tried, release };
  }
  return { hits: [], tried, release: newest };
}

/** List the published claims and the study's own figures that have a number, as printed or recomputed. */
const findPrinted = (printed, listed) => listed.filter(({ numbers }) => numbers.map(readPrinted).some((own) => own?.value === printed.value && own.form === printed.form));

/** Choose the hits that are shown: the plain ones where there are any, and few of those by chance. */
function choose(hits) {
  const plain = hits.some((hit) => hit.tier < 3) ? hits.filter((hit) => hit.tier < 3) : hits;
  const [most, mostChances] = raw.find.most;
  const chances = plain.filter((hit) => hit.verdict === "coincidence").slice(mostChances);
  return plain.filter((hit) => !chances.includes(hit)).slice(0, most);
}

function sayFigure(value) {
  const digits = Math.max(4, String(Math.trunc(value)).length);
  return value.toLocaleString("en-GB", Number.isInteger(value) ? {} : { maximumSignificantDigits: digits });
}

/** Put a hit into words: what it is, where, how close, what it is not, and whether by chance. */
function sayHit(hit, printed, release) {
  const { measure, kind, first, last, place } = hit;
  const { measures, stocks, kinds, matches, mistaken, added } = raw.find;
  const isStock = stocks.includes(measure);
  const parts = { what: measures[measure], first, last, added: added[Number(isStock)] };
  const said = kinds[kind].replace(/\{(\w+)\}/g, (_, name) => parts[name]);
  const where = { [WHOLE]: "All destinations together", [REST]: "Without each year’s largest destination" }[place] ?? `${nameShort(place)} alone`;
  const [count, odds] = [hit.expected, 1 / hit.expected].map((value) => sayFigure(Math.round(value)));
  return {
    what: `${said}: ${sayFigure(hit.value)}${{ percent: "%", times: " times" }[printed.form] ?? ""}, ${matches[hit.match]}`,
    where: `${where}${hit.distance ? `; the years differ by ${hit.distance}` : ""}${release === newest ? "" : `; in release ${release.name}, and no later one`}`,
    not: `Not ${isStock && ["sum", "mean"].includes(kind) ? mistaken.added : mistaken[kind] || mistaken[measure]}.`,
    chance: hit.verdict === "coincidence"
      ? `May be a coincidence: about ${count} equally plain matches would arise by chance.`
      : `A ${hit.verdict} source: by chance 1 such search in ${odds} would find one as plain.`,
  };
}
