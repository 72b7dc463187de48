"""Export files of each vendor, written by code, and the project that loads them in tests."""
