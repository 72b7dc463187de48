"""What runs: the pipeline as a Prefect flow, and what serves it on its schedule."""
