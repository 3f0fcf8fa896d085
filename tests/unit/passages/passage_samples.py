"""Small texts of our own, of the kinds that make trouble."""

from __future__ import annotations

NEWS = """\
The council voted on Tuesday to rebuild the harbor bridge, which has been closed since the storm \
of last November. The work will cost 24 million and take three years.

"We cannot wait any longer," said Maria Lindqvist, who leads the council. She added that lorries \
now drive forty minutes further to reach the ferries. Shopkeepers on the eastern shore have lost \
a third of their customers, according to their association.

Engineers inspected the pillars in spring and found cracks in four of them. Two could be saved, \
their report says. The other two must be replaced before ships may pass underneath.

Opponents of the plan prefer a tunnel. It would cost twice as much but spare the old fish market, \
which the new ramp is going to cut in half. A petition with 6,200 signatures was handed in last \
week.

The regional government pays sixty percent if work starts before the end of June. A court may \
still delay that: two families have appealed against the loss of their gardens.

Bids are invited from next month. The council expects at least five, among them one from the \
company that built the bridge in 1961."""

LIST = """\
Release candidates this week:

Harbor 4.2.0 fixes the tide table and adds a new map of the port.

Harbor 4.2.1 fixes the tide table for leap years.

Lantern 1.9.0 adds support for colored signals.

Lantern 1.9.1 adds support for blinking signals.

Anchor 0.8 removes support for the old chain format.

Anchor 0.9 removes support for the old rope format.

Compass 12 is a maintenance release.

Compass 13 is a maintenance release."""

BOILERPLATE = """\
Route 1 was delayed. The cause is not known. We apologize for the inconvenience.

Route 2 was delayed by a fallen tree. The cause is known. We apologize for the inconvenience.

Route 3 ran on time. There is nothing to report. We apologize for the inconvenience.

Route 4 was canceled. The cause is not known. We apologize for the inconvenience.

Route 5 was delayed by ice. The cause is known. We apologize for the inconvenience."""

SPANISH = """\
El ayuntamiento aprobó el martes la reconstrucción del puente. Costará veinticuatro millones y \
durará tres años.

Los comerciantes dicen que perdieron un tercio de sus clientes. «No podemos esperar más», dijo la \
alcaldesa ante la prensa."""

CHINESE = """\
市议会周二投票决定重建港口大桥。这座桥自去年十一月的风暴以来一直关闭。工程将耗资两千四百万。

反对者更喜欢修建隧道。隧道的费用是两倍,但可以保留旧鱼市场。"""

STORIES = [NEWS, LIST, BOILERPLATE, SPANISH, CHINESE]

FOREIGN = [
    "Whales were seen off the northern cape for the first time in decades.",
    "The orchestra opens its season with a symphony by a forgotten composer!",
    "Nobody answered the telephone at the laboratory yesterday.",
    "Frost damaged apricots, plums and early cherries across the valley.",
    "Is the museum going to lend its most famous painting to Lisbon?",
    "He grew up in a village without electricity and became a physicist.",
]
