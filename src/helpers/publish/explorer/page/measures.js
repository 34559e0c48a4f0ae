/* What can be looked at: each measure's name, unit and the sentences that go with it. */
(function (E) {
  "use strict";

  const UNITS = { range: "persons, as a range", persons: "only what is reported in persons", cases: "only what is reported in cases" };
  const LEVELS = { first: "at first instance", appeal: "on appeal or review", other: "at other levels" };
  const SCALES = { count: "numbers", index: "an index (first year = 100)", share: "a share" };

  /* kind: a stock is of one day, a flow of a period. */
  const MEASURES = {
    pending: { name: "Claims pending (a stock)", kind: "stock", units: [] },
    lodged: { name: "Claims lodged (a flow)", kind: "flow", units: ["range", "persons", "cases"] },
    recognised: { name: "Claims recognised (a flow)", kind: "flow", units: ["persons", "cases"] },
  };

  /** Name the series in the data that a view shows. */
  function findKey(view) {
    if (view.measure === "lodged") return `lodged-${view.unit}`;
    if (view.measure === "recognised") return `recognised-${view.level}-${view.unit}`;
    return "pending";
  }

  /** A share needs a whole: there is none of a range, nor of decisions. */
  const hasShare = (view) => view.measure === "pending" || (view.measure === "lodged" && view.unit !== "range");
  const isFlow = (view) => MEASURES[view.measure].kind === "flow";

  /** Say what is counted: "claims pending from China". */
  function describe(view, origin) {
    const from = origin ? ` from ${origin}` : "";
    if (view.measure === "pending") return `claims pending${from}`;
    if (view.measure === "recognised") return `claims${from} recognised ${LEVELS[view.level]}, counted in ${view.unit}`;
    return view.unit === "range" ? `claims lodged${from}, in persons` : `new claims lodged${from}, counted in ${view.unit}`;
  }

  /** Say what one unit of the measure is called: claims, persons or cases. */
  const nameUnit = (view) => (view.measure === "pending" ? "claims" : view.unit === "cases" ? "cases" : "persons");

  E.measures = { UNITS, LEVELS, SCALES, MEASURES, findKey, hasShare, isFlow, describe, nameUnit };
})((globalThis.Explorer = globalThis.Explorer || {}));
