"""Results in the tool's own gradebook columns (LTI AGS 2.0), which is all that AGS shows a tool;
but for platforms with an extension that shows it the whole gradebook."""

from lti_tool.sources.ags_results.parse import SOURCE, parse_results
from lti_tool.sources.ags_results.source import AgsResultsSource

__all__ = ["SOURCE", "AgsResultsSource", "parse_results"]
