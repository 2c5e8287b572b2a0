"""Chinese first: only the reader's own choice changes the language, never the browser's."""

import pytest

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"


@pytest.mark.parametrize("wish", ["", "en", "en-GB,en;q=0.9", "fr, *;q=0.1", "zh-TW"])
def test_the_page_is_chinese_whatever_the_browser_prefers(client, wish):
    response = client.get(LOGIN, headers={"Accept-Language": wish})

    assert '<html lang="zh-Hans"' in response.content.decode()
    assert response["Content-Language"] == "zh-hans"


@pytest.mark.parametrize("path", [LOGIN, "/", "/nowhere/", "/commitments/", "/updates/feed.atom"])
def test_caches_need_not_keep_a_copy_for_each_browser(client, path):
    assert "accept-language" not in client.get(path)["Vary"].lower()


@pytest.mark.parametrize("path", [LOGIN, "/nowhere/"])
def test_the_readers_choice_counts_and_caches_are_told(client, path):
    client.post("/preferences/language/", {"language": "en", "next": "/"})

    response = client.get(path, headers={"Accept-Language": "zh-CN"})

    assert '<html lang="en"' in response.content.decode()
    assert "cookie" in response["Vary"].lower()


@pytest.mark.parametrize("cookie", ["", "xx", "../../etc", "fr", "e" * 5000])
def test_a_strange_cookie_is_no_choice(client, settings, cookie):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = cookie

    assert '<html lang="zh-Hans"' in client.get(LOGIN).content.decode()
