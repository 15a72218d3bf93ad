"""Names that Braze would take for something else. A missed one costs a profile field, a false alarm costs trust."""

from __future__ import annotations

import pytest

from tui_app.core.duplicates import Fix, MappingWarning, mapping_warnings
from tui_app.core.errors import Place
from tui_app.core.mapping import AttributeMapping, Bucket, Template
from tui_app.core.project import Destination, Identifier, KeyReference

PLACE = Place("stoker.toml", 7)


def a_destination(identifier: Identifier = "external_id", *, send_consent: bool = False) -> Destination:
    return Destination(
        "braze",
        "https://rest.iad-03.braze.com",
        KeyReference("env", "BRAZE_API_KEY"),
        PLACE,
        identifier=identifier,
        send_consent=send_consent,
    )


def a_template(*attributes: str | AttributeMapping, **columns: str) -> Template:
    mappings = [
        attribute
        if isinstance(attribute, AttributeMapping)
        else AttributeMapping(attribute, f"column {position}", PLACE)
        for position, attribute in enumerate(attributes)
    ]
    mappings += [AttributeMapping(attribute, column, PLACE) for attribute, column in columns.items()]
    return Template("profile", "braze", tuple(mappings), PLACE, identifier_column="id")


def warnings_for(
    template: Template,
    *,
    destination: Destination | None = None,
    ledger: tuple[str, ...] = (),
    workspace: tuple[str, ...] = (),
    audience: tuple[str, ...] = (),
) -> tuple[MappingWarning, ...]:
    return mapping_warnings(
        template,
        destination or a_destination(),
        ledger_attributes=ledger,
        workspace_attributes=workspace,
        audience_attributes=audience,
    )


def codes(warnings: tuple[MappingWarning, ...]) -> list[tuple[str, str]]:
    return [(warning.subject, warning.code) for warning in warnings]


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("birthday", "dob"),
        ("Birthdate", "dob"),
        ("birth_date", "dob"),
        ("date_of_birth", "dob"),
        ("Date of Birth", "dob"),
        ("DOB", "dob"),
        ("d.o.b.", "dob"),
        ("firstName", "first_name"),
        ("First Name", "first_name"),
        ("FIRST_NAME", "first_name"),
        ("given_name", "first_name"),
        ("surname", "last_name"),
        ("lastname", "last_name"),
        ("Email", "email"),
        ("E-mail", "email"),
        ("eMail", "email"),
        ("EmailAddress", "email"),
        ("e‑mail address", "email"),  # a non-breaking hyphen
        ("ｅｍａｉｌ", "email"),  # full width
        ("mobile", "phone"),
        ("phone_number", "phone"),
        ("cell", "phone"),
        ("MobilePhone", "phone"),
        ("city", "home_city"),
        ("home city", "home_city"),
        ("sex", "gender"),
        ("lang", "language"),
        ("timezone", "time_zone"),
        ("TimeZone", "time_zone"),
        ("country_code", "country"),
        ("nation", "country"),
        ("avatar_url", "image_url"),
        ("imageUrl", "image_url"),
        ("Push Token", "push_tokens"),
        ("Twitter", "twitter"),
    ],
)
def test_a_custom_attribute_that_means_a_standard_field_is_to_be_renamed(name: str, field: str) -> None:
    """Braze would make a custom attribute without a word, and the field that messages use stays empty."""
    (warning,) = warnings_for(a_template(name))

    assert (warning.code, warning.subject, warning.fix) == ("duplicate_of_standard", name, Fix("rename", field))
    assert warning.message == (
        f'"{name}" means Braze\'s standard field {field}. Braze would make a custom attribute and leave {field} '
        f"untouched. Rename it to {field} in stoker.toml."
    )
    assert warning.place == PLACE


@pytest.mark.parametrize(
    "name",
    [
        "zip", "postal_code", "state", "age", "birth_year", "birth_month", "birthday_discount", "favorite_city",
        "billing_city", "store_city", "email_domain", "email_opt_in", "has_email", "phone_model", "home_phone",
        "mobile_app_user", "country_club_member", "gender_of_child", "locale", "location", "avatar", "name",
        "language_course", "time_zone_changes", "first_name_of_pet", "nationality", "cell_count", "cityscape",
        "subscription_group", "Loyalty Tier", "clv_band", "days_to_ship", "first_to_second_order_days", "DOBermann",
    ],
)  # fmt: skip
def test_a_name_that_only_resembles_a_standard_field_is_left_alone(name: str) -> None:
    """Whole names count, never parts of them."""
    assert warnings_for(a_template(name)) == ()


def test_the_fields_themselves_are_left_alone() -> None:
    template = a_template("first_name", "email", "dob", "home_city", "image_url", "current_location")

    assert warnings_for(template, workspace=("Email", "DOB"), ledger=("email", "dob")) == ()


