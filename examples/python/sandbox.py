"""What tests ask of the sandbox, and applications cannot: another time, money from nowhere, bad luck."""

import base64
import json
import os
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from onboarding import FinHub, is_signed


class Sandbox:
    """A tenant for one test, empty and with a clock that stands until it is moved."""

    def __init__(self, test):
        # Tenants see nothing of each other, so that tests need not care for each other either.
        self._tenant = f"{os.environ['SANDBOX_TENANT']}-python-{test}"
        self.finhub = FinHub(os.environ["FINHUB_BASE_URL"], os.environ["FINHUB_TOKEN"], self._tenant)
        # A sandbox that was started by hand may have the tenant of an earlier run.
        self._control("POST", "/reset", {"everything": True})
        self._control("POST", "/clock/freeze", {"at": "2030-01-01T09:00:00Z"})

    def use_scenario(self, name):
        self._control("PUT", "/scenario", {"name": name})

    def advance(self, by):
        """Moves the clock. The webhooks that are due on the way have been answered when it returns."""
        self._control("POST", "/clock/advance", {"by": by})

    def fund(self, customer, amount):
        self._control("POST", f"/wallets/{customer.wallet}/fund", {"amount": amount})

    def _control(self, method, path, body):
        request = urllib.request.Request(
            f"http://{os.environ['SANDBOX_CONTROL_ADDR']}/_sandbox{path}", json.dumps(body).encode(),
            {"Content-Type": "application/json", "X-Tenant-ID": self._tenant}, method=method)
        urllib.request.urlopen(request, timeout=30).close()


def open_link(token):
    """Gives the code behind a customer's link to a payment, as the page there shows it: the token has it in its claims."""
    claims = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["answer"]


class Receiver:
    """An application's endpoint for webhooks, on a free port. received are the events that it took, refused those it did not."""

    secret = "s3cret"

    def __init__(self):
        self.received, self.refused = [], 0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                signed = is_signed(receiver.secret, body, self.headers.get("X-FinHub-Signature", ""))
                if signed:
                    receiver.received.append(json.loads(body))
                else:
                    receiver.refused += 1
                # What is not answered with success comes again.
                self.send_response(204 if signed else 401)
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhooks"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
