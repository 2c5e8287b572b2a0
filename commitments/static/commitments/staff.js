// Progressive enhancement of the staff pages: what was typed survives a lost connection, an expired
// session and a closed tab; keys and focus. Everything works without this file, only less kindly.
(() => {
  "use strict";

  const KEEP_DAYS = 14;
  const FORM = "form[data-draft]";
  const NOT_KEPT = new Set(["csrfmiddlewaretoken", "token", "draft_version", "based_on", "evidence_file"]);
  const dirty = new Set();

  const text = (name) => document.getElementById("staff-texts")?.dataset[name] ?? "";
  const keyOf = (form) => `draft:${form.dataset.draft}`;
  const csrfToken = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];

  // --- What was typed, kept in this browser until the server has it ---------------------------------

  function typed(form) {
    return [...new FormData(form)].filter(([name, value]) => !NOT_KEPT.has(name) && typeof value === "string");
  }

  // A refused form has a field more, to say why; as long as it is empty, nothing else was typed.
  const filled = (values) => JSON.stringify(values.filter(([, value]) => value !== ""));
  const said = (form) => JSON.stringify(typed(form));
  const basedOn = (form) => form.elements.based_on?.value ?? "";

  function keep(form, isSent = false) {
    try {
      const entry = { at: Date.now(), values: typed(form), basedOn: basedOn(form), isSent };
      localStorage.setItem(keyOf(form), JSON.stringify(entry));
    } catch {
      // Storage is full or forbidden: the draft on the server remains.
    }
  }

  function kept(form) {
    try {
      return JSON.parse(localStorage.getItem(keyOf(form)) ?? "null");
    } catch {
      return null;
    }
  }

  function forget(form) {
    dirty.delete(form);
    try {
      localStorage.removeItem(keyOf(form));
    } catch {
      // Nothing was kept.
    }
  }

  function forgetOld() {
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith("draft:")) continue;
      const entry = JSON.parse(localStorage.getItem(key) ?? "null");
      if (!entry || Date.now() - entry.at > KEEP_DAYS * 86400000) localStorage.removeItem(key);
    }
  }

  function restore(form, values) {
    const byName = new Map();
    for (const [name, value] of values) byName.set(name, [...(byName.get(name) ?? []), value]);
    for (const field of form.elements) {
      if (!field.name || NOT_KEPT.has(field.name) || field.type === "file" || field.type === "submit") continue;
      const wanted = byName.get(field.name) ?? [];
      if (field.type === "radio" || field.type === "checkbox") field.checked = wanted.includes(field.value);
      else if (wanted.length) field.value = wanted[0];
    }
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // Offer what this browser kept and the server never got. The person decides, nothing is overwritten.
  function offer(form) {
    const entry = kept(form);
    const bar = form.querySelector("[data-restore]");
    if (!entry || !bar) return;
    if (filled(entry.values) === filled(typed(form))) return forget(form);
    // Sent, and since then something was recorded: it arrived.
    if (entry.isSent && entry.basedOn !== basedOn(form)) return forget(form);
    bar.hidden = false;
    bar.querySelector("[data-restore-yes]").onclick = () => {
      bar.hidden = true;
      restore(form, entry.values);
      form.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    };
    bar.querySelector("[data-restore-no]").onclick = () => {
      bar.hidden = true;
      forget(form);
    };
  }

  function prepare(root) {
    for (const form of root.querySelectorAll?.(FORM) ?? []) {
      if (form.dataset.prepared) continue;
      form.dataset.prepared = "yes";
      // First: what is hidden is not kept either, and what was kept is compared with what is there.
      showOnly(form);
      offer(form);
    }
  }

  // The obstacle is asked for when blocked; nothing is hidden from those without this script.
  // What is hidden is not sent either: an obstacle of last month would be published unseen.
  function showOnly(form) {
    const status = form.querySelector("[name=status]:checked")?.value;
    for (const part of form.querySelectorAll("[data-when]")) {
      part.hidden = !part.dataset.when.split(" ").includes(status) && !part.querySelector(".errorlist");
      for (const field of part.querySelectorAll("textarea, input, select")) field.disabled = part.hidden;
    }
  }

  // These are not kept here; leaving them half-filled is asked about.
  document.addEventListener("input", (event) => {
    const guarded = event.target.form;
    if (guarded?.matches("[data-warn]")) dirty.add(guarded);
  });

  document.addEventListener("input", (event) => {
    const form = event.target.closest?.(FORM);
    if (!form) return;
    dirty.add(form);
    keep(form);
    showOnly(form);
  });

  // --- The server's answers --------------------------------------------------------------------------

  document.addEventListener("htmx:config:request", (event) => {
    const { ctx } = event.detail;
    // Signing in again in another tab gives a new token; the one in this page is then refused.
    const token = csrfToken();
    if (token && ctx.request.method !== "GET") ctx.request.body?.set?.("csrfmiddlewaretoken", token);
    // A draft is saved every few seconds: files travel once, with their own button.
    if (ctx.sourceElement.matches("[data-saves-draft], [data-preview]")) ctx.request.body?.delete?.("evidence_file");
    if (!ctx.sourceElement.matches("[data-saves-draft]")) return;
    ctx.form = ctx.sourceElement.closest(FORM);
    ctx.saving = said(ctx.form);
  });

  // Whether more was typed while a draft was on its way.
  const isBehind = (ctx) => ctx.saving !== undefined && ctx.saving !== said(ctx.form);

  const formOf = (ctx) => ctx?.form ?? (ctx?.sourceElement?.matches?.(FORM) ? ctx.sourceElement : null);

  document.addEventListener("htmx:after:request", (event) => {
    const { ctx } = event.detail;
    const form = formOf(ctx);
    if (form && ctx.response.status < 300 && !isBehind(ctx)) forget(form);
    if (ctx.response.status < 400) document.getElementById("notices")?.replaceChildren();
  });

  // A whole page of error does not belong into a region: say what happened and leave the form as it is.
  document.addEventListener("htmx:before:response", (event) => {
    const { response } = event.detail.ctx;
    if (response.status < 400 || [409, 422].includes(response.status) || response.headers.get("HX-Retarget")) return;
    event.preventDefault();
    const form = formOf(event.detail.ctx);
    if (form) dirty.add(form);
    say(text(response.status === 403 ? "refused" : "failed"));
  });

  document.addEventListener("htmx:error", (event) => {
    // A request that a newer one replaced is no failure; one that found no server is.
    if (!(event.detail.error instanceof TypeError)) return;
    // Sent, and not arrived: saved as a draft as soon as the connection is back.
    const form = formOf(event.detail.ctx);
    if (form) dirty.add(form);
    say(text("offline"));
  });
  window.addEventListener("offline", () => say(text("offline")));
  window.addEventListener("online", () => {
    say("");
    for (const form of dirty) form.dispatchEvent(new Event("input", { bubbles: true }));
  });

  function say(words) {
    const area = document.getElementById("notices");
    if (!area) return;
    area.replaceChildren();
    if (!words) return;
    const line = document.createElement("p");
    line.className = "notice notice--warning";
    line.textContent = words;
    area.append(line);
  }

  document.addEventListener("htmx:after:process", (event) => prepare(event.target.parentNode ?? document));
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    prepare(document);
    // The answer replaced the region that waited for the typing to pause: it has to begin waiting anew.
    if (ctx.response.status < 300 && ctx.form?.isConnected && isBehind(ctx)) {
      ctx.form.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });

  // --- Leaving, keys, plain submits -------------------------------------------------------------------

  window.addEventListener("beforeunload", (event) => {
    for (const form of dirty) if (!form.isConnected) dirty.delete(form);
    if (dirty.size) event.preventDefault();
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const token = csrfToken();
    if (token && form.elements.csrfmiddlewaretoken) form.elements.csrfmiddlewaretoken.value = token;
    if (form.matches(FORM)) keep(form, true);
    dirty.delete(form);
  });

  document.addEventListener(
    "click",
    (event) => {
      const link = event.target.closest?.("[data-cancel]");
      if (!link) return;
      const form = link.closest(FORM);
      if (form && dirty.has(form) && !window.confirm(text("unsaved"))) {
        event.preventDefault();
        event.stopPropagation();
        return;
      }
      dirty.delete(form);
    },
    true,
  );

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
    const open = document.querySelectorAll("[data-in-place]");
    const region = event.target.closest?.("[data-in-place]") ?? (open.length === 1 ? open[0] : null);
    region?.querySelector("[data-cancel]")?.click();
  });

  const WRONG = "[aria-invalid=true], [data-wrong], [data-conflict]";

  // Focus moves into a form that opened in its row: to the first wrong field, else to the first one.
  function enter(region) {
    region.dataset.entered = "yes";
    const wrong = region.querySelector(WRONG);
    const form = region.querySelector(FORM);
    const first = form?.querySelector("[name=status]:checked") ?? form?.querySelector("[name=status]");
    (wrong ?? first)?.focus();
  }

  document.addEventListener("htmx:after:swap", () => {
    // What an act in a row led to, for those who do not see the row change.
    const counts = document.querySelector("#worklist-counts[data-announce]");
    if (counts) {
      document.getElementById("live").textContent = counts.dataset.announce;
      counts.removeAttribute("data-announce");
    }
    for (const region of document.querySelectorAll("[data-in-place]:not([data-entered])")) enter(region);
  });

  document.addEventListener("DOMContentLoaded", () => {
    try {
      forgetOld();
    } catch {
      // Storage is forbidden.
    }
    prepare(document);
    document.querySelector("main")?.querySelector(WRONG)?.focus();
  });
})();
