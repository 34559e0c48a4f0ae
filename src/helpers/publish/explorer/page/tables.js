/* Tables: every figure that a chart draws, with its status, and those that it has no room for. */
(function (E) {
  "use strict";

  /** Make an element with attributes and children; a string child becomes text. */
  function make(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : String(value));
    }
    element.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return element;
  }

  /** Make a row of heads; a name that ends in "#" stands over numbers. */
  function makeHead(names) {
    const head = (name) => make("th", { scope: "col", class: name.endsWith("#") ? "number" : null }, name.replace(/#$/, ""));
    return make("thead", {}, make("tr", {}, names.map(head)));
  }

  /** Make a cell for a number; one without a figure is empty, and says so to a screen reader. */
  function makeCell(text) {
    const isMissing = text === E.words.MISSING;
    return make("td", { class: "number" }, isMissing ? make("span", { class: "unseen" }, "no figure") : text);
  }

  /** Make a cell for status codes, each explained where a pointer rests and in the key below. */
  function makeStatusCell(codes) {
    const said = codes ? codes.split(" ").map((code) => make("abbr", { title: E.captions.STATUS_WORDS[code] }, code)) : [];
    return make("td", { class: "status" }, said.flatMap((each, place) => (place ? [" ", each] : [each])));
  }

  /** Make the two rows of heads of the table of the lines: each line's name over its columns. */
  function makeLineHead(model, shown) {
    const first = E.measures.nameUnit(model.view);
    const groups = shown.map(({ line, columns }) => make("th", { scope: "colgroup", colspan: columns.length }, line.name));
    const heads = shown.flatMap(({ columns }) => columns.map((column) => make("th", { scope: "col", class: column === "Status" ? null : "number" }, column === "value" ? E.words.capitalise(first || "share") : column)));
    return make("thead", {}, make("tr", {}, make("th", { scope: "col", rowspan: 2 }, "Year"), groups), make("tr", {}, heads));
  }

  function makeLineCell(model, line, column, place) {
    if (column === "Status") return makeStatusCell(line.status[place]);
    return makeCell(E.captions.chooseSay(model)(column === "value" ? line.values[place] : line.upper[place]));
  }

  /** Make the table of the lines: a row a year, and for each line its value, range and status. */
  function makeLineTable(raw, model) {
    const shown = model.lines.map((line) => {
      const hasUpper = line.upper.some((most) => most !== null);
      return { line, columns: ["value", ...(hasUpper ? ["At most"] : []), ...(line.status.some(Boolean) ? ["Status"] : [])] };
    });
    const rows = model.years.map((year, place) =>
      make("tr", {}, make("th", { scope: "row" }, sayYear(model, year)), shown.flatMap(({ line, columns }) => columns.map((column) => makeLineCell(model, line, column, place))))
    );
    const caption = `${E.captions.makeTitle(raw, model)}. ${E.captions.makeSubtitle(model)}. An empty cell is a year without a figure.`;
    return make("table", {}, makeCaption(caption), makeLineHead(model, shown), make("tbody", {}, rows));
  }

  function makeCaption(text) {
    return make("caption", {}, make("span", {}, text));
  }

  function sayYear(model, year) {
    return model.halfYear === year ? `${year} (mid-year)` : String(year);
  }

  /** Make the table of the ranking: every destination with a figure in that year. */
  function makeRankingTable(raw, model) {
    const say = E.captions.chooseSay(model);
    const isShare = model.view.measure === "share";
    const [hasUpper, hasStatus] = [model.ranking.some((row) => isAbove(row)), model.ranking.some((row) => row.status)];
    const value = isShare ? "Share of all pending there" : E.words.capitalise(E.measures.nameUnit(model.view));
    const heads = ["Rank#", "Destination", "Code", `${value}#`, ...(hasUpper ? ["At most#"] : []), ...(isShare ? [] : ["Share of the total#"]), ...(hasStatus ? ["Status"] : [])];
    const rows = model.ranking.map((row) =>
      make("tr", {}, makeCell(row.rank === null ? E.words.MISSING : String(row.rank)), make("th", { scope: "row" }, row.name), make("td", {}, row.code), makeCell(say(row.value)),
        ...(hasUpper ? [makeCell(isAbove(row) ? say(row.upper) : E.words.MISSING)] : []), ...(isShare ? [] : [makeCell(E.words.sayShare(row.share))]), ...(hasStatus ? [makeStatusCell(row.status)] : []))
    );
    const caption = `${E.captions.makeRankingSubtitle(raw, model)}. ${E.captions.makeSource(model)}.`;
    return make("table", {}, makeCaption(caption), makeHead(heads), make("tbody", {}, rows));
  }

  const isAbove = (row) => row.upper !== null && row.upper > row.value;

  /** Make the table of the eras: means a year, first and last year; a total of flows only. */
  function makeEraTable(raw, model) {
    const { eras } = model;
    const say = E.captions.chooseSay(model);
    const isFlow = eras.kind === "flow";
    const sayMean = (value) => (value === null ? E.words.MISSING : eras.kind === "share" ? say(value) : say(Math.round(value)));
    const rows = eras.rows.flatMap(({ line, cells }) =>
      cells.map((cell) =>
        make("tr", {}, make("th", { scope: "row" }, line.name), make("td", {}, `${cell.name}, ${cell.from === cell.to ? cell.from : `${cell.from} to ${cell.to}`}`), makeCell(sayMean(cell.mean)),
          makeCell(say(cell.first)), makeCell(say(cell.last)), makeCell(E.words.sayRatio(cell.ratio)), ...(isFlow ? [makeCell(say(cell.total))] : []), make("td", { class: "number" }, `${cell.known} of ${cell.length}`))
      )
    );
    const heads = ["Series", "Era", "Mean a year#", "First year#", "Last year#", "Last over first#", ...(isFlow ? ["Total#"] : []), "Years with a figure#"];
    const half = model.halfYear && isFlow ? ` The six months of ${model.halfYear} enter no mean.` : "";
    return make("table", {}, makeCaption(`${eras.boundary.title}.${half}`), makeHead(heads), make("tbody", {}, rows));
  }

  /** List the years within two eras in which a line does not compare with the year before. */
  function listCrossed(line, cells) {
    const from = Math.min(...cells.map((cell) => cell.from));
    const to = Math.max(...cells.map((cell) => cell.to));
    return line.broken.filter((year) => year > from && year <= to);
  }

  /** Say how the two eras that the boundary names compare, line by line, and across which breaks. */
  function sayEras(model) {
    const { compare, eras } = model.eras.boundary;
    const [earlier, later] = compare.map((name) => eras.find((era) => era[0] === name)[1]);
    const much = model.eras.kind === "share" ? "as large" : "as many";
    return model.eras.rows.map(({ line, cells, ratio, isFew, isThin }) => {
      if (isFew) return `${line.name}: too few claims in the earlier era for a ratio (under ${E.model.FEWEST_FOR_RATIO} a year).`;
      if (ratio === null) return `${line.name}: the two eras cannot be compared with these years.`;
      const crossed = listCrossed(line, cells.filter((cell) => compare.includes(cell.name)));
      const breaks = crossed.length ? `, across the break${crossed.length > 1 ? "s" : ""} of ${E.words.joinYears(crossed)}` : "";
      const thin = isThin ? " (fewer than half of one era’s years have a figure)" : "";
      return `${line.name}: on average over ${later} ${E.words.sayRatio(ratio)} times ${much} as over ${earlier}${breaks}${thin}.`;
    });
  }

  E.tables = { make, makeLineTable, makeRankingTable, makeEraTable, sayEras };
})((globalThis.Explorer = globalThis.Explorer || {}));
