"""Loads damaged files by the thousand: none may crash or hang the load, or lose a row.

The same fuzzer as in the tests, at full size. Ends with 1 and the files' numbers where something
is wrong; the same seed gives the same files. Usage:
python benchmarks/fuzz_ingest.py [--files 10000] [--seed 3]
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests" / "integration")]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=3)
    arguments = parser.parse_args()
    from ingest_fuzz import FILES_PER_LOAD, Fuzzer

    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        fuzzer = Fuzzer(Path(folder), arguments.seed)
        for first in range(0, arguments.files, 20 * FILES_PER_LOAD):
            last = min(first + 20 * FILES_PER_LOAD, arguments.files)
            fuzzer.run(range(first, last))
            print(f"{last} files, {time.perf_counter() - start:.0f} s", flush=True)
    findings = fuzzer.findings
    print(dict(findings.outcomes), f"slowest batch: {findings.slowest * 1000:.0f} ms a file")
    print("\n".join(findings.wrong) or "nothing wrong")
    return 1 if findings.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
