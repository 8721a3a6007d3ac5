"""Canonical URLs: one spelling for each page, without guessing that two pages are one.

Follows RFC 3986, section 6.2.2 (syntax-based normalisation) and drops what is not part of a page's
identity: fragments, tracking parameters, session identifiers. Reserved characters are never decoded, so
that `/index.html%3Fp=1` stays the name of a file and does not become a query. courlan's cleaning was not
used here: it decodes and sorts queries and drops parameters such as `source` that name pages on some sites.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from ipaddress import IPv6Address
from urllib.parse import urljoin, urlsplit

import idna

from crawler.errors import BadUrl

DEFAULT_PORTS = {"http": 80, "https": 443}
# Longer ones are traps or data; servers commonly refuse above 2,000–8,000 (RFC 9110 asks for 8,000).
MAX_URL_LENGTH = 2000

# Campaign and click identifiers, as listed by the query-stripping of common browsers.
_TRACKING = re.compile(
    r"utm_\w+|mtm_\w+|matomo_\w+|pk_(?:campaign|kwd|source|medium|content|cid)|oly_(?:anon|enc)_id|vero_(?:conv|id)|"
    r"(?:fb|g|gb|wb|tw|twc|tt|dc|y|yc|ys|ysc)clid|gbraid|wbraid|msclkid|li_fat_id|gclsrc|"
    r"igshi?d?|mc_[ce]id|_ga|_gl|_hsenc|_hsmi|__hs\w+|hsctatracking|mkt_tok|s_cid|ref_src|ref_url|_openstat|wt\.mc_id|"
    # WordPress's links to answer or share a post show the post itself.
    r"replytocom|share|like_comment|_wpnonce",
    re.IGNORECASE,
)
_SESSION = re.compile(
    r"phpsessid|jsessionid|aspsessionid\w*|cfid|cftoken|session_?id|sessid|s?sid|zenid|oscsid", re.IGNORECASE
)
# `sid` also names stories and `cfid` files: only a long random value is a session.
_RANDOM = re.compile(r"[0-9a-zA-Z_-]{16,}")
_PATH_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;?]*", re.IGNORECASE)

_CLEAN_PATH = re.compile(r"(?:/[A-Za-z0-9_~!$&'()*+,;=:@-][A-Za-z0-9._~!$&'()*+,;=:@-]*)*/?")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_ODD = re.compile(r"%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9._~!$&'()*+,;=:@/?%-]")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
# WHATWG URL, section 4.4: surrounding spaces and controls, and any tab or newline, are not part of a URL.
_EDGE = "".join(map(chr, range(0x21)))
# References that begin like this may be resolved against the whole URL of their page.
_AGAINST_BASE = frozenset(_EDGE + "?#")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_TABS = str.maketrans("", "", "\t\n\r")
# A host whose last label is a number is an IPv4 address, however odd (WHATWG URL, section 3.5).
_NUMBER_AT_END = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")
_IPV4 = re.compile(r"(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?!$)|$)){4}")
# Alphabets with letters that look the same. No real name mixes them in one label (UTS 39, section 5.2,
# "highly restrictive"); names in one of them alone are left in peace.
_LOOKALIKES = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU"})
# URLs that are canonical as they stand, as most links are: no query, no escape, no port, no dot segment,
# and a host in plain ASCII that does not end in a number.
_CANONICAL = re.compile(
    r"https?://(?!(?:[^/]*\.)?xn--)(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])?"
    r"(?:/[A-Za-z0-9_~!$&'()*+,=:@-][A-Za-z0-9._~!$&'()*+,=:@-]*)*/?"
)
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")

# Endings of files that hold no page to read; anything else is judged by its Content-Type.
_NOT_PAGES = frozenset(
    """
    7z aac ai apk avi avif bin bmp bz2 css csv dmg doc docx eot eps epub exe flac gif gz ico ics iso jar
    jpe jpeg jpg js json m3u m4a m4v map mid midi mjs mkv mobi mov mp2 mp3 mp4 mpeg mpg odp ods odt ogg
    ogv opus otf pdf png ppt pptx ps psd rar rpm rtf svg swf tar tgz tif tiff torrent ttf wav webm
    webmanifest webp wma wmv woff woff2 xls xlsx xpi zip
    """.split()  # noqa: SIM905 - a table is easier to read than a list of 80 literals
)


def canonical_url(url: str, base: str | None = None) -> str:
    """Return the one spelling of `url`, resolved against `base`; BadUrl when it is no web page's.

    Idempotent. Drops fragment, default port, dot segments, tracking parameters and session identifiers;
    keeps the order of the query and every reserved character as it is written.
    """
    if base is None or url.startswith(("http://", "https://")):
        return _resolved("", url)
    if not url or url[0] in _AGAINST_BASE:
        text = url.lstrip(_EDGE)
        if not text or text[0] in "?#":
            return _resolved(base, url)
    return _resolved(_folder(base), url)


@lru_cache(maxsize=256)
def _folder(base: str) -> str:
    return base.partition("?")[0].rpartition("/")[0] + "/"


def origin_of(url: str) -> str:
    """Return `scheme://host:port` of a canonical URL, the port only where it is not the default."""
    return url[: url.find("/", 8)]  # the path of a canonical URL begins with the first slash after ://


def host_of(url: str) -> str:
    """Return the host name of a canonical URL, without port and brackets."""
    return urlsplit(url).hostname or ""


def looks_like_page(url: str) -> bool:
    """Whether the name in a canonical URL may be that of a page and not of an image or archive."""
    path = url.partition("?")[0]
    _, dot, ending = path[path.rfind("/") :].partition("%3F")[0].rpartition(".")
    return not dot or ending.lower() not in _NOT_PAGES


def in_scope(url: str, scope: str) -> bool:
    """Whether a canonical URL lies below the URL prefix `scope`; http and https count as one."""
    inner, outer = urlsplit(url), urlsplit(scope)
    if inner.netloc != outer.netloc:
        return False
    if outer.path in {"", "/"} or inner.path.startswith(outer.path):
        # A prefix ends at a slash: /blog is not the beginning of /blogger.
        return outer.path[-1:] in {"", "/"} or inner.path[len(outer.path) :][:1] in {"", "/"}
    return inner.path + "/" == outer.path


def same_site(one: str, other: str) -> bool:
    """Whether two canonical URLs are on one host, or one's host lies below the other's (`www.` aside)."""
    first, second = (urlsplit(url).netloc.removeprefix("www.") for url in (one, other))
    return first == second or first.endswith(f".{second}") or second.endswith(f".{first}")


@lru_cache(maxsize=65_536)  # the menus of a site link the same pages from all pages of a folder
def _resolved(folder: str, reference: str) -> str:
    text = reference.strip(_EDGE).translate(_TABS)
    try:
        if folder and text[:1] == "/" and text[1:2] != "/":
            text = folder[: folder.find("/", 8)] + text
        elif folder and not text.startswith(("http://", "https://")):
            text = urljoin(folder, text)
        if len(text) <= MAX_URL_LENGTH and _CANONICAL.fullmatch(text):
            return text if text.count("/") > 2 else f"{text}/"
        return _canonical(text)
    except ValueError as error:  # what urllib says of malformed ports and brackets
        raise BadUrl(f"{reference[:200]!r} is not a URL: {error}.") from error


def _canonical(url: str) -> str:
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    if scheme not in DEFAULT_PORTS:
        raise BadUrl(f"{url[:200]!r} is not an http or https URL.")
    if "@" in parts.netloc:
        raise BadUrl(f"The URL of {parts.hostname or 'nothing'} carries credentials; leave them out.")
    if _CONTROL.search(url):
        raise BadUrl(f"{url[:200]!r} contains control characters.")
    host = _host(parts.hostname or "", url)
    port = "" if parts.port in {None, DEFAULT_PORTS[scheme]} else f":{parts.port}"
    query = _query(parts.query)
    result = f"{scheme}://{host}{port}{_path(parts.path)}{'?' if query else ''}{query}"
    if len(result) > MAX_URL_LENGTH:
        raise BadUrl(f"The URL {url[:80]!r}… is longer than {MAX_URL_LENGTH} characters.")
    return result


def _host(name: str, url: str) -> str:
    if ":" in name:
        return f"[{IPv6Address(name).compressed}]"
    name = name.rstrip(".").lower()
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True).decode("ascii")
        except idna.IDNAError as error:
            raise BadUrl(f"{url[:200]!r} has no valid host name: {error}.") from error
    if len(name) > 253 or not _HOST.fullmatch(name):
        raise BadUrl(f"{url[:200]!r} has no valid host name.")
    if _NUMBER_AT_END.fullmatch(name) and not _IPV4.fullmatch(name):
        raise BadUrl(f"{url[:200]!r} hides an IP address in an unusual spelling.")
    if "xn--" in name:
        _refuse_lookalikes(name, url)
    return name


def _refuse_lookalikes(name: str, url: str) -> None:
    for label in name.split("."):
        if label.startswith("xn--"):
            try:
                letters = label[4:].encode("ascii").decode("punycode")
            except UnicodeError as error:
                raise BadUrl(f"{url[:200]!r} has no valid host name: {error}.") from error
            alphabets = {unicodedata.name(letter, "?").partition(" ")[0] for letter in letters}
            mixed = sorted(alphabets & _LOOKALIKES)
            if len(mixed) > 1:
                raise BadUrl(f"{url[:200]!r} mixes {' and '.join(mixed).title()} letters in its host name.")


def _path(path: str) -> str:
    if _CLEAN_PATH.fullmatch(path) and ";" not in path:
        return path or "/"
    path = _PATH_SESSION.sub("", normal_escapes(path.replace("\\", "/")))
    return _without_dots(path) if "/." in path else path or "/"


def _without_dots(path: str) -> str:
    """RFC 3986, section 5.2.4; empty segments are kept, since servers may tell them apart."""
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)


def _query(query: str) -> str:
    if not query:
        return ""
    return "&".join(normal_escapes(item) for item in query.split("&") if item and not _is_noise(item))


def _is_noise(item: str) -> bool:
    name, _, value = item.partition("=")
    if _TRACKING.fullmatch(name):
        return True
    return bool(_SESSION.fullmatch(name) and _RANDOM.fullmatch(value))


def normal_escapes(text: str) -> str:
    """Return a path or query in its one spelling (RFC 3986, section 6.2.2).

    Escapes in upper case, unreserved characters written out, everything escaped that must be.
    """
    if "%" in text:
        text = _ESCAPE.sub(_normal_escape, text)
    return _ODD.sub(_escaped, text)


def _normal_escape(match: re.Match[str]) -> str:
    value = int(match.group(1), 16)
    return chr(value) if value in _UNRESERVED else f"%{value:02X}"


def _escaped(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match.group().encode("utf-8", "surrogatepass"))
