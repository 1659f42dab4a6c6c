from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.web.mrkdwn import Names, to_html
from sandbox.web.richtext import to_html as rich_to_html

NAMES = Names(
    users={"U01ALICE": "Alice <b>Tamm</b>"},
    channels={"C0GENERAL": "general"},
    groups={"S1": "duty"},
    timezone="Europe/Tallinn",
    reader="U01ALICE",
)
ALLOWED = {
    "a": {"href", "target", "rel"},
    "span": {"class", "role", "aria-label", "title"},
    "time": {"datetime", "title"},
    "ol": {"class"},
    "ul": {"class"},
    "li": {"value"},
} | {tag: set() for tag in ("strong", "em", "s", "code", "pre", "br", "blockquote", "p")}


class Audit(HTMLParser):
    """Fails on any tag, attribute or link scheme that is not ours."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == [], f"left open: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED, f"<{tag}> got through"
        for name, value in attrs:
            assert name in ALLOWED[tag], f"{tag} has {name}"
            if name == "href":
                assert (value or "").partition(":")[0].lower() in {"http", "https", "mailto", "tel"}
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        pytest.fail(f"a comment got through: {data}")

    def handle_decl(self, decl: str) -> None:
        pytest.fail(f"a declaration got through: {decl}")


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("*bold* _it_ ~s~", "<strong>bold</strong> <em>it</em> <s>s</s>"),
        ("*_both_*", "<strong><em>both</em></strong>"),
        ("snake_case_name 2*3*4 a~b~c", "snake_case_name 2*3*4 a~b~c"),
        ("`*not bold*`", "<code>*not bold*</code>"),
        ("a\n```x < y\n*z*```\nb", "a<pre>x &lt; y\n*z*</pre>b"),
        ("<#C0GENERAL> <#CUNKNOWN>",
         '<span class="mention">#general</span> <span class="mention">#private room</span>'),
        ("<!here>", '<span class="mention me">@here</span>'),
        ("<!subteam^S1>", '<span class="mention">@duty</span>'),
        ("a\nb\n\nc", "a<br>b<br><br>c"),
        ("To do:\n• one\n• two\nend", "To do:<ul><li>one</li><li>two</li></ul>end"),
        ("1. a\n2. b", '<ol><li value="1">a</li><li value="2">b</li></ol>'),
        ("- a\n-not", "<ul><li>a</li></ul>-not"),
        ("> q1\n> q2\nx", "<blockquote>q1<br>q2</blockquote>x"),
        ("said:\n>>> a\nb\n\nc", "said:<blockquote>a<br>b<br><br>c</blockquote>"),
        (">>>all", "<blockquote>all</blockquote>"),
        ("fish &amp; chips &lt;now&gt;", "fish &amp; chips &lt;now&gt;"),
        (":bell: :nope:",
         '<span class="emoji" role="img" aria-label="bell" title=":bell:">🔔</span> :nope:'),
        ("🔔", '<span class="emoji" role="img" aria-label="bell" title=":bell:">🔔</span>'),
        ("<!date^1795222800^{date_num} {time}|then>",
         ('<time datetime="2026-11-21T01:00:00+00:00" title="2026-11-21 01:00 UTC">'
          "2026-11-21 03:00</time>")),
        ("<!date^soon^{time}|then>", "then"),
    ],
)  # fmt: skip
def test_each_form_of_mrkdwn_becomes_its_html(text: str, made: str) -> None:
    assert str(to_html(text, NAMES)) == made
    Audit(made)


def test_a_link_opens_apart_and_shows_its_words() -> None:
    made = str(to_html("<https://x.example/?a=1&amp;b=2|the *report*>", NAMES))
    assert 'href="https://x.example/?a=1&amp;b=2"' in made
    assert 'rel="noopener noreferrer nofollow"' in made
    assert ">the *report*</a>" in made


def test_a_bare_address_is_a_link_unless_told_not_to() -> None:
    made = str(to_html("see https://x.example/a?b=1&c=2. And `https://y.example`", NAMES))
    assert '<a href="https://x.example/a?b=1&amp;c=2"' in made
    assert ">https://x.example/a?b=1&amp;c=2</a>. And" in made
    assert "<code>https://y.example</code>" in made
    verbatim = to_html("see https://x.example and *bold*", NAMES, bare_links=False)
    assert str(verbatim) == "see https://x.example and <strong>bold</strong>"


def test_a_mention_of_the_reader_stands_out_and_a_name_is_escaped() -> None:
    made = str(to_html("<@U01ALICE> <@U0NOBODY>", NAMES))
    assert '<span class="mention me">@Alice &lt;b&gt;Tamm&lt;/b&gt;</span>' in made
    assert ">@U0NOBODY</span>" in made


@pytest.mark.parametrize(
    "attack",
    [
        "https://x.example/'onmouseover='alert(1) https://x.example/\"><script>",
        "https://x.example/`code` http://y.example/<b>",
        "<script>alert(1)</script>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<javascript:alert(1)|click>",
        "<JaVaScRiPt:alert(1)>",
        "<data:text/html,x|y>",
        '<https://x.example/"onmouseover="alert(1)|y>',
        "<https://x.example/`code`|a`b`>",
        '<https://x|"><img src=x onerror=alert(1)>',
        "*<img src=x onerror=alert(1)>*",
        "```</pre><script>alert(1)</script>```",
        "`</code><script>`",
        "\ue0000\ue001 \ue00099\ue001",
        '<!date^0^{time}"><script>|<script>>',
        "<!subteam^<b>|<b>>",
        "> <!-- comment",
        "• <svg/onload=alert(1)>",
        "<!DOCTYPE html>",
        "*a _b* c_ ~*d~*",
    ],
)
def test_no_markup_of_the_writer_gets_through(attack: str) -> None:
    Audit(str(to_html(attack, NAMES)))


@given(
    st.lists(
        st.sampled_from(
            ["*", "_", "~", "`", "```", "<", ">", "|", "&lt;", "&amp;", "\n", "• ", "1. ", ">>>",
             "@U01ALICE", "#C1", "!date^1^", "javascript:", "https://x/", '"', "'", ":bell:",
             "<b>", "\ue000", "0", "\ue001", "a", " "]
        ),
        max_size=25,
    )
)  # fmt: skip
def test_whatever_is_written_only_our_own_tags_come_out_and_all_are_closed(
    parts: list[str],
) -> None:
    Audit(str(to_html("".join(parts), NAMES)))


def test_rich_text_is_drawn_with_the_same_parts_and_escaped() -> None:
    block = {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_section", "elements": [
                {"type": "text", "text": "<i>\nbold", "style": {"bold": True}},
                {"type": "link", "url": "javascript:x", "text": "no"},
                {"type": "user", "user_id": "U01ALICE"},
                {"type": "emoji", "name": "bell"},
                {"type": "<odd>"},
            ]},
            {"type": "rich_text_list", "style": "ordered", "indent": 1, "elements": [
                {"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]},
            ]},
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x\ny"}]},
            {"type": "rich_text_quote", "elements": [{"type": "text", "text": "q"}]},
        ],
    }  # fmt: skip
    made = str(rich_to_html(block, NAMES))
    Audit(made)
    assert "<strong>&lt;i&gt;<br>bold</strong>no (javascript:x)" in made
    assert '<ol class="indent-1"><li>one</li></ol><pre>x\ny</pre><blockquote>q</blockquote>' in made
    assert "[&lt;odd&gt;]" in made
