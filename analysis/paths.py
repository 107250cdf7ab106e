"""Where the data and notebooks that travel with the package lie.

In a checkout they stand at the top level (``data/``, ``notebooks/``); in an installed wheel inside the package.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_HOME = _PACKAGE if (_PACKAGE / "data").is_dir() else _PACKAGE.parent

DATA = _HOME / "data"
NOTEBOOKS = _HOME / "notebooks"
SAMPLE = DATA / "sample"
GOLD = DATA / "gold"
CODEBOOK = DATA / "codebook.toml"
LEXICONS = DATA / "lexicons"
