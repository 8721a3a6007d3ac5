// Names on the map: regions by how close one looks, artists as far as there is room. No two overlap: what matters
// more is placed first, and what would touch it is left out. While one only moves the map, what is shown stays.

const REGION_SIZES = [23, 17, 14.5];
const REGION_SHIFTS = [0, -0.9, 0.9, -1.8, 1.8]; // in heights of the name
const LONGEST_LABEL = 36;
const NAME_SIZE = 12.5;
const CANDIDATES = 420;
const MOST_SPRITES = 1500;
const GAP = 3;

export class Labels {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.sprites = new Map();
    this.shown = [];
    this.zoom = 0;
    this.boxes = [];
    this.obstacles = []; // boxes of the drawing that something lies above
    const style = getComputedStyle(document.documentElement);
    this.serif = style.getPropertyValue("--serif").trim();
    this.sans = style.getPropertyValue("--sans").trim();
  }

  resize(width, height, density) {
    this.density = density;
    this.canvas.width = Math.round(width * density);
    this.canvas.height = Math.round(height * density);
    this.sprites.clear();
  }

  /** Draw the labels; `marked` are places of artists that are named in any case, with a ring around the dot. */
  draw(map, view, palette, radius, marked) {
    const context = this.context;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.setTransform(this.density, 0, 0, this.density, 0, 0);
    this.palette = palette;
    this.view = view;
    this.boxes = [...this.obstacles];
    for (const each of marked) this.mark(map, view, each, radius);
    this.regions(map, view);
    this.names(map, view, radius, new Set(marked));
  }

  mark(map, view, each, radius) {
    const [px, py] = view.toScreen(map.x[each], map.y[each]);
    const context = this.context;
    for (const [width, colour] of [[5, this.palette.paper], [2.5, this.palette.accent]]) {
      context.beginPath();
      context.arc(px, py, radius + 5, 0, 2 * Math.PI);
      context.lineWidth = width;
      context.strokeStyle = colour;
      context.stroke();
    }
    const sprite = this.sprite(map.names[each], `600 ${NAME_SIZE + 2}px ${this.sans}`, this.palette.ink);
    this.place(sprite, px + radius + 9, py - sprite.height / 2, true);
  }

  regions(map, view) {
    const finest = Math.max(0, ...map.regions.map((each) => each.level));
    const level = Math.min(finest, view.zoom < 2 ? 0 : view.zoom < 5 ? 1 : 2);
    if (view.zoom > 22) return;
    for (const each of map.regions) {
      const next = each.level === level + 1;
      if (each.level !== level && !(next && view.zoom > 1.25)) continue;
      const [px, py] = view.toScreen(each.x, each.y);
      if (px < 0 || py < 0 || px > view.width || py > view.height) continue;
      const size = REGION_SIZES[Math.min(each.level, 2)] - (next ? 2 : 0);
      this.region(each.label, `italic ${size}px ${this.serif}`, next, px, py);
    }
  }

  /** Place the name of a region where it lies or somewhat above or below; shortened where that does not fit. */
  region(label, font, next, px, py) {
    const shorter = label.split(", ").slice(0, 2).join(", ");
    for (const text of new Set(label.length > LONGEST_LABEL ? [shorter] : [label, shorter])) {
      const sprite = this.sprite(text, font, next ? this.palette.soft : this.palette.ink);
      const left = Math.max(4, Math.min(this.view.width - sprite.width - 4, px - sprite.width / 2));
      for (const shift of next ? [0] : REGION_SHIFTS) {
        if (this.place(sprite, left, py + (shift - 0.5) * sprite.height)) return;
      }
    }
  }

  names(map, view, radius, marked) {
    const { left, right, bottom, top } = view.bounds();
    const { x, y } = map;
    const inside = (each) => x[each] > left && x[each] < right && y[each] > bottom && y[each] < top;
    // After a change of the zoom the best known come first anew; else those that were shown.
    const moved = Math.abs(Math.log(view.zoom / (this.zoom || 1))) < 0.12 && this.zoom > 0;
    if (!moved) this.zoom = view.zoom;
    const before = moved ? this.shown.filter(inside) : [];
    const known = new Set(before);
    const candidates = before;
    let seen = 0;
    for (const each of map.priority) {
      if (!inside(each)) continue;
      seen++;
      if (candidates.length < CANDIDATES && !known.has(each)) candidates.push(each);
    }
    const room = (view.width * view.height) / (5200 + 24 * Math.min(seen, 1600));
    this.shown = [];
    for (const each of candidates) {
      if (this.shown.length >= room) break;
      if (!marked.has(each) && this.name(map, view, each, radius)) this.shown.push(each);
    }
  }

  name(map, view, each, radius) {
    const [px, py] = view.toScreen(map.x[each], map.y[each]);
    const sprite = this.sprite(map.names[each], `${NAME_SIZE}px ${this.sans}`, this.palette.ink);
    const { width, height } = sprite;
    return (
      this.place(sprite, px + radius + 2, py - height / 2) ||
      this.place(sprite, px - radius - 2 - width, py - height / 2) ||
      this.place(sprite, px - width / 2, py - radius - height) ||
      this.place(sprite, px - width / 2, py + radius)
    );
  }

  /** Draw a sprite where nothing stands yet and all of it can be seen; false otherwise. */
  place(sprite, left, top, anyway = false) {
    const right = left + sprite.width, bottom = top + sprite.height;
    if (!anyway) {
      if (left < 0 || right > this.view.width || top < 0 || bottom > this.view.height) return false;
      for (const box of this.boxes) {
        if (left < box.right && right > box.left && top < box.bottom && bottom > box.top) return false;
      }
    }
    this.boxes.push({ left: left - GAP, right: right + GAP, top, bottom, text: sprite.text });
    // On whole pixels of the screen: in between, letters blur.
    const whole = (value) => Math.round(value * this.density) / this.density;
    this.context.drawImage(sprite.canvas, whole(left), whole(top), sprite.width, sprite.height);
    return true;
  }

  /** A text with a halo, drawn once. */
  sprite(text, font, colour) {
    const key = `${font}|${colour}|${text}`;
    const kept = this.sprites.get(key);
    if (kept) return kept;
    if (this.sprites.size > MOST_SPRITES) this.sprites.clear();
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d");
    context.font = font;
    const shown = text.length > 42 ? `${text.slice(0, 41)}…` : text;
    const size = parseFloat(/([\d.]+)px/.exec(font)[1]);
    const width = Math.ceil(context.measureText(shown).width) + 6, height = Math.ceil(size * 1.3) + 4;
    canvas.width = width * this.density;
    canvas.height = height * this.density;
    context.scale(this.density, this.density);
    context.font = font;
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.lineWidth = 3.5;
    context.strokeStyle = this.palette.paper;
    // Names of regions let the dots below them show.
    context.globalAlpha = font.startsWith("italic") ? 0.6 : 0.88;
    context.strokeText(shown, 3, height / 2);
    context.globalAlpha = 1;
    context.fillStyle = colour;
    context.fillText(shown, 3, height / 2);
    const sprite = { canvas, width, height, text };
    this.sprites.set(key, sprite);
    return sprite;
  }
}
