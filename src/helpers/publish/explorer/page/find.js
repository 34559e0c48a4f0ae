/* Where does this number come from? Every figure, sum, mean, change and share of an origin's series is
   a candidate; the rule is that of `helpers.claims.find`, on the newest release alone. The page that
   loads this script has an element #number-search; data are the explorer's own. */
(function (F) {
  "use strict";

  const rule = () => globalThis.Explorer.raw.find; // as `helpers.claims.find` has it
  const [WHOLE, REST] = ["", "EXCL_LARGEST"];
  const WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
  const SCALES = { thousand: 1e3, million: 1e6, billion: 1e9 };
  const NUMBER = new RegExp(
    `(\\d{1,3}(?:[,\\s'’]\\d{3})+(?!\\d)(?:\\.\\d+)?|\\d+(?:\\.\\d+)?|\\b(?:${WORDS.join("|")})(?![a-eg-z]))\\s*(thousand|million|billion)?\\s*(%|per cent|percent|-?fold|times|[x×](?!\\w))?`, "i");

  /** Read one number as a newspaper prints it: its value, the unit of its last digit, its form; else null. */
  F.readPrinted = function (text) {
    const found = NUMBER.exec(text);
    if (!found || /\d/.test(text.slice(0, found.index) + text.slice(found.index + found[0].length))) return null;
    const digits = found[1].toLowerCase().replace(/[,\s'’]/g, "");
    const scale = SCALES[found[2]?.toLowerCase()] || 1;
    const value = (WORDS.indexOf(digits) + 1 || Number(digits)) * scale;
    if (!value) return null;
    const decimals = (digits.split(".")[1] || "").length;
    const form = !found[3] ? (decimals && scale === 1 ? "decimal" : "count") : /^[%p]/i.test(found[3]) ? "percent" : "times";
    const last = 10 ** /0*$/.exec(String(Math.round(value)))[0].length;
    return { text: text.trim(), value, form, unit: decimals ? 10 ** -decimals * scale : form === "count" ? last : 1 };
  };

  /** Read one year or a span; undefined where there is none, null where it is neither. */
  F.readYears = function (text) {
    const found = /^\s*(\d{4})(?:\s*(?:-|–|to)\s*(\d{4}))?\s*$/.exec(text || "");
    if (!text?.trim()) return undefined;
    const years = found && [Number(found[1]), Number(found[2] || found[1])];
    return years && years[0] >= 2000 && years[0] <= years[1] ? years : null;
  };

  const decode = (text, length) => {
    const cells = new Array(length).fill(NaN);
    const [first, values] = (text || ":").split(":");
    values.split(",").forEach((value, at) => value > 0 && (cells[Number(first) + at] = Number(value)));
    return cells;
  };

  /** Collect an origin's series by measure: all destinations, without the largest, and each. */
  F.buildSeries = function (raw, entry) {
    const release = raw.releases[raw.releases.length - 1];
    const length = release.newest - raw.first_year + 1;
    const { measures, stocks } = Object.values(entry)[0];
    const given = { ...stocks, pending: measures.pending?.places, applied_persons: measures["lodged-persons"]?.places, applied_cases: measures["lodged-cases"]?.places };
    return Object.keys(raw.find.measures).flatMap((measure) => {
      const places = Object.entries(given[measure] || {}).map(([place, text]) => ({ measure, place, kind: 2, cells: decode(text, length) }));
      const years = Array.from({ length }, (_, at) => places.map((each) => each.cells[at] || 0));
      const whole = years.map((all) => all.reduce((sum, value) => sum + value, 0) || NaN);
      const rest = years.map((all, at) => whole[at] - Math.max(0, ...all) || NaN);
      const world = raw.find.stocks.includes(measure) && release.world[measure] ? decode(release.world[measure], length) : null;
      return [{ measure, place: WHOLE, kind: 0, cells: whole, whole, world }, { measure, place: REST, kind: 1, cells: rest }, ...places].map((each) => ({ ...each, whole }));
    });
  };

  /** Compute a candidate: of a series, its kind and the places of its first and last year. */
  function compute({ cells, sums, whole, world }, kind, a, b, isPercent) {
    const over = (value, base) => (base >= rule().least_base ? value / base : NaN);
    switch (kind) {
      case "single": return cells[a];
      case "sum": return sums[b + 1] - sums[a];
      case "mean": return (sums[b + 1] - sums[a]) / (b - a + 1);
      case "ratio": return over(cells[b], cells[a]);
      case "increase": return Math.abs(100 * (over(cells[b], cells[a]) - 1));
      case "percent_of": return 100 * over(cells[b], cells[a]);
      default: return over(cells[a], (kind === "share_of_world" ? world : whole)[a]) * (isPercent ? 100 : 1);
    }
  }

  /** Tell how a value meets the printed one, as its place among the matches; -1 where it does not. */
  function match(value, { value: printed, unit }) {
    if (Math.abs(value - printed) <= 1e-9 * printed) return 0;
    if (value >= printed - unit / 2 && value < printed + unit / 2) return 1;
    return value >= printed + unit / 2 && value < printed + unit ? 2 : -1;
  }

  /** Search series for a printed number: the hits, the best first, and how many candidates were tried. */
  F.search = function (printed, series, years, firstYear) {
    const { forms, kinds, one_year: oneYear, tiers, matches, measures, window, likely, possible } = rule();
    const [low, high] = [printed.value / window, printed.value * window];
    const ways = Object.keys(matches);
    const [hits, near] = [[], {}];
    let tried = 0;
    for (const each of series) {
      const { cells } = each;
      const sums = [0]; // a missing year is missing in every sum that holds it
      for (const cell of cells) sums.push(sums[sums.length - 1] + (cell || 0));
      const one = { ...each, sums };
      for (const kind of forms[printed.form]) {
        const tier = tiers[kind][each.kind];
        if (!tier || (kind === "share_of_world" && !each.world)) continue;
        const isOne = oneYear.includes(kind);
        for (let a = 0; a < cells.length; a += 1) {
          for (let b = isOne ? a : a + 1; b < (isOne ? a + 1 : cells.length); b += 1) {
            if ((kind === "sum" || kind === "mean") && (Number.isNaN(cells[a]) || Number.isNaN(cells[b]))) break;
            const [first, last] = [firstYear + a, firstYear + b];
            const off = years ? [Math.abs(first - years[0]), Math.abs(last - years[1])] : [0, 0];
            const distance = isOne ? Math.min(...off) : off[0] + off[1];
            if (isOne ? distance > 1 : Math.max(...off) > 1) continue;
            const value = compute(one, kind, a, b, printed.form === "percent");
            if (Number.isNaN(value)) continue;
            tried += 1;
            if (value > low && value < high) near[`${tier} ${distance}`] = (near[`${tier} ${distance}`] || 0) + 1;
            const way = match(value, printed);
            if (way >= 0) hits.push({ measure: each.measure, place: each.place, kind, first, last, value, match: ways[way], distance, tier });
          }
        }
      }
    }
    const width = Math.log(Math.min(printed.value + printed.unit, high) / Math.max(printed.value - printed.unit / 2, low)) / Math.log(window * window);
    for (const hit of hits) {
      const plain = Object.entries(near).filter(([key]) => key.split(" ")[0] <= hit.tier && key.split(" ")[1] <= hit.distance);
      hit.expected = width * plain.reduce((sum, [, count]) => sum + count, 0);
      hit.verdict = hit.expected < likely ? "likely" : hit.expected < possible ? "possible" : "coincidence";
    }
    const order = (hit) => [hit.distance, hit.tier, ways.indexOf(hit.match), Object.keys(kinds).indexOf(hit.kind), Object.keys(measures).indexOf(hit.measure), -hit.last, hit.first];
    const compare = (a, b) => order(a).reduce((sofar, part, at) => sofar || part - order(b)[at], 0) || (a.place < b.place ? -1 : 1);
    return { hits: hits.sort(compare), tried };
  };

  /** Choose the hits that are shown: the plain ones where there are any, and few of those by chance. */
  F.choose = function (hits) {
    const plain = hits.some((hit) => hit.tier < 3) ? hits.filter((hit) => hit.tier < 3) : hits;
    const [most, mostChances] = rule().most;
    let chances = 0;
    return plain.filter((hit) => hit.verdict !== "coincidence" || (chances += 1) <= mostChances).slice(0, most);
  };

  const say = (value) => value.toLocaleString("en-GB", Number.isInteger(value) ? {} : { maximumSignificantDigits: Math.max(4, Math.trunc(value).toString().length) });

  /** Put a hit into words: what it is, where, how close, what it is not, and whether by chance. */
  F.describe = function (hit, printed, names) {
    const { measure, kind, first, last, place } = hit;
    const { measures, stocks, kinds, matches, mistaken, added } = rule();
    const isStock = stocks.includes(measure);
    const parts = { what: measures[measure], first, last, added: added[Number(isStock)] };
    const said = kinds[kind].replace(/\{(\w+)\}/g, (_, name) => parts[name]);
    const not = isStock && ["sum", "mean"].includes(kind) ? mistaken.added : mistaken[kind] || mistaken[measure];
    const odds = say(Math.round(1 / hit.expected));
    return {
      what: `${said}: ${say(hit.value)}${{ percent: "%", times: " times" }[printed.form] || ""}, ${matches[hit.match]}`,
      where: `${place === WHOLE ? "All destinations together" : place === REST ? "Without each year’s largest destination" : `${(names[place] || [place])[0]} alone`}${hit.distance ? `; the years differ by ${hit.distance}` : ""}`,
      not: `Not ${not}.`,
      chance: hit.verdict === "coincidence" ? `May be a coincidence: about ${say(Math.round(hit.expected))} as plain would give it by chance.` : `A ${hit.verdict} source: by chance 1 such search in ${odds} would find one as plain.`,
    };
  };

  const place = globalThis.document?.getElementById("number-search");
  if (!place) return;
  const base = document.currentScript.src.replace(/find\.js.*$/, "");
  const [top, page] = [globalThis.Explorer ||= {}, document];
  const make = (name, attributes, ...children) => {
    const element = Object.assign(page.createElement(name), attributes);
    element.append(...children);
    return element;
  };
  const load = (name) => new Promise((resolve, reject) => page.head.append(make("script", { src: base + name, onload: resolve, onerror: reject })));
  const field = (id, label, attributes) => [make("label", { htmlFor: `find-${id}` }, label), make(id === "origin" ? "select" : "input", { id: `find-${id}`, ...attributes })];

  function showHit(hit, printed, origin) {
    const { what, where, not, chance } = F.describe(hit, printed, top.raw.names);
    const measure = { applied_persons: "lodged&unit=persons", applied_cases: "lodged&unit=cases" }[hit.measure] || hit.measure;
    const link = `${base}index.html#origin=${origin}&measure=${measure}&from=${hit.first}&to=${hit.last}${hit.place.length === 3 ? `&places=${hit.place}` : ""}`;
    const seen = hit.measure in { refugees: 1, oip: 1 } ? [] : [make("p", {}, make("a", { href: link }, "See the series"))];
    return make("li", { className: hit.verdict === "likely" ? "likely" : "" }, make("p", {}, make("strong", {}, what)), make("p", {}, `${where}. ${not}`), make("p", { className: "quiet" }, chance), ...seen);
  }

  async function answer(form, isTyped) {
    const [number, years, origin] = ["number", "years", "origin"].map((id) => page.getElementById(`find-${id}`).value);
    const [count, list] = [page.getElementById("find-count"), page.getElementById("find-hits")];
    const [printed, span] = [F.readPrinted(number), F.readYears(years)];
    list.replaceChildren();
    if (isTyped) history.replaceState(null, "", `#${new URLSearchParams({ number, years, origin })}`);
    if (!printed) return void (count.textContent = number.trim() ? `“${number}” is not one number above 0: write 613,000, 1.2 million, 26% or 5.1 times.` : "");
    if (span === null) return void (count.textContent = `“${years}” must be one year or a span such as 2012-2022, from 2000 on and in order.`);
    if (!top.origins?.[origin]) await load(`origins/${origin}.js`);
    const { hits, tried } = F.search(printed, F.buildSeries(top.raw, top.origins[origin]), span, top.raw.first_year);
    const shown = F.choose(hits);
    const more = hits.length > shown.length ? ` Not shown, since farther off or less plain: ${say(hits.length - shown.length)}.` : "";
    const end = !hits.length ? " It may rest on other figures of the text, or on a source other than UNHCR’s." : shown[0].verdict === "coincidence" ? " So round a number is met by chance: give its years, or more of its digits." : "";
    count.textContent = `${printed.text}: ${say(tried)} candidates tried, ${hits.length ? say(hits.length) : "none"} of them give${hits.length === 1 ? "s" : ""} it.${end}${more}`;
    list.replaceChildren(...shown.map((hit) => showHit(hit, printed, origin)));
  }

  async function start() {
    if (!top.raw) await load("data.js");
    const { releases, names } = top.raw;
    const codes = releases[releases.length - 1].origins.map((code) => [code, (names[code] || [code])[0]]).sort((a, b) => a[1].localeCompare(b[1], "en"));
    const given = new URLSearchParams(location.hash.length > 1 ? location.hash.slice(1) : location.search);
    const origin = (given.get("origin") || "CHN").toUpperCase();
    const form = make("form", { className: "filters", id: "find-form" },
      make("p", {}, ...field("number", "Number", { type: "text", value: given.get("number") || "", autocomplete: "off" })),
      make("p", {}, ...field("years", "Years, if it has any", { type: "text", value: given.get("years") || "", autocomplete: "off" })),
      make("p", {}, ...field("origin", "Origin", {})), make("p", {}, make("button", { type: "submit" }, "Find")));
    place.replaceChildren(form, make("p", { id: "find-count", role: "status" }), make("ol", { className: "found", id: "find-hits" }));
    page.getElementById("find-origin").append(...codes.map(([value, text]) => make("option", { value, selected: value === (codes.some(([code]) => code === origin) ? origin : "CHN") }, text)));
    form.addEventListener("submit", (event) => (event.preventDefault(), answer(form, true)));
    await answer(form, false);
  }

  addEventListener("hashchange", start);
  start().catch(() => place.replaceChildren(make("p", {}, "The figures could not be loaded.")));
})((globalThis.NumberSearch = {}));
