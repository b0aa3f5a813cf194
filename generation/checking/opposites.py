"""Words that say the opposite of each other, in English and German. Pure."""

_PAIRS = """
active/inactive active/retired active/deprecated supported/unsupported supported/deprecated enabled/disabled enable/disable
allowed/forbidden allowed/prohibited permitted/forbidden permitted/prohibited allowed/disallowed allow/forbid allow/prohibit
open/closed opened/closed available/unavailable included/excluded include/exclude includes/excludes required/optional mandatory/optional
mandatory/voluntary required/forbidden approved/rejected accepted/rejected accept/reject accepts/rejects granted/denied paid/unpaid
valid/invalid valid/expired public/private public/confidential internal/external increase/decrease increased/decreased increases/decreases
rise/fall rose/fell rises/falls risen/fallen grew/shrank grow/shrink raise/lower raised/lowered gain/loss profit/loss higher/lower
high/low highest/lowest maximum/minimum max/min more/less more/fewer above/below over/under before/after earlier/later
first/last oldest/newest older/newer old/new larger/smaller large/small largest/smallest big/small longer/shorter long/short
faster/slower fast/slow better/worse best/worst strong/weak hot/cold warm/cold true/false correct/incorrect right/wrong safe/unsafe
success/failure succeeded/failed succeeds/fails won/lost win/lose victory/defeat begin/end began/ended begins/ends start/stop started/stopped
started/ended founded/dissolved joined/left arrived/left entered/left born/died alive/dead buy/sell bought/sold import/export
imported/exported add/remove added/removed adds/removes attach/detach encrypt/decrypt encrypted/unencrypted signed/unsigned
online/offline remote/local manual/automatic manually/automatically temporary/permanent full/empty full/partial complete/incomplete
single/multiple same/different possible/impossible legal/illegal known/unknown visible/hidden read/write upload/download
northern/southern north/south east/west eastern/western upper/lower left/right male/female man/woman father/mother son/daughter
brother/sister husband/wife parent/child employer/employee buyer/seller teacher/student majority/minority always/never
all/none everyone/nobody everything/nothing both/neither with/without morning/evening day/night weekly/monthly daily/weekly monthly/yearly
monthly/annually weekly/annually daily/monthly aktiv/inaktiv erlaubt/verboten zul\u00e4ssig/unzul\u00e4ssig offen/geschlossen ge\u00f6ffnet/geschlossen
genehmigt/abgelehnt angenommen/abgelehnt g\u00fcltig/ung\u00fcltig g\u00fcltig/abgelaufen \u00f6ffentlich/vertraulich
intern/extern steigt/sinkt gestiegen/gesunken erh\u00f6ht/gesenkt mehr/weniger h\u00f6her/niedriger gr\u00f6\u00dfer/kleiner mindestens/h\u00f6chstens
vor/nach pflicht/freiwillig verpflichtend/freiwillig immer/nie mit/ohne alt/neu
"""


def _table() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in _PAIRS.split():
        one, other = pair.split("/")
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {word: frozenset(others) for word, others in found.items()}


OPPOSITES = _table()
"""To a word in lower case those that say the opposite."""

_STATES = """
active inactive retired deprecated supported unsupported enabled disabled allowed forbidden prohibited permitted disallowed open closed
available unavailable included excluded required optional mandatory voluntary approved rejected accepted granted denied valid invalid
expired public private confidential online offline encrypted unencrypted possible impossible legal illegal true false paid unpaid
aktiv inaktiv erlaubt verboten zul\u00e4ssig unzul\u00e4ssig offen geschlossen ge\u00f6ffnet genehmigt abgelehnt angenommen g\u00fcltig ung\u00fcltig
abgelaufen \u00f6ffentlich vertraulich verpflichtend freiwillig
"""

STATES = frozenset(_STATES.split())
"""Words that say in which state a thing is: it cannot be in two."""

_DENYING_WORDS = (
    "forbidden prohibited disallowed denied deny denies refuse refused refuses reject rejected lack lacks lacking lacked fail fails "
    "failed unable impossible exclude excluded excludes excluding absent missing exempt prevent prevents prevented avoid stop stopped "
    "ban banned bars barred unavailable unsupported invalid illegal unlike rather instead verboten verhindert fehlt unm\u00f6glich abgelehnt"
)
DENYING = frozenset(_DENYING_WORDS.split())
"""Words that can say what a negation says: `prohibited` is `not allowed`."""
