"""The web service keeps what it promises."""