def test_a_second_attribute_for_one_standard_field_is_to_be_removed() -> None:
    """Renaming it would feed one field from two columns."""
    (warning,) = warnings_for(a_template(birthday="born", dob="birthdate"))

    assert (warning.code, warning.subject, warning.fix) == ("two_columns", "birthday", Fix("remove"))
    assert 'which "dob" (column "birthdate") stands for already' in warning.message


def test_the_field_itself_is_not_blamed_for_another_spelling_of_it() -> None:
    (warning,) = warnings_for(a_template("Email", "email"))

    assert (warning.code, warning.subject) == ("two_columns", "Email")


def test_the_first_of_two_synonyms_is_renamed_and_the_other_removed() -> None:
    warnings = warnings_for(a_template(mobile="mobile_number", cell="cell_number"))

    assert codes(warnings) == [("mobile", "duplicate_of_standard"), ("cell", "two_columns")]
    assert [warning.fix for warning in warnings] == [Fix("rename", "phone"), Fix("remove")]


def test_a_synonym_that_repeats_the_fields_own_column_is_a_duplicate() -> None:
    (warning,) = warnings_for(a_template(dob="birthdate", Birthday="birthdate"))

    assert (warning.code, warning.fix) == ("duplicate_of_standard", Fix("remove"))


def test_one_column_may_feed_two_attributes_of_different_meaning() -> None:
    assert warnings_for(a_template(dob="birthdate", zodiac_source="birthdate")) == ()


def test_names_that_braze_trims_to_one_are_two_columns() -> None:
    (warning,) = warnings_for(a_template("Tier ", "Tier"))

    assert (warning.code, warning.subject, warning.fix) == ("two_columns", "Tier ", Fix("remove"))
    assert '"Tier " is "Tier" to Braze, which strips whitespace, and column "column 1" feeds that' in warning.message


@pytest.mark.parametrize("near", ["loyalty_tier", "LOYALTY TIER", "loyaltyTier", "Loyalty-Tier", "Loyalty  Tier"])
def test_mapped_names_that_only_look_different_are_reported_once(near: str) -> None:
    (warning,) = warnings_for(a_template("Loyalty Tier", near))

    assert (warning.code, warning.subject, warning.fix) == ("near_duplicate", near, Fix("remove"))
    assert '"Loyalty Tier", which column "column 0" feeds' in warning.message


@pytest.mark.parametrize(
    ("where", "words"),
    [("workspace", "which the workspace has"), ("ledger", "which Stoker sent before")],
    ids=["workspace", "ledger"],
)
def test_a_name_that_only_looks_different_from_an_existing_one_takes_its_spelling(where: str, words: str) -> None:
    """Customers would be split over two attributes that nobody can tell apart in the dashboard."""
    (warning,) = warnings_for(a_template("loyalty_tier"), **{where: ("Loyalty Tier",)})

    assert (warning.code, warning.fix) == ("near_duplicate", Fix("rename", "Loyalty Tier"))
    assert warning.message == (
        '"loyalty_tier" differs only by case, spaces, hyphens or underscores from "Loyalty Tier", '
        f"{words}. Braze would make a second attribute and leave the first as it is. "
        'Rename it to "Loyalty Tier" in stoker.toml.'
    )


@pytest.mark.parametrize("others", [(), ("loyalty tier",)], ids=["alone", "beside another spelling"])
def test_a_name_that_exists_exactly_is_left_alone(others: tuple[str, ...]) -> None:
    assert warnings_for(a_template("Loyalty Tier"), workspace=("Loyalty Tier", *others)) == ()
    assert warnings_for(a_template("Loyalty Tier"), ledger=("Loyalty Tier", *others)) == ()


def test_digits_that_a_separator_keeps_apart_make_another_name() -> None:
    assert warnings_for(a_template("score_1_0", "score_10"), workspace=("score 1_00",)) == ()


@pytest.mark.parametrize(
    ("name", "code", "words", "fix"),
    [
        ("bio", "refused_name", "no longer processes. It is not sent.", Fix("remove")),
        ("email_subscription_info", "refused_name", "refuse the whole customer", Fix("remove")),
        ("_update_existing_only", "reserved_name", "steers the request", Fix("remove")),
        ("push_token_import", "reserved_name", "steers the request", Fix("remove")),
        (" Tier", "bad_name", 'Rename it to "Tier"', Fix("rename", "Tier")),
        ("$price", "bad_name", 'Rename it to "price"', Fix("rename", "price")),
        ("ti\ter", "bad_name", 'Rename it to "tier"', Fix("rename", "tier")),
        ("客" * 160, "bad_name", "Give it a name that Braze keeps", Fix("rename")),
        ("x" * 256, "bad_name", "255 characters or 479 bytes", Fix("rename")),
        ("", "bad_name", "is empty", Fix("rename")),
    ],
)
def test_a_name_that_braze_would_alter_or_refuse_is_reported(name: str, code: str, words: str, fix: Fix) -> None:
    (warning,) = warnings_for(a_template(name))

    assert (warning.code, warning.fix) == (code, fix)
    assert words in warning.message


