"""The method: how this code reads a report and weighs what the rules say, as a number that is part of every version.

The files say what the rules are, the code says how a result is read against a threshold, how wide its interval is and
what a fact means. Workers of two releases would otherwise name one version and grade apart.
"""

METHOD = 1
"""Raised by whoever changes the code so that some report gets another grade under the same files.

1: exact binomial intervals; of a result that spans thresholds the milder side; toll without a link grades nothing.
"""
