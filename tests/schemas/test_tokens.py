"""Tokens: good for one purpose, for as long as allowed, under any key that is still held."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeTimedSerializer

from tests.fixtures.clock import HandClock
from tocsin_schemas import ExpiredToken, InvalidToken, Purpose, Tokens
from tocsin_schemas.tokens import fingerprint

OLD = "an-old-key-of-some-length"
NEW = "a-new-key-of-some-length"
NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_a_token_says_what_was_put_into_it_and_when(clock: HandClock) -> None:
    """Claims and the instant of issue come back."""
    tokens = Tokens([NEW], clock=clock)
    token = tokens.verify(Purpose.INSTITUTE, tokens.issue(Purpose.INSTITUTE, {"institute": "gb"}))

    assert token.claims == {"institute": "gb"}
    assert token.issued_at == NINE


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("other", Purpose)
def test_a_token_is_good_for_its_own_purpose_only(purpose: Purpose, other: Purpose) -> None:
    """A door key is no acknowledgement link, nor the other way round."""
    tokens = Tokens([NEW])
    token = tokens.issue(purpose, {"id": 1})
    if purpose is other:
        assert tokens.verify(other, token).claims == {"id": 1}
    else:
        with pytest.raises(InvalidToken):
            tokens.verify(other, token)


def test_keys_can_be_rotated() -> None:
    """What the old key signed is good as long as it is held; what is issued bears the newest key."""
    old, both, new = Tokens([OLD]), Tokens([NEW, OLD]), Tokens([NEW])
    before = old.issue(Purpose.OPERATOR, {})
    after = both.issue(Purpose.OPERATOR, {})

    assert both.verify(Purpose.OPERATOR, before).claims == {}
    assert new.verify(Purpose.OPERATOR, after).claims == {}
    with pytest.raises(InvalidToken):
        new.verify(Purpose.OPERATOR, before)
    with pytest.raises(InvalidToken):
        old.verify(Purpose.OPERATOR, after)


def test_a_token_expires_after_its_age_and_not_before(clock: HandClock) -> None:
    """To the second; and an expired token is told apart from a false one."""
    tokens = Tokens([NEW], clock=clock)
    token = tokens.issue(Purpose.ANSWER_LINK, {"alert": "a"})
    hour = timedelta(hours=1)
    clock.advance(hour)
    assert tokens.verify(Purpose.ANSWER_LINK, token, max_age=hour).claims == {"alert": "a"}

    clock.advance(1)
    with pytest.raises(ExpiredToken):
        tokens.verify(Purpose.ANSWER_LINK, token, max_age=hour)
    assert tokens.verify(Purpose.ANSWER_LINK, token).issued_at == NINE


@given(place=st.integers(0, 200), character=st.sampled_from("abcXYZ019-_."))
def test_an_altered_token_is_refused(place: int, character: str) -> None:
    """No single character can be changed; the last one's unused bits aside, which change nothing."""
    tokens = Tokens([NEW], clock=lambda: NINE)
    token = tokens.issue(Purpose.INSTITUTE, {"institute": "gb"})
    place %= len(token) - 1
    altered = token[:place] + character + token[place + 1 :]
    if altered == token:
        return

    with pytest.raises(InvalidToken):
        tokens.verify(Purpose.INSTITUTE, altered)


@given(token=st.text(max_size=80))
def test_whatever_comes_as_a_token_is_refused_in_words(token: str) -> None:
    """Nonsense is an invalid token and nothing else."""
    with pytest.raises(InvalidToken):
        Tokens([NEW]).verify(Purpose.SESSION, token)


def test_a_token_that_holds_no_claims_is_refused() -> None:
    """Even one that is rightly signed."""
    serializer = URLSafeTimedSerializer(
        [NEW], salt=Purpose.SESSION.value, signer_kwargs={"digest_method": sha256, "key_derivation": "hmac"}
    )
    with pytest.raises(InvalidToken):
        Tokens([NEW]).verify(Purpose.SESSION, str(serializer.dumps(["gb"])))


@pytest.mark.parametrize("keys", [[], [""], ["short"], [NEW, "short"]])
def test_weak_keys_are_refused_naming_the_setting(keys: list[str]) -> None:
    """A deployment without a proper key does not start."""
    with pytest.raises(ValueError, match="TOCSIN_SECRET_KEYS"):
        Tokens(keys)


def test_a_fingerprint_tells_tokens_apart_without_telling_them() -> None:
    """It may be logged."""
    token = Tokens([NEW]).issue(Purpose.INSTITUTE, {"institute": "gb"})

    assert len(fingerprint(token)) == 12
    assert fingerprint(token) not in token
    assert fingerprint(token) != fingerprint(token + "x")
