"""Addresses below ``/account/``: all private, none held ready."""

from django.urls import path

from broadsheet.paper import converters  # noqa: F401 (registers them)
from broadsheet.paper.views.account import (
    account,
    claiming,
    confirming,
    erasing,
    passkeys,
    proof,
    providers,
    signing_in,
)

urlpatterns = [
    path("", account.account, name="account"),
    path("sign-in/", signing_in.sign_in, name="account_login"),
    path("sign-in/", signing_in.sign_in, name="sign-in"),
    path("sign-in/code/", signing_in.code, name="sign-in-code"),
    path("sign-in/passkey/", passkeys.passkey_sign_in, name="passkey-sign-in"),
    path("sign-in/password/", signing_in.with_password, name="password-sign-in"),
    path("sign-in/<str:token>/", signing_in.link, name="sign-in-link"),
    path("welcome/", signing_in.welcome, name="welcome"),
    path("sign-out/", signing_in.sign_out, name="sign-out"),
    path("closed/", signing_in.closed, name="account-closed"),
    path("proof/", proof.proof, name="proof"),
    path("proof/passkey/", passkeys.passkey_proof, name="passkey-proof"),
    path("name/", account.name, name="account-name"),
    path("picture/", account.picture, name="account-picture"),
    path("picture/shown/", account.shown_picture, name="account-picture-shown"),
    path("picture/remove/", account.remove_picture, name="account-picture-remove"),
    path("public/", account.public, name="account-public"),
    path("address/", account.address, name="account-address"),
    path("address/code/", account.address_code, name="account-address-code"),
    path("password/", account.password, name="account-password"),
    path("sessions/end/", account.end_session, name="account-session-end"),
    path("passkeys/options/", passkeys.options, name="passkey-options"),
    path("passkeys/add/", passkeys.add, name="passkey-add"),
    path("passkeys/<number:pk>/remove/", passkeys.remove, name="passkey-remove"),
    path("providers/<number:pk>/disconnect/", providers.disconnect, name="provider-disconnect"),
    path("with/cancelled/", providers.cancelled, name="socialaccount_login_cancelled"),
    path("with/<slug:provider_id>/login/", providers.begin, name="openid_connect_login"),
    path(
        "with/<slug:provider_id>/login/callback/",
        providers.callback,
        name="openid_connect_callback",
    ),
    # django-allauth names these where one of its own forms would be shown; ours leads around them.
    path("with/sign-up/", providers.nowhere, name="socialaccount_signup"),
    path("comment/<str:token>/", confirming.comment, name="confirm-comment"),
    path("claim/", claiming.comments, name="account-claim"),
    path("claim/name/", claiming.name, name="account-claim-name"),
    path("export/", account.export, name="account-export"),
    path("erase/", erasing.erase, name="account-erase"),
    path("erased/", erasing.erased, name="account-erased"),
]
