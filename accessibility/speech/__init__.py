"""
Speech out (pyttsx3 with espeak-ng) and speech in (Vosk), without web and without database.

Neither engine is ever loaded in the process that imports this package: each runs in processes of its own, so that a
web server stays light, an engine that hangs or dies takes nobody along, and GPL code stays a program apart.
"""
