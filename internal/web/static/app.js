"use strict";
// The script of the pages: it keeps the stream alive, follows or counts what is new, and has the
// keys, the composer and the copy buttons. Pages work without it.
(() => {
  const root = document.documentElement;
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));
  const one = (selector) => document.querySelector(selector);
  const say = (text) => { const said = one("#said"); if (said) said.textContent = text; };

  // The stream. data-live is wait, up, down or none; data-seq is the id of the last update.
  let connection = null, heard = 0, failures = 0;
  const live = (state) => {
    if (root.dataset.live !== state) root.dataset.live = state;
    const status = one("#status");
    if (status) status.textContent = status.dataset[state] + (state === "down" && failures > 1 ? " (" + failures + ")" : "");
  };
  const main = () => one("main[hx-sse\\:connect]");
  const wake = () => { if (main() && root.dataset.live !== "up" && window.htmx) window.htmx.trigger(main(), "stream"); };
  let pause = 5000;
  const retry = () => { wake(); pause = root.dataset.live === "up" ? 5000 : Math.min(pause * 2, 60000); setTimeout(retry, pause); };
  document.addEventListener("htmx:sse:before:connection", (e) => {
    if (e.detail.connection.attempt > 0) { failures = e.detail.connection.attempt; live("down"); }
  });
  document.addEventListener("htmx:sse:after:connection", (e) => {
    connection = e.detail.connection; heard = Date.now(); failures = 0; live("up");
  });
  document.addEventListener("htmx:sse:error", (e) => { connection = e.detail.connection; live("down"); });
  document.addEventListener("htmx:sse:close", () => { connection = null; live("down"); });
  document.addEventListener("htmx:sse:before:message", () => { heard = Date.now(); });
  document.addEventListener("htmx:sse:after:message", (e) => { if (e.detail.message.id) root.dataset.seq = e.detail.message.id; });
  setInterval(() => { if (connection && connection.reader && Date.now() - heard > 45000) connection.reader.cancel(); }, 5000);
  document.addEventListener("reset", () => stale());
  document.addEventListener("more", (e) => {
    const left = Number(root.dataset.left || 0) + Number(e.detail && e.detail.data || 0);
    root.dataset.left = left;
    one("#stale").hidden = false;
    one("#left").textContent = left ? "+" + left : "";
    if (all("[data-follow]").every((list) => list.atEnd !== false && ended(list))) stale();
  });
  const typed = () => all("textarea, input[type=text], input[type=search]").some((f) => f.value !== f.defaultValue);
  // A page that misses something is loaded anew, but not more often than every few seconds.
  let renewal = 0;
  const stale = () => {
    if (renewal) return;
    renewal = setTimeout(() => {
      renewal = 0;
      if (typed()) one("#stale").hidden = false; else location.reload();
    }, Math.max(3000 - performance.now(), 0));
  };

  // What is swapped in: an element whose id is there replaces it; lists are bounded; a list at its
  // end follows, another one counts.
  document.addEventListener("htmx:before:swap", (e) => {
    const fresh = new Map();
    for (const task of e.detail.tasks || []) {
      const style = task.swapSpec && task.swapSpec.style;
      if (!task.target || !task.fragment || style !== "beforeend" && style !== "afterbegin") continue;
      for (const node of Array.from(task.fragment.children)) {
        const old = node.id && document.getElementById(node.id);
        if (old && task.target.contains(old)) replace(old, node, task.target);
      }
      const list = task.target.closest("[data-follow]");
      if (list && list.atEnd === undefined) list.atEnd = ended(list);
      if (!list || style !== "beforeend") continue;
      for (const node of Array.from(task.fragment.children).filter(number)) {
        fresh.set(task.target, (fresh.get(task.target) || []).concat({node, fragment: task.fragment}));
      }
    }
    fresh.forEach(order);
  });
  // Messages stay in the order of their numbers: one that was trimmed does not come back below newer
  // ones when it changes.
  const number = (node) => Number((/^m(\d+)$/.exec(node.id) || [])[1] || 0);
  const order = (fresh, target) => {
    const rows = Array.from(target.children), last = fresh[fresh.length - 1].fragment;
    for (const {node} of fresh.sort((a, b) => number(a.node) - number(b.node))) {
      const next = rows.find((row) => number(row) > number(node));
      if (!next) last.append(node); else if (next === rows[0]) node.remove(); else next.before(node);
    }
  };
  // A row stays where it is, and selected; an entry of a list of chats moves up, unless it is read.
  const replace = (old, node, target) => {
    if (old.classList.contains("selected")) {
      node.classList.add("selected");
      all("[data-open-row]", node).forEach((a) => a.setAttribute("aria-current", "true"));
    }
    const chat = node.querySelector("[data-chat]");
    if (!chat) { old.replaceWith(node); return; }
    if (old.querySelector("[aria-current]")) chat.setAttribute("aria-current", "page"); else node.classList.add("fresh");
    node.hidden = old.hidden;
    if (target.contains(document.activeElement) || target.matches(":hover")) old.replaceWith(node); else { old.remove(); target.prepend(node); }
  };
  const ended = (list) => list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  const toEnd = (list) => { list.scrollTop = list.scrollHeight; list.fresh = 0; count(list); };
  const count = (list) => {
    const button = one("[data-more='#" + list.id + "']");
    if (button) { button.hidden = !list.fresh; button.firstElementChild.textContent = list.fresh || ""; }
  };
  document.addEventListener("htmx:after:swap", () => {
    for (const list of all("[data-follow]")) {
      const rows = list.querySelectorAll("[data-row]"), most = Number(list.dataset.max || 300);
      const added = rows.length - (list.rows || 0);
      if (list.atEnd !== false) {
        for (let i = 0; i < rows.length - most; i++) rows[i].remove();
        if (added > 0) toEnd(list);
      } else if (added > 0) { list.fresh = (list.fresh || 0) + added; count(list); }
      list.rows = list.querySelectorAll("[data-row]").length;
      list.atEnd = undefined;
    }
  });
  const startLists = () => {
    for (const list of all("[data-follow]")) {
      list.rows = list.querySelectorAll("[data-row]").length;
      const chosen = list.querySelector(".selected");
      list.scrollTop = list.scrollHeight;
      if (chosen) chosen.scrollIntoView({block: "nearest"});
      list.addEventListener("scroll", () => { if (list.fresh && ended(list)) { list.fresh = 0; count(list); } }, {passive: true});
    }
  };

  // A failed request says so beside what was asked for.
  const failed = (text) => { const bar = one("#failed"); if (bar) { bar.textContent = bar.dataset.text + text; bar.hidden = false; } };
  document.addEventListener("htmx:before:request", () => { const bar = one("#failed"); if (bar) bar.hidden = true; });
  document.addEventListener("htmx:error", (e) => {
    const error = e.detail.error;
    if (e.target !== main() && error) failed(String(error.message || error));
  });

  // The composer. An input method that composes uses Enter itself.
  let last = "";
  const grow = (field) => { field.style.height = "auto"; field.style.height = Math.min(field.scrollHeight + 2, 200) + "px"; };
  document.addEventListener("keydown", (e) => {
    const field = e.target;
    if (!field.matches || !field.matches("textarea[data-enter]")) return;
    if (e.isComposing || e.keyCode === 229) return;
    const box = choices(field);
    if (box && !box.hidden) {
      const options = all("[role=option]", box), at = options.findIndex((o) => o.getAttribute("aria-selected") === "true");
      if (e.key === "ArrowDown" || e.key === "ArrowUp") {
        e.preventDefault();
        mark(field, options, (at + (e.key === "ArrowDown" ? 1 : options.length - 1)) % options.length);
        return;
      }
      if (e.key === "Enter" || e.key === "Tab") { e.preventDefault(); choose(field, options[Math.max(at, 0)]); return; }
      if (e.key === "Escape") { e.preventDefault(); e.stopPropagation(); shut(field); return; }
    }
    if (e.key === "Enter" && !e.shiftKey && !e.ctrlKey && !e.altKey && !e.metaKey) {
      e.preventDefault();
      if (field.value.trim() !== "") field.form.requestSubmit();
    } else if (e.key === "ArrowUp" && field.value === "" && last) { e.preventDefault(); field.value = last; grow(field); }
  });
  document.addEventListener("submit", (e) => {
    const field = e.target.querySelector("textarea[data-enter]");
    if (field) last = field.value;
  });
  document.addEventListener("htmx:after:request", (e) => {
    const form = e.detail.ctx.sourceElement, response = e.detail.ctx.response;
    if (!form.matches || !form.matches("form[data-clear]") || !response || response.status >= 300) return;
    for (const field of all("textarea, input[type=text], input[type=file]", form)) { field.value = ""; if (field.matches("textarea")) grow(field); }
    for (const field of all("[data-once]", form)) field.remove();
    all("details[open]", form).forEach((d) => { d.open = false; });
    const text = form.querySelector("textarea[data-enter]");
    if (text) text.focus();
  });

  // Mentions: "@" and the beginning of a name offers the members.
  const choices = (field) => field.dataset.mentions ? one(field.dataset.mentions) : null;
  const shut = (field) => { const box = choices(field); if (box) { box.hidden = true; field.removeAttribute("aria-activedescendant"); } };
  const mark = (field, options, at) => options.forEach((o, i) => {
    o.setAttribute("aria-selected", String(i === at));
    if (i === at) { field.setAttribute("aria-activedescendant", o.id); o.scrollIntoView({block: "nearest"}); say(o.dataset.name); }
  });
  const begun = (field) => /(^|[\s\u2005])@([^@\s\u2005]*)$/.exec(field.value.slice(0, field.selectionStart));
  const offer = (field) => {
    const box = choices(field), found = box && begun(field);
    if (!found) { shut(field); return; }
    const word = found[2].toLowerCase();
    const options = all("[role=option]", box).filter((o) => { o.hidden = !o.dataset.name.toLowerCase().includes(word); return !o.hidden; });
    const any = options.length > 0;
    box.hidden = !any;
    if (any) mark(field, options.concat(all("[role=option][hidden]", box)), 0);
  };
  const choose = (field, option) => {
    const found = begun(field);
    if (!found || !option) return;
    const from = field.selectionStart - found[2].length, name = option.dataset.name + "\u2005";
    field.setRangeText(name, from, field.selectionStart, "end");
    const at = document.createElement("input");
    Object.assign(at, {type: "hidden", name: "at", value: option.dataset.id});
    at.dataset.once = "";
    field.form.append(at);
    shut(field);
    field.focus();
  };
  document.addEventListener("input", (e) => {
    if (!e.target.matches("textarea[data-enter]")) return;
    grow(e.target);
    if (!e.isComposing) offer(e.target);
  });
  document.addEventListener("compositionend", (e) => { if (e.target.matches("textarea[data-enter]")) offer(e.target); });
  document.addEventListener("focusout", (e) => { if (e.target.matches && e.target.matches("textarea[data-enter]")) setTimeout(() => shut(e.target), 200); });

  // Files: what is dropped or pasted is sent by the form of the file field.
  const dropped = (area, files) => {
    const field = one(area.dataset.drop);
    if (!field || !files || files.length === 0) return;
    field.files = files;
    field.form.requestSubmit();
  };
  for (const name of ["dragover", "dragenter"]) document.addEventListener(name, (e) => {
    const area = e.target.closest && e.target.closest("[data-drop]");
    if (area) { e.preventDefault(); area.classList.add("dropping"); }
  });
  document.addEventListener("dragleave", (e) => {
    const area = e.target.closest && e.target.closest("[data-drop]");
    if (area && !area.contains(e.relatedTarget)) area.classList.remove("dropping");
  });
  document.addEventListener("drop", (e) => {
    const area = e.target.closest && e.target.closest("[data-drop]");
    if (!area) return;
    e.preventDefault();
    area.classList.remove("dropping");
    dropped(area, e.dataTransfer.files);
  });
  document.addEventListener("paste", (e) => {
    const area = e.target.closest && e.target.closest("[data-drop]");
    if (area && e.clipboardData && e.clipboardData.files.length) { e.preventDefault(); dropped(area, e.clipboardData.files); }
  });
  document.addEventListener("change", (e) => {
    if (e.target.matches("[data-submit]")) e.target.form.requestSubmit();
    if (e.target.matches("[data-goto]")) location.href = e.target.value;
  });

  // A field filters the entries of a list by their words.
  document.addEventListener("input", (e) => {
    const list = e.target.dataset && e.target.dataset.filter ? one(e.target.dataset.filter) : null;
    if (!list) return;
    const word = e.target.value.trim().toLowerCase();
    for (const item of list.children) item.hidden = !item.textContent.toLowerCase().includes(word);
  });
  document.addEventListener("keydown", (e) => {
    if (e.key !== "Enter" || e.isComposing || !e.target.dataset || !e.target.dataset.filter) return;
    const first = all("a", one(e.target.dataset.filter)).find((a) => a.offsetParent !== null);
    if (first) { e.preventDefault(); first.click(); }
  });

  // Links keep who speaks and what is typed: a stream renders its rows for everybody.
  document.addEventListener("click", (e) => {
    const link = e.target.closest("a[data-keep], a[data-open-row], .note a");
    const form = one("form[data-clear]");
    if (!link || !form) return;
    const to = new URL(link.href), text = form.querySelector("textarea[data-enter]"), as = form.elements.as;
    if (!to.searchParams.has("as") && as) to.searchParams.set("as", as.value);
    if (text && text.value && text.value.length < 2000) to.searchParams.set("draft", text.value);
    link.href = to.href;
  }, true);

  // Clicks: dialogs, copies, "3 new", and one open menu at a time.
  document.addEventListener("click", (e) => {
    const at = e.target.closest("[data-open],[data-copy],[data-more],[role=option],[data-fill]");
    for (const menu of all("details.menu[open], details.drawer[open]")) if (!menu.contains(e.target)) menu.open = false;
    if (!at) return;
    if (at.dataset.open) one(at.dataset.open).showModal();
    if (at.dataset.copy !== undefined) {
      const from = at.dataset.copy ? one(at.dataset.copy) : null;
      navigator.clipboard.writeText(from ? (from.value || from.textContent) : at.dataset.text).then(() => {
        const words = at.textContent;
        say(one("#said").dataset.copied);
        at.textContent = "✓ " + one("#said").dataset.copied;
        setTimeout(() => { at.textContent = words; }, 1500);
      }, (error) => failed(String(error)));
    }
    if (at.dataset.more) toEnd(one(at.dataset.more));
    if (at.dataset.fill) { const field = one(at.dataset.fill); field.value = at.dataset.text; grow(field); field.focus(); }
    if (at.matches("[role=option]")) { const field = one("textarea[data-mentions='#" + at.parentElement.id + "']"); if (field) choose(field, at); }
  });

  // Keys. Those of one letter do nothing in a field, and can be turned off.
  let before = "";
  const seen = (e) => e.offsetParent !== null || getComputedStyle(e).position === "fixed";
  const rows = () => all("[data-row]").filter(seen);
  const step = (by) => {
    const list = rows(), now = list.findIndex((r) => r.contains(document.activeElement));
    const next = list[now < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(Math.max(now + by, 0), list.length - 1)];
    const to = next && (next.matches("a") ? next : next.querySelector("a, button, summary"));
    if (to) { to.focus(); next.scrollIntoView({block: "nearest"}); }
  };
  const press = (keys) => {
    const target = all("[data-key]").find((t) => t.dataset.key === keys && (seen(t) || t.matches("a")));
    if (!target) return false;
    if (target.matches("input:not([type=checkbox]), textarea, select")) target.focus(); else target.click();
    return true;
  };
  document.addEventListener("keydown", (e) => {
    if (e.isComposing || e.metaKey) return;
    const field = e.target.matches && e.target.matches("input, textarea, select, [contenteditable]");
    if (e.key === "Escape") {
      if (one("dialog[open]")) return;
      if (field) e.target.blur(); else press("Escape");
      return;
    }
    const name = (e.ctrlKey ? "Ctrl+" : "") + (e.altKey ? "Alt+" : "") + e.key;
    if (name === "Alt+ArrowUp" || name === "Alt+ArrowDown") {
      const chats = all("[data-chat]").filter(seen), at = chats.findIndex((c) => c.getAttribute("aria-current"));
      const next = chats[at + (e.key === "ArrowUp" ? -1 : 1)];
      if (next) { e.preventDefault(); next.click(); }
      return;
    }
    if (e.ctrlKey || e.altKey) { if (press(name)) e.preventDefault(); return; }
    if (field || root.dataset.keys === "off" || one("dialog[open]")) return;
    const keys = before ? before + " " + e.key : e.key;
    before = "";
    if (e.key === "g" && keys === "g") { before = "g"; setTimeout(() => { before = ""; }, 1200); return; }
    if (press(keys)) e.preventDefault();
    else if (keys === "/") { const search = one("[type=search]"); if (search) { e.preventDefault(); search.focus(); } }
    else if (keys === "j" || keys === "k") { e.preventDefault(); step(keys === "j" ? 1 : -1); }
  });

  document.addEventListener("DOMContentLoaded", () => {
    if (main()) { live("wait"); setTimeout(retry, pause); }
    startLists();
    for (const field of all("textarea[data-enter]")) if (field.value) grow(field);
  });
})();
