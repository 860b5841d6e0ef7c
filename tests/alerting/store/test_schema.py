"""The schema comes up by its steps, once, whoever starts first."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from tocsin_alerting.store import open_store, schema
from tocsin_alerting.store.schema import check_revision, upgrade
from tocsin_alerting.store.tables import Base


def test_the_steps_lead_to_the_mapped_tables(database_url: str) -> None:
    """What the migrations build is what the code maps: no column, index or constraint differs."""
    upgrade(database_url)
    store = open_store(database_url)
    with store.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
        tables = set(inspect(connection).get_table_names())
    store.close()

    assert differences == []
    assert tables == {*Base.metadata.tables, "alembic_version"}


def test_the_files_names_say_which_revision_is_newest() -> None:
    """A service that starts reads the numbers of the files; Alembic reads the files, and must come to the same."""
    script = ScriptDirectory(str(Path(schema.__file__).with_name("migrations")))
    known = {revision.revision for revision in script.walk_revisions()}

    assert schema.revisions() == known
    assert script.get_heads() == [max(known)]


def test_several_may_upgrade_at_once_and_again(database_url: str) -> None:
    """Services that start together each bring the schema up; it is built once."""
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(upgrade, [database_url] * 4))
    upgrade(database_url)
    store = open_store(database_url)
    check_revision(store)
    with store.read() as session:
        revisions = session.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    store.close()

    assert len(revisions) == 1  # which one, `check_revision` has said


def test_an_empty_store_is_refused_with_what_to_do(database_url: str) -> None:
    """A service does not begin on a database without its tables, and says which command builds them."""
    store = open_store(database_url)

    with pytest.raises(RuntimeError, match="run `tocsinctl db upgrade`"):
        check_revision(store)
    store.close()


def test_a_newer_schema_is_refused(database_url: str) -> None:
    """Old software does not write into a schema that it does not know."""
    upgrade(database_url)
    store = open_store(database_url)
    with store.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'later'"))

    with pytest.raises(RuntimeError, match="newer than this software"):
        check_revision(store)
    store.close()


def test_the_folder_of_a_sqlite_file_is_made(tmp_path: Path) -> None:
    """The first start needs no folder prepared by hand, a name with a percent sign included."""
    file = tmp_path / "state 100%" / "below" / "tocsin.db"
    upgrade(f"sqlite:///{file}")

    assert file.is_file()
