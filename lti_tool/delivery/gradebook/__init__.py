"""The badge as a column of the course's gradebook (AGS 2.0): 1 of 1 while it stands, empty once withdrawn."""

from lti_tool.delivery.gradebook.delivery import DESTINATION, GradebookDelivery

__all__ = ["DESTINATION", "GradebookDelivery"]
