from django.db import migrations, models


def leave_out_of_the_log(apps, schema_editor):
    """Counts of a minute need not survive a crash: PostgreSQL need not write them twice."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE tracker_ratecount SET UNLOGGED")


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="RateCount",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("period", models.PositiveBigIntegerField(db_index=True)),
                ("count", models.PositiveIntegerField()),
            ],
        ),
        migrations.RunPython(leave_out_of_the_log, migrations.RunPython.noop),
    ]
