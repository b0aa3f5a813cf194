"""What numbers of passports and dates of birth look like, as patterns that have no groups. Pure."""

PASSPORT = r"(?:[A-Z]{1,2} ?\d{6,8}[A-Z]?|\d{8,9}|[A-Z]\d[A-Z0-9]{7}|\d{2}[A-Z]{2}\d{5})"
PASSPORT_WORDS = r"passe?port(?:e|s)?|reisepass|pasaporte|passaporto|paspoort|paszport"
_MONTH = r"(?:jan|feb|m[a\u00e4]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz]|f\u00e9v|avr|juil|ao\u00fbt|janv|ene|abr|ago|dic)[^\W\d_]{0,7}\.?"
DATE = (
    r"(?:\d{1,4}[-/. ]\d{1,2}[-/. ]\d{2,4}"
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.)?(?: of| de)?[ -]{_MONTH}(?: de)?[ ,-]{{1,2}}\d{{2,4}}"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{2,4}})"
)
