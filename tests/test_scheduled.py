"""The examples in docs/scheduled work as they stand there."""

import ast
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from runs import read_runs
from test_report import ARTICLES, COUNTS, PARAMETERS, write_notebook

from analysis.cli import main
from analysis.notebook import check_parameters
from analysis.paths import NOTEBOOKS

DOCS = Path(__file__).resolve().parents[1] / "docs" / "scheduled"
HERE, ARTICLES_THERE = "/srv/stancebook", "/srv/articles"
# The command as installed, but with one small notebook: these tests are about the lines around it.
COMMAND = """#!{python}
from analysis import report
report.write_report.__kwdefaults__["notebooks"] = report.Path({notebooks!r})
from analysis.cli import main
main()
"""
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="for a Unix shell")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder as in the examples: .venv/bin/stancebook and articles."""
    home = tmp_path_factory.mktemp("srv") / "stancebook"
    for folder in ("articles", "notebooks", ".venv/bin"):
        (home / folder).mkdir(parents=True)
    for name in ("a.md", "b.md"):
        (home / "articles" / name).write_text(ARTICLES[name], encoding="utf8")
    write_notebook(home / "notebooks" / "01_counts.ipynb", PARAMETERS, COUNTS)
    command = home / ".venv" / "bin" / "stancebook"
    command.write_text(COMMAND.format(python=sys.executable, notebooks=str(home / "notebooks")))
    command.chmod(0o755)
    return home


def here(text, home):
    return text.replace(HERE, str(home)).replace(ARTICLES_THERE, str(home / "articles"))


def read(name):
    return (DOCS / name).read_text(encoding="utf8")


def shell(words, home, with_shell="/bin/sh"):
    return subprocess.run([with_shell, "-ec", words], cwd=home, capture_output=True, text=True, timeout=300)


def test_cron_systemd_and_actions_make_one_report_and_then_find_nothing_new(home):
    (line,) = (line for line in read("crontab").splitlines() if re.match(r"[\d*]", line))
    words = line.split(maxsplit=5)[5]
    assert "%" not in words  # cron takes it for the end of a line
    done = shell(here(words, home), home)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), (home / "last-run.txt").read_text()
    assert "no last report in reports: every article is taken" in (home / "last-run.txt").read_text()

    (start,) = re.findall(r"^ExecStart=(.*)", read("stancebook.service"), re.MULTILINE)
    done = subprocess.run(shlex.split(here(start, home)), cwd=home, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "nothing new since" in done.stderr

    steps = yaml.safe_load(read("github-actions.yml"))["jobs"]["report"]["steps"]
    runs = {step["name"]: step["run"] for step in steps if "run" in step}
    for name in ("Report", "Take the last good report"):
        done = shell(runs[name], home, shutil.which("bash") or "/bin/sh")
        assert done.returncode == 0, done.stderr
    assert (home / "page" / "index.html").is_file()
    assert [run["exit"] for run in read_runs(home / "reports")] == [0, 0, 0]
    assert "nothing new since" in done.stdout
    assert len(list((home / "reports").glob("2*Z*"))) == 1

    # a failed run: cron's mail is what the run said
    done = shell(here(words, home).replace(str(home / "articles"), str(home / "nowhere")), home)
    assert f"Error: corpus {home / 'nowhere'} does not exist" in done.stdout


def test_the_workflow_is_whole():
    flow = yaml.safe_load(read("github-actions.yml"))
    assert flow[True]["schedule"] == [{"cron": "30 6 * * *"}]  # YAML reads 'on' as true
    assert flow["concurrency"]
    install = next(step["run"] for step in flow["jobs"]["report"]["steps"] if step.get("name") == "Install")
    assert "--require-hashes -r requirements.lock" in install
    assert all(line.startswith(("python -m venv", ".venv/bin/python -m pip install ")) for line in install.splitlines())


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not here")
def test_systemd_takes_the_units(home, tmp_path):
    for name in ("stancebook.service", "stancebook.timer"):
        (tmp_path / name).write_text(here(read(name), home), encoding="utf8")
    words = ["systemd-analyze", "verify", *map(str, sorted(tmp_path.iterdir()))]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60)
    said = [line for line in done.stderr.splitlines() if str(tmp_path) in line or "stancebook" in line]
    if done.returncode and not said:
        pytest.skip(f"systemd-analyze does not work here: {done.stderr[:200]}")
    assert not said, said
    assert "Persistent=true" in read("stancebook.timer")


def test_what_airflow_passes_is_what_the_notebooks_take():
    tree = ast.parse(read("airflow_dag.py"))
    compile(tree, "airflow_dag.py", "exec")
    values = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            exec(compile(ast.Module([node], []), "airflow_dag.py", "exec"), values)  # plain values of our own file
    assert values["NOTEBOOKS"]
    for name in values["NOTEBOOKS"]:
        check_parameters(NOTEBOOKS / f"{name}.ipynb", values["PARAMETERS"])
    command, *options = shlex.split(values["SCORE"])[1:]
    answer = CliRunner().invoke(main, [command, "--help"])
    assert all(option in answer.output for option in options if option.startswith("--"))


def test_airflow_loads_the_file():
    airflow = pytest.importorskip("airflow", reason="Airflow is not installed")
    assert airflow
    found = {}
    exec(compile(read("airflow_dag.py"), "airflow_dag.py", "exec"), found)
    assert len(found["dag"].tasks) == 1 + len(found["NOTEBOOKS"])


def test_every_exit_code_is_in_the_help_and_in_the_docs():
    shown = CliRunner().invoke(main, ["report", "--help"]).output
    table = re.findall(r"^\| (0|1|2|75|128 \+ n) \|", read("README.md"), re.MULTILINE)
    assert table == ["0", "1", "2", "75", "128 + n"]
    assert re.findall(r"^    ?(0|1|2|75|128\+n) ", shown, re.MULTILINE) == [code.replace(" ", "") for code in table]
