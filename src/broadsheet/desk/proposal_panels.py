"""Proposals beside the text: a panel of the story's editor, with the words marked in it.

The panel stands inside of the editor's own form, and a form cannot hold another one: its buttons are
made to work by ``proposals.js``, which sends a form of its own after the browser has asked about
words that are not saved. Without it, links lead to the inbox.
"""

from __future__ import annotations

from typing import Any

from wagtail.admin.panels import Panel

from broadsheet.corrections.enums import ProposalState
from broadsheet.corrections.models import Proposal

SHOWN = 20
"""Proposals in the panel; the inbox has them all."""


class ProposalsPanel(Panel):
    """Shows the open proposals of a story, and the one that ``?proposal=`` names."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "desk/proposals_panel.html"

        def is_shown(self) -> bool:
            if self.request is None or not self.instance.document_id:
                return False
            if not self.request.user.has_perm("corrections.change_proposal"):
                return False
            return bool(self._named() or self._open().exists())

        def _open(self) -> Any:
            return Proposal.objects.filter(
                document=self.instance.document_id, state=ProposalState.OPEN
            ).order_by("proposed_at", "pk")

        def _named(self) -> Proposal | None:
            number = self.request.GET.get("proposal", "")
            if not number.isdecimal() or len(number) > 18:
                return None
            found = Proposal.objects.filter(document=self.instance.document_id, pk=int(number))
            return found.select_related("passage").first()

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            from broadsheet.desk.proposal_entries import entries

            context: dict[str, Any] = super().get_context_data(parent_context)
            named, found = self._named(), self._open()
            shown = None
            if named is not None:
                found = found.exclude(pk=named.pk)
                shown = entries(Proposal.objects.filter(pk=named.pk), self.request.user)[0]
            return {
                **context,
                "named": shown,
                "entries": entries(found[:SHOWN], self.request.user),
                "count": found.count(),
                "here": self.request.path,
            }
