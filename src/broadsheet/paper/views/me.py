"""What is personal, fetched apart from the public pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from broadsheet.readers.models import Account
from broadsheet.record.models import Author


def writer_of(request: HttpRequest) -> tuple[Account | None, Author | None]:
    """Return the signed-in account and the author it belongs to. No statement for a guest."""
    user = request.user
    if not isinstance(user, Account) or not user.is_active:
        return None, None
    return user, Author.objects.filter(account=user).first()


@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """Say who is signed in: ``{"name": null}`` for a guest."""
    account, author = writer_of(request)
    response = JsonResponse(
        {
            "name": (author.name if author else account.name or None) if account else None,
            "mark": "Author" if author else "",
            "desk": bool(account and account.has_perm("wagtailadmin.access_admin")),
        }
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response
