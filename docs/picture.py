"""Draw docs/demo.svg: run the demo in a temporary folder and keep what it prints."""

from __future__ import annotations

import io
import re
import tempfile
from pathlib import Path

from rich.console import Console

from linernotes.demo import run_demo
from linernotes.demo_report import print_demo
from linernotes.progress import SilentProgress


def main() -> None:
    """Run, print, save."""
    console = Console(record=True, width=100, file=io.StringIO(), force_terminal=True)
    with tempfile.TemporaryDirectory() as folder:
        demo = run_demo(Path(folder) / "demo", SilentProgress())
        print_demo(demo, console)
        demo.engine.dispose()
        svg = console.export_svg(title="make demo").replace(f"{folder}/", "")
        # Rich names a font on a foreign host; a viewer that has it installed uses it all the same.
        svg = re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    Path(__file__).with_name("demo.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
