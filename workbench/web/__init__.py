"""HTTP: pages for people, an API for programs. The only part that knows requests and cookies."""
