"""Make the tiny models: `lexicon LANGUAGE FOLDER`, `graph LANGUAGE FOLDER`, `train LANGUAGE FOLDER`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.speech.tiny_model.graph import make_graph, read_phones
from tests.speech.tiny_model.lexicon import make_lexicon, read_lexicon, write_lexicon
from tests.speech.tiny_model.words import all_words, sentences, trained_words

DATA = Path(__file__).resolve().parents[1] / "data"


def remake_graph(language: str, folder: Path, lexicon: Path | None = None) -> None:
    """
    The graph folder of a model.

    Args:
        folder: its am/phones.json is read, its graph/ is written.
        lexicon: the one that is carried, unless another is named.
    """
    ways = read_lexicon(lexicon or DATA / f"lexicon-{language}.txt")
    phones = read_phones(folder / "am" / "phones.json")
    make_graph(folder / "graph", phones, ways, set(trained_words(language)[0]), sentences(language))


def remake_lexicon(language: str, folder: Path, target: Path | None = None) -> None:
    """Ask this machine's espeak-ng anew, for the phones of the model in the folder."""
    words = all_words(language)
    lexicon = make_lexicon(language, words, read_phones(folder / "am" / "phones.json"))
    write_lexicon(target or DATA / f"lexicon-{language}.txt", lexicon)
    if unsayable := [word for word in words if word not in lexicon]:
        sys.stderr.write(f"left out, their sounds are not in the model: {' '.join(unsayable)}\n")


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["lexicon", "graph", "train"])
    parser.add_argument("language", choices=["en", "nl"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--hours", type=float, default=3.0, help="of synthetic speech, for train")
    parser.add_argument("--steps", type=int, default=1500, help="for train")
    parser.add_argument("--lexicon", type=Path, help="another lexicon than the one that is carried")
    arguments = parser.parse_args()
    if arguments.what == "lexicon":
        remake_lexicon(arguments.language, arguments.folder, arguments.lexicon)
    elif arguments.what == "graph":
        remake_graph(arguments.language, arguments.folder, arguments.lexicon)
    else:
        from tests.speech.tiny_model.train import make_acoustic_model

        make_acoustic_model(arguments.language, arguments.folder, hours=arguments.hours, steps=arguments.steps)


if __name__ == "__main__":
    main()
