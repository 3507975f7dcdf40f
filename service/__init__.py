"""What people and machines talk to: the API, the pages and the command line."""
