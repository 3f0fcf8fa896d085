"""Draw the pictures of the sample publication.

Every picture is composed here from flat shapes and lens-shaped cuts, as a
linocut is: few colours, paper showing through, one dark red used sparingly.
The script writes one small SVG per picture into `images/src/`, has headless
Chromium rasterise it and stores a WebP next to it. Run it from the root of
the repository, with the names of pictures to draw only those:

    python tools/draw_sample.py [name ...]

It needs Chromium and Pillow. The drawing is seeded: the same script gives the
same picture.
"""

from __future__ import annotations

import math
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image

IMAGES = Path("src/broadsheet/sample/content/images")

LARGEST = 88_000  # bytes

PAPER = "#f4eee2"
SAND = "#e0d3b8"
OCHRE = "#cb9c50"
MIST = "#b9c5c2"
HAZE = "#8fa3a6"
SLATE = "#4a616d"
SAGE = "#7f8d6c"
MOSS = "#56634a"
UMBER = "#6d5a48"
INK = "#23292e"
RED = "#8b1a1a"

DEFS = """<defs>
<filter id="r" x="-2%" y="-2%" width="104%" height="104%">
<feTurbulence type="fractalNoise" baseFrequency=".035" numOctaves="2" seed="7"/>
<feDisplacementMap in="SourceGraphic" scale="5" xChannelSelector="R" yChannelSelector="G"/>
</filter>
<filter id="s" x="0" y="0" width="100%" height="100%">
<feTurbulence type="fractalNoise" baseFrequency=".3" numOctaves="2" seed="3" result="n"/>
<feColorMatrix in="n" values="0 0 0 0 .957 0 0 0 0 .933 0 0 0 0 .886 8 0 0 0 -5.55" result="f"/>
<feTurbulence type="fractalNoise" baseFrequency=".012" numOctaves="2" seed="11"/>
<feColorMatrix values="0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 5 0 0 0 -2.5" result="w"/>
<feComposite in="f" in2="w" operator="in"/>
</filter>
</defs>"""


class Sheet:
    """A sheet of paper that shapes are printed on, in order."""

    def __init__(
        self, width: int, height: int, ground: str = PAPER, seed: int = 1
    ) -> None:
        self.width, self.height, self.ground = width, height, ground
        self.parts: list[str] = []
        self.rng = random.Random(seed)

    def add(self, markup: str) -> None:
        self.parts.append(markup)

    def rect(
        self, x: float, y: float, w: float, h: float, fill: str, more: str = ""
    ) -> None:
        self.add(
            f'<rect x="{n(x)}" y="{n(y)}" width="{n(w)}" height="{n(h)}" fill="{fill}"{sp(more)}/>'
        )

    def disc(self, x: float, y: float, r: float, fill: str, more: str = "") -> None:
        self.add(
            f'<circle cx="{n(x)}" cy="{n(y)}" r="{n(r)}" fill="{fill}"{sp(more)}/>'
        )

    def poly(
        self, points: list[tuple[float, float]], fill: str, more: str = ""
    ) -> None:
        joined = " ".join(f"{n(x)},{n(y)}" for x, y in points)
        self.add(f'<polygon points="{joined}" fill="{fill}"{sp(more)}/>')

    def path(self, d: str, fill: str, more: str = "") -> None:
        self.add(f'<path d="{d}" fill="{fill}"{sp(more)}/>')

    def line(self, d: str, stroke: str, width: float, more: str = "") -> None:
        self.add(
            f'<path d="{d}" fill="none" stroke="{stroke}" stroke-width="{n(width)}"{sp(more)}/>'
        )

    def cuts(
        self, cuts: list[tuple[float, float, float, float]], fill: str, more: str = ""
    ) -> None:
        """Horizontal strokes of the gouge: x, y, length, thickness."""
        d = "".join(
            f"M{n(x)} {n(y)}q{n(w / 2)} {n(-t)} {n(w)} 0q{n(-w / 2)} {n(t)} {n(-w)} 0z"
            for x, y, w, t in cuts
        )
        self.path(d, fill, more)

    def water(
        self,
        top: float,
        bottom: float,
        count: int,
        fill: str,
        left: float = 0,
        right: float | None = None,
    ) -> None:
        """Ripples, small and close together far away, long and wide apart near by."""
        right = self.width if right is None else right
        cuts = []
        for _ in range(count):
            depth = self.rng.random() ** 0.8
            length = 24 + 150 * depth * (0.5 + self.rng.random())
            x = left + self.rng.random() * (right - left) - length / 2
            cuts.append((x, top + (bottom - top) * depth, length, 1.6 + 6.5 * depth))
        self.cuts(cuts, fill)

    def rays(
        self,
        x: float,
        y: float,
        r1: float,
        r2: float,
        count: int,
        start: float,
        end: float,
        fill: str,
    ) -> None:
        """Tapered strokes that leave a point, between two angles in degrees."""
        d = ""
        for i in range(count):
            a = math.radians(start + (end - start) * i / max(1, count - 1))
            near, far = (
                r1 * (1 + 0.06 * self.rng.random()),
                r2 * (0.82 + 0.36 * self.rng.random()),
            )
            px, py = x + near * math.cos(a), y + near * math.sin(a)
            qx, qy = x + far * math.cos(a), y + far * math.sin(a)
            mx, my = (px + qx) / 2, (py + qy) / 2
            t = 3.4
            ox, oy = -math.sin(a) * t, math.cos(a) * t
            d += (
                f"M{n(px)} {n(py)}Q{n(mx + ox)} {n(my + oy)} {n(qx)} {n(qy)}"
                f"Q{n(mx - ox)} {n(my - oy)} {n(px)} {n(py)}z"
            )
        self.path(d, fill)

    def gull(self, x: float, y: float, size: float, fill: str = INK) -> None:
        s = size
        self.path(
            f"M{n(x - s)} {n(y - s * 0.28)}q{n(s * 0.62)} {n(-s * 0.3)} {n(s)} {n(s * 0.3)}"
            f"q{n(s * 0.38)} {n(-s * 0.6)} {n(s)} {n(-s * 0.3)}q{n(-s * 0.55)} {n(-s * 0.1)} {n(-s)} {n(s * 0.52)}"
            f"q{n(-s * 0.45)} {n(-s * 0.6)} {n(-s)} {n(-s * 0.52)}z",
            fill,
        )

    def roofs(
        self, y: float, left: float, right: float, low: float, high: float, fill: str
    ) -> None:
        """A far row of gables and flat roofs standing on the line y."""
        points = [(left, y)]
        x = left
        while x < right:
            w = 34 + self.rng.random() * 62
            h = low + self.rng.random() * (high - low)
            if self.rng.random() < 0.62:
                points += [(x, y - h), (x + w / 2, y - h - w * 0.36), (x + w, y - h)]
            else:
                points += [(x, y - h), (x + w, y - h)]
                if self.rng.random() < 0.5:
                    points += [
                        (x + w * 0.7, y - h),
                        (x + w * 0.7, y - h - 16),
                        (x + w * 0.84, y - h - 16),
                    ]
                    points += [(x + w * 0.84, y - h), (x + w, y - h)]
            x += w
        points.append((x, y))
        self.poly(points, fill)

    def svg(self) -> str:
        body = "\n".join(self.parts)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" height="{self.height}" '
            f'viewBox="0 0 {self.width} {self.height}">\n{DEFS}\n'
            f'<rect width="100%" height="100%" fill="{self.ground}"/>\n'
            f'<g transform="translate({n(-self.width * 0.006)} {n(-self.height * 0.006)}) scale(1.012)">'
            f'<g filter="url(#r)">\n{body}\n</g></g>\n'
            f'<rect width="100%" height="100%" filter="url(#s)"/>\n</svg>\n'
        )


