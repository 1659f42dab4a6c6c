import pytest

from sandbox.partners.forms import NoSuchAnswerError, fill, has_form, visible_text

URL = "https://hub.example/n/abc"


def test_a_button_that_carries_the_answer_is_pressed_alone() -> None:
    page = """<form method=POST action="answer?x=1"><input type=hidden name=t value=1>
      <button name=answer value=accept>Yes</button><button name=answer value=decline>No</button>
      <button name=other value=accept disabled>old</button></form>"""
    assert fill(page, URL, "decline", note="", by="") == (
        "https://hub.example/n/answer?x=1",
        {"t": "1", "answer": "decline"},
    )


def test_a_select_is_set_and_other_checked_choices_are_kept() -> None:
    page = """<form method="post"><select name="answer"><option value="">…</option>
      <option value="Need-Info" selected>Ask</option><option value="accept">Yes</option></select>
      <input type="radio" name="lang" value="en" checked><input type="radio" name="lang" value="lv">
      <input type="checkbox" name="copy"><input type="checkbox" name="sure" required>
      <input name="contact" value="kept"><input type="submit" value="Send"></form>"""
    _, fields = fill(page, URL, "accept", note="n", by="b")
    assert fields == {"answer": "accept", "lang": "en", "sure": "on", "contact": "kept"}


def test_a_form_without_action_posts_to_its_own_page() -> None:
    page = "<form method=post><button name=a value=accept></button></form>"
    assert fill(page, URL, "accept", note="", by="")[0] == URL


def test_a_get_form_never_carries_an_answer() -> None:
    page = "<form><button name=answer value=accept>Yes</button></form>"
    assert not has_form(page)
    with pytest.raises(NoSuchAnswerError, match="offers no answer"):
        fill(page, URL, "accept", note="", by="")


def test_visible_text_leaves_out_head_script_and_style() -> None:
    page = "<head><title>T</title></head><style>p{}</style><p>Seen\n  here</p><script>x</script>"
    assert visible_text(page) == "Seen here"
