/* The chart of the ranking: a bar a destination, the longest on top. */
(function (E) {
  "use strict";

  const ROW = 30;

  /** Tell whether a range is wide enough to be drawn, as on the chart of lines. */
  function isOpen(row) {
    return row.upper !== null && row.upper > E.lines.WORTH * row.value;
  }

  const findEnd = (row) => (isOpen(row) ? row.upper : row.value);

  function listRows(model) {
    return model.ranking.filter((row) => row.rank !== null).slice(0, model.view.top);
  }

  /** Draw the ranking as SVG; bars of destinations that are drawn as lines have the line's colour. */
  function draw(model, { width, theme, hasNamesAbove }) {
    const rows = listRows(model);
    const say = E.captions.chooseSay(model);
    const names = Math.max(...rows.map((row) => row.name.length), 1);
    const left = hasNamesAbove ? 4 : Math.min(14 + names * 7.2, width * 0.4);
    const colour = (row) => {
      const line = model.lines.find((each) => each.code === row.code);
      return E.look.styleOf(line ? line.style : 0, theme).colour;
    };
    const row = hasNamesAbove ? 40 : ROW;
    return Plot.plot({
      width, height: rows.length * row + 12, marginLeft: left, marginRight: rows.some(isOpen) ? 160 : 110, marginTop: 4, marginBottom: 8,
      style: { background: theme.ground, color: theme.ink, fontFamily: "system-ui, 'DejaVu Sans', sans-serif", fontSize: "12px", overflow: "visible" },
      x: { axis: null, domain: [0, Math.max(...rows.map(findEnd), 0) || 1] },
      y: { axis: null, type: "band", domain: rows.map((each) => each.code), padding: 0.25 },
      marks: [
        Plot.barX(rows, { x: "value", y: "code", fill: colour, insetTop: hasNamesAbove ? 15 : 0 }),
        Plot.barX(rows.filter(isOpen), { x1: "value", x2: "upper", y: "code", fill: theme.range, fillOpacity: 0.4, insetTop: hasNamesAbove ? 15 : 0 }),
        Plot.ruleX([0], { stroke: theme.axis }),
        Plot.text(rows, hasNamesAbove
          ? { x: 0, y: "code", text: "name", textAnchor: "start", dx: 4, dy: -11, fill: theme.ink }
          : { x: 0, y: "code", text: "name", textAnchor: "end", dx: -8, fill: theme.ink }),
        Plot.text(rows, {
          x: findEnd, y: "code", textAnchor: "start", dx: 6, dy: hasNamesAbove ? 7 : 0, fill: theme.ink,
          text: (each) => `${say(each.value)}${isOpen(each) ? ` to ${say(each.upper)}` : ""}${each.status ? ` (${each.status})` : ""}`,
        }),
      ],
    });
  }

  E.bars = { draw, listRows, isOpen };
})((globalThis.Explorer = globalThis.Explorer || {}));
