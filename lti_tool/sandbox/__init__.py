"""The practice LMS: an LTI 1.3 Advantage platform of our own, for the demo and the tests.

It imports nothing of the tool and talks to it over HTTP only.
"""
