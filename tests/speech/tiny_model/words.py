"""
What the tiny model knows: commands first (drawn more often), then everyday words, then sentences for word order.

The words of the voice dialogue itself come from the program: `accessibility.speech.commands` and its neighbours.
"""

from __future__ import annotations

from accessibility.speech.commands import COMMANDS, SKIP_REASONS, grammar
from accessibility.speech.numbers import number_phrases
from accessibility.speech.spelling import spelling_phrases

_COMMON_COMMANDS = {
    "en": """
        yes no next repeat again back skip help stop pause break slower faster spell submit good bad play louder
        softer correct wrong start continue previous undo redo cancel save quit exit accept reject confirm
        delete clear read listen menu settings more less up down left right first last home end open close both
        neither tie better worse best worst equal same unsure flag comment note zero one two three four five six
        seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty
        thirty forty fifty sixty seventy eighty ninety hundred percent
    """,
    "nl": """
        ja nee volgende herhaal terug overslaan help stop pauze langzamer sneller spellen verzenden goed slecht
        afspelen harder zachter juist fout start doorgaan vorige opnieuw annuleer opslaan afsluiten accepteer
        weiger bevestig verwijder wissen lees luister menu instellingen meer minder omhoog omlaag links rechts
        eerste laatste begin einde open sluit beide geen gelijk beter slechter beste slechtste onzeker markeer
        opmerking notitie nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien
        vijftien zestien zeventien achttien negentien twintig dertig veertig vijftig zestig zeventig tachtig
        negentig honderd procent
    """,
}
_EVERYDAY = {
    "en": """
        the a an and or but not is are was were be been am do does did done have has had i you he she it we they
        me him her us them my your his its our their this that these those here there what which who when where
        why how if then than because so to of in on at by for from with about into over under after before
        between through out off as only also very too just still even much many most some any all each every
        other another such own new old great small large big little long short high low early late easy hard
        clear simple true false wrong important different answer answers question questions response responses
        text sentence word words letter paragraph page line part point reason example problem result number name
        time day week month year hour minute second today tomorrow yesterday morning evening night thing things
        way place people person man woman child friend world country city house school work job money water food
        book story music picture voice sound speech language english dutch model task item rating score label
        first third quality fact facts source error mistake grammar style tone detail details safe harmful
        helpful polite rude boring funny sad happy tired can could will would should may might must need want
        like love think know see look hear say says said tell ask asked give gave take took make made get got go
        goes went come came find found feel felt keep kept leave put set show try use used call write written
        wrote speak believe understand learn explain change check move turn wait finish miss choose prefer
        sounds seems contains lacks missing now never always often sometimes maybe perhaps really almost enough
        quite rather both without against during around please thanks thank sorry okay hello goodbye something
        nothing everything someone everyone nobody once twice complete partly fully mostly slightly clearly
        correctly however although while until since
    """,
    "nl": """
        de het en of maar niet is zijn was waren ben bent wordt werd worden heb heeft hebben had ik jij je u hij
        zij ze we wij jullie mij hem haar ons hen mijn jouw uw hun dit dat deze die hier daar wat welke wie
        wanneer waar waarom hoe als dan omdat dus naar van in op aan bij voor met over onder na tussen door uit
        om ook zeer te nog al alle elk ander andere nieuw oud groot klein lang kort hoog laag vroeg laat
        makkelijk moeilijk duidelijk simpel onwaar belangrijk antwoord antwoorden vraag vragen tekst zin zinnen
        woord woorden letter alinea pagina regel deel punt reden voorbeeld probleem resultaat nummer naam tijd
        dag week maand jaar uur minuut seconde vandaag morgen gisteren ochtend avond nacht ding dingen manier
        plaats mensen persoon man vrouw kind vriend wereld land stad huis school werk geld water eten boek
        verhaal muziek beeld stem geluid spraak taal engels nederlands model taak score kwaliteit feit feiten
        bron grammatica stijl toon details veilig schadelijk behulpzaam beleefd saai grappig kan kunnen zal
        zullen zou moet moeten mag wil willen denk denken weet weten zie zien kijk hoor horen zeg zegt zei
        vertel vraagt geef neem maak maken krijg ga gaat ging kom komt kwam vind vinden voel zet probeer gebruik
        bel schrijf spreek geloof begrijp leer uitleg verander controleer wacht klaar mis kies klinkt lijkt
        bevat ontbreekt nu nooit altijd vaak soms misschien echt bijna genoeg nogal zonder tegen alstublieft
        bedankt sorry oke hallo iets niets alles iemand iedereen niemand deels volledig vooral helaas
    """,
}
# Some word order, and the test's own clips.
_SENTENCES = {
    "en": """
        the first answer is better than the second answer
        the second response is better because it is correct
        i think this answer is wrong
        the answer is too long
        the answer is too short
        both answers are good
        both answers are bad
        neither answer is correct
        i am not sure
        please repeat the question
        please read the next item
        go back to the previous item
        this response contains a mistake
        the text is clear and helpful
        it does not answer the question
        i would say seven out of ten
        the model does not understand the question
        read that again
        can you spell the last word
        i need a break
        it is rude and not very helpful
        there is an error in the third sentence
        the source is missing
        i like the style of the first text
        the second one sounds more polite
    """,
    "nl": """
        het eerste antwoord is beter dan het tweede antwoord
        het antwoord is te lang
        het antwoord is te kort
        beide antwoorden zijn goed
        ik denk dat dit antwoord fout is
        ik ben niet zeker
        herhaal de vraag
        lees de volgende vraag
        ga terug naar de vorige vraag
        de tekst is duidelijk en behulpzaam
        het model begrijpt de vraag niet
        lees dat opnieuw
        ik wil pauze
        er is een fout in de laatste zin
        dit is een goed antwoord omdat het juist is
        de bron ontbreekt
        de tekst is heel kort
        het derde antwoord is veel te vaag
    """,
}
ACCENTS = {
    "en": ("en-us", "en-us", "en", "en", "en-gb-x-rp", "en-gb-scotland", "en-029", "en-gb-x-gbclan"),
    "nl": ("nl",),
}
# Voice variants for training. m7, m8, f5, klatt4, Annie and Alex are left out, for testing.
_VARIANTS = """
    m1 m2 m3 m4 m5 m6 f1 f2 f3 f4 klatt klatt2 Andy belinda Denis linda Lee norbert steph2 Mario Michael
    edward anika paul ian david
"""
VARIANTS = ("", *(f"+{name}" for name in _VARIANTS.split()))


def trained_words(language: str) -> tuple[list[str], list[str]]:
    """Commands and everyday words: what the acoustic model learns its sounds from."""
    commands = _unique(_COMMON_COMMANDS[language])
    return commands, [word for word in _unique(_EVERYDAY[language]) if word not in commands]


def sentences(language: str) -> list[str]:
    """Sentences, one for each line."""
    return [" ".join(line.split()) for line in _SENTENCES[language].splitlines() if line.strip()]


def dialogue_words(language: str) -> list[str]:
    """What a worker can say to the workbench: commands, reasons, numbers, letters."""
    phrases = grammar((*COMMANDS, *SKIP_REASONS), language) + number_phrases(99, language) + spelling_phrases(language)
    return _unique(" ".join(phrases))


def all_words(language: str) -> list[str]:
    """Everything in the graph."""
    commands, everyday = trained_words(language)
    return _unique(" ".join([*commands, *everyday, *sentences(language), *dialogue_words(language)]))


def _unique(text: str) -> list[str]:
    return list(dict.fromkeys(text.split()))
