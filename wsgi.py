"""The application, for gunicorn, flask and anything else that speaks WSGI."""

from reintegration.app import create_app
from reintegration.operations import environment, starting

app = create_app(environment.settings())
starting.require(app)
