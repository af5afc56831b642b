"""The demonstration: the tool and the practice LMS side by side, to play with or as a story that plays itself."""
