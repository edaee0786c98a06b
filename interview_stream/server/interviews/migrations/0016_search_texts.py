from django.db import migrations

from interview_stream.server.lib.wording import searchable


def make_searchable(apps, schema_editor):
    for name, fields in (('Interview', ['title']), ('Invitation', ['name', 'email'])):
        model = apps.get_model('interviews', name)
        for row in model.objects.only('pk', *fields).iterator():
            text = searchable(*(getattr(row, field) for field in fields))
            model.objects.filter(pk=row.pk).update(search_text=text)


class Migration(migrations.Migration):

    dependencies = [
        ('interviews', '0015_lists'),
    ]

    operations = [
        migrations.RunPython(make_searchable, migrations.RunPython.noop),
    ]
