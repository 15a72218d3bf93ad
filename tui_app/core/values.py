"""What one value may be on its way to Braze: limits, and why a value or a customer is withheld.

Every reason has a short stable code, which is what tables, plans and scripts carry; `REASONS` turns a code back
into its sentence.
"""

from __future__ import annotations

from collections.abc import Mapping

from tui_app.core.change import Reason

MAX_STRING_CHARACTERS = 255
"""Source: braze.com/docs, custom attribute data types, "Strings": the maximum character length is 255."""
MAX_STRING_BYTES = 479
"""As UTF-8. Source: braze.com/docs, developer guide, analytics, "Setting custom attributes". The two pages contradict
each other on the limit and on what happens beyond it, so a value must respect both."""
MAX_ARRAY_ELEMENTS = 500
"""Source: braze.com/docs, custom attribute data types, "Arrays": the default maximum length is 500."""
MAX_ARRAY_BYTES = 100_000
"""As UTF-8 JSON; the page says 100 KB. Source: braze.com/docs, custom attributes, "Array of objects", limitations."""
MIN_YEAR, MAX_YEAR = 0, 3000
"""Braze keeps a date outside as a plain string. Source: braze.com/docs, user attributes object, "Time"."""
MAX_DECIMAL_DIGITS = 15
"""Significant digits of a decimal. Source: braze.com/docs, custom attribute data types, "Numbers"."""
MAX_IDENTIFIER_BYTES = 987
"""As UTF-8. Source: braze.com/docs/api/endpoints/user_data/post_user_track, EXTERNAL_USER_ID_TOO_LARGE."""
MAX_ALIAS_BYTES = 236
"""Of an alias' name and of its label, as UTF-8. Source: braze.com/docs, user alias object."""
SENTINEL_IDENTIFIERS = ("null", "undefined", "nan", "none")
"""What careless programs write for "no identifier", in lower case. Sent as they are, they would gather strangers in
one profile."""

# A value that is not what its attribute needs.
NOT_AN_INTEGER = Reason("not_an_integer", "is not a whole number")
NOT_A_NUMBER = Reason("not_a_number", "is not a number")
NOT_FINITE = Reason("not_finite", "is NaN or infinite, which JSON cannot hold")
NUMBER_TOO_LARGE = Reason("number_too_large", "is outside the 64-bit integers that Braze keeps")
NOT_A_BOOLEAN = Reason("not_a_boolean", "is neither true nor false")
NOT_A_DATE = Reason("not_a_date", "is not a date; Braze needs YYYY-MM-DD")
NOT_A_DATETIME = Reason("not_a_datetime", "is not a date with a time")
YEAR_OUT_OF_RANGE = Reason("year_out_of_range", "is a date that Braze keeps as plain text: its year is not in 0..3000")
TEXT_TOO_LONG = Reason("text_too_long", "is longer than Braze keeps")
TEXT_HAS_NUL = Reason("text_has_nul", "holds a NUL character")
ARRAY_TOO_LONG = Reason("array_too_long", f"is an array of more than {MAX_ARRAY_ELEMENTS} elements")
ARRAY_TOO_LARGE = Reason("array_too_large", "is an array of more than 100 KB")
ARRAY_ELEMENT = Reason("array_element", "is an array with an element that is NULL or cannot be sent")

# A value that breaks the rule of a standard field.
NOT_ALLOWED = Reason("not_allowed", "is none of the values that this field has")
BAD_EMAIL = Reason("bad_email", "does not have the shape of an email address")
BAD_PHONE = Reason("bad_phone", "is not a phone number with country code, such as +12025550142")
UNKNOWN_COUNTRY = Reason("unknown_country", "is neither an ISO 3166-1 code nor a known name of a country")
UNKNOWN_LANGUAGE = Reason("unknown_language", "is not a language code that Braze keeps, such as en")
UNKNOWN_TIME_ZONE = Reason("unknown_time_zone", "is neither an IANA time zone nor one of the names that Rails has")
BAD_LOCATION = Reason("bad_location", "is not a longitude in -180..180 with a latitude in -90..90")
BAD_SHAPE = Reason("bad_shape", "does not have the JSON members that this field needs")

# A value that an undo cannot bring back.
CHANGED_SINCE = Reason("changed_since", "was changed since, by the run that is named")
NOT_SETTLED = Reason("not_settled", "may or may not be at Braze, which the next run of the activation settles")

# A customer who cannot be addressed.
ID_MISSING = Reason("id_missing", "has no identifier: it is NULL")
ID_EMPTY = Reason("id_empty", "has an identifier that is empty or only whitespace")
ID_TOO_LONG = Reason("id_too_long", f"has an identifier over Braze's limit ({MAX_IDENTIFIER_BYTES} bytes; alias: 236)")
ID_CONTROL = Reason("id_control", "has an identifier with a control character")
ID_SENTINEL = Reason("id_sentinel", 'has an identifier that stands for nothing, such as "null" or "undefined"')
ID_INVALID = Reason("id_invalid", "has an identifier that is no valid email address or phone number")
ID_TWICE = Reason("id_twice", "has an identifier that several rows carry")

# A name that cannot be a custom attribute's.
NAME_EMPTY = Reason("name_empty", "is empty")
NAME_WHITESPACE = Reason("name_whitespace", "begins or ends with whitespace, which Braze strips")
NAME_TOO_LONG = Reason("name_too_long", "is over 255 characters or 479 bytes, which Braze cuts off")
NAME_DOLLAR = Reason("name_dollar", "begins with $, which Braze reserves")
NAME_CONTROL = Reason("name_control", "holds a control character")

# A name that /users/track gives another meaning.
NAME_IDENTIFIER = Reason("name_identifier", "is an identifier in Braze, not an attribute")
NAME_RETIRED = Reason("name_retired", "is a field that Braze no longer processes")
NAME_REFUSED = Reason("name_refused", "makes Braze refuse the whole customer")
NAME_CONTROL_KEY = Reason("name_control_key", "steers the request in Braze and is not an attribute")

REASONS: Mapping[str, Reason] = {
    reason.code: reason for reason in tuple(globals().values()) if isinstance(reason, Reason)
}
"""Code → reason, for everything above."""
