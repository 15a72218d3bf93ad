"""Where a key may travel to. Braze's clusters: braze.com/docs/api/basics, "API endpoints"."""

from __future__ import annotations

import pytest

from tui_app.core.instances import INSTANCES, Endpoint, Instance, RefusedEndpoint, endpoint_of, is_loopback


@pytest.mark.parametrize(
    ("dashboard", "endpoint"),
    [
        ("https://dashboard-01.braze.com", "https://rest.iad-01.braze.com"),
        ("https://dashboard-07.braze.com", "https://rest.iad-07.braze.com"),
        ("https://dashboard.us-10.braze.com", "https://rest.us-10.braze.com"),
        ("https://dashboard-02.braze.eu", "https://rest.fra-02.braze.eu"),
        ("https://dashboard.au-01.braze.com", "https://rest.au-01.braze.com"),
        ("https://dashboard.id-01.braze.com", "https://rest.id-01.braze.com"),
        ("https://dashboard.jp-01.braze.com", "https://rest.jp-01.braze.com"),
        ("https://dashboard.kr-01.braze.com", "https://rest.kr-01.braze.com"),
    ],
)
def test_a_dashboard_leads_to_the_endpoint_that_braze_documents(dashboard, endpoint):
    found = endpoint_of(dashboard)

    assert isinstance(found, Endpoint)
    assert (found.url, found.kind, found.is_unlisted) == (endpoint, "dashboard", False)


@pytest.mark.parametrize("instance", INSTANCES, ids=lambda instance: instance.name)
def test_every_spelling_of_a_cluster_leads_to_the_same_endpoint(instance: Instance):
    spellings = {
        instance.name.lower(): "instance",
        f"  {instance.name} ": "instance",
        f"https://{instance.dashboard_host}/engagement/campaigns?locale=en#top": "dashboard",
        instance.dashboard_host.upper(): "dashboard",
        f"https://{instance.rest_host}/": "endpoint",
        f"HTTPS://{instance.rest_host.upper()}": "endpoint",
        instance.rest_host: "endpoint",
    }

    found = {spelling: endpoint_of(spelling) for spelling in spellings}

    assert found == {
        spelling: Endpoint(instance.endpoint, kind, instance.name)  # type: ignore[arg-type]
        for spelling, kind in spellings.items()
    }


def test_there_are_fifteen_clusters_and_none_is_called_us_09():
    assert len(INSTANCES) == 15
    assert len({instance.rest_host for instance in INSTANCES}) == 15
    assert isinstance(endpoint_of("US-09"), RefusedEndpoint)


def test_a_cluster_that_braze_opens_tomorrow_works_with_a_warning():
    """Refusing it would make Stoker useless there until somebody changes a table."""
    found = endpoint_of("https://rest.us-11.braze.com")

    assert found == Endpoint("https://rest.us-11.braze.com", "endpoint", None)
    assert isinstance(found, Endpoint)
    assert found.is_unlisted


@pytest.mark.parametrize(
    "text", ["http://127.0.0.1:8099", "http://localhost", "http://[::1]:1", "https://localhost:65535"]
)
def test_a_sandbox_on_this_machine_may_have_any_port_and_no_tls(text):
    found = endpoint_of(text)

    assert found == Endpoint(text, "endpoint", None, is_loopback=True)
    assert isinstance(found, Endpoint)
    assert not found.is_unlisted
    assert is_loopback(text)


def test_only_this_machine_is_loopback():
    assert not is_loopback("https://rest.iad-03.braze.com")
    assert not is_loopback("http://127.0.0.1.evil.example")
    assert not is_loopback("")


@pytest.mark.parametrize(
    "text",
    [
        "https://rest.iad-01.braze.com.evil.example",
        "https://rest.iad-01.braze.com@evil.example",
        "https://key@rest.iad-01.braze.com",
        "https://evil.example\\@rest.iad-01.braze.com",
        "https://evil.example/https://rest.iad-01.braze.com",
        "https://evil.example?rest.iad-01.braze.com",
        "https://evil.example#rest.iad-01.braze.com",
        "https://evilrest.iad-01.braze.com",
        "https://rest.iad-01.evilbraze.com",
        "https://rest.iad-01.braze.co",
        "https://rest.iad-01.braze.com.",
        "https://rest.a.iad-01.braze.com",
        "https://rest.-iad.braze.com",
        "https://rest..braze.com",
        "https://rest.braze.com",
        "https://braze.com",
        "https://rest.iad-01。braze.com",
        "https://rest.iad-01.bra\u017ee.com",
        "https://rest.iad-01.braze.com\u2044.evil.example",
        "https://rest.iad-01.bra%7ae.com",
        "https://rest.iad-01.braze.com:443",
        "https://rest.iad-01.braze.com:8443",
        "https://rest.iad-01.braze.com/users/track",
        "https://rest.iad-01.braze.com?x=1",
        "https://rest.iad-01.braze.com#x",
        "https://dashboard-01.braze.com:8080",
        "https://dashboard-09.braze.com",
        "http://rest.iad-01.braze.com",
        "http://dashboard-01.braze.com",
        "ftp://rest.iad-01.braze.com",
        "ws://localhost:80",
        "file:///etc/passwd",
        "//rest.iad-01.braze.com",
        "https:rest.iad-01.braze.com",
        "https:/rest.iad-01.braze.com",
        "https://rest.iad-01.braze.com\n.evil.example",
        "https://rest.iad-01.braze.com\t",
        "https://rest.iad-01 .braze.com",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example:80",
        "http://127.0.0.1:80@evil.example",
        "http://127.0.0.2:80",
        "http://127.1",
        "http://0x7f000001",
        "http://2130706433",
        "http://0.0.0.0:80",
        "http://[::]:80",
        "http://[::ffff:127.0.0.1]:80",
        "http://localhost:0",
        "http://localhost:65536",
        "http://localhost:080",
        "http://localhost:99999999999999999999",
        "http://localhost:80/users",
        "http://localhost:80x",
        "http://localhost_.evil.example",
        "https://rest.iad-01.braze.com_.evil.example",
        "http://localhost:\u0661",
        "localhost:8080",
        "http://169.254.169.254",
        "https://10.0.0.1",
        "",
        " ",
        "US",
        "\u212aR-01",
        "https://" + "a" * 100_000,
    ],
)
def test_every_other_host_is_refused_before_a_socket_opens(text):
    """A key that is sent to the wrong host once is lost."""
    assert isinstance(endpoint_of(text), RefusedEndpoint)


def test_a_refusal_says_what_is_wrong_and_what_was_probably_meant():
    def refusal(text: str) -> RefusedEndpoint:
        found = endpoint_of(text)
        assert isinstance(found, RefusedEndpoint)
        return found

    assert refusal("us03").nearest == "US-03"
    assert refusal("https://rest.iad-03.braze.co").nearest == "https://rest.iad-03.braze.com"
    assert refusal("https://rest.iad-03.braze.com/users/track").nearest == "https://rest.iad-03.braze.com"
    assert "Settings > APIs and Identifiers" in refusal("https://dashboard-09.braze.com").reason
    assert "https://" in refusal("http://rest.iad-03.braze.com").reason
    assert "not ASCII" in refusal("https://rest.iad-03。braze.com").reason
    assert "port" in refusal("https://rest.iad-03.braze.com:8443").reason


def test_a_refusal_does_not_repeat_a_password():
    found = endpoint_of("https://user:hunter2@rest.iad-03.braze.com")

    assert isinstance(found, RefusedEndpoint)
    assert "hunter2" not in str(found)
