"""Writes a drt project: DuckDB reads the table, the REST destination sends 75 customers a request.

    python drt_project.py FOLDER URL TABLE full|incremental

`incremental` asks for the rows whose `updated_at` is newer than in the last run. There is no destination for Braze, and
the strategy that compares with a snapshot works on warehouses only, not on DuckDB.
"""

import sys
from pathlib import Path

from mapping import ATTRIBUTES

FOLDER, URL, TABLE, MODE = Path(sys.argv[1]), *sys.argv[2:]
MEMBERS = ", ".join(f'"{name}": row.{column}' for name, column in ATTRIBUTES.items())

(FOLDER / ".drt").mkdir(exist_ok=True)
(FOLDER / "syncs").mkdir(exist_ok=True)
(FOLDER / ".drt" / "profiles.yml").write_text('local:\n  type: duckdb\n  database: ":memory:"\n')
(FOLDER / "drt_project.yml").write_text("name: profiles\nprofile: local\n")
(FOLDER / "syncs" / "profiles.yml").write_text(f"""name: profiles
model: "SELECT * FROM read_parquet('{TABLE}')"
destination:
  type: rest_api
  url: "{URL}/users/track"
  method: POST
  headers:
    Content-Type: application/json
  auth:
    type: bearer
    token: key
  body_mode: batch
  max_records_per_request: 75
  batch_template: >-
    {{"attributes": [{{% for row in rows %}}{{{{ {{"external_id": row.id, {MEMBERS}}} | tojson_safe }}}}{{{{ "," if not
    loop.last }}}}{{% endfor %}}]}}
sync:
  mode: {MODE}
{"  cursor_field: updated_at" if MODE == "incremental" else ""}
  batch_size: 7500
  rate_limit:
    requests_per_second: 1000
""")
