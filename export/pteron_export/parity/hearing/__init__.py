"""Models that hear, of the table: Whisper, Parakeet, Voxtral. What each hears, and the logits of what
it writes, beside transformers'."""
