/* Before anything is drawn: the chart alone where it is embedded, and light or dark as chosen on the
   site's pages, where the browser keeps that choice. */
document.documentElement.classList.toggle("embedded", /[#&]embed=1/.test(location.hash));
const mode = localStorage.getItem("mode");
if (["light", "dark"].includes(mode)) document.documentElement.dataset.theme = mode;
