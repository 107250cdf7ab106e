"""The notebooks in a real JupyterLab, as an analyst sees them: opened, run to the end, shown, completed.

A server of our own on this machine, with settings of its own, and Chromium. Skipped where one of them is missing.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import nbformat
import pytest

from analysis.lab import copy_notebooks

pytest.importorskip("jupyterlab", reason="JupyterLab is not installed (extra 'lab')")
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
if CHROMIUM is None:
    pytest.skip("no Chromium on this machine", allow_module_level=True)

PATIENCE = 180  # seconds; a machine may be busy, and an idle one needs a few
FIRST_CHART = """
from analysis import charts, open_run, summary
run = open_run(corpus)
found = summary.stance_by_issue(run.tables)
charts.stance_by_issue(found, run.codebook, run.foot("articles"))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The notebooks as `stancebook lab` copies them; the first reads two small articles, and ends on three lines."""
    home = tmp_path_factory.mktemp("lab")
    (home / "papers").mkdir()
    (home / "papers" / "nato.txt").write_text('"Ukraine must join NATO," Macron said.\n')
    (home / "papers" / "rain.txt").write_text("The bridge was closed again after <b>heavy</b> rain.\n")
    copy_notebooks(home / "notebooks")
    path = home / "notebooks" / "01_corpus.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        cell.source = cell.source.replace('corpus: str = ""', 'corpus: str = "../papers"')
    notebook.cells += [nbformat.v4.new_code_cell(source) for source in (FIRST_CHART.strip(), "run.tables")]
    nbformat.write(notebook, path)
    return path.parent


@pytest.fixture(scope="module")
def server(folder):
    """What a JupyterLab that `stancebook lab` has opened notes of itself: url, token, pid."""
    home = folder.parent
    places = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime"}
    settings = {name: str(home / place) for name, place in (places | {"IPYTHONDIR": "ipython"}).items()}
    _settle(home / "config" / "lab" / "user-settings" / "@jupyterlab")
    options = ["--no-browser", "--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", "--ServerApp.allow_root=True"]
    with (home / "log").open("w") as log:
        command = [sys.executable, "-m", "analysis.cli", "lab", "--folder", str(folder), *options]
        lab = subprocess.Popen(
            command, env=os.environ | settings, stdout=log, stderr=log, start_new_session=True, cwd=home
        )
        try:
            said = _said(lab, home)
            yield said
            os.kill(said["pid"], signal.SIGTERM)  # JupyterLab ends its kernels, and the command ends with it
            lab.wait(PATIENCE)
        finally:
            with suppress(ProcessLookupError):  # as it should be
                os.killpg(lab.pid, signal.SIGKILL)
            lab.wait()


def _settle(settings: Path) -> None:
    """Let JupyterLab be as patient as we are, and ask nobody for news."""
    for name, values in {
        "completer-extension/manager": {"providerTimeout": PATIENCE * 1000},
        "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    }.items():
        path = settings / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))


def _said(lab: subprocess.Popen, home: Path) -> dict:
    """Return what JupyterLab notes of itself once it listens."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and lab.poll() is None:
        for note in (home / "runtime").glob("jpserver-*.json"):
            said = json.loads(note.read_text() or "{}")
            if said.get("port"):
                return said
        time.sleep(0.2)
    pytest.fail(f"JupyterLab did not start:\n{(home / 'log').read_text()[-3000:]}")


@pytest.fixture(scope="module")
def page(server):
    """The first notebook, open in a tall window: cells far below it are drawn only later."""
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1200, "height": 3000})
        page.set_default_timeout(PATIENCE * 1000)
        playwright.expect.set_options(timeout=PATIENCE * 1000)
        page.goto(f"{server['url']}lab/tree/01_corpus.ipynb?token={server['token']}")
        page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
        _wait_for_kernel(server)
        yield page
        browser.close()


def _wait_for_kernel(server: dict) -> None:
    """Wait until the kernel is idle and the page has hold of it: cells that are run before it is may start a second.

    The page itself says 'idle' from the first moment, so the server is asked.
    """
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with urllib.request.urlopen(f"{server['url']}api/kernels?token={server['token']}") as answer:
            kernels = json.load(answer)
        if kernels and all(kernel["execution_state"] == "idle" and kernel["connections"] for kernel in kernels):
            return
        time.sleep(0.2)
    pytest.fail(f"the kernel did not start: {kernels}")


def test_the_first_notebook_runs_to_the_end_and_shows_its_charts(page, folder):
    prompts = page.locator(".jp-CodeCell .jp-InputPrompt")
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    last = page.locator(".jp-CodeCell").last
    playwright.expect(prompts).to_have_text([f"[{n}]:" for n in range(1, _code_cells(folder) + 1)])
    assert page.locator(".jp-Dialog").count() == 0
    assert page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    charts = page.locator(".jp-RenderedSVG img")
    assert charts.count() >= 2
    assert all(chart.evaluate("img => img.naturalWidth > 100 && img.naturalHeight > 50") for chart in charts.all())
    shown = last.locator(".jp-OutputArea").inner_text()
    assert "2 articles" in shown
    assert "Ukraine must join NATO" in shown
    assert page.locator(".jp-OutputArea b", has_text="heavy").count() == 0
    assert last.locator("td").first.evaluate("cell => getComputedStyle(cell).textAlign") == "left"


def test_what_was_run_is_saved_without_an_error(page, folder):
    page.get_by_role("menuitem", name="File", exact=True).click()
    page.get_by_role("menuitem", name="Save Notebook", exact=False).first.click()
    deadline = time.monotonic() + PATIENCE
    while not (outputs := _outputs(folder / "01_corpus.ipynb")) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert {output.output_type for output in outputs} == {"execute_result"}


def _code_cells(folder):
    cells = nbformat.read(folder / "01_corpus.ipynb", as_version=4).cells
    return sum(cell.cell_type == "code" for cell in cells)


def _outputs(path):
    try:
        cells = nbformat.read(path, as_version=4).cells
    except nbformat.reader.NotJSONError:  # it is just being written
        return []
    return [output for cell in cells if cell.cell_type == "code" for output in cell.outputs]


def test_completion_offers_the_tables(page):
    page.get_by_text("Click to add a cell").click()
    page.locator(".jp-CodeCell .cm-content").last.click()
    page.keyboard.type("run.tables.st")
    page.keyboard.press("Tab")
    playwright.expect(page.locator(".jp-Completer-item")).to_contain_text(["stances", "statements"])
