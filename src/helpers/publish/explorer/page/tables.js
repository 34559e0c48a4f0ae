/* Tables: every figure that a chart draws, with its status; a click on a head sorts by its column. */

/* A column: head, and a function from a row to its value, to be sorted by, and to its text;
   kind is "number", "status" or "text"; isRow marks the head of the row. */
const number = (head, value, say = sayCount) => ({ head, value, text: (row) => say(value(row)), kind: "number" });
const text = (head, value, isRow) => ({ head, value, text: value, kind: "text", isRow });
const status = (head, value) => ({ head, value, kind: "status" });
const keepIf = (isKept, column) => (isKept ? [column] : []);

const USUAL = "With a usual case size";

/** Make a cell; a number that is missing is empty, and says so to a screen reader. */
function makeCell(column, row) {
  if (column.isRow) return make("th", { scope: "row" }, column.text(row));
  if (column.kind === "status") {
    const codes = column.value(row).split(" ").filter(Boolean);
    return make("td", {}, codes.flatMap((code) => [make("abbr", { title: STATUS_WORDS[code] }, code), " "]).slice(0, -1));
  }
  const said = column.text(row);
  return make("td", { class: column.kind }, said === MISSING ? make("span", { class: "unseen" }, "no figure") : said);
}

const chosen = {}; // by table: the head that it is sorted by, and the direction

/** Sort rows by a column, those without a figure last. */
function sortRows(rows, column, direction) {
  const order = direction === "ascending" ? d3.ascending : d3.descending;
  const key = (row) => (column.kind === "number" ? column.value(row) : fold(column.value(row)));
  return d3.sort(rows, (a, b) => order(key(a), key(b)));
}

/** Fill a place with a table whose heads sort it. `groups` are heads over several columns. */
function fillTable(place, { caption, columns, rows, groups = [] }) {
  const body = make("tbody");
  const heads = columns.map((column) => make("th", { scope: "col", class: column.kind }, make("button", { type: "button" }, column.head)));
  const key = (column) => `${column.group || ""} ${column.head}`;
  const show = () => {
    const { by, direction } = chosen[place.id] ?? {};
    const column = columns.find((each) => key(each) === by);
    heads.forEach((head, at) => (columns[at] === column ? head.setAttribute("aria-sort", direction) : head.removeAttribute("aria-sort")));
    const sorted = column ? sortRows(rows, column, direction) : rows;
    body.replaceChildren(...sorted.map((row) => make("tr", {}, columns.map((each) => makeCell(each, row)))));
  };
  heads.forEach((head, at) => head.firstChild.addEventListener("click", () => {
    const turns = columns[at].kind === "number" && !columns[at].isRising ? ["descending", "ascending"] : ["ascending", "descending"];
    const before = chosen[place.id]?.by === key(columns[at]) ? chosen[place.id].direction : null;
    chosen[place.id] = { by: key(columns[at]), direction: turns.find((each) => each !== before) };
    show();
  }));
  const over = groups.map(({ name, length }) => (name ? make("th", { scope: "colgroup", colspan: length }, name) : make("td")));
  show();
  const head = make("thead", {}, over.length ? make("tr", {}, over) : [], make("tr", {}, heads));
  place.replaceChildren(make("table", {}, make("caption", {}, make("span", {}, caption)), head, body));
}

/** Choose a line's columns: its figure, its range and its status, as far as it has them. */
function listColumns(model, line) {
  const say = chooseSay(model);
  const unit = !model.isScaled ? capitalise(nameUnit(model.view)) : model.view.scale === "share" ? "Share" : "Index";
  const [hasLower, hasUpper] = [line.lower, line.upper].map((cells) => cells.some((value) => value !== null));
  const at = (cells) => (place) => cells[place];
  const columns = [
    ...keepIf(isRange(model.view) && hasLower, number("At least", at(line.lower), say)),
    number(isRange(model.view) ? USUAL : unit, at(line.values), say),
    ...keepIf(hasUpper, number("At most", at(line.upper), say)),
    ...keepIf(line.status.some(Boolean), status("Status", at(line.status))),
  ];
  return columns.map((column) => ({ ...column, group: line.key }));
}

