// What one frame shows, in one call. Runs in an isolated world: pages can neither see nor change it.
// Same-named parts of `acting.js` use the registry and the helpers that are put on `podium` at the end.
(() => {
  if (globalThis.podium) return;

  const LIMITS = { nodes: 6000, hidden: 600, records: 2000, text: 20000, values: 60 };
  const doc = Math.random().toString(36).slice(2, 8);
  const byRef = new Map();
  const refs = new WeakMap();
  let counter = 0;

  const refOf = (element) => {
    let ref = refs.get(element);
    if (!ref) {
      ref = doc + "." + ++counter;
      refs.set(element, ref);
      byRef.set(ref, new WeakRef(element));
    }
    return ref;
  };
  const elementOf = (ref) => {
    const element = byRef.get(ref)?.deref();
    return element && element.isConnected ? element : null;
  };

  // ---- texts -------------------------------------------------------------------------------------------------------

  const squeeze = (text) => (text || "").replace(/[\s\u00a0\u200b\ufeff]+/g, " ").trim();
  const cut = (text, length) => (text.length > length ? text.slice(0, length) : text);
  const tagOf = (element) => element.localName || "";
  const attr = (element, name) => element.getAttribute?.(name) || "";
  const parentOf = (node) => node.assignedSlot || node.parentElement || (node.getRootNode() instanceof ShadowRoot ? node.getRootNode().host : null);
  // Closed shadow roots are handed in from outside; open ones are there to see.
  const closedRoots = new WeakMap();
  const rootOf = (element) => {
    const root = element.shadowRoot || closedRoots.get(element) || null;
    if (root) globalThis.podium?.watch?.(root); // what changes in it is a change of the page
    return root;
  };
  const adopted = [];
  const adopt = (ref, root) => {
    const host = elementOf(ref);
    if (!host) return;
    closedRoots.set(host, root);
    adopted.push(new WeakRef(root));
  };
  const hostsOfClosed = () => {
    const hosts = [];
    const take = (event) => {
      const host = event.composedPath()[0];
      if (host instanceof Element && !rootOf(host)) hosts.push(host);
    };
    // An event out of a closed root names its host only: those inside are heard inside.
    const ears = [globalThis, ...adopted.map((kept) => kept.deref()).filter(Boolean)];
    for (const ear of ears) ear.addEventListener("podium-closed", take, true);
    dispatchEvent(new CustomEvent("podium-closed?"));
    for (const ear of ears) ear.removeEventListener("podium-closed", take, true);
    return [...new Set(hosts)].slice(0, 50).map(refOf);
  };
  const childrenOf = (element) => (rootOf(element) ? rootOf(element).children : element.localName === "slot" && element.assignedElements().length ? element.assignedElements() : element.children);
  const childNodesOf = (element) => (rootOf(element) ? rootOf(element).childNodes : element.localName === "slot" && element.assignedNodes().length ? element.assignedNodes() : element.childNodes);
  const SILENT = new Set(["script", "style", "noscript", "template", "head", "meta", "link", "title", "svg", "math", "iframe", "frame", "object", "embed", "canvas", "video", "audio", "datalist"]);
  const BLOCK = new Set(["address", "article", "aside", "blockquote", "body", "br", "dd", "details", "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "option", "center"]);

  let shownCache = new WeakMap();
  const shown = (element) => {
    let answer = shownCache.get(element);
    if (answer === undefined) {
      answer = element.checkVisibility ? element.checkVisibility({ visibilityProperty: true, checkVisibilityCSS: true }) : element.getClientRects().length > 0;
      shownCache.set(element, answer);
    }
    return answer;
  };
  const displayed = (element) => shown(element) || getComputedStyle(element).display === "contents";

  const drawnAsBlock = (element) => {
    const style = getComputedStyle(element);
    return style.float !== "none" || style.position === "absolute" || !(style.display.startsWith("inline") || style.display === "contents" || style.display.startsWith("ruby"));
  };

  // Icon fonts draw `arrow_upward` as one sign: letters that nobody sees are no text.
  const ICON_CLASS = /(^|[-_\s])(icons?|material-icons|material-symbols|symbols|glyph)([-_\s]|$)/i;
  const isGlyph = (element) =>
    ["i", "span", "em", "mat-icon"].includes(tagOf(element)) && !element.children.length && /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test((element.textContent || "").trim()) && ICON_CLASS.test(`${attr(element, "class")} ${tagOf(element)}`) && /icon|symbol/i.test(getComputedStyle(element).fontFamily);

  // Beside the amount that holds now, one that is struck through is what it was.
  const outdated = (element) => {
    if (!["del", "s", "strike"].includes(tagOf(element)) || !/\d/.test(element.textContent) || !element.parentElement) return false;
    return [...element.parentElement.childNodes].some((node) => node !== element && /\d/.test(node.textContent || "") && (node.nodeType === 3 || (node.nodeType === 1 && !["del", "s", "strike"].includes(tagOf(node)))));
  };

  // Visible text in document order; shadow roots and slots included.
  const collect = (element, parts, budget, apart = false) => {
    for (const node of childNodesOf(element)) {
      if (budget.left <= 0) return;
      if (node.nodeType === 3) {
        if (node.data.trim()) {
          parts.push(node.data);
          budget.left -= node.data.length;
        } else if (node.data) parts.push(" ");
      } else if (node.nodeType === 1) {
        const tag = tagOf(node);
        if (SILENT.has(tag) || (tag !== "br" && !displayed(node)) || isGlyph(node) || outdated(node)) continue;
        if (tag === "select" || tag === "textarea" || tag === "input") continue;
        const block = BLOCK.has(tag) || (apart && ["a", "button"].includes(tag)) || drawnAsBlock(node);
        if (block) parts.push("\n");
        collect(node, parts, budget, apart);
        if (block) parts.push("\n");
      }
    }
  };
  const rawText = (element, limit, apart = false) => {
    const parts = [];
    collect(element, parts, { left: limit }, apart);
    return parts.join("");
  };
  const textOf = (element, limit = 400) => cut(squeeze(rawText(element, limit * 2)), limit);
  // `apart`: what is pressed stands in a line of its own.
  const linesOf = (element, limit, apart = false) => rawText(element, limit, apart).split("\n").map(squeeze).filter(Boolean);
  const ownText = (element) => {
    let text = "";
    for (const node of childNodesOf(element)) if (node.nodeType === 3) text += node.data + " ";
    return squeeze(text);
  };

  // ---- roles and names ---------------------------------------------------------------------------------------------

  const INPUT_ROLES = { button: "button", submit: "button", reset: "button", image: "button", checkbox: "checkbox", radio: "radio", range: "slider", number: "spinbutton", search: "searchbox", file: "button", color: "button", password: "textbox", date: "textbox", time: "textbox", month: "textbox", week: "textbox", "datetime-local": "textbox" };
  const TAG_ROLES = { button: "button", textarea: "textbox", summary: "button", option: "option", h1: "heading", h2: "heading", h3: "heading", h4: "heading", h5: "heading", h6: "heading", nav: "navigation", main: "main", aside: "complementary", dialog: "dialog", table: "table", tr: "row", td: "cell", th: "columnheader", ul: "list", ol: "list", menu: "list", li: "listitem", img: "img", article: "article", form: "form", fieldset: "group", output: "status", progress: "progressbar", meter: "meter", hr: "separator", details: "group", dt: "term", dd: "definition", area: "link", search: "search" };
  const roleOf = (element) => {
    const explicit = attr(element, "role").trim().toLowerCase().split(/\s+/)[0];
    if (explicit && explicit !== "none" && explicit !== "presentation") return explicit;
    const tag = tagOf(element);
    if (tag === "a") return element.hasAttribute("href") ? "link" : "";
    if (tag === "input") return element.list ? "combobox" : INPUT_ROLES[element.type] || "textbox";
    if (tag === "select") return element.multiple || element.size > 1 ? "listbox" : "combobox";
    return TAG_ROLES[tag] || (element.isContentEditable && !element.parentElement?.isContentEditable ? "textbox" : "");
  };

  const CONTENT_NAMED = new Set(["button", "link", "heading", "option", "menuitem", "menuitemcheckbox", "menuitemradio", "tab", "treeitem", "checkbox", "radio", "switch", "cell", "gridcell", "columnheader", "rowheader", "row", "tooltip", "label", "status", "alert"]);
  const nameFromContent = (element, depth = 0) => {
    let text = "";
    for (const node of childNodesOf(element)) {
      if (text.length > 400) break;
      if (node.nodeType === 3) text += node.data;
      else if (node.nodeType === 1) {
        const tag = tagOf(node);
        if (tag === "script" || tag === "style" || tag === "noscript" || tag === "template") continue;
        if (tag !== "br" && (attr(node, "aria-hidden") === "true" || (!displayed(node) && tag !== "title") || isGlyph(node))) continue;
        const label = squeeze(attr(node, "aria-label"));
        let piece = label;
        if (!piece && tag === "img") piece = attr(node, "alt") || "";
        else if (!piece && tag === "svg") piece = node.querySelector("title")?.textContent || "";
        else if (!piece && (tag === "input" || tag === "select" || tag === "textarea")) piece = "";
        else if (!piece && depth < 12) piece = nameFromContent(node, depth + 1);
        if (!piece && tag === "i") piece = attr(node, "title");
        text += BLOCK.has(tag) || tag === "img" ? " " + piece + " " : piece;
      }
    }
    return text;
  };
  const referenced = (element, name) => {
    const ids = attr(element, name).split(/\s+/).filter(Boolean);
    if (!ids.length) return "";
    const root = element.getRootNode();
    return squeeze(ids.map((id) => root.getElementById?.(id)).filter(Boolean).map((other) => attr(other, "aria-label") || nameFromContent(other) || other.textContent).join(" "));
  };
  const labelFromLabels = (element) => {
    const labels = element.labels ? [...element.labels] : [];
    return squeeze(labels.map((label) => nameFromContent(label)).join(" "));
  };
  const nameOf = (element, role) => {
    const tag = tagOf(element);
    let name = referenced(element, "aria-labelledby") || squeeze(attr(element, "aria-label"));
    if (name) return cut(name, 300);
    if (tag === "input" && ["submit", "button", "reset"].includes(element.type)) name = element.value || (element.type === "submit" ? "Submit" : element.type === "reset" ? "Reset" : "");
    else if (tag === "input" && element.type === "image") name = attr(element, "alt") || element.value || attr(element, "title");
    else if (tag === "img" || tag === "area") name = attr(element, "alt");
    else if (tag === "fieldset") name = textIfAny(element.querySelector(":scope > legend"));
    else if (tag === "table") name = textIfAny(element.caption);
    else if (tag === "input" || tag === "select" || tag === "textarea" || tag === "output" || tag === "meter" || tag === "progress") name = labelFromLabels(element);
    else if (tag === "iframe" || tag === "frame") name = attr(element, "title") || attr(element, "name");
    name = squeeze(name);
    if (!name && (CONTENT_NAMED.has(role) || tag === "a" || tag === "summary")) name = squeeze(nameFromContent(element));
    if (!name && tag === "button") name = labelFromLabels(element);
    if (!name) name = squeeze(attr(element, "title")) || squeeze(attr(element, "placeholder"));
    if (!name && ["button", "link", "tab", "menuitem"].includes(role)) name = iconName(element);
    return cut(name, 300);
  };
  // Controls drawn by an icon alone: what its markup calls it.
  const iconName = (element) => {
    const inside = element.querySelector("[title], [alt], [aria-label], [data-tooltip], [data-title], [data-original-title], [data-bs-original-title], [data-icon]");
    for (const holder of [element, inside].filter(Boolean))
      for (const name of ["data-tooltip", "data-title", "data-original-title", "data-bs-original-title", "title", "alt", "data-icon", "data-action"]) if (squeeze(attr(holder, name))) return squeeze(attr(holder, name));
    const classes = [element, ...element.querySelectorAll("i, span, svg")].map((one) => attr(one, "class")).join(" ");
    const icon = /(?:^|\s)(?:fa|icon|bi|glyphicon|mdi|ti|octicon|feather|lucide|ri|la|pi)-([a-z][a-z-]*[a-z])(?=\s|$)/i.exec(classes);
    if (icon) return icon[1].replace(/-/g, " ");
    const glyph = [...element.querySelectorAll("i, span, em, mat-icon")].find(isGlyph);
    return glyph ? squeeze(glyph.textContent).replace(/_/g, " ") : "";
  };
  const textIfAny = (element) => (element ? textOf(element, 200) : "");

  // The words that stand just before a control: its table cell's neighbour, or what precedes it on its line.
  const isControl = (element) => ["input", "select", "textarea", "button"].includes(tagOf(element)) || element.isContentEditable;
  const precedingText = (element) => {
    const cell = element.closest("td, th");
    if (cell && !cell.querySelector("table")) {
      let own = "";
      for (let node = element; node && node !== cell && !own; node = node.parentElement) own = textBefore(node);
      if (own) return own;
      for (let before = cell.previousElementSibling; before; before = before.previousElementSibling) {
        const text = textOf(before, 120);
        if (text) return text;
        if (before.querySelector("input:not([type=hidden]), select, textarea")) break;
      }
      return "";
    }
    let node = element;
    for (let depth = 0; node && depth < 4 && !["form", "body", "fieldset", "main", "section"].includes(tagOf(node)); depth++, node = node.parentElement) {
      const text = textBefore(node);
      if (text) return text;
    }
    return "";
  };
  const textBefore = (node) => {
    for (let before = node.previousSibling; before; before = before.previousSibling) {
      if (before.nodeType === 3) {
        const text = squeeze(before.data);
        if (text) return cut(text, 120);
      } else if (before.nodeType === 1) {
        if (isControl(before) || before.querySelector?.("input:not([type=hidden]), select, textarea, button")) return "";
        if (SILENT.has(tagOf(before)) || !displayed(before)) continue;
        const text = textOf(before, 120);
        if (text) return text;
      }
    }
    return "";
  };
  const textAfter = (node) => {
    const after = node.nextSibling;
    if (after?.nodeType === 3) return cut(squeeze(after.data), 120);
    if (after?.nodeType === 1 && !isControl(after)) return textOf(after, 120);
    return "";
  };
  const labelOf = (element) => {
    const label = referenced(element, "aria-labelledby") || labelFromLabels(element);
    if (label) return cut(label.replace(/\s*[:*]\s*$/, ""), 200);
    if (["checkbox", "radio"].includes(element.type)) {
      const after = textAfter(element);
      if (after) return after;
    }
    return precedingText(element).replace(/\s*[:*]\s*$/, "");
  };

  // A field must be filled where the browser says so, and where only its page does: by a star, a word or a class.
  const STARRED = /^\s*[*\uFF0A\u2217]|[*\uFF0A\u2217]\s*(?:[(\[]?\s*(?:required|mandatory)\s*[)\]]?)?\s*:?\s*$|[(\[]\s*(?:required|mandatory|pflichtfeld|obligatoire|obligatorio)\s*[)\]]\s*:?\s*$/i;
  const REQUIRED_CLASS = /(^|\s)(?:(?:is|form|field|form-field|form-group|label|input)[-_]{1,2})?(?:required|mandatory)(\s|$)/i;
  const OPTION_GROUP = "fieldset, [role=radiogroup], [role=group]";
  const wordsOf = (holder) => [...holder.childNodes].map((part) => (part.nodeType === 3 ? part.data : part.nodeType === 1 && !isControl(part) ? wordsOf(part) : "")).join("");
  const marked = (holder) => {
    if (!holder) return false;
    const drawn = (part) => getComputedStyle(holder, part).content;
    return STARRED.test(wordsOf(holder)) || REQUIRED_CLASS.test(attr(holder, "class")) || ["::before", "::after"].some((part) => /^"\s*[*\uFF0A\u2217]\s*"/.test(drawn(part)));
  };
  const groupRequired = (element) => {
    const group = element.closest?.(OPTION_GROUP);
    if (!group) return false;
    const legend = group.querySelector("legend");
    return attr(group, "aria-required") === "true" || STARRED.test(referenced(group, "aria-labelledby") || attr(group, "aria-label")) || marked(legend) || (legend !== null && REQUIRED_CLASS.test(attr(group, "class")));
  };
  const requiredOf = (element) => {
    if (element.required || attr(element, "aria-required") === "true" || REQUIRED_CLASS.test(attr(element, "class"))) return true;
    const option = ["checkbox", "radio"].includes(element.type) || ["checkbox", "radio"].includes(attr(element, "role"));
    if (option && groupRequired(element)) return true;
    const labels = element.labels ? [...element.labels] : [];
    if (labels.some(marked) || STARRED.test(referenced(element, "aria-labelledby") || attr(element, "aria-label"))) return true;
    if (!labels.length && STARRED.test(option ? textAfter(element) : precedingText(element))) return true;
    // The class often stands at what holds one field with its label.
    for (let holder = parentOf(element), depth = 0; holder && depth < 3 && tagOf(holder) !== "form"; holder = parentOf(holder), depth++) {
      if (holder.querySelectorAll?.("input:not([type=hidden]), select, textarea").length > 1) break;
      if (REQUIRED_CLASS.test(attr(holder, "class"))) return true;
    }
    return false;
  };

  // ---- places ------------------------------------------------------------------------------------------------------

  const MENU_WORDS = /(^|[-_\s])(nav|navbar|navigation|menu|menubar|breadcrumbs?|pagination|pager|paginator|tablist|sidebar|sidenav)([-_\s]|$)/i;
  const FOOT_IDS = /^(site|page|main)?[-_]?footer$/i; // by id alone: classes called so foot cards and dialogs too
  const REGION_ROLES = { navigation: "navigation", main: "main", dialog: "dialog", alertdialog: "dialog", search: "search", banner: "header", contentinfo: "footer", form: "form", table: "table", grid: "table", treegrid: "table", menu: "navigation", menubar: "navigation", tablist: "navigation" };
  const REGION_TAGS = { nav: "navigation", main: "main", dialog: "dialog", search: "search", header: "header", footer: "footer", form: "form", table: "table" };
  let regionCache = new WeakMap();
  const regionOf = (element) => {
    if (!element || element.nodeType !== 1) return "";
    const known = regionCache.get(element);
    if (known !== undefined) return known;
    const tag = tagOf(element);
    let region = REGION_ROLES[attr(element, "role")] || "";
    if (!region && attr(element, "aria-modal") === "true") region = "dialog";
    if (!region && REGION_TAGS[tag] && !(tag === "table" && !isData(element)) && !(tag === "header" && element.closest("main, article, section"))) region = REGION_TAGS[tag];
    if (!region && ["ul", "ol", "div", "aside", "td"].includes(tag) && MENU_WORDS.test(attr(element, "class") + " " + element.id) && !element.querySelector("table, form, h1")) region = "navigation";
    if (!region && tag === "div" && FOOT_IDS.test(element.id) && !element.querySelector("main, h1, form")) region = "footer";
    if (!region) region = regionOf(parentOf(element));
    regionCache.set(element, region);
    return region;
  };
  const HASHED = /(^(css|sc|jss|emotion|svelte|ng|_ng\w+)-)|(__|--)?[a-zA-Z]*\d\w*$|^[a-z]{1,2}$|^_/;
  const STATE_WORDS = /^(active|selected|current|hover|focus(ed)?|odd|even|first|last|new|open|closed|disabled|enabled|visible|hidden|loading|loaded|show|shown|in|fade|row|col)$/i;
  const gibberish = (word) => /[a-z][A-Z]/.test(word) && /[A-Z].*[A-Z]/.test(word) && !/^([A-Z]?[a-z]{2,})([A-Z][a-z]{2,})*$/.test(word);
  const vowelless = (word) => word.length > 4 && !/[aeiouy]/i.test(word);
  const stableClasses = (element) => {
    const classes = typeof element.className === "string" ? element.className.split(/\s+/) : [];
    const kept = [];
    for (let name of classes) {
      // CSS modules: `Card_title__a8Xz1` is stable up to the hash.
      name = name.replace(/(__|--|_|-)[A-Za-z0-9]{5,8}$/, (tail) => (/\d/.test(tail) || gibberish(tail.replace(/^[_-]+/, "")) ? "" : tail));
      if (!name || /^(css|sc|jss|emotion|styled|svelte|makeStyles)$/i.test(name) || HASHED.test(name) || STATE_WORDS.test(name) || gibberish(name) || vowelless(name)) continue;
      kept.push(name);
    }
    return kept.sort().slice(0, 2);
  };
  let stepCache = new WeakMap();
  const stepOf = (element) => {
    let step = stepCache.get(element);
    if (step === undefined) {
      step = [tagOf(element), ...stableClasses(element)].join(".");
      stepCache.set(element, step);
    }
    return step;
  };
  const pathOf = (element) => {
    const steps = [];
    for (let node = element; node && tagOf(node) !== "html" && steps.length < 40; node = parentOf(node)) steps.push(stepOf(node));
    return steps.reverse().join(">");
  };
  const boxOf = (element) => {
    const box = element.getBoundingClientRect();
    return [Math.round(box.x + scrollX), Math.round(box.y + scrollY), Math.round(box.width), Math.round(box.height)];
  };
  const deepHit = (x, y) => {
    let hit = document.elementFromPoint(x, y);
    while (hit && rootOf(hit)) {
      const inner = rootOf(hit).elementFromPoint(x, y);
      if (!inner || inner === hit) break;
      hit = inner;
    }
    return hit;
  };
  const contains = (outer, inner) => {
    for (let node = inner; node; node = parentOf(node)) if (node === outer) return true;
    return false;
  };
  const belongs = (element, hit) => {
    if (!hit) return false;
    if (contains(element, hit) || contains(hit, element)) return true;
    const label = hit.closest?.("label");
    return Boolean(label && (label.control === element || contains(label, element)));
  };
  const pointOf = (element) => {
    const rects = [...element.getClientRects()].filter((rect) => rect.width > 0 && rect.height > 0);
    const rect = rects[0] || element.getBoundingClientRect();
    return [rect.x + rect.width / 2, rect.y + rect.height / 2, rect.width, rect.height];
  };
  const coveredAt = (element) => {
    const [x, y] = pointOf(element);
    if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) return false;
    return !belongs(element, deepHit(x, y));
  };
  const enabledOf = (element) => !(element.disabled || element.matches?.(":disabled") || attr(element, "aria-disabled") === "true" || element.closest?.("[inert]"));

  // ---- what counts as a node ---------------------------------------------------------------------------------------

  const ACTIVE_ROLES = new Set(["button", "link", "checkbox", "radio", "switch", "textbox", "searchbox", "combobox", "listbox", "option", "menuitem", "menuitemcheckbox", "menuitemradio", "tab", "treeitem", "slider", "spinbutton"]);
  const MESSAGE_ROLES = new Set(["alert", "status", "log", "alertdialog"]);
  const MESSAGE_WORDS = /(^|[-_\s])(alert|error|errors|errornote|errorlist|message|messages|flash|notice|notification|toast|snackbar|success|warning|invalid-feedback|help-inline|callout)([-_\s]|$)/i;
  const POINTER_TAGS = new Set(["div", "span", "li", "td", "tr", "th", "img", "svg", "i", "p", "label", "h2", "h3", "h4", "article", "a"]);
  // The head of a fold-out section is a control.
  const opensSection = (element) => ACTIVE_ROLES.has(attr(element, "role")) || element.hasAttribute("onclick") || +(element.getAttribute("tabindex") ?? -1) >= 0;
  const DROPS = ["ondrop", "ondragover", "dropzone", "aria-dropeffect", "data-dropzone", "data-droppable"];
  const DROP_CLASS = /(^|[\s_-])(drop[_-]?(zone|target|area)|droppable)([\s_-]|$)/i;
  const interactive = (element, tag) => {
    if (tag === "a") return element.hasAttribute("href") || element.hasAttribute("onclick") || attr(element, "role") !== "" || attr(element, "tabindex") !== "" || getComputedStyle(element).cursor === "pointer";
    if (tag === "input") return element.type !== "hidden";
    if (tag === "button" || tag === "select" || tag === "textarea" || tag === "summary") return true;
    if (tag === "area") return element.hasAttribute("href");
    if (ACTIVE_ROLES.has(attr(element, "role"))) return true;
    if (element.hasAttribute("onclick") || (element.hasAttribute("contenteditable") && element.isContentEditable)) return true;
    if (attr(element, "draggable") === "true" || DROPS.some((name) => element.hasAttribute(name)) || DROP_CLASS.test(attr(element, "class"))) return true;
    const tabindex = element.getAttribute("tabindex");
    if (tabindex !== null && +tabindex >= 0 && tag !== "body" && tag !== "iframe" && tag !== "dialog") return true;
    if (!POINTER_TAGS.has(tag)) return false;
    if (getComputedStyle(element).cursor !== "pointer") return false;
    const parent = parentOf(element);
    return !parent || getComputedStyle(parent).cursor !== "pointer";
  };

  // What can be clicked and has no role of its own is a button to whoever looks at the page; what takes drops is a group.
  const takesDrops = (element) => DROPS.some((name) => element.hasAttribute(name)) || DROP_CLASS.test(attr(element, "class"));
  const activeRole = (element) => roleOf(element) || (takesDrops(element) ? "group" : "button");

  // ---- tables: data or layout? -------------------------------------------------------------------------------------

  let dataCache = new WeakMap();
  const isData = (table) => {
    let answer = dataCache.get(table);
    if (answer === undefined) {
      answer = judgeTable(table);
      dataCache.set(table, answer);
    }
    return answer;
  };
  const ownRows = (table) => [...table.rows].filter((row) => displayed(row));
  const CELL_CONTROLS = "input:not([type=hidden]):not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit]):not([type=image]), select, textarea";
  // Old pages lay out a single value (`€ | 120,00`) by a little table of its own, below a row of heads.
  const isCellOf = (inner, rows) => {
    const cell = inner.parentElement.closest("td, th");
    const row = rows.findIndex((one) => one === cell?.parentElement);
    const heads = rows[0].cells;
    if (row < 1 || rows.length < 3 || heads.length < 2 || rows[row].cells.length !== heads.length) return false;
    const headed = [...heads].every((head) => tagOf(head) === "th") || [...heads].every((head) => !head.querySelector("table") && bold(head));
    return headed && inner.rows.length <= 2 && inner.querySelectorAll("td").length <= 4 && !inner.querySelector("th, table, form") && textOf(inner, 80).length <= 60;
  };
  const judgeTable = (table) => {
    if (tagOf(table) !== "table") return true;
    const role = attr(table, "role");
    if (role === "presentation" || role === "none") return false;
    const rows = ownRows(table);
    if (!rows.length) return false;
    if ([...table.querySelectorAll("table")].some((inner) => textOf(inner, 20) && !isCellOf(inner, rows))) {
      // A pager in a row of its own does not turn a table of data into a layout.
      const plain = rows.filter((row) => !row.querySelector("table"));
      const headed = rows.some((row) => row.cells.length > 1 && [...row.cells].every((cell) => tagOf(cell) === "th"));
      if (!headed || plain.length < 4 || rows.length - plain.length > 2) return false;
    }
    if (table.querySelector("h1, main, nav, form form, iframe")) return false;
    const cells = rows.flatMap((row) => [...row.cells]);
    const widest = Math.max(...rows.map((row) => row.cells.length));
    if (role === "grid" || role === "table" || role === "treegrid") return true;
    const topped = rows[0].cells.length > 1 && [...rows[0].cells].every((cell) => tagOf(cell) === "th");
    const withControls = rows.filter((row) => row.querySelector(CELL_CONTROLS)).length;
    if (withControls * 2 >= rows.length && !topped && !table.tHead) return false; // a form laid out by a table
    if (table.tHead || table.caption || cells.some((cell) => tagOf(cell) === "th")) return widest > 1 || rows.length > 2;
    if (widest < 2 || rows.length < 2) return false;
    const regular = rows.filter((row) => row.cells.length === widest).length;
    if (regular < 2 || regular * 3 < rows.length * 2) return false;
    if (cells.some((cell) => cell.querySelector("ul, ol, h2, h3") || textOf(cell, 600).length > 500)) return false;
    const filled = cells.filter((cell) => textOf(cell, 40)).length;
    return filled * 2 >= cells.length && rows.some((row) => [...row.cells].filter((cell) => textOf(cell, 20)).length >= 2);
  };

  const MACHINE_TIME = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$/;
  const machineTime = (element) => {
    const time = tagOf(element) === "time" ? element : element.querySelector("time[datetime], [datetime]");
    if (time && attr(time, "datetime")) return attr(time, "datetime");
    for (const holder of [element, ...[...element.children].slice(0, 3)])
      for (const name of ["data-datetime", "data-date", "data-time", "data-sort", "data-order", "data-value", "data-sort-value", "title"]) {
        const text = attr(holder, name).trim();
        if (MACHINE_TIME.test(text)) return text;
      }
    return "";
  };
  const cellText = (cell) => {
    const text = textOf(cell, 1000);
    if (text) return text;
    const control = cell.querySelector("select, textarea, input:not([type=hidden]):not([type=password])");
    if (control) {
      if (tagOf(control) === "select") return squeeze(control.selectedOptions[0]?.label || "");
      if (control.type === "checkbox" || control.type === "radio") return cell.querySelectorAll("input").length === 1 && !cell.previousElementSibling ? "" : control.checked ? "true" : "false";
      if (!["button", "submit", "image", "file"].includes(control.type)) return squeeze(control.value);
    }
    const picture = cell.querySelector("img[alt], [role=img][aria-label], svg[aria-label], [aria-label], [title]");
    return picture && !picture.matches("a, button, a *, button *") ? squeeze(attr(picture, "alt") || attr(picture, "aria-label") || attr(picture, "title")) : "";
  };
  const valueOf = (element, path, header, textOverride) => {
    // A bare piece of text is held by what its neighbours are held by; their links are not its own.
    const within = /#text(\[\d+\])?$/.test(path) ? null : element.querySelector("a[href]");
    const link = tagOf(element) === "a" ? element : within || element.closest("a[href]");
    return { t: textOverride === undefined ? cellText(element) : textOverride, p: path, h: header || "", a: link && /^(https?|ftp|blob|data):/.test(link.href) ? link.href : "", d: machineTime(element) };
  };

  // Cells on a grid, with row and column spans expanded.
  const layOut = (rows, cellsOf) => {
    const grid = [];
    const hanging = [];
    for (const row of rows) {
      const line = [];
      let column = 0;
      const place = (cell) => {
        const span = Math.min(cell.colSpan || +attr(cell, "aria-colspan") || 1, 50);
        const down = Math.min(cell.rowSpan || +attr(cell, "aria-rowspan") || 1, 2000);
        for (let i = 0; i < span; i++) {
          line[column] = cell;
          if (down > 1) hanging[column] = [cell, down - 1];
          column++;
        }
      };
      const skip = () => {
        while (hanging[column] && hanging[column][1] > 0) {
          line[column] = hanging[column][0];
          hanging[column][1]--;
          column++;
        }
      };
      for (const cell of cellsOf(row)) {
        skip();
        place(cell);
      }
      skip();
      grid.push(line);
    }
    return grid;
  };

  const bold = (cell) => Boolean(textOf(cell, 80)) && (tagOf(cell) === "th" || [...cell.children].some((child) => ["b", "strong", "u"].includes(tagOf(child)) && textOf(child, 80) === textOf(cell, 80)) || (+getComputedStyle(deepest(cell)).fontWeight >= 600));
  const deepest = (cell) => {
    let node = cell;
    while (node.children.length === 1 && !ownText(node)) node = node.children[0];
    return node;
  };
  const headerText = (cell) => {
    if (cell.querySelector("input[type=checkbox], [role=checkbox]")) return "";
    // The control that sorts by the column is called what the column is called; counters and arrows stand beside it.
    const controls = [...cell.querySelectorAll("a, button, [role=button]")].map((one) => textOf(one, 120)).filter((text) => /\p{L}/u.test(text));
    const text = (controls.length === 1 && controls[0].length > 1 ? controls[0] : textOf(cell, 120)).replace(/\s*[▲▼△▽↑↓⇅⇵↕]+\s*$/u, "").trim();
    return text || squeeze(attr(cell, "aria-label") || attr(cell, "abbr") || attr(cell, "title") || attr(cell.querySelector("[aria-label], [title]") || cell, "aria-label"));
  };
  const headerLine = (lines, width) => {
    const headers = [];
    for (let column = 0; column < width; column++) {
      const stack = lines.map((line) => line[column]).filter(Boolean).filter((cell, index, all) => all.indexOf(cell) === index);
      const words = stack.map(headerText).filter(Boolean);
      headers.push({ low: words[words.length - 1] || "", all: words.join(" ") });
    }
    const lows = headers.map((header) => header.low);
    return headers.map((header) => (header.low && lows.filter((low) => low === header.low).length > 1 ? header.all : header.low));
  };

  const tableCollection = (table) => {
    const native = tagOf(table) === "table" && table.rows.length > 0;
    let rows = native ? ownRows(table) : [...table.querySelectorAll("[role=row], tr")].filter((row) => displayed(row) && row.closest("[role=grid], [role=table], [role=treegrid], table") === table);
    const cellsOf = native ? (row) => [...row.cells].filter((cell) => getComputedStyle(cell).display !== "none") : (row) => [...row.querySelectorAll("[role=cell], [role=gridcell], [role=columnheader], [role=rowheader], td, th")].filter((cell) => cell.closest("[role=row], tr") === row && displayed(cell));
    if (native) rows = rows.filter((row) => row.parentElement !== table.tFoot);
    if (!rows.length) return null;
    const laid = layOut(rows, cellsOf);
    // A last head that spans a hundred columns, to be wide enough for all, has no more columns than the rows have.
    const width = Math.max(...laid.map((line) => line.indexOf(line[line.length - 1]) + 1));
    const grid = laid.map((line) => line.slice(0, width));
    const isHead = (cell) => tagOf(cell) === "th" || attr(cell, "role") === "columnheader";
    let heads = 0;
    while (heads < rows.length && grid[heads].length && ((native && rows[heads].parentElement === table.tHead) || grid[heads].every((cell) => isHead(cell) && attr(cell, "scope") !== "row" && attr(cell, "role") !== "rowheader"))) heads++;
    const pairs = keyPairs(rows, grid, heads, cellsOf);
    if (pairs) return record(table, pairs);
    if (heads === rows.length && heads > 1) heads = native && table.tHead ? heads : 1;
    if (!heads && rows.length > 2 && grid[0].length === width && new Set(grid[0]).size === width) {
      // Tables of the nineties mark their head by bold type alone; a box over the rows' boxes is no text of it.
      const picksAll = (cell) => !textOf(cell, 60) && cell.querySelectorAll("input, select").length === 1 && Boolean(cell.querySelector("input[type=checkbox]"));
      const boldAll = (line) => line.filter((cell) => textOf(cell, 60)).length >= Math.max(2, width - 1 - line.filter(picksAll).length) && line.every((cell) => !textOf(cell, 60) || bold(cell)) && line.every((cell) => picksAll(cell) || !cell.querySelector("input, select"));
      if (boldAll(grid[0]) && !boldAll(grid[1])) heads = 1;
    }
    const headLines = grid.slice(0, heads).filter((line) => new Set(line).size > 1 || width === 1).filter((line) => !line.some((cell) => cell.querySelector(CELL_CONTROLS)));
    const headers = headerLine(headLines.length ? headLines : grid.slice(0, heads), width);
    const records = [];
    for (let index = heads; index < rows.length && records.length < LIMITS.records; index++) {
      const line = grid[index];
      const distinct = new Set(line).size;
      if (!distinct || (distinct === 1 && width > 1 && line.length > 1)) continue;
      if (line.every((cell) => tagOf(cell) === "th") && width > 1) continue;
      const values = [];
      const spanned = new Map();
      for (let column = 0; column < width; column++) {
        const cell = line[column];
        if (!cell) values.push({ t: "", p: `td[${column}]`, h: headers[column] || "", a: "", d: "" });
        else {
          if (!spanned.has(cell)) spanned.set(cell, valueOf(cell, "", ""));
          values.push({ ...spanned.get(cell), p: `td[${column}]`, h: headers[column] || "" });
        }
      }
      if (values.every((value) => !value.t) && !rows[index].querySelector("a, button, input")) continue;
      if (leadsUp(rows[index]) || sumsUp(line, values, records, index === rows.length - 1)) continue;
      records.push({ element: rows[index], values, cells: line });
    }
    if (!headers.some(Boolean) && records.length > 1) {
      // Without heads, cells that hold several things are cards: each thing has a place of its own.
      const pieces = records.map((one) => leaves(one.element));
      const counts = pieces.map((list) => list.length).sort((one, other) => one - other);
      const filled = records.map((one) => new Set(one.cells.filter((cell) => cell && textOf(cell, 20))).size).sort((one, other) => one - other);
      if (counts[Math.floor(counts.length / 2)] >= filled[Math.floor(filled.length / 2)] + 2) {
        const values = labelled(pieces);
        return { element: table, kind: "cards", headers: [], records: records.map((one, index) => ({ element: one.element, values: values[index], cells: null })) };
      }
    }
    const named = headers.some(Boolean) || !native ? headers : headsApart(table, width);
    return { element: table, kind: "table", headers: Array.from({ length: width }, (_, column) => named[column] || ""), records };
  };

  // Rows that scroll under their heads are often a table of their own, right after one that holds the heads alone.
  const headsOnly = (table) => {
    const rows = ownRows(table);
    return rows.length === 1 && rows[0].cells.length > 1 && [...rows[0].cells].every((cell) => tagOf(cell) === "th") ? [...rows[0].cells] : null;
  };
  const nextTable = (table) => {
    for (let node = table, depth = 0; node && depth < 4; node = node.parentElement, depth++) {
      const after = node.nextElementSibling;
      if (after) return tagOf(after) === "table" ? after : after.querySelector("table");
    }
    return null;
  };
  const headsApart = (table, width) => {
    const all = [...table.getRootNode().querySelectorAll("table")];
    const before = all[all.indexOf(table) - 1];
    const cells = before && nextTable(before) === table ? headsOnly(before) : null;
    return cells && cells.length === width ? cells.map(headerText) : [];
  };

  const SUM_WORDS = /^(?:(?:grand|sub|sub-|overall|page|running)[ -]?)?(?:totals?|sum|subtotals?|average|mean|gesamt(?:summe|betrag)?|(?:zwischen|end)?summe|insgesamt|durchschnitt|total général|somme|sous-total|suma|totale|somma|totaal|razem|celkem)\b[^\p{L}\d]*(?:\p{L}+[^\p{L}]*){0,3}$/iu;
  const amountOf = (text) => {
    const match = /^[^\d-]*(-?\d[\d.,' \u00a0]*)/.exec(text);
    if (!match) return null;
    const digits = match[1].replace(/[' \u00a0]/g, "").replace(/[.,]+$/, "");
    const cents = /^(.*)[.,](\d{1,2})$/.exec(digits);
    return cents ? +(cents[1].replace(/[.,]/g, "") + "." + cents[2]) : +digits.replace(/[.,]/g, "");
  };
  // A line of totals says so in its first cell, and either is written unlike the records (cells joined, left empty, bold)
  // or does add up: a brand that is called Total is a record.
  const sumsUp = (line, values, records, last) => {
    const first = values.findIndex((value) => value.t);
    if (first < 0 || records.length < 2 || !SUM_WORDS.test(values[first].t)) return false;
    const rest = values.slice(first + 1).filter((value, index) => value.t && line[first + 1 + index] !== line[first]);
    if (!rest.length || rest.some((value) => amountOf(value.t) === null)) return false;
    const joined = new Set(line).size < line.length && records.every((one) => !one.cells || new Set(one.cells).size === one.cells.length);
    const empty = values.some((value, column) => !value.t && records.every((one) => one.values[column]?.t));
    const loud = bold(line[first]) && !records.some((one) => one.cells?.[first] && bold(one.cells[first]));
    const adds = values.some((value, column) => {
      if (column <= first) return false;
      const wanted = amountOf(value.t);
      const summed = records.map((one) => amountOf(one.values[column]?.t || ""));
      return wanted !== null && summed.every((amount) => amount !== null) && Math.abs(summed.reduce((sum, amount) => sum + amount, 0) - wanted) < 0.006;
    });
    return joined || empty || adds || (last && loud);
  };

  // Rows that are pairs of a label and its value describe one thing.
  const keyPairs = (rows, grid, heads, cellsOf) => {
    if (heads || rows.length < 2) return null;
    const found = [];
    let colons = 0;
    let ths = 0;
    for (const row of rows) {
      const cells = cellsOf(row);
      if (!cells.length || cells.length % 2 || cells.length > 6) {
        if (cells.length === 1) continue;
        return null;
      }
      for (let index = 0; index < cells.length; index += 2) {
        const label = textOf(cells[index], 100);
        if (!label && !textOf(cells[index + 1], 40)) continue;
        if (!label || label.length > 60) return null;
        if (tagOf(cells[index]) === "th") ths++;
        if (/:$/.test(label)) colons++;
        if (tagOf(cells[index + 1]) === "th") return null;
        found.push([label.replace(/\s*:$/, ""), cells[index + 1], row]);
      }
    }
    if (found.length < 2 || new Set(found.map((pair) => pair[0])).size < found.length) return null;
    const strong = found.filter((pair) => bold(pair[1].previousElementSibling || pair[1]) && !bold(pair[1])).length;
    if (ths < found.length && colons * 3 < found.length * 2 && strong < found.length) return null;
    if (found.filter((pair) => pair[1].querySelector(CELL_CONTROLS)).length * 2 > found.length) return null;
    return found;
  };
  const record = (container, pairs) => ({
    element: container,
    kind: "record",
    headers: [],
    records: [{ element: container, values: pairs.slice(0, LIMITS.values).map(([label, value]) => valueOf(value, "", cut(label, 80))), cells: null }],
  });

  // ---- repeated siblings -------------------------------------------------------------------------------------------

  const shapeOf = (element) => {
    const paths = new Set();
    const walk = (node, prefix, depth) => {
      for (const child of node.children) {
        const tag = tagOf(child);
        if (SILENT.has(tag) || tag === "br") continue;
        const step = prefix + ">" + tag;
        paths.add(step);
        if (depth < 4 && paths.size < 60) walk(child, step, depth + 1);
      }
    };
    walk(element, "", 0);
    return paths;
  };
  const alike = (one, other) => {
    if (!one.size && !other.size) return 1;
    let common = 0;
    for (const path of one) if (other.has(path)) common++;
    return common / (one.size + other.size - common);
  };
  const ITEM_TAGS = new Set(["div", "li", "article", "section", "a", "dl", "p", "tr", "span", "label", "button", "figure", "fieldset", "tbody", "details", "table"]);
  // A list may hold a single thing today.
  const LIST_WORDS = /(^|[-_\s])(results?|list|items|grid|cards|rows|feed|entries|products|posts|messages|tickets|orders|hits)([-_\s]|$)/i;
  // The first line of a folder is the way back up, no entry of it.
  const leadsUp = (item) => {
    const link = item.querySelector("a[href]");
    return Boolean(link) && /^(\.\.\/?|(\[)?(to )?parent (directory|folder)(\])?|up( one level)?|\u2b06|\u2191)$/i.test(squeeze(link.textContent));
  };
  const holdsOne = (parent, child) => {
    if (!displayed(child) || parent.children.length > 2 || MENU_WORDS.test(attr(parent, "class"))) return false;
    const listed = ["ul", "ol"].includes(tagOf(parent)) || attr(parent, "role") === "list" || attr(parent, "role") === "feed";
    if (!listed && !LIST_WORDS.test(attr(parent, "class") + " " + parent.id)) return false;
    if (child.querySelector("table, form, ul, ol, h1") || LIST_WORDS.test(attr(child, "class"))) return false;
    const pieces = leaves(child);
    return pieces.length >= 2 && pieces.length <= 30 && Boolean(child.querySelector("a"));
  };
  // Two or three siblings that are each called something else (`meta`, `prices`) are the parts of one thing.
  const ofOwnKinds = (members) => {
    const kinds = members.map((member) => stableClasses(member));
    return kinds.every((names, index) => names.length && kinds.every((others, other) => other === index || !names.some((name) => others.includes(name))));
  };
  const groupsUnder = (parent) => {
    const children = [...childrenOf(parent)].filter((child) => ITEM_TAGS.has(tagOf(child)) || tagOf(child).includes("-"));
    if (!children.length) return [];
    const byTag = new Map();
    for (const child of children) {
      if (["tr", "option", "td", "th"].includes(tagOf(child)) && tagOf(parent) !== "tbody") continue;
      const key = tagOf(child) + "|" + (attr(child, "role") || "");
      if (!byTag.has(key)) byTag.set(key, []);
      byTag.get(key).push(child);
    }
    const groups = [];
    for (const all of byTag.values()) {
      let members = all;
      if (tagOf(parent) === "tbody") {
        // Rows of several kinds in turn: those of the first kind that has a class of its own are the records.
        const first = members.find((row) => attr(row, "class"));
        members = first ? members.filter((row) => attr(row, "class") === attr(first, "class")) : [];
        if (members.length < 3) continue;
      }
      if (members.length < 2) {
        if (members.length === 1 && holdsOne(parent, members[0])) groups.push(members);
        continue;
      }
      if (members.length <= 3 && ofOwnKinds(members)) continue;
      const shapes = members.map(shapeOf);
      const sample = shapes.slice(0, 12);
      // The member most like the others stands for the kind; strangers (headings, adverts) are left out.
      let best = 0;
      let bestScore = -1;
      sample.forEach((shape, index) => {
        const score = sample.reduce((sum, other) => sum + alike(shape, other), 0);
        if (score > bestScore) [best, bestScore] = [index, score];
      });
      const classes = stableClasses(members[best]).join(".");
      const same = members.filter((member, index) => alike(shapes[index], sample[best]) >= (classes && stableClasses(member).join(".") === classes ? 0.3 : 0.5));
      const visible = same.filter((member) => displayed(member) && textOf(member, 30) && !leadsUp(member));
      if (visible.length >= 2 && visible.length * 2 > members.filter((member) => displayed(member) && textOf(member, 30)).length) groups.push(visible);
    }
    return groups;
  };

  const LEAF_SKIP = new Set(["button", "select", "textarea", "input", "option"]);
  const PHRASING = new Set(["a", "abbr", "b", "bdi", "big", "br", "cite", "code", "data", "del", "em", "font", "i", "img", "ins", "kbd", "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "nobr"]);
  const inlineOnly = (element) => {
    for (const child of childrenOf(element)) {
      if (!PHRASING.has(tagOf(child)) || (tagOf(child) !== "br" && displayed(child) && drawnAsBlock(child))) return false;
      if (tagOf(child) !== "a" && !inlineOnly(child)) return false;
    }
    return true;
  };
  // Lines of a list that all mix text with the same inline elements, such as `<a>Title</a> by Author <code>12</code>`, are
  // records written in one line: each part is a piece of its own. Sentences differ from line to line and stay whole.
  const parts = (element) => [...element.children].filter((child) => tagOf(child) !== "br" && textOf(child, 40)).map(tagOf);
  const mixed = (element) => ownText(element) !== "" && inlineOnly(element) && textOf(element, 200).length < 160 && parts(element).length >= 2;
  const writtenInLines = (items) => {
    if (items.length < 2 || !mixed(items[0])) return false;
    const first = parts(items[0]).join();
    return items.every((item) => mixed(item) && parts(item).join() === first);
  };
  // `Title <small>To: Ada</small>`: what has a label and an element of its own is no part of the title.
  const endsLabelled = (element) => {
    const last = [...element.children].filter((child) => textOf(child, 40)).pop();
    return last !== undefined && last.localName !== "a" && /^\p{L}[\p{L} -]{0,24}[:：]\s+\S/u.test(textOf(last, 80)) && !squeeze([...element.childNodes].slice([...element.childNodes].indexOf(last) + 1).map((node) => node.textContent).join(""));
  };
  // The pieces of text inside a card, each with its place.
  const leaves = (item, inLines = false) => {
    const found = [];
    const counts = new Map();
    const add = (element, path, text) => {
      if (found.length >= LIMITS.values) return;
      const count = (counts.get(path) || 0) + 1;
      counts.set(path, count);
      found.push({ element, path: count > 1 ? `${path}[${count}]` : path, text });
    };
    const walk = (element, path) => {
      for (const node of childNodesOf(element)) {
        if (node.nodeType === 3) {
          const text = squeeze(node.data);
          if (text && /[\p{L}\p{N}]/u.test(text)) add(element, path + ">#text", cut(text, 1000));
          continue;
        }
        if (node.nodeType !== 1) continue;
        const tag = tagOf(node);
        const step = path + ">" + stepOf(node);
        if (tag === "img") {
          if (attr(node, "alt").trim() && displayed(node) && !squeeze(node.closest("a, button")?.textContent || "")) add(node, step + "@alt", squeeze(attr(node, "alt")));
          continue;
        }
        if (SILENT.has(tag) || LEAF_SKIP.has(tag) || attr(node, "role") === "button" || !displayed(node) || isGlyph(node) || outdated(node)) continue;
        const kids = childrenOf(node).length;
        const hasOwn = ownText(node) !== "";
        const whole = hasOwn && inlineOnly(node) && node.querySelectorAll("a").length <= 1 && !endsLabelled(node);
        if (!kids || whole || tag === "time" || tag === "pre") {
          const text = textOf(node, 1000);
          if (text) add(node, step, text);
        } else walk(node, step);
      }
    };
    if (!childrenOf(item).length) {
      const text = textOf(item, 1000);
      if (text) add(item, ".", text);
    } else if (!inLines && ownText(item) && inlineOnly(item) && item.querySelectorAll("a").length <= 1) add(item, ".", textOf(item, 1000));
    else walk(item, "");
    return found;
  };

  const LABEL_HINT = /(^|[-_\s])(label|key|term|caption|dt|field-?name)([-_\s]|$)/i;
  const looksLikeLabel = (leaf) => leaf.text.length <= 40 && (/:$/.test(leaf.text) || tagOf(leaf.element) === "dt" || tagOf(leaf.element) === "th" || LABEL_HINT.test(attr(leaf.element, "class")));
  // Takes the labels out of the pieces: `Price: 5`, `<dt>Price</dt><dd>5</dd>`, `<span>Price</span> 5`.
  const labelled = (all) => {
    const texts = new Map();
    for (const pieces of all) for (const piece of pieces) {
      const seen = texts.get(piece.path) || texts.set(piece.path, new Map()).get(piece.path);
      seen.set(piece.text, (seen.get(piece.text) || 0) + 1);
    }
    const constant = (piece) => {
      const seen = texts.get(piece.path);
      const total = [...seen.values()].reduce((sum, count) => sum + count, 0);
      return total >= 3 && total >= all.length * 0.6 && seen.size === 1;
    };
    const prefixes = new Map();
    for (const pieces of all) for (const piece of pieces) {
      const match = /^([\p{L}][\p{L}\p{N} ./()-]{0,30}?)\s*[:：]\s+(\S.*)$/u.exec(piece.text);
      if (match) {
        const key = piece.path.replace(/\[\d+\]$/, "") + "|" + match[1];
        prefixes.set(key, (prefixes.get(key) || 0) + 1);
        piece.split = [match[1], match[2], key];
      }
    }
    return all.map((pieces) => {
      const values = [];
      for (let index = 0; index < pieces.length; index++) {
        const piece = pieces[index];
        const next = pieces[index + 1];
        if (piece.split && (prefixes.get(piece.split[2]) >= Math.max(2, all.length * 0.5) || (all.length === 1 && piece.split[0].length < 25))) {
          values.push(valueOf(piece.element, piece.path, piece.split[0], piece.split[1]));
          continue;
        }
        const link = piece.element.closest("a[href]");
        const beside = next && piece.element !== next.element && piece.element.parentElement === next.element.parentElement;
        if (next && !link && (looksLikeLabel(piece) || (beside && constant(piece) && piece.text.length <= 30)) && !looksLikeLabel(next) && (!constant(next) || looksLikeLabel(piece))) {
          values.push(valueOf(next.element, next.path, piece.text.replace(/\s*:$/, ""), next.text.replace(/^:\s*/, "")));
          index++;
          continue;
        }
        if (link && constant(piece) && all.length >= 3) {
          values.push({ ...valueOf(piece.element, piece.path, "", piece.text) });
          continue;
        }
        values.push(valueOf(piece.element, piece.path, "", piece.text));
      }
      return values;
    });
  };

  const menuLike = (members, pieces) => {
    const links = members.filter((member) => {
      const only = tagOf(member) === "a" ? member : member.querySelectorAll("a").length === 1 && member.querySelector("a");
      return only && squeeze(only.textContent) === squeeze(member.textContent) && squeeze(only.textContent).length < 40;
    }).length;
    return links === members.length && pieces.every((list) => list.length <= 1);
  };

  // Label and value side by side, line by line: one record.
  const pairsOf = (members) => {
    const pairs = [];
    let bare = 0;
    for (const member of members) {
      const pieces = leaves(member);
      if (pieces.length === 1) {
        const match = /^(\p{L}[^:：]{0,40})[:：]\s+(\S.*)$/u.exec(pieces[0].text);
        if (!match) return null;
        pairs.push([match[1], pieces[0].element, match[2]]);
        continue;
      }
      if (pieces.length !== 2) return null;
      const [label, value] = pieces;
      const strong = ["b", "strong", "label", "dt", "th"].includes(tagOf(label.element)) && tagOf(label.element) !== tagOf(value.element);
      if (label.element.closest("a") || !(looksLikeLabel(label) || strong) || label.text.length > 50) return null;
      if (!looksLikeLabel(label) && tagOf(label.element) !== "label") bare++;
      pairs.push([label.text.replace(/\s*:$/, ""), value.element, value.text.replace(/^:\s*/, "")]);
    }
    if (pairs.length < 2 || new Set(pairs.map((pair) => pair[0])).size < pairs.length) return null;
    if (bare * 2 > pairs.length && recordsOfTwo(pairs)) return null;
    return pairs;
  };
  // `<b>Ann</b> tenor` line by line is a list of singers: nothing marks the bold words as labels but their type, and there
  // are many of them, or they count up, or what follows is the same again and again.
  const recordsOfTwo = (pairs) => {
    const numbered = pairs.filter(([label]) => /\d/.test(label)).length;
    const values = new Set(pairs.map(([, element, text]) => text || textOf(element, 80)));
    return pairs.length > 12 || numbered * 2 > pairs.length || (pairs.length > 2 && values.size * 4 <= pairs.length * 3);
  };
  const lineRecord = (container, pairs) => ({
    element: container,
    kind: "record",
    headers: [],
    records: [{ element: container, values: pairs.slice(0, LIMITS.values).map(([label, element, text]) => valueOf(element, "", cut(label, 80), text)), cells: null }],
  });
  const listRecord = (list) => {
    const pairs = [];
    let label = null;
    const walk = (node) => {
      for (const child of node.children) {
        if (tagOf(child) === "dt") label = textOf(child, 80).replace(/\s*:$/, "");
        else if (tagOf(child) === "dd" && label !== null) {
          pairs.push([label, child]);
          label = null;
        } else if (tagOf(child) === "div") walk(child);
      }
    };
    walk(list);
    return pairs.length >= 2 && displayed(list) ? record(list, pairs) : null;
  };

  // Search results are often written so: each term is a link, what follows it describes what it leads to.
  const termRecords = (list) => {
    const terms = [...list.children].filter((child) => tagOf(child) === "dt" && displayed(child));
    if (terms.length < 2 || terms.filter((term) => term.querySelector("a[href]")).length < terms.length * 0.8) return null;
    const pieces = terms.slice(0, LIMITS.records).map((term) => {
      const found = leaves(term).map((piece) => ({ ...piece, path: "dt" + piece.path }));
      let count = 0;
      for (let node = term.nextElementSibling; node && tagOf(node) !== "dt"; node = node.nextElementSibling) {
        if (tagOf(node) !== "dd" || !displayed(node)) continue;
        const step = ++count > 1 ? `dd[${count}]` : "dd";
        found.push(...leaves(node).map((piece) => ({ ...piece, path: step + piece.path })));
      }
      return found;
    });
    if (pieces.every((list) => list.length < 2)) return null;
    const values = labelled(pieces);
    return {
      element: list,
      kind: "cards",
      headers: [],
      records: pieces.map((_, index) => ({ element: terms[index], values: values[index].slice(0, LIMITS.values), cells: null })),
    };
  };

  // Rows made of anything but <tr>, the first of which holds the column heads.
  const HEAD_WORDS = /(^|[-_\s])(head|header|heading|thead|titles?|columns?|labels)([-_\s]|$)/i;
  const drawnTable = (parent, members, pieces) => {
    if (members.length < 2) return null;
    let head = members[0];
    let heads = pieces[0];
    let rows = members.slice(1);
    let cells = pieces.slice(1);
    if (!HEAD_WORDS.test(attr(head, "class"))) {
      // The head may stand before the rows, in a container of its own.
      head = members[0].previousElementSibling || (parent.children[0] === members[0] && parent.previousElementSibling);
      if (!head || !HEAD_WORDS.test(attr(head, "class")) || /^h[1-6]$/.test(tagOf(head)) || tagOf(head) === "header") return null;
      heads = leaves(head.children.length === 1 ? head.children[0] : head);
      rows = members;
      cells = pieces;
    }
    if (heads.length < 2 || heads.some((piece) => piece.text.length > 40)) return null;
    const fitting = rows.filter((row, index) => cells[index].length === heads.length || ([...row.children].length === heads.length && cells[index].length <= heads.length * 1.5));
    if (!fitting.length || fitting.length < rows.length * 0.7) return null;
    const headers = heads.map((piece) => piece.text);
    const records = rows.slice(0, LIMITS.records).map((row, index) => {
      const columns = [...row.children].filter((child) => displayed(child));
      const values = headers.map((header, column) => (columns.length === headers.length ? valueOf(columns[column], "", header) : cells[index][column] ? valueOf(cells[index][column].element, "", header, cells[index][column].text) : { t: "", p: "", h: header, a: "", d: "" }));
      return { element: row, values, cells: columns.length === headers.length ? columns : null };
    });
    return { element: parent, kind: "table", headers, weight: records.length * headers.length, records };
  };

  // Folds below one another, such as questions with their answers: what a fold holds is there to read, open or not.
  const folds = (parent, members) => {
    if (members.length < 2 || members.some((member) => tagOf(member) !== "details" || member.querySelector("table, form, ul li a, details"))) return null;
    const records = members.slice(0, LIMITS.records).map((member) => {
      const summary = member.querySelector(":scope > summary");
      const held = [...member.childNodes].filter((node) => node !== summary).map((node) => (node.nodeType === 1 && SILENT.has(tagOf(node)) ? "" : node.textContent));
      const link = [...member.querySelectorAll("a[href]")].find((one) => !summary?.contains(one));
      const text = { t: cut(squeeze(held.join(" ")), 1000), p: ">text", h: "", a: link && /^https?:/.test(link.href) ? link.href : "", d: "" };
      return { element: member, values: summary ? [valueOf(summary, ">summary.title", ""), text] : [], cells: null };
    });
    if (records.some((one) => one.values.length < 2 || !one.values[1].t)) return null;
    return { element: parent, kind: "cards", headers: [], weight: members.length * 2, records };
  };

  const repeated = (parent, members) => {
    const folded = folds(parent, members);
    if (folded) return folded;
    if (members.some((member) => member.querySelector(CELL_CONTROLS)) && members.filter((member) => member.querySelector(CELL_CONTROLS)).length * 2 > members.length) return null;
    const pairs = pairsOf(members);
    if (pairs) return lineRecord(parent, pairs);
    const inLines = writtenInLines(members.slice(0, LIMITS.records));
    const pieces = members.slice(0, LIMITS.records).map((member) => leaves(member, inLines));
    const counts = pieces.map((list) => list.length).sort((one, other) => one - other);
    const typical = counts[Math.floor(counts.length / 2)];
    if (!typical) return null;
    const list = ["li"].includes(tagOf(members[0])) || attr(parent, "role") === "list" || attr(members[0], "role") === "listitem";
    if (typical < 2 && !list && !(tagOf(members[0]) === "a" || members[0].querySelector("a")) && members.length < 3) return null;
    if (typical < 2 && ["p", "span", "label", "button", "fieldset", "section"].includes(tagOf(members[0]))) return null;
    const menu = menuLike(members, pieces);
    const lines = drawnTable(parent, members, pieces);
    if (lines) return lines;
    const values = labelled(pieces);
    return {
      element: parent,
      kind: typical < 2 ? "list" : "cards",
      headers: [],
      menu,
      weight: members.length * Math.min(typical, 8),
      records: members.slice(0, LIMITS.records).map((member, index) => ({ element: member, values: values[index].slice(0, LIMITS.values), cells: null })),
    };
  };

  // Directory listings: a link and then columns of text on every line.
  const preformatted = (pre) => {
    const links = [...pre.querySelectorAll("a[href]")];
    if (links.length < 2) return null;
    const records = [];
    for (const link of links) {
      let rest = "";
      for (let node = link.nextSibling; node && !rest.includes("\n"); node = node.nextSibling) {
        if (node.nodeType === 1 && tagOf(node) === "a") break;
        rest += node.textContent;
      }
      const columns = rest.split("\n")[0].trim().split(/\s{2,}/).filter(Boolean);
      if (!columns.length || columns.every((column) => /^[-|]*$/.test(column))) continue;
      const name = textOf(link, 300);
      const title = attr(link, "title") || (/(\.\.>|…)$/.test(name) ? decodeURIComponent(attr(link, "href")) : name);
      records.push({ element: link, values: [valueOf(link, "a", "", title), ...columns.map((column, index) => ({ t: column, p: `#text[${index + 1}]`, h: "", a: "", d: "" }))], cells: null });
    }
    return records.length ? { element: pre, kind: "cards", headers: [], records: records.slice(0, LIMITS.records) } : null;
  };

  // A card of sums stands last, says so first, and holds amounts alone, fewer than any record has values.
  const withoutSum = (collection) => {
    const { kind, records } = collection;
    if (!["cards", "list"].includes(kind) || records.length < 3) return collection;
    const [first, ...rest] = records.at(-1).values;
    const sums = first && SUM_WORDS.test(first.t) && rest.length && rest.every((value) => amountOf(value.t) !== null);
    const shorter = records.slice(0, -1).every((one) => one.values.length > rest.length + 1);
    return sums && shorter ? { ...collection, records: records.slice(0, -1) } : collection;
  };

  const collectionsOf = (root) => {
    const found = [];
    const walk = (parent, inside) => {
      const tag = tagOf(parent);
      if (SILENT.has(tag) || tag === "select" || (parent !== root && tag !== "body" && !displayed(parent))) return;
      const role = attr(parent, "role");
      if (tag === "table" && isData(parent)) {
        const table = tableCollection(parent);
        const below = table && !table.records.length && headsOnly(parent) ? nextTable(parent) : null;
        if (below && displayed(below) && headsApart(below, table.headers.length).length && below.rows.length && !headsOnly(below)) return;
        if (table && (table.records.length || table.headers.filter(Boolean).length > 1)) found.push({ ...table, outer: inside });
        return;
      }
      if (["grid", "treegrid", "table"].includes(role) && tag !== "table") {
        const table = tableCollection(parent);
        if (table && (table.records.length || table.headers.filter(Boolean).length > 1)) {
          found.push({ ...table, outer: inside });
          return;
        }
      }
      if (tag === "pre") {
        const lines = preformatted(parent);
        if (lines) found.push({ ...lines, outer: inside });
        return;
      }
      if (tag === "dl") {
        const described = termRecords(parent) || listRecord(parent);
        if (described) found.push({ ...described, outer: inside });
        return;
      }
      let here = inside;
      const spacious = tag === "tbody" && parent.children.length >= 4 && !parent.querySelector("table");
      if (tag !== "tr" && tag !== "table" && (tag !== "tbody" || spacious) && tag !== "html" && tag !== "thead" && !(tag === "div" && role === "row")) {
        for (const members of groupsUnder(parent)) {
          const collection = repeated(parent, members);
          if (collection) {
            collection.outer = inside;
            collection.members = new Set(members);
            found.push(collection);
            here = collection;
          }
        }
      }
      for (const child of childrenOf(parent)) walk(child, here && here.members?.has(child) ? here : here === inside ? inside : inside);
    };
    walk(root, null);
    return prune(found).map(withoutSum);
  };

  // Of nested repetitions the one that carries the records stays: lists inside cards go, wrappers of real lists go.
  const prune = (found) => {
    const dropped = new Set();
    const inner = new Map();
    for (const one of found) if (one.outer) (inner.get(one.outer) || inner.set(one.outer, []).get(one.outer)).push(one);
    for (const [outer, parts] of inner) {
      if (!outer.members) continue;
      if (outer.kind === "table") {
        parts.forEach((part) => dropped.add(part));
        continue;
      }
      const real = parts.filter((part) => !part.menu);
      const tables = real.filter((part) => part.kind === "table" && part.records.length >= 1 && part.headers.length > 1);
      const rich = real.filter((part) => part.kind === "cards" || part.kind === "table");
      const records = rich.reduce((sum, part) => sum + part.records.length, 0);
      // The same first words in every card are labels: the card is the record.
      const words = rich.map((part) => JSON.stringify(part.records.map((one) => one.values[0]?.h || one.values[0]?.t)));
      const labels = words.length >= 2 && words.length >= outer.records.length * 0.6 && new Set(words).size === 1 && rich.every((part) => part.records.every((one) => !one.values[0]?.a));
      if (labels && !tables.length) {
        parts.forEach((part) => dropped.add(part));
        continue;
      }
      // As many small parts in each of three and more: the lines of a card, not a list in a section.
      const sizes = new Set(rich.map((part) => part.records.length));
      const plain = rich.every((part) => part.records.every((one) => one.values.length <= 3 && one.values.every((value) => !value.a)));
      if (outer.records.length >= 3 && rich.length === outer.records.length && sizes.size === 1 && Math.max(...sizes) <= 3 && plain && !tables.length) {
        parts.forEach((part) => dropped.add(part));
        continue;
      }
      const described = real.filter((part) => part.kind === "record").length;
      if (tables.length || (records >= outer.records.length * 2 && records >= 4 && described < outer.records.length)) dropped.add(outer);
      else parts.forEach((part) => dropped.add(part));
    }
    const gone = (one) => {
      for (let outer = one.outer; outer; outer = outer.outer) if (dropped.has(one)) return true;
      return dropped.has(one);
    };
    return found.filter((one) => !gone(one));
  };

  const RANGE = /\b\d[\d.,\s]*?\s*(?:-|–|—|\.\.|…|to|bis|à|až|al?)\s*\d[\d.,\s]*\s*(?:(?:out\s+)?of|\/|from|von|de|sur|di|av|z)\s*(?:about\s+)?(\d[\d.,\s]*)/i;
  const TOTALS = [
    /\b(?:showing|displaying|page)\b.*?\bof\s+(\d[\d.,]*)\s+(?:entries|results|items|records|rows)/i,
    /^(?:total|all|found)\s*:?\s*(\d[\d.,]*)\b/i,
    /^(\d[\d.,]*)\s+(?:\w+\s+)?(?:results?|entries|items|records|rows|matches|products|found|ergebnisse|einträge|total)\b/i,
  ];
  // A grid that draws a part of its rows says how many there are: its heads count as rows.
  const rowsTold = (element, atLeast) => {
    const holder = element.closest("[aria-rowcount]") || element.querySelector("[aria-rowcount]");
    const heads = holder ? [...holder.querySelectorAll("[role=row], tr")].filter((row) => row.querySelector("[role=columnheader], th[scope=col]") || (tagOf(row.parentElement) === "thead")).length : 0;
    const told = holder ? +attr(holder, "aria-rowcount") - heads : NaN;
    return told >= atLeast ? told : null;
  };
  const totalNear = (element, atLeast) => {
    for (const part of tagOf(element) === "table" ? [element.tFoot, element.caption, ...element.querySelectorAll("table")] : []) {
      const match = part && RANGE.exec(textOf(part, 200));
      const total = match ? +match[1].replace(/[.,\s]/g, "") : NaN;
      if (total >= atLeast) return total;
    }
    let node = element;
    for (let depth = 0; node && depth < 7 && tagOf(node) !== "body"; depth++) {
      const parent = parentOf(node);
      if (!parent) break;
      for (const sibling of parent.children) {
        if (sibling === node || SILENT.has(tagOf(sibling)) || !displayed(sibling)) continue;
        const lines = linesOf(sibling, 600);
        if (lines.length > 12) continue;
        for (const line of [...lines, lines.join(" ")]) {
          if (line.length > 160 || /\b(selected|ausgewählt|cart|basket)\b/i.test(line)) continue;
          for (const pattern of depth < 3 ? [RANGE, ...TOTALS] : [RANGE]) {
            const match = pattern.exec(line);
            const total = match ? +match[1].replace(/[.,\s]/g, "") : NaN;
            if (total >= atLeast) return total;
          }
        }
      }
      node = parent;
    }
    return null;
  };

  // ---- forms -------------------------------------------------------------------------------------------------------

  // A field of a component stands in the form around its host.
  const formAround = (element) => {
    for (let inner = element; inner; inner = inner.getRootNode().host) {
      const owner = inner.form || inner.closest?.("form");
      if (owner) return owner;
    }
    return scriptedForm(element);
  };
  const formNodesOf = (entries) => {
    const groups = new Map();
    for (const entry of entries) {
      const element = entry.element;
      if (!isControl(element) && !["checkbox", "radio", "switch", "combobox", "textbox", "searchbox", "slider", "spinbutton"].includes(entry.role)) continue;
      const owner = formAround(element);
      if (!owner) continue;
      (groups.get(owner) || groups.set(owner, []).get(owner)).push(entry);
    }
    return groups;
  };
  const FIELDS = "input:not([type=hidden]):not([type=submit]):not([type=button]):not([type=image]):not([type=reset]), select, textarea, [contenteditable=''], [contenteditable=true], [role=textbox], [role=combobox]";
  // Controls without <form>: the smallest ancestor that holds a field and a button acts as one.
  let formCache = new WeakMap();
  const actsAsForm = (node) => {
    let answer = formCache.get(node);
    if (answer === undefined) {
      answer = ["tr", "td", "th", "li", "table", "thead", "tbody"].includes(tagOf(node)) && !node.querySelector("input[type=password]") ? "no" : !node.querySelector(FIELDS) || !node.querySelector("button, [role=button], input[type=submit], input[type=button]") ? "no" : node.querySelector("form") ? "outside" : "yes";
      formCache.set(node, answer);
    }
    return answer;
  };
  const scriptedForm = (element) => {
    let node = parentOf(element);
    for (let depth = 0; node && depth < 8 && tagOf(node) !== "body"; depth++, node = parentOf(node)) {
      const answer = actsAsForm(node);
      if (answer !== "no") return answer === "yes" ? node : null;
    }
    return null;
  };
  const pathTemplate = (url) => {
    try {
      const parsed = new URL(url, document.baseURI);
      return parsed.origin + parsed.pathname.split("/").map((part) => (/\d/.test(part) || part.length > 40 ? "*" : part)).join("/");
    } catch {
      return "";
    }
  };

  // ---- headings and messages ---------------------------------------------------------------------------------------

  let pseudo = new WeakSet();
  const isHeading = (element) => pseudo.has(element) || /^h[1-6]$/.test(tagOf(element)) || attr(element, "role") === "heading" || ["caption", "legend"].includes(tagOf(element));
  const messagesOf = (elements) => {
    const texts = [];
    for (const element of elements) {
      const marked = MESSAGE_ROLES.has(attr(element, "role")) || ["polite", "assertive"].includes(attr(element, "aria-live")) || tagOf(element) === "output";
      const named = !marked && typeof element.className === "string" && MESSAGE_WORDS.test(element.className + " " + element.id);
      if (!marked && !named) continue;
      if (!shown(element) || element.querySelector("form, table, input, h1")) continue;
      const text = textOf(element, 500);
      if (!text || text.length > 480) continue;
      if (texts.some((known) => known === text || known.includes(text))) continue;
      texts.push(text);
      if (texts.length >= 20) break;
    }
    return texts;
  };
  const dialogOpen = () => {
    const modal = document.querySelector("dialog[open]:modal, [aria-modal=true], [role=dialog], [role=alertdialog]");
    if (modal && shown(modal) && modal.getClientRects().length && textOf(modal, 40)) {
      const box = modal.getBoundingClientRect();
      if (box.width > 40 && box.height > 20) return true;
    }
    // An overlay without a role: what lies under the middle is fixed and covers most of the window.
    for (const [fx, fy] of [[0.5, 0.5], [0.05, 0.5]]) {
      for (let node = document.elementFromPoint(innerWidth * fx, innerHeight * fy); node && node !== document.body && node !== document.documentElement; node = parentOf(node)) {
        const style = getComputedStyle(node);
        if (style.position === "fixed") {
          const box = node.getBoundingClientRect();
          if (box.width >= innerWidth * 0.9 && box.height >= innerHeight * 0.9 && document.body.scrollHeight > 0 && node.querySelectorAll("*").length < document.querySelectorAll("body *").length * 0.6) return true;
        }
      }
    }
    return false;
  };

  // ---- the snapshot ------------------------------------------------------------------------------------------------

  const KEPT_ATTRIBUTES = ["id", "name", "data-testid", "data-test", "data-test-id", "data-qa", "data-cy", "aria-label", "title", "autocomplete", "class", "download", "rel", "target", "aria-current", "aria-selected", "aria-pressed", "aria-haspopup", "aria-controls", "aria-sort", "aria-disabled", "aria-invalid", "min", "max", "step", "maxlength", "pattern", "accept", "alt", "inputmode", "type"];
  const SCRIPTED = /^\s*javascript:/i;
  const attributesOf = (element) => {
    const kept = {};
    for (const name of KEPT_ATTRIBUTES) {
      const value = element.getAttribute(name);
      if (value !== null && value !== "") kept[name] = cut(value, 300);
    }
    if (element.hasAttribute("download")) kept.download = attr(element, "download");
    const href = element.getAttribute("href");
    if (href !== null) kept.href = SCRIPTED.test(href) ? "javascript:" : cut(typeof element.href === "string" ? element.href : href, 2000);
    return kept;
  };
  const stateOf = (element, role, name) => {
    if (typeof element.checked === "boolean" && ["checkbox", "radio"].includes(element.type)) return element.checked;
    const stated = ["checkbox", "radio", "switch", "menuitemcheckbox", "menuitemradio"].includes(role) ? attr(element, "aria-checked") : attr(element, "aria-pressed");
    return stated === "true" ? true : stated === "false" ? false : null;
  };
  const currentValue = (element) => {
    const tag = tagOf(element);
    if (tag === "input") {
      if (element.type === "password") return "";
      if (element.type === "file") return [...element.files].map((file) => file.name).join(", ");
      if (["checkbox", "radio"].includes(element.type)) return element.value === "on" ? "" : element.value;
      return cut(element.value, 2000);
    }
    if (tag === "textarea") return cut(element.value, 2000);
    if (tag === "select") return squeeze([...element.selectedOptions].map((option) => option.label).join(", "));
    if (element.isContentEditable) return textOf(element, 2000);
    return attr(element, "aria-valuetext") || attr(element, "aria-valuenow");
  };
  const shadowOf = (element) => {
    const hosts = [];
    for (let root = element.getRootNode(); root instanceof ShadowRoot; root = root.host.getRootNode()) hosts.unshift(tagOf(root.host));
    return hosts;
  };

  const snapshot = () => {
    shownCache = new WeakMap();
    regionCache = new WeakMap();
    stepCache = new WeakMap();
    dataCache = new WeakMap();
    formCache = new WeakMap();
    const root = document.body || document.documentElement;
    const entries = [];
    const all = [];
    const frames = [];
    const headings = [];
    const noHeadings = !document.querySelector("h1, h2, h3, [role=heading]");
    pseudo = new WeakSet();
    let heading = "";
    let hidden = 0;
    const walk = (element, hiddenAbove) => {
      const tag = tagOf(element);
      if (tag === "script" || tag === "style" || tag === "template" || tag === "noscript") return;
      if (tag === "iframe" || tag === "frame") {
        const box = element.getBoundingClientRect();
        frames.push({ ref: refOf(element), name: attr(element, "name") || element.id, title: attr(element, "title"), src: attr(element, "src"), box: [box.x + scrollX, box.y + scrollY, box.width, box.height], shown: shown(element) && box.width > 1 && box.height > 1 });
        return;
      }
      all.push(element);
      const visible = !hiddenAbove && displayed(element);
      if (isHeading(element) || (noHeadings && visible && looksLikeHeading(element))) {
        if (!isHeading(element)) pseudo.add(element);
        if (visible) {
          const text = textOf(element, 200);
          if (text) {
            heading = text;
            if (/^h[1-3]$/.test(tag) || pseudo.has(element) || (attr(element, "role") === "heading" && +(attr(element, "aria-level") || 2) <= 3)) headings.push(text);
            if (entries.length < LIMITS.nodes && tag !== "legend" && tag !== "caption") entries.push({ element, tag, role: !opensSection(element) ? "heading" : ACTIVE_ROLES.has(attr(element, "role")) ? attr(element, "role") : "button", heading, visible });
          }
        }
      } else if (tag !== "option" && interactive(element, tag)) {
        if (entries.length < LIMITS.nodes && (visible || hidden++ < LIMITS.hidden)) entries.push({ element, tag, role: activeRole(element), heading, visible });
      } else if (tag === "img" && attr(element, "alt").trim() && visible) {
        if (entries.length < LIMITS.nodes) entries.push({ element, tag, role: "img", heading, visible });
      } else if (MESSAGE_ROLES.has(attr(element, "role")) && visible) {
        if (entries.length < LIMITS.nodes) entries.push({ element, tag, role: attr(element, "role"), heading, visible });
      }
      if (tag === "svg" || tag === "select") return;
      for (const child of childrenOf(element)) walk(child, !visible);
    };
    if (root) walk(root, false);

    const found = root ? collectionsOf(root) : [];
    const places = new Map();
    const headingBefore = headingFinder(all);
    const collections = found.map((collection) => {
      const own = headingFor(collection.element, headingBefore);
      const around = regionOf(["table", "grid", "treegrid"].includes(roleOf(collection.element)) ? parentOf(collection.element) : collection.element);
      const menu = collection.menu && !own && around !== "main";
      const region = menu ? "navigation" : around;
      return {
        ref: refOf(collection.element),
        kind: collection.kind,
        heading: own,
        headers: collection.headers,
        path: pathOf(collection.element),
        region: region === "table" ? "" : region,
        total: collection.kind === "record" ? null : rowsTold(collection.element, collection.records.length) || totalNear(collection.element, collection.records.length),
        told: collection.kind !== "record" && Boolean(rowsTold(collection.element, collection.records.length)),
        records: collection.records.map((one) => {
          const ref = refOf(one.element);
          if (collection.kind !== "record") places.set(one.element, { ref, cells: one.cells, headers: collection.headers });
          return { ref, values: one.values.map((value) => packed(value, collection.kind === "table")), nodes: [] };
        }),
      };
    });
    const recordByRef = new Map();
    for (const collection of collections) for (const one of collection.records) recordByRef.set(one.ref, one);
    const holders = new Set(found.filter((one) => one.kind === "record").map((one) => one.element));

    const formGroups = formNodesOf(entries);
    const formRefs = new Map();
    const forms = [];
    for (const [owner, members] of formGroups) {
      const native = tagOf(owner) === "form";
      const fields = members.filter((entry) => entry.element.matches(FIELDS));
      if (!native && !fields.length) continue;
      const ref = refOf(owner);
      formRefs.set(owner, ref);
      forms.push({
        ref,
        method: native ? (attr(owner, "method") || "get").toLowerCase().replace("dialog", "") : "",
        action: native ? owner.getAttribute("action") === null ? document.URL : new URL(owner.getAttribute("action"), document.baseURI).href : "",
        name: cut(referenced(owner, "aria-labelledby") || attr(owner, "aria-label") || textIfAny(owner.querySelector("legend")) || textIfAny(owner.querySelector("h1, h2, h3, h4")) || members[0].heading, 200),
        password: members.some((entry) => entry.element.type === "password"),
        file: members.some((entry) => entry.element.type === "file"),
        dialog: regionOf(parentOf(owner)) === "dialog",
        nodes: members.map((entry) => refOf(entry.element)),
      });
    }

    const nodes = entries.map((entry) => describe(entry, places, recordByRef, holders, formRefs));
    anchorsFor(nodes, entries);
    forms.forEach((form) => {
      const members = form.nodes.map((ref) => nodes.find((node) => node.ref === ref)).filter(Boolean);
      // Choices are often data: what radio buttons and rows of check boxes are called says nothing of the form.
      const boxes = members.filter((node) => node.input_type === "checkbox").length;
      const isChoice = (node) => node.input_type === "radio" || (node.input_type === "checkbox" && boxes > 2);
      const labels = members.filter((node) => !isChoice(node) && !["button", "submit", "image", "reset"].includes(node.input_type) && node.tag !== "button").map((node) => (node.label || node.name || node.placeholder || node.attributes.name || "").toLowerCase());
      form.labels = [...new Set(labels)].sort();
      form.template = form.action ? pathTemplate(form.action) : "";
    });
    const main = document.querySelector("main, [role=main]");
    const source = main && shown(main) && textOf(main, 80).length > 60 ? main : root;
    // Dialogs stand outside of the main part as a rule; what they say comes first, whatever the page's length.
    const asking = source ? [...document.querySelectorAll("dialog[open], [role=dialog], [role=alertdialog], [aria-modal=true]")].filter((one) => shown(one) && !source.contains(one) && !one.parentElement?.closest("dialog[open], [role=dialog], [role=alertdialog], [aria-modal=true]")).flatMap((one) => linesOf(one, 4000)) : [];
    const aside = (one) => one.closest("main, article, section, table, form, dialog");
    let heads = [...document.querySelectorAll("header, [role=banner]")].filter((one) => shown(one) && !aside(one));
    // Frameworks draw the head of a page as its uppermost bar of navigation.
    if (!heads.length) heads = [...document.querySelectorAll("nav, .navbar, .topbar, .top-bar, .app-bar, .masthead")].filter((one) => shown(one) && !aside(one) && !one.parentElement?.closest("nav, .navbar, .topbar, .top-bar, .app-bar, .masthead, footer, aside") && one.getBoundingClientRect().top + scrollY < 160 && one.getBoundingClientRect().height < 200);
    const banner = heads.flatMap((one) => linesOf(one, 1000, true)).slice(0, 20).map((line) => cut(line, 160));
    // What stands above the page's own part and is no navigation: notices of what the whole page is.
    const above = [];
    if (main && shown(main)) for (let node = main; node && node !== document.body; node = node.parentElement) {
      for (const other of node.parentElement?.children || []) if (other !== node && displayed(other) && other.compareDocumentPosition(main) & Node.DOCUMENT_POSITION_FOLLOWING && !SILENT.has(tagOf(other)) && !["nav", "footer", "aside", "form"].includes(tagOf(other))) above.push(...linesOf(other, 600, true));
    }
    return {
      doc,
      url: document.URL,
      origin: location.origin,
      title: document.title,
      language: (document.documentElement?.lang || "").toLowerCase().split(/[-_]/)[0],
      headings,
      messages: messagesOf(all),
      text: source ? cut([...asking, ...linesOf(source, LIMITS.text * 1.2)].join("\n"), LIMITS.text) : "",
      nodes,
      forms,
      banner,
      above: above.slice(0, 12).map((line) => cut(line, 160)),
      collections,
      frames,
      dialog: dialogOpen(),
      size: [document.documentElement.scrollWidth, document.documentElement.scrollHeight],
      scroll: [scrollX, scrollY],
    };
  };

  // Rows of tables repeat their columns' paths and headers: those are said once, by the collection.
  const packed = (value, inTable) => {
    const fields = [value.t, value.a, value.d, ...(inTable ? [] : [value.p, value.h])];
    while (fields.length > 1 && !fields[fields.length - 1]) fields.pop();
    return fields;
  };

  const describe = (entry, places, recordByRef, holders, formRefs) => {
    const { element, tag, role } = entry;
    const ref = refOf(element);
    const name = nameOf(element, role);
    const field = isControl(element) || ["textbox", "combobox", "searchbox", "spinbutton", "slider", "checkbox", "radio", "switch", "listbox"].includes(role);
    const box = boxOf(element);
    const visible = entry.visible && box[2] > 0 && box[3] > 0 && getComputedStyle(element).opacity !== "0";
    let row = "";
    let column = "";
    for (let node = element, below = null; node; below = node, node = parentOf(node)) {
      const place = places.get(node);
      if (place) {
        row = place.ref;
        if (place.cells && below) {
          const index = place.cells.findIndex((cell) => cell && contains(cell, element));
          if (index >= 0) column = place.headers[index] || "";
        }
        break;
      }
      if (holders.has(node) && !row) row = refOf(node);
    }
    if (row && role !== "heading") recordByRef.get(row)?.nodes.push(ref);
    let form = "";
    if (field || tag === "button" || role === "button") {
      const owner = formAround(element);
      form = (owner && formRefs.get(owner)) || "";
    }
    const node = {
      ref, tag, role, name,
      input_type: tag === "input" || tag === "button" ? element.type : "",
      label: field && tag !== "button" && !["submit", "button", "image", "reset"].includes(element.type) ? labelOf(element) : "",
      placeholder: squeeze(attr(element, "placeholder") || attr(element, "aria-placeholder")),
      text: field && tag !== "button" ? "" : textOf(element, 200),
      value: field && tag !== "button" ? currentValue(element) : "",
      attributes: attributesOf(element),
      heading: entry.heading,
      region: regionOf(element),
      form, row, column,
      anchors: [],
      shadow: shadowOf(element),
      box, visible,
      enabled: enabledOf(element),
      covered: visible ? coveredAt(element) : false,
      checked: stateOf(element, role),
      expanded: attr(element, "aria-expanded") === "true" ? true : attr(element, "aria-expanded") === "false" ? false : tag === "summary" ? Boolean(element.parentElement?.open) : null,
      required: field && tag !== "button" && requiredOf(element),
      options: tag === "select" ? [...element.options].slice(0, 500).map((option) => squeeze(option.label || option.text)) : [],
      path: pathOf(element),
    };
    if (!node.name && node.label && field) node.name = node.label;
    return node;
  };

  // Without a legend, what a group of radio buttons asks for stands before its first one.
  const beforeGroup = (radio) => {
    const like = radio.name ? [...radio.getRootNode().querySelectorAll("input[type=radio]")].find((one) => one.name === radio.name && one.form === radio.form) : null;
    const first = like || radio;
    return cut(precedingText(first.closest("label") || first).replace(/\s*[:*]\s*$/, ""), 80);
  };

  const COUNTS_DOWN = /^\s*[-\u2212\u2013]\s*$/;
  const anchorsFor = (nodes, entries) => {
    for (let index = 0; index < nodes.length; index++) {
      const texts = [];
      const add = (text) => {
        if (text && text !== nodes[index].name && !texts.includes(text) && texts.length < 4) texts.push(cut(text, 80));
      };
      // What a group of options asks for stands in its legend, not beside the option.
      const group = ["radio", "checkbox"].includes(nodes[index].role) ? entries[index].element.closest?.("fieldset, [role=radiogroup], [role=group]") : null;
      if (group) add(referenced(group, "aria-labelledby") || squeeze(attr(group, "aria-label")) || textIfAny(group.querySelector("legend")));
      else if (entries[index].element.type === "radio") add(beforeGroup(entries[index].element));
      const before = textBefore(entries[index].element);
      if (before.length < 80) add(before);
      // A sign that lowers a number says nothing of which one: what stands before it does.
      if (nodes[index].role === "button" && COUNTS_DOWN.test(nodes[index].name) && before.length < 40 && /\p{L}/u.test(before)) nodes[index].label = before;
      for (let step = 1; step < 4; step++) {
        add(nodes[index - step]?.name);
        add(nodes[index + step]?.name);
      }
      nodes[index].anchors = texts;
    }
  };

  const headingFinder = (all) => {
    const order = new Map();
    const marks = [];
    all.forEach((element, index) => {
      order.set(element, index);
      if (isHeading(element) && tagOf(element) !== "legend" && displayed(element)) marks.push([index, element]);
    });
    return (element) => {
      const at = order.get(element);
      let last = "";
      for (const [index, mark] of marks) {
        if (at === undefined || index > at) break;
        const text = textOf(mark, 200);
        if (text) last = text;
      }
      return last;
    };
  };
  const headingFor = (element, before) => {
    if (tagOf(element) === "table" && element.caption) return textOf(element.caption, 200);
    const named = referenced(element, "aria-labelledby") || squeeze(attr(element, "aria-label"));
    return named || before(element);
  };
  // Pages without heading tags have headings all the same: short lines in big or bold type of their own.
  const BIG_TAGS = new Set(["b", "strong", "font", "big", "center", "p", "div", "span", "td", "u"]);
  const looksLikeHeading = (element) => {
    if (!BIG_TAGS.has(tagOf(element)) || element.closest("a, button, label, li, form table")) return false;
    const text = ownText(element);
    if (!text || text.length > 80 || /[.!?]$/.test(text) || !/\p{L}/u.test(text)) return false;
    const style = getComputedStyle(element);
    const base = parseFloat(getComputedStyle(document.body).fontSize) || 16;
    const big = parseFloat(style.fontSize) >= base * 1.25;
    if (!big) return false;
    const line = element.closest("p, div, td, center, body");
    return !line || textOf(line, 400).length < text.length + 300;
  };

  globalThis.podium = { doc, adopt, rootOf, elementOf, refOf, snapshot: () => JSON.stringify({ ...snapshot(), closed: hostsOfClosed(), widened: podium.widen() }), squeeze, textOf, nameOf, roleOf, shown, parentOf, contains, belongs, deepHit, pointOf, enabledOf, attr, tagOf, currentValue, reset: () => { shownCache = new WeakMap(); } };
})();
