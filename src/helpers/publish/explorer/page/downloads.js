/* The view as files: CSV with a row a figure, SVG and PNG with title, note and source. */
(function (E) {
  "use strict";

  const PICTURE_WIDTH = 960;
  const MARGIN = 24;

  const writeCsv = (columns, rows) => `${d3.csvFormatRows([columns, ...rows])}\n`;
  const SHARED = ["release", "published", "origin", "origin_name", "measure", "unit", "level"];
  const CLOSING = ["status", "source", "licence"];

  function listShared(raw, model, origin) {
    const { view, release } = model;
    const unit = E.measures.MEASURES[view.measure].units.length ? view.unit : "persons";
    const level = view.measure === "recognised" ? view.level : null;
    return [release.name, release.published, origin, E.model.nameShort(raw, origin), view.measure, unit === "range" ? "persons" : unit, level];
  }

  const listClosing = (status) => [status, E.captions.ATTRIBUTION, E.captions.LICENCE];
  const sayPeriod = (model, year) => (model.halfYear === year ? "mid" : "end");

  function nameSeries(model, line) {
    if (line.code) return "destination";
    return line.key === "without" ? `without_${model.view.without}` : "all";
  }

  /** Write the lines: a row a series and year, those without a figure with empty cells. */
  function writeLines(raw, model) {
    const columns = [...SHARED, "scale", "series", "destination", "destination_name", "year", "period", "value", "lower", "upper", ...CLOSING];
    const { base, view } = model;
    const scale = base ? `index, ${base} = 100` : model.isScaled ? "share, 0 to 1" : "count";
    const rows = model.lines.flatMap((line) =>
      model.years.map((year, place) => [
        ...listShared(raw, model, line.origin), scale, nameSeries(model, line), line.code || null, line.code ? line.name : null, year, sayPeriod(model, year),
        line.values[place], E.captions.isRange(view) ? line.lower[place] : line.upper[place] === null ? null : line.values[place], line.upper[place], ...listClosing(line.status[place]),
      ])
    );
    return writeCsv(columns, rows);
  }

  /** Write the ranking of the year: a row a destination. */
  function writeRanking(raw, model) {
    const columns = [...SHARED, "year", "period", "rank", "destination", "destination_name", "value", "lower", "upper", "share_of_total", ...CLOSING];
    const { year, of } = model.view;
    const rows = model.ranking.map((row) => [
      ...listShared(raw, model, of), year, sayPeriod(model, year), row.rank, row.code, row.name, row.value, row.lower, row.upper, row.share, ...listClosing(row.status),
    ]);
    return writeCsv(columns, rows);
  }

  /** Name a file after what it shows. */
  function nameFile({ view }, what, ending) {
    const scale = view.scale === "count" ? [] : [view.scale];
    const parts = what === "ranking" ? [view.of, E.measures.findKey(view), what, view.year] : [view.origins.join("-"), E.measures.findKey(view), ...scale, what, `${view.from}-${view.to}`];
    return `${[...parts, `release-${view.release}`].join("_").toLowerCase()}.${ending}`;
  }

  function save(name, blob) {
    const address = URL.createObjectURL(blob);
    const link = E.tables.make("a", { href: address, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  }

  function makeSvg(name, attributes, ...children) {
    const element = d3.create(`svg:${name}`).node();
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
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
    return makeSvg("svg", { width: PICTURE_WIDTH, height: whole, viewBox: `0 0 ${PICTURE_WIDTH} ${whole}`, role: "img" },
      makeSvg("title", {}, title), makeSvg("desc", {}, `${alt} ${source}. ${link}`), makeSvg("rect", { width: PICTURE_WIDTH, height: whole, fill: ground }),
      ...head.elements, ...sub.elements, chart, ...foot);
  }

  function makePicture(raw, model, what) {
    const shape = { width: PICTURE_WIDTH - 2 * MARGIN, theme: E.look.LIGHT, hasNames: true };
    const shared = { source: E.captions.makeSource(model), link: location.href };
    const { captions } = E;
    const [chart, texts] = what === "ranking"
      ? [E.bars.draw(model, shape), { title: captions.makeRankingTitle(raw, model), subtitle: captions.makeRankingSubtitle(raw, model), note: captions.makeRankingNote(model), alt: captions.describeRanking(model) }]
      : [E.lines.draw(model, shape), { title: captions.makeTitle(raw, model), subtitle: captions.makeSubtitle(model), note: captions.makeNote(model), alt: captions.describeLines(raw, model) }];
    return framePicture(chart, { ...shared, ...texts });
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
    const text = new XMLSerializer().serializeToString(makePicture(raw, model, what));
    if (format === "svg") return save(name, new Blob([text], { type: "image/svg+xml" }));
    return save(name, await paintPng(text));
  }

  E.downloads = { writeLines, writeRanking, download };
})((globalThis.Explorer = globalThis.Explorer || {}));
