"""The small table of emoji the sandbox draws; any other stays readable as :name:."""

EMOJI = {
    "+1": "👍", "-1": "👎", "thumbsup": "👍", "thumbsdown": "👎", "white_check_mark": "✅",
    "heavy_check_mark": "✔️", "ballot_box_with_check": "☑️", "x": "❌", "warning": "⚠️",
    "rotating_light": "🚨", "fire": "🔥", "bell": "🔔", "no_bell": "🔕", "eyes": "👀",
    "pushpin": "📌", "round_pushpin": "📍", "memo": "📝", "clipboard": "📋", "calendar": "📅",
    "hourglass": "⌛", "hourglass_flowing_sand": "⏳", "stopwatch": "⏱️", "alarm_clock": "⏰",
    "clock1": "🕐", "clock3": "🕒", "telephone": "☎️", "telephone_receiver": "📞",
    "phone": "☎️", "email": "📧", "envelope": "✉️", "incoming_envelope": "📨",
    "outbox_tray": "📤", "inbox_tray": "📥", "satellite_antenna": "📡", "lock": "🔒",
    "unlock": "🔓", "key": "🔑", "shield": "🛡️", "link": "🔗", "globe_with_meridians": "🌐",
    "earth_africa": "🌍", "rocket": "🚀", "tada": "🎉", "wave": "👋", "pray": "🙏",
    "clap": "👏", "muscle": "💪", "raised_hand": "✋", "handshake": "🤝", "thinking_face": "🤔",
    "slightly_smiling_face": "🙂", "smile": "😄", "cry": "😢", "heart": "❤️", "bulb": "💡",
    "mag": "🔍", "gear": "⚙️", "wrench": "🔧", "hammer_and_wrench": "🛠️", "package": "📦",
    "robot_face": "🤖", "busts_in_silhouette": "👥", "bust_in_silhouette": "👤",
    "loudspeaker": "📢", "mega": "📣", "speech_balloon": "💬", "question": "❓",
    "exclamation": "❗", "grey_question": "❔", "information_source": "ℹ️", "sos": "🆘",
    "no_entry": "⛔", "no_entry_sign": "🚫", "octagonal_sign": "🛑", "red_circle": "🔴",
    "large_orange_circle": "🟠", "large_yellow_circle": "🟡", "large_green_circle": "🟢",
    "large_blue_circle": "🔵", "white_circle": "⚪", "black_circle": "⚫",
    "large_purple_circle": "🟣", "red_square": "🟥", "large_orange_square": "🟧",
    "large_yellow_square": "🟨", "large_green_square": "🟩", "white_large_square": "⬜",
    "black_large_square": "⬛", "arrow_right": "➡️", "arrow_up": "⬆️", "arrow_down": "⬇️",
    "arrows_counterclockwise": "🔄", "repeat": "🔁", "heavy_plus_sign": "➕",
    "heavy_minus_sign": "➖", "chart_with_upwards_trend": "📈", "bar_chart": "📊",
    "file_folder": "📁", "page_facing_up": "📄", "scroll": "📜", "ballot_box_with_ballot": "🗳️",
    "scales": "⚖️", "classical_building": "🏛️", "hospital": "🏥", "bank": "🏦", "zap": "⚡",
    "construction": "🚧", "test_tube": "🧪", "checkered_flag": "🏁",
    "triangular_flag_on_post": "🚩",
    "one": "1️⃣", "two": "2️⃣", "three": "3️⃣", "four": "4️⃣", "five": "5️⃣",
}  # fmt: skip

# What the reaction menu of a message offers.
REACTIONS = (
    "pushpin", "eyes", "white_check_mark", "+1", "warning", "memo", "pray", "x",
)  # fmt: skip
