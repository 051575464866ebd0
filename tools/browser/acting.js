// What acting on one frame needs from inside it: readiness, points, values, quiet. Runs after `snapshot.js`, in its world.
(() => {
  const { podium } = globalThis;
  if (!podium || podium.ready) return;
  const { elementOf, squeeze, textOf, nameOf, roleOf, parentOf, belongs, deepHit, pointOf, enabledOf, attr, tagOf } = podium;

  // What a WebSocket is to send waits in the page's own world (`sockets.js`) until we have said whether it may.
  addEventListener("podium-socket", ({ detail }) => globalThis.podiumSocket?.(String(detail)));

  // ---- quiet -------------------------------------------------------------------------------------------------------

  let lastChange = performance.now();
  // Counts what scripts changed: two looks at the same count have seen the same page.
  let changes = 0;
  // Whether the page is still as its server sent it: no script changed it and no input of ours reached it.
  let untouched = document.readyState === "loading";
  const change = () => {
    lastChange = performance.now();
    changes++;
    untouched = false;
  };
  // What an input of ours sets off comes after it: quiet is counted from there.
  const touched = () => {
    lastChange = performance.now();
    untouched = false;
  };
  const watched = new WeakSet();
  const observer = new MutationObserver((records) => {
    if (document.readyState === "loading") lastChange = performance.now();
    else if (records.some((record) => record.type !== "attributes" || record.oldValue !== record.target.getAttribute(record.attributeName))) change();
  });
  if (untouched) document.addEventListener("DOMContentLoaded", () => observer.takeRecords(), { once: true, capture: true });
  const watch = (root) => {
    if (watched.has(root)) return;
    watched.add(root);
    observer.observe(root, { childList: true, subtree: true, characterData: true, attributes: true, attributeOldValue: true, attributeFilter: ["hidden", "disabled", "aria-busy", "aria-hidden", "aria-expanded", "open", "class", "value"] });
  };
  watch(document);

  const BUSY = "[aria-busy=true], [role=progressbar]:not([aria-valuenow='100']), .spinner, .loading, .loader, .skeleton, .is-loading, .spinner-border, .MuiCircularProgress-root, .MuiSkeleton-root, .ant-spin-spinning, .v-progress-circular, .htmx-request, .nprogress-busy, #nprogress, .blockUI";
  const BUSY_TEXT = /^(loading|please wait|wird geladen|lade|chargement|cargando|caricamento|načítání|laden)\b.{0,20}$/i;
  const busy = () => {
    for (const element of document.querySelectorAll(BUSY)) {
      if (element === document.body || element === document.documentElement) continue;
      if (element.checkVisibility?.({ visibilityProperty: true, opacityProperty: true, checkOpacity: true, checkVisibilityCSS: true }) && element.getClientRects().length) {
        const box = element.getBoundingClientRect();
        if (box.width > 3 && box.height > 3) return true;
      }
    }
    const root = document.body;
    if (root && document.querySelectorAll("script").length) {
      const text = squeeze(root.innerText || "");
      if (text.length < 60 && BUSY_TEXT.test(text)) return true;
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      for (let count = 0, node = walker.nextNode(); node && count < 3000; count++, node = walker.nextNode()) {
        if (node.data.length < 40 && BUSY_TEXT.test(node.data.trim()) && node.parentElement?.checkVisibility() && !["SCRIPT", "OPTION", "BUTTON", "A", "H1", "H2", "H3"].includes(node.parentElement.tagName)) return true;
      }
    }
    return false;
  };
  const INLINE = "[onclick], [onsubmit], [onchange], [oninput], [onmousedown], [onmouseup], [onkeydown], [onload], [onfocus], [onblur], [href^='javascript:' i]";
  // How long nothing has changed, without waiting.
  const still = () => {
    const scripted = document.readyState !== "complete" || document.scripts.length > 0 || Boolean(document.querySelector(INLINE));
    return { ready: document.readyState, origin: location.origin, scripted, still_ms: scripted && !untouched ? performance.now() - lastChange : 1e6 };
  };
  const timers = () => {
    let count = 0;
    const take = (event) => (count = Number(event.detail) || 0);
    addEventListener("podium-timers", take);
    dispatchEvent(new CustomEvent("podium-timers?"));
    removeEventListener("podium-timers", take);
    return count;
  };
  const quiet = (forMs, atMostMs) =>
    new Promise((resolve) => {
      const start = performance.now();
      const look = () => {
        const now = still();
        now.quiet = now.still_ms >= forMs && now.ready === "complete";
        if (now.quiet || performance.now() - start >= atMostMs) {
          now.busy = now.quiet && now.scripted && busy();
          now.timers = now.scripted ? timers() : 0;
          now.changes = changes;
          resolve(now);
        } else setTimeout(look, Math.max(10, Math.min(forMs - now.still_ms, 50)));
      };
      // One frame first: what the last input caused must have run.
      if (untouched && document.readyState === "complete") look();
      else frame().then(() => setTimeout(look, 0));
    });

  // ---- readiness ---------------------------------------------------------------------------------------------------

  const frame = () =>
    new Promise((resolve) => {
      requestAnimationFrame(() => resolve());
      setTimeout(resolve, 50); // no frames are drawn for tabs in the background
    });
  const inWindow = (element) => {
    const [x, y] = pointOf(element);
    return x >= 0 && y >= 0 && x < innerWidth && y < innerHeight;
  };
  const describeHit = (hit) => (hit ? `${tagOf(hit)} ${cutText(textOf(hit, 60))}` : "nothing");
  const cutText = (text) => (text ? JSON.stringify(text) : "");
  // Where to put the pointer: the middle, else another spot that is not covered.
  const spotOf = (element) => {
    const rects = [...element.getClientRects()].filter((rect) => rect.width > 0 && rect.height > 0);
    let covering = null;
    for (const rect of rects.slice(0, 3))
      for (const [fx, fy] of [[0.5, 0.5], [0.2, 0.5], [0.8, 0.5], [0.5, 0.2], [0.5, 0.8]]) {
        const [x, y] = [rect.x + rect.width * fx, rect.y + rect.height * fy];
        const hit = deepHit(x, y);
        if (belongs(element, hit) && !(hit !== element && hit?.closest?.("a, button") && podium.contains(element, hit.closest("a, button")) && hit.closest("a, button") !== element)) return { x, y };
        covering = covering || hit;
      }
    return { covering };
  };
  const ready = async (ref, wantEnabled, coveredToo) => {
    const element = elementOf(ref);
    if (!element) return { state: "stale" };
    podium.reset();
    touched();
    // Controls drawn by their label: the control itself is invisible, the label takes the click.
    let target = element;
    const seen = (one) => one.getClientRects().length > 0 && one.getBoundingClientRect().width > 0 && one.getBoundingClientRect().height > 0 && (one.checkVisibility ? one.checkVisibility({ visibilityProperty: true, checkVisibilityCSS: true }) : true);
    const drawn = (one) => seen(one) && getComputedStyle(one).opacity !== "0";
    if (["checkbox", "radio", "file"].includes(element.type) && !drawn(element)) {
      const label = element.labels?.[0] || element.closest("label");
      if (label && seen(label)) target = label;
    }
    if (!seen(target)) return { state: "hidden" };
    if (wantEnabled && !enabledOf(element)) return { state: "disabled" };
    if (!inWindow(target) || spotOf(target).covering) target.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    let before = target.getBoundingClientRect();
    await frame();
    let after = target.getBoundingClientRect();
    if (!elementOf(ref)) return { state: "stale" };
    if (Math.abs(before.x - after.x) > 1 || Math.abs(before.y - after.y) > 1 || Math.abs(before.width - after.width) > 1) return { state: "moving" };
    const spot = spotOf(target);
    if (spot.covering && coveredToo) return { state: "ready", x: after.x + after.width / 2, y: after.y + after.height / 2 };
    if (spot.covering) return { state: "covered", by: describeHit(spot.covering) };
    if (spot.x === undefined) return { state: "hidden" };
    return { state: "ready", x: spot.x, y: spot.y, tag: tagOf(element), type: element.type || "", role: roleOf(element), origin: location.origin };
  };
  // Whether the pointer, come to that point, still meets the element: pages build menus and move things under it.
  const still_there = (ref, x, y) => {
    const element = elementOf(ref);
    if (!element) return { state: "stale" };
    const hit = deepHit(x, y);
    const label = element.labels?.[0] || element.closest("label");
    return { state: belongs(element, hit) || (label && belongs(label, hit)) ? "ready" : "moved" };
  };
  // The same question for the element that holds a child frame.
  const frameReady = async (ref) => {
    const element = elementOf(ref);
    if (!element) return { state: "stale" };
    const box = element.getBoundingClientRect();
    if (box.bottom < 0 || box.top > innerHeight || box.right < 0 || box.left > innerWidth) element.scrollIntoView({ block: "center", behavior: "instant" });
    const now = element.getBoundingClientRect();
    return { state: "ready", x: now.x + element.clientLeft, y: now.y + element.clientTop, width: element.clientWidth, height: element.clientHeight };
  };
  const showPoint = (ref, x, y) => {
    const element = elementOf(ref);
    if (!element) return { state: "stale" };
    let box = element.getBoundingClientRect();
    let [px, py] = [box.x + element.clientLeft + x, box.y + element.clientTop + y];
    if (px < 0 || py < 0 || px >= innerWidth || py >= innerHeight) {
      scrollBy({ left: px - innerWidth / 2, top: py - innerHeight / 2, behavior: "instant" });
      box = element.getBoundingClientRect();
      [px, py] = [box.x + element.clientLeft + x, box.y + element.clientTop + y];
    }
    const hit = deepHit(px, py);
    if (hit !== element && !belongs(element, hit)) return { state: "covered", by: describeHit(hit) };
    touched(); // a form within may send this document away
    return { state: "ready", x: px, y: py };
  };

  // ---- values ------------------------------------------------------------------------------------------------------

  const facts = (ref) => {
    const element = elementOf(ref);
    if (!element) return null;
    return {
      tag: tagOf(element), type: element.type || "", role: roleOf(element), name: nameOf(element, roleOf(element)), editable: Boolean(element.isContentEditable), readonly: Boolean(element.readOnly), enabled: enabledOf(element),
      checked: typeof element.checked === "boolean" && ["checkbox", "radio"].includes(element.type) ? element.checked : attr(element, "aria-checked") ? attr(element, "aria-checked") === "true" : attr(element, "aria-pressed") === "true",
      placeholder: attr(element, "placeholder"), popup: attr(element, "aria-haspopup") || /date|calendar|picker/i.test(`${element.className} ${attr(element, "data-toggle")} ${element.parentElement?.className || ""}`),
      draggable: Boolean(element.draggable || element.closest("[draggable=true]")),
      origin: location.origin, multiple: Boolean(element.multiple), href: typeof element.href === "string" ? element.href : "", download: element.hasAttribute("download"), target: attr(element, "target"),
    };
  };
  const textControl = (element) => {
    if (["input", "textarea", "select"].includes(tagOf(element)) || element.isContentEditable) return element;
    return element.querySelector("input:not([type=hidden]), textarea, [contenteditable=''], [contenteditable=true]") || element;
  };
  const focusAll = (ref) => {
    touched();
    const found = elementOf(ref);
    if (!found) return { state: "stale" };
    const element = textControl(found);
    element.focus({ preventScroll: false });
    if (typeof element.select === "function") element.select();
    else if (element.isContentEditable) {
      const range = document.createRange();
      range.selectNodeContents(element);
      const selection = getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
    }
    let active = document.activeElement;
    while (active && podium.rootOf(active)?.activeElement) active = podium.rootOf(active).activeElement;
    return { state: active === element || podium.contains(element, active) ? "ready" : "unfocused", tag: tagOf(element), type: element.type || "", empty: !valueNow(element) };
  };
  // Everything before typing in one look: what the control is, whether it takes text now, and the focus with its text selected.
  const takeText = (ref) => {
    const found = elementOf(ref);
    if (!found) return { state: "stale" };
    podium.reset();
    const known = facts(ref);
    if (!known.enabled) return { ...known, state: "disabled" };
    const element = textControl(found);
    const shown = element.checkVisibility ? element.checkVisibility({ visibilityProperty: true, checkVisibilityCSS: true }) : true;
    if (!shown) return { ...known, state: "hidden" };
    return { ...known, ...focusAll(ref), tag: known.tag, type: known.type };
  };
  // What the control holds after typing; a plain success is told to the page as a person's leaving the field would.
  const gaveText = (ref, wanted, secret) => {
    const found = elementOf(ref);
    if (!found) return { state: "stale" };
    const value = String(valueNow(textControl(found)) ?? "");
    const same = value === wanted;
    if (same) fire(textControl(found), "change");
    return { state: "ready", same, value: secret ? "" : value };
  };
  const valueNow = (element) => (element.isContentEditable ? squeeze(element.innerText) : "value" in element ? element.value : attr(element, "aria-valuenow"));
  const valueIs = (ref) => {
    const found = elementOf(ref);
    return found ? String(valueNow(textControl(found)) ?? "") : null;
  };
  // For passwords: only whether it holds the text, never the text.
  const holds = (ref, text) => {
    const found = elementOf(ref);
    return found ? String(valueNow(textControl(found)) ?? "") === text : null;
  };
  const fire = (element, type) => element.dispatchEvent(type === "input" ? new InputEvent("input", { bubbles: true, composed: true }) : new Event(type, { bubbles: true, composed: true }));
  const setNative = (ref, value) => {
    touched();
    const found = elementOf(ref);
    if (!found) return { state: "stale" };
    const element = textControl(found);
    if (element.maxLength > 0 && value.length > element.maxLength) return { state: "refused" };
    const kind = { textarea: HTMLTextAreaElement, select: HTMLSelectElement }[tagOf(element)] || HTMLInputElement;
    element.focus();
    // The prototype's setter: frameworks replace the element's own to track it.
    Object.getOwnPropertyDescriptor(kind.prototype, "value").set.call(element, value);
    fire(element, "input");
    fire(element, "change");
    return { state: element.value === value ? "ready" : "refused", value: element.value };
  };
  const changed = (ref) => {
    const found = elementOf(ref);
    if (found) fire(textControl(found), "change");
  };
  const wordsAlike = (one, other) => squeeze(one).toLowerCase() === squeeze(other).toLowerCase();
  // Of a day (`2026-11-30`), the part that a list of days, months or years asks for.
  const dayPart = (options, wanted) => {
    const day = /^(\d{4})-(\d\d)-(\d\d)$/.exec(wanted.trim());
    if (!day) return null;
    const offered = options.filter((option) => /[\p{L}\d]/u.test(option.text));
    const numbers = offered.map((option) => (/^\d+$/.test(squeeze(option.text)) ? +squeeze(option.text) : NaN));
    const has = (upTo) => [...Array(upTo).keys()].every((at) => numbers.includes(at + 1));
    const of = (wantedNumber) => offered[numbers.indexOf(wantedNumber)] || null;
    if (has(28) && numbers.every((one) => !(one > 31))) return of(+day[3]);
    if (has(12) && numbers.every((one) => !(one > 12))) return of(+day[2]);
    if (numbers.filter((one) => one >= 1900 && one <= 2100).length >= 2) return of(+day[1]);
    return offered.find((option) => monthNames().some((names) => names[+day[2] - 1] === squeeze(option.text).toLowerCase().replace(".", ""))) || null;
  };
  // A number that a pair of buttons lowers and raises.
  const LESS = /^\s*[-\u2212\u2013]\s*$|^(fewer|less|decrease|decrement|minus|reduce|weniger|moins|menos|meno|minder)\b/i;
  const MORE = /^\s*[+\uff0b]\s*$|^(more|increase|increment|plus|add|mehr|plus|m[aá]s|pi[uù]|meer)\b/i;
  const counter = (ref) => {
    const element = elementOf(ref);
    if (!element) return { state: "stale" };
    podium.reset();
    for (let around = parentOf(element), up = 0; around && up < 4; around = parentOf(around), up++) {
      const buttons = [...around.querySelectorAll("button, [role=button]")];
      const [less, more] = [LESS, MORE].map((words) => buttons.filter((one) => words.test(nameOf(one, "button"))));
      if (less.length > 1 || more.length > 1) {
        // Several counters side by side: this one's pair is what stands nearest.
        const at = buttons.indexOf(element);
        const pair = LESS.test(nameOf(element, "button")) ? [element, buttons[at + 1]] : [buttons[at - 1], element];
        if (!pair[0] || !pair[1] || !LESS.test(nameOf(pair[0], "button")) || !MORE.test(nameOf(pair[1], "button"))) return { state: "none" };
        const range = document.createRange();
        range.setStartAfter(pair[0]);
        range.setEndBefore(pair[1]);
        const shown = /^\d+$/.exec(squeeze(range.toString()));
        return shown ? { state: "ready", value: +shown[0], less: podium.refOf(pair[0]), more: podium.refOf(pair[1]) } : { state: "none" };
      }
      if (less.length !== 1 || more.length !== 1) continue;
      const range = document.createRange();
      range.setStartAfter(less[0]);
      range.setEndBefore(more[0]);
      const shown = /^\d+$/.exec(squeeze(range.toString()));
      if (shown) return { state: "ready", value: +shown[0], less: podium.refOf(less[0]), more: podium.refOf(more[0]) };
    }
    return { state: "none" };
  };
  const selectOption = (ref, wanted) => {
    touched();
    const element = elementOf(ref);
    if (!element) return { state: "stale" };
    const options = [...element.options];
    let chosen = options.find((option) => wordsAlike(option.label || option.text, wanted)) || options.find((option) => wordsAlike(option.text, wanted)) || options.find((option) => option.value === wanted);
    if (!chosen && element.multiple) {
      const parts = wanted.split(/\s*(?:[,;+&]|(?<![\p{L}\d])(?:and|und|et|oraz|og|och)(?![\p{L}\d]))\s*/iu).filter(Boolean);
      const several = parts.map((part) => options.find((option) => wordsAlike(option.label || option.text, part)));
      if (parts.length > 1 && several.every((option) => option && !option.disabled)) {
        element.focus();
        for (const option of options) option.selected = several.includes(option);
        fire(element, "input");
        fire(element, "change");
        return { state: several.every((option) => option.selected) ? "ready" : "refused" };
      }
    }
    if (!chosen) chosen = options.find((option) => option === dayPart(options, wanted));
    if (!chosen) return { state: "no_option", options: options.slice(0, 40).map((option) => squeeze(option.label)) };
    if (chosen.disabled) return { state: "disabled" };
    element.focus();
    if (element.multiple) for (const option of options) option.selected = option === chosen;
    else {
      const setter = Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, "selectedIndex").set;
      setter.call(element, options.indexOf(chosen));
    }
    fire(element, "input");
    fire(element, "change");
    return { state: chosen.selected ? "ready" : "refused" };
  };
  // Options of an ARIA combobox or listbox, wherever the page draws them.
  const OPTIONS = "[role=option], [role=menuitem], [role=menuitemradio], [role=treeitem]";
  const looseOptions = "li, [class*=option], [class*=item]";
  const listOption = (ref, wanted) => {
    const element = elementOf(ref);
    if (!element) return { state: "stale" };
    podium.reset();
    const ids = (attr(element, "aria-controls") + " " + attr(element, "aria-owns") + " " + [...element.querySelectorAll("[aria-controls], [aria-owns]")].map((one) => attr(one, "aria-controls") + " " + attr(one, "aria-owns")).join(" ")).split(/\s+/).filter(Boolean);
    const rootNode = element.getRootNode();
    const owned = ids.map((id) => rootNode.getElementById?.(id) || document.getElementById(id)).filter(Boolean);
    const pools = [owned.flatMap((list) => [...list.querySelectorAll(OPTIONS)]), [...element.querySelectorAll(OPTIONS)], [...rootNode.querySelectorAll(OPTIONS)], [...document.querySelectorAll(OPTIONS)]];
    if (owned.length) pools.push(owned.flatMap((list) => [...list.querySelectorAll(looseOptions)]));
    for (const pool of pools) {
      const visible = pool.filter((option) => option.checkVisibility?.() && option.getClientRects().length);
      const found = visible.find((option) => wordsAlike(nameOf(option, "option") || textOf(option), wanted) || wordsAlike(textOf(option), wanted)) || visible.find((option) => attr(option, "data-value") === wanted || attr(option, "value") === wanted);
      if (found) return { state: "ready", ref: podium.refOf(found), selected: attr(found, "aria-selected") === "true" };
      if (visible.length && pool === pools[0]) return { state: "no_option", options: visible.slice(0, 40).map((option) => textOf(option, 60)) };
    }
    const any = pools.flat().filter((option) => option.checkVisibility?.() && option.getClientRects().length);
    return { state: any.length ? "no_option" : "closed", options: [...new Set(any)].slice(0, 40).map((option) => textOf(option, 60)) };
  };
  // ---- calendars ---------------------------------------------------------------------------------------------------

  // A month's name in many languages, asked of the browser itself.
  const LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "pt", "pl", "cs"];
  // Read at the first calendar only: this script starts before the document has an element, on every page.
  let months = null;
  const monthNames = () =>
    (months ??= [...new Set([document.documentElement.lang || "en", ...LANGUAGES])].flatMap((language) => {
      try {
        return ["long", "short"].map((month) => [...Array(12).keys()].map((index) => new Date(2024, index, 15).toLocaleString(language, { month }).toLowerCase().replace(".", "")));
      } catch {
        return [];
      }
    }));
  const monthIn = (text) => {
    const words = squeeze(text).toLowerCase().replace(/[.,]/g, " ").split(/\s+/);
    const year = words.find((word) => /^(19|20)\d\d$/.test(word));
    for (const names of monthNames()) for (let index = 0; index < 12; index++) if (words.includes(names[index])) return year ? { month: index + 1, year: +year } : null;
    const digits = /^(?:(\d{1,2})[/.-](\d{4})|(\d{4})[/.-](\d{1,2}))$/.exec(squeeze(text));
    if (digits) return { month: +(digits[1] || digits[4]), year: +(digits[2] || digits[3]) };
    return null;
  };
  const visibleNow = (element) => element.checkVisibility?.({ visibilityProperty: true, checkVisibilityCSS: true }) && element.getClientRects().length > 0;
  const FOREIGN_DAY = /(other|outside|adjacent|prev|next|off|old|new)[-_]?(month)?|muted|disabled/i;
  // The day of an open calendar, else the button that leads to its month.
  const calendarDay = (year, month, day) => {
    podium.reset();
    const iso = `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
    for (const one of document.querySelectorAll(`[data-date^="${iso}"], [data-day^="${iso}"], [data-iso^="${iso}"], [data-value^="${iso}"], time[datetime^="${iso}"]`)) if (visibleNow(one)) return { state: "day", ref: podium.refOf(one.closest("button, td, [role=gridcell], a") || one) };
    const days = [...document.querySelectorAll("button, td, a, [role=gridcell], [role=button], [class*=day]")].filter((one) => /^\d{1,2}$/.test(squeeze(one.textContent)) && visibleNow(one));
    let grid = null;
    for (const one of days) {
      // The smallest container that holds most days of a month.
      let around = parentOf(one);
      while (around && days.filter((other) => podium.contains(around, other)).length < 28) around = parentOf(around);
      if (around && around !== document.body && around !== document.documentElement) {
        grid = around;
        break;
      }
    }
    if (!grid) return { state: "closed" };
    let box = grid;
    let shownMonth = null;
    for (let up = 0; box && up < 5 && !shownMonth; up++, box = parentOf(box)) {
      for (const one of [box, ...box.querySelectorAll("caption, h1, h2, h3, h4, [aria-live], [class*=title], [class*=caption], [class*=header], [class*=month], [class*=label], th, strong, span, div")]) {
        if (one.children.length > 6) continue;
        shownMonth = monthIn(one.getAttribute?.("aria-label") || "") || monthIn(textOf(one, 60));
        if (shownMonth) break;
      }
      if (shownMonth) break;
    }
    if (!shownMonth) return { state: "unknown" };
    const away = (year - shownMonth.year) * 12 + (month - shownMonth.month);
    if (away === 0) {
      const own = days.filter((one) => podium.contains(grid, one) && +squeeze(one.textContent) === day && !FOREIGN_DAY.test(one.className) && one.getAttribute("aria-disabled") !== "true" && !one.disabled);
      // The first half of a month is not at the end of the grid: what is left there belongs to the months around.
      const leaf = own.filter((one) => !own.some((other) => other !== one && podium.contains(one, other)));
      if (!leaf.length) return { state: "no_day" };
      const chosen = day > 15 ? leaf[leaf.length - 1] : leaf[0];
      return { state: "day", ref: podium.refOf(chosen) };
    }
    const forward = away > 0;
    const wanted = forward ? /next|forward|nächst|weiter|suiv|sigui|próx|success|volg|další|›|»|→|▶|>/i : /prev|back|vorig|zurück|préc|anter|preced|vorige|předch|‹|«|←|◀|</i;
    const months = /year|jahr|année|año|anno|jaar|rok|«|»|<<|>>/i;
    const around = box || grid;
    const buttons = [...around.querySelectorAll("button, a, [role=button], th, [class*=next], [class*=prev]")].filter((one) => visibleNow(one) && !one.disabled && wanted.test(`${nameOf(one, "button")} ${textOf(one, 20)} ${one.className}`));
    const monthly = buttons.find((one) => !months.test(`${nameOf(one, "button")} ${one.className}`)) || buttons[0];
    return monthly ? { state: "turn", ref: podium.refOf(monthly), away } : { state: "stuck" };
  };
  const toggle = (ref) => {
    touched();
    const element = elementOf(ref);
    if (!element) return { state: "stale" };
    element.click();
    return { state: "ready" };
  };
  const drawnUpTo = (target) => {
    const origin = target === document.scrollingElement ? -target.scrollTop : target.getBoundingClientRect().top - target.scrollTop;
    let lowest = 0;
    for (const element of target.querySelectorAll("*")) {
      if (element.childElementCount === 0 && element.textContent.trim()) lowest = Math.max(lowest, element.getBoundingClientRect().bottom - origin);
    }
    return lowest;
  };
  const scrolls = (element) => {
    const style = getComputedStyle(element);
    return element.scrollHeight - element.clientHeight > 3 && element.clientHeight > 40 && /(auto|scroll|overlay)/.test(style.overflowY);
  };
  const mainScroller = () => {
    const page = document.scrollingElement;
    if (page && page.scrollHeight - innerHeight > 3) return page;
    let best = page;
    let area = 0;
    for (const element of document.querySelectorAll("body *")) {
      if (element.clientHeight * element.clientWidth > area && scrolls(element)) {
        area = element.clientHeight * element.clientWidth;
        best = element;
      }
    }
    return best;
  };
  // What holds the element and scrolls: itself or the nearest around it, else the page.
  const scrollerOf = (element) => {
    for (let one = element; one && one !== document.body && one !== document.documentElement; one = parentOf(one)) if (scrolls(one)) return one;
    return element ? document.scrollingElement : mainScroller();
  };
  const scroll = (ref, way) => {
    touched();
    const element = ref ? elementOf(ref) : null;
    if (ref && !element) return { state: "stale", moved: false };
    if (way === "view" && element) {
      element.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
      return { state: "ready", moved: true };
    }
    // A list may stand beside what scrolls it, or hold it.
    let target = scrollerOf(element);
    // Its own rows scroll in it, whatever the page around does; a small box that scrolls in one of its cells is none of it.
    const inner = element && target === document.scrollingElement ? [...element.querySelectorAll("*")].find((one) => scrolls(one) && one.clientHeight * 2 > element.clientHeight && (way !== "on" || one.scrollTop + one.clientHeight < one.scrollHeight - 1)) : null;
    if (inner) target = inner;
    else if (element && target === document.scrollingElement && target.scrollHeight - innerHeight < 4) target = mainScroller();
    if (!target) return { state: "ready", moved: false };
    const seen = target === document.scrollingElement ? innerHeight : target.clientHeight;
    const at = target.scrollTop;
    const top = { end: target.scrollHeight, view: target.scrollHeight, start: 0, on: at + seen * 0.8 }[way];
    target.scrollTo({ top, behavior: "instant" });
    return { state: "ready", moved: Math.abs(target.scrollTop - at) > 1 };
  };
  const scrollEnd = () => {
    const before = document.scrollingElement ? document.scrollingElement.scrollTop : 0;
    const room = document.scrollingElement ? document.scrollingElement.scrollHeight - innerHeight - before : 0;
    let target = document.scrollingElement;
    if (room < 4) {
      let best = 0;
      for (const element of document.querySelectorAll("body *")) {
        const left = element.scrollHeight - element.clientHeight - element.scrollTop;
        if (left > 4 && element.clientHeight > 100 && element.clientWidth > 100 && /(auto|scroll|overlay)/.test(getComputedStyle(element).overflowY) && element.clientHeight * element.clientWidth > best) {
          best = element.clientHeight * element.clientWidth;
          target = element;
        }
      }
    }
    if (!target) return { moved: false };
    const at = target.scrollTop;
    // A list that keeps only the rows in view leaves the rest of its height empty: going to the end would skip rows.
    const kept = drawnUpTo(target) < target.scrollHeight - target.clientHeight / 2;
    const top = kept ? at + Math.max(40, target.clientHeight * 0.8) : target.scrollHeight;
    target.scrollTo({ top, behavior: "instant" });
    return { moved: Math.abs(target.scrollTop - at) > 1, height: target.scrollHeight };
  };
  const keyTarget = (ref) => {
    touched();
    const element = elementOf(ref);
    if (!element) return { state: "stale" };
    textControl(element).focus();
    return { state: "ready" };
  };

  // ---- secrets in pictures -----------------------------------------------------------------------------------------

  let cover = null;
  const mask = (refs, secrets) => {
    unmask();
    const elements = [...document.querySelectorAll("input[type=password]"), ...refs.map(elementOf).filter(Boolean)];
    const boxes = elements.map((element) => element.getBoundingClientRect());
    if (secrets.length && document.body) {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (!secrets.some((secret) => node.data.includes(secret))) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        boxes.push(...range.getClientRects());
      }
      for (const field of document.querySelectorAll("input, textarea")) if (secrets.some((secret) => String(field.value).includes(secret))) boxes.push(field.getBoundingClientRect());
    }
    const shownBoxes = boxes.filter((box) => box.width > 0 && box.height > 0);
    if (!shownBoxes.length) return 0;
    cover = document.createElement("div");
    const shadow = cover.attachShadow({ mode: "closed" });
    cover.style.cssText = "all:initial;position:fixed;inset:0;z-index:2147483647;pointer-events:none;margin:0;padding:0;border:0;background:none";
    for (const box of shownBoxes) {
      const patch = document.createElement("div");
      patch.style.cssText = `position:fixed;left:${box.x - 1}px;top:${box.y - 1}px;width:${box.width + 2}px;height:${box.height + 2}px;background:#333`;
      shadow.append(patch);
    }
    document.documentElement.append(cover);
    // Above modal dialogs too, which are drawn over everything else.
    try {
      cover.popover = "manual";
      cover.showPopover();
    } catch {
      // Older Chromium: z-index alone.
    }
    return shownBoxes.length;
  };
  const unmask = () => {
    cover?.remove();
    cover = null;
  };

  // ---- storage -----------------------------------------------------------------------------------------------------

  const storage = () => {
    const read = (name) => {
      try {
        return Object.fromEntries(Object.entries(globalThis[name]));
      } catch {
        return {};
      }
    };
    return { origin: location.origin, local: read("localStorage"), session: read("sessionStorage") };
  };

  Object.assign(podium, { watch, ready, frameReady, showPoint, facts, focusAll, valueIs, holds, setNative, changed, counter, selectOption, listOption, toggle, calendarDay, scroll, scrollEnd, keyTarget, mask, unmask, storage, quiet, still, still_there, touched, takeText, gaveText });
})();
