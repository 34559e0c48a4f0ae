/* The box of the page "Check a number", in its element #number-search: what is typed, and what is found. */

const base = document.currentScript.src.replace(/find\.js.*$/, "");
const FAILED = "The figures could not be loaded.";
const box = document.getElementById("number-search");

const field = (id, label, input) => {
  input.id = `find-${id}`;
  return make("p", {}, make("label", { for: input.id }, label), input);
};

function showHit(hit, printed, origin, release) {
  const { what, where, not, chance } = sayHit(hit, printed, release);
  const measure = { applied_persons: "lodged&unit=persons", applied_cases: "lodged&unit=cases" }[hit.measure] ?? hit.measure;
  const link = `${base}index.html#release=${release.name}&origin=${origin}&measure=${measure}&from=${hit.first}&to=${hit.last}${hit.place.length === 3 ? `&places=${hit.place}` : ""}`;
  const seen = ["refugees", "oip"].includes(hit.measure) ? [] : make("p", {}, make("a", { href: link }, "See the series"));
  const words = [make("p", {}, make("strong", {}, what)), make("p", {}, `${where}. ${not}`), make("p", { class: "quiet" }, chance)];
  return make("li", { class: hit.verdict === "likely" ? "likely" : null }, words, seen);
}

function showPrinted({ page, name, said }) {
  const link = make("a", { href: `${base}../${page}.html` }, name);
  return make("li", { class: "likely" }, make("p", {}, make("strong", {}, link)), make("p", {}, said));
}

/** Answer what is typed; a choice of the reader's own goes into the address. */
async function answer(isTyped) {
  const [number, years, origin] = ["number", "years", "origin"].map((id) => get(`find-${id}`).value);
  const [count, list] = [get("find-count"), get("find-hits")];
  const [printed, span] = [readPrinted(number), readYears(years)];
  const say = (text) => (count.textContent = text);
  list.replaceChildren();
  if (isTyped) history.replaceState(null, "", `#${new URLSearchParams({ number, years, origin })}`);
  if (!printed) return say(number.trim() && `“${number}” is not one number above 0: write 613,000, 1.2 million, 26% or 5.1 times.`);
  if (span === null) return say(`“${years}” must be one year, since 2012, or a span such as 2012-2022, from 2000 on and in order.`);
  const found = await searchReleases(printed, origin, span, (release) => loadOrigin(release, origin, base));
  if (!found) return say(FAILED);
  const { hits, tried, release } = found;
  const known = findPrinted(printed, JSON.parse(get("printed-numbers")?.textContent || "[]"));
  const shown = choose(hits);
  const more = hits.length > shown.length ? ` Not shown, since farther off or less plain: ${sayFigure(hits.length - shown.length)}.` : "";
  const end = !hits.length
    ? known.length ? " What is linked below has it." : " It may follow from other figures, or count what is not tried here."
    : shown[0].verdict === "coincidence" ? " A number this round is easily met by chance: give its years or more digits." : "";
  say(`${printed.text}: ${sayFigure(tried)} candidates tried${hits.length ? "" : " on all releases"}, ${hits.length ? sayFigure(hits.length) : "none"} of them give${hits.length === 1 ? "s" : ""} it.${end}${more}`);
  list.replaceChildren(...known.map(showPrinted), ...shown.map((hit) => showHit(hit, printed, origin, release)));
}

/** Show the form, filled from the address. */
async function start() {
  const given = new URLSearchParams(location.hash.length > 1 ? location.hash.slice(1) : location.search);
  const asked = given.get("origin")?.toUpperCase();
  const origins = make("select", {}, sortByName(newest.origins).map((code) => make("option", { value: code }, nameShort(code))));
  origins.value = newest.origins.includes(asked) ? asked : "CHN";
  const type = (name) => make("input", { type: "text", value: given.get(name) ?? "", autocomplete: "off" });
  const form = make("form", { class: "filters", id: "find-form" },
    field("number", "Number", type("number")), field("years", "Years, if it has any", type("years")), field("origin", "Origin", origins),
    make("p", {}, make("button", { type: "submit" }, "Find")));
  box.replaceChildren(form, make("p", { id: "find-count", role: "status" }), make("ol", { class: "found", id: "find-hits" }));
  form.addEventListener("submit", (event) => (event.preventDefault(), answer(true)));
  await answer(false);
}

const begin = () => start().catch(() => box.replaceChildren(make("p", {}, FAILED)));
addEventListener("hashchange", begin);
begin();
