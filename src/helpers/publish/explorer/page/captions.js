/* Titles, notes, sources and descriptions of what a view shows, written from its figures. */

const STATUS_WORDS = {
  b: "break: does not compare with the year before",
  d: "definition differs from the year before (unit or stage)",
  e: "estimated: a figure of an earlier date stands in",
  p: "provisional: a mid-year figure",
};
const LICENCE = "CC BY 4.0";
const ATTRIBUTION = "UNHCR Refugee Population Statistics Database";

const chooseSay = ({ view, isScaled }) => (!isScaled ? sayCount : view.scale === "share" ? sayShare : sayIndex);

/** Write a line's figure in a year, with its range. */
const sayPoint = (model, line, place) => sayBetween(chooseSay(model), line.least[place], line.most[place]);

/** Say the finding: of one line when it was highest, if no other year can be higher, else its last
 *  year; of several which is at what in the last year. */
function makeTitle(model) {
  const { view, lines, years } = model;
  const span = model.isWhole ? "" : `, ${sayYears(view)}`;
  const scaled = !model.isScaled ? "" : view.scale === "share" ? ", as a share" : ", as an index";
  const what = (where) => capitalise(describe(view, where)) + scaled;
  if (view.origins.length === 1) {
    const subject = `${what(sayWhere(lines[0]))}${span}`.replace(/,(?=,|$)/, "");
    const known = listKnown(lines[0]);
    if (!known.length) return `${subject}: no figure reported`;
    const [{ least, most }] = lines;
    if (known.every((place) => most[place] === 0)) return `${subject}: none reported`;
    const top = d3.greatest(known, (place) => least[place]);
    const isPeak = known.length > 1 && known.every((place) => place === top || most[place] <= least[top]);
    if (isPeak) return `${subject}: highest in ${years[top]}, at ${sayPoint(model, lines[0], top)}`;
    return `${subject}: ${sayPoint(model, lines[0], known.at(-1))}${view.from < view.to ? ` in ${years[known.at(-1)]}` : ""}`;
  }
  const last = d3.max(lines.flatMap(listKnown));
  if (last === undefined) return `${what("")}${span}: no figure reported`;
  const said = d3.sort(lines.filter((line) => line.values[last] !== null), (line) => -line.values[last]);
  return `${what("")}, ${years[last]}: ${said.map((line) => `${line.name} ${sayPoint(model, line, last)}`).join(", ")}`;
}

/** List the places of the years in which a line has a figure. */
const listKnown = (line) => d3.range(line.values.length).filter((place) => line.values[place] !== null);

/** Say whose claims a line holds: "China", "China in Canada", "China, without the United States". */
function sayWhere(line) {
  const origin = nameProse(line.origin);
  if (line.code) return `${origin} in ${nameProse(line.code)}`;
  return line.key === "without" ? `${origin}, ${line.name.charAt(0).toLowerCase()}${line.name.slice(1)},` : origin;
}

const sayYears = ({ from, to }) => (from === to ? String(from) : `${from} to ${to}`);

/** Say what is measured, and of which dates. */
function makeSubtitle({ view, halfYear, base }) {
  const half = halfYear && view.to === halfYear;
  const parts = isFlow(view)
    ? [`In each year, ${sayYears(view)}`, `counted in ${nameUnit(view)}`, half && `${halfYear} is of six months`]
    : [`At the end of each year, ${sayYears(view)}`, half && `${halfYear} is of 30 June`];
  if (base) parts.push(`index: ${base} = 100, the first year in which every line has a figure of ${FEWEST_FOR_RATIO} or more`);
  else if (view.scale === "index") parts.push(`in no year has every line a figure of ${FEWEST_FOR_RATIO} or more, so numbers are shown`);
  if (view.scale === "share") parts.push(view.places.length ? "of the world’s; a destination’s of the origin’s" : "of the world’s");
  return parts.filter(Boolean).join("; ");
}

const makeSource = ({ release }) => `Source: ${ATTRIBUTION}, release ${release.name} (${sayDate(release.published)}); ${LICENCE}`;

