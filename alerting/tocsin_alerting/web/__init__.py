"""The web service: answers, callbacks of the providers, pages, and the API."""
