from django.db import migrations

from interview_stream.server.lib.wording import searchable


def know_candidates(apps, schema_editor):
    """One candidate for each address in an organisation, named as in their newest interview; one for each bare name."""
    Invitation = apps.get_model('interviews', 'Invitation')
    Candidate = apps.get_model('candidates', 'Candidate')
    by_email = {}
    invitations = Invitation.objects.filter(candidate=None).select_related('interview').order_by('-interview__created_at')
    for invitation in invitations.iterator():
        if not (invitation.name or invitation.email):
            continue
        organisation_id, interview = invitation.interview.organisation_id, invitation.interview
        key = (organisation_id, invitation.email.lower())
        candidate = by_email.get(key) if invitation.email else None
        if candidate is None:
            candidate = Candidate.objects.create(
                organisation_id=organisation_id,
                name=invitation.name,
                email=invitation.email,
                search_text=searchable(invitation.name, invitation.email),
                created_at=interview.created_at,
            )
            if invitation.email:
                by_email[key] = candidate
        elif interview.created_at < candidate.created_at or not candidate.name:
            candidate.created_at = min(candidate.created_at, interview.created_at)
            candidate.name = candidate.name or invitation.name
            candidate.search_text = searchable(candidate.name, candidate.email)
            candidate.save()
        Invitation.objects.filter(pk=invitation.pk).update(candidate=candidate)


class Migration(migrations.Migration):

    dependencies = [
        ('interviews', '0011_candidates'),
    ]

    operations = [
        migrations.RunPython(know_candidates, migrations.RunPython.noop),
    ]
