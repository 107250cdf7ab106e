import gzip
import json
import os

import pandas as pd
import pytest

from analysis import reading
from analysis.corpus import CorpusError, CorpusWarning, corpus_files, inspect_corpus, read_corpus, select_articles
from analysis.tables import COLUMNS

GOOD = "Talks go on\n24 NOV 2025\n\nPeskov said no.\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "good.txt").write_text(GOOD, encoding="utf8")
    return tmp_path


def problems_of(path):
    articles, problems = inspect_corpus(path)
    return articles, [(row.file, None if pd.isna(row.line) else row.line, row.problem) for row in problems.itertuples()]


def test_a_folder_gives_one_row_an_article_sorted_by_date(tmp_path):
    (tmp_path / "b.txt").write_text("Late\n2 December 2025\n\nNo.", encoding="utf8")
    (tmp_path / "a.md").write_text("---\ntitle: Early\nsource: Wire\npublished: 2025-11-24\n---\nYes.", encoding="utf8")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "0.txt").write_text("Undated\n\nPerhaps.", encoding="utf8")
    articles, problems = inspect_corpus(tmp_path)
    assert articles["article_id"].tolist() == ["a", "b", "0"]
    assert articles.dtypes.astype(str).to_dict() == COLUMNS["articles"]
    assert articles["text"].tolist() == ["Yes.", "No.", "Perhaps."]
    assert articles["sha256"][1] == "38178a20b470cfd18299fb1593dd4ba706f1a83321dac051d01086efd8b7a96f"
    assert problems["problem"].tolist() == ["no date"]


def test_a_missing_date_is_told_by_the_table_and_warns_nobody(folder):
    (folder / "undated.txt").write_text("Undated\n\nPerhaps.", encoding="utf8")
    assert read_corpus(folder)["published"].isna().tolist() == [False, True]


def test_reading_warns_of_what_was_set_aside(folder):
    (folder / "empty.txt").touch()
    with pytest.warns(CorpusWarning, match=r"empty.txt: no text; remove it"):
        assert len(read_corpus(folder)) == 1


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("empty.txt", b"", "no text"),
        ("blank.md", b" \n\n ", "no text"),
        ("only_tags.txt", b"Tags\n", "no text"),
        ("binary.txt", b"PK\x03\x04\x00\x00rest", "binary, not text (holds NUL bytes)"),
        ("page.html", b"<script>x</script>", "ending .html is not read"),
        ("paper.pdf", b"%PDF-1.4", "ending .pdf is not read"),
        ("noending", b"words", "ending (none) is not read"),
        ("front.md", b"---\na: b: c\n---\nNo.", "front matter is not YAML (mapping values are not allowed here)"),
        ("bytes.txt", b"caf\xe9 \x81", "neither UTF-8 nor Windows-1252 (byte 3)"),
        ("table.csv", b"id,words\n1,No.\n", "no column 'text' among id, words"),
        ("empty.csv", b"", "no column 'text' among (none)"),
        ("torn.jsonl.gz", gzip.compress(b'{"text": "No."}\n' * 9, mtime=0)[:-9], "damaged archive"),
        ("plain.jsonl.gz", b'{"text": "No."}', "damaged archive"),
        ("no.parquet", b"PAR1", "no Parquet file"),
    ],
)
def test_what_cannot_be_read_is_named_and_the_rest_is_read(folder, name, content, problem):
    (folder / name).write_bytes(content)
    articles, problems = problems_of(folder)
    assert "good" in articles["article_id"].tolist()
    assert [(file, text[: len(problem)]) for file, _, text in problems if text != "no date"] == [(name, problem)]


@pytest.mark.parametrize(
    ("content", "text", "problem"),
    [
        ("A\n24 NOV 2025\n\n“Non”, café.".encode("cp1252"), "“Non”, café.", "not UTF-8; read as Windows-1252"),
        ("A\n24 NOV 2025\n\n“Non”, café.".encode("utf-8-sig"), "“Non”, café.", None),
        ("A\n24 NOV 2025\n\n“Non”, café.".encode("utf-16"), "“Non”, café.", None),
        (
            b"A\n24 NOV 2025\n\n<script>x</script> No.",
            "<script>x</script> No.",
            "web page code in the text, read as words",
        ),
    ],
)
def test_a_text_in_another_dress_is_read(tmp_path, content, text, problem):
    (tmp_path / "a.txt").write_bytes(content)
    articles, problems = problems_of(tmp_path)
    assert articles["text"].tolist() == [text]
    assert [found for _, _, found in problems] == ([problem] if problem else [])


def test_a_file_that_is_too_large_is_set_aside(folder, monkeypatch):
    monkeypatch.setattr(reading, "MOST_BYTES", 1000)
    (folder / "large.txt").write_text("No. " * 500, encoding="utf8")
    (folder / "large.jsonl").write_text(
        "\n".join(
            json.dumps({"id": n, "date": "2025-11-24", "text": "No. " * size}) for n, size in enumerate([9, 900, 9])
        ),
        encoding="utf8",
    )
    articles, problems = problems_of(folder)
    assert articles["article_id"].tolist() == ["0", "2", "good"]
    assert problems == [("large.jsonl", 2, "over 20 MB"), ("large.txt", None, "over 20 MB")]


