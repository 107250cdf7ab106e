import time

import pytest
from newsroom import PAGE, Newsroom, newsroom

from analysis.answers import fetch_again, read_answer
from analysis.fetching import FetchError, check_address, fetch


@pytest.fixture(scope="module")
def home():
    with newsroom() as address:
        yield address


@pytest.mark.parametrize("path", ["/page", "/moved", "/zipped", "/deflated", "/page?a=1&b=%C3%BC#part"])
def test_a_page_comes_as_it_is(home, path):
    answer = fetch(home + path, allow_private=True)
    assert answer.body == PAGE
    assert (answer.content_type, answer.encoding) == ("text/html", "utf-8")
    assert answer.url.startswith(home + "/")
    assert "#" not in answer.url


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/loop", "redirects in a loop"),
        ("/long", "redirects more than 5 times"),
        ("/file", "is not read: give an address that begins with http"),
        ("/missing", "the server answers 404"),
        ("/bomb", "unpacks to over 20 MB, not read"),
        ("/damaged", "the packed answer is damaged"),
        ("/brotli", "packed as 'br', which was not asked for"),
        ("/short", "the answer broke off"),
    ],
)
def test_a_bad_answer_is_an_error_that_says_so(home, path, message):
    with pytest.raises(FetchError, match=message):
        fetch(home + path, allow_private=True)


def test_too_much_is_not_read(home):
    with pytest.raises(FetchError, match="is over 1 MB, not read"):
        fetch(home + "/huge", allow_private=True, most_bytes=1_000_000)


def test_an_answer_that_never_ends_is_hung_up_on(home):
    began = time.monotonic()
    with pytest.raises(FetchError, match=r"still sending after 0\.4 seconds"):
        fetch(home + "/endless", allow_private=True, most_seconds=0.4)
    assert time.monotonic() - began < 5


def test_private_addresses_are_refused_unless_allowed(home):
    asked = len(Newsroom.asked)
    with pytest.raises(FetchError, match=r"127\.0\.0\.1 is a private address, not read: give --allow-private"):
        fetch(home + "/page")
    assert len(Newsroom.asked) == asked


@pytest.mark.parametrize(
    "host",
    ["localhost", "127.1", "2130706433", "0x7f.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1",
     "0.0.0.0", "::1", "fe80::1", "fc00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "224.0.0.1"],
)  # fmt: skip
def test_no_spelling_of_a_private_address_gets_through(host):
    with pytest.raises(FetchError, match="private address"):
        check_address(host, 80)


def test_public_addresses_may_be_read():
    assert check_address("8.8.8.8", 443) == check_address("8.8.8.8", 443, allow_private=True)


@pytest.mark.parametrize(
    "address", ["ftp://x.example/", "file:///etc/hostname", "http://", "http://x:99999/", "http://[x/"]
)
def test_other_addresses_are_refused(address):
    with pytest.raises(FetchError):
        fetch(address)


def test_what_has_not_changed_is_not_sent_again(home, tmp_path):
    address = home + "/stamped"
    first = fetch_again(address, tmp_path, allow_private=True)
    again = fetch_again(address, tmp_path, allow_private=True)
    assert first == again == read_answer(address, tmp_path)
    _, headers = Newsroom.asked[-1]
    assert headers["If-None-Match"] == '"v1"'
    assert headers["If-Modified-Since"].endswith("GMT")
    assert "stancebook" in headers["User-Agent"]


def test_a_damaged_cache_is_asked_past(home, tmp_path):
    address = home + "/stamped"
    fetch_again(address, tmp_path, allow_private=True)
    for file in tmp_path.iterdir():
        file.write_bytes(file.read_bytes()[:-5] + b"other")
    assert read_answer(address, tmp_path) is None
    assert fetch_again(address, tmp_path, allow_private=True).body == PAGE


def test_an_answer_without_stamps_is_not_kept(home, tmp_path):
    fetch_again(home + "/page", tmp_path, allow_private=True)
    assert list(tmp_path.iterdir()) == []
