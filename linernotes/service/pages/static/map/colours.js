// The colours of terms on the map, for both themes.
//
// Found by search: ten colours at contrast 3 or more against the page, as far apart as possible in OKLab as seen
// with normal vision and with protanopia, deuteranopia and tritanopia (Machado et al. 2009). The nearest two are
// .088 (light) and .098 (dark) apart for the worst of these; tests/linernotes/service holds that above .08.

const LIGHT = [
  "#1199cc", "#bb1100", "#2222aa", "#226644", "#ee6611",
  "#660077", "#bb6688", "#7766ee", "#770022", "#665588",
];
const DARK = [
  "#0099dd", "#ff6600", "#00cc99", "#ffbb44", "#ccaaff",
  "#22ffff", "#ccff88", "#bb3300", "#6655dd", "#aa7799",
];

/** Return what things are drawn with now: colours of terms, of terms without one, of artists without any term. */
export function palette() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(name).trim();
  const dark = luminance(of("--paper")) < 0.2;
  return {
    terms: dark ? DARK : LIGHT,
    other: dark ? "#857c6f" : "#a9a294",
    nothing: dark ? "#5a5349" : "#c6bda9",
    paper: of("--paper"),
    ink: of("--ink"),
    soft: of("--soft"),
    accent: of("--accent"),
  };
}

/** Return a colour "#rrggbb" as a pixel of image data on a little-endian machine: 0xAABBGGRR, opaque. */
export function pixel(colour) {
  const value = parseInt(colour.slice(1), 16);
  return (0xff000000 | ((value & 0xff) << 16) | (value & 0xff00) | (value >> 16)) >>> 0;
}

function luminance(colour) {
  const value = parseInt(colour.slice(1), 16);
  return (0.2126 * (value >> 16) + 0.7152 * ((value >> 8) & 0xff) + 0.0722 * (value & 0xff)) / 255;
}
