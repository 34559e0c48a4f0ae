/* Tables: every figure that a chart draws, with its status; a click on a head sorts by its column. */
(function (E) {
  "use strict";

  const { MISSING, sayCount, sayShare, sayRatio, capitalise, joinYears } = E.words;

  /** Make an element with attributes and children; a string child becomes text. */
  function make(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : String(value));
    }
    element.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return element;
  }

  /* A column: head, and a function from a row to its value, to be sorted by, and to its text;
     kind is "number", "status" or "text"; isRow marks the head of the row. */
  const number = (head, value, say = sayCount) => ({ head, value, text: (row) => say(value(row)), kind: "number" });
  const text = (head, value, isRow) => ({ head, value, text: value, kind: "text", isRow });
  const status = (head, value) => ({ head, value, kind: "status" });

  /** Make a cell; a number that is missing is empty, and says so to a screen reader. */
  function makeCell(column, row) {
    const value = column.value(row);
    if (column.isRow) return make("th", { scope: "row" }, column.text(row));
    if (column.kind === "status") {
      const codes = (value || "").split(" ").filter(Boolean).map((code) => make("abbr", { title: E.captions.STATUS_WORDS[code] }, code));
      return make("td", {}, codes.flatMap((each, place) => (place ? [" ", each] : [each])));
    }
    const said = column.text(row);
    return make("td", { class: column.kind }, said === MISSING ? make("span", { class: "unseen" }, "no figure") : said);
  }

  const chosen = {}; // by table: the head that it is sorted by, and the direction

  /** Sort rows by a column, those without a figure last; the given order where none was chosen. */
  function sortRows(rows, column, direction) {
    const known = rows.filter((row) => column.value(row) !== null && column.value(row) !== undefined);
    const order = (a, b) => (column.kind === "number" ? column.value(a) - column.value(b) : String(column.value(a)).localeCompare(String(column.value(b)), "en"));
    known.sort((a, b) => (direction === "ascending" ? order(a, b) : order(b, a)));
    return [...known, ...rows.filter((row) => !known.includes(row))];
  }

  /** Fill a place with a table whose heads sort it. `groups` are heads over several columns. */
  function fill(place, { caption, columns, rows, groups = [] }) {
    const body = make("tbody");
    const heads = columns.map((column) => make("th", { scope: "col", class: column.kind }, make("button", { type: "button" }, column.head)));
    const key = (column) => `${column.group || ""} ${column.head}`;
    const show = () => {
      const { by, direction } = chosen[place.id] || {};
      const column = columns.find((each) => key(each) === by);
      heads.forEach((head, at) => (columns[at] === column ? head.setAttribute("aria-sort", direction) : head.removeAttribute("aria-sort")));
      const sorted = column ? sortRows(rows, column, direction) : rows;
      body.replaceChildren(...sorted.map((row) => make("tr", {}, columns.map((each) => makeCell(each, row)))));
    };
    heads.forEach((head, at) => head.firstChild.addEventListener("click", () => {
      const first = columns[at].kind === "number" && !columns[at].isRising ? "descending" : "ascending";
      const isSame = chosen[place.id]?.by === key(columns[at]);
      const turned = chosen[place.id]?.direction === "ascending" ? "descending" : "ascending";
      chosen[place.id] = { by: key(columns[at]), direction: isSame ? turned : first };
      show();
    }));
    const over = groups.length ? [make("tr", {}, groups.map((group) => (group.name ? make("th", { scope: "colgroup", colspan: group.length }, group.name) : make("td", {}))))] : [];
    show();
    place.replaceChildren(make("table", {}, make("caption", {}, make("span", {}, caption)), make("thead", {}, over, make("tr", {}, heads)), body));
  }

  /** Choose a line's columns: its figure, its range and its status, as far as it has them. */
  function listColumns(model, line) {
    const say = E.captions.chooseSay(model);
    const unit = model.isScaled ? (model.view.scale === "share" ? "Share" : "Index") : capitalise(E.measures.nameUnit(model.view));
    const [isRange, hasLower, hasUpper] = [E.captions.isRange(model.view), ...[line.lower, line.upper].map((cells) => cells.some((value) => value !== null))];
    const at = (cells) => (place) => cells[place];
    const columns = [
      ...(isRange && hasLower ? [number("At least", at(line.lower), say)] : []),
      number(isRange ? "Middle" : unit, at(line.values), say),
      ...(hasUpper ? [number("At most", at(line.upper), say)] : []),
      ...(line.status.some(Boolean) ? [status("Status", at(line.status))] : []),
    ];
    return columns.map((column) => ({ ...column, group: line.key }));
  }

  /** Fill in the table of the lines: a row a year. */
  function fillLines(place, raw, model) {
    const year = { ...text("Year", (at) => E.captions.nameYear(model, model.years[at]), true), isRising: true };
    const own = model.lines.map((line) => listColumns(model, line));
    const groups = [{ name: "" }, ...model.lines.map((line, at) => ({ name: line.name, length: own[at].length }))];
    const caption = `${E.captions.makeTitle(raw, model)}. ${E.captions.makeSubtitle(model)}. An empty cell is a year without a figure.`;
    fill(place, { caption, groups, columns: [year, ...own.flat()], rows: model.years.map((_, at) => at) });
  }

  /** Fill in the table of the ranking: every destination with a figure in that year. */
  function fillRanking(place, raw, model) {
    const { ranking } = model;
    const isRange = E.captions.isRange(model.view);
    const rank = { ...number("Rank", (row) => row.rank), isRising: true };
    const columns = [
      rank, text("Destination", (row) => row.name, true), text("Code", (row) => row.code),
      ...(isRange ? [number("At least", (row) => row.lower)] : []),
      number(isRange ? "Middle" : capitalise(E.measures.nameUnit(model.view)), (row) => row.value),
      ...(ranking.some((row) => row.upper > row.value) ? [number("At most", (row) => (row.upper > row.value ? row.upper : null))] : []),
      number("Share of the total", (row) => row.share, sayShare),
      ...(ranking.some((row) => row.status) ? [status("Status", (row) => row.status)] : []),
    ];
    fill(place, { caption: `${E.captions.makeRankingSubtitle(raw, model)}. ${E.captions.makeSource(model)}.`, columns, rows: ranking });
  }

  /** Fill in the table of the eras: means a year, first and last year; a total of flows only. */
  function fillEras(place, model) {
    const { eras } = model;
    const say = E.captions.chooseSay(model);
    const rows = eras.rows.flatMap(({ line, cells }) => cells.map((cell) => ({ ...cell, line })));
    const columns = [
      text("Series", (row) => row.line.name, true), text("Era", (row) => `${row.name}, ${row.from === row.to ? row.from : `${row.from} to ${row.to}`}`),
      number("Mean a year", (row) => row.mean, say), number("First year", (row) => row.first, say), number("Last year", (row) => row.last, say),
      number("Last over first", (row) => row.ratio, sayRatio), ...(eras.isFlow ? [number("Total", (row) => row.total, say)] : []),
      { ...number("Years with a figure", (row) => row.known), text: (row) => `${row.known} of ${row.length}` },
    ];
    const half = model.halfYear && eras.isFlow ? ` The six months of ${model.halfYear} enter no mean.` : "";
    fill(place, { caption: `${eras.boundary.title}.${half}`, columns, rows });
  }

  /** Say how the two eras that the boundary names compare, line by line, and across which breaks. */
  function sayEras(model) {
    const { compare, eras } = model.eras.boundary;
    const [earlier, later] = compare.map((name) => eras.find((era) => era[0] === name)[1]);
    return model.eras.rows.map(({ line, cells, ratio, isFew, isThin }) => {
      if (isFew) return `${line.name}: too few claims in the earlier era for a ratio (under ${E.model.FEWEST_FOR_RATIO} a year).`;
      if (ratio === null) return `${line.name}: the two eras cannot be compared with these years.`;
      const own = cells.filter((cell) => compare.includes(cell.name));
      const [from, to] = [d3.min(own, (cell) => cell.from), d3.max(own, (cell) => cell.to)];
      const crossed = line.broken.filter((year) => year > from && year <= to);
      const breaks = crossed.length ? `, across the break${crossed.length > 1 ? "s" : ""} of ${joinYears(crossed)}` : "";
      const thin = isThin ? " (fewer than half of one era’s years have a figure)" : "";
      return `${line.name}: on average over ${later} ${sayRatio(ratio)} times ${model.isScaled ? "as large" : "as many"} as over ${earlier}${breaks}${thin}.`;
    });
  }

  E.tables = { make, fillLines, fillRanking, fillEras, sayEras };
})((globalThis.Explorer = globalThis.Explorer || {}));
