// A text field with suggestions: the combobox pattern of the ARIA Authoring Practices (list autocomplete, manual
// selection). Without this module the field is a plain one, and its form works.

let fields = 0;

/**
 * Turn `input` into a combobox.
 *
 * `ask(text)` resolves to a list of {text, note}, or null when an answer to a later question is on its way;
 * `choose(item)` is called for the one that was chosen.
 */
export function combobox(input, ask, choose) {
  const list = document.createElement("ul");
  const status = document.createElement("div");
  const name = `suggestions-${++fields}`;
  let items = [];
  let active = -1;
  let wait = 0;

  list.id = name;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  list.hidden = true;
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  for (const [key, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": name,
    autocomplete: "off",
  })) {
    input.setAttribute(key, value);
  }
  input.closest(".search, .field").append(list, status);

  function close() {
    list.hidden = true;
    items = [];
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function mark(place) {
    active = place;
    [...list.children].forEach((option, each) => option.setAttribute("aria-selected", String(each === place)));
    if (place < 0) {
      input.removeAttribute("aria-activedescendant");
    } else {
      input.setAttribute("aria-activedescendant", list.children[place].id);
      list.children[place].scrollIntoView({ block: "nearest" });
    }
  }

  function show(found) {
    items = found;
    list.replaceChildren(
      ...found.map((item, place) => {
        const option = document.createElement("li");
        option.id = `${name}-${place}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        const text = document.createElement("span");
        text.textContent = item.text;
        option.append(text);
        if (item.note) {
          const note = document.createElement("small");
          note.textContent = item.note;
          option.append(note);
        }
        return option;
      }),
    );
    mark(-1);
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    status.textContent =
      found.length === 0 ? "No suggestions" : found.length === 1 ? "1 suggestion" : `${found.length} suggestions`;
  }

  function take(place) {
    const item = items[place];
    close();
    status.textContent = "";
    choose(item);
  }

  async function look() {
    const text = input.value.trim();
    if (!text) return close();
    const found = await ask(text);
    if (found && document.activeElement === input && input.value.trim() === text) show(found);
  }

  input.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(look, 90);
  });
  input.addEventListener("keydown", (event) => {
    const open = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) return look();
      const step = event.key === "ArrowDown" ? 1 : -1;
      // One place more than there are options: none is active, and Enter searches for what was typed.
      const places = items.length + 1;
      mark(((active + 1 + step + places) % places) - 1);
    } else if (event.key === "Enter" && open && active >= 0) {
      event.preventDefault();
      take(active);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      close();
    } else if (event.key === "Tab") {
      close();
    }
  });
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("li");
    if (option) take([...list.children].indexOf(option));
  });
  input.addEventListener("blur", close);
  return { close };
}

/** Where the service is: "" at the root of its host, "/music" behind a proxy that puts it there. */
export const root = document.documentElement.dataset.root ?? "";

/** Return a function for `combobox` that asks the service which artists' names begin so. */
export function artists(limit = 8) {
  let latest = null;
  return async (text) => {
    latest?.abort();
    const mine = (latest = new AbortController());
    try {
      const answer = await fetch(`${root}/v1/suggest?q=${encodeURIComponent(text)}&limit=${limit}`, {
        signal: mine.signal,
        headers: { Accept: "application/json" },
      });
      if (!answer.ok) return [];
      const { items } = await answer.json();
      return items.map((item) => ({ id: item.artist_id, text: item.artist, note: item.disambiguation ?? "" }));
    } catch {
      return mine.signal.aborted ? null : [];
    }
  };
}
