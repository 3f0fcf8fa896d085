"""Pages of the desk. What readers see is made from the record, never from these."""

from broadsheet.desk.models.sections import FrontPage, SectionPage
from broadsheet.desk.models.stories import StoryByline, StoryPage, StoryStoryline, StoryTopic

__all__ = ["FrontPage", "SectionPage", "StoryByline", "StoryPage", "StoryStoryline", "StoryTopic"]
