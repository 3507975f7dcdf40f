"""Tables, settings, the store and the release gate."""
