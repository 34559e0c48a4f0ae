/* The view as files: CSV with a row a figure, SVG and PNG with title, note and source. */
(function (E) {
  "use strict";

  const PICTURE_WIDTH = 960;
  const MARGIN = 24;

  /** Write one cell of CSV; missing is an empty cell. */
  function writeCell(value) {
    if (value === null || value === undefined) return "";
    const text = String(value);
    return /[",\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
  }

  function writeCsv(columns, rows) {
    return [columns, ...rows].map((row) => row.map(writeCell).join(",")).join("\n") + "\n";
  }

  const SHARED = ["release", "published", "origin", "origin_name", "measure", "unit", "level"];
  const CLOSING = ["status", "source", "licence"];

  function listShared(raw, model) {
    const { view, release } = model;
    const measure = E.measures.MEASURES[view.measure];
    const unit = measure.hasUnits ? view.unit : measure.kind === "stock" ? "persons" : "share, 0 to 1";
    return [release.name, release.published, view.origin, E.model.nameShort(raw, view.origin), view.measure, unit, measure.hasLevels ? view.level : null];
  }

  function listClosing(status) {
    return [status, E.captions.ATTRIBUTION, E.captions.LICENCE];
  }

  const SERIES = { all: "all", without: null };

  function nameSeries(model, line) {
    if (line.code) return "destination";
    return line.key === "without" ? `without_${model.view.without}` : SERIES[line.key];
  }

  /** Write the lines: a row a series and year, those without a figure with empty cells. */
  function writeLines(raw, model) {
    const columns = [...SHARED, "series", "destination", "destination_name", "year", "period", "value", "lower", "upper", ...CLOSING];
    const rows = model.lines.flatMap((line) =>
      model.years.map((year, place) => [
        ...listShared(raw, model), nameSeries(model, line), line.code || null, line.code ? line.name : null, year, model.halfYear === year ? "mid" : "end",
        line.values[place], line.upper[place] === null ? null : line.values[place], line.upper[place], ...listClosing(line.status[place]),
      ])
    );
    return writeCsv(columns, rows);
  }

  /** Write the ranking of the year: a row a destination. */
  function writeRanking(raw, model) {
    const columns = [...SHARED, "year", "period", "rank", "destination", "destination_name", "value", "upper", "share_of_total", ...CLOSING];
    const period = model.halfYear === model.view.year ? "mid" : "end";
    const rows = model.ranking.map((row) => [
      ...listShared(raw, model), model.view.year, period, row.rank, row.code, row.name, row.value, row.upper, row.share, ...listClosing(row.status),
    ]);
    return writeCsv(columns, rows);
  }

  /** Name a file after what it shows. */
  function nameFile(model, what, ending) {
    const { view } = model;
    const parts = [view.origin, E.measures.findKey(view) === "pending" ? view.measure : E.measures.findKey(view), what, what === "ranking" ? view.year : `${view.from}-${view.to}`, `release-${view.release}`];
    return `${parts.join("_").toLowerCase()}.${ending}`;
  }

  function save(name, blob) {
    const address = URL.createObjectURL(blob);
    const link = E.tables.make("a", { href: address, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  }

  const NS = "http://www.w3.org/2000/svg";

  function makeSvg(name, attributes, ...children) {
    const element = document.createElementNS(NS, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
    element.append(...children);
    return element;
  }

  /** Break a text into lines that fit a width, measured as it will be drawn. */
  function wrap(text, font, width) {
    const context = document.createElement("canvas").getContext("2d");
    context.font = font;
    const lines = [""];
    for (const word of text.split(" ")) {
      const tried = `${lines[lines.length - 1]} ${word}`.trim();
      if (context.measureText(tried).width <= width || !lines[lines.length - 1]) lines[lines.length - 1] = tried;
      else lines.push(word);
    }
    return lines;
  }

  /** Set a block of text below a height; return the elements and the height below them. */
  function setText(text, { size, weight, colour, y }) {
    const family = "system-ui, 'DejaVu Sans', sans-serif";
    const elements = wrap(text, `${weight} ${size}px ${family}`, PICTURE_WIDTH - 2 * MARGIN).map((line, place) =>
      makeSvg("text", { x: MARGIN, y: y + size + place * size * 1.35, "font-size": size, "font-weight": weight, fill: colour, "font-family": family }, line)
    );
    return { elements, y: y + elements.length * size * 1.35 + size * 0.35 };
  }

  /** Put a chart into a picture that stands alone: title and measure above, note and source below. */
  function framePicture(chart, { title, subtitle, note, source, alt, link }) {
    const { ink, muted, ground } = E.look.LIGHT;
    const head = setText(title, { size: 19, weight: 700, colour: ink, y: MARGIN });
    const sub = setText(subtitle, { size: 14, weight: 400, colour: muted, y: head.y });
    const height = Number(chart.getAttribute("height"));
    chart.setAttribute("x", MARGIN);
    chart.setAttribute("y", sub.y + 8);
    let y = sub.y + 16 + height;
    const foot = [note, source].filter(Boolean).flatMap((text) => {
      const block = setText(text, { size: 12, weight: 400, colour: muted, y });
      y = block.y;
      return block.elements;
    });
    const whole = Math.ceil(y + MARGIN / 2);
    return makeSvg("svg", { xmlns: NS, width: PICTURE_WIDTH, height: whole, viewBox: `0 0 ${PICTURE_WIDTH} ${whole}`, role: "img" },
      makeSvg("title", {}, title), makeSvg("desc", {}, `${alt} ${source}. ${link}`), makeSvg("rect", { width: PICTURE_WIDTH, height: whole, fill: ground }),
      ...head.elements, ...sub.elements, chart, ...foot);
  }

  function makePicture(raw, model, what) {
    const shape = { width: PICTURE_WIDTH - 2 * MARGIN, theme: E.look.LIGHT, hasNames: true };
    const shared = { source: E.captions.makeSource(model), link: location.href };
    if (what === "ranking") {
      return framePicture(E.bars.draw(model, shape), { ...shared, title: E.captions.makeRankingTitle(raw, model), subtitle: E.captions.makeRankingSubtitle(raw, model), note: E.captions.makeRankingNote(model), alt: E.captions.describeRanking(model) });
    }
    return framePicture(E.lines.draw(model, shape), { ...shared, title: E.captions.makeTitle(raw, model), subtitle: E.captions.makeSubtitle(model), note: E.captions.makeNote(model), alt: E.captions.describeLines(raw, model) });
  }

  function writeSvg(raw, model, what) {
    return new XMLSerializer().serializeToString(makePicture(raw, model, what));
  }

  /** Draw the picture at twice its size, for print. */
  async function paintPng(text) {
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
    await image.decode();
    const canvas = E.tables.make("canvas", { width: image.width * 2, height: image.height * 2 });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  }

  /** Save what a chart shows in a format: csv, svg or png. */
  async function download(raw, model, what, format) {
    const name = nameFile(model, what, format);
    if (format === "csv") {
      const text = what === "ranking" ? writeRanking(raw, model) : writeLines(raw, model);
      return save(name, new Blob([text], { type: "text/csv;charset=utf-8" }));
    }
    const text = writeSvg(raw, model, what);
    if (format === "svg") return save(name, new Blob([text], { type: "image/svg+xml" }));
    return save(name, await paintPng(text));
  }

  E.downloads = { writeLines, writeRanking, writeSvg, nameFile, download };
})((globalThis.Explorer = globalThis.Explorer || {}));
