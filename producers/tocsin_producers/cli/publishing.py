"""From files to rows: every file is read, every report in it handed over, and all of them accounted for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from tocsin_producers.adapters import Draft, Labels, Unread, adapter_for
from tocsin_producers.adapters.content_id import content_id
from tocsin_producers.adapters.unreadable import unreadable
from tocsin_producers.cli.rows import Row, RowOutcome, name_options
from tocsin_producers.cli.sources import Source
from tocsin_producers.kinds import read_body
from tocsin_producers.no_report import NoReport
from tocsin_producers.reporter import Receipt, Reporter
from tocsin_producers.spool import SpoolError
from tocsin_producers.transports import TransportError
from tocsin_schemas import Action, InvalidEvent, Problem, ProblemCode, ReportKind, Retraction
from tocsin_schemas.logs import get_logger


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the command line asks of every file."""

    labels: Labels
    kind: ReportKind | None = None
    update: str | None = None
    """Series that the report corrects."""
    supersedes: tuple[str, ...] = ()
    """Series whose place the report takes."""
    dry_run: bool = False


def publish_files(
    files: Sequence[Source | Path], wish: Wish, *, reporter: Reporter, done: Callable[[], None]
) -> Iterator[Row]:
    """The rows of all files, as they come; an interruption still accounts for the files that were not reached.

    Args:
        files: in this order.
        wish: how to read and whether to send.
        reporter: hands the reports over.
        done: is told when a file is finished.
    """
    interrupted = False
    for file in files:
        source = file if isinstance(file, Source) else Source.named(file)
        if interrupted:
            yield Row(source.name, RowOutcome.NOT_TRIED, note="interrupted before this file")
            continue
        try:
            yield from _file(source, wish, reporter, alone=len(files) == 1)
        except KeyboardInterrupt:
            interrupted = True
            yield Row(
                source.name, RowOutcome.NOT_TRIED, note="interrupted; what this file held may be partly published"
            )
        done()


def _file(source: Source, wish: Wish, reporter: Reporter, *, alone: bool) -> Iterator[Row]:
    name, found = source.name, False
    try:
        for item in _items(source, wish, alone=alone):
            found = True
            if isinstance(item, Unread):
                yield _refused(name, item.problems, part=item.part)
            else:
                yield _report(name, item, wish, reporter)
    except NoReport as error:
        if source.found and not found:
            found = True
            yield Row(name, RowOutcome.PASSED_OVER, note=error.problems[0].message)
        else:
            found = True
            yield _refused(name, error.problems)
    except InvalidEvent as error:
        found = True
        yield _refused(name, error.problems)
    except OSError as error:
        found = True
        yield _refused(name, unreadable(source.path, error).problems)
    except Exception as error:  # noqa: BLE001 - one reader's fault must not cost the other files; it is logged and a row
        found = True
        get_logger(part="publish").exception("a reader failed", file=name)
        yield _refused(name, [_our_fault(error)])
    if not found:
        yield _refused(name, [Problem("(file)", "holds no report.", "Put one in.", ProblemCode.UNREADABLE_FILE)])


def _items(source: Source, wish: Wish, *, alone: bool) -> Iterable[Draft | Unread]:
    """What is in a file. What corrects or replaces is one report: several would all do so to one series."""
    if source.problem is not None:
        raise InvalidEvent([source.problem])
    items = adapter_for(source.path, kind=wish.kind).read(source.path, wish.labels)
    if wish.update is None and not wish.supersedes:
        return items
    first = list(islice(items, 2))
    if not alone or len(first) > 1:
        raise InvalidEvent([_SEVERAL])
    return first


_SEVERAL = Problem(
    "(file)",
    "is one of several, or holds several reports, and --update corrects, as --supersedes replaces, by one report.",
    "Put the report that corrects or replaces the series into a file of its own, and name that file alone.",
)


def publish_one(name: str, make: Callable[[], Draft], *, reporter: Reporter) -> Row:
    """The row of one report that comes from no file.

    Args:
        name: what to call it in the row.
        make: makes the draft, or raises `InvalidEvent`.
        reporter: hands it over.
    """
    row = Row(name, RowOutcome.VALID)
    return _outcome(row, lambda: _received(row, reporter.publish(make())))


def _report(name: str, draft: Draft, wish: Wish, reporter: Reporter) -> Row:
    row = Row(name, RowOutcome.VALID, part=draft.part, kind=draft.kind, note=draft.note or None)

    def hand_over() -> Row:
        aimed = _aimed(draft, wish)
        if wish.dry_run:
            ready = reporter.prepare(aimed)
            title = None if isinstance(draft.body, Retraction) else draft.body.title
            return replace(row, event_id=ready.event_id, series=ready.series, title=title)
        return _received(row, reporter.publish(aimed))

    return _outcome(row, hand_over)


def _outcome(row: Row, hand_over: Callable[[], Row]) -> Row:
    try:
        return hand_over()
    except InvalidEvent as error:
        return name_options(replace(row, outcome=RowOutcome.REFUSED, problems=error.problems))
    except TransportError as error:
        outcome = RowOutcome.REFUSED if error.permanent else RowOutcome.FAILED
        return replace(row, outcome=outcome, problems=error.problems, note=str(error))
    except SpoolError as error:
        return replace(row, outcome=RowOutcome.FAILED, note=str(error))


def _received(row: Row, receipt: Receipt) -> Row:
    return replace(
        row,
        outcome=RowOutcome(receipt.outcome.value),
        event_id=receipt.event_id,
        series=receipt.series,
        note=" | ".join(said for said in (receipt.reason, row.note) if said) or None,
    )


def _aimed(draft: Draft, wish: Wish) -> Draft:
    """The draft as the command line has it: a correction of one series, in the place of others."""
    if wish.update is None and not wish.supersedes:
        return draft
    option = "--update" if wish.update is not None else "--supersedes"
    if draft.envelope is not None:
        problem = Problem(
            "type",
            "the file is a whole event, which says itself what it does to which series.",
            f"Leave {option} out, or publish the event's data alone.",
        )
        raise InvalidEvent([problem])
    action = draft.action if wish.update is None else Action.UPDATE
    series = draft.series if wish.update is None else wish.update
    body = draft.body
    if wish.supersedes and not isinstance(body, Retraction):
        data = body.model_dump(mode="json", exclude_unset=True)
        named = dict.fromkeys((*body.supersedes, *wish.supersedes))
        body = read_body({**data, "supersedes": list(named)}, kind=draft.kind, action=action)
    identity = content_id(body, kind=draft.kind, action=action, series=series)
    return replace(draft, body=body, action=action, series=series, event_id=identity)


def _refused(name: str, problems: Sequence[Problem], *, part: str = "") -> Row:
    return name_options(Row(name, RowOutcome.REFUSED, part=part, problems=tuple(problems)))


def _our_fault(error: Exception) -> Problem:
    return Problem(
        "(file)",
        f"could not be read: {type(error).__name__}.",
        "This is a fault of tocsin; please report it with the file's kind.",
        ProblemCode.INTERNAL,
    )
