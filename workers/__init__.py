"""Jobs: load rows, call nlp, save rows."""
