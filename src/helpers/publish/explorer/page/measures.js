/* What can be looked at: each measure's name, unit and the sentences that go with it. */
(function (E) {
  "use strict";

  const UNITS = ["persons", "cases"];
  const LEVELS = ["first", "appeal", "other"];
  const LEVEL_WORDS = { first: "at first instance", appeal: "on appeal or review", other: "at other levels" };
  const LEVEL_NAMES = { first: "First instance", appeal: "Appeal or review", other: "Other levels" };

  /* kind: a stock is of one day, a flow of a period; a share is of a stock. */
  const MEASURES = {
    pending: { name: "Claims pending (a stock)", kind: "stock", hasUnits: false, hasLevels: false },
    share: { name: "Share of the world’s pending claims", kind: "share", hasUnits: false, hasLevels: false },
    lodged: { name: "New claims lodged (a flow)", kind: "flow", hasUnits: true, hasLevels: false },
    recognised: { name: "Claims recognised (a flow)", kind: "flow", hasUnits: true, hasLevels: true },
  };

  /** Name the series in the data that a view shows. */
  function findKey(view) {
    if (view.measure === "lodged") return `lodged-${view.unit}`;
    if (view.measure === "recognised") return `recognised-${view.level}-${view.unit}`;
    return "pending";
  }

  /** Say what is counted, inside a sentence: "claims pending from China". */
  function describe(view, origin) {
    if (view.measure === "pending") return `claims pending from ${origin}`;
    if (view.measure === "share") return `the share of claims from ${origin} among the world’s pending claims`;
    if (view.measure === "lodged") return `new claims lodged from ${origin} and counted in ${view.unit}`;
    return `claims from ${origin} recognised ${LEVEL_WORDS[view.level]} and counted in ${view.unit}`;
  }

  /** Say what one unit of the measure is called: claims, persons or cases. */
  function nameUnit(view) {
    if (view.measure === "share") return "";
    return view.measure === "pending" ? "claims" : view.unit;
  }

  E.measures = { UNITS, LEVELS, LEVEL_WORDS, LEVEL_NAMES, MEASURES, findKey, describe, nameUnit };
})((globalThis.Explorer = globalThis.Explorer || {}));
