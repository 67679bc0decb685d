"""nginx and haproxy in front of a server, in the clear and ending TLS, all on loopback.

`/private` they keep to themselves, and they tell the server where a client came from (X-Forwarded-For).
"""

import collections
import contextlib
import pathlib
import shutil
import tempfile

from harness.certificates import certificate
from harness.ports import free_ports, listens
from harness.programs import log, running, wait_until

NAMES = ("nginx", "haproxy")

NGINX = """
worker_processes 1; daemon off; pid {place}/nginx.pid; error_log {place}/nginx-error.log;
events {{ worker_connections 256; }}
http {{
  access_log off; client_max_body_size 0; proxy_request_buffering off; proxy_buffering off;
  client_body_temp_path {place}/body; proxy_temp_path {place}/proxy; fastcgi_temp_path {place}/fastcgi;
  uwsgi_temp_path {place}/uwsgi; scgi_temp_path {place}/scgi;
  map $http_upgrade $connection_upgrade {{ default upgrade; "" ""; }}
  upstream backend {{ server 127.0.0.1:{backend}; keepalive 4; }}
  server {{
    listen 127.0.0.1:{port}; listen 127.0.0.1:{secure} ssl; ssl_certificate {cert}; ssl_certificate_key {key};
    location = /private {{ return 403; }}
    location / {{
      proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Host $http_host;
      proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade;
      proxy_set_header X-Forwarded-For $remote_addr;
    }}
  }}
}}
"""

HAPROXY = """
global
  maxconn 256
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
  timeout tunnel 1h
  option forwardfor
frontend front
  bind 127.0.0.1:{port}
  bind 127.0.0.1:{secure} ssl crt {both} alpn http/1.1
  http-request deny deny_status 403 if {{ path /private }}
  default_backend back
backend back
  server one 127.0.0.1:{backend}
"""

# The port in the clear, the one with TLS, and the certificate to trust there.
Front = collections.namedtuple("Front", "port secure_port authority")


def program(name):
    """Where a front end is; None if it is not installed."""
    return shutil.which(name, path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")


@contextlib.contextmanager
def front(name, backend):
    """The front end of that name before a port, running until the end of the block."""
    with tempfile.TemporaryDirectory() as directory:
        place = pathlib.Path(directory)
        cert, key = certificate(place / "identity")
        both, configuration, output = place / "both.pem", place / "front.conf", log(f"fronts/{name}.log")
        both.write_text(cert.read_text() + key.read_text())
        port, secure = free_ports(2)
        configuration.write_text({"nginx": NGINX, "haproxy": HAPROXY}[name].format(
            place=place, backend=backend, port=port, secure=secure, cert=cert, key=key, both=both))
        command = {"nginx": ["-p", place, "-c", configuration], "haproxy": ["-db", "-f", configuration]}[name]
        with running([program(name), *command], output) as process:
            wait_until(lambda: listens(port) and listens(secure) or process.poll() is not None, 10)
            if process.poll() is not None or not listens(secure):
                raise AssertionError(f"{name} did not start: {output.read_text(errors='replace')[-500:]}")
            yield Front(port, secure, cert)
