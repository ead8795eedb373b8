"""Compile the translations when nslab is built or installed (https://hatch.pypa.io/latest/plugins/build-hook/custom/)."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Translations(BuildHookInterface):  # type: ignore[type-arg]
    """Writes an .mo file beside each .po file."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile each catalogue; hatchling calls this before it builds a wheel, an editable one too."""
        for source in sorted(Path(self.root).glob("nslab_kernel/locale/*/LC_MESSAGES/*.po")):
            content = source.read_bytes()
            catalogue = read_po(io.BytesIO(content))
            # By this a running nslab knows whether the file was edited since (`nslab_kernel.core.translation`).
            catalogue.mime_headers = [*catalogue.mime_headers, ("X-Source", hashlib.sha256(content).hexdigest())]
            with source.with_suffix(".mo").open("wb") as target:
                write_mo(target, catalogue)
