"""A call outlives the room it is held in: what is known of rooms moves to rows of their own."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def give_rooms(apps: Any, schema_editor: Any) -> None:
    call, room = apps.get_model("calls", "Call"), apps.get_model("calls", "Room")
    for each in call.objects.order_by("started_at").iterator():
        room.objects.create(call=each, sid=each.room_sid, seen_at=each.ended_at or each.started_at)


def take_rooms(apps: Any, schema_editor: Any) -> None:
    for each in apps.get_model("calls", "Call").objects.iterator():
        newest = each.rooms.order_by("-pk").first()
        each.room_sid = newest.sid if newest else f"RM_{each.pk.hex}"
        each.save(update_fields=["room_sid"])


class Migration(migrations.Migration):
    dependencies = [("calls", "0005_happenings")]

    operations = [
        migrations.CreateModel(
            name="Room",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sid", models.CharField(max_length=64, unique=True)),
                ("seen_at", models.DateTimeField()),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rooms", to="calls.call"
                    ),
                ),
            ],
            options={"ordering": ["-pk"]},
        ),
        migrations.AlterField("call", "room_sid", models.CharField(max_length=64, null=True)),
        migrations.RunPython(give_rooms, take_rooms),
        migrations.RemoveField("call", "room_sid"),
    ]
