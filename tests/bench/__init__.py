"""The benchmark suite behind scripts/bench. Where to start: command.py, then scenarios/sequential.py."""
