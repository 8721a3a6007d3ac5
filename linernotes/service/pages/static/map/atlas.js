// The map of artists: one view, the dots, the names, and what is told about the artist one points at.

import { stretches } from "./data.js";
import { palette } from "./colours.js";
import { Labels } from "./labels.js";
import { Points } from "./points.js";
import { View } from "./view.js";

const REACH = 14;
const GLIDE_MS = 450;
const CLOSEST = 9, IN_VIEW = 60; // how close one comes to an artist, and how many others are to be seen then
const WIDE = 760; // pixels from which on the panel stands beside the map, and not above it

export class Atlas {
  /** `parts` are the elements: stage, panel, buttons, points and labels (canvases), tip, said (a status line). */
  constructor(map, parts, opens) {
    this.map = map;
    this.parts = parts;
    this.opens = opens;
    this.view = new View(map.box);
    this.points = new Points(parts.points);
    this.labels = new Labels(parts.labels);
    this.palette = palette();
    this.facet = Object.keys(map.facets)[0] ?? null;
    this.plain = new Uint8Array(map.count).fill(map.nothing);
    this.only = null;
    this.found = null;
    this.hovered = null;
    this.keys = false;
    this.frame = 0;
    this.gliding = 0;
    this.drawn = [];
    this.looked = () => {};
    new ResizeObserver(() => this.resize()).observe(parts.stage);
    this.resize();
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.parts.stage;
    const density = Math.min(2, window.devicePixelRatio || 1);
    const { offsetLeft, offsetTop, offsetWidth, offsetHeight } = this.parts.panel;
    const beside = width > WIDE;
    this.view.resize(width, height, beside ? offsetLeft + offsetWidth : 0, beside ? 0 : offsetTop + offsetHeight);
    this.labels.obstacles = [this.parts.panel, this.parts.buttons].map((each) => boxOf(each));
    this.points.resize(width, height, density);
    this.labels.resize(width, height, density);
    this.draw();
  }

  /** The theme has changed. */
  recolour() {
    this.palette = palette();
    this.labels.sprites.clear();
    this.look();
  }

  /** Draw with the next frame. */
  look() {
    if (!this.frame) this.frame = requestAnimationFrame(() => this.draw());
    this.looked();
  }

