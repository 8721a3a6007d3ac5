// What part of the map is shown: its middle, how much it is enlarged, and what follows from that.

const CLOSEST = 64;
const FARTHEST = 0.7;

export class View {
  constructor(box) {
    this.box = box;
    this.width = this.height = 1;
    this.left = this.top = 0; // pixels that something lies above; the middle is that of the rest
    this.zoom = 1;
    [this.x, this.y] = this.home();
  }

  home() {
    return [(this.box.left + this.box.right) / 2, (this.box.bottom + this.box.top) / 2];
  }

  get middleX() {
    return (this.left + this.width) / 2;
  }

  get middleY() {
    return (this.top + this.height) / 2;
  }

  /** Pixels to a unit of the map. */
  get scale() {
    const { left, right, bottom, top } = this.box;
    const wide = (this.width - this.left) / (right - left), high = (this.height - this.top) / (top - bottom);
    return 0.92 * Math.min(wide, high) * this.zoom;
  }

  resize(width, height, left, top) {
    Object.assign(this, { width, height, left, top });
  }

  /** Show `x`, `y` in the middle; zoom and middle are kept within the map. */
  set(x, y, zoom) {
    this.zoom = Math.max(FARTHEST, Math.min(CLOSEST, zoom));
    this.x = Math.max(this.box.left, Math.min(this.box.right, x));
    this.y = Math.max(this.box.bottom, Math.min(this.box.top, y));
  }

  moveBy(dx, dy) {
    this.set(this.x - dx / this.scale, this.y + dy / this.scale, this.zoom);
  }

  /** Enlarge by `factor` around a point of the screen, which stays where it is. */
  zoomAt(px, py, factor) {
    const [x, y] = this.toMap(px, py);
    const zoom = Math.max(FARTHEST, Math.min(CLOSEST, this.zoom * factor));
    const after = (this.scale / this.zoom) * zoom;
    this.set(x - (px - this.middleX) / after, y + (py - this.middleY) / after, zoom);
  }

  toMap(px, py) {
    return [this.x + (px - this.middleX) / this.scale, this.y - (py - this.middleY) / this.scale];
  }

  toScreen(x, y) {
    return [this.middleX + (x - this.x) * this.scale, this.middleY - (y - this.y) * this.scale];
  }

  bounds(margin = 0) {
    const [left, top] = this.toMap(-margin, -margin);
    const [right, bottom] = this.toMap(this.width + margin, this.height + margin);
    return { left, right, bottom, top };
  }
}
