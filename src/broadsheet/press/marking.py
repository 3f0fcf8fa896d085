"""How a view says that its pages may be held ready, and what they are made from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from django.http import HttpResponse

from broadsheet.press.keys import change_after_commit

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Made:
    """What a page was made from: its keys, and how far the journal of its document went."""

    keys: tuple[str, ...]
    sequence: int = 0


def pressed(*parameters: str) -> Callable[[View], View]:
    """Declare that a view answers the same bytes to everybody.

    ``parameters`` are the query parameters that it reads; others are not given to it.
    """

    def declare(view: View) -> View:
        view.press_parameters = frozenset(parameters)  # type: ignore[attr-defined]
        return view

    return declare


def made_from(response: HttpResponse, *keys: str, sequence: int = 0) -> HttpResponse:
    """Let a page be held ready until one of the keys is changed; what says no keys never is.

    ``sequence`` is the document's journal number, read before anything else of the page.
    """
    response.press = Made(keys, sequence)  # type: ignore[attr-defined]
    return response


def declare_keys(model: type[Model], keys_of: Callable[[Any], Iterable[str]]) -> None:
    """Change keys when a row of ``model`` is saved or deleted.

    Statements over many rows send no signals: who writes them changes the keys.
    """

    def changed(sender: object, instance: Model, **_: object) -> None:
        change_after_commit(*keys_of(instance))

    name = f"press {model._meta.label}"
    post_save.connect(changed, sender=model, weak=False, dispatch_uid=name)
    post_delete.connect(changed, sender=model, weak=False, dispatch_uid=name)