def n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def sp(more: str) -> str:
    return f" {more}" if more else ""


def bridge() -> Sheet:
    s = Sheet(1600, 900, seed=8)
    s.disc(1068, 330, 190, OCHRE, 'opacity=".92"')
    s.cuts([(830, 300, 560, 7), (870, 352, 470, 9), (900, 408, 380, 7)], PAPER)
    s.cuts(
        [(90, 150, 420, 7), (180, 182, 300, 5), (1240, 130, 320, 6), (40, 250, 240, 4)],
        MIST,
    )
    s.roofs(616, -20, 1620, 30, 92, MIST)
    s.rect(0, 612, 1600, 288, SLATE)
    s.cuts(
        [(880 + (i % 3) * 22, 640 + i * 27, 380 - i * 22, 8) for i in range(9)],
        OCHRE,
        'opacity=".85"',
    )
    piers = [70, 362, 654, 946, 1238, 1530]
    for x in piers:  # reflections first
        s.poly(
            [(x - 48, 640), (x + 48, 640), (x + 30, 838), (x - 34, 826)],
            INK,
            'opacity=".55"',
        )
    s.water(632, 890, 120, PAPER)
    s.water(632, 890, 60, HAZE)
    for i, x in enumerate(piers):
        s.poly([(x - 34, 428), (x + 34, 428), (x + 50, 650), (x - 50, 650)], INK)
        s.poly([(x - 34, 428), (x - 12, 428), (x - 20, 650), (x - 50, 650)], SLATE)
        s.rect(x - 44, 418, 88, 20, INK)
        if i in (2, 3):
            s.cuts(
                [(x - 42 - k, 560 + k * 11, 84 + 2 * k, 4 + k) for k in range(8)], RED
            )
        s.cuts([(x - 14, 470 + k * 34, 42 + 3 * k, 2.4) for k in range(5)], MIST)
    for a, b in zip([-222, *piers], [*piers, 1822], strict=True):
        span, mid = b - a, (a + b) / 2
        s.line(f"M{a} 402Q{n(mid)} 152 {b} 402", INK, 12)
        s.line(f"M{a + 12} 398Q{n(mid)} 192 {b - 12} 398", INK, 4)
        d, web = "", ""
        for k in range(1, 10):
            t = k / 10
            x = a + span * t
            y = 402 - 500 * t * (1 - t)
            d += f"M{n(x)} {n(y)}V402"
            t2 = t + (0.1 if k < 5 else -0.1)
            if k not in (5,):
                web += f"M{n(x)} {n(y)}L{n(a + span * t2)} 402"
        s.line(d, INK, 5)
        s.line(web, INK, 3)
    s.rect(0, 398, 1600, 26, INK)
    s.rect(0, 406, 1600, 3, SAND)
    s.gull(470, 118, 26)
    s.gull(548, 158, 17)
    s.gull(1420, 90, 20)
    return s


def ferry() -> Sheet:
    s = Sheet(1600, 900, seed=21)
    s.rect(0, 0, 1600, 560, SAND)
    s.disc(420, 360, 150, PAPER)
    s.cuts(
        [
            (60, 120, 520, 10),
            (300, 168, 420, 7),
            (900, 90, 560, 9),
            (1120, 150, 420, 6),
        ],
        PAPER,
    )
    s.cuts([(240, 400, 380, 8), (300, 352, 300, 6)], SAND)
    s.roofs(520, -20, 1620, 22, 84, HAZE)
    s.poly([(1180, 520), (1180, 392), (1196, 352), (1212, 392), (1212, 520)], HAZE)
    s.rect(0, 514, 1600, 386, SLATE)
    s.water(528, 890, 110, HAZE)
    s.water(528, 890, 90, PAPER)
    # the boat
    s.path("M560 700H1240Q1200 790 1120 800H700Q610 790 560 700z", INK, 'opacity=".4"')
    s.path("M520 590L1290 590Q1262 690 1196 706L610 706Q556 690 520 590z", INK)
    s.path("M520 590L1290 590L1285 606L526 606z", PAPER)
    s.path("M590 520H1210V590H590z", PAPER)
    s.path("M650 458H1120V520H650z", SAND)
    s.rect(636, 446, 500, 14, INK)
    s.rect(576, 510, 650, 12, INK)
    for k in range(10):
        s.rect(622 + k * 58, 536, 36, 36, SLATE if k != 6 else OCHRE)
    for k in range(7):
        s.rect(680 + k * 62, 472, 40, 30, INK)
    s.path("M964 372H1030L1042 446H956z", INK)
    s.poly([(962, 392), (1033, 392), (1037, 418), (959, 418)], RED)
    s.path("M744 392H860V446H736z", PAPER)
    s.rect(728, 382, 142, 12, INK)
    s.rect(756, 402, 40, 28, INK)
    s.rect(806, 402, 40, 28, INK)
    s.line("M700 446V300M1246 590V462M540 590V470", INK, 5)
    s.poly([(700, 302), (756, 318), (700, 336)], RED)
    s.path(
        "M1000 362Q1030 300 1096 306Q1130 262 1200 272Q1260 232 1340 252Q1268 262 1236 298Q1180 296 1152 330Q1080 326 1018 366z",
        HAZE,
    )
    s.cuts(
        [
            (400, 712, 360, 9),
            (470, 736, 560, 12),
            (1010, 726, 380, 11),
            (640, 764, 480, 8),
            (1230, 700, 260, 7),
        ],
        PAPER,
    )
    s.cuts([(560, 800, 300, 7), (800, 830, 420, 8)], PAPER)
    s.gull(330, 232, 26)
    s.gull(402, 196, 18)
    s.gull(250, 290, 15)
    return s


