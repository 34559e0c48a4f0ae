/* The view as files: CSV with a row a figure, SVG and PNG with title, note and source. */

const PICTURE_WIDTH = 960;
const MARGIN = 24;

const writeCsv = (rows, columns) => `${d3.csvFormat(rows, columns)}\n`;

/** Return what all rows of a file tell: of which release, origin and measure they are. */
function listShared({ view, release }, origin) {
  const unit = MEASURES[view.measure].units.length && view.unit !== "range" ? view.unit : "persons";
  const level = view.measure === "recognised" ? view.level : null;
  return { release: release.name, published: release.published, origin, origin_name: nameShort(origin), measure: view.measure, unit, level };
}

const listClosing = (status) => ({ status, source: ATTRIBUTION, licence: LICENCE });
const sayPeriod = ({ halfYear }, year) => (halfYear === year ? "mid" : "end");

function nameSeries(view, line) {
  if (line.code) return "destination";
  return line.key === "without" ? `without_${view.without}` : "all";
}

/** Write the lines: a row a series and year, those without a figure with empty cells. */
function writeLines(model) {
  const { base, view, isScaled } = model;
  const scale = base ? `index, ${base} = 100` : isScaled ? "share, 0 to 1" : "count";
  return writeCsv(model.lines.flatMap((line) => model.years.map((year, place) => {
    const [value, upper] = [line.values[place], line.upper[place]];
    return {
      ...listShared(model, line.origin), scale, series: nameSeries(view, line), destination: line.code, destination_name: line.code && line.name,
      year, period: sayPeriod(model, year), value, lower: isRange(view) ? line.lower[place] : upper === null ? null : value, upper,
      ...listClosing(line.status[place]),
    };
  })));
}

/** Write the ranking of the year: a row a destination. */
function writeRanking(model) {
  const { year, of } = model.view;
  const write = ({ code, name, value, lower, upper, share, rank, status }) => ({
    ...listShared(model, of), year, period: sayPeriod(model, year), rank, destination: code, destination_name: name, value, lower, upper,
    share_of_total: share, ...listClosing(status),
  });
  return writeCsv(model.ranking.map(write), Object.keys(write({}))); // a file without a row has heads too
}

/** Name a file after what it shows. */
function nameFile({ view }, what, ending) {
  const key = findKey(view);
  const shown = what === "ranking"
    ? [view.of, key, what, view.year]
    : [view.origins.join("-"), key, ...(view.scale === "count" ? [] : [view.scale]), what, `${view.from}-${view.to}`];
  return `${[...shown, `release-${view.release}`].join("_").toLowerCase()}.${ending}`;
}

function save(name, blob) {
  const address = URL.createObjectURL(blob);
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

/** Set a text in lines that fit a picture; return the drawing and its height. */
function setText(words, size, fontWeight, fill) {
  const style = { ...CHART_STYLE, background: "none" };
  const place = { frameAnchor: "top-left", lineAnchor: "top", dx: MARGIN, dy: size * 0.3 };
  const lineWidth = (0.88 * (PICTURE_WIDTH - 2 * MARGIN)) / size; // Plot counts on narrower letters than some systems have
  const look = { fontSize: size, fontWeight, fill, lineHeight: 1.35, lineWidth };
  const drawing = Plot.text([words], { ...place, ...look }).plot({ width: PICTURE_WIDTH, margin: 0, style });
  const lines = drawing.querySelectorAll("tspan").length || 1;
  return { drawing, height: lines * size * 1.35 + size * 0.35 };
}

/** Put a chart into a picture that stands alone: title and measure above, note and source below. */
function framePicture(chart, { title, subtitle, note }, source) {
  chart.setAttribute("x", MARGIN);
  const parts = [
    setText(title, 19, 700, "var(--ink)"), setText(subtitle, 14, 400, "var(--muted)"), { drawing: chart, height: Number(chart.getAttribute("height")) + 16 },
    ...[note, source].filter(Boolean).map((words) => setText(words, 12, 400, "var(--muted)")),
  ];
  const heights = d3.cumsum([MARGIN, ...parts.map((part) => part.height), MARGIN / 2]);
  const whole = Math.ceil(heights.at(-1));
  const picture = d3.create("svg").attr("xmlns", "http://www.w3.org/2000/svg").attr("width", PICTURE_WIDTH).attr("height", whole);
  picture.attr("viewBox", `0 0 ${PICTURE_WIDTH} ${whole}`).attr("role", "img");
  picture.append("title").text(title);
  picture.append("desc").text(`${subtitle}. ${source}. ${location.href}`);
  picture.append("rect").attr("width", PICTURE_WIDTH).attr("height", whole).attr("fill", "var(--ground)");
  parts.forEach(({ drawing }, place) => picture.append(() => drawing).attr("y", heights[place]));
  return picture.node();
}

/** Draw a chart as a picture that stands alone, as text, in the style sheet's colours for light. */
function writePicture(model, what) {
  const shape = { width: PICTURE_WIDTH - 2 * MARGIN, hasNames: true };
  const [chart, words] = what === "ranking"
    ? [drawBars(model, shape), { title: makeRankingTitle(model), subtitle: makeRankingSubtitle(model), note: makeRankingNote(model) }]
    : [drawLines(model, shape), { title: makeTitle(model), subtitle: makeSubtitle(model), note: makeNote(model) }];
  const text = new XMLSerializer().serializeToString(framePicture(chart, words, makeSource(model)));
  const colours = getComputedStyle(document.documentElement);
  return text.replace(/var\(--([\w-]+)\)/g, (_, name) => /#\w{6}/.exec(colours.getPropertyValue(`--${name}`))[0]);
}

/** Draw the picture at twice its size, for print. */
async function paintPng(text) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = make("canvas", { width: image.width * 2, height: image.height * 2 });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

/** Save what a chart shows in a format: csv, svg or png. */
async function download(model, what, format) {
  const name = nameFile(model, what, format);
  if (format === "csv") {
    return save(name, new Blob([what === "ranking" ? writeRanking(model) : writeLines(model)], { type: "text/csv;charset=utf-8" }));
  }
  const text = writePicture(model, what);
  return save(name, format === "svg" ? new Blob([text], { type: "image/svg+xml" }) : await paintPng(text));
}
