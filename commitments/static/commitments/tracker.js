/* What a page gains with scripts on; every page works without them. */
"use strict";
(() => {
  const live = () => document.getElementById("live");

  // A region that was swapped in may say something to those who do not see it change.
  document.addEventListener("htmx:after:swap", () => {
    const said = document.querySelector("[data-announce]");
    if (said && live()) live().textContent = said.dataset.announce || said.textContent;
  });
})();
