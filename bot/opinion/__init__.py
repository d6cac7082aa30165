"""A language model's second opinion on one paper: what is asked, what of the reply can be used, what is made of it."""
