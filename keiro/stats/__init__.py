"""Statistics that judge indicators: what is broken, what drifts."""