def crane() -> Sheet:
    s = Sheet(1600, 900, seed=5)
    s.disc(560, 360, 250, SAND)
    s.cuts(
        [
            (250, 300, 640, 9),
            (300, 370, 540, 12),
            (340, 440, 440, 9),
            (1040, 120, 420, 7),
            (1150, 162, 300, 5),
        ],
        PAPER,
    )
    for k, (x, w, h) in enumerate(
        [
            (-30, 210, 170),
            (180, 230, 210),
            (410, 190, 150),
            (1130, 250, 220),
            (1380, 250, 180),
        ]
    ):
        s.poly(
            [
                (x, 690),
                (x, 690 - h),
                (x + w / 2, 690 - h - 62),
                (x + w, 690 - h),
                (x + w, 690),
            ],
            MIST if k % 2 else HAZE,
        )
        for row in range(2):
            for col in range(4):
                s.rect(
                    x + w * (0.14 + col * 0.2),
                    690 - h + 22 + row * 58,
                    w * 0.1,
                    34,
                    SLATE if (row + col + k) % 3 else SAND,
                )
    s.rect(0, 684, 1600, 130, SLATE)
    s.water(694, 806, 90, MIST)
    s.rect(0, 796, 1600, 104, INK)
    s.cuts([(40 + k * 150, 834 + (k % 3) * 18, 110, 3) for k in range(11)], SLATE)
    s.rect(0, 796, 1600, 7, SAND)
    # gantry
    s.poly([(880, 520), (916, 520), (872, 796), (826, 796)], INK)
    s.poly([(1104, 520), (1140, 520), (1194, 796), (1148, 796)], INK)
    s.line("M896 596H1124M862 700L1136 560M1158 700L884 560", INK, 12)
    s.rect(850, 498, 320, 34, INK)
    s.rect(806, 786, 90, 16, INK)
    s.rect(1124, 786, 90, 16, INK)
    # house
    s.path("M900 340H1190L1226 498H880z", INK)
    s.poly([(1190, 366), (1310, 392), (1310, 470), (1219, 470)], SLATE)
    s.rect(918, 368, 84, 70, SAND)
    s.line("M960 368V438M918 402H1002", INK, 6)
    s.cuts([(1040, 372 + k * 22, 130, 2.6) for k in range(5)], HAZE)
    # jib: a tapering lattice from the house to the tip
    foot1, foot2, tip = (924, 352), (1034, 352), (470, 96)
    s.line(f"M{foot1[0]} {foot1[1]}L{tip[0]} {tip[1]}L{foot2[0]} {foot2[1]}", INK, 12)
    d, prev = "", None
    for k in range(1, 15):
        t = k / 15
        side = foot1 if k % 2 else foot2
        p = (side[0] + (tip[0] - side[0]) * t, side[1] + (tip[1] - side[1]) * t)
        if prev:
            d += f"M{n(prev[0])} {n(prev[1])}L{n(p[0])} {n(p[1])}"
        prev = p
    s.line(d, INK, 5)
    s.line("M1100 340L1060 190L1140 340", INK, 12)
    s.line("M1060 194L470 96M1060 194L1300 396", INK, 4)
    s.line("M464 96V470M476 96V470", INK, 3)
    s.disc(470, 100, 18, INK)
    s.disc(470, 100, 7, SAND)
    s.poly([(446, 466), (494, 466), (488, 512), (452, 512)], RED)
    s.line("M470 512V540M470 540L392 596M470 540L548 596", INK, 5)
    s.rect(380, 592, 180, 96, UMBER)
    s.line("M380 624H560M380 656H560M440 592V688M500 592V688", INK, 4)
    s.rect(372, 586, 196, 12, INK)
    # someone below, to show how large it is
    s.disc(720, 730, 9, INK)
    s.path("M710 738H730L735 796H705z", INK)
    s.gull(1330, 210, 24)
    s.gull(1400, 250, 16)
    return s


def tide_gauge() -> Sheet:
    s = Sheet(1600, 900, seed=14)
    s.disc(470, 402, 176, OCHRE, 'opacity=".9"')
    s.rays(470, 402, 210, 420, 34, 182, 358, SAND)
    s.cuts([(270, 372, 400, 8), (300, 420, 340, 10)], PAPER)
    s.rect(0, 496, 1010, 404, SLATE)
    s.cuts(
        [(330 + (i % 4) * 17, 518 + i * 30, 300 - i * 12, 9) for i in range(12)],
        OCHRE,
        'opacity=".9"',
    )
    s.water(506, 895, 120, PAPER, right=900)
    s.water(506, 895, 70, HAZE, right=900)
    s.poly([(0, 496), (0, 470), (120, 462), (240, 480), (330, 496)], HAZE)
    # quay wall in courses of stone
    s.poly([(960, 230), (1600, 230), (1600, 900), (930, 900)], INK)
    for row in range(9):
        y = 262 + row * 74
        cuts = []
        x = 968 - row * 3 + (60 if row % 2 else 0)
        while x < 1600:
            w = 120 + s.rng.random() * 70
            cuts.append((x, y, w, 3))
            x += w + 12
        s.cuts(cuts, SLATE)
        d = "".join(
            f"M{n(1000 + (70 if row % 2 else 0) + k * 150)} {y + 4}v62"
            for k in range(5)
        )
        s.line(d, SLATE, 3)
    s.poly([(944, 216), (1600, 216), (1600, 248), (944, 248)], SAND)
    # stairs cut into the wall, going down to the left
    stairs = [(1600, 250)]
    for k in range(9):
        stairs += [(1570 - 34 * k, 250 + 56 * k), (1570 - 34 * k, 306 + 56 * k)]
    stairs += [(1264, 810), (1600, 810)]
    s.poly(stairs, UMBER)
    for k in range(9):
        s.rect(1536 - 34 * k, 300 + 56 * k, 68 + 34 * k, 12, SAND if k < 7 else HAZE)
    # gauge board
    s.rect(1066, 96, 128, 804, PAPER)
    s.rect(1066, 96, 128, 804, "none", f'stroke="{INK}" stroke-width="10"')
    for k in range(16):
        y = 132 + k * 48
        s.rect(1076, y, 54 if k % 2 else 36, 24, INK)
    for k, digit in enumerate("98765432"):
        s.add(
            f'<text x="1166" y="{164 + k * 96}" font-family="Liberation Sans Narrow,Arial Narrow,sans-serif" '
            f'font-weight="700" font-size="64" text-anchor="middle" fill="{INK}">{digit}</text>'
        )
    s.poly([(1034, 286), (1066, 270), (1066, 302)], RED)
    s.rect(1066, 280, 128, 12, RED)
    # the hut
    s.poly([(1290, 216), (1290, 96), (1520, 96), (1520, 216)], UMBER)
    s.poly([(1268, 100), (1405, 26), (1542, 100)], INK)
    s.rect(1330, 128, 54, 56, SAND)
    s.line("M1357 128V184M1330 156H1384", INK, 5)
    s.rect(1430, 122, 56, 94, INK)
    s.path("M930 716Q1100 696 1290 708Q1460 716 1600 702V900H900z", SLATE)
    s.poly([(1076, 716), (1184, 716), (1168, 860), (1092, 860)], HAZE, 'opacity=".7"')
    s.water(722, 895, 46, PAPER, left=870, right=1580)
    s.water(722, 895, 30, HAZE, left=900, right=1580)
    s.gull(760, 170, 30)
    s.gull(840, 214, 18)
    return s


