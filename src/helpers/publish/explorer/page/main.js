/* The page: a change of the form makes a view, a view is drawn, and its link is kept in history. */

const NARROW = 640;
let view = null;
let model = null;
let turn = 0;
let announcing = 0;
let pointed = null; // the place of the year that the crosshair is at, by keyboard
let lit = null; // the key of the line that is highlighted

const isEmbedded = () => /[#&]embed=1/.test(location.hash);

/** Take what is asked, load what it needs, draw the nearest view, and keep its link: as a new step,
 *  or in place of the last one. */
async function take(asked, { isStep = true, notes = [] } = {}) {
  turn += 1;
  const mine = turn;
  const { view: fitted, notes: found } = fitOrigins(asked);
  const release = findRelease(fitted.release);
  const loaded = await Promise.all(fitted.origins.map((origin) => loadOrigin(release, origin)));
  if (mine !== turn) return;
  const [origins, lost] = [true, false].map((wanted) => fitted.origins.filter((_, place) => loaded[place] === wanted));
  if (lost.length) {
    const note = `The figures of ${joinNames(lost.map(nameProse))} could not be loaded.`;
    const nearest = origins.length ? { ...fitted, origins } : view;
    return nearest ? take(nearest, { isStep, notes: [...notes, note] }) : showNotes([note]);
  }
  const rest = fitRest(fitted);
  view = rest.view;
  model = buildModel(view);
  const hash = writeHash(view);
  if (hash !== location.hash && !isEmbedded()) history[isStep ? "pushState" : "replaceState"](null, "", hash);
  render([...notes, ...found, ...rest.notes]);
}

function showNotes(notes) {
  const list = [make("p", {}, "This view is the nearest to what was asked for:"), make("ul", {}, notes.map((note) => make("li", {}, note)))];
  get("notices").replaceChildren(...(notes.length ? list : []));
  document.body.classList.add("ready");
}

function render(notes) {
  const source = `${makeSource(model)}.`;
  const texts = {
    title: makeTitle(model), subtitle: makeSubtitle(model),
    "release-words": `${model.release.title}, published on ${sayDate(model.release.published)}.`,
    note: [makeNote(model), source].filter(Boolean).join(" "),
    "ranking-title": makeRankingTitle(model), "ranking-subtitle": makeRankingSubtitle(model),
    "ranking-source": [makeRankingNote(model), makeMapNote(model), source].filter(Boolean).join(" "),
    undetermined: sayUndetermined(model),
  };
  showControls(model);
  for (const [id, text] of Object.entries(texts)) get(id).textContent = text;
  document.title = `${texts.title} – Explorer`;
  showNotes(notes);
  showTables();
  showBreaks();
  get("key").replaceChildren(...(model.lines.length > 1 ? model.lines.map(makeKey) : []));
  pointed = null;
  redraw();
  showLink();
  announce(`${texts.title}. ${model.figures.hasPlaces ? texts["ranking-title"] : ""}`);
}

function showTables() {
  const { hasPlaces } = model.figures;
  fillLines(get("line-table"), model);
  get("ranking-part").hidden = !hasPlaces;
  if (hasPlaces) fillRanking(get("ranking-table"), model);
  get("eras-part").hidden = !model.eras;
  if (!model.eras) return;
  fillEraTable(get("era-table"), model);
  get("era-words").replaceChildren(...sayEras(model).map((text) => make("li", {}, text)));
}

function showBreaks() {
  const said = groupBreaks(model.breaks).map((group) => {
    const { years, text, lines } = sayBreaks(group);
    const touched = model.lines.length > 1 ? make("span", { class: "hint" }, ` Touches: ${lines}.`) : "";
    return make("li", {}, make("strong", {}, `${years}. `), text, touched);
  });
  const names = joinNames(model.lacking.map(nameProse));
  get("breaks").replaceChildren(...said);
  get("breaks-more").hidden = !said.length && !model.undetermined.length;
  get("breaks-more").open = view.origins.length === 1;
  get("breaks-count").textContent = `${said.length || "No"} break${said.length === 1 ? "" : "s"}, and the years without an upper bound`;
  get("breaks-none").hidden = said.length > 0 || names !== "";
  get("breaks-unknown").hidden = get("totals-note").hidden = !names;
  get("totals-note").textContent = names && `For ${names} this release holds UNHCR’s totals of claims pending only: no destinations, no other measures, no breaks and no ranges.`;
}

function showLink() {
  const address = location.href.split("#")[0] + writeHash(view);
  get("whole").href = address;
  const frame = make("iframe", { src: `${address}&embed=1`, title: get("title").textContent, width: "100%", height: 680 + 40 * model.lines.length, style: "border: 0", loading: "lazy" });
  get("embed").value = frame.outerHTML;
}

/** Draw the charts and the map at the width that there is. */
function redraw() {
  const width = Math.floor(get("lines").clientWidth);
  if (!width) return;
  const isNarrow = width < NARROW;
  get("lines").replaceChildren(drawLines(model, { width, hasNames: !isNarrow, hasTip: true, height: isNarrow ? 280 : undefined }));
  if (model.figures.hasPlaces) {
    const room = Math.floor(get("bars").clientWidth) || width;
    get("bars").replaceChildren(...(listRows(model).length ? [drawBars(model, { width: room, hasNamesAbove: room < 460 })] : []));
    const { svg, keys } = drawMap(model);
    get("map").replaceChildren(svg);
    get("map-key").replaceChildren(...keys.map(({ text, colour, edge }) => make("li", {}, makeSwatch(colour, edge), text)));
  }
  for (const chart of document.querySelectorAll(".chart > *")) chart.ariaHidden = "true";
  Object.assign(get("lines"), { ariaValueMin: view.from, ariaValueMax: view.to });
  point(pointed ?? model.years.length - 1, pointed !== null);
  light(lit);
}

function makeKey(line) {
  const button = make("button", { type: "button", value: line.key }, makeSwatch(styleOf(line.style).colour), line.name);
  return make("li", { "data-key": line.key }, button);
}

/** Highlight one line, by making the others faint; null highlights none. */
function light(key) {
  const keys = model.lines.map((line) => line.key);
  for (const mark of get("lines").querySelectorAll("[aria-label]")) {
    const own = mark.getAttribute("aria-label");
    mark.classList.toggle("faint", keys.includes(key) && keys.includes(own) && own !== key);
  }
  for (const button of get("key").querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.value === key));
}

