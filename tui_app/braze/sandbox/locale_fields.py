"""Country, language and time zone: what Braze takes, and what it makes of the rest."""

from __future__ import annotations

import zoneinfo
from functools import cache

_LANGUAGES = frozenset(
    {
        "af", "agq", "ak", "am", "ar", "as", "ay", "az", "bas", "be", "bem", "bez", "bg", "bn", "bo", "br",
        "bs", "ca", "cgg", "chr", "cs", "cy", "da", "dav", "de", "dje", "dua", "dyo", "dz", "ebu", "ee", "el",
        "en", "eo", "es", "et", "eu", "ewo", "fa", "ff", "fi", "fil", "fo", "fr", "ga", "gd", "gl", "gn",
        "gsw", "gu", "guz", "gv", "ha", "haw", "he", "hi", "hr", "hu", "hy", "id", "ig", "ii", "is", "it",
        "iu", "ja", "jmc", "jv", "ka", "kab", "kam", "ki", "kk", "kl", "kln", "km", "kn", "ko", "ks", "ksb",
        "ksf", "ku", "kw", "ky", "la", "lb", "lg", "ln", "lo", "lt", "lu", "luo", "luy", "lv", "mas", "mer",
        "mfe", "mg", "mk", "ml", "mn", "mo", "mr", "ms", "mt", "mua", "my", "naq", "nb", "nd", "ne", "nl",
        "nn", "nus", "nyn", "om", "pa", "pl", "ps", "pt", "qu", "rm", "ro", "rof", "ru", "rw", "rwk", "sa",
        "saq", "sbp", "sd", "se", "seh", "shi", "si", "sk", "sl", "sn", "so", "sq", "sr", "sv", "sw", "swc",
        "ta", "te", "teo", "tg", "th", "ti", "tk", "tl", "to", "tr", "tt", "twq", "tzm", "ug", "uk", "ur",
        "uz", "vai", "vi", "vun", "xh", "yav", "yi", "yo", "zh", "zu",
    }
)  # fmt: skip
"""Source: braze.com/docs, "Language codes"; most of ISO 639-1 and some of ISO 639-3."""

_RAILS_TIME_ZONES = frozenset(
    {
        "International Date Line West", "Midway Island", "American Samoa", "Hawaii", "Alaska",
        "Pacific Time (US & Canada)", "Tijuana", "Mountain Time (US & Canada)", "Arizona", "Chihuahua", "Mazatlan",
        "Central Time (US & Canada)", "Saskatchewan", "Guadalajara", "Mexico City", "Monterrey", "Central America",
        "Eastern Time (US & Canada)", "Indiana (East)", "Bogota", "Lima", "Quito", "Atlantic Time (Canada)", "Caracas",
        "La Paz", "Santiago", "Newfoundland", "Brasilia", "Buenos Aires", "Montevideo", "Georgetown",
        "Puerto Rico", "Greenland", "Mid-Atlantic", "Azores", "Cape Verde Is.", "Dublin", "Edinburgh", "Lisbon",
        "London", "Casablanca", "Monrovia", "UTC", "Belgrade", "Bratislava", "Budapest", "Ljubljana", "Prague",
        "Sarajevo", "Skopje", "Warsaw", "Zagreb", "Brussels", "Copenhagen", "Madrid", "Paris", "Amsterdam", "Berlin",
        "Bern", "Zurich", "Rome", "Stockholm", "Vienna", "West Central Africa", "Bucharest", "Cairo", "Helsinki",
        "Kyiv", "Riga", "Sofia", "Tallinn", "Vilnius", "Athens", "Istanbul", "Minsk", "Jerusalem", "Harare",
        "Pretoria", "Kaliningrad", "Moscow", "St. Petersburg", "Volgograd", "Samara", "Kuwait", "Riyadh", "Nairobi",
        "Baghdad", "Tehran", "Abu Dhabi", "Muscat", "Baku", "Tbilisi", "Yerevan", "Kabul", "Ekaterinburg",
        "Islamabad", "Karachi", "Tashkent", "Chennai", "Kolkata", "Mumbai", "New Delhi", "Kathmandu", "Dhaka",
        "Sri Jayawardenepura", "Almaty", "Astana", "Novosibirsk", "Rangoon", "Bangkok", "Hanoi", "Jakarta",
        "Krasnoyarsk", "Beijing", "Chongqing", "Hong Kong", "Urumqi", "Kuala Lumpur", "Singapore", "Taipei", "Perth",
        "Irkutsk", "Ulaanbaatar", "Seoul", "Osaka", "Sapporo", "Tokyo", "Yakutsk", "Darwin", "Adelaide", "Canberra",
        "Melbourne", "Sydney", "Brisbane", "Hobart", "Vladivostok", "Guam", "Port Moresby", "Magadan",
        "Srednekolymsk", "Solomon Is.", "New Caledonia", "Fiji", "Kamchatka", "Marshall Is.", "Auckland",
        "Wellington", "Nuku'alofa", "Tokelau Is.", "Chatham Is.", "Samoa",
    }
)  # fmt: skip
"""Braze takes names such as `Eastern Time (US & Canada)`. Source: api.rubyonrails.org, ActiveSupport::TimeZone."""

_COMMON_COUNTRY_NAMES = {
    "bolivia": "BO", "britain": "GB", "brunei": "BN", "czech republic": "CZ", "england": "GB", "great britain": "GB",
    "holland": "NL", "iran": "IR", "ivory coast": "CI", "laos": "LA", "macedonia": "MK", "moldova": "MD",
    "north korea": "KP", "palestine": "PS", "russia": "RU", "scotland": "GB", "south korea": "KR", "swaziland": "SZ",
    "syria": "SY", "taiwan": "TW", "tanzania": "TZ", "turkey": "TR", "uk": "GB", "united states of america": "US",
    "usa": "US", "venezuela": "VE", "vietnam": "VN",
}  # fmt: skip
"""Names in everyday use that ISO 3166-1 spells otherwise. Which ones Braze maps is not documented."""


def stored_country(text: str) -> str | None:
    """The ISO 3166-1 alpha-2 code, mapped from a name as well as Braze can; None clears the field.

    Source: braze.com/docs, standard attributes, `country`.
    """
    return _countries().get(text.strip().casefold())


def is_language(text: str) -> bool:
    """Whether Braze sets `text` as the language."""
    return text in _LANGUAGES


def is_time_zone(text: str) -> bool:
    """Whether Braze sets `text` as the time zone; it ignores other names."""
    return text in _iana_time_zones() or text in _RAILS_TIME_ZONES


@cache
def _countries() -> dict[str, str]:
    import pycountry

    codes = dict(_COMMON_COUNTRY_NAMES)
    for country in pycountry.countries:
        for spelling in ("alpha_2", "alpha_3", "name", "official_name", "common_name"):
            if hasattr(country, spelling):
                codes[getattr(country, spelling).casefold()] = country.alpha_2
    return codes


@cache
def _iana_time_zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())