/** Explain the marks that the chart has, and no others. */
function makeNote({ lines, view }) {
  const hasCode = (code) => lines.some((line) => line.status.some((codes) => codes.includes(code)));
  const hasGap = (line) => d3.pairs(listKnown(line)).some(([a, b]) => b > a + 1);
  const band = isRange(view)
    ? "Band: from a person a case to the most that cases, claims of unknown origin and missing flows allow; the line is with a usual case size, without claims of unknown origin."
    : "Band: with a share of the claims of unknown origin.";
  return [
    lines.some((line) => line.broken.some((year) => year > view.from)) && "An interrupted line: the year does not compare with the one before.",
    lines.some((line) => line.upper.some((most) => most !== null)) && band,
    hasCode("p") && "Hollow: mid-year.",
    hasCode("e") && "Ringed: carried forward from an earlier date.",
    lines.some(hasGap) && "A gap is a year without a figure.",
  ].filter(Boolean).join(" ");
}

/** Say every line's figure in one year, a line each: the words of the crosshair. */
function sayYear(model, place) {
  const said = d3.sort(model.lines, (line) => -(line.values[place] ?? -1)).map((line) => {
    const status = line.status[place] ? ` (${line.status[place]})` : "";
    return `${line.name}: ${line.values[place] === null ? "no figure" : sayPoint(model, line, place)}${status}`;
  });
  return [nameYear(model, model.years[place]), ...said].join("\n");
}

const nameYear = (model, year) => (model.halfYear === year ? `${year} (mid-year)` : String(year));

function makeRankingTitle(model) {
  const first = model.ranking.find((row) => row.rank === 1);
  if (!first) return `No destination to rank in ${model.view.year}`;
  const range = `${sayCount(first.lower ?? first.value)} to ${sayCount(first.upper)}`; // of a range no share is certain
  return `${capitalise(nameProse(first.code))} had ${isOpen(first) ? range : sayShare(first.share)} of these claims in ${model.view.year}`;
}

function makeRankingSubtitle({ view, halfYear }) {
  const isHalf = halfYear === view.year;
  const when = isFlow(view) ? `in ${view.year}${isHalf ? " (six months)" : ""}` : `${isHalf ? "in the middle of" : "at the end of"} ${view.year}`;
  return `${capitalise(describe(view, nameProse(view.of)))}, ${when}, by destination`;
}

/** Explain what the bars have, and no more: ranges, and the status codes in brackets. */
function makeRankingNote(model) {
  const rows = listRows(model);
  const codes = d3.sort(new Set(rows.flatMap((row) => row.status.split(" ").filter(Boolean))));
  const range = isRange(model.view) ? "Faint: up to the most; the bar ends where a usual case size puts it, without claims of unknown origin. " : "Faint: with a share of the claims of unknown origin. ";
  return (rows.some(isOpen) ? range : "") + (codes.length ? `In brackets: ${codes.map((code) => `${code} ${STATUS_WORDS[code]}`).join("; ")}.` : "");
}

/** Gather breaks of one destination that have one reason; those without a reason stand alone. */
function groupBreaks(breaks) {
  const key = (found) => [found.asylum, found.reason || found.year, ...found.lines.map((line) => line.name)].join("|");
  return [...d3.group(breaks, key).values()];
}

/** Put breaks of one destination into words: what, by how much, and why where that is known. */
function sayBreaks(group) {
  const [{ asylum, reason, lines }] = group;
  const kinds = joinNames(new Set(group.map((found) => found.kind[1])));
  const effects = group.filter((found) => found.effect).map(({ year, effect }) => `${year}: ${effect > 0 ? "+" : "−"}${sayCount(Math.abs(effect))}`);
  const said = effects.length ? ` (estimated effect in ${effects.join(", ")})` : "";
  return {
    years: joinYears(group.map((found) => found.year)),
    text: `${capitalise(nameProse(asylum))}: ${kinds}${said}.${reason && ` ${reason}`}`,
    lines: lines.map((line) => line.name).join("; "),
  };
}

/** Name the years whose upper bound is open, and the destinations that leave it so. */
function sayUndetermined(model) {
  const why = isRange(model.view)
    ? "reported no flow, or half a year’s, without a whole year near it"
    : "named too few origins in some of these years to tell how many more claims there are";
  return [...d3.group(model.undetermined, (found) => found.line)].map(([line, found]) => {
    const codes = [...new Set(found.flatMap((each) => each.codes))].map(nameProse);
    const names = codes.length > 8 ? `${codes.slice(0, 7).join(", ")} and ${codes.length - 7} others` : joinNames(codes);
    return `${model.lines.length > 1 ? `${line.name}: ` : ""}In ${joinYears(found.map((each) => each.year))} no upper bound can be given: ${names} ${why}.`;
  }).join(" ");
}