def test_159_chinese_characters_are_a_good_name() -> None:
    """The limit counts bytes as UTF-8: 159 of them are 477."""
    assert warnings_for(a_template("客" * 159)) == ()


@pytest.mark.parametrize("name", ["email_subscribe", "push_subscribe", "subscription_groups"])
def test_a_consent_field_needs_an_opt_in(name: str) -> None:
    (warning,) = warnings_for(a_template(name))

    assert (warning.code, warning.fix) == ("consent_field", Fix("opt_in"))
    assert "Braze should stay the source of truth" in warning.message
    assert "send_consent = true in [destinations.braze]" in warning.message


def test_a_consent_field_is_fine_once_the_destination_opts_in() -> None:
    assert warnings_for(a_template("email_subscribe"), destination=a_destination(send_consent=True)) == ()


@pytest.mark.parametrize(
    ("identifier", "name", "words"),
    [
        ("external_id", "braze_id", 'is Braze\'s identifier braze_id, and destination "braze" uses external_id'),
        ("external_id", "user_alias", "make Braze refuse it, so it is not sent"),
        ("external_id", "alias_label", "not sent"),
        ("external_id", "external_id", "belongs to the external_id that destination"),
        ("external_id", "External ID", "Braze would make a custom attribute"),
        ("braze_id", "externalId", "Braze would make a custom attribute"),
        ("user_alias", "alias_name", "belongs to the user_alias that destination"),
        ("email", "email", "As an attribute it is not sent"),
        ("phone", "phone", "As an attribute it is not sent"),
        ("phone", "email", "As an attribute it is not sent"),
    ],
)
def test_an_identifier_is_not_an_attribute(identifier: Identifier, name: str, words: str) -> None:
    """Braze refuses an object that carries two of them."""
    (warning,) = warnings_for(a_template(name), destination=a_destination(identifier))

    assert (warning.code, warning.fix) == ("other_identifier", Fix("remove"))
    assert words in warning.message


def test_a_phone_is_an_attribute_of_customers_addressed_by_email() -> None:
    assert warnings_for(a_template("phone"), destination=a_destination("email")) == ()


@pytest.mark.parametrize(
    ("attribute", "column"),
    [
        ("days_since_latest_order", "x"),
        ("recency", "days_since_latest_order"),
        ("Days Since Latest Order", "x"),
        ("daysUntilExpiry", "x"),
        ("trial_days_left", "x"),
        ("membership age in days", "x"),
    ],
)
def test_a_value_that_counts_the_days_should_be_sent_in_buckets(attribute: str, column: str) -> None:
    """Every customer would be sent, and paid for, every day."""
    (warning,) = warnings_for(a_template(AttributeMapping(attribute, column, PLACE)))

    assert (warning.code, warning.subject, warning.fix) == ("changes_daily", attribute, Fix("add_buckets"))
    assert "buckets = { green = 0, yellow = 30, red = 90 }" in warning.message


def test_days_in_buckets_or_rounded_to_hundreds_are_fine() -> None:
    bucketed = AttributeMapping("days_since_order", "a", PLACE, buckets=(Bucket("green", 0), Bucket("red", 90)))
    rounded = AttributeMapping("days_since_visit", "b", PLACE, round=-2)

    assert warnings_for(a_template(bucketed, rounded)) == ()


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("winback", "two_columns", 'is fed by column "w" too'),
        ("winback ", "two_columns", 'is fed by column "w" too'),
        ("Win-Back", "near_duplicate", 'from the mapped attribute "winback"'),
        ("email", "duplicate_of_standard", "means Braze's standard field email"),
        ("Birthday", "duplicate_of_standard", "means Braze's standard field dob"),
        ("VIP", "near_duplicate", 'from "vip", which the workspace has'),
        ("$vip", "bad_name", "begins with $"),
    ],
)
def test_an_audience_attribute_is_judged_beside_the_mapped_ones(name: str, code: str, words: str) -> None:
    """Membership is written to it: a name that something else uses would make the two undo each other for ever."""
    (warning,) = warnings_for(a_template(winback="w"), workspace=("vip", "winback"), audience=(name,))

    assert (warning.code, warning.subject) == (code, name)
    assert words in warning.message
    assert warning.message.endswith("Set audience_attribute of the campaign to another name.")


def test_an_audience_attribute_of_its_own_is_left_alone() -> None:
    assert warnings_for(a_template("tier"), workspace=("winback",), audience=("winback", "autumn")) == ()


def test_one_attribute_may_have_two_things_to_say() -> None:
    """Its meaning and its cost are mended by two changes."""
    warnings = warnings_for(a_template("days since order"), workspace=("days_since_order",))

    assert codes(warnings) == [("days since order", "near_duplicate"), ("days since order", "changes_daily")]


def test_warnings_keep_the_order_of_the_template() -> None:
    warnings = warnings_for(a_template("birthday", "tier", "bio", "Tier"), audience=("tier",))

    assert [subject for subject, _ in codes(warnings)] == ["birthday", "bio", "Tier", "tier"]
