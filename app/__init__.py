"""Composition: settings, the application, pages, sign-in, HTTP routes, the error table, the command line."""
