"""The app's registration with Django."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class CommitmentsConfig(AppConfig):
    """Installs the database guards after every migration, since SQLite drops them with a remade table."""

    name = "commitments"
    verbose_name = _("Commitments")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from allauth.account.signals import password_changed, password_reset

        from .models.guards import install_guards, step_aside
        from .staff.passwords import log_password

        pre_migrate.connect(step_aside, sender=self, dispatch_uid="commitments.guards_step_aside")
        post_migrate.connect(install_guards, sender=self, dispatch_uid="commitments.guards")
        for chosen in (password_changed, password_reset):
            chosen.connect(log_password, dispatch_uid="commitments.password")
