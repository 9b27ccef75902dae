"""One module for each point that is measured; run(bench) takes its figures."""
from bench.scenarios import scattered, sequential, starting

ALL = {module.number: module for module in (sequential, scattered, starting)}
