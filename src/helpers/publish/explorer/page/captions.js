/* Titles, notes, sources and descriptions of what a view shows, written from its figures. */
(function (E) {
  "use strict";

  const STATUS_WORDS = {
    b: "break: does not compare with the year before",
    d: "definition differs from the year before (unit or stage)",
    e: "estimated: a figure of an earlier date stands in",
    p: "provisional: a mid-year figure",
  };
  const LICENCE = "CC BY 4.0";
  const ATTRIBUTION = "UNHCR Refugee Population Statistics Database";

  function isShare(model) {
    return model.view.measure === "share";
  }

  function chooseSay(model) {
    return isShare(model) ? E.words.sayShare : E.words.sayCount;
  }

  /** Say where the first line is, as part of a sentence; nothing for all destinations. */
  function sayWhere(raw, line, origin) {
    if (line.code) return `${origin} in ${E.model.nameProse(raw, line.code)}`;
    return line.key === "without" ? `${origin}, ${line.name.charAt(0).toLowerCase()}${line.name.slice(1)},` : origin;
  }

  /** Say the finding: when the first line was highest. */
  function makeTitle(raw, model) {
    const line = model.lines[0];
    const where = sayWhere(raw, line, E.model.nameProse(raw, model.view.origin));
    const what = E.words.capitalise(E.measures.describe(model.view, where));
    const known = model.years.map((year, place) => [year, line.values[place]]).filter((point) => point[1] !== null);
    if (!known.length) return `${what}: no figure on file in these years`.replace(",:", ":");
    const top = known.reduce((a, b) => (b[1] > a[1] ? b : a));
    if (top[1] === 0) return `${what}: none reported`.replace(",:", ":");
    return `${what} ${isShare(model) ? "was largest" : "were most"} in ${top[0]}: ${chooseSay(model)(top[1])}`;
  }

  /** Say what is measured, and of which dates. */
  function makeSubtitle(model) {
    const span = model.years.length > 1 ? `${model.view.from} to ${model.view.to}` : `${model.view.from}`;
    const half = model.halfYear && model.view.to === model.halfYear;
    if (E.measures.MEASURES[model.view.measure].kind === "flow") {
      return `In each year, ${span}, counted in ${model.view.unit}${half ? `; ${model.halfYear} is of six months` : ""}`;
    }
    const there = isShare(model) && model.view.places.length ? "; a destination’s share is of all claims pending there" : "";
    return `At the end of each year, ${span}${half ? `; ${model.halfYear} is of 30 June` : ""}${there}`;
  }

  function makeSource(model) {
    const { name, published } = model.release;
    return `Source: ${ATTRIBUTION}, release ${name} (${E.words.sayDate(published)}); ${LICENCE}`;
  }

  /** Explain the marks that the chart has, and no others. */
  function makeNote(model) {
    const said = [];
    if (model.lines.some((line) => line.broken.length)) said.push("Dashed: does not compare with the year before.");
    if (model.lines.some((line) => line.upper.some((most) => most !== null))) said.push("Band: with a share of the claims of unknown origin.");
    if (model.lines.some((line) => line.status.some((code) => code.includes("p")))) said.push("Hollow: mid-year.");
    if (model.lines.some((line) => line.status.some((code) => code.includes("e")))) said.push("Ringed: carried forward from an earlier date.");
    if (model.lines.some((line) => hasGap(line.values))) said.push("A gap is a year without a figure.");
    return said.join(" ");
  }

  function hasGap(values) {
    const known = values.map((value, place) => (value === null ? -1 : place)).filter((place) => place >= 0);
    return known.length > 1 && known[known.length - 1] - known[0] + 1 > known.length;
  }

  /** Describe the lines for those who do not see them. */
  function describeLines(raw, model) {
    const noun = isShare(model) ? "" : ` ${E.measures.nameUnit(model.view)}`;
    const said = model.lines.map((line) => E.words.describeSeries(line.name, model.years, line.values, chooseSay(model), noun));
    for (const line of model.lines) {
      if (line.broken.length) said.push(`${line.name}: no comparison with the year before in ${E.words.joinYears(line.broken)}.`);
      const place = line.upper.map((most) => most !== null).lastIndexOf(true);
      if (place >= 0) said.push(`${line.name}, range in ${model.years[place]}: ${chooseSay(model)(line.values[place])} to ${chooseSay(model)(line.upper[place])}.`);
    }
    return said.join(" ");
  }

  function makeRankingTitle(raw, model) {
    const first = model.ranking.find((row) => row.rank === 1);
    if (!first) return `No destination to rank in ${model.view.year}`;
    const where = E.words.capitalise(E.model.nameProse(raw, first.code));
    if (isShare(model)) return `${where}: ${E.words.sayShare(first.value)} of the claims pending there, the largest share in ${model.view.year}`;
    return `${where} had ${E.words.sayShare(first.share)} of these claims in ${model.view.year}`;
  }

  function makeRankingSubtitle(raw, model) {
    const origin = E.model.nameProse(raw, model.view.origin);
    const half = model.halfYear === model.view.year;
    if (isShare(model)) return `Claims from ${origin} among all claims pending at the destination, ${half ? "mid-" : "end of "}${model.view.year}; destinations with ${E.words.sayCount(raw.fewest)} claims or more`;
    const when = E.measures.MEASURES[model.view.measure].kind === "flow" ? `in ${model.view.year}${half ? " (six months)" : ""}` : `${half ? "in the middle of" : "at the end of"} ${model.view.year}`;
    return `${E.words.capitalise(E.measures.describe(model.view, origin))}, ${when}, by destination`;
  }

  /** Explain what the bars have, and no more: ranges, and the status codes in brackets. */
  function makeRankingNote(model) {
    const rows = E.bars.listRows(model);
    const codes = [...new Set(rows.flatMap((row) => (row.status ? row.status.split(" ") : [])))].sort();
    const range = rows.some(E.bars.isOpen) ? "Light: with a share of the claims of unknown origin. " : "";
    return range + (codes.length ? `In brackets: ${codes.map((code) => `${code} ${STATUS_WORDS[code]}`).join("; ")}.` : "");
  }

  /** Describe the ranking for those who do not see it. */
  function describeRanking(model) {
    const ranked = model.ranking.filter((row) => row.rank !== null);
    if (!ranked.length) return `No destination has a figure above 0 in ${model.view.year}.`;
    const shown = ranked.slice(0, Math.min(5, model.view.top)).map((row) => `${row.name} ${chooseSay(model)(row.value)}`);
    return `${ranked.length} destinations ranked in ${model.view.year}. First: ${E.words.joinNames(shown)}.`;
  }

  function sayEffect({ year, effect }) {
    return effect ? `${year}: ${effect > 0 ? "+" : "−"}${E.words.sayCount(Math.abs(effect))}` : "";
  }

  /** Gather breaks of one destination that have one reason; those without a reason stand alone. */
  function groupBreaks(breaks) {
    const groups = new Map();
    for (const found of breaks) {
      const lines = found.lines.map((line) => line.name).join("; ");
      const key = [found.asylum, found.reason || found.year, lines].join("|");
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(found);
    }
    return [...groups.values()];
  }

  /** Put breaks of one destination into words: what, by how much, and why where that is known. */
  function sayBreaks(raw, group) {
    const kinds = [...new Set(group.map((found) => found.kind[1]))];
    const effects = group.map(sayEffect).filter(Boolean);
    const said = effects.length ? ` (estimated effect in ${effects.join(", ")})` : "";
    return {
      years: E.words.joinYears(new Set(group.map((found) => found.year))),
      text: `${E.words.capitalise(E.model.nameProse(raw, group[0].asylum))}: ${E.words.joinNames(kinds)}${said}.${group[0].reason ? ` ${group[0].reason}` : ""}`,
      lines: group[0].lines.map((line) => line.name).join("; "),
    };
  }

  E.captions = { STATUS_WORDS, LICENCE, ATTRIBUTION, chooseSay, makeTitle, makeSubtitle, makeSource, makeNote, describeLines, makeRankingTitle, makeRankingSubtitle, makeRankingNote, describeRanking, groupBreaks, sayBreaks };
})((globalThis.Explorer = globalThis.Explorer || {}));
