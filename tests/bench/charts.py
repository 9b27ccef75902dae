"""Bar charts as SVG, with nothing but the standard library."""
import statistics
from xml.sax.saxutils import escape

WIDTH, LEFT, RIGHT, TOP, ROW = 720, 110, 90, 50, 28
OURS, THEIRS, INK, PALE = "#1f6feb", "#9aa4b2", "#24292f", "#57606a"


def bars(title, which_way, values, number):
    """One bar for each client, as long as its median, with a line from the least to the most value."""
    scale = (WIDTH - LEFT - RIGHT) / (max(max(found) for found in values.values()) or 1)
    height = TOP + ROW * len(values) + 12
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
           'font-family="system-ui, sans-serif" font-size="13">',
           f'<rect width="{WIDTH}" height="{height}" rx="6" fill="#ffffff"/>',
           f'<text x="14" y="22" fill="{INK}" font-size="15" font-weight="600">{escape(title)}</text>',
           f'<text x="14" y="39" fill="{PALE}" font-size="11">{escape(which_way)}</text>']
    for row, (client, found) in enumerate(values.items()):
        y = TOP + ROW * row
        middle, least, most = statistics.median(found), min(found), max(found)
        out.append(f'<text x="{LEFT - 8}" y="{y + 16}" text-anchor="end" fill="{INK}">{escape(client)}</text>')
        color = OURS if client == "ours" else THEIRS
        out.append(f'<rect x="{LEFT}" y="{y + 3}" width="{max(1, middle * scale):.1f}" height="18" rx="2" fill="{color}"/>')
        if len(found) > 1:
            out.append(f'<path d="M{LEFT + least * scale:.1f} {y + 12}H{LEFT + most * scale:.1f}" stroke="{INK}" stroke-width="1.5"/>')
            for end in (least, most):
                out.append(f'<path d="M{LEFT + end * scale:.1f} {y + 8}v8" stroke="{INK}" stroke-width="1.5"/>')
        out.append(f'<text x="{LEFT + most * scale + 8:.1f}" y="{y + 16}" fill="{INK}">{number(middle)}</text>')
    return "\n".join([*out, "</svg>"]) + "\n"
