"""What a page or terminal says for each code of trouble or error: short, plain, and with what to do next."""

from __future__ import annotations

from collections.abc import Mapping

# Dutch at A2 level; one thing at a time.
SENTENCES: Mapping[str, Mapping[str, str]] = {
    # what the sound was like (heard.Trouble)
    "silence": {
        "nl": "Ik hoor niets. Staat de microfoon aan?",
        "en": "I hear nothing. Is the microphone on?",
    },
    "too_quiet": {
        "nl": "Het geluid is heel zacht. Praat dichter bij de microfoon.",
        "en": "The sound is very quiet. Speak closer to the microphone.",
    },
    "too_loud": {
        "nl": "Het geluid is te hard. Praat iets zachter, of verder weg.",
        "en": "The sound is too loud. Speak a little softer, or further away.",
    },
    "noise": {
        "nl": "Ik hoor alleen ruis. Zeg het nog een keer.",
        "en": "I only hear noise. Please say it again.",
    },
    "not_understood": {
        "nl": "Ik heb je niet verstaan. Zeg het nog een keer.",
        "en": "I did not understand you. Please say it again.",
    },
    "odd_bytes": {
        "nl": "Een stukje geluid kwam niet goed aan. Zeg het nog een keer.",
        "en": "A piece of the sound got damaged. Please say it again.",
    },
    # sound that is refused (AudioRefused)
    "bad_audio": {
        "nl": "Dit geluid kan ik niet gebruiken. Vraag hulp aan je begeleider.",
        "en": "I cannot use this sound. Ask your coach for help.",
    },
    "wrong_rate": {
        "nl": "De microfoon staat verkeerd ingesteld. Vraag hulp aan je begeleider.",
        "en": "The microphone has the wrong setting. Ask your coach for help.",
    },
    "chunk_too_large": {
        "nl": "Er kwam te veel geluid in één keer. Zeg het nog een keer.",
        "en": "Too much sound came at once. Please say it again.",
    },
    "too_long": {
        "nl": "Dit is te lang voor één keer. Laat de knop los, en ga dan verder.",
        "en": "This is too long for one go. Let go of the key, then go on.",
    },
    # the machine
    "speech_failed": {
        "nl": "Er ging iets mis met het geluid. Probeer het nog een keer.",
        "en": "Something went wrong with the sound. Please try again.",
    },
    "no_engine": {
        "nl": "Deze computer kan niet praten. Vraag hulp aan je begeleider.",
        "en": "This computer cannot speak. Ask your coach for help.",
    },
    "unknown_voice": {
        "nl": "Deze stem is er niet. Kies een andere stem.",
        "en": "This voice is not there. Choose another voice.",
    },
    "text_refused": {
        "nl": "Deze tekst kan ik niet voorlezen.",
        "en": "I cannot read this text aloud.",
    },
    "busy": {
        "nl": "Het is even druk. Wacht een moment en probeer het nog een keer.",
        "en": "It is busy right now. Wait a moment and try again.",
    },
    "engine_timeout": {
        "nl": "Het duurt te lang. Zeg het nog een keer.",
        "en": "This takes too long. Please say it again.",
    },
    "engine_stopped": {
        "nl": "Het luisteren stopte even. Zeg het nog een keer.",
        "en": "Listening stopped for a moment. Please say it again.",
    },
    "session_closed": {
        "nl": "Ik luister niet meer. Druk op de spreektoets om verder te gaan.",
        "en": "I am not listening any more. Press the talk key to go on.",
    },
    "no_commands": {
        "nl": "Ik ken deze woorden niet. Gebruik de toetsen.",
        "en": "I do not know these words. Use the keys.",
    },
    "no_such_word": {
        "nl": "Dat woord is er niet. Noem een ander nummer.",
        "en": "That word is not there. Say another number.",
    },
    # models
    "model_failed": {
        "nl": "Ik kan je nu niet verstaan. Gebruik de toetsen.",
        "en": "I cannot understand speech now. Use the keys.",
    },
    "no_model": {
        "nl": "Deze computer verstaat je taal nog niet. Gebruik de toetsen, of vraag je begeleider.",
        "en": "This computer does not understand your language yet. Use the keys, or ask your coach.",
    },
    "model_refused": {
        "nl": "Ik kan je nu niet verstaan. Gebruik de toetsen, of vraag je begeleider.",
        "en": "I cannot understand speech now. Use the keys, or ask your coach.",
    },
    "no_connection": {
        "nl": "Er is geen verbinding. Vraag hulp aan je begeleider.",
        "en": "There is no connection. Ask your coach for help.",
    },
}


def say(code: str, language: str) -> str:
    """The sentence for a code; a code that is not known gets the general one, since silence helps nobody."""
    return SENTENCES.get(code, SENTENCES["speech_failed"])[language]
