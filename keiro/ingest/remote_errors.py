"""What the libraries of remote stores raise, as what a person can mend or what may pass by itself.

The libraries' own texts may hold signed addresses or credentials: they are not shown.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from keiro.errors import KeiroError
from keiro.ingest.remote_options import SCHEMES

# Class names, since the libraries that have the classes need not be installed.
_KINDS = {
    "ImportError": "library",
    "BadHostKeyException": "host",
    "ClientConnectorCertificateError": "certificate",
    "ClientConnectorSSLError": "certificate",
    "SSLCertVerificationError": "certificate",
    "NoCredentialsError": "access",
    "PartialCredentialsError": "access",
    "CredentialRetrievalError": "access",
    "TokenRetrievalError": "access",
    "ProfileNotFound": "access",
    "DefaultCredentialsError": "access",
    "RefreshError": "access",
    "AuthenticationException": "access",
    "BadAuthenticationType": "access",
    "PasswordRequiredException": "access",
    "PermissionError": "access",
    "FileNotFoundError": "absent",
    "TypeError": "options",
    "ValueError": "options",
}
_STATUS = {"401": "access", "403": "access", "404": "absent"}
_CREDENTIALS = {
    "s3": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
    "gs": "GOOGLE_APPLICATION_CREDENTIALS",
    "sftp": "FSSPEC_SFTP_USERNAME and FSSPEC_SFTP_PASSWORD or FSSPEC_SFTP_KEY_FILENAME",
    "https": 'FSSPEC_HTTPS={"client_kwargs": {"headers": {"Authorization": "…"}}}',
}


@contextmanager
def explained(url: str) -> Iterator[None]:
    """Turn what a store's library raises into KeiroError, or OSError where a second try may help.

    `url` has no credentials.
    """
    try:
        yield
    except KeiroError:
        raise
    except Exception as error:
        raise _explanation(error, url) from error


def _explanation(error: Exception, url: str) -> Exception:
    status = str(getattr(error, "status", None) or getattr(error, "code", None))
    names = [kind.__name__ for kind in type(error).__mro__]
    kind = _STATUS.get(status) or next((_KINDS[n] for n in names if n in _KINDS), None)
    if kind is not None:
        what, remedy = _to_mend(kind, urlsplit(url).scheme)
        return KeiroError(what, where=url, remedy=remedy)
    number = getattr(error, "errno", None)
    if isinstance(number, int) and number in errno.errorcode:
        return OSError(number, os.strerror(number), url)
    return OSError(errno.EIO, f"the connection failed ({type(error).__name__})", url)


def _to_mend(kind: str, scheme: str) -> tuple[str, str]:
    """What is wrong, and the remedy."""
    library = SCHEMES[scheme][1]
    texts = {
        "library": (
            f"{scheme}:// needs a library that is not installed: {library}",
            f"install {library}: `pip install 'keiro[remote]'` has what all kinds need",
        ),
        "host": (
            "the host's key is not the one in known_hosts, or not there at all",
            "make sure that it is the right host, and add it with `ssh-keyscan` to"
            " ~/.ssh/known_hosts or to the file that KEIRO_KNOWN_HOSTS names",
        ),
        "certificate": (
            "the server's certificate is not trusted",
            "give the certificate of its authority in SSL_CERT_FILE",
        ),
        "access": (
            "there are no credentials, or they do not give access",
            f"check {_CREDENTIALS[scheme]} in the environment",
        ),
        "absent": ("it is not there", "check the URL, and what the store holds"),
        "options": (
            "the options do not fit the store",
            f"check the variables FSSPEC_{scheme.upper()}_… of the environment",
        ),
    }
    return texts[kind]
