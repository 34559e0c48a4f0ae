/* The page: a change of the form makes a view, a view is drawn, and its link is kept in history. */
(function (E) {
  "use strict";

  const { make } = E.tables;
  const get = (id) => document.getElementById(id);
  const NARROW = 640;
  let view = null;
  let model = null;
  let turn = 0;
  let announcing = 0;
  let isSliding = false;
  let pointed = null; // the place of the year that the crosshair is at, by keyboard
  let lit = null; // the key of the line that is highlighted

  const isEmbedded = () => /[#&]embed=1/.test(location.hash);

  /** Load an origin's figures as a script, once: a page opened from the disk can fetch nothing. */
  function load(origin) {
    return new Promise((resolve) => {
      const script = make("script", { src: `origins/${origin}.js` });
      script.addEventListener("load", () => resolve(true));
      script.addEventListener("error", () => resolve(false));
      document.head.append(script);
    });
  }

  /** Take what is asked, load what it needs, draw the nearest view, and keep its link: as a new step,
   *  or in place of the last one. */
  function take(asked, { step = true, notes = [] } = {}) {
    turn += 1;
    const [mine, first] = [turn, E.figures.getNewest(E.raw).origins];
    const fitted = E.state.fitOrigins(E.raw, asked);
    const missing = fitted.view.origins.filter((origin) => first.includes(origin) && !E.origins?.[origin]);
    const go = (loaded) => {
      const lost = missing.filter((_, place) => !loaded[place]);
      if (mine !== turn) return;
      if (lost.length) {
        const left = fitted.view.origins.filter((origin) => !lost.includes(origin));
        const note = `The figures of ${E.words.joinNames(lost.map((origin) => E.model.nameProse(E.raw, origin)))} could not be loaded.`;
        if (!left.length && !E.origins) return show([note]);
        return take({ ...fitted.view, origins: left.length ? left : Object.keys(E.origins).slice(0, 1) }, { step, notes: [...notes, note] });
      }
      const rest = E.state.fitRest(E.raw, fitted.view);
      view = rest.view;
      model = E.model.build(E.raw, view);
      const hash = E.state.writeHash(view);
      if (hash !== location.hash && !isEmbedded()) history[step ? "pushState" : "replaceState"](null, "", hash);
      render([...notes, ...fitted.notes, ...rest.notes]);
    };
    return missing.length ? Promise.all(missing.map(load)).then(go) : go([]);
  }

  function show(notes) {
    get("notices").replaceChildren(...(notes.length ? [make("p", {}, "This view is the nearest to what was asked for:"), make("ul", {}, notes.map((note) => make("li", {}, note)))] : []));
    document.body.classList.add("ready");
  }

  function render(notes) {
    const { captions } = E;
    const source = `${captions.makeSource(model)}.`;
    const texts = {
      title: captions.makeTitle(E.raw, model), subtitle: captions.makeSubtitle(model), "lines-words": captions.describeLines(E.raw, model),
      "release-words": `${model.release.title}, published on ${E.words.sayDate(model.release.published)}.`,
      note: [captions.makeNote(model), source].filter(Boolean).join(" "),
      "ranking-title": captions.makeRankingTitle(E.raw, model), "ranking-subtitle": captions.makeRankingSubtitle(E.raw, model),
      "ranking-source": [captions.makeRankingNote(model), E.map.makeNote(model), source].filter(Boolean).join(" "),
      "ranking-words": captions.describeRanking(model), undetermined: captions.sayUndetermined(E.raw, model),
    };
    E.controls.show(E.raw, model);
    for (const [id, text] of Object.entries(texts)) get(id).textContent = text;
    document.title = `${texts.title} – Explorer`;
    show(notes);
    showTables();
    pointed = null;
    redraw();
    showLink();
    announce(`${texts.title}. ${model.figures.hasPlaces ? texts["ranking-words"] : ""}`);
  }

  function showTables() {
    const { hasPlaces } = model.figures;
    E.tables.fillLines(get("line-table"), E.raw, model);
    get("ranking-part").hidden = !hasPlaces;
    if (hasPlaces) E.tables.fillRanking(get("ranking-table"), E.raw, model);
    get("eras-part").hidden = !model.eras;
    if (model.eras) {
      E.tables.fillEras(get("era-table"), model);
      get("era-words").replaceChildren(...E.tables.sayEras(model).map((text) => make("li", {}, text)));
    }
    const said = E.captions.groupBreaks(model.breaks).map((group) => {
      const { years, text, lines } = E.captions.sayBreaks(E.raw, group);
      return make("li", {}, make("strong", {}, `${years}. `), text, model.lines.length > 1 ? make("span", { class: "hint" }, ` Touches: ${lines}.`) : "");
    });
    const names = E.words.joinNames(model.lacking.map((origin) => E.model.nameProse(E.raw, origin)));
    get("breaks").replaceChildren(...said);
    get("breaks-more").hidden = !said.length && !model.undetermined.length;
    get("breaks-more").open = view.origins.length === 1;
    get("breaks-count").textContent = `${said.length || "No"} break${said.length === 1 ? "" : "s"}, and the years without an upper bound`;
    get("breaks-none").hidden = said.length > 0 || model.lacking.length > 0;
    get("breaks-unknown").hidden = get("totals-note").hidden = !model.lacking.length;
    get("totals-note").textContent = names && `Of ${names} this release holds UNHCR’s totals of claims pending only: no destinations, no other measures, no breaks and no ranges.`;
  }

  function showLink() {
    const page = location.href.split("#")[0];
    const hash = E.state.writeHash(view);
    const title = get("title").textContent.replaceAll('"', "&quot;");
    get("link").value = get("whole").href = page + hash;
    get("embed").value = `<iframe src="${page}${hash.replaceAll("&", "&amp;")}&amp;embed=1" title="${title}" width="100%" height="600" style="border: 0" loading="lazy"></iframe>`;
  }

  /** Draw the charts and the map at the width that there is. */
  function redraw() {
    const theme = E.theme.getColours();
    const width = Math.floor(get("lines").clientWidth);
    if (!width) return;
    const [isNarrow, keys] = [width < NARROW, [...get("key").querySelectorAll("button")]];
    get("lines").replaceChildren(E.lines.draw(model, { width, theme, hasNames: !isNarrow, hasTip: true, height: isNarrow ? 280 : undefined }));
    const focused = keys.findIndex((button) => button === document.activeElement);
    get("key").replaceChildren(...(model.lines.length > 1 ? model.lines.map((line) => makeKey(line, theme)) : []));
    if (focused >= 0) get("key").querySelectorAll("button")[focused]?.focus();
    if (model.figures.hasPlaces) {
      const room = Math.floor(get("bars").clientWidth) || width;
      get("bars").replaceChildren(...(E.bars.listRows(model).length ? [E.bars.draw(model, { width: room, theme, hasNamesAbove: room < 460 })] : []));
      const { svg, keys: steps } = E.map.draw(E.raw, model, { theme });
      get("map").replaceChildren(svg);
      get("map-key").replaceChildren(...steps.map(({ text, colour, edge }) => make("li", {}, make("span", { class: "swatch", style: `background:${colour};${edge ? `border-color:${edge}` : ""}` }), text)));
    }
    for (const chart of document.querySelectorAll(".chart > *")) chart.setAttribute("aria-hidden", "true");
    Object.entries({ min: view.from, max: view.to }).forEach(([key, value]) => get("lines").setAttribute(`aria-value${key}`, value));
    point(pointed ?? model.years.length - 1, pointed !== null);
    light(lit);
  }

  function makeKey(line, theme) {
    const { colour } = E.look.styleOf(line.style, theme);
    return make("li", { "data-key": line.key }, make("button", { type: "button", "aria-pressed": String(lit === line.key), value: line.key }, make("span", { class: "swatch", style: `background:${colour}` }), line.name));
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
    const chart = get("lines").querySelector("svg");
    const text = E.captions.sayYear(model, place).replaceAll("\n", "; ");
    get("lines").setAttribute("aria-valuenow", model.years[place]);
    get("lines").setAttribute("aria-valuetext", text);
    if (!isShown) return;
    const plot = get("lines").firstChild;
    const box = chart.getBoundingClientRect();
    const at = { bubbles: true, clientX: box.left + plot.scale("x").apply(model.years[place]), clientY: box.top + box.height / 2, pointerType: "mouse" };
    chart.dispatchEvent(new PointerEvent("pointerenter", at));
    chart.dispatchEvent(new PointerEvent("pointermove", at));
    get("readout").textContent = text;
  }

  function moveByKey(event) {
    const last = model.years.length - 1;
    const now = pointed ?? last;
    const to = { ArrowLeft: now - (pointed === null ? 0 : 1), ArrowDown: now - 1, ArrowRight: now + 1, ArrowUp: now + 1, Home: 0, End: last, PageUp: now + 5, PageDown: now - 5 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    pointed = Math.max(0, Math.min(last, to));
    point(pointed, true);
  }

  function leaveChart() {
    pointed = null;
    get("readout").textContent = "";
    get("lines").querySelector("svg")?.dispatchEvent(new PointerEvent("pointerleave", { pointerType: "mouse" }));
  }

  /** Tell a screen reader what is shown now, once the reader has stopped changing it. */
  function announce(text) {
    clearTimeout(announcing);
    announcing = setTimeout(() => (get("announcement").textContent = text), 500);
  }

  const change = (changed, step = true) => changed && take({ ...view, ...changed }, { step });

  /** Follow the slider: its first move is a step of history, the others of one pull take its place. */
  function slide(event) {
    change(E.controls.read(event.target), !isSliding);
    isSliding = true;
  }

  function openLink() {
    const isPlace = document.getElementById(location.hash.slice(1)) !== null;
    if (view && (isPlace || location.hash === E.state.writeHash(view))) return;
    const { asked, notes } = E.state.readHash(E.raw, isPlace ? "" : location.hash);
    document.documentElement.classList.toggle("embedded", isEmbedded());
    take(asked, { step: false, notes });
  }

  async function copy(id) {
    get(id).select();
    const isCopied = await navigator.clipboard?.writeText(get(id).value).then(() => true, () => false);
    get(`${id}-copied`).textContent = isCopied ? "Copied." : "Selected: copy it with your keyboard.";
  }

  function listen() {
    const on = (id, event, act) => get(id).addEventListener(event, act);
    on("choices", "submit", (event) => event.preventDefault());
    // Year and bars belong to the form and stand outside it, beside the map.
    document.addEventListener("change", (event) => change(E.controls.read(event.target)));
    on("year", "input", slide);
    on("year", "change", () => (isSliding = false));
    on("largest", "click", () => change({ places: model.ranking.filter((row) => row.rank !== null).slice(0, 3).map((row) => row.code) }));
    on("reset", "click", () => take(E.state.readHash(E.raw, "").asked));
    for (const id of ["link", "embed"]) on(`${id}-copy`, "click", () => copy(id));
    on("theme", "click", () => (E.theme.toggle(), render([])));
    on("lines", "keydown", moveByKey);
    on("lines", "blur", leaveChart);
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
      button.addEventListener("click", () => E.downloads.download(E.raw, model, button.dataset.what, button.dataset.format));
    }
    document.querySelector(".skip").addEventListener("click", (event) => (event.preventDefault(), get("content").focus()));
    addEventListener("popstate", openLink);
    addEventListener("hashchange", openLink);
    addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((each) => (each.open = true)));
    let width = 0;
    new ResizeObserver(() => {
      if (model && width !== get("lines").clientWidth) requestAnimationFrame(redraw);
      width = get("lines").clientWidth;
    }).observe(get("lines"));
  }

  E.main = { redraw: () => render([]) };
  get("panel").open = innerWidth >= 960;
  E.controls.setUp(change);
  listen();
  openLink();
})((globalThis.Explorer = globalThis.Explorer || {}));
