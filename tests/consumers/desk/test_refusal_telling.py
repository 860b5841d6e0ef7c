"""When changed files are refused, the coordinator's administrators hear of it, once, with every fault."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from tests.fixtures.clock import HandClock
from tests.fixtures.store import NETWORK_DIR
from tests.standins.slack_checks import faults_in
from tocsin_alerting.directory_keeper import DirectoryKeeper
from tocsin_alerting.messages.bulletins.mail import render_bulletin_mail
from tocsin_alerting.messages.bulletins.slack import render_bulletin_slack
from tocsin_alerting.messages.bulletins.view import BulletinView
from tocsin_alerting.messages.bulletins.writers import write
from tocsin_alerting.policy.bulletins import BulletinKind
from tocsin_alerting.store import Store
from tocsin_alerting.store.tables_bulletins import BulletinRow
from tocsin_consumers.desk.refusal_telling import RefusalTelling

NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)


def rows(store: Store) -> list[BulletinRow]:
    """What has been posted."""
    with store.read() as session:
        return list(session.scalars(select(BulletinRow).order_by(BulletinRow.created_at, BulletinRow.channel)))


def test_a_refusal_is_told_once_however_many_desks_refuse(store: Store, tmp_path: Path, specs: Path) -> None:
    """To each address of the coordinator's administrators, with names of files and no folders."""
    shutil.copytree(NETWORK_DIR, tmp_path / "network")
    folder, clock = tmp_path / "network", HandClock(NOW)
    telling = RefusalTelling(store=store, network_dir=folder, clock=clock)
    desks = [DirectoryKeeper(folder, on_refusal=telling.tell) for _ in range(2)]
    policy = (folder / "policy.yaml").read_text(encoding="utf-8")
    (folder / "policy.yaml").write_text(policy.replace("coordinator: gb", "coordinator: zz"), encoding="utf-8")
    for _ in range(3):
        for desk in desks:
            desk.look()
    told = rows(store)
    text = write(
        BulletinView(
            id="b",
            kind=BulletinKind.POLICY_REFUSED,
            edition=1,
            content=told[0].content,
            alerts=(),
            institute_name="UK AI Security Institute",
            contact_name="Head",
            public_url="https://tocsin.example",
            created_at=NOW,
            updated_at=NOW,
        )
    )
    mail = render_bulletin_mail(text, reference="b", contact_name="Head", institute_name="UK", domain="tocsin.example")

    assert [(one.kind, one.contact, one.channel) for one in told] == [
        ("policy_refused", "gb.lead", "email"),
        ("policy_refused", "gb.lead", "slack"),
    ]
    assert "policy.yaml: coordinator: 'zz' is not in institutes.yaml. Name a member." in mail.text
    assert desks[0]().version in mail.text
    assert str(tmp_path) not in mail.text
    assert faults_in(list(render_bulletin_slack(text, reference="b").blocks), specs) == []


def test_the_same_slip_on_another_day_is_told_again(store: Store, tmp_path: Path) -> None:
    """Who mends it and makes it again next week must hear of it again."""
    shutil.copytree(NETWORK_DIR, tmp_path / "network")
    folder, clock = tmp_path / "network", HandClock(NOW)
    telling = RefusalTelling(store=store, network_dir=folder, clock=clock)
    desk = DirectoryKeeper(folder, on_refusal=telling.tell)
    policy = (folder / "policy.yaml").read_text(encoding="utf-8")
    for _ in range(2):
        for content in (policy.replace("coordinator: gb", "coordinator: zz"), policy):
            (folder / "policy.yaml").write_text(content, encoding="utf-8")
            desk.look()
            desk.look()
        clock.advance(timedelta(days=7))

    assert len(rows(store)) == 4
