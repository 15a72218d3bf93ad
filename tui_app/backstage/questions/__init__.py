"""What a screen can ask backstage, and the answers: plain values, cheap to import. Start with `question`.

Text in answers is as it is in the data: a screen makes it harmless when it shows it.
"""
