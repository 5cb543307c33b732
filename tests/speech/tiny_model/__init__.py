"""
A tiny Vosk model, made from nothing but espeak-ng's voices, so that recognition is tested for real without a download.

It knows computer voices and a few hundred words, fails on people, and says so: it has a marker file that
`accessibility.speech.models` refuses. What it is made of:

    words.py    the vocabulary and a few sentences for word order
    lexicon.py  how espeak-ng says each word → tests/speech/data/lexicon-<language>.txt
    graph.py    lexicon and sentences → graph/, in seconds, the same bytes every time
    train.py    synthetic speech → am/final.mdl, by hand, some ten minutes for a language (needs numpy and espeak-ng)

    python -m tests.speech.tiny_model train en FOLDER
    python -m tests.speech.tiny_model lexicon en FOLDER
    python -m tests.speech.tiny_model graph en FOLDER
    python -m tests.speech.tiny_model.evaluate en FOLDER
"""
