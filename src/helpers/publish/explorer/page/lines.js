/* The chart of lines: eras shaded, lines interrupted at breaks, ranges as bands, provisional points
   hollow, and a crosshair that tells every line's figure in a year. */
(function (E) {
  "use strict";

  const WORTH = 1.02; // a range that adds less than this to a figure is in the table only
  const FONT = { fontFamily: "system-ui, 'DejaVu Sans', sans-serif", fontSize: "12px", overflow: "visible" };

  /** Turn a line's cells into points; a break begins a new piece, and so does a year without a figure. */
  function listPoints(model, line) {
    let piece = 0;
    return model.years.map((year, place) => {
      const [value, upper] = [line.values[place], line.upper[place]];
      if (value === null || line.broken.includes(year)) piece += 1;
      const isOpen = upper !== null && upper > WORTH * (line.lower[place] ?? value);
      return { year, value: value ?? NaN, low: line.lower[place] ?? value, upper, status: line.status[place], piece: `${line.key} ${piece}`, isOpen };
    });
  }

  function findTop(model) {
    const room = model.view.all && Object.keys(model.words).length ? 1.14 : 1.06; // for the words of breaks
    return d3.max(model.lines.flatMap((line) => [...line.values, ...line.upper])) * room || 1;
  }

  function markEras(model, theme, top) {
    if (!model.eras) return [];
    const { view, eras: { boundary } } = model;
    const names = boundary.eras.map((era) => era[0]);
    const eras = model.eras.eras.map((era) => ({ ...era, x1: Math.max(era.from - 0.5, view.from - 0.6), x2: Math.min(era.to + 0.5, view.to + 0.6) }));
    return [
      Plot.rect(eras.filter((era) => names.indexOf(era.name) % 2 === 0), { x1: "x1", x2: "x2", y1: 0, y2: top, fill: theme.band }),
      Plot.text(eras, { x: (era) => (era.x1 + era.x2) / 2, y: top, text: "name", dy: -8, fill: theme.muted, lineAnchor: "bottom", fontSize: 11, lineWidth: 9 }),
    ];
  }

  /** Name the total's breaks where its line is interrupted: in three rows by turns, to the right of
   *  the year or, near the end, to the left. */
  function markWords(model, theme, top, width) {
    const { view } = model;
    const line = model.lines.find((each) => each.key === "all");
    const years = view.measure === "pending" && line ? line.broken.filter((year) => model.words[year] && year > view.from) : [];
    const rule = Plot.ruleX(years, { x: (year) => year - 0.5, y1: 0, y2: top, stroke: theme.muted, strokeDasharray: "4 3", strokeWidth: 1.1 });
    const isRight = (year) => (view.to + 1 - year) * width > 150 * model.years.length;
    const style = { y: top, fill: theme.muted, stroke: theme.ground, strokeWidth: 4, fontSize: 11 };
    const words = years.map((year, at) => Plot.text([year], { ...style, x: year - 0.5, text: [model.words[year]], dx: isRight(year) ? 4 : -4, dy: 8 + 14 * (at % 3), textAnchor: isRight(year) ? "start" : "end" }));
    return width < 420 ? [rule] : [rule, ...words];
  }

  /** Draw one line; every mark carries its key, by which it is highlighted. */
  function markLine(model, line, theme) {
    const { colour, dash, symbol, rotate } = E.look.styleOf(line.style, theme);
    const points = listPoints(model, line);
    const known = points.filter((point) => !isNaN(point.value));
    const name = { ariaLabel: () => line.key };
    const dot = { x: "year", y: "value", symbol, rotate, r: 3, ...name };
    const alone = points.filter((point, at) => point.isOpen && ![points[at - 1], points[at + 1]].some((near) => near?.isOpen && near.piece === point.piece));
    return [
      Plot.areaY(points, { x: "year", y1: "low", y2: (point) => (point.isOpen ? point.upper : NaN), z: "piece", fill: colour, fillOpacity: 0.28, ...name }),
      Plot.ruleX(alone, { x: "year", y1: "low", y2: "upper", stroke: colour, strokeOpacity: 0.5, strokeWidth: 6, ...name }),
      Plot.line(points, { x: "year", y: "value", z: "piece", stroke: colour, strokeWidth: 2, strokeDasharray: dash, ...name }),
      Plot.dot(known.filter((point) => !/[ep]/.test(point.status)), { ...dot, fill: colour }),
      Plot.dot(known.filter((point) => point.status.includes("p")), { ...dot, fill: theme.ground, stroke: colour, strokeWidth: 1.6 }),
      Plot.dot(known.filter((point) => point.status.includes("e")), { ...dot, r: 5, fill: theme.ground, stroke: colour, strokeWidth: 1.2 }),
      Plot.dot(known.filter((point) => point.status.includes("e")), { ...dot, r: 2, fill: colour }),
    ];
  }

  /** Write the lines' names at their ends, moved apart where they would touch. */
  function markNames(model, theme, top, height) {
    const ends = model.lines
      .map((line) => ({ line, value: line.values.findLast((value) => value !== null) }))
      .filter((end) => end.value !== undefined)
      .map((end) => ({ ...end, y: (1 - end.value / top) * height }))
      .sort((a, b) => a.y - b.y);
    spread(ends, 14, height);
    return ends.map((end) =>
      Plot.text([end], { x: model.view.to + 0.6, y: "value", text: [end.line.name], dx: 6, dy: end.moved - end.y, textAnchor: "start", fontWeight: "bold", fill: E.look.styleOf(end.line.style, theme).text, ariaLabel: () => end.line.key })
    );
  }

  /** Move sorted labels apart until each has `room`; their order stays. */
  function spread(ends, room, height) {
    ends.forEach((end, place) => (end.moved = place ? Math.max(end.y, ends[place - 1].moved + room) : end.y));
    for (let place = ends.length - 1; place >= 0; place -= 1) {
      const limit = place === ends.length - 1 ? height : ends[place + 1].moved - room;
      ends[place].moved = Math.min(ends[place].moved, limit);
    }
  }

  /** Draw a crosshair at the year that is pointed at, with all lines' figures. */
  function markCrosshair(model, theme, top) {
    const rows = model.years.map((year, place) => ({ year, title: E.captions.sayYear(model, place), high: d3.max(model.lines, (line) => line.values[place]) ?? top / 2 }));
    return [
      Plot.ruleX(rows, Plot.pointerX({ x: "year", stroke: theme.muted })),
      Plot.tip(rows, Plot.pointerX({ x: "year", y: "high", title: "title", fill: theme.ground, stroke: theme.axis, lineWidth: 30 })),
    ];
  }

  /** Choose the years that the axis names, so that their labels do not touch. */
  function chooseTicks(model, width) {
    const most = Math.max(2, Math.floor(width / 60));
    const step = [1, 2, 5, 10, 20].find((each) => (model.years.length - 1) / each <= most) || 20;
    return model.years.filter((year) => year % step === 0);
  }

  function sayTick({ view, isScaled }) {
    return isScaled && view.scale === "share" ? (value) => `${+(value * 100).toPrecision(3)}%` : E.words.sayTick;
  }

  /** Draw the lines of a model as SVG.
   *  options: width, height (default by the width), theme, hasNames (at the lines' ends), hasTip. */
  function draw(model, { width, height = Math.round(Math.max(260, Math.min(430, width * 0.5))), theme, hasNames, hasTip }) {
    const names = 16 + 7.4 * d3.max(model.lines, (line) => line.name.length);
    const margins = { marginTop: model.eras ? 34 : 14, marginRight: hasNames ? names : 14, marginBottom: 30, marginLeft: 58 };
    const top = findTop(model);
    const isEmpty = !model.lines.some((line) => line.values.some((value) => value !== null));
    const heights = isEmpty ? [] : d3.ticks(0, top, 5).filter((tick) => model.isScaled || Number.isInteger(tick));
    const inner = width - margins.marginLeft - margins.marginRight;
    return Plot.plot({
      width, height, ...margins, style: { background: theme.ground, color: theme.ink, ...FONT },
      x: { type: "linear", domain: [model.view.from - 0.6, model.view.to + 0.6] },
      y: { type: "linear", domain: [0, top] },
      marks: [
        ...markEras(model, theme, top),
        Plot.gridY(heights, { stroke: theme.faint, strokeOpacity: 1 }),
        Plot.axisY(heights, { tickSize: 0, label: null, color: theme.muted, tickFormat: sayTick(model) }),
        Plot.axisX({ ticks: chooseTicks(model, inner), tickFormat: String, label: null, color: theme.muted }),
        Plot.ruleY([0], { stroke: theme.axis }),
        ...(model.base ? [Plot.ruleY([100], { stroke: theme.axis, strokeDasharray: "2 3" })] : []),
        ...markWords(model, theme, top, inner),
        ...[...model.lines].reverse().flatMap((line) => markLine(model, line, theme)),
        ...(isEmpty ? [Plot.text(["No figure on file"], { x: (model.view.from + model.view.to) / 2, y: top / 2, fill: theme.muted, fontSize: 14 })] : []),
        ...(hasNames ? markNames(model, theme, top, height - margins.marginTop - margins.marginBottom) : []),
        ...(hasTip && !isEmpty ? [markCrosshair(model, theme, top)] : []).flat(),
      ],
    });
  }

  E.lines = { WORTH, FONT, draw };
})((globalThis.Explorer = globalThis.Explorer || {}));
