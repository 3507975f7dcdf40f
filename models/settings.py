"""Every setting, from the environment with the prefix CROSSCURRENT_; all defaults work with nothing set."""

import hashlib
import tempfile
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

MEGABYTE = 1024 * 1024
LONGEST_SOCKET_PATH = 100


class Settings(BaseSettings):
    """The settings of one installation."""

    model_config = SettingsConfigDict(env_prefix="CROSSCURRENT_", extra="ignore", frozen=True)

    data_dir: Path = Path("data")
    database_url: str = ""
    queue_url: str = ""
    originals_url: str = ""
    master_key: SecretStr | None = None
    """Base64 of 32 bytes; unset: made on first start in data_dir/master.key."""

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = Field(default=1, ge=1)
    log_level: str = "INFO"

    upload_limit: int = 25 * MEGABYTE
    retention_days: int = Field(default=30, ge=0)
    review_below: float = Field(default=0.5, ge=0, le=1)
    familiar_redactions: tuple[str, ...] = ("person", "organisation", "role", "place", "contact", "identifier")

    encoder: str = ""
    spacy_model: str = ""

    min_events: int = Field(default=2, ge=1)
    min_organisations: int = Field(default=3, ge=1)
    sector_floor: int = Field(default=3, ge=1)

    job_attempts: int = Field(default=5, ge=1)
    retry_seconds: float = 5.0
    job_seconds: int = 900
    lease_seconds: float = 60.0
    sweep_seconds: float = 5.0
    discovery_sample: int = Field(default=4000, ge=100)

    writer_url: str = ""
    writer_model: str = ""
    writer_key: SecretStr = SecretStr("")
    writer_timeout: float = 20.0
    writer_retries: int = 2

    # TLS is a must, except on this very machine: whoever alters what the provider says signs in as anybody.
    openid_issuer: str = Field(default="", pattern=r"^$|^https://|^http://(localhost|127\.0\.0\.1)[:/]")
    openid_client: str = ""
    openid_secret: SecretStr = SecretStr("")
    openid_name: str = Field(default="your organisation", min_length=1)
    """What people call the provider: “Sign in with …”."""
    openid_role: Literal["", "facilitator", "editor", "reader"] = ""
    """The role of somebody unknown whom the provider vouches for; unset: nobody unknown is let in."""

    @cached_property
    def openid(self) -> str:
        """What people call the identity provider through which they may sign in; empty where there is none."""
        return self.openid_name if self.openid_issuer and self.openid_client else ""

    second_person: bool = False
    """Who had a digest drafted, or changed its words, cannot approve it."""

    @cached_property
    def home(self) -> Path:
        """The data folder, made if absent, readable by its owner only."""
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self.data_dir.resolve()

    @cached_property
    def database(self) -> str:
        """The SQLAlchemy URL of the database."""
        return self.database_url or f"sqlite:///{self.home / 'crosscurrent.db'}"

    @cached_property
    def queue_socket(self) -> Path:
        """Where the embedded Valkey listens; a socket path longer than the system allows moves to the temp folder."""
        socket = self.home / "valkey.sock"
        if len(str(socket)) <= LONGEST_SOCKET_PATH:
            return socket
        digest = hashlib.sha256(str(self.home).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"crosscurrent-{digest}.sock"

    @cached_property
    def queue(self) -> str:
        """The URL of the Valkey or Redis server."""
        return self.queue_url or f"unix://{self.queue_socket}"

    @cached_property
    def originals(self) -> str:
        """The fsspec URL of the folder of encrypted originals."""
        return self.originals_url or f"file://{self.home / 'originals'}"


@lru_cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
