"""Airflow: score the corpus up to the day, then run the notebooks over the tables, each a task of its own.

The day is Airflow's and given explicitly: an old day run again gives the same notebooks. For the whole report, with
page, manifest and retention, let one BashOperator run `stancebook report ... --since last --until {{ ds }}` instead.

Needs apache-airflow-providers-papermill, and Stancebook's own environment as a kernel, beside Airflow's:
    /srv/stancebook/.venv/bin/python -m ipykernel install --user --name stancebook
"""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.providers.papermill.operators.papermill import PapermillOperator
from airflow.providers.standard.operators.bash import BashOperator

HOME = "/srv/stancebook"
CORPUS = "/srv/articles"
DAY = "/srv/days/{{ ds }}"
NOTEBOOKS = ("01_corpus", "02_sentiment", "03_stance", "04_validation")
PARAMETERS = {"corpus": CORPUS, "until": "{{ ds }}", "tables": f"{DAY}/tables", "figures": f"{DAY}/figures"}
SCORE = f"{HOME}/.venv/bin/stancebook score {CORPUS} --until {{{{ ds }}}} --out {DAY}/tables"

with DAG(
    "stancebook",
    schedule="30 6 * * *",
    start_date=datetime(2025, 11, 17),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=15)},
) as dag:
    score = BashOperator(task_id="score", bash_command=SCORE)
    for name in NOTEBOOKS:
        score >> PapermillOperator(
            task_id=name,
            input_nb=f"{HOME}/notebooks/{name}.ipynb",
            output_nb=f"{DAY}/{name}.ipynb",
            kernel_name="stancebook",
            parameters=PARAMETERS,
        )
