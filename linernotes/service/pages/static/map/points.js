// Dots, drawn into the pixels themselves. Of 50,000 dots, a canvas on a machine without a GPU draws seven frames a
// second as rectangles and three as arcs (Chromium, 1280×730); written into image data a frame takes 6 ms
// (benchmarks/map_frames.py).

import { stretches } from "./data.js";
import { pixel } from "./colours.js";

const PHASES = 3;
const MARGIN = 12;
const CROWD = 2000; // artists from which on those without a colour stand back

export class Points {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    this.masks = new Map();
  }

  resize(width, height, density) {
    this.density = density;
    this.width = Math.max(1, Math.round(width * density));
    this.height = Math.max(1, Math.round(height * density));
    this.canvas.width = this.width;
    this.canvas.height = this.height;
    this.stride = this.width + 2 * MARGIN;
    this.image = new ImageData(this.stride, this.height + 2 * MARGIN);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.masks.clear();
  }

  /**
   * Draw the artists of `map` that `view` shows, in the colours that `colour` (an element for each artist) picks
   * from `palette`. With `only`, the number of a term, the others fade.
   */
  draw(map, view, colour, palette, radius, only) {
    const table = [...palette.terms, palette.other, palette.nothing].map(pixel);
    this.pixels.fill(pixel(palette.paper));
    const faded = (each) => (only === null ? each >= palette.terms.length : each !== only);
    const masks = this.mask(radius * this.density);
    // What matters less lies below what matters more.
    for (const pass of [true, false]) {
      const strength = pass ? (only === null ? (map.count > CROWD ? 0.62 : 0.9) : 0.22) : 0.9;
      const drawn = Uint8Array.from(table, (_, each) => Number(faded(each) === pass));
      this.pass(map, view, colour, table, drawn, masks, Math.round(256 * strength));
    }
    this.context.putImageData(this.image, -MARGIN, -MARGIN);
  }

  pass(map, view, colour, table, drawn, masks, strength) {
    const { pixels, stride, density } = this;
    const scale = view.scale * density;
    const middleX = view.middleX * density + MARGIN, middleY = view.middleY * density + MARGIN;
    const right = this.width + MARGIN * 2 - MARGIN / 2, bottom = this.height + MARGIN * 2 - MARGIN / 2;
    const { x, y } = map;
    const { left, right: edge, bottom: low, top } = view.bounds(MARGIN / 2);
    stretches(map, left, edge, low, top, (first, end) => {
      for (let each = first; each < end; each++) {
        const kind = colour[each];
        if (drawn[kind] === 0) continue;
        const px = middleX + (x[each] - view.x) * scale, py = middleY - (y[each] - view.y) * scale;
        if (px < MARGIN / 2 || py < MARGIN / 2 || px >= right || py >= bottom) continue;
        const wholeX = Math.floor(px), wholeY = Math.floor(py);
        const phase = Math.floor((px - wholeX) * PHASES) + PHASES * Math.floor((py - wholeY) * PHASES);
        const { offsets, alphas } = masks[phase];
        const source = table[kind], sourceRB = source & 0xff00ff, sourceG = source & 0xff00;
        const start = wholeY * stride + wholeX;
        for (let part = 0; part < offsets.length; part++) {
          const at = start + offsets[part];
          const alpha = (alphas[part] * strength) >> 8;
          const under = pixels[at], rest = 256 - alpha;
          const redBlue = ((sourceRB * alpha + (under & 0xff00ff) * rest) >>> 8) & 0xff00ff;
          const green = ((sourceG * alpha + (under & 0xff00) * rest) >>> 8) & 0xff00;
          pixels[at] = 0xff000000 | redBlue | green;
        }
      }
    });
  }

  /** The pixels of a disc and how much of each it covers (0 to 256), for each place of its middle in a pixel. */
  mask(radius) {
    const size = Math.min(MARGIN / 2 - 1, Math.round(radius * 4) / 4);
    if (!this.masks.has(size)) this.masks.set(size, discs(size, this.stride));
    return this.masks.get(size);
  }
}

function discs(radius, stride) {
  const reach = Math.ceil(radius) + 1;
  const found = [];
  for (let phase = 0; phase < PHASES * PHASES; phase++) {
    const middleX = ((phase % PHASES) + 0.5) / PHASES, middleY = (Math.floor(phase / PHASES) + 0.5) / PHASES;
    const offsets = [], alphas = [];
    for (let dy = -reach; dy <= reach; dy++) {
      for (let dx = -reach; dx <= reach; dx++) {
        const distance = Math.hypot(dx + 0.5 - middleX, dy + 0.5 - middleY);
        const alpha = Math.round(256 * Math.max(0, Math.min(1, radius + 0.5 - distance)));
        if (alpha > 0) {
          offsets.push(dy * stride + dx);
          alphas.push(alpha);
        }
      }
    }
    found.push({ offsets: Int32Array.from(offsets), alphas: Uint16Array.from(alphas) });
  }
  return found;
}
