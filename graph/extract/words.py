"""Words that begin with a capital and are no names. English, as the rules that use them."""

from functools import cache

from inference.lexical.languages import stop_words

SHORT_NAMES = frozenset({"US", "UK", "EU", "UN", "WHO"})
"""Names that are small words when they are written small."""

_WORDS = """
about above according accordingly across actually additionally after afterward afterwards again against ago all allegedly almost alone along already
also although always am among an and another any anyone anything apart approximately are around as aside at away back based
because become before began behind being below beneath beside besides between beyond both briefly but by can cannot clearly
commonly compared concerning consequently considering containing contrary could currently dear despite did do does done down due
during each earlier either else elsewhere enough especially etc even eventually ever every everyone everything except
exactly few finally first firstly following follow for formerly four fourth from further furthermore generally given had has have
having he hello hence her here hers him his how however i if ii iii in including inside instead into iv is it its itself just
last lastly late later latest least less let like likewise located many may maybe me meanwhile might mine more moreover most
mostly much must my namely near nearby nearly neither never nevertheless next no nobody none nonetheless nor normally not
note nothing notwithstanding now nowadays of off often on once one only onto opposite or ordinarily original originally other others otherwise our
ours out outside over overall own part particularly past per perhaps please possibly potentially presently previously
primarily prior probably provided quite rarely rather recently regarding regardless relatively respectively same second secondly
see seldom several shall she should similar similarly simply since six so some someone something sometimes somewhat soon
specifically still subsequently such thank thanks that the their theirs them then there thereafter therefore these they third thirdly
this those though three through throughout thus till to today together too toward towards traditionally two typically
ultimately under underneath unfortunately unless unlike until unto up upon us usually various versus very via was we well were what
whatever when whenever where whereas wherever whether which while who whoever whom whose why widely will with within
without would yes yet you your yours
am pm bc ad ce bce est pst utc gmt cet
five seven eight nine ten eleven twelve twenty thirty forty fifty hundred thousand million billion half
spring summer autumn winter yesterday tomorrow noon midnight morning evening
"""
_OUTSIDE = """
the a an and or but in on at by to from with as i he she it we they you if when while that this these those his her its our their your
monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october
november december jan feb mar apr jun jul aug sept sep oct nov dec mon tue tues wed thu thur thurs fri sat sun
"""
# What an instruction begins with: "Ask Claude", "Open Settings".
_ORDERS = """
add allow ask assign attach avoid bring build buy call change check choose clear click close collect compare complete configure confirm
connect consider copy create decide define delete deliver deploy describe determine disable discuss download drag edit email enable ensure enter
evaluate examine explain explore export find follow get give go hand help hold identify implement import improve include install invite join keep
know learn leave listen load log look maintain make measure meet monitor move navigate notify obtain offer open pass paste pay perform place plan
prepare press prevent protect provide publish put read receive record reduce refer register remember remove repeat replace
request require reset resolve restart restore return reuse run save schedule select send set share show sign specify stop store submit
switch take talk tell track transfer try turn type understand update upload verify visit wait wear write
"""
_LABELS = """
abstract action address advantages agenda all amount annex answer answers appendix application article attachment author background
basic benefits box category cell chapter checklist clause code column columns comment comments conclusion condition contact contents
cost course date day default definition department description details diagram disclaimer discussion document documents edition email
employee employees employer end entry equation event example examples exception exercise exhibit exit faq fax field
fig figure figures file form format free full general glossary goal goals group guide header heading high home id image important index info information
input instructions introduction invoice issue item items key language level limit line link list location logo low main manager manual map medium member
members menu message method methods mode month monthly name new none notes notice number numbers objective old open option optional options order
organization other output overview owner page pages paragraph parent part parts percent person phone photo picture plan point policy preface price
priority problem procedure process product products program project purpose question questions rate reason reference references remark requirement
requirements response responsibilities responsibility result results role row rule rules sample schedule scope search section
sections service services sheet size solution source sources staff stage standard start status step steps story subject subtotal summary
supplier system table tables task team term terms text time timeline tip tips title total type types unit units update usage use user users value values
version view volume warning website week weekly year yearly copyright reserved rights true false null ok
"""
_MARKS = """
inc ltd llc corp gmbh plc co iban bic vat cc bcc api apis url urls pdf html css json xml csv yaml sql http https ftp id ids faq faqs ceo cto cfo coo ui ux io ip tv pc cd dvd usb gps
am pm ok eg ie nb ps etc asap tbd tba todo fyi na n/a vs max min avg sum usd eur gbp q1 q2 q3 q4 ai ml pr
"""


@cache
def function_words() -> frozenset[str]:
    """Words that no name begins with: of grammar, of calendars, of numbers."""
    return frozenset(_WORDS.split()) | always_outside() | stop_words()["english"]


@cache
def always_outside() -> frozenset[str]:
    """Words that do not begin a name within a sentence either: articles, the smallest ones, days and months."""
    return frozenset(_OUTSIDE.split())


@cache
def opening_words() -> frozenset[str]:
    """Words that have a capital because a sentence begins with them."""
    return frozenset(_ORDERS.split())


@cache
def generic_words() -> frozenset[str]:
    """Words that are no names alone: those of headings and labels, abbreviations that everybody uses, ordinary ones."""
    return _labels() | function_words()


def is_label(word: str) -> bool:
    """Whether the word says what kind of thing a name is, or stands above a column: "CEO", "Section"."""
    return word.lower() in _labels()


@cache
def _labels() -> frozenset[str]:
    return frozenset(_LABELS.split()) | frozenset(_MARKS.split())
