/* The key to the lines, for where there is no room for names at their ends. */
(function (E) {
  "use strict";

  /** Draw a short piece of a line with its marker. */
  function drawSample(line, theme) {
    const style = E.look.styleOf(line.style, theme);
    const sample = Plot.plot({
      width: 34, height: 14, margin: 0, style: { background: "none" }, axis: null, x: { domain: [0, 1] }, y: { domain: [0, 1] },
      marks: [
        Plot.link([0], { x1: 0, x2: 1, y1: 0.5, y2: 0.5, stroke: style.colour, strokeWidth: 2, strokeDasharray: style.dash }),
        Plot.dot([0], { x: 0.5, y: 0.5, symbol: style.symbol, rotate: style.rotate, fill: style.colour, r: 3.2 }),
      ],
    });
    sample.setAttribute("aria-hidden", "true");
    return sample;
  }

  /** Make an entry for each line. */
  function make(model, theme) {
    return model.lines.map((line) => E.tables.make("li", {}, drawSample(line, theme), ` ${line.name}`));
  }

  E.key = { make };
})((globalThis.Explorer = globalThis.Explorer || {}));