def allotments() -> Sheet:
    s = Sheet(1600, 900, seed=31)
    s.rect(0, 0, 1600, 360, SAND)
    s.cuts(
        [
            (120, 96, 460, 11),
            (220, 140, 300, 7),
            (1020, 70, 480, 10),
            (1130, 112, 300, 6),
        ],
        PAPER,
    )
    s.path("M0 340Q260 262 560 316Q860 254 1160 306Q1400 268 1600 320V420H0z", HAZE)
    s.roofs(352, -10, 520, 16, 50, SLATE)
    s.rect(0, 346, 1600, 554, UMBER)
    # beds run to one point on the horizon
    vx, vy = 760, 250
    colours = [
        SAGE,
        OCHRE,
        MOSS,
        SAND,
        SAGE,
        MOSS,
        OCHRE,
        SAGE,
        SAND,
        MOSS,
        SAGE,
        OCHRE,
    ]
    x = -1300.0
    k = 0
    while x < 2900:
        w = 250

        def at(px: float, y: float) -> tuple[float, float]:
            return vx + (px - vx) * (y - vy) / (900 - vy), y

        s.poly(
            [at(x, 900), at(x + w, 900), at(x + w, 352), at(x, 352)],
            colours[k % len(colours)],
        )
        # leaves or furrows across each bed
        cuts = []
        y = 366.0
        while y < 900:
            step = (y - vy) * 0.085
            left, right = at(x + 26, y)[0], at(x + w - 26, y)[0]
            if right > -40 and left < 1640:
                jitter = (s.rng.random() - 0.5) * step * 0.5
                cuts.append(
                    (left, y + jitter, right - left, step * (0.30 if k % 2 else 0.2))
                )
            y += step
        s.cuts(
            cuts,
            [MOSS, UMBER, SAGE, OCHRE][k % 4]
            if colours[k % len(colours)] != [MOSS, UMBER, SAGE, OCHRE][k % 4]
            else INK,
        )
        x += w + 100
        k += 1
    # shed
    s.poly([(1010, 540), (1540, 540), (1600, 610), (1600, 640), (980, 640)], UMBER)
    s.poly([(1080, 560), (1080, 330), (1360, 330), (1360, 560)], INK)
    s.poly([(1048, 340), (1110, 236), (1330, 236), (1392, 340)], SLATE)
    s.line(
        "M1090 330L1138 240M1160 336L1182 240M1232 336L1232 240M1300 336L1280 240",
        INK,
        4,
    )
    s.rect(1250, 392, 76, 168, RED)
    s.rect(1116, 386, 90, 76, SAND)
    s.line("M1161 386V462M1116 424H1206", INK, 6)
    s.disc(1314, 480, 5, SAND)
    s.path("M1400 560V486Q1400 474 1412 474H1474Q1486 474 1486 486V560z", SLATE)
    s.cuts([(1400, 500, 86, 3), (1400, 530, 86, 3)], INK)
    # bean poles
    for bx, by, h in [(250, 640, 300), (470, 590, 230), (70, 720, 390)]:
        for dx in (-0.34, -0.14, 0.08, 0.32):
            s.line(
                f"M{n(bx + dx * h)} {by}L{n(bx - dx * h * 0.16)} {n(by - h)}",
                INK,
                6 * h / 300 + 1,
            )
        s.line(f"M{n(bx - 0.2 * h)} {n(by - h * 0.42)}H{n(bx + 0.2 * h)}", INK, 3)
        for _ in range(30):
            t = 0.1 + 0.72 * s.rng.random()
            dx = s.rng.choice((-0.34, -0.14, 0.08, 0.32)) * (1 - t * 1.05)
            lx, ly = bx + dx * h, by - h * t
            r = 0.045 * h * (0.8 + 0.6 * s.rng.random())
            s.path(
                f"M{n(lx - r)} {n(ly)}q{n(r)} {n(-r * 1.3)} {n(r * 2)} 0q{n(-r)} {n(r * 1.3)} {n(-r * 2)} 0z",
                MOSS,
            )
    # a fork left standing
    s.line("M846 450V640", INK, 10)
    s.line("M824 450H868", INK, 13)
    s.line("M812 640H880M814 640V706M846 640V716M878 640V706", INK, 9)
    return s


