// Grids draw only the columns that are in view. One that is given the room of all its columns draws them all, in a single
// reading, where scrolling sideways would show parts of rows. Only the width of the grid changes, nothing of what it holds.
(() => {
  const { attr, shown } = globalThis.podium;
  const GRIDS = "[role=grid][aria-colcount], [role=treegrid][aria-colcount], [role=table][aria-colcount]";
  const WIDEST = 30000;
  const SLACK = 40;
  const PATIENCE = 3;
  const tried = new WeakMap();

  const columnsDrawn = (grid) => new Set([...grid.querySelectorAll("[role=columnheader][aria-colindex]")].map((head) => attr(head, "aria-colindex"))).size;
  const hiddenWidth = (grid) => Math.max(0, ...[grid, ...grid.querySelectorAll("div, table")].filter((part) => part.clientWidth > 0).map((part) => part.scrollWidth - part.clientWidth));

  // Returns whether a grid got more room, so that it is going to draw more.
  const widen = () => {
    let widened = false;
    for (const grid of document.querySelectorAll(GRIDS)) {
      const drawn = columnsDrawn(grid);
      if (!drawn || Number(attr(grid, "aria-colcount")) <= drawn || !shown(grid)) continue;
      const missing = hiddenWidth(grid);
      const width = grid.getBoundingClientRect().width + missing + SLACK;
      if (missing < 2 || width > WIDEST) continue;
      // A grid that draws no more for it (its count tells of hidden columns) is left as it is from then on.
      const before = tried.get(grid);
      const times = before && before.drawn === drawn ? before.times + 1 : 1;
      if (times > PATIENCE) continue;
      tried.set(grid, { drawn, times });
      for (const name of ["width", "min-width", "flex-basis"]) grid.style.setProperty(name, width + "px", "important");
      widened = true;
    }
    return widened;
  };

  Object.assign(globalThis.podium, { widen });
})();
