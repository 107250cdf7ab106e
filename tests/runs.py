"""What the run log of a folder of reports says."""

import json

from analysis.run_log import NAME


def read_runs(out):
    """Return the lines of the run log, oldest first."""
    return [json.loads(line) for line in (out / NAME).read_text(encoding="utf8").splitlines()]
