"""The memory: embedders, the text recipe, and the Chroma index of everything that is already classified.

- ``vectorstore.text``: how a sentence of any length becomes one vector (pure).
- ``vectorstore.reader``, ``vectorstore.cache``: texts to a vector of each sentence, embedded once.
- ``vectorstore.embedders``: texts to vectors; ``load(settings.embedder, cache_dir, key)``.
- ``vectorstore.index``: ``ChromaMemory``, the ``bot.ports.Memory`` that the pipeline asks.

Importing any of them is cheap; chromadb, onnxruntime and openai are imported when they are first needed.
"""
