import gzip
import json
import os
import zipfile
from email.message import EmailMessage

import pandas as pd
import pytest
from click.testing import CliRunner
from newsroom import Newsroom, newsroom

from analysis.cli import main
from analysis.intake import EXTRA, IntakeError, ingest
from analysis.tables import COLUMNS

PARAGRAPHS = [
    "The two delegations met for six hours in Geneva on Sunday and agreed to meet again within the week, both said.",
    "“We have a text that we can work on,” said the head of the Ukrainian delegation, who had come by train.",
    "Nobody would say which of the points had been changed, or whether the deadline of Thursday still stood.",
]
TEXT = "\n\n".join(PARAGRAPHS)
HTML = f"""<!doctype html><html><head><title>Talks go on | The Paper</title><meta charset="utf-8">
<meta property="article:published_time" content="2025-11-24T10:00:00Z">
<meta property="og:site_name" content="The Paper">
<script>var menu = "Sign in";</script></head><body><nav><a href="/">Home</a> <a href="/in">Sign in</a></nav>
<article><h1>Talks go on</h1>{"".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)}</article>
<aside><h2>Related articles</h2><a href="/x">Lake steamers run late</a></aside></body></html>"""
FEED = f"""<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>The Wire</title>
<item><title>Talks go on</title><link>https://wire.example/2025/talks</link>
<pubDate>Mon, 24 Nov 2025 23:30:00 -0500</pubDate>
<description>&lt;p&gt;{"&lt;/p&gt;&lt;p&gt;".join(PARAGRAPHS)}&lt;/p&gt;
</description></item>
<item><title>Late</title><link>https://wire.example/late</link>
<description>Trams ran late on Sunday.</description></item>
</channel></rss>"""


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out" / "corpus.parquet"


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def take(sources, out, **options):
    """Return the corpus as a table and what became of every document as (name, line, outcome, problem)."""
    log = ingest(sources, out, cache=out.parent.parent / "cache", **options)
    rows = [
        (row.taken_from.rpartition("/")[2], None if pd.isna(row.line) else row.line, row.outcome, row.problem)
        for row in log.outcomes.itertuples()
    ]
    return pd.read_parquet(out), rows


def test_a_saved_page_becomes_an_article(inbox, out):
    (inbox / "talks.html").write_text(HTML, encoding="utf8")
    corpus, log = take([inbox], out)
    assert log == [("talks.html", None, "added", "")]
    (row,) = corpus.to_dict("records")
    assert (row["article_id"], row["title"], row["source"], row["text"]) == ("talks", "Talks go on", "The Paper", TEXT)
    assert (str(row["published"].date()), row["date_origin"]) == ("2025-11-24", "metadata")
    assert list(corpus.columns) == [*COLUMNS["articles"], *EXTRA]


def test_the_same_article_twice_is_one_article(inbox, out):
    (inbox / "talks.html").write_text(HTML, encoding="utf8")
    (inbox / "feed.xml").write_text(FEED, encoding="utf8")
    first, _ = take([inbox], out)
    before = out.read_bytes()
    again, log = take([inbox, inbox / "talks.html"], out)
    assert [outcome for _, _, outcome, _ in log] == ["known"] * 4
    assert out.read_bytes() == before
    assert first.equals(again)


def test_order_of_arrival_does_not_matter_for_what_is_there(inbox, out, tmp_path):
    (inbox / "b.txt").write_text(f"Later\n25 November 2025\n\n{TEXT}", encoding="utf8")
    (inbox / "a.txt").write_text(f"Sooner\n24 November 2025\n\n{PARAGRAPHS[0]}", encoding="utf8")
    one, _ = take([inbox / "a.txt", inbox / "b.txt"], out)
    other, _ = take([inbox / "b.txt"], tmp_path / "o" / "x.parquet")
    other, _ = take([inbox / "a.txt"], tmp_path / "o" / "x.parquet")
    assert one.drop(columns="taken_from").equals(other.drop(columns="taken_from"))


