"""
The parts of the spoken day: one module for each kind of question, and the records they share.

Nothing here does anything: a dialogue takes what was heard, and says what is to be spoken, played or stored.
"""
