/* Numbers and sentences, as the notebooks write them. */

const MISSING = "–";
const grouped = new Intl.NumberFormat("en-GB");

/** Write a count with separators, or a dash where there is none. */
const sayCount = (value) => (value == null ? MISSING : grouped.format(Math.round(value)));
const sayRatio = (value) => (value == null ? MISSING : value.toFixed(value < 10 ? 2 : 1));
const sayIndex = (value) => (value == null ? MISSING : grouped.format(Number(value.toFixed(value < 100 ? 1 : 0))));

/** Tell whether bounds say anything: a ratio of two figures without an upper bound has none. */
const isBounded = (least, most) => least > 0 || Number.isFinite(most);

/** Write what lies between two bounds; the upper one is null or infinite where nobody knows it. */
function sayBetween(say, least, most) {
  if (least !== null && !Number.isFinite(most)) return `at least ${say(least)}`;
  return say(most) === say(least) ? say(least) : `${say(least)} to ${say(most)}`;
}

/** Write a share (0-1) in percent; one that would round to nothing is called under a tenth. */
function sayShare(value) {
  if (value == null) return MISSING;
  return value > 0 && value < 0.0005 ? "under 0.1%" : `${(value * 100).toFixed(1)}%`;
}

/** Fold case and accents, so that "turkiye" finds Türkiye. */
const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
const joinNames = (names) => new Intl.ListFormat("en-GB").format(names);
const capitalise = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const sayDate = (iso) => new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(new Date(iso));

/** Join years as a sentence lists them, three and more in a row as a span. */
function joinYears(years) {
  const runs = [];
  for (const year of d3.sort(new Set(years))) {
    const last = runs.at(-1);
    if (last && year === last.at(-1) + 1) last.push(year);
    else runs.push([year]);
  }
  return joinNames(runs.flatMap((run) => (run.length > 2 ? [`${run[0]} to ${run.at(-1)}`] : run.map(String))));
}
