"""What `subtitle_quality` says: its questions, answers and sentences, in Dutch and English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from task_types.wording import Words

TITLES: Mapping[str, Words] = {
    "meaning": {"nl": "Zegt de ondertitel hetzelfde?", "en": "Does the subtitle say the same?"},
    "names": {"nl": "Kloppen de namen en getallen?", "en": "Are the names and numbers right?"},
    "timing": {"nl": "Komt de ondertitel op tijd?", "en": "Is the subtitle on time?"},
    "speaker": {"nl": "Is duidelijk wie er praat?", "en": "Is it clear who speaks?"},
    "seriousness": {"nl": "Hoe erg is de fout?", "en": "How bad is the mistake?"},
    "correction": {"nl": "Hoe moet de ondertitel zijn?", "en": "What should the subtitle be?"},
}
SERIOUS_ABOUT: Mapping[str, Words] = {
    "meaning": {"nl": "Hoe erg is het dat er iets anders staat?", "en": "How bad is it that it says something else?"},
    "names": {"nl": "Hoe erg is de fout in de naam of het getal?", "en": "How bad is the mistake in the name or number?"},
}
STEPS: Sequence[Words] = (
    {"nl": "Luister naar het stukje.", "en": "Listen to the fragment."},
    {"nl": "Lees de ondertitel.", "en": "Read the subtitle."},
    {"nl": "Kies wat past.", "en": "Choose what fits."},
)
HEARD: Sequence[Words] = (
    STEPS[0],
    {"nl": "Daarna hoor je de ondertitel.", "en": "Then you hear the subtitle."},
    STEPS[2],
)
SAY_BETTER: Words = {
    "nl": "Zeg hoe de ondertitel moet zijn. Er passen {lines} regels van {length} tekens.",
    "en": "Say what the subtitle should be. {lines} lines of {length} characters fit.",
}
CORRECT: Words = {
    "nl": "Maak de tekst beter. Er passen {lines} regels van {length} tekens.",
    "en": "Make the text better. {lines} lines of {length} characters fit.",
}
ANSWERS: Mapping[str, Mapping[str, Words]] = {
    "meaning": {
        "same": {"nl": "hetzelfde", "en": "the same"},
        "partly": {"nl": "er mist iets", "en": "something is missing"},
        "different": {"nl": "iets anders", "en": "something else"},
    },
    "names": {
        "right": {"nl": "ja", "en": "yes"},
        "wrong": {"nl": "nee", "en": "no"},
        "none": {"nl": "er zijn er geen", "en": "there are none"},
    },
    "timing": {
        "on_time": {"nl": "op tijd", "en": "on time"},
        "early": {"nl": "te vroeg", "en": "too early"},
        "late": {"nl": "te laat", "en": "too late"},
    },
    "speaker": {
        "clear": {"nl": "ja", "en": "yes"},
        "unclear": {"nl": "nee", "en": "no"},
    },
    "seriousness": {
        "minor": {"nl": "een beetje", "en": "a little"},
        "normal": {"nl": "best erg", "en": "rather bad"},
        "serious": {"nl": "heel erg", "en": "very bad"},
    },
}
CHOOSE: Words = {"nl": "Kies een van de antwoorden.", "en": "Choose one of the answers."}
WRITE: Words = {"nl": "Schrijf hoe de ondertitel moet zijn.", "en": "Write what the subtitle should be."}
UNKNOWN: Words = {
    "nl": "\u201c{value}\u201d past niet bij deze vraag. Kies: {known}.",
    "en": "\u201c{value}\u201d does not go with this question. Choose: {known}.",
}
TOO_MANY_LINES: Words = {
    "nl": "De tekst heeft {lines} regels. Er passen er {most}.",
    "en": "The text has {lines} lines. {most} fit.",
}
TOO_LONG: Words = {
    "nl": "Regel {line} heeft {count} tekens. Er passen er {most}. Maak de regel korter.",
    "en": "Line {line} has {count} characters. {most} fit. Make the line shorter.",
}
UNCHANGED: Words = {
    "nl": "De tekst is nog hetzelfde. Maak hem beter, of kies \u201cIk weet het niet\u201d.",
    "en": "The text is still the same. Make it better, or choose \u201cI don't know\u201d.",
}