/** Move the crosshair to a year, as a pointer would; its words go to a screen reader with the value. */
function point(place, isShown) {
  const chart = get("lines").firstChild;
  const text = sayYear(model, place).replaceAll("\n", "; ");
  Object.assign(get("lines"), { ariaValueNow: model.years[place], ariaValueText: text });
  if (!isShown) return;
  const box = chart.getBoundingClientRect();
  const at = { bubbles: true, clientX: box.left + chart.scale("x").apply(model.years[place]), clientY: box.top + box.height / 2, pointerType: "mouse" };
  chart.dispatchEvent(new PointerEvent("pointerenter", at));
  chart.dispatchEvent(new PointerEvent("pointermove", at));
  get("readout").textContent = text;
}

function moveByKey(event) {
  const last = model.years.length - 1;
  const now = pointed ?? last;
  const back = pointed === null ? now : now - 1; // the first key only shows where it stands
  const to = { ArrowLeft: back, ArrowDown: now - 1, ArrowRight: now + 1, ArrowUp: now + 1, Home: 0, End: last, PageUp: now + 5, PageDown: now - 5 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  pointed = Math.max(0, Math.min(last, to));
  point(pointed, true);
}

function leaveChart() {
  pointed = null;
  get("readout").textContent = "";
  get("lines").firstChild?.dispatchEvent(new PointerEvent("pointerleave", { pointerType: "mouse" }));
}

/** Tell a screen reader what is shown now, once the reader has stopped changing it. */
function announce(text) {
  clearTimeout(announcing);
  announcing = setTimeout(() => (get("announcement").textContent = text), 500);
}

const change = (changed, isStep = true) => changed && take({ ...view, ...changed }, { isStep });

function openLink() {
  const isPlace = get(location.hash.slice(1)) !== null;
  if (view && (isPlace || location.hash === writeHash(view))) return;
  document.documentElement.classList.toggle("embedded", isEmbedded());
  const { asked, notes } = readHash(isPlace ? "" : location.hash);
  take(asked, { isStep: false, notes });
}

async function copyCode() {
  get("embed").select();
  const isCopied = await navigator.clipboard?.writeText(get("embed").value).then(() => true, () => false);
  get("embed-copied").textContent = isCopied ? "Copied." : "Selected: copy it with your keyboard.";
}

function listen() {
  const on = (id, event, act) => get(id).addEventListener(event, act);
  on("choices", "submit", (event) => event.preventDefault());
  // Year and bars belong to the form and stand outside it, beside the map.
  document.addEventListener("change", (event) => change(readControl(event.target)));
  on("year", "input", (event) => change(readControl(event.target), false)); // no step of history
  on("largest", "click", () => change({ places: model.ranking.filter((row) => row.rank !== null).slice(0, 3).map((row) => row.code) }));
  on("embed-copy", "click", copyCode);
  on("lines", "keydown", moveByKey);
  on("lines", "blur", leaveChart);
  document.addEventListener("keydown", ({ key }) => key === "Escape" && leaveChart());
  for (const event of ["pointerover", "focusin"]) {
    document.addEventListener(event, ({ target }) => {
      const key = target.closest?.("[data-key]")?.dataset.key ?? target.closest?.("#lines [aria-label]")?.getAttribute("aria-label");
      if (model) light(model.lines.some((line) => line.key === key) ? key : lit);
    });
  }
  on("key", "click", (event) => {
    const key = event.target.closest("button")?.value;
    if (key) light((lit = lit === key ? null : key));
  });
  for (const button of document.querySelectorAll("[data-format]")) {
    button.addEventListener("click", () => download(model, button.dataset.what, button.dataset.format));
  }
  document.querySelector(".skip").addEventListener("click", (event) => (event.preventDefault(), get("content").focus()));
  for (const event of ["popstate", "hashchange"]) addEventListener(event, openLink);
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((each) => (each.open = true)));
  let width = 0;
  new ResizeObserver(() => {
    if (model && width !== get("lines").clientWidth) requestAnimationFrame(redraw);
    width = get("lines").clientWidth;
  }).observe(get("lines"));
}

get("panel").open = innerWidth >= 960;
setUpControls(change);
listen();
openLink();
