"""The door to language models: asked live or by files of a batch; what they answered is kept."""
