"""LTI 1.3 Advantage: the only room that knows PyLTI1p3. Everything behind it sees plain domain values."""
