"""Initiatives: what is planned and done for a KPI, whether it worked, and what was decided."""