def test_a_feed_gives_its_entries(inbox, out):
    (inbox / "feed.xml").write_text(FEED, encoding="utf8")
    corpus, log = take([inbox / "feed.xml"], out)
    assert log == [
        ("feed.xml", 1, "added", ""),
        ("feed.xml", 2, "added", "only a summary of 5 words"),
    ]
    talks = corpus[corpus["title"] == "Talks go on"].iloc[0]
    assert (talks["source"], talks["url"], talks["text"]) == ("The Wire", "https://wire.example/2025/talks", TEXT)
    assert str(talks["published"].date()) == "2025-11-24"  # the day it was there, not in Greenwich


def test_a_feed_from_a_server_is_asked_only_for_what_is_new(out, monkeypatch):
    def give_feed(self):
        if self.headers.get("If-None-Match") == '"f1"':
            self.answer(304)
        else:
            self.answer(body=FEED.encode(), Content_Type="application/rss+xml", ETag='"f1"')

    monkeypatch.setattr(Newsroom, "give_feed", give_feed, raising=False)
    with newsroom() as home:
        take([home + "/feed"], out, allow_private=True)
        corpus, log = take([home + "/feed"], out, allow_private=True)
        assert [headers.get("If-None-Match") for _, headers in Newsroom.asked] == [None, '"f1"']
    assert len(corpus) == 2
    assert [row[2] for row in log] == ["known", "known"]


def test_a_page_from_a_server_takes_its_address(out, monkeypatch):
    monkeypatch.setattr(Newsroom, "give_story", lambda self: self.answer(body=HTML.encode()), raising=False)
    with newsroom() as home:
        corpus, _ = take([home + "/story/2025"], out, allow_private=True)
        assert corpus["url"].tolist() == [home + "/story/2025"]


def test_tables_are_read_by_a_map_of_columns(inbox, out):
    rows = [
        ["Headline", "Body", "Day", "Outlet"],
        ["Talks go on", TEXT, "24/11/2025", "Wire"],
        ["Sooner", PARAGRAPHS[1], "03/11/2025", "Wire"],
    ]
    (inbox / "export.csv").write_text("\n".join(";".join(f'"{cell}"' for cell in row) for row in rows), encoding="utf8")
    columns = {"title": "Headline", "text": "body", "published": "Day", "source": "outlet"}
    corpus, _ = take([inbox / "export.csv"], out, columns=columns)
    # the 24th tells that the day stands first, so the other date is no longer two days
    assert [str(day.date()) for day in corpus["published"]] == ["2025-11-03", "2025-11-24"]
    assert corpus["title"].tolist() == ["Sooner", "Talks go on"]


def test_jsonl_and_parquet_rows_come_in(inbox, out):
    rows = [{"id": "one", "text": TEXT, "date": "2025-11-24"}, {"id": "two", "text": None}]
    (inbox / "a.jsonl").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf8")
    pd.DataFrame({"article_id": ["three"], "text": [f"<p>{PARAGRAPHS[0]}</p>"]}).to_parquet(inbox / "b.parquet")
    corpus, log = take([inbox], out)
    assert corpus["article_id"].tolist() == ["one", "three"]
    assert ("a.jsonl", 2, "left out", "no text") in log
    assert corpus["text"].tolist() == [TEXT, PARAGRAPHS[0]]


def test_mail_comes_in(inbox, out):
    message = EmailMessage()
    message["Subject"], message["From"], message["Date"] = (
        "Talks go on",
        "The Wire <desk@wire.example>",
        "Mon, 24 Nov 2025 10:00:00 +0000",
    )
    message.set_content(TEXT)
    (inbox / "talks.eml").write_bytes(message.as_bytes())
    (inbox / "box.mbox").write_bytes(b"From desk Mon Nov 24\n" + message.as_bytes().replace(b"Talks", b"Trams") + b"\n")
    corpus, log = take([inbox], out)
    assert [row[2] for row in log] == ["added", "known"]
    assert corpus[["source", "date_origin"]].iloc[0].tolist() == ["The Wire", "metadata"]
    assert corpus["text"].tolist() == [TEXT]


