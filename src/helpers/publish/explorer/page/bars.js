/* The chart of the ranking: a bar a destination, the longest on top. */

const MOST_BARS = 10;

/** Tell whether a range is wide enough to be drawn, as on the chart of lines. */
const isOpen = (row) => row.upper !== null && row.upper > WORTH * row.value;
const findEnd = (row) => (isOpen(row) ? row.upper : row.value);
const listRows = (model) => model.ranking.filter((row) => row.rank !== null).slice(0, MOST_BARS);

function sayRow(row) {
  const figure = isOpen(row) ? `${sayCount(row.lower ?? row.value)} to ${sayCount(row.upper)}` : sayCount(row.value);
  return row.status ? `${figure} (${row.status})` : figure;
}

/** Draw the ranking as SVG; bars of destinations that are drawn as lines have the line's colour. */
function drawBars(model, { width, hasNamesAbove }) {
  const rows = listRows(model);
  const left = hasNamesAbove ? 4 : Math.min(14 + d3.max(rows, (row) => row.name.length) * 7.2, width * 0.4);
  const colour = (row) => styleOf(model.lines.find((line) => line.code === row.code)?.style ?? 0).colour;
  const insetTop = hasNamesAbove ? 15 : 0;
  const name = hasNamesAbove ? { textAnchor: "start", dx: 4, dy: -11 } : { textAnchor: "end", dx: -8 };
  return Plot.plot({
    width, height: rows.length * (hasNamesAbove ? 40 : 30) + 12, marginLeft: left, marginRight: rows.some(isOpen) ? 160 : 110, marginTop: 4, marginBottom: 8,
    style: CHART_STYLE,
    x: { axis: null, domain: [0, d3.max(rows, findEnd) || 1] },
    y: { axis: null, type: "band", domain: rows.map((row) => row.code), padding: 0.25 },
    marks: [
      Plot.barX(rows, { x: "value", y: "code", fill: colour, insetTop }),
      Plot.barX(rows.filter(isOpen), { x1: "value", x2: "upper", y: "code", fill: "var(--range)", fillOpacity: 0.4, insetTop }),
      Plot.ruleX([0], { stroke: "var(--axis)" }),
      Plot.text(rows, { x: 0, y: "code", text: "name", fill: "var(--ink)", ...name }),
      Plot.text(rows, { x: findEnd, y: "code", text: sayRow, textAnchor: "start", dx: 6, dy: hasNamesAbove ? 7 : 0, fill: "var(--ink)" }),
    ],
  });
}
