"""Cookies as a strict browser keeps them: none for strangers in a frame, except partitioned ones (CHIPS)."""

from __future__ import annotations

from dataclasses import dataclass, field
from http.cookies import CookieError, Morsel, SimpleCookie
from urllib.parse import urlsplit

# Browsers count these as secure although they are plain http (W3C Secure Contexts, 3.1).
_TRUSTWORTHY = frozenset({"localhost", "127.0.0.1", "[::1]"})


def site_of(url: str) -> str:
    """The site of an address: scheme and host. Cookies do not know ports."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}"


@dataclass(frozen=True, slots=True)
class Visit:
    """One request: where it goes, which page began it ("" for a typed address), and which window it is made in:
    `around` is the address of the topmost page, "" where the request exchanges that page itself.
    """

    url: str
    method: str
    initiator: str
    around: str = ""

    @property
    def top(self) -> str:
        return self.around or self.url

    @property
    def in_foreign_frame(self) -> bool:
        return site_of(self.top) != site_of(self.url)

    @property
    def is_same_site(self) -> bool:
        return not self.in_foreign_frame and site_of(self.initiator or self.url) == site_of(self.url)


@dataclass(frozen=True, slots=True)
class _Kept:
    value: str
    path: str
    same_site: str
    partition: str

    def goes_with(self, visit: Visit) -> bool:
        if not _is_below(urlsplit(visit.url).path or "/", self.path):
            return False
        if self.partition:
            return self.partition == site_of(visit.top)
        if visit.in_foreign_frame:
            return False
        if self.same_site == "none" or visit.is_same_site:
            return True
        # Lax: from another site only by a plain navigation of the whole window.
        return self.same_site == "lax" and not visit.around and visit.method == "GET"


@dataclass
class CookieJar:
    """What one browser keeps. Names are unique for each site and partition."""

    _kept: dict[tuple[str, str, str], _Kept] = field(default_factory=dict)

    def header_for(self, visit: Visit) -> str:
        """The Cookie header of a request, "" for none."""
        site = site_of(visit.url)
        pairs = [(name, one) for (where, name, _), one in self._kept.items() if where == site and one.goes_with(visit)]
        return "; ".join(f"{name}={one.value}" for name, one in pairs)

    def keep(self, visit: Visit, set_cookie: str) -> bool:
        """Stores what a Set-Cookie header says, if a browser would; whether it did."""
        partitioned, text = _without_partitioned(set_cookie)
        try:
            read: SimpleCookie = SimpleCookie(text)
        except CookieError:
            return False
        return any(self._keep(visit, morsel, partitioned) for morsel in read.values())

    def _keep(self, visit: Visit, morsel: Morsel[str], partitioned: bool) -> bool:
        secure, same_site = bool(morsel["secure"]), (morsel["samesite"] or "Lax").lower()
        trusted = visit.url.startswith("https://") or urlsplit(visit.url).hostname in _TRUSTWORTHY
        if secure and not trusted:
            return False
        if (same_site == "none" or partitioned) and not secure:
            return False
        if morsel.key.startswith("__Host-") and (not secure or morsel["domain"] or morsel["path"] != "/"):
            return False
        if visit.in_foreign_frame and not partitioned:
            return False
        partition = site_of(visit.top) if partitioned else ""
        key = (site_of(visit.url), morsel.key, partition)
        if morsel["max-age"] == "0":
            self._kept.pop(key, None)
        else:
            self._kept[key] = _Kept(morsel.value, morsel["path"] or "/", same_site, partition)
        return True


def _is_below(path: str, cookie_path: str) -> bool:
    """RFC 6265, 5.1.4."""
    return path == cookie_path or path.startswith(cookie_path.rstrip("/") + "/")


def _without_partitioned(set_cookie: str) -> tuple[bool, str]:
    """http.cookies learns the attribute Partitioned only in Python 3.14, and stumbles over it before."""
    parts = set_cookie.split(";")
    kept = [part for part in parts if part.strip().lower() != "partitioned"]
    return len(kept) < len(parts), ";".join(kept)
