"""How an LMS tells us what learners did. One complete room per source; none knows its neighbours."""
