/* What can be looked at: each measure's name, unit and the sentences that go with it. */

const UNITS = { range: "persons, as a range", persons: "only what is reported in persons", cases: "only what is reported in cases" };
const LEVELS = { first: "at first instance", appeal: "on appeal or review", other: "at other levels" };
const SCALES = { count: "numbers", index: "an index (first year = 100)", share: "a share" };
const MEASURES = {
  pending: { name: "Claims pending (a stock)", units: [] },
  lodged: { name: "Claims lodged (a flow)", units: ["range", "persons", "cases"] },
  recognised: { name: "Claims recognised (a flow)", units: ["persons", "cases"] },
};

/** Name the series in the data that a view shows. */
function findKey({ measure, unit, level }) {
  return [measure, ...(measure === "recognised" ? [level] : []), ...(MEASURES[measure].units.length ? [unit] : [])].join("-");
}

/** A stock is of one day, a flow of a period. */
const isFlow = (view) => view.measure !== "pending";
const isRange = (view) => view.measure === "lodged" && view.unit === "range";

/** A share needs a whole: there is none of a range, nor of decisions. */
const hasShare = (view) => view.measure !== "recognised" && !isRange(view);

/** Say what is counted: "claims pending from China". */
function describe(view, origin) {
  const from = origin ? ` from ${origin}` : "";
  if (view.measure === "pending") return `claims pending${from}`;
  if (view.measure === "recognised") return `claims${from} recognised ${LEVELS[view.level]}, counted in ${view.unit}`;
  return isRange(view) ? `claims lodged${from}, in persons` : `new claims lodged${from}, counted in ${view.unit}`;
}

/** Say what one unit of the measure is called: claims, persons or cases. */
const nameUnit = (view) => (view.measure === "pending" ? "claims" : view.unit === "cases" ? "cases" : "persons");
