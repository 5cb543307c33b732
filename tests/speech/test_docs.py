"""docs/voice.md cannot drift: commands, tones, codes and models that are missing there fail here."""

from __future__ import annotations

from pathlib import Path

from accessibility.speech.commands import COMMANDS, SKIP_REASONS
from accessibility.speech.earcons import EARCONS
from accessibility.speech.model_catalogue import KNOWN_MODELS
from accessibility.speech.spoken import SENTENCES

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "voice.md").read_text(encoding="utf-8")


def test_every_command_is_in_the_page_with_its_key_and_words() -> None:
    """Row by row, as the program has them."""
    for command in (*COMMANDS, *SKIP_REASONS):
        key = "Space" if command.key == " " else command.key
        dutch, english = (", ".join(command.words[language]) for language in ("nl", "en"))
        assert f"| `{command.name}` | `{key}` | {dutch} | {english} | {command.help['en']} |" in PAGE


def test_tones_models_and_codes_of_sound_are_in_the_page() -> None:
    """Names, sizes and licences."""
    assert all(f"`{name}`" in PAGE for name in EARCONS)
    for model in KNOWN_MODELS:
        (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{model.name}`")]
        assert f"| {model.language} | {model.megabytes} MB | {model.licence}" in row
        assert row.endswith("| yes |" if model.commands else "| no |")
    of_sound = ["silence", "too_quiet", "too_loud", "noise", "not_understood", "odd_bytes", "wrong_rate", "too_long"]
    assert all(f"| `{code}` |" in PAGE and code in SENTENCES for code in of_sound)
