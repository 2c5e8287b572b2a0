"""What people type as a figure, read exactly: full-width digits, thousands separators, the unit repeated."""

import unicodedata
from decimal import Decimal, InvalidOperation

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.quantities import plain_figure

# Multipliers that are easily confused with the unit of the promise.
MULTIPLIERS = "千万亿"


class FigureField(forms.CharField):
    """An exact decimal in the unit that the promise names; mixed-up units get a sentence, not a guess."""

    def __init__(self, *, unit: str = "", places: int = 4, **kwargs: object) -> None:
        self.unit, self.places = unit, places
        kwargs.setdefault("max_length", 40)
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def clean(self, value: object) -> Decimal | None:
        text = super().clean(value)
        return None if text == "" else read_figure(text, unit=self.unit, places=self.places)

    def prepare_value(self, value: object) -> object:
        """Show a stored figure without the zeros that the database pads it with."""
        return plain_figure(value) if isinstance(value, Decimal) else value


def read_figure(text: str, *, unit: str, places: int = 4) -> Decimal:
    """Return the figure. Raises ValidationError with a sentence for what is not one, or in another unit."""
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "").replace("，", "")
    full = unicodedata.normalize("NFKC", unit)
    plain = plain.removesuffix(full) if full else plain
    base = ""
    if full[:1] in tuple(MULTIPLIERS):
        plain = plain.removesuffix(full[0])  # 250亿 where 亿元 are asked for
        base = full.lstrip(MULTIPLIERS)
    # What still ends in a multiplier, or in the unit without its own (250万元, 80平方米), is in another unit.
    if plain and (plain[-1] in MULTIPLIERS or (base and plain.endswith(base))):
        raise forms.ValidationError(
            _("Write the figure in %(unit)s: the number alone, converted if need be.")
            % {"unit": unit or _("single units")},
            code="unit",
        )
    try:
        figure = Decimal(plain)
    except InvalidOperation:
        raise forms.ValidationError(_("Write a number, such as 12.5."), code="invalid") from None
    if not figure.is_finite() or abs(figure) >= Decimal(10) ** 15:
        raise forms.ValidationError(_("This number is too large."), code="invalid")
    if figure != round(figure, places):
        raise forms.ValidationError(
            _("At most %(places)s digits after the point.") % {"places": places}, code="invalid"
        )
    return figure


class DayField(forms.DateField):
    """A calendar day: the browser's own picker, and the ways a day is typed without one."""

    input_formats = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d"]

    def __init__(self, **kwargs: object) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(input_formats=self.input_formats, **kwargs)  # type: ignore[arg-type]
        self.error_messages["invalid"] = gettext_lazy("Write the day as 2024-06-30.")
