"""How fast the file feed reads, and how much memory it takes, on the real records and on many copies of them.

.venv/bin/python -m benchmarks.feed_rate
"""

from __future__ import annotations

import gzip
import sys
import tempfile
from pathlib import Path

from benchmarks.common import ROOT, arguments, machine, measure

_COUNT = """
import sys, time
from pathlib import Path
from bot.adapters.feed_file import FileSource
began = time.perf_counter()
problems = []
count = sum(1 for _ in FileSource(Path(sys.argv[1])).records(problems.append))
print(f"{count} records, {len(problems)} problems, {count / (time.perf_counter() - began):.0f} records/s")
"""


def main() -> None:
    """Print the figures."""
    packed = arguments(__doc__ or "").data.resolve() / "arxiv" / "abstracts.jsonl.gz"
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        plain, many = Path(folder) / "plain.jsonl", Path(folder) / "many.jsonl.gz"
        content = gzip.decompress(packed.read_bytes())
        plain.write_bytes(content)
        with gzip.open(many, "wb", compresslevel=1) as file:
            for _ in range(71):
                file.write(content)
        for name, feed in (("gzip", packed), ("plain", plain), ("71 copies, gzip", many)):
            figures = measure([sys.executable, "-c", _COUNT, str(feed)], ROOT)
            print(f"{name}: {figures.out.strip()}, peak {figures.peak:.0f} MB")


if __name__ == "__main__":
    main()