def test_an_archive_of_pages_comes_in(inbox, out):
    with zipfile.ZipFile(inbox / "pages.zip", "w") as archive:
        archive.writestr("site/talks.html", HTML)
        archive.writestr("site/more.csv", f'text\n"{PARAGRAPHS[0]}"\n')
        archive.writestr("../outside.txt", TEXT)
        archive.writestr("__MACOSX/._talks.html", "x")
    corpus, log = take([inbox], out)
    assert corpus["article_id"].tolist() == ["talks", "more-2"]
    assert ("outside.txt", None, "left out", "a name that leads out of the folder") in log


def zip_bomb(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("big.txt", bytes(60_000_000))


def claims_less(path):
    """Write an archive whose directory says that a file of 30 MB has 10 bytes."""
    zip_bomb(path)
    data = path.read_bytes()
    path.write_bytes(data.replace((60_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little")))


def link_outside(path):
    secret = path.parent.parent / "secret.txt"
    secret.write_text(TEXT, encoding="utf8")
    path.symlink_to(secret)


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("empty.txt", b"", "no text"),
        ("binary.txt", b"PK\x03\x04" + bytes(range(256)), "binary, not text"),
        ("binary.html", b"<html>" + bytes(range(32)) * 90, "binary, not a page"),
        ("noise.bin", b"\x89PNG\r\n", "of a kind that is not read (bin)"),
        ("scripts.html", b"<html><body><script>alert(1)</script></body></html>", "no article text in it, only scripts"),
        ("open.html", b"<html><body><script>" + b"x" * 999, "no article text in it, only scripts"),
        ("huge.html", b"<html><body><p>" + b"words and " * 2_100_000, "over 20 MB"),
        ("large.html", b"<html><body><p>" + b"words and " * 600_000, "a page of over 5 MB"),
        ("deep.html", b"<html><body>" + b"<p><b>" * 20_000, "a page of over 30000 elements"),
        (
            "german.txt",
            ("Die Gespräche in Genf gehen weiter, sagte der Sprecher am Montag. " * 3).encode(),
            "German, not English",
        ),
        ("front.md", b"---\ntags: [a\n---\nNo.", "front matter is not YAML"),
        ("broken.pdf", b"%PDF-1.4\nnothing", "no PDF that can be read"),
        ("menu.txt", b"Home\nNews\nSign in\nSubscribe\n", "no article text, only what stands around one"),
        ("broken.jsonl", b'{"text": "No', "no JSON"),
        ("columns.csv", b"a,b\n1,2\n", "no column 'text' among a, b"),
        ("damaged.csv.gz", gzip.compress(b"text\nNo.\n", mtime=0)[:-6] + b"xxxxxx", "damaged archive"),
        ("no.zip", b"PK\x03\x04broken", "no archive that can be read"),
        ("bomb.zip", zip_bomb, "an archive that unpacks to 60 MB"),
        ("liar.zip", claims_less, "cannot be read"),
        ("link.txt", link_outside, "a link that leads out of the folder"),
        ("loop.txt", lambda path: path.symlink_to(path), "no plain file"),
        ("pipe.txt", os.mkfifo, "no plain file"),
    ],
)
def test_bad_input_is_a_line_in_the_log_and_stops_nothing(inbox, out, name, content, problem):
    (inbox / "good.txt").write_text(TEXT, encoding="utf8")
    if callable(content):
        content(inbox / name)
    else:
        (inbox / name).write_bytes(content)
    corpus, log = take([inbox], out)
    assert corpus["article_id"].tolist() == ["good"]
    (bad,) = [row for row in log if row[2] == "left out"]
    assert problem in bad[3]


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("http://127.0.0.1:9/feed", "127.0.0.1 is a private address, not read"),
        ("ftp://wire.example/feed", "is not read"),
        ("file:///etc/hostname", "is not read"),
        ("missing.txt", "does not exist"),
    ],
)
def test_addresses_that_may_not_be_read_are_named(out, address, problem):
    log = ingest([address], out)
    (row,) = log.outcomes.itertuples()
    assert (row.taken_from, row.outcome, row.article_id) == (address, "left out", "")
    assert problem in row.problem
    assert row.way_out
    assert log.articles == 0


