// What the pages gain by JavaScript: suggestions while typing, and quotes that unfold in place.

import { artists, combobox, root } from "./combobox.js";

for (const input of document.querySelectorAll("[data-suggest=page]")) {
  combobox(input, artists(), (item) => location.assign(`${root}/artists/${item.id}`));
}

// Two fields of one form: a chosen artist is sent by its number, since two artists can share a name.
for (const input of document.querySelectorAll("[data-suggest=field]")) {
  let chosen = null;
  combobox(input, artists(), (item) => {
    input.value = item.text;
    chosen = item;
  });
  input.form.addEventListener("submit", () => {
    if (chosen && input.value === chosen.text) input.value = `#${chosen.id}`;
  });
}

for (const link of document.querySelectorAll("a[data-quotes]")) {
  const place = document.getElementById(link.dataset.quotes);
  link.setAttribute("role", "button");
  link.setAttribute("aria-expanded", "false");
  link.setAttribute("aria-controls", place.id);
  const toggle = async (event) => {
    event.preventDefault();
    const open = link.getAttribute("aria-expanded") === "true";
    if (!open && !place.childElementCount) {
      try {
        const answer = await fetch(`${link.href}&part=true`, { headers: { Accept: "text/html" } });
        if (!answer.ok) throw new Error(String(answer.status));
        // The service has escaped all texts in it; the policy of the page keeps scripts out in any case.
        place.innerHTML = await answer.text();
      } catch {
        location.assign(link.href);
        return;
      }
    }
    place.hidden = open;
    link.setAttribute("aria-expanded", String(!open));
  };
  link.addEventListener("click", toggle);
  link.addEventListener("keydown", (event) => {
    if (event.key === " ") toggle(event);
  });
}