@pytest.mark.skipif(os.name == "nt", reason="needs links and pipes")
def test_links_that_lead_out_and_pipes_are_not_followed(folder, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.txt").write_text(GOOD, encoding="utf8")
    (folder / "out.txt").symlink_to(outside / "secret.txt")
    (folder / "out").symlink_to(outside)
    (folder / "gone.txt").symlink_to(folder / "nowhere.txt")
    os.mkfifo(folder / "pipe.txt")
    (folder / ".hidden.txt").write_text(GOOD, encoding="utf8")
    articles, problems = problems_of(folder)
    assert articles["article_id"].tolist() == ["good"]
    leads_out = "link that leads out of the folder"
    assert problems == [
        ("gone.txt", None, "no plain file"),
        ("out", None, leads_out),
        ("out.txt", None, leads_out),
        ("pipe.txt", None, "no plain file"),
    ]


@pytest.mark.skipif(os.name == "nt" or not os.geteuid(), reason="everything is readable to root")
def test_a_file_without_rights_is_named(folder):
    (folder / "locked.txt").write_text(GOOD, encoding="utf8")
    (folder / "locked.txt").chmod(0)
    assert problems_of(folder)[1] == [("locked.txt", None, "cannot be read (Permission denied)")]


def test_names_that_collide_are_told_apart_by_folder_and_ending(tmp_path):
    for name in ("talks.txt", "a/talks.txt", "b/plan.md", "b/plan.txt", "c/alone.v2.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"{name}\n24 NOV 2025\n\nNo.", encoding="utf8")
    articles, _ = inspect_corpus(tmp_path)
    assert articles["article_id"].tolist() == ["a/talks", "alone.v2", "b/plan.md", "b/plan.txt", "talks"]


ROWS = [
    {"id": "x", "date": "2025-11-24", "source": "Wire", "title": "No", "text": "No\nPeskov said, “no”.", "mood": 3},
    {
        "id": "y",
        "date": "Nov 25, 2025",
        "source": "Wire",
        "title": "Yes",
        "text": "Line one.\n\nLine two.\nTags",
        "mood": 4,
    },
]


def write_csv(path, rows):
    pd.DataFrame(rows).to_csv(path, index=False)


def write_semicolons(path, rows):
    pd.DataFrame(rows).rename(columns=str.upper).to_csv(path, index=False, sep=";", encoding="utf-8-sig")


def write_lines(path, rows):
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "wt", encoding="utf8") as file:
        file.writelines(json.dumps(row) + "\n\n" for row in rows)


def write_parquet(path, rows):
    frame = pd.DataFrame(rows).rename(columns={"id": "article_id", "date": "published"})
    frame["published"] = pd.to_datetime(frame["published"], format="mixed")
    frame.to_parquet(path)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("a.csv", write_csv),
        ("a.csv.gz", write_csv),
        ("A.CSV", write_semicolons),
        ("a.jsonl", write_lines),
        ("a.ndjson.gz", write_lines),
        ("a.parquet", write_parquet),
    ],
)
def test_every_table_gives_the_same_articles(tmp_path, name, write):
    write(tmp_path / name, ROWS)
    articles, problems = problems_of(tmp_path / name)
    assert articles[["article_id", "source", "title", "text"]].to_numpy().tolist() == [
        ["x", "Wire", "No", "Peskov said, “no”."],
        ["y", "Wire", "Yes", "Line one.\n\nLine two."],
    ]
    assert articles["published"].dt.strftime("%F").tolist() == ["2025-11-24", "2025-11-25"]
    assert problems == []


def test_rows_of_json_that_cannot_be_read_are_named_by_line(tmp_path):
    lines = [
        '{"text": "No.", "date": "2025-11-24"}',
        '{"text": ',
        '["text"]',
        '{"text": ["No."]}',
        '{"id": 4}',
        '{"text": "Half \\ud83d character.", "date": "2025-11-24"}',
        "[" * 100_000,
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(lines), encoding="utf8")
    articles, problems = problems_of(tmp_path)
    assert articles["article_id"].tolist() == ["a-1", "a-6"]
    assert articles["text"][1] == "Half \ufffd character."
    assert [(line, problem[:15]) for _, line, problem in problems] == [
        (2, "no JSON (Expect"),
        (3, "a JSON list"),
        (4, "text is list"),
        (5, "text is missing"),
        (6, "broken characte"),
        (7, problems[-1][2][:15]),
    ]


