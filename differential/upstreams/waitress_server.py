"""waitress."""

import logging
import sys

import waitress
from wsgi import app

logging.disable(logging.WARNING)
# One thread: the order of the log is the order of the requests.
waitress.serve(app, host="127.0.0.1", port=int(sys.argv[1]), threads=1, ident=None,
               channel_timeout=3600, max_request_header_size=1 << 20, clear_untrusted_proxy_headers=False,
               max_request_body_size=1 << 30)
