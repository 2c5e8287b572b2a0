"""Texts of django-allauth whose Chinese misleads or has other words than these pages.

Nobody imports them: `bin/messages` finds them here, and what stands in our catalogue wins over
allauth's. A test compares them with allauth's own list, so that one that it rewords is noticed.
"""

from django.utils.translation import gettext_noop

TEXTS = (
    # Signing in and confirming
    gettext_noop("Code"),
    gettext_noop("Incorrect code."),
    gettext_noop("Incorrect password."),
    gettext_noop("Authenticator code"),
    gettext_noop("Confirm Access"),
    gettext_noop("Alternative options"),
    gettext_noop("Enter an authenticator code:"),
    gettext_noop(
        "Your account is protected by two-factor authentication. Please enter an authenticator code:"
    ),
    gettext_noop("Use authenticator app or code"),
    # The second factor
    gettext_noop("Two-Factor Authentication"),
    gettext_noop("An authenticator app is not active."),
    gettext_noop("Authentication using an authenticator app is active."),
    gettext_noop("Authenticator app activated."),
    gettext_noop("Activate"),
    gettext_noop("Activate Authenticator App"),
    # Recovery codes
    gettext_noop("Recovery Codes"),
    gettext_noop("No recovery codes set up."),
    gettext_noop("A new set of recovery codes has been generated."),
    gettext_noop("Unused codes"),
    gettext_noop("Download codes"),
    gettext_noop("Generate new codes"),
    # Passwords and mails
    gettext_noop("Password Reset"),
    gettext_noop("Password Reset Email"),
    gettext_noop("Reset My Password"),
    gettext_noop("Bad Token"),
    gettext_noop("Password (again)"),
    gettext_noop("New Password (again)"),
    gettext_noop("Hello from %(site_name)s!"),
    gettext_noop("In case you forgot, your username is %(username)s."),
)