def test_rows_of_csv_that_cannot_be_read_are_named_by_line(tmp_path):
    (tmp_path / "a.csv").write_text(
        'id,date,text\n1,2025-11-24,"Two\nlines."\n2,2025-11-24,no, marks\n3,2025-11-24\n', encoding="utf8"
    )
    articles, problems = problems_of(tmp_path)
    assert articles["article_id"].tolist() == ["1"]
    assert problems == [("a.csv", 4, "4 cells for 3 columns"), ("a.csv", 5, "text is missing")]


def test_an_article_id_stands_for_one_article(tmp_path):
    rows = [{"id": 1, "date": "2025-11-24", "text": text} for text in ("No.", "No.", "Yes.")]
    write_lines(tmp_path / "a.jsonl", rows)
    articles, problems = problems_of(tmp_path)
    assert articles["text"].tolist() == ["No."]
    assert [problem for _, _, problem in problems] == [
        "second article '1', with the same text; only the first is kept",
        "second article '1', with another text; only the first is kept",
    ]


def test_a_long_article_in_a_csv_is_read(tmp_path):
    write_csv(tmp_path / "a.csv", [{"date": "2025-11-24", "text": "No. " * 100_000}])
    assert len(inspect_corpus(tmp_path)[0]["text"][0]) == 399_999


@pytest.mark.parametrize(
    ("name", "words"), [("nowhere", "does not exist"), ("", "holds no article that can be read: add files")]
)
def test_a_corpus_with_nothing_in_it_is_an_error(tmp_path, name, words):
    with pytest.raises(CorpusError, match=words):
        read_corpus(tmp_path / name)


def test_a_corpus_in_which_nothing_can_be_read_says_why(tmp_path):
    (tmp_path / "page.html").write_text("<p>No.", encoding="utf8")
    with pytest.raises(CorpusError, match=r"page.html: ending .html is not read \(read it with: stancebook ingest"):
        read_corpus(tmp_path)


@pytest.mark.parametrize("name", ["page.HTML", "page.htm", "paper.pdf", "mail.eml", "box.mbox", "feed.xml", "all.zip"])
def test_what_ingest_reads_is_sent_there(folder, name):
    (folder / name).write_text("No.", encoding="utf8")
    _, problems = inspect_corpus(folder)
    assert problems["way_out"].tolist() == ["read it with: stancebook ingest FOLDER --out corpus.parquet"]


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (None, None, ["x", "y", "z"]),
        ("2025-11-25", None, ["y"]),
        (None, "2025-11-24", ["x"]),
        ("2025-11-24", "2025-11-25", ["x", "y"]),
    ],
)
def test_bounds_are_included_and_leave_undated_articles_out(tmp_path, since, until, expected):
    write_lines(tmp_path / "a.jsonl", [*ROWS, {"id": "z", "text": "No."}])
    articles = read_corpus(tmp_path)
    day = {None: None} | {text: pd.Timestamp(text).date() for text in (since, until) if text}
    assert select_articles(articles, day[since], day[until])["article_id"].tolist() == expected


def test_bounds_the_wrong_way_round_are_refused(folder):
    with pytest.raises(CorpusError, match="swap them"):
        select_articles(read_corpus(folder), pd.Timestamp("2025-11-25").date(), pd.Timestamp("2025-11-24").date())


def test_the_files_of_a_corpus_are_listed_in_order(folder):
    (folder / "a").mkdir()
    (folder / "a" / "z.md").write_text(GOOD, encoding="utf8")
    assert [name for _, name in corpus_files(folder)] == ["a/z.md", "good.txt"]


@pytest.mark.parametrize("ending", ["txt", "md"])
def test_front_matter_is_read_in_text_as_in_markdown(tmp_path, ending):
    article = "---\ntitle: Talks: a new round\nsource: Herald\npublished: 2025-11-24\n---\nPeskov said no.\n"
    (tmp_path / f"talks.{ending}").write_text(article, encoding="utf8")
    [row] = read_corpus(tmp_path).to_dict("records")
    assert (row["title"], row["source"], row["text"]) == ("Talks: a new round", "Herald", "Peskov said no.")
    assert row["published"] == pd.Timestamp("2025-11-24")


def test_a_date_that_could_be_two_days_is_named(tmp_path):
    for number, day in enumerate(["03/04/2026", "some time in May"]):
        text = f"---\npublished: {day}\n---\nPeskov said no, number {number}.\n"
        (tmp_path / f"{number}.md").write_text(text, encoding="utf8")
    articles, problems = inspect_corpus(tmp_path)
    assert articles["published"].isna().all()
    assert problems["problem"].tolist() == [
        "date '03/04/2026' is not understood",
        "date 'some time in May' is not understood",
    ]
    assert set(problems["way_out"]) == {"write it as YYYY-MM-DD, such as 2025-11-24"}


def test_a_date_between_dots_is_read(tmp_path):
    (tmp_path / "a.csv").write_text("text,published\nPeskov said no.,07.10.2025\n", encoding="utf8")
    articles, problems = inspect_corpus(tmp_path)
    assert (str(articles["published"][0])[:10], len(problems)) == ("2025-10-07", 0)
