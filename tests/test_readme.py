"""What the README shows works as it stands there."""

import re
from pathlib import Path

from click.testing import CliRunner

from analysis import read_codebook, score
from analysis.cli import main
from analysis.tables import make_table

README = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf8")


def test_the_codebook_in_ten_lines(tmp_path):
    path = tmp_path / "codebook.toml"
    path.write_text(re.search(r"```toml\n(.*?)```", README, re.DOTALL)[1], encoding="utf8")
    text = '"The strike must go on until our demands are met," Ama Osei said.'
    tables = score(make_table("articles", [{"article_id": "a", "text": text}]), read_codebook(path))
    assert tables.stances[["actor_id", "target_id", "label"]].to_numpy().tolist() == [
        ["osei", "port_strike", "support"]
    ]


def test_three_lines_to_the_first_chart(tmp_path, monkeypatch):
    (tmp_path / "my_articles").mkdir()
    (tmp_path / "my_articles" / "a.txt").write_text('"Ukraine must join NATO," Macron said.', encoding="utf8")
    monkeypatch.chdir(tmp_path)
    *lines, chart = re.search(r"```python\n(.*?)```", README, re.DOTALL)[1].strip().splitlines()
    assert len(lines) == 3
    chart = chart.replace('foot("stance")', 'foot("articles")')  # without the accuracy, which takes a while to measure
    names: dict[str, object] = {}
    exec("\n".join(lines), names)
    assert "NATO membership" in eval(chart, names)._repr_svg_()


def test_every_command_and_option_exists():
    lines = re.findall(r"stancebook (\w+)([^\n#]*)", "\n".join(re.findall(r"```sh\n(.*?)```", README, re.DOTALL)))
    assert {command for command, _ in lines} >= {"report", "score", "check", "evaluate"}
    for command, rest in lines:
        answer = CliRunner().invoke(main, [command, "--help"])
        assert answer.exit_code == 0, command
        assert all(option in answer.output for option in re.findall(r"--\w+", rest)), (command, rest)
