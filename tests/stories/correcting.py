"""What the stories of corrections share: who has which messages about an alert, and what they say."""

from __future__ import annotations

import pytest

from tests.fixtures.system import MEMBERS
from tests.standins import SendGridStandIn, SentMail, SlackMessageStored, SlackStandIn
from tests.stories.transcript import transcript
from tests.system.alerts import settled
from tests.system.harness import System
from tests.system.people import messages_about, shown
from tests.system.test_the_main_job import DESKS, MAILBOXES


class Told:
    """The people of the network, and what they have been told of one alert."""

    def __init__(self, system: System, slack: SlackStandIn, sendgrid: SendGridStandIn, alert: str) -> None:
        self.alert = alert
        self._system = system
        self._slack = slack
        self._sendgrid = sendgrid

    def mails(self, institute: str) -> list[SentMail]:
        """The mails to an institute's desk, oldest first."""
        return [mail for mail in self._sendgrid.to(MAILBOXES[institute]) if mail.custom_args["alert"] == self.alert]

    def everybody_has(self, count: int) -> list[SentMail]:
        """Wait until every mailbox has so many mails; the newest of each."""
        self._system.eventually(
            lambda: all(len(self.mails(member)) == count for member in MEMBERS),
            f"every mailbox has {count} mails about {self.alert}",
            within=40,
        )
        settled(self._system, self.alert)
        return [self.mails(member)[-1] for member in MEMBERS]

    def posts(self) -> list[str]:
        """The newest message of its own in each desk's channel, as it reads now."""
        return [shown(self._in(desk, thread=False)[-1]) for desk in DESKS.values()]

    def replies(self) -> list[str]:
        """The newest reply in each desk's thread."""
        return [shown(self._in(desk, thread=True)[-1]) for desk in DESKS.values()]

    def messages_of_their_own(self) -> int:
        """How many messages stand in the channels beside the threads: one for each time everybody was asked."""
        return sum(len(self._in(desk, thread=False)) for desk in DESKS.values())

    def show(self, capsys: pytest.CaptureFixture[str], last: SentMail) -> None:
        """Print who was told what and when, and the last mail as its reader sees it."""
        lines = transcript(self._system, self._slack, self._sendgrid, self.alert)
        with capsys.disabled():
            print(f"\n{lines}\n\n{last.subject}\n\n{last.text}")

    def _in(self, desk: str, *, thread: bool) -> list[SlackMessageStored]:
        messages = messages_about(self._slack, self.alert, desk)
        return [one for one in messages if (one.thread_ts is not None) is thread]
