"""The small encoder, its weights and how to run them on a CPU; heavy parts load at the first call."""

from analysis.models.pairs import stance_probabilities
from analysis.models.runtime import ModelError, model_versions
from analysis.models.tagging import TaggedStatement, tag_statements
from analysis.models.targets import portrayal_probabilities, relation_probabilities

__all__ = [
    "ModelError",
    "TaggedStatement",
    "model_versions",
    "portrayal_probabilities",
    "relation_probabilities",
    "stance_probabilities",
    "tag_statements",
]
