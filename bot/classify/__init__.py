"""Where in the taxonomy does a paper belong, and why? Pure; scikit-learn is imported where it is used."""
