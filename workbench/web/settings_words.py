"""What people call the settings of each kind of work. A new type's names are said here, for a translator to find."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.wording import noted

NAMES: Mapping[str, str] = {
    "question": noted("Question"),
    "instructions": noted("Instructions"),
    "labels": noted("Labels"),
    "overlap": noted("Answers wanted for each question"),
    "gold": noted("Check questions"),
    "opinion": noted("This asks for an opinion: nothing is right or wrong"),
    "language": noted("Language of the material"),
    "lease_minutes": noted("Minutes that a question is kept for one worker"),
    "topic": noted("Topic that a worker may switch off"),
    "clip_seconds": noted("Seconds of a clip"),
    "limit_seconds": noted("Most seconds of a piece"),
    "target_seconds": noted("Wanted seconds of a piece"),
    "markers": noted("Marks for what cannot be heard well"),
    "max_boxes": noted("Most boxes"),
    "min_boxes": noted("Least boxes"),
    "max_labels": noted("Most labels"),
    "min_labels": noted("Least labels"),
    "max_length": noted("Most characters"),
    "no_speech": noted("“Nobody speaks” is an answer too"),
    "same_allowed": noted("“No difference” is an answer too"),
    "scale": noted("Points of the scale"),
    "terms": noted("Names and terms of the programme"),
    "text_column": noted("Column of the table"),
    "rubric": noted("What a good answer tells"),
    "min_words": noted("Least words"),
    "max_words": noted("Most words"),
    "fields": noted("Questions and fields"),
    "unreadable": noted("“Cannot be read” may be said of each field"),
    "min_segments": noted("Least pieces"),
    "max_segments": noted("Most pieces"),
    "overlap_allowed": noted("Two pieces may share time"),
    "min_spans": noted("Least marked places"),
}

HINTS: Mapping[str, str] = {
    "question": noted("One clear question, as a worker reads it."),
    "instructions": noted("One instruction on each line."),
    "labels": noted("One on each line."),
    "overlap": noted("With 3, three people answer the same question."),
    "gold": noted("Questions with a known answer, mixed in."),
    "topic": noted("For example: violence."),
    "clip_seconds": noted("Longer sound and video is cut."),
    "min_boxes": noted("0: “there is nothing here” is an answer too."),
    "min_labels": noted("0: “none of these” is an answer too."),
    "scale": noted("From low to high: a number, or a list of words."),
    "terms": noted("One on each line."),
    "text_column": noted("The column that the question is about."),
    "rubric": noted("One on each line."),
    "min_segments": noted("0: “there is nothing here” is an answer too."),
    "min_spans": noted("0: “there is nothing here” is an answer too."),
}
