"""Messages that are not about one alert: what is known of one, its words by kind, and one renderer for each channel."""
