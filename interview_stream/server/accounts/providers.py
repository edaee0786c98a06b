"""Identity providers that people may sign in with, switched on by a file of settings alone.

The file is TOML, one table for each provider; docs/operators tells what may stand in it. What is wrong in it stops the
start with a sentence that says how to repair it. Imported by the settings, so this module knows no model.
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from uuid import UUID

from interview_stream.environment import SettingError
from interview_stream.server.lib.addresses import canonical_domain

Kind = Literal["oidc", "saml", "google", "github", "microsoft"]

ALLAUTH_PROVIDERS: dict[Kind, str] = {"oidc": "openid_connect"}
"""What allauth calls a kind, where it is another word."""

NEEDED: dict[Kind, tuple[str, ...]] = {
    "oidc": ("server_url", "client_id", "client_secret"),
    "saml": (),
    "google": ("client_id", "client_secret"),
    "github": ("client_id", "client_secret"),
    "microsoft": ("client_id", "client_secret", "tenant"),
}
SAML_BY_HAND = ("entity_id", "sso_url", "certificate")
OPTIONAL = {"kind", "name", "domains", "joins_as", "organisation", "trusts_email"}
NAMES: dict[Kind, str] = {"google": "Google", "github": "GitHub", "microsoft": "Microsoft"}


@dataclass(frozen=True, kw_only=True)
class SignInProvider:
    """One identity provider. `id` stands in addresses that the provider is told, so it must not change later."""

    id: str
    kind: Kind
    name: str
    """What the button says: "Continue with <name>"."""
    domains: tuple[str, ...]
    """Only addresses of these domains may come from here; empty for any."""
    joins_as: str
    """Role of whoever signs in without being invited; empty when an invitation is needed."""
    organisation: UUID | None
    """Whose member they become; None for the only organisation of the installation."""
    trusts_email: bool
    """Whether an address is the person's own even when the provider does not say that it checked it."""
    given: dict[str, str]
    """What only the kind knows: client_id, server_url and so on."""

    @property
    def allauth_provider(self) -> str:
        return ALLAUTH_PROVIDERS.get(self.kind, self.kind)

    def accepts(self, email: str) -> bool:
        return not self.domains or canonical_domain(email.rpartition("@")[2]) in self.domains

    def allauth_app(self) -> dict[str, Any]:
        """The provider as allauth's SOCIALACCOUNT_PROVIDERS wants it."""
        settings: dict[str, Any] = {"verified_email": self.trusts_email}
        if self.kind == "saml":
            return {
                "provider_id": self.id,
                "client_id": self.id,
                "name": self.name,
                "settings": settings | self._saml(),
            }
        if self.kind == "oidc":
            # Proof Key for Code Exchange (RFC 7636): a code that leaks on the way is worth nothing.
            settings |= {"server_url": self.given["server_url"], "oauth_pkce_enabled": True}
        if self.kind == "microsoft":
            settings["tenant"] = self.given["tenant"]
        return {
            "provider_id": self.id,
            "client_id": self.given["client_id"],
            "secret": self.given["client_secret"],
            "name": self.name,
            "settings": settings,
        }

    def _saml(self) -> dict[str, Any]:
        url = self.given.get("metadata_url")
        idp = {"entity_id": self.given["entity_id"]} | (
            {"metadata_url": url}
            if url
            else {"sso_url": self.given["sso_url"], "x509cert": Path(self.given["certificate"]).read_text()}
        )
        # An unsigned assertion proves nothing, so one is never taken.
        return {"idp": idp, "advanced": {"want_assertion_signed": True, "reject_idp_initiated_sso": True}}


def read_providers(path: Path | None) -> tuple[SignInProvider, ...]:
    """All providers of the file in its order; raises SettingError for what cannot be used."""
    if path is None:
        return ()
    try:
        tables = tomllib.loads(path.read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingError(f"{path} cannot be read as TOML: {error}") from None
    return tuple(_provider(path, name, table) for name, table in tables.items())


def _provider(path: Path, name: str, table: object) -> SignInProvider:
    def refuse(why: str) -> SettingError:
        return SettingError(f"{path}, [{name}]: {why}")

    if not isinstance(table, dict):
        raise refuse("must be a table, such as [company] with kind, client_id and so on.")
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,30}", name):
        raise refuse("the name must be small letters, digits and dashes, as it stands in addresses.")
    kind = table.get("kind")
    if kind not in NEEDED:
        raise refuse(f"kind must be one of {', '.join(NEEDED)}.")
    if kind == "microsoft" and table.get("tenant") in ("common", "organizations", "consumers"):
        raise refuse("tenant must be your own: in any other, people name whatever e-mail address they like.")
    if name == "saml":
        raise refuse("the name must say whose provider it is, such as [company].")
    if kind in NAMES and name != kind:
        raise refuse(f"a provider of this kind must be called [{kind}].")
    needed = _needed(kind, table)
    missing = [key for key in needed if not isinstance(table.get(key), str) or not table[key].strip()]
    if missing:
        raise refuse(f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing.")
    unknown = sorted(set(table) - OPTIONAL - set(needed))
    if unknown:
        raise refuse(f"{', '.join(unknown)} means nothing here.")
    for key in ("server_url", "metadata_url", "sso_url"):
        if key in table and not _is_web_address(str(table[key])):
            raise refuse(f"{key} must be an address such as https://id.example.org/staff.")
    if "certificate" in table and not Path(str(table["certificate"])).is_file():
        raise refuse(f"certificate: there is no file {table['certificate']}.")
    domains = table.get("domains", [])
    if not isinstance(domains, list) or not all(isinstance(one, str) and one for one in domains):
        raise refuse('domains must be a list such as ["example.org"].')
    joins_as = table.get("joins_as", "")
    if joins_as not in ("", "interviewer", "admin"):
        raise refuse("joins_as must be interviewer or admin.")
    if joins_as and kind in NAMES and not domains:
        raise refuse("joins_as needs domains: otherwise everybody in the world could join.")
    trusts_email = table.get("trusts_email", kind in ("saml", "microsoft"))
    if not isinstance(trusts_email, bool):
        raise refuse("trusts_email must be true or false.")
    return SignInProvider(
        id=name,
        kind=kind,
        name=str(table.get("name") or NAMES.get(kind, name.capitalize())),
        domains=tuple(canonical_domain(one) or one.lower() for one in domains),
        joins_as=joins_as,
        organisation=_organisation(table, refuse),
        trusts_email=trusts_email,
        given={key: str(value) for key, value in table.items() if key not in OPTIONAL},
    )


def _needed(kind: Kind, table: dict[str, Any]) -> tuple[str, ...]:
    if kind != "saml":
        return NEEDED[kind]
    return ("metadata_url", "entity_id") if "metadata_url" in table else SAML_BY_HAND


def _organisation(table: dict[str, Any], refuse: Any) -> UUID | None:
    if "organisation" not in table:
        return None
    try:
        return UUID(str(table["organisation"]))
    except ValueError:
        raise refuse("organisation must be its id, as the organisation's page shows it.") from None


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
