"""The Django project: settings, addresses and wiring. No domain words here."""
