"""The prompts, as versioned files; see README.md."""
