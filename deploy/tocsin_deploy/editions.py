"""The edition of the rubric that a command is about: the live one, or one that is being tried."""

from __future__ import annotations

from pathlib import Path

from tocsin_streams.rubric import EVALUATIONS_FILE, RUBRIC_FILE, Rubric, load_rubric

__all__ = ["load_edition"]


def load_edition(network_dir: Path, tried: Path | None = None) -> Rubric:
    """The rubric of a network directory, or one that is tried in its place.

    Args:
        network_dir: the live network.
        tried: a folder with `rubric.yaml` or `evaluations.yaml` or both, or a rubric file; what it does not have is the
            live one's. None: the live rubric.

    Raises:
        RubricError: a file is not valid; names the file, the rule or evaluation, the field and the fix.
        FileNotFoundError: there is neither file in the folder, or nothing at the path.
    """
    if tried is None:
        return load_rubric(network_dir)
    if not tried.is_dir():
        if not tried.is_file():
            raise FileNotFoundError(f"{tried}: no such file. Name a rubric file, or a folder that has {RUBRIC_FILE}.")
        return load_rubric(network_dir, rubric_file=tried, evaluations_file=_there(tried.parent / EVALUATIONS_FILE))
    rubric_file, evaluations_file = _there(tried / RUBRIC_FILE), _there(tried / EVALUATIONS_FILE)
    if rubric_file is None and evaluations_file is None:
        raise FileNotFoundError(f"{tried}: has neither {RUBRIC_FILE} nor {EVALUATIONS_FILE}. Put one in, or both.")
    return load_rubric(network_dir, rubric_file=rubric_file, evaluations_file=evaluations_file)


def _there(path: Path) -> Path | None:
    return path if path.is_file() else None
