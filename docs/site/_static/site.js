/* What the pages do besides being read: a fair sentence is copied, and search results say what a page
   is about. */
{
  const copySentence = async ({ target: button }) => {
    const sentence = document.getElementById(button.dataset.copy);
    getSelection().selectAllChildren(sentence);
    const isCopied = await navigator.clipboard?.writeText(sentence.textContent.trim()).then(() => true, () => false);
    button.parentElement.querySelector("[role=status]").textContent =
      isCopied ? "Copied." : "Selected: copy it with your keyboard.";
  };

  const describeResults = (changes) => {
    for (const item of changes.flatMap((change) => [...change.addedNodes])) {
      const link = item.tagName === "LI" && item.querySelector("a");
      const page = link && link.getAttribute("href").split("#")[0].replace(/\.html$/, "");
      if (page && window.DESCRIPTIONS[page]) {
        const words = document.createElement("p");
        words.className = "context";
        words.textContent = window.DESCRIPTIONS[page];
        item.append(words);
      }
    }
  };

  for (const sidebar of document.querySelectorAll(".bd-sidebar")) sidebar.scrollLeft = 0;
  for (const button of document.querySelectorAll("button.copy")) {
    button.hidden = false;
    button.addEventListener("click", copySentence);
  }
  const results = document.getElementById("search-results");
  if (results) new MutationObserver(describeResults).observe(results, { childList: true, subtree: true });
}
