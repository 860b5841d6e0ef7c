"""Grading: from a report to an assessment by the shared rubric, and the worker that does so on Kafka."""
