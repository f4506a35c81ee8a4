"""Ground floor: what every feature stands on. Imports nothing of ours above itself."""
