"""Where the running dbt command keeps its artifacts, for models that are written in Python."""

from pathlib import Path


def current_target_dir() -> Path:
    """The target folder of the dbt command that runs in this process.

    A Python model is not told its project's paths; dbt's own flags know them.
    """
    from dbt.flags import get_flags

    flags = get_flags()
    project = Path(flags.PROJECT_DIR)
    return project / (flags.TARGET_PATH or "target")
