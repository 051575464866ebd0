// Tells what a person does, with the page as it was just before: taken in the event itself, ahead of whatever the page
// makes of it. Only trusted input counts; a field's value that looks like a secret is never sent, typed now or shown
// before. Runs after `acting.js`, in its world.
(() => {
  const { podium } = globalThis;
  if (!podium || podium.recording) return;
  podium.recording = true;

  const SECRET_FIELD = /pass(word|wort|phrase|e)?|kennwort|contrase|secret|geheim|token|api.?key|otp|one.?time|einmal|\bpin\b|\btan\b|cvv|cvc|security.?code|card.?number|kartennummer|iban/i;
  const SECRET_AUTOCOMPLETE = /password|one-time-code|cc-/;
  const luhn = (digits) => [...digits].reverse().reduce((sum, digit, index) => sum + (index % 2 ? (digit * 2 > 9 ? digit * 2 - 9 : digit * 2) : +digit), 0) % 10 === 0;
  const looksSecret = (value) => {
    const text = value.trim();
    if (/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(text) || /^(sk|pk|ghp|gho|xox[abp]|AKIA|AIza|glpat)[-_]?[\w-]{12,}$/.test(text)) return true;
    const digits = text.replace(/[ -]/g, "");
    if (/^\d{13,19}$/.test(digits) && luhn(digits)) return true;
    return text.length >= 20 && !/\s/.test(text) && !/^https?:|@|\//.test(text) && /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text);
  };
  const described = (field) => [field.name, field.id, field.placeholder, field.getAttribute("aria-label"), ...[...(field.labels || [])].map((label) => label.textContent)].filter(Boolean).join(" ");
  const isSecret = (field) => field.type === "password" || SECRET_AUTOCOMPLETE.test(field.autocomplete || "") || SECRET_FIELD.test(described(field));
  const valueOf = (field) => (field.isContentEditable ? field.innerText : field.value);

  // Names of the frames around this document, outermost first, as a snapshot calls them.
  const frames = () => {
    const names = [];
    try {
      for (let view = globalThis; view !== view.parent; view = view.parent) {
        let holder = null;
        try {
          holder = view.frameElement;
        } catch {
          holder = null; // a foreign page holds it
        }
        const path = /^https?:$/.test(view.location.protocol) ? view.location.pathname : "";
        names.unshift((holder && (holder.name || holder.id || holder.title)) || view.name || path || holder?.getAttribute("src") || "frame");
      }
    } catch {
      names.unshift("frame");
    }
    return names;
  };
  const pathOf = (event) => event.composedPath().filter((one) => one instanceof Element).slice(0, 15);
  const seen = () => {
    const page = JSON.parse(podium.snapshot());
    for (const node of page.nodes) {
      const field = node.value ? podium.elementOf(node.ref) : null;
      if (field && (isSecret(field) || looksSecret(node.value))) node.value = "";
    }
    return JSON.stringify(page);
  };
  const tell = (kind, elements, extra = {}, page = seen()) =>
    globalThis.podiumTell(JSON.stringify({ kind, refs: elements.map(podium.refOf), page, frames: frames(), url: location.href, ...extra }));

  // A field that is being filled, and the page as it was before.
  let filling = null;
  const flush = () => {
    if (!filling) return;
    const { field, page, elements } = filling;
    filling = null;
    const value = valueOf(field);
    if (isSecret(field) || looksSecret(value)) tell("secret", elements, { password: field.type === "password" }, page);
    else tell("fill", elements, { value }, page);
  };
  const isText = (element) => element.isContentEditable || element.localName === "textarea" || (element.localName === "input" && !["checkbox", "radio", "button", "submit", "reset", "image", "file", "range", "color"].includes(element.type));

  addEventListener(
    "beforeinput",
    (event) => {
      const [field] = pathOf(event);
      if (!event.isTrusted || !field || filling?.field === field) return;
      // Enter in a one-line field is told as a key.
      if (field.localName === "input" && ["insertLineBreak", "insertParagraph"].includes(event.inputType)) return;
      flush();
      if (isText(field)) filling = { field, elements: pathOf(event), page: seen() };
    },
    true,
  );
  addEventListener(
    "input",
    (event) => {
      const [field] = pathOf(event);
      // Date fields and the like tell of no input beforehand.
      if (event.isTrusted && field && isText(field) && filling?.field !== field) {
        flush();
        filling = { field, elements: pathOf(event), page: seen() };
      }
    },
    true,
  );
  addEventListener(
    "change",
    (event) => {
      const elements = pathOf(event);
      const [field] = elements;
      if (!event.isTrusted || !field) return;
      if (filling?.field === field) return flush();
      if (field.localName === "select") tell("select", elements, { value: [...field.selectedOptions].map((option) => option.label.trim()).join(", ") });
      else if (field.type === "checkbox" || field.type === "radio") tell("check", elements, { checked: field.checked });
      else if (field.type === "file") tell("upload", elements, { value: [...field.files].map((file) => file.name).join(", ") });
    },
    true,
  );
  // Pressed, not clicked: many pages are gone before the click.
  let pressed = null;
  addEventListener(
    "pointerdown",
    (event) => {
      if (!event.isTrusted || event.button !== 0) return;
      flush();
      pressed = { elements: pathOf(event), page: seen(), frames: frames() };
    },
    true,
  );
  addEventListener(
    "click",
    (event) => {
      const elements = pathOf(event);
      const [element] = elements;
      if (!event.isTrusted || !element || event.detail === 0) return; // detail 0: a key or a label did it
      const control = element.closest("label")?.control || element;
      // Their `change` tells more; a click into a text field is only the way to its text.
      if (["checkbox", "radio", "file"].includes(control.type) || control.localName === "select" || control.localName === "option" || isText(control)) return;
      const before = pressed && (pressed.elements[0] === element || podium.contains(pressed.elements[0], element) || podium.contains(element, pressed.elements[0])) ? pressed : null;
      pressed = null;
      if (before) tell("click", before.elements, {}, before.page);
      else tell("click", elements);
    },
    true,
  );
  addEventListener(
    "keydown",
    (event) => {
      const elements = pathOf(event);
      const [element] = elements;
      if (!event.isTrusted || !element || event.ctrlKey || event.metaKey || event.altKey) return;
      const text = isText(element);
      const button = element.closest("button, a, summary, [role=button], [role=link], [role=menuitem]");
      if (event.key === "Enter" && !text && button) return tell("click", elements);
      if (event.key === " " && button) return tell("click", elements);
      if (event.key === "Enter" && element.localName !== "textarea" && !element.isContentEditable) {
        flush();
        tell("press", elements, { key: "Enter" });
      } else if (["Escape", "ArrowDown", "ArrowUp", "PageDown", "PageUp"].includes(event.key) && !text) tell("press", elements, { key: event.key });
      else if (event.key === "Escape") tell("press", elements, { key: event.key });
    },
    true,
  );
  addEventListener("focusout", flush, true);
  addEventListener("pagehide", flush, true);
})();
