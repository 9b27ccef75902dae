"""One module for each point that is measured; run(bench) takes its figures."""
from bench.scenarios import again, bounded, crowded, lines, pressing, resting, scattered, sequential, starting

# Two more points of the list, the latency of a request inside the process and the cost of very large torrents, are tests.
ALL = {module.number: module for module in sorted((again, bounded, crowded, lines, pressing, resting, scattered, sequential, starting),
                                                  key=lambda module: module.number)}
