"""What is suggested is what a person would have chosen, and never what Braze would misunderstand."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from tui_app.core.duplicates import mapping_warnings
from tui_app.core.errors import Place
from tui_app.core.mapping import AttributeMapping, Bucket, Template
from tui_app.core.project import Destination, KeyReference
from tui_app.core.suggestions import (
    Suggestion,
    columns_in_use,
    proposed_buckets,
    suggest_attributes,
    suggest_identifier_columns,
)
from tui_app.core.table_report import ColumnType

HERE = Place("stoker.toml", 1)


def a_template(*, identifier: str = "id", **attributes: str) -> Template:
    """Attribute = column."""
    mappings = tuple(AttributeMapping(name, column, HERE) for name, column in attributes.items())
    return Template("profile", "braze", mappings, HERE, identifier_column=identifier)


def a_destination(**settings: object) -> Destination:
    return Destination("braze", "https://rest.example.com", KeyReference("env", "KEY"), HERE, **settings)  # type: ignore[arg-type]


def suggested(
    *columns: str,
    template: Template | None = None,
    destination: Destination | None = None,
    known: Collection[str] = (),
    type_: ColumnType = "string",
) -> dict[str, Suggestion]:
    types: dict[str, ColumnType] = dict.fromkeys(columns, type_)
    return suggest_attributes(types, template or a_template(), destination or a_destination(), known)


@pytest.mark.parametrize(
    ("column", "field"),
    [("given_name", "first_name"), ("Birthdate", "dob"), ("E-Mail", "email"), ("city", "home_city")],
)
def test_a_column_that_means_a_standard_field_gets_it(column: str, field: str) -> None:
    assert suggested(column) == {column: Suggestion(field, "standard")}
    assert suggested(column)[column].is_sure


def test_a_known_custom_attribute_is_suggested_in_its_own_spelling() -> None:
    """`loyalty_tier` beside the workspace's `Loyalty Tier` would become a second attribute."""
    assert suggested("loyalty_tier", known=["Loyalty Tier"]) == {"loyalty_tier": Suggestion("Loyalty Tier", "known")}
    assert suggested("tier", known=["Tier", "tier"]) == {"tier": Suggestion("tier", "known")}


def test_any_other_column_gets_its_own_name_and_that_is_no_sure_guess() -> None:
    assert suggested("churn_risk") == {"churn_risk": Suggestion("churn_risk", "column")}
    assert not suggested("churn_risk")["churn_risk"].is_sure


def test_columns_that_feed_something_get_no_suggestion() -> None:
    template = a_template(tier="tier")

    assert suggested("id", "tier", template=template) == {}


def test_what_is_mapped_already_is_not_suggested_again() -> None:
    template = a_template(dob="birthdate", **{"Loyalty Tier": "tier"})

    assert suggested("birthday", "loyalty-tier", template=template) == {}


def test_of_two_columns_that_mean_one_field_the_one_that_is_called_like_it_gets_it() -> None:
    """All suggestions can be taken together."""
    assert suggested("mobile", "phone") == {"phone": Suggestion("phone", "standard")}


@pytest.mark.parametrize("column", ["externalId", "braze_id", "alias_name", "$price", " padded ", "bio", "a\u202eb"])
def test_identifiers_and_names_that_braze_alters_or_nobody_can_see_are_not_suggested(column: str) -> None:
    assert suggested(column) == {}


def test_consent_is_suggested_only_where_the_destination_sends_it() -> None:
    assert suggested("email_subscribe") == {}
    opted_in = a_destination(send_consent=True)
    assert suggested("email_subscribe", destination=opted_in)["email_subscribe"].attribute == "email_subscribe"


def test_the_destinations_own_identifier_is_not_suggested_as_an_attribute() -> None:
    assert suggested("email", destination=a_destination(identifier="email")) == {}


def test_what_cannot_be_sent_is_not_suggested() -> None:
    assert suggested("tier", "email", type_="unsupported") == {}
    assert suggested("push_tokens", type_="unsupported")["push_tokens"].attribute == "push_tokens"


def test_a_location_needs_two_columns_so_one_is_not_suggested_for_it() -> None:
    assert suggested("current_location") == {}


def test_all_suggestions_together_earn_no_warning_about_a_name() -> None:
    columns = ["birthday", "Birth Date", "fname", "first_name", "Tier", "tier", "days_since_order", "bio", "user_alias"]
    known = ["TIER", "Days Since Order"]

    added = [
        AttributeMapping(each.attribute, column, HERE) for column, each in suggested(*columns, known=known).items()
    ]
    template = Template("profile", "braze", tuple(added), HERE, identifier_column="id")
    warnings = mapping_warnings(template, a_destination(), ledger_attributes=(), workspace_attributes=known)
    assert added
    assert {warning.code for warning in warnings} <= {"changes_daily"}


def test_both_columns_of_a_location_and_of_an_alias_are_in_use() -> None:
    location = AttributeMapping("current_location", "lon", HERE, latitude_column="lat")
    template = Template("p", "braze", (location,), HERE, alias_name_column="name", alias_label_column="label")

    assert columns_in_use(template) == {"lon", "lat", "name", "label"}


@pytest.mark.parametrize(
    ("columns", "column"),
    [
        (["id", "customer_id", "external_id"], "external_id"),
        (["id", "Customer ID"], "Customer ID"),
        (["name", "ID"], "ID"),
        (["name"], None),
    ],
)
def test_the_identifiers_column_is_found_by_its_name(columns: list[str], column: str | None) -> None:
    assert suggest_identifier_columns(columns, "external_id") == (column,)


def test_an_alias_needs_two_columns_and_others_their_own() -> None:
    columns = ["alias_label", "alias_name", "E-mail", "msisdn"]

    assert suggest_identifier_columns(columns, "user_alias") == ("alias_name", "alias_label")
    assert suggest_identifier_columns(columns, "email") == ("E-mail",)
    assert suggest_identifier_columns(columns, "phone") == ("msisdn",)


@pytest.mark.parametrize(
    ("name", "second"),
    [
        ("days_since_latest_order", Bucket("month", 7)),
        ("age", Bucket("month", 7)),
        ("hoursSinceVisit", Bucket("week", 24)),
        ("minutes left", Bucket("day", 60)),
    ],
)
def test_cut_points_are_proposed_in_the_unit_of_the_name(name: str, second: Bucket) -> None:
    proposed = proposed_buckets(name)

    assert proposed[0].at_least == 0
    assert proposed[1] == second
    assert [each.at_least for each in proposed] == sorted({each.at_least for each in proposed})
