// Rows ticked for the bulk edit stay ticked when another page or filter replaces the list. Without this
// file turning the page sends the form around with all that is ticked; another filter begins anew.
(() => {
  "use strict";

  const form = document.getElementById("bulk");
  const note = document.getElementById("ticked-elsewhere");
  if (!form || !note) return;
  // After a preview, the server says what was ticked and is not on this page.
  const elsewhere = new Set([...note.querySelectorAll("[data-elsewhere]")].map((field) => field.value));

  // They travel with the form like those that are seen, and the server finds them whatever the filter.
  function show() {
    for (const field of form.querySelectorAll("[data-elsewhere]")) field.remove();
    for (const pk of elsewhere) {
      const field = Object.assign(document.createElement("input"), { type: "hidden", name: "pk", value: pk });
      field.dataset.elsewhere = "";
      note.append(field);
    }
    note.hidden = !elsewhere.size;
    note.querySelector("span").textContent = `${note.dataset.text} ${elsewhere.size}`;
  }

  document.addEventListener("htmx:before:swap", () => {
    for (const box of form.querySelectorAll("#results [name=pk]:checked")) elsewhere.add(box.value);
  });

  document.addEventListener("htmx:after:swap", () => {
    for (const box of form.querySelectorAll("#results [name=pk]")) {
      if (elsewhere.delete(box.value)) box.checked = true;
    }
    show();
  });

  note.querySelector("button").addEventListener("click", (event) => {
    event.preventDefault();
    elsewhere.clear();
    show();
    form.querySelector("#results input")?.focus();
  });
})();
