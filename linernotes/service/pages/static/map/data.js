// The map as it comes from the service, made ready for drawing: typed arrays in the order of a grid, so that what
// is in view lies together in memory.

const CELLS = 64;

/** Fetch the map; see linernotes/service/pages/map_data.py for the members. */
export async function load(url) {
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`The map cannot be loaded (${answer.status}).`);
  return decode(await answer.json());
}

export function decode(sent) {
  const count = sent.artists;
  const ids = new Float64Array(count);
  let last = 0;
  for (let each = 0; each < count; each++) ids[each] = last += sent.id[each];
  const box = extent(sent.x, sent.y, sent.scale);
  const order = byCell(sent, box);
  const map = {
    count,
    box,
    starts: order.starts,
    ids: new Float64Array(count),
    names: new Array(count),
    x: new Float32Array(count),
    y: new Float32Array(count),
    familiarity: new Uint8Array(count),
    facets: {},
    nothing: sent.nothing,
    regions: sent.regions.map((each) => ({ ...each, x: each.x / sent.scale, y: each.y / sent.scale })),
  };
  for (let place = 0; place < count; place++) {
    const each = order.places[place];
    map.ids[place] = ids[each];
    map.names[place] = sent.name[each];
    map.x[place] = sent.x[each] / sent.scale;
    map.y[place] = sent.y[each] / sent.scale;
    map.familiarity[place] = sent.familiarity[each];
  }
  for (const [facet, { terms, counts, artist }] of Object.entries(sent.facets)) {
    const colour = new Uint8Array(count);
    for (let place = 0; place < count; place++) colour[place] = artist[order.places[place]];
    if (terms.length) map.facets[facet] = { terms, counts, colour };
  }
  // The best known first: who is named where not all names have room.
  map.priority = Uint32Array.from(map.ids.keys()).sort((a, b) => map.familiarity[b] - map.familiarity[a] || a - b);
  return map;
}

function extent(xs, ys, scale) {
  let left = Infinity, right = -Infinity, bottom = Infinity, top = -Infinity;
  for (let each = 0; each < xs.length; each++) {
    left = Math.min(left, xs[each]);
    right = Math.max(right, xs[each]);
    bottom = Math.min(bottom, ys[each]);
    top = Math.max(top, ys[each]);
  }
  const margin = 0.01 * scale;
  return {
    left: (left - margin) / scale,
    right: (right + margin) / scale,
    bottom: (bottom - margin) / scale,
    top: (top + margin) / scale,
  };
}

function byCell(sent, box) {
  const cells = new Uint16Array(sent.artists);
  const starts = new Uint32Array(CELLS * CELLS + 1);
  for (let each = 0; each < sent.artists; each++) {
    cells[each] = column(sent.x[each] / sent.scale, box) + CELLS * row(sent.y[each] / sent.scale, box);
    starts[cells[each] + 1]++;
  }
  for (let cell = 0; cell < CELLS * CELLS; cell++) starts[cell + 1] += starts[cell];
  const next = starts.slice();
  const places = new Uint32Array(sent.artists);
  for (let each = 0; each < sent.artists; each++) places[next[cells[each]]++] = each;
  return { places, starts };
}

const within = (value) => Math.max(0, Math.min(CELLS - 1, Math.floor(value)));
const column = (x, box) => within(((x - box.left) / (box.right - box.left)) * CELLS);
const row = (y, box) => within(((y - box.bottom) / (box.top - box.bottom)) * CELLS);

/** Call `visit(first, end)` for stretches of artists that hold all those within the rectangle, and few others. */
export function stretches(map, left, right, bottom, top, visit) {
  const { box, starts } = map;
  if (right < box.left || left > box.right || top < box.bottom || bottom > box.top) return;
  const first = column(left, box), last = column(right, box);
  for (let each = row(bottom, box), end = row(top, box); each <= end; each++) {
    visit(starts[each * CELLS + first], starts[each * CELLS + last + 1]);
  }
}
