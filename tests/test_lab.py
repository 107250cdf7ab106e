"""`stancebook lab`: the notebooks are copied once, what an analyst changed stays, and JupyterLab is opened there."""

import pytest
from click.testing import CliRunner

from analysis.cli import main
from analysis.lab import copy_notebooks
from analysis.paths import NOTEBOOKS

NAMES = [path.name for path in sorted(NOTEBOOKS.glob("*.ipynb"))]


@pytest.fixture
def little_lab(tmp_path, monkeypatch):
    """A JupyterLab that says how it was called, in its place on the path of programs that are started."""
    package = tmp_path / "path" / "jupyterlab"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(
        "import sys\nopen(sys.argv[-1], 'w').write(repr(sys.argv[1:-1]))\nsys.exit(7)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(package.parent))
    monkeypatch.syspath_prepend(str(package.parent))
    monkeypatch.chdir(tmp_path)


def test_the_notebooks_are_copied(tmp_path):
    assert copy_notebooks(tmp_path / "a" / "b") == []
    assert [path.name for path in sorted((tmp_path / "a" / "b").iterdir())] == NAMES
    assert copy_notebooks(tmp_path / "a" / "b") == []


def test_a_changed_notebook_is_kept_and_a_lost_one_comes_back(tmp_path):
    copy_notebooks(tmp_path)
    (tmp_path / NAMES[0]).write_text("mine")
    (tmp_path / NAMES[1]).unlink()
    assert copy_notebooks(tmp_path) == [NAMES[0]]
    assert (tmp_path / NAMES[0]).read_text() == "mine"
    assert (tmp_path / NAMES[1]).is_file()


def test_jupyterlab_is_opened_there_with_options_of_its_own(little_lab, tmp_path):
    (tmp_path / "stancebook-notebooks").mkdir()
    (tmp_path / "stancebook-notebooks" / NAMES[0]).write_text("mine")
    answer = CliRunner().invoke(main, ["lab", "--no-browser", "--port", "8890", "called.txt"])
    assert answer.exit_code == 7
    assert (tmp_path / "called.txt").read_text() == "['stancebook-notebooks', '--no-browser', '--port', '8890']"
    assert answer.output.startswith(f"stancebook-notebooks/{NAMES[0]} is not as it comes with Stancebook, and is kept")


def test_without_jupyterlab_the_way_out_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("analysis.lab.find_spec", lambda name: None)
    answer = CliRunner().invoke(main, ["lab", "--folder", str(tmp_path / "here")])
    assert answer.exit_code == 1
    assert "JupyterLab is not installed: pip install 'jupyterlab>=4.4'" in answer.output
    assert not (tmp_path / "here").exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    answer = CliRunner().invoke(main, ["lab", "--folder", str(tmp_path / "file")])
    assert answer.exit_code == 1
    assert str(tmp_path / "file") in answer.output