def market_hall() -> Sheet:
    s = Sheet(1600, 900, seed=41)
    cx, cy = 800, 520
    s.rect(0, 0, 1600, 900, SLATE)
    # the vault: rings of glass from the far gable to the near arch
    for r, c in [
        (900, INK),
        (880, SLATE),
        (720, INK),
        (706, HAZE),
        (560, INK),
        (549, MIST),
        (440, INK),
        (432, SAND),
        (350, INK),
        (344, PAPER),
    ]:
        s.path(f"M{cx - r} {cy}A{r} {r} 0 0 1 {cx + r} {cy}V900H{cx - r}z", c)
    for a in range(186, 356, 12):
        c, d = math.cos(math.radians(a)), math.sin(math.radians(a))
        s.line(
            f"M{n(cx + 350 * c)} {n(cy + 350 * d)}L{n(cx + 1000 * c)} {n(cy + 1000 * d)}",
            INK,
            5,
        )
    # fan of the gable
    for r in (120, 235):
        s.line(f"M{cx - r} {cy}A{r} {r} 0 0 1 {cx + r} {cy}", INK, 7)
    for a in range(180, 361, 15):
        c, d = math.cos(math.radians(a)), math.sin(math.radians(a))
        s.line(
            f"M{n(cx + 60 * c)} {n(cy + 60 * d)}L{n(cx + 346 * c)} {n(cy + 346 * d)}",
            INK,
            5,
        )
    s.path(f"M{cx - 60} {cy}A60 60 0 0 1 {cx + 60} {cy}z", OCHRE)
    s.rect(cx - 350, cy - 8, 700, 18, INK)
    s.rect(cx - 344, cy + 10, 688, 150, SAND)
    s.line(
        "".join(f"M{cx - 344 + k * 86} {cy + 10}V{cy + 160}" for k in range(9)), INK, 6
    )
    # floor
    s.poly([(cx - 344, 670), (cx + 344, 670), (1900, 900), (-300, 900)], SAND)
    for k in range(-9, 10):
        s.line(f"M{n(cx + k * 40)} 670L{n(cx + k * 170)} 900", HAZE, 3)
    s.line("M420 700H1180M380 740H1220M300 800H1300", HAZE, 3)
    # columns
    for side in (-1, 1):
        for x, top, w, foot in [
            (352, 512, 16, 674),
            (440, 470, 20, 704),
            (556, 420, 26, 742),
            (714, 340, 36, 796),
        ]:
            px = cx + side * x
            s.rect(px - w / 2, top, w, foot - top, INK)
            s.rect(px - w * 0.8, foot - w * 0.5, w * 1.6, w * 0.6, INK)
            s.rect(px - w, top - 6, w * 2, w * 0.6, INK)

    # stalls
    def stall(x: float, y: float, w: float, h: float, colour: str) -> None:
        stripes = 8
        for k in range(stripes):
            a, b = x + w * k / stripes, x + w * (k + 1) / stripes
            inset = w * 0.07
            ta = x + inset + (w - 2 * inset) * k / stripes
            tb = x + inset + (w - 2 * inset) * (k + 1) / stripes
            c = colour if k % 2 else PAPER
            s.path(
                f"M{n(ta)} {n(y)}H{n(tb)}L{n(b)} {n(y + h * 0.36)}q{n((a - b) / 2)} {n(h * 0.12)} {n(a - b)} 0z",
                c,
            )
        s.rect(x + w * 0.04, y + h * 0.42, w * 0.025, h * 0.58, INK)
        s.rect(x + w * 0.935, y + h * 0.42, w * 0.025, h * 0.58, INK)
        s.rect(x + w * 0.02, y + h * 0.68, w * 0.96, h * 0.34, UMBER)
        s.rect(x + w * 0.02, y + h * 0.68, w * 0.96, h * 0.05, INK)
        for k in range(9):
            s.disc(
                x + w * (0.1 + k * 0.1),
                y + h * 0.65,
                w * 0.042,
                [OCHRE, SAGE, MOSS, OCHRE, SAND][k % 5],
            )

    stall(500, 600, 170, 130, SLATE)
    stall(930, 600, 170, 130, SAGE)
    stall(150, 610, 330, 250, RED)
    stall(1120, 610, 330, 250, SLATE)
    # lamps
    for x, y in [(560, 330), (800, 392), (1040, 330)]:
        s.line(f"M{x} -10V{y}", INK, 4)
        s.path(f"M{x - 34} {y + 26}Q{x} {y - 40} {x + 34} {y + 26}z", INK)
        s.disc(x, y + 30, 12, OCHRE)
    # two people
    for x, y, h, c in [(760, 690, 100, INK), (806, 696, 92, SLATE)]:
        s.disc(x, y, h * 0.11, c)
        s.path(
            f"M{n(x - h * 0.15)} {n(y + h * 0.3)}Q{n(x - h * 0.14)} {n(y + h * 0.09)} {n(x)} {n(y + h * 0.09)}"
            f"Q{n(x + h * 0.14)} {n(y + h * 0.09)} {n(x + h * 0.15)} {n(y + h * 0.3)}L{n(x + h * 0.2)} {n(y + h)}H{n(x - h * 0.2)}z",
            c,
        )
    return s


