"""The `stoker.toml` that `stoker init` writes: small, valid, and with every key explained where it belongs.

Lines that begin with `# key = ` are keys at their default or at an example; without the `# ` they are valid too.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from tui_app.config.read import FILE_NAME
from tui_app.config.wording import quoted_path
from tui_app.core.errors import FixInput

EXAMPLE_TABLE: Final = "data/customers.csv"
"""What the starter's only table is read from; relative to the project file."""

BEGINNING: Final = """\
# What Stoker sends, from where, to whom. Paths are relative to this file. No secrets belong in here.
"""
"""What the terminal app begins a project with, before it adds what a person fills in."""

STARTER: Final = f'''\
# What Stoker sends, from where, to whom. Paths are relative to this file. No secrets belong in here.
#
#   stoker check            reads this file, the source and the key; sends nothing
#   stoker plan winback     shows exactly what would change; sends nothing
#   stoker apply winback    sends it

# Where ledger, plans and runs live. Default: a folder of this project's own in your data folder.
# state = ".stoker"

# --- Where the customer tables are: read only -------------------------------------------------------------------------

[source]
# Memory and threads of the embedded engine; what does not fit goes to disk. Default: 4GB, every core.
# memory_limit = "4GB"
# threads = 4
# A database instead of files, as an Ibis connection URL without a password; tables are then names in it:
#     engine = "postgres://reader@host/db"

[source.tables]
# Parquet, CSV, JSON lines, Arrow or Feather; "data/orders/*.csv" reads all files as one table.
customers = "{EXAMPLE_TABLE}"

# --- Queries: SQL over the tables, one row per customer ---------------------------------------------------------------

[queries.customer_attributes]
# The SQL here, or in a file of its own: file = "queries/customer_attributes.sql"
sql = """
SELECT id, given_name, surname, email, birthdate, joined_at, tier, predicted_clv, longitude, latitude,
       days_since_latest_order
FROM customers
"""

# --- Destinations: one Braze workspace each ---------------------------------------------------------------------------

[destinations.braze]
# The workspace, in exactly one way: instance = "US-03", or dashboard = "https://dashboard-03.braze.com",
# or endpoint = "https://rest.iad-03.braze.com" (Braze: Settings > APIs and Identifiers).
instance = "US-03"
# Where the REST API key is: env:NAME, keyring:NAME, or file:PATH (mode 0600). Never the key itself.
api_key = "env:BRAZE_API_KEY"
# How customers are addressed: external_id, braze_id, user_alias, email or phone.
identifier = "external_id"
# true: customers whom Braze does not know are skipped instead of created.
update_existing_only = true
# Seconds before another value follows one that may still be on its way inside of Braze.
# quiet_period_seconds = 300
# Limits of your contract with Braze. requests_per_hour is for contracts by monthly active users.
# requests_per_second = 1000
# requests_per_hour = 250000
# objects_per_request = 75
# true: email_subscribe, push_subscribe and subscription_groups may be sent.
# send_consent = false
# "warn" compares with the attributes that the workspace has, "off" needs no permission for that.
# custom_attributes = "warn"
# To see in a plan what it costs.
# cost_per_1000_data_points = 0.5

# --- Templates: which column feeds which Braze attribute --------------------------------------------------------------

[templates.profile]
destination = "braze"
# For user_alias instead: alias_name_column and alias_label_column.
identifier_column = "id"

[templates.profile.attributes]
# Braze attribute = "column". Standard fields have fixed names: first_name, last_name, email, phone, dob, gender,
# country, home_city, language, time_zone, current_location … Every other name is a custom attribute.
first_name = "given_name"
last_name = "surname"
dob = "birthdate"
# type: boolean, date, datetime, decimal, float, integer, string, varchar or array; default: the column's own.
# on_null: "clear" removes a value from Braze that turned NULL, if Stoker sent it; "keep" sends nothing.
"Loyalty Tier" = {{ column = "tier", type = "string", on_null = "clear" }}
# Text: trim, lower, upper; keep_empty = true sends "" instead of taking it for NULL.
# tier_code = {{ column = "tier", upper = true }}
# email = {{ column = "email", trim = true, lower = true, keep_empty = false }}
# Numbers: round to digits, or give ranges a name so that small changes cost nothing.
# predicted_value = {{ column = "predicted_clv", round = 2 }}
clv_band = {{ column = "predicted_clv", buckets = {{ low = 0, mid = 100, high = 500 }} }}
# Datetimes: date_only sends the day in UTC.
# joined_on = {{ column = "joined_at", date_only = true }}
# current_location = {{ longitude_column = "longitude", latitude_column = "latitude" }}

# --- Segments: named conditions that pick customers -------------------------------------------------------------------

[segments.active]
# all (and), any (or) or none (not any); groups nest. Operators: is, is not, contains, starts with, is exactly,
# is in list, is greater than, is between, is after, is blank, is NULL … Days may be relative: "90 days ago".
# Also conditions: {{ segment = "other" }} and {{ ids = "ids.csv", column = "id" }}, or the same with op = "is not in".
table = "customer_attributes"
all = [
    {{ column = "days_since_latest_order", op = "is less than or equal to", value = 90 }},
    {{ any = [
        {{ column = "tier", op = "is in list", value = ["gold", "silver"] }},
        {{ column = "email", op = "is not NULL" }},
    ] }},
]

[segments.opted_out]
table = "customer_attributes"
any = [{{ column = "email", op = "is blank" }}]

# --- Campaigns: segments in, segments out, membership and attributes to Braze -----------------------------------------

[campaigns.winback]
table = "customer_attributes"
# Members are in any of include (none named: everybody) and in none of exclude.
include = ["active"]
exclude = ["opted_out"]
template = "profile"
# The custom attribute that is true for members. Default: the campaign's name.
# audience_attribute = "winback"
# What it becomes for a customer who leaves: "false", "null" (removed) or "keep".
# on_leave = "false"
# 0..1 of the members who are held out.
# control_share = 0.0
# Parts of the members can have groups and a control share of their own, by segments: see audiences below.
# first_match_only = true
# What lots are drawn with. Default: the campaign's name; another key draws anew.
# assignment_key = "winback"
# Cron, in UTC. Without it the campaign runs by hand.
# schedule = "0 6 * * *"

[campaigns.winback.guards]
# Limits that refuse a plan until a person allows it; these are the defaults. 1.0 switches a share off.
# min_members = 1
# max_leave_share = 0.20
# max_clear_share = 0.20
# max_change_share = 0.50
# max_bad_id_share = 0.001
# max_rejected_share = 0.05
# Off unless set:
# max_changes = 100000
# max_data_points = 1000000
# max_withheld_share = 0.05
# max_customers = 500000
# max_money = 250.0

# The same names, but beyond these a plan only warns.
# [campaigns.winback.warn]
# max_leave_share = 0.05
# max_money = 50.0

# Audiences: whoever matches several is in the first of them, and whoever matches none is "remaining".
# [campaigns.winback.audiences.loyal]
# segments = ["active"]

# Groups, drawn by lot: a customer stays in his for ever. Shares are of those who are not held out. What a group has in
# its attributes only its customers get; fact is one of campaign, audience, group, run_date.
# [campaigns.winback.groups.ten_percent]
# share = 0.5
# attributes = {{ offer = {{ value = "10 %" }}, winback_group = {{ fact = "group" }} }}
# [campaigns.winback.groups.letter]
# share = 0.5

# --- Orchestrations: every row of a query to Braze; guards as above ---------------------------------------------------

[orchestrations.nightly_profiles]
query = "customer_attributes"
template = "profile"
# schedule = "0 3 * * *"

# Rows that are purchases, or events with a name and a time. Each row_key is sent once and never again.
# [orchestrations.orders]
# query = "customer_attributes"
# template = "profile"
# [orchestrations.orders.purchases]
# row_key = "order_line_id"
# product_id = "product"
# currency = {{ value = "EUR" }}
# price = "price"
# quantity = "pieces"
# time = "ordered_at"
# properties = {{ brand = "brand" }}
'''


def write_starter(folder: Path) -> Path:
    """Write a starter project file into `folder`, which is created if it is missing.

    Returns:
        The path of the file.

    Raises:
        FixInput: There is one already, or the folder cannot be written to. Nothing was changed.
    """
    file = folder / FILE_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # O_EXCL: neither a file nor a link that stands there is written through.
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(STARTER.encode())
            opened.flush()
            os.fsync(descriptor)
    except OSError as error:
        if os.path.lexists(file):
            message = (
                f"project file {quoted_path(str(file))}: it exists already and was not touched. Name another folder."
            )
            raise FixInput.at(message, None, "exists_already") from error
        message = (
            f"project file {quoted_path(str(file))}: it cannot be written ({error.strerror}). Name another folder."
        )
        raise FixInput.at(message, None, "not_writable") from error
    return file
