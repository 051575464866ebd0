"use strict";

// Pages work as a site does: nothing here knows the seed, only the attributes that the templates wrote.

function openMenus() {
  const openers = document.querySelectorAll("[aria-haspopup][aria-controls]");
  const show = (opener, open) => {
    opener.setAttribute("aria-expanded", String(open));
    document.getElementById(opener.getAttribute("aria-controls")).hidden = !open;
  };
  for (const opener of openers) {
    opener.addEventListener("click", () => {
      const wasOpen = opener.getAttribute("aria-expanded") === "true";
      for (const other of openers) show(other, other === opener && !wasOpen);
    });
  }
  document.addEventListener("click", (event) => {
    if (!event.target.closest("nav")) for (const opener of openers) show(opener, false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") for (const opener of openers) show(opener, false);
  });
}

function showOnce(selector, storage, delayMs) {
  const part = document.querySelector(selector);
  if (!part || storage.getItem(selector)) return;
  setTimeout(() => { part.hidden = false; }, delayMs);
  for (const button of part.querySelectorAll("[data-close]")) {
    button.addEventListener("click", () => {
      storage.setItem(selector, "seen");
      part.hidden = true;
    });
  }
}

function startCatalogue(root) {
  const item = root.querySelector("[data-item]");
  const loading = root.querySelector("[data-loading]");
  let view = null;
  let page = 0;

  function build() {
    view = document.createElement("div");
    view.append(document.importNode(root.querySelector("[data-view]").content, true));
    root.append(view);
    view.querySelector("[data-more]")?.addEventListener("click", () => load(page + 1));
    view.querySelector("[data-next]")?.addEventListener("click", () => load(page + 1));
    view.querySelector("[data-previous]")?.addEventListener("click", () => load(page - 1));
  }

  function row(product) {
    const made = document.importNode(item.content, true);
    for (const part of made.querySelectorAll("[data-fill]")) {
      part.textContent = product[part.dataset.fill];
      if (part.dataset.fill === "name") part.href = product.href;
    }
    return made;
  }

  function show(answer) {
    if (answer.total === 0) {
      root.append(document.importNode(root.querySelector("[data-none]").content, true));
      return;
    }
    if (!view) build();
    const more = view.querySelector("[data-more]");
    const list = view.querySelector("[data-list]");
    const rows = answer.items.map(row);
    if (more) list.append(...rows);
    else list.replaceChildren(...rows);
    page = answer.page;
    view.querySelector("[data-total]").textContent = answer.total;
    if (more) {
      more.disabled = false;
      more.hidden = page >= answer.pages;
      return;
    }
    view.querySelector("[data-where]").textContent = `${page} / ${answer.pages}`;
    view.querySelector("[data-previous]").disabled = page <= 1;
    view.querySelector("[data-next]").disabled = page >= answer.pages;
  }

  function load(wanted) {
    const address = new URL(root.dataset.source, location.href);
    address.searchParams.set(root.dataset.page, String(wanted));
    for (const button of root.querySelectorAll("button")) button.disabled = true;
    loading.hidden = false;
    setTimeout(async () => {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      show(await answer.json());
      loading.hidden = true;
    }, Number(root.dataset.delay));
  }

  load(1);
}

function start() {
  const catalogue = document.querySelector("[data-catalogue]");
  if (catalogue) startCatalogue(catalogue);
}

openMenus();
showOnce("[data-banner]", localStorage, 100);
showOnce("[data-overlay]", sessionStorage, 400);
const wait = document.querySelector("[data-wait]");
if (wait) {
  setTimeout(() => {
    const late = document.querySelector("[data-late]");
    wait.replaceWith(document.importNode(late.content, true));
    late.remove();
    start();
  }, Number(wait.dataset.wait));
} else {
  start();
}
