/* The chart of lines: eras shaded, breaks dashed, ranges as bands, provisional points hollow. */
(function (E) {
  "use strict";

  const FOOT = 0.12; // a break without words reaches this far up
  const WORTH = 1.02; // a range that adds less than this to a figure is in the table only

  /** Turn a line's cells into points; those without a figure keep their place and interrupt it. */
  function listPoints(model, line) {
    return model.years.map((year, place) => ({
      year, value: line.values[place] === null ? NaN : line.values[place], upper: line.upper[place], status: line.status[place], line,
      isOpen: line.upper[place] !== null && line.upper[place] > WORTH * line.values[place],
    }));
  }

  function findTop(model) {
    const all = model.lines.flatMap((line) => [...line.values, ...line.upper]).filter((value) => value !== null);
    const room = Object.keys(model.words).length && model.view.all ? 1.14 : 1.06; // for the words of breaks
    return Math.max(...all, 0) * room || 1;
  }

  function markEras(model, theme, top) {
    if (!model.eras) return [];
    const eras = model.eras.eras.map((era, place) => ({ ...era, place, x1: Math.max(era.from - 0.5, model.view.from - 0.6), x2: Math.min(era.to + 0.5, model.view.to + 0.6) }));
    const shaded = model.eras.boundary.eras.map((era) => era[0]);
    return [
      Plot.rect(eras.filter((era) => shaded.indexOf(era.name) % 2 === 0), { x1: "x1", x2: "x2", y1: 0, y2: top, fill: theme.band, insetTop: 0 }),
      Plot.text(eras, { x: (era) => (era.x1 + era.x2) / 2, y: top, text: "name", dy: -8, fill: theme.muted, lineAnchor: "bottom", fontSize: 11, lineWidth: 9 }),
    ];
  }

  /** Draw the range of a line; a year between two without one stands alone, as a thick stroke. */
  function markRange(points, theme, colour) {
    const known = points.map((point) => point.isOpen);
    const alone = points.filter((point, place) => known[place] && !known[place - 1] && !known[place + 1]);
    return [
      Plot.areaY(points, { x: "year", y1: "value", y2: (point) => (point.isOpen ? point.upper : NaN), fill: colour, fillOpacity: 0.28 }),
      Plot.ruleX(alone, { x: "year", y1: "value", y2: "upper", stroke: colour, strokeOpacity: 0.5, strokeWidth: 6 }),
    ];
  }

  /** Dash the breaks of the total from foot to top where there are words for them, else at the foot. */
  function markBreaks(model, theme, top) {
    const line = model.lines.find((each) => each.key === "all");
    if (!line) return [];
    const breaks = line.broken.filter((year) => year > model.view.from).map((year) => ({ at: year - 0.5, year, word: model.words[year] || "" }));
    return [Plot.ruleX(breaks, { x: "at", y1: 0, y2: (mark) => (mark.word ? top : top * FOOT), stroke: theme.muted, strokeDasharray: "4 3", strokeWidth: 1.1 })];
  }

  /** Place the words of breaks: to the right of the dash or, near the end, to the left; each in the
   *  first row where it touches no other. `scale` is pixels a year. */
  function placeWords(words, last, scale) {
    const rows = [];
    return words.map(({ year, word }) => {
      const width = 6.6 * word.length + 8;
      const isRight = (last + 0.6 - (year - 0.5)) * scale > width;
      const from = (year - 0.5) * scale - (isRight ? 0 : width);
      let row = rows.findIndex((end) => end <= from);
      if (row < 0) row = rows.length;
      rows[row] = from + width;
      return { year, word, isRight, row };
    });
  }

  function markWords(model, theme, top, width) {
    const line = model.lines.find((each) => each.key === "all");
    if (!line || width < 420) return [];
    const words = line.broken.filter((year) => model.words[year] && year > model.view.from).map((year) => ({ year, word: model.words[year] }));
    return placeWords(words, model.view.to, width / (model.years.length + 0.2)).map(({ year, word, isRight, row }) =>
      Plot.text([word], { x: year - 0.5, y: top, text: [word], dx: isRight ? 4 : -4, dy: 8 + 14 * row, textAnchor: isRight ? "start" : "end", fill: theme.muted, stroke: theme.ground, strokeWidth: 4, fontSize: 11 })
    );
  }

  /** Dash a destination's own breaks across its line only. */
  function markOwnBreaks(model, line, style, top) {
    if (line.key === "all") return [];
    const ticks = line.broken.map((year) => {
      const place = model.years.indexOf(year);
      const [before, now] = [line.values[place - 1] ?? null, line.values[place]];
      const centre = before === null ? now : (before + now) / 2;
      return { at: year - 0.5, y1: Math.max(centre - top * 0.045, 0), y2: centre + top * 0.045 };
    });
    return [Plot.ruleX(ticks.filter((tick) => tick.at > model.view.from - 0.6), { x: "at", y1: "y1", y2: "y2", stroke: style.colour, strokeDasharray: "3 2", strokeWidth: 1.6 })];
  }

  function markLine(model, line, theme, top) {
    const style = E.look.styleOf(line.style, theme);
    const points = listPoints(model, line);
    const plain = points.filter((point) => !/[pe]/.test(point.status));
    const dot = { x: "year", y: "value", symbol: style.symbol, rotate: style.rotate, stroke: style.colour };
    return [
      ...markRange(points, theme, line.key === "all" ? theme.range : style.colour),
      ...markOwnBreaks(model, line, style, top),
      Plot.line(points, { x: "year", y: "value", stroke: style.colour, strokeWidth: 2, strokeDasharray: style.dash }),
      Plot.dot(plain, { ...dot, fill: style.colour, stroke: theme.ground, strokeWidth: 0.8, r: 3.2 }),
      Plot.dot(points.filter((point) => point.status.includes("p")), { ...dot, fill: theme.ground, strokeWidth: 1.8, r: 4.5 }),
      Plot.dot(points.filter((point) => point.status.includes("e")), { ...dot, fill: style.colour, strokeWidth: 0.8, r: 2.6 }),
      Plot.dot(points.filter((point) => point.status.includes("e")), { x: "year", y: "value", symbol: "circle", stroke: style.colour, strokeWidth: 1.3, r: 6.5 }),
    ];
  }

  /** Write the lines' names at their ends, moved apart where they would touch. */
  function markNames(model, theme, top, height) {
    const ends = model.lines
      .map((line) => {
        const place = line.values.map((value) => value !== null).lastIndexOf(true);
        return place < 0 ? null : { line, year: model.years[place], value: line.values[place], y: (1 - line.values[place] / top) * height };
      })
      .filter(Boolean)
      .sort((a, b) => a.y - b.y);
    spread(ends, 14, height);
    return ends.map((end) =>
      Plot.text([end], { x: model.view.to + 0.6, y: "value", text: [end.line.name], dx: 6, dy: end.moved - end.y, textAnchor: "start", fontWeight: "bold", fontSize: 12, fill: E.look.styleOf(end.line.style, theme).text })
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

  function markTip(model, points) {
    const say = E.captions.chooseSay(model);
    return Plot.tip(points.filter((point) => !isNaN(point.value)), Plot.pointer({
      x: "year", y: "value",
      title: (point) => `${point.line.name}, ${point.year}\n${say(point.value)}${point.upper === null ? "" : ` to ${say(point.upper)}`}${point.status ? `\n${point.status.split(" ").map((code) => E.captions.STATUS_WORDS[code]).join("\n")}` : ""}`,
    }));
  }

  /** Choose the heights that the axis names: whole numbers for counts, none where nothing is drawn. */
  function chooseHeights(model, top) {
    if (!model.lines.some((line) => line.values.some((value) => value !== null))) return [];
    const heights = d3.ticks(0, top, 5);
    return model.view.measure === "share" ? heights : heights.filter(Number.isInteger);
  }

  function markNothing(model, theme, top) {
    if (chooseHeights(model, top).length) return [];
    return [Plot.text(["No figure on file"], { x: (model.view.from + model.view.to) / 2, y: top / 2, fill: theme.muted, fontSize: 14 })];
  }

  /** Choose the years that the axis names, so that their labels do not touch. */
  function chooseTicks(model, width) {
    const most = Math.max(2, Math.floor(width / 60));
    const step = [1, 2, 5, 10, 20].find((each) => (model.years.length - 1) / each <= most) || 20;
    return model.years.filter((year) => year % step === 0);
  }

  /** Draw the lines of a model as SVG.
   *  options: width, theme, hasNames (at the lines' ends), hasTip. */
  function draw(model, { width, theme, hasNames, hasTip }) {
    const height = Math.round(Math.max(260, Math.min(430, width * 0.5)));
    const margins = { top: model.eras ? 34 : 14, right: hasNames ? measureNames(model) : 14, bottom: 30, left: 58 };
    const top = findTop(model);
    const inner = height - margins.top - margins.bottom;
    const lines = [...model.lines].reverse();
    const ticks = chooseHeights(model, top);
    return Plot.plot({
      width, height, marginTop: margins.top, marginRight: margins.right, marginBottom: margins.bottom, marginLeft: margins.left,
      style: { background: theme.ground, color: theme.ink, fontFamily: "system-ui, 'DejaVu Sans', sans-serif", fontSize: "12px", overflow: "visible" },
      x: { type: "linear", domain: [model.view.from - 0.6, model.view.to + 0.6] },
      y: { type: "linear", domain: [0, top] },
      marks: [
        ...markEras(model, theme, top),
        Plot.gridY(ticks, { stroke: theme.faint, strokeOpacity: 1 }),
        Plot.axisY(ticks, { tickSize: 0, label: null, color: theme.muted, tickFormat: model.view.measure === "share" ? (value) => `${+(value * 100).toPrecision(3)}%` : E.words.sayTick }),
        Plot.axisX({ ticks: chooseTicks(model, width - margins.left - margins.right), tickFormat: (year) => String(year), label: null, color: theme.muted }),
        Plot.ruleY([0], { stroke: theme.axis }),
        ...markBreaks(model, theme, top),
        ...lines.flatMap((line) => markLine(model, line, theme, top)),
        ...markWords(model, theme, top, width - margins.left - margins.right),
        ...markNothing(model, theme, top),
        ...(hasNames ? markNames(model, theme, top, inner) : []),
        ...(hasTip ? [markTip(model, model.lines.flatMap((line) => listPoints(model, line)))] : []),
      ],
    });
  }

  function measureNames(model) {
    return 16 + 7.4 * Math.max(...model.lines.map((line) => line.name.length));
  }

  E.lines = { WORTH, draw, spread, chooseTicks, placeWords };
})((globalThis.Explorer = globalThis.Explorer || {}));
