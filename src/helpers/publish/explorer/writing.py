"""The data as a script, since a page opened from a file may fetch nothing."""

from __future__ import annotations

import json
from typing import Any


def write_data(data: dict[str, Any]) -> str:
    """Write the data as a script, since a page opened from a file may fetch nothing."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    return f"globalThis.Explorer = globalThis.Explorer || {{}};\nExplorer.raw = {text};\n"
