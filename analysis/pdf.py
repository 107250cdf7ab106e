"""PDF: a page printed by the Chromium or Chrome that the machine has; none is brought along or downloaded."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
_SECONDS = 900
# Links to the files beside a page lead nowhere from a PDF, which travels alone; they would name this machine's folders.
_BESIDE = re.compile(r'(<a\b[^>]*?)\shref="(?!#|https?:|mailto:)[^"]*"', re.IGNORECASE)


class PdfError(ValueError):
    """A page that could not be printed."""


def find_browser() -> str | None:
    """Return the path of a browser that can print, None where there is none on the PATH."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def print_pdf(page: Path, pdf: Path) -> None:
    """Print a page on this machine as PDF, folded parts unfolded.

    The browser numbers what it prints as it likes and notes the time: the same page looks the same, in other bytes.

    Parameters
    ----------
    page : Path
        An HTML file.
    pdf : Path
        Where to write.

    Raises
    ------
    PdfError
        When there is no browser, or it fails; the message says what it said.
    """
    browser = find_browser()
    if browser is None:
        raise PdfError(f"no browser that can print: install Chromium or Chrome (looked for {', '.join(BROWSERS)})")
    with tempfile.TemporaryDirectory(prefix="stancebook-pdf-") as profile:
        made, alone = Path(profile, "page.pdf"), Path(profile, page.name)
        alone.write_text(_BESIDE.sub(r"\1", page.read_text(encoding="utf8")), encoding="utf8")
        command = [
            *(browser, "--headless=new", f"--user-data-dir={profile}", "--disable-gpu", "--no-first-run"),
            *("--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND"),  # nobody is called
            *("--no-pdf-header-footer", "--generate-pdf-document-outline", f"--print-to-pdf={made}"),
            *(["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []),  # root has no sandbox
            alone.as_uri(),
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=_SECONDS)  # noqa: S603
        except (OSError, subprocess.TimeoutExpired) as error:
            raise PdfError(f"{browser} did not print {page.name}: {error}") from error
        if done.returncode or not made.is_file():
            raise PdfError(f"{browser} did not print {page.name}: {done.stderr.strip()[-500:] or 'no reason given'}")
        shutil.copyfile(made, pdf)
