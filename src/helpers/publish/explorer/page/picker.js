/* Choosing up to five of many: a field that finds by name, code or another name, a list of boxes in
   one tab stop, and a chip for each that is chosen, which highlights its line and takes it away. */
(function (E) {
  "use strict";

  const { make } = E.tables;
  const get = (id) => document.getElementById(id);

  /** Set up a picker, the parts of which begin with this id; `choose` is called with the codes then chosen. */
  function setUp(id, { noun, least, choose }) {
    const [find, list, count, chips] = ["find", "list", "count", "chips"].map((part) => get(`${id}-${part}`));
    let shown = [];
    let held = "";

    /** Let one box of those shown be reached by tab: the last focused, else the first. */
    function rove(box) {
      const boxes = [...list.querySelectorAll("label:not([hidden]) input:not(:disabled)")];
      const one = boxes.includes(box) ? box : boxes.find((each) => each.checked) || boxes[0];
      for (const each of list.querySelectorAll("input")) each.tabIndex = each === one ? 0 : -1;
      return { boxes, one };
    }

    function filter() {
      const wanted = E.words.fold(find.value.trim());
      for (const label of list.children) label.hidden = !label.dataset.find.includes(wanted);
      const found = rove().boxes.length;
      count.textContent = wanted && !found ? `No ${noun} is found by “${find.value.trim()}”.` : `${shown.length} of at most ${E.state.MOST} drawn`;
    }

    list.addEventListener("keydown", (event) => {
      const { boxes } = rove(event.target);
      const at = boxes.indexOf(event.target);
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: boxes.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      rove(boxes[Math.max(0, Math.min(boxes.length - 1, to))]).one.focus();
    });
    list.addEventListener("focusin", (event) => rove(event.target));
    list.addEventListener("change", ({ target }) => choose(target.checked ? [...shown, target.value] : shown.filter((code) => code !== target.value)));
    find.addEventListener("input", filter);
    find.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      const wanted = E.words.fold(find.value.trim());
      const boxes = rove().boxes.filter((each) => wanted && !each.checked);
      const box = boxes.find((each) => ` ${each.parentElement.dataset.find}`.includes(` ${wanted}`)) || boxes[0];
      if (!box) return;
      find.value = "";
      choose([...shown, box.value]);
      filter();
    });

    function makeChip(raw, code, style, theme) {
      const name = E.model.nameShort(raw, code);
      const swatch = style === null ? "" : make("span", { class: "swatch", style: `background:${E.look.styleOf(style, theme).colour}` });
      const isLast = shown.length <= least;
      return make("li", { "data-key": code }, make("button", { type: "button", value: code, disabled: isLast, title: isLast ? null : `Remove ${name}` }, swatch, name, isLast ? "" : make("span", { "aria-hidden": "true" }, " ×"), isLast ? "" : make("span", { class: "unseen" }, " (remove)")));
    }
    chips.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      choose(shown.filter((code) => code !== button.value));
      (chips.querySelector("button:not(:disabled)") || find).focus();
    });

    /** Show these codes to choose from, these chosen, each with the style of its line or null. */
    return function show(raw, codes, picked, findStyle) {
      shown = picked;
      if (held !== codes.join()) {
        held = codes.join();
        const named = d3.sort(codes.map((code) => [code, E.model.nameShort(raw, code)]), (a, b) => a[1].localeCompare(b[1], "en"));
        list.replaceChildren(...named.map(([code, name]) =>
          make("label", { "data-find": E.words.fold([code, ...(raw.names[code] || [])].join(" ")) }, make("input", { type: "checkbox", value: code, name: id }), make("span", {}, name))));
        find.value = "";
      }
      for (const box of list.querySelectorAll("input")) {
        box.checked = picked.includes(box.value);
        box.disabled = picked.length >= E.state.MOST && !box.checked;
      }
      chips.replaceChildren(...picked.map((code) => makeChip(raw, code, findStyle(code), E.theme.getColours())));
      filter();
    };
  }

  E.picker = { setUp };
})((globalThis.Explorer = globalThis.Explorer || {}));