/** Fill in the table of the lines: a row a year. */
function fillLines(place, model) {
  const year = text("Year", (at) => nameYear(model, model.years[at]), true);
  const own = model.lines.map((line) => listColumns(model, line));
  const groups = [{ name: "" }, ...model.lines.map((line, at) => ({ name: line.name, length: own[at].length }))];
  const caption = `${makeTitle(model)}. ${makeSubtitle(model)}. An empty cell is a year without a figure.`;
  fillTable(place, { caption, groups, columns: [year, ...own.flat()], rows: d3.range(model.years.length) });
}

/** Fill in the table of the ranking: every destination with a figure in that year. */
function fillRanking(place, model) {
  const { ranking, view } = model;
  const columns = [
    { ...number("Rank", (row) => row.rank), isRising: true },
    text("Destination", (row) => row.name, true), text("Code", (row) => row.code),
    ...keepIf(isRange(view), number("At least", (row) => row.lower)),
    number(isRange(view) ? USUAL : capitalise(nameUnit(view)), (row) => row.value),
    ...keepIf(ranking.some((row) => row.upper > row.value), number("At most", (row) => (row.upper > row.value ? row.upper : null))),
    number("Share of the total", (row) => row.share, sayShare),
    ...keepIf(ranking.some((row) => row.status), status("Status", (row) => row.status)),
  ];
  fillTable(place, { caption: `${makeRankingSubtitle(model)}. ${makeSource(model)}.`, columns, rows: ranking });
}

/** Fill in the table of the eras: means a year. */
function fillEraTable(place, model) {
  const { eras, halfYear, view } = model;
  const say = chooseSay(model);
  const rows = eras.rows.flatMap(({ line, cells }) => cells.map((cell) => ({ ...cell, line })));
  const sayMean = ({ mean, least, most }) =>
    mean === null ? MISSING : isBounded(least, most) ? sayBetween(say, least, most) : `${say(mean)} as reported`;
  const columns = [
    text("Series", (row) => row.line.name, true), text("Era", (row) => `${row.name}, ${sayYears(row)}`),
    { ...number("Mean a year", (row) => row.mean), text: sayMean },
    { ...number("Years with a figure", (row) => row.known), text: (row) => `${row.known} of ${row.length}` },
  ];
  const half = halfYear && isFlow(view) ? ` The six months of ${halfYear} enter no mean.` : "";
  fillTable(place, { caption: `${eras.boundary.title}.${half}`, columns, rows });
}

/** Say how the two eras that the boundary names compare, line by line, and across which breaks. */
function sayEras({ eras: { boundary, rows }, isScaled }) {
  const [earlier, later] = boundary.compare.map((name) => boundary.eras.find((era) => era[0] === name)[1]);
  return rows.map(({ line, cells, ratio, range, isFew, isThin }) => {
    if (isFew) return `${line.name}: too few claims in the earlier era for a ratio (under ${FEWEST_FOR_RATIO} a year).`;
    if (ratio === null) return `${line.name}: the two eras cannot be compared with these years.`;
    const own = cells.filter((cell) => boundary.compare.includes(cell.name));
    const [from, to] = [d3.min(own, (cell) => cell.from), d3.max(own, (cell) => cell.to)];
    const crossed = line.broken.filter((year) => year > from && year <= to);
    const breaks = crossed.length ? `, across the break${crossed.length > 1 ? "s" : ""} of ${joinYears(crossed)}` : "";
    const thin = isThin ? " (fewer than half of one era’s years have a figure)" : "";
    const [times, doubt] = isBounded(...range) ? [sayBetween(sayRatio, ...range), ""] : [sayRatio(ratio), " (as reported: in some years no upper bound can be given)"];
    return `${line.name}: on average over ${later} ${times} times ${isScaled ? "as large" : "as many"} as over ${earlier}${breaks}${thin}${doubt}.`;
  });
}
