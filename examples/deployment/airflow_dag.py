"""An Airflow DAG that does what is due; put it into the folder of DAGs.

linernotes stays in a virtual environment of its own (LINERNOTES_HOME/.venv): its libraries and Airflow's need
not agree. A run that begins while another is at work exits with 0.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

HOME = os.environ.get("LINERNOTES_HOME", "/srv/linernotes")

with DAG(
    dag_id="linernotes",
    description="Crawl and mine what is due",
    schedule=timedelta(minutes=15),
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
) as dag:
    BashOperator(
        task_id="run",
        bash_command=".venv/bin/linernotes run --due",
        cwd=HOME,
        # Another process mines: not done, and nothing to alarm anybody.
        skip_on_exit_code=75,
        retries=2,
        retry_delay=timedelta(minutes=5),
    )
