"""The second factor of a login: a device that shows codes, and recovery codes for its loss."""

import secrets
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.models import Session
from django.db import transaction
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

RECOVERY_CODES = 10


def begin(user: AbstractBaseUser) -> Any:
    """A device that counts for nothing until a code from it was given; older tries are dropped."""
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user, confirmed=False).delete()
        return TOTPDevice.objects.create(user=user, name="authenticator", confirmed=False)


def begun(user: AbstractBaseUser) -> Any | None:
    """The device that waits for its first code."""
    return TOTPDevice.objects.filter(user=user, confirmed=False).first()


def confirm(device: Any, code: str) -> bool:
    """Whether the code was the device's: from now on the login needs one."""
    with transaction.atomic():
        if not device.verify_token(code):
            return False
        TOTPDevice.objects.filter(user=device.user, confirmed=True).delete()
        device.confirmed = True
        device.save()
    return True


def new_recovery_codes(user: AbstractBaseUser) -> list[str]:
    """Fresh codes in place of the old ones; each opens once. They cannot be shown again."""
    codes = [secrets.token_hex(5) for _ in range(RECOVERY_CODES)]
    with transaction.atomic():
        StaticDevice.objects.filter(user=user).delete()
        device = StaticDevice.objects.create(user=user, name="recovery", confirmed=True)
        for code in codes:
            device.token_set.create(token=code)
    return codes


def recovery_codes_left(user: AbstractBaseUser) -> int:
    """How many recovery codes have not been used."""
    return sum(device.token_set.count() for device in StaticDevice.objects.filter(user=user))


def enrolled(user: AbstractBaseUser) -> Any | None:
    """The confirmed device, None where the password alone opens."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def remove(user: AbstractBaseUser) -> None:
    """Back to the password alone."""
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user).delete()
        StaticDevice.objects.filter(user=user).delete()


def end_other_sessions(user: AbstractBaseUser, own: str | None) -> int:
    """Log this user out everywhere but in the session `own`; how many were ended."""
    others = [
        session.pk
        for session in Session.objects.exclude(pk=own)
        if session.get_decoded().get("_auth_user_id") == str(user.pk)
    ]
    return Session.objects.filter(pk__in=others).delete()[0]
