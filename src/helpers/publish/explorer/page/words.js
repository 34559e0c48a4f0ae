/* Numbers and sentences, as the notebooks write them. */
(function (E) {
  "use strict";

  const MISSING = "–";
  const grouped = new Intl.NumberFormat("en-GB");

  /** Write a count with separators, or a dash where there is none. */
  function sayCount(value) {
    return value === null || value === undefined ? MISSING : grouped.format(value);
  }

  /** Write a share (0-1) in percent; one that would round to nothing is called under a tenth. */
  function sayShare(value) {
    if (value === null || value === undefined) return MISSING;
    return value > 0 && value < 0.0005 ? "under 0.1%" : `${(value * 100).toFixed(1)}%`;
  }

  function sayRatio(value) {
    return value === null || value === undefined ? MISSING : value.toFixed(value < 10 ? 2 : 1);
  }

  /** Write an axis value. */
  function sayTick(value) {
    if (Math.abs(value) >= 1e6) return `${(value / 1e6).toFixed(1).replace(/\.0$/, "")}m`;
    return Number.isInteger(value) ? grouped.format(value) : String(value);
  }

  function joinNames(names, conjunction = "and") {
    if (names.length < 2) return names.join("");
    return `${names.slice(0, -1).join(", ")} ${conjunction} ${names[names.length - 1]}`;
  }

  /** Join years as a sentence lists them, three and more in a row as a span. */
  function joinYears(years) {
    const runs = [];
    for (const year of [...years].sort((a, b) => a - b)) {
      const last = runs[runs.length - 1];
      if (last && year === last[last.length - 1] + 1) last.push(year);
      else runs.push([year]);
    }
    return joinNames(runs.flatMap((run) => (run.length > 2 ? [`${run[0]} to ${run[run.length - 1]}`] : run.map(String))));
  }

  function capitalise(text) {
    return text.charAt(0).toUpperCase() + text.slice(1);
  }

  /** Write a date as in "25 June 2026". */
  function sayDate(iso) {
    const [year, month, day] = iso.split("-").map(Number);
    const names = "January February March April May June July August September October November December".split(" ");
    return `${day} ${names[month - 1]} ${year}`;
  }

  /** Describe a series in one sentence: first and last point, highest and lowest, and its gaps. */
  function describeSeries(label, years, values, say, noun) {
    const known = years.map((year, place) => [year, values[place]]).filter((point) => point[1] !== null);
    if (!known.length) return `${label}: no figure in these years.`;
    const [first, last] = [known[0], known[known.length - 1]];
    if (known.length === 1) return `${label}: ${say(first[1])}${noun} in ${first[0]}, the only figure.`;
    const top = known.reduce((a, b) => (b[1] > a[1] ? b : a));
    const low = known.reduce((a, b) => (b[1] < a[1] ? b : a));
    const gaps = years.filter((year, place) => year > first[0] && year < last[0] && values[place] === null);
    return (
      `${label}: from ${say(first[1])}${noun} in ${first[0]} to ${say(last[1])} in ${last[0]}; ` +
      `highest ${say(top[1])} in ${top[0]}, lowest ${say(low[1])} in ${low[0]}.` +
      (gaps.length ? ` No figure in ${joinYears(gaps)}.` : "")
    );
  }

  E.words = { MISSING, sayCount, sayShare, sayRatio, sayTick, sayDate, joinNames, joinYears, capitalise, describeSeries };
})((globalThis.Explorer = globalThis.Explorer || {}));
