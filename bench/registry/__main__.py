"""``python -m bench.registry [FOLDER]``: ours beside the peers on the public sets, one run, one table.

Each peer has a process of its own and :data:`LIMIT` seconds of processor time a set; dedupe, which takes minutes for
thousands of records, is tried on sets of at most :data:`FOR_DEDUPE`.
"""

import sys
from pathlib import Path
from typing import Final

from bench.registry.peers import PEERS, dedupe, limited
from bench.registry.public import ours, public_sets

LIMIT: Final = 300
FOR_DEDUPE: Final = 5_000


def main() -> int:
    arguments = [a for a in sys.argv[1:] if not a.startswith("--")]
    folder = Path(arguments[0] if arguments else "../shared/data/linkage")
    print(f"{'set':16}{'records':>8}  {'method':16}{'precision':>10}{'recall':>9}{'F1':>9}{'seconds':>9}")
    for data in public_sets(folder):
        for name, method in {"Linli": ours, **PEERS}.items():
            if method is dedupe and len(data.frame) > FOR_DEDUPE:
                continue
            result = limited(method, data, LIMIT)
            shown = result if isinstance(result, str) else "{:10.4f}{:9.4f}{:9.4f}{:9.1f}".format(*result)
            print(f"{data.name:16}{len(data.frame):8}  {name:16}{shown}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
