/* Colours, dashes and markers: the house's in light, their like in dark, in the same order. In
   light the luminance rises from entry to entry and in dark it falls, so that grey tells them too. */
(function (E) {
  "use strict";

  const LIGHT = {
    ink: "#1a1a1a", muted: "#595959", faint: "#d9d9d9", band: "#f2f2f2", ground: "#ffffff", range: "#2f86c9", axis: "#a6a6a6", empty: "#e9e9e9", origin: "#a8321a",
    steps: ["#c9dcec", "#9bbfdc", "#6a9cc6", "#40779f", "#1f4e79", "#0b2447"],
    palette: ["#14213d", "#6a1b6e", "#a8321a", "#00796b", "#2f86c9", "#e07b1a"],
    text: ["#14213d", "#6a1b6e", "#a8321a", "#00796b", "#2b7ab8", "#ad5e13"],
  };
  const DARK = {
    ink: "#e8e8e8", muted: "#b3b3b3", faint: "#3d434b", band: "#22272e", ground: "#15191f", range: "#5aa9e6", axis: "#6b737d", empty: "#2b313a", origin: "#f7a489",
    steps: ["#274a6b", "#35679a", "#4f8cc4", "#7fb3dd", "#b3d4ee", "#e4f1fb"],
    palette: ["#f0f3fa", "#e3bdf0", "#f7a489", "#4fc4b0", "#4f9fdf", "#d0782a"],
    text: ["#f0f3fa", "#e3bdf0", "#f7a489", "#4fc4b0", "#63aeea", "#e0893a"],
  };
  const DASHES = ["", "7 3", "2 3", "9 3 2 3"];
  const SYMBOLS = ["circle", "square", "triangle", "diamond", "triangle", "cross", "times"];

  /** Return how the nth series is drawn. */
  function styleOf(place, theme) {
    const turn = Math.floor(place / theme.palette.length);
    const symbol = SYMBOLS[place % SYMBOLS.length];
    return {
      colour: theme.palette[place % theme.palette.length],
      text: theme.text[place % theme.text.length],
      dash: DASHES[(place + turn) % DASHES.length],
      symbol,
      rotate: place % SYMBOLS.length === 4 ? 180 : 0,
    };
  }

  E.look = { LIGHT, DARK, styleOf };
})((globalThis.Explorer = globalThis.Explorer || {}));
