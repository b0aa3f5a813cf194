"""Why there is no answer, or not all of it, in words for whoever asked."""

NOTHING_FOUND = "nothing that you may read matches the question"
NOT_ANSWERED = "the closest passages do not answer the question"
NOT_SUPPORTED = "what the language model wrote is not borne out by the sources"
DECLINED = "the language model declined to answer"
UNUSABLE = "the language model did not answer in the form that was asked for"
BROKEN_OFF = "the language model broke off"
NOT_READ = "not all sources fit what the language model reads"


def left_out(count: int) -> str:
    """That some sentences are missing."""
    return f"{count} sentence{'s were' if count > 1 else ' was'} taken out: the sources do not bear {'them' if count > 1 else 'it'} out"


def left_unread(read_count: int, count: int) -> str:
    """That not all passages fit a prompt."""
    return f"only the beginning of the evidence fits what the language model reads: {read_count} of {count} passages, the last perhaps cut"
