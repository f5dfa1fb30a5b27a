"""``python -m bench.registry [FOLDER] [--dedupe]``: ours beside the peers on the public sets, one run, one table."""

import sys
from pathlib import Path

from bench.registry.peers import PEERS, dedupe, quietly
from bench.registry.public import ours, public_sets


def main() -> int:
    arguments = [a for a in sys.argv[1:] if not a.startswith("--")]
    folder = Path(arguments[0] if arguments else "../shared/data/linkage")
    peers = PEERS | ({"dedupe": dedupe} if "--dedupe" in sys.argv else {})
    print(f"{'set':16}{'records':>8}  {'method':16}{'precision':>10}{'recall':>9}{'F1':>9}{'seconds':>9}")
    for data in public_sets(folder):
        for name, method in {"Linli": ours, **peers}.items():
            result = quietly(method, data)
            shown = result if isinstance(result, str) else "{:10.4f}{:9.4f}{:9.4f}{:9.1f}".format(*result)
            print(f"{data.name:16}{len(data.frame):8}  {name:16}{shown}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