def test_the_log_says_what_was_thrown_away(inbox, out):
    (inbox / "page.txt").write_text(f"Talks go on\nBy Anna Berg\n\n{TEXT}\nTags\nRelated Reads\n", encoding="utf8")
    corpus, _ = take([inbox], out)
    left_out = json.loads(corpus["left_out"][0])
    assert left_out[:2] == [[1, "headline", "Talks go on"], [2, "byline", "By Anna Berg"]]
    assert {reason for _, reason, _ in left_out[2:]} == {"tags", "related articles"}
    assert corpus["byline"][0] == "Anna Berg"


@pytest.mark.parametrize(
    ("name", "head", "day", "origin"),
    [
        ("talks.txt", "Talks go on\n24 NOV 2025 12:16\n\n", "2025-11-24", "text"),
        ("2025-11-23_talks.txt", "", "2025-11-23", "file name"),
        ("talks.md", "---\npublished: 2025-11-22\n---\n", "2025-11-22", "metadata"),
        ("talks2.md", "---\nurl: https://wire.example/2025/11/21/talks\n---\n", "2025-11-21", "address"),
        ("undated.txt", "", "NaT", ""),  # when a file was saved says nothing of when its words were published
    ],
)
def test_a_date_says_where_it_is_from(inbox, out, name, head, day, origin):
    (inbox / name).write_text(head + TEXT, encoding="utf8")
    os.utime(inbox / name, (1_000_000_000, 1_000_000_000))
    corpus, _ = take([inbox], out)
    assert (str(corpus["published"][0])[:10], corpus["date_origin"][0]) == (day, origin)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("talks.txt", "---\ntitle: Talks: a new round\npublished: 10/07/2025\n---\n" + TEXT),
        ("talks.csv", f'title,published,text\nTalks: a new round,10/07/2025,"{TEXT}"\n'),
    ],
)
def test_a_date_that_cannot_be_read_is_named(inbox, out, name, words):
    (inbox / name).write_text(words, encoding="utf8")
    corpus, log = take([inbox], out)
    assert (corpus["title"][0], corpus["text"][0]) == ("Talks: a new round", TEXT)
    assert pd.isna(corpus["published"][0])
    assert [row[3] for row in log] == ["date '10/07/2025' is not understood"]


def test_a_dateline_dates_a_text(inbox, out):
    (inbox / "talks.txt").write_text(f"GENEVA, 23 November 2025 - {TEXT}", encoding="utf8")
    corpus, log = take([inbox], out)
    assert (str(corpus["published"][0])[:10], corpus["date_origin"][0]) == ("2025-11-23", "text")
    assert [row[3] for row in log] == [""]


def test_wire_copies_of_several_outlets_are_one_group(inbox, out):
    for outlet, more in (("Wire", ""), ("Gazette", "\n\nThe talks are to go on in Kyiv, the Gazette has learned.")):
        (inbox / f"{outlet}.md").write_text(
            f"---\nsource: {outlet}\npublished: 2025-11-24\n---\n{TEXT}{more}", encoding="utf8"
        )
    (inbox / "own.md").write_text("---\npublished: 2025-11-25\n---\nTrams ran late in the rain.", encoding="utf8")
    corpus, _ = take([inbox], out)
    assert corpus["group"].tolist() == ["Gazette", "Gazette", "own"]


def test_the_same_words_in_two_outlets_are_two_articles(inbox, out):
    for outlet in ("Wire", "Gazette"):
        (inbox / f"{outlet}.md").write_text(f"---\nsource: {outlet}\n---\n{TEXT}", encoding="utf8")
    corpus, _ = take([inbox], out)
    assert len(corpus) == 2


def test_a_page_that_changed_keeps_its_first_text(inbox, out):
    page = "---\nurl: https://wire.example/talks\n---\n"
    (inbox / "talks.md").write_text(page + TEXT, encoding="utf8")
    take([inbox], out)
    (inbox / "talks.md").write_text(page + PARAGRAPHS[0], encoding="utf8")
    corpus, log = take([inbox], out)
    assert corpus["text"].tolist() == [TEXT]
    assert log == [("talks.md", None, "known", "changed since it was taken in; the first text is kept")]


