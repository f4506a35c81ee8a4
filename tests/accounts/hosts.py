"""The two addresses of production, and coming in there."""

STAFF, SERVICE = "https://staff.example", "https://service.example"


def enter(app, host, email, password, browser=None):
    """Sign in at a host; return the browser and the status of the answer."""
    browser = browser or app.test_client()
    answer = browser.post(
        "/account/sign-in", data={"email": email, "password": password}, base_url=host
    )
    return browser, answer.status_code
