/* The chart of lines: eras shaded, lines interrupted at breaks, ranges as bands, provisional points
   hollow, and a crosshair that tells every line's figure in a year. */

const WORTH = 1.02; // a range that adds less than this to a figure is in the table only
const CHART_STYLE = { background: "var(--ground)", color: "var(--ink)", fontFamily: "system-ui, 'DejaVu Sans', sans-serif", fontSize: "12px", overflow: "visible" };

/** Turn a line's cells into points; a break begins a new piece, and so does a year without a figure. */
function listPoints(model, line) {
  let piece = 0;
  return model.years.map((year, place) => {
    const [value, upper] = [line.values[place], line.upper[place]];
    if (value === null || line.broken.includes(year)) piece += 1;
    const low = line.lower[place] ?? value;
    return { year, value: value ?? NaN, low, upper, status: line.status[place], piece: `${line.key} ${piece}`, isOpen: upper !== null && upper > WORTH * low };
  });
}

function markEras({ view, eras }, top) {
  if (!eras) return [];
  const odd = eras.boundary.eras.map((era) => era[0]).filter((_, place) => place % 2 === 0);
  const spans = eras.eras.map(({ name, from, to }) => ({ name, x1: Math.max(from - 0.5, view.from - 0.6), x2: Math.min(to + 0.5, view.to + 0.6) }));
  return [
    Plot.rect(spans.filter((era) => odd.includes(era.name)), { x1: "x1", x2: "x2", y1: 0, y2: top, fill: "var(--band)" }),
    Plot.text(spans, { x: (era) => (era.x1 + era.x2) / 2, y: top, text: "name", dy: -8, fill: "var(--muted)", lineAnchor: "bottom", fontSize: 11, lineWidth: 9 }),
  ];
}

/** Draw one line; every mark carries its key, by which it is highlighted. */
function markLine(model, line) {
  const { colour, dash, symbol, rotate } = styleOf(line.style);
  const points = listPoints(model, line);
  const have = (code) => points.filter((point) => !isNaN(point.value) && point.status.includes(code));
  const plain = points.filter((point) => !isNaN(point.value) && !/[ep]/.test(point.status));
  const isBeside = (near, point) => near?.isOpen && near.piece === point.piece;
  const alone = points.filter((point, at) => point.isOpen && !isBeside(points[at - 1], point) && !isBeside(points[at + 1], point));
  const name = { x: "year", ariaLabel: () => line.key };
  const dot = { ...name, y: "value", symbol, rotate, r: 3 };
  return [
    Plot.areaY(points, { ...name, y1: "low", y2: (point) => (point.isOpen ? point.upper : NaN), z: "piece", fill: colour, fillOpacity: 0.28 }),
    Plot.ruleX(alone, { ...name, y1: "low", y2: "upper", stroke: colour, strokeOpacity: 0.5, strokeWidth: 6 }),
    Plot.line(points, { ...name, y: "value", z: "piece", stroke: colour, strokeWidth: 2, strokeDasharray: dash }),
    Plot.dot(plain, { ...dot, fill: colour }),
    Plot.dot(have("p"), { ...dot, fill: "var(--ground)", stroke: colour, strokeWidth: 1.6 }),
    Plot.dot(have("e"), { ...dot, r: 5, fill: "var(--ground)", stroke: colour, strokeWidth: 1.2 }),
    Plot.dot(have("e"), { ...dot, r: 2, fill: colour }),
  ];
}

/** Write the lines' names at their ends, moved apart where they would touch. */
function markNames(model, top, height) {
  const values = new Map(model.lines.map((line) => [line, line.values.findLast((value) => value !== null)]));
  const ends = d3.sort(model.lines.filter((line) => values.get(line) !== undefined), (line) => -values.get(line));
  const wanted = ends.map((line) => (1 - values.get(line) / top) * height);
  const moved = spread(wanted, 14, height);
  return ends.map((line, place) => Plot.text([line], {
    x: model.view.to + 0.6, y: values.get(line), text: "name", dx: 6, dy: moved[place] - wanted[place],
    textAnchor: "start", fontWeight: "bold", fill: styleOf(line.style).text, ariaLabel: "key",
  }));
}

/** Move sorted heights apart until each has `room`; their order stays. */
function spread(heights, room, most) {
  const down = [];
  for (const height of heights) down.push(Math.max(height, (down.at(-1) ?? -room) + room));
  return down.map((height, place) => Math.min(height, most - (down.length - 1 - place) * room));
}

/** Draw a crosshair at the year that is pointed at, with all lines' figures. */
function markCrosshair(model, top) {
  const rows = model.years.map((year, place) => ({ year, title: sayYear(model, place), high: d3.max(model.lines, (line) => line.values[place]) ?? top / 2 }));
  return [
    Plot.ruleX(rows, Plot.pointerX({ x: "year", stroke: "var(--muted)" })),
    Plot.tip(rows, Plot.pointerX({ x: "year", y: "high", title: "title", fill: "var(--ground)", stroke: "var(--axis)", lineWidth: 30 })),
  ];
}

const sayTick = (value) => (value >= 1e6 ? `${+(value / 1e6).toFixed(1)}m` : grouped.format(value));

/** Draw the lines of a model as SVG.
 *  options: width, height (default by the width), hasNames (at the lines' ends), hasTip. */
function drawLines(model, { width, height = Math.round(Math.max(260, Math.min(430, width * 0.5))), hasNames, hasTip }) {
  const names = 16 + 7.4 * d3.max(model.lines, (line) => line.name.length);
  const margins = { marginTop: model.eras ? 34 : 14, marginRight: hasNames ? names : 14, marginBottom: 30, marginLeft: 58 };
  const [inner, tall] = [width - margins.marginLeft - margins.marginRight, height - margins.marginTop - margins.marginBottom];
  const { from, to } = model.view;
  const top = d3.max(model.lines.flatMap((line) => [...line.values, ...line.upper])) * 1.06 || 1;
  const isEmpty = !model.lines.some((line) => listKnown(line).length);
  const heights = isEmpty ? [] : d3.ticks(0, top, 5).filter((tick) => model.isScaled || Number.isInteger(tick));
  const quiet = { label: null, color: "var(--muted)" };
  return Plot.plot({
    width, height, ...margins, style: CHART_STYLE,
    x: { type: "linear", domain: [from - 0.6, to + 0.6] },
    y: { type: "linear", domain: [0, top] },
    marks: [
      markEras(model, top),
      Plot.gridY(heights, { stroke: "var(--faint)", strokeOpacity: 1 }),
      Plot.axisY(heights, { ...quiet, tickSize: 0, tickFormat: model.isScaled && model.view.scale === "share" ? "~%" : sayTick }),
      Plot.axisX(d3.ticks(from, to, Math.max(2, inner / 80)).filter(Number.isInteger), { ...quiet, tickFormat: String }),
      Plot.ruleY([0], { stroke: "var(--axis)" }),
      model.base && Plot.ruleY([100], { stroke: "var(--axis)", strokeDasharray: "2 3" }),
      [...model.lines].reverse().map((line) => markLine(model, line)),
      isEmpty && Plot.text(["No figure reported"], { x: (from + to) / 2, y: top / 2, fill: "var(--muted)", fontSize: 14 }),
      hasNames && markNames(model, top, tall),
      hasTip && !isEmpty && markCrosshair(model, top),
    ].filter(Boolean),
  });
}
