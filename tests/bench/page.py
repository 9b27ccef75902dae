"""The figures for people: tables on the terminal, and docs/BENCHMARKS.md with its charts."""
import os
import re
import statistics

from bench import scenarios
from bench.charts import bars
from bench.clients import EXPLAINED
from bench.figures import METRICS
from bench.targets import verdicts


def number(value):
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def cell(values):
    """The median, and how far apart the values lie."""
    if not values:
        return ""
    middle = number(statistics.median(values))
    return middle if len(values) == 1 else f"{middle} ({number(min(values))}..{number(max(values))})"


def name_of(metric):
    return f"{metric.title}, {metric.unit}" if metric.unit else metric.title


def table(figures, scenario):
    """Rows of text, the heading first: one for each setting and metric, a column for each client."""
    rows = figures.of(scenario)
    clients = [client for client in EXPLAINED if client in figures.distinct(rows, "client")]
    lines = [["", *clients]]
    for setting in figures.distinct(rows, "setting"):
        for key in METRICS:
            if figures.of(scenario, setting, key):
                lines.append([f"{setting}: {name_of(METRICS[key])}",
                              *(cell(figures.values(scenario, setting, key, client)) for client in clients)])
    return lines


def sentence(verdict):
    metric = METRICS[verdict.target.metric]
    sign = "≥" if metric.more_is_better else "≤"
    return (f"{'met' if verdict.met else 'MISSED'}: {verdict.target.text} ({verdict.setting}): "
            f"{number(verdict.value)} {metric.unit}, needed {sign} {number(verdict.bound)}")


def print_tables(figures):
    for scenario in figures.distinct(figures.rows, "scenario"):
        print(f"\n{scenario}. {scenarios.ALL[scenario].title}")
        lines = table(figures, scenario)
        widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
        for line in lines:
            print("  " + line[0].ljust(widths[0]) + "".join("  " + text.rjust(width) for text, width in zip(line[1:], widths[1:])))
        for verdict in verdicts(figures, METRICS, scenario):
            print("  " + sentence(verdict))


def markdown(lines):
    out = ["| " + " | ".join(lines[0]) + " |", "|---" + "|---:" * (len(lines[0]) - 1) + "|"]
    return out + ["| " + " | ".join(line) + " |" for line in lines[1:]]


def draw(figures, scenario, folder):
    """Writes one chart for each metric and setting that two clients share; returns the lines that show them."""
    shown = []
    rows = figures.of(scenario)
    for setting in figures.distinct(rows, "setting"):
        for key, metric in METRICS.items():
            values = {client: figures.values(scenario, setting, key, client) for client in EXPLAINED}
            values = {client: found for client, found in values.items() if found}
            if len(values) < 2 or key in ("cpu", "peak", "stalls", "background"):
                continue
            name = re.sub(r"[^a-z0-9]+", "-", f"{scenario}-{setting}-{key}".lower()).strip("-") + ".svg"
            title = f"{setting}: {name_of(metric)}"
            with open(os.path.join(folder, name), "w") as out:
                out.write(bars(title, "more is better" if metric.more_is_better else "less is better", values, number))
            shown.append(f"![{title}](benchmarks/{name})")
    return shown


def write_page(run, figures, docs):
    folder = os.path.join(docs, "benchmarks")
    os.makedirs(folder, exist_ok=True)
    for old in os.listdir(folder):
        if old.endswith(".svg"):
            os.unlink(os.path.join(folder, old))
    about = run["about"]
    versions = ", ".join(f"{name} {version}" for name, version in about["versions"].items())
    lines = ["# Benchmarks", "",
             "Written by `scripts/bench --write`; do not edit. Every figure of a table comes from one run, clients in turns on the same seeds, "
             "each time with a fresh state; every byte was checked. Figures of two runs, or of two machines, say nothing about each other: "
             "compare within a row. Shown is the median, with the least and the most in parentheses.", "",
             f"- measured: {about['date']}, {about['repeat']} round{'s' * (about['repeat'] > 1)}" + (", quick" if about["quick"] else ""),
             *([] if about["prefetch"] else ["- this checkout knows no `--prefetch`: `ours` had no download beside it in point 4"]),
             f"- machine: {about['machine']}; seeds and clients share it", f"- checkout: {about['checkout']}", f"- others: {versions}",
             "- again: `sudo scripts/bench --write` on a machine that does nothing else; `scripts/bench --help` for less", "",
             "| client | what it is |", "|---|---|", *(f"| `{name}` | {text} |" for name, text in EXPLAINED.items()), ""]
    for scenario in figures.distinct(figures.rows, "scenario"):
        module = scenarios.ALL[scenario]
        lines += [f"## {scenario}. {module.title}", "", module.text, "", *markdown(table(figures, scenario)), ""]
        found = [f"- {sentence(verdict)}" for verdict in verdicts(figures, METRICS, scenario)]
        lines += [*found, ""] if found else []
        lines += [*draw(figures, scenario, folder), ""]
    if run["failed"]:
        lines += ["## Not measured", "", *(f"- {failed}" for failed in run["failed"]), ""]
    with open(os.path.join(docs, "BENCHMARKS.md"), "w") as out:
        out.write("\n".join(lines).rstrip() + "\n")
