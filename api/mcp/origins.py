"""Which web pages may have a browser call `/mcp`."""

from starlette.datastructures import Headers

from core.service_settings import ApiSettings


def is_trusted_origin(headers: Headers, settings: ApiSettings) -> bool:
    """Whether the request comes from no page, from a page of this service, or from one that the settings allow.

    A browser does not let a page choose its `Origin`. One that points its own name at this machine sends that name as `Host` too:
    without a credential it was refused before (see `api.auth`), and a credential it has not.
    """
    origin = headers.get("origin")
    if origin is None:
        return True
    allowed: tuple[str, ...] = getattr(settings, "allowed_origins", ())
    return origin in allowed or origin.partition("://")[2] == headers.get("host", "")
