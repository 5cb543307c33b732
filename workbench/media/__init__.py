"""Files and what can be made from them: storage, probing, pictures, sound, video."""
