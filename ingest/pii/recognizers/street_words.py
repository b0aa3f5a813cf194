"""Words that streets are called by, in the languages whose addresses are looked for. Data only."""

# USPS Publication 28, appendix C1, without the names that are mostly other things (Club, Field, Key, Light, Mission...).
ENGLISH_SUFFIXES = (
    "street|st|avenue|ave?|road|rd|boulevard|blvd|lane|ln|drive|dr|court|ct|place|pl|square|sq|terrace|ter|way|parkway|pkwy|"
    "highway|hwy|circle|cir|close|crescent|cres|grove|mews|row|walk|trail|trl|turnpike|tpke|crossroads?|crossing|plaza|plz|alley|"
    "loop|pike|ridge|creek|cliffs?|mills?|manor|meadows?|orchard|overlook|parade|path|pass|route|run|shores?|springs?|"
    "station|stream|trace|track|valley|via|view|village|vista|well|wells|wharf|quay|esplanade|promenade|gardens?|gate|"
    "green|heights|hill|hills|hollow|isle|island|junction|knolls?|lake|landing|lock|lodge|bend|bluff|bridge|brook|burgs?|"
    "bypass|camp|canyon|cape|causeway|center|centre|common|corner|cove|curve|dale|dam|divide|estates?|expressway|extension|"
    "falls|ferry|flats?|ford|forest|forge|fork|fort|freeway|glens?|harbou?r|haven|inlet|mount|mountain|neck|park|"
    "pine|pines|plain|plains|point|port|prairie|radial|ramp|ranch|rapids|rest|river|rue|shoal|skyway|spur|summit|"
    "throughway|tunnel|underpass|union|viaduct|ville|arcade|bayou|beach|branch|trailer|fields?"
)
# Without a house number in front these alone make a street, after a capitalised name.
ENGLISH_STREETS = "street|st|avenue|ave|road|rd|boulevard|blvd|lane|ln|drive|court|square|terrace|parkway|pkwy|highway|turnpike|crescent|alley"
# A kind of street that stands before its name.
PREFIXES = (
    "rue|avenue|av\\.|boulevard|bd|bvd|place|chemin|all\u00e9es?|impasse|quai|cours|route|passage|faubourg|mont\u00e9e|ruelle|sentier|"
    "via|viale|v\\.le|piazza|piazzale|p\\.za|corso|vicolo|largo|strada|contrada|localit\u00e0|salita|borgo|lungotevere|"
    "calle|c/|avenida|avda\\.?|plaza|pza\\.?|paseo|p\u00ba|carrer|camino|ronda|traves\u00eda|carretera|ctra\\.?|urbanizaci\u00f3n|r\u00faa|callej\u00f3n|"
    "rua|r\\.|pra\u00e7a|travessa|estrada|alameda|rodovia|ladeira|beco|"
    "ul\\.?|ulica|ulice|al\\.|aleja|aleje|os\\.|osiedle|plac|pl\\.|n\u00e1m\\.|n\u00e1m\u011bst\u00ed|n\u00e1mestie|trg|cesta|ulitsa|prospekt|pr\\.|bul\\.|"
    "am|an der|auf der|auf dem|im|in der|zum|zur|unter den|alte|neue|kleine|gro\u00dfe|"
    "strada|str\\.|bulevardul|b-dul|aleea|calea|\u0218oseaua|rr\\.|rruga|\u03bb\\.|\u03bb\u03b5\u03c9\u03c6\\.?|\u03bb\u03b5\u03c9\u03c6\u03cc\u03c1\u03bf\u03c2|\u03bf\u03b4\u03cc\u03c2|\u0443\u043b\\.?|\u0443\u043b\u0438\u0446\u0430|\u043f\u0440\u043e\u0441\u043f\u0435\u043a\u0442|"
    "jalan|jl\\.|jln|laan van|kade van|plein"
)
# The end of a word that makes it a street (Hauptstraße, Keizersgracht, Storgatan, Mannerheimintie).
ENDINGS = (
    "stra\u00dfe|strasse|str\\.|weg|gasse|platz|allee|damm|ufer|steig|pfad|chaussee|graben|"
    "straat|straatweg|laan|plein|gracht|kade|dijk|singel|dreef|steeg|hof|"
    "gade|vej|v\u00e6nget|gatan|v\u00e4gen|gr\u00e4nd|gata|vegen|veien|vei|str\u00e6de|stien|torget|backen|bakken|stigen|all\u00e9n|leden|"
    "katu|tie|kuja|polku|penger|raitti|ranta|aukio|braut|vegur|st\u00edgur|holt|hl\u00ed\u00f0|g\u00f6tu|t\u00fan|"
    "utca|\u00fatja"
)
# A kind of street that stands after its name, before the number.
SUFFIXES = "utca|u\\.|\u00fat|\u00fatja|t\u00e9r|k\u00f6r\u00fat|k\u00f6z|s\u00e9t\u00e1ny|sokak|sok\\.|caddesi|cad\\.|mahallesi|bulvar\u0131|n\u00e1m\\.|t\u0159\u00edda|str|stra\u00dfe|strasse|terrasse|tee|g\\.|gatv\u0117|iela|pst|tn|mnt|cesta|ulica"
UNITS = (
    "suite|ste\\.?|apt\\.?|apartment|unit|flat|room|rm\\.?|floor|building|bldg\\.?|lot|penthouse|wohnung|appartement|appt\\.?|piso|"
    "interno|int\\.|byt|lgh|emelet"
)
US_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|PA|RI|SC|"
    "SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|DC|PR|VI|GU|AS|MP|AA|AE|AP"
)
