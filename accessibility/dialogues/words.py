"""What the dialogues say. Dutch at A2 level; one thing at a time."""

from __future__ import annotations

import re
from collections.abc import Mapping

from accessibility.speech.numbers import HIGHEST, in_words

# {key_no} is the key of that command, {do_no} how to give it now, by word or key. Both are this worker's and this
# moment's, so `words` leaves them as they are, and `naming.naming` fills them in when the sentence is spoken.
COMMAND = re.compile(r"\{(key|do)_(\w+)\}")

SENTENCES: Mapping[str, Mapping[str, str]] = {
    # the day
    "hello": {"nl": "Hallo {person}.", "en": "Hello {person}."},
    "home": {
        "nl": "Zeg start, of druk op {key_start}, om te beginnen. Zeg help als je hulp wilt.",
        "en": "Say start, or press {key_start}, to begin. Say help if you want help.",
    },
    "home_brief": {"nl": "Zeg start.", "en": "Say start."},
    "back": {"nl": "De verbinding is er weer.", "en": "The connection is back."},
    "back_again": {"nl": "De verbinding is er weer. We gaan verder.", "en": "The connection is back. We go on."},
    "thanks": {"nl": "Dank je. Je antwoord is bewaard.", "en": "Thank you. Your answer is saved."},
    "thanks_brief": {"nl": "Bewaard.", "en": "Saved."},
    "practice": {
        "nl": "Dit is oefenen. Het telt niet mee. Je hoort meteen wat goed is.",
        "en": "This is practice. It does not count. You hear at once what is right.",
    },
    "practice_right": {"nl": "Dat is goed.", "en": "That is right."},
    "practice_other": {"nl": "Dat is nog niet goed.", "en": "Not yet."},
    "practice_again": {
        "nl": "Je mag het nog een keer proberen. {do_start} voor de volgende vraag.",
        "en": "You may try it once more. {do_start} for the next question.",
    },
    "returned": {"nl": "Goed. Je krijgt een andere vraag.", "en": "All right. You get another question."},
    "nothing": {
        "nl": "Er is nu geen werk voor je. Zeg start om nog eens te kijken.",
        "en": "There is no work for you now. Say start to look again.",
    },
    "break_until": {
        "nl": "Tijd voor pauze. Je werk is bewaard. Je kunt verder vanaf {until}. Later mag ook.",
        "en": "Time for a break. Your work is saved. You can go on from {until}. Later is fine too.",
    },
    "break": {"nl": "Tijd voor pauze. Je werk is bewaard.", "en": "Time for a break. Your work is saved."},
    "not_begun": {"nl": "Je werk begint later. Je hoeft nog niets.", "en": "Your work begins later. There is nothing to do yet."},
    "not_begun_until": {"nl": "Je werk begint om {until}.", "en": "Your work begins at {until}."},
    "something_else": {
        "nl": "Er staat nu iets anders op je rooster dan dit werk. Vraag je begeleider wat.",
        "en": "There is something else on your timetable now. Ask your coach what.",
    },
    "something_else_until": {
        "nl": "Er staat nu iets anders op je rooster dan dit werk, tot {until}.",
        "en": "There is something else on your timetable now, until {until}.",
    },
    "day_over": {"nl": "Je werk voor vandaag is klaar. Tot de volgende keer.", "en": "Your work for today is done. See you."},
    "break_undo": {"nl": "Zeg annuleer als je toch verder wilt.", "en": "Say undo to go on after all."},
    "break_soon": {
        "nl": "Het is bijna pauze. Maak eerst deze vraag af. Je hoeft niet te haasten.",
        "en": "It is almost time for a break. Finish this question first. There is no hurry.",
    },
    "sign_out_sure": {"nl": "Wil je afmelden? Zeg {list}.", "en": "Do you want to sign out? Say {list}."},
    "signed_out": {"nl": "Je bent afgemeld. Tot de volgende keer.", "en": "You are signed out. Goodbye."},
    "go_on": {"nl": "Goed, we gaan verder.", "en": "All right, we go on."},
    "coach_what": {
        "nl": "Wat wil je vragen? {list} Zeg nee als je niets wilt vragen.",
        "en": "What do you want to ask for? {list} Say no if you want nothing.",
    },
    "check_in_pace": {
        "nl": "Hoe is het tempo? {list} Zeg volgende als je dit niet wilt zeggen.",
        "en": "How is the pace? {list} Say next if you do not want to say this.",
    },
    "check_in_difficulty": {"nl": "Hoe moeilijk is het werk? {list}", "en": "How hard is the work? {list}"},
    "check_in_work": {"nl": "Hoe vind je het werk van vandaag? {list}", "en": "How do you like the work today? {list}"},
    "check_in_share": {"nl": "Mag je begeleider dit weten? {list}", "en": "May your coach know this? {list}"},
    "wish_what": {
        "nl": "Wat wil je graag leren of doen? Houd de spreektoets vast en praat, of typ.",
        "en": "What would you like to learn or do? Hold the talk key and speak, or type.",
    },
    "work_which": {"nl": "Welk werk wil je doen? {list}", "en": "Which work do you want to do? {list}"},
    "asked_talk": {"nl": "Je begeleider weet dat je wilt praten.", "en": "Your coach knows that you want to talk."},
    "asked_other_work": {"nl": "Je begeleider weet dat je ander werk wilt.", "en": "Your coach knows that you want other work."},
    "asked_longer_break": {
        "nl": "Je begeleider weet dat je een langere pauze wilt.",
        "en": "Your coach knows that you want a longer break.",
    },
    "asked_stop_today": {
        "nl": "Je begeleider weet dat je wilt stoppen voor vandaag.",
        "en": "Your coach knows that you want to stop for today.",
    },
    "your_coach": {"nl": "Je begeleider", "en": "Your coach"},
    "coach_coming": {"nl": "{coach} zegt: ik kom naar je toe.", "en": "{coach} says: I am coming to you."},
    "coach_yes": {"nl": "{coach} zegt: ja, dat is goed.", "en": "{coach} says: yes, that is fine."},
    "coach_later": {"nl": "{coach} zegt: ik kom later bij je.", "en": "{coach} says: I come to you later."},
    "coach_talk": {"nl": "{coach} zegt: laten we erover praten.", "en": "{coach} says: let us talk about it."},
    "check_in_none": {"nl": "Goed. Er is niets bewaard.", "en": "All right. Nothing is kept."},
    "check_in_own": {"nl": "Dank je. Alleen jij ziet dit.", "en": "Thank you. Only you see this."},
    "check_in_shared": {"nl": "Dank je. Je begeleider ziet dit ook.", "en": "Thank you. Your coach sees this too."},
    "wish_kept": {"nl": "Dit is je wens. Hij is bewaard:", "en": "This is your wish. It is kept:"},
    "work_chosen": {"nl": "Goed. Je krijgt dit werk.", "en": "All right. You get this work."},
    "answered": {"nl": "Je hebt vandaag {count} vragen gedaan.", "en": "You did {count} questions today."},
    "answered_one": {"nl": "Je hebt vandaag {count} vraag gedaan.", "en": "You did {count} question today."},
    "worked": {"nl": "Je hebt {time} gewerkt.", "en": "You worked for {time}."},
    "minutes": {"nl": "{count} minuten", "en": "{count} minutes"},
    "minutes_one": {"nl": "{count} minuut", "en": "{count} minute"},
    "hours": {"nl": "{count} uur", "en": "{count} hours"},
    "hours_one": {"nl": "{count} uur", "en": "{count} hour"},
    "hours_minutes": {"nl": "{hours} en {minutes}", "en": "{hours} and {minutes}"},
    "certificate": {
        "nl": "Je certificaat gaat over {first} tot en met {last}.",
        "en": "Your certificate is about {first} to {last}.",
    },
    "certificate_hours": {"nl": "Je werkte {hours}.", "en": "You worked {hours}."},
    "certificate_kinds": {"nl": "Dit werk deed je: {kinds}.", "en": "This work you did: {kinds}."},
    "certificate_asked": {
        "nl": "Je certificaat wacht op je begeleider, die het tekent.",
        "en": "Your certificate waits for your coach, who signs it.",
    },
    "certificate_none": {
        "nl": "Je hebt nog geen certificaat. Je kunt er met je begeleider een maken.",
        "en": "You have no certificate yet. You can make one with your coach.",
    },
    "words": {"nl": "{count} woorden", "en": "{count} words"},
    "words_one": {"nl": "{count} woord", "en": "{count} word"},
    "compared_same": {
        "nl": "Van een stukje van {words} was alles hetzelfde als wat we samen schreven.",
        "en": "In a clip of {words}, all was the same as what we wrote together.",
    },
    "compared": {
        "nl": "Van een stukje van {words} waren er {count} hetzelfde als wat we samen schreven.",
        "en": "In a clip of {words}, {count} were the same as what we wrote together.",
    },
    "compared_one": {
        "nl": "Van een stukje van {words} was er {count} hetzelfde als wat we samen schreven.",
        "en": "In a clip of {words}, {count} was the same as what we wrote together.",
    },
    "compared_other": {"nl": "Jij schreef: {mine}. Samen: {merged}.", "en": "You wrote: {mine}. Together: {merged}."},
    "compared_more": {"nl": "Samen kwam erbij: {merged}.", "en": "Together we added: {merged}."},
    "compared_less": {"nl": "Jij had nog: {mine}.", "en": "You also had: {mine}."},
    "work_none": {"nl": "Er is nu geen ander werk voor je.", "en": "There is no other work for you now."},
    "nothing_to_tell": {"nl": "Er is nog niets om te vertellen.", "en": "There is nothing to tell yet."},
    "break_done": {
        "nl": "De pauze is klaar. Zeg start als je verder wilt. Er is geen haast.",
        "en": "The break is over. Say start to go on. There is no hurry.",
    },
    "not_by_voice": {
        "nl": "Deze vraag kan niet met de stem. {reason} Zeg overslaan voor een andere vraag.",
        "en": "This question cannot be done by voice. {reason} Say skip to get another one.",
    },
    "line_lost": {
        "nl": "De verbinding is weg. Je werk is bewaard. Wacht even, ik probeer het opnieuw.",
        "en": "The connection is gone. Your work is kept. Wait a moment, I try again.",
    },
    "no_microphone": {
        "nl": "De microfoon doet het niet. Vraag hulp aan je begeleider. De toetsen doen het wel.",
        "en": "The microphone does not work. Ask your coach for help. The keys do work.",
    },
    "session_over": {
        "nl": "Je bent afgemeld. Je werk is bewaard. Meld je weer aan met je badge.",
        "en": "You are signed out. Your work is kept. Sign in again with your badge.",
    },
    # everywhere
    "help": {"nl": "Je kunt zeggen: {words}.", "en": "You can say: {words}."},
    "help_key": {"nl": "{word}, toets {key}: {does}", "en": "{word}, key {key}: {does}"},
    "more_how": {"nl": "{do_more} om nog meer te horen.", "en": "{do_more} to hear more."},
    "more": {"nl": "Je kunt ook zeggen: {words}.", "en": "You can also say: {words}."},
    "where_home": {"nl": "Je bent op de startplaats.", "en": "You are at the start."},
    "where_break": {"nl": "Je hebt pauze.", "en": "You are on a break."},
    "where_out": {"nl": "Je bent afgemeld.", "en": "You are signed out."},
    "unclear": {"nl": "Dat kan ik hier niet. {do_help} om te horen wat kan.", "en": "I cannot do that here. {do_help} for help."},
    "missed": {
        "nl": "Lukt het niet? Druk op {key_help} voor hulp, of op {key_coach} voor je begeleider.",
        "en": "Does it not work? Press {key_help} for help, or {key_coach} for your coach.",
    },
    "unclear_brief": {"nl": "Dat kan hier niet.", "en": "Not here."},
    "nothing_said": {"nl": "Ik heb nog niets gezegd.", "en": "I have not said anything yet."},
    "speed": {"nl": "Ik praat nu {rate} woorden per minuut.", "en": "I now speak {rate} words a minute."},
    "volume": {"nl": "Stel het geluid in met de knoppen van je computer.", "en": "Use the volume keys of your computer."},
    "skip_why": {
        "nl": "Waarom sla je dit over? Zeg {list}. Zeg nee als je het niet wilt overslaan.",
        "en": "Why do you skip this? Say {list}. Say no if you do not want to skip it.",
    },
    "or": {"nl": "of", "en": "or"},
    "question": {"nl": "De vraag: {title}", "en": "The question: {title}"},
    # the clip
    "type_here": {"nl": "Typ je antwoord en druk op Enter.", "en": "Type your answer and press Enter."},
    # speaking back
    "say_after": {
        "nl": "Luister naar het stukje. Houd dan de spreektoets vast en zeg het na.",
        "en": "Listen to the clip. Then hold the talk key and say it again.",
    },
    "say_what": {
        "nl": "Luister. Houd dan de spreektoets vast en zeg wat je hoort.",
        "en": "Listen. Then hold the talk key and say what you hear.",
    },
    "say_better": {
        "nl": "Luister. Houd dan de spreektoets vast en zeg hoe de ondertitel moet zijn.",
        "en": "Listen. Then hold the talk key and say what the subtitle should be.",
    },
    "nobody_how": {"nl": "Praat er niemand? {do_no}.", "en": "Does nobody speak? {do_no}."},
    "nobody_or_word": {
        "nl": "Er praat niemand. Zeg verzenden. Zei iemand het woord {word}? Zeg annuleer.",
        "en": "Nobody speaks. Say submit. Did somebody say the word {word}? Say undo.",
    },
    "nobody": {"nl": "Er praat niemand. Zeg verzenden, of opnieuw.", "en": "Nobody speaks. Say submit, or again."},
    "again_after": {"nl": "Zeg het na.", "en": "Say it again."},
    "again_what": {"nl": "Zeg het opnieuw.", "en": "Say it again."},
    "again_better": {"nl": "Zeg hoe de ondertitel moet zijn.", "en": "Say what the subtitle should be."},
    "i_heard": {"nl": "Ik hoorde:", "en": "I heard:"},
    "you_typed": {"nl": "Er staat:", "en": "It says:"},
    "then": {
        "nl": "Zeg verzenden, opnieuw, verbeter, of overslaan.",
        "en": "Say submit, again, fix, or skip.",
    },
    "then_part": {
        "nl": "Zeg volgende voor het volgende deel. Of zeg opnieuw, verbeter, of overslaan.",
        "en": "Say next for the next part. Or say again, fix, or skip.",
    },
    "part": {"nl": "Deel {number} van {count}.", "en": "Part {number} of {count}."},
    "part_last": {"nl": "Dit is het laatste deel. {do_submit}.", "en": "This is the last part. {do_submit}."},
    "part_first": {"nl": "Dit is het eerste deel.", "en": "This is the first part."},
    "empty_yet": {
        "nl": "Er staat nog niets. Houd de spreektoets vast en praat.",
        "en": "There is nothing yet. Hold the talk key.",
    },
    "draft_here": {"nl": "Je was hier al mee bezig.", "en": "You had started on this."},
    # fixing
    "word_is": {"nl": "Woord {number}: {word}.", "en": "Word {number}: {word}."},
    "word_is_not": {"nl": "Dat is er niet. Er zijn {count} woorden.", "en": "That is not there. There are {count} words."},
    "word_is_not_one": {"nl": "Dat is er niet. Er is {count} woord.", "en": "That is not there. There is {count} word."},
    "word_then": {
        "nl": "Zeg opnieuw, spellen, kies, invoegen, verwijder, of een ander nummer.",
        "en": "Say again, spell, choose, insert, delete, or another number.",
    },
    "say_word": {"nl": "Zeg alleen dit woord.", "en": "Say just this word."},
    "say_new": {"nl": "Zeg wat erbij moet, na woord {number}.", "en": "Say what to put in, after word {number}."},
    "spell_word": {"nl": "Spel het woord.", "en": "Spell the word."},
    "choices": {"nl": "Kies een nummer. {list}", "en": "Choose a number. {list}"},
    "no_choices": {
        "nl": "Ik heb geen ander woord. Zeg het opnieuw, of spel het.",
        "en": "I have no other word. Say it or spell it.",
    },
    "numbered": {"nl": "{number}: {text}.", "en": "{number}: {text}."},
    "deleted": {"nl": "Weg: {word}.", "en": "Gone: {word}."},
    "undone": {"nl": "We gaan één stap terug.", "en": "One step back."},
    "nothing_undone": {"nl": "Er is niets om terug te halen.", "en": "There is nothing to undo."},
    "no_letters": {"nl": "Dat zijn geen letters. Spel het nog een keer.", "en": "These are no letters. Spell it again."},
    "where_after": {"nl": "Je zegt het stukje na.", "en": "You say the clip again."},
    "where_what": {"nl": "Je zegt het in je eigen woorden.", "en": "You say it in your own words."},
    "where_better": {"nl": "Je zegt hoe de ondertitel moet zijn.", "en": "You say what the subtitle should be."},
    "where_check": {"nl": "Je kijkt na wat ik hoorde. Er staat: {text}.", "en": "You check what I heard. It says: {text}."},
    "where_fix": {"nl": "Je verbetert woord {number} van {count}.", "en": "You fix word {number} of {count}."},
    # choosing
    "options": {"nl": "Kies: {list}", "en": "Choose: {list}"},
    "chosen": {"nl": "Je koos: {text}.", "en": "You chose: {text}."},
    "chosen_then": {"nl": "Zeg verzenden, of kies iets anders.", "en": "Say submit, or choose something else."},
    "chosen_more": {"nl": "Zeg verzenden, of kies er nog een.", "en": "Say submit, or choose one more."},
    "unchosen": {"nl": "Niet meer gekozen: {text}.", "en": "No longer chosen: {text}."},
    "choose_first": {"nl": "Kies eerst. {list}", "en": "Choose first. {list}"},
    "no_option": {"nl": "Dat nummer is er niet. Kies: {list}", "en": "That number is not there. Choose: {list}"},
    "where_choose": {"nl": "Je kiest een antwoord. {list}", "en": "You choose an answer. {list}"},
    # marking
    "mark_how": {
        "nl": "Druk op {key_now} als het begint, en op {key_now_over} als het stopt.",
        "en": "Press {key_now} when it begins, and {key_now_over} when it ends.",
    },
    "mark_what": {
        "nl": "Je wijst nu aan: {label}. Zeg een ander woord om te wisselen: {list}",
        "en": "You now mark: {label}. Say another to change: {list}",
    },
    "mark_only": {"nl": "Je wijst nu aan: {label}.{list}", "en": "You now mark: {label}.{list}"},
    "mark_nothing": {"nl": "Hoor je niets ervan? Zeg nee.", "en": "Do you hear none of it? Say no."},
    "mark_play": {"nl": "Speel eerst het geluid af, en druk dan.", "en": "First play the sound, then press."},
    "mark_begun": {"nl": "{label} begint op {at}.", "en": "{label} begins at {at}."},
    "mark_done": {"nl": "{label}, van {start} tot {end}.", "en": "{label}, from {start} to {end}."},
    "mark_no_begin": {
        "nl": "Er is nog niets begonnen. Druk eerst op {key_now}.",
        "en": "Nothing has begun yet. First press {key_now}.",
    },
    "mark_no_length": {"nl": "Het eind moet later zijn dan het begin.", "en": "The end must be later than the beginning."},
    "mark_list": {"nl": "Je hebt {count}: {list}", "en": "You have {count}: {list}"},
    "mark_none": {"nl": "Er is niets aangewezen.", "en": "Nothing is marked."},
    "mark_empty": {
        "nl": "Er is nog niets aangewezen. Wijs iets aan, of zeg nee als er niets is.",
        "en": "Nothing is marked yet. Mark something, or say no if there is nothing.",
    },
    "mark_really_nothing": {"nl": "Er is hier niets. Zeg verzenden.", "en": "There is nothing here. Say submit."},
    "mark_open": {
        "nl": "{label} is nog niet klaar. Druk op {key_now_over} waar het stopt.",
        "en": "{label} has not ended. Press {key_now_over}.",
    },
    "seconds": {"nl": "{seconds} seconden", "en": "{seconds} seconds"},
    # filling in
    "field": {"nl": "Vraag {number} van {count}: {label}", "en": "Question {number} of {count}: {label}"},
    "optional": {"nl": "{do_next} als je dit niet wilt zeggen.", "en": "{do_next} if you do not want to say this."},
    "field_text": {"nl": "Houd de spreektoets vast en praat, of typ.", "en": "Hold the talk key and speak, or type."},
    "field_number": {"nl": "Zeg of typ een getal.", "en": "Say or type a number."},
    "field_amount": {"nl": "Typ een bedrag, zoals 12,50.", "en": "Type an amount, such as 12.50."},
    # engines leave the hyphens out
    "field_date": {
        "nl": "Typ een datum met streepjes: jaar, maand, dag. Zoals 2026 streepje 11 streepje 23.",
        "en": "Type a date with hyphens: year, month, day. Such as 2026 hyphen 11 hyphen 23.",
    },
    "field_yes_no": {"nl": "Zeg ja of nee.", "en": "Say yes or no."},
    "field_unreadable": {
        "nl": "{do_dont_know} als je het niet kunt verstaan.",
        "en": "{do_dont_know} if you cannot make it out.",
    },
    "field_several": {
        "nl": "Noem alles wat past, één voor één. Zeg dan volgende.",
        "en": "Name all that fit, one by one. Then say next.",
    },
    "field_now": {"nl": "Je antwoord: {text}.", "en": "Your answer: {text}."},
    "field_required": {"nl": "Dit moet ingevuld zijn.", "en": "This must be filled in."},
    "field_no": {"nl": "Dat past hier niet.", "en": "That does not fit here."},
    "fields_done": {
        "nl": "Dat was de laatste vraag. Zeg verzenden, of terug om iets te veranderen.",
        "en": "That was the last question. Say submit, or back to change something.",
    },
    "yes": {"nl": "ja", "en": "yes"},
    "no": {"nl": "nee", "en": "no"},
    "say_command": {"nl": "Zeg {word}", "en": "Say {word}"},
    "press_command": {"nl": "Druk op {key}", "en": "Press {key}"},
    "unreadable": {"nl": "Niet te lezen.", "en": "Unreadable."},
}


