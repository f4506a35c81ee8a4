"""The application for a WSGI server."""

from reintegration.app import create_app

app = create_app()
