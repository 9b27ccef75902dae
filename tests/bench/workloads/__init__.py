"""What is done with a source, and what is taken down; a workload is written once, for all clients."""
from bench.workloads.crowd import crowd
from bench.workloads.filling import filling
from bench.workloads.playing import play
from bench.workloads.reading import download, idle, launch, scattered, sequential, urgent
from bench.workloads.warming import warm

WORKLOADS = {workload.__name__: workload for workload in (
    crowd, download, filling, idle, launch, play, scattered, sequential, urgent, warm)}