def test_damaged_marks_come_whole(inbox, out):
    damaged = TEXT.replace("’", "__").replace("Nobody", "Ukraine__ minister did say nothing. Nobody").encode()
    (inbox / "talks.txt").write_bytes(damaged.replace("“".encode(), "“".encode().decode("cp1252").encode()))
    corpus, _ = take([inbox], out)
    assert "Ukraine’s minister" in corpus["text"][0]
    assert "â€" not in corpus["text"][0]


def test_what_is_no_corpus_is_not_written_over(inbox, out):
    out.parent.mkdir()
    (inbox / "good.txt").write_text(TEXT, encoding="utf8")
    for content, problem in ((b"words", "is no Parquet file"), (None, "has no column 'article_id'")):
        if content:
            out.write_bytes(content)
        else:
            pd.DataFrame({"a": [1]}).to_parquet(out)
        before = out.read_bytes()
        with pytest.raises(IntakeError, match=problem):
            ingest([inbox], out)
        assert out.read_bytes() == before
    with pytest.raises(IntakeError, match=r"does not end in \.parquet"):
        ingest([inbox], out.with_suffix(".csv"))
    with pytest.raises(IntakeError, match="'body' is no field"):
        ingest([inbox], out, columns={"body": "text"})


def test_a_run_that_fails_leaves_nothing_half_written(inbox, out, monkeypatch):
    (inbox / "good.txt").write_text(TEXT, encoding="utf8")
    take([inbox], out)
    before = out.read_bytes()
    (inbox / "more.txt").write_text(PARAGRAPHS[0], encoding="utf8")

    def full_disk(self, path, **_):
        with open(path, "wb") as file:
            file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", full_disk)
    with pytest.raises(OSError, match="No space left"):
        ingest([inbox], out)
    assert out.read_bytes() == before
    assert [file.name for file in out.parent.iterdir()] == [out.name]


def test_the_command_adds_and_says_what_it_left_out(inbox, out):
    (inbox / "talks.html").write_text(HTML, encoding="utf8")
    (inbox / "export.csv").write_text(f'Body\n"{PARAGRAPHS[0]}"\n', encoding="utf8")
    command = ["ingest", str(inbox), "missing.txt", "--out", str(out), "--column", "text=Body"]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 0, done.output
    assert done.stdout == f"2 added, 0 known, 1 left out; {out} has 2 articles\n"
    assert f"added: {inbox}/export.csv, line 2: no date; add 'published: 2025-11-24' to its front matter" in done.stderr
    assert "left out: missing.txt: does not exist; check the name" in done.stderr
    assert "take it in anew, with another --out" in done.stderr
    assert pd.read_csv(out.with_suffix(".log.csv"))["outcome"].tolist() == ["added", "added", "left out"]
    assert CliRunner().invoke(main, command).stdout == f"0 added, 2 known, 1 left out; {out} has 2 articles\n"


def test_nothing_in_the_log_runs_in_a_spreadsheet(inbox, out):
    formula = '=HYPERLINK("https://example.org","x")'
    (inbox / "a.jsonl").write_text(f'{json.dumps({"id": formula, "text": TEXT})}\n{{"id": "b"}}\n', encoding="utf8")
    CliRunner().invoke(main, ["ingest", str(inbox), "--out", str(out)], catch_exceptions=False)
    log = pd.read_csv(out.with_suffix(".log.csv"), keep_default_na=False, dtype=str)
    assert log["article_id"].tolist() == [f"'{formula}", ""]
    assert log["line"].tolist() == ["1", "2"]


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["missing.txt", "--out", "corpus.parquet"], 1, "nothing to take in (0 added, 0 known, 1 left out)"),
        (["missing.txt", "--out", "corpus.csv"], 1, "does not end in .parquet"),
        (["x.csv", "--out", "corpus.parquet", "--column", "text"], 2, "'text' is not FIELD=COLUMN"),
        (["x.csv", "--out", "corpus.parquet", "--column", "body=text"], 1, "'body' is no field"),
        (["--out", "corpus.parquet"], 2, "Missing argument 'SOURCE...'"),
    ],
)
def test_wrong_use_of_the_command_is_explained(tmp_path, monkeypatch, options, code, message):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["ingest", *options])
    assert done.exit_code == code
    assert message in done.stderr
    assert not (tmp_path / "corpus.parquet").exists()
