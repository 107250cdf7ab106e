"""Teaches nbval to compare the tables and charts of notebooks as a reader does, and to say what changed."""

from functools import partial

import pytest
from differences import chart_differences, table_differences

DIFFERENCES = {"text/html": table_differences, "image/svg+xml": chart_differences}
ACCEPT = "Is this wanted? Then accept it with `make notebooks`, and commit the notebooks with the reason."


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let the cells of notebooks be compared by us first."""
    if config.pluginmanager.hasplugin("nbval"):
        from nbval.plugin import IPyNbCell

        for cell in items:
            if isinstance(cell, IPyNbCell):
                cell.compare_outputs = partial(_compare, cell, cell.compare_outputs)


def _compare(cell, by_nbval, outputs, stored) -> bool:
    """Return whether the outputs of a cell are those that are stored; what differs is left in the cell for nbval."""
    said = []
    for new, old in zip(outputs, stored, strict=False):
        for kind, differences in DIFFERENCES.items():
            before, after = old.get("data", {}).get(kind), new.get("data", {}).get(kind)
            if before and after and before != after:
                found = differences(before, after)
                said += found
                if kind == "image/svg+xml" and not found:
                    new["data"][kind] = before  # the same picture
    if said:
        cell.comparison_traceback = ["stored in the notebook -> found now", *said, "", ACCEPT]
    return not said and by_nbval(outputs, stored)
