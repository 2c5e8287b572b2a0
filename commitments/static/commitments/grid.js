// Moving in the grid of the bulk edit by keyboard. Without this file Tab moves from cell to cell.
(() => {
  "use strict";

  const FIELD = "input:not([type=hidden]), select, textarea";

  function neighbour(cell, rows, columns) {
    const row = cell.parentElement;
    const target = [...row.parentElement.children][[...row.parentElement.children].indexOf(row) + rows];
    return target?.children[cell.cellIndex + columns]?.querySelector(FIELD) ?? null;
  }

  function move(event) {
    const cell = event.target.closest("td");
    const arrows = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    let step = event.ctrlKey && !event.altKey ? arrows[event.key] : undefined;
    // Enter would send the form; in a grid people expect it to go down.
    if (event.key === "Enter" && event.target.matches("input")) step = [event.shiftKey ? -1 : 1, 0];
    if (!cell || !step) return;
    event.preventDefault();
    const field = neighbour(cell, ...step);
    field?.focus();
    if (field?.matches("input[type=text]")) field.select();
  }

  for (const grid of document.querySelectorAll("[data-grid]")) grid.addEventListener("keydown", move);
})();
