"""`python -m lti_tool.cli` is the same as `lti-badges`."""

from lti_tool.cli import main

main()
