"""Everything people read, rendered: every kind of message in every language, and the pages. `make renderings`."""
