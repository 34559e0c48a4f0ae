/* The map of the ranking's year: destinations in few steps of one colour, dark for many. The outlines
   are stored projected (Equal Earth), so that a large country does not look like a large number. */
(function (E) {
  "use strict";

  const EDGES = [10, 100, 1000, 10000, 100000];

  /** Choose the steps that the year's figures need, each with its words and colour. */
  function chooseSteps(model, theme) {
    const most = d3.max(model.ranking, (row) => row.value) || 0;
    const edges = EDGES.filter((edge) => edge <= most);
    const starts = [1, ...edges];
    const colours = starts.map((_, place) => theme.steps[Math.round((place * (theme.steps.length - 1)) / Math.max(1, edges.length))]);
    const words = starts.map((start, place) => (place < edges.length ? `${E.words.sayCount(start)} to ${E.words.sayCount(edges[place] - 1)}` : `${E.words.sayCount(start)} and more`));
    return { find: d3.scaleThreshold(edges, colours), keys: words.map((text, place) => ({ text, colour: colours[place] })) };
  }

  /** Draw the outlines as SVG, each with its name and figure where a pointer rests. */
  function draw(raw, model, { theme }) {
    const { find, keys } = chooseSteps(model, theme);
    const figures = new Map(model.ranking.map((row) => [row.code, row]));
    const colour = ({ iso3 }) => (figures.get(iso3)?.value > 0 ? find(figures.get(iso3).value) : theme.empty);
    const isOrigin = ({ iso3 }) => iso3 === model.view.of;
    const svg = d3.create("svg").attr("viewBox", "-2710 -1300 5420 2450").attr("width", "100%");
    const shapes = svg.selectAll("path").data(d3.sort(E.outlines, isOrigin)).join("path").attr("d", (shape) => shape.d).attr("fill", colour);
    shapes.attr("stroke", (shape) => (isOrigin(shape) ? theme.origin : theme.ground)).attr("stroke-width", (shape) => (isOrigin(shape) ? 14 : 4));
    shapes.append("title").text(({ iso3 }) => {
      const row = figures.get(iso3);
      return `${E.model.nameShort(raw, iso3 ?? "No code")}: ${row ? E.words.sayCount(row.value) : "none reported"}${iso3 === model.view.of ? " (the origin)" : ""}`;
    });
    return { svg: svg.node(), keys: [...keys, { text: "none reported", colour: theme.empty }, { text: "outlined: the origin", colour: "transparent", edge: theme.origin }] };
  }

  /** Say which destinations of the year are too small to be drawn. */
  function makeNote(model) {
    const drawn = new Set(E.outlines.map((shape) => shape.iso3));
    const small = model.ranking.filter((row) => row.rank !== null && !drawn.has(row.code)).map((row) => `${row.name} (${E.words.sayCount(row.value)})`);
    const named = small.length > 4 ? [...small.slice(0, 4), `${small.length - 4} more`] : small;
    return `Borders imply no position on the status of any territory.${small.length ? ` Too small to be drawn: ${E.words.joinNames(named)}.` : ""}`;
  }

  E.map = { draw, makeNote };
})((globalThis.Explorer = globalThis.Explorer || {}));
