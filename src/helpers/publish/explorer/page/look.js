/* Dashes and markers of the lines. Colours are the style sheet's, light and dark, in the house's order. */

const STYLES = [
  ["", "circle"], ["7 3", "square"], ["2 3", "triangle"], ["9 3 2 3", "diamond"], ["", "triangle"], ["7 3", "cross"], ["9 3 2 3", "times"],
];
const COLOURS = 6;

/** Return how the nth series is drawn. */
function styleOf(place) {
  const [dash, symbol] = STYLES[place];
  const rotate = place === 4 ? 180 : 0; // a triangle that points down
  return { colour: `var(--line-${place % COLOURS})`, text: `var(--name-${place % COLOURS})`, dash, symbol, rotate };
}
