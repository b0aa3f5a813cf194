"""Office files are zip archives: rewritten here so that the same content is the same bytes.

Members are stored, not deflated: compressed bytes differ between builds of zlib.
"""

import io
import re
import zipfile
from datetime import datetime

_FIRST_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def repeatable(data: bytes, *, modified: datetime) -> bytes:
    """The same archive without the time of its making."""
    stamp = modified.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            member = zipfile.ZipInfo(name, date_time=_FIRST_ZIP_DATE)
            member.create_system = 0
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<2>", content)
            new.writestr(member, content)
    return target.getvalue()
