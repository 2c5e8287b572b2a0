/* What a page gains with scripts on; every page works without them. */
"use strict";
(() => {
  const root = document.documentElement;
  const on = (event, act) => document.addEventListener(event, act);
  const say = (words) => {
    const live = document.getElementById("live");
    if (live) live.textContent = words;
  };

  /* --- Regions that htmx brings in ------------------------------------------------------------ */

  // An address should name only what was chosen.
  on("htmx:config:request", ({ detail: { ctx } }) => {
    const body = ctx.request.body;
    if (ctx.request.method !== "GET" || !(body instanceof FormData)) return;
    for (const [name, value] of [...body]) if (value === "") body.delete(name, value);
  });

  on("htmx:after:swap", ({ detail: { ctx } }) => {
    const goal = ctx.target instanceof Element ? ctx.target : document.querySelector(ctx.target);
    const region = goal?.isConnected ? goal : null; // one that was replaced still holds the old words
    const browse = document.getElementById("browse");
    if (browse) followAnswer(browse);
    layOutRest();
    const said = (browse || region || document).querySelector("[data-announce]");
    if (said) say(said.textContent.trim());
    // After turning a page, reading goes on at its top.
    const top = ctx.sourceElement?.dataset?.focus && document.querySelector(ctx.sourceElement.dataset.focus);
    if (top) {
      top.focus({ preventScroll: true });
      top.scrollIntoView({ block: "start" });
    }
  });

  // What a person ticked outlives the answer; where the two differ, the answer is right.
  const followAnswer = (browse) => {
    for (const box of browse.querySelectorAll("input[type=checkbox], input[type=radio]")) box.checked = box.defaultChecked;
    const search = document.getElementById("id_q");
    if (search && search !== document.activeElement) search.value = browse.dataset.q || "";
  };

  /* --- Small things on every page --------------------------------------------------------------- */

  // What stands beside the page on a wide screen is shown there before any script ran (commitments.css);
  // on a narrow one it would push the page out of sight, so it stays folded.
  const isWide = matchMedia("(min-width: 60rem)").matches;
  if (isWide) for (const side of document.querySelectorAll(".side")) side.open = true;
  root.classList.add("has-script");

  // What lies below the first screen is laid out when it comes near (commitments.css); at once for a link into
  // it; and bit by bit beforehand, on a phone when the reader has long begun.
  const later = window.requestIdleCallback || ((act) => setTimeout(act, 30));
  const layOutRest = () => {
    const rest = [...document.querySelectorAll(".book .para, .comparison tbody tr")];
    const layOut = (count) => {
      for (const box of rest.splice(0, count)) box.classList.add("is-laid");
      if (rest.length) later(() => layOut(12));
    };
    if (location.hash) layOut(rest.length);
    else setTimeout(() => later(() => layOut(12)), isWide ? 0 : 4000);
  };
  layOutRest();

  // An address with # opens what is folded around its goal.
  const unfold = () => {
    const goal = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!goal) return;
    for (let box = goal.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    goal.scrollIntoView();
  };
  addEventListener("hashchange", unfold);
  unfold();

  // What is folded is printed too, and folded again afterwards; but not the whole list on the first page.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("main details:not([open], .area, .area details)")];
    for (const box of opened) box.open = true;
  });
  addEventListener("afterprint", () => opened.forEach((box) => { box.open = false; }));

  /* --- The report --------------------------------------------------------------------------------- */

  const book = document.getElementById("book");
  if (!book) return;

  const close = (mark, slot) => {
    slot.replaceChildren();
    mark.setAttribute("aria-expanded", "false");
  };
  const htmxIsHere = () => window.htmx ? Promise.resolve() : new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = book.dataset.htmx;
    script.addEventListener("load", resolve);
    script.addEventListener("error", reject);
    document.head.append(script);
  });
  const open = async (mark) => {
    const slot = mark.closest(".pas").nextElementSibling;
    if (slot.hasChildNodes()) return close(mark, slot);
    try {
      await htmxIsHere();
    } catch {
      location.assign(mark.href);
      return;
    }
    await htmx.ajax("GET", mark.getAttribute("href"), { target: slot, swap: "innerHTML" });
    mark.setAttribute("aria-expanded", "true");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "linkish";
    button.textContent = book.dataset.close;
    button.addEventListener("click", () => {
      close(mark, slot);
      mark.focus();
    });
    slot.querySelector(".panel__foot")?.append(button);
  };
  book.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const mark = event.target.closest(".mk:not(.mk--base)");
    const term = event.target.closest(".gloss");
    if (term) {
      term.nextElementSibling.click();
    } else if (mark) {
      event.preventDefault();
      open(mark);
    } else if (!event.target.closest("a, button, .panel") && getSelection().isCollapsed) {
      const state = event.target.closest(".pas")?.querySelector(".mk:not(.mk--why, .mk--base)");
      if (state) open(state);
    }
  });

  // The three switches act at once and stay in the address.
  const tools = document.getElementById("reader-tools");
  tools.addEventListener("change", () => {
    const chosen = new FormData(tools);
    book.dataset.only = chosen.get("only");
    book.toggleAttribute("data-words", chosen.has("words"));
    book.toggleAttribute("data-reasons", chosen.has("reasons"));
    const query = new URLSearchParams([...chosen].filter(([, value]) => value));
    history.replaceState(history.state, "", `${location.pathname}${query.size ? `?${query}` : ""}${location.hash}`);
    if (!book.dataset.only) return;
    const count = (selector) => book.querySelectorAll(selector).length;
    say(book.dataset.found.replace("{n}", count(`.m-${book.dataset.only}`)).replace("{total}", count(".pas")));
  });
  tools.querySelector("button").hidden = true; // the choice beside it grows, nothing moves

  // The table of contents follows the reader.
  const toc = document.getElementById("toc");
  const links = new Map([...toc.querySelectorAll("a")].map((link) => [link.hash.slice(1), link]));
  let here = null;
  const places = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  const follow = () => {
    const passed = places.filter((place) => place.getBoundingClientRect().top < innerHeight / 3);
    const link = links.get(passed.at(-1)?.id);
    if (link === here) return;
    here?.classList.remove("is-here");
    here?.removeAttribute("aria-current");
    link?.classList.add("is-here");
    link?.setAttribute("aria-current", "true");
    here = link;
    const side = toc.closest(".sticky");
    if (link && side.scrollHeight > side.clientHeight) side.scrollTop = link.offsetTop - side.clientHeight / 2;
  };
  let isAsked = false;
  addEventListener("scroll", () => {
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(() => {
      isAsked = false;
      follow();
    });
  }, { passive: true });
  follow();
})();
