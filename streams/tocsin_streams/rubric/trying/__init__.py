"""Trying a rubric before it is live: what nearly fired, what can never fire, what no rule grades. Pure."""
