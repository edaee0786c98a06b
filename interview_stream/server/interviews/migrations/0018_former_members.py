from django.db import migrations
from django.db.models import Exists, OuterRef
from django.utils import timezone


def let_former_members_go(apps, schema_editor):
    """Who had left before leaving let go of everything still holds and watches what may yet take place."""
    Membership = apps.get_model('accounts', 'Membership')
    to_come = {'interview__state__in': ['scheduled', 'waiting', 'live', 'cancelled', 'no_show']}
    belongs = Membership.objects.filter(user=OuterRef('user'), organisation=OuterRef('interview__organisation'))
    for name in ('Assignment', 'Reminder'):
        found = apps.get_model('interviews', name).objects.filter(user__isnull=False, **to_come)
        former = list(found.exclude(Exists(belongs)).values_list('pk', flat=True))
        apps.get_model('interviews', name).objects.filter(pk__in=former).delete()
    Observer = apps.get_model('interviews', 'Observer')
    watching = Observer.objects.filter(user__isnull=False, removed_at=None, **to_come)
    former = list(watching.exclude(Exists(belongs)).values_list('pk', flat=True))
    Observer.objects.filter(pk__in=former).update(removed_at=timezone.now())


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0011_audit_about'),
        ('interviews', '0017_waiting'),
    ]

    operations = [
        migrations.RunPython(let_former_members_go, migrations.RunPython.noop),
    ]
