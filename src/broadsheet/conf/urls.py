"""All addresses: the desk's first, then the paper's, of which some are wide."""

from django.urls import include, path
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

urlpatterns = [
    path("desk/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("", include("broadsheet.paper.urls")),
]

handler400 = "broadsheet.paper.views.errors.not_readable"
handler404 = "broadsheet.paper.views.errors.not_found"
handler500 = "broadsheet.paper.views.errors.server_error"
