"""Who acts in a discussion: somebody with an account, or a guest known by what the browser keeps."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from broadsheet.discussion.models import Comment, CommentSource
from broadsheet.readers.models import Account
from broadsheet.record.models import Author, Document, EditionAuthor


@dataclass(frozen=True)
class Person:
    """A reader who does something; the key of a guest is the digest of the browser's word."""

    account: Account | None = None
    author: Author | None = None
    guest_key: str = ""

    @property
    def is_known(self) -> bool:
        """Whether there can be anything of theirs."""
        return self.account is not None or bool(self.guest_key)

    @property
    def is_staff(self) -> bool:
        """Whether they may change the discussion for the publication."""
        return bool(self.account and self.account.has_perm("discussion.change_comment"))

    def own(self) -> Q:
        """Return the condition of the comments that they wrote, with whom nobody can be confused.

        Somebody with an account is known by it alone: a browser may be another person's tomorrow.
        """
        if self.account:
            return Q(account=self.account)
        if self.guest_key:
            return Q(account=None, source__guest_key=self.guest_key)
        return Q(pk__in=())

    def wrote(self, comment: Comment) -> bool:
        """Say whether a comment is theirs. A statement for a guest."""
        if self.account:
            return comment.account_id == self.account.pk
        if not self.guest_key or comment.account_id is not None:
            return False
        return CommentSource.objects.filter(comment=comment, guest_key=self.guest_key).exists()

    def is_author_of(self, document: Document) -> bool:
        """Say whether the story in force is signed by them. A statement for an author."""
        if self.author is None or document.edition_id is None:
            return False
        return EditionAuthor.objects.filter(
            author=self.author, edition=document.edition_id
        ).exists()
