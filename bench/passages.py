from broadsheet.passages.alignment import align
from broadsheet.passages.carrying import carry

NAMES = {"intact": "same", "moved": "moved", "reworded": "reworded", "removed": "deleted"}


def place(old_text, new_text, spans):
    alignment = align(old_text, new_text)
    out = []
    for start, end in spans:
        p = carry(alignment, start, end)
        out.append((NAMES[p.status], p.start, p.end))
    return out
