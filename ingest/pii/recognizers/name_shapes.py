"""What a person's name looks like in running text. Patterns only."""

import re

_UPPER = r"[^\W\d_a-z\u00df-\u00f6\u00f8-\u00ff]"
# Jane, O'Brien, Anne-Marie, McDonald, JANE; no abbreviations, no code.
WORD = rf"(?:{_UPPER}['\u2019])?{_UPPER}[^\W\d_]+(?:[-'\u2019]{_UPPER}[^\W\d_]+)*"
INITIAL = rf"{_UPPER}\.?(?![\w])"
PARTICLE = r"(?:[vV][ao]n|[dD]e[rnl]?|[dD][aiou]s?|[lL][ae]|[eE]l|[aA]l|[bB]in|[iI]bn|[tT]e[rn]|[zZ]u|[aA]f|[yY]|[dD]el(?:la)?|[dD]'|van der|van den|de la)"
PART = rf"(?:{WORD}|{INITIAL})"
# One to five parts in one line.
NAME = rf"{WORD}(?: (?:{PARTICLE} ){{0,2}}{PART}){{0,4}}"
LEADING_INITIALS = rf"(?:{INITIAL} ?){{1,3}}(?:{PARTICLE} ){{0,2}}{WORD}(?: {WORD})?"
ANY_NAME = rf"(?:{LEADING_INITIALS}|{NAME})"
SEQUENCE = re.compile(rf"(?<![\w@/.$#\\-]){PART}(?: (?:{PARTICLE} ){{0,2}}{PART})*(?![\w@])")
SINGLE = re.compile(rf"{WORD}")
# What is never part of a name, and makes what stands before or around it something else.
ORGANISATION = re.compile(
    r"(?i)(?<!\w)(?:inc|incorporated|ltd|limited|llc|llp|plc|gmbh|ag|corp|corporation|company|co|s\.?a|s\.?p\.?a|bv|nv|oy|ab|group|holdings?|"
    r"partners|associates|brothers|bros|& ?sons|and sons|industries|technologies|systems|solutions|software|labs?|bank|university|"
    r"college|school|institute|academy|hospital|clinic|foundation|trust|orchestra|band|museum|theat(?:re|er)|church|stadium|"
    r"airport|hotel|press|records|magazine|times|journal|award|prize|street|avenue|road|bridge|river|lake|island|county|"
    r"department|ministry|agency|committee|council|club|team|fc|united|disease|syndrome|law|theorem|algorithm|act|test)\.?(?!\w)"
)
