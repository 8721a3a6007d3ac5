// Moving the map: mouse, touch, wheel and keys. Each handler changes the view and says so.

const CLICK_PIXELS = 5;
const KEY_STEP = 0.14;
const KEY_ZOOM = 1.5;

/**
 * Let people move `map` (an Atlas of atlas.js) on `element`.
 *
 * `map.look()` is to be called after each change of `map.view`; `map.press(x, y, touch)` is a click that did not
 * move, `map.hover(x, y)` the pointer above, `map.open()` the wish to open what is in the middle.
 */
export function moving(element, map) {
  const pointers = new Map();
  let travelled = 0;

  const at = (event) => {
    const box = element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    if (!pointers.size) travelled = 0;
    pointers.set(event.pointerId, at(event));
    map.stop();
  });

  element.addEventListener("pointermove", (event) => {
    const [px, py] = at(event);
    if (!pointers.has(event.pointerId)) return map.hover(px, py);
    const [beforeX, beforeY] = pointers.get(event.pointerId);
    travelled += Math.hypot(px - beforeX, py - beforeY);
    if (pointers.size === 1) {
      if (travelled > CLICK_PIXELS) {
        map.hover(null);
        map.view.moveBy(px - beforeX, py - beforeY);
        map.look();
      }
    } else {
      pinch(event.pointerId, px, py);
    }
    pointers.set(event.pointerId, [px, py]);
  });

  /** Two fingers: the point between them moves along, and their distance is the zoom. */
  function pinch(moved, px, py) {
    const other = [...pointers.entries()].find(([id]) => id !== moved);
    const [beforeX, beforeY] = pointers.get(moved);
    const [otherX, otherY] = other[1];
    const before = Math.hypot(beforeX - otherX, beforeY - otherY);
    const after = Math.hypot(px - otherX, py - otherY);
    map.view.moveBy((px - beforeX) / 2, (py - beforeY) / 2);
    if (before > 0 && after > 0) map.view.zoomAt((px + otherX) / 2, (py + otherY) / 2, after / before);
    map.look();
  }

  const up = (event) => {
    if (!pointers.delete(event.pointerId)) return;
    if (event.type === "pointerup" && !pointers.size && travelled <= CLICK_PIXELS) {
      map.press(...at(event), event.pointerType === "touch");
    }
  };
  element.addEventListener("pointerup", up);
  element.addEventListener("pointercancel", up);
  element.addEventListener("pointerleave", () => map.hover(null));

  element.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      map.stop();
      // Lines and pages as some browsers and mice count; a pinch on a touchpad comes with ctrlKey and small steps.
      const pixels = event.deltaY * [1, 18, 400][event.deltaMode];
      map.view.zoomAt(...at(event), Math.exp(-Math.max(-240, Math.min(240, pixels)) * (event.ctrlKey ? 0.01 : 0.0022)));
      map.look();
    },
    { passive: false },
  );

  element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { view } = map;
    const step = KEY_STEP * Math.min(view.width, view.height) * (event.shiftKey ? 3 : 1);
    const moves = { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    if (event.key in moves) {
      map.stop();
      view.moveBy(...moves[event.key]);
      map.look();
    } else if (event.key === "+" || event.key === "=") {
      map.zoom(KEY_ZOOM);
    } else if (event.key === "-" || event.key === "_") {
      map.zoom(1 / KEY_ZOOM);
    } else if (event.key === "0" || event.key === "Home") {
      map.everything();
    } else if (event.key === "Enter") {
      map.open();
    } else {
      return;
    }
    event.preventDefault();
    map.withKeys();
  });
}
