"""The application, for gunicorn, flask and anything else that speaks WSGI."""

from reintegration.app import create_app
from reintegration.operations import environment

app = create_app(environment.settings())
