/* Choosing up to five of many: a field that suggests and finds by name, code or another name, and a
   chip for each that is chosen, which highlights its line and takes it away. */

/** Set up a picker, the parts of which begin with this id; `choose` is called with the codes then chosen. */
function setUpPicker(id, { noun, least, choose }) {
  const [find, list, count, chips] = ["find", "list", "count", "chips"].map((part) => get(`${id}-${part}`));
  let [codes, shown] = [[], []];

  /** Find what is typed: best the whole of a name or code, then the start of a word, then any part. */
  function search() {
    const wanted = fold(find.value.trim());
    const names = (code) => [code, ...(raw.names[code] ?? [])].map(fold);
    const ways = [(code) => names(code).includes(wanted), (code) => ` ${names(code).join(" ")}`.includes(` ${wanted}`), (code) => names(code).join(" ").includes(wanted)];
    const free = codes.filter((code) => wanted && !shown.includes(code));
    return ways.map((way) => free.find(way)).find(Boolean);
  }

  function sayFound() {
    const wanted = find.value.trim();
    count.textContent = wanted && !search() ? `No ${noun} to add is found by “${wanted}”.` : `${shown.length} of at most ${MOST} drawn`;
  }

  function add() {
    const code = search();
    if (!code) return;
    find.value = "";
    choose([...shown, code]);
  }

  find.addEventListener("input", ({ inputType = "insertReplacementText" }) => {
    const isSuggestion = inputType === "insertReplacementText" && [...list.options].some((option) => option.value === find.value);
    if (isSuggestion) add();
    else sayFound();
  });
  find.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    add();
  });
  chips.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    choose(shown.filter((code) => code !== button.value));
    (chips.querySelector("button:not(:disabled)") ?? find).focus();
  });

  function makeChip(code, style) {
    const name = nameShort(code);
    const swatch = style === null ? "" : makeSwatch(styleOf(style).colour);
    const isLast = shown.length <= least;
    const cross = isLast ? [] : [make("span", { "aria-hidden": "true" }, " ×"), make("span", { class: "unseen" }, " (remove)")];
    const button = make("button", { type: "button", value: code, disabled: isLast, title: isLast ? null : `Remove ${name}` }, swatch, name, cross);
    return make("li", { "data-key": code }, button);
  }

  /** Show these codes to choose from, these chosen, each with the style of its line or null. */
  return function show(known, picked, findStyle) {
    [codes, shown] = [sortByName(known), picked];
    const free = codes.filter((code) => !picked.includes(code));
    list.replaceChildren(...free.map((code) => make("option", { value: nameShort(code) }, `${code}, ${raw.names[code]?.[2] ?? ""}`)));
    chips.replaceChildren(...picked.map((code) => makeChip(code, findStyle(code))));
    sayFound();
  };
}
