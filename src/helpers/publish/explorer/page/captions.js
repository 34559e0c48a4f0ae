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
  const { sayCount, sayShare, sayIndex, capitalise, joinNames, joinYears } = E.words;

  const chooseSay = ({ view, isScaled }) => (!isScaled ? sayCount : view.scale === "share" ? sayShare : sayIndex);
  const isRange = (view) => view.measure === "lodged" && view.unit === "range";

  /** Write a line's figure in a year: a range where the measure is one. */
  function sayPoint(model, line, place) {
    const say = chooseSay(model);
    const [value, lower, upper] = [line.values[place], line.lower[place], line.upper[place]];
    if (value === null || !isRange(model.view)) return say(value);
    if (upper === null && lower !== null && lower !== value) return `at least ${say(lower)}`;
    return upper === null || lower === null || say(upper) === say(lower) ? say(value) : `${say(lower)} to ${say(upper)}`;
  }

  const listKnown = (line) => line.values.map((value, place) => ({ value, place })).filter((point) => point.value !== null);

  /** Say whose claims a line holds: "China", "China in Canada", "China, without the United States". */
  function sayWhere(raw, line) {
    const origin = E.model.nameProse(raw, line.origin);
    if (line.code) return `${origin} in ${E.model.nameProse(raw, line.code)}`;
    return line.key === "without" ? `${origin}, ${line.name.charAt(0).toLowerCase()}${line.name.slice(1)},` : origin;
  }

  /** Say the finding: of one line when it was highest, of several which is at what in the last year. */
  function makeTitle(raw, model) {
    const { view, lines, years } = model;
    const what = (where) => {
      const said = capitalise(E.measures.describe(view, where));
      return !model.isScaled ? said : view.scale === "share" ? `${said}, as a share` : `${said}, as an index`;
    };
    const span = model.isWhole ? "" : `, ${sayYears(view)}`;
    const [line] = lines;
    if (view.origins.length === 1) {
      const known = listKnown(line);
      if (!known.length) return `${what(sayWhere(raw, line))}${span}: no figure on file`.replace(",,", ",");
      const top = d3.greatest(known, (point) => point.value);
      if (top.value === 0) return `${what(sayWhere(raw, line))}${span}: none reported`.replace(",,", ",");
      const when = known.length > 1 ? `highest in ${years[top.place]}` : `in ${years[top.place]}`;
      return `${what(sayWhere(raw, line))}${span}: ${when}, at ${sayPoint(model, line, top.place)}`.replace(",,", ",");
    }
    const last = d3.greatest(years.map((_, place) => place), (place) => (lines.some((each) => each.values[place] !== null) ? place : -1));
    const said = lines.filter((each) => each.values[last] !== null).sort((a, b) => b.values[last] - a.values[last]);
    if (!said.length) return `${what("")}${span}: no figure on file`;
    return `${what("")}, ${years[last]}: ${said.map((each) => `${each.name} ${sayPoint(model, each, last)}`).join(", ")}`;
  }

  const sayYears = (view) => (view.from === view.to ? String(view.from) : `${view.from} to ${view.to}`);

  /** Say what is measured, and of which dates. */
  function makeSubtitle(model) {
    const { view, halfYear } = model;
    const half = halfYear && view.to === halfYear;
    const parts = E.measures.isFlow(view)
      ? [`In each year, ${sayYears(view)}`, `counted in ${E.measures.nameUnit(view)}`, half && `${halfYear} is of six months`]
      : [`At the end of each year, ${sayYears(view)}`, half && `${halfYear} is of 30 June`];
    if (model.base) parts.push(`index: ${model.base} = 100, the first year in which every line has a figure of ${E.model.FEWEST_FOR_RATIO} or more`);
    else if (view.scale === "index") parts.push(`in no year has every line a figure of ${E.model.FEWEST_FOR_RATIO} or more, so numbers are shown`);
    if (view.scale === "share") parts.push(view.places.length ? "of the world’s; a destination’s of the origin’s" : "of the world’s");
    return parts.filter(Boolean).join("; ");
  }

  function makeSource(model) {
    const { name, published } = model.release;
    return `Source: ${ATTRIBUTION}, release ${name} (${E.words.sayDate(published)}); ${LICENCE}`;
  }

  /** Explain the marks that the chart has, and no others. */
  function makeNote(model) {
    const { lines, view } = model;
    const hasCode = (code) => lines.some((line) => line.status.some((codes) => codes.includes(code)));
    const hasGap = ({ values }) => d3.pairs(listKnown({ values })).some(([a, b]) => b.place > a.place + 1);
    return [
      lines.some((line) => line.broken.some((year) => year > view.from)) && "An interrupted line: the year does not compare with the one before.",
      lines.some((line) => line.upper.some((most) => most !== null)) && (isRange(view)
        ? "Band: from a person a case to the most that cases, claims of unknown origin and missing flows allow; the line is the middle."
        : "Band: with a share of the claims of unknown origin."),
      hasCode("p") && "Hollow: mid-year.",
      hasCode("e") && "Ringed: carried forward from an earlier date.",
      lines.some(hasGap) && "A gap is a year without a figure.",
    ].filter(Boolean).join(" ");
  }

  /** Describe the lines for those who do not see them. */
  function describeLines(raw, model) {
    const noun = model.isScaled ? "" : ` ${E.measures.nameUnit(model.view)}`;
    return model.lines.map((line) => {
      const said = [E.words.describeSeries(line.name, model.years, line.values, chooseSay(model), noun)];
      if (line.broken.length) said.push(`No comparison with the year before in ${joinYears(line.broken)}.`);
      const place = line.upper.findLastIndex((most) => most !== null);
      if (place >= 0) said.push(`Range in ${model.years[place]}: ${chooseSay(model)(line.lower[place] ?? line.values[place])} to ${chooseSay(model)(line.upper[place])}.`);
      return said.join(" ");
    }).join(" ");
  }

  /** Say every line's figure in one year, a line each: the words of the crosshair. */
  function sayYear(model, place) {
    const rows = [...model.lines].sort((a, b) => (b.values[place] ?? -1) - (a.values[place] ?? -1));
    const said = rows.map((line) => `${line.name}: ${line.values[place] === null ? "no figure" : sayPoint(model, line, place)}${sayMore(model, line, place)}`);
    return [nameYear(model, model.years[place]), ...said].join("\n");
  }

  function sayMore(model, line, place) {
    const most = line.upper[place] !== null && !isRange(model.view) ? ` to ${chooseSay(model)(line.upper[place])}` : "";
    return `${most}${line.status[place] ? ` (${line.status[place]})` : ""}`;
  }

  const nameYear = (model, year) => (model.halfYear === year ? `${year} (mid-year)` : String(year));

  function makeRankingTitle(raw, model) {
    const first = model.ranking.find((row) => row.rank === 1);
    if (!first) return `No destination to rank in ${model.view.year}`;
    const range = `${sayCount(first.lower ?? first.value)} to ${sayCount(first.upper)}`; // of a range no share is certain
    const much = E.bars.isOpen(first) ? range : sayShare(first.share);
    return `${capitalise(E.model.nameProse(raw, first.code))} had ${much} of these claims in ${model.view.year}`;
  }

  function makeRankingSubtitle(raw, model) {
    const { view } = model;
    const half = model.halfYear === view.year;
    const when = E.measures.isFlow(view) ? `in ${view.year}${half ? " (six months)" : ""}` : `${half ? "in the middle of" : "at the end of"} ${view.year}`;
    return `${capitalise(E.measures.describe(view, E.model.nameProse(raw, view.of)))}, ${when}, by destination`;
  }

  /** Explain what the bars have, and no more: ranges, and the status codes in brackets. */
  function makeRankingNote(model) {
    const rows = E.bars.listRows(model);
    const codes = [...new Set(rows.flatMap((row) => (row.status ? row.status.split(" ") : [])))].sort();
    const range = isRange(model.view) ? "Faint: up to the most; the bar ends at the middle. " : "Faint: with a share of the claims of unknown origin. ";
    return (rows.some(E.bars.isOpen) ? range : "") + (codes.length ? `In brackets: ${codes.map((code) => `${code} ${STATUS_WORDS[code]}`).join("; ")}.` : "");
  }

  /** Describe the ranking for those who do not see it. */
  function describeRanking(model) {
    const ranked = model.ranking.filter((row) => row.rank !== null);
    if (!ranked.length) return `No destination has a figure above 0 in ${model.view.year}.`;
    const shown = ranked.slice(0, Math.min(5, model.view.top)).map((row) => `${row.name} ${sayCount(row.value)}`);
    return `${ranked.length} destinations ranked in ${model.view.year}. First: ${joinNames(shown)}.`;
  }

  /** Gather breaks of one destination that have one reason; those without a reason stand alone. */
  function groupBreaks(breaks) {
    const key = (found) => [found.asylum, found.reason || found.year, ...found.lines.map((line) => line.name)].join("|");
    return [...d3.group(breaks, key).values()];
  }

  /** Put breaks of one destination into words: what, by how much, and why where that is known. */
  function sayBreaks(raw, group) {
    const kinds = [...new Set(group.map((found) => found.kind[1]))];
    const effects = group.filter((found) => found.effect).map(({ year, effect }) => `${year}: ${effect > 0 ? "+" : "−"}${sayCount(Math.abs(effect))}`);
    const said = effects.length ? ` (estimated effect in ${effects.join(", ")})` : "";
    return {
      years: joinYears(new Set(group.map((found) => found.year))),
      text: `${capitalise(E.model.nameProse(raw, group[0].asylum))}: ${joinNames(kinds)}${said}.${group[0].reason ? ` ${group[0].reason}` : ""}`,
      lines: group[0].lines.map((line) => line.name).join("; "),
    };
  }

  /** Name the years whose upper bound is open, and the destinations that leave it so. */
  function sayUndetermined(raw, model) {
    const groups = d3.group(model.undetermined, (found) => found.line);
    const why = isRange(model.view) ? "reported no flow, or half a year’s, without a whole year near it" : "named too few origins in some of these years to tell how many claims more there are";
    return [...groups].map(([line, found]) => {
      const codes = [...new Set(found.flatMap((each) => each.codes))].map((code) => E.model.nameProse(raw, code));
      const names = codes.length > 8 ? `${codes.slice(0, 7).join(", ")} and ${codes.length - 7} others` : joinNames(codes);
      return `${model.lines.length > 1 ? `${line.name}: ` : ""}In ${joinYears(found.map((each) => each.year))} no upper bound can be given: ${names} ${why}.`;
    }).join(" ");
  }

  E.captions = {
    STATUS_WORDS, LICENCE, ATTRIBUTION, chooseSay, isRange, makeTitle, makeSubtitle, makeSource, makeNote, describeLines, sayYear, nameYear,
    makeRankingTitle, makeRankingSubtitle, makeRankingNote, describeRanking, groupBreaks, sayBreaks, sayUndetermined,
  };
})((globalThis.Explorer = globalThis.Explorer || {}));
