/* Elements of the page: how they are found, made and loaded. */

const get = (id) => document.getElementById(id);

/** Make an element with attributes and children; a string child becomes text. */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value != null && value !== false) element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...children.flat());
  return element;
}

const makeSwatch = (colour, edge) => make("span", { class: "swatch", style: `background:${colour};${edge ? `border-color:${edge}` : ""}` });

/** Load a script and tell whether it came: a page opened from the disk can fetch nothing. */
function loadScript(address) {
  return new Promise((resolve) => {
    const script = make("script", { src: address });
    script.onload = () => resolve(true);
    script.onerror = () => resolve(false);
    document.head.append(script);
  });
}

/** Load an origin's figures in a release, unless they are there or it has none by destination. */
const loadOrigin = async (release, origin, base = "") =>
  !hasPlaces(release, origin) || Boolean(findOrigin(release, origin)) || loadScript(`${base}origins/${release.name}/${origin}.js`);