def night_bus() -> Sheet:
    s = Sheet(1600, 900, ground=INK, seed=52)
    s.rect(0, 0, 1600, 900, INK)
    s.add(
        '<g transform="translate(1600 0) scale(-1 1)">'
    )  # the door is on the near side
    s.disc(1290, 170, 84, SAND)
    s.disc(1254, 152, 76, INK)
    s.cuts(
        [(60, 130, 380, 6), (160, 170, 260, 4), (860, 90, 300, 5), (980, 260, 420, 5)],
        SLATE,
    )
    # terrace
    x = -40.0
    k = 0
    while x < 1640:
        w, top = 196, 300 + (k * 37) % 60
        s.poly(
            [(x, 640), (x, top), (x + w / 2, top - 92), (x + w, top), (x + w, 640)],
            SLATE,
        )
        s.rect(x + w * 0.72, top - 104, 30, 70, SLATE)
        for row in range(3):
            for col in range(2):
                lit = (k * 7 + row * 3 + col * 5) % 11 == 0
                s.rect(
                    x + 38 + col * 76,
                    top + 34 + row * 92,
                    42,
                    56,
                    OCHRE if lit else INK,
                )
        x += w + 8
        k += 1
    s.rect(0, 632, 1600, 30, HAZE)
    s.rect(0, 654, 1600, 246, INK)
    # lamp light
    s.poly([(214, 236), (60, 700), (380, 700)], OCHRE, 'opacity=".26"')
    s.path(
        "M208 690V244Q208 214 176 214H150", "none", f'stroke="{INK}" stroke-width="12"'
    )
    s.rect(198, 226, 20, 470, INK)
    s.path("M176 236Q214 176 252 236z", INK)
    s.disc(214, 240, 15, PAPER)
    # bus
    s.path("M420 700V340Q420 300 460 300H1290Q1330 300 1336 340L1352 540V700z", PAPER)
    s.rect(420, 640, 932, 66, SAND)
    s.rect(420, 486, 928, 16, RED)
    for j in range(6):
        s.rect(452 + j * 136, 336, 118, 126, OCHRE)
        s.rect(452 + j * 136, 524, 118, 106, OCHRE) if j < 5 else None
    s.path("M1270 336H1304L1312 462H1270z", OCHRE)
    s.path("M1146 524H1212V690H1146z", INK)
    s.rect(1154, 532, 24, 150, OCHRE)
    s.rect(1182, 532, 24, 150, OCHRE)
    s.path("M1240 524H1326L1334 620H1240z", OCHRE)
    # those awake
    for px, py, r in [
        (516, 420, 20),
        (792, 424, 18),
        (838, 420, 20),
        (1066, 426, 18),
        (640, 588, 20),
        (1284, 584, 20),
    ]:
        s.disc(px, py, r, INK)
        base = 462 if py < 500 else (630 if px != 1284 else 620)
        s.path(
            f"M{px - 32} {base}Q{px - 30} {py + r} {px} {py + r}Q{px + 30} {py + r} {px + 32} {base}z",
            INK,
        )
    for wx in (590, 1100 - 30):
        s.disc(wx, 706, 62, INK)
        s.disc(wx, 706, 30, HAZE)
        s.disc(wx, 706, 12, INK)
    s.rect(1330, 646, 26, 30, OCHRE)
    s.rect(414, 646, 14, 34, RED)
    s.poly([(1356, 650), (1600, 620), (1600, 760), (1356, 676)], OCHRE, 'opacity=".3"')
    # wet road
    s.cuts(
        [(430 + j * 86 - (j % 3) * 20, 782 + (j % 4) * 26, 150, 7) for j in range(11)],
        OCHRE,
        'opacity=".75"',
    )
    s.cuts(
        [
            (520, 800, 300, 8),
            (880, 816, 360, 8),
            (620, 852, 420, 9),
            (1000, 872, 300, 7),
        ],
        SAND,
        'opacity=".8"',
    )
    s.cuts(
        [(90, 770, 260, 8), (130, 806, 200, 7), (150, 846, 160, 6)],
        OCHRE,
        'opacity=".6"',
    )
    s.cuts([(380, 770, 90, 5), (360, 806, 80, 5)], RED)
    s.water(770, 895, 40, SLATE)
    s.add("</g>")
    return s


def library() -> Sheet:
    s = Sheet(1600, 900, seed=63)
    s.rect(0, 0, 1600, 900, SAND)
    s.rect(0, 0, 1600, 70, INK)
    s.rect(0, 70, 1600, 12, UMBER)
    # three tall windows
    for x in (330, 690, 1050):
        s.path(
            f"M{x} 520V260Q{x} 130 {x + 110} 130Q{x + 220} 130 {x + 220} 260V520z",
            PAPER,
        )
        s.path(
            f"M{x} 520V260Q{x} 130 {x + 110} 130Q{x + 220} 130 {x + 220} 260V520z",
            "none",
            f'stroke="{INK}" stroke-width="14"',
        )
        s.line(
            f"M{x + 110} 130V520M{x} 250H{x + 220}M{x} 340H{x + 220}M{x} 430H{x + 220}M{x + 55} 160V520M{x + 165} 160V520",
            INK,
            5,
        )
        s.rect(x - 18, 512, 256, 18, INK)
    for x, tops in (
        (330, (60, 92, 40, 70)),
        (690, (40, 66, 100, 52)),
        (1050, (84, 48, 70, 36)),
    ):
        skyline = [(x + 7, 506)]
        for k, h in enumerate(tops):
            skyline += [
                (x + 8 + k * 51, 506 - h),
                (x + 33 + k * 51, 506 - h - 15),
                (x + 59 + k * 51, 506 - h),
            ]
        s.poly([*skyline, (x + 213, 506)], MIST)
        s.line(
            f"M{x + 110} 380V516M{x + 55} 380V516M{x + 165} 380V516M{x} 430H{x + 220}",
            INK,
            5,
        )
        s.line(f"M{x} 400V516M{x + 220} 400V516", INK, 14)
        s.rect(x - 18, 506, 256, 22, INK)
    # light on the floor
    s.rect(0, 640, 1600, 260, UMBER)
    for x in (330, 690, 1050):
        s.poly(
            [
                (x + 10, 640),
                (x + 210, 640),
                (x + 330 + (x - 690) * 0.3, 900),
                (x - 60 + (x - 690) * 0.3, 900),
            ],
            OCHRE,
            'opacity=".75"',
        )
    s.rect(0, 628, 1600, 14, INK)
    # shelves at both sides
    spines = [SLATE, MOSS, OCHRE, UMBER, HAZE, SAGE, SLATE, INK, SAND]
    for left, right in ((0, 262), (1338, 1600)):
        s.rect(left, 70, right - left, 580, INK)
        for row in range(5):
            base = 182 + row * 112
            bx = left + 14
            while bx < right - 32:
                w = 12 + s.rng.random() * 16
                h = 62 + s.rng.random() * 26
                s.rect(bx, base - h, w, h, s.rng.choice(spines[:7] + [SAND]))
                if s.rng.random() < 0.3:
                    s.rect(bx, base - h * 0.75, w, 5, INK)
                bx += w + 2.5
                if s.rng.random() < 0.06:
                    bx += 22
            s.rect(left, base, right - left, 9, UMBER)
    s.rect(150, 318, 20, 88, RED)

    # long table with lamps and readers
    def reader(x: float, y: float, h: float, colour: str) -> None:
        s.disc(x, y, h * 0.2, colour)
        s.rect(x - h * 0.08, y, h * 0.16, h * 0.34, colour)
        s.path(
            f"M{n(x - h * 0.44)} {n(y + h)}Q{n(x - h * 0.46)} {n(y + h * 0.34)} {n(x - h * 0.12)} {n(y + h * 0.25)}"
            f"H{n(x + h * 0.12)}Q{n(x + h * 0.46)} {n(y + h * 0.34)} {n(x + h * 0.44)} {n(y + h)}z",
            colour,
        )

    reader(480, 560, 150, SLATE)
    reader(800, 566, 140, INK)
    reader(1128, 558, 150, MOSS)
    for x in (640, 962, 318, 1284):
        s.rect(x - 4, 600, 8, 96, INK)
        s.path(f"M{x - 62} 606Q{x - 50} 556 {x} 556Q{x + 50} 556 {x + 62} 606z", SAGE)
        s.rect(x - 62, 602, 124, 7, INK)
        s.rect(x - 26, 690, 52, 10, INK)
    s.poly([(200, 696), (1400, 696), (1480, 744), (120, 744)], INK)
    s.rect(120, 744, 1360, 22, UMBER)
    s.poly([(180, 766), (226, 766), (214, 900), (182, 900)], INK)
    s.poly([(1374, 766), (1420, 766), (1418, 900), (1386, 900)], INK)
    for x, c in ((430, PAPER), (752, PAPER), (1080, PAPER)):
        s.path(
            f"M{x} 722Q{x + 26} 702 {x + 50} 718Q{x + 76} 702 {x + 102} 722L{x + 96} 734Q{x + 74} 722 {x + 50} 734Q{x + 28} 722 {x + 4} 734z",
            c,
        )
    s.poly([(600, 720), (676, 720), (684, 734), (598, 734)], RED)
    s.poly([(980, 716), (1040, 716), (1046, 734), (978, 734)], SLATE)
    s.poly([(984, 704), (1032, 704), (1038, 716), (982, 716)], OCHRE)
    return s


