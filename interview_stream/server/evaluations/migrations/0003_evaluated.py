from django.db import migrations


def mark_evaluated(apps, schema_editor):
    """What had ended with all scorecards submitted, before there was a word for it."""
    Interview = apps.get_model('interviews', 'Interview')
    Scorecard = apps.get_model('evaluations', 'Scorecard')
    for interview in Interview.objects.filter(state='ended').iterator():
        holders = set(interview.assignments.values_list('user_id', flat=True))
        submitted = Scorecard.objects.filter(interview=interview, submitted_at__isnull=False)
        if holders and not holders - set(submitted.values_list('author_id', flat=True)):
            Interview.objects.filter(pk=interview.pk).update(state='evaluated')


class Migration(migrations.Migration):

    dependencies = [
        ('evaluations', '0002_moments_and_feedback'),
        ('interviews', '0013_evaluated'),
    ]

    operations = [
        migrations.RunPython(mark_evaluated, migrations.RunPython.noop),
    ]
