from __future__ import annotations

import asyncio

import pytest

from crawler.errors import AddressRefused
from crawler.fetching.addresses import is_private_name, is_public, resolve


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2002:a00:1::1",
    ],
)  # fmt: skip
def test_special_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"])
def test_ordinary_addresses_are_public(address: str) -> None:
    assert is_public(address)


def test_names_that_say_by_themselves_that_they_are_private() -> None:
    assert is_private_name("localhost") and is_private_name("127.0.0.1") and is_private_name("[::1]")
    assert not is_private_name("blog.org") and not is_private_name("1.1.1.1")


# Old spellings of 127.0.0.1 that inet_aton understands.
@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_a_private_host_is_refused_however_it_is_written(host: str) -> None:
    with pytest.raises(AddressRefused, match="private address"):
        asyncio.run(resolve(host, 80, allow_private=False))


def test_a_private_host_is_resolved_when_allowed() -> None:
    assert asyncio.run(resolve("127.0.0.1", 80, allow_private=True)) == ("127.0.0.1",)
