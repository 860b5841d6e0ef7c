"""Who of a team is on duty: pure functions of an instant and a rota. Calendars of others are fetched elsewhere."""
