/* The map of the ranking's year: destinations in few steps of one colour, dark for many. The outlines
   are stored projected (Equal Earth), so that a large country does not look like a large number. */

const EDGES = [10, 100, 1000, 10000, 100000];
const STEPS = 6; // of colour

/** Choose the steps that the year's figures need, each with its words and colour. */
function chooseSteps(model) {
  const edges = EDGES.filter((edge) => edge <= (d3.max(model.ranking, (row) => row.value) ?? 0));
  const steps = [1, ...edges].map((start, place) => ({
    text: `${sayCount(start)} ${place < edges.length ? `to ${sayCount(edges[place] - 1)}` : "and more"}`,
    colour: `var(--step-${Math.round((place * (STEPS - 1)) / Math.max(1, edges.length))})`,
  }));
  return { find: d3.scaleThreshold(edges, steps.map((step) => step.colour)), steps };
}

/** Draw the outlines as SVG, each with its name and figure where a pointer rests. */
function drawMap(model) {
  const { find, steps } = chooseSteps(model);
  const figures = new Map(model.ranking.map((row) => [row.code, row.value]));
  const isOrigin = ({ iso3 }) => iso3 === model.view.of;
  const svg = d3.create("svg").attr("viewBox", "-2710 -1300 5420 2450").attr("width", "100%");
  const shapes = svg.selectAll("path").data(d3.sort(Explorer.outlines, isOrigin)).join("path").attr("d", (shape) => shape.d);
  shapes.attr("fill", ({ iso3 }) => (figures.get(iso3) > 0 ? find(figures.get(iso3)) : "var(--empty)"));
  shapes.attr("stroke", (shape) => (isOrigin(shape) ? "var(--origin)" : "var(--ground)")).attr("stroke-width", (shape) => (isOrigin(shape) ? 14 : 4));
  const sayFigure = ({ iso3 }) => (figures.has(iso3) ? sayCount(figures.get(iso3)) : "none reported");
  shapes.append("title").text((shape) => `${nameShort(shape.iso3 ?? "No code")}: ${sayFigure(shape)}${isOrigin(shape) ? " (the origin)" : ""}`);
  const others = [{ text: "none reported", colour: "var(--empty)" }, { text: "outlined: the origin", colour: "transparent", edge: "var(--origin)" }];
  return { svg: svg.node(), keys: [...steps, ...others] };
}

/** Say which destinations of the year are too small to be drawn. */
function makeMapNote(model) {
  const drawn = new Set(Explorer.outlines.map((shape) => shape.iso3));
  const small = model.ranking.filter((row) => row.rank !== null && !drawn.has(row.code)).map((row) => `${row.name} (${sayCount(row.value)})`);
  const named = small.length > 4 ? [...small.slice(0, 4), `${small.length - 4} more`] : small;
  return `Borders imply no position on the status of any territory.${small.length ? ` Too small to be drawn: ${joinNames(named)}.` : ""}`;
}
