"""Where django-allauth asks what is ours to decide.

Its sign-in, its confirmed addresses, its passkeys and its providers are used; its pages, messages,
limits and letters are not.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from broadsheet.readers.devices import device_name
from broadsheet.readers.models import Account
from broadsheet.readers.names import NameUnusable
from broadsheet.readers.protection import check_name
from broadsheet.record.queries import publication


class AccountAdapter(DefaultAccountAdapter):
    """Signing in, once it is known who it is."""

    def get_login_stages(self) -> list[str]:
        """Ask for nothing more: a passkey is another way in here, not a second lock."""
        return []

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: each page of ours says what was done."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send nothing: letters are ours (``readers/letters.py``)."""

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("account-closed"))


class PasskeyAdapter(DefaultMFAAdapter):
    """What a passkey says of us and of its owner."""

    def _get_site_name(self) -> str:
        return publication().name

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 (its own name)
        """Call a passkey by the browser that made it."""
        return device_name(context.request.META.get("HTTP_USER_AGENT", ""))

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        entity = super().get_public_key_credential_user_entity(user)
        return {**entity, "display_name": user.name or user.email, "name": user.email}


class ProviderAdapter(DefaultSocialAccountAdapter):
    """Signing in with a provider: it must vouch for the address, and takes over no account."""

    def list_apps(
        self, request: HttpRequest, provider: Any = None, client_id: Any = None
    ) -> list[SocialApp]:
        """Return the operator's providers. The table that may hold others, with their secrets, is
        never read."""
        from allauth.socialaccount.adapter import _build_apps_from_settings

        found = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for apps in found.values() for app in apps]

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        if sociallogin.account.uid in ("", "None"):
            # Whoever the provider cannot tell apart must not share an account.
            _refuse("failed")
        if sociallogin.is_existing or sociallogin.state.get("process") == "connect":
            return
        address = next((each for each in sociallogin.email_addresses if each.verified), None)
        if address is None:
            _refuse("unconfirmed")
            return
        if Account.objects.filter(email__iexact=address.email).exists():
            _refuse("taken")
        sociallogin.user.email = address.email.lower()

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: Any) -> Any:
        """Fill a new account: the confirmed address, and the name if it can be shown."""
        user = sociallogin.user
        user.email = (data.get("email") or "").lower()
        try:
            user.name = check_name(data.get("name") or "")
        except NameUnusable:
            user.name = ""
        return user

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return True

    def on_authentication_error(self, *args: Any, **kwargs: Any) -> None:
        _refuse("failed")

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        return f"{reverse('account')}?done=connected"


def _refuse(why: str) -> None:
    raise ImmediateHttpResponse(HttpResponseRedirect(f"{reverse('sign-in')}?refused={why}"))
