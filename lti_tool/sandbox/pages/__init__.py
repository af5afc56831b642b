"""The pages of the practice LMS, by subject."""