def gauge_drum() -> Sheet:
    s = Sheet(1200, 800, seed=71)
    s.rect(0, 0, 1200, 800, MIST)
    s.rect(0, 640, 1200, 160, UMBER)
    s.cuts(
        [(60 + k * 130, 676 + (k % 4) * 28, 190, 4) for k in range(9)],
        INK,
        'opacity=".6"',
    )
    s.rect(120, 612, 960, 40, INK)
    # frame
    s.rect(150, 170, 34, 450, INK)
    s.rect(1016, 170, 34, 450, INK)
    s.rect(150, 190, 900, 12, INK)
    # drum
    s.path("M260 270H940V570H260z", PAPER)
    s.path("M260 270Q226 420 260 570Q294 420 260 270z", SAND)
    s.path("M940 270Q974 420 940 570Q906 420 940 270z", HAZE)
    s.path("M260 520H950V570H260z", SAND)
    s.rect(184, 410, 60, 18, INK)
    s.rect(956, 410, 62, 18, INK)
    s.disc(1033, 419, 54, OCHRE)
    s.disc(1033, 419, 38, INK)
    s.disc(1033, 419, 14, OCHRE)
    grid = "".join(f"M{290 + k * 50} 270V570" for k in range(13)) + "".join(
        f"M268 {300 + k * 40}H940" for k in range(7)
    )
    s.line(grid, MIST, 2.5)
    d = "M268 420"
    for px in range(276, 641, 8):
        t = (px - 268) / 124 * math.tau
        amp = 92 + 22 * math.sin(px / 190)
        d += f"L{px} {n(420 - amp * math.sin(t) - 9 * math.sin(2.3 * t))}"
    s.line(d, INK, 6, 'stroke-linejoin="round"')
    end = (
        420
        - (92 + 22 * math.sin(636 / 190)) * math.sin((636 - 268) / 124 * math.tau)
        - 9 * math.sin(2.3 * (636 - 268) / 124 * math.tau)
    )
    # pen arm, on a wire from the float
    s.line(f"M640 {n(end)}L700 {n(end - 30)}V110", INK, 7)
    s.poly([(634, end + 8), (650, end - 20), (690, end - 36), (694, end - 14)], RED)
    s.disc(762, 110, 62, INK)
    s.disc(762, 110, 46, SAND)
    s.disc(762, 110, 12, INK)
    s.line("M762 64V156M716 110H808M729 77L795 143M795 77L729 143", INK, 5)
    s.line("M823 110V570", INK, 4)
    s.rect(808, 556, 30, 58, INK)
    s.rect(752, 160, 20, 40, INK)
    return s


def bridge_pier() -> Sheet:
    s = Sheet(1200, 800, seed=82)
    s.rect(0, 0, 1200, 800, PAPER)
    s.disc(220, 210, 110, SAND)
    s.cuts([(80, 190, 280, 6), (110, 236, 220, 7)], PAPER)
    s.rect(0, 470, 1200, 240, SLATE)
    s.water(482, 672, 70, MIST)
    s.path("M0 670Q300 650 600 676Q900 700 1200 668V800H0z", UMBER)
    for _ in range(70):
        x, y = s.rng.random() * 1200, 706 + s.rng.random() * 86
        s.cuts(
            [(x, y, 16 + 26 * s.rng.random(), 5)],
            INK if s.rng.random() < 0.6 else OCHRE,
        )
    # deck and girder
    s.rect(0, 96, 1200, 34, INK)
    s.rect(0, 106, 1200, 4, SAND)
    s.line("M0 220H1200", INK, 14)
    s.line(
        "".join(
            f"M{k * 120 - 60} 130L{k * 120} 220L{k * 120 + 60} 130" for k in range(11)
        ),
        INK,
        7,
    )
    # pier, cut open: iron casing outside, core of stone
    s.poly([(500, 226), (700, 226), (752, 730), (448, 730)], INK)
    s.poly([(530, 246), (670, 246), (716, 716), (484, 716)], SAND)
    rows = 9
    for k in range(rows):
        y = 246 + k * 52
        inset = 46 * (k * 52) / 470
        s.line(f"M{n(530 - inset)} {y}H{n(670 + inset)}", UMBER, 3)
        for j in range(3):
            bx = 530 - inset + (140 + 2 * inset) * ((j + (0.5 if k % 2 else 0.1)) / 3)
            s.line(f"M{n(bx)} {y}V{min(y + 52, 714)}", UMBER, 3)
    s.rect(470, 212, 260, 26, INK)
    # the rusted belt at the tide line
    s.poly([(481, 410), (503, 410), (491, 540), (468, 540)], RED)
    s.poly([(697, 410), (719, 410), (733, 540), (709, 540)], RED)
    s.cuts([(410, 430 + k * 26, 46, 3) for k in range(5)], RED)
    s.cuts([(746, 430 + k * 26, 46, 3) for k in range(5)], RED)
    # levels of the tide
    s.line("M250 410H460M740 410H950", INK, 4, 'stroke-dasharray="14 9"')
    s.line("M250 540H440M760 540H950", PAPER, 4, 'stroke-dasharray="14 9"')
    s.line("M900 424V470M890 442L900 422L910 442", INK, 5)
    s.line("M900 470V526M890 508L900 528L910 508", PAPER, 5)
    s.gull(960, 330, 24)
    return s


