"""Addresses below /moderation/."""

from django.urls import URLPattern, path

from broadsheet.paper import converters  # noqa: F401 (registers them)
from broadsheet.paper.views.moderation import floods, held, public, queue, redacting, statements
from broadsheet.paper.views.moderation.places import PAPER, Place


def queue_urls(place: Place, prefix: str = "moderation") -> list[URLPattern]:
    """Return the addresses of the queue in one of its places."""
    given = {"place": place}
    return [
        path("", queue.queue, given, name=f"{prefix}-queue"),
        path("decide/", queue.decide_items, given, name=f"{prefix}-decide"),
        path("undo/", queue.undo_batch, given, name=f"{prefix}-undo"),
        path("counts/", queue.counts, given, name=f"{prefix}-counts"),
        path("<number:pk>/", queue.item, given, name=f"{prefix}-item"),
        path("comment/<number:pk>/redact/", redacting.redact, given, name=f"{prefix}-redact"),
        path(
            "held/<number:pk>/redact/", redacting.redact_held, given, name=f"{prefix}-redact-held"
        ),
        path("<number:pk>/ban/", floods.flood, given, name=f"{prefix}-flood"),
        path("<number:pk>/claim/", queue.claim_item, given, name=f"{prefix}-claim"),
    ]


urlpatterns = [
    *queue_urls(PAPER),
    path("report/<number:pk>/<str:signature>/", statements.receipt, name="report-receipt"),
    path("statement/<number:pk>/<str:signature>/", statements.statement, name="statement"),
    path("mine/", statements.mine, name="moderation-mine"),
    path("mine/<number:pk>/", held.held, name="held"),
    path("log/", public.log, name="moderation-log"),
    path("transparency/", public.transparency, name="transparency"),
    path("transparency/figures.csv", public.figures_csv, name="transparency-csv"),
    path("rules/", public.rules, name="house-rules"),
]
