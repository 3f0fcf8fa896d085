"""Addresses of the paper; the widest patterns stand last."""

import datetime as dt

from django.urls import include, path, re_path, register_converter
from django.urls.converters import SlugConverter

from broadsheet.discussion.enums import ReactionKind
from broadsheet.paper.views import (
    acts,
    annotations,
    changes,
    comments,
    corrections,
    discussion,
    editing,
    errors,
    feeds,
    following,
    front,
    inbox,
    lists,
    live,
    me,
    mine,
    moments,
    more,
    passages,
    proposals,
    readers,
    search,
    story,
)
from broadsheet.paper.views.moderation import reports


class StoryPathConverter(SlugConverter):
    """The path of a story without its slashes: ``2011/02/slug``."""

    regex = r"\d{4}/\d{2}/[-a-zA-Z0-9_]+"


class InstantConverter:
    """A second in UTC, written so that it can stand in a path: ``20260902T101500Z``."""

    regex = r"\d{8}T\d{6}Z"

    def to_python(self, value: str) -> dt.datetime:
        return dt.datetime.strptime(value, "%Y%m%dT%H%M%S%z")

    def to_url(self, value: dt.datetime) -> str:
        return value.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")


register_converter(StoryPathConverter, "story")
register_converter(InstantConverter, "instant")

urlpatterns = [
    path("", front.front, name="front"),
    path("search/", search.search, name="search"),
    path("feed.xml", feeds.rss, name="rss"),
    path("corrections/", corrections.listing, name="corrections"),
    path("corrections/feed.xml", corrections.feed, name="corrections-feed"),
    path("robots.txt", errors.robots, name="robots"),
    path("favicon.svg", errors.favicon, name="favicon"),
    path("me/", me.me, name="me"),
    path("account/", include("broadsheet.paper.account_urls")),
    path("reader/<int:pk>/", readers.profile, name="reader"),
    path("reader/<int:pk>/initials.svg", readers.initials, name="initials"),
    path("c/<int:pk>/", comments.permalink, name="comment"),
    path("c/<int:pk>/acts/", acts.acts, name="acts"),
    *(
        path(f"c/<int:pk>/{kind}/", acts.reaction, {"kind": kind}, name=f"react-{kind}")
        for kind in ReactionKind
    ),
    path("c/<int:pk>/answer/", acts.answer, name="answer"),
    path("c/<int:pk>/edit/", editing.edit, name="edit"),
    path("c/<int:pk>/delete/", editing.delete, name="delete"),
    path("c/<int:pk>/versions/", editing.versions, name="versions"),
    path("c/<int:pk>/report/", reports.report, name="report"),
    path("moderation/", include("broadsheet.paper.moderation_urls")),
    path("c/<int:pk>/more/", more.more, name="more"),
    path("follow/story/<int:pk>/", following.story, name="follow-story"),
    path("follow/author/<slug:slug>/", following.author, name="follow-author"),
    path("follow/confirm/<int:pk>/<str:key>/", following.confirm, name="follow-confirm"),
    path("stop/<str:token>/", following.stop, name="stop"),
    path("inbox/<str:key>.xml", inbox.feed, name="inbox-feed"),
    path("account/inbox/", inbox.inbox, name="inbox"),
    path("account/muted/", inbox.muted, name="muted"),
    path("account/disclosures/", inbox.disclosures, name="disclosures"),
    path("proposal/<int:pk>/", proposals.proposal, name="proposal"),
    path("a/<int:pk>/", annotations.annotation, name="annotation"),
    path("topic/<slug:slug>/", lists.topic, name="topic"),
    path("by/<slug:slug>/", lists.author, name="author"),
    path("<story:path>/", story.story, name="story"),
    path("<story:path>/changes/", changes.changes, name="changes"),
    path("<story:path>/annotations/", annotations.container, name="annotations"),
    path("<story:path>/v/<int:number>/", story.edition, name="edition"),
    path("<story:path>/at/<instant:at>/", story.moment, name="moment"),
    path("<story:path>/at/<instant:at>/discussion/", discussion.discussion),
    path("<story:path>/at/<instant:at>/discussion/<int:pk>/", discussion.replies),
    path("<story:path>/discussion/", discussion.discussion, name="discussion"),
    path("<story:path>/discussion/<int:pk>/", discussion.replies, name="replies"),
    path("<story:path>/discussion/since/<int:after>/<int:until>/", live.arrivals, name="arrivals"),
    path("<story:path>/live/", live.state, name="live-state"),
    path("<story:path>/at/<str:given>/", moments.unreadable),
    path("<story:path>/at/", moments.choose, name="choose-moment"),
    path("<story:path>/moments/", moments.moments, name="moments"),
    path("<story:path>/timemap/", moments.timemap, name="timemap"),
    path("<story:path>/timemap/json/", moments.json_timemap, name="timemap-json"),
    path("tg/<story:path>/", moments.timegate, name="timegate"),
    path("<story:path>/comment/", comments.write, name="write"),
    path("<story:path>/mine/", mine.mine, name="mine"),
    path("<story:path>/propose/", proposals.propose_correction, name="propose"),
    path("<story:path>/passage/<int:pk>/", passages.passage, name="passage"),
    re_path(r"^(?P<slug>[-a-zA-Z0-9_]+)/$", lists.section, name="section"),
]
