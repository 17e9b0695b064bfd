"""Composition: settings, the application, pages, sign-in, HTTP routes, the error table, the command line."""

VERSION = "0.1.0"
