"""A program that uses a cluster until its standard input ends: prints the URL, then the server's number."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(sys.argv[1])))

from geodata.cluster import Cluster
from geodata.postgres import ClusterError

cluster = Cluster(Path(sys.argv[2]), fallback=Path(sys.argv[3]), settings={"fsync": "off"})
try:
    print(cluster.start(), cluster.pid(), flush=True)
except ClusterError as error:
    sys.exit(f"{type(error).__name__}: {error}")
sys.stdin.read()
cluster.stop()
