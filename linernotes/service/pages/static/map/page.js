// The page of the map: loads it, and joins what is around it: search, colours, buttons, the address.

import { combobox, root } from "../combobox.js";
import { Atlas } from "./atlas.js";
import { load } from "./data.js";
import { moving } from "./moving.js";

const NAMES = { genre: "genre", mood: "mood", era: "era", place: "place", instrument: "instrument" };
const SUGGESTED = 8;

const section = document.querySelector("[data-map]");
const find = (selector) => section.querySelector(selector);

try {
  begin(await load(section.dataset.map));
} catch (error) {
  find(".map-wait").textContent = `${error.message} The list below has the same artists.`;
}

function begin(map) {
  const parts = {
    stage: find(".map-stage"),
    panel: find(".map-panel"),
    buttons: find(".map-buttons"),
    points: find(".map-points"),
    labels: find(".map-labels"),
    tip: find(".map-tip"),
    said: find("[data-map-said]"),
  };
  const atlas = new Atlas(map, parts, (id) => `${root}/artists/${id}`);
  section.atlas = atlas; // for measurements and for who embeds the map
  find(".map-wait").hidden = true;
  moving(parts.labels, atlas);
  parts.labels.addEventListener("blur", () => {
    atlas.keys = false;
    atlas.look();
  });
  buttons(atlas);
  colours(atlas);
  search(atlas);
  address(atlas);
  for (const [target, event] of [
    [window, "themechange"],
    [matchMedia("(prefers-color-scheme: dark)"), "change"],
  ]) {
    target.addEventListener(event, () => {
      atlas.recolour();
      legend(atlas);
    });
  }
  section.dataset.ready = "";
}

function buttons(atlas) {
  const does = { in: () => atlas.zoom(2), out: () => atlas.zoom(0.5), all: () => atlas.everything() };
  for (const button of section.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", does[button.dataset.zoom]);
  }
}

function colours(atlas) {
  const choice = find("#map-facet");
  choice.replaceChildren(
    ...Object.keys(atlas.map.facets).map((facet) => new Option(NAMES[facet] ?? facet, facet)),
    new Option("nothing", ""),
  );
  choice.addEventListener("change", () => {
    atlas.facet = choice.value || null;
    atlas.only = null;
    legend(atlas);
    atlas.look();
  });
  legend(atlas);
  atlas.resize(); // the panel is as high as its legend only now
}

/** The colours and what they mean; pressing one shows its artists alone. */
function legend(atlas) {
  const list = find(".map-legend");
  const facet = atlas.facet && atlas.map.facets[atlas.facet];
  list.replaceChildren(
    ...(facet ? facet.terms : []).map((term, place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("aria-pressed", String(atlas.only === place));
      const swatch = document.createElement("span");
      swatch.className = "swatch";
      swatch.style.background = atlas.palette.terms[place];
      const count = document.createElement("small");
      count.textContent = facet.counts[place].toLocaleString("en");
      button.append(swatch, term, " ", count);
      button.addEventListener("click", () => {
        atlas.only = atlas.only === place ? null : place;
        for (const [each, item] of [...list.children].entries()) {
          item.firstChild.setAttribute("aria-pressed", String(atlas.only === each));
        }
        atlas.look();
      });
      const item = document.createElement("li");
      item.append(button);
      return item;
    }),
  );
}

function search(atlas) {
  const input = find("#map-find");
  const { map } = atlas;
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/^the /, "");
  let keys = null;
  const ask = async (text) => {
    keys ??= map.names.map(plain);
    const wanted = plain(text);
    const begins = [], holds = [];
    for (const each of map.priority) {
      if (keys[each].startsWith(wanted)) begins.push(each);
      else if (holds.length < SUGGESTED && keys[each].includes(wanted)) holds.push(each);
      if (begins.length >= SUGGESTED) break;
    }
    return [...begins, ...holds]
      .slice(0, SUGGESTED)
      .map((each) => ({ id: map.ids[each], text: map.names[each], note: atlas.about(each) }));
  };
  combobox(input, ask, (item) => {
    input.value = item.text;
    atlas.show(item.id);
    find("[data-map-said]").textContent = `${item.text} is in the middle of the map.`;
  });
}

/** The address keeps the view, so that going back comes back to it, and leads to an artist. */
function address(atlas) {
  const [x, y, zoom, facet] = decodeURIComponent(location.hash.slice(1)).split(",");
  const wanted = new URLSearchParams(location.search).get("artist");
  if (facet && facet in atlas.map.facets) {
    atlas.facet = find("#map-facet").value = facet;
    legend(atlas);
  }
  if ([x, y, zoom].every((each) => each && Number.isFinite(Number(each)))) {
    atlas.view.set(Number(x), Number(y), Number(zoom));
    if (wanted) atlas.found = [...atlas.map.ids].indexOf(Number(wanted));
    if (atlas.found < 0) atlas.found = null;
    atlas.look();
  } else if (wanted && !atlas.show(Number(wanted), false)) {
    find("[data-map-said]").textContent = "That artist is not on the map.";
  }
  let waiting = 0;
  atlas.looked = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const { view } = atlas;
      const shown = [view.x.toFixed(4), view.y.toFixed(4), view.zoom.toFixed(2), atlas.facet ?? ""];
      history.replaceState(history.state, "", `#${shown.join(",")}`);
    }, 300);
  };
}