def words(sentence: str, locale: str, **values: object) -> str:
    """One sentence in this language; the commands in it are named when it is spoken."""
    return SENTENCES[sentence][locale].format_map(_Values(values))


def counted(sentence: str, locale: str, number: float, *, aloud: bool = False, **values: object) -> str:
    """A sentence about `{count}`, of which there is one, or not. `aloud`: the number in words."""
    name = f"{sentence}_one" if number == 1 else sentence
    return words(name, locale, count=spoken(int(number), locale) if aloud else number, **values)


class _Values(dict[str, object]):
    def __missing__(self, name: str) -> str:
        if COMMAND.fullmatch(left := "{" + name + "}"):
            return left
        raise KeyError(name)


def numbered(texts: list[str], locale: str) -> str:
    """ "one: a. two: b." """
    return " ".join(words("numbered", locale, number=spoken(n, locale), text=text) for n, text in enumerate(texts, 1))


def spoken(number: int, locale: str) -> str:
    """A number in words, as far as we can say them. "Er is een woord" would be heard as "there is a word"."""
    if number == 1 and locale == "nl":
        return "één"
    return in_words(number, locale) if 0 <= number <= HIGHEST else str(number)


def either(texts: list[str], locale: str) -> str:
    """ "a, b or c" """
    if len(texts) < 2:
        return "".join(texts)
    return f"{', '.join(texts[:-1])} {words('or', locale)} {texts[-1]}"