def portrait(draw: Callable[[Sheet], None], ground: str, disc: str, seed: int) -> Sheet:
    s = Sheet(480, 480, ground=ground, seed=seed)
    s.disc(240, 226, 176, disc)
    draw(s)
    return s


def leeward() -> Sheet:
    def draw(s: Sheet) -> None:
        s.path(
            "M146 250Q132 96 240 92Q348 96 334 250Q332 300 312 306H168Q148 300 146 250z",
            INK,
        )
        s.path("M206 270H274V330H206z", SAND)
        s.path("M206 296Q240 326 274 296V330H206z", OCHRE, 'opacity=".6"')
        s.path(
            "M178 214Q178 308 240 308Q302 308 302 214Q300 180 262 160Q220 196 180 196z",
            SAND,
        )
        s.path("M178 214Q176 150 262 150Q222 194 178 206z", INK)
        s.path("M60 480Q66 356 190 330L240 366L290 330Q414 356 420 480z", SLATE)
        s.path("M190 330L240 366L290 330L304 346L240 410L176 346z", PAPER)
        s.line("M288 224L366 176", RED, 11)
        s.poly([(366, 176), (372, 166), (384, 162)], SAND)
        s.cuts([(96, 430 + k * 14, 120, 3) for k in range(4)], INK, 'opacity=".5"')

    return portrait(draw, MIST, PAPER, 91)


def fenwater() -> Sheet:
    def draw(s: Sheet) -> None:
        s.path("M204 270H276V336H204z", SAND)
        s.path("M174 190H306V236Q306 312 240 316Q174 312 174 236z", SAND)
        s.path(
            "M166 200Q164 300 198 352Q240 398 282 352Q316 300 314 200H296Q294 268 264 266"
            "Q250 256 240 264Q230 256 216 266Q186 268 184 200z",
            UMBER,
        )
        s.cuts([(216, 288, 48, 9)], SAND)
        s.path("M158 196Q150 92 240 90Q330 92 322 196z", INK)
        s.rect(150, 176, 180, 36, SLATE)
        s.line(
            "M168 178V210M190 178V210M212 178V210M234 178V210M256 178V210M278 178V210M300 178V210",
            INK,
            5,
        )
        s.disc(240, 88, 17, RED)
        s.path("M56 480Q64 366 182 334Q240 386 298 334Q416 366 424 480z", INK)
        s.path("M182 334Q240 386 298 334L312 354Q240 424 168 354z", SLATE)
        s.cuts([(90, 412 + k * 20, 300, 3) for k in range(4)], SLATE)

    return portrait(draw, SAND, PAPER, 92)


def quillfeather() -> Sheet:
    def draw(s: Sheet) -> None:
        s.disc(266, 96, 46, INK)
        s.path(
            "M158 236Q146 108 244 106Q336 108 326 236Q322 268 304 268H178Q160 266 158 236z",
            INK,
        )
        s.path("M208 270H272V336H208z", UMBER)
        s.path(
            "M182 206Q184 306 240 310Q298 306 300 206Q296 172 240 170Q184 172 182 206z",
            UMBER,
        )
        s.path(
            "M182 214Q190 160 250 158Q296 162 300 214Q270 186 238 184Q204 188 182 214z",
            INK,
        )
        s.add(
            f'<circle cx="214" cy="232" r="21" fill="none" stroke="{PAPER}" stroke-width="5"/>'
        )
        s.add(
            f'<circle cx="268" cy="232" r="21" fill="none" stroke="{PAPER}" stroke-width="5"/>'
        )
        s.line("M235 230H247", PAPER, 5)
        s.disc(178, 268, 9, OCHRE)
        s.disc(304, 268, 9, OCHRE)
        s.path("M62 480Q70 360 188 332H292Q410 360 418 480z", OCHRE)
        s.path("M188 332Q240 372 292 332L318 352Q240 430 162 352z", RED)
        s.path("M162 352Q196 392 232 400L216 480H176z", RED)
        s.cuts([(270, 420 + k * 18, 120, 3) for k in range(3)], UMBER)

    return portrait(draw, HAZE, SAND, 93)


PICTURES: dict[str, Callable[[], Sheet]] = {
    "tide-gauge": tide_gauge,
    "allotments": allotments,
    "market-hall": market_hall,
    "harbour-crane": crane,
    "ferry": ferry,
    "night-bus": night_bus,
    "east-bridge": bridge,
    "reading-room": library,
    "gauge-drum": gauge_drum,
    "bridge-pier": bridge_pier,
    "anneke-leeward": leeward,
    "barty-fenwater": fenwater,
    "oriel-quillfeather": quillfeather,
}


def rasterise(source: Path, sheet: Sheet, target: Path, browser: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shot = Path(folder) / "shot.png"
        subprocess.run(
            [
                browser,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                f"--user-data-dir={folder}/profile",
                f"--screenshot={shot}",
                f"--window-size={sheet.width},{sheet.height}",
                "--force-device-scale-factor=2",
                source.resolve().as_uri(),
            ],
            check=True,
            capture_output=True,
            timeout=90,
        )
        with Image.open(shot) as image:
            drawn = image.convert("RGB").crop((0, 0, 2 * sheet.width, 2 * sheet.height))
            smooth = drawn.resize((sheet.width, sheet.height), Image.Resampling.LANCZOS)
            for quality in range(82, 50, -4):
                smooth.save(target, "WEBP", quality=quality, method=6)
                if target.stat().st_size < LARGEST:
                    break


def main(names: list[str]) -> int:
    browser = (
        shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    if browser is None:
        print("Chromium is needed to rasterise the pictures.", file=sys.stderr)
        return 1
    (IMAGES / "src").mkdir(parents=True, exist_ok=True)
    for name in names or PICTURES:
        sheet = PICTURES[name]()
        source = IMAGES / "src" / f"{name}.svg"
        source.write_text(sheet.svg(), encoding="utf-8")
        target = IMAGES / f"{name}.webp"
        rasterise(source, sheet, target, browser)
        print(
            f"{name}: {source.stat().st_size // 1024} KB drawn, {target.stat().st_size // 1024} KB printed"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