  draw() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    const start = performance.now();
    const colour = this.facet ? this.map.facets[this.facet].colour : this.plain;
    const radius = this.radius();
    this.points.draw(this.map, this.view, colour, this.palette, radius, this.only);
    const middle = this.keys ? this.nearest(this.view.middleX, this.view.middleY, Infinity) : null;
    const marked = new Set([this.found, this.hovered, middle].filter((each) => each !== null));
    this.labels.draw(this.map, this.view, this.palette, radius, [...marked]);
    this.middle = middle;
    this.drawn.push(performance.now() - start);
    if (this.drawn.length > 600) this.drawn.shift();
  }

  /** Of a dot, in pixels: small where many are drawn, growing as one comes closer. */
  radius() {
    const room = Math.sqrt((this.view.width * this.view.height) / Math.max(1, this.map.count));
    return Math.min(5, Math.max(1.15, Math.min(4, 0.14 * room)) * this.view.zoom ** 0.38);
  }

  /** The place of the artist nearest to a point of the screen, at most `reach` pixels away; null for nobody. */
  nearest(px, py, reach = REACH) {
    const { map, view } = this;
    const [x, y] = view.toMap(px, py);
    const wide = Math.min(reach, Math.max(view.width, view.height)) / view.scale;
    let best = null, least = (reach / view.scale) ** 2;
    stretches(map, x - wide, x + wide, y - wide, y + wide, (first, end) => {
      for (let each = first; each < end; each++) {
        const distance = (map.x[each] - x) ** 2 + (map.y[each] - y) ** 2;
        if (distance < least) {
          least = distance;
          best = each;
        }
      }
    });
    return best;
  }

  hover(px, py) {
    const before = this.hovered;
    this.hovered = px === null ? null : this.nearest(px, py);
    if (before === this.hovered) return;
    this.parts.labels.style.cursor = this.hovered === null ? "" : "pointer";
    this.tell(this.hovered);
    if (!this.frame) this.frame = requestAnimationFrame(() => this.draw());
  }

  /** Show beside the dot what is known of an artist; a link for who has no pointer to follow with. */
  tell(each, linked = false) {
    const { tip } = this.parts;
    tip.hidden = each === null;
    if (each === null) return;
    const name = document.createElement(linked ? "a" : "strong");
    name.textContent = this.map.names[each];
    if (linked) name.href = this.opens(this.map.ids[each]);
    const lines = document.createElement("small");
    lines.textContent = this.about(each);
    tip.replaceChildren(name, lines);
    const [px, py] = this.view.toScreen(this.map.x[each], this.map.y[each]);
    const { width, height } = tip.getBoundingClientRect();
    tip.style.left = `${Math.max(8, Math.min(this.view.width - width - 8, px - width / 2))}px`;
    tip.style.top = `${py > height + 24 ? py - height - 16 : py + 20}px`;
  }

  /** The strongest coloured term of an artist in the facet that is shown. */
  about(each) {
    const facet = this.facet && this.map.facets[this.facet];
    return (facet && facet.terms[facet.colour[each]]) || "";
  }

  press(px, py, touch) {
    const each = this.nearest(px, py, touch ? 2 * REACH : REACH);
    if (each === null || (touch && this.found !== each)) {
      this.found = each;
      this.tell(each, touch);
      this.look();
      return;
    }
    location.assign(this.opens(this.map.ids[each]));
  }

  open() {
    const each = this.middle ?? null;
    if (each !== null) location.assign(this.opens(this.map.ids[each]));
  }

  /** Somebody moves the map by keys: name who is in the middle, also aloud. */
  withKeys() {
    this.keys = true;
    this.look();
    clearTimeout(this.saying);
    this.saying = setTimeout(() => {
      if (this.middle === null || this.middle === undefined) return;
      const about = this.about(this.middle);
      this.parts.said.textContent = this.map.names[this.middle] + (about ? `, ${about}` : "");
    }, 400);
  }

  zoom(factor) {
    const { view } = this;
    this.glide(view.x, view.y, view.zoom * factor);
  }

  everything() {
    this.found = null;
    this.tell(null);
    this.glide(...this.view.home(), 1);
  }

  /** Go to an artist, given by its number, and mark it; false when it is not on the map. */
  show(id, animated = true) {
    const each = this.map.ids.indexOf(id);
    if (each < 0) return false;
    this.found = each;
    const close = Math.max(1.5, Math.min(CLOSEST, Math.sqrt(this.map.count / IN_VIEW)));
    const zoom = Math.max(close, this.view.zoom);
    if (animated) this.glide(this.map.x[each], this.map.y[each], zoom);
    else this.view.set(this.map.x[each], this.map.y[each], zoom);
    this.look();
    return true;
  }

  stop() {
    cancelAnimationFrame(this.gliding);
    this.gliding = 0;
    this.hovered = null;
    this.parts.tip.hidden = true;
  }

  /** Move the view there, at once for who asks for less motion. */
  glide(x, y, zoom) {
    this.stop();
    const { view } = this;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      view.set(x, y, zoom);
      return this.look();
    }
    const from = { x: view.x, y: view.y, zoom: view.zoom, at: performance.now() };
    const step = (now) => {
      const share = Math.min(1, Math.max(0, (now - from.at) / GLIDE_MS));
      const eased = share * share * (3 - 2 * share);
      // The middle moves as fast on the screen at the end as at the beginning.
      const scale = from.zoom * (zoom / from.zoom) ** eased;
      const along = Math.abs(zoom - from.zoom) < 1e-6 ? eased : (1 - from.zoom / scale) / (1 - from.zoom / zoom);
      view.set(from.x + (x - from.x) * along, from.y + (y - from.y) * along, scale);
      this.look();
      this.gliding = share < 1 ? requestAnimationFrame(step) : 0;
    };
    this.gliding = requestAnimationFrame(step);
  }
}

function boxOf(element) {
  const { offsetLeft: left, offsetTop: top, offsetWidth, offsetHeight } = element;
  return { left, top, right: left + offsetWidth, bottom: top + offsetHeight, text: "" };
}
