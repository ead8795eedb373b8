"""Mininet's way to a lab of one Linux bridge and COUNT hosts; run by the Python that Mininet is installed for.

``python3 mininet_peer.py COUNT [ping]`` prints seconds as JSON: to build, to ping all pairs (with ``ping``), to stop.
"""

from __future__ import annotations

import json
import sys
import time

from mininet.log import setLogLevel
from mininet.net import Mininet
from mininet.nodelib import LinuxBridge
from mininet.topo import SingleSwitchTopo

setLogLevel("critical")
figures = {}
began = time.perf_counter()
net = Mininet(topo=SingleSwitchTopo(int(sys.argv[1])), switch=LinuxBridge, controller=None)
net.start()
figures["build"] = time.perf_counter() - began
if "ping" in sys.argv:
    began = time.perf_counter()
    figures["lost"] = net.pingAll()  # per cent
    figures["ping"] = time.perf_counter() - began
began = time.perf_counter()
net.stop()
figures["stop"] = time.perf_counter() - began
print(json.dumps(figures))
