"""allauth's forms for second factors; wrong codes and refusals are written down like those of passwords."""

from typing import Any, ClassVar

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm as BaseAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as BaseReauthenticateForm
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm as BaseAuthenticateWebAuthnForm
from allauth.mfa.webauthn.forms import LoginWebAuthnForm as BaseLoginWebAuthnForm
from allauth.mfa.webauthn.forms import ReauthenticateWebAuthnForm as BaseReauthenticateWebAuthnForm
from django.core.exceptions import ValidationError

from .sign_ins import write_wrong_factor


class WritesFailures:
    """Writes down that the proof was wrong, or that none is looked at for a while; never the proof itself."""

    proof: ClassVar[str]

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]
        form: Any = self
        # An empty field is no attempt.
        for error in form.errors.as_data().get(self.proof, ()):
            if isinstance(error, ValidationError) and error.code != "required":
                is_refused = error.code == "too_many_login_attempts"
                account = form.user.pk if form.user else None
                write_wrong_factor(context.request, account, is_refused=is_refused)


class ReadsPasskeys(WritesFailures):
    """Takes what is no answer of a passkey for a wrong one; allauth's own fails on missing parts."""

    proof = "credential"

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise get_adapter().validation_error("incorrect_code") from error


class AuthenticateForm(WritesFailures, BaseAuthenticateForm):
    proof = "code"


class ReauthenticateForm(WritesFailures, BaseReauthenticateForm):
    proof = "code"


class AuthenticateWebAuthnForm(ReadsPasskeys, BaseAuthenticateWebAuthnForm):
    pass


class ReauthenticateWebAuthnForm(ReadsPasskeys, BaseReauthenticateWebAuthnForm):
    pass


class LoginWebAuthnForm(ReadsPasskeys, BaseLoginWebAuthnForm):
    pass
