"""The index of pairs of characters for the search, on either database, and the entries of what is there."""

import django.db.models.deletion
from django.db import migrations, models

# Frozen copies: what progress/words.py and typeset.py made of a text when this migration was written.
HALF_WIDTH = str.maketrans("，：；（）！？", ",:;()!?")

POSTGRESQL = [
    "CREATE INDEX search_pairs ON commitments_searchentry USING gin (string_to_array(pairs, ' '))"
    " WITH (fastupdate = off)",
]
# The ASCII tokenizer takes every other character for part of a word, so that a pair stays a pair.
SQLITE = [
    "CREATE VIRTUAL TABLE commitments_pairs USING fts5(pairs, content='commitments_searchentry',"
    " content_rowid='commitment_id', tokenize='ascii', detail=none, columnsize=0)",
    "CREATE TRIGGER search_pairs_insert AFTER INSERT ON commitments_searchentry BEGIN"
    " INSERT INTO commitments_pairs (rowid, pairs) VALUES (NEW.commitment_id, NEW.pairs); END",
    "CREATE TRIGGER search_pairs_delete AFTER DELETE ON commitments_searchentry BEGIN"
    " INSERT INTO commitments_pairs (commitments_pairs, rowid, pairs)"
    " VALUES ('delete', OLD.commitment_id, OLD.pairs); END",
    "CREATE TRIGGER search_pairs_update AFTER UPDATE ON commitments_searchentry BEGIN"
    " INSERT INTO commitments_pairs (commitments_pairs, rowid, pairs)"
    " VALUES ('delete', OLD.commitment_id, OLD.pairs);"
    " INSERT INTO commitments_pairs (rowid, pairs) VALUES (NEW.commitment_id, NEW.pairs); END",
]


def make_index(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for event in ("insert", "delete", "update"):
            schema_editor.execute(f"DROP TRIGGER search_pairs_{event}")
        schema_editor.execute("DROP TABLE commitments_pairs")


def pairs_of(text):
    text = text.translate(HALF_WIDTH).lower()
    can = [not char.isspace() and (not char.isascii() or char.isalnum()) for char in text]
    return {text[n : n + 2] for n in range(len(text) - 1) if can[n] and can[n + 1]}


def entry_of(report_id, texts):
    found = set().union(*map(pairs_of, texts))
    return " ".join([f"report{report_id}", *sorted(found)])


def fill(apps, schema_editor):
    """Index what was there before: titles, words, names, metrics and the approved accounts."""
    Commitment, Entry = apps.get_model("commitments", "Commitment"), apps.get_model("commitments", "SearchEntry")
    Update = apps.get_model("commitments", "ProgressUpdate")
    texts = ("title", "code", "passage__text", "project__name", "target__metric", "target__metric_en")
    last = 0
    while rows := list(
        Commitment.objects.filter(pk__gt=last).order_by("pk").values_list("pk", "report_id", *texts)[:500]
    ):
        accounts = {}
        approved = Update.objects.filter(
            commitment__in=[row[0] for row in rows], reviews__decision__in=["published", "verified"]
        )
        for pk, account in approved.values_list("commitment_id", "account"):
            accounts.setdefault(pk, []).append(account)
        Entry.objects.bulk_create(
            Entry(
                commitment_id=pk, pairs=entry_of(report, [*filter(None, own), *accounts.get(pk, [])])
            )
            for pk, report, *own in rows
        )
        last = rows[-1][0]


class Migration(migrations.Migration):

    dependencies = [
        ('commitments', '0004_what_changed'),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchEntry',
            fields=[
                ('commitment', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='search_entry', serialize=False, to='commitments.commitment', verbose_name='commitment')),
                ('pairs', models.TextField(verbose_name='pairs of characters')),
            ],
            options={
                'verbose_name': 'search entry',
                'verbose_name_plural': 'search entries',
            },
        ),
        migrations.RunPython(make_index, drop_index),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
