"""Settings: read from `MARKET_*` by whoever composes a process, then passed in. Nothing reads them at import."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT_ROOT = Path(__file__).resolve().parents[2]
"""Where `migrations/`, `search/` and `seeds/` lie: the package is always run beside them."""


class Settings(BaseSettings):
    """Everything a process of the market can be told from outside.

    Unset addresses mean "not there": no database URL lets `market up` start its own PostgreSQL, no engine
    URL lets it look for a Meilisearch; the API without an engine answers from PostgreSQL, degraded.
    """

    model_config = SettingsConfigDict(env_prefix="MARKET_", env_file=".env", extra="ignore")

    environment: Literal["development", "production", "test"] = "production"
    data_dir: Path = Path(".market")
    """Directory of `market up`: database files, engine files, generated secrets, logs, mail outbox."""

    database_url: SecretStr | None = None
    """`postgresql://user:password@host:port/name`; asyncpg is the only driver."""
    database_read_url: SecretStr | None = None
    """A streaming replica. Reads of nobody in particular go there, and those that name the position of the last write
    (`Market-Position`) once it has come so far; unset, or while it does not answer, all reads go to the primary."""
    database_writer_password: SecretStr | None = None
    """Set where the owner migrates: lets the role `market_writer`, which API and worker should be, log in with it."""
    database_reader_password: SecretStr | None = None
    """As that, of the role `market_reader`."""
    database_pool_size: int = Field(default=10, ge=1)

    meili_url: str | None = None
    meili_key: SecretStr | None = None
    meili_index_prefix: str = ""
    """Put before every index name, so that several markets (or tests) can share one engine."""
    meili_master_key: SecretStr | None = None
    """Set where the owner migrates: makes the keys of API (search only) and worker in the engine."""

    secret_key: SecretStr | None = None
    """Signs access tokens and cursors. At least 32 characters; `market up` generates one in the data directory."""
    previous_secret_key: SecretStr | None = None
    """The secret before: what it signed and sealed still holds. Set it when a new `secret_key` is set, and take it away
    after a week: links and codes are over by then, and the worker has sealed anew what is kept."""
    access_token_minutes: int = Field(default=15, ge=1)
    refresh_token_days: int = Field(default=60, ge=1)

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    processes: int = Field(default=1, ge=1)
    max_body_bytes: int = Field(default=2 * 1024 * 1024, ge=1024)
    max_attachment_bytes: int = Field(default=20 * 1024 * 1024, ge=1024, le=30 * 1024 * 1024)
    """Of one file that is attached to an agreement or certificate."""
    max_photo_bytes: int = Field(default=16 * 1024 * 1024, ge=1024, le=30 * 1024 * 1024)
    """Of one photo, as it is sent."""
    max_photo_pixels: int = Field(default=64_000_000, ge=1_000_000, le=90_000_000)
    """Of one photo, as it is sent; looked at before anything is decoded."""
    photo_storage_bytes: int = Field(default=200_000_000, ge=0)
    """What all photos of one organization may take in the store."""
    blob_url: str | None = None
    """`s3://bucket/prefix?endpoint=https://host` for attached files; unset keeps them in `blobs/` of the data
    directory. The credentials are AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of the environment."""
    anonymous_requests_per_minute: int = Field(default=600, ge=0)
    """Counted per address in each process; 0 turns the limit off. Callers on this machine are not limited."""
    signed_in_requests_per_minute: int = Field(default=3000, ge=0)
    """Counted per person or key in each process; 0 turns the limit off."""
    sign_in_attempts_per_minute: int = Field(default=20, ge=0)
    """Passwords tried (and registrations sent) from one address for one identifier; 0 turns the limit off."""
    search_fresh_seconds: float = Field(default=0.02, ge=0, le=60)
    """How much longer than the index itself a search that is asked again may lag; 0 has the engine asked each time
    whether its index has moved."""
    request_seconds: float = Field(default=5.0, gt=0)
    """After this long a request is answered with 503, whatever it waits for; routes that take files have longer."""
    requests_under_way: int = Field(default=100, ge=1)
    """In each process; what comes beyond is answered with 503 at once, health and sign-out aside."""
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    """How many proxies of ours stand in front and say in `X-Forwarded-For` whom they serve."""
    unverified_first_contacts_a_day: int = Field(default=20, ge=0)
    """Threads that an organization which nobody has verified may begin in 24 hours; 0 turns the bound off."""
    unverified_listings: int = Field(default=2000, ge=0)
    """Listings that it may have, archived ones aside; 0 turns the bound off."""
    unverified_mails_a_day: int = Field(default=200, ge=0)
    """Mails to others that its deeds may cause in 24 hours; beyond that people are told in the application only."""
    metrics_port: int = Field(default=0, ge=0, le=65535)
    """A listener of its own for /metrics, so that it need not be kept from the public one; process n of several adds
    n to it. 0 answers /metrics beside everything else."""
    metrics_host: str = "127.0.0.1"
    stream_seconds: float = Field(default=600, gt=0, le=3600)
    """How long a live stream of changes lasts; its reader comes back by itself, and who may read is asked anew."""
    webhooks_to_loopback: bool = False
    """Let webhooks go to this very machine, without TLS: for development and tests."""
    cors_origins: str = ""
    """Addresses of web pages that may call the API from a browser, by commas (`https://app.example.vn`); `*` is all."""
    public_url: str | None = None
    """How people reach this market from outside; used in links that leave it (mail, calendars, OCDS)."""
    anchor_dir: Path | None = None
    """Where the signed heads of the history are kept; unset means `anchors/` of the data directory. Best a place that
    the owner of the database cannot write."""
    anchor_key_file: Path | None = None
    """The Ed25519 key (PEM) that signs them, made where there is none; unset: `anchor-key.pem` of the data dir."""

    delivery_silent_days: int = Field(default=7, ge=1, le=60)
    """A delivery that its receiver has neither confirmed nor disputed after so many days counts."""

    ocds_prefix: str = Field(default="ocds-000000", pattern=r"^ocds-[a-z0-9]{6}$")
    """Begins the ids of published contracts. The default is registered to nobody: ask the Open Contracting
    Partnership for one before publishing."""
    ocds_publisher: str = "Market"
    """Who publishes them."""

    smtp_url: SecretStr | None = None
    """`smtp://user:password@host:587` or `smtps://...`; unset puts mail into `outbox/` of the data directory."""
    mail_from: str = "Market <no-reply@localhost>"
    """The sender of mail."""

    sms_url: SecretStr | None = None
    """Where text messages are posted to (https); unset puts them into `outbox/` of the data directory."""
    sms_template: str = '{"to": "{phone}", "text": "{text}"}'
    """The JSON body that the gateway takes."""
    messenger_url: SecretStr | None = None
    """Where news are posted to (https) for those who want them on their phone: a gateway to Zalo, SMS, FCM; unset: to
    nobody."""
    messenger_template: str = '{"to": "{phone}", "text": "{text}"}'
    """The JSON body that this gateway takes."""
    second_factor_required: bool = False
    """Officers and administrators are no more than people until they sign in with a second factor; new ones have 14
    days to set theirs up. `docker-compose.yml`, the production shape, turns it on."""

    admin_email: str | None = None
    admin_password: SecretStr | None = None
    """When both are set, `market up` makes sure this administrator exists."""

    traces_url: SecretStr | None = None
    """Where spans are posted to (OTLP over HTTP, such as `http://collector:4318/v1/traces`). Unset: nothing is traced,
    and nothing of OpenTelemetry is loaded. Headers that a collector asks for stand in OTEL_EXPORTER_OTLP_HEADERS."""
    traces_share: float = Field(default=1.0, ge=0, le=1)
    """Of requests, jobs and batches, how many are traced."""

    log_format: Literal["json", "console"] = "json"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    docs_dir: Path = PROJECT_ROOT / "docs"
    seeds_dir: Path = PROJECT_ROOT / "seeds"
    search_dir: Path = PROJECT_ROOT / "search"
    migrations_dir: Path = PROJECT_ROOT / "migrations"

    def sqlalchemy_url(self) -> str:
        """The database URL in SQLAlchemy's spelling.

        Raises:
            ValueError: no database URL is configured.
        """
        if self.database_url is None:
            raise ValueError("MARKET_DATABASE_URL is not set and no running `market up` was found")
        return self.database_url.get_secret_value().replace("postgresql://", "postgresql+asyncpg://", 1)

    def sqlalchemy_read_url(self) -> str | None:
        """The replica's URL in SQLAlchemy's spelling; None without one."""
        if self.database_read_url is None:
            return None
        return self.database_read_url.get_secret_value().replace("postgresql://", "postgresql+asyncpg://", 1)

    def traces_address(self) -> str | None:
        """Where spans go; None when nothing is traced."""
        return self.traces_url.get_secret_value() if self.traces_url is not None else None

    def anchors(self) -> tuple[Path, Path]:
        """The directory of anchors and the file of the key that signs them."""
        return self.anchor_dir or self.data_dir / "anchors", self.anchor_key_file or self.data_dir / "anchor-key.pem"

    @property
    def lacks_proxy(self) -> bool:
        """Whether people come by https, which only a proxy can speak, and no proxy is declared: all of them would have
        one address, and one limit or none."""
        return (self.public_url or "").startswith("https://") and not self.trusted_proxies

    def reached_at(self) -> str:
        """Where people reach this market."""
        return self.public_url or f"http://{self.host}:{self.port}"
