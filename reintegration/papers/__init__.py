"""Papers: files and photographs that hang on a thing, each in its plane."""
