from django.db import migrations
from django.utils import timezone


def evaluate_without_former_members(apps, schema_editor):
    """What waits for the scorecard of somebody who had left before nobody waited for those."""
    Activity = apps.get_model('interviews', 'Activity')
    Interview = apps.get_model('interviews', 'Interview')
    Membership = apps.get_model('accounts', 'Membership')
    Scorecard = apps.get_model('evaluations', 'Scorecard')
    for interview in Interview.objects.filter(state='ended').iterator():
        members = Membership.objects.filter(organisation=interview.organisation_id, user__is_active=True)
        present = interview.assignments.filter(user__in=members.values('user'))
        holders = set(present.values_list('user_id', flat=True))
        cards = Scorecard.objects.filter(interview=interview, submitted_at__isnull=False)
        submitted = set(cards.values_list('author_id', flat=True))
        if submitted and not holders - submitted:
            Interview.objects.filter(pk=interview.pk).update(state='evaluated')
            Activity.objects.create(interview=interview, act='evaluate', at=timezone.now())


class Migration(migrations.Migration):

    dependencies = [
        ('evaluations', '0003_evaluated'),
        ('interviews', '0018_former_members'),
    ]

    operations = [
        migrations.RunPython(evaluate_without_former_members, migrations.RunPython.noop),
    ]
