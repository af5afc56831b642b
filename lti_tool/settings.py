"""Typed settings from a TOML file and the environment. Nothing happens at import.

The environment wins: `base_url` is ``LTI_BADGES_BASE_URL``. The file is ``LTI_BADGES_CONFIG`` or, where it exists,
config/default.toml of the working directory.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from lti_tool.domain.errors import BadgeToolError

DEFAULT_CONFIG = Path("config/default.toml")


SHORTEST_SECRET = 32


def usable_secret(text: str) -> str:
    """The secret without white space around it. Raises ValueError where it is too short to withstand guessing."""
    secret = text.strip()
    if len(secret) < SHORTEST_SECRET:
        raise ValueError(f"must have at least {SHORTEST_SECRET} characters; `openssl rand -base64 32` makes one")
    return secret


def read_secret(path: Path) -> bytes:
    """A key-encryption secret from its file. Raises `keys.secret_unreadable`."""
    try:
        return usable_secret(path.read_text()).encode()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise BadgeToolError(
            "keys.secret_unreadable", f"The key-encryption secret in {path} cannot be used: {reason}.", status=500
        ) from None


class Settings(BaseSettings):
    """All that an operator can set. Times are in seconds."""

    model_config = SettingsConfigDict(env_prefix="LTI_BADGES_", extra="forbid")

    base_url: str = Field("http://localhost:8000", description="The public address, without a slash at the end.")
    database_url: str = Field("", description="SQLAlchemy address; empty: SQLite in data_dir.")
    data_dir: Path = Field(Path("data"), description="Where SQLite keeps its file.")
    keys_dir: Path = Field(Path("keys"), description="Private keys and the server's own secret, mode 0600.")
    key_encryption_secret: SecretStr | None = Field(
        None,
        description="Encrypts private keys and stored secrets at rest; at least 32 characters. Set it by environment.",
    )
    key_encryption_secret_file: Path | None = Field(None, description="A file that holds key_encryption_secret.")
    private_keys: SecretStr | None = Field(
        None,
        description="Private keys in place of files: a JSON object of a key directory's file names and their contents."
        " By environment alone.",
    )
    signer_socket: Path | None = Field(
        None,
        description="The socket of `lti-badges signer`, a process that holds the private keys instead of this one.",
    )
    pkcs11_module: Path | None = Field(
        None, description="The PKCS #11 library of a hardware security module that holds the Ed25519 and RSA keys."
    )
    pkcs11_token: str = Field("", description="The label of the module's token.")
    pkcs11_pin_file: Path | None = Field(None, description="A file that holds the PIN that opens the token.")
    admin_token_file: Path | None = Field(None, description="The operator's sign-in token; empty: in keys_dir.")
    redis_url: str = Field("", description="Rate limits and wake-ups shared between processes; holds no truth.")
    allowed_private_hosts: frozenset[str] = Field(
        frozenset(), description="host:port names that may be private or without TLS. Development only."
    )
    engine: Literal["embedded", "celery"] = Field(
        "embedded", description="How workers hear of work: by themselves, or by Celery over redis_url."
    )
    embedded_worker: bool = Field(
        True, description="Whether `serve` runs a worker of its own; never where the engine is celery."
    )
    platform_calls: int = Field(4, ge=1, le=64, description="How many platforms one worker waits for at once.")
    log_format: Literal["console", "json"] = Field("console", description="For people, or a JSON line an event.")
    tenant: str = Field("default", pattern=r"^[a-z0-9-]{1,40}$", description="The tenant; stands in addresses.")
    issuer_name: str = Field("LTI Badges", min_length=1, description="Who issues the badges, as wallets show it.")
    issuer_proof: Literal["eddsa-rdfc-2022", "ecdsa-rdfc-2019"] = Field(
        "eddsa-rdfc-2022", description="How badges are signed; wallets know the first best."
    )
    issuer_jwt_algorithm: Literal["RS256", "ES256"] = Field(
        "RS256", description="How the token form of badges is signed; every reader knows the first."
    )
    read_every_seconds: int = Field(300, ge=5, description="How old a course's reading may become.")
    mass_award_size: int = Field(
        50, ge=1, description="As many awards at once need no second confirmation by the teacher."
    )
    undo_seconds: int = Field(
        600, ge=0, le=86_400, description="How long a larger mass award waits before it is signed, and can be undone."
    )
    evidence_file_max_bytes: int = Field(
        8 * 1024 * 1024,
        ge=0,
        le=32 * 1024 * 1024,
        description="The largest file that is handed in as evidence; 0: no files are taken.",
    )
    evidence_files_max: int = Field(20, ge=1, le=500, description="How many such files a learner has in a course.")
    vc_api: bool = Field(
        False, description="Whether other systems may have credentials signed and checked, each with an API key."
    )
    trusted_proxies: int = Field(0, ge=0, le=5, description="How many reverse proxies stand before the tool.")
    allow_failpoints: bool = Field(
        False, description="Lets LTI_BADGES_FAILPOINT kill this process on purpose. For tests of crashes only."
    )

    @field_validator("base_url")
    @classmethod
    def _plain_origin(cls, value: str) -> str:
        value = value.rstrip("/")
        if not value.startswith(("https://", "http://")) or value.count("/") > 2:
            raise ValueError("must be https://host without a path")
        return value

    @field_validator("key_encryption_secret")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or not value.get_secret_value().strip():
            return None
        return SecretStr(usable_secret(value.get_secret_value()))

    @model_validator(mode="after")
    def _one_secret(self) -> Settings:
        if self.key_encryption_secret is not None and self.key_encryption_secret_file is not None:
            raise ValueError("set key_encryption_secret or key_encryption_secret_file, not both")
        return self

    @model_validator(mode="after")
    def _redis_for_celery(self) -> Settings:
        if self.engine == "celery" and not self.redis_url:
            raise ValueError("the engine celery needs redis_url")
        return self

    @property
    def serves_with_worker(self) -> bool:
        """Whether a web process does the work of the outbox as well."""
        return self.embedded_worker and self.engine == "embedded"

    @property
    def key_secret(self) -> bytes | None:
        """What encrypts keys and secrets at rest, from the setting or its file. Raises `keys.secret_unreadable`."""
        if self.key_encryption_secret_file is not None:
            return read_secret(self.key_encryption_secret_file)
        return self.key_encryption_secret.get_secret_value().encode() if self.key_encryption_secret else None

    @property
    def database(self) -> str:
        """The database's address, made from data_dir where none is set."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'lti-badges.sqlite3'}"

    @property
    def admin_token_path(self) -> Path:
        return self.admin_token_file or self.keys_dir / "admin-token"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        named = os.environ.get("LTI_BADGES_CONFIG")
        path = Path(named) if named else DEFAULT_CONFIG
        file_source = (TomlConfigSettingsSource(settings_cls, path),) if path.is_file() else ()
        return (init_settings, env_settings, *file_source)
