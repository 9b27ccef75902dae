"""One module for each point that is measured; run(bench) takes its figures."""
from bench.scenarios import again, asking, bounded, crowded, lines, pressing, resting, scattered, sequential, starting

# One more point of the list, the cost of very large torrents, is a test.
ALL = {module.number: module for module in sorted((again, asking, bounded, crowded, lines, pressing, resting, scattered, sequential, starting),
                                                  key=lambda module: module.number)}
