"""Where the settings have the private keys: in files, the environment, a security module or another process."""

from __future__ import annotations

from lti_tool.domain.errors import BadgeToolError
from lti_tool.keystore import EnvironmentKeys, HsmKeys, Keys, KeyStore, Module, SocketKeys
from lti_tool.settings import Settings
from lti_tool.usecases.ports import Clock


def keys_of(settings: Settings, clock: Clock) -> Keys:
    """As everybody but the signing process sees them."""
    return SocketKeys(settings.signer_socket) if settings.signer_socket else own_keys(settings, clock)


def own_keys(settings: Settings, clock: Clock) -> Keys:
    """Those of this process itself. Raises `keys.pin_unreadable` and `keys.environment`."""
    if settings.private_keys is not None:
        return EnvironmentKeys(settings.private_keys.get_secret_value(), clock, settings.key_secret)
    files = KeyStore(settings.keys_dir, clock, settings.key_secret)
    if settings.pkcs11_module is None:
        return files
    try:
        pin = settings.pkcs11_pin_file.read_text().strip() if settings.pkcs11_pin_file else ""
    except OSError as error:
        message = f"The PIN of the security module cannot be read: {error.strerror}."
        raise BadgeToolError("keys.pin_unreadable", message, status=500, hint="Look at pkcs11_pin_file.") from None
    return HsmKeys(Module(settings.pkcs11_module, settings.pkcs11_token, pin), files, settings.keys_dir, clock)
